//! What a study is about, and the plan of the next one.

use strum::VariantArray;

use cascade_analysis::interventions::Loss;
use cascade_analysis::{Axis, AxisError, Metric, axis};
use cascade_scenario::{
    Action, Event, Kind, ParameterError, ParameterId, Parameters, Scenario, Shock, find, parameter,
};

/// The step at which a scenario without any news gets the shock of the sliders: without it nothing would happen.
const SHOCK_STEP: u64 = 30;
/// Share of a slider that a new axis reaches either way.
const REACH: f64 = 0.15;
/// Fewest and most steps of a run that are planned by themselves, and how many follow the last news.
const STEPS: (u64, u64) = (720, 4_320);
const STEPS_AFTER_NEWS: u64 = 240;

/// A kind of study.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum StudyKind {
    /// Where the market breaks: a figure over one or two parameters.
    Fragility,
    /// Which slider would change the outcome most.
    Sensitivity,
    /// What each policy and defence saves.
    Interventions,
    /// How bad a bad outcome is.
    AtRisk,
}

impl StudyKind {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Name on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Fragility => "Fragility",
            Self::Sensitivity => "Sensitivity",
            Self::Interventions => "Interventions",
            Self::AtRisk => "At risk",
        }
    }
}

/// A parameter and the range it is swept over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AxisPlan {
    /// Which one.
    pub parameter: ParameterId,
    /// First stored number.
    pub low: f64,
    /// Last stored number.
    pub high: f64,
    /// Number of values.
    pub count: usize,
}

impl AxisPlan {
    /// A range around a value.
    pub fn around(id: ParameterId, value: f64, count: usize) -> Self {
        let row = parameter(id);
        Self {
            parameter: id,
            low: axis::moved(row, value, -REACH),
            high: axis::moved(row, value, REACH),
            count,
        }
    }

    pub(super) fn over(path: &str, low: f64, high: f64, count: usize) -> Result<Self, ParameterError> {
        Ok(Self {
            parameter: find(path)?.id,
            low,
            high,
            count,
        })
    }

    pub(super) fn axis(self) -> Result<Axis, AxisError> {
        let row = parameter(self.parameter);
        match row.kind {
            Kind::Toggle | Kind::Choice(_) => Ok(Axis::whole(row, self.count)),
            Kind::Real | Kind::Whole => Axis::spaced(row, self.low, self.high, self.count),
        }
    }
}

/// What is to be asked next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// First axis.
    pub x: AxisPlan,
    /// Second axis, if there is one.
    pub y: Option<AxisPlan>,
    /// The figure it is about, and whose: it follows the asset that the window shows.
    pub metric: Metric,
    /// Runs of every cell or change.
    pub seeds: usize,
    /// Runs that a quantile is taken of.
    pub sample: usize,
    /// Steps of every run.
    pub steps: u64,
    /// The quantile that counts as at risk.
    pub share: f64,
    /// The loss that interventions are sorted by.
    pub loss: Loss,
}

impl Plan {
    /// Leverage over depth, as it is first.
    ///
    /// # Errors
    /// The table of parameters lacks the usual axes.
    pub(super) fn usual() -> Result<Self, ParameterError> {
        Ok(Self {
            x: AxisPlan::over("leverage.mean", 3.0, 48.0, 13)?,
            y: Some(AxisPlan::over("liquidity.depth", 5e9, 45e9, 9)?),
            metric: Metric::default(),
            seeds: 16,
            sample: 200,
            steps: STEPS.0,
            share: 0.95,
            loss: Loss::ExcessMove,
        })
    }

    /// What of the plan decides the runs of a study.
    pub(super) fn runs(&self, kind: StudyKind) -> (usize, u64, Option<(AxisPlan, Option<AxisPlan>)>) {
        match kind {
            StudyKind::Fragility => (self.seeds, self.steps, Some((self.x, self.y))),
            StudyKind::Sensitivity | StudyKind::Interventions => (self.seeds, self.steps, None),
            StudyKind::AtRisk => (self.sample, self.steps, None),
        }
    }
}

/// Axes that act on every book, around the present values.
pub(super) fn acting_axes(parameters: &Parameters) -> Result<(AxisPlan, Option<AxisPlan>), ParameterError> {
    let around = |path, count| {
        let row = find(path)?;
        Ok::<_, ParameterError>(AxisPlan::around(row.id, row.get(parameters), count))
    };
    Ok((around("liquidity.depth", 13)?, Some(around("margin.maintenance", 9)?)))
}

/// The scenario as a study runs it: one without any news gets the shock of the shock sliders.
pub(super) fn with_shock(mut scenario: Scenario) -> Scenario {
    if !has_news(&scenario) {
        scenario.events.push(Event {
            step: SHOCK_STEP,
            action: Action::Shock(Shock::default()),
        });
    }
    scenario
}

/// Whether a shock is among the events, or a path moves the price.
pub fn has_news(scenario: &Scenario) -> bool {
    let is_shock = |event: &Event| matches!(event.action, Action::Shock(_));
    !scenario.path.is_empty() || scenario.events.iter().any(is_shock)
}

/// Steps in which what is told of a scenario has come to its end: its last news and as long again as a cascade takes.
pub(super) fn steps_of(scenario: &Scenario) -> u64 {
    let acts = |event: &&Event| matches!(event.action, Action::Shock(_) | Action::Outage(_) | Action::Set(_));
    let last = scenario.events.iter().filter(acts).map(|event| event.step).max();
    let path = scenario.path.steps(scenario.parameters.market.step_seconds);
    let needed = last.map_or(0, |last| last + STEPS_AFTER_NEWS).max(path);
    needed.next_multiple_of(120).clamp(STEPS.0, STEPS.1)
}
