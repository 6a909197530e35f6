//! How the levered positions of a market are distributed: effective leverage, distance to liquidation, open interest by
//! price level, longs and shorts apart, everything weighted by notional. Computed in parts of bounded size.

use cascade_engine::{Asset, Clusters, PriceGrid, Side, StandingPosition, SurveyPlace};

/// Lowest leverage told apart, and how many bins follow: 2 % wide each, up to some 1,000×.
const LEVERAGE: (f64, f64, usize) = (0.5, 0.02, 380);
/// Width of a bin of distances, as a share of the mark; there are 1,000 up to 100 %.
const DISTANCE_STEP: f64 = 0.001;
const DISTANCES: usize = 1_000;

/// Distances within which shares are told.
pub const WITHIN: [f64; 4] = [0.01, 0.02, 0.05, 0.1];

/// How values are spread over bins.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bins {
    /// From a lowest value on, each this much wider in log.
    Log { lowest: f64, width: f64 },
    /// From 0 on, each this wide.
    Even { width: f64 },
}

/// Notional in USD by the value of something, longs and shorts apart. What lies beyond the ends is in the end bins.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    bins: Bins,
    longs: Vec<f64>,
    shorts: Vec<f64>,
}

impl Spread {
    fn new(bins: Bins, count: usize) -> Self {
        Self {
            bins,
            longs: vec![0.0; count],
            shorts: vec![0.0; count],
        }
    }

    fn add(&mut self, side: Side, value: f64, notional_usd: f64) {
        let place = match self.bins {
            Bins::Log { lowest, width } => (value / lowest).ln() / width,
            Bins::Even { width } => value / width,
        };
        let bins = match side {
            Side::Long => &mut self.longs,
            Side::Short => &mut self.shorts,
        };
        // A negative place saturates to the first bin.
        let bin = (place as usize).min(bins.len() - 1);
        bins[bin] += notional_usd;
    }

    /// Number of bins.
    pub const fn len(&self) -> usize {
        self.longs.len()
    }

    /// Whether there are no bins; there always are.
    pub const fn is_empty(&self) -> bool {
        self.longs.is_empty()
    }

    /// Notional of a side by bin, USD.
    pub fn of(&self, side: Side) -> &[f64] {
        match side {
            Side::Long => &self.longs,
            Side::Short => &self.shorts,
        }
    }

    /// The value at which a bin begins; with [`Self::len`] the end of the last.
    pub fn edge(&self, bin: usize) -> f64 {
        match self.bins {
            Bins::Log { lowest, width } => lowest * (width * bin as f64).exp(),
            Bins::Even { width } => width * bin as f64,
        }
    }

    /// The place of a value among the bins, which may lie between two edges.
    pub fn place(&self, value: f64) -> f64 {
        match self.bins {
            Bins::Log { lowest, width } => (value / lowest).ln() / width,
            Bins::Even { width } => value / width,
        }
    }

    /// All notional of some sides.
    pub fn total(&self, sides: &[Side]) -> f64 {
        sides.iter().flat_map(|side| self.of(*side)).sum()
    }

    /// The value below which this share of the notional lies, to the width of a bin; none without notional.
    pub fn quantile(&self, sides: &[Side], share: f64) -> Option<f64> {
        let wanted = share * self.total(sides);
        let mut below = 0.0;
        for bin in 0..self.len() {
            let here: f64 = sides.iter().map(|side| self.of(*side)[bin]).sum();
            if here > 0.0 && below + here >= wanted {
                let part = (wanted - below) / here;
                let (low, high) = (self.edge(bin), self.edge(bin + 1));
                return Some(low + part * (high - low));
            }
            below += here;
        }
        None
    }

    /// The share of the notional below a value that is the edge of a bin; 0 without notional.
    pub fn share_below(&self, sides: &[Side], value: f64) -> f64 {
        let end = (self.place(value).round() as usize).min(self.len());
        let below: f64 = sides.iter().flat_map(|side| &self.of(*side)[..end]).sum();
        let total = self.total(sides);
        if total > 0.0 { below / total } else { 0.0 }
    }
}

/// The distributions of one asset.
#[derive(Clone, Debug, PartialEq)]
pub struct Distributions {
    /// Effective leverage: notional over equity, both at the mark.
    pub leverage: Spread,
    /// Relative change of the mark that liquidates.
    pub distance: Spread,
    /// Notional by the price it was entered at.
    pub entry: Clusters,
    /// Notional by the price at which it is liquidated.
    pub liquidation: Clusters,
    /// Levels of both.
    pub grid: PriceGrid,
    /// Notional of longs and shorts whose entry, and whose liquidation, lies beyond the grid.
    pub beyond: [[f64; 2]; 2],
    /// Notional of longs and shorts.
    pub notional: [f64; 2],
    /// Number of longs and shorts.
    pub count: [u64; 2],
}

impl Distributions {
    /// No positions.
    pub fn empty(grid: PriceGrid) -> Self {
        let (lowest, width, count) = LEVERAGE;
        Self {
            leverage: Spread::new(Bins::Log { lowest, width }, count),
            distance: Spread::new(Bins::Even { width: DISTANCE_STEP }, DISTANCES),
            entry: Clusters::default(),
            liquidation: Clusters::default(),
            grid,
            beyond: [[0.0; 2]; 2],
            notional: [0.0; 2],
            count: [0; 2],
        }
    }

    /// All standing positions of an asset at once.
    pub fn of(asset: &Asset) -> Self {
        let mut found = Self::empty(asset.grid());
        asset.survey(&mut SurveyPlace::default(), usize::MAX, |position| found.add(position));
        found
    }

    /// Takes in one position.
    pub fn add(&mut self, position: &StandingPosition) {
        let (side, notional) = (position.side, position.notional_usd);
        self.leverage.add(side, position.leverage, notional);
        self.distance.add(side, position.distance, notional);
        let places = [
            (position.entry_price, &mut self.entry),
            (position.liquidation_price, &mut self.liquidation),
        ];
        for ((price, clusters), beyond) in places.into_iter().zip(&mut self.beyond) {
            let levels = match side {
                Side::Long => &mut clusters.longs,
                Side::Short => &mut clusters.shorts,
            };
            match self.grid.level(price) {
                Some(level) => levels[level] += notional,
                None => beyond[side as usize] += notional,
            }
        }
        self.notional[side as usize] += notional;
        self.count[side as usize] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_engine::Simulation;
    use cascade_scenario::Scenario;

    fn started(settings: &[(&str, f64)], steps: u32) -> Simulation {
        let mut scenario = Scenario::default();
        for (path, value) in settings {
            scenario.set(path, *value).unwrap();
        }
        let mut simulation = Simulation::new(&scenario).unwrap();
        for _ in 0..steps {
            simulation.step();
        }
        simulation
    }

    fn positions(asset: &Asset) -> Vec<StandingPosition> {
        let mut all = Vec::new();
        asset.survey(&mut SurveyPlace::default(), usize::MAX, |one| all.push(*one));
        all
    }

    /// Every histogram holds all of the levered notional but what waits in a queue.
    #[test]
    fn histograms_hold_the_levered_notional() {
        for settings in [
            &[][..],
            &[("positions.coin_margin_share", 0.5), ("margin.tiers", 1.0)][..],
        ] {
            let simulation = started(settings, 30);
            let (asset, seen) = (&simulation.assets()[0], simulation.assets()[0].observation());
            assert_eq!(seen.queued, 0.0);
            let found = Distributions::of(asset);
            for (side, levered) in [(Side::Long, seen.levered_longs), (Side::Short, seen.levered_shorts)] {
                let levels = |clusters: &Clusters| -> f64 {
                    match side {
                        Side::Long => clusters.longs.iter().sum(),
                        Side::Short => clusters.shorts.iter().sum(),
                    }
                };
                let beyond = found.beyond.map(|of| of[side as usize]);
                for sum in [
                    found.leverage.total(&[side]),
                    found.distance.total(&[side]),
                    found.notional[side as usize],
                    levels(&found.entry) + beyond[0],
                    levels(&found.liquidation) + beyond[1],
                ] {
                    assert!(
                        (sum / levered - 1.0).abs() < 1e-9,
                        "{settings:?} {side:?}: {sum:e} of {levered:e}"
                    );
                }
            }
            let standing = asset.standing().count() as u64;
            assert_eq!(found.count.iter().sum::<u64>(), standing);
        }
    }

    /// The value at which half of the notional lies below, by sorting.
    fn median(mut values: Vec<(f64, f64)>) -> f64 {
        values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let half = values.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
        let mut below = 0.0;
        let at = values.iter().find(|(_, weight)| {
            below += weight;
            below >= half
        });
        at.unwrap().0
    }

    /// Within a bin of what sorting all positions gives; the shares at the edges of bins exactly.
    #[test]
    fn medians_and_shares_are_those_of_the_positions() {
        let simulation = started(&[("positions.long_share", 0.55), ("market.volatility", 0.8)], 60);
        let asset = &simulation.assets()[0];
        let (found, all) = (Distributions::of(asset), positions(asset));
        for sides in [&[Side::Long][..], &[Side::Short], &Side::BOTH] {
            let of = |value: fn(&StandingPosition) -> f64| {
                let chosen = all.iter().filter(|one| sides.contains(&one.side));
                chosen.map(|one| (value(one), one.notional_usd)).collect::<Vec<_>>()
            };
            let (leverage, distance) = (median(of(|one| one.leverage)), median(of(|one| one.distance)));
            let by_bins = found.leverage.quantile(sides, 0.5).unwrap();
            assert!(
                (by_bins / leverage).ln().abs() <= LEVERAGE.1,
                "{by_bins} for {leverage}"
            );
            let by_bins = found.distance.quantile(sides, 0.5).unwrap();
            assert!((by_bins - distance).abs() <= DISTANCE_STEP, "{by_bins} for {distance}");
            for within in WITHIN {
                let (mut near, mut total) = (0.0, 0.0);
                for (value, weight) in of(|one| one.distance) {
                    near += if value < within { weight } else { 0.0 };
                    total += weight;
                }
                let share = found.distance.share_below(sides, within);
                assert!((share - near / total).abs() < 1e-9, "{share} within {within}");
            }
        }
        // A hundredfold leverage has a hundredth of the price left, less the maintenance margin.
        let one = all.iter().find(|one| one.side == Side::Long).unwrap();
        assert!(one.distance < 1.0 / one.leverage && one.distance > 0.0);
    }

    /// In parts of any size the same as at once.
    #[test]
    fn parts_make_the_whole() {
        let simulation = started(&[("positions.count", 3_000.0), ("margin.tiers", 1.0)], 25);
        let asset = &simulation.assets()[0];
        let whole = Distributions::of(asset);
        for budget in [1, 7, 1_000] {
            let (mut place, mut parts) = (SurveyPlace::default(), Distributions::empty(asset.grid()));
            let mut most = 0;
            loop {
                let before = parts.count.iter().sum::<u64>();
                let done = asset.survey(&mut place, budget, |one| parts.add(one));
                most = most.max(parts.count.iter().sum::<u64>() - before);
                if done {
                    break;
                }
            }
            assert!(parts == whole, "budget {budget}");
            // A bucket of a ladder is visited whole.
            assert!(most <= budget as u64 + 100, "{most} at once");
        }
    }
}
