//! Liquidation levels beside the price axis: what rests there by the model's estimate, filled, and what has been liquidated
//! there, outlined.

use std::sync::Arc;

use eframe::egui::{Align2, Color32, FontId, Mesh, Rect, Shape, Ui, pos2};
use egui_plot::PlotTransform;

use super::canvas::push_rect;
use super::legend;
use super::price::Part;
use super::view::{EasedRange, frame_seconds};
use crate::palette::Palette;
use crate::style;
use cascade_app::PlotId;
use cascade_app::history::{Extent, History, Version};
use cascade_engine::{Asset, Clusters, PriceGrid};
use cascade_scenario::format;

/// What the list of plots says of it.
pub(super) const PART: Part = Part {
    id: PlotId("Liquidation clusters"),
    at_first: true,
    exists: |_| true,
};

/// Least height of a bar, in points.
const BAR_POINTS: f64 = 4.5;
/// Height of the words on top.
pub(super) const CAPTION: f32 = 46.0;

/// The histogram's own state.
#[derive(Default)]
pub(super) struct Histogram {
    resting: Clusters,
    /// Which recording, and which book of it.
    version: Option<(Version, u64)>,
    scale: EasedRange,
}

/// Levels that share a bar.
struct Bins {
    first: usize,
    end: usize,
    levels: usize,
}

impl Bins {
    fn new(grid: PriceGrid, transform: &PlotTransform) -> Self {
        let (low, high) = (transform.bounds().min()[1], transform.bounds().max()[1]);
        let at_end = |price: f64, beyond: usize| grid.level(price.max(1e-9)).unwrap_or(beyond);
        let (first, end) = (at_end(low, 0), at_end(high, PriceGrid::LEVELS - 1) + 1);
        let points = f64::from(transform.frame().height()) / (end - first).max(1) as f64;
        let levels = ((BAR_POINTS / points).ceil() as usize).max(1).next_power_of_two();
        Self {
            first: first / levels * levels,
            end,
            levels,
        }
    }

    fn sums<'a>(&'a self, levels: &'a [f64]) -> impl Iterator<Item = (usize, f64)> + 'a {
        (self.first..self.end).step_by(self.levels).map(|from| {
            let to = (from + self.levels).min(levels.len());
            (from, levels[from.min(to)..to].iter().sum())
        })
    }
}

impl Histogram {
    /// Draws into `rect`, whose height is the price plot's. Returns whether it is still moving.
    pub(super) fn show(
        &mut self,
        ui: &Ui,
        rect: Rect,
        transform: &PlotTransform,
        (history, asset): (&History, &Asset),
        palette: &Palette,
    ) -> bool {
        self.refresh(history, asset);
        let grid = asset.grid();
        let bins = Bins::new(grid, transform);
        let realised = asset.realised();
        let all = [
            &self.resting.longs,
            &self.resting.shorts,
            &realised.longs,
            &realised.shorts,
        ];
        let largest = all
            .iter()
            .flat_map(|levels| bins.sums(levels))
            .map(|(_, sum)| sum)
            .fold(0.0, f64::max);
        let seconds = frame_seconds(ui);
        let moving = self.scale.approach(
            Extent {
                low: 0.0,
                high: largest.max(1.0),
            },
            seconds,
        );
        let full = self.scale.range().1.max(largest);

        let mut mesh = Mesh::default();
        let reach = f64::from(rect.width() - 6.0);
        let mut bars = |levels: &[f64], draw: &dyn Fn(&mut Mesh, [f32; 4])| {
            for (from, sum) in bins.sums(levels).filter(|(_, sum)| *sum > 0.0) {
                let top =
                    transform.position_from_point_y(grid.lower_bound((from + bins.levels).min(PriceGrid::LEVELS)));
                let bottom = transform.position_from_point_y(grid.lower_bound(from));
                let right = rect.left() + ((sum / full * reach) as f32).max(1.0);
                draw(
                    &mut mesh,
                    [rect.left(), top + 0.4, right, (bottom - 0.4).max(top + 1.0)],
                );
            }
        };
        for (levels, color) in [(&realised.longs, palette.longs), (&realised.shorts, palette.shorts)] {
            bars(levels, &|mesh, bar| outline(mesh, bar, color));
        }
        for (levels, color) in [
            (&self.resting.longs, palette.longs),
            (&self.resting.shorts, palette.shorts),
        ] {
            bars(levels, &|mesh, bar| push_rect(mesh, bar, color));
        }
        ui.painter().with_clip_rect(rect).add(Shape::Mesh(Arc::new(mesh)));
        caption(ui, rect, bins.levels, full, palette);
        moving
    }

    fn refresh(&mut self, history: &History, asset: &Asset) {
        let book = asset.book_version();
        let version = (history.version(), book);
        if self.version == Some(version) {
            return;
        }
        if history.book_version() == book {
            self.resting.clone_from(history.resting());
        } else {
            asset.resting(&mut self.resting);
        }
        self.version = Some(version);
    }
}

/// A pale bar with a clear end: what is gone.
fn outline(mesh: &mut Mesh, [left, top, right, bottom]: [f32; 4], color: Color32) {
    push_rect(mesh, [left, top, right, bottom], color.gamma_multiply(0.26));
    push_rect(
        mesh,
        [(right - 1.2).max(left), top, right, bottom],
        color.gamma_multiply(0.75),
    );
}

/// What the bars are, at the top, on a ground that keeps it legible over them.
fn caption(ui: &Ui, rect: Rect, levels: usize, full: f64, palette: &Palette) {
    let painter = ui.painter().with_clip_rect(rect.expand(2.0));
    let ground = Rect::from_min_size(rect.min, eframe::egui::vec2(rect.width(), 46.0));
    painter.rect_filled(ground, 0.0, palette.panel);
    let line = |row: f32| pos2(rect.left() + 4.0, rect.top() + 3.0 + 14.0 * row);
    let font = FontId::proportional(style::CAPTION);
    let room = rect.width() - 6.0;
    painter.text(
        line(0.0),
        Align2::LEFT_TOP,
        legend::fitting(
            ui,
            room,
            style::LABEL,
            &["Liquidation levels", "Liquidations", "Levels"],
        ),
        FontId::proportional(style::LABEL),
        palette.text,
    );
    let mut x = line(1.1).x;
    let y = line(1.1).y;
    // Both or neither in full: what the filled and the pale bars are.
    let narrow = legend::fitting(ui, room, style::CAPTION, &["00 estimated 000 realised", "narrow"]) == "narrow";
    let labels = if narrow {
        ["est.", "real."]
    } else {
        ["estimated", "realised"]
    };
    for (label, filled) in labels.into_iter().zip([true, false]) {
        let mut mesh = Mesh::default();
        let bar = [x, y + 4.0, x + 9.0, y + 11.0];
        if filled {
            push_rect(&mut mesh, bar, palette.longs);
        } else {
            outline(&mut mesh, bar, palette.longs);
        }
        painter.add(Shape::mesh(mesh));
        let drawn = painter.text(
            pos2(x + 13.0, y),
            Align2::LEFT_TOP,
            label,
            font.clone(),
            palette.weak_text,
        );
        x = drawn.right() + 8.0;
    }
    let width = levels as f64 * PriceGrid::WIDTH;
    let (most, per) = (format::short(digits_of(full)), format::digits(width * 100.0, 2));
    let wordings = if full > 1.0 {
        [
            format!("full width {most} USD per {per} %"),
            format!("{most} per {per} %"),
            format!("{most}/{per} %"),
        ]
    } else {
        ["no levered positions", "no positions", "none"].map(ToOwned::to_owned)
    };
    let unit = legend::fitting(ui, room, style::CAPTION, &wordings.each_ref().map(String::as_str));
    painter.text(line(2.1), Align2::LEFT_TOP, unit, font, palette.weak_text);
}

/// Two significant digits, so that the caption does not flicker while the scale moves.
fn digits_of(value: f64) -> f64 {
    let unit = 10_f64.powf(value.max(1.0).log10().floor() - 1.0);
    (value / unit).round() * unit
}
