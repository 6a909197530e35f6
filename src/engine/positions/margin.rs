//! Volatility margin: maintenance rates that follow an estimate of volatility, and the tools that soften how they tighten
//! when it hurts most; and the haircut of coin collateral, which follows the same estimate.
//!
//! With a haircut h a coin-margined position is liquidated when (1 − h)·coins + profit ≤ m·notional, as cross-margin accounts
//! are. The collateral of a unit differs from position to position, so that a haircut moves every key by another distance and
//! the ladders are ordered anew; it is revised when it is off by a percentage point. Venues may differ in their schedules,
//! except under a clearing house, which has one for all of them.

use cascade_scenario::{BookId, Haircut, VENUES_MAX, VenueId};

use crate::clock::Moment;
use crate::market::books::Market;
use crate::market::volatility::VolatilityEstimate;
use crate::positions::charge::{
    Charge, HIGHEST_RATE, charge_at, charged_rate, full_rate, haircut_at, initial_charges, revised_haircut,
    uncovered_rate,
};
use crate::positions::venues::Venues;
use crate::units::{LogPrice, Usd};

/// Relative change of the rate after which the resting levels count as moved.
const NOTICEABLE: f64 = 0.002;

/// Each venue's estimate and the rate it charges.
#[derive(Clone, Debug)]
pub(crate) struct MarginModel {
    estimates: [VolatilityEstimate; VENUES_MAX],
    charged: [f64; VENUES_MAX],
    /// The haircuts in force, and the schedules they are of.
    haircuts: [f64; VENUES_MAX],
    schedules: [Haircut; VENUES_MAX],
    /// Charges at which the resting levels were last counted as moved.
    noticed: [Option<Charge>; VENUES_MAX],
    was_enabled: bool,
    was_measuring: bool,
}

/// Share of a position that a holder who has just what is required must cut because the requirement is higher than at its
/// lowest so far, max(0, 1 − m_lowest/m) in the lowest tier, m the share that has to be posted: mean over the levered notional.
pub(crate) fn forced_cut(venues: &Venues) -> f64 {
    let (mut notional, mut cut) = (Usd::ZERO, Usd::ZERO);
    for venue in venues.iter() {
        for contract in &venue.contracts {
            for book in &contract.sides {
                let (Some(tier), size) = (
                    book.tiers.first(),
                    contract.kind.notional(book.open.quantity, venue.mark),
                ) else {
                    continue;
                };
                notional += size;
                cut += size * tier.forced_cut();
            }
        }
    }
    if notional > Usd::ZERO { cut / notional } else { 0.0 }
}

impl MarginModel {
    /// The estimate stands at the market's own volatility, the buffer is full.
    pub(crate) fn new(moment: &Moment) -> Self {
        let volatility = moment.parameters.market.volatility;
        let settings = &moment.parameters.volatility_margin;
        let full = full_rate(settings, volatility);
        Self {
            estimates: [VolatilityEstimate::new(volatility, LogPrice::START); VENUES_MAX],
            charged: [full; VENUES_MAX],
            haircuts: initial_charges(&moment.parameters).map(|charge| charge.haircut),
            schedules: schedules(moment),
            noticed: [None; VENUES_MAX],
            was_enabled: settings.enabled,
            was_measuring: settings.enabled || moment.parameters.haircut.enabled,
        }
    }

    /// What volatility adds at every venue.
    pub(crate) fn charges(&self, moment: &Moment) -> [Charge; VENUES_MAX] {
        std::array::from_fn(|venue| {
            charge_at(
                &moment.parameters,
                VenueId::new(venue),
                self.charged[venue],
                self.haircuts[venue],
            )
        })
    }

    /// Maintenance rate of dollar-margined positions in the lowest tier, mean over venues.
    pub(crate) fn maintenance_rate(&self, moment: &Moment, venues: &Venues) -> f64 {
        let charges = self.charges(moment);
        let rate = |venue: VenueId| moment.parameters.margin_at(venue).maintenance + charges[venue.index()].add_on;
        mean_over_venues(venues, rate)
    }

    /// Share of coin collateral that does not count, mean over venues.
    pub(crate) fn haircut(&self, moment: &Moment, venues: &Venues) -> f64 {
        let charges = self.charges(moment);
        mean_over_venues(venues, |venue| charges[venue.index()].haircut)
    }

    /// Updates estimates, rates and haircuts with this step's prices. Returns whether keys have moved: then calls have to be
    /// configured anew.
    pub(crate) fn act(&mut self, moment: &Moment, market: &Market, venues: &mut Venues) -> bool {
        let settings = moment.parameters.volatility_margin;
        let measuring = settings.enabled || moment.parameters.haircut.enabled;
        if !measuring && !self.was_measuring {
            return false;
        }
        if measuring && !self.was_measuring {
            *self = Self::new(moment);
            let volatility = moment.parameters.market.volatility;
            for venue in venues.ids() {
                self.estimates[venue.index()] = VolatilityEstimate::new(volatility, observed(moment, market, venue));
            }
        } else if settings.enabled && !self.was_enabled {
            self.charged = self
                .estimates
                .map(|estimate| full_rate(&settings, estimate.volatility()));
        }
        (self.was_enabled, self.was_measuring) = (settings.enabled, measuring);
        for id in venues.ids() {
            let venue = id.index();
            let estimate = &mut self.estimates[venue];
            estimate.see(moment, settings.half_life, observed(moment, market, id));
            let uncovered = uncovered_rate(&settings, estimate.volatility());
            self.charged[venue] =
                charged_rate(&settings, uncovered, self.charged[venue], moment.dt()).min(HIGHEST_RATE);
        }
        self.revise_haircuts(moment);
        let mut rekeyed = false;
        for (venue, charge) in venues.ids().zip(self.charges(moment)) {
            rekeyed |= venues[venue].set_charge(charge);
            let base = moment.parameters.margin_at(venue).maintenance;
            let moved = self.noticed[venue.index()].is_none_or(|before| {
                let rate = (charge.add_on - before.add_on).abs() / (base + charge.add_on);
                let haircut = (charge.haircut - before.haircut).abs() / (1.0 - charge.haircut);
                rate.max(haircut) > NOTICEABLE
            });
            if moved {
                self.noticed[venue.index()] = Some(charge);
                venues.version += 1;
            }
        }
        rekeyed
    }

    /// Another schedule holds at once; one schedule's haircut is revised as it moves.
    fn revise_haircuts(&mut self, moment: &Moment) {
        let schedules = schedules(moment);
        for (venue, schedule) in schedules.iter().enumerate() {
            let wanted = haircut_at(schedule, self.estimates[venue].volatility());
            self.haircuts[venue] = if *schedule == self.schedules[venue] {
                revised_haircut(self.haircuts[venue], wanted)
            } else {
                wanted
            };
        }
        self.schedules = schedules;
    }
}

/// Each venue's haircut schedule.
fn schedules(moment: &Moment) -> [Haircut; VENUES_MAX] {
    std::array::from_fn(|venue| moment.parameters.haircut_at(VenueId::new(venue)))
}

fn mean_over_venues(venues: &Venues, of: impl Fn(VenueId) -> f64) -> f64 {
    venues.ids().map(of).sum::<f64>() / venues.len() as f64
}

/// The log price a venue's estimate follows: one index for all, or its own futures.
fn observed(moment: &Moment, market: &Market, venue: VenueId) -> LogPrice {
    if moment.parameters.volatility_margin.market_wide {
        market.index_level().log_price()
    } else {
        market.log_price(BookId::of(venue))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Simulation;
    use crate::positions::charge::initial_charges;
    use crate::positions::contract::ContractKind;
    use crate::random::RandomStreams;
    use crate::world::World;
    use cascade_scenario::{AssetId, Scenario, Shock};

    /// In the running engine the rate rises after a shock, and falls back with the half-life.
    #[test]
    fn the_rate_follows_the_estimate() {
        let mut scenario = Scenario::default();
        for (path, value) in [
            ("volatility_margin.enabled", 1.0),
            ("volatility_margin.half_life", 600.0),
            ("volatility_margin.risk_period", 86_400.0),
            ("volatility_margin.confidence", 3.0),
            ("market.volatility", 0.3),
            ("positions.open_interest", 0.0),
            ("volatility_margin.buffer", 0.0),
        ] {
            scenario.set(path, value).unwrap();
        }
        let mut simulation = Simulation::new(&scenario).unwrap();
        let calm = simulation.assets[0].observation().maintenance_rate;
        assert!((calm - 3.0 * 0.3 / 365.0_f64.sqrt()).abs() < 1e-12, "{calm}");
        simulation.shock(&Shock {
            size: Some(-0.02),
            over_steps: Some(6),
            ..Shock::default()
        });
        for _ in 0..6 {
            simulation.step();
        }
        let stressed = simulation.assets[0].observation().maintenance_rate;
        assert!(stressed > 2.0 * calm, "{calm} → {stressed}");
        for _ in 0..2_000 {
            simulation.step();
        }
        assert!(simulation.assets[0].observation().maintenance_rate < 0.5 * stressed);
    }

    /// The procyclical rise of an EWMA margin, in the running engine and at half its size: λ = .94 a step, 2 % of volatility a
    /// step, one move of 10 %. That cuts 35.98 % of a position that just meets the margin, and with a buffer of 25 % 19.98 %; what
    /// is liquidated at the unmoved mark, tighter margins liquidated.
    #[test]
    fn t19_the_forced_cut_of_the_running_engine() {
        for (buffer, cut) in [(0.0, 0.359_8), (0.25, 0.199_8)] {
            let mut scenario = Scenario::default();
            let half_life = 86_400.0 / -libm::log2(0.94);
            for (path, value) in [
                ("market.step_seconds", 3_600.0),
                ("market.volatility", 0.02 * (24.0_f64 * 365.0).sqrt()),
                ("volatility_margin.enabled", 1.0),
                ("volatility_margin.half_life", half_life / 24.0),
                ("volatility_margin.risk_period", 900.0),
                ("volatility_margin.confidence", 6.0),
                ("volatility_margin.buffer", buffer),
                ("margin.maintenance", 0.001),
                ("positions.count", 100.0),
            ] {
                scenario.set(path, value).unwrap();
            }
            let mut world = World::new(&scenario.parameters, RandomStreams::new(1, AssetId::FIRST), 0);
            let mut model = MarginModel::new(&world.moment);
            for (venue, charge) in world.venues.iter_mut().zip(initial_charges(&scenario.parameters)) {
                venue.set_charge(charge);
                venue.begin_calm();
            }
            world.venues[0].contracts[0].open(
                crate::Side::Long,
                0,
                crate::Position {
                    id: 0,
                    quantity: 1.0,
                    entry: 1e5,
                    margin: 1e5,
                },
            );
            assert_eq!(forced_cut(&world.venues), 0.0);
            world.market.move_efficient(0.1);
            model.act(&world.moment, &world.market, &mut world.venues);
            assert!(
                (forced_cut(&world.venues) - cut).abs() < 1e-4,
                "{}",
                forced_cut(&world.venues)
            );
        }
    }

    /// A venue with twice the common rate that charges no volatility margin, beside three that do.
    #[test]
    fn policies_differ_by_venue_and_change_at_once() {
        let mut scenario = Scenario::default();
        for (path, value) in [
            ("volatility_margin.enabled", 1.0),
            ("volatility_margin.risk_period", 86_400.0),
            ("market.volatility", 0.3),
            ("venue_2.volatility_margin", 0.0),
            ("venue_2.maintenance_multiple", 2.0),
            ("haircut.enabled", 1.0),
        ] {
            scenario.set(path, value).unwrap();
        }
        let mut simulation = Simulation::new(&scenario).unwrap();
        let rates = |simulation: &Simulation| -> Vec<[f64; 2]> {
            let venues = simulation.assets[0].world.venues.iter();
            venues
                .map(|venue| {
                    let rule = |kind: usize| venue.contracts[kind].sides[0].tiers[0].requirement;
                    [0, 1].map(|kind| rule(kind).posted_share())
                })
                .collect()
        };
        let charged = 2.33 * 0.3 / 365.0_f64.sqrt();
        for (venue, rate) in rates(&simulation).into_iter().enumerate() {
            let expected = if venue == 1 { 0.01 } else { charged };
            assert!((rate[0] - expected).abs() < 1e-12 && (rate[1] - expected / 0.9).abs() < 1e-12);
        }
        let multiple = cascade_scenario::find("venue_2.maintenance_multiple").unwrap().id;
        simulation.set(multiple, 3.0).unwrap();
        simulation.step();
        assert!((rates(&simulation)[1][0] - 0.015).abs() < 1e-12);
        assert!((rates(&simulation)[0][0] - charged).abs() < 0.1 * charged);
    }

    /// Each venue's schedule is a multiple of the common one, cut off at the same widest haircut; a clearing house has one.
    #[test]
    fn haircuts_differ_by_venue_but_not_under_a_clearing_house() {
        let mut scenario = Scenario::default();
        for (path, value) in [
            ("haircut.enabled", 1.0),
            ("haircut.base", 0.2),
            ("haircut.most", 0.5),
            ("venue_1.haircut_multiple", 0.0),
            ("venue_2.haircut_multiple", 1.5),
            ("venue_3.haircut_multiple", 4.0),
        ] {
            scenario.set(path, value).unwrap();
        }
        for (scheme, expected) in [
            (0.0, [0.0, 0.3, 0.5, 0.2]),
            (1.0, [0.0, 0.3, 0.5, 0.2]),
            (2.0, [0.2; 4]),
        ] {
            scenario.set("clearing.scheme", scheme).unwrap();
            let simulation = Simulation::new(&scenario).unwrap();
            for (venue, haircut) in simulation.assets[0].world.venues.iter().zip(expected) {
                let rule = venue.contracts[ContractKind::Inverse as usize].sides[0].tiers[0].requirement;
                assert!((rule.posted_share() - 0.005 / (1.0 - haircut)).abs() < 1e-15);
            }
        }
    }

    /// Nothing moves but the common maintenance rate: whoever is liquidated now, tighter margins liquidated, and all of them are
    /// counted. With the rate untouched a fall liquidates by the price alone.
    #[test]
    fn liquidations_by_tightening_are_told_from_those_by_price() {
        for (rate, fall) in [(0.02, 0.0), (0.005, -0.03)] {
            let mut scenario = Scenario::default();
            for (path, value) in [("market.volatility", 0.0), ("funding.enabled", 0.0)] {
                scenario.set(path, value).unwrap();
            }
            let mut simulation = Simulation::new(&scenario).unwrap();
            simulation.step();
            let maintenance = cascade_scenario::find("margin.maintenance").unwrap().id;
            simulation.set(maintenance, rate).unwrap();
            if fall < 0.0 {
                simulation.shock(&Shock {
                    size: Some(fall),
                    over_steps: Some(1),
                    ..Shock::default()
                });
            }
            simulation.step();
            let seen = simulation.assets[0].observation();
            let taken = seen.liquidated_longs + seen.liquidated_shorts + seen.queued;
            assert!(taken > 1e6);
            if fall < 0.0 {
                assert_eq!(seen.tightened, 0.0);
            } else {
                assert!(
                    (seen.tightened / taken - 1.0).abs() < 0.05,
                    "{} of {taken}",
                    seen.tightened
                );
                assert!((seen.forced_cut - 0.75).abs() < 1e-12);
            }
        }
    }
}
