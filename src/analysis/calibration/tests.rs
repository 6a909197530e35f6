//! A model that is known, found again.

use super::*;
use crate::hindcast::tests::record;

/// The falls of the record.
const FALLS: Trigger = Trigger {
    fall: Some(0.0125),
    rise: None,
};

fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).unwrap()
}

/// A search with so many points and runs.
fn calibrator<'c>(
    record: &'c Record,
    base: &'c Scenario,
    crossings: &'c Crossings,
    (points, seeds): (usize, usize),
) -> Calibrator<'c> {
    Calibrator {
        search: Search {
            record,
            base,
            trigger: FALLS,
            points,
            seeds,
        },
        crossings,
        pass_through: None,
    }
}

/// What came from a point that is kept from the calibrator, with seeds it does not use.
fn secret(calibrator: &Calibrator, point: &Point) -> Vec<Hour> {
    let hour = |place: usize| {
        let crossing = &calibrator.crossings.known[place];
        let scenario = crossing
            .scenario(calibrator.search.record, calibrator.search.base, &assumptions(point))
            .unwrap();
        crossing
            .run(&scenario, 5_000 + place as u64, assumptions(point).news, &Cancel::new())
            .unwrap()
    };
    (0..calibrator.crossings.known.len()).map(hour).collect()
}

/// Steps of a minute and few stop orders, so that runs are short.
fn base() -> Scenario {
    let mut base = Scenario::default();
    base.set("market.step_seconds", 60.0).unwrap();
    base.set("stops.count", 400.0).unwrap();
    base
}

fn crossings(record: &Record) -> Crossings {
    Crossings::of(record, FALLS, threads(2), &Cancel::new())
        .unwrap()
        .unwrap()
}

/// The bands of 80 % hold what is known: that of ten five or more do not has a probability of .03.
#[test]
fn known_parameters_are_found_again() {
    let (record, base) = (record(), base());
    let once = crossings(&record);
    // The same falls four times, days apart, each with news of its own.
    let often = Crossings {
        known: (0..4)
            .flat_map(|day| once.known.iter().map(move |crossing| crossing.days_later(2 * day)))
            .collect(),
        left_out: 0,
    };
    let calibrator = calibrator(&record, &base, &often, (40, 4));
    let mut held = 0;
    for secret_point in [[0.3, 1.0, 1.0, 0.8, 0.01], [0.06, 1.6, 1.2, 1.8, 0.1]] {
        let came = secret(&calibrator, &secret_point);
        let found = calibrator
            .fit(&came, threads(2), &Cancel::new(), |_, _| ())
            .unwrap()
            .unwrap();
        assert!(!found.accepted.is_empty() && found.refuted_by.is_empty(), "{found:?}");
        for (fitted, known) in found.parameters.iter().zip(secret_point) {
            held += usize::from((fitted.p10..=fitted.p90).contains(&known));
        }
        assert!(found.parameters[Free::News as usize].identified);
        // What is printed says how much rests at levels: the estimate without it is further off.
        let off = |found: &Calibration| libm::fabs(libm::log(found.medians()[Free::Mass as usize] / secret_point[1]));
        if secret_point[1] > 1.0 {
            let silent = |hour: &Hour| Hour {
                liquidated: None,
                ..*hour
            };
            let silent: Vec<Hour> = came.iter().map(silent).collect();
            let blind = calibrator
                .fit(&silent, threads(2), &Cancel::new(), |_, _| ())
                .unwrap()
                .unwrap();
            assert_eq!(blind.moments.len() + 1, found.moments.len());
            assert!(off(&found) < 0.2 && off(&blind) > 2.0 * off(&found), "{blind:?}");
        }
    }
    assert!(held >= 6, "the bands hold {held} of 10");
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let (record, base) = (record(), base());
    let crossings = crossings(&record);
    let calibrator = calibrator(&record, &base, &crossings, (6, 2));
    let of = |count| {
        calibrator
            .fit(&calibrator.came(), threads(count), &Cancel::new(), |_, _| ())
            .unwrap()
            .unwrap()
    };
    let alone = of(1);
    assert_eq!(alone.tried, 18);
    assert_eq!((&of(2), &of(7)), (&alone, &alone));
}

/// Prices that fall ten times as far as any of its points: the model is refuted, by name.
#[test]
fn what_no_point_reaches_refutes_the_model() {
    let (record, base) = (record(), base());
    let crossings = crossings(&record);
    let calibrator = calibrator(&record, &base, &crossings, (8, 2));
    let hour = Hour {
        further: 0.9,
        end: 0.9,
        variance: 1e-8,
        closed: 0.0,
        liquidated: None,
        reached: 0.0,
    };
    let came = vec![hour; crossings.known.len()];
    let found = calibrator
        .fit(&came, threads(2), &Cancel::new(), |_, _| ())
        .unwrap()
        .unwrap();
    assert!(found.accepted.is_empty());
    assert!(
        found.refuted_by.contains(&Moment::Further) && found.refuted_by.contains(&Moment::Volatility),
        "{found:?}"
    );
    assert!(found.words().contains("refuted") && found.words().contains("Further move"));
}

#[test]
fn too_little_is_said_and_cancelled_is_nothing() {
    let (whole, base) = (record(), base());
    let crossings = crossings(&whole);
    let few = Crossings {
        known: crossings.known[..2].to_vec(),
        left_out: 0,
    };
    let of = |crossings, cancel: &Cancel| {
        let calibrator = calibrator(&whole, &base, crossings, (2, 1));
        calibrator.fit(&calibrator.came(), threads(1), cancel, |_, _| ())
    };
    assert_eq!(
        of(&few, &Cancel::new()),
        Err(NoCalibration::TooFew { hours: 2, days: 1 })
    );
    let cancel = Cancel::new();
    cancel.request();
    assert_eq!(of(&crossings, &cancel), Ok(None));
}

/// x·1 %·(V/D)^(1/κ): the order that moves the price by 1 % is D/x^κ. Levels hold more and lie further away, news is larger.
#[test]
fn assumptions_change_what_they_name() {
    let (record, base) = (record(), base());
    let crossings = crossings(&record);
    let of = |assumptions: &Assumptions| crossings.known[0].scenario(&record, &base, assumptions).unwrap();
    let plain = of(&Assumptions::default());
    let power = plain.parameters.liquidity.impact_exponent;
    let through = of(&Assumptions {
        pass_through: 0.25,
        ..Assumptions::default()
    });
    let deeper = through.parameters.liquidity.depth / plain.parameters.liquidity.depth;
    assert!((deeper / 4.0_f64.powf(power) - 1.0).abs() < 1e-12, "{deeper}");
    assert_eq!(through.positions, plain.positions);
    let heavier = of(&Assumptions {
        mass: 2.0,
        news: 1.5,
        ..Assumptions::default()
    });
    assert!((heavier.parameters.market.volatility / plain.parameters.market.volatility - 1.5).abs() < 1e-12);
    for (one, other) in heavier.positions.iter().zip(plain.positions.iter()) {
        assert!((one.size / other.size - 2.0).abs() < 1e-12 && one.leverage == other.leverage);
    }
    assert!(!plain.parameters.stops.enabled);
    let stopped = of(&Assumptions {
        stops: 0.1,
        ..Assumptions::default()
    });
    let interest = crossings.known[0].interest_usd();
    assert!(stopped.parameters.stops.enabled);
    assert!((stopped.parameters.stops.notional / interest - 0.1).abs() < 1e-12);
    let nearer = of(&Assumptions {
        distance: 0.8,
        ..Assumptions::default()
    });
    let maintenance = plain.parameters.margin.maintenance;
    let furthest = |scenario: &Scenario| {
        let distance = |position: &cascade_scenario::ListedPosition| {
            let sign = if position.side == cascade_scenario::PositionSide::Long {
                1.0
            } else {
                -1.0
            };
            ((1.0 - sign / position.leverage) / (1.0 - sign * maintenance))
                .ln()
                .abs()
        };
        scenario.positions.iter().map(distance).fold(0.0, f64::max)
    };
    assert!((furthest(&nearer) / furthest(&plain) - 0.8).abs() < 1e-9);
}
