//! How a figure is described: its name, label, unit, group and formula, and the macro that turns the rows of one table into the
//! fields of [`Observation`] and [`Summary`], their recording, the columns of a run's table, the figures of a study, key figures
//! and glossary.

mod group;
mod of_runs;
mod of_steps;
mod sums;
mod table;
mod unit;

use serde::{Serialize, Serializer};

use cascade_scenario::{ClearingScheme, Parameters, Route, VENUES_MAX};
use strum::VariantArray as _;

use crate::forced::outlet::ByRoute;
use crate::log::Halt;
use crate::market::source::{BySource, Source};

pub use group::Group;
use sums::Reduction;
pub(crate) use sums::Sums;
pub use table::{Figure, Observation, RunFigure, Summary};
pub use unit::Unit;

/// By what a figure is split into parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// By nothing: it is one number.
    Whole,
    /// By venue.
    Venue,
    /// By cause of price moves.
    Source,
    /// By where liquidated positions are closed.
    Route,
}

impl Split {
    /// How many parts there are in a market of so many venues.
    pub const fn parts(self, venues: usize) -> usize {
        match self {
            Self::Whole => 1,
            Self::Venue => venues,
            Self::Source => Source::ALL.len(),
            Self::Route => Route::VARIANTS.len(),
        }
    }

    /// A part's name inside the name of the figure.
    fn part_name(self, part: usize) -> String {
        match self {
            Self::Whole => String::new(),
            Self::Venue => (part + 1).to_string(),
            Self::Source => Source::ALL[part].name().to_owned(),
            Self::Route => Route::VARIANTS[part].name().replace('-', "_"),
        }
    }
}

/// A type that a figure may have; every part of it has an `f64` image, not a number where there is none.
trait Value: Copy {
    /// By what it is split.
    const SPLIT: Split = Split::Whole;
    /// The image of a part.
    fn part(self, part: usize) -> f64;
}

/// A type that a sum over a run may have.
trait Sum {
    /// The value of an image.
    fn of(image: f64) -> Self;
}

impl Value for f64 {
    fn part(self, _: usize) -> f64 {
        self
    }
}

impl Value for u64 {
    fn part(self, _: usize) -> f64 {
        self as f64
    }
}

impl Value for u32 {
    fn part(self, _: usize) -> f64 {
        f64::from(self)
    }
}

impl Value for Option<f64> {
    fn part(self, _: usize) -> f64 {
        self.unwrap_or(f64::NAN)
    }
}

impl Value for [f64; VENUES_MAX] {
    const SPLIT: Split = Split::Venue;
    fn part(self, part: usize) -> f64 {
        self[part]
    }
}

impl Value for BySource {
    const SPLIT: Split = Split::Source;
    fn part(self, part: usize) -> f64 {
        self[Source::ALL[part]]
    }
}

impl Value for ByRoute {
    const SPLIT: Split = Split::Route;
    fn part(self, part: usize) -> f64 {
        self[Route::VARIANTS[part]]
    }
}

impl Sum for f64 {
    fn of(image: f64) -> Self {
        image
    }
}

impl Sum for u64 {
    fn of(image: f64) -> Self {
        image as Self
    }
}

impl Sum for Option<f64> {
    fn of(image: f64) -> Self {
        (!image.is_nan()).then_some(image)
    }
}

/// By what the values of a reading are split.
const fn split_of<O, V: Value>(_: fn(&O) -> V) -> Split {
    V::SPLIT
}

/// When a figure is worth a line among the key figures, if its group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// Always.
    Key,
    /// Where it is not nothing.
    NonZero,
    /// Never: it stands in tables, plots and the glossary.
    Detail,
}

/// A run at a moment, of one asset.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The parameters of the asset.
    pub parameters: &'a Parameters,
    /// The figures of the step.
    pub seen: &'a Observation,
    /// The figures of the run.
    pub summary: &'a Summary,
}

impl Moment<'_> {
    /// Whether a group says anything of this run.
    fn concerns(&self, group: Group) -> bool {
        let (parameters, seen, run) = (self.parameters, self.seen, self.summary);
        let clears = parameters.clearing.scheme != ClearingScheme::None;
        match group {
            Group::Market
            | Group::Positions
            | Group::Liquidation
            | Group::Losses
            | Group::Breakers
            | Group::State
            | Group::Requirement
            | Group::Systemic => true,
            Group::Routes => run.liquidated_by_route_usd.off_book() > 0.0,
            Group::Predators => run.predators_traded_usd > 0.0,
            Group::Providers => run.providers_traded_usd > 0.0,
            Group::Carry => run.carry_traded_usd > 0.0,
            Group::Stops => parameters.stops.enabled || run.stops_touched_count > 0,
            Group::Makers => run.makers_standing_min < 1.0 || seen.makers_delta != 0.0,
            Group::MarginCalls => parameters.margin_calls.enabled || run.margin_call_count > 0,
            Group::CrossMargin => seen.cross_delta != 0.0 || run.cross_liquidation_count > 0,
            Group::Hedging => {
                parameters.options.enabled || parameters.dealers.gain != 0.0 || run.hedged_notional_usd != 0.0
            }
            Group::Tightening => seen.forced_cut > 0.0 || run.liquidated_by_tightening_usd > 0.0,
            Group::Clearing => clears,
            Group::Execution => parameters.execution.latency > 0.0 || clears,
            Group::Lending => run.lending.is_some(),
        }
    }

    /// Whether a figure is worth a line among the key figures now.
    pub fn shows(&self, figure: impl Into<AnyFigure>) -> bool {
        let figure = figure.into();
        let about = figure.about();
        self.concerns(about.group)
            && match about.interest {
                Interest::Key => true,
                Interest::NonZero => {
                    let value = self.value(figure);
                    value != 0.0 && !value.is_nan()
                }
                Interest::Detail => false,
            }
    }

    /// The number of a figure that is whole; not a number where there is none.
    pub fn value(&self, figure: impl Into<AnyFigure>) -> f64 {
        match figure.into() {
            AnyFigure::OfStep(figure) => figure.of(self.seen),
            AnyFigure::OfRun(figure) => figure.of(self.summary),
        }
    }

    /// The number as it is written on the screen.
    pub fn written(&self, figure: impl Into<AnyFigure>) -> String {
        let figure = figure.into();
        figure.about().unit.write(self.value(figure))
    }
}

/// What is known of a figure, wherever it is read off.
#[derive(Debug)]
pub struct About {
    /// Its stable name: the column of a run's table, or the key of a report; `{}` stands for the part where it is split.
    pub name: &'static str,
    /// Name on the screen.
    pub label: &'static str,
    /// Unit of the number, and how it is written.
    pub unit: Unit,
    /// What it belongs to.
    pub group: Group,
    /// When it is worth a line among the key figures.
    pub interest: Interest,
    /// By what it is split.
    pub split: Split,
    /// Meaning, one or two sentences.
    pub doc: &'static str,
    /// Formula and where it comes from; may be empty.
    pub source: &'static str,
}

impl About {
    /// Meaning and formula, for a tooltip.
    pub fn explained(&self) -> String {
        if self.source.is_empty() {
            self.doc.to_owned()
        } else {
            format!("{}\n{}", self.doc, self.source)
        }
    }

    /// The names of its parts in a market of so many venues.
    pub fn names(&self, venues: usize) -> impl Iterator<Item = String> {
        (0..self.split.parts(venues)).map(|part| self.name.replace("{}", &self.split.part_name(part)))
    }
}

/// A row of the table: what is known of a figure, and how it is read off an observation or a summary.
#[derive(Debug)]
struct Row<O: 'static> {
    about: About,
    /// Whether the table of a run has a column of it.
    is_column: bool,
    read: fn(&O, usize) -> f64,
}

impl Figure {
    /// What a route has taken so far.
    pub const fn routed(route: Route) -> Self {
        match route {
            Route::OrderBook => Self::RoutedBook,
            Route::Amm => Self::RoutedAmm,
            Route::Auction => Self::RoutedAuction,
            Route::Vault => Self::RoutedVault,
        }
    }

    /// What is known of it.
    pub fn about(self) -> &'static About {
        &Self::ROWS[self as usize].about
    }

    /// Name on the screen.
    pub fn label(self) -> &'static str {
        self.about().label
    }

    /// Unit of the number, and how it is written.
    pub fn unit(self) -> Unit {
        self.about().unit
    }

    /// Whether the table of a run has a column of it.
    pub fn is_column(self) -> bool {
        Self::ROWS[self as usize].is_column
    }

    /// The number in an observation, of the first part where it is split.
    pub fn of(self, seen: &Observation) -> f64 {
        self.part(seen, 0)
    }

    /// The number of a part.
    pub fn part(self, seen: &Observation, part: usize) -> f64 {
        (Self::ROWS[self as usize].read)(seen, part)
    }
}

impl RunFigure {
    /// What is known of it.
    pub fn about(self) -> &'static About {
        &Self::ROWS[self as usize].about
    }

    /// Name on the screen.
    pub fn label(self) -> &'static str {
        self.about().label
    }

    /// Unit of the number, and how it is written.
    pub fn unit(self) -> Unit {
        self.about().unit
    }

    /// The number in a summary, of the first part where it is split.
    pub fn of(self, summary: &Summary) -> f64 {
        self.part(summary, 0)
    }

    /// The number of a part.
    pub fn part(self, summary: &Summary, part: usize) -> f64 {
        (Self::ROWS[self as usize].read)(summary, part)
    }
}

/// A figure of a step or of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnyFigure {
    /// Of a step.
    OfStep(Figure),
    /// Of a run.
    OfRun(RunFigure),
}

impl From<Figure> for AnyFigure {
    fn from(figure: Figure) -> Self {
        Self::OfStep(figure)
    }
}

impl From<RunFigure> for AnyFigure {
    fn from(figure: RunFigure) -> Self {
        Self::OfRun(figure)
    }
}

impl AnyFigure {
    /// What is known of it.
    pub fn about(self) -> &'static About {
        match self {
            Self::OfStep(figure) => figure.about(),
            Self::OfRun(figure) => figure.about(),
        }
    }

    /// All of them, those of steps first.
    pub fn all() -> impl Iterator<Item = Self> {
        let of_step = Figure::ALL.into_iter().map(Self::OfStep);
        of_step.chain(RunFigure::ALL.into_iter().map(Self::OfRun))
    }
}

#[allow(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn rule<S: Serializer>(halted: &Option<Halt>, serializer: S) -> Result<S::Ok, S::Error> {
    halted.as_ref().map(|halt| halt.rule).serialize(serializer)
}

/// Declares the figures: the handles, the fields of [`Observation`] and [`Summary`] that belong to them, and their rows.
macro_rules! figures {
    (
        observation { $( $(#[$seen_meta:meta])* $seen_field:ident: $seen_type:ty, )+ }
        summary { $( $(#[$sum_meta:meta])* $sum_field:ident: $sum_type:ty, )+ }
        step { $(
            $Figure:ident = $($field:ident: $type:ty)? $(|$seen:ident| $read:expr)?, $column:literal $($no_column:ident)?,
            $label:literal, $unit:ident, $group:ident $interest:ident, $doc:literal $(, $source:literal)?
            $([
                $reduction:ident $sum_interest:ident $Sum:ident = $key:ident: $key_type:ty, $sum_label:literal, $sum_doc:literal
            ])*;
        )+ }
        run { $(
            $Run:ident = |$summary:ident| $run_read:expr, $run_key:literal, $run_label:literal, $run_unit:ident,
            $run_group:ident $run_interest:ident, $run_doc:literal $(, $run_source:literal)?;
        )+ }
    ) => {
        /// The figures of one step. Money is USD, prices are USD per coin, log prices are relative to the start price.
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        pub struct Observation {
            $( $(#[$seen_meta])* pub $seen_field: $seen_type, )+
            $( $( #[doc = $doc] pub $field: $type, )? )+
        }

        /// Figures of the whole run so far. Money is USD.
        #[derive(Clone, Debug, Default, PartialEq, Serialize)]
        pub struct Summary {
            $( $(#[$sum_meta])* pub $sum_field: $sum_type, )+
            $( $( #[doc = $sum_doc] pub $key: $key_type, )* )+
        }

        impl Summary {
            /// The sums over the steps; everything else is at its default.
            pub(crate) fn of(sums: &super::Sums, seen: &Observation) -> Self {
                let now = sums.at(seen);
                Self {
                    $( $( $key: super::Sum::of(now.0[RunFigure::$Sum as usize]), )* )+
                    ..Self::default()
                }
            }
        }

        /// A figure of a step.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Figure {
            $( #[doc = $doc] $Figure, )+
        }

        impl Figure {
            /// All of them, in the order of a run's table.
            pub const ALL: [Self; [$(Self::$Figure),+].len()] = [$(Self::$Figure),+];

            /// What a run sums up, and how.
            pub(super) const SUMS: [(Self, super::Reduction); [$($(RunFigure::$Sum,)*)+].len()] =
                [$( $( (Self::$Figure, super::Reduction::$reduction), )* )+];

            pub(super) const ROWS: &'static [super::Row<Observation>] = &[$(
                super::Row {
                    about: super::About {
                        name: $column,
                        label: $label,
                        unit: super::Unit::$unit,
                        group: super::Group::$group,
                        interest: super::Interest::$interest,
                        split: super::split_of(|seen: &Observation| { $( seen.$field )? $( { let $seen = seen; $read } )? }),
                        doc: $doc,
                        source: concat!("" $(, $source)?),
                    },
                    is_column: stringify!($($no_column)?).is_empty(),
                    read: |seen, part| super::Value::part({ $( seen.$field )? $( { let $seen = seen; $read } )? }, part),
                },
            )+];
        }

        /// A figure of a run.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum RunFigure {
            $( $( #[doc = $sum_doc] $Sum, )* )+
            $( #[doc = $run_doc] $Run, )+
        }

        impl RunFigure {
            /// All of them, the sums over steps first.
            pub const ALL: [Self; [$($(Self::$Sum,)*)+ $(Self::$Run),+].len()] = [$($(Self::$Sum,)*)+ $(Self::$Run),+];

            pub(super) const ROWS: &'static [super::Row<Summary>] = &[
                $( $( super::Row {
                    about: super::About {
                        name: stringify!($key),
                        label: $sum_label,
                        unit: super::Unit::$unit,
                        group: super::Group::$group,
                        interest: super::Interest::$sum_interest,
                        split: super::Split::Whole,
                        doc: $sum_doc,
                        source: "",
                    },
                    is_column: true,
                    read: |summary, part| super::Value::part(summary.$key, part),
                }, )* )+
                $( super::Row {
                    about: super::About {
                        name: $run_key,
                        label: $run_label,
                        unit: super::Unit::$run_unit,
                        group: super::Group::$run_group,
                        interest: super::Interest::$run_interest,
                        split: super::split_of(|$summary: &Summary| $run_read),
                        doc: $run_doc,
                        source: concat!("" $(, $run_source)?),
                    },
                    is_column: true,
                    read: |$summary, part| super::Value::part($run_read, part),
                }, )+
            ];
        }
    };
}

use figures;
