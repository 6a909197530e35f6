//! What an adoption changes, and what of it may be a mistake, in sentences.

use std::borrow::Cow;

use crate::gex::GammaExposure;
use cascade_scenario::{ChangeEffect, ListedPosition, PositionTotals, PricePath, Scenario, Unit, find, format, table};

use super::{Choices, near, past_at};

pub(super) fn usd(value: f64) -> String {
    format!("{} USD", format::short(value))
}

pub(super) fn instead_of_book(before: &Scenario, listed: usize) -> String {
    let gone = match before.positions.len() {
        0 => format!(
            "the {} drawn ones",
            format::whole(u64::from(before.parameters.positions.count))
        ),
        count => format!("the list of {}", format::whole(count as u64)),
    };
    let drawing = "sliders that draw positions show the list's own figures and rest";
    let place = if listed == 1 { "takes" } else { "take" };
    format!(
        "{} {place} the place of {gone}; {drawing}.",
        format::counted(listed, "position")
    )
}

pub(super) fn instead_of_noise(noise: bool) -> String {
    let beside = if noise {
        "with noise beside it"
    } else {
        "instead of noise"
    };
    format!("The efficient price of the first asset follows the path, {beside}.")
}

/// That a path does not begin at its own price, and what of the listed positions that spares.
pub(super) fn start_kept(before: &Scenario, path: &PricePath, start: f64) -> Option<String> {
    let (_, own) = *path.points.first().filter(|(_, own)| *own != start)?;
    let past = past_at(before, own);
    let spared = if past.all() == 0 {
        String::new()
    } else {
        format!(
            " At {} {} of {} would be past their liquidation price ({}).",
            format::price(own),
            format::whole(past.all() as u64),
            format::counted(before.positions.len(), "listed position"),
            usd(past.all_notional_usd())
        )
    };
    Some(format!(
        "The path begins at {} USD and the run at {} USD: only the path's relative changes count.{spared}",
        format::price(own),
        format::price(start)
    ))
}

pub(super) fn instead_of_options(before: &Scenario, series: usize, share: f64) -> String {
    let gone = match before.options.len() {
        0 if before.parameters.options.enabled => "those that the sliders describe".to_owned(),
        0 => "no options".to_owned(),
        count => format!("the list of {}", format::whole(count as u64)),
    };
    let part = if share < 1.0 {
        format!(", with {} % of their open interest,", format::digits(100.0 * share, 3))
    } else {
        String::new()
    };
    format!(
        "{} option series{part} take the place of {gone}.",
        format::whole(series as u64)
    )
}

pub(super) fn scaled_in_words(spot: f64, start: f64) -> String {
    format!(
        "All strikes are multiplied by {}: they keep their ratio to the price, which is {} in the chain and {} here. The \
         contracts are divided by as much, so that their notional stays.",
        format::digits(start / spot, 5),
        format::price(spot),
        format::price(start)
    )
}

pub(super) fn step_reason(scenario: &Scenario) -> String {
    let reason = "the path is long";
    if scenario.events.is_empty() {
        reason.to_owned()
    } else {
        format!("{reason}; timed events keep their steps, and so come at other moments")
    }
}

/// What the sliders that describe a list cannot show.
pub(super) fn beyond_sliders(list: &[ListedPosition], cautions: &mut Vec<String>) {
    let totals = PositionTotals::of(list.iter().filter(|position| position.asset == 1));
    if totals.all() <= 0.0 {
        return;
    }
    for (path, value) in totals.described() {
        let Ok(row) = find(path) else { continue };
        if !(row.range.0..=row.range.1).contains(&value) {
            cautions.push(format!(
                "The list's {} is {}; its slider goes from {} to {} and stands at its end.",
                row.label.to_lowercase(),
                row.show(value),
                row.show(row.range.0),
                row.show(row.range.1)
            ));
        }
    }
}

/// Log price moves of a book that is closed at once, below and above which the book and the depth of the market do not belong to the
/// same market: nothing would be seen of it, or nothing would be left.
const BOOK_MOVES: (f64, f64) = (2e-5, 3.0);

/// A list that is far too small or too large for the depth of the books.
pub(super) fn out_of_proportion(scenario: &Scenario, list: &[ListedPosition], cautions: &mut Vec<String>) {
    let totals = PositionTotals::of(list.iter().filter(|position| position.asset == 1));
    let notional: f64 = totals.notional.iter().sum();
    let depth = scenario.parameters.liquidity.depth;
    let moves = notional / depth;
    if notional <= 0.0 || (BOOK_MOVES.0..=BOOK_MOVES.1).contains(&moves) {
        return;
    }
    let size = if moves < BOOK_MOVES.0 { "small" } else { "large" };
    cautions.push(format!(
        "The list is very {size} for these books: closing all of it, {}, would move the price by {} %, where {} move it by 1 %. Set \
         the liquidity depth to that of the list's market, or look whether its sizes are in another unit.",
        usd(notional),
        format::digits(100.0 * moves.exp_m1(), 2),
        usd(depth / 100.0)
    ));
}

/// A chain that no run holds.
pub(super) fn unheld(choices: &Choices, exposure: &GammaExposure, cautions: &mut Vec<String>) {
    let reach = choices.reach(exposure);
    if reach >= 1.0 {
        cautions.push(format!(
            "The dealers' hedges alone would move the books more than the price has moved ({} ≥ 1): no run holds. Deepen the \
             books, or take a smaller share.",
            format::digits(reach, 3)
        ));
    }
}

/// Every parameter that has moved, with the reason where there is one. Those that only describe a list are left out.
pub(super) fn moved<'a>(
    before: &'a Scenario,
    after: &'a Scenario,
    reasons: &'a [(Cow<'static, str>, String)],
) -> impl Iterator<Item = String> + 'a {
    let rows = table().iter().filter(|row| {
        let describes = row.effect == ChangeEffect::Redraw && before.positions != after.positions;
        !describes && row.get(&before.parameters) != row.get(&after.parameters)
    });
    rows.map(|row| {
        let (old, new) = (row.get(&before.parameters), row.get(&after.parameters));
        let reason = reasons.iter().find(|(path, _)| *path == row.path);
        let reason = reason.map_or_else(String::new, |(_, reason)| format!(": {reason}"));
        let show = |value| match row.unit {
            Unit::UsdPerCoin => format!("{} USD", format::price(value)),
            _ => row.show(value),
        };
        format!("{} {} → {}{reason}.", row.label, show(old), show(new))
    })
}

/// Positions that are past their liquidation price before the run has begun.
pub(super) fn liquidated_at_once(before: &Scenario, after: &Scenario, cautions: &mut Vec<String>) {
    let start = after.parameters.market.start_price;
    let past = past_at(after, start);
    if past.all() == 0 {
        return;
    }
    let total = PositionTotals::of(after.positions.iter());
    let side = |index: usize, one: &str| {
        format!(
            "{} of {} ({} of {})",
            format::whole(past.count[index] as u64),
            format::counted(total.count[index], one),
            usd(past.notional_usd[index]),
            usd(total.notional[index])
        )
    };
    let present = before.parameters.market.start_price;
    let now = if before.positions == after.positions && present != start {
        let count = past_at(before, present).all();
        let how_many = if count == 0 {
            "none".to_owned()
        } else {
            format::whole(count as u64)
        };
        format!(" At the present {} it is {how_many}.", format::price(present))
    } else {
        String::new()
    };
    cautions.push(format!(
        "At the start price of {} USD {} and {} are past their liquidation price: {} % of the list's notional is liquidated \
         in the first step.{now}",
        format::price(start),
        side(0, "long"),
        side(1, "short"),
        format::digits(100.0 * past.all_notional_usd() / total.all(), 3)
    ));
}

/// Options whose strikes a new start price leaves behind.
pub(super) fn strikes_left_behind(before: &Scenario, after: &Scenario, cautions: &mut Vec<String>) {
    let (old, new) = (
        before.parameters.market.start_price,
        after.parameters.market.start_price,
    );
    if after.options.is_empty() || before.options != after.options || near(old, new) {
        return;
    }
    cautions.push(format!(
        "The {} option series keep their strikes, which belong to a price near {}: at {} they are far from it.",
        format::whole(after.options.len() as u64),
        format::price(old),
        format::price(new)
    ));
}
