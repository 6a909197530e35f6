//! Names of options, which tell strike and expiry where no columns do: `18 Dec 2600.00 (SPX1821L2600)`, `SPXW220610C00800000`,
//! `BTC-27DEC24-100000-C`, `BTC-USD-241227-100000-P`.

use cascade_scenario::{Date, OptionKind};

/// The ways of naming an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// CBOE until about 2018: year, month and strike, and in brackets root, year, day, a letter for month and kind (A to L
    /// calls, M to X puts) and strike.
    Cboe,
    /// The Options Clearing Corporation: root, YYMMDD, C or P, strike in thousandths.
    Occ,
    /// Crypto venues: asset, day, strike and kind between dashes; `0d55` is 0.55.
    Dashed,
}

/// What a name tells.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named {
    /// How it is written.
    pub style: Style,
    /// The root of the option class, or the asset.
    pub root: String,
    /// The day the option expires.
    pub expiry: Date,
    /// The strike.
    pub strike: f64,
    /// Call or put.
    pub kind: OptionKind,
    /// Where the name says that it is quoted on a single exchange.
    pub single: bool,
    /// Whether prices are in coins, as they are on most crypto venues.
    pub in_coins: bool,
    /// Units a contract, where the venue's convention is not one of 100.
    pub contract: Option<f64>,
}

/// Reads a name.
pub(super) fn read(name: &str) -> Option<Named> {
    cboe(name).or_else(|| occ(name)).or_else(|| dashed(name))
}

fn cboe(name: &str) -> Option<Named> {
    let (label, code) = name.split_once('(')?;
    let strike = positive(label.split_whitespace().nth(2)?)?;
    // Behind a dash stands where it is quoted.
    let (code, exchange) = code
        .split(')')
        .next()
        .map(|code| code.split_once('-').unwrap_or((code, "")))?;
    let letter_at = code.rfind(|letter: char| letter.is_ascii_uppercase())?;
    let (kind, month) = match code.as_bytes()[letter_at] {
        letter @ b'A'..=b'L' => (OptionKind::Call, (letter - b'A').cast_signed()),
        letter @ b'M'..=b'X' => (OptionKind::Put, (letter - b'M').cast_signed()),
        _ => return None,
    };
    let start = letter_at.checked_sub(4)?;
    let expiry = date(code.get(start..start + 2)?, month + 1, code.get(start + 2..letter_at)?)?;
    Some(Named {
        style: Style::Cboe,
        root: code.get(..start)?.to_owned(),
        expiry,
        strike,
        kind,
        single: !exchange.is_empty(),
        in_coins: false,
        contract: None,
    })
}

fn occ(name: &str) -> Option<Named> {
    let name = name.trim();
    let code_at = name.len().checked_sub(15)?;
    let (root, code) = (name.get(..code_at)?.trim_end(), name.get(code_at..)?);
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let kind = match code.as_bytes()[6] {
        b'C' => OptionKind::Call,
        b'P' => OptionKind::Put,
        _ => return None,
    };
    if !digits(code.get(..6)?) || !digits(code.get(7..)?) || root.is_empty() || root.len() > 7 {
        return None;
    }
    Some(Named {
        style: Style::Occ,
        root: root.to_owned(),
        expiry: date(&code[..2], code[2..4].parse().ok()?, &code[4..6])?,
        strike: positive(&code[7..])? / 1e3,
        kind,
        single: false,
        in_coins: false,
        contract: None,
    })
}

fn dashed(name: &str) -> Option<Named> {
    let parts: Vec<&str> = name.trim().split('-').collect();
    let (asset, settled, rest) = match parts[..] {
        [asset, quote @ ("USD" | "USDT" | "USDC"), ref rest @ ..] => (asset, Some(quote), rest),
        [asset, ref rest @ ..] => match asset.split_once('_') {
            Some((asset, quote)) => (asset, Some(quote), rest),
            None => (asset, None, rest),
        },
        [] => return None,
    };
    let [day, strike, kind, more @ ..] = rest else {
        return None;
    };
    let kind = match *kind {
        "C" => OptionKind::Call,
        "P" => OptionKind::Put,
        _ => return None,
    };
    let dollars = settled.or(more.first().copied()).is_some_and(|quote| quote != "USD");
    let numbers = day.bytes().all(|byte| byte.is_ascii_digit());
    let expiry = if numbers && day.len() == 6 {
        date(day.get(..2)?, day.get(2..4)?.parse().ok()?, day.get(4..)?)?
    } else {
        match crate::time::read(day)?.day {
            crate::time::Day::Known(date) => date,
            crate::time::Day::Either(..) => return None,
        }
    };
    // OKX names the currency and writes the day in figures.
    let okx = numbers && settled.is_some();
    Some(Named {
        style: Style::Dashed,
        root: asset.to_owned(),
        expiry,
        strike: positive(&strike.replace('d', "."))?,
        kind,
        single: false,
        in_coins: !(dollars || numbers && settled.is_none()),
        contract: Some(match (okx, asset) {
            (true, "BTC") => 0.01,
            (true, "ETH") => 0.1,
            _ => 1.0,
        }),
    })
}

fn positive(text: &str) -> Option<f64> {
    text.parse()
        .ok()
        .filter(|value: &f64| value.is_finite() && *value > 0.0)
}

fn date(year: &str, month: i8, day: &str) -> Option<Date> {
    let year: i16 = year.parse().ok()?;
    Date::new(2_000 + year, month, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_strike_and_expiry() {
        use OptionKind::{Call, Put};
        for (name, root, (year, month, day), strike, kind) in [
            ("18 Dec 100.00 (SPX1821L100)", "SPX", (2018, 12, 21), 100.0, Call),
            ("18 Dec 2602.50 (SPX1821X2602.5)", "SPX", (2018, 12, 21), 2602.5, Put),
            ("13 Dec 125.00 (IBM1327L125-4)", "IBM", (2013, 12, 27), 125.0, Call),
            ("11 Jan 1250.00 (SPXW1107A1250-E)", "SPXW", (2011, 1, 7), 1250.0, Call),
            ("13 Jul 500.00 (DEMO71319G500)", "DEMO7", (2013, 7, 19), 500.0, Call),
            ("SPXW220610C00800000", "SPXW", (2022, 6, 10), 800.0, Call),
            ("AAPL  240621P00102500", "AAPL", (2024, 6, 21), 102.5, Put),
            ("BTC-27DEC24-100000-C", "BTC", (2024, 12, 27), 100_000.0, Call),
            ("BTC-5JUN26-60000-P", "BTC", (2026, 6, 5), 60_000.0, Put),
            ("XRP_USDC-30JUN23-0d55-C", "XRP", (2023, 6, 30), 0.55, Call),
            ("BTC-USD-241217-92000-C", "BTC", (2024, 12, 17), 92_000.0, Call),
            ("BTC-240628-70000-P", "BTC", (2024, 6, 28), 70_000.0, Put),
            ("ETH-27DEC24-4000-C-USDT", "ETH", (2024, 12, 27), 4_000.0, Call),
        ] {
            let named = read(name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(named.expiry, Date::constant(year, month, day), "{name}");
            assert_eq!(
                (named.root.as_str(), named.strike, named.kind),
                (root, strike, kind),
                "{name}"
            );
        }
        assert!(read("13 Dec 125.00 (IBM1327L125-4)").unwrap().single);
        assert_eq!(read("BTC-USD-241217-92000-C").unwrap().contract, Some(0.01));
        let coins = |name: &str| read(name).unwrap().in_coins;
        assert!(coins("BTC-27DEC24-100000-C") && !coins("XRP_USDC-30JUN23-0d55-C") && !coins("BTC-240628-70000-P"));
        for name in [
            "",
            "SPX",
            "18 Dec 100.00",
            "18 Dec 100.00 (L)",
            "18 Dec 0 (SPX1821L0)",
            "18 Feb 9 (SPX1830B9)",
            "18 Dec nan (SPX1821L100)",
            "a b 3 (éé1L9)",
            "BTC-PERPETUAL",
            "BTC-27DEC24",
            "BTCUSDT",
            "éééééééC00000000",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
    }
}
