//! The rounds of a cascade while it is on: what was sold, by how much that moved the price, and what it set off next.

use eframe::egui::{Align2, FontId, Id, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use cascade_app::episode;
use cascade_app::history::{Figure, History};
use cascade_engine::Source;
use cascade_scenario::format;

use super::marks;
use crate::palette::Palette;
use crate::style;

/// Most rounds that are told.
const ROUNDS: usize = 3;
/// Steps after the last round for which it still stands there.
const LINGERS: usize = 8;
/// Steps for which it is looked back.
const BACK: usize = 40;

/// A round: the liquidations of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Round {
    step: usize,
    /// Positions closed, USD, and whether they were longs, whose coins are sold.
    closed: f64,
    sells: bool,
    /// What all forced flow did to the price in the step, in per cent.
    moved: f64,
    /// The reproduction ratio after it.
    ratio: f64,
}

fn round(history: &History, step: usize) -> Option<Round> {
    let at = |figure, step| history.figure(figure).at(step);
    let (longs, shorts) = (at(Figure::LiquidatedLongs, step)?, at(Figure::LiquidatedShorts, step)?);
    let before = step.checked_sub(1)?;
    let outside = |step| history.by_source(Source::Exogenous).at(step);
    let all = at(Figure::Attributed, step)? - at(Figure::Attributed, before)?;
    let ratio = at(Figure::ReproductionDown, step)?.max(at(Figure::ReproductionUp, step)?);
    (longs + shorts > 0.0).then_some(Round {
        step,
        closed: longs.max(shorts),
        sells: longs >= shorts,
        moved: all - (outside(step)? - outside(before)?),
        ratio,
    })
}

/// The last rounds up to a step, oldest first; none where none was lately.
fn rounds(history: &History, step: usize) -> Vec<Round> {
    let lately = (step.saturating_sub(LINGERS)..=step).any(|step| episode::is_on(history, step));
    if !lately {
        return Vec::new();
    }
    let back = step.saturating_sub(BACK)..=step;
    let mut found: Vec<Round> = back
        .rev()
        .filter_map(|step| round(history, step))
        .take(ROUNDS)
        .collect();
    found.reverse();
    found
}

/// What a round did, and what it set off.
fn sentence(this: &Round, next: Option<&Round>, seconds: f64) -> String {
    let (deed, one) = if this.sells {
        ("sold", "sells")
    } else {
        ("bought", "buys")
    };
    let price = format::percent(this.moved / 100.0, 2);
    let clock = format::clock(this.step as f64 * seconds);
    let sets_off = next.map_or_else(
        || format!("R {:.2}: each dollar {one} {:.2} more", this.ratio, this.ratio),
        |next| format!("sets off {}", format::amount(next.closed, 2)),
    );
    format!(
        "{clock}  {} {deed} → {price} → {sets_off}",
        format::amount(this.closed, 2)
    )
}

/// Draws the rounds at the lower left of the price plot. Returns what they cover.
pub(super) fn show(ui: &Ui, inner: Rect, history: &History, step: usize, palette: &Palette) -> Option<Rect> {
    let rounds = rounds(history, step);
    if rounds.is_empty() {
        return None;
    }
    let lines: Vec<String> = (0..rounds.len())
        .map(|place| sentence(&rounds[place], rounds.get(place + 1), history.step_seconds()))
        .collect();
    let galleys: Vec<_> = lines
        .iter()
        .zip((1..=rounds.len()).rev())
        .map(|(line, age)| {
            let color = if age == 1 { palette.text } else { palette.weak_text };
            let font = if age == 1 {
                style::strong_font(style::BODY)
            } else {
                FontId::proportional(style::LABEL)
            };
            ui.painter().layout_no_wrap(line.clone(), font, color)
        })
        .collect();
    let width = galleys.iter().map(|galley| galley.size().x).fold(0.0, f32::max);
    let height: f32 = galleys.iter().map(|galley| galley.size().y + 2.0).sum();
    // Above the words of marked steps.
    let card = Align2::LEFT_BOTTOM.anchor_size(
        inner.left_bottom() + vec2(8.0, -marks::HEIGHT - 8.0),
        vec2(width + 16.0, height + 10.0),
    );
    if card.width() > inner.width() - 80.0 {
        return None;
    }
    ui.painter().rect_filled(card, 4.0, palette.panel.gamma_multiply(0.9));
    let mut top = card.top() + 5.0;
    for galley in galleys {
        let high = galley.size().y + 2.0;
        ui.painter().galley(pos2(card.left() + 8.0, top), galley, palette.text);
        top += high;
    }
    let spoken = lines.join("; ");
    let response = ui.interact(card, Id::unique("rounds of the cascade"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
    Some(card)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_app::{App, PlaybackCommand, Settings};
    use cascade_files::preset;

    #[test]
    fn rounds_are_told_while_a_cascade_is_on_and_not_before_or_long_after() {
        let mut app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
        app.update(PlaybackCommand::Pause);
        app.run(50);
        assert!(rounds(app.shown_history(), 50).is_empty());
        app.run(77);
        let told = rounds(app.shown_history(), 127);
        assert_eq!(told.len(), ROUNDS);
        assert!(
            told.iter()
                .all(|round| round.sells && round.closed > 1e6 && round.moved < 0.0),
            "{told:?}"
        );
        let text = sentence(&told[0], told.get(1), 10.0);
        assert!(text.contains("sold → −") && text.contains("sets off"), "{text}");
        app.run(60);
        assert!(rounds(app.shown_history(), 187).is_empty());
        assert_eq!(rounds(app.shown_history(), 127), told, "a replay tells the same");
    }
}
