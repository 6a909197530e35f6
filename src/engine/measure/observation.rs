//! What can be read off a running model after each step: one record of figures, and the whole-run summary.

use serde::{Serialize, Serializer};

use cascade_scenario::VENUES_MAX;

use crate::forced::batch::Insolvent;
use crate::forced::outlet::{ByRoute, ImpactByRoute};
use crate::lending::{LendingFigures, LendingSummary};
use crate::log::Halt;
use crate::market::source::BySource;
use crate::measure::systemic::{SystemicFigures, SystemicSummary};
use crate::positions::clearing::ClearingFigures;

/// The figures of one step. Money is USD, prices are USD per coin, log prices are relative to the start price.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Observation {
    /// Number of steps made.
    pub step: u64,
    /// Market time in seconds.
    pub time_seconds: f64,
    /// Spot price.
    pub spot: f64,
    /// Depth-weighted mean price of all books.
    pub index: f64,
    /// What the spot price would be had only noise and shocks moved it.
    pub exogenous: f64,
    /// Mark price by venue; 0 beyond the number of venues.
    pub marks: [f64; VENUES_MAX],
    /// Futures price by venue; 0 beyond the number of venues.
    pub futures: [f64; VENUES_MAX],
    /// Notional of levered longs.
    pub levered_longs: f64,
    /// Notional of levered shorts.
    pub levered_shorts: f64,
    /// Net notional of the unlevered counterparties.
    pub counterparty_delta: f64,
    /// Net notional of the arbitrageurs' futures.
    pub arbitrage_delta: f64,
    /// Net notional of the cross-margin accounts.
    pub cross_delta: f64,
    /// Notional of cross-margin positions that was closed by force in this step.
    pub cross_closed: f64,
    /// Collateral coins of cross-margin accounts sold in this step.
    pub collateral_sold: f64,
    /// All positive positions, unlevered ones included.
    pub open_interest: f64,
    /// Long notional liquidated in this step.
    pub liquidated_longs: f64,
    /// Short notional liquidated in this step.
    pub liquidated_shorts: f64,
    /// Notional liquidated in this step by venue; 0 beyond the number of venues.
    pub liquidated_at: [f64; VENUES_MAX],
    /// The same, of all steps so far.
    pub liquidated_at_so_far: [f64; VENUES_MAX],
    /// Notional cancelled by auto-deleveraging in all steps so far, by venue.
    pub deleveraged_at_so_far: [f64; VENUES_MAX],
    /// Notional the liquidation engines have taken over and not yet closed.
    pub queued: f64,
    /// Number of venues at which trading is halted.
    pub halted_venues: u32,
    /// Number of venues that are gone; they are among the halted ones.
    pub venues_out: u32,
    /// Notional cancelled by auto-deleveraging in this step.
    pub deleveraged: f64,
    /// Notional of the positions called in this step.
    pub margin_called: f64,
    /// Collateral that reached called positions in this step.
    pub topped_up: f64,
    /// Collateral that came too late in this step: its position was gone.
    pub top_ups_late: f64,
    /// Notional that holders under margin call closed at market in this step.
    pub sold_on_call: f64,
    /// Expected shortfall over the collateral latency, a share of the called notional, at the realised volatility; 0 without
    /// margin calls.
    pub latency_shortfall: f64,
    /// Where the notional liquidated in this step went; what was cancelled by auto-deleveraging is in none of the routes.
    pub routes: ByRoute,
    /// The same, of all steps so far.
    pub routes_so_far: ByRoute,
    /// Notional taken over earlier that was unwound on the books in this step.
    pub unwound: f64,
    /// Notional that the AMM's liquidity providers, bidders and vault hold.
    pub taken_over: f64,
    /// What the AMM's liquidity providers, bidders and vault have gained so far.
    pub takers_profit: f64,
    /// Net notional that predators hold.
    pub predators_delta: f64,
    /// What predators have gained so far.
    pub predators_profit: f64,
    /// Net notional that liquidity providers hold.
    pub providers_delta: f64,
    /// What liquidity providers have gained so far.
    pub providers_profit: f64,
    /// Share of the market makers that stand, each book counted by its depth; 1 without makers.
    pub makers_standing: f64,
    /// Number of market makers that failed in this step.
    pub makers_failed: u64,
    /// Net notional that market makers hold.
    pub makers_delta: f64,
    /// What market makers have gained so far.
    pub makers_profit: f64,
    /// The lending pool; nothing where there is none.
    pub lending: LendingFigures,
    /// Insurance funds of all venues, or of the clearing house.
    pub insurance_fund: f64,
    /// Default fund, members' losses and margins.
    pub clearing: ClearingFigures,
    /// What liquidated positions brought less than their bankruptcy price in this step, batch by batch.
    pub shortfall: f64,
    /// Expected loss beyond the maintenance margin over the execution latency, a share of the notional, at the realised
    /// volatility.
    pub execution_shortfall: f64,
    /// Losses nobody has paid, so far.
    pub bad_debt: f64,
    /// Losses charged to profitable holders, so far.
    pub socialised: f64,
    /// Positions that were worth less than nothing when they were closed, in this step.
    pub insolvent: Insolvent,
    /// The same, of all steps so far.
    pub insolvent_so_far: Insolvent,
    /// Maintenance rate of the lowest tier that applies, mean over venues.
    pub maintenance_rate: f64,
    /// Share of coin collateral that does not count, mean over venues.
    pub haircut: f64,
    /// Share of a position that a holder at the requirement must cut because it is higher than at its lowest so far,
    /// 1 − m_lowest/m; mean over the levered notional.
    pub forced_cut: f64,
    /// Notional taken over in this step that would still stand at the lowest requirement so far.
    pub tightened: f64,
    /// Exponentially weighted volatility of the spot price, per √year.
    pub realised_volatility: f64,
    /// Depth of all books, USD per unit log price.
    pub depth: f64,
    /// Reproduction ratio for a fall: liquidations that the next small fall sets off, per liquidation.
    pub reproduction_down: f64,
    /// Reproduction ratio for a rise.
    pub reproduction_up: f64,
    /// Funding rate per eight hours that each venue would charge now; 0 beyond the number of venues.
    pub funding_rates: [f64; VENUES_MAX],
    /// Dealers' gamma exposure by their own signs, USD per 1 %: negative where they are short gamma.
    pub gamma_exposure: f64,
    /// The same were dealers long all calls and short all puts, the usual assumption for indices.
    pub gamma_exposure_index: f64,
    /// The price nearest to the present one at which the dealers' gamma changes its sign.
    pub gamma_flip: Option<f64>,
    /// The same by the signs for indices.
    pub gamma_flip_index: Option<f64>,
    /// What dealers would buy if the price rose 1 %, USD (negative: sell).
    pub hedge_flow_up: f64,
    /// What dealers would buy if the price fell 1 %, USD (negative: sell).
    pub hedge_flow_down: f64,
    /// The dealers' option delta, USD.
    pub dealer_option_delta: f64,
    /// Their hedge on spot and in futures, USD.
    pub dealer_hedge: f64,
    /// What they bought for it in this step, less what they sold, USD.
    pub hedged: f64,
    /// Seconds until the next options expire.
    pub options_expire_in: Option<f64>,
    /// Standard deviation over the venues of the futures' log basis over spot.
    pub basis_spread: f64,
    /// Standard deviation over the venues of the funding rates per eight hours.
    pub funding_spread: f64,
    /// Change of the spot's log price since the start, by source.
    pub attribution: BySource,
    /// The spot's largest move so far, and the news until then.
    pub largest_move: LargestMove,
    /// Concentration, synchrony, and who sets the price.
    pub systemic: SystemicFigures,
}

impl Observation {
    /// The larger of the two reproduction ratios.
    pub const fn reproduction(&self) -> f64 {
        self.reproduction_down.max(self.reproduction_up)
    }
}

/// The moment at which the spot price was furthest from its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct LargestMove {
    /// The change of the log price since the start at that moment, negative for a fall.
    pub total_log: f64,
    /// The largest move that noise, shocks and an imported path alone would have made up to that moment, either way.
    pub exogenous_log: f64,
}

impl LargestMove {
    /// Amplification factor A = max|u| / max|e|: u is the log move of spot, e its exogenous part, both up to the moment of max|u|.
    /// Exactly 1 without forced flow, and until anything has moved.
    ///
    /// Either way, as noise can set off a squeeze against the direction of the news to come. Up to that moment, as news that
    /// comes after an episode cannot have caused it: noise keeps wandering, and A would fall towards 1 the longer one waits.
    pub fn amplification(self) -> f64 {
        if self.exogenous_log > 0.0 {
            self.total_log.abs() / self.exogenous_log
        } else {
            1.0
        }
    }
}

/// Figures of the whole run so far. Money is USD.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Steps made.
    pub steps: u64,
    /// Hash of every price and flow of the run, in hexadecimal.
    pub digest: String,
    /// See [`LargestMove::amplification`]; exactly 1 without forced flow.
    pub amplification_factor: f64,
    /// What it is the ratio of.
    pub largest_move: LargestMove,
    /// Largest fall of the spot price from its highest point so far, a fraction.
    pub max_drawdown: f64,
    /// Lowest spot price.
    pub lowest_price: f64,
    /// Highest spot price.
    pub highest_price: f64,
    /// Largest reproduction ratio of any step.
    pub reproduction_ratio: f64,
    /// Share of the liquidations that forced flow set off: children per liquidation.
    pub branching_ratio: f64,
    /// Number of liquidations.
    pub liquidation_count: u64,
    /// Liquidated notional.
    pub liquidated_notional_usd: f64,
    /// Notional taken over that would still have stood at the lowest requirement so far: liquidated by tighter margins, not by
    /// the price.
    pub liquidated_by_tightening_usd: f64,
    /// Liquidated notional by route; what was cancelled by auto-deleveraging is in none of them.
    pub liquidated_by_route_usd: ByRoute,
    /// Spot's log-price move per USD liquidated, by what printed it: the largest part of the spot's log price that the route's
    /// source ever had, over the route's notional.
    pub spot_impact_by_route: ImpactByRoute,
    /// Notional taken over off the books that was unwound on them since.
    pub unwound_notional_usd: f64,
    /// What the AMM's liquidity providers, bidders and vault have gained.
    pub takers_profit_usd: f64,
    /// Notional that predators traded, sales and purchases.
    pub predators_traded_usd: f64,
    /// What predators have gained.
    pub predators_profit_usd: f64,
    /// Notional that liquidity providers traded, purchases and sales.
    pub providers_traded_usd: f64,
    /// What liquidity providers have gained: the cost of the defence, if it is negative.
    pub providers_profit_usd: f64,
    /// Number of market makers that failed.
    pub makers_failed_count: u64,
    /// Smallest share of the market makers that stood.
    pub makers_standing_min: f64,
    /// What market makers have gained.
    pub makers_profit_usd: f64,
    /// Smallest depth of all books, USD per unit log price.
    pub lowest_depth_usd: f64,
    /// Largest liquidated notional of a step, per second.
    pub peak_liquidation_rate_usd_per_second: f64,
    /// Number of margin calls.
    pub margin_call_count: u64,
    /// Notional called.
    pub margin_called_usd: f64,
    /// Collateral that reached called positions.
    pub topped_up_usd: f64,
    /// Collateral that came too late.
    pub top_ups_late_usd: f64,
    /// Notional that holders under margin call closed at market.
    pub sold_on_call_usd: f64,
    /// Notional that dealers traded for their hedges, bought and sold.
    pub hedged_notional_usd: f64,
    /// Gamma exposure now; none without options.
    pub gamma_exposure_usd_per_percent: Option<f64>,
    /// Price at which gamma changes its sign, the nearest to the price now.
    pub gamma_flip_price: Option<f64>,
    /// Cross-margin accounts that failed.
    pub cross_liquidation_count: u64,
    /// Notional of their positions that was closed, part of the liquidated notional.
    pub cross_liquidated_usd: f64,
    /// Collateral coins sold for what they owed.
    pub collateral_sold_usd: f64,
    /// What they owed beyond their collateral.
    pub cross_shortfall_usd: f64,
    /// Open interest at the start.
    pub open_interest_start_usd: f64,
    /// Open interest now.
    pub open_interest_end_usd: f64,
    /// Insurance funds now.
    pub insurance_fund_usd: f64,
    /// Default fund, members' losses and margins now.
    pub clearing: ClearingFigures,
    /// What liquidated positions brought less than their bankruptcy price, batch by batch: what funds, members or nobody paid.
    pub shortfall_usd: f64,
    /// Positions cancelled by auto-deleveraging.
    pub adl_count: u64,
    /// Notional cancelled by auto-deleveraging.
    pub adl_notional_usd: f64,
    /// Losses nobody has paid.
    pub bad_debt_usd: f64,
    /// Losses charged to profitable holders.
    pub socialised_loss_usd: f64,
    /// Positions that were worth less than nothing when they were closed.
    pub negative_equity_count: u64,
    /// Their notional.
    pub negative_equity_notional_usd: f64,
    /// What was missing, whoever paid for it.
    pub negative_equity_loss_usd: f64,
    /// For every source, the largest part of the spot's log price that it ever had, with its sign.
    pub largest_attribution: BySource,
    /// The lending pool; none where there is none.
    pub lending: Option<LendingSummary>,
    /// Mean correlation of the venues' liquidated notionals, step by step; none with fewer than two venues liquidating.
    pub synchronisation: Option<f64>,
    /// Variance of the futures' log basis over spot, over venues and time.
    pub basis_variance: f64,
    /// Variance of the funding rates per eight hours, over venues and time.
    pub funding_variance: f64,
    /// Concentration, synchrony, recovery, and who sets the price.
    pub systemic: SystemicSummary,
    /// Largest relative error of any ledger rule in any step.
    pub ledger_max_relative_error: f64,
    /// Why the run halted; a report names the rule.
    #[serde(serialize_with = "rule")]
    pub halted: Option<Halt>,
}

#[allow(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn rule<S: Serializer>(halted: &Option<Halt>, serializer: S) -> Result<S::Ok, S::Error> {
    halted.as_ref().map(|halt| halt.rule).serialize(serializer)
}
