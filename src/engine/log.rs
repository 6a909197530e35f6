//! The event log: what happened in a run, as data. The sentences are made where it is shown (`measure::wording`).

use serde::{Deserialize, Serialize};

use cascade_scenario::{AssetId, BookId, ParameterChange, Route, ShockRoute, VENUES_MAX, VenueId};

use crate::clock::Moment;
use crate::positions::contract::Side;

/// An entry of the event log. Displayed, it is a sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// The step it happened in.
    pub step: u64,
    /// Market time in seconds.
    pub time_seconds: f64,
    /// The asset in whose market it happened; none where it concerns the whole run.
    pub asset: Option<AssetId>,
    /// What happened.
    pub event: LogEvent,
}

impl LogEntry {
    /// What sort of event it is.
    pub const fn kind(&self) -> LogKind {
        self.event.kind()
    }
}

/// What has happened in an asset's market, until the simulation collects it.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// In the order in which it happened.
    pub entries: Vec<LogEntry>,
}

impl Log {
    /// Something happens now.
    pub fn note(&mut self, moment: &Moment, event: LogEvent) {
        self.entries.push(LogEntry {
            step: moment.step,
            time_seconds: moment.time_seconds(),
            asset: None,
            event,
        });
    }
}

/// Sorts of log entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogKind {
    /// A shock began.
    Shock,
    /// Liquidations.
    Liquidation,
    /// Margin calls, and what came of them.
    MarginCall,
    /// Predators attack, or give up.
    Predators,
    /// Stop orders were touched.
    Stops,
    /// Market makers failed.
    Makers,
    /// The reproduction ratio passed 1.
    Critical,
    /// An insurance fund ran out, positions were cancelled, or losses remain.
    Loss,
    /// Accounts failed because of another asset.
    Contagion,
    /// A circuit breaker stopped trading or let it go on.
    Breaker,
    /// Options expired or were listed.
    Expiry,
    /// A venue went out or came back.
    Outage,
    /// A parameter was changed or the book drawn anew.
    Change,
    /// A note of the scenario.
    Note,
    /// A pause asked for by the scenario.
    Pause,
    /// A named place.
    Bookmark,
    /// The run halted.
    Halt,
}

/// What happened, with its figures. Money is USD.
#[derive(Clone, Debug, PartialEq)]
pub enum LogEvent {
    /// A shock began.
    Shock {
        /// Relative price change as a fraction.
        size: f64,
        /// Where it enters the market.
        route: ShockRoute,
    },
    /// The last point of the imported price path was reached.
    PathEnded,
    /// Positions of a side were liquidated since the last such entry.
    Liquidated {
        /// Whose.
        side: Side,
        /// Their notional by venue.
        usd: [f64; VENUES_MAX],
    },
    /// A route off the book could not take everything: the rest is sold on the book.
    Spilled(Route),
    /// Loans were liquidated since the last such entry.
    LoansLiquidated {
        /// Debt repaid.
        usd: f64,
        /// Part of it that left its loan less healthy than before.
        toxic_usd: f64,
        /// Number of liquidation calls.
        count: u64,
    },
    /// Liquidating loans of this debt does not pay.
    LoansWait {
        /// Their debt.
        usd: f64,
    },
    /// Debt of loans that nobody will repay.
    LoansBadDebt {
        /// So far.
        usd: f64,
    },
    /// Positions were called since the last such entry.
    MarginCalled {
        /// Their notional.
        usd: f64,
    },
    /// Collateral asked for arrived since the last such entry.
    ToppedUp {
        /// What reached its position.
        usd: f64,
        /// What came too late.
        late_usd: f64,
    },
    /// Holders under margin call closed positions since the last such entry.
    SoldOnCall {
        /// Their notional.
        usd: f64,
    },
    /// Predators see prey within reach and trade ahead of it.
    PredatorAttacks {
        /// Which, from 0.
        predator: usize,
        /// Whose liquidation it expects.
        prey: Side,
        /// Notional it believes to be within reach.
        seen_usd: f64,
        /// Notional it will trade at most.
        usd: f64,
    },
    /// A predator reached its loss limit.
    PredatorGivesUp {
        /// Which, from 0.
        predator: usize,
        /// What it has lost.
        loss_usd: f64,
    },
    /// Stop orders of a side were traded since the last such entry.
    StopsTraded {
        /// Longs' are sales, shorts' purchases.
        side: Side,
        /// Their notional.
        usd: f64,
    },
    /// Makers of a book have failed.
    MakersFailed {
        /// The book.
        book: BookId,
        /// How many are out.
        failed: u32,
        /// Of how many.
        count: u32,
        /// Share of the book's depth that is left.
        depth_left: f64,
    },
    /// The reproduction ratio passed 1.
    Critical {
        /// Its value.
        reproduction: f64,
    },
    /// Venues began to liquidate as one.
    Synchronised {
        /// Synchrony of their liquidations.
        synchrony: f64,
        /// Reproduction ratio.
        reproduction: f64,
    },
    /// An insurance fund ran out.
    InsuranceFundEmpty {
        /// Whether it is the one fund of the clearing house.
        pooled: bool,
    },
    /// The default fund has paid.
    DefaultFundPaid {
        /// So far.
        usd: f64,
        /// Part of it that members paid for clients of others.
        mutualised_usd: f64,
    },
    /// The default fund ran out.
    DefaultFundEmpty,
    /// Positions were cancelled by auto-deleveraging since the last such entry.
    AutoDeleveraged {
        /// Their notional.
        usd: f64,
    },
    /// Positions were closed below zero equity since the last such entry.
    Insolvent {
        /// How many were closed wholly.
        count: u64,
        /// What was missing.
        usd: f64,
    },
    /// Losses were charged to profitable holders since the last such entry.
    Socialised {
        /// How much.
        usd: f64,
    },
    /// Losses that nobody has paid.
    BadDebt {
        /// So far.
        usd: f64,
    },
    /// Cross-margin accounts failed in this step.
    CrossLiquidated {
        /// How many had their largest position here.
        accounts: u64,
        /// Notional of their positions that was closed here.
        usd: f64,
        /// Another asset that was to blame for a share of it.
        because_of: Option<(AssetId, f64)>,
    },
    /// A price moved too far within the window of the circuit breaker.
    TradingHalted {
        /// The venue whose price it was.
        venue: VenueId,
        /// Whether all venues and spot halt with it.
        market_wide: bool,
        /// The move, a fraction of the price.
        moved: f64,
        /// Within how many seconds.
        seconds: f64,
    },
    /// A venue's orders reached the edge of its price band.
    AtBandEdge {
        /// Which.
        venue: VenueId,
        /// Notional that waits in its liquidation queue.
        queued_usd: f64,
    },
    /// A halt is over.
    TradingResumed {
        /// The venue; none where all and spot were halted.
        venue: Option<VenueId>,
        /// Notional that waits in liquidation queues.
        queued_usd: f64,
    },
    /// A venue went out.
    OutageBegan {
        /// Which.
        venue: VenueId,
        /// For how long.
        seconds: f64,
    },
    /// A venue came back.
    OutageEnded {
        /// Which.
        venue: VenueId,
        /// Notional that waits in its liquidation queue.
        queued_usd: f64,
    },
    /// A venue was to go out that is not there.
    NoSuchVenue {
        /// Which.
        venue: VenueId,
    },
    /// Options expired.
    OptionsExpired {
        /// Coins they were on.
        coins: f64,
        /// The strike nearest to the price.
        nearest_strike: f64,
        /// Whether the hedge is delivered; otherwise it is closed.
        delivered: bool,
        /// The dealers' hedge of them, coins.
        hedge_coins: f64,
    },
    /// Option writers could not meet the margin asked of them.
    WritersCalled {
        /// What the clearing houses asked for, USD.
        required_usd: f64,
        /// What was left of their collateral, USD.
        equity_usd: f64,
        /// Share of what they had sold that went to the dealers.
        closed: f64,
    },
    /// Dealers could not meet the margin asked of them.
    DealersCalled {
        /// What the clearing houses asked for, USD.
        required_usd: f64,
        /// What was left of their collateral, USD.
        equity_usd: f64,
        /// Share of their options that they gave up.
        cut: f64,
    },
    /// Options were listed.
    OptionsListed {
        /// Around which price.
        price: f64,
    },
    /// A parameter took a new value.
    ParameterSet(ParameterChange),
    /// A text for the reader.
    Note(String),
    /// A question to whoever watches.
    Question(String),
    /// The scenario pauses here.
    Paused,
    /// A named place.
    Bookmark(String),
    /// Somebody's guess of the furthest price that the next move reaches.
    Guess {
        /// Whose.
        name: String,
        /// USD per coin.
        price: f64,
    },
    /// The run halted.
    Halted(Halt),
}

impl LogEvent {
    /// What sort of event it is.
    pub const fn kind(&self) -> LogKind {
        match self {
            Self::Shock { .. } => LogKind::Shock,
            Self::Liquidated { .. } | Self::Spilled(_) | Self::LoansLiquidated { .. } | Self::LoansWait { .. } => {
                LogKind::Liquidation
            }
            Self::MarginCalled { .. }
            | Self::ToppedUp { .. }
            | Self::SoldOnCall { .. }
            | Self::WritersCalled { .. }
            | Self::DealersCalled { .. } => LogKind::MarginCall,
            Self::PredatorAttacks { .. } | Self::PredatorGivesUp { .. } => LogKind::Predators,
            Self::StopsTraded { .. } => LogKind::Stops,
            Self::MakersFailed { .. } => LogKind::Makers,
            Self::Critical { .. } | Self::Synchronised { .. } => LogKind::Critical,
            Self::InsuranceFundEmpty { .. }
            | Self::DefaultFundPaid { .. }
            | Self::DefaultFundEmpty
            | Self::AutoDeleveraged { .. }
            | Self::Insolvent { .. }
            | Self::Socialised { .. }
            | Self::BadDebt { .. }
            | Self::LoansBadDebt { .. } => LogKind::Loss,
            Self::CrossLiquidated { .. } => LogKind::Contagion,
            Self::TradingHalted { .. } | Self::AtBandEdge { .. } | Self::TradingResumed { .. } => LogKind::Breaker,
            Self::OutageBegan { .. } | Self::OutageEnded { .. } | Self::NoSuchVenue { .. } => LogKind::Outage,
            Self::OptionsExpired { .. } | Self::OptionsListed { .. } => LogKind::Expiry,
            Self::ParameterSet(_) => LogKind::Change,
            Self::Note(_) | Self::PathEnded => LogKind::Note,
            Self::Question(_) | Self::Paused => LogKind::Pause,
            Self::Bookmark(_) | Self::Guess { .. } => LogKind::Bookmark,
            Self::Halted(_) => LogKind::Halt,
        }
    }
}

/// Why a run halted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Halt {
    /// The rule that was violated.
    pub rule: &'static str,
    /// The step in which it was noticed.
    pub step: u64,
    /// The figures.
    pub figures: String,
}
