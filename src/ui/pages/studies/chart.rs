//! Charts over the values of an axis. Values stand at even distances, as on the parameter's slider, so that a heat map and a
//! curve below it line up whatever the scale.

use eframe::egui::{Align2, Color32, FontId, Mesh, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};

use crate::palette::Palette;
use crate::style;
use cascade_analysis::{Axis, Statistics};
use cascade_scenario::{Kind, Scale};

use super::controls::{axis_title, tick};
use super::scale::{NumberScale, round_even, round_powers};

/// Room for the labels at the left.
const LEFT: f32 = 66.0;
/// Room for the titles above.
const ABOVE: f32 = 20.0;
/// Room for the labels below.
const BELOW: f32 = 38.0;
/// Room for the key at the right.
const RIGHT: f32 = 96.0;
/// Least distance of two labels.
const LABEL_ROOM: (f32, f32) = (62.0, 18.0);

/// Cividis at five places (Nuñez, Anderton and Renslow 2018): rises evenly in lightness for every colour vision.
const SHADES: [[u8; 3]; 5] = [
    [0, 34, 78],
    [66, 78, 108],
    [124, 123, 120],
    [187, 173, 108],
    [254, 232, 56],
];

/// The colour of a share from 0 to 1.
pub(super) fn shade(share: f64) -> Color32 {
    let place = share.clamp(0.0, 1.0) * (SHADES.len() - 1) as f64;
    let below = (place as usize).min(SHADES.len() - 2);
    let between = (place - below as f64) as f32;
    let [from, to] = [SHADES[below], SHADES[below + 1]].map(|[r, g, b]| Color32::from_rgb(r, g, b));
    from.lerp_to_gamma(to, between)
}

/// Where a value lies on an axis, in places from 0: between two of its values as far as it is on the slider. None beyond its
/// ends.
pub(super) fn place_of(axis: &Axis, value: f64) -> Option<f64> {
    let on_slider = |value: f64| match axis.row().scale {
        Scale::Linear => value,
        Scale::Log | Scale::LogFromZero(_) => value.max(f64::MIN_POSITIVE).ln(),
    };
    axis.values.windows(2).enumerate().find_map(|(index, pair)| {
        let (from, to) = (pair[0], pair[1]);
        let inside = (from.min(to)..=from.max(to)).contains(&value);
        let share = (on_slider(value) - on_slider(from)) / (on_slider(to) - on_slider(from));
        inside.then_some(index as f64 + share)
    })
}

/// The place of a chart, divided into columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    /// Without labels.
    pub inner: Rect,
    columns: usize,
}

impl Area {
    /// Leaves room for labels.
    pub(super) fn new(outer: Rect, columns: usize) -> Self {
        Self {
            inner: Rect::from_min_max(outer.min + vec2(LEFT, ABOVE), outer.max - vec2(RIGHT, BELOW)),
            columns,
        }
    }

    /// Screen position of a place of the axis.
    pub(super) fn x(&self, place: f64) -> f32 {
        self.inner.left() + self.inner.width() * ((place + 0.5) / self.columns as f64) as f32
    }

    /// The column at a screen position.
    pub(super) fn column(&self, x: f32) -> Option<usize> {
        let share = (x - self.inner.left()) / self.inner.width();
        (0.0..1.0)
            .contains(&share)
            .then_some((share * self.columns as f32) as usize)
    }

    /// Labels of the axis below: round numbers where they lie, or every alternative.
    pub(super) fn label_columns(&self, ui: &Ui, axis: &Axis, palette: &Palette) {
        let width = self.inner.width();
        for (place, label) in labels(axis, (width / LABEL_ROOM.0) as usize) {
            let x = self.x(place);
            let mark = self.inner.bottom()..=self.inner.bottom() + 3.0;
            ui.painter().vline(x, mark, Stroke::new(1.0, palette.weak_text));
            let font = FontId::proportional(style::CAPTION);
            let galley = ui.painter().layout_no_wrap(label, font, palette.weak_text);
            // Never beyond the ends of the axis.
            let most = (self.inner.right() - galley.size().x).max(self.inner.left());
            let left = (x - galley.size().x / 2.0).clamp(self.inner.left(), most);
            let at = pos2(left, self.inner.bottom() + 4.0);
            ui.painter().galley(at, galley, palette.weak_text);
        }
        let at = pos2(self.inner.center().x, self.inner.bottom() + 19.0);
        text(ui, at, Align2::CENTER_TOP, axis_title(axis.row()), palette.text);
    }
}

/// Places of an axis and what stands there, about so many: round numbers, or every alternative of a switch or a choice.
fn labels(axis: &Axis, count: usize) -> Vec<(f64, String)> {
    let row = axis.row();
    let (Some(first), Some(last)) = (axis.values.first(), axis.values.last()) else {
        return Vec::new();
    };
    if row.kind != Kind::Real {
        let every = axis.values.len().div_ceil(count.max(1)).max(1);
        let all = axis.values.iter().enumerate().step_by(every);
        return all.map(|(place, value)| (place as f64, tick(row, *value))).collect();
    }
    let factor = row.unit.display_factor();
    let (low, high) = (first.min(*last), first.max(*last));
    let round = match row.scale {
        Scale::Log | Scale::LogFromZero(_) if low > 0.0 => round_powers(low * factor, high * factor, count),
        _ => round_even(low * factor, high * factor, count.min(6)),
    };
    let labelled = round.into_iter().filter_map(|shown| {
        // The last digit may have been lost on the way to the stored number and back.
        let value = (shown / factor).clamp(low, high);
        Some((place_of(axis, value)?, tick(row, value)))
    });
    labelled.collect()
}

/// A label; returns what it covers.
pub(super) fn text(ui: &Ui, at: Pos2, align: Align2, text: String, color: Color32) -> Rect {
    ui.painter()
        .text(at, align, text, FontId::proportional(style::CAPTION), color)
}

/// What numbers stand for.
#[derive(Clone, Copy)]
pub(super) struct Key<'a> {
    /// The figure.
    pub title: &'a str,
    /// How a number is written.
    pub write: &'a dyn Fn(f64) -> String,
}

impl Key<'_> {
    fn title_on(&self, scale: &NumberScale) -> String {
        match scale.name() {
            "" => self.title.to_owned(),
            name => format!("{}, {name}", self.title),
        }
    }
}

/// A heat map's cells, rows from the bottom, with the labels of both axes and the key of the colours. Returns where the title of the
/// colours begins, above the map.
pub(super) fn heat_map(
    ui: &Ui,
    area: Area,
    axes: (&Axis, &Axis),
    cell: impl Fn(usize, usize) -> Option<f64>,
    (scale, key): (&NumberScale, &Key<'_>),
    palette: &Palette,
) -> f32 {
    let (x, y) = axes;
    let (rows, inner) = (y.values.len(), area.inner);
    let mut mesh = Mesh::default();
    for row in 0..rows {
        let (bottom, top) = (row_edge(inner, rows, row), row_edge(inner, rows, row + 1));
        for column in 0..x.values.len() {
            if let Some(value) = cell(column, row) {
                let sides = [column, column + 1].map(|place| area.x(place as f64 - 0.5));
                let rect = Rect::from_min_max(pos2(sides[0], top), pos2(sides[1], bottom));
                mesh.add_colored_rect(rect, shade(scale.place(value)));
            }
        }
    }
    let painter = ui.painter();
    painter.rect_filled(inner, 0.0, palette.ground);
    painter.add(Shape::mesh(mesh));
    area.label_columns(ui, x, palette);
    for (place, label) in labels(y, (inner.height() / (2.0 * LABEL_ROOM.1)) as usize) {
        let at = pos2(inner.left() - 5.0, row_centre(inner, rows, place));
        text(ui, at, Align2::RIGHT_CENTER, label, palette.weak_text);
    }
    colour_bar(ui, inner, scale, key, palette)
}

fn row_edge(inner: Rect, rows: usize, row: usize) -> f32 {
    inner.bottom() - inner.height() * row as f32 / rows as f32
}

/// Screen position of a place of the second axis.
pub(super) fn row_centre(inner: Rect, rows: usize, place: f64) -> f32 {
    inner.bottom() - inner.height() * ((place + 0.5) / rows as f64) as f32
}

/// The row at a screen position.
pub(super) fn row_at(inner: Rect, rows: usize, y: f32) -> Option<usize> {
    let share = (inner.bottom() - y) / inner.height();
    (0.0..1.0).contains(&share).then_some((share * rows as f32) as usize)
}

/// The key of the colours, beside the map. Returns where its title begins.
fn colour_bar(ui: &Ui, inner: Rect, scale: &NumberScale, key: &Key<'_>, palette: &Palette) -> f32 {
    let bar = Rect::from_min_max(
        inner.right_top() + vec2(10.0, 0.0),
        inner.right_bottom() + vec2(22.0, 0.0),
    );
    let steps = 24;
    let mut mesh = Mesh::default();
    for step in 0..steps {
        let edge = |step: usize| bar.bottom() - bar.height() * step as f32 / steps as f32;
        let rect = Rect::from_min_max(pos2(bar.left(), edge(step + 1)), pos2(bar.right(), edge(step)));
        mesh.add_colored_rect(rect, shade((step as f64 + 0.5) / f64::from(steps as u32)));
    }
    ui.painter().add(Shape::mesh(mesh));
    let above = pos2(inner.right() + RIGHT - 4.0, bar.top() - 3.0);
    let title = text(ui, above, Align2::RIGHT_BOTTOM, key.title_on(scale), palette.text);
    let mut last = f32::INFINITY;
    for value in scale.ticks((bar.height() / 40.0) as usize) {
        let y = bar.bottom() - bar.height() * scale.place(value) as f32;
        if last - y < 14.0 {
            continue;
        }
        last = y;
        let mark = bar.right()..=bar.right() + 3.0;
        ui.painter().hline(mark, y, Stroke::new(1.0, palette.weak_text));
        let at = pos2(bar.right() + 5.0, y.clamp(bar.top() + 6.0, bar.bottom() - 6.0));
        text(ui, at, Align2::LEFT_CENTER, (key.write)(value), palette.weak_text);
    }
    title.left()
}

/// A figure over an axis: its median with the interval of that, and bands from 25 to 75 % and from 5 to 95 % of the seeds.
pub(super) fn curve(ui: &Ui, area: Area, axis: &Axis, points: &[Option<Statistics>], key: &Key<'_>, palette: &Palette) {
    let inner = area.inner;
    let painter = ui.painter();
    painter.rect_filled(inner, 0.0, palette.ground);
    area.label_columns(ui, axis, palette);
    let all = || points.iter().flatten();
    let low = all().map(|one| one.quantiles[0]).fold(f64::INFINITY, f64::min);
    let high = all().map(|one| one.quantiles[4]).fold(f64::NEG_INFINITY, f64::max);
    if low > high {
        return;
    }
    let scale = NumberScale::of_axis(low, high);
    let y = |value: f64| inner.bottom() - inner.height() * scale.place(value) as f32;
    for value in scale.ticks((inner.height() / 34.0) as usize) {
        painter.hline(inner.x_range(), y(value), Stroke::new(1.0, palette.grid));
        let at = pos2(inner.left() - 5.0, y(value));
        text(ui, at, Align2::RIGHT_CENTER, (key.write)(value), palette.weak_text);
    }
    let above = inner.left_top() - vec2(0.0, 3.0);
    text(ui, above, Align2::LEFT_BOTTOM, key.title_on(&scale), palette.text);
    let known: Vec<(f32, &Statistics)> = points
        .iter()
        .enumerate()
        .filter_map(|(index, point)| Some((area.x(index as f64), point.as_ref()?)))
        .collect();
    for (from, to, strength) in [(0, 4, 0.16), (1, 3, 0.3)] {
        let mut mesh = Mesh::default();
        let color = palette.accent.gamma_multiply(strength);
        for (x, one) in &known {
            let at = mesh.vertices.len() as u32;
            mesh.colored_vertex(pos2(*x, y(one.quantiles[from])), color);
            mesh.colored_vertex(pos2(*x, y(one.quantiles[to])), color);
            if at > 0 {
                mesh.add_triangle(at - 2, at - 1, at);
                mesh.add_triangle(at - 1, at, at + 1);
            }
        }
        painter.add(Shape::mesh(mesh));
    }
    let line = known.iter().map(|(x, one)| pos2(*x, y(one.median()))).collect();
    painter.add(Shape::line(line, Stroke::new(2.0, palette.spot)));
    for (x, one) in &known {
        painter.circle_filled(pos2(*x, y(one.median())), 2.5, palette.spot);
        if let (Some(low), Some(high)) = one.median_interval {
            let stroke = Stroke::new(1.0, palette.spot);
            painter.vline(*x, y(high)..=y(low), stroke);
            for end in [low, high] {
                painter.hline(*x - 3.0..=*x + 3.0, y(end), stroke);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_lies_where_the_slider_has_it() {
        let axis = Axis::parse("leverage.mean=1,10,100").unwrap();
        assert_eq!(place_of(&axis, 10.0), Some(1.0));
        assert!((place_of(&axis, 1000.0_f64.sqrt()).unwrap() - 1.5).abs() < 1e-12);
        assert_eq!(place_of(&axis, 0.5), None);
        let falling = Axis::parse("positions.long_share=0.8,0.4").unwrap();
        assert!((place_of(&falling, 0.6).unwrap() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn shades_become_lighter_all_the_way() {
        let light = |share: f64| {
            let color = shade(share);
            f64::from(color.r()) * 0.299 + f64::from(color.g()) * 0.587 + f64::from(color.b()) * 0.114
        };
        assert!((0..50).all(|step| light(f64::from(step + 1) / 50.0) > light(f64::from(step) / 50.0)));
    }

    #[test]
    fn a_pointer_finds_the_cell_it_is_over() {
        let area = Area::new(Rect::from_min_size(pos2(0.0, 0.0), vec2(500.0, 400.0)), 7);
        for place in 0..7 {
            assert_eq!(area.column(area.x(place as f64)), Some(place));
        }
        assert_eq!(area.column(2.0), None);
        for row in 0..5 {
            assert_eq!(row_at(area.inner, 5, row_centre(area.inner, 5, row as f64)), Some(row));
        }
    }
}
