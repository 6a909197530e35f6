//! Histograms with longs above the line and shorts below it.

use std::sync::Arc;

use eframe::egui::{
    Align, Align2, FontId, Layout, Mesh, Rect, RichText, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use crate::palette::Palette;
use crate::plots::canvas::push_rect;
use crate::plots::legend;
use crate::style;
use cascade_scenario::format;

/// Room for labels below.
const BELOW: f32 = 16.0;

/// What stands below the bars.
pub(super) struct Axis<'a> {
    /// Places as shares of the width, and their labels.
    pub ticks: Vec<(f64, String)>,
    /// The value at a share of the width, in words.
    pub read: &'a dyn Fn(f64) -> String,
}

/// Notional by something.
pub(super) struct Bars<'a> {
    /// Its name.
    pub name: &'static str,
    /// Longs and shorts, as many bars each.
    pub sides: &'a [Vec<f64>; 2],
    /// Values.
    pub axis: Axis<'a>,
    /// A place to mark, as a share of the width.
    pub mark: Option<f64>,
    /// Whether the first and the last bar hold everything beyond: then they do not set the scale.
    pub open_ends: [bool; 2],
}

impl Bars<'_> {
    /// The notional of a bar of full height.
    fn scale(&self) -> f64 {
        let [longs, shorts] = self.sides;
        let [first, last] = self.open_ends.map(usize::from);
        let largest = |from: usize, to: usize| {
            let both = longs[from..to].iter().chain(&shorts[from..to]);
            both.copied().fold(0.0, f64::max)
        };
        let inner = largest(first, longs.len() - last);
        if inner > 0.0 {
            inner
        } else {
            largest(0, longs.len()).max(1.0)
        }
    }

    /// The histogram in words.
    fn words(&self) -> String {
        let [longs, shorts] = self.sides.each_ref().map(|side| {
            let top = side.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
            let place = |bar: usize| (bar as f64 + 0.5) / side.len() as f64;
            top.filter(|(_, most)| **most > 0.0)
                .map_or_else(|| "none".to_owned(), |(bar, _)| (self.axis.read)(place(bar)))
        });
        let name = self.name;
        format!("{name}, notional: most of the longs around {longs}, most of the shorts around {shorts}")
    }
}

/// Draws a histogram as wide as there is room.
pub(super) fn show(ui: &mut Ui, bars: &Bars<'_>, height: f32, palette: &Palette) {
    heading(ui, bars);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let plot = rect.with_max_y(rect.bottom() - BELOW);
    let painter = ui.painter();
    painter.rect_filled(plot, 3.0, palette.ground);
    ticks(ui, plot, &bars.axis.ticks, palette);
    let [longs, shorts] = bars.sides;
    let (count, most) = (longs.len(), bars.scale());
    let x = |share: f64| plot.left() + plot.width() * share as f32;
    let middle = plot.center().y;
    let full = f64::from(plot.height() / 2.0 - 3.0);
    let mut mesh = Mesh::default();
    for (side, up, color) in [(longs, -1.0, palette.longs), (shorts, 1.0, palette.shorts)] {
        for (index, notional) in side.iter().enumerate().filter(|(_, notional)| **notional > 0.0) {
            let (left, right) = (x(index as f64 / count as f64), x((index + 1) as f64 / count as f64));
            let end = middle + up * ((notional / most * full).min(full) as f32).max(1.0);
            push_rect(
                &mut mesh,
                [left + 0.5, middle.min(end), right - 0.5, middle.max(end)],
                color,
            );
        }
    }
    painter.add(Shape::Mesh(Arc::new(mesh)));
    painter.hline(plot.x_range(), middle, Stroke::new(1.0, palette.outline));
    if let Some(mark) = bars.mark {
        painter.vline(x(mark), plot.y_range(), Stroke::new(1.2, palette.spot));
    }
    captions(ui, plot, palette);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, bars.words()));
    if let Some(pointer) = response.hover_pos().filter(|pointer| plot.contains(*pointer)) {
        let share = ((pointer.x - plot.left()) / plot.width()).clamp(0.0, 0.999_9);
        let bar = (f64::from(share) * count as f64) as usize;
        let edge = |bar: usize| (bars.axis.read)(bar as f64 / count as f64);
        painter.vline(pointer.x, plot.y_range(), Stroke::new(1.0, palette.cursor));
        response.on_hover_text_at_pointer(format!(
            "{} to {}\nlongs {} USD, shorts {} USD",
            edge(bar),
            edge(bar + 1),
            format::amount(longs[bar], 3),
            format::amount(shorts[bar], 3)
        ));
    }
}

fn ticks(ui: &Ui, plot: Rect, ticks: &[(f64, String)], palette: &Palette) {
    let painter = ui.painter();
    for (place, label) in ticks {
        let at = plot.left() + plot.width() * *place as f32;
        painter.vline(at, plot.y_range(), Stroke::new(1.0, palette.grid));
        let align = if at < plot.left() + 12.0 {
            Align2::LEFT_TOP
        } else if at > plot.right() - 12.0 {
            Align2::RIGHT_TOP
        } else {
            Align2::CENTER_TOP
        };
        let font = FontId::proportional(style::CAPTION);
        painter.text(pos2(at, plot.bottom() + 2.0), align, label, font, palette.weak_text);
    }
}

/// The name, and at the right what a bar of full height is.
fn heading(ui: &mut Ui, bars: &Bars<'_>) {
    ui.horizontal(|ui| {
        ui.label(style::strong(bars.name, style::BODY));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let scale = format::amount(bars.scale(), 2);
            let wordings = [
                format!("± {scale} USD a bar"),
                format!("± {scale} USD"),
                format!("± {scale}"),
            ];
            let fitting = legend::fitting(ui, ui.available_width(), 11.5, &wordings.each_ref().map(String::as_str));
            ui.label(RichText::new(fitting).size(style::CAPTION).weak());
        });
    });
}

/// Which side is which: legible over the bars too, in the colours of text that are nearest to those of the sides.
fn captions(ui: &Ui, plot: Rect, palette: &Palette) {
    let painter = ui.painter();
    let inside = plot.shrink(3.0);
    for (words, corner, align, color) in [
        ("longs", inside.left_top(), Align2::LEFT_TOP, palette.accent),
        ("shorts", inside.left_bottom(), Align2::LEFT_BOTTOM, palette.notice),
    ] {
        let text = painter.layout_no_wrap(words.to_owned(), FontId::proportional(style::CAPTION), color);
        let place = align.anchor_size(corner, text.size());
        painter.rect_filled(place.expand(1.0), 2.0, palette.ground);
        painter.galley(place.min, text, color);
    }
}

/// Draws a bar for every number, upwards where it is positive, with its value.
pub(super) fn signed(ui: &mut Ui, name: &'static str, values: &[f64], height: f32, palette: &Palette) {
    ui.label(style::strong(name, style::BODY));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let plot = rect.with_max_y(rect.bottom() - BELOW);
    let painter = ui.painter();
    painter.rect_filled(plot, 3.0, palette.ground);
    let most = values.iter().map(|value| value.abs()).fold(1e-9, f64::max);
    let middle = plot.center().y;
    let width = plot.width() / values.len().max(1) as f32;
    for (index, value) in values.iter().enumerate() {
        let left = plot.left() + width * index as f32;
        let end = middle - (value / most) as f32 * (plot.height() / 2.0 - 16.0);
        let bar = Rect::from_x_y_ranges(
            left + 0.2 * width..=left + 0.8 * width,
            middle.min(end)..=middle.max(end),
        );
        painter.rect_filled(bar, 1.0, palette.index);
        let (at, align) = if *value < 0.0 {
            (pos2(left + 0.5 * width, end + 1.0), Align2::CENTER_TOP)
        } else {
            (pos2(left + 0.5 * width, end - 1.0), Align2::CENTER_BOTTOM)
        };
        let font = FontId::proportional(style::CAPTION);
        painter.text(at, align, format::digits(*value, 2), font.clone(), palette.text);
        let below = pos2(left + 0.5 * width, plot.bottom() + 2.0);
        painter.text(
            below,
            Align2::CENTER_TOP,
            format!("{}", index + 1),
            font,
            palette.weak_text,
        );
    }
    painter.hline(plot.x_range(), middle, Stroke::new(1.0, palette.outline));
    let list: Vec<String> = values.iter().map(|value| format::digits(*value, 2)).collect();
    let words = format!("{name}: {}", list.join(", "));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
}
