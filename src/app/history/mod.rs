//! What the plots show of a run: every figure after every step, and the resting liquidation levels as they stood. Recording
//! costs a few appends a step, plus a column of the book when it has changed; nothing here draws.

mod book;
mod contagion;
mod flow;
mod recording;
mod series;
mod story;

pub use book::{BookHistory, Column, MEMORY_BOUND_BYTES, Reader, intensity, notional};
pub use contagion::{ContagionHistory, Led};
pub use flow::{EVEN, FlowHistory, RECORDED_REACH, excess, ratio};
pub use recording::Recording;
pub use series::{Bucket, EXACT_STEPS, Extent, Series};
pub use story::{Narrator, Story};

pub use cascade_engine::Figure;
use cascade_engine::{Asset, Clusters, Observation, PriceGrid, Source};
use cascade_scenario::VENUES_MAX;

/// Everything recorded of one asset. Sample `i` of every series is the value after step `i`; sample 0 is the start.
#[derive(Clone, Debug)]
pub struct History {
    /// The parts of every figure.
    figures: Vec<Vec<Series>>,
    narrator: Narrator,
    synchronised: Option<u64>,
    book: BookHistory,
    flow: FlowHistory,
    book_version: u64,
    /// The version that the newest column of the book shows; none if it must be recorded anew.
    recorded_version: Option<u64>,
    grid: PriceGrid,
    step_seconds: f64,
    clusters: Clusters,
    column: Column,
    version: Version,
}

/// Which recording it is: what was drawn of another one is out of date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// Number of the run. A run that is made anew with a parameter moved has the same one: the view of it stays.
    pub run: u64,
    /// Which making of the run it is.
    pub making: u64,
    /// How often it was cut back.
    cuts: u64,
}

impl History {
    /// Begins with an asset as it stands; the resting levels may take so many bytes.
    pub fn new(asset: &Asset, memory: usize) -> Self {
        let venues = (asset.parameters().venues.count as usize).clamp(1, VENUES_MAX);
        let parts = |count| vec![Series::default(); count];
        let mut history = Self {
            figures: Figure::ALL
                .map(|figure| figure.about().split.parts(venues))
                .map(parts)
                .to_vec(),
            narrator: Narrator::default(),
            synchronised: None,
            book: BookHistory::with_bound(memory),
            flow: FlowHistory::new(asset),
            book_version: asset.book_version(),
            recorded_version: None,
            grid: asset.grid(),
            step_seconds: asset.parameters().market.step_seconds,
            clusters: Clusters::default(),
            column: Column::default(),
            version: Version::default(),
        };
        history.append(asset.observation());
        history.record_book(asset);
        history
    }

    /// Records the state after a step.
    pub(super) fn record(&mut self, asset: &Asset) {
        self.append(asset.observation());
        self.flow.record(asset);
        self.synchronised = asset.synchronised();
        if self.recorded_version != Some(asset.book_version()) {
            self.record_book(asset);
        }
    }

    /// Memory that the recording takes, in bytes.
    pub fn bytes(&self) -> usize {
        let figures: usize = self.figures.iter().flatten().map(Series::bytes).sum();
        figures + self.book.bytes() + self.flow.bytes()
    }

    /// Which recording it is.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Forgets what was recorded after the step at which the asset stands.
    pub(super) fn cut_back(&mut self, asset: &Asset) {
        let step = asset.observation().step as usize;
        for series in self.figures.iter_mut().flatten() {
            series.truncate(step + 1);
        }
        self.synchronised = asset.synchronised();
        self.book.truncate(step);
        self.flow.cut_back(step);
        self.narrator = Narrator::default();
        for step in 0..=step {
            let total = self.figure(Figure::Attributed).at(step).unwrap_or(f64::NAN);
            let exogenous = self.by_source(Source::Exogenous).at(step).unwrap_or(f64::NAN);
            self.narrator.observe(step, total / 100.0, exogenous / 100.0);
        }
        self.version.cuts += 1;
        self.recorded_version = None;
        self.look(asset);
    }

    /// Takes in the resting levels of a moment that is recorded already.
    pub(super) fn look(&mut self, asset: &Asset) {
        if self.book_version != asset.book_version() {
            self.book_version = asset.book_version();
            asset.resting(&mut self.clusters);
        }
    }

    fn append(&mut self, observation: &Observation) {
        for (figure, parts) in Figure::ALL.iter().zip(&mut self.figures) {
            for (part, series) in parts.iter_mut().enumerate() {
                series.push(figure.part(observation, part));
            }
        }
        let total = observation.attribution.values().sum();
        let exogenous = observation.attribution[Source::Exogenous];
        self.narrator.observe(self.newest_step(), total, exogenous);
    }

    fn record_book(&mut self, asset: &Asset) {
        self.book_version = asset.book_version();
        self.recorded_version = Some(self.book_version);
        asset.resting(&mut self.clusters);
        self.column.set(&self.clusters);
        self.book.record(self.newest_step(), &self.column);
    }

    /// The last step recorded, counted from where the recording began.
    pub fn newest_step(&self) -> usize {
        self.figure(Figure::Spot).len() - 1
    }

    /// Market time between two samples.
    pub const fn step_seconds(&self) -> f64 {
        self.step_seconds
    }

    /// A figure over time; its first part where it is split.
    pub fn figure(&self, figure: Figure) -> &Series {
        &self.figures[figure as usize][0]
    }

    /// The parts of a figure over time, such as one of every venue.
    pub fn parts(&self, figure: Figure) -> &[Series] {
        &self.figures[figure as usize]
    }

    /// Mark prices over time, by venue.
    pub fn marks(&self) -> &[Series] {
        self.parts(Figure::Marks)
    }

    /// Futures prices over time, by venue.
    pub fn futures(&self) -> &[Series] {
        self.parts(Figure::Futures)
    }

    /// Notional liquidated in a step over time, by venue, USD.
    pub fn liquidated_at(&self) -> &[Series] {
        self.parts(Figure::LiquidatedAt)
    }

    /// What a source has moved the spot's log price by since the start, in per cent.
    pub fn by_source(&self, source: Source) -> &Series {
        &self.parts(Figure::AttributedBySource)[source as usize]
    }

    /// The largest move that forced flow took part in.
    pub const fn story(&self) -> Option<Story> {
        self.narrator.story()
    }

    /// The first step after which liquidations of separate venues were one event.
    pub const fn synchronised(&self) -> Option<u64> {
        self.synchronised
    }

    /// The resting liquidation levels over time.
    pub const fn book(&self) -> &BookHistory {
        &self.book
    }

    /// The delta map over time.
    pub const fn flow(&self) -> &FlowHistory {
        &self.flow
    }

    /// The newest resting levels, in USD; they change with [`Self::book_version`].
    pub const fn resting(&self) -> &Clusters {
        &self.clusters
    }

    /// The version of the book that [`Self::resting`] shows.
    pub const fn book_version(&self) -> u64 {
        self.book_version
    }

    /// The price levels of the book.
    pub const fn grid(&self) -> PriceGrid {
        self.grid
    }
}
