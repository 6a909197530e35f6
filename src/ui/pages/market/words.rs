//! What is known of a record and what is not, in sentences.

use cascade_analysis::calibration::{Calibration, Compared, Fitted};
use cascade_app::market::MarketRecord;
use cascade_files::time::minute_of;
use cascade_market::book::Map;
use cascade_market::forced::Explanation;
use cascade_market::{Defect, DefectKind, Series};
use cascade_scenario::{PositionSide, format};

/// Log distance from the price up to which levels are summed up.
const NEAR: f64 = 0.05;
/// Levels that are named as what moved the price most.
const LEVELS: usize = 5;

/// A moment, to the minute.
pub(super) fn moment(time_ms: i64) -> String {
    minute_of(time_ms as f64 / 1e3).unwrap_or_default()
}

/// A moment on a time axis: the day at midnight, the time of day else.
pub(super) fn tick(begins_ms: i64, seconds: f64) -> String {
    let text = moment(begins_ms + (seconds * 1e3).round() as i64);
    let (day, time) = text.split_once(' ').unwrap_or((text.as_str(), ""));
    let short = day.get(5..).unwrap_or(day);
    if time == "00:00" {
        short.to_owned()
    } else {
        format!("{short} {time}")
    }
}

/// What the record has.
pub(super) fn known(of: &MarketRecord) -> String {
    let record = &of.record;
    let every = |rows: usize, what: &str| {
        let span = (record.ends_ms() - record.begins_ms()) as f64 / 1e3;
        (rows > 1).then(|| format!("{what} about every {}", format::duration(span / rows as f64)))
    };
    let bars = record.bars().rows().len();
    let mut parts = vec![format!(
        "{} bars of {} from {} to {} UTC",
        format::whole(bars as u64),
        format::duration(record.bars().interval_ms() as f64 / 1e3),
        moment(record.begins_ms()),
        moment(record.ends_ms())
    )];
    parts.extend(every(record.open_interest().len(), "open interest"));
    parts.extend(every(record.depth().snapshots().len(), "depth"));
    parts.extend(every(record.funding().len(), "funding"));
    let liquidations = record.liquidations().len();
    if liquidations > 0 {
        parts.push(format!(
            "{} printed (a floor: venues throttle them)",
            format::counted(liquidations, "liquidation")
        ));
    }
    let left_out: u64 = record
        .defects()
        .iter()
        .filter(|one| is_left_out(one.kind))
        .map(|one| one.count)
        .sum();
    let missing: u64 = record
        .defects()
        .iter()
        .filter(|one| one.kind == DefectKind::Gap)
        .map(|one| one.count)
        .sum();
    let wrong = match (left_out, missing) {
        (0, 0) => "nothing is missing and nothing was left out".to_owned(),
        _ => format!(
            "{} missing, {} left out as frozen, wrong or impossible",
            rows(missing),
            rows(left_out)
        ),
    };
    format!("Known: {}; {wrong}.", parts.join(", "))
}

fn rows(count: u64) -> String {
    format::counted(count as usize, "row")
}

const fn is_left_out(kind: DefectKind) -> bool {
    !matches!(
        kind,
        DefectKind::OutOfOrder | DefectKind::Duplicate | DefectKind::Blank | DefectKind::Gap
    )
}

/// What is estimated and what it rests on.
pub(super) fn unknown(of: &MarketRecord) -> String {
    let maps = match &of.maps {
        Err(reason) => return format!("Not known: where liquidations rest. {reason}."),
        Ok(maps) => maps,
    };
    let Some(last) = maps.iter().rev().flatten().next() else {
        return "Not known: where liquidations rest; open interest begins after the last moment.".to_owned();
    };
    let quality = &last.quality;
    let reliable = if quality.is_reliable() {
        ""
    } else {
        " Most of what stands was opened before the record begins, at entries nobody saw: the map says little yet."
    };
    format!(
        "Not known: entries, leverage and margin of single holders. The levels are estimated from price and open interest by {} draws; \
         at the end {} of what stands was opened within the record, and {} of it rests at no level at all (cross margin, hedged, \
         unlevered).{reliable}",
        cascade_market::book::DRAWS,
        format::share(quality.seen, 2),
        format::share(quality.reservoir, 2),
    )
}

/// What the order book is like.
pub(super) fn book(of: &MarketRecord) -> String {
    match &of.book {
        Ok(book) => format!("Measured: {}", book.words()),
        Err(reason) => format!("Not measured: how the book thins and recovers; {reason}."),
    }
}

/// What the map says near the price at its moment.
pub(super) fn near(map: &Map) -> String {
    let within = |side| format::short(map.within(side, NEAR) * map.price);
    format!(
        "Estimated at {}: within 5 % of the price {} USD of longs below and {} USD of shorts above.",
        moment(map.time_ms),
        within(PositionSide::Long),
        within(PositionSide::Short)
    )
}

/// What was fitted, line by line, and what it was fitted to.
pub(super) fn fit(found: &Calibration) -> String {
    let parameters = found.parameters.iter().map(Fitted::words);
    let moments = found.moments.iter().map(Compared::words);
    parameters.chain(moments).collect::<Vec<_>>().join("\n")
}

/// What a move consists of, line by line; the levels that moved it most.
pub(super) fn parts(found: &Explanation) -> String {
    let line = |what: &str, log: f64| format!("{what}: {}", format::percent(log, 3));
    let mut lines = vec![
        line("The move, log price", found.total_log),
        line(
            "Forced, at the usual depth of the hour",
            found.forced_at_usual_depth_log,
        ),
        line("Forced, because books were thinner", found.thin_books_log),
        line("Everything else", found.exogenous_log),
    ];
    let mut largest: Vec<_> = found.levels.iter().collect();
    largest.sort_by(|a, b| b.log.abs().total_cmp(&a.log.abs()));
    lines.extend(largest.into_iter().take(LEVELS).map(|level| {
        let side = match level.side {
            PositionSide::Long => "longs",
            PositionSide::Short => "shorts",
        };
        let price = format::price(f64::midpoint(level.price_from, level.price_to));
        line(
            &format!("{} coins of {side} near {price}", format::short(level.coins)),
            level.log,
        )
    }));
    lines.join("\n")
}

/// A defect in a line.
pub(super) fn defect(defect: &Defect) -> String {
    let band = defect.band.map_or_else(String::new, |band| {
        let sign = if band.is_bid() { '−' } else { '+' };
        format!(" in the band {sign}{} %", format::digits(band.percent(), 2))
    });
    let what = match defect.series {
        Series::Depth => "value",
        _ => "row",
    };
    format!(
        "{}: {} {}{band}, {} to {}",
        defect.series.label(),
        format::counted(defect.count as usize, what),
        defect.kind.label(),
        moment(defect.from_ms),
        moment(defect.to_ms)
    )
}
