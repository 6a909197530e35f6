//! What the colours of the levels over time stand for: a colour bar with ticks, and what stands at the level that is pointed at.

use std::sync::Arc;

use eframe::egui::{
    Align2, Color32, FontId, Id, Mesh, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::canvas::push_rect;
use super::heatmap::{Recorded, Tones};
use crate::palette::Palette;
use crate::style;
use cascade_app::history::{Reader, excess, intensity, notional, ratio};
use cascade_scenario::format;

/// Width of the bar, and height of each of its halves.
const BAR: [f32; 2] = [116.0, 5.0];
/// Pieces that the bar is drawn in.
const PIECES: usize = 32;
/// Height of a line of its words.
const WORDS_HEIGHT: f32 = 15.0;
/// Least distance of two ticks with their labels, as a share of the bar.
const APART: f32 = 0.26;
/// Least distance of two labels, in points.
const LABELS_APART: f32 = 6.0;

/// What stands at a level.
struct Level {
    /// Its lower and its upper end, USD per coin.
    prices: [f64; 2],
    /// Intensities of the longs and of the shorts.
    intensities: [u8; 2],
}

/// The level at a step and a price; none where nothing is recorded.
fn level(shown: Recorded<'_>, step: usize, price: f64, reader: &mut Reader) -> Option<Level> {
    let place = shown.grid.level(price).filter(|_| step <= shown.newest)?;
    let book = shown.levels.read(step, reader);
    Some(Level {
        prices: [shown.grid.lower_bound(place), shown.grid.lower_bound(place + 1)],
        intensities: [book.longs()[place], book.shorts()[place]],
    })
}

/// What stands at the level that is pointed at, in words: side, prices and value; nothing where it is not coloured.
pub(crate) fn told(shown: Recorded<'_>, tones: Tones, step: usize, price: f64, reader: &mut Reader) -> Option<String> {
    let Level { prices, intensities } = level(shown, step, price, reader)?;
    let weakest = tones.weakest(shown.levels.peak());
    let sides = ["longs", "shorts"].into_iter().zip(intensities);
    let parts: Vec<String> = sides
        .filter(|(_, intensity)| *intensity > weakest)
        .map(|(side, intensity)| match tones {
            Tones::Ratio(..) => format!("{side}: {} of the depth", format::share(ratio(intensity), 2)),
            _ => format!("{side}: {} USD", format::amount(notional(intensity), 2)),
        })
        .collect();
    let [low, high] = prices.map(format::price);
    (!parts.is_empty()).then(|| format!("{low} to {high}, {}", parts.join(", ")))
}

/// The values that a bar names, and where they stand on it as a share of its length.
fn ticks(tones: Tones, peak: u8) -> Vec<(f32, String)> {
    let weakest = f32::from(tones.weakest(peak));
    let strongest = f32::from(tones.strongest(peak));
    let share = |intensity: u8| (f32::from(intensity) - weakest) / (strongest - weakest);
    let all: Vec<(f32, String)> = match tones {
        Tones::Ratio(..) => [0.125, 0.25, 0.5, 1.0]
            .into_iter()
            .map(|of| (share(excess(of)), format::share(of, 2)))
            .collect(),
        _ => (3..12)
            .flat_map(|power| [1.0, 3.0].map(|digit| digit * 10_f64.powi(power)))
            .map(|usd| (share(intensity(usd)), format::amount(usd, 1)))
            .collect(),
    };
    let mut kept: Vec<(f32, String)> = Vec::new();
    // From the strongest down, so that the end that stands out is named.
    for tick in all.into_iter().rev().filter(|(share, _)| (0.0..=1.0).contains(share)) {
        if kept.last().is_none_or(|(next, _)| next - tick.0 >= APART) {
            kept.push(tick);
        }
    }
    kept
}

/// What the bar covers with its lower right corner at a place.
pub(crate) fn ground(corner: Pos2) -> Rect {
    let size = vec2(BAR[0] + 24.0, 2.0 * (BAR[1] + WORDS_HEIGHT) + 4.0);
    Align2::RIGHT_BOTTOM.anchor_size(corner, size)
}

/// Draws the bar with its lower right corner at a place, and returns what it covers.
pub(crate) fn bar(ui: &Ui, corner: Pos2, tones: Tones, peak: u8, palette: &Palette) -> Option<Rect> {
    let ticks = ticks(tones, peak);
    let [longs, shorts] = tones.halves()?;
    let title = match tones {
        Tones::Ratio(..) => "of the depth",
        _ => "USD per 0.1 %",
    };
    let lay = |text: &str| {
        ui.painter()
            .layout_no_wrap(text.to_owned(), FontId::proportional(style::CAPTION), palette.weak_text)
    };
    let title_text = lay(title);
    let ground = ground(corner);
    let painter = ui.painter();
    painter.rect_filled(ground, 3.0, palette.ground.gamma_multiply(0.85));
    let bar = Rect::from_min_size(
        pos2(ground.left() + 12.0, ground.top() + WORDS_HEIGHT),
        vec2(BAR[0], 2.0 * BAR[1]),
    );
    painter.galley(pos2(bar.left(), ground.top() + 1.0), title_text, palette.weak_text);
    let mut mesh = Mesh::default();
    let (weakest, strongest) = (f32::from(tones.weakest(peak)), f32::from(tones.strongest(peak)));
    for piece in 0..PIECES {
        let [from, to] = [piece, piece + 1].map(|end| end as f32 / PIECES as f32);
        let intensity = (weakest + to * (strongest - weakest)).round() as u8;
        for (half, color) in [longs, shorts].into_iter().enumerate() {
            let top = bar.top() + half as f32 * BAR[1];
            let rect = [
                bar.left() + from * bar.width(),
                top,
                bar.left() + to * bar.width(),
                top + BAR[1],
            ];
            push_rect(&mut mesh, rect, tones.shade(color, intensity, peak));
        }
    }
    painter.add(Shape::Mesh(Arc::new(mesh)));
    let mut free_to = ground.right();
    for (share, text) in &ticks {
        let x = bar.left() + share * bar.width();
        let stroke = Stroke::new(1.0, palette.weak_text);
        painter.line_segment([pos2(x, bar.bottom()), pos2(x, bar.bottom() + 3.0)], stroke);
        let words = lay(text);
        let width = words.size().x;
        let left = (x - width / 2.0).min(ground.right() - width);
        // Beside the label of a stronger one there may be no room; the tick stays.
        if left + width <= free_to {
            painter.galley(pos2(left, bar.bottom() + 3.0), words, palette.weak_text);
            free_to = left - LABELS_APART;
        }
    }
    let response = ui.interact(ground, Id::unique(("colour bar", title)), Sense::hover());
    let named: Vec<&str> = ticks.iter().rev().map(|(_, text)| text.as_str()).collect();
    let words = format!(
        "Colours of the levels, {title}: {}; above longs, below shorts",
        named.join(", ")
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    response.on_hover_text(words.clone());
    Some(ground)
}

/// Words beside the pointer.
pub(crate) fn tag(ui: &Ui, inner: Rect, pointer: Pos2, text: String, colors: (Color32, Color32)) {
    let (side, offset) = if pointer.x > inner.center().x {
        (Align2::RIGHT_TOP, vec2(-8.0, 8.0))
    } else {
        (Align2::LEFT_TOP, vec2(8.0, 8.0))
    };
    super::price::tag(ui, pointer + offset, side, text, colors);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plots::heatmap::SHADES;

    #[test]
    fn ticks_are_round_values_at_their_places() {
        let palette = Palette::dark();
        let notional_tones = Tones::Notional(palette.longs, palette.shorts);
        let peak = intensity(80e6);
        let found = ticks(notional_tones, peak);
        assert!(
            found.len() >= 3 && found.iter().any(|(_, text)| text == "10 M"),
            "{found:?}"
        );
        let tick = |text: &str| found.iter().find(|(_, other)| other == text).unwrap().0;
        // A factor of ten lies as far apart as its intensities: 28 of 50.
        let decade = f32::from(intensity(1e7) - intensity(1e6)) / f32::from(SHADES);
        assert!((tick("30 M") - tick("3 M") - decade).abs() < 0.05, "{found:?}");
        let ratios = ticks(Tones::Ratio(palette.longs, palette.shorts, palette.critical), 200);
        assert_eq!(ratios[0], (1.0, "100 %".to_owned()));
    }
}
