//! What the plots show of a run: every figure after every step, and the resting liquidation levels as they stood. Recording
//! costs a few appends a step, plus a column of the book when it has changed; nothing here draws.

mod book;
mod contagion;
mod flow;
mod series;
mod story;

pub use book::{BookHistory, Column, MEMORY_BOUND_BYTES, Reader, intensity};
pub use contagion::{ContagionHistory, Led};
pub use flow::{EVEN, FlowHistory, RECORDED_REACH};
pub use series::{Bucket, Extent, Series};
pub use story::{Narrator, Story};

use cascade_engine::{Asset, Clusters, Observation, PriceGrid, Simulation, Source};
use cascade_scenario::{Route, VENUES_MAX};

/// A figure of the whole market. Money is USD, prices are USD per coin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Spot price.
    Spot,
    /// Depth-weighted mean of all books.
    Index,
    /// What the spot price would be without forced flow.
    Exogenous,
    /// Notional of levered longs.
    LeveredLongs,
    /// Notional of levered shorts, as a negative number.
    LeveredShorts,
    /// Levered longs minus levered shorts.
    LeveredNet,
    /// Net notional of the unlevered counterparties.
    Counterparty,
    /// Net notional of the arbitrageurs' futures.
    Arbitrage,
    /// The dealers' option delta.
    DealerOptions,
    /// The dealers' hedge, on spot and in futures.
    DealerHedge,
    /// Net notional of the predators.
    Predators,
    /// Net notional of the liquidity providers.
    Providers,
    /// Net notional of the market makers.
    Makers,
    /// Share of the market makers that stand.
    MakersStanding,
    /// Number of market makers that failed in a step.
    MakersFailed,
    /// Standard deviation of the basis over the venues, a fraction.
    BasisSpread,
    /// Standard deviation of the funding rates per eight hours over the venues, a fraction.
    FundingSpread,
    /// All positive positions.
    OpenInterest,
    /// Long notional liquidated in a step.
    LiquidatedLongs,
    /// Short notional liquidated in a step.
    LiquidatedShorts,
    /// Notional taken over by liquidation engines and not yet closed.
    Queued,
    /// Notional cancelled by auto-deleveraging in a step.
    Deleveraged,
    /// Insurance funds.
    InsuranceFund,
    /// What is left of the clearing members' contributions.
    DefaultFund,
    /// Losses nobody has paid.
    BadDebt,
    /// Losses charged to profitable holders, so far.
    Socialised,
    /// What was missing in positions closed below zero equity, so far.
    NegativeEquity,
    /// Sold on the venues' books by liquidation engines, so far.
    RoutedBook,
    /// Sold to the automated market maker, so far.
    RoutedAmm,
    /// Taken by the bidders of the auction, so far.
    RoutedAuction,
    /// Taken by the backstop vault, so far.
    RoutedVault,
    /// Sold on the venues' books in a step.
    OnBook,
    /// Taken off the books in a step.
    OffBook,
    /// Debt of loans that a further move of 10 % makes liquidatable.
    LoansAtRisk,
    /// Debt of loans that wait for a liquidator.
    LoansWaiting,
    /// Debt that liquidators repaid in a step.
    LoansRepaid,
    /// What lenders have lost.
    LoansLost,
    /// Maintenance margin, a fraction.
    MaintenanceRate,
    /// Realised volatility per √year, a fraction.
    RealisedVolatility,
    /// Depth of all books, USD per unit log price.
    Depth,
    /// Reproduction ratio for a fall.
    ReproductionDown,
    /// Reproduction ratio for a rise.
    ReproductionUp,
    /// Change of the spot's log price since the start, in per cent (100 × log): the sum over all sources.
    Attributed,
    /// Amplification factor of the run so far.
    Amplification,
    /// Number of venues at which trading is halted.
    HaltedVenues,
    /// Number of venues that are gone.
    VenuesOut,
    /// Notional taken over in a step that would still stand at the lowest requirement so far.
    Tightened,
    /// Share of a position that the rise of the requirement forces its holder to cut.
    ForcedCut,
    /// Share of coin collateral that does not count.
    Haircut,
    /// Correlation of the venues' liquidations over the last minutes.
    Synchrony,
    /// Forced flow's part of the spot's recent variance.
    DerivativeShare,
}

impl Figure {
    /// All of them.
    pub const ALL: [Self; 51] = [
        Self::Spot,
        Self::Index,
        Self::Exogenous,
        Self::LeveredLongs,
        Self::LeveredShorts,
        Self::LeveredNet,
        Self::Counterparty,
        Self::Arbitrage,
        Self::DealerOptions,
        Self::DealerHedge,
        Self::Predators,
        Self::Providers,
        Self::Makers,
        Self::MakersStanding,
        Self::MakersFailed,
        Self::BasisSpread,
        Self::FundingSpread,
        Self::OpenInterest,
        Self::LiquidatedLongs,
        Self::LiquidatedShorts,
        Self::Queued,
        Self::Deleveraged,
        Self::InsuranceFund,
        Self::DefaultFund,
        Self::BadDebt,
        Self::Socialised,
        Self::NegativeEquity,
        Self::RoutedBook,
        Self::RoutedAmm,
        Self::RoutedAuction,
        Self::RoutedVault,
        Self::OnBook,
        Self::OffBook,
        Self::LoansAtRisk,
        Self::LoansWaiting,
        Self::LoansRepaid,
        Self::LoansLost,
        Self::MaintenanceRate,
        Self::RealisedVolatility,
        Self::Depth,
        Self::ReproductionDown,
        Self::ReproductionUp,
        Self::Attributed,
        Self::Amplification,
        Self::HaltedVenues,
        Self::VenuesOut,
        Self::Tightened,
        Self::ForcedCut,
        Self::Haircut,
        Self::Synchrony,
        Self::DerivativeShare,
    ];

    /// The figure in an observation.
    pub fn of(self, observation: &Observation) -> f64 {
        match self {
            Self::Spot => observation.spot,
            Self::Index => observation.index,
            Self::Exogenous => observation.exogenous,
            Self::LeveredLongs => observation.levered_longs,
            Self::LeveredShorts => -observation.levered_shorts,
            Self::LeveredNet => observation.levered_longs - observation.levered_shorts,
            Self::Counterparty => observation.counterparty_delta,
            Self::Arbitrage => observation.arbitrage_delta,
            Self::DealerOptions => observation.dealer_option_delta,
            Self::DealerHedge => observation.dealer_hedge,
            Self::Predators => observation.predators_delta,
            Self::Providers => observation.providers_delta,
            Self::Makers => observation.makers_delta,
            Self::MakersStanding => observation.makers_standing,
            Self::MakersFailed => observation.makers_failed as f64,
            Self::BasisSpread => observation.basis_spread,
            Self::FundingSpread => observation.funding_spread,
            Self::OpenInterest => observation.open_interest,
            Self::LiquidatedLongs => observation.liquidated_longs,
            Self::LiquidatedShorts => observation.liquidated_shorts,
            Self::Queued => observation.queued,
            Self::Deleveraged => observation.deleveraged,
            Self::InsuranceFund => observation.insurance_fund,
            Self::DefaultFund => observation.clearing.default_fund_usd,
            Self::BadDebt => observation.bad_debt,
            Self::Socialised => observation.socialised,
            Self::NegativeEquity => observation.insolvent_so_far.lost,
            Self::RoutedBook => observation.routes_so_far[Route::OrderBook],
            Self::RoutedAmm => observation.routes_so_far[Route::Amm],
            Self::RoutedAuction => observation.routes_so_far[Route::Auction],
            Self::RoutedVault => observation.routes_so_far[Route::Vault],
            Self::OnBook => observation.routes[Route::OrderBook],
            Self::OffBook => observation.routes.off_book(),
            Self::LoansAtRisk => observation.lending.at_risk_usd,
            Self::LoansWaiting => observation.lending.waiting_usd,
            Self::LoansRepaid => observation.lending.step.repaid_usd,
            Self::LoansLost => observation.lending.bad_debt_usd(),
            Self::MaintenanceRate => observation.maintenance_rate,
            Self::RealisedVolatility => observation.realised_volatility,
            Self::Depth => observation.depth,
            Self::ReproductionDown => observation.reproduction_down,
            Self::ReproductionUp => observation.reproduction_up,
            Self::Attributed => 100.0 * observation.attribution.values().sum::<f64>(),
            Self::Amplification => observation.largest_move.amplification(),
            Self::HaltedVenues => f64::from(observation.halted_venues),
            Self::VenuesOut => f64::from(observation.venues_out),
            Self::Tightened => observation.tightened,
            Self::ForcedCut => observation.forced_cut,
            Self::Haircut => observation.haircut,
            Self::Synchrony => observation.systemic.running_synchrony,
            Self::DerivativeShare => observation.systemic.running_derivative_share,
        }
    }
}

/// Everything recorded of one run. Sample `i` of every series is the value after step `i`; sample 0 is the start. What is
/// read off it directly is the first asset's; [`Self::of_asset`] has the same of any other.
#[derive(Clone, Debug)]
pub struct History {
    /// The recordings of the second asset and those after it; the memory for resting levels is shared out among all.
    others: Vec<Self>,
    /// How they hit one another, where there are several.
    contagion: Option<Box<ContagionHistory>>,
    figures: Vec<Series>,
    marks: Vec<Series>,
    futures: Vec<Series>,
    liquidated: Vec<Series>,
    by_source: Vec<Series>,
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
    run: u64,
    cuts: u64,
}

impl History {
    /// Begins with the state of a simulation as it stands.
    pub fn new(simulation: &Simulation) -> Self {
        let assets = simulation.assets();
        let memory = MEMORY_BOUND_BYTES / assets.len();
        let others = assets[1..].iter().map(|asset| Self::of_one(asset, memory)).collect();
        Self {
            contagion: (assets.len() > 1).then(|| Box::new(ContagionHistory::new(simulation))),
            others,
            ..Self::of_one(&assets[0], memory)
        }
    }

    fn of_one(asset: &Asset, memory: usize) -> Self {
        let venues = (asset.parameters().venues.count as usize).clamp(1, VENUES_MAX);
        let mut history = Self {
            others: Vec::new(),
            contagion: None,
            figures: vec![Series::default(); Figure::ALL.len()],
            marks: vec![Series::default(); venues],
            futures: vec![Series::default(); venues],
            liquidated: vec![Series::default(); venues],
            by_source: vec![Series::default(); Source::ALL.len()],
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
            run: 0,
            cuts: 0,
        };
        history.append(asset.observation());
        history.record_book(asset);
        history
    }

    /// The recording of an asset, counted from 0; the first one's if the run has no such asset.
    pub fn of_asset(&self, index: usize) -> &Self {
        index
            .checked_sub(1)
            .and_then(|other| self.others.get(other))
            .unwrap_or(self)
    }

    /// How the assets hit one another; none where there is one.
    pub fn contagion(&self) -> Option<&ContagionHistory> {
        self.contagion.as_deref()
    }

    /// Records the state after a step.
    pub fn record(&mut self, simulation: &Simulation) {
        self.for_each(simulation, Self::record_one);
        if let Some(contagion) = &mut self.contagion {
            contagion.record(simulation);
        }
    }

    fn record_one(&mut self, asset: &Asset) {
        self.append(asset.observation());
        self.flow.record(asset);
        self.synchronised = asset.synchronised();
        if self.recorded_version != Some(asset.book_version()) {
            self.record_book(asset);
        }
    }

    /// Does something with the recording of every asset.
    fn for_each(&mut self, simulation: &Simulation, one: fn(&mut Self, &Asset)) {
        let (first, others) = (&simulation.assets()[0], &simulation.assets()[1..]);
        for (history, asset) in self.others.iter_mut().zip(others) {
            one(history, asset);
        }
        one(self, first);
    }

    /// The recording of another run than those with other numbers.
    #[must_use]
    pub fn of_run(mut self, run: u64) -> Self {
        self.run = run;
        self.others.iter_mut().for_each(|other| other.run = run);
        self
    }

    /// The number of the run, and how often its recording was cut back: what was drawn of another one is out of date.
    pub const fn version(&self) -> (u64, u64) {
        (self.run, self.cuts)
    }

    /// Forgets what was recorded after the step at which `simulation` stands.
    pub fn cut_back(&mut self, simulation: &Simulation) {
        self.for_each(simulation, Self::cut_one_back);
        if let Some(contagion) = &mut self.contagion {
            contagion.cut_back(simulation);
        }
    }

    fn cut_one_back(&mut self, asset: &Asset) {
        let step = asset.observation().step as usize;
        let groups = [
            &mut self.figures,
            &mut self.marks,
            &mut self.futures,
            &mut self.liquidated,
            &mut self.by_source,
        ];
        for series in groups.into_iter().flatten() {
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
        self.cuts += 1;
        self.recorded_version = None;
        self.look_at_one(asset);
    }

    /// Takes in the resting levels of a moment that is recorded already.
    pub fn look(&mut self, simulation: &Simulation) {
        self.for_each(simulation, Self::look_at_one);
    }

    fn look_at_one(&mut self, asset: &Asset) {
        if self.book_version != asset.book_version() {
            self.book_version = asset.book_version();
            asset.resting(&mut self.clusters);
        }
    }

    fn append(&mut self, observation: &Observation) {
        for (figure, series) in Figure::ALL.iter().zip(&mut self.figures) {
            series.push(figure.of(observation));
        }
        for (series, mark) in self.marks.iter_mut().zip(observation.marks) {
            series.push(mark);
        }
        for (series, future) in self.futures.iter_mut().zip(observation.futures) {
            series.push(future);
        }
        for (series, notional) in self.liquidated.iter_mut().zip(observation.liquidated_at) {
            series.push(notional);
        }
        for (series, part) in self.by_source.iter_mut().zip(observation.attribution.into_values()) {
            series.push(100.0 * part);
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
        self.figures[0].len() - 1
    }

    /// Market time between two samples.
    pub const fn step_seconds(&self) -> f64 {
        self.step_seconds
    }

    /// A figure over time.
    pub fn figure(&self, figure: Figure) -> &Series {
        &self.figures[figure as usize]
    }

    /// Mark prices over time, by venue.
    pub fn marks(&self) -> &[Series] {
        &self.marks
    }

    /// Futures prices over time, by venue.
    pub fn futures(&self) -> &[Series] {
        &self.futures
    }

    /// Notional liquidated in a step over time, by venue, USD.
    pub fn liquidated_at(&self) -> &[Series] {
        &self.liquidated
    }

    /// What a source has moved the spot's log price by since the start, in per cent.
    pub fn by_source(&self, source: Source) -> &Series {
        &self.by_source[source as usize]
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
