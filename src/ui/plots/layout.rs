//! Where the plots go: the price on top, the others below it as far as there is room, a column for words beside them.

use eframe::egui::{Rect, pos2};

use super::figures::Plot;
use super::frame::TIME_AXIS_HEIGHT;
use crate::app::Panels;

/// Space between plots.
const GAP: f32 = 8.0;
/// Least height of the price plot.
pub const PRICE_HEIGHT: f32 = 170.0;
/// Least and greatest height of the plots below it.
const ROW_HEIGHT: (f32, f32) = (58.0, 120.0);
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
}

impl Layout {
    /// Divides an area between the plots that are wanted, as far as they fit.
    pub fn new(area: Rect, panels: &Panels) -> Self {
        let column = (area.width() * 0.16).clamp(COLUMN_WIDTH.0, COLUMN_WIDTH.1);
        let plots_right = area.right() - column - GAP;
        let mut wanted: Vec<Plot> = Plot::ALL.into_iter().filter(|plot| plot.is_wanted(panels)).collect();
        let available = area.height() - TIME_AXIS_HEIGHT;
        let fitting = ((available - PRICE_HEIGHT) / (ROW_HEIGHT.0 + GAP)).floor().max(0.0) as usize;
        wanted.truncate(fitting);
        let weight: f32 = wanted.iter().map(|plot| plot.weight()).sum();
        let unit = (available * 0.54 - GAP * wanted.len() as f32) / weight;
        let unit = unit.clamp(ROW_HEIGHT.0, ROW_HEIGHT.1);
        let heights: Vec<f32> = wanted.iter().map(|plot| (plot.weight() * unit).round()).collect();
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
        }
    }

    /// The part of the column beside a plot.
    pub fn beside(&self, inner: Rect) -> Rect {
        Rect::from_min_max(pos2(self.column.0, inner.top()), pos2(self.column.1, inner.bottom()))
    }
}
