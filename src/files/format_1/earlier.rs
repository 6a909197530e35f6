//! What files of this format mean that were written while reactions were counted in steps and rounds, and while every index was
//! of all books.

use cascade_scenario::{IndexSource, Parameters};

use crate::document::{Field, RonDocument};
use crate::problem::Problem;

use super::refuse;

/// Steps from one hedge to the next, as they were written.
pub(super) const HEDGING_STEPS: &str = "dealers.interval";

/// Steps from one hedge to the next; none if the entry is about something else.
pub(super) fn hedging_steps(
    document: &RonDocument<'_>,
    Field { key, value }: Field<'_>,
) -> Option<Result<f64, Problem>> {
    let path: String = document.decode(key).ok()?;
    (path == HEDGING_STEPS).then(|| {
        let steps = document
            .decode::<u32>(value)
            .ok()
            .filter(|steps| (1..=1_000).contains(steps));
        let allowed = "a whole number from 1 to 1000";
        steps
            .map(f64::from)
            .ok_or_else(|| refuse(document, &path, value, allowed))
    })
}

/// The index was the mean of all books by their depth. A file that says how far venues mark to it and not what it is made of was
/// written then.
pub(super) fn tell_the_index(parameters: &mut Parameters, given: impl Fn(&str) -> bool) {
    if given("marks.synchronisation") && !given("index.source") {
        parameters.index.source = IndexSource::AllBooks;
    }
}

/// Makers looked in every round. A file that says whether there are any and not how often they look was written then.
pub(super) fn tell_the_makers(parameters: &mut Parameters, given: impl Fn(&str) -> bool) {
    if given("makers.enabled") && !given("makers.interval") {
        parameters.makers.interval = 0.0;
    }
}

/// Everybody looked once a round, and volatility was estimated from step to step. A file that says how many rounds a step has and
/// not how often liquidation engines look was written then.
pub(super) fn tell_reactions_in_seconds(
    parameters: &mut Parameters,
    hedging_steps: Option<f64>,
    given: impl Fn(&str) -> bool,
) {
    let dt = parameters.market.step_seconds;
    if let Some(steps) = hedging_steps {
        parameters.dealers.hedging_interval = steps * dt;
    }
    if !given("execution.rounds_per_step") || given("execution.interval") {
        return;
    }
    let round = dt / f64::from(parameters.execution.rounds_per_step);
    parameters.execution.interval = round;
    if !given("lending.interval") {
        parameters.lending.interval = round;
    }
    if !given("market.sampling_seconds") {
        parameters.market.sampling_seconds = dt;
    }
}
