//! What happens in one step, added up.

use cascade_scenario::{Route, VENUES_MAX};

use crate::forced::batch::Insolvent;
use crate::forced::outlet::ByRoute;
use crate::market::source::BySource;
use crate::positions::contract::Side;
use crate::units::Usd;

/// Flows of one step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Liquidated notional by venue, longs then shorts.
    pub liquidated: [[Usd; 2]; VENUES_MAX],
    /// Notional that each route took; what was cancelled by auto-deleveraging is in none of them.
    pub routes: ByRoute,
    /// Notional of taken-over positions that was unwound on the book.
    pub unwound: Usd,
    /// Notional taken over that would still stand at the lowest requirement so far.
    pub tightened: Usd,
    /// A route that could not take everything, so that the rest was sold on the book.
    pub spilled: Option<Route>,
    /// Number of liquidations.
    pub liquidations: u64,
    /// How many of them forced flow set off.
    pub offspring: f64,
    /// Notional cancelled by auto-deleveraging.
    pub deleveraged: Usd,
    /// The same by venue.
    pub deleveraged_at: [Usd; VENUES_MAX],
    /// Positions cancelled by auto-deleveraging.
    pub deleverage_count: u64,
    /// Positions that were worth less than nothing when they were closed.
    pub insolvent: Insolvent,
    /// Number of margin calls.
    pub calls: u64,
    /// Notional called.
    pub called: Usd,
    /// Collateral that reached the positions it was meant for.
    pub topped_up: Usd,
    /// Collateral that came too late and went back.
    pub top_ups_late: Usd,
    /// Notional that holders under margin call closed.
    pub sold: Usd,
    /// Notional that dealers bought for their hedges, less what they sold.
    pub hedged: Usd,
    /// Notional that predators traded.
    pub predators: Usd,
    /// Notional that liquidity providers traded.
    pub provided: Usd,
    /// Market orders executed in all books, USD bought less sold, by cause; known once the step is made.
    pub ordered: BySource,
    /// Notional that carry traders traded, in futures and on spot.
    pub carried: Usd,
    /// Notional that stop orders sold, and that they bought.
    pub stopped: [Usd; 2],
    /// Number of stop orders that the price has touched.
    pub stops_touched: u64,
    /// Largest reproduction ratio of a fall and of a rise after any round but the last; none before the second round.
    pub reproduction: Option<[f64; 2]>,
    /// Number of market makers that failed.
    pub makers_failed: u64,
    /// What the sale of liquidated positions brought less than their bankruptcy price, batch by batch.
    pub shortfall: Usd,
    /// Cross-margin accounts that failed, counted where their largest position was.
    pub cross_liquidations: u64,
    /// Notional of their positions that was closed.
    pub cross_closed: Usd,
    /// Collateral coins sold on spot for what failed accounts owed.
    pub collateral_sold: Usd,
    /// What failed accounts owed beyond their collateral.
    pub cross_shortfall: Usd,
    /// Whether a position was cancelled although the fund still had money.
    pub deleveraged_too_early: bool,
}

impl Tally {
    /// Liquidated notional of one side over all venues.
    pub fn liquidated_side(&self, side: Side) -> Usd {
        self.liquidated.iter().map(|venue| venue[side as usize]).sum()
    }

    /// Liquidated notional of both sides.
    pub fn liquidated_total(&self) -> Usd {
        self.liquidated.iter().flatten().copied().sum()
    }
}
