//! What a scenario brings along beside its parameters: what there is to read about it, options, positions, a price path and the
//! prices that really came, one entry a line.

use std::fmt::Write;

use serde::Deserialize;

use cascade_scenario::{
    ASSETS_MAX, ErrorPlace, Hints, ListedPosition, OPTIONS_MAX, Observed, ObservedBar, OptionSeries, PARAGRAPHS_MAX,
    POSITIONS_MAX, Paragraph, ParameterError, PositionKind, PricePath, RecordMark, Scenario, VENUES_MAX,
};

use crate::document::{Piece, RonDocument};
use crate::problem::Problem;

use super::pieces::{literal, offender};

/// A price path as it stands in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PathFields {
    #[serde(default)]
    noise: bool,
    points: Vec<(f64, f64)>,
}

/// The field of a path that holds its entries.
const POINTS: &str = "points";

/// What really came, as it stands in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ObservedFields {
    interval: f64,
    bars: Vec<(f64, f64, f64, f64)>,
}

/// Its field that holds its entries.
const BARS: &str = "bars";

/// Reads all lists that there are.
pub(super) fn read(document: &RonDocument<'_>, scenario: &mut Scenario, problems: &mut Vec<Problem>) {
    let background = list(
        document,
        "background",
        PARAGRAPHS_MAX,
        |number, paragraph: &Paragraph| paragraph.validate(number),
    );
    let options = list(document, "options", OPTIONS_MAX, |number, series: &OptionSeries| {
        series.validate(number)
    });
    // Whether the scenario has the venue and the asset is known only once its parameters are.
    let counts = if problems.is_empty() {
        (scenario.parameters.venues.count, scenario.parameters.assets.count)
    } else {
        (VENUES_MAX as u32, ASSETS_MAX as u32)
    };
    let positions = list(
        document,
        "positions",
        POSITIONS_MAX,
        |number, position: &ListedPosition| position.validate(number, counts.0, counts.1),
    );
    match hints(document) {
        Ok(hints) => scenario.hints = hints,
        Err(problem) => problems.push(problem),
    }
    match background {
        Ok(background) => scenario.background = background,
        Err(problem) => problems.push(problem),
    }
    match options {
        Ok(options) => scenario.options = options.into(),
        Err(problem) => problems.push(problem),
    }
    match positions {
        Ok(positions) => scenario.positions = positions.into(),
        Err(problem) => problems.push(problem),
    }
    match path(document) {
        Ok(path) => scenario.path = path,
        Err(problem) => problems.push(problem),
    }
    match observed(document) {
        Ok(observed) => scenario.observed = observed,
        Err(problem) => problems.push(problem),
    }
}

/// The entries of a field, none if it is missing; a complaint about one points at it.
fn list<'a, T: Deserialize<'a>>(
    document: &RonDocument<'a>,
    field: &str,
    most: usize,
    validate: impl Fn(usize, &T) -> Result<(), ParameterError>,
) -> Result<Vec<T>, Problem> {
    let Some(piece) = document.field(field) else {
        return Ok(Vec::new());
    };
    let entries: Vec<T> = document.decode(piece)?;
    if entries.len() > most {
        let message = format!("`{field}` is a list of {}; allowed are at most {most}", entries.len());
        return Err(document.problem(piece, message));
    }
    for (index, entry) in entries.iter().enumerate() {
        if let Err(error) = validate(index + 1, entry) {
            let at = document.entry_of(piece, index);
            return Err(document.problem(offender(at, &error), error.to_string()));
        }
    }
    Ok(entries)
}

/// What the scenario suggests; nothing if the field is missing.
fn hints(document: &RonDocument<'_>) -> Result<Hints, Problem> {
    let Some(piece) = document.field("hints") else {
        return Ok(Hints::default());
    };
    let hints: Hints = document.decode(piece)?;
    let probe = Scenario {
        hints,
        ..Scenario::default()
    };
    probe
        .validate()
        .map_err(|error| document.problem(offender(piece, &error), error.to_string()))?;
    Ok(probe.hints)
}

/// Writes what the scenario suggests.
pub(super) fn write_hints(line: &mut impl FnMut(std::fmt::Arguments<'_>), hints: &Hints) {
    line(format_args!("    hints: ("));
    line(format_args!("        levers: {:?},", hints.levers));
    line(format_args!("        tries: ["));
    for trial in &hints.tries {
        let settings = trial.set.iter();
        let set: Vec<String> = settings
            .map(|(path, setting)| format!("{path:?}: {}", literal(setting)))
            .collect();
        line(format_args!(
            "            (text: {:?}, set: {{{}}}),",
            trial.text,
            set.join(", ")
        ));
    }
    line(format_args!("        ],"));
    if let Some(RecordMark { price, text }) = &hints.record {
        line(format_args!("        record: (price: {price:?}, text: {text:?}),"));
    }
    line(format_args!("    ),"));
}

fn path(document: &RonDocument<'_>) -> Result<PricePath, Problem> {
    let Some(piece) = document.field("path") else {
        return Ok(PricePath::default());
    };
    let fields: PathFields = document.decode(piece)?;
    let path = PricePath {
        noise: fields.noise,
        points: fields.points.into(),
    };
    path.validate()
        .map_err(|error| complaint(document, piece, POINTS, &error))?;
    Ok(path)
}

fn observed(document: &RonDocument<'_>) -> Result<Observed, Problem> {
    let Some(piece) = document.field("observed") else {
        return Ok(Observed::default());
    };
    let fields: ObservedFields = document.decode(piece)?;
    if fields.bars.is_empty() {
        return Ok(Observed::default());
    }
    let bars = fields.bars.into_iter().map(|(seconds, low, high, close)| ObservedBar {
        seconds,
        low,
        high,
        close,
    });
    let observed = Observed {
        interval_seconds: fields.interval,
        bars: bars.collect::<Vec<_>>().into(),
    };
    observed
        .validate()
        .map_err(|error| complaint(document, piece, BARS, &error))?;
    Ok(observed)
}

/// A complaint about a field that has its entries in one of its own: it points at the entry that the error names.
fn complaint(document: &RonDocument<'_>, piece: Piece<'_>, list: &str, error: &ParameterError) -> Problem {
    let number = match error {
        ParameterError::Value {
            place: ErrorPlace::Entry { number, .. },
            ..
        } => Some(*number),
        _ => None,
    };
    let entries = piece.text.find(list).and_then(|at| {
        let bracket = piece.text[at..].find('[')?;
        Some(piece.from(at + bracket))
    });
    let at = number
        .zip(entries)
        .map_or(piece, |(number, entries)| document.entry_of(entries, number - 1));
    document.problem(at, error.to_string())
}

/// Writes all lists that there are.
pub(super) fn write(text: &mut String, scenario: &Scenario) {
    let mut line = |content: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{content}");
    };
    if !scenario.options.is_empty() {
        line(format_args!("    options: ["));
        for series in scenario.options.iter() {
            line(format_args!("        {},", series_text(series)));
        }
        line(format_args!("    ],"));
    }
    if !scenario.positions.is_empty() {
        line(format_args!(
            "    // Levered positions at the first step. Entry: USD per coin; size: coins, of inverse contracts USD; leverage: \
             notional at entry over margin."
        ));
        line(format_args!("    positions: ["));
        for position in scenario.positions.iter() {
            line(format_args!("        {},", position_text(position)));
        }
        line(format_args!("    ],"));
    }
    let PricePath { points, noise } = &scenario.path;
    if !points.is_empty() {
        line(format_args!(
            "    // What the efficient price of the first asset follows, relative to the first point: seconds, price."
        ));
        line(format_args!("    path: (noise: {noise}, {POINTS}: ["));
        for point in points.iter() {
            line(format_args!("        {point:?},"));
        }
        line(format_args!("    ]),"));
    }
    let Observed { interval_seconds, bars } = &scenario.observed;
    if !bars.is_empty() {
        line(format_args!(
            "    // What the price of the first asset really did; the run does not read it. Seconds after the beginning at the end of a \
             bar of so many seconds, its lowest, highest and last price. The first bar is the beginning."
        ));
        line(format_args!("    observed: (interval: {interval_seconds:?}, {BARS}: ["));
        for ObservedBar {
            seconds,
            low,
            high,
            close,
        } in bars.iter()
        {
            line(format_args!("        ({seconds:?}, {low:?}, {high:?}, {close:?}),"));
        }
        line(format_args!("    ]),"));
    }
}

fn series_text(series: &OptionSeries) -> String {
    let OptionSeries {
        kind,
        strike,
        days,
        open_interest,
        volatility,
    } = series;
    format!(
        "(kind: {kind:?}, strike: {strike:?}, days: {days:?}, open_interest: {open_interest:?}, volatility: {volatility:?})"
    )
}

fn position_text(position: &ListedPosition) -> String {
    let ListedPosition {
        side,
        entry,
        size,
        leverage,
        venue,
        asset,
        kind,
    } = position;
    let mut text = format!("(side: {side:?}, entry: {entry:?}, size: {size:?}, leverage: {leverage:?}");
    // Writing to a string cannot fail.
    if *venue != 1 {
        let _ = write!(text, ", venue: {venue}");
    }
    if *asset != 1 {
        let _ = write!(text, ", asset: {asset}");
    }
    if *kind != PositionKind::Linear {
        let _ = write!(text, ", kind: {kind:?}");
    }
    text.push(')');
    text
}
