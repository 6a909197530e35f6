//! Noise flow: the orders of everybody who trades for reasons of their own, book by book, so that the venues' prices part
//! even when nobody is liquidated.
//!
//! A venue's traders bring orders in proportion to its open interest, but its book absorbs them in proportion to its depth:
//! V_k = σ·√dt·D₀·w_k·Z_k with w_k the book's share of the flow and D₀ the depth of all books. Where w_k is the share of the
//! depth, every book has volatility σ from it; where interest and depth are split differently, the bases differ more.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use cascade_scenario::VENUES_MAX;

use crate::clock::Moment;
use crate::clock::YEAR_SECONDS;
use crate::market::books::Market;
use crate::market::source::Source;
use crate::positions::population::venue_shares;
use crate::random::{Purpose, RandomStreams};
use crate::units::Usd;

/// The noise traders of an asset.
#[derive(Clone, Debug)]
pub(crate) struct NoiseFlow {
    rng: ChaCha8Rng,
}

impl NoiseFlow {
    /// Nobody has traded yet.
    pub(crate) fn new(streams: RandomStreams) -> Self {
        Self {
            rng: streams.stream(Purpose::NoiseFlow),
        }
    }

    /// One step's orders; they are part of what happens without forced flow.
    pub(crate) fn act(&mut self, moment: &Moment, market: &mut Market) {
        let volatility = moment.parameters.noise_flow.volatility;
        if volatility == 0.0 {
            return;
        }
        // As many variates whatever the number of venues.
        let draws: [f64; VENUES_MAX + 1] = std::array::from_fn(|_| StandardNormal.sample(&mut self.rng));
        let liquidity = &moment.parameters.liquidity;
        let unit = volatility * libm::sqrt(moment.dt() / YEAR_SECONDS) * Usd::new(liquidity.depth);
        let spot_share = liquidity.spot_share;
        let at_home = spot_share * moment.parameters.spot_share_at_home();
        let at_venues = venue_shares(&moment.parameters).map(|share| (1.0 - spot_share) * share);
        let shares = std::iter::once(at_home).chain(at_venues);
        for (book, (share, draw)) in market.book_ids().zip(shares.zip(draws)) {
            let order = unit * share * draw;
            let room = market.order_limit(book, order.get());
            let order = order.within(room);
            if order != Usd::ZERO {
                market.execute(book, order, Source::Exogenous);
            }
        }
    }
}
