//! The amplification factor, where there is news to divide by.

use eframe::egui::Ui;

use crate::style;
use cascade_engine::{RunFigure, Summary};
use cascade_scenario::format;

/// Log price that noise and shocks must have moved the price by before it is told how far it went beyond that.
const LEAST_NEWS: f64 = 0.001;

/// Whether there has been news to compare the price with: a factor over next to nothing says nothing.
fn has_news(summary: &Summary) -> bool {
    summary.largest_move.exogenous_log >= LEAST_NEWS
}

/// The amplification factor, where it says something.
pub fn amplification(summary: &Summary) -> Option<f64> {
    let says = has_news(summary) && summary.amplification_factor.is_finite();
    says.then_some(summary.amplification_factor)
}

/// The amplification factor, or a dash where it says nothing.
pub fn amplified(summary: &Summary) -> String {
    amplification(summary).map_or_else(|| "–".to_owned(), |factor| format!("{factor:.2}×"))
}

/// How the factor is made, or why there is none.
pub(super) fn explained(summary: &Summary) -> String {
    let how = RunFigure::AmplificationFactor.about().explained();
    if has_news(summary) {
        return how;
    }
    let moved = summary.largest_move.exogenous_log;
    format!(
        "No figure yet: noise and shocks had moved this price by {} at most when it was furthest from its start, and a move is not divided by less than {}. \
         {how}",
        format::percent(moved.exp_m1(), 2).trim_start_matches('+'),
        format::percent(LEAST_NEWS, 1).trim_start_matches('+')
    )
}

/// Draws the card.
pub(super) fn card(ui: &mut Ui, summary: &Summary) {
    let card = style::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.weak(RunFigure::AmplificationFactor.label());
        ui.label(style::strong(amplified(summary), 34.0));
        ui.weak(if has_news(summary) {
            "total ÷ exogenous move"
        } else {
            "hardly any news of its own"
        });
    });
    card.response.on_hover_text(explained(summary));
}
