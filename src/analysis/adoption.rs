//! What becomes of a scenario that takes over positions, a price path or an option chain: which values fit, the new scenario,
//! and everything that changes with it in words. Whoever imports something, window or command line, asks here.

use crate::engine::{PastLiquidation, past_liquidation};
use crate::scenario::{
    Action, Effect, Event, ListedPosition, OptionChain, ParameterError, PositionTotals, PricePath, Scenario, Unit,
    find, format, table,
};

use super::gex::{Convention, GammaExposure};

/// A path that would take more steps than this gets longer steps.
const STEPS_AT_MOST: f64 = 20_000.0;
/// What is aimed at where a chain's hedges would trade more than the books can take: half of it.
const REACH: f64 = 0.5;
/// Prices further apart than this factor are not of one market at one time.
const FAR: f64 = 1.5;

const START_PRICE: &str = "market.start_price";
const STEP: &str = "market.step_seconds";
const DEPTH: &str = "liquidity.depth";

/// Something that has been read and may become part of a scenario.
#[derive(Clone, Copy, Debug)]
pub enum Offer<'a> {
    /// The whole levered book.
    Positions(&'a [ListedPosition]),
    /// What the efficient price of the first asset is to follow.
    Path {
        /// The path; whether noise goes on beside it is chosen.
        path: &'a PricePath,
        /// Usual distance of two points, seconds.
        usual_seconds: f64,
    },
    /// The options of the first asset.
    Chain {
        /// The chain.
        chain: &'a OptionChain,
        /// How its gamma exposure is computed; its signs and multiplier go to the scenario.
        convention: &'a Convention,
        /// Its gamma exposure by that convention.
        exposure: &'a GammaExposure,
    },
}

/// What is up to whoever takes it over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choices {
    /// Price of the first asset at the first step, USD per coin.
    pub start_price: f64,
    /// Whether a chain's strikes keep their ratio to the start price where that is not the chain's own.
    pub scale_strikes: bool,
    /// Time step for a path, seconds.
    pub step_seconds: f64,
    /// Whether noise goes on beside a path.
    pub noise: bool,
    /// Whether the scenario's timed shocks of the first asset come on top of a path.
    pub keep_shocks: bool,
    /// Depth of all books for a chain, USD per unit log price.
    pub depth: f64,
    /// Share of a chain's open interest that the scenario takes.
    pub share: f64,
}

impl Choices {
    /// What leaves a scenario most as it is.
    pub const fn of(scenario: &Scenario) -> Self {
        Self {
            start_price: scenario.parameters.market.start_price,
            scale_strikes: true,
            step_seconds: scenario.parameters.market.step_seconds,
            noise: false,
            keep_shocks: false,
            depth: scenario.parameters.liquidity.depth,
            share: 1.0,
        }
    }

    /// What the dealers' hedges of a chain trade per unit of log price, over the depth they trade in.
    pub fn reach(&self, exposure: &GammaExposure) -> f64 {
        100.0 * exposure.net.abs() * self.share / self.depth
    }
}

/// A price that the run could start at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StartPrice {
    /// USD per coin.
    pub price: f64,
    /// What of the listed positions would be liquidated at once.
    pub past: PastLiquidation,
}

/// A scenario that has taken something over.
#[derive(Clone, Debug, PartialEq)]
pub struct Adoption {
    /// The scenario.
    pub scenario: Scenario,
    /// What it has taken over, in a few words: `3 longs and 2 shorts`.
    pub what: String,
    /// Everything that is otherwise than before, a sentence each.
    pub changes: Vec<String>,
    /// What may be a mistake, a sentence each.
    pub cautions: Vec<String>,
}

impl Offer<'_> {
    /// The price that belongs to it: where a path begins, where a chain was quoted.
    pub fn own_price(&self) -> Option<f64> {
        match self {
            Self::Positions(_) => None,
            Self::Path { path, .. } => path.points.first().map(|(_, price)| *price),
            Self::Chain { chain, .. } => Some(chain.spot),
        }
    }

    /// Where the run could start: at the price that belongs to it, or where the scenario starts now.
    pub fn starts(&self, scenario: &Scenario) -> Option<[StartPrice; 2]> {
        let own = self.own_price()?;
        let at = |price| StartPrice {
            price,
            past: past_at(scenario, price),
        };
        Some([at(own), at(scenario.parameters.market.start_price)])
    }

    /// What a risk analyst would choose first. Parameters named in `fixed` have been set on purpose and stay.
    ///
    /// The start price becomes that of a path or chain, unless the scenario has positions or options that stand at prices of
    /// their own and it would tear these apart: where it is further than a factor of 1.5 away, or puts more notional past its
    /// liquidation price than is so now. Then the start price stays: of a path only relative changes count, and a chain's
    /// strikes keep their ratio to the price. A list of positions leaves the start price, unless all of its entries are that
    /// far from it.
    pub fn suggest(&self, scenario: &Scenario, fixed: &[&str]) -> Choices {
        let mut choices = Choices::of(scenario);
        let is_free = |path: &str| !fixed.contains(&path);
        match self {
            Self::Positions(list) => {
                if is_free(START_PRICE) {
                    choices.start_price = start_price_for(list, choices.start_price);
                }
            }
            Self::Path { path, usual_seconds } => {
                if is_free(STEP) {
                    choices.step_seconds = step_for(path.span_seconds(), *usual_seconds, choices.step_seconds);
                }
            }
            Self::Chain { exposure, .. } => hold(&mut choices, exposure, is_free(DEPTH)),
        }
        if let Some(own) = self.own_price() {
            let has_own_prices =
                !scenario.positions.is_empty() || matches!(self, Self::Path { .. }) && !scenario.options.is_empty();
            let possible = find(START_PRICE).is_ok_and(|row| (row.range.0..=row.range.1).contains(&own));
            if !is_free(START_PRICE) {
                choices.scale_strikes = false;
            } else if possible && !(has_own_prices && tears_apart(scenario, own)) {
                choices.start_price = own;
            }
        }
        choices
    }

    /// Why the run would start at a price, if that is because of what it takes over.
    fn start_reason(&self, price: f64) -> Option<&'static str> {
        match self {
            Self::Positions(list) => (start_price_for(list, 0.0) == price)
                .then_some("the mean entry of the list, which is far from the present price"),
            Self::Path { .. } => (self.own_price() == Some(price)).then_some("the first price of the path"),
            Self::Chain { .. } => {
                (self.own_price() == Some(price)).then_some("the price of the underlying in the chain")
            }
        }
    }

    /// Puts it into a scenario.
    ///
    /// # Errors
    /// It cannot be part of this scenario, or a choice is not allowed.
    pub fn adopt(&self, before: &Scenario, choices: &Choices) -> Result<Adoption, ParameterError> {
        let mut scenario = before.clone();
        let mut reasons: Vec<(&str, String)> = Vec::new();
        let (mut changes, mut cautions) = (Vec::new(), Vec::new());
        if let Some(reason) = self.start_reason(choices.start_price) {
            reasons.push((START_PRICE, reason.to_owned()));
        }
        let what = match self {
            Self::Positions(list) => {
                scenario.set(START_PRICE, choices.start_price)?;
                scenario.adopt_positions(list.to_vec())?;
                changes.push(instead_of_book(before, list.len()));
                beyond_sliders(list, &mut cautions);
                let [longs, shorts] = PositionTotals::of(*list).count;
                format!("{} and {}", counted(longs, "long"), counted(shorts, "short"))
            }
            Self::Path { path, .. } => {
                scenario.set(STEP, choices.step_seconds)?;
                scenario.adopt_path(
                    PricePath {
                        noise: choices.noise,
                        ..(*path).clone()
                    },
                    choices.start_price,
                )?;
                changes.push(instead_of_noise(choices.noise));
                changes.extend(start_kept(before, path, choices.start_price));
                drop_shocks(&mut scenario, choices.keep_shocks, &mut changes, &mut cautions);
                reasons.push((STEP, step_reason(&scenario)));
                format!("A price path of {} points", path.points.len())
            }
            Self::Chain {
                chain,
                convention,
                exposure,
            } => {
                scenario.set(DEPTH, choices.depth)?;
                let multiplier = convention.multiplier * choices.share;
                if choices.scale_strikes && choices.start_price != chain.spot {
                    scenario.adopt_chain(&chain.scaled(choices.start_price / chain.spot), multiplier)?;
                    changes.push(scaled_in_words(chain.spot, choices.start_price));
                } else {
                    scenario.adopt_chain(chain, multiplier)?;
                }
                scenario.set(START_PRICE, choices.start_price)?;
                let [calls, puts] = convention.signs;
                scenario.set("dealers.call_sign", calls)?;
                scenario.set("dealers.put_sign", puts)?;
                changes.push(instead_of_options(before, scenario.options.len(), choices.share));
                reasons.push((
                    DEPTH,
                    "the hedges of the chain would trade more than the books take".to_owned(),
                ));
                reasons.push(("dealers.call_sign", "as in the chain's convention".to_owned()));
                reasons.push(("dealers.put_sign", "as in the chain's convention".to_owned()));
                unheld(choices, exposure, &mut cautions);
                format!("{} option series", format::digits(scenario.options.len() as f64, 6))
            }
        };
        changes.extend(moved(before, &scenario, &reasons));
        liquidated_at_once(before, &scenario, &mut cautions);
        strikes_left_behind(before, &scenario, &mut cautions);
        Ok(Adoption {
            scenario,
            what,
            changes,
            cautions,
        })
    }
}

/// The timed shocks that hit the first asset, which a price path takes the place of.
pub fn own_shocks(scenario: &Scenario) -> impl Iterator<Item = &Event> {
    scenario.events.iter().filter(|event| hits_first(event, scenario))
}

fn hits_first(event: &Event, scenario: &Scenario) -> bool {
    matches!(&event.action, Action::Shock(shock) if shock.asset.unwrap_or(scenario.parameters.shock.asset) == 1)
}

/// A chain whose hedges would trade more than the books can take gets deeper books, and where these cannot be deep enough
/// only a part of it is taken.
fn hold(choices: &mut Choices, exposure: &GammaExposure, may_deepen: bool) {
    if choices.reach(exposure) < 1.0 {
        return;
    }
    let rounded = |value: f64| {
        let unit = 10_f64.powf(value.log10().floor() - 1.0);
        (value / unit).round() * unit
    };
    if may_deepen {
        let deepest = find(DEPTH).map_or(choices.depth, |row| row.range.1);
        choices.depth = rounded(choices.depth * choices.reach(exposure) / REACH).min(deepest);
    }
    if choices.reach(exposure) > REACH {
        choices.share = rounded(choices.share * REACH / choices.reach(exposure));
    }
}

/// The start price stays where entries of the first asset are near it; else it is their mean, weighted by notional.
fn start_price_for(list: &[ListedPosition], present: f64) -> f64 {
    let first = || list.iter().filter(|position| position.asset == 1);
    let totals = PositionTotals::of(first());
    if totals.all() > 0.0 && !first().any(|position| near(position.entry, present)) {
        totals.mean_entry
    } else {
        present
    }
}

fn near(one: f64, other: f64) -> bool {
    (other / FAR..=other * FAR).contains(&one)
}

/// The step stays unless the path would take too many of them; then it is the usual distance of two points, as far as a step
/// may be that long.
fn step_for(span_seconds: f64, usual_seconds: f64, present: f64) -> f64 {
    if span_seconds / present <= STEPS_AT_MOST {
        return present;
    }
    let (low, high) = find(STEP).map_or((0.1, 3_600.0), |row| row.range);
    usual_seconds.clamp(low, high)
}

fn past_at(scenario: &Scenario, price: f64) -> PastLiquidation {
    if scenario.positions.is_empty() {
        return PastLiquidation::default();
    }
    let mut parameters = scenario.parameters;
    parameters.market.start_price = price;
    past_liquidation(&parameters, &scenario.positions)
}

/// Whether a start price is no price for what the scenario has.
fn tears_apart(scenario: &Scenario, price: f64) -> bool {
    let present = scenario.parameters.market.start_price;
    let lost = |price| past_at(scenario, price).all_notional_usd();
    !near(price, present) || lost(price) > lost(present)
}

/// So many of something: `1 long`, `2 longs`.
pub fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", format::price(count as f64))
}

fn usd(value: f64) -> String {
    format!("{} USD", format::short(value))
}

fn instead_of_book(before: &Scenario, listed: usize) -> String {
    let gone = match before.positions.len() {
        0 => format!(
            "the {} drawn ones",
            format::price(f64::from(before.parameters.positions.count))
        ),
        count => format!("the list of {}", format::price(count as f64)),
    };
    let drawing = "sliders that draw positions show the list's own figures and rest";
    let place = if listed == 1 { "takes" } else { "take" };
    format!(
        "{} {place} the place of {gone}; {drawing}.",
        counted(listed, "position")
    )
}

fn instead_of_noise(noise: bool) -> String {
    let beside = if noise {
        "with noise beside it"
    } else {
        "instead of noise"
    };
    format!("The efficient price of the first asset follows the path, {beside}.")
}

/// That a path does not begin at its own price, and what of the listed positions that spares.
fn start_kept(before: &Scenario, path: &PricePath, start: f64) -> Option<String> {
    let (_, own) = *path.points.first().filter(|(_, own)| *own != start)?;
    let past = past_at(before, own);
    let spared = if past.all() == 0 {
        String::new()
    } else {
        format!(
            " At {} {} of {} would be past their liquidation price ({}).",
            format::price(own),
            format::price(past.all() as f64),
            counted(before.positions.len(), "listed position"),
            usd(past.all_notional_usd())
        )
    };
    Some(format!(
        "The path begins at {} USD and the run at {} USD: only the path's relative changes count.{spared}",
        format::price(own),
        format::price(start)
    ))
}

fn instead_of_options(before: &Scenario, series: usize, share: f64) -> String {
    let gone = match before.options.len() {
        0 if before.parameters.options.enabled => "those that the sliders describe".to_owned(),
        0 => "no options".to_owned(),
        count => format!("the list of {}", format::price(count as f64)),
    };
    let part = if share < 1.0 {
        format!(", with {} % of their open interest,", format::digits(100.0 * share, 3))
    } else {
        String::new()
    };
    format!(
        "{} option series{part} take the place of {gone}.",
        format::price(series as f64)
    )
}

fn scaled_in_words(spot: f64, start: f64) -> String {
    format!(
        "All strikes are multiplied by {}: they keep their ratio to the price, which is {} in the chain and {} here. The \
         contracts are divided by as much, so that their notional stays.",
        format::digits(start / spot, 5),
        format::price(spot),
        format::price(start)
    )
}

/// Takes the shocks out that a path takes the place of, or says that they come on top of it.
fn drop_shocks(scenario: &mut Scenario, keep: bool, changes: &mut Vec<String>, cautions: &mut Vec<String>) {
    let told: Vec<String> = own_shocks(scenario)
        .map(|event| {
            let words = event.in_words(&scenario.parameters);
            format!("step {}: {}", event.step, words.trim_end_matches('.'))
        })
        .collect();
    if told.is_empty() {
        return;
    }
    let (count, list) = (counted(told.len(), "timed shock"), told.join("; "));
    let verb = if told.len() == 1 { "comes" } else { "come" };
    if keep {
        cautions.push(format!("{count} of the scenario {verb} on top of the path ({list})."));
        return;
    }
    let gone: Vec<bool> = scenario
        .events
        .iter()
        .map(|event| hits_first(event, scenario))
        .collect();
    let mut gone = gone.into_iter();
    scenario.events.retain(|_| !gone.next().unwrap_or(false));
    let verb = if told.len() == 1 { "is" } else { "are" };
    changes.push(format!(
        "{count} of the scenario {verb} dropped: the path is the news ({list})."
    ));
}

fn step_reason(scenario: &Scenario) -> String {
    let reason = "the path is long";
    if scenario.events.is_empty() {
        reason.to_owned()
    } else {
        format!("{reason}; timed events keep their steps, and so come at other moments")
    }
}

/// What the sliders that describe a list cannot show.
fn beyond_sliders(list: &[ListedPosition], cautions: &mut Vec<String>) {
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

/// A chain that no run holds.
fn unheld(choices: &Choices, exposure: &GammaExposure, cautions: &mut Vec<String>) {
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
fn moved<'a>(
    before: &'a Scenario,
    after: &'a Scenario,
    reasons: &'a [(&str, String)],
) -> impl Iterator<Item = String> + 'a {
    let rows = table().iter().filter(|row| {
        let describes = row.effect == Effect::Redraw && before.positions != after.positions;
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
fn liquidated_at_once(before: &Scenario, after: &Scenario, cautions: &mut Vec<String>) {
    let start = after.parameters.market.start_price;
    let past = past_at(after, start);
    if past.all() == 0 {
        return;
    }
    let total = PositionTotals::of(after.positions.iter());
    let side = |index: usize, one: &str| {
        format!(
            "{} of {} ({} of {})",
            format::price(past.count[index] as f64),
            counted(total.count[index], one),
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
            format::price(count as f64)
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
fn strikes_left_behind(before: &Scenario, after: &Scenario, cautions: &mut Vec<String>) {
    let (old, new) = (
        before.parameters.market.start_price,
        after.parameters.market.start_price,
    );
    if after.options.is_empty() || before.options != after.options || near(old, new) {
        return;
    }
    cautions.push(format!(
        "The {} option series keep their strikes, which belong to a price near {}: at {} they are far from it.",
        format::price(after.options.len() as f64),
        format::price(old),
        format::price(new)
    ));
}
