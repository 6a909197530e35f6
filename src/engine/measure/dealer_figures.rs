//! The dealers' figures of a step.

use crate::measure::observation::Observation;
use crate::traders::dealers::Dealers;
use crate::units::{Coins, LogPrice};
use crate::world::World;

/// Enters them.
pub(crate) fn observe(dealers: &Dealers, world: &World, seen: &mut Observation) {
    let (moment, market) = (&world.moment, &world.market);
    let held = dealers.held(&world.venues);
    if dealers.book.is_empty() && held == Coins::ZERO && moment.parameters.dealers.gain == 0.0 {
        return;
    }
    seen.writers_closed = dealers.taken_over();
    seen.dealers_cut = 1.0 - dealers.kept();
    let reference = Dealers::reference(moment, market);
    let price = market.price_at(reference);
    let level = dealers.gamma_at(moment, market, price);
    seen.gamma_exposure = level.exposure;
    seen.gamma_exposure_index = level.index_convention;
    let nearest = |flips: &[LogPrice]| {
        let distance = |flip: &&LogPrice| (**flip - reference).abs();
        flips
            .iter()
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
            .map(|flip| market.price_at(*flip).get())
    };
    [seen.gamma_flip, seen.gamma_flip_index] = [nearest(&dealers.flips[0]), nearest(&dealers.flips[1])];
    seen.hedge_flow_up = dealers.flow_over(moment, market, libm::log1p(0.01)).get();
    seen.hedge_flow_down = dealers.flow_over(moment, market, libm::log1p(-0.01)).get();
    seen.dealer_option_delta = (dealers.option_delta(moment, market) * price).get();
    seen.dealer_hedge = (held * price).get();
    seen.options_expire_in = dealers.book.next_expiry().map(|at| at - moment.time_seconds());
}
