//! Numbers as people read them: short, with the field's suffixes, a true minus sign; and texts that may hold anything.

use std::borrow::Cow;

use super::is_hidden;

/// The smallest share whose digits say anything.
const SHARE_LEAST: f64 = 1e-4;

/// At most four significant digits, large numbers in thousands (`k`), `M`, `bn` or `tn`.
pub fn short(value: f64) -> String {
    amount(value, 4)
}

/// Like [`short`] with another number of significant digits.
pub fn amount(value: f64, significant: i32) -> String {
    let size = value.abs();
    let (scaled, suffix) = match size {
        s if s >= 999.95e9 => (value / 1e12, " tn"),
        s if s >= 999.95e6 => (value / 1e9, " bn"),
        s if s >= 999.95e3 => (value / 1e6, " M"),
        s if s >= 99.995e3 => (value / 1e3, " k"),
        _ => (value, ""),
    };
    format!("{}{suffix}", digits(scaled, significant))
}

/// A number with the given count of significant digits, trailing zeros of the fraction dropped, thousands separated by commas.
pub fn digits(value: f64, significant: i32) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "–".to_owned()
        } else {
            signed(value, "∞".to_owned())
        };
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor() as i32;
    let decimals = (significant - 1 - magnitude).clamp(0, 12) as usize;
    let mut text = format!("{:.decimals$}", value.abs());
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    if text == "0" {
        text
    } else {
        signed(value, grouped(&text))
    }
}

/// A price: whole dollars with thousands separators when large, four digits when small.
pub fn price(value: f64) -> String {
    if !value.is_finite() || value.abs() < 1000.0 {
        return digits(value, 5);
    }
    signed(value, grouped(&format!("{:.0}", value.abs())))
}

/// How many there are, thousands separated by commas.
pub fn whole(count: u64) -> String {
    grouped(&count.to_string())
}

/// A share in per cent, which has no sign, with so many digits: `4.3 %`; of next to nothing only that it is so little.
pub fn share(fraction: f64, count: i32) -> String {
    if fraction > 0.0 && fraction < SHARE_LEAST {
        return format!("less than {} %", digits(100.0 * SHARE_LEAST, 1));
    }
    format!("{} %", digits(100.0 * fraction, count))
}

/// A fraction as per cent with a sign: `−4.31 %`.
pub fn percent(fraction: f64, decimals: usize) -> String {
    if !fraction.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.decimals$}", (fraction * 100.0).abs());
    let zero = text.chars().all(|c| c == '0' || c == '.');
    let sign = if zero {
        ""
    } else if fraction < 0.0 {
        "−"
    } else {
        "+"
    };
    format!("{sign}{} %", grouped(&text))
}

/// Seconds of market time as `h:mm:ss`, with days in front when there are any.
pub fn clock(seconds: f64) -> String {
    let total = seconds.max(0.0).floor() as u64;
    let (days, hours, minutes, rest) = (total / 86_400, total / 3600 % 24, total / 60 % 60, total % 60);
    let day = if days > 0 { format!("{days} d ") } else { String::new() };
    format!("{day}{hours:02}:{minutes:02}:{rest:02}")
}

/// A length of time for people: `30 s`, `5 min`, `2 h`, `3 d`.
pub fn duration(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s < 120.0 => (s, "s"),
        s if s < 7_200.0 => (s / 60.0, "min"),
        s if s < 172_800.0 => (s / 3_600.0, "h"),
        s => (s / 86_400.0, "d"),
    };
    format!("{} {unit}", digits(value, 3))
}

/// So many of something: `1 long`, `2,000 longs`.
pub fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", whole(count as u64))
}

/// A step between ticks of 1, 2 or 5 times a power of ten, at least as wide as asked for.
pub fn nice_step(at_least: f64) -> f64 {
    let power = libm::pow(10.0, at_least.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|digit| digit * power)
        .find(|step| *step >= at_least * 0.999_999)
        .unwrap_or(power)
}

/// A step between ticks on a clock, at least as wide as asked for. Seconds.
pub fn nice_seconds(at_least: f64) -> f64 {
    const STEPS: [f64; 20] = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 10_800.0, 21_600.0,
        43_200.0, 86_400.0, 172_800.0, 432_000.0,
    ];
    STEPS
        .into_iter()
        .find(|step| *step >= at_least)
        .unwrap_or_else(|| 86_400.0 * nice_step(at_least / 86_400.0))
}

/// A text for a line of output: what does not show, or would begin another line, is written as `\u{a}`.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if is_hidden(letter) {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// A decimal number without a sign, its thousands separated by commas.
fn grouped(number: &str) -> String {
    let whole = number.find('.').unwrap_or(number.len());
    let mut text = String::with_capacity(number.len() + whole / 3);
    for (index, digit) in number.char_indices() {
        if index > 0 && index < whole && (whole - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn signed(value: f64, text: String) -> String {
    if value < 0.0 { format!("−{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (value, text) in [
            (0.0, "0"),
            (12.0, "12"),
            (0.005, "0.005"),
            (-4.25, "−4.25"),
            (15e9, "15 bn"),
            (95_803.0, "95,803"),
            (-1_500.0, "−1,500"),
            (999.9, "999.9"),
            (123_456.0, "123.5 k"),
            (6.25e6, "6.25 M"),
        ] {
            assert_eq!(short(value), text);
        }
        assert_eq!(digits(1_234_567.25, 9), "1,234,567.25");
        assert_eq!(digits(0.000_123_4, 3), "0.000123");
        assert_eq!(price(95_803.4), "95,803");
        assert_eq!(price(-1_234_567.0), "−1,234,567");
        assert_eq!(price(0.012_345), "0.012345");
        assert_eq!(percent(-0.0431, 1), "−4.3 %");
        assert_eq!(percent(0.000_000_1, 1), "0.0 %");
        assert_eq!(percent(-57.284, 1), "−5,728.4 %");
        for (value, text) in [
            (0.0, "0 %"),
            (7.4e-7, "less than 0.01 %"),
            (1e-4, "0.01 %"),
            (0.0431, "4.3 %"),
            (-7.4e-7, "−0.000074 %"),
        ] {
            assert_eq!(share(value, 2), text);
        }
        assert_eq!(clock(3661.0), "01:01:01");
        assert_eq!(clock(90_000.0), "1 d 01:00:00");
        assert_eq!(printable("高槓桿 “a”"), "高槓桿 “a”");
        assert_eq!(printable("a\nb\u{1b}[1m"), "a\\u{a}b\\u{1b}[1m");
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(nice_step(0.03), 0.05);
        assert_eq!(nice_step(1200.0), 2000.0);
        assert_eq!(nice_step(10.0), 10.0);
        assert_eq!(nice_seconds(11.0), 15.0);
        assert_eq!(nice_seconds(500_000.0), 86_400.0 * 10.0);
    }
}
