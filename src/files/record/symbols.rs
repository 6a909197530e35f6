//! Which market a file is of, and what its sizes count.

use std::collections::BTreeMap;

use crate::positions::instrument;
use crate::table::plain;

/// What a size of a file counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Contract {
    /// So many coins.
    Coins(f64),
    /// So many dollars, margined in coins.
    Inverse(f64),
}

impl Contract {
    /// By the name of a market: coins, unless the venue's convention is another.
    pub(super) fn of(symbol: &str) -> Self {
        let instrument = instrument::read(symbol);
        let size = instrument.contract.unwrap_or(1.0);
        if instrument.inverse == Some(true) {
            Self::Inverse(size)
        } else {
            Self::Coins(size)
        }
    }

    /// A size as coins.
    pub(super) fn coins(self, size: f64, price: f64) -> f64 {
        match self {
            Self::Coins(coins) => size * coins,
            Self::Inverse(usd) => size * usd / price,
        }
    }
}

/// The market in the name of a file, such as that of `BTCUSDT-1m-2024-03-04.csv`.
pub(super) fn of_file_name(name: &str) -> Option<String> {
    let stem = name.split('.').next().unwrap_or_default();
    let mut starts = vec![0];
    starts.extend(stem.match_indices(['-', '_', ' ']).map(|(at, _)| at + 1));
    let mut ends: Vec<usize> = starts[1..].iter().map(|start| start - 1).collect();
    ends.push(stem.len());
    (0..starts.len()).find_map(|first| {
        let last = (first + 2).min(starts.len() - 1);
        (first..=last).rev().find_map(|last| {
            let text = &stem[starts[first]..ends[last]];
            let found = instrument::read(text);
            let upper = text.to_uppercase();
            let quoted = ["USD", "EUR", "PERP", "SWAP"].iter().any(|word| upper.contains(word));
            let plain_asset = found.asset.len() <= 10 && found.asset.bytes().all(|byte| byte.is_ascii_alphanumeric());
            (found.is_pair && quoted && plain_asset && !found.asset.is_empty()).then(|| text.to_owned())
        })
    })
}

/// Whether two names are of one market: written alike, or the same asset margined alike.
pub(super) fn same(a: &str, b: &str) -> bool {
    plain(a) == plain(b) || same_asset(a, b) && margined_alike(a, b)
}

/// Whether two names are of one asset.
pub(super) fn same_asset(a: &str, b: &str) -> bool {
    let asset = |name: &str| plain(&instrument::read(base(name)).asset);
    asset(a) == asset(b)
}

fn margined_alike(a: &str, b: &str) -> bool {
    let inverse = |name: &str| instrument::read(base(name)).inverse.unwrap_or(false);
    inverse(a) == inverse(b)
}

/// Coinalyze puts the exchange behind a point.
fn base(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

/// The market that most of the files are of; none where none says.
pub(super) fn main(votes: impl Iterator<Item = String>) -> Option<String> {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for symbol in votes {
        *count.entry(symbol).or_insert(0) += 1;
    }
    let most = count.values().copied().max()?;
    count
        .into_iter()
        .find(|(_, count)| *count == most)
        .map(|(symbol, _)| symbol)
}

/// Which rows of a table with a column of symbols count.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    wanted: Option<String>,
    /// The last symbol, and whether it counts.
    last: (Vec<u8>, bool),
}

impl Filter {
    /// Rows of this market; of any, where none is said.
    pub(super) const fn new(wanted: Option<String>) -> Self {
        Self {
            wanted,
            last: (Vec::new(), false),
        }
    }

    /// Whether the rows of a symbol count.
    pub(super) fn takes(&mut self, symbol: &[u8]) -> bool {
        let Some(wanted) = &self.wanted else { return true };
        if symbol != self.last.0.as_slice() {
            let text = String::from_utf8_lossy(symbol);
            self.last = (symbol.to_owned(), text.is_empty() || plain(&text) == plain(wanted));
        }
        self.last.1 || symbol.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_tell_the_market() {
        for (name, symbol) in [
            ("BTCUSDT-1m-2024-03-04.csv", Some("BTCUSDT")),
            ("BTCUSD_PERP-liquidationSnapshot-2023-06-25.zip", Some("BTCUSD_PERP")),
            ("BTC-USDT-SWAP-trades-2024-01-01.zip", Some("BTC-USDT-SWAP")),
            ("Binance_BTCUSDT_1h.csv", Some("BTCUSDT")),
            ("btc-perp_1m_2022-01.csv", Some("btc-perp")),
            ("binance-futures_book_snapshot_5_ETHUSDT.csv", Some("ETHUSDT")),
            ("metrics_202401.csv", None),
            ("liquidations-2024-01-01.csv", None),
            ("prices.csv", None),
        ] {
            assert_eq!(of_file_name(name).as_deref(), symbol, "{name}");
        }
    }

    #[test]
    fn one_market_has_several_names() {
        for (a, b, alike, one_asset) in [
            ("BTCUSDT", "BTC-USDT-SWAP", true, true),
            ("BTCUSDT", "BTC/USDT", true, true),
            ("BTCUSDT", "BTCUSDT_PERP.A", true, true),
            ("BTCUSDT", "BTC", true, true),
            ("BTCUSDT", "BTCUSD_PERP", false, true),
            ("BTCUSDT", "ETHUSDT", false, false),
        ] {
            assert_eq!((same(a, b), same_asset(a, b)), (alike, one_asset), "{a} {b}");
        }
        assert_eq!(Contract::of("BTCUSD_PERP").coins(3.0, 30_000.0), 0.01);
        assert_eq!(Contract::of("BTC-USDT-SWAP").coins(3.0, 30_000.0), 0.03);
        assert_eq!(Contract::of("BTCUSDT").coins(3.0, 30_000.0), 3.0);
    }
}
