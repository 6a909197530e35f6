//! Forced flow until the price is at every level, by its cause, against what the books take until then.

use std::sync::Arc;

use eframe::egui::{
    Align2, Color32, FontId, Mesh, Pos2, Rangef, Rect, Response, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};
use egui_plot::PlotTransform;

use super::now::Now;
use super::words;
use crate::palette::Palette;
use crate::plots::canvas::push_rect;
use crate::plots::frame::TIME_AXIS_HEIGHT;
use crate::plots::strip;
use crate::style;
use cascade_engine::{DeltaMap, LEVEL_STEP, MapLevel, Outward};
use cascade_scenario::format;

/// Height of the words of a mark.
const WORDS_HEIGHT: f32 = 14.0;

/// Height of the titles over the pictures.
pub(super) const CAPTION: f32 = 37.0;

/// Where the titles of a picture stand: above it, and over its upper edge where the legend takes further lines.
pub(super) fn above(picture: Rect) -> Rect {
    picture.with_min_y(picture.top() - CAPTION)
}

/// Colours of the causes, in the order of [`cascade_engine::ForcedFlow::parts`].
fn colors(outward: &Outward, palette: &Palette) -> [Color32; 6] {
    let positions = if outward.sign < 0.0 {
        palette.longs
    } else {
        palette.shorts
    };
    [
        palette.forced,
        positions,
        palette.deleveraging,
        palette.dealers,
        palette.lending,
        palette.stops,
    ]
}

/// The colour of what the books do not take: on a light ground the theme's warning is too near to the shorts' hue.
pub(super) const fn beyond(palette: &Palette) -> Color32 {
    if palette.dark { palette.critical } else { palette.spot }
}

/// Draws into `rect`, whose height is the price axis of `transform`.
pub(super) fn show(ui: &mut Ui, rect: Rect, transform: &PlotTransform, now: &Now, palette: &Palette) -> Response {
    let map = &now.map;
    let name = words::summary(map);
    let response = ui.interact(rect, ui.scope_id().with("forced flow"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Forced flow by price level. {name}")));
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, 0.0, palette.ground);
    let (low, high) = (transform.bounds().min()[1], transform.bounds().max()[1]);
    let visible = [&map.down, &map.up].map(|outward| {
        let edge = if outward.sign < 0.0 { low } else { high };
        let reach = (outward.sign * (edge.max(1e-9) / map.price).ln()).max(0.0);
        let count = (reach / LEVEL_STEP).ceil() as usize + 1;
        (outward, &outward.levels[..count.min(outward.levels.len())])
    });
    let all = || visible.iter().flat_map(|(_, levels)| levels.iter());
    let positive = |level: &MapLevel| level.flow.parts().iter().map(|part| part.max(0.0)).sum::<f64>();
    let negative = |level: &MapLevel| level.flow.parts().iter().map(|part| part.min(0.0)).sum::<f64>();
    let most = all()
        .map(|level| positive(level).max(level.absorbed))
        .fold(1.0, f64::max);
    let least = all().map(negative).fold(0.0, f64::min);
    let scale = Scale {
        rect,
        least,
        per_usd: f64::from(rect.width() - 8.0) / (most - least),
    };
    ticks(ui, &scale, most, palette);
    let price_y = |outward: &Outward, level: &MapLevel| {
        transform.position_from_point_y(map.price * (outward.sign * level.distance).exp())
    };
    for (outward, levels) in visible {
        let y = |level: &MapLevel| price_y(outward, level);
        painter.add(stack(levels, &y, &scale, colors(outward, palette)));
        let line = |of: &dyn Fn(&MapLevel) -> f64, color, width| {
            let points = levels.iter().map(|level| pos2(scale.x(of(level)), y(level))).collect();
            painter.add(Shape::line(points, Stroke::new(width, color)));
        };
        painter.add(excess(levels, &y, &scale, beyond(palette).gamma_multiply(0.5)));
        line(&|level| level.flow.total(), palette.spot, 1.6);
        line(&|level| level.absorbed, palette.index, 1.6);
    }
    let flows = || all().map(|level| level.flow.parts());
    let mut legend = vec![(palette.index, "depth")];
    for (part, name) in ["due", "longs", "on call", "dealers", "loans"].into_iter().enumerate() {
        if flows().any(|parts| parts[part] != 0.0) {
            legend.push((colors(&map.down, palette)[part], name));
        }
        if name == "longs" && map.up.levels.iter().any(|level| level.flow.liquidations > 0.0) {
            legend.push((palette.shorts, "shorts"));
        }
    }
    let titles = ["Forced flow to the level, USD", "Forced flow, USD"];
    let top = caption(ui, above(rect), titles, &legend, palette);
    marks(ui, rect, top, transform, map, palette);
    response
}

/// USD across.
struct Scale {
    rect: Rect,
    least: f64,
    per_usd: f64,
}

impl Scale {
    fn x(&self, usd: f64) -> f32 {
        self.rect.left() + 2.0 + ((usd - self.least) * self.per_usd) as f32
    }
}

/// The causes one beside the other: with the move to the right, against it to the left.
fn stack(levels: &[MapLevel], y: &dyn Fn(&MapLevel) -> f32, scale: &Scale, colors: [Color32; 6]) -> Shape {
    let edges = |level: &MapLevel| {
        let (mut right, mut left) = (0.0, 0.0);
        level.flow.parts().map(|part| {
            let base = if part < 0.0 { &mut left } else { &mut right };
            let from = *base;
            *base += part;
            (from, *base)
        })
    };
    let mut mesh = Mesh::default();
    for pair in levels.windows(2) {
        let (near, far) = (edges(&pair[0]), edges(&pair[1]));
        for ((near, far), color) in near.into_iter().zip(far).zip(colors) {
            if far.0 == far.1 && near.0 == near.1 {
                continue;
            }
            let corners = [
                pos2(scale.x(near.0), y(&pair[0])),
                pos2(scale.x(near.1), y(&pair[0])),
                pos2(scale.x(far.0), y(&pair[1])),
                pos2(scale.x(far.1), y(&pair[1])),
            ];
            push_quad(&mut mesh, corners, color.gamma_multiply(0.75));
        }
    }
    Shape::Mesh(Arc::new(mesh))
}

/// Where forced flow is more than the books take.
fn excess(levels: &[MapLevel], y: &dyn Fn(&MapLevel) -> f32, scale: &Scale, color: Color32) -> Shape {
    let mut mesh = Mesh::default();
    for pair in levels.windows(2).filter(|pair| pair[1].push() < 0.0) {
        let [near, far] = [&pair[0], &pair[1]].map(|level| {
            let (taken, forced) = (level.absorbed, level.flow.total().max(level.absorbed));
            [pos2(scale.x(taken), y(level)), pos2(scale.x(forced), y(level))]
        });
        push_quad(&mut mesh, [near[0], near[1], far[0], far[1]], color);
    }
    Shape::Mesh(Arc::new(mesh))
}

fn push_quad(mesh: &mut Mesh, corners: [Pos2; 4], color: Color32) {
    let at = mesh.vertices.len() as u32;
    for corner in corners {
        mesh.colored_vertex(corner, color);
    }
    mesh.add_triangle(at, at + 1, at + 2);
    mesh.add_triangle(at + 1, at + 2, at + 3);
}

/// A level that is marked, or an arrow where it is off the plot.
#[derive(Clone, Debug, PartialEq)]
struct Mark {
    /// Where its line is; none where it is off the plot.
    line: Option<f32>,
    /// The middle of its words.
    words_y: f32,
    text: String,
}

/// Where a level is marked in `room`, words and all: at its line, towards the price; off the plot at the edge, with an arrow and
/// its distance from the price.
fn mark(room: Rangef, y: f32, upwards: bool, text: &str, distance: f64) -> Mark {
    let half = 0.5 * WORDS_HEIGHT;
    let within = |y: f32| y.clamp(room.min + half, (room.max - half).max(room.min + half));
    if room.contains(y) {
        let towards_price = if upwards { half + 2.0 } else { -half - 2.0 };
        return Mark {
            line: Some(y),
            words_y: within(y + towards_price),
            text: text.to_owned(),
        };
    }
    let arrow = if y < room.min { "↑" } else { "↓" };
    Mark {
        line: None,
        words_y: within(y),
        text: format!("{arrow} {text} {}", format::percent(distance.exp_m1(), 1)),
    }
}

/// Where the price runs by itself, and where it stands. `top` is where the words above the picture end.
fn marks(ui: &Ui, rect: Rect, top: f32, transform: &PlotTransform, map: &DeltaMap, palette: &Palette) {
    let painter = ui.painter().with_clip_rect(rect);
    let y = |price: f64| transform.position_from_point_y(price).round() + 0.5;
    painter.hline(
        rect.x_range(),
        y(map.price),
        Stroke::new(1.0, palette.spot.gamma_multiply(0.6)),
    );
    let room = Rangef::new(top, rect.bottom());
    let mut told: Vec<Mark> = Vec::new();
    for outward in [&map.down, &map.up] {
        let Some(runaway) = outward.runaway() else { continue };
        let distances = [Some(runaway.from), runaway.to].map(|at| at.map(|at| outward.sign * at));
        for (distance, text) in distances.into_iter().zip(["runs from", "to"]) {
            let Some(distance) = distance else { continue };
            let upwards = outward.sign > 0.0;
            let found = mark(room, y(map.price * distance.exp()), upwards, text, distance);
            if let Some(y) = found.line {
                let line = [pos2(rect.left(), y), pos2(rect.right(), y)];
                let stroke = Stroke::new(1.3, palette.critical);
                painter.add(Shape::Vec(Shape::dashed_line(&line, stroke, 5.0, 3.0)));
            }
            // Words that would stand on one another say less than the first of them alone.
            let covers = |other: &Mark| (found.words_y - other.words_y).abs() < WORDS_HEIGHT;
            if !told.iter().any(covers) {
                told.push(found);
            }
        }
    }
    // After all lines, none of which goes through words.
    for mark in told {
        let here = if mark.line.is_some() { " here" } else { "" };
        let text = format!("{}{here}", mark.text);
        let at = pos2(rect.right() - 4.0, mark.words_y);
        strip::caption(ui, at, Align2::RIGHT_CENTER, &text, palette.critical, palette);
    }
}

fn ticks(ui: &Ui, scale: &Scale, most: f64, palette: &Palette) {
    let rect = scale.rect;
    let step = format::nice_step((most - scale.least) / f64::from(rect.width()) * 74.0);
    let painter = ui.painter();
    let (first, last) = ((scale.least / step).ceil() as i64, (most / step).floor() as i64);
    for tick in first..=last {
        let x = scale.x(tick as f64 * step);
        painter.vline(x, rect.y_range(), Stroke::new(1.0, palette.grid));
        let at = pos2(x, rect.bottom() + 0.5 * TIME_AXIS_HEIGHT);
        let align = if x < rect.left() + 10.0 {
            Align2::LEFT_CENTER
        } else if x > rect.right() - 22.0 {
            Align2::RIGHT_CENTER
        } else {
            Align2::CENTER_CENTER
        };
        let text = format::amount(tick as f64 * step, 3);
        painter.text(at, align, text, FontId::proportional(style::CAPTION), palette.weak_text);
    }
}

/// What a part shows, at its top, on a ground that keeps it legible.
/// The second title is for where the first does not fit. Returns where it ends.
pub(super) fn caption(ui: &Ui, rect: Rect, titles: [&str; 2], legend: &[(Color32, &str)], palette: &Palette) -> f32 {
    let painter = ui.painter().with_clip_rect(rect);
    let lay = |text: &str, size, color| painter.layout_no_wrap(text.to_owned(), FontId::proportional(size), color);
    let left = rect.left() + 5.0;
    let (mut x, mut y) = (left, rect.top() + 20.0);
    let mut placed = Vec::new();
    for (color, name) in legend {
        let text = lay(name, style::CAPTION, palette.weak_text);
        if x + 12.0 + text.size().x > rect.right() && x > left {
            (x, y) = (left, y + 14.0);
        }
        placed.push((pos2(x, y), *color, text.clone()));
        x += 12.0 + text.size().x + 8.0;
    }
    let ground = Rect::from_min_max(rect.min, pos2(rect.right(), y + 17.0));
    painter.rect_filled(ground, 0.0, palette.panel);
    let [long, short] = titles.map(|title| lay(title, style::LABEL, palette.text));
    let fitting = if long.size().x < rect.width() - 6.0 {
        long
    } else {
        short
    };
    painter.galley(pos2(left, rect.top() + 3.0), fitting, palette.text);
    for (at, color, text) in placed {
        let mut mesh = Mesh::default();
        push_rect(&mut mesh, [at.x, at.y + 3.0, at.x + 9.0, at.y + 11.0], color);
        painter.add(Shape::mesh(mesh));
        painter.galley(at + vec2(12.0, 0.0), text, palette.weak_text);
    }
    ground.bottom()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_off_the_plot_has_an_arrow_and_no_words_are_cut_off() {
        let room = Rangef::new(40.0, 300.0);
        let whole = |mark: &Mark| {
            let half = 0.5 * WORDS_HEIGHT;
            mark.words_y - half >= room.min && mark.words_y + half <= room.max
        };
        let inside = mark(room, 200.0, false, "runs from", -0.05);
        assert_eq!((inside.line, inside.text.as_str()), (Some(200.0), "runs from"));
        assert!(inside.words_y < 200.0 && whole(&inside));
        for (y, upwards) in [(41.0, true), (299.0, false), (42.0, false), (298.0, true)] {
            assert!(whole(&mark(room, y, upwards, "runs from", 0.0)), "{y}");
        }
        let below = mark(room, 900.0, false, "runs from", -0.2);
        assert_eq!((below.line, below.text.as_str()), (None, "↓ runs from −18.1 %"));
        let above = mark(room, -50.0, true, "to", 0.2);
        assert_eq!(above.text, "↑ to +22.1 %");
        assert!(whole(&below) && whole(&above));
    }
}
