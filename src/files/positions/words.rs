//! The words in which position lists say what a position is.

use crate::number::Decimal;
use crate::table::plain;
use cascade_scenario::{PositionKind, PositionSide};

/// What a field says about the side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sided {
    /// Long or short.
    Is(PositionSide),
    /// The sign of the size says it, as in one-way mode.
    Net,
    /// There is no position.
    Flat,
}

/// What a field of a column of this name, as the table's names are compared, says about the side.
pub(super) fn sided(text: &str, name: &str) -> Option<Sided> {
    use PositionSide::{Long, Short};
    let text = text.trim().to_lowercase();
    let flag = match text.as_str() {
        "true" | "yes" => Some(true),
        "false" | "no" => Some(false),
        _ => None,
    };
    if let Some(flag) = flag {
        let short = name.contains("short") || name.contains("sell");
        return Some(Sided::Is(if flag == short { Short } else { Long }));
    }
    Some(match text.as_str() {
        "long" | "buy" | "bid" | "l" | "b" | "1" | "+1" => Sided::Is(Long),
        "short" | "sell" | "ask" | "s" | "a" | "-1" | "\u{2212}1" => Sided::Is(Short),
        "both" | "net" | "oneway" => Sided::Net,
        "none" | "flat" | "" => Sided::Flat,
        _ => return None,
    })
}

/// What a field says about the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kinded {
    /// Margined in dollars or in coins.
    Is(PositionKind),
    /// Nothing about that.
    Unsaid,
    /// No perpetual and no future.
    Other,
}

/// Reads a contract kind.
pub(super) fn kinded(text: &str) -> Option<Kinded> {
    Some(match plain(text).as_str() {
        "linear" | "usdt" | "usdm" | "usdc" | "usd" | "vanilla" | "linearperpetual" | "linearfutures" => {
            Kinded::Is(PositionKind::Linear)
        }
        "inverse" | "coin" | "coinm" | "coinmargined" | "inverseperpetual" | "inversefutures" => {
            Kinded::Is(PositionKind::Inverse)
        }
        "" | "isolated" | "cross" | "crossed" | "future" | "futures" | "swap" | "perpetual" | "margin" => {
            Kinded::Unsaid
        }
        "option" | "options" | "spot" => Kinded::Other,
        _ => return None,
    })
}

/// A leverage as people and programs write it: `50`, `50x`, `50×`, `{'type': 'cross', 'value': 50}`.
pub(super) fn leverage(text: &str, decimal: Decimal) -> Option<f64> {
    if text.starts_with('{') {
        let value = text
            .split_once("value")
            .map(|(_, rest)| rest.trim_start_matches(['"', '\'', ':', ' ']))?;
        let end = value
            .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
            .unwrap_or(value.len());
        return Decimal::Point.read(&value[..end]);
    }
    decimal.read(text.trim_end_matches(['x', 'X', '×']).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leverage_is_a_number_or_an_object_that_holds_one() {
        for (text, value) in [
            ("50", Some(50.0)),
            ("50x", Some(50.0)),
            ("2.5 ×", Some(2.5)),
            ("{'type': 'cross', 'value': 10}", Some(10.0)),
            ("{\"type\":\"isolated\",\"value\":20,\"rawUsd\":\"-5\"}", Some(20.0)),
            ("{}", None),
            ("much", None),
        ] {
            assert_eq!(leverage(text, Decimal::Point), value, "{text}");
        }
    }

    #[test]
    fn sides_are_said_in_many_words() {
        use PositionSide::{Long, Short};
        for (text, name, side) in [
            ("Buy", "side", Some(Sided::Is(Long))),
            ("A", "side", Some(Sided::Is(Short))),
            ("false", "islong", Some(Sided::Is(Short))),
            ("true", "isshort", Some(Sided::Is(Short))),
            ("BOTH", "positionside", Some(Sided::Net)),
            ("None", "side", Some(Sided::Flat)),
            ("lang", "side", None),
        ] {
            assert_eq!(sided(text, name), side, "{text}");
        }
    }
}
