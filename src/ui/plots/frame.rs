//! One of the linked plots: axes, grid and ground by `egui_plot`, whose view is set anew in every frame; what is drawn in it
//! comes from the caller.

use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Color32, FontId, Id, Rangef, Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui, UiBuilder, Vec2b, WidgetInfo,
    vec2,
};
use egui_plot::{
    AxisHints, GridInput, GridMark, Plot, PlotBounds, PlotGeometry, PlotItem, PlotItemBase, PlotTransform,
};

use crate::palette::Palette;
use crate::style;
use cascade_scenario::format;

/// Width of the value axis of every plot, so that the plots stand exactly below one another.
pub(crate) const AXIS_WIDTH: f32 = 58.0;
/// Height of the time axis.
pub(crate) const TIME_AXIS_HEIGHT: f32 = 18.0;

/// Closest that a tick with a label may come to the end of its axis, in points.
const EDGE: f64 = 5.0;

/// Closest that a moment with a label may come to the end of the time axis, so that the label stays below its plot.
const CLOCK_EDGE: f64 = 27.0;

/// How a plot looks from outside.
pub struct Frame<'a> {
    /// Its identity.
    pub name: &'static str,
    /// Its name, for the screen reader.
    pub title: String,
    /// Its place, axes included.
    pub rect: Rect,
    /// Stretch of time shown, in seconds.
    pub seconds: Range<f64>,
    /// Range of values shown, in plot coordinates.
    pub values: (f64, f64),
    /// Whether the time axis has its labels here.
    pub time_axis: bool,
    /// Text of a tick.
    pub tick: &'a dyn Fn(f64) -> String,
    /// Text of a moment on the time axis.
    pub clock: &'a dyn Fn(f64) -> String,
    /// Where on the values' axis ticks stand.
    pub ticks: Ticks,
}

/// Where the ticks of an axis of values stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ticks {
    /// At round values.
    Round,
    /// At the powers of ten of a logarithm.
    Decades,
    /// At round distances from this value, relative to it.
    Relative(f64),
}

/// Shapes in the plot's own order.
struct Layer {
    base: PlotItemBase,
    shapes: RefCell<Vec<Shape>>,
}

impl PlotItem for Layer {
    fn shapes(&self, _ui: &Ui, _transform: &PlotTransform, shapes: &mut Vec<Shape>) {
        shapes.append(&mut self.shapes.borrow_mut());
    }

    fn initialize(&mut self, _x_range: RangeInclusive<f64>) {}

    fn color(&self) -> Color32 {
        Color32::TRANSPARENT
    }

    fn allow_hover(&self) -> bool {
        false
    }

    fn geometry(&self) -> PlotGeometry<'_> {
        PlotGeometry::None
    }

    fn bounds(&self) -> PlotBounds {
        PlotBounds::NOTHING
    }

    fn base(&self) -> &PlotItemBase {
        &self.base
    }

    fn base_mut(&mut self) -> &mut PlotItemBase {
        &mut self.base
    }
}

impl Frame<'_> {
    /// The part of the plot inside its axes; of some extent however narrow the plot is.
    pub fn inner(&self) -> Rect {
        let mut inner = self.rect;
        inner.min.x += AXIS_WIDTH;
        if self.time_axis {
            inner.max.y -= TIME_AXIS_HEIGHT;
        }
        inner.max = inner.max.max(inner.min + vec2(1.0, 1.0));
        inner
    }

    /// The transform of this frame.
    pub fn transform(&self) -> PlotTransform {
        PlotTransform::new(self.inner(), self.plot_bounds(), false)
    }

    fn plot_bounds(&self) -> PlotBounds {
        PlotBounds::from_min_max([self.seconds.start, self.values.0], [self.seconds.end, self.values.1])
    }

    /// Draws axes, grid and `shapes`.
    pub fn show(&self, ui: &mut Ui, palette: &Palette, shapes: Vec<Shape>) -> Response {
        let (tick, clock, height) = (self.tick, self.clock, f64::from(self.inner().height()));
        let y_axis = quiet(AxisHints::new_y(), palette)
            .min_thickness(AXIS_WIDTH)
            .formatter(move |mark, range| {
                let from_edge = (mark.value - range.start()).min(range.end() - mark.value);
                let fits = from_edge / (range.end() - range.start()) * height >= EDGE;
                if fits { tick(mark.value) } else { String::new() }
            });
        let width = f64::from(self.inner().width());
        let x_axis = quiet(AxisHints::new_x(), palette)
            .min_thickness(TIME_AXIS_HEIGHT)
            .formatter(move |mark, range| {
                let from_end = (range.end() - mark.value) / (range.end() - range.start()) * width;
                if mark.value < 0.0 || from_end < CLOCK_EDGE {
                    String::new()
                } else {
                    clock(mark.value)
                }
            });
        let bounds = self.plot_bounds();
        let ticks = self.ticks;
        let mut child = ui.new_child(UiBuilder::new().id_salt(self.name).max_rect(self.rect));
        let plot = Plot::new(self.name)
            .id(Id::unique(("plot", self.name)))
            .width(self.rect.width())
            .height(self.rect.height())
            .show_axes(Vec2b::new(self.time_axis, true))
            .custom_x_axes(vec![x_axis])
            .custom_y_axes(vec![y_axis])
            .x_grid_spacer(|input| time_marks(&input))
            .y_grid_spacer(move |input| match ticks {
                Ticks::Round => value_marks(&input, 0.0, 1.0),
                Ticks::Decades => decade_marks(&input),
                Ticks::Relative(to) => value_marks(&input, to, to),
            })
            .grid_spacing(Rangef::new(8.0, 9.0))
            .grid_color(palette.grid)
            .grid_fade(0.0)
            .show_background(false)
            .show_x(false)
            .show_y(false)
            .allow_zoom(false)
            .allow_scroll(false)
            .allow_drag(false)
            .allow_boxed_zoom(false)
            .allow_axis_zoom_drag(false)
            .allow_double_click_reset(false)
            .auto_bounds(false)
            .sense(Sense::click_and_drag());
        ui.painter().rect_filled(self.inner(), 0.0, palette.ground);
        let layer = Layer {
            base: PlotItemBase::new(self.name.to_owned()),
            shapes: RefCell::new(shapes),
        };
        let shown = plot.show(&mut child, move |plot_ui| {
            plot_ui.set_plot_bounds(bounds);
            plot_ui.add(layer);
        });
        shown
            .response
            .widget_info(|| WidgetInfo::labeled(Role::Image, true, &self.title));
        if shown.response.has_focus() {
            let stroke = Stroke::new(2.0, palette.accent);
            ui.painter().rect_stroke(self.inner(), 0.0, stroke, StrokeKind::Inside);
        }
        shown.response
    }
}

fn quiet<'a>(hints: AxisHints<'a>, palette: &Palette) -> AxisHints<'a> {
    hints
        .tick_label_color(palette.weak_text)
        .tick_label_font(FontId::proportional(style::CAPTION))
        .label_spacing(Rangef::new(8.0, 9.0))
}

fn marks(input: &GridInput, step: f64) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    if !(step > 0.0 && (high - low) / step < 200.0) {
        return Vec::new();
    }
    let first = (low / step).ceil() as i64;
    let last = (high / step).floor() as i64;
    (first..=last)
        .map(|index| GridMark {
            value: index as f64 * step,
            step_size: step,
        })
        .collect()
}

/// Points of the screen one unit of `base_step_size` takes.
const BASE_POINTS: f64 = 8.0;

fn time_marks(input: &GridInput) -> Vec<GridMark> {
    marks(input, format::nice_seconds(input.base_step_size / BASE_POINTS * 96.0))
}

/// Marks at round multiples of a unit from an origin on.
fn value_marks(input: &GridInput, origin: f64, unit: f64) -> Vec<GridMark> {
    let points = (input.bounds.1 - input.bounds.0) / (input.base_step_size / BASE_POINTS);
    let apart = if points > 200.0 { 44.0 } else { 20.0 };
    let step = format::nice_step(input.base_step_size / BASE_POINTS * apart / unit) * unit;
    let shifted = GridInput {
        bounds: (input.bounds.0 - origin, input.bounds.1 - origin),
        ..*input
    };
    let mut all = marks(&shifted, step);
    for mark in &mut all {
        mark.value += origin;
    }
    all
}

fn decade_marks(input: &GridInput) -> Vec<GridMark> {
    let least = input.base_step_size / BASE_POINTS * 15.0;
    marks(input, if least <= 1.0 { 1.0 } else { 2.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::pos2;
    use egui_plot::PlotPoint;

    #[test]
    fn a_plot_without_room_has_a_place_for_every_value() {
        for (width, height) in [(0.0, 0.0), (-40.0, 30.0), (30.0, -40.0), (20.0, 5.0), (300.0, 200.0)] {
            let frame = Frame {
                name: "test",
                title: String::new(),
                rect: Rect::from_min_max(pos2(400.0, 100.0), pos2(400.0 + width, 100.0 + height)),
                seconds: 0.0..60.0,
                values: (1.0, 2.0),
                time_axis: true,
                tick: &format::price,
                clock: &format::clock,
                ticks: Ticks::Round,
            };
            let inner = frame.inner();
            assert!(inner.width() >= 1.0 && inner.height() >= 1.0, "{inner:?}");
            let place = frame.transform().position_from_point(&PlotPoint::new(30.0, 1.5));
            assert!(inner.contains(place), "{place:?} {inner:?}");
        }
    }
}
