//! The sentences of the event log. The model only knows the events; here they become words for whoever shows them.

use std::fmt::{Display, Formatter, Result};

use cascade_scenario::format::{amount, digits, percent, price, short};
use cascade_scenario::{AssetId, ChangeEffect, Route, ShockRoute, VENUES_MAX, VenueId, parameter};

use crate::log::{LogEntry, LogEvent};
use crate::positions::contract::Side;

/// Share of what was liquidated from which on a venue is said to be involved.
const LEAST_INVOLVED: f64 = 0.01;

impl Display for LogEntry {
    /// The event, after the number of its asset where that is not the first.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if let Some(asset) = self.asset.filter(|asset| *asset != AssetId::FIRST) {
            write!(f, "{asset}: ")?;
        }
        self.event.fmt(f)
    }
}

impl Display for LogEvent {
    #[expect(clippy::too_many_lines, reason = "a table with a sentence for every event")]
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let text = match self {
            Self::Shock { size, route } => shock(*size, *route),
            Self::PathEnded => "the imported price path ends here".to_owned(),
            Self::Liquidated { side, usd } => liquidated(*side, usd),
            Self::Spilled(route) => format!("{}: the rest is sold on the book", full(*route)),
            Self::LoansLiquidated { usd, toxic_usd, count } => loans_liquidated(*usd, *toxic_usd, *count),
            Self::LoansWait { usd } => format!("loans of {} wait: liquidating them does not pay", amount(*usd, 3)),
            Self::LoansBadDebt { usd } => format!("bad debt of loans is {} USD", short(*usd)),
            Self::MarginCalled { usd } => format!("positions of {} called", amount(*usd, 3)),
            Self::ToppedUp { usd, late_usd } => topped_up(*usd, *late_usd),
            Self::SoldOnCall { usd } => format!("{} closed by holders under margin call", amount(*usd, 3)),
            Self::PredatorAttacks {
                predator,
                prey,
                seen_usd,
                usd,
            } => attack(*predator, *prey, *seen_usd, *usd),
            Self::PredatorGivesUp { predator, loss_usd } => {
                format!(
                    "predator {} gives up after a loss of {}",
                    predator + 1,
                    amount(*loss_usd, 3)
                )
            }
            Self::StopsTraded { side, usd } => stops_traded(*side, *usd),
            Self::MakersFailed {
                book,
                failed,
                count,
                depth_left,
            } => {
                let left = digits(100.0 * depth_left, 3);
                format!("{failed} of {count} makers of {book} have failed: {left} % of its depth is left")
            }
            Self::Critical { reproduction } => format!("R is {}: above 1", digits(*reproduction, 3)),
            Self::Synchronised {
                synchrony,
                reproduction,
            } => format!(
                "margins are synchronised: venues liquidate as one (synchrony {synchrony:.2}, R {reproduction:.2})"
            ),
            Self::InsuranceFundEmpty { pooled: true } => "the clearing house's insurance fund is empty".to_owned(),
            Self::InsuranceFundEmpty { pooled: false } => "an insurance fund is empty".to_owned(),
            Self::DefaultFundPaid { usd, mutualised_usd } => default_fund_paid(*usd, *mutualised_usd),
            Self::DefaultFundEmpty => "the default fund is empty".to_owned(),
            Self::AutoDeleveraged { usd } => format!("{} USD auto-deleveraged", short(*usd)),
            Self::Insolvent { count, usd } => insolvent(*count, *usd),
            Self::Socialised { usd } => format!("profitable holders were charged {} USD of losses", short(*usd)),
            Self::BadDebt { usd } => format!("bad debt is {} USD", short(*usd)),
            Self::CrossLiquidated {
                accounts,
                usd,
                because_of,
            } => cross_liquidated(*accounts, *usd, *because_of),
            Self::TradingHalted {
                venue,
                market_wide,
                moved,
                seconds,
            } => {
                let whose = if *market_wide {
                    "all venues and spot halt"
                } else {
                    &format!("{venue} halts")
                };
                let at = if *market_wide {
                    format!(" at {venue}")
                } else {
                    String::new()
                };
                format!("{whose} after {} in {} s{at}", percent(*moved, 1), digits(*seconds, 6))
            }
            Self::AtBandEdge { venue, queued_usd } => {
                format!("{venue} is at the edge of its price band, {}", queued(*queued_usd))
            }
            Self::TradingResumed {
                venue: None,
                queued_usd,
            } => {
                format!("all venues and spot re-open, {}", queued(*queued_usd))
            }
            Self::TradingResumed {
                venue: Some(venue),
                queued_usd,
            } => {
                format!("{venue} re-opens, {}", queued(*queued_usd))
            }
            Self::OutageBegan { venue, seconds } => format!("{venue} is out for {} s", digits(*seconds, 6)),
            Self::OutageEnded { venue, queued_usd } => format!("{venue} is back, {}", queued(*queued_usd)),
            Self::NoSuchVenue { venue } => format!("there is no {venue} to go out"),
            Self::OptionsExpired {
                coins,
                nearest_strike,
                delivered,
                hedge_coins,
            } => format!(
                "options on {} coins expire, the nearest strike is {}; dealers {} a hedge of {} coins",
                amount(*coins, 3),
                price(*nearest_strike),
                if *delivered { "deliver" } else { "close" },
                amount(*hedge_coins, 3),
            ),
            Self::WritersCalled {
                required_usd,
                equity_usd,
                closed,
            } => format!(
                "option writers have {} USD for {} USD of margin: dealers take over {:.0} %",
                short(*equity_usd),
                short(*required_usd),
                100.0 * closed,
            ),
            Self::DealersCalled {
                required_usd,
                equity_usd,
                cut,
            } => format!(
                "dealers have {} USD for {} USD of margin: they give up {:.0} % of their options",
                short(*equity_usd),
                short(*required_usd),
                100.0 * cut,
            ),
            Self::OptionsListed { price: around } => format!("options listed anew around {}", price(*around)),
            Self::ParameterSet(change) => {
                let row = parameter(change.parameter());
                let anew = if row.effect == ChangeEffect::Redraw {
                    ": the levered positions are drawn anew around the price"
                } else {
                    ""
                };
                format!("{} is now {}{anew}", row.label, row.show(change.value()))
            }
            Self::Note(text) | Self::Question(text) | Self::Bookmark(text) => text.clone(),
            Self::Paused => "paused by the scenario".to_owned(),
            Self::Guess { name, price: guess } => format!("{name} says {}", price(*guess)),
            Self::Halted(halt) => format!("halted: {} ({})", halt.rule, halt.figures),
        };
        f.write_str(&text)
    }
}

fn shock(size: f64, route: ShockRoute) -> String {
    let how = match route {
        ShockRoute::News => "news",
        ShockRoute::SpotOrder => "an order in the spot book",
        ShockRoute::VenueOrder => "an order in a venue's futures book",
    };
    format!("shock {} as {how}", percent(size, 1))
}

fn liquidated(side: Side, usd: &[f64; VENUES_MAX]) -> String {
    let total: f64 = usd.iter().sum();
    let involved = VenueId::each(usd).filter(|(_, usd)| **usd > LEAST_INVOLVED * total);
    let involved: Vec<VenueId> = involved.map(|(venue, _)| venue).collect();
    let place = match involved[..] {
        [venue] => format!("on {venue}"),
        _ => format!("on {} venues", involved.len()),
    };
    format!("{} {} liquidated {place}", amount(total, 3), holders(side))
}

const fn holders(side: Side) -> &'static str {
    match side {
        Side::Long => "longs",
        Side::Short => "shorts",
    }
}

const fn full(route: Route) -> &'static str {
    match route {
        Route::OrderBook => "the order book is full",
        Route::Amm => "the AMM pool is at its slippage limit",
        Route::Auction => "bidders in the auction want no more",
        Route::Vault => "the backstop vault is full",
    }
}

fn loans_liquidated(usd: f64, toxic_usd: f64, count: u64) -> String {
    let toxic = if toxic_usd > 0.0 {
        format!(", {} toxic", amount(toxic_usd, 3))
    } else {
        String::new()
    };
    format!("loans of {} liquidated in {count} calls{toxic}", amount(usd, 3))
}

fn topped_up(usd: f64, late_usd: f64) -> String {
    let (arrived, late) = (amount(usd, 3), amount(late_usd, 3));
    match (usd > 0.0, late_usd > 0.0) {
        (true, false) => format!("top-ups of {arrived} arrived"),
        (false, _) => format!("top-ups of {late} came too late"),
        (true, true) => format!("top-ups of {arrived} arrived, {late} came too late"),
    }
}

fn attack(predator: usize, prey: Side, seen_usd: f64, usd: f64) -> String {
    let verb = match prey {
        Side::Long => "sells",
        Side::Short => "buys",
    };
    format!(
        "predator {} sees {} of {} within reach and {verb} up to {} ahead of them",
        predator + 1,
        amount(seen_usd, 3),
        holders(prey),
        amount(usd, 3)
    )
}

fn stops_traded(side: Side, usd: f64) -> String {
    let verb = match side {
        Side::Long => "sold",
        Side::Short => "bought",
    };
    format!("stop orders {verb} {}", amount(usd, 3))
}

fn default_fund_paid(usd: f64, mutualised_usd: f64) -> String {
    let shared = if mutualised_usd > 0.0 {
        format!(", {} of it by members for clients of others", amount(mutualised_usd, 3))
    } else {
        String::new()
    };
    format!("the default fund has paid {}{shared}", amount(usd, 3))
}

fn insolvent(count: u64, usd: f64) -> String {
    // Throttled, a position is closed over many steps and counts with the last.
    let who = match count {
        0 => "parts of positions".to_owned(),
        count => short(count as f64),
    };
    format!("{who} below zero equity: {} missing", short(usd))
}

fn cross_liquidated(accounts: u64, usd: f64, because_of: Option<(AssetId, f64)>) -> String {
    let because = because_of.map_or_else(String::new, |(asset, share)| {
        format!(", {:.0} % of it because of {asset}", 100.0 * share)
    });
    format!(
        "{accounts} cross-margin accounts liquidated, {} sold on the books{because}",
        amount(usd, 3)
    )
}

fn queued(usd: f64) -> String {
    format!("{} queued", amount(usd, 3))
}
