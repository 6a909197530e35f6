//! What a record says of the price after a moment, and how that lies among the runs of a model begun then.

use cascade_market::{DAY_MS, MINUTE_MS, Record};
use cascade_scenario::{Observed, ObservedBar, format};

use super::ensemble::Fan;

/// What came within a day after a moment of a record: one bar for each of its bars, or for each minute where they are shorter. A
/// day is longer than a run is usually looked at, and its minutes are a file of some tens of kilobytes. Of a bar that was under way
/// only its last price counts, which alone is known to be of after the moment.
pub(crate) fn observed(record: &Record, time_ms: i64) -> Observed {
    let bars = record.bars();
    let interval_ms = bars.interval_ms();
    let width_ms = interval_ms * ((MINUTE_MS - 1) / interval_ms + 1);
    let end = |begin_ms: i64| begin_ms + interval_ms - time_ms;
    let came = bars.between(time_ms - interval_ms + 1, time_ms - interval_ms + DAY_MS + 1);
    let together = came.chunk_by(|one, next| (end(one.time_ms) - 1) / width_ms == (end(next.time_ms) - 1) / width_ms);
    let bars = together.filter_map(|bars| {
        let last = bars.last()?;
        let lows = bars.iter().filter(|bar| bar.time_ms >= time_ms).map(|bar| bar.low);
        let highs = bars.iter().filter(|bar| bar.time_ms >= time_ms).map(|bar| bar.high);
        Some(ObservedBar {
            seconds: end(last.time_ms) as f64 / 1e3,
            low: lows.fold(last.close, f64::min),
            high: highs.fold(last.close, f64::max),
            close: last.close,
        })
    });
    let price = record.bars().price_at(time_ms);
    let beginning = ObservedBar {
        seconds: 0.0,
        low: price,
        high: price,
        close: price,
    };
    let bars: Vec<ObservedBar> = std::iter::once(beginning).chain(bars).collect();
    if bars.len() == 1 {
        return Observed::default();
    }
    Observed {
        interval_seconds: width_ms as f64 / 1e3,
        bars: bars.into(),
    }
}

/// How what came lies among the runs of a fan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AmongSeeds {
    /// Number of runs.
    pub runs: usize,
    /// Number of bars that are held against them.
    pub bars: usize,
    /// When the last one ended, seconds after the beginning.
    pub seconds: f64,
    /// Share of the runs whose price was below it then; those at the same price count half.
    pub above: f64,
    /// Share of the bars that ended within the band that holds nine tenths of the runs.
    pub within_nine_tenths: f64,
    /// The same of the middle half.
    pub within_half: f64,
}

impl AmongSeeds {
    /// Of the bars after the beginning up to a step of so many seconds, each against the moment of the fan that is nearest to its
    /// end. None where there is none.
    pub fn of(observed: &Observed, fan: &Fan, step_seconds: f64, until_step: usize) -> Option<Self> {
        let moment = |seconds: f64| (seconds / step_seconds / fan.every as f64).round() as usize;
        let reached = |seconds: f64| seconds <= until_step as f64 * step_seconds;
        let after = observed.bars.iter().filter(|bar| bar.seconds > 0.0);
        let held = after
            .take_while(|bar| reached(bar.seconds))
            .filter_map(|bar| Some((bar, fan.quantiles.get(moment(bar.seconds))?)));
        let (mut bars, mut within, mut last) = (0, [0_usize; 2], None);
        for (bar, quantiles) in held {
            bars += 1;
            for (count, outer) in within.iter_mut().zip(0..) {
                let ends = quantiles[outer]..=quantiles[quantiles.len() - 1 - outer];
                *count += usize::from(ends.contains(&bar.close));
            }
            last = Some(bar);
        }
        let last = last?;
        let [within_nine_tenths, within_half] = within.map(|count| count as f64 / f64::from(bars));
        Some(Self {
            runs: fan.runs,
            bars: bars as usize,
            seconds: last.seconds,
            above: fan.share_below(moment(last.seconds), last.close)?,
            within_nine_tenths,
            within_half,
        })
    }

    /// The same in words.
    pub fn words(&self) -> String {
        let place = if self.above <= 0.0 {
            format!("below all {} seeds", self.runs)
        } else if self.above >= 1.0 {
            format!("above all {} seeds", self.runs)
        } else {
            format!("above {} of {} seeds", format::share(self.above, 2), self.runs)
        };
        format!(
            "{} after the beginning the price really was {place}. Of {} until then, {} ended within nine tenths of the seeds and {} within \
             their middle half. Were the model right, it would be 90 and 50 % over many beginnings; one alone shows little.",
            format::duration(self.seconds),
            format::counted(self.bars, "bar"),
            format::share(self.within_nine_tenths, 2),
            format::share(self.within_half, 2),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_market::{Bar, Rows};
    use cascade_scenario::OBSERVED_BARS_MAX;

    /// Bars of so many seconds that end at these times, each with its number as its last price.
    fn record(seconds: i64, ends: impl Iterator<Item = i64>) -> Record {
        let bar = |(number, end): (i32, i64)| Bar {
            time_ms: 1_000 * (end - seconds),
            open: f64::from(number),
            high: f64::from(number) + 0.5,
            low: f64::from(number) - 0.5,
            close: f64::from(number),
            volume_coins: 1.0,
            taker_buy_coins: None,
        };
        let rows = Rows {
            bars: (100..).zip(ends).map(bar).collect(),
            ..Rows::default()
        };
        rows.into_record().unwrap()
    }

    fn bars(observed: &Observed) -> Vec<(f64, f64, f64, f64)> {
        let bar = |bar: &ObservedBar| (bar.seconds, bar.low, bar.high, bar.close);
        observed.bars.iter().map(bar).collect()
    }

    #[test]
    fn bars_after_the_moment_are_taken_as_they_are_and_gaps_stay() {
        // Minutes that end at 60, 120, …, 600, but for 300 and 360.
        let ends = (1..=10)
            .map(|minute| 60 * minute)
            .filter(|end| !(300..=360).contains(end));
        let record = record(60, ends);
        let came = observed(&record, 120_000);
        came.validate().unwrap();
        let expected = [
            (0.0, 101.0, 101.0, 101.0),
            (60.0, 101.5, 102.5, 102.0),
            (120.0, 102.5, 103.5, 103.0),
            (300.0, 103.5, 104.5, 104.0),
        ];
        assert_eq!(bars(&came)[..4], expected);
        assert_eq!(came.stretches().map(<[_]>::len).collect::<Vec<_>>(), [3, 4]);
        // Within a bar: what it had been before the moment is not known to have come.
        let came = observed(&record, 130_000);
        assert_eq!(
            bars(&came)[..3],
            [
                (0.0, 101.0, 101.0, 101.0),
                (50.0, 102.0, 102.0, 102.0),
                (110.0, 102.5, 103.5, 103.0)
            ]
        );
        assert!(observed(&record, record.ends_ms()).is_empty());
    }

    /// A day of any bars is a bounded list, and no extreme is lost.
    #[test]
    fn short_bars_are_put_together_and_long_ones_are_not() {
        for (seconds, width, count) in [
            (1, 60.0, 1_440),
            (7, 63.0, 1_372),
            (60, 60.0, 1_440),
            (3_600, 3_600.0, 24),
        ] {
            let record = record(seconds, (1..2 * 86_400 / seconds).map(|number| number * seconds));
            let came = observed(&record, 0);
            came.validate().unwrap();
            assert_eq!(
                (came.interval_seconds, came.bars.len()),
                (width, 1 + count),
                "{seconds}"
            );
            assert!(came.bars.len() <= OBSERVED_BARS_MAX);
            assert_eq!(came.stretches().count(), 1, "{seconds}");
            let day = record.bars().between(0, DAY_MS - 1_000 * seconds + 1);
            let (first, last) = (day[0], day[day.len() - 1]);
            let lowest = came
                .bars
                .iter()
                .skip(1)
                .map(|bar| bar.low)
                .fold(f64::INFINITY, f64::min);
            let highest = came.bars.iter().map(|bar| bar.high).fold(0.0, f64::max);
            assert_eq!((lowest, highest), (first.low, last.high), "{seconds}");
            assert_eq!(came.bars[count].close, last.close);
            assert_eq!(came.bars[count].seconds, (last.time_ms as f64) / 1e3 + seconds as f64);
        }
    }

    /// Ten runs that stay where they were drawn, a step a minute, and a price that leaves them.
    #[test]
    fn what_came_is_counted_among_the_seeds() {
        let prices: Vec<f64> = (0..=10).map(|run| 100.0 + f64::from(run)).collect();
        let fan = Fan::of((0..=20).map(|_| prices.clone()).collect(), 1);
        let close = [105.0, 105.0, 105.0, 108.0, 108.0, 109.5, 110.5, 99.0];
        let bar = |(minute, close): (i32, f64)| ObservedBar {
            seconds: 60.0 * f64::from(minute),
            low: close,
            high: close,
            close,
        };
        let came = Observed {
            interval_seconds: 60.0,
            bars: (0..).zip(close).map(bar).collect::<Vec<_>>().into(),
        };
        // The runs are at 100 to 110: nine tenths of them within 100.5 and 109.5, half of them within 102.5 and 107.5.
        let at = |until| AmongSeeds::of(&came, &fan, 60.0, until);
        assert_eq!(at(0), None);
        let first = at(2).unwrap();
        assert_eq!((first.bars, first.seconds, first.runs), (2, 120.0, 11));
        assert_eq!(
            (first.above, first.within_nine_tenths, first.within_half),
            (0.5, 1.0, 1.0)
        );
        let later = at(5).unwrap();
        assert_eq!((later.bars, later.above), (5, 10.0 / 11.0));
        assert_eq!((later.within_nine_tenths, later.within_half), (1.0, 0.4));
        let all = at(1_000).unwrap();
        assert_eq!((all.bars, all.above, all.seconds), (7, 0.0, 420.0));
        assert_eq!((all.within_nine_tenths, all.within_half), (5.0 / 7.0, 2.0 / 7.0));
        for (place, words) in [
            (
                first,
                "2 min after the beginning the price really was above 50 % of 11 seeds. Of 2 bars until then, 100 %",
            ),
            (
                all,
                "really was below all 11 seeds. Of 7 bars until then, 71 % ended within nine tenths of the seeds and 29 % within",
            ),
            (at(6).unwrap(), "above all 11 seeds"),
        ] {
            assert!(place.words().contains(words), "{}", place.words());
        }
    }
}
