//! What sizes and margins of a list count: coins, dollars, or contracts, by names, by conventions of venues, and by what else
//! the rows say.

use super::columns::Column;
use super::raw::{Raw, bound, range};
use crate::plan::Plan;
use crate::problem::Problem;
use crate::read_as::{SizeUnit, SizesRead};
use crate::reading::ReadOptions;
use crate::table::Diagnostics;
use cascade_scenario::{ListedPosition, PositionKind, format};

/// Nobody holds so much by mistake of a venue's convention; a list that says so is probably read wrongly.
const HUGE_USD: f64 = 5e8;
/// Leverages that a position of a perpetual may have.
const USUAL_LEVERAGE: std::ops::RangeInclusive<f64> = 0.9..=300.0;

/// What the sizes of a list count.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Unit {
    Coins,
    Usd,
    /// Dollars of inverse contracts, coins of others.
    ByKind,
    /// Contracts of what each row or name says, or else of so much.
    Contracts(Option<f64>),
}

/// The positions, and what their sizes and margins count. What cannot be is a mistake, what is doubtful a remark.
pub(super) fn listed(
    raws: &[Raw<'_>],
    plan: &Plan,
    options: &ReadOptions,
    diagnostics: &mut Diagnostics,
    remarks: &mut Vec<Problem>,
) -> (Vec<ListedPosition>, SizesRead) {
    let unit = unit_of(raws, plan, options);
    let in_coins = margins_in_coins(raws, plan, unit);
    let mut positions = Vec::with_capacity(raws.len());
    let mut contracts: Vec<f64> = Vec::new();
    for raw in raws {
        let Some((coins, notional)) = measured(raw, unit, &mut contracts, plan, diagnostics) else {
            continue;
        };
        let Some(leverage) = leverage(raw, notional, in_coins, plan, diagnostics, remarks) else {
            continue;
        };
        let size = if raw.kind == PositionKind::Linear {
            coins
        } else {
            notional
        };
        let (low, high) = range("size");
        let field = plan.column(raw.size.0 as usize).unwrap_or(0);
        if !(low..=high).contains(&size) {
            let message = format!(
                "the size comes to {size:e}; allowed is a number from {} to {}",
                bound(low),
                bound(high)
            );
            diagnostics.at(raw.row, field, message);
            continue;
        }
        if notional > HUGE_USD && raw.size.0 != Column::Notional {
            let message = format!(
                "this position comes to {} USD: its size may count dollars or contracts",
                format::short(notional)
            );
            remarks.push(diagnostics.problem(raw.row, field, message));
        }
        positions.push(ListedPosition {
            side: raw.side,
            entry: raw.entry,
            size,
            leverage,
            venue: raw.venue,
            asset: raw.asset,
            kind: raw.kind,
        });
    }
    contracts.dedup();
    let sizes = SizesRead {
        unit: match unit {
            Unit::Coins => SizeUnit::Coins,
            Unit::Usd => SizeUnit::Usd,
            Unit::ByKind => SizeUnit::ByKind,
            Unit::Contracts(_) => SizeUnit::Contracts,
        },
        contract: <[f64; 1]>::try_from(contracts).ok().map(|[contract]| contract),
        inverse: raws.iter().filter(|raw| raw.kind == PositionKind::Inverse).count(),
        inverse_by: if raws.iter().any(|raw| raw.named_kind) {
            "the names say so"
        } else {
            "a column says so"
        },
        margin: raws.iter().any(|raw| raw.margin.is_some()).then_some(if in_coins {
            "coins where contracts are margined in coins"
        } else {
            "dollars"
        }),
    };
    (positions, sizes)
}

fn named(plan: &Plan, column: Column, names: &[&str]) -> bool {
    let place = plan.column(column as usize);
    place.is_some_and(|place| plan.header.names(place).any(|name| names.contains(&name.as_str())))
}

fn unit_of(raws: &[Raw<'_>], plan: &Plan, options: &ReadOptions) -> Unit {
    let Some(first) = raws.first() else { return Unit::Coins };
    match first.size.0 {
        Column::Notional => return Unit::Usd,
        Column::Contracts => return Unit::Contracts(options.multiplier.or_else(|| by_notional(raws))),
        _ => {}
    }
    if let Some(contract) = options.multiplier {
        return Unit::Contracts(Some(contract));
    }
    if raws.iter().all(|raw| raw.contract_size.is_some()) {
        return Unit::Contracts(None);
    }
    if named(
        plan,
        Column::Size,
        &["coins", "sizecoins", "quantitycoins", "sizebtc", "sizeeth"],
    ) {
        return Unit::Coins;
    }
    // What the notional says, where there is one, says all.
    let near = |of: fn(&Raw<'_>) -> f64| {
        let compared = || {
            raws.iter()
                .filter_map(move |raw| Some((raw.notional.filter(|notional| *notional > 0.0)?, of(raw))))
        };
        compared().next().is_some() && compared().all(|(notional, size)| (0.5..=2.0).contains(&(size / notional)))
    };
    if near(|raw| raw.size.1 * raw.entry) {
        return Unit::Coins;
    }
    if near(|raw| raw.size.1) {
        return Unit::Usd;
    }
    let counted = named(plan, Column::Size, &["pos", "sz", "holdvol", "currentqty"]);
    if counted
        || raws
            .iter()
            .any(|raw| raw.instrument.contract.is_some() && named(plan, Column::Size, &["positionamt"]))
    {
        return Unit::Contracts(by_notional(raws).or_else(|| by_margin(raws)));
    }
    if raws.iter().any(|raw| raw.notional.is_some())
        && let Some(contract) = by_notional(raws)
    {
        return Unit::Contracts(Some(contract));
    }
    if raws
        .iter()
        .any(|raw| raw.kind == PositionKind::Inverse && raw.named_kind)
    {
        Unit::ByKind
    } else {
        Unit::Coins
    }
}

/// Coins a contract, where all rows are of one asset and the notional of each shows the same.
fn by_notional(raws: &[Raw<'_>]) -> Option<f64> {
    let shown = raws.iter().map(|raw| Some(raw.notional? / (raw.size.1 * worth(raw))));
    round_contract(&shown.collect::<Option<Vec<f64>>>()?)
}

/// The same by margin and leverage.
fn by_margin(raws: &[Raw<'_>]) -> Option<f64> {
    let shown = raws
        .iter()
        .map(|raw| Some(raw.margin?.1 * raw.leverage? / (raw.size.1 * worth(raw))));
    round_contract(&shown.collect::<Option<Vec<f64>>>()?)
}

/// What one unit of the size is worth, were it a coin, or a dollar where contracts are margined in coins.
fn worth(raw: &Raw<'_>) -> f64 {
    if raw.kind == PositionKind::Inverse {
        1.0
    } else {
        raw.entry
    }
}

/// Contracts are of 1, 2 or 5 times a power of ten; what is near such a number in every row is it.
fn round_contract(shown: &[f64]) -> Option<f64> {
    let mut sorted: Vec<f64> = shown
        .iter()
        .copied()
        .filter(|value| value.is_finite() && *value > 0.0)
        .collect();
    sorted.sort_by(f64::total_cmp);
    let middle = *sorted.get(sorted.len() / 2)?;
    let power = 10_f64.powf(middle.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|times| times * power)
        .min_by(|a, b| {
            let off = |round: f64| (middle / round).ln().abs();
            off(*a).total_cmp(&off(*b))
        })?;
    sorted
        .iter()
        .all(|value| (0.6..=1.6).contains(&(value / round)))
        .then_some(round)
}

/// Coins and dollars of a row.
fn measured(
    raw: &Raw<'_>,
    unit: Unit,
    contracts: &mut Vec<f64>,
    plan: &Plan,
    diagnostics: &mut Diagnostics,
) -> Option<(f64, f64)> {
    let (column, size) = raw.size;
    let coins = |coins: f64| Some((coins, coins * raw.entry));
    let dollars = |usd: f64| Some((usd / raw.entry, usd));
    let inverse = raw.kind == PositionKind::Inverse;
    match unit {
        _ if column == Column::Notional => dollars(size),
        Unit::Usd => dollars(size),
        Unit::ByKind if inverse && raw.named_kind => dollars(size),
        Unit::Coins | Unit::ByKind => coins(size),
        Unit::Contracts(common) => {
            let bitmex = named(plan, Column::Size, &["currentqty"]) && inverse;
            let said = raw
                .contract_size
                .or(common)
                .or(raw.instrument.contract)
                .or(bitmex.then_some(1.0));
            let Some(contract) = said else {
                let field = plan.column(column as usize).unwrap_or(0);
                let message = format!(
                    "sizes count contracts of {}, and nothing says how much one is: say it (Units a contract in the window, \
                     --multiplier on the command line)",
                    raw.instrument.asset
                );
                diagnostics.at(raw.row, field, message);
                return None;
            };
            contracts.push(contract);
            if inverse {
                dollars(size * contract)
            } else {
                coins(size * contract)
            }
        }
    }
}

/// Whether margins of inverse contracts, in a column that does not say so, count coins: if that gives the leverage that is
/// stated, or a usual one.
fn margins_in_coins(raws: &[Raw<'_>], plan: &Plan, unit: Unit) -> bool {
    if named(plan, Column::Margin, &["marginusd", "collateralusd"]) {
        return false;
    }
    let mut inverse = raws
        .iter()
        .filter(|raw| raw.kind == PositionKind::Inverse)
        .filter_map(|raw| {
            let (_, margin) = raw.margin.filter(|(column, _)| *column == Column::Margin)?;
            let notional = match (unit, raw.size.0) {
                (Unit::Coins, Column::Size) => raw.size.1 * raw.entry,
                _ => raw.size.1,
            };
            Some((notional / margin, raw))
        });
    inverse.clone().next().is_some()
        && inverse.all(|(in_usd, raw)| {
            let in_coins = in_usd / raw.entry;
            match raw.leverage {
                Some(stated) => (in_coins / stated).ln().abs() < (in_usd / stated).ln().abs(),
                None => USUAL_LEVERAGE.contains(&in_coins),
            }
        })
}

/// What the margin says counts, where there is one; else what the leverage says.
fn leverage(
    raw: &Raw<'_>,
    notional: f64,
    in_coins: bool,
    plan: &Plan,
    diagnostics: &mut Diagnostics,
    remarks: &mut Vec<Problem>,
) -> Option<f64> {
    let Some((column, margin)) = raw.margin else {
        return raw.leverage;
    };
    let field = plan.column(column as usize)?;
    let coins = column == Column::MarginCoins || in_coins && raw.kind == PositionKind::Inverse;
    let leverage = notional / if coins { margin * raw.entry } else { margin };
    let (low, high) = range("leverage");
    if !(low..=high).contains(&leverage) {
        let text = raw.row.get(field).unwrap_or_default();
        let message =
            format!("the margin is `{text}`, which makes a leverage of {leverage}; allowed is {low} to {high}");
        diagnostics.at(raw.row, field, message);
        return None;
    }
    if raw
        .leverage
        .is_some_and(|stated| (stated / leverage - 1.0).abs() > 0.01)
    {
        let message = format!(
            "margin and leverage disagree: the margin counts, which makes {}×",
            format::digits(leverage, 4)
        );
        remarks.push(diagnostics.problem(raw.row, field, message));
    }
    Some(leverage)
}
