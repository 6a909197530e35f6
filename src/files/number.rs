//! Numbers as programs and people write them in tables, with a decimal point or a decimal comma.

/// How a table writes its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decimal {
    /// `1,234.5`
    #[default]
    Point,
    /// `1.234,5`
    Comma,
}

/// How the numbers of a table are read, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// What stands before the fraction.
    pub decimal: Decimal,
    /// The line and the number that show it; none where no number does.
    pub seen: Option<(usize, String)>,
}

impl Decimal {
    /// Reads a number of this way, see [`number_of`].
    pub fn read(self, text: &str) -> Option<f64> {
        match self {
            Self::Point => number_of(text),
            Self::Comma => {
                let turned = text.chars().map(|letter| match letter {
                    ',' => '.',
                    '.' => ',',
                    other => other,
                });
                number_of(&turned.collect::<String>())
            }
        }
    }
}

/// What a number shows about how its table writes numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    Point,
    Comma,
    Either,
}

/// The same for what is most frequent, without reading it twice: digits with one point or comma among them.
fn plain_hint(text: &str) -> Option<Hint> {
    let at = text.find([',', '.'])?;
    let (whole, fraction) = (&text[..at], &text[at + 1..]);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let may_group = fraction.len() == 3 && whole.len() <= 3 && !whole.starts_with('0');
    Some(match (may_group, text.as_bytes()[at]) {
        (true, _) => Hint::Either,
        (false, b',') => Hint::Comma,
        (false, _) => Hint::Point,
    })
}

/// None for what is no number, and for a number without any point or comma.
pub(super) fn hint(text: &str) -> Option<Hint> {
    if !text.contains([',', '.']) {
        return None;
    }
    if let Some(found) = plain_hint(text) {
        return Some(found);
    }
    let text = text.trim_end_matches(['x', 'X', '×', '%']).trim_end();
    let [point, comma] = [Decimal::Point, Decimal::Comma].map(|way| way.read(text));
    match (point, comma) {
        (Some(one), Some(other)) if one != other => Some(Hint::Either),
        (Some(_), None) => Some(Hint::Point),
        (None, Some(_)) => Some(Hint::Comma),
        _ => None,
    }
}

/// Whether a field says that there is no value.
pub fn is_missing(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "" | "-" | "--" | "—" | "–" | "." | "null" | "(null)" | "nan" | "n/a" | "na" | "#n/a" | "none" | "nil"
    )
}

/// A finite number with a decimal point, perhaps with thousands separators, a dollar sign in front or a per cent sign behind.
pub fn number_of(text: &str) -> Option<f64> {
    let (text, scale) = text
        .strip_suffix('%')
        .map_or((text, 1.0), |per_cent| (per_cent.trim_end(), 0.01));
    // Some spreadsheets put spaces that do not break between thousands.
    let text = text.replace('\u{2212}', "-").replace(['\u{a0}', '\u{202f}'], "");
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or_else(|| (1.0, text.strip_prefix('+').unwrap_or(&text)), |rest| (-1.0, rest));
    let digits = digits.strip_prefix('$').unwrap_or(digits).trim_start();
    // What `parse` takes beside numbers: `nan`, `inf`, another sign.
    if !digits.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.') {
        return None;
    }
    let whole = digits.split('.').next().unwrap_or_default();
    let value: f64 = if digits.contains(',') {
        let mut groups = whole.split(',');
        let first = groups
            .next()
            .is_some_and(|group| (1..=3).contains(&group.len()) && !group.starts_with('0'));
        let rest: Vec<&str> = groups.collect();
        let all_digits = rest.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
        // 1,234,567 or, as in India, 12,34,567.
        let [inner @ .., last] = rest.as_slice() else {
            return None;
        };
        let even = [3, 2].iter().any(|size| inner.iter().all(|group| group.len() == *size));
        if !first || !all_digits || last.len() != 3 || !even || digits[whole.len()..].contains(',') {
            return None;
        }
        digits.replace(',', "").parse().ok()?
    } else {
        digits.parse().ok()?
    };
    Some(sign * value * scale).filter(|value| value.is_finite())
}

/// Largest number of digits that is read exactly in one go.
const EXACT: u64 = 1 << 53;
/// Powers of ten that are exact.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// The same as [`number_of`] of bytes, faster for what is most frequent: digits with at most one point among them.
pub(super) fn number_of_bytes(bytes: &[u8]) -> Option<f64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    let (mut whole, mut scale, mut has_point, mut any) = (0_u64, 0, false, false);
    for byte in digits {
        match byte {
            b'0'..=b'9' if whole < EXACT / 10 => {
                whole = 10 * whole + u64::from(byte - b'0');
                scale += usize::from(has_point);
                any = true;
            }
            // Zeros behind the digits that count change nothing.
            b'0' if has_point => {}
            b'.' if !has_point => has_point = true,
            _ => return number_of(std::str::from_utf8(bytes).ok()?.trim()),
        }
    }
    // A quotient of two exact numbers is rounded once.
    let value = whole as f64 / TENS.get(scale).filter(|_| any)?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_the_same_numbers_as_texts() {
        for text in [
            "0",
            "1",
            "-1",
            "12.5",
            "7885.275",
            "647368074.3692",
            "0.00002853",
            "53054.4800000000000000",
            "0.1234567890123456789",
            "9007199254740993",
            "123456789012345678",
            "4.25001e+11",
            "1e3",
            "-0.0001",
            "1,234.5",
            ".5",
            "5.",
            "",
            "-",
            ".",
            "NaN",
            "abc",
            "1.2.3",
            "--5",
            "+7",
            "20 %",
            "$3",
            "179769313486231570000000000",
        ] {
            assert_eq!(number_of_bytes(text.as_bytes()), number_of(text), "{text}");
        }
        assert_eq!(number_of_bytes(&[0xff, 0x31]), None);
    }

    #[test]
    fn numbers_are_what_people_write_and_nothing_else() {
        for (text, value) in [
            ("1", 1.0),
            ("-2.5", -2.5),
            ("\u{2212}2.5", -2.5),
            ("1e3", 1000.0),
            ("$1,234.5", 1234.5),
            ("-$3", -3.0),
            ("1,234,567", 1_234_567.0),
            ("1,05,000", 105_000.0),
            ("20 %", 0.2),
            (".5", 0.5),
        ] {
            assert_eq!(number_of(text), Some(value), "{text}");
        }
        for text in [
            "",
            "nan",
            "inf",
            "-inf",
            "1,5",
            "1234,567",
            "1,23,45",
            "1,23,456,789",
            "12,",
            "1.2.3",
            "long",
            "2024-01-01",
            "1,2345",
            "1.234,5",
            "1e999",
            "--5",
        ] {
            assert_eq!(number_of(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_show_which_way_they_are_written() {
        for (text, expected) in [
            ("1,5", Some(Hint::Comma)),
            ("0,125", Some(Hint::Comma)),
            ("1234,567", Some(Hint::Comma)),
            ("1.234,5", Some(Hint::Comma)),
            ("1.234.567", Some(Hint::Comma)),
            ("2,5x", Some(Hint::Comma)),
            ("1.5", Some(Hint::Point)),
            ("0.125", Some(Hint::Point)),
            ("1,234.5", Some(Hint::Point)),
            ("1,234,567", Some(Hint::Point)),
            ("1.5e-3", Some(Hint::Point)),
            ("1,234", Some(Hint::Either)),
            ("-12.345", Some(Hint::Either)),
            ("1234", None),
            ("05.08.2024", None),
            ("12:30:05.250", None),
            ("long", None),
            ("1,2,3", None),
        ] {
            assert_eq!(hint(text), expected, "{text}");
        }
        assert_eq!(Decimal::Comma.read("-1.234,5 %"), Some(-12.345));
        assert_eq!(Decimal::Comma.read("1\u{a0}234,5"), Some(1234.5));
        assert_eq!(Decimal::Comma.read("1.5"), None);
    }
}
