//! A look at every standing position, in parts: so many at a time, so that a million of them do not hold up a frame.

use cascade_scenario::VenueId;

use crate::clock::Moment;
use crate::positions::contract::Side;
use crate::positions::tiers;
use crate::positions::venues::Venues;

/// What a standing position looks like at its venue's mark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StandingPosition {
    /// Venue.
    pub venue: VenueId,
    /// Side.
    pub side: Side,
    /// Notional at the mark, USD.
    pub notional_usd: f64,
    /// Effective leverage: notional over equity, both at the mark; infinite without equity.
    pub leverage: f64,
    /// Price it was entered at, USD.
    pub entry_price: f64,
    /// Mark price at which it is liquidated, USD; 0 or infinite if none does.
    pub liquidation_price: f64,
    /// Relative change of the mark against the position that liquidates it: 0 or less if it has been reached.
    pub distance: f64,
}

/// How far a look has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct SurveyPlace {
    /// Side of a contract of a venue, counted through.
    book: usize,
    tier: usize,
    bucket: usize,
}

/// Visits about `budget` positions from a place on, and moves it there. Returns whether all have been visited. Positions that
/// change their place between two calls may be visited twice or missed.
pub(crate) fn visit(
    moment: &Moment,
    venues: &Venues,
    place: &mut SurveyPlace,
    budget: usize,
    mut visit: impl FnMut(&StandingPosition),
) -> bool {
    let books = VenueId::each(venues.iter())
        .flat_map(|(id, venue)| venue.contracts.iter().map(move |contract| (id, venue.mark, contract)))
        .flat_map(|(id, mark, contract)| contract.sides.iter().map(move |book| (id, mark, contract, book)));
    let mut left = budget;
    for (venue, mark, contract, book) in books.skip(place.book) {
        let (kind, side, funding) = (contract.kind, book.side, contract.funding);
        let value = kind.value(mark);
        let mut look = |tier: usize, position: &crate::positions::contract::Position| {
            let rule = book.tiers[tier].requirement;
            let key = rule.key(position, side);
            let liquidation_price = rule.liquidation_price(key, kind, side, funding);
            let equity = position.equity(side, value, funding);
            let leverage = position.quantity * value.abs() / equity;
            visit(&StandingPosition {
                venue,
                side,
                notional_usd: kind.notional(position.quantity, mark).get(),
                leverage: if equity > 0.0 { leverage } else { f64::INFINITY },
                entry_price: kind.price(position.entry).get(),
                liquidation_price: liquidation_price.get(),
                distance: side.sign() * (1.0 - liquidation_price / mark),
            });
        };
        for tier in place.tier..book.tiers.len() {
            let ladder = &book.tiers[tier].ladder;
            let next = ladder.visit_from(place.bucket, &mut left, |position| look(tier, position));
            if let Some(bucket) = next {
                (place.tier, place.bucket) = (tier, bucket);
                return false;
            }
            place.bucket = 0;
        }
        for position in book.staggered.rests() {
            look(
                tiers::tier_of_position(&moment.parameters.margin, kind, &position),
                &position,
            );
        }
        (place.book, place.tier) = (place.book + 1, 0);
        if left == 0 {
            return false;
        }
    }
    true
}
