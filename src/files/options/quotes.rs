//! What the options of a table come to together: expired and repeated ones are left out, volatilities and prices get their unit,
//! and what is doubtful is said.

use std::collections::{BTreeSet, HashSet};

use super::names;
use super::quoted::{Quoted, Spot};
use super::raw::{Raw, leave_out};
use crate::plan::Plan;
use crate::problem::Problem;
use crate::read_as::{ChainRead, Omitted, ReadAs};
use crate::reading::ReadOptions;
use crate::table::{Diagnostics, plain};
use crate::time::{DAY, DateOrder, OrderReason, days_since_1970, eastern_offset};
use cascade_engine::{YEAR_SECONDS, black76};
use cascade_scenario::{Basis, Date, Expiry, OptionChain, OptionKind, Quote, format};

/// A volatility above this is one in per cent, if most are.
const FRACTION_MAX: f64 = 3.0;
/// Options are settled at 16:00 in New York, and quotes are delayed by a quarter of an hour.
const CLOSE: f64 = 16.25 * 3_600.0;
/// Crypto venues settle options at 08:00 UTC (Deribit, OKX, Bybit, Binance).
const CRYPTO_SETTLEMENT: f64 = 8.0 * 3_600.0;
/// Share of the exposure that the rounding of gammas may move before that is said.
const ROUNDED: f64 = 0.2;
/// Units of the underlying a contract, where nothing says otherwise.
const SHARES: f64 = 100.0;

/// What is known of the whole chain.
pub(super) struct Market {
    pub spot: Spot,
    pub quoted: Option<Quoted>,
    pub order: Option<(DateOrder, OrderReason)>,
    pub rows: usize,
    pub expiries: &'static str,
}

/// Makes a chain of what was read.
pub(super) fn chain(
    raws: Vec<Raw<'_>>,
    market: &Market,
    plan: &Plan,
    options: &ReadOptions,
    diagnostics: &Diagnostics,
    read_as: &mut ReadAs,
) -> OptionChain {
    let raws = without_expired(raws, market.quoted, read_as);
    let raws = without_single_exchanges(raws, read_as);
    read_as.remarks.extend(repeated(&raws, diagnostics));
    let mut chain = OptionChain {
        spot: market.spot.price,
        date: market.quoted.map(|quoted| quoted.date),
        rows: market.rows,
        multiplier: SHARES,
        quotes: Vec::with_capacity(raws.len()),
    };
    let (multiplier, multiplier_from) = multiplier(&raws, options);
    chain.multiplier = multiplier;
    let in_per_cent = per_cent(&raws, plan);
    let in_coins = in_coins(&raws, market.spot.price);
    let recompute = market
        .spot
        .files
        .is_some_and(|files| (market.spot.price / files - 1.0).abs() > 1e-9);
    let minis = minis(&raws);
    for raw in &raws {
        let (volatility, basis) = match raw.mid {
            Some(mid) => (
                implied_of(raw, mid * if in_coins { chain.spot } else { 1.0 }, &chain),
                Basis::Price,
            ),
            None => (raw.volatility * if in_per_cent { 0.01 } else { 1.0 }, Basis::Published),
        };
        let share = raw
            .contract_size
            .filter(|_| options.multiplier.is_none())
            .map_or(1.0, |size| size / multiplier);
        let mini = if minis.contains(&root(raw)) { 0.1 } else { 1.0 };
        chain.quotes.push(Quote {
            kind: raw.kind,
            strike: raw.strike,
            expiry: raw.expiry,
            open_interest: raw.open_interest * share * mini,
            volatility,
            basis,
            gamma: raw.gamma.filter(|_| !recompute),
        });
    }
    if let (false, Some(raw)) = (minis.is_empty(), raws.iter().find(|raw| minis.contains(&root(raw)))) {
        let message = format!(
            "contracts of {} are minis of 10 shares: they count a tenth",
            minis.join(", ")
        );
        read_as
            .remarks
            .push(diagnostics.problem(raw.row, raw.half.name.unwrap_or(0), message));
    }
    without_volatility(&chain, read_as);
    if !recompute {
        read_as.remarks.extend(rounding(&raws, diagnostics));
    }
    let has_gammas = chain.quotes.iter().any(|quote| quote.gamma.is_some());
    let has_quotes = raws.iter().any(|raw| raw.mid.is_some());
    read_as.chain = Some(ChainRead {
        date: chain.date.map(|date| date.to_string()),
        expiries: market.expiries,
        order: market.order,
        spot: chain.spot,
        spot_from: market.spot.from,
        multiplier,
        multiplier_from,
        volatility: match (has_quotes, in_per_cent, in_coins) {
            (true, _, true) => "from bid and ask in coins",
            (true, _, false) => "from bid and ask",
            (false, true, _) => "from the file, in per cent",
            (false, false, _) => "from the file",
        },
        gamma: match (has_gammas, recompute) {
            (_, true) => "computed at the price that was said, which is not the file's",
            (true, false) => "from the file, computed where it has none",
            (false, false) => "computed",
        },
    });
    chain
}

/// What has expired before it was quoted counts no more: on an earlier day, or on the same day after the hour of settlement.
fn without_expired<'t>(raws: Vec<Raw<'t>>, quoted: Option<Quoted>, read_as: &mut ReadAs) -> Vec<Raw<'t>> {
    let Some(quoted) = quoted else { return raws };
    let dead = |raw: &Raw<'_>| match raw.expiry {
        Expiry::On(date) => match quoted.moment {
            Some(moment) => moment > settled_at(date, is_dashed(raw)),
            None => date < quoted.date,
        },
        Expiry::InDays(_) | Expiry::InCountedDays(_) => false,
    };
    leave_out(read_as, Omitted::Expired, &raws, dead);
    raws.into_iter().filter(|raw| !dead(raw)).collect()
}

/// When options that expire on a day have no more quotes, seconds since 1970 UTC.
fn settled_at(date: Date, crypto: bool) -> f64 {
    let midnight = days_since_1970(date) * DAY;
    if crypto {
        midnight + CRYPTO_SETTLEMENT
    } else {
        midnight + CLOSE - eastern_offset(date)
    }
}

fn is_dashed(raw: &Raw<'_>) -> bool {
    raw.named
        .as_ref()
        .is_some_and(|named| named.style == names::Style::Dashed)
}

fn root(raw: &Raw<'_>) -> String {
    raw.named.as_ref().map_or_else(String::new, |named| named.root.clone())
}

/// What an option is, whoever quotes it.
fn key(raw: &Raw<'_>) -> (String, OptionKind, [u64; 2]) {
    let expiry = match raw.expiry {
        Expiry::On(date) => days_since_1970(date),
        // Between all dates.
        Expiry::InDays(days) | Expiry::InCountedDays(days) => days + 1e9,
    };
    (root(raw), raw.kind, [raw.strike.to_bits(), expiry.to_bits()])
}

/// The open interest of an option is one, and stands in the row of every exchange again beside the one of all.
fn without_single_exchanges<'t>(raws: Vec<Raw<'t>>, read_as: &mut ReadAs) -> Vec<Raw<'t>> {
    let single = |raw: &Raw<'_>| raw.named.as_ref().is_some_and(|named| named.single);
    let composite: HashSet<_> = raws.iter().filter(|raw| !single(raw)).map(key).collect();
    let repeats = |raw: &Raw<'_>| single(raw) && composite.contains(&key(raw));
    leave_out(read_as, Omitted::SingleExchanges, &raws, repeats);
    raws.into_iter().filter(|raw| !repeats(raw)).collect()
}

/// An option that stands in several rows counts as often, and that is said.
fn repeated(raws: &[Raw<'_>], diagnostics: &Diagnostics) -> Option<Problem> {
    let mut seen = HashSet::new();
    let again: Vec<&Raw<'_>> = raws
        .iter()
        .filter(|raw| raw.open_interest > 0.0 && !seen.insert(key(raw)))
        .collect();
    let first = again.first()?;
    let open = |raws: &[&Raw<'_>]| raws.iter().map(|raw| raw.open_interest).sum::<f64>();
    let share = 100.0 * open(&again) / open(&raws.iter().collect::<Vec<_>>());
    let message = format!(
        "{} options stand in the table more than once, the first one here: all of them count, {} % of the open interest",
        again.len(),
        format::digits(share, 3)
    );
    Some(diagnostics.problem(first.row, first.half.open_interest, message))
}

/// Units of the underlying a contract, and what says so.
fn multiplier(raws: &[Raw<'_>], options: &ReadOptions) -> (f64, &'static str) {
    if let Some(multiplier) = options.multiplier {
        return (multiplier, "as was said");
    }
    if let Some(size) = raws.iter().find_map(|raw| raw.contract_size) {
        return (size, "from its column");
    }
    let contract = raws.iter().find_map(|raw| raw.named.as_ref()?.contract);
    contract.map_or((SHARES, "the usual one"), |contract| {
        (contract, "as on the venue with such names")
    })
}

/// Whether volatilities are in per cent: the column is called so, or most are above 300 %.
fn per_cent(raws: &[Raw<'_>], plan: &Plan) -> bool {
    let mut columns = raws.iter().filter_map(|raw| raw.half.volatility);
    let named = columns.next().is_some_and(|column| {
        plan.header
            .titles(column)
            .any(|title| title.contains('%') || plain(title).contains("percent") || plain(title).ends_with("pct"))
    });
    let mut stated: Vec<f64> = raws
        .iter()
        .map(|raw| raw.volatility)
        .filter(|volatility| *volatility > 0.0)
        .collect();
    stated.sort_by(f64::total_cmp);
    let middle = stated.get(stated.len() / 2).copied().unwrap_or(0.0);
    middle > FRACTION_MAX || named && middle > 1.0
}

/// Whether bid and ask are in coins: by the names' venue, if they are as small as that.
fn in_coins(raws: &[Raw<'_>], spot: f64) -> bool {
    let named = raws
        .iter()
        .any(|raw| raw.named.as_ref().is_some_and(|named| named.in_coins));
    let mut mids: Vec<f64> = raws.iter().filter_map(|raw| raw.mid).filter(|mid| *mid > 0.0).collect();
    mids.sort_by(f64::total_cmp);
    named && spot > 10.0 && mids.get(mids.len() / 2).is_some_and(|middle| *middle < 2.0)
}

/// Roots of options on 10 shares: the root of another class of the same file with a 7 behind it (CBOE, 2013).
fn minis(raws: &[Raw<'_>]) -> Vec<String> {
    let roots: BTreeSet<String> = raws.iter().map(root).collect();
    let of_another = |name: &&String| {
        name.strip_suffix('7')
            .is_some_and(|whole| !whole.is_empty() && roots.contains(whole))
    };
    roots.iter().filter(of_another).cloned().collect()
}

/// The volatility of a price with calendar days.
fn implied_of(raw: &Raw<'_>, price: f64, chain: &OptionChain) -> f64 {
    let days = chain.days_to(raw.expiry).filter(|days| *days > 0.0);
    let years = days.map(|days| days * DAY / YEAR_SECONDS);
    years
        .and_then(|years| implied(raw.kind, chain.spot, raw.strike, price, years))
        .unwrap_or(0.0)
}

/// What is open and has neither a volatility nor a gamma is in no total.
fn without_volatility(chain: &OptionChain, read_as: &mut ReadAs) {
    let silent = |quote: &&Quote| {
        quote.open_interest > 0.0 && quote.volatility <= 0.0 && quote.gamma.is_none_or(|gamma| gamma == 0.0)
    };
    let open = chain.quotes.iter().filter(|quote| quote.open_interest > 0.0);
    let (total, count) = (
        open.clone().map(|quote| quote.open_interest).sum::<f64>(),
        open.clone().filter(silent).count(),
    );
    let left: f64 = open.clone().filter(silent).map(|quote| quote.open_interest).sum();
    read_as.leave_out(
        Omitted::WithoutVolatility,
        count,
        open.count(),
        (total > 0.0).then(|| left / total),
    );
}

/// Gammas with few digits may be far off for distant expiries.
fn rounding(raws: &[Raw<'_>], diagnostics: &Diagnostics) -> Option<Problem> {
    let digits = |raw: &Raw<'_>| {
        let text = raw.row.get(raw.half.gamma?)?;
        let fraction = text.split(['.', ',']).nth(1)?;
        (!text.contains(['e', 'E'])).then(|| fraction.trim_end_matches('0').len())
    };
    let places = raws.iter().filter_map(digits).max().filter(|places| *places > 0)?;
    let unit = 1.0 / 10_f64.powf(places as f64);
    let stated = || raws.iter().filter(|raw| raw.gamma.is_some() && raw.open_interest > 0.0);
    let exposure: f64 = stated().filter_map(|raw| Some(raw.gamma? * raw.open_interest)).sum();
    let doubt: f64 = stated().map(|raw| 0.5 * unit * raw.open_interest).sum();
    let first = stated().next()?;
    let share = doubt / exposure;
    (share > ROUNDED).then(|| {
        let message = format!(
            "the file's gammas are rounded to {unit}, which may move their sum by {} %: the profile computes them anew",
            format::digits(100.0 * share, 2)
        );
        diagnostics.problem(first.row, first.half.gamma.unwrap_or(0), message)
    })
}

/// The volatility at which Black (1976) gives an option this price, with the underlying's price as the forward: no interest
/// and no dividends, as in the convention of the gamma exposure. None where no volatility up to 500 % does.
fn implied(kind: OptionKind, spot: f64, strike: f64, price: f64, years: f64) -> Option<f64> {
    let call = match kind {
        OptionKind::Call => price,
        OptionKind::Put => price + spot - strike,
    };
    let worth = |volatility: f64| black76::call_price(spot, strike, volatility * libm::sqrt(years));
    let (mut low, mut high) = (1e-3, 5.0);
    if !(worth(low) < call && call < worth(high)) {
        return None;
    }
    // The price rises with volatility; 50 halvings leave less than 1e-14.
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if worth(middle) < call {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(f64::midpoint(low, high))
}
