//! How close the market is to a runaway: the reproduction ratio R.

use cascade_scenario::{AssetId, BookId, LoanOutlet, Parameters, VenueId};

use crate::market::books::Market;
use crate::positions::contract::Side;
use crate::positions::population::Population;
use crate::positions::venue::{Contract, Venue};
#[cfg(doc)]
use crate::positions::venues::Venues;
use crate::random::{Purpose, RandomStreams};
use crate::traders::dealers::Dealers;
use crate::units::{Price, Usd};
use crate::world::World;

/// Log-price distance over which the density of liquidations is averaged.
pub(crate) const WINDOW: f64 = 0.005;

/// Liquidations in USD that the next small move sets off, per USD of liquidation that causes it.
///
/// ℓ_v is the notional of a side resting within half a per cent of venue v's mark, per unit of log price; what the mark has
/// passed and no engine has looked at yet is set off already and is not part of it ([`Venues::backlog`]). A liquidation of V
/// at venue u moves u's own price by V/D_u and the index by ω_u·V/D_u, ω_u the share of its book in it, so the next generation
/// is G_vu = ℓ_v·(w_v·ω_u/D_u + (1 − w_v)·δ_vu/D_u); R is its spectral radius: max ℓ_v/D_v where marks are own prices, Σℓ/ΣD where
/// they are an index of all books by depth, 0 where they are an index of spot alone. Where arbitrage joins the books, a move
/// stays with all of them and R = Σℓ/ΣD. R > 1 is necessary for a runaway; with decay of the impact it is not sufficient.
///
/// Loans are liquidated by the spot price alone and trade on spot: without arbitrage they set off ℓ_L/D_spot of themselves and
/// no venue moves them, which leaves max(R of the venues, ℓ_L/D_spot); with it ℓ_L joins Σℓ.
///
/// To that comes what dealers trade: a hedge flow of g per unit of log price, in the direction of the move where they are
/// short gamma, adds g/ΣD, or where arbitrage is absent g times the impact of a hedge on the price it follows. Dealers who
/// are long gamma take away from R.
///
/// Stop orders are touched by the price of the book in which they trade: with arbitrage what rests of them joins Σℓ, without it
/// S_k/D_k is added to what each venue's own price sets off, and on spot to what loans do.
pub(crate) fn ratio(world: &World, dealers: &Dealers, side: Side) -> f64 {
    let hedging = dealers.flow_slope(&world.moment, &world.market);
    let impact = if world.moment.parameters.arbitrage.enabled {
        1.0 / world.market.total_depth().get()
    } else {
        Dealers::own_impact(&world.moment, &world.market)
    };
    liquidation_ratio(world, side) + hedging.get() * impact
}

/// The ratios of a fall and of a rise, the larger of what they are now and what they were after the rounds of this step so far.
pub(crate) fn largest(world: &World, dealers: &Dealers) -> [f64; 2] {
    let now = Side::BOTH.map(|side| ratio(world, dealers, side));
    let before = world.tally.reproduction.unwrap_or(now);
    std::array::from_fn(|side| now[side].max(before[side]))
}

fn liquidation_ratio(world: &World, side: Side) -> f64 {
    let sign = side.sign();
    // For impact laws that are not linear this is the depth that a move of the window's size meets.
    let depth = |book: BookId| world.market.order_for_move(book, -sign * WINDOW).abs() / WINDOW;
    let on = libm::exp(-sign * WINDOW);
    let resting = |venue: &Venue| {
        let beyond = |c: &Contract| {
            c.side(side)
                .resting_beyond(c.kind, c.funding, venue.mark, venue.mark * on)
        };
        venue.contracts.iter().map(beyond).sum::<Usd>() / WINDOW
    };
    let density = || world.venues.iter().map(resting);
    let total_depth: Usd = world.market.book_ids().map(depth).sum();
    let (loans, loans_depth) = loans(world, side, depth(BookId::SPOT), total_depth);
    let stops = |book: BookId| world.stops.between(&world.market, book, side, Some(0.0), WINDOW) / WINDOW;
    if world.moment.parameters.arbitrage.enabled {
        let stops: Usd = world.market.book_ids().map(stops).sum();
        return density().sum::<Usd>() / total_depth + loans / loans_depth + stops / total_depth;
    }
    let parameters = &world.moment.parameters;
    let gain = |venue: VenueId| 1.0 / depth(BookId::of(venue)).get();
    let venues = || world.venues.ids();
    let through_index: Vec<f64> = venues()
        .map(|venue| world.market.index_share(BookId::of(venue)) * gain(venue))
        .collect();
    let index_weight: Vec<f64> = venues().map(|venue| parameters.mark_weight_at(venue)).collect();
    let own: Vec<f64> = venues()
        .map(|venue| (1.0 - parameters.mark_weight_at(venue)) * gain(venue))
        .collect();
    let by_index: Vec<f64> = density()
        .zip(&index_weight)
        .map(|(density, w)| density.get() * w)
        .collect();
    let by_own: Vec<f64> = density()
        .zip(&own)
        .zip(venues())
        .map(|((density, own), venue)| density.get() * own + stops(BookId::of(venue)).get() * gain(venue))
        .collect();
    spectral_radius(&by_index, &through_index, &by_own).max((loans + stops(BookId::SPOT)) / loans_depth)
}

/// Worth of the coins that liquidations of loans would trade per unit of log price, and the depth against which they would.
fn loans(world: &World, side: Side, spot_depth: Usd, total_depth: Usd) -> (Usd, Usd) {
    let pool = world
        .lending
        .as_ref()
        .filter(|pool| world.moment.parameters.lending.enabled && pool.borrowed.order_sign() == -side.sign());
    let density = pool.map_or(Usd::ZERO, |pool| pool.flow_beyond(WINDOW) / WINDOW);
    let joined = world.moment.parameters.arbitrage.enabled;
    match (world.moment.parameters.lending.outlet, &world.pool) {
        // Only arbitrage carries the price of the automated market maker to the books.
        (LoanOutlet::Amm, Some(amm)) if joined => (density, total_depth + amm.depth()),
        (LoanOutlet::Amm, Some(_)) => (Usd::ZERO, spot_depth),
        _ => (density, if joined { total_depth } else { spot_depth }),
    }
}

/// Largest eigenvalue of left·rightᵀ + diag(own), which has the eigenvalues of the symmetric matrix with √(left·right) on either
/// side: power iteration with Rayleigh quotient.
fn spectral_radius(left: &[f64], right: &[f64], own: &[f64]) -> f64 {
    let roots: Vec<f64> = left.iter().zip(right).map(|(l, r)| libm::sqrt(l * r)).collect();
    let mut vector = vec![1.0 / libm::sqrt(left.len() as f64); left.len()];
    let mut radius = 0.0;
    for _ in 0..64 {
        let common: f64 = roots.iter().zip(&vector).map(|(r, x)| r * x).sum();
        let next: Vec<f64> = (0..vector.len())
            .map(|v| roots[v] * common + own[v] * vector[v])
            .collect();
        let length = libm::sqrt(next.iter().map(|x| x * x).sum());
        if length == 0.0 {
            return 0.0;
        }
        radius = length;
        vector = next.into_iter().map(|x| x / length).collect();
    }
    radius
}

/// Distance from the price within which [`critical_leverage`] looks for the densest place.
const HORIZON: f64 = 0.1;
/// Positions that a book drawn to look for a leverage has.
pub const LEVERAGE_SAMPLE: u32 = 4_096;

/// The smallest mean leverage at which liquidations would somewhere within 10 % of the start price lie so dense that each
/// sets off another: the largest Σℓ(x)/ΣD, averaged over half a per cent of x, reaches 1. None if no leverage does it.
///
/// Estimated from a sample of the positions the parameters describe; impact law and depth are those at the start price.
pub fn critical_leverage(parameters: &Parameters) -> Option<f64> {
    // The densest place is near the price at high leverage and leaves the horizon at low: look for the first crossing.
    smallest_leverage(|mean| {
        let mut changed = *parameters;
        changed.leverage.mean = mean;
        changed.positions.count = LEVERAGE_SAMPLE;
        densest_ratio(&changed) >= 1.0
    })
}

/// The smallest leverage between 1 and 100 for which something holds, to 2 %; none if it holds for none. It is asked for at 17
/// places first: what holds for less than a stretch between two of them is not seen.
pub fn smallest_leverage(holds: impl Fn(f64) -> bool) -> Option<f64> {
    let (lowest, highest) = (1.0_f64, 100.0_f64);
    let steps = 16;
    let at = |i: i32| lowest * libm::pow(highest / lowest, f64::from(i) / f64::from(steps));
    let first = (0..=steps).find(|i| holds(at(*i)))?;
    if first == 0 {
        return Some(lowest);
    }
    let (mut below, mut above) = (at(first - 1), at(first));
    while above / below > 1.02 {
        let middle = libm::sqrt(below * above);
        if holds(middle) {
            above = middle;
        } else {
            below = middle;
        }
    }
    Some(above)
}

/// Largest reproduction ratio at any distance within the horizon, either side, for a fresh book.
fn densest_ratio(parameters: &Parameters) -> f64 {
    let market = Market::new(parameters);
    let start = Price::new(parameters.market.start_price);
    let mut rng = RandomStreams::new(1, AssetId::FIRST).stream(Purpose::Positions);
    let bins = (HORIZON / WINDOW) as usize;
    let mut notional = [vec![Usd::ZERO; bins], vec![Usd::ZERO; bins]];
    let population = Population::new(parameters);
    for placement in population.draw_book(&mut rng, start, 0) {
        let rule = population.requirement(placement.venue, placement.kind, placement.tier);
        let key = rule.key(&placement.position, placement.side);
        let price = rule.liquidation_price(key, placement.kind, placement.side, 0.0);
        let distance = -placement.side.sign() * libm::log(price / start) / WINDOW;
        if distance >= 0.0 && distance < bins as f64 {
            notional[placement.side as usize][distance as usize] +=
                placement.kind.notional(placement.position.quantity, start);
        }
    }
    let depth: Usd = market
        .book_ids()
        .map(|book| market.order_for_move(book, WINDOW) / WINDOW)
        .sum();
    notional
        .iter()
        .flatten()
        .fold(0.0_f64, |most, sum| most.max(*sum / WINDOW / depth))
}

#[cfg(test)]
mod tests {
    use super::{critical_leverage, spectral_radius};
    use cascade_scenario::Parameters;

    /// Ten times the depth needs higher leverage, ten times the open interest lower; enough depth forbids a runaway.
    #[test]
    fn critical_leverage_moves_with_depth_and_open_interest() {
        let mut parameters = Parameters::default();
        let usual = critical_leverage(&parameters).unwrap();
        assert!(usual > 2.0 && usual < 30.0, "{usual}");
        parameters.liquidity.depth = 25e9;
        assert!(critical_leverage(&parameters).unwrap() > usual);
        parameters.liquidity.depth = 1e12;
        assert_eq!(critical_leverage(&parameters), None);
    }

    #[test]
    fn radius_is_own_or_net_ratio_at_the_ends() {
        let (density, depths) = ([3.0, 1.0, 2.0], [4.0, 1.0, 8.0]);
        let own: Vec<f64> = density.iter().zip(depths).map(|(l, d)| l / d).collect();
        assert!((spectral_radius(&density, &[0.0; 3], &own) - 1.0).abs() < 1e-9);
        assert!((spectral_radius(&density, &[1.0 / 20.0; 3], &[0.0; 3]) - 6.0 / 20.0).abs() < 1e-12);
        // A 2×2 case by hand: [[.3, .1], [.1, .3]] has radius .4.
        assert!((spectral_radius(&[1.0, 1.0], &[0.1, 0.1], &[0.2, 0.2]) - 0.4).abs() < 1e-12);
    }
}
