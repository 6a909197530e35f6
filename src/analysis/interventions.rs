//! What each policy and each defence is worth: losses with it against losses without it, on paired seeds.
//!
//! The benefit of an intervention is 1 − loss with it / loss without it, the same seeds on both sides. Over several seeds the
//! losses are summed first, so that a seed in which hardly anything is lost does not decide it; the standard error is that
//! of a ratio of sums (Cochran 1977, *Sampling Techniques*, section 6.4).

use cascade_scenario::{AssetId, Parameter, ParameterError, Scenario, find};
use strum::VariantArray;

use super::batch::{Change, Results};
use super::metric::{Metric, UnknownMetric};

/// How an intervention changes its parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// From one value, without it, to another.
    Switch { off: f64, on: f64 },
    /// By a factor; it can always be done once more.
    Times(f64),
}

/// Something a venue, a regulator or a trader can do against cascades.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intervention {
    /// Its name.
    pub name: &'static str,
    /// What one hopes for.
    pub hope: &'static str,
    /// What it takes or costs.
    pub price: &'static str,
    path: &'static str,
    way: Way,
}

const fn made(
    name: &'static str,
    path: &'static str,
    way: Way,
    hope: &'static str,
    price: &'static str,
) -> Intervention {
    Intervention {
        name,
        hope,
        price,
        path,
        way,
    }
}

const fn switched(off: f64, on: f64) -> Way {
    Way::Switch { off, on }
}

/// All of them, in the order of the screen.
const INTERVENTIONS: [Intervention; 19] = [
    made(
        "A quarter less leverage",
        "leverage.mean",
        Way::Times(0.75),
        "fewer positions within reach of the shock, and less to sell",
        "capital that earns less",
    ),
    made(
        "Volatility margin",
        "volatility_margin.enabled",
        switched(0.0, 1.0),
        "margins that cover what can happen",
        "margins that rise in a fall force sales of their own: it is procyclical, and hard to do well",
    ),
    made(
        "Collateral haircut",
        "haircut.enabled",
        switched(0.0, 1.0),
        "coin collateral that is not counted for more than it brings",
        "a haircut that widens in a fall sets off liquidations",
    ),
    made(
        "Margin calls",
        "margin_calls.enabled",
        switched(0.0, 1.0),
        "holders add collateral before it is too late",
        "some answer by selling, and collateral can arrive too late",
    ),
    made(
        "Liquidation throttle",
        "throttle.enabled",
        switched(0.0, 1.0),
        "a lower peak rate, and time for the books to recover",
        "what is sold later is sold lower if the fall goes on",
    ),
    made(
        "Trading halt",
        "halt.enabled",
        switched(0.0, 1.0),
        "time to think and to bring collateral",
        "orders queue and hit the book together when it opens",
    ),
    made(
        "Price band",
        "price_band.enabled",
        switched(0.0, 1.0),
        "no forced order far from the last prices",
        "liquidations wait while losses grow",
    ),
    made(
        "Staggered liquidation",
        "staggered.enabled",
        switched(0.0, 1.0),
        "a position is sold in parts, and some of them never",
        "what is left may end below zero",
    ),
    made(
        "AMM instead of the book",
        "routes.route",
        switched(0.0, 1.0),
        "liquidations trade with a pool's reserves",
        "slippage, until arbitrage carries it to the books",
    ),
    made(
        "Auction instead of the book",
        "routes.route",
        switched(0.0, 2.0),
        "bidders take positions over without a print on spot",
        "capital, and what it unwinds later",
    ),
    made(
        "Vault instead of the book",
        "routes.route",
        switched(0.0, 3.0),
        "a vault takes positions over without a print on spot",
        "capital, and what it unwinds later",
    ),
    made(
        "Own marks at every venue",
        "marks.synchronisation",
        switched(0.8, 0.0),
        "a fall elsewhere liquidates nobody here",
        "each venue's own price can run away by itself",
    ),
    made(
        "Insurance fund four times as large",
        "fund.insurance",
        Way::Times(4.0),
        "nobody's winning position is cancelled",
        "capital; and cancelled positions are not sold, so a larger fund can mean a deeper fall",
    ),
    made(
        "Central clearing",
        "clearing.scheme",
        switched(0.0, 2.0),
        "netting, one set of rules, losses shared by all",
        "venues must work together, and all depend on one",
    ),
    made(
        "Liquidity providers",
        "providers.enabled",
        switched(0.0, 1.0),
        "somebody buys what is forced on the market",
        "providers can lose money",
    ),
    made(
        "Books half as deep again",
        "liquidity.depth",
        Way::Times(1.5),
        "every sale moves the price less",
        "makers' capital",
    ),
    made(
        "No predators",
        "predators.enabled",
        switched(1.0, 0.0),
        "nobody sells ahead of liquidations",
        "public liquidation levels have to be hidden",
    ),
    made(
        "No stop orders",
        "stops.enabled",
        switched(1.0, 0.0),
        "no sales that the fall itself sets off at round numbers",
        "holders who want to be out at a price have to watch it themselves",
    ),
    made(
        "No dealers hedging options",
        "options.enabled",
        switched(1.0, 0.0),
        "no hedge flow with the move",
        "nobody who writes options; long gamma would have dampened the move",
    ),
];

/// A loss that an intervention may prevent: a figure of the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Loss {
    /// The largest move beyond the one that noise and news alone would have made.
    ExcessMove,
    /// The largest fall of the spot price.
    Fall,
    /// Liquidated notional.
    Liquidated,
    /// Peak rate of liquidation.
    PeakRate,
    /// What liquidated positions brought less than their bankruptcy price.
    Shortfall,
}

impl Loss {
    /// All of them, in the order of the screen.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Name on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ExcessMove => "Excess move",
            Self::Fall => "Fall",
            Self::Liquidated => "Liquidated",
            Self::PeakRate => "Peak rate",
            Self::Shortfall => "Shortfall",
        }
    }

    /// What it is.
    pub const fn doc(self) -> &'static str {
        match self {
            Self::ExcessMove => "how much further the log price went than noise and news alone would have taken it",
            Self::Fall => "largest fall of the spot price from its highest point",
            Self::Liquidated => "notional liquidated in the whole run",
            Self::PeakRate => "largest liquidated notional of a step, per second",
            Self::Shortfall => "what liquidated positions brought less than their bankruptcy price: others pay it",
        }
    }

    /// The summary's figure.
    const fn figure(self) -> &'static str {
        match self {
            Self::ExcessMove => "excess_move_log",
            Self::Fall => "max_drawdown",
            Self::Liquidated => "liquidated_notional_usd",
            Self::PeakRate => "peak_liquidation_rate_usd_per_second",
            Self::Shortfall => "shortfall_usd",
        }
    }
}

/// What an intervention saves of a loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Benefit {
    /// 1 − Σ losses with it / Σ losses without it: 1 if it prevents all, negative if it does harm.
    pub saved: f64,
    /// Standard error of that; 0 for a single pair.
    pub standard_error: f64,
    /// Pairs of runs in which less was lost with it.
    pub helped: usize,
    /// Pairs of runs.
    pub pairs: usize,
}

impl Benefit {
    /// Of the losses without and with an intervention, a pair a seed; none where nothing was lost without it.
    pub fn of(pairs: &[(f64, f64)]) -> Option<Self> {
        let count = pairs.len() as f64;
        let (without, with) = pairs
            .iter()
            .fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        if without <= 0.0 {
            return None;
        }
        let ratio = with / without;
        let squares: f64 = pairs.iter().map(|(a, b)| (b - ratio * a).powi(2)).sum();
        let standard_error = if pairs.len() > 1 {
            (squares / (count - 1.0) / count).sqrt() / (without / count)
        } else {
            0.0
        };
        Some(Self {
            saved: 1.0 - ratio,
            standard_error,
            helped: pairs.iter().filter(|(a, b)| b < a).count(),
            pairs: pairs.len(),
        })
    }
}

/// An intervention in a scenario: the change that makes it, or undoes it where the scenario has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Which one.
    pub intervention: &'static Intervention,
    /// Whether the scenario has it already, so that the change undoes it.
    pub in_force: bool,
    /// The change.
    pub change: Change,
}

/// What is known of an intervention.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InterventionEffect {
    /// The intervention.
    pub candidate: Candidate,
    /// What it saves, by [`Loss::ALL`]; none where nothing is lost without it.
    pub benefits: [Option<Benefit>; Loss::ALL.len()],
}

/// The interventions that change something in a scenario, and why the others do not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidates {
    /// Those that can be made, or undone.
    pub applicable: Vec<Candidate>,
    /// Those that cannot, with the reason.
    pub inapplicable: Vec<(&'static Intervention, String)>,
}

/// Which interventions a scenario can be given.
///
/// # Errors
/// One of them names a parameter that does not exist.
pub fn candidates(scenario: &Scenario) -> Result<Candidates, ParameterError> {
    let mut all = Candidates::default();
    for intervention in &INTERVENTIONS {
        match candidate(intervention, scenario)? {
            Ok(candidate) => all.applicable.push(candidate),
            Err(reason) => all.inapplicable.push((intervention, reason)),
        }
    }
    Ok(all)
}

/// One intervention in a scenario, or why it changes nothing there.
fn candidate(
    intervention: &'static Intervention,
    scenario: &Scenario,
) -> Result<Result<Candidate, String>, ParameterError> {
    let row: &Parameter = find(intervention.path)?;
    let now = row.get(&scenario.parameters);
    if let Some(reason) = scenario.idle(row) {
        return Ok(Err(reason.to_owned()));
    }
    let (in_force, other) = match intervention.way {
        Way::Switch { off, on } if now == on => (true, off),
        Way::Switch { on, .. } => (false, on),
        Way::Times(factor) => (false, (now * factor).clamp(row.range.0, row.range.1)),
    };
    if other == now {
        return Ok(Err(format!("{} is {} and cannot go further", row.label, row.show(now))));
    }
    let mut changed = scenario.clone();
    let allowed = changed
        .set_parameter(row, other)
        .and_then(|()| changed.validate_variant_of(scenario));
    Ok(allowed
        .map(|()| Candidate {
            intervention,
            in_force,
            change: (row.id, other),
        })
        .map_err(|error| error.to_string()))
}

/// The variants of a batch: the scenario as it is, then each change alone.
pub fn variants(candidates: &[Candidate]) -> Vec<Vec<Change>> {
    std::iter::once(Vec::new())
        .chain(candidates.iter().map(|one| vec![one.change]))
        .collect()
}

/// What each intervention saves of the losses of an asset; `results` are those of [`variants`].
///
/// # Errors
/// A loss names a figure that does not exist.
pub fn effects(
    candidates: &[Candidate],
    results: &Results,
    asset: AssetId,
) -> Result<Vec<InterventionEffect>, UnknownMetric> {
    let mut losses = [Metric::default(); Loss::ALL.len()];
    for (slot, loss) in losses.iter_mut().zip(Loss::ALL) {
        *slot = Metric::find(loss.figure())?.of_asset(asset);
    }
    let effect = |(index, candidate): (usize, &Candidate)| InterventionEffect {
        candidate: *candidate,
        benefits: losses.map(|metric| {
            let pairs: Vec<_> = (0..results.seeds())
                .filter_map(|seed| {
                    let as_is = results.figure(0, seed, metric)?;
                    let changed = results.figure(index + 1, seed, metric)?;
                    Some(if candidate.in_force {
                        (changed, as_is)
                    } else {
                        (as_is, changed)
                    })
                })
                .collect();
            Benefit::of(&pairs)
        }),
    };
    Ok(candidates.iter().enumerate().map(effect).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Batch;
    use cascade_scenario::{Action, Event, Shock};

    fn scenario(settings: &[(&str, f64)]) -> Scenario {
        let mut scenario = Scenario::default();
        for (path, value) in [("positions.count", 2_000.0)].iter().chain(settings) {
            scenario.set(path, *value).unwrap();
        }
        scenario.events = vec![Event {
            step: 20,
            action: Action::Shock(Shock::default()),
        }];
        scenario
    }

    fn measured(scenario: &Scenario, seeds: usize) -> Vec<InterventionEffect> {
        let candidates = candidates(scenario).unwrap().applicable;
        let batch = Batch::new(scenario.clone(), variants(&candidates), seeds, 150).unwrap();
        let mut results = Results::new(&batch);
        for variant in 0..batch.variants() {
            for seed in 0..batch.seeds() {
                results.put(variant, seed, batch.run(variant, seed, || true).unwrap());
            }
        }
        effects(&candidates, &results, AssetId::FIRST).unwrap()
    }

    fn of(effects: &[InterventionEffect], name: &str) -> InterventionEffect {
        *effects
            .iter()
            .find(|effect| effect.candidate.intervention.name == name)
            .unwrap()
    }

    #[test]
    fn a_benefit_is_a_ratio_of_sums_with_its_error() {
        let benefit = Benefit::of(&[(4.0, 2.0), (6.0, 4.0), (2.0, 3.0)]).unwrap();
        assert!((benefit.saved - 0.25).abs() < 1e-15);
        assert_eq!((benefit.helped, benefit.pairs), (2, 3));
        // Residuals b − 0.75·a are −1, −0.5, 1.5; Σ² = 3.5, over 2·3, and a mean loss of 4.
        assert!((benefit.standard_error - (3.5_f64 / 6.0).sqrt() / 4.0).abs() < 1e-15);
        assert_eq!(Benefit::of(&[(0.0, 1.0)]), None);
    }

    /// Every change can be made, each intervention says something different, and one that is in force is undone.
    #[test]
    fn interventions_are_made_or_undone() {
        let free = candidates(&scenario(&[])).unwrap().applicable;
        assert!(free.len() > 14, "{}", free.len());
        for one in &free {
            let row = cascade_scenario::parameter(one.change.0);
            assert!(row.check(one.change.1).is_ok(), "{}", row.path);
        }
        let bound = candidates(&scenario(&[("throttle.enabled", 1.0)])).unwrap().applicable;
        let throttle = bound
            .iter()
            .find(|one| one.intervention.path == "throttle.enabled")
            .unwrap();
        assert!(throttle.in_force && throttle.change.1 == 0.0);
        // Four times nothing is nothing.
        let poor = candidates(&scenario(&[("fund.insurance", 0.0)])).unwrap();
        let (fund, reason) = &poor.inapplicable[0];
        assert!(
            fund.path == "fund.insurance" && reason.contains("cannot go further"),
            "{reason}"
        );
        assert_eq!(poor.applicable.len() + poor.inapplicable.len(), INTERVENTIONS.len());
    }

    /// The same runs on both sides: what the throttle saves does not depend on which side the scenario stands. Less leverage and
    /// deeper books save of everything but the peak rate, which is as much as the books take at their largest move per round:
    /// deeper ones take more.
    #[test]
    fn benefits_are_the_same_from_both_sides_and_go_the_way_of_theory() {
        let free = measured(&scenario(&[]), 4);
        let bound = measured(&scenario(&[("throttle.enabled", 1.0)]), 4);
        let name = "Liquidation throttle";
        assert_eq!(of(&free, name).benefits, of(&bound, name).benefits);
        assert!(of(&free, name).benefits[Loss::PeakRate as usize].unwrap().saved > 0.5);
        for name in ["A quarter less leverage", "Books half as deep again"] {
            let benefits = Loss::ALL.iter().copied().zip(of(&free, name).benefits);
            for (loss, benefit) in benefits.filter(|(loss, _)| *loss != Loss::PeakRate) {
                let benefit = benefit.unwrap();
                assert!(
                    benefit.saved > 2.0 * benefit.standard_error,
                    "{name}: {loss:?} {benefit:?}"
                );
            }
        }
    }
}
