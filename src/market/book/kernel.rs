//! From an entry to liquidation prices: the leverages that are distinguished, and how each spreads.

use cascade_scenario::PositionSide;

/// Number of leverages.
pub const TIERS: usize = 8;

/// The leverages that venues offer and traders choose, from the highest on.
pub const LEVERAGES: [f64; TIERS] = [100.0, 50.0, 25.0, 20.0, 10.0, 5.0, 3.0, 2.0];

/// Share of the *standing* isolated positions at each of them, by notional, such that 10, 50 and 90 % lie within 3.1, 15.7 and
/// 42.7 % of liquidation: the distances on the one venue that shows all positions (Hyperliquid, 135,000–243,000 of them).
const STANDING: [f64; TIERS] = [0.02, 0.06, 0.09, 0.09, 0.24, 0.24, 0.16, 0.10];

/// Maintenance margin of the smallest positions on the large venues.
pub(super) const MAINTENANCE: f64 = 0.004;

/// Width of a cell of entry prices, log.
pub(super) const CELL: f64 = 0.001;

/// A leverage spreads over at most so many points.
const POINTS: i32 = 25;
/// It spreads so many standard deviations to each side.
const REACH: f64 = 2.5;

/// The price at which a position without other collateral is liquidated: `P·(1 ∓ 1/L)/(1 ∓ m)`.
pub fn liquidation_price(side: PositionSide, entry: f64, leverage: f64, maintenance: f64) -> f64 {
    let sign = match side {
        PositionSide::Long => 1.0,
        PositionSide::Short => -1.0,
    };
    entry * (1.0 - sign / leverage) / (1.0 - sign * maintenance)
}

/// Log distance from the entry to the liquidation price, above 0.
fn distance(side: PositionSide, leverage: f64) -> f64 {
    libm::fabs(libm::log(liquidation_price(side, 1.0, leverage, MAINTENANCE)))
}

/// A level at which a part of one leverage rests, whatever the entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    /// Log distance from the entry.
    pub distance: f64,
    /// Half of what it stands for to each side, log.
    pub half_width: f64,
    /// Which leverage.
    pub tier: usize,
    /// Part of the leverage.
    pub share: f64,
}

/// All levels of an entry, from the nearest on.
pub(super) fn points(side: PositionSide, dispersion: f64) -> Vec<Point> {
    let mut points = Vec::new();
    for (tier, leverage) in LEVERAGES.into_iter().enumerate() {
        let at = |deviations: f64| distance(side, (leverage * libm::exp(dispersion * deviations)).max(1.5));
        let width = libm::fabs(at(-REACH) - at(REACH));
        let count = ((width / CELL) as i32).clamp(3, POINTS) | 1;
        let step = 2.0 * REACH / f64::from(count);
        let own = (0..count).map(|k| {
            let deviations = -REACH + (f64::from(k) + 0.5) * step;
            let half = libm::fabs(at(deviations - step / 2.0) - at(deviations + step / 2.0)) / 2.0;
            Point {
                distance: at(deviations),
                half_width: half.max(CELL / 2.0),
                tier,
                share: libm::exp(-deviations * deviations / 2.0),
            }
        });
        let first = points.len();
        points.extend(own);
        let total: f64 = points[first..].iter().map(|point| point.share).sum();
        points[first..].iter_mut().for_each(|point| point.share /= total);
    }
    points.sort_by(|a, b| a.distance.total_cmp(&b.distance));
    points
}

/// Share of what is *opened* at each leverage, such that what stands is as on the venue that shows it: near levels live shorter.
/// A position at a log distance d lives (1 − e^(−d·√(2r)/σ))/r on average, until it is left (rate r a day) or touched
/// (Brownian motion, volatility σ a √day).
pub(super) fn opened(exits_per_day: f64, volatility: f64) -> [f64; TIERS] {
    let rate = (2.0 * exits_per_day).sqrt() / volatility;
    let mut shares = [0.0; TIERS];
    for (tier, share) in shares.iter_mut().enumerate() {
        *share = STANDING[tier] / -libm::expm1(-distance(PositionSide::Long, LEVERAGES[tier]) * rate);
    }
    let total: f64 = shares.iter().sum();
    shares.map(|share| share / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn liquidation_prices_by_the_formula() {
        let long = liquidation_price(PositionSide::Long, 20_000.0, 50.0, 0.005);
        assert!((long - 19_698.492_462).abs() < 1e-6, "{long}");
        let short = liquidation_price(PositionSide::Short, 20_000.0, 50.0, 0.005);
        assert!((short - 20_298.507_463).abs() < 1e-6, "{short}");
    }

    #[test]
    fn points_are_sorted_and_each_leverage_is_whole() {
        for side in [PositionSide::Long, PositionSide::Short] {
            let points = points(side, 0.15);
            assert!(points.is_sorted_by(|a, b| a.distance <= b.distance));
            for (tier, leverage) in LEVERAGES.into_iter().enumerate() {
                let own = || points.iter().filter(move |point| point.tier == tier);
                assert!((own().map(|point| point.share).sum::<f64>() - 1.0).abs() < 1e-12);
                let mean: f64 = own().map(|point| point.share * point.distance).sum();
                assert!(
                    (mean / distance(side, leverage) - 1.0).abs() < 0.06,
                    "{side:?} {tier} {mean}"
                );
            }
        }
    }

    /// The shorter a level lives, the more must be opened at it.
    #[test]
    fn openings_lean_to_high_leverage_against_what_stands() {
        let opened = opened(0.1, 0.03);
        assert!((opened.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let ratio = |tier: usize| opened[tier] / STANDING[tier];
        assert!((1..TIERS).all(|tier| ratio(tier) < ratio(tier - 1)));
    }
}
