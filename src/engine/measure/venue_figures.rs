//! What each venue of an asset looks like: its prices, its share of the market, its rules in force, and what it has liquidated
//! and lost. Read off the state when asked; a step does not pay for it.

use serde::Serialize;

use cascade_scenario::{Route, VenueId};

use crate::measure::observation::Observation;
use crate::positions::charge::Charge;
use crate::positions::contract::Side;
use crate::units::{Price, Usd};
use crate::world::World;

/// A venue as it stands. Money is USD, prices are USD per coin, rates and shares are fractions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct VenueFigures {
    /// Price of its futures book.
    pub price: f64,
    /// Its mark price.
    pub mark: f64,
    /// ln(price / spot).
    pub basis: f64,
    /// Depth of its book, USD per unit log price.
    pub depth_usd: f64,
    /// Its share of the depth of all venues.
    pub depth_share: f64,
    /// Notional of levered longs at the mark.
    pub longs_usd: f64,
    /// Notional of levered shorts at the mark.
    pub shorts_usd: f64,
    /// Its share of the levered open interest of all venues.
    pub interest_share: f64,
    /// Funding rate per eight hours that it would charge now.
    pub funding_rate: f64,
    /// Maintenance rate of dollar-margined positions in the lowest tier.
    pub maintenance_rate: f64,
    /// Share of coin collateral that does not count.
    pub haircut: f64,
    /// Whether trading is halted.
    pub halted: bool,
    /// Whether it is gone.
    pub out: bool,
    /// Where its liquidated positions are closed.
    #[serde(skip)]
    pub route: Route,
    /// Liquidated so far.
    pub liquidated_usd: f64,
    /// Taken over by its liquidation engine and not yet closed.
    pub queued_usd: f64,
    /// Its insurance fund; 0 where a clearing house holds one for all.
    pub insurance_fund_usd: f64,
    /// Cancelled by auto-deleveraging so far.
    pub adl_notional_usd: f64,
    /// Losses nobody has paid.
    pub bad_debt_usd: f64,
}

/// The venues in their order, given what each charges now and the asset's figures after the last step.
pub(crate) fn of(world: &World, charges: &[Charge], seen: &Observation) -> Vec<VenueFigures> {
    let market = &world.market;
    let depth: Usd = market.futures().iter().map(|book| book.depth).sum();
    let levered: Usd = Side::BOTH.map(|side| world.venues.levered(side)).into_iter().sum();
    let share = |part: Usd, of: Usd| if of > Usd::ZERO { part / of } else { 0.0 };
    let venues = world.venues.iter().zip(market.futures()).zip(charges);
    let figures = |(id, ((venue, book), charge)): (
        VenueId,
        ((&crate::positions::venue::Venue, &crate::market::books::Book), &Charge),
    )| {
        let mark = venue.mark;
        let contracts = || venue.contracts.iter();
        let of_side = |side| -> Usd {
            let notional = |c: &crate::positions::venue::Contract| c.kind.notional(c.side(side).open.quantity, mark);
            contracts().map(notional).sum()
        };
        let (longs, shorts) = (of_side(Side::Long), of_side(Side::Short));
        let usd = |amount: fn(&crate::positions::venue::Contract) -> f64| -> f64 {
            contracts().map(|c| c.kind.usd(amount(c), mark)).sum::<Usd>().get()
        };
        VenueFigures {
            price: book.price.get(),
            mark: mark.get(),
            basis: libm::log(book.price / Price::new(seen.spot)),
            depth_usd: book.depth.get(),
            depth_share: share(book.depth, depth),
            longs_usd: longs.get(),
            shorts_usd: shorts.get(),
            interest_share: share(longs + shorts, levered),
            funding_rate: seen.funding_rates[id.index()],
            maintenance_rate: world.moment.parameters.margin_at(id).maintenance + charge.add_on,
            haircut: charge.haircut,
            halted: book.halted,
            out: venue.is_out,
            route: world.moment.parameters.route_at(id),
            liquidated_usd: seen.liquidated_at_so_far[id.index()],
            queued_usd: world.venues.queued_at(id).get(),
            insurance_fund_usd: usd(|c| c.fund),
            adl_notional_usd: seen.deleveraged_at_so_far[id.index()],
            bad_debt_usd: usd(|c| c.deficit),
        }
    };
    VenueId::each(venues).map(figures).collect()
}

#[cfg(test)]
mod tests {
    use crate::Simulation;
    use cascade_scenario::{AssetId, Scenario, Shock};

    /// Every figure that is also told of the market as a whole is the sum or the mean of the venues'.
    #[test]
    fn the_venues_add_up_to_the_market() {
        let mut scenario = Scenario::default();
        scenario.set("fund.insurance", 0.0).unwrap();
        scenario.set("leverage.mean", 20.0).unwrap();
        let mut run = Simulation::new(&scenario).unwrap();
        run.shock(&Shock::default());
        (0..200).for_each(|_| run.step());
        let (asset, summary) = (&run.assets()[0], run.summary_of(AssetId::FIRST));
        let (venues, seen) = (asset.venue_figures(), *asset.observation());
        assert_eq!(venues.len(), run.parameters().venues.count as usize);
        let sum = |of: fn(&super::VenueFigures) -> f64| -> f64 { venues.iter().map(of).sum() };
        let pairs = [
            (sum(|v| v.longs_usd), seen.levered_longs),
            (sum(|v| v.shorts_usd), seen.levered_shorts),
            (sum(|v| v.liquidated_usd), summary.liquidated_notional_usd),
            (sum(|v| v.adl_notional_usd), summary.adl_notional_usd),
            (sum(|v| v.bad_debt_usd), seen.bad_debt),
            (sum(|v| v.insurance_fund_usd), seen.insurance_fund),
            (sum(|v| v.queued_usd), seen.queued),
            (sum(|v| v.interest_share), 1.0),
            (sum(|v| v.depth_share), 1.0),
            (
                sum(|v| v.interest_share * v.interest_share),
                seen.systemic.herfindahl_by_venue,
            ),
            (sum(|v| v.maintenance_rate) / venues.len() as f64, seen.maintenance_rate),
        ];
        assert!(summary.adl_notional_usd > 0.0 && summary.liquidated_notional_usd > 0.0);
        for (index, (found, expected)) in pairs.into_iter().enumerate() {
            let gap = (found - expected).abs();
            assert!(gap <= 1e-9 * expected.abs().max(1.0), "{index}: {found} {expected}");
        }
    }
}
