//! From rows as they were read to a record: order, repetitions, gaps, and what cannot be.

use cascade_scenario::PositionSide;

use super::{Bar, Bars, Defect, DefectKind, Liquidation, OpenInterestPoint, Record, Rows, Series};
use crate::MINUTE_MS;
use crate::depth::{Band, Depth, DepthSnapshot, Set};

/// Two rows further apart than this multiple of the usual distance have others missing between them.
const GAP: f64 = 1.5;
/// Open interest that is off by more than this and comes back is a defect.
const JUMP: f64 = 0.5;
/// A jump comes back within so many rows.
const JUMP_ROWS: usize = 3;
/// So many equal values in a row are a frozen band.
const FROZEN: usize = 10;
/// Dollars over coins of a band lie this close to the price, log.
const OFF_PRICE: f64 = 0.06;
/// A band of a moment may hold this much less than a narrower one, log: files sample the bands one after another.
const SAMPLED: f64 = 0.2;

pub(super) fn record(rows: Rows) -> Option<Record> {
    let mut found = Found(rows.defects);
    let mut bars = found.in_order(Series::Bars, rows.bars, |bar| bar.time_ms, bar_is_possible);
    bars = found.unique(Series::Bars, bars, |bar| bar.time_ms);
    if bars.is_empty() {
        return None;
    }
    for bar in &mut bars {
        bar.taker_buy_coins = bar.taker_buy_coins.filter(|buy| (0.0..=bar.volume_coins).contains(buy));
    }
    let interval_ms = found.gaps(Series::Bars, &bars, |bar| bar.time_ms).unwrap_or(MINUTE_MS);
    let bars = Bars {
        rows: bars,
        interval_ms,
    };

    let time = |point: &OpenInterestPoint| point.time_ms;
    let series = Series::OpenInterest;
    let mut interest = found.in_order(series, rows.open_interest, time, |point| positive(point.coins));
    interest = found.unique(series, interest, time);
    interest = found.without_jumps(&interest);
    found.gaps(series, &interest, time);

    let series = Series::Funding;
    let mut funding = found.in_order(series, rows.funding, |p| p.time_ms, |p| p.rate.is_finite());
    funding = found.unique(series, funding, |point| point.time_ms);

    let series = Series::Liquidations;
    let possible = |l: &Liquidation| positive(l.coins) && positive(l.price);
    let mut liquidations = found.in_order(series, rows.liquidations, |l| l.time_ms, possible);
    liquidations = found.once_each(liquidations);

    let mut depth = found.in_order(Series::Depth, rows.depth, |snapshot| snapshot.time_ms, |_| true);
    depth = found.merged(depth);
    depth.iter_mut().for_each(DepthSnapshot::unmask);
    found.frozen(&mut depth);
    found.off_price(&mut depth, &bars);
    found.not_cumulative(&mut depth);
    let depth_interval = found
        .gaps(Series::Depth, &depth, |snapshot| snapshot.time_ms)
        .unwrap_or(0);

    let mut defects = found.0;
    defects.sort_by_key(|defect| (defect.series, defect.kind, defect.from_ms, defect.band));
    Some(Record {
        bars,
        open_interest: interest,
        depth: Depth::new(depth, depth_interval),
        funding,
        liquidations,
        defects,
    })
}

fn positive(value: f64) -> bool {
    value.is_finite() && value > 0.0
}

fn bar_is_possible(bar: &Bar) -> bool {
    let finite = [bar.open, bar.high, bar.low, bar.close].into_iter().all(positive);
    let contains = |price: f64| bar.low <= price && price <= bar.high;
    finite && contains(bar.open) && contains(bar.close) && bar.volume_coins.is_finite() && bar.volume_coins >= 0.0
}

/// The account of what was wrong.
struct Found(Vec<Defect>);

/// Times and number of rows with one thing wrong with them.
#[derive(Clone, Copy)]
struct Stretch {
    from_ms: i64,
    to_ms: i64,
    count: u64,
}

impl Stretch {
    const NONE: Self = Self {
        from_ms: i64::MAX,
        to_ms: i64::MIN,
        count: 0,
    };

    fn add(&mut self, time_ms: i64) {
        self.from_ms = self.from_ms.min(time_ms);
        self.to_ms = self.to_ms.max(time_ms);
        self.count += 1;
    }
}

impl Found {
    fn note(&mut self, kind: DefectKind, series: Series, band: Option<Band>, stretch: Stretch) {
        if stretch.count > 0 {
            let Stretch { from_ms, to_ms, count } = stretch;
            self.0.push(Defect {
                kind,
                series,
                band,
                from_ms,
                to_ms,
                count,
            });
        }
    }

    /// Possible rows, sorted by time; rows of one time stay in the order of the files.
    fn in_order<T>(
        &mut self,
        series: Series,
        mut rows: Vec<T>,
        time: impl Fn(&T) -> i64,
        possible: impl Fn(&T) -> bool,
    ) -> Vec<T> {
        let mut impossible = Stretch::NONE;
        rows.retain(|row| {
            let good = possible(row);
            if !good {
                impossible.add(time(row));
            }
            good
        });
        self.note(DefectKind::Impossible, series, None, impossible);
        let (mut late, mut newest) = (Stretch::NONE, i64::MIN);
        for row in &rows {
            if time(row) < newest {
                late.add(time(row));
            }
            newest = newest.max(time(row));
        }
        if late.count > 0 {
            rows.sort_by_key(&time);
        }
        self.note(DefectKind::OutOfOrder, series, None, late);
        rows
    }

    /// One row for every time: the last one that the files have.
    fn unique<T: PartialEq>(&mut self, series: Series, mut rows: Vec<T>, time: impl Fn(&T) -> i64) -> Vec<T> {
        let (mut repeated, mut conflicting) = (Stretch::NONE, Stretch::NONE);
        rows.dedup_by(|later, earlier| {
            let same = time(later) == time(earlier);
            if same && later == earlier {
                repeated.add(time(later));
            } else if same {
                conflicting.add(time(later));
                std::mem::swap(later, earlier);
            }
            same
        });
        self.note(DefectKind::Duplicate, series, None, repeated);
        self.note(DefectKind::Conflict, series, None, conflicting);
        rows
    }

    /// Printed liquidations without repetitions. Several of one time are no conflict; equal ones are one that was written twice.
    fn once_each(&mut self, mut rows: Vec<Liquidation>) -> Vec<Liquidation> {
        let side = |row: &Liquidation| matches!(row.side, PositionSide::Short);
        rows.sort_by(|a, b| {
            let sizes = || a.price.total_cmp(&b.price).then(a.coins.total_cmp(&b.coins));
            (a.time_ms, side(a)).cmp(&(b.time_ms, side(b))).then_with(sizes)
        });
        let mut repeated = Stretch::NONE;
        rows.dedup_by(|later, earlier| {
            let same = later == earlier;
            if same {
                repeated.add(later.time_ms);
            }
            same
        });
        self.note(DefectKind::Duplicate, Series::Liquidations, None, repeated);
        rows
    }

    /// Notes what is missing between rows, and returns their usual distance.
    fn gaps<T>(&mut self, series: Series, rows: &[T], time: impl Fn(&T) -> i64) -> Option<i64> {
        let mut distances: Vec<i64> = rows.windows(2).map(|pair| time(&pair[1]) - time(&pair[0])).collect();
        let middle = distances.len() / 2;
        if distances.is_empty() {
            return None;
        }
        let usual = *distances.select_nth_unstable(middle).1;
        for pair in rows.windows(2) {
            let distance = time(&pair[1]) - time(&pair[0]);
            if distance as f64 > GAP * usual as f64 {
                let missing = Stretch {
                    from_ms: time(&pair[0]) + usual,
                    to_ms: time(&pair[1]) - usual.min(distance - usual),
                    count: ((distance as f64 / usual as f64).round() as u64)
                        .saturating_sub(1)
                        .max(1),
                };
                self.note(DefectKind::Gap, series, None, missing);
            }
        }
        Some(usual)
    }

    /// Open interest without rows that are off by more than half against the rows before and soon after.
    fn without_jumps(&mut self, rows: &[OpenInterestPoint]) -> Vec<OpenInterestPoint> {
        let mut kept: Vec<OpenInterestPoint> = Vec::with_capacity(rows.len());
        let far = |a: f64, b: f64| libm::fabs(a / b - 1.0) > JUMP;
        let mut jump = Stretch::NONE;
        let mut place = 0;
        while place < rows.len() {
            let row = rows[place];
            let back = kept.last().filter(|last| far(row.coins, last.coins)).and_then(|last| {
                (1..=JUMP_ROWS).find(|ahead| rows.get(place + ahead).is_some_and(|r| !far(r.coins, last.coins)))
            });
            if let Some(ahead) = back {
                rows[place..place + ahead].iter().for_each(|row| jump.add(row.time_ms));
                place += ahead;
            } else {
                kept.push(row);
                place += 1;
            }
        }
        self.note(DefectKind::Jump, Series::OpenInterest, None, jump);
        kept
    }

    /// Snapshots of one time as one.
    fn merged(&mut self, mut rows: Vec<DepthSnapshot>) -> Vec<DepthSnapshot> {
        let (mut repeated, mut conflicting) = (Stretch::NONE, Stretch::NONE);
        rows.dedup_by(|later, earlier| {
            if later.time_ms != earlier.time_ms {
                return false;
            }
            for band in Band::all() {
                let Some((coins, usd)) = later.stated(band) else {
                    continue;
                };
                match earlier.set(band, f64::from(coins), f64::from(usd)) {
                    Set::Repeated => repeated.add(later.time_ms),
                    Set::Replaced => conflicting.add(later.time_ms),
                    Set::New | Set::Impossible => {}
                }
            }
            true
        });
        self.note(DefectKind::Duplicate, Series::Depth, None, repeated);
        self.note(DefectKind::Conflict, Series::Depth, None, conflicting);
        rows
    }

    /// Masks runs of equal values, all but the first of each.
    fn frozen(&mut self, rows: &mut [DepthSnapshot]) {
        for band in Band::all() {
            let places: Vec<usize> = (0..rows.len()).filter(|&place| rows[place].is_known(band)).collect();
            for run in places.chunk_by(|&a, &b| rows[a].stated(band) == rows[b].stated(band)) {
                if run.len() < FROZEN {
                    continue;
                }
                let mut stretch = Stretch::NONE;
                run[1..].iter().for_each(|&place| stretch.add(rows[place].time_ms));
                self.note(DefectKind::Frozen, Series::Depth, Some(band), stretch);
            }
        }
        // Masked afterwards: runs are compared as the file has them.
        for defect in &self.0 {
            let (DefectKind::Frozen, Some(band)) = (defect.kind, defect.band) else {
                continue;
            };
            let from = rows.partition_point(|row| row.time_ms < defect.from_ms);
            let to = rows.partition_point(|row| row.time_ms <= defect.to_ms);
            rows[from..to].iter_mut().for_each(|row| row.mask(band));
        }
    }

    /// Masks bands whose dollars over coins are no price of their moment.
    fn off_price(&mut self, rows: &mut [DepthSnapshot], bars: &Bars) {
        let mut off = [Stretch::NONE; Band::COUNT];
        for row in rows {
            let Some(place) = bars.place_at(row.time_ms) else {
                continue;
            };
            let bar = bars.rows[place];
            if row.time_ms >= bar.time_ms + 2 * bars.interval_ms {
                continue;
            }
            let (low, high) = (libm::log(bar.low) - OFF_PRICE, libm::log(bar.high) + OFF_PRICE);
            for band in Band::all() {
                let Some((coins, usd)) = row.stated(band) else { continue };
                if !(low..=high).contains(&libm::log(f64::from(usd) / f64::from(coins))) {
                    row.mask(band);
                    off[band.index()].add(row.time_ms);
                }
            }
        }
        for band in Band::all() {
            self.note(DefectKind::OffPrice, Series::Depth, Some(band), off[band.index()]);
        }
    }

    /// Masks bands that hold less than a narrower one.
    fn not_cumulative(&mut self, rows: &mut [DepthSnapshot]) {
        let mut less = [Stretch::NONE; Band::COUNT];
        let slack = libm::exp(-SAMPLED);
        for row in rows {
            for side in [PositionSide::Long, PositionSide::Short] {
                let mut narrower = 0.0_f64;
                for band in Band::hit_by_closing(side) {
                    let Some(usd) = row.usd(band) else { continue };
                    if usd < narrower * slack {
                        row.mask(band);
                        less[band.index()].add(row.time_ms);
                    }
                    narrower = narrower.max(usd);
                }
            }
        }
        for band in Band::all() {
            self.note(DefectKind::NotCumulative, Series::Depth, Some(band), less[band.index()]);
        }
    }
}
