//! What becomes of a scenario that takes over positions, a price path or an option chain: which values fit, the new scenario,
//! and everything that changes with it in words. Whoever imports something, window or command line, asks here.

mod words;

use std::borrow::Cow;

use cascade_engine::{PastLiquidation, past_liquidation};
use cascade_scenario::{
    ASSETS_MAX, Action, Event, Imported, ListedPosition, OptionChain, ParameterError, PositionTotals, PricePath,
    Scenario, find, format,
};

use super::gex::{Convention, GammaExposure, gamma_exposure};

use words::{
    beyond_sliders, instead_of_book, instead_of_noise, instead_of_options, liquidated_at_once, moved,
    out_of_proportion, scaled_in_words, start_kept, step_reason, strikes_left_behind, unheld,
};

/// A path that would take more steps than this gets longer steps.
const STEPS_AT_MOST: f64 = 20_000.0;
/// What is aimed at where a chain's hedges would trade more than the books can take: half of it.
const REACH: f64 = 0.5;
/// Prices further apart than this factor are not of one market at one time.
const FAR: f64 = 1.5;

const MEAN_ENTRY: &str = "the mean entry of the list, which is far from the present price";
const START_PRICE: &str = "market.start_price";
const STEP: &str = "market.step_seconds";
const DEPTH: &str = "liquidity.depth";

/// Something that has been read and may become part of a scenario, with what a chain amounts to.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// What was read.
    pub data: Imported,
    /// Of a chain: how its gamma exposure is computed, the signs of which go to the scenario, and what that is.
    pub gamma: Option<(Convention, GammaExposure)>,
}

/// What is up to whoever takes it over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choices {
    /// Price of the first asset at the first step, USD per coin.
    pub start_price: f64,
    /// The same of the assets after the first.
    pub other_start_prices: [f64; ASSETS_MAX - 1],
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
    pub fn of(scenario: &Scenario) -> Self {
        Self {
            start_price: scenario.parameters.market.start_price,
            other_start_prices: scenario.parameters.other_assets.map(|asset| asset.start_price),
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

impl Offer {
    /// Offers what was read; the convention is for a chain.
    pub fn new(data: Imported, convention: &Convention) -> Self {
        let gamma = match &data {
            Imported::OptionChain(chain) => Some((*convention, gamma_exposure(chain, convention))),
            _ => None,
        };
        Self { data, gamma }
    }

    /// The gamma exposure of a chain.
    pub fn exposure(&self) -> Option<&GammaExposure> {
        self.gamma.as_ref().map(|(_, exposure)| exposure)
    }

    /// The price that belongs to it: where a path begins, where a chain was quoted.
    pub fn own_price(&self) -> Option<f64> {
        match &self.data {
            Imported::Positions(_) => None,
            Imported::PricePath { path, .. } => path.points.first().map(|(_, price)| *price),
            Imported::OptionChain(chain) => Some(chain.spot),
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
        match &self.data {
            Imported::Positions(list) => {
                if is_free(START_PRICE) {
                    choices.start_price = start_price_for(list, 1, choices.start_price);
                }
                for (index, price) in choices.other_start_prices.iter_mut().enumerate() {
                    let asset = index as u32 + 2;
                    if is_free(&other_start_price(asset)) {
                        *price = start_price_for(list, asset, *price);
                    }
                }
            }
            Imported::PricePath { path, usual_seconds } => {
                if is_free(STEP) {
                    choices.step_seconds = step_for(path.span_seconds(), *usual_seconds, choices.step_seconds);
                }
            }
            Imported::OptionChain(_) => {
                if let Some(exposure) = self.exposure() {
                    hold(&mut choices, exposure, is_free(DEPTH));
                }
            }
        }
        if let Some(own) = self.own_price() {
            let has_own_prices = !scenario.positions.is_empty()
                || matches!(self.data, Imported::PricePath { .. }) && !scenario.options.is_empty();
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
        match &self.data {
            Imported::Positions(list) => (start_price_for(list, 1, 0.0) == price).then_some(MEAN_ENTRY),
            Imported::PricePath { .. } => (self.own_price() == Some(price)).then_some("the first price of the path"),
            Imported::OptionChain(_) => {
                (self.own_price() == Some(price)).then_some("the price of the underlying in the chain")
            }
        }
    }

    /// Puts it into a scenario.
    ///
    /// # Errors
    /// It cannot be part of this scenario, or a choice is not allowed.
    pub fn adopt(&self, before: &Scenario, choices: &Choices) -> Result<Adoption, ParameterError> {
        let mut draft = Draft {
            before,
            scenario: before.clone(),
            reasons: Vec::new(),
            changes: Vec::new(),
            cautions: Vec::new(),
        };
        if let Some(reason) = self.start_reason(choices.start_price) {
            draft.reasons.push((START_PRICE.into(), reason.to_owned()));
        }
        let what = match (&self.data, &self.gamma) {
            (Imported::Positions(list), _) => draft.positions(list, choices)?,
            (Imported::PricePath { path, .. }, _) => draft.path(path, choices)?,
            (Imported::OptionChain(chain), gamma) => draft.chain(chain, gamma.as_ref(), choices)?,
        };
        Ok(draft.finished(what))
    }
}

/// A scenario that is taking something over; its functions return what that is in a few words.
struct Draft<'a> {
    before: &'a Scenario,
    scenario: Scenario,
    /// Why a parameter moves.
    reasons: Vec<(Cow<'static, str>, String)>,
    changes: Vec<String>,
    cautions: Vec<String>,
}

impl Draft<'_> {
    fn positions(&mut self, list: &[ListedPosition], choices: &Choices) -> Result<String, ParameterError> {
        self.scenario.set(START_PRICE, choices.start_price)?;
        for (asset, price) in (2..).zip(choices.other_start_prices) {
            if asset <= self.scenario.parameters.assets.count {
                let path = other_start_price(asset);
                self.scenario.set(&path, price)?;
                self.reasons.push((path.into(), MEAN_ENTRY.to_owned()));
            }
        }
        self.scenario.adopt_positions(list.to_vec())?;
        self.changes.push(instead_of_book(self.before, list.len()));
        beyond_sliders(list, &mut self.cautions);
        out_of_proportion(&self.scenario, list, &mut self.cautions);
        let [longs, shorts] = PositionTotals::of(list).count;
        Ok(format!(
            "{} and {}",
            format::counted(longs, "long"),
            format::counted(shorts, "short")
        ))
    }

    fn path(&mut self, path: &PricePath, choices: &Choices) -> Result<String, ParameterError> {
        self.scenario.set(STEP, choices.step_seconds)?;
        let noise = choices.noise;
        self.scenario
            .adopt_path(PricePath { noise, ..path.clone() }, choices.start_price)?;
        self.changes.push(instead_of_noise(noise));
        self.changes.extend(start_kept(self.before, path, choices.start_price));
        drop_shocks(
            &mut self.scenario,
            choices.keep_shocks,
            &mut self.changes,
            &mut self.cautions,
        );
        self.reasons.push((STEP.into(), step_reason(&self.scenario)));
        Ok(format!("A price path of {} points", path.points.len()))
    }

    fn chain(
        &mut self,
        chain: &OptionChain,
        gamma: Option<&(Convention, GammaExposure)>,
        choices: &Choices,
    ) -> Result<String, ParameterError> {
        let scenario = &mut self.scenario;
        scenario.set(DEPTH, choices.depth)?;
        if choices.scale_strikes && choices.start_price != chain.spot {
            scenario.adopt_chain(&chain.scaled(choices.start_price / chain.spot), choices.share)?;
            self.changes.push(scaled_in_words(chain.spot, choices.start_price));
        } else {
            scenario.adopt_chain(chain, choices.share)?;
        }
        scenario.set(START_PRICE, choices.start_price)?;
        if let Some((convention, exposure)) = gamma {
            let [calls, puts] = convention.signs;
            scenario.set("dealers.call_sign", calls)?;
            scenario.set("dealers.put_sign", puts)?;
            unheld(choices, exposure, &mut self.cautions);
            self.cautions.extend(exposure.contradiction());
        }
        let series = scenario.options.len();
        self.changes
            .push(instead_of_options(self.before, series, choices.share));
        self.reasons.extend(
            [
                (DEPTH, "the hedges of the chain would trade more than the books take"),
                ("dealers.call_sign", "as in the chain's convention"),
                ("dealers.put_sign", "as in the chain's convention"),
            ]
            .map(|(path, reason)| (path.into(), reason.to_owned())),
        );
        Ok(format!("{} option series", format::digits(series as f64, 6)))
    }

    /// Tells what else is otherwise, and what may be a mistake.
    fn finished(mut self, what: String) -> Adoption {
        self.changes.extend(moved(self.before, &self.scenario, &self.reasons));
        liquidated_at_once(self.before, &self.scenario, &mut self.cautions);
        strikes_left_behind(self.before, &self.scenario, &mut self.cautions);
        Adoption {
            scenario: self.scenario,
            what,
            changes: self.changes,
            cautions: self.cautions,
        }
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

/// The start price of an asset stays where its entries are near it; else it is their mean, weighted by notional.
fn start_price_for(list: &[ListedPosition], asset: u32, present: f64) -> f64 {
    let own = || list.iter().filter(|position| position.asset == asset);
    let totals = PositionTotals::of(own());
    if totals.all() > 0.0 && !own().any(|position| near(position.entry, present)) {
        totals.mean_entry
    } else {
        present
    }
}

/// The path of the start price of an asset beside the first.
fn other_start_price(asset: u32) -> String {
    format!("asset_{asset}.start_price")
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
    let (count, list) = (format::counted(told.len(), "timed shock"), told.join("; "));
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
