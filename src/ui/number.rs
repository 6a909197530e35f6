//! Typed values: what a field shows and what it understands.

use cascade_scenario::{Kind, Parameter, Scale, Unit, format};

/// A day in seconds.
const DAY: f64 = 86_400.0;

/// The unit as a narrow field shows it behind the number; the tooltip has it in full.
pub(crate) const fn compact_unit(unit: Unit) -> &'static str {
    match unit {
        Unit::UsdPerLogPrice | Unit::Usd | Unit::UsdPerCoin => "USD",
        // The number says it itself: seconds, minutes, hours or days.
        Unit::Seconds => "",
        other => other.symbol(),
    }
}

/// Reads what people type into a field of a unit: `2 h` are seconds in a field of seconds and a fraction in one of days. None
/// when it is not a number.
pub(crate) fn parse_as(text: &str, unit: Unit) -> Option<f64> {
    let value = parse(text)?;
    let named = text.trim_end();
    let names_time = named.ends_with(['d', 'h', 's']) || named.ends_with("min");
    Some(if unit == Unit::Days && names_time {
        value / DAY
    } else {
        value
    })
}

/// The number in a field, from display units.
pub(crate) fn shown(unit: Unit, value: f64) -> String {
    if unit != Unit::Seconds {
        return format::short(value);
    }
    let (size, symbol) = match value {
        v if v >= 2.0 * DAY => (DAY, "d"),
        v if v >= 7200.0 => (3600.0, "h"),
        v if v >= 600.0 => (60.0, "min"),
        _ => (1.0, "s"),
    };
    format!("{} {symbol}", format::digits(value / size, 4))
}

/// Reads what people type: `15 bn`, `15e9`, `6.5M`, `1,000,000`, `−2 %`, `12×`, `5 min`. The result is in display units.
/// None when it is not a number.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ',' && *c != '_')
        .map(|c| if c == '−' { '-' } else { c })
        .collect();
    let digits = plain
        .char_indices()
        .find(|(place, c)| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-') || is_exponent(&plain, *place)))
        .map_or(plain.len(), |(place, _)| place);
    let (number, suffix) = plain.split_at(digits);
    let number: f64 = number.parse().ok()?;
    let value = number * factor(suffix)?;
    value.is_finite().then_some(value)
}

/// Whether the letter at this place is the `e` of `15e9`.
fn is_exponent(text: &str, place: usize) -> bool {
    let rest = &text[place..];
    rest.starts_with(['e', 'E']) && rest[1..].starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+')
}

/// What a suffix multiplies by; units that the field has anyway count as 1.
fn factor(suffix: &str) -> Option<f64> {
    const UNITS: [&str; 10] = [
        "USD/coin", "USD/s", "USD", "$", "coins", "steps", "%/√yr", "%", "×", "s",
    ];
    match suffix {
        "min" => return Some(60.0),
        "h" => return Some(3600.0),
        "d" => return Some(DAY),
        _ => {}
    }
    let multiple = UNITS
        .iter()
        .find_map(|unit| suffix.strip_suffix(unit))
        .unwrap_or(suffix);
    Some(match multiple {
        "" | "x" => 1.0,
        "k" | "K" => 1e3,
        "m" | "M" | "mn" => 1e6,
        "bn" | "b" | "B" | "Bn" => 1e9,
        "tn" | "t" | "T" => 1e12,
        _ => return None,
    })
}

/// The range of a parameter in display units.
pub(crate) fn shown_range(row: &Parameter) -> std::ops::RangeInclusive<f64> {
    let factor = row.unit.display_factor();
    row.range.0 * factor..=row.range.1 * factor
}

/// The stored number for one in display units, held within the range and made whole where it must be.
pub(crate) fn stored(row: &Parameter, display: f64) -> f64 {
    let value = (display / row.unit.display_factor()).clamp(row.range.0, row.range.1);
    if row.kind == Kind::Real { value } else { value.round() }
}

/// How far a field moves for a point of dragging or an arrow key, in display units.
pub(crate) fn drag_speed(row: &Parameter, display: f64) -> f64 {
    let range = shown_range(row);
    let speed = match row.scale {
        Scale::Linear => (range.end() - range.start()) / 400.0,
        Scale::Log => display.abs() / 100.0,
        Scale::LogFromZero(smallest) => (display.abs() / 100.0).max(smallest / 10.0),
    };
    if row.kind == Kind::Real { speed } else { speed.max(0.2) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_scenario::table;

    #[test]
    fn people_may_write_numbers_as_they_like() {
        for (text, value) in [
            ("15 bn", Some(15e9)),
            ("15e9", Some(15e9)),
            ("1.5E+3", Some(1500.0)),
            ("6.5M", Some(6.5e6)),
            ("6.5 M USD", Some(6.5e6)),
            ("1,000,000", Some(1e6)),
            ("−2 %", Some(-2.0)),
            ("-.5", Some(-0.5)),
            ("12×", Some(12.0)),
            ("5 min", Some(300.0)),
            ("500 k USD/s", Some(5e5)),
            ("100,000 USD/coin", Some(1e5)),
            ("many", None),
            ("", None),
            ("12 apples", None),
            ("1e999", None),
            ("é", None),
        ] {
            assert_eq!(parse(text), value, "{text}");
        }
    }

    #[test]
    fn times_may_be_written_in_any_unit() {
        for (text, unit, value) in [
            ("2 h", Unit::Seconds, 7_200.0),
            ("12 h", Unit::Days, 0.5),
            ("3 d", Unit::Days, 3.0),
            ("3", Unit::Days, 3.0),
            ("43200 s", Unit::Days, 0.5),
        ] {
            assert_eq!(parse_as(text, unit), Some(value), "{text}");
        }
    }

    #[test]
    fn a_field_understands_what_it_shows() {
        for row in table()
            .iter()
            .filter(|row| matches!(row.kind, Kind::Real | Kind::Whole))
        {
            for value in [row.range.0, row.default, row.range.1] {
                let display = value * row.unit.display_factor();
                let text = format!("{} {}", shown(row.unit, display), compact_unit(row.unit));
                let read = parse_as(&text, row.unit).unwrap_or_else(|| panic!("{}: {text}", row.path));
                assert!(
                    (read - display).abs() <= 1e-3 * display.abs(),
                    "{}: {text} read as {read}",
                    row.path
                );
                assert!(
                    (stored(row, display) - value).abs() <= 1e-12 * value.abs(),
                    "{}",
                    row.path
                );
            }
        }
    }
}
