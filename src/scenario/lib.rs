//! What a run is made of: parameters (described in one table), a seed and timed events. Everything that decides a run is
//! in a [`Scenario`]; nothing here simulates, reads files or draws.

mod background;
mod borrowed;
mod chain;
mod change;
mod error;
mod event;
pub mod format;
mod hints;
mod identity;
mod imported;
pub mod lesson;
mod observed;
mod options;
mod parameters;
mod path;
mod position;
mod references;
mod route;
mod setting;
mod shared;
mod suggest;
mod table;
mod texts;
mod words;

pub use background::{PARAGRAPHS_MAX, Paragraph, Topic};
pub use chain::{BUSINESS_DAYS_A_YEAR, Basis, Date, Expiry, OptionChain, Quote, business_days_between, days_between};
pub use change::ParameterChange;
pub use error::{ErrorPlace, ListName, ParameterError};
pub use event::{Action, EVENTS_MAX, Event, Outage, Shock};
pub use hints::{Hints, RecordMark, Trial};
pub use identity::{AssetId, BookId, IndexedBy, RegionId, VenueId};
pub use imported::{ImportKind, Imported};
pub use lesson::Lesson;
pub use observed::{OBSERVED_BARS_MAX, Observed, ObservedBar};
pub use options::{OPTIONS_MAX, OptionKind, OptionSeries};
pub use parameters::*;
pub use path::{PATH_POINTS_MAX, PricePath};
pub use position::{ListedPosition, POSITIONS_MAX, PositionKind, PositionSide, PositionTotals};
pub use references::{REFERENCES, Reference, cited};
pub use route::RouteWords;
pub use setting::Setting;
pub use shared::Shared;
pub use table::{ChangeEffect, GroupRow, Kind, Parameter, ParameterId, Scale, Unit, find, groups, parameter, table};
pub use texts::{NAME_CHARACTERS_MAX, TEXT_CHARACTERS_MAX, is_hidden};

/// Steps that a preset is meant to be run for.
pub const RUN_STEPS: u64 = 1_440;

/// A complete description of a run: the same scenario gives the same run, bit for bit.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Short name, as the presets list shows it.
    pub name: String,
    /// One or two sentences: what there is to see.
    pub description: String,
    /// What there is to read about it: facts, what is stylised, what is disputed, what to try.
    pub background: Vec<Paragraph>,
    /// What it suggests to whoever opens it.
    pub hints: Hints,
    /// Seed of every random stream.
    pub seed: u64,
    /// The parameters.
    pub parameters: Parameters,
    /// Timed events, by step.
    pub events: Vec<Event>,
    /// The options listed at the first step; none: those that the parameters describe.
    pub options: Shared<OptionSeries>,
    /// All levered positions at the first step, of every asset; none: they are drawn as the parameters describe.
    pub positions: Shared<ListedPosition>,
    /// What the efficient price of the first asset follows; none: noise.
    pub path: PricePath,
    /// What the price of the first asset really did, where the run begins at a moment of a record. The model never reads it.
    pub observed: Observed,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            name: "untitled".to_owned(),
            description: String::new(),
            background: Vec::new(),
            hints: Hints::default(),
            seed: 1,
            parameters: Parameters::default(),
            events: Vec::new(),
            options: Shared::default(),
            positions: Shared::default(),
            path: PricePath::default(),
            observed: Observed::default(),
        }
    }
}

impl Scenario {
    /// Sets one parameter by path.
    ///
    /// # Errors
    /// No such parameter, or not an allowed value; the scenario stays as it was.
    pub fn set(&mut self, path: &str, value: f64) -> Result<(), ParameterError> {
        self.set_parameter(find(path)?, value)
    }

    /// Sets one parameter. A new time step leaves the events, and what shocks and outages last, where they are in market time.
    ///
    /// # Errors
    /// Not an allowed value; the scenario stays as it was.
    pub fn set_parameter(&mut self, row: &Parameter, value: f64) -> Result<(), ParameterError> {
        let before = self.parameters.market.step_seconds;
        row.set(&mut self.parameters, value)?;
        let scale = before / self.parameters.market.step_seconds;
        if scale != 1.0 {
            for event in &mut self.events {
                event.rescale(scale);
            }
            let parameters = &mut self.parameters;
            for steps in [&mut parameters.shock.over_steps, &mut parameters.outage.over_steps] {
                *steps = event::rescaled(*steps, scale);
            }
        }
        Ok(())
    }

    /// Gives a parameter a value that holds for the whole run: its own timed changes are left out.
    ///
    /// # Errors
    /// Not an allowed value; the scenario stays as it was.
    pub fn hold(&mut self, id: ParameterId, value: f64) -> Result<(), ParameterError> {
        self.set_parameter(parameter(id), value)?;
        self.events
            .retain(|event| !matches!(&event.action, Action::Set(change) if change.parameter() == id));
        Ok(())
    }

    /// Why a parameter changes nothing in this scenario: what it describes is a list here.
    pub fn idle(&self, row: &Parameter) -> Option<&'static str> {
        let group = row.path.split('.').next().unwrap_or_default();
        // Bands, venues and further assets are numbered.
        let group = group.split_once('_').map_or(group, |(kind, _)| kind);
        let draws = matches!(
            group,
            "leverage" | "band" | "concentration" | "positions" | "venue" | "asset"
        );
        // New positions are drawn from the same distributions.
        if !self.positions.is_empty()
            && !self.parameters.reopening.enabled
            && draws
            && row.effect == ChangeEffect::Redraw
        {
            return Some(
                "The positions are listed: this would describe drawn ones. Drop the listed positions to use it.",
            );
        }
        let lists = group == "options" && !matches!(row.name, "enabled" | "settlement");
        if !self.options.is_empty() && lists {
            return Some("The options are listed: this would describe others. Drop the listed options to use it.");
        }
        let cures = matches!(
            row.name,
            "lowest_strike" | "highest_strike" | "strike_spacing" | "relist"
        );
        if lists && !cures && self.lists_no_option() {
            return Some(
                "No option is listed: no multiple of the strike spacing lies between the lowest and the highest strike.",
            );
        }
        None
    }

    /// Whether options are switched on and none is listed: no multiple of the spacing lies between the lowest and the highest strike.
    pub fn lists_no_option(&self) -> bool {
        let options = &self.parameters.options;
        options.enabled && self.options.is_empty() && options.strike_numbers().is_empty()
    }

    /// Checks everything that the types do not: ranges of all parameters, of the events, of the texts and of what was imported.
    ///
    /// # Errors
    /// The first thing that is not allowed.
    pub fn validate(&self) -> Result<(), ParameterError> {
        self.validate_described()?;
        options::check(&self.options)?;
        position::check(&self.positions, &self.parameters)?;
        self.path.validate()?;
        self.observed.validate()
    }

    /// The same for a variant of a scenario that has been found valid: lists that the two share are looked at again only where
    /// the variant has fewer venues or assets for them.
    ///
    /// # Errors
    /// The first thing that is not allowed.
    pub fn validate_variant_of(&self, valid: &Self) -> Result<(), ParameterError> {
        self.validate_described()?;
        if !self.options.is_same(&valid.options) {
            options::check(&self.options)?;
        }
        let places = |scenario: &Self| (scenario.parameters.venues.count, scenario.parameters.assets.count);
        let ((venues, assets), (known_venues, known_assets)) = (places(self), places(valid));
        if !self.positions.is_same(&valid.positions) || venues < known_venues || assets < known_assets {
            position::check(&self.positions, &self.parameters)?;
        }
        if !self.path.points.is_same(&valid.path.points) {
            self.path.validate()?;
        }
        // Two copies of one list are not compared.
        if self.observed == valid.observed {
            return Ok(());
        }
        self.observed.validate()
    }

    /// Everything but the lists.
    fn validate_described(&self) -> Result<(), ParameterError> {
        for row in table() {
            row.check(row.get(&self.parameters))?;
        }
        self.validate_texts()?;
        self.hints.validate()?;
        if self.events.len() > EVENTS_MAX {
            return Err(ParameterError::Value {
                place: ErrorPlace::Scenario,
                field: "events".to_owned(),
                value: format!("a list of {}", self.events.len()),
                allowed: format!("at most {EVENTS_MAX} events"),
            });
        }
        self.events.iter().try_for_each(Event::validate)?;
        (1..)
            .zip(&self.background)
            .try_for_each(|(number, paragraph)| paragraph.validate(number))
    }
}
