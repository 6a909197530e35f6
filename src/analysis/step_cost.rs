//! Why a step of a model takes long: which mechanism it would be quick without, found by trying.

use std::time::{Duration, Instant};

use cascade_engine::Simulation;
use cascade_scenario::{Action, Kind, Parameter, ParameterChange, format, groups, table};

/// A step that takes longer is slow.
pub const SLOW: Duration = Duration::from_millis(10);
/// Share of a step's time by which a mechanism must shorten it to be its reason.
const TELLING: f64 = 0.3;
/// Longest time that one trial takes, unless a single step takes longer.
const TRIAL: Duration = Duration::from_millis(60);
/// Most steps of a trial.
const STEPS_MAX: u32 = 20;

/// What a step costs, and what makes it so.
#[derive(Clone, Debug, PartialEq)]
pub struct StepCost {
    /// Time of a step.
    pub step: Duration,
    /// The mechanism whose absence shortens it most, and what a step takes without it; none where none stands out.
    pub because_of: Option<(String, Duration)>,
    /// Positions that each asset began with.
    pub positions: u32,
}

impl StepCost {
    /// Tries the next steps of a model on copies: as it is, and without each mechanism that is switched on, a few steps each.
    pub fn find(simulation: &Simulation) -> Self {
        let step = time(simulation.clone());
        let switched_on = table().iter().filter(|row| is_switched_on(row, simulation));
        let trials = switched_on.filter_map(|row| {
            let mut copy = simulation.clone();
            copy.act(Action::Set(ParameterChange::new(row.id, 0.0).ok()?)).ok()?;
            Some((groups()[row.group].label.clone(), time(copy)))
        });
        let quickest = trials.min_by_key(|(_, without)| *without);
        Self {
            step,
            because_of: quickest.filter(|(_, without)| without.as_secs_f64() < (1.0 - TELLING) * step.as_secs_f64()),
            positions: simulation.parameters().positions.count,
        }
    }

    /// As it is told.
    pub fn words(&self) -> String {
        let step = milliseconds(self.step);
        match &self.because_of {
            Some((group, without)) => format!(
                "A step takes {step}; without the group “{group}” it would take {}.",
                milliseconds(*without)
            ),
            None => format!(
                "A step takes {step}, and no single mechanism stands out; each asset began with {} positions.",
                format::price(f64::from(self.positions))
            ),
        }
    }
}

/// Whether this is the switch of a mechanism, and on.
fn is_switched_on(row: &Parameter, simulation: &Simulation) -> bool {
    row.kind == Kind::Toggle && row.path.ends_with(".enabled") && row.get(simulation.parameters()) == 1.0
}

/// Time of one of the next steps.
fn time(mut model: Simulation) -> Duration {
    let began = Instant::now();
    for step in 1..=STEPS_MAX {
        model.step();
        if began.elapsed() > TRIAL {
            return began.elapsed() / step;
        }
    }
    began.elapsed() / STEPS_MAX
}

fn milliseconds(time: Duration) -> String {
    let milliseconds = 1e3 * time.as_secs_f64();
    if milliseconds < 10.0 {
        format!("{milliseconds:.1} ms")
    } else {
        format!("{milliseconds:.0} ms")
    }
}

#[cfg(test)]
mod tests {
    use cascade_scenario::Scenario;

    use super::*;

    /// Twelve expiries of fine strikes at steps so long that every one of them tabulates all anew.
    #[test]
    fn the_mechanism_that_takes_the_time_is_named() {
        let mut scenario = Scenario::default();
        for (path, value) in [
            ("options.enabled", 1.0),
            ("positions.count", 1_000.0),
            ("options.lowest_strike", -0.7),
            ("options.highest_strike", 0.7),
            ("options.strike_spacing", 0.005),
            ("options.expiry", 2.0),
            ("options.expiries", 12.0),
            ("market.step_seconds", 1_800.0),
        ] {
            scenario.set(path, value).unwrap();
        }
        let cost = StepCost::find(&Simulation::new(&scenario).unwrap());
        let (group, without) = cost.because_of.clone().unwrap();
        assert_eq!(group, "Options");
        assert!(without < cost.step / 2, "{cost:?}");
        assert!(
            cost.words().contains("without the group “Options” it would take"),
            "{}",
            cost.words()
        );
    }

    #[test]
    fn where_nothing_stands_out_that_is_said() {
        let cost = StepCost {
            step: Duration::from_millis(25),
            because_of: None,
            positions: 1_000_000,
        };
        assert_eq!(
            cost.words(),
            "A step takes 25 ms, and no single mechanism stands out; each asset began with 1,000,000 positions."
        );
    }
}
