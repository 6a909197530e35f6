//! The running model: one [`Simulation::step`] at a time, in the order that is part of the contract.

mod record;

pub use record::{Origin, RunEvent};

use cascade_scenario::{
    ASSETS_MAX, AssetId, ChangeEffect, Outage, ParameterChange, ParameterError, ParameterId, Parameters, Scenario,
    Shock, parameter,
};

use crate::asset::{Asset, ImportedInputs};
use crate::cross::{CrossAccounts, Spillover};
use crate::log::{Halt, LogEntry};
use crate::market::exogenous::Noise;
use crate::market::source::{BySource, Source};
use crate::measure::contagion::{self, Contagion};
use crate::measure::observation::Summary;
use crate::positions::listed;
use crate::positions::population::{Placement, Population};
use crate::random::{Purpose, RandomStreams};
use crate::units::Price;

/// No step has more rounds, however often somebody looks.
const ROUNDS_MAX: f64 = 10_000.0;

/// A scenario under way. Cloning it is a snapshot: the clone goes on exactly as the original would.
#[derive(Clone, Debug)]
pub struct Simulation {
    scenario: Scenario,
    parameters: Parameters,
    edited: Parameters,
    events: Vec<RunEvent>,
    next_event: usize,
    noise: Noise,
    pub(crate) assets: Vec<Asset>,
    pub(crate) cross: CrossAccounts,
    log: Vec<LogEntry>,
    halt: Option<Halt>,
}

impl Simulation {
    /// Draws the levered books and stands at step 0.
    ///
    /// # Errors
    /// The scenario holds something that is not allowed.
    pub fn new(scenario: &Scenario) -> Result<Self, ParameterError> {
        Self::with_first_book(scenario, None)
    }

    /// Starts the first asset from given positions instead of drawn ones. Their venues and tiers must exist.
    ///
    /// # Errors
    /// The scenario holds something that is not allowed.
    pub fn with_positions(scenario: &Scenario, placements: &[Placement]) -> Result<Self, ParameterError> {
        Self::with_first_book(scenario, Some(placements))
    }

    fn with_first_book(scenario: &Scenario, given: Option<&[Placement]>) -> Result<Self, ParameterError> {
        scenario.validate()?;
        let mut scenario = scenario.clone();
        scenario.events.sort_by_key(|event| event.step);
        let count = scenario.parameters.assets.count as usize;
        let mut assets: Vec<_> = AssetId::first(count)
            .map(|asset| {
                let parameters = scenario.parameters.of_asset(asset);
                let streams = RandomStreams::new(scenario.seed, asset);
                let is_first = asset == AssetId::FIRST;
                let inputs = ImportedInputs {
                    chain: if is_first { &scenario.options } else { &[] },
                    path: is_first.then_some(&scenario.path),
                    listed: !scenario.positions.is_empty(),
                };
                if let Some(placements) = given.filter(|_| is_first) {
                    return Asset::new(&parameters, streams, placements, inputs);
                }
                let placements = if inputs.listed {
                    listed::placements(&parameters, &scenario.positions, asset)
                } else {
                    let mut rng = streams.stream(Purpose::Positions);
                    let population = Population::new(&parameters);
                    population.draw_book(&mut rng, Price::new(parameters.market.start_price), 0)
                };
                Asset::new(&parameters, streams, &placements, inputs)
            })
            .collect();
        let cross = CrossAccounts::new(&scenario.parameters, scenario.seed, &mut assets);
        assets.iter_mut().for_each(Asset::begin);
        Ok(Self {
            events: scenario.events.iter().cloned().map(RunEvent::of_scenario).collect(),
            next_event: 0,
            parameters: scenario.parameters,
            edited: scenario.parameters,
            noise: Noise::new(scenario.seed, count),
            assets,
            cross,
            log: Vec::new(),
            halt: None,
            scenario,
        })
    }

    /// One step of the model. Does nothing once the run has halted.
    pub fn step(&mut self) {
        if self.halt.is_some() {
            return;
        }
        self.play_events();
        let noise = self.noise.draw(self.parameters.assets.correlation);
        for (asset, noise) in self.assets.iter_mut().zip(noise) {
            asset.begin_step(noise);
        }
        self.cross.begin_step(&self.parameters);
        for round in 0..self.rounds() {
            let mut reacted = false;
            if round > 0 {
                self.assets.iter_mut().for_each(Asset::between_rounds);
            }
            for asset in &mut self.assets {
                reacted |= asset.react();
            }
            reacted |= self.cross.react(&self.parameters, &mut self.assets);
            if !reacted {
                break;
            }
        }
        self.cross.report(&mut self.assets);
        // A price without end is what is wrong then, not the money that was made of it.
        let inconsistent = self.cross.check(&self.assets);
        for asset in &mut self.assets {
            let violated = asset.end_step();
            self.halt = self.halt.take().or(violated);
        }
        self.halt = self.halt.take().or(inconsistent);
        self.collect_logs();
    }

    /// Rounds that a step may have: those of whoever looks in every round, and the looks of whoever has an interval.
    fn rounds(&self) -> u32 {
        let parameters = &self.parameters;
        let intervals = [
            parameters.execution.interval,
            parameters.lending.interval,
            parameters.dealers.hedging_interval,
            if parameters.makers.enabled {
                parameters.makers.interval
            } else {
                0.0
            },
        ];
        let dt = parameters.market.step_seconds;
        let looks = intervals.map(|interval| if interval > 0.0 { dt / interval } else { 0.0 });
        let most = libm::ceil(looks.into_iter().fold(0.0, f64::max));
        parameters.execution.rounds_per_step.max(most.min(ROUNDS_MAX) as u32)
    }

    /// Takes over what the assets have noted, in the order of time: what an asset notes once its step is made counts for the
    /// next one, and comes after what the others note on the way.
    fn collect_logs(&mut self) {
        let before = self.log.len();
        for (id, asset) in AssetId::each(&mut self.assets) {
            self.log.extend(asset.log.entries.drain(..).map(|entry| LogEntry {
                asset: Some(id),
                ..entry
            }));
        }
        if self.log.len() > before {
            let first = self.log[before..]
                .iter()
                .map(|entry| entry.step)
                .min()
                .unwrap_or_default();
            let from = self.log[..before].partition_point(|entry| entry.step < first);
            self.log[from..].sort_by_key(|entry| entry.step);
        }
    }

    /// Changes a parameter of the running model: live ones count from the next step, others draw the book anew at once.
    ///
    /// # Errors
    /// The value is not allowed, or the parameter needs a new run ([`ChangeEffect::Restart`]).
    pub fn set(&mut self, id: ParameterId, value: f64) -> Result<(), ParameterError> {
        self.change(ParameterChange::new(id, value)?);
        Ok(())
    }

    fn change(&mut self, change: ParameterChange) {
        let row = parameter(change.parameter());
        let mut changed = self.parameters;
        change.apply(&mut changed);
        if changed == self.parameters {
            return;
        }
        let before = std::mem::replace(&mut self.parameters, changed);
        for (id, asset) in AssetId::each(&mut self.assets) {
            let parameters = changed.of_asset(id);
            if parameters == *asset.parameters() {
                continue;
            }
            asset.configure(&parameters);
            if row.effect == ChangeEffect::Redraw {
                asset.redraw();
            }
        }
        if row.effect == ChangeEffect::Redraw && before.cross != changed.cross {
            self.cross.redraw(&changed, self.scenario.seed, &mut self.assets);
        }
    }

    /// Starts a shock with the next step, in the asset it names.
    pub fn shock(&mut self, shock: &Shock) {
        let wanted = shock.asset.unwrap_or(self.parameters.shock.asset);
        let asset = self.parameters.assets.numbered(wanted);
        self.assets[asset].shock(shock);
        self.collect_logs();
    }

    /// A venue goes out with the next step, with all its assets.
    pub fn outage(&mut self, outage: &Outage) {
        self.assets.iter_mut().for_each(|asset| asset.outage(outage));
        self.collect_logs();
    }

    /// Lets the run go on without the scenario's events that are still to come.
    pub const fn drop_events(&mut self) {
        self.next_event = self.events.len();
    }

    /// Why the run halted, if it did.
    pub const fn halted(&self) -> Option<&Halt> {
        self.halt.as_ref()
    }

    /// The assets, in their order; [`AssetId`] tells which.
    pub fn assets(&self) -> &[Asset] {
        &self.assets
    }

    /// What a small fall of each asset makes forced flow do to every other, at present prices.
    pub fn contagion(&self) -> Contagion {
        Contagion::measure(&self.assets, &self.cross, &self.parameters)
    }

    /// What a fall of each asset by a fraction makes forced flow do to every other, at present prices, per unit of log price.
    pub fn contagion_of_fall(&self, fall: f64) -> Contagion {
        Contagion::for_fall(&self.assets, &self.cross, &self.parameters, fall)
    }

    /// Where a relative price change of one asset would end in every asset if impact never decayed, in log
    /// prices; none if nothing stops it. Looks at every cross-margin account once a generation of liquidations.
    pub fn predicted_moves(&self, asset: AssetId, size: f64) -> Option<[f64; ASSETS_MAX]> {
        contagion::ends(&self.assets, &self.cross, &self.parameters, asset, libm::log1p(size))
    }

    /// What cross-margin accounts were forced to sell so far, by the asset that made them fail.
    pub const fn spillover(&self) -> &Spillover {
        self.cross.spillover()
    }

    /// Number of cross-margin accounts: [`Self::contagion`] looks at each of them once an asset.
    pub const fn cross_accounts(&self) -> usize {
        self.cross.count()
    }

    /// Figures of the whole run of an asset, which must exist; digest, errors and halt are those of all.
    pub fn summary_of(&self, asset: AssetId) -> Summary {
        let errors = self.assets.iter().map(|asset| asset.ledger.max_relative_error);
        Summary {
            digest: format!("{:016x}", self.digest()),
            ledger_max_relative_error: errors.fold(0.0, f64::max),
            halted: self.halt.clone(),
            ..self.assets[asset].summary()
        }
    }

    /// Hash of every price and flow so far, of all assets.
    pub fn digest(&self) -> u64 {
        let mut digests = self.assets.iter().map(Asset::digest);
        let first = digests.next().unwrap_or_default();
        digests.fold(first, |all, one| {
            (all.rotate_left(17) ^ one).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        })
    }

    /// Number of steps made.
    pub fn steps(&self) -> u64 {
        self.assets[0].world.moment.step
    }

    /// Market time in seconds.
    pub fn time_seconds(&self) -> f64 {
        self.assets[0].world.moment.time_seconds()
    }

    /// The parameters in force.
    pub const fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The parameters that the run was started with and those that were set by hand since ([`Self::act`]); what the scenario's
    /// own events set is not among them.
    pub const fn edited_parameters(&self) -> &Parameters {
        &self.edited
    }

    /// The scenario as it was started.
    pub const fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Everything that was logged so far.
    pub fn log(&self) -> &[LogEntry] {
        &self.log
    }

    fn play_events(&mut self) {
        let step = self.steps();
        while self.to_come().first().is_some_and(|due| due.event.step <= step) {
            self.play_next();
        }
    }
}

/// The sources' share of a log price, by name.
pub fn attribution(parts: &BySource) -> impl Iterator<Item = (&'static str, f64)> + '_ {
    Source::ALL.iter().map(|source| (source.label(), parts[*source]))
}
