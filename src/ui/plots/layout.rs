//! Where the plots go: the price on top, the others below it as far as there is room, a column for words beside them.

use eframe::egui::{Rect, pos2};

use super::frame::TIME_AXIS_HEIGHT;
use super::plot::Row;

/// Space between plots.
pub(super) const GAP: f32 = 8.0;
/// Least height of the price plot.
pub(super) const PRICE_HEIGHT: f32 = 170.0;
/// Least height of the plots below it, and the greatest that they take by themselves.
pub(super) const ROW_HEIGHT: (f32, f32) = (58.0, 120.0);
/// Share of the height that the plots below the price take by themselves.
const ROWS_SHARE: f32 = 0.48;
/// Width of the column beside the plots.
pub(super) const COLUMN_WIDTH: (f32, f32) = (162.0, 215.0);

/// Where everything goes.
pub(super) struct Layout {
    /// The price plot, axes included.
    pub price: Rect,
    /// The plots below it, axes included.
    pub rows: Vec<(Row, Rect)>,
    /// Left and right of the column beside the plots.
    column: (f32, f32),
    /// The height of all plots together.
    pub height: f32,
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
    /// Divides an area between the plots that are wanted, as far as they fit; so many parts of the price plot stand beside
    /// it.
    pub(super) fn new(area: Rect, mut wanted: Vec<Row>, parts: usize, arrangement: &cascade_app::Layout) -> Self {
        let beside = if parts > 1 { 1.3 } else { 1.0 };
        let column = beside * (area.width() * 0.16).clamp(COLUMN_WIDTH.0, COLUMN_WIDTH.1);
        let plots_right = area.right() - column - GAP;
        let available = area.height() - TIME_AXIS_HEIGHT;
        let fitting = ((available - PRICE_HEIGHT) / (ROW_HEIGHT.0 + GAP)).floor().max(0.0) as usize;
        wanted.truncate(fitting);
        let weight: f32 = wanted.iter().map(|plot| plot.about().weight).sum();
        let unit = (available * ROWS_SHARE - GAP * wanted.len() as f32) / weight;
        let unit = unit.clamp(ROW_HEIGHT.0, ROW_HEIGHT.1);
        let height = |plot: &Row| {
            let about = plot.about();
            let chosen = arrangement.height(about.id).map(|share| share * available);
            chosen.unwrap_or(about.weight * unit).max(ROW_HEIGHT.0).round()
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
    pub(super) fn alone(area: Rect, plot: Option<Row>, parts: usize) -> Self {
        let mut layout = Self::new(area, Vec::new(), parts, &cascade_app::Layout::default());
        if let Some(plot) = plot {
            let across = layout.price.x_range();
            layout.rows = vec![(plot, Rect::from_x_y_ranges(across, area.y_range()))];
        }
        layout
    }

    /// The part of the column beside a plot.
    pub(super) fn beside(&self, inner: Rect) -> Rect {
        Rect::from_min_max(pos2(self.column.0, inner.top()), pos2(self.column.1, inner.bottom()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plots::list;
    use cascade_app::{PlotId, ShownPlots};
    use cascade_engine::Simulation;
    use cascade_scenario::Scenario;

    #[test]
    fn plots_that_are_too_high_give_way_and_none_is_lost() {
        assert_eq!(squeezed(vec![100.0, 80.0], 200.0), [100.0, 80.0]);
        let heights = squeezed(vec![158.0, 58.0, 108.0], 249.0);
        assert_eq!(heights, [108.0, 58.0, 83.0]);
        let (delta, interest) = (PlotId("Aggregate delta"), PlotId("Open interest"));
        let mut arrangement = cascade_app::Layout::default();
        arrangement.set_heights(&[(delta, 0.9), (interest, 0.5)]);
        arrangement.set_order(&[interest, delta]);
        let area = Rect::from_min_max(pos2(0.0, 0.0), pos2(900.0, 700.0));
        let simulation = Simulation::new(&Scenario::default()).unwrap();
        let asset = &simulation.assets()[0];
        let of = |arrangement| {
            Layout::new(
                area,
                list::shown(&ShownPlots::default(), arrangement, asset, &[]),
                2,
                arrangement,
            )
        };
        let layout = of(&arrangement);
        let ids = [0, 1].map(|index| layout.rows[index].0.about().id);
        assert_eq!(ids, [interest, delta]);
        assert!(layout.price.height() >= PRICE_HEIGHT - 2.0);
        let plain = of(&cascade_app::Layout::default());
        assert_eq!(layout.rows.len(), plain.rows.len());
        assert!(layout.rows.iter().all(|(_, rect)| rect.height() >= ROW_HEIGHT.0));
        assert_eq!(layout.rows.last().unwrap().1.bottom(), 700.0);
    }
}
