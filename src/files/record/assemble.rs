//! One record out of what the files give.

use std::collections::BTreeMap;

use cascade_market::{Bar, Liquidation, MINUTE_MS, Record, Rows};

use super::layout::Kind;
use super::part::{Amount, Part, TradeMinute, Unpriced, add_minutes};
use super::report::{FileRead, Note};

/// Bars that trade more than this many dollars a minute do not count coins.
const TURNOVER_MAX: f64 = 2e10;

/// A record out of what the files give, and what there is to say of each.
pub(super) fn assemble(mut parts: Vec<Part>) -> (Option<Record>, Vec<FileRead>) {
    choose_bars(&mut parts);
    parts
        .iter_mut()
        .filter(|part| part.volume_is_bare)
        .for_each(volume_in_coins);
    let mut rows = Rows::default();
    let (mut trades, mut prices) = (BTreeMap::new(), BTreeMap::new());
    let (mut unpriced, mut files) = (Vec::new(), Vec::new());
    for part in parts {
        append(&mut rows, part.rows);
        add_minutes(&mut trades, part.trades);
        add_minutes(&mut prices, part.prices);
        unpriced.extend(part.unpriced);
        files.push(part.file);
    }
    if rows.bars.is_empty() {
        let has_flow = !trades.is_empty();
        let made = if has_flow { &trades } else { &prices };
        rows.bars = made.iter().map(|(minute, made)| made.bar(*minute, has_flow)).collect();
    } else {
        add_taker_flow(&mut rows, &trades);
    }
    let mut record = rows.into_record();
    if !unpriced.is_empty() {
        record = record.and_then(|record| with_prices(record, &unpriced));
    }
    (record, files)
}

fn append(all: &mut Rows, more: Rows) {
    all.bars.extend(more.bars);
    all.open_interest.extend(more.open_interest);
    all.depth.extend(more.depth);
    all.funding.extend(more.funding);
    all.liquidations.extend(more.liquidations);
    all.defects.extend(more.defects);
}

/// Leaves out bars of other intervals than the shortest one, and bars in which nothing was traded where others have trades:
/// those are of mark and index prices.
fn choose_bars(parts: &mut [Part]) {
    let interval = |part: &Part| usual_step(&part.rows.bars);
    let traded = |part: &Part| part.rows.bars.iter().any(|bar| bar.volume_coins > 0.0);
    let any_traded = parts.iter().any(traded);
    let shortest = parts
        .iter()
        .filter(|part| traded(part) || !any_traded)
        .filter_map(interval)
        .min();
    for part in parts.iter_mut().filter(|part| !part.rows.bars.is_empty()) {
        let own = interval(part);
        let reason = if any_traded && !traded(part) {
            "nothing is traded in its bars, and other files have bars with trades: these are mark or index prices"
        } else if own.zip(shortest).is_some_and(|(own, shortest)| own > shortest) {
            "its bars are of a longer interval than those of other files"
        } else {
            continue;
        };
        part.rows.bars.clear();
        if part.file.kinds == [Kind::Bars] {
            part.rows.defects.clear();
        }
        part.file.used = 0;
        part.file.unused = Some(reason.to_owned());
    }
}

/// Bars that do not say what takers bought learn it from trades, where these are as many.
fn add_taker_flow(rows: &mut Rows, trades: &BTreeMap<i64, TradeMinute>) {
    for bar in rows.bars.iter_mut().filter(|bar| bar.taker_buy_coins.is_none()) {
        if let Some(trade) = trades.get(&bar.time_ms) {
            let [bought, sold] = trade.bought_sold;
            if bought + sold > 0.0 && bar.volume_coins > 0.0 {
                bar.taker_buy_coins = Some(bar.volume_coins * bought / (bought + sold));
            }
        }
    }
}

/// Adds liquidations whose price is that of their time.
fn with_prices(record: Record, unpriced: &[Unpriced]) -> Option<Record> {
    let priced: Vec<Liquidation> = unpriced
        .iter()
        .map(|one| {
            let bars = record.bars();
            let price = bars
                .place_at(one.time_ms)
                .map_or_else(|| bars.price_at(one.time_ms), |place| bars.rows()[place].typical());
            Liquidation {
                time_ms: one.time_ms,
                side: one.side,
                coins: match one.amount {
                    Amount::Coins(coins) => coins,
                    Amount::Usd(usd) => usd / price,
                },
                price,
            }
        })
        .collect();
    let mut rows = record.into_rows();
    rows.liquidations.extend(priced);
    rows.into_record()
}

/// The usual distance of two bars.
fn usual_step(bars: &[Bar]) -> Option<i64> {
    let distance = |pair: &[Bar]| (pair[1].time_ms - pair[0].time_ms).abs();
    let mut steps: Vec<i64> = bars.windows(2).map(distance).filter(|step| *step > 0).collect();
    let middle = steps.len() / 2;
    (!steps.is_empty()).then(|| *steps.select_nth_unstable(middle).1)
}

/// A volume that cannot count coins counts dollars.
fn volume_in_coins(part: &mut Part) {
    let bars = &mut part.rows.bars;
    let Some(step) = usual_step(bars) else { return };
    let mut turnovers: Vec<f64> = bars.iter().map(|bar| bar.volume_coins * bar.close).collect();
    let middle = turnovers.len() / 2;
    let usual = *turnovers.select_nth_unstable_by(middle, f64::total_cmp).1;
    if usual > TURNOVER_MAX * step as f64 / MINUTE_MS as f64 {
        for bar in bars {
            bar.volume_coins /= bar.close;
        }
        part.file.note(Note::VolumeInUsd);
    }
}
