//! Where the plots go: the price on top, the others below it as far as there is room, a column for words beside them.

use eframe::egui::{Rect, pos2};

use super::figures::Plot;
use super::frame::TIME_AXIS_HEIGHT;
use cascade_app::{Panel, Panels};

/// Space between plots.
pub const GAP: f32 = 8.0;
/// Least height of the price plot.
pub const PRICE_HEIGHT: f32 = 170.0;
/// Least height of the plots below it, and the greatest that they take by themselves.
pub const ROW_HEIGHT: (f32, f32) = (58.0, 120.0);
/// Share of the height that the plots below the price take by themselves.
const ROWS_SHARE: f32 = 0.48;
/// Width of the column beside the plots.
pub const COLUMN_WIDTH: (f32, f32) = (162.0, 215.0);

/// Where everything goes.
pub struct Layout {
    /// The price plot, axes included.
    pub price: Rect,
    /// The plots below it, axes included.
    pub rows: Vec<(Plot, Rect)>,
    /// Left and right of the column beside the plots.
    column: (f32, f32),
    /// The height of all plots together.
    pub height: f32,
}

impl Plot {
    /// The panel that shows and hides it.
    pub const fn panel(self) -> Panel {
        match self {
            Self::Delta => Panel::Delta,
            Self::Attribution => Panel::Attribution,
            Self::OpenInterest => Panel::OpenInterest,
            Self::Reproduction => Panel::Reproduction,
            Self::Fund => Panel::Fund,
            Self::Routes => Panel::Routes,
            Self::Margin => Panel::Margin,
            Self::Depth => Panel::Depth,
            Self::Basis => Panel::Basis,
            Self::Synchrony => Panel::Synchrony,
            Self::Lending => Panel::Lending,
        }
    }
}

/// All plots below the price from top to bottom, shown or not.
pub fn ordered(arrangement: &cascade_app::Layout) -> Vec<Plot> {
    let mut plots = Plot::ALL.to_vec();
    plots.sort_by_key(|plot| arrangement.place(plot.panel()));
    plots
}

/// Heights that leave `room` for all, none less than what a plot needs; those that have more give way alike.
fn squeezed(mut heights: Vec<f32>, room: f32) -> Vec<f32> {
    let least = ROW_HEIGHT.0;
    let more: f32 = heights.iter().map(|height| height - least).sum();
    let there = room - least * heights.len() as f32;
    if more > there {
        for height in &mut heights {
            *height = (least + (*height - least) * there.max(0.0) / more).floor();
        }
    }
    heights
}

impl Layout {
    /// Divides an area between the plots that are wanted, as far as they fit.
    pub fn new(area: Rect, panels: &Panels, arrangement: &cascade_app::Layout) -> Self {
        // Liquidation levels and gamma stand beside one another.
        let beside = if panels.clusters && panels.gamma { 1.3 } else { 1.0 };
        let column = beside * (area.width() * 0.16).clamp(COLUMN_WIDTH.0, COLUMN_WIDTH.1);
        let plots_right = area.right() - column - GAP;
        let mut wanted = ordered(arrangement);
        wanted.retain(|plot| plot.is_wanted(panels));
        let available = area.height() - TIME_AXIS_HEIGHT;
        let fitting = ((available - PRICE_HEIGHT) / (ROW_HEIGHT.0 + GAP)).floor().max(0.0) as usize;
        wanted.truncate(fitting);
        let weight: f32 = wanted.iter().map(|plot| plot.weight()).sum();
        let unit = (available * ROWS_SHARE - GAP * wanted.len() as f32) / weight;
        let unit = unit.clamp(ROW_HEIGHT.0, ROW_HEIGHT.1);
        let height = |plot: &Plot| {
            let chosen = arrangement.height(plot.panel()).map(|share| share * available);
            chosen.unwrap_or(plot.weight() * unit).max(ROW_HEIGHT.0).round()
        };
        let room = available - PRICE_HEIGHT - GAP * wanted.len() as f32;
        let heights = squeezed(wanted.iter().map(height).collect(), room);
        let across = |top: f32, bottom: f32| Rect::from_min_max(pos2(area.left(), top), pos2(plots_right, bottom));
        let mut top = area.bottom();
        if !wanted.is_empty() {
            top -= TIME_AXIS_HEIGHT + heights.iter().map(|height| height + GAP).sum::<f32>();
        }
        let price = across(area.top(), top);
        let last = wanted.len().saturating_sub(1);
        let rows = wanted
            .into_iter()
            .zip(heights)
            .enumerate()
            .map(|(index, (plot, height))| {
                let bottom = top + GAP + height + if index == last { TIME_AXIS_HEIGHT } else { 0.0 };
                let rect = across(top + GAP, bottom);
                top = bottom;
                (plot, rect)
            })
            .collect();
        Self {
            price,
            rows,
            column: (plots_right + GAP, area.right() - 4.0),
            height: available,
        }
    }

    /// One plot below its column of words and nothing else; the price if none is named.
    pub fn alone(area: Rect, plot: Option<Plot>, panels: &Panels) -> Self {
        let none = Panels {
            clusters: panels.clusters,
            gamma: panels.gamma,
            ..Panels::none()
        };
        let mut layout = Self::new(area, &none, &cascade_app::Layout::default());
        if let Some(plot) = plot {
            let across = layout.price.x_range();
            layout.rows = vec![(plot, Rect::from_x_y_ranges(across, area.y_range()))];
        }
        layout
    }

    /// The part of the column beside a plot.
    pub fn beside(&self, inner: Rect) -> Rect {
        Rect::from_min_max(pos2(self.column.0, inner.top()), pos2(self.column.1, inner.bottom()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plots_that_are_too_high_give_way_and_none_is_lost() {
        assert_eq!(squeezed(vec![100.0, 80.0], 200.0), [100.0, 80.0]);
        let heights = squeezed(vec![158.0, 58.0, 108.0], 249.0);
        assert_eq!(heights, [108.0, 58.0, 83.0]);
        let arrangement = {
            let mut layout = cascade_app::Layout::default();
            layout.set_heights(&[(Panel::Delta, 0.9), (Panel::OpenInterest, 0.5)]);
            layout.set_order(&[Panel::OpenInterest, Panel::Delta]);
            layout
        };
        let area = Rect::from_min_max(pos2(0.0, 0.0), pos2(900.0, 700.0));
        let layout = Layout::new(area, &Panels::default(), &arrangement);
        assert_eq!((layout.rows[0].0, layout.rows[1].0), (Plot::OpenInterest, Plot::Delta));
        assert!(layout.price.height() >= PRICE_HEIGHT - 2.0);
        let plain = Layout::new(area, &Panels::default(), &cascade_app::Layout::default());
        assert_eq!(layout.rows.len(), plain.rows.len());
        assert!(layout.rows.iter().all(|(_, rect)| rect.height() >= ROW_HEIGHT.0));
        assert_eq!(layout.rows.last().unwrap().1.bottom(), 700.0);
    }
}
