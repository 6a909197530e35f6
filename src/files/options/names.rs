//! Names of options in files that have no columns for strike and expiry: `18 Dec 2600.00 (SPX1821L2600)`, which is year,
//! month and strike, and in brackets the root, year, day and a letter for month and kind (A to L calls, M to X puts).

use cascade_scenario::Date;

/// What a name tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Named {
    /// The day the option expires.
    pub expiry: Date,
    /// The strike.
    pub strike: f64,
}

/// Reads a name.
pub fn read(name: &str) -> Option<Named> {
    let (label, code) = name.split_once('(')?;
    let strike = label.split_whitespace().nth(2)?.parse().ok();
    let strike = strike.filter(|strike: &f64| strike.is_finite() && *strike > 0.0)?;
    // Behind a dash stands where it is quoted.
    let code = code.split([')', '-']).next()?;
    let letter_at = code.rfind(|letter: char| letter.is_ascii_uppercase())?;
    let month = match code.as_bytes()[letter_at] {
        letter @ b'A'..=b'L' => letter - b'A',
        letter @ b'M'..=b'X' => letter - b'M',
        _ => return None,
    };
    let digits = code.get(letter_at.checked_sub(4)?..letter_at)?;
    let number = |part: &str| part.parse::<u32>().ok();
    let (year, day) = (number(digits.get(..2)?)?, number(digits.get(2..)?)?);
    let year = 2000 + i32::try_from(year).ok()?;
    Some(Named {
        expiry: Date::new(year, u32::from(month) + 1, day)?,
        strike,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_strike_and_expiry() {
        for (name, year, month, day, strike) in [
            ("18 Dec 100.00 (SPX1821L100)", 2018, 12, 21, 100.0),
            ("18 Dec 2602.50 (SPX1821X2602.5)", 2018, 12, 21, 2602.5),
            ("13 Dec 125.00 (IBM1327L125-4)", 2013, 12, 27, 125.0),
            ("11 Jan 1250.00 (SPXW1107A1250-E)", 2011, 1, 7, 1250.0),
        ] {
            let expiry = Date::new(year, month, day).unwrap();
            assert_eq!(read(name), Some(Named { expiry, strike }), "{name}");
        }
        for name in [
            "",
            "SPX",
            "18 Dec 100.00",
            "18 Dec 100.00 (L)",
            "18 Dec 0 (SPX1821L0)",
            "18 Feb 9 (SPX1830B9)",
            "18 Dec nan (SPX1821L100)",
            "a b 3 (é1821L9)é",
            "a b 3 (éé1L9)",
        ] {
            assert!(read(name).is_none_or(|named| named.strike > 0.0), "{name}");
        }
        assert_eq!(read("18 Feb 9 (SPX1830B9)"), None);
    }
}
