//! The shape of the falls of bitcoin in time, beside their size: nothing of it was fitted, and where it differs from what is on
//! record the presets' texts say so. The numbers in the texts are those found here.

use cascade_lab::engine::Simulation;
use cascade_lab::files::preset;
use cascade_lab::scenario::{AssetId, Topic};

use super::{OTHERS, STEPS};

/// What there is to see of a fall beside its size.
#[derive(Clone, Copy, Debug, Default)]
struct Shape {
    /// From the first hundredth of all liquidations to the low.
    minutes_to_low: f64,
    /// Share of the fall that was made good an hour and a day after the low.
    recovered_hour: f64,
    recovered_day: f64,
    /// Share of the liquidated notional that fell into the busiest minute.
    busiest_minute: f64,
    /// Share of the liquidated notional that was long.
    longs: f64,
    /// Share of the liquidations that left less than nothing.
    below_zero: f64,
    /// Orders, selling and buying together, that move all books by 1 %, before the fall, bn USD.
    depth_bn: f64,
}

impl Shape {
    fn of(name: &str, seed: Option<u64>) -> Self {
        let mut scenario = preset::find(name).unwrap();
        scenario.seed = seed.unwrap_or(scenario.seed);
        let dt = scenario.parameters.market.step_seconds;
        let (hour, day) = ((3_600.0 / dt) as usize, (86_400.0 / dt) as usize);
        let mut simulation = Simulation::new(&scenario).unwrap();
        let depth = simulation.assets()[0].observation().depth;
        let (mut prices, mut liquidated) = (Vec::new(), Vec::new());
        let mut longs = 0.0;
        let mut of_fall = None;
        for step in 0..STEPS + day {
            simulation.step();
            let seen = simulation.assets()[0].observation();
            prices.push(seen.spot);
            liquidated.push(seen.liquidated);
            longs += seen.liquidated_longs;
            if step + 1 == STEPS {
                of_fall = Some((*seen, simulation.summary_of(AssetId::FIRST), longs));
            }
        }
        let (seen, run, longs) = of_fall.unwrap();
        let low = (0..STEPS).min_by(|a, b| prices[*a].total_cmp(&prices[*b])).unwrap();
        let top = prices[..=low].iter().copied().fold(0.0, f64::max);
        let total: f64 = liquidated[..STEPS].iter().sum();
        let mut so_far = 0.0;
        let first = liquidated.iter().position(|usd| {
            so_far += usd;
            so_far >= 0.01 * total
        });
        let recovered = |steps: usize| (prices[low + steps] - prices[low]) / (top - prices[low]);
        Self {
            minutes_to_low: (low - first.unwrap().min(low)) as f64 * dt / 60.0,
            recovered_hour: recovered(hour),
            recovered_day: recovered(day),
            busiest_minute: run.peak_liquidation_rate_usd_per_second * dt.max(60.0) / total,
            longs: longs / total,
            below_zero: seen.insolvent_so_far.count as f64 / run.liquidation_count as f64,
            depth_bn: depth * (f64::ln_1p(0.01) - f64::ln_1p(-0.01)) / 1e9,
        }
    }

    /// The median over a preset's own seed and the others, figure by figure.
    fn median(name: &str) -> Self {
        let seeds = std::iter::once(None).chain(OTHERS.map(Some));
        let all: Vec<Self> = seeds.map(|seed| Self::of(name, seed)).collect();
        let median = |of: fn(&Self) -> f64| {
            let mut found: Vec<f64> = all.iter().map(of).collect();
            found.sort_unstable_by(f64::total_cmp);
            found[found.len() / 2]
        };
        Self {
            minutes_to_low: median(|s| s.minutes_to_low),
            recovered_hour: median(|s| s.recovered_hour),
            recovered_day: median(|s| s.recovered_day),
            busiest_minute: median(|s| s.busiest_minute),
            longs: median(|s| s.longs),
            below_zero: median(|s| s.below_zero),
            depth_bn: median(|s| s.depth_bn),
        }
    }
}

/// The sentence that a preset's text must hold, with these numbers in it.
fn told(shape: &Shape) -> String {
    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
    format!(
        "In the median of nine seeds the low comes {:.0} min after the first liquidations, {} of the fall is made good after an \
         hour and {} after a day, {} of all liquidations fall into one minute, {} are long, {} leave less than nothing, and {} bn \
         USD of orders move the books by 1 % either way.",
        shape.minutes_to_low,
        percent(shape.recovered_hour),
        percent(shape.recovered_day),
        percent(shape.busiest_minute),
        percent(shape.longs),
        percent(shape.below_zero),
        if shape.depth_bn < 1.0 {
            format!("{:.2}", shape.depth_bn)
        } else {
            format!("{:.1}", shape.depth_bn)
        },
    )
    .replace('-', "−")
}

#[test]
fn texts_say_how_the_falls_went_in_time() {
    let mut missing = Vec::new();
    for name in ["march-2020", "may-2021", "december-2021", "august-2024", "october-2025"] {
        let sentence = told(&Shape::median(name));
        println!("{name}: {sentence}");
        let scenario = preset::find(name).unwrap();
        let fitted = scenario
            .background
            .iter()
            .find(|paragraph| paragraph.topic == Topic::Fitted);
        if !fitted.unwrap().text.contains(&sentence) {
            missing.push(format!("{name}: {sentence}"));
        }
    }
    assert!(missing.is_empty(), "say so in the text of {missing:#?}");
}
