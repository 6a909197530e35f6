//! Dealers' gamma exposure beside the price axis: what they would have to trade per 1 % were the price there, with the price
//! at which it changes its sign.

use std::sync::Arc;

use eframe::egui::{
    Align2, FontId, Mesh, Pos2, Rangef, Rect, Response, Role, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use egui_plot::PlotTransform;

use super::canvas::push_rect;
use super::price::Part;
use super::{legend, strip};
use crate::palette::Palette;
use crate::style;
use cascade_app::PlotId;
use cascade_engine::{Asset, GammaLevel};
use cascade_scenario::format;

/// What the list of plots says of it.
pub(crate) const PART: Part = Part {
    id: PlotId("Gamma exposure"),
    at_first: true,
    exists: |asset| asset.parameters().options.enabled,
};

/// Height of a bar, in points.
const BAR_POINTS: f32 = 3.0;
/// Height of the words on top.
const CAPTION: f32 = 46.0;
/// Draws into `rect`, whose height is the price plot's: bars to the right where dealers are long gamma, to the left where they
/// are short; the same by the convention for indices as a line.
pub(crate) fn show(ui: &Ui, rect: Rect, transform: &PlotTransform, asset: &Asset, palette: &Palette) {
    let rows = (rect.height() / BAR_POINTS) as usize;
    let levels: Vec<(f32, GammaLevel)> = (0..rows)
        .map(|row| rect.top() + (row as f32 + 0.5) * BAR_POINTS)
        .map(|y| (y, transform.value_from_position(pos2(rect.center().x, y)).y))
        .filter(|(_, price)| *price > 0.0)
        .map(|(y, price)| (y, asset.gamma_at(price)))
        .collect();
    let full = levels.iter().fold(1.0_f64, |most, (_, level)| {
        most.max(level.exposure.abs()).max(level.index_convention.abs())
    });
    let middle = rect.center().x;
    let x = |value: f64| middle + (value / full) as f32 * (0.5 * rect.width() - 3.0);
    let painter = ui.painter().with_clip_rect(rect);
    let mut mesh = Mesh::default();
    for (y, level) in &levels {
        let (left, right) = (x(level.exposure.min(0.0)), x(level.exposure.max(0.0)));
        let (top, bottom) = (y - 0.5 * BAR_POINTS, y + 0.5 * BAR_POINTS - 0.4);
        push_rect(&mut mesh, [left, top, right, bottom], palette.dealers);
    }
    painter.add(Shape::Mesh(Arc::new(mesh)));
    let axis = [pos2(middle, rect.top() + CAPTION), pos2(middle, rect.bottom())];
    painter.line_segment(axis, Stroke::new(1.0, palette.outline));
    let line = levels.iter().map(|(y, level)| pos2(x(level.index_convention), *y));
    painter.add(Shape::line(line.collect(), Stroke::new(1.0, palette.weak_text)));
    let seen = asset.observation();
    let spans: Vec<(f32, Rangef)> = levels
        .iter()
        .map(|(y, level)| (*y, Rangef::new(x(level.exposure.min(0.0)), x(level.exposure.max(0.0)))))
        .collect();
    let mut taken = Vec::new();
    for (flip, color) in [
        (seen.gamma_flip, palette.dealers),
        (seen.gamma_flip_index, palette.weak_text),
    ] {
        let Some(price) = flip else { continue };
        let level = transform.position_from_point_y(price).round() + 0.5;
        let ends = [pos2(rect.left(), level), pos2(rect.right(), level)];
        painter.add(Shape::Vec(Shape::dashed_line(&ends, Stroke::new(1.0, color), 4.0, 3.0)));
        // One that is off the plot stands at its edge, with an arrow.
        let y = level.clamp(rect.top() + CAPTION, rect.bottom());
        let arrow = match level {
            level if level < rect.top() => "↑ ",
            level if level > rect.bottom() => "↓ ",
            _ => "",
        };
        let text = format!("{arrow}flip {}", format::price(price));
        let font = FontId::proportional(style::CAPTION);
        let sized = |text: &str| ui.painter().layout_no_wrap(text.to_owned(), font.clone(), color).size();
        // Beside the profile there is half of the width.
        let narrow = sized(&text).x > 0.5 * rect.width() - 6.0;
        let text = if narrow {
            text.replacen("flip ", "flip\n", 1)
        } else {
            text
        };
        let size = sized(&text);
        let (place, align) = free_corner(rect, y, size, &spans, &taken);
        taken.push(strip::caption(ui, place, align, &text, color, palette));
    }
    caption(ui, rect, full, palette);
}

/// Where the name of a flip stands at its line: above or below it, at the left or the right, wherever it covers least of the profile and
/// of other names. The caption on top stays free.
fn free_corner(rect: Rect, y: f32, size: Vec2, spans: &[(f32, Rangef)], taken: &[Rect]) -> (Pos2, Align2) {
    let first = rect.top() + CAPTION;
    let (above, below) = (y - 1.0, y.max(first) + 1.0);
    let corners = [
        (pos2(rect.right() - 2.0, above), Align2::RIGHT_BOTTOM),
        (pos2(rect.left() + 3.0, above), Align2::LEFT_BOTTOM),
        (pos2(rect.right() - 2.0, below), Align2::RIGHT_TOP),
        (pos2(rect.left() + 3.0, below), Align2::LEFT_TOP),
    ];
    let covered = |(place, align): &(Pos2, Align2)| {
        let words = align.anchor_size(*place, size);
        if words.top() < first || words.bottom() > rect.bottom() || taken.iter().any(|other| other.intersects(words)) {
            return f32::INFINITY;
        }
        let rows = spans.iter().filter(|(y, _)| words.y_range().contains(*y));
        rows.map(|(_, span)| span.intersection(words.x_range()).span().max(0.0))
            .sum()
    };
    let least = corners.into_iter().min_by(|a, b| covered(a).total_cmp(&covered(b)));
    least.unwrap_or(corners[2])
}

/// Names the picture for the screen reader.
pub(crate) fn name(ui: &Ui, rect: Rect, asset: &Asset) -> Response {
    let response = ui.interact(rect, ui.scope_id().with("gamma exposure"), Sense::hover());
    let seen = asset.observation();
    let words = format!(
        "Gamma exposure by price: {} USD per 1 % here, {} by the index convention",
        format::amount(seen.gamma_exposure, 3),
        format::amount(seen.gamma_exposure_index, 3)
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    response
}

fn caption(ui: &Ui, rect: Rect, full: f64, palette: &Palette) {
    let painter = ui.painter().with_clip_rect(rect.expand(2.0));
    let ground = Rect::from_min_size(rect.min, vec2(rect.width(), CAPTION));
    painter.rect_filled(ground, 0.0, palette.panel);
    let line = |row: f32| pos2(rect.left() + 4.0, rect.top() + 3.0 + 14.0 * row);
    let (title, words) = (FontId::proportional(style::LABEL), FontId::proportional(style::CAPTION));
    painter.text(line(0.0), Align2::LEFT_TOP, "Gamma", title, palette.text);
    let most = format::amount(full, 2);
    let (room, per) = (
        rect.width() - 5.0,
        [
            format!("± {most} per 1 %"),
            format!("± {most}/1 %"),
            format!("± {most}"),
        ],
    );
    let texts = [
        (
            1.1,
            legend::fitting(ui, room, style::CAPTION, &["short ← → long", "short · long", "−  0  +"]),
        ),
        (
            2.1,
            legend::fitting(ui, room, style::CAPTION, &per.each_ref().map(String::as_str)),
        ),
    ];
    for (row, text) in texts {
        painter.text(line(row), Align2::LEFT_TOP, text, words.clone(), palette.weak_text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Long gamma above the flip, short gamma below it: the name stands above the line at the left or below it at the right.
    #[test]
    fn the_name_of_a_flip_does_not_cover_the_profile() {
        let rect = Rect::from_min_max(pos2(0.0, 0.0), pos2(100.0, 300.0));
        let flip = 150.0;
        let profile = |sign: f32| -> Vec<(f32, Rangef)> {
            let span = |y: f32| {
                let end = 50.0 + sign * (flip - y).clamp(-48.0, 48.0);
                Rangef::new(end.min(50.0), end.max(50.0))
            };
            (0..100).map(|row| 3.0 * row as f32).map(|y| (y, span(y))).collect()
        };
        let size = vec2(60.0, 14.0);
        for (sign, free) in [
            (1.0, [Align2::LEFT_BOTTOM, Align2::RIGHT_TOP]),
            (-1.0, [Align2::RIGHT_BOTTOM, Align2::LEFT_TOP]),
        ] {
            let (place, align) = free_corner(rect, flip, size, &profile(sign), &[]);
            assert!(free.contains(&align), "{align:?}");
            // A second name stands elsewhere.
            let first = align.anchor_size(place, size);
            let (place, align) = free_corner(rect, flip, size, &profile(sign), &[first]);
            assert!(!align.anchor_size(place, size).intersects(first));
        }
        // Near the top the caption stays free.
        let (place, align) = free_corner(rect, CAPTION + 4.0, size, &profile(1.0), &[]);
        assert!(align.anchor_size(place, size).top() >= CAPTION);
    }
}
