//! A scenario that begins with a market as it stood, fitted to its record, and says how well.

use cascade_market::Resilience;
use cascade_scenario::{Paragraph, Scenario, Topic};

use super::{Calibration, NoCalibration, assumptions};
use crate::market_start::{self, Assumptions, Origin};

/// The scenario at a moment of the record, with the medians of what was fitted, or without a fit where there is none; its text says
/// what was measured, what was fitted and how well, and what was not. The assumptions of `origin` are not looked at.
///
/// # Errors
/// A value is not allowed in a scenario; in words.
pub fn preset(base: &Scenario, origin: &Origin, fit: &Result<Calibration, NoCalibration>) -> Result<Scenario, String> {
    let assumptions = fit
        .as_ref()
        .map_or_else(|_| Assumptions::default(), |fit| assumptions(&fit.medians()));
    let start = market_start::scenario(base, &Origin { assumptions, ..*origin })?;
    let mut scenario = start.scenario;
    scenario.description = format!(
        "The market of {} at {}, from its own record. {}",
        origin.name,
        origin.moment,
        start.said.join(" ")
    );
    scenario.hints = cascade_scenario::Hints::default();
    let paragraph = |topic, text| Paragraph { topic, text };
    scenario.background = vec![paragraph(Topic::Record, measured(origin))];
    match fit {
        Ok(fit) => {
            scenario.background.push(paragraph(Topic::Fitted, fit.words()));
            let lines = fit.parameters.iter().map(super::Fitted::words);
            scenario
                .background
                .extend(lines.map(|line| paragraph(Topic::Fitted, line)));
            let lines = fit.moments.iter().map(super::Compared::words);
            scenario
                .background
                .extend(lines.map(|line| paragraph(Topic::Fitted, line)));
        }
        Err(reason) => scenario.background.push(paragraph(
            Topic::Fitted,
            format!("Nothing was fitted: {reason}. All forced orders meet the book as it is shown."),
        )),
    }
    scenario.background.push(paragraph(
        Topic::Stylised,
        "Entries and leverage are estimated from open interest and prices; nobody publishes them. One venue, one asset, no options. \
         Stop orders, where there are any, are spread about the price as the program spreads them. What rests at no level of its own is \
         left out."
            .to_owned(),
    ));
    Ok(scenario)
}

fn measured(origin: &Origin) -> String {
    origin.book.map_or_else(
        |reason| format!("The law of the order book is not measured: {reason}."),
        Resilience::words,
    )
}
