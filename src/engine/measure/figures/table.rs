//! What observations and summaries hold beside the fields that the rows of figures declare.

use serde::Serialize;

use cascade_scenario::{Route, VENUES_MAX};

use super::figures;
use super::of_runs::with_figures_of_runs;
use super::of_steps::with_figures_of_steps;
use crate::forced::batch::Insolvent;
use crate::forced::outlet::{ByRoute, ImpactByRoute};
use crate::lending::{LendingFigures, LendingSummary};
use crate::log::Halt;
use crate::market::source::BySource;
use crate::measure::observation::LargestMove;
use crate::measure::systemic::{SystemicFigures, SystemicSummary};
use crate::positions::clearing::ClearingFigures;

with_figures_of_steps! {
    with_figures_of_runs figures
    // What an observation holds beside the fields that rows declare.
    observation {
        /// Number of steps made.
        step: u64,
        /// Market time in seconds.
        time_seconds: f64,
        /// Notional liquidated so far by venue; 0 beyond the number of venues.
        liquidated_at_so_far: [f64; VENUES_MAX],
        /// Notional cancelled by auto-deleveraging in all steps so far, by venue.
        deleveraged_at_so_far: [f64; VENUES_MAX],
        /// Where the notional liquidated in this step went; what was cancelled by auto-deleveraging is in none of the routes.
        routes: ByRoute,
        /// The same, of all steps so far.
        routes_so_far: ByRoute,
        /// The lending pool; nothing where there is none.
        lending: LendingFigures,
        /// Default fund, members' losses and margins.
        clearing: ClearingFigures,
        /// Positions that were worth less than nothing when they were closed, in this step.
        insolvent: Insolvent,
        /// The same, of all steps so far.
        insolvent_so_far: Insolvent,
        /// The spot's largest move so far, and noise and news until then.
        largest_move: LargestMove,
        /// What shocks and an imported path have moved the log price by since the start: noise is not news.
        news: f64,
        /// Concentration, synchrony, and who sets the price.
        systemic: SystemicFigures,
    }
    // What a summary holds beside the sums of steps that rows declare.
    summary {
        /// Steps made.
        steps: u64,
        /// Hash of every price and flow of the run, in hexadecimal.
        digest: String,
        /// See [`LargestMove::amplification`]; exactly 1 without forced flow, none where noise leads.
        amplification_factor: Option<f64>,
        /// See [`LargestMove::excess`].
        excess_move_log: f64,
        /// What they are made of.
        largest_move: LargestMove,
        /// Largest fall of the spot price from its highest point so far, a fraction.
        max_drawdown: f64,
        /// Largest fall of the mean of the venues' futures prices from its highest point so far, a fraction.
        futures_max_drawdown: f64,
        /// The same of the venue whose futures fell most.
        futures_max_drawdown_worst_venue: f64,
        /// Share of the liquidated positions that were worth less than nothing when they were closed; none without liquidations.
        negative_equity_share: Option<f64>,
        /// Share of the liquidations that forced flow set off: children per liquidation.
        branching_ratio: f64,
        /// Liquidated notional by route; what was cancelled by auto-deleveraging is in none of them.
        liquidated_by_route_usd: ByRoute,
        /// Spot's log-price move per USD liquidated, by what printed it: the largest part of the spot's log price that the
        /// route's source ever had, over the route's notional.
        spot_impact_by_route: ImpactByRoute,
        /// Gamma exposure now; none without options.
        gamma_exposure_usd_per_percent: Option<f64>,
        /// Default fund, members' losses and margins now.
        clearing: ClearingFigures,
        /// For every source, the largest part of the spot's log price that it ever had, with its sign.
        largest_attribution: BySource,
        /// The lending pool; none where there is none.
        lending: Option<LendingSummary>,
        /// Mean correlation of the venues' liquidated notionals, by 10 s; none with fewer than two venues liquidating.
        synchronisation: Option<f64>,
        /// Variance of the futures' log basis over spot, over venues and time.
        basis_variance: f64,
        /// Variance of the funding rates per eight hours, over venues and time.
        funding_variance: f64,
        /// Concentration, synchrony, recovery, and who sets the price.
        systemic: SystemicSummary,
        /// Largest relative error of any ledger rule in any step.
        ledger_max_relative_error: f64,
        /// Why the run halted; a report names the rule.
        #[serde(serialize_with = "super::rule")]
        halted: Option<Halt>,
    }
}
