//! One side of the estimated book: coins by entry, and how much of each leverage is still alive there.

use cascade_scenario::PositionSide;

use super::draw::Draw;
use super::kernel::{CELL, Point, TIERS, points};

/// Holders whose entry lies this far on the losing side, log, leave four times as often.
const DEEP_LOSS: f64 = 0.3;
const DEEP_LOSS_TIMES: f64 = 4.0;
/// An entry whose coins were scaled down this far is written anew.
const SMALL: f64 = 1e-9;

/// Coins of each leverage, each as if all of what is opened were at that leverage.
pub(super) type Tally = [f64; TIERS];

/// Coins of one price of entry. All amounts are to be multiplied by `scale`, by which exits shrink them together.
#[derive(Clone, Debug)]
struct Entry {
    scale: f64,
    /// Coins opened here and not left by choice, at levels and in the reservoir, liquidated ones included.
    coins: f64,
    /// The part of them that stood at the beginning.
    of_start: f64,
    /// Of each leverage, what was liquidated.
    dead: Tally,
    /// The same with the present shares of the leverages.
    dead_coins: f64,
    /// The nearest level that may be alive.
    first: usize,
}

/// One side.
#[derive(Clone, Debug)]
pub(super) struct SideBook {
    /// 1 for longs, whose levels lie below.
    sign: f64,
    points: Vec<Point>,
    /// Log price of the first entry's lower end.
    origin: f64,
    entries: Vec<Entry>,
    /// Coins by entry and level, as if all were at the level's leverage.
    alive: Vec<f64>,
    /// The level nearest to the price, as signed log price.
    nearest: f64,
    shares: Tally,
}

impl SideBook {
    /// An empty side for entries between two log prices.
    pub(super) fn new(side: PositionSide, draw: &Draw, low: f64, high: f64, shares: &Tally) -> Self {
        let points = points(side, draw.dispersion);
        let count = ((high - low) / CELL) as usize + 2;
        let entry = Entry {
            scale: 1.0,
            coins: 0.0,
            of_start: 0.0,
            dead: [0.0; TIERS],
            dead_coins: 0.0,
            first: points.len(),
        };
        Self {
            sign: match side {
                PositionSide::Long => 1.0,
                PositionSide::Short => -1.0,
            },
            origin: low,
            entries: vec![entry; count],
            alive: vec![0.0; count * points.len()],
            points,
            nearest: f64::NEG_INFINITY,
            shares: *shares,
        }
    }

    /// Log price of the middle of an entry.
    fn place(&self, entry: usize) -> f64 {
        self.origin + (entry as f64 + 0.5) * CELL
    }

    /// Coins on this side, reservoir included.
    pub(super) fn coins(&self) -> f64 {
        self.entries.iter().map(Entry::living).sum()
    }

    /// Coins on this side that stood at the beginning.
    pub(super) fn coins_of_start(&self) -> f64 {
        let part = |entry: &Entry| entry.of_start / entry.coins.max(f64::MIN_POSITIVE) * entry.living();
        self.entries.iter().map(part).sum()
    }

    /// Takes other shares of the leverages.
    pub(super) fn set_shares(&mut self, shares: &Tally) {
        self.shares = *shares;
        for entry in &mut self.entries {
            entry.dead_coins = entry.dead.iter().zip(shares).map(|(dead, share)| dead * share).sum();
        }
    }

    /// Liquidates a share of every level that the log price passes. What was at each leverage is added to the tally and told
    /// with its log level and leverage.
    pub(super) fn touch(&mut self, limit: f64, share: f64, tally: &mut Tally, mut tell: impl FnMut(f64, usize, f64)) {
        let limit = self.sign * limit;
        if self.nearest < limit {
            return;
        }
        let count = self.points.len();
        let mut nearest = f64::NEG_INFINITY;
        for place in 0..self.entries.len() {
            let at = self.sign * self.place(place);
            let entry = &mut self.entries[place];
            let levels = &mut self.alive[place * count..(place + 1) * count];
            for (level, point) in self.points.iter().enumerate().skip(entry.first) {
                if at - point.distance < limit {
                    break;
                }
                let gone = share * levels[level];
                levels[level] -= gone;
                if share >= 1.0 {
                    levels[level] = 0.0;
                    entry.first = level + 1;
                }
                if gone > 0.0 {
                    entry.dead[point.tier] += gone;
                    entry.dead_coins += gone * self.shares[point.tier];
                    tally[point.tier] += gone * entry.scale;
                    tell(self.sign * (at - point.distance), point.tier, gone * entry.scale);
                }
            }
            if let Some(point) = self.points.get(entry.first) {
                nearest = f64::max(nearest, at - point.distance);
            }
        }
        self.nearest = nearest;
    }

    /// How strongly an entry's holders leave at a log price.
    fn eagerness(&self, place: usize, price: f64, draw: &Draw) -> f64 {
        let gain = self.sign * (price - self.place(place));
        if gain > 0.0 {
            draw.winners
        } else if gain < -DEEP_LOSS {
            DEEP_LOSS_TIMES
        } else {
            1.0
        }
    }

    /// Exits by choice, at a share an eagerness of 1 leaves with.
    pub(super) fn leave(&mut self, share: f64, price: f64, draw: &Draw) {
        for place in 0..self.entries.len() {
            if self.entries[place].coins > 0.0 {
                let eagerness = self.eagerness(place, price, draw);
                self.entries[place].scale *= libm::exp(-share * eagerness);
            }
        }
    }

    /// Exits until so many coins are left, by the same eagerness, and evenly where that is not enough.
    pub(super) fn leave_down_to(&mut self, coins: f64, price: f64, draw: &Draw) {
        let (mut eager, mut most) = (0.0, 0.0_f64);
        for place in 0..self.entries.len() {
            let living = self.entries[place].living();
            if living > 0.0 {
                let eagerness = self.eagerness(place, price, draw);
                eager += eagerness * living;
                most = most.max(eagerness);
            }
        }
        let all = self.coins();
        if eager <= 0.0 || coins >= all {
            return;
        }
        let share = ((all - coins) / eager).min(0.5 / most);
        for place in 0..self.entries.len() {
            let eagerness = self.eagerness(place, price, draw);
            self.entries[place].scale *= 1.0 - share * eagerness;
        }
        let left = self.coins();
        if left > coins && left > 0.0 {
            self.entries.iter_mut().for_each(|entry| entry.scale *= coins / left);
        }
    }

    /// Coins opened between two log prices. Their levels that the log price `later` passes afterwards are taken for closed again
    /// within the same interval, and rest nowhere.
    pub(super) fn open(&mut self, coins: f64, low: f64, high: f64, later: f64) {
        let cell = |x: f64| (((x - self.origin) / CELL).max(0.0) as usize).min(self.entries.len() - 1);
        let (first, last) = (cell(low), cell(high));
        let each = coins / (last - first + 1) as f64;
        for place in first..=last {
            self.add(place, each, later, |_| 1.0);
        }
    }

    /// Coins that stand at the beginning, of one entry cell; a part of each level is alive.
    pub(super) fn begin(&mut self, coins: f64, entry: f64, price: f64, alive: impl Fn(f64) -> f64) {
        let place = (((entry - self.origin) / CELL).max(0.0) as usize).min(self.entries.len() - 1);
        let (sign, at) = (self.sign, self.place(place));
        self.add(place, coins, price, |distance| alive(sign * (price - at) + distance));
        self.entries[place].of_start += coins;
    }

    /// Which of log prices touches more of this side: the lowest for longs, the highest for shorts.
    pub(super) fn further(&self, price: f64, low: f64, high: f64) -> f64 {
        if self.sign > 0.0 {
            price.min(low)
        } else {
            price.max(high)
        }
    }

    fn add(&mut self, place: usize, coins: f64, passed: f64, part: impl Fn(f64) -> f64) {
        let at = self.sign * self.place(place);
        let passed = self.sign * passed;
        let count = self.points.len();
        let levels = &mut self.alive[place * count..(place + 1) * count];
        let entry = &mut self.entries[place];
        if entry.scale < SMALL {
            for amount in levels.iter_mut().chain(&mut entry.dead) {
                *amount *= entry.scale;
            }
            entry.coins *= entry.scale;
            entry.of_start *= entry.scale;
            entry.dead_coins *= entry.scale;
            entry.scale = 1.0;
        }
        let raw = coins / entry.scale;
        entry.coins += raw;
        let from = self.points.partition_point(|point| at - point.distance >= passed);
        for (level, point) in levels.iter_mut().zip(&self.points).skip(from) {
            *level += raw * point.share * part(point.distance);
        }
        if let Some(point) = self.points.get(from) {
            entry.first = entry.first.min(from);
            self.nearest = self.nearest.max(at - point.distance);
        }
    }

    /// Coins at levels by log distance from a price, in cells of a width, from the nearest on; levels that the log price
    /// `passed` are left out.
    pub(super) fn by_distance(&self, price: f64, passed: f64, shares: &Tally, width: f64, cells: &mut [f64]) {
        let count = self.points.len();
        for (place, entry) in self.entries.iter().enumerate() {
            let at = self.sign * self.place(place);
            for (level, point) in self.points.iter().enumerate().skip(entry.first) {
                let coins = self.alive[place * count + level] * entry.scale * shares[point.tier];
                if coins > 0.0 && at - point.distance < self.sign * passed {
                    let distance = self.sign * price - at + point.distance;
                    spread(
                        coins,
                        distance - point.half_width,
                        distance + point.half_width,
                        width,
                        cells,
                    );
                }
            }
        }
    }
}

impl Entry {
    fn living(&self) -> f64 {
        (self.scale * (self.coins - self.dead_coins)).max(0.0)
    }
}

/// Adds an amount to the cells that a stretch of distances lies in; what would lie on the other side of the price is at it.
fn spread(amount: f64, from: f64, to: f64, width: f64, cells: &mut [f64]) {
    let (from, to) = (from.max(0.0), to.max(1e-9));
    let first = (from / width) as usize;
    let last = (to / width) as usize;
    for cell in first..=last.min(cells.len().saturating_sub(1)) {
        let inside = f64::min(to, (cell + 1) as f64 * width) - f64::max(from, cell as f64 * width);
        if let Some(place) = cells.get_mut(cell) {
            *place += amount * inside / (to - from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::kernel::opened;
    use proptest::prelude::*;

    fn side(which: PositionSide) -> SideBook {
        SideBook::new(
            which,
            &Draw::nth(0),
            -0.5,
            0.5,
            &opened(0.1, 0.03).map(|share| share * 0.2),
        )
    }

    fn tiers(side: &SideBook, price: f64) -> Vec<f64> {
        let mut cells = vec![0.0; 200];
        side.by_distance(price, price, &side.shares, 0.005, &mut cells);
        cells
    }

    /// What is touched is gone, and stays gone until something is opened again.
    #[test]
    fn touched_levels_are_empty_until_opened_again() {
        for (which, sign) in [(PositionSide::Long, 1.0), (PositionSide::Short, -1.0)] {
            let mut book = side(which);
            book.open(100.0, -0.001, 0.001, 0.0);
            let mut tally = [0.0; TIERS];
            let mut told = 0.0;
            book.touch(-0.03 * sign, 1.0, &mut tally, |level, _, coins| {
                assert!(sign * level >= -0.03);
                told += coins;
            });
            assert!(tally[0] > 90.0 && tally[7] == 0.0);
            assert!((told - tally.iter().sum::<f64>()).abs() < 1e-9);
            assert!(tiers(&book, 0.0)[..5].iter().all(|coins| *coins == 0.0));
            let burnt: f64 = tally.iter().zip(&book.shares).map(|(coins, share)| coins * share).sum();
            assert!((book.coins() + burnt - 100.0).abs() < 1e-9);
            book.open(100.0, -0.001, 0.001, 0.0);
            assert!(tiers(&book, 0.0)[..5].iter().sum::<f64>() > 0.0);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever happens, coins are what was opened less what left and was liquidated, and nothing is negative.
        #[test]
        fn coins_add_up(steps in proptest::collection::vec((0.0..50.0f64, -0.05..0.05f64, 0.0..0.3f64, 0.0..0.9f64), 1..40)) {
            let mut book = side(PositionSide::Long);
            let draw = Draw::nth(3);
            for (opened, price, left, wick) in steps {
                let before = book.coins();
                let mut tally = [0.0; TIERS];
                book.touch(price, 1.0, &mut tally, |_, _, _| ());
                book.touch(price - 0.01, wick, &mut tally, |_, _, _| ());
                let burnt: f64 = tally.iter().zip(&book.shares).map(|(coins, share)| coins * share).sum();
                prop_assert!((book.coins() - (before - burnt)).abs() < 1e-6);
                book.leave_down_to(book.coins() * (1.0 - left), price, &draw);
                prop_assert!((book.coins() - (before - burnt) * (1.0 - left)).abs() < 1e-6);
                let before = book.coins();
                book.open(opened, price - 0.002, price + 0.001, price);
                prop_assert!((book.coins() - before - opened).abs() < 1e-6);
                prop_assert!(tiers(&book, price).iter().all(|coins| *coins >= 0.0));
                prop_assert!(tiers(&book, price).iter().sum::<f64>() <= book.coins() + 1e-6);
            }
        }
    }
}
