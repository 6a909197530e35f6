//! The assets around a circle and what a fall of each does to the others: arrows as wide as the gain, nodes as large as the
//! open interest and coloured by the move so far.

use eframe::egui::{
    Align2, Color32, FontId, Painter, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::now::Snapshot;
use crate::palette::Palette;
use crate::plots::strip::caption;
use crate::style;
use cascade_app::App;
use cascade_engine::Contagion;
use cascade_scenario::format;

/// The height of the picture for which sizes and distances are given.
const HEIGHT: f32 = 250.0;
/// Radius of the smallest and of the largest node.
const RADIUS: (f32, f32) = (26.0, 46.0);
/// Width of an arrow of no gain, and what a gain without end adds; half of that at a gain of 1.
const WIDTH: (f32, f32) = (1.0, 18.0);
/// How far an arrow is bent, in points.
const BEND: f32 = 34.0;
/// Gains below this are not drawn: nothing would be seen of them.
const LEAST_GAIN: f64 = 0.005;
/// The move from which on a node has its full colour.
const FULL_MOVE: f64 = 0.15;
/// Points of a curve.
const POINTS: usize = 48;

struct Node {
    at: Pos2,
    radius: f32,
    moved: f64,
    open_interest: f64,
}

/// Draws the picture over the width there is, in this height.
pub(super) fn show(ui: &mut Ui, app: &App, now: Option<&Snapshot>, height: f32, palette: &Palette) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let Some(contagion) = now else {
        return;
    };
    let nodes = nodes(app, rect);
    let words = in_words(&nodes, &contagion.matrix);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Contagion graph: {words}")));
    response.on_hover_text(
        "Nodes: size the open interest, colour the move since the start. Arrows: what a small fall of one asset makes forced flow \
         do to the other now, per unit of log price; “own” is what an asset does to itself.",
    );
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 4.0, palette.ground);
    let mut labels = Vec::new();
    for cause in 0..nodes.len() {
        for hit in 0..nodes.len() {
            let gain = contagion.matrix.gain[hit][cause];
            if cause != hit && gain.abs() >= LEAST_GAIN {
                let middle = arrow(&painter, &nodes[cause], &nodes[hit], gain, palette);
                labels.push((middle, gain));
            }
        }
    }
    if labels.is_empty() {
        let at = rect.center_bottom() - vec2(0.0, 6.0);
        let words = "Now a small fall of one sets off nothing in another.";
        caption(ui, at, Align2::CENTER_BOTTOM, words, palette.weak_text, palette);
    }
    for (index, node) in nodes.iter().enumerate() {
        draw(&painter, node, index, contagion.matrix.gain[index][index], palette);
    }
    for (at, gain) in labels {
        caption(ui, at, Align2::CENTER_CENTER, &written(gain), palette.text, palette);
    }
}

fn written(gain: f64) -> String {
    format!("{gain:.2}").replace('-', "−")
}

/// The assets at even distances around the middle, two of them beside one another.
fn nodes(app: &App, rect: Rect) -> Vec<Node> {
    let assets = app.present.simulation.assets();
    let seen = || assets.iter().map(cascade_engine::Asset::observation);
    let largest = seen().map(|seen| seen.open_interest).fold(f64::MIN_POSITIVE, f64::max);
    let larger = (rect.height() / HEIGHT).min(1.4);
    let around = vec2(
        (rect.width() / 2.0 - larger * RADIUS.1 - 24.0).clamp(60.0, 190.0 * larger),
        rect.height() / 2.0 - larger * RADIUS.1 - 14.0,
    );
    let first = if assets.len() == 3 { -0.25 } else { 0.5 };
    let place = |index: usize| {
        let turn = std::f32::consts::TAU * (first + index as f32 / assets.len() as f32);
        rect.center() + vec2(turn.cos() * around.x, turn.sin() * around.y)
    };
    let node = |(index, asset): (usize, &cascade_engine::Asset)| {
        let seen = asset.observation();
        let share = (seen.open_interest / largest).sqrt() as f32;
        let crowded = larger * if assets.len() > 2 { 0.8 } else { 1.0 };
        Node {
            at: place(index),
            radius: crowded * (RADIUS.0 + (RADIUS.1 - RADIUS.0) * share),
            moved: seen.spot / asset.parameters().market.start_price - 1.0,
            open_interest: seen.open_interest,
        }
    };
    assets.iter().enumerate().map(node).collect()
}

fn in_words(nodes: &[Node], matrix: &Contagion) -> String {
    let mut words: Vec<String> = nodes
        .iter()
        .enumerate()
        .map(|(index, node)| format!("asset {} {}", index + 1, format::percent(node.moved, 1)))
        .collect();
    for cause in 0..nodes.len() {
        for hit in (0..nodes.len()).filter(|hit| *hit != cause) {
            let gain = written(matrix.gain[hit][cause]);
            words.push(format!("{} hits {} with {gain}", cause + 1, hit + 1));
        }
    }
    words.join(", ")
}

fn draw(painter: &Painter, node: &Node, index: usize, own: f64, palette: &Palette) {
    let toward = if node.moved < 0.0 {
        palette.forced
    } else {
        palette.exogenous
    };
    let strength = (node.moved.abs() / FULL_MOVE).min(1.0) as f32;
    let fill = palette.raised.lerp_to_gamma(toward, 0.75 * strength);
    painter.circle(node.at, node.radius, fill, Stroke::new(1.5, palette.outline));
    let ink = readable(fill);
    let write = |dy: f32, size: f32, text: String| {
        let at = node.at + vec2(0.0, dy);
        painter.text(at, Align2::CENTER_CENTER, text, FontId::proportional(size), ink);
    };
    write(-9.0, 12.5, format!("Asset {}", index + 1));
    write(7.0, 12.5, format::percent(node.moved, 1));
    let text = format!("{} USD · own {}", format::amount(node.open_interest, 2), written(own));
    let galley = painter.layout_no_wrap(text, FontId::proportional(style::CAPTION), palette.weak_text);
    let room = painter.clip_rect().shrink(5.0);
    let left =
        (node.at.x - galley.size().x / 2.0).clamp(room.left(), (room.right() - galley.size().x).max(room.left()));
    painter.galley(pos2(left, node.at.y + node.radius + 3.0), galley, palette.weak_text);
}

/// Black or white, whichever stands out.
fn readable(ground: Color32) -> Color32 {
    let light = 0.299 * f32::from(ground.r()) + 0.587 * f32::from(ground.g()) + 0.114 * f32::from(ground.b());
    if light > 140.0 { Color32::BLACK } else { Color32::WHITE }
}

/// A bent arrow between two nodes, so that the one back has room beside it. Returns its middle.
fn arrow(painter: &Painter, from: &Node, to: &Node, gain: f64, palette: &Palette) -> Pos2 {
    let along = (to.at - from.at).normalized();
    let aside = vec2(-along.y, along.x);
    let size = gain.abs() as f32;
    let width = WIDTH.0 + WIDTH.1 * size / (1.0 + size);
    let turned = |node: &Node, way: Vec2| node.at + (way + aside * 0.35).normalized() * (node.radius + 3.0);
    let (start, tip) = (turned(from, along), turned(to, -along));
    let control = start.lerp(tip, 0.5) + aside * BEND;
    let curve = |t: f32| start.lerp(control, t).lerp(control.lerp(tip, t), t);
    // The body ends where the head begins.
    let head = 8.0 + width;
    let end = (0..=POINTS)
        .map(|point| point as f32 / POINTS as f32)
        .take_while(|t| curve(*t).distance(tip) >= head)
        .last()
        .unwrap_or_default();
    let color = if gain > 0.0 {
        palette.contagion
    } else {
        palette.exogenous
    };
    let points = (0..=POINTS).map(|point| curve(end * point as f32 / POINTS as f32));
    painter.add(Shape::line(points.collect(), Stroke::new(width, color)));
    let foot = curve(end);
    let direction = (tip - foot).normalized();
    let across = vec2(-direction.y, direction.x) * (width / 2.0 + 4.0);
    let back = foot - direction;
    let corners = vec![tip, back + across, back - across];
    painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
    curve(0.5)
}
