//! The amplification factor, where the price had a cause to divide by, and beside it how far the price went without one.

use eframe::egui::Ui;

use crate::style;
use cascade_engine::{LEAST_CAUSE, LargestMove, RunFigure, Summary};
use cascade_scenario::format;

/// The amplification factor, or a dash where there is none.
pub(crate) fn amplified(summary: &Summary) -> String {
    let ratio = summary.amplification_factor;
    ratio.map_or_else(|| "–".to_owned(), |factor| format!("{factor:.2}×"))
}

/// A move of the log price as a change of the price, with its sign.
fn moved(log: f64) -> String {
    format::percent(log.exp_m1(), 1)
}

/// How the factor is made, or why there is none.
pub(super) fn explained(summary: &Summary) -> String {
    let how = RunFigure::AmplificationFactor.about().explained();
    let furthest = summary.largest_move;
    if summary.amplification_factor.is_some() {
        return how;
    }
    if furthest.exogenous_log.abs() < LEAST_CAUSE {
        return format!(
            "No figure: noise and news had moved this price by {} at most when it was furthest from its start, and a move is not divided by \
             less than {}. {how}",
            format::percent(furthest.exogenous_log.exp_m1().abs(), 2).trim_start_matches('+'),
            format::percent(LEAST_CAUSE, 1).trim_start_matches('+')
        );
    }
    format!(
        "No figure: of the {} by which this price would have moved without forced flow more was noise than news. What set the forced \
         flow off was chance, and dividing by it would tell of chance. {how}",
        moved(furthest.exogenous_log)
    )
}

/// What the factor is made of, in a line.
fn beside(furthest: LargestMove) -> String {
    if furthest.total_log == 0.0 && furthest.exogenous_log == 0.0 {
        "nothing has moved yet".to_owned()
    } else if furthest.amplification().is_some() {
        format!(
            "{} instead of {}",
            moved(furthest.total_log),
            moved(furthest.exogenous_log)
        )
    } else if furthest.exogenous_log.abs() < LEAST_CAUSE {
        "hardly any news of its own".to_owned()
    } else {
        format!("{}, noise leads", moved(furthest.total_log))
    }
}

/// Draws the card.
pub(super) fn card(ui: &mut Ui, summary: &Summary) {
    let card = style::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.weak(RunFigure::AmplificationFactor.label());
        ui.label(style::strong(amplified(summary), style::FIGURE));
        ui.weak(beside(summary.largest_move));
    });
    card.response.on_hover_text(explained(summary));
}
