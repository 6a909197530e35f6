//! What the name of a traded contract tells: the asset, whether it is margined in coins, and on some venues the contract's size.

/// What a name tells.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Instrument {
    /// The asset, as the name writes it.
    pub asset: String,
    /// Whether it is margined in coins; none where the name says nothing.
    pub inverse: Option<bool>,
    /// Coins a contract, or dollars where it is margined in coins, if sizes count contracts by the venue's convention.
    pub contract: Option<f64>,
    /// Whether it is a market of two currencies.
    pub is_pair: bool,
}

/// What prices are in; the longer names first.
const QUOTES: [&str; 7] = ["USDT", "USDC", "FDUSD", "BUSD", "USDE", "USD", "EUR"];

/// Coins a contract on OKX, of what is traded there most.
const OKX: [(&str, f64); 8] = [
    ("BTC", 0.01),
    ("ETH", 0.1),
    ("SOL", 1.0),
    ("XRP", 100.0),
    ("DOGE", 1_000.0),
    ("LTC", 1.0),
    ("BNB", 0.01),
    ("BCH", 0.1),
];

/// Reads a name: `BTCUSDT`, `BTC-USDT-SWAP`, `BTC/USDT:USDT`, `BTCUSD_PERP`, `BTC-PERPETUAL`, `XBTUSD`, `BTC-USD`, `BTC`.
pub(crate) fn read(name: &str) -> Instrument {
    let upper = name.trim().to_uppercase();
    let parts: Vec<&str> = upper
        .split(['-', '/', ':', '_'])
        .filter(|part| !part.is_empty())
        .collect();
    let plain = |asset: &str| Instrument {
        asset: asset_named(asset, name),
        inverse: None,
        contract: None,
        is_pair: false,
    };
    let pair = |asset: &str, inverse: bool, contract: Option<f64>| Instrument {
        asset: asset_named(asset, name),
        inverse: Some(inverse),
        contract,
        is_pair: true,
    };
    let ends = |part: &str| {
        matches!(part, "SWAP" | "PERP" | "PERPETUAL")
            || part.len() == 6 && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    match parts[..] {
        // Kraken: PI is inverse, PF is not.
        [kind @ ("PI" | "PF" | "FI" | "FF"), pair_name, ..] => {
            split(pair_name).map_or_else(|| plain(pair_name), |(asset, _)| pair(asset, kind.ends_with('I'), None))
        }
        // ccxt: the currency of settlement is behind the colon.
        [asset, quote, settled, ..] if upper.contains(':') && QUOTES.contains(&quote) => {
            pair(asset, settled == asset, None)
        }
        // OKX.
        [asset, "USD", end] if upper.contains('-') && end != "PERPETUAL" && ends(end) => {
            pair(asset, true, Some(if asset == "BTC" { 100.0 } else { 10.0 }))
        }
        [asset, quote, end] if upper.contains('-') && QUOTES.contains(&quote) && end != "PERPETUAL" && ends(end) => {
            let contract = OKX.iter().find(|(coin, _)| *coin == asset).map(|(_, coins)| *coins);
            pair(asset, false, contract)
        }
        // Deribit: linear ones name what they are settled in.
        [asset, "PERPETUAL"] => pair(asset, true, None),
        [asset, quote, "PERPETUAL"] if QUOTES.contains(&quote) => pair(asset, false, None),
        // Binance, margined in coins: contracts of 100 dollars for Bitcoin and 10 for others.
        [joined, end] if upper.contains('_') && joined.ends_with("USD") && ends(end) => {
            let asset = &joined[..joined.len() - 3];
            pair(asset, true, Some(if asset == "BTC" { 100.0 } else { 10.0 }))
        }
        [joined, end] if ends(end) => split(joined).map_or_else(
            || pair(joined, false, None),
            |(asset, quote)| pair(asset, quote == "USD" && upper.contains('_'), None),
        ),
        [asset, quote] if QUOTES.contains(&quote) => pair(asset, false, None),
        [joined] => split(joined).map_or_else(|| plain(joined), |(asset, quote)| pair(asset, quote == "USD", None)),
        _ => plain(&upper),
    }
}

/// Asset and quote of a name without anything between them; what is too short to be one is the other.
fn split(joined: &str) -> Option<(&str, &str)> {
    QUOTES.iter().find_map(|quote| {
        // KuCoin puts an M behind its contracts.
        let pair = joined
            .strip_suffix('M')
            .filter(|pair| pair.ends_with(quote))
            .unwrap_or(joined);
        let asset = pair.strip_suffix(quote)?;
        // BNBUSD is no BN in BUSD.
        (asset.len() >= if *quote == "BUSD" { 3 } else { 2 }).then_some((asset, *quote))
    })
}

/// The usual name of an asset; as it was written where nothing was taken away from it.
fn asset_named(asset: &str, name: &str) -> String {
    match asset {
        "XBT" => "BTC".to_owned(),
        asset if asset.eq_ignore_ascii_case(name.trim()) => name.trim().to_owned(),
        asset => asset.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_venues_tell_asset_and_margin() {
        for (name, asset, inverse, contract) in [
            ("BTCUSDT", "BTC", Some(false), None),
            ("btcusdc", "BTC", Some(false), None),
            ("BTCUSD", "BTC", Some(true), None),
            ("XBTUSD", "BTC", Some(true), None),
            ("XBTUSDT", "BTC", Some(false), None),
            ("BTCUSD_PERP", "BTC", Some(true), Some(100.0)),
            ("ETHUSD_PERP", "ETH", Some(true), Some(10.0)),
            ("BTCUSD_240628", "BTC", Some(true), Some(100.0)),
            ("BTC-USDT-SWAP", "BTC", Some(false), Some(0.01)),
            ("BTC-USD-SWAP", "BTC", Some(true), Some(100.0)),
            ("PEPE-USDT-SWAP", "PEPE", Some(false), None),
            ("BTC/USDT:USDT", "BTC", Some(false), None),
            ("BTC/USD:BTC", "BTC", Some(true), None),
            ("BTC-PERPETUAL", "BTC", Some(true), None),
            ("SOL_USDC-PERPETUAL", "SOL", Some(false), None),
            ("BTC-USD", "BTC", Some(false), None),
            ("BTC-PERP", "BTC", Some(false), None),
            ("PI_XBTUSD", "BTC", Some(true), None),
            ("PF_XBTUSD", "BTC", Some(false), None),
            ("XBTUSDTM", "BTC", Some(false), None),
            ("BNBUSD", "BNB", Some(true), None),
            ("BNBBUSD", "BNB", Some(false), None),
            ("1000PEPEUSDT", "1000PEPE", Some(false), None),
            ("btc", "btc", None, None),
            ("ETH", "ETH", None, None),
            ("Bybit", "Bybit", None, None),
        ] {
            let found = read(name);
            assert_eq!(
                (found.asset.as_str(), found.inverse, found.contract),
                (asset, inverse, contract),
                "{name}"
            );
        }
    }
}
