//! A scenario that begins with a market as it stood at a moment of its record: price, volatility, depth, and the estimated map
//! as a list of positions, one for each level and side.

use cascade_market::book::Map;
use cascade_market::resilience::{NoResilience, Resilience};
use cascade_market::{Band, DAY_MS, HOUR_MS, Record};
use cascade_scenario::{ListedPosition, Parameters, PositionKind, PositionSide, Scenario, find, format};

use super::observed::observed;

/// Levels with fewer dollars than this share of all are left out.
const LEAST_SHARE: f64 = 1e-5;
/// Least margin that a position of a list may have, a share of its notional.
const LEAST_MARGIN: f64 = 1e-3;
/// Seconds between two looks of makers at the price: the bars that the book was measured against.
const SAMPLE_SECONDS: f64 = 60.0;
/// Standard deviations of a bar's move at which the model's withdrawal and the record's thinning are the same.
const MATCHED: f64 = 8.0;
/// Depth is that of the last hour before the moment.
const DEPTH_MS: i64 = HOUR_MS;

/// What a record of one market leaves as it is: one venue, and every other parameter at its default.
pub fn base() -> Scenario {
    let mut base = Scenario::default();
    base.parameters.venues.count = 1;
    base
}

/// A scenario, and what was taken over.
#[derive(Clone, Debug)]
pub struct Start {
    /// The scenario.
    pub scenario: Scenario,
    /// What was taken over and what was not, in sentences.
    pub said: Vec<String>,
}

/// What neither the map nor the law of the book determines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assumptions {
    /// The part of forced orders that nobody absorbs before they reach the book that is shown, above 0 to 1.
    pub pass_through: f64,
    /// What rests at levels, by the estimate.
    pub mass: f64,
    /// Log distances of the levels from the price, by the estimate: below 1 for more leverage.
    pub distance: f64,
    /// Moves that come without anybody being forced, by those before.
    pub news: f64,
    /// Notional of the stop orders of holders without leverage, a share of open interest; 0 leaves those of the scenario.
    pub stops: f64,
}

impl Default for Assumptions {
    /// The book and the map as they are.
    fn default() -> Self {
        Self {
            pass_through: 1.0,
            mass: 1.0,
            distance: 1.0,
            news: 1.0,
            stops: 0.0,
        }
    }
}

/// A market at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'m> {
    /// What it is called.
    pub name: &'m str,
    /// The moment as people write it.
    pub moment: &'m str,
    /// The moment.
    pub time_ms: i64,
    /// Its record.
    pub record: &'m Record,
    /// Where liquidations rest at the moment, as far as the record lets it be estimated.
    pub map: Option<&'m Map>,
    /// What its order book is like.
    pub book: Result<&'m Resilience, NoResilience>,
    /// What is assumed beyond them.
    pub assumptions: Assumptions,
}

/// The market at a moment on top of a scenario, whose other parameters stay.
///
/// # Errors
/// A value is not allowed in a scenario; in words.
pub fn scenario(base: &Scenario, of: &Origin) -> Result<Start, String> {
    let &Origin { time_ms, map, .. } = of;
    let price = of.record.bars().price_at(time_ms);
    let mut scenario = base.clone();
    scenario.name = format!("{} {}", of.name, of.moment);
    scenario.events.clear();
    scenario.path = cascade_scenario::PricePath::default();
    scenario.observed = observed(of.record, time_ms);
    let mut said = vec![format!(
        "The run begins at {}, the price of {} at {}.",
        format::price(price),
        of.name,
        of.moment
    )];
    set(&mut scenario, "market.start_price", price)?;
    if let Some(volatility) = volatility(of.record, time_ms) {
        let coming = of.assumptions.news * volatility;
        set(&mut scenario, "market.volatility", coming)?;
        let by = if of.assumptions.news == 1.0 {
            String::new()
        } else {
            format!("{} times ", format::digits(of.assumptions.news, 3))
        };
        said.push(format!(
            "Volatility is {by}that of the day before, {} a year.",
            format::share(coming, 3)
        ));
    }
    let law = match of.book {
        Ok(book) => take_over(&mut scenario, book)?,
        Err(reason) => format!("How the book thins and recovers stays as it is in the scenario: {reason}."),
    };
    match depth(of.record, time_ms) {
        Some(one_percent) => {
            // An order of V moves the price by x·1 %·(V/D)^(1/κ).
            let power = scenario.parameters.liquidity.impact_exponent;
            let met = one_percent / libm::pow(of.assumptions.pass_through, power);
            set(&mut scenario, "liquidity.depth", 100.0 * met)?;
            let absorbed = if of.assumptions.pass_through < 1.0 {
                format!(
                    "; orders meet {} USD, because {} of them is absorbed by what is not shown",
                    format::short(met),
                    format::share(1.0 - of.assumptions.pass_through, 2)
                )
            } else {
                String::new()
            };
            said.push(format!(
                "Depth is that of the bids of the last hour, {} USD within 1 %{absorbed}.",
                format::short(one_percent)
            ));
        }
        None => {
            said.push("The record has no usable depth of the last hour: the depth of the scenario stays.".to_owned());
        }
    }
    said.push(law);
    let Some(map) = map else {
        said.push(
            "The record has no open interest up to then, from which levels of liquidation could be estimated: the positions of the scenario \
             stay."
                .to_owned(),
        );
        said.extend(what_came(&scenario));
        return Ok(Start { scenario, said });
    };
    let listed = positions(map, price, &scenario.parameters, &of.assumptions);
    let (count, notional) = (
        listed.len(),
        listed.iter().map(ListedPosition::notional_usd).sum::<f64>(),
    );
    scenario.adopt_positions(listed).map_err(|error| error.to_string())?;
    said.push(format!(
        "The estimated map became {}, {} USD; {} of the open interest rests at no level and is not among them.",
        format::counted(count, "position"),
        format::short(notional),
        format::share(map.quality.reservoir, 2),
    ));
    if of.assumptions.stops > 0.0 {
        let waiting = of.assumptions.stops * map.open_interest * price;
        set(&mut scenario, "stops.enabled", 1.0)?;
        set(&mut scenario, "stops.notional", waiting)?;
        said.push(format!(
            "Stop orders of holders without leverage are assumed to come to {} USD, {} of open interest.",
            format::short(scenario.parameters.stops.notional),
            format::share(of.assumptions.stops, 2)
        ));
    }
    said.extend(what_came(&scenario));
    Ok(Start { scenario, said })
}

fn what_came(scenario: &Scenario) -> Option<String> {
    let last = scenario.observed.bars.last()?;
    Some(format!(
        "What the price really did in the {} that followed is drawn beside the run, which does not read it.",
        format::duration(last.seconds)
    ))
}

/// The law of the book: the impact exponent, the half-life of impact and of the makers' estimate of volatility, and a withdrawal
/// by which a move of [`MATCHED`] standard deviations within a bar takes as much depth as it does in the record.
fn take_over(scenario: &mut Scenario, book: &Resilience) -> Result<String, String> {
    set(scenario, "liquidity.impact_exponent", book.shape.value)?;
    let law = format!(
        "The order that moves the price by 1 % grows with the move to the power of {}, as depth does with the distance.",
        format::digits(book.shape.value.max(1.0), 3)
    );
    let (Some(thinning), Some(half_life)) = (book.thinning, book.half_life_seconds) else {
        return Ok(law + " Sharp moves do not show in the depth: makers stay as they are.");
    };
    let kept = (-SAMPLE_SECONDS / half_life.value).exp2();
    let seen = 0.5 * (kept + (1.0 - kept) * MATCHED * MATCHED).ln();
    let withdrawal = thinning.value * (MATCHED - 2.0) / seen;
    for (path, value) in [
        ("makers.enabled", 1.0),
        ("makers.share", 1.0),
        ("makers.capacity", f64::MAX),
        ("makers.withdrawal", withdrawal),
        ("makers.reference_volatility", scenario.parameters.market.volatility),
        ("makers.half_life", half_life.value),
        ("market.sampling_seconds", SAMPLE_SECONDS),
        ("liquidity.resilience_half_life", half_life.value),
    ] {
        set(scenario, path, value)?;
    }
    let makers = format!(
        " Makers withdraw as they did in the whole record, by the power {} of volatility, and half of it is back after {}; none of \
         them fails, which no record shows.",
        format::digits(scenario.parameters.makers.withdrawal, 3),
        format::duration(half_life.value)
    );
    Ok(law + &makers)
}

/// Sets a parameter to the value in its range that is nearest.
fn set(scenario: &mut Scenario, path: &str, value: f64) -> Result<(), String> {
    let row = find(path).map_err(|error| error.to_string())?;
    let (low, high) = row.range;
    scenario
        .set_parameter(row, value.clamp(low, high))
        .map_err(|error| error.to_string())
}

/// Realised volatility of the day before a moment, a square root of a year.
fn volatility(record: &Record, time_ms: i64) -> Option<f64> {
    let bars = record.bars().between(time_ms - DAY_MS, time_ms);
    let squares: f64 = bars
        .windows(2)
        .map(|pair| (pair[1].close / pair[0].close).ln().powi(2))
        .sum();
    let days = bars.len() as f64 * record.bars().interval_ms() as f64 / DAY_MS as f64;
    (bars.len() > 30).then(|| (squares / days * 365.0).sqrt())
}

/// Median of what the bids held within 1 % in the last hour before a moment, dollars.
fn depth(record: &Record, time_ms: i64) -> Option<f64> {
    let band = Band::of_percentage(-1.0)?;
    let before = record.depth().between(time_ms - DEPTH_MS, time_ms);
    let mut usd: Vec<f64> = before.iter().filter_map(|snapshot| snapshot.usd(band)).collect();
    let middle = usd.len() / 2;
    (!usd.is_empty()).then(|| *usd.select_nth_unstable_by(middle, f64::total_cmp).1)
}

/// A position for each level, side and venue: entered at the price, with the leverage that puts its liquidation price
/// P·(1 ∓ 1/L)/(1 ∓ m) into the middle of the level. Venues share a level as they share the open interest.
fn positions(map: &Map, price: f64, parameters: &Parameters, assumed: &Assumptions) -> Vec<ListedPosition> {
    let maintenance = parameters.margin.maintenance;
    let venues = &parameters.venue[..parameters.venues.count as usize];
    let weights: f64 = venues.iter().map(|venue| venue.interest_weight).sum();
    let all: f64 = map.long.iter().chain(&map.short).map(|cell| cell.coins).sum();
    let mut listed = Vec::new();
    for (side, sign) in [(PositionSide::Long, 1.0), (PositionSide::Short, -1.0)] {
        for cell in map.side(side) {
            let middle = (cell.price_from * cell.price_to).sqrt();
            let level = price * libm::pow(middle / price, assumed.distance);
            let margin = sign * (1.0 - level * (1.0 - sign * maintenance) / price);
            if sign * (price - level) <= 0.0 || margin <= LEAST_MARGIN || cell.coins <= LEAST_SHARE * all {
                continue;
            }
            for (venue, number) in venues.iter().zip(1..) {
                let size = assumed.mass * cell.coins * venue.interest_weight / weights;
                if size > 0.0 {
                    listed.push(ListedPosition {
                        side,
                        entry: price,
                        size,
                        leverage: 1.0 / margin,
                        venue: number,
                        asset: 1,
                        kind: PositionKind::Linear,
                    });
                }
            }
        }
    }
    listed
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use cascade_engine::Simulation;
    use cascade_market::MINUTE_MS;
    use cascade_scenario::Observed;

    use super::*;
    use crate::hindcast::tests::record;
    use crate::liquidation_map::{CELL, liquidation_maps};
    use crate::parallel::Cancel;

    /// The bars of the record after the moment, and the same run digit for digit as without them.
    #[test]
    fn what_came_comes_along_and_moves_nothing() {
        let record = record();
        // Just before one of the record's falls.
        let time_ms = 2 * DAY_MS + 100 * MINUTE_MS;
        let maps = liquidation_maps(&record, &[time_ms], CELL, NonZeroUsize::MIN, &Cancel::new(), |_| ()).unwrap();
        let map = maps.unwrap().remove(0).unwrap();
        let book = Resilience::of(&record);
        let origin = Origin {
            name: "record",
            moment: "then",
            time_ms,
            record: &record,
            map: Some(&map),
            book: book.as_ref().map_err(|reason| *reason),
            assumptions: Assumptions::default(),
        };
        let start = scenario(&base(), &origin).unwrap();
        let came = &start.scenario.observed;
        assert_eq!(came.bars[0].close, start.scenario.parameters.market.start_price);
        let after = record.bars().between(time_ms, time_ms + DAY_MS);
        assert_eq!(came.bars.len(), 1 + after.len());
        for (known, bar) in came.bars[1..].iter().zip(after) {
            assert_eq!([known.low, known.high, known.close], [bar.low, bar.high, bar.close]);
        }
        let said = start.said.last().unwrap();
        assert!(
            said.contains("What the price really did in the 22.3 h that followed is"),
            "{said}"
        );
        let without = Scenario {
            observed: Observed::default(),
            ..start.scenario.clone()
        };
        let digest = |scenario: &Scenario| {
            let mut simulation = Simulation::new(scenario).unwrap();
            (0..200).for_each(|_| simulation.step());
            simulation.digest()
        };
        assert_eq!(digest(&start.scenario), digest(&without));
        // Without a map the scenario's own positions stay.
        let blind = scenario(&base(), &Origin { map: None, ..origin }).unwrap();
        assert!(blind.scenario.positions.is_empty());
        assert_eq!(blind.scenario.parameters.liquidity, start.scenario.parameters.liquidity);
        assert_eq!(blind.scenario.parameters.market, start.scenario.parameters.market);
        assert!(
            blind.said.iter().any(|said| said.contains("no open interest")),
            "{:?}",
            blind.said
        );
        assert_eq!(blind.said.last(), start.said.last());
        // At the end of the record nothing has come yet, and nothing is said of it.
        let time_ms = record.ends_ms();
        let last = scenario(&start.scenario, &Origin { time_ms, ..origin }).unwrap();
        assert!(last.scenario.observed.is_empty());
        assert!(!last.said.iter().any(|said| said.contains("really did")));
    }
}
