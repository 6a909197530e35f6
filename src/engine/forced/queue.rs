//! Takes positions out of a liquidation queue, or off an auction, to be closed together.

use crate::clock::Moment;
use crate::forced::batch::{Batch, Part};
use crate::market::books::Market;
use crate::positions::contract::{ContractKind, ContractSide};
use crate::positions::totals::Totals;
use crate::positions::venue::SideBook;
use crate::positions::venues::Venues;
use crate::units::{Price, Usd};
use cascade_scenario::BookId;
/// Takes positions worth at most `limit` for the book: lots whose auction is over, then the queue, the last one in part
/// if need be.
pub(crate) fn take_batch(
    moment: &Moment,
    market: &Market,
    venues: &mut Venues,
    place: ContractSide,
    limit: Usd,
) -> Option<Batch> {
    let ContractSide { venue, kind, side } = place;
    let book = venues[venue].contracts[kind as usize].side_mut(side);
    if limit <= Usd::ZERO || book.queue.is_empty() && book.lots.is_empty() {
        return None;
    }
    let price = market.books[BookId::of(venue)].price;
    let over = moment.started_by(moment.parameters.auction.duration);
    let (mut totals, mut notional, mut parts) = take_lots(book, kind, price, limit, over);
    while let Some(next) = book.queue.front_mut() {
        let size = kind.notional(next.quantity, price);
        let room = limit - notional;
        if size <= room {
            totals.add(next);
            notional += size;
            parts.push(Part {
                position: *next,
                last: true,
            });
            book.queue.pop_front();
        } else {
            if room > 1e-12 * limit {
                let position = next.split(room / size);
                totals.add(&position);
                parts.push(Part { position, last: false });
                notional = limit;
            }
            break;
        }
    }
    book.queued = if book.nothing_queued() {
        0.0
    } else {
        book.queued - totals.quantity
    };
    (notional > Usd::ZERO).then_some(Batch {
        venue,
        kind,
        side,
        totals,
        notional,
        parts,
    })
}

/// Takes at most `limit` of the lots that were offered in step `latest` or before, the last one in part if need be.
/// Returns their sums and notional, and what is taken of each.
pub(crate) fn take_lots(
    book: &mut SideBook,
    kind: ContractKind,
    price: Price,
    limit: Usd,
    latest: Option<u64>,
) -> (Totals, Usd, Vec<Part>) {
    let (mut totals, mut notional, mut parts) = (Totals::default(), Usd::ZERO, Vec::new());
    while let Some(lot) = book
        .lots
        .front_mut()
        .filter(|lot| latest.is_some_and(|step| lot.started <= step))
    {
        let size = kind.notional(lot.totals.quantity, price);
        let room = limit - notional;
        if size <= room {
            totals.absorb(&lot.totals);
            notional += size;
            parts.extend(lot.positions.drain(..).map(|position| Part { position, last: true }));
            book.lots.pop_front();
        } else {
            if room > 1e-12 * limit {
                let share = room / size;
                totals.absorb(&lot.totals.split(share));
                let split = lot.positions.iter_mut().map(|position| position.split(share));
                parts.extend(split.map(|position| Part { position, last: false }));
                notional = limit;
            }
            break;
        }
    }
    (totals, notional, parts)
}
