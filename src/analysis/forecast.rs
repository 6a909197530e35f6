//! What a market promises before anything has happened: where the shock of the shock sliders would end, from which leverage on a
//! book like this feeds itself, and from which leverage on this shock runs away.

use cascade_engine::{LEVERAGE_SAMPLE, Simulation, critical_leverage, smallest_leverage};
use cascade_scenario::{AssetId, Scenario};

/// What is promised of one asset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// The shock, a relative price change.
    pub shock: f64,
    /// Where it would end if impact never decayed, a relative price change; none if nothing would stop it.
    pub predicted_move: Option<f64>,
    /// See [`critical_leverage`].
    pub critical_leverage: Option<f64>,
    /// See [`runaway_leverage`].
    pub runaway_leverage: Option<f64>,
}

impl Forecast {
    /// Of an asset as it stands.
    pub fn of(simulation: &Simulation, asset: AssetId) -> Self {
        let state = &simulation.assets()[asset];
        let shock = state.parameters().shock.size;
        let scenario = Scenario {
            parameters: *simulation.parameters(),
            ..simulation.scenario().clone()
        };
        Self {
            shock,
            predicted_move: state.predicted_move(shock),
            critical_leverage: critical_leverage(state.parameters()),
            runaway_leverage: runaway_leverage(&scenario, asset),
        }
    }
}

/// The smallest mean leverage at which the shock of the shock sliders runs away in an asset of a fresh market with these settings:
/// by the delta map it comes to a place from which the price goes on by itself for half a per cent or more. The critical leverage of
/// theory asks only whether there is such a place, wherever it lies, at the depth of the start price; where depth falls with the
/// price it can be the higher of the two. None if no leverage does it, or the positions are listed. Estimated from 4,096 drawn positions.
pub fn runaway_leverage(scenario: &Scenario, asset: AssetId) -> Option<f64> {
    if !scenario.positions.is_empty() {
        return None;
    }
    let mut fresh = Scenario {
        events: Vec::new(),
        ..scenario.clone()
    };
    fresh.parameters.positions.count = LEVERAGE_SAMPLE;
    smallest_leverage(|mean| {
        let mut changed = fresh.clone();
        changed.parameters.leverage.mean = mean;
        Simulation::new(&changed).is_ok_and(|market| {
            let state = &market.assets()[asset];
            state.runs_away(state.parameters().shock.size)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leverages(settings: &[(&str, f64)]) -> (Option<f64>, Option<f64>) {
        let mut scenario = Scenario::default();
        for (path, value) in settings {
            scenario.set(path, *value).unwrap();
        }
        let forecast = Forecast::of(&Simulation::new(&scenario).unwrap(), AssetId::FIRST);
        (forecast.critical_leverage, forecast.runaway_leverage)
    }

    /// A place where the price goes on by itself must be there before a shock can come to it, and a larger shock comes further.
    #[test]
    fn the_shock_runs_away_later_than_theory_says_that_one_can() {
        let (theory, usual) = leverages(&[]);
        let (same, large) = leverages(&[("shock.size", -0.06)]);
        assert_eq!(theory, same, "theory knows no shock");
        let (theory, usual, large) = (theory.unwrap(), usual.unwrap(), large.unwrap());
        assert!(theory < large && large < usual, "{theory} {large} {usual}");
        assert_eq!(leverages(&[("liquidity.depth", 1e12)]), (None, None));
    }

    /// On either side of the leverage that is found, the model of the delta map says the opposite of the same shock.
    #[test]
    fn the_leverage_found_parts_what_ends_from_what_runs() {
        let scenario = Scenario::default();
        let found = runaway_leverage(&scenario, AssetId::FIRST).unwrap();
        let end = |leverage: f64| {
            let mut scenario = scenario.clone();
            scenario.set("leverage.mean", leverage).unwrap();
            scenario.set("positions.count", f64::from(LEVERAGE_SAMPLE)).unwrap();
            let market = Simulation::new(&scenario).unwrap();
            market.assets()[0].predicted_move(-0.02).unwrap_or(-1.0)
        };
        let (below, above) = (end(found / 1.1), end(found * 1.05));
        assert!(below > -0.03 && above < below - 0.02, "{found}: {below} {above}");
    }
}
