//! Changes an asset's market while it runs: other parameters, and a levered book that is closed or drawn anew.

use cascade_scenario::{Parameters, VenueId};

use super::Asset;
use crate::forced::clearing;
use crate::lending;
use crate::positions::contract::{ContractKind, Position, Side};
use crate::positions::population::{Placement, Population};
use crate::positions::venues::Venues;
use crate::random::Purpose;
use crate::world::World;

impl Asset {
    /// Takes over parameters that count from the next step.
    pub(crate) fn configure(&mut self, parameters: &Parameters) {
        let before = self.world.moment.parameters;
        self.world.moment.parameters = *parameters;
        self.world.market.configure(parameters);
        self.population = Population::new(parameters);
        self.dealers
            .configure(&self.world.moment, &self.world.market, &mut self.world.venues, &before);
        let World {
            moment,
            market,
            venues,
            stops,
            ..
        } = &mut self.world;
        stops.configure(moment, market, venues, &before);
        if let Some(pool) = &mut self.world.pool {
            pool.resize(parameters.amm.reserves_usd / before.amm.reserves_usd);
        }
        let margins_move = |venue: VenueId| before.margin_at(venue) != parameters.margin_at(venue);
        let margins_moved = self.world.venues.ids().any(margins_move);
        if margins_moved {
            let start_price = self.world.market.start_price();
            for (id, venue) in VenueId::each(self.world.venues.iter_mut()) {
                venue.configure(&parameters.margin_at(id), start_price);
                if before.margin.tiers != parameters.margin.tiers {
                    venue.begin_calm();
                }
            }
            self.world.venues.version += 1;
        }
        if margins_moved || before.margin_calls != parameters.margin_calls {
            self.calls.configure(&self.world.moment, &mut self.world.venues);
        }
        if before.clearing != parameters.clearing {
            clearing::resize(&self.world.moment, &self.world.venues, &mut self.world.clearing);
        }
    }

    /// Closes the levered book at the marks, without impact.
    fn close_all(&mut self) {
        self.calls.forget();
        for venue in self.world.venues.iter_mut() {
            for contract in &mut venue.contracts {
                contract.close_all(contract.kind.value(venue.mark));
            }
            venue.begin_calm();
        }
    }

    /// Closes the levered book at the marks, without impact, and draws it anew around the index; a book that the scenario
    /// lists stays as it is. Loans are drawn anew either way.
    pub(crate) fn redraw(&mut self) {
        self.update_marks();
        if !self.listed {
            self.close_all();
            // Every redraw uses the same streams, so that dragging a slider there and back gives the same book.
            let mut rng = self.streams.stream(Purpose::Positions);
            let price = self.world.market.price_at(self.world.market.index_level().log_price());
            self.population.at_charges(self.margin.charges(&self.world.moment));
            let placements = self.population.draw_book(&mut rng, price, self.world.venues.next_id);
            place_all(&mut self.world.venues, &placements);
            clearing::resize(&self.world.moment, &self.world.venues, &mut self.world.clearing);
            self.reopening
                .aim_at(self.world.venues.levered(Side::Long) + self.world.venues.levered(Side::Short));
        }
        lending::redraw(&self.world.moment, &mut self.world.lending);
        self.world.tally.reproduction = None;
        self.observe();
    }
}

/// Opens drawn or listed positions.
pub(super) fn place_all(venues: &mut Venues, placements: &[Placement]) {
    // By venue, contract, side and tier.
    let mut entered: Vec<Vec<Position>> = Vec::new();
    let mut first_slots = Vec::new();
    for book in venues.iter().flat_map(|venue| &venue.contracts).flat_map(|c| &c.sides) {
        first_slots.push(entered.len());
        entered.resize_with(entered.len() + book.tiers.len(), Vec::new);
    }
    for Placement {
        venue,
        kind,
        side,
        tier,
        position,
    } in placements.iter().copied()
    {
        venues.next_id = venues.next_id.max(position.id + 1);
        let position = venues[venue].contracts[kind as usize].enter(side, position);
        let book = (venue.index() * ContractKind::BOTH.len() + kind as usize) * Side::BOTH.len() + side as usize;
        entered[first_slots[book] + tier].push(position);
    }
    let books = venues.iter_mut().flat_map(|venue| &mut venue.contracts);
    let tiers = books
        .flat_map(|contract| &mut contract.sides)
        .flat_map(|book| book.tiers.iter_mut().map(|tier| (book.side, tier)));
    for ((side, tier), positions) in tiers.zip(entered) {
        tier.place_all(&positions, side);
    }
    venues.version += 1;
}
