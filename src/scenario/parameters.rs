//! The table of parameters: the only place where one is described. One file a theme; this one sets their order on the screen.

mod assets;
mod breakers;
mod clearing;
mod lending;
mod liquidation;
mod margin;
mod market;
mod options;
mod positions;
mod traders;
mod venues;

pub use assets::*;
pub use breakers::*;
pub use clearing::*;
pub use lending::*;
pub use liquidation::*;
pub use margin::*;
pub use market::*;
pub use options::*;
pub use positions::*;
pub use traders::*;
pub use venues::*;

use super::table::all_groups;

all_groups! {
    /// The coin and the clock.
    market: Market;
    /// Depth, impact and its decay.
    liquidity: Liquidity;
    /// Orders of everybody else.
    noise_flow: NoiseFlow;
    /// Who stands in the books.
    makers: Makers;
    /// The master of the leverage bands.
    leverage: Leverage;
    /// Leverage bands.
    bands: Band [3; "band" = [
        Band { weight: 0.35, leverage: 25.0, dispersion: 0.3, entry_width: 0.01, entry_offset: 0.0 },
        Band { weight: 0.65, leverage: 5.0, dispersion: 0.3, entry_width: 0.02, entry_offset: 0.0 },
        Band::default(),
    ]];
    /// Massed or spread entries.
    concentration: Concentration;
    /// The levered positions.
    positions: Positions;
    /// Maintenance margin.
    margin: Margin;
    /// Margin that follows volatility.
    volatility_margin: VolatilityMargin;
    /// What coin collateral counts for.
    haircut: Haircut;
    /// Margin calls.
    margin_calls: MarginCalls;
    /// Mark price.
    marks: Marks;
    /// What the index is made of.
    index: Index;
    /// The published index.
    oracle: Oracle;
    /// Number of venues.
    venues: Venues;
    /// Each venue's share.
    venue: Venue [8; "venue" = {
        const WEIGHTS: [f64; VENUES_MAX] = [0.4, 0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1];
        WEIGHTS.map(|weight| Venue { depth_weight: weight, interest_weight: weight, ..Venue::default() })
    }], applies |p, index| index < p.venues.count as usize;
    /// Number of regions.
    regions: Regions;
    /// Spot markets elsewhere, and the bridges to them.
    region: Region [3; "region"; from 2 = [Region::default(); 3]],
        applies |p, index| index + 1 < p.regions.count as usize;
    /// Arbitrage between the books.
    arbitrage: Arbitrage;
    /// Funding payments.
    funding: Funding;
    /// Traders who come for funding.
    carry: Carry;
    /// Traders who sell ahead of liquidations.
    predators: Predators;
    /// Traders who lean against dislocation.
    providers: Providers;
    /// Stop-loss orders.
    stops: Stops;
    /// Insurance fund and auto-deleveraging.
    fund: Fund;
    /// Clearing members and the clearing house.
    clearing: Clearing;
    /// Rounds.
    execution: Execution;
    /// Limit on the speed of liquidation.
    throttle: Throttle;
    /// Where liquidated positions are closed.
    routes: Routes;
    /// Automated market maker.
    amm: Amm;
    /// Dutch auction.
    auction: Auction;
    /// Backstop vault.
    vault: Vault;
    /// The decentralized lending pool.
    lending: Lending;
    /// Trading halts.
    halt: TradingHalt;
    /// Limit on the distance forced orders may move the price.
    price_band: PriceBand;
    /// Liquidation in tranches.
    staggered: Staggered;
    /// Options on the coin.
    options: Options;
    /// Those who hedge them.
    dealers: Dealers;
    /// Those who have sold options on margin.
    writers: Writers;
    /// New positions.
    reopening: Reopening;
    /// Number of assets.
    assets: Assets;
    /// How the second, third and fourth asset differ from the first.
    other_assets: OtherAsset [3; "asset"; from 2 = [OtherAsset::default(); 3]],
        applies |p, index| index + 1 < p.assets.count as usize;
    /// Accounts with positions in several assets.
    cross: CrossAccounts;
    /// The shock button.
    shock: ShockSettings;
    /// The outage button.
    outage: OutageSettings;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::{Kind, Parameters, Scale, Scenario, find, table};

    #[test]
    fn every_row_is_sound() {
        let mut paths = BTreeSet::new();
        for row in table() {
            let (low, high) = row.range;
            assert!(paths.insert(&row.path), "{} twice", row.path);
            assert!(
                low < high && (low..=high).contains(&row.default),
                "{}: default out of range",
                row.path
            );
            assert!(
                row.doc.len() > 8 && !row.label.is_empty(),
                "{}: say what it is",
                row.path
            );
            match row.scale {
                Scale::Linear => {}
                Scale::Log => assert!(low > 0.0, "{}", row.path),
                Scale::LogFromZero(smallest) => assert!(low == 0.0 && smallest > 0.0, "{}", row.path),
            }
            if let Kind::Choice(names) = row.kind {
                assert_eq!(high as usize + 1, names.len(), "{}", row.path);
            }
        }
    }

    #[test]
    fn every_row_reads_what_it_wrote_and_touches_nothing_else() {
        for row in table() {
            for target in [row.range.0, row.range.1] {
                let mut parameters = Parameters::default();
                row.set(&mut parameters, target).unwrap();
                assert_eq!(row.get(&parameters), target, "{}", row.path);
                for other in table().iter().filter(|other| other.id != row.id) {
                    assert_eq!(
                        other.get(&parameters),
                        other.default,
                        "{} moved {}",
                        row.path,
                        other.path
                    );
                }
                let written = row.write(target);
                assert_eq!(row.read(&written).unwrap(), target, "{}", row.path);
            }
        }
    }

    #[test]
    fn bad_values_are_refused_with_the_allowed_range() {
        let mut scenario = Scenario::default();
        for (path, value) in [
            ("margin.maintenance", 0.2),
            ("margin.maintenance", f64::NAN),
            ("liquidity.depth", f64::INFINITY),
            ("venues.count", 2.5),
            ("venue_8.depth_weight", -1.0),
        ] {
            let message = scenario.set(path, value).unwrap_err().to_string();
            assert!(message.contains(path) && message.contains("from"), "{message}");
        }
        assert_eq!(scenario, Scenario::default());
        assert!(find("leverage.maen").unwrap_err().to_string().contains("leverage.mean"));
    }
}
