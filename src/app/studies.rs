//! Questions to many runs of the scenario as it stands: what is asked, what is known so far, and whether it still holds.

use strum::VariantArray;

use cascade_analysis::interventions::{self, Candidate};
use cascade_analysis::sensitivity::{self, ParameterEffect};
use cascade_analysis::statistics::{quantile, quantile_interval};
use cascade_analysis::{Axis, AxisError, Background, Batch, Change, Grid, Metric, Statistics, Task, axis};
use cascade_scenario::{
    self, ASSETS_MAX, Action, AssetId, Event, Kind, ParameterError, ParameterId, Scenario, Shock, find, parameter,
};

use super::{App, EditCommand, SliderMode};

/// The step at which a scenario without any news gets the shock of the sliders: without it nothing would happen.
const SHOCK_STEP: u64 = 30;
/// Share of a slider that a new axis reaches either way.
const REACH: f64 = 0.15;
/// Confidence of the intervals of quantiles.
pub const CONFIDENCE: f64 = 0.95;

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

    fn over(path: &str, low: f64, high: f64, count: usize) -> Result<Self, ParameterError> {
        Ok(Self {
            parameter: find(path)?.id,
            low,
            high,
            count,
        })
    }

    fn axis(self) -> Result<Axis, AxisError> {
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
}

/// What can be asked of the studies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StudyCommand {
    /// Changes what is asked next; the figure counts at once.
    Plan(Plan),
    /// Begins a study of the scenario as it stands; one of the same kind that is under way is stopped.
    Begin(StudyKind),
    /// Stops a study; what is known stays.
    Cancel(StudyKind),
    /// Makes the run anew with the values of a cell, or starts it again where sliders change what is still to come.
    Load(usize),
}

/// A study under way, or done.
#[derive(Debug)]
pub struct Study<T> {
    /// What was asked.
    pub subject: T,
    /// The runs.
    pub task: Task,
    scenario: Scenario,
}

/// A grid and the line that theory draws into it.
#[derive(Debug)]
pub struct Fragility {
    /// The grid.
    pub grid: Grid,
    critical: Background<Vec<Vec<Option<f64>>>>,
    /// The plan's figure in every cell.
    pub statistics: Vec<Option<Statistics>>,
    of: Metric,
}

impl Fragility {
    /// Critical leverage along the other axis, of the asset that the figure is of; none as long as it is not known.
    pub fn critical_line(&self) -> Option<&[Option<f64>]> {
        let line = self.critical.get()?.get(self.of.asset().index());
        line.map(Vec::as_slice)
    }
}

/// Changes and what they do to the plan's figure.
#[derive(Debug)]
pub struct Sensitivity {
    /// The changes, each alone.
    pub changes: Vec<Change>,
    /// Largest first.
    pub effects: Vec<ParameterEffect>,
    of: Metric,
}

/// Interventions and what they save.
#[derive(Debug)]
pub struct Interventions {
    candidates: Vec<Candidate>,
    /// In the order of the screen.
    pub effects: Vec<interventions::InterventionEffect>,
    of_asset: AssetId,
}

/// A quantile with its confidence interval, and the sample it is of.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantile {
    /// The quantile.
    pub value: f64,
    /// Ends of the interval, where there are enough runs for them.
    pub interval: (Option<f64>, Option<f64>),
    /// All values, sorted.
    pub sorted: Vec<f64>,
}

/// All studies.
#[derive(Debug)]
pub struct Studies {
    /// What is asked next.
    pub plan: Plan,
    /// A figure over a grid.
    pub fragility: Option<Study<Fragility>>,
    /// Changes and what they do.
    pub sensitivity: Option<Study<Sensitivity>>,
    /// Interventions and what they save.
    pub interventions: Option<Study<Interventions>>,
    /// The scenario with many seeds.
    pub at_risk: Option<Study<()>>,
    /// The axes that were planned before the present scenario left them without effect.
    set_aside: Option<Axes>,
}

/// The axes of a plan.
type Axes = (AxisPlan, Option<AxisPlan>);

impl Studies {
    /// Nothing asked yet; leverage over depth is what comes first.
    ///
    /// # Errors
    /// The table of parameters lacks the usual axes.
    pub fn new() -> Result<Self, ParameterError> {
        Ok(Self {
            plan: Plan {
                x: AxisPlan::over("leverage.mean", 3.0, 48.0, 13)?,
                y: Some(AxisPlan::over("liquidity.depth", 5e9, 45e9, 9)?),
                metric: Metric::default(),
                seeds: 16,
                sample: 200,
                steps: 720,
                share: 0.95,
            },
            fragility: None,
            sensitivity: None,
            interventions: None,
            at_risk: None,
            set_aside: None,
        })
    }

    /// Plans axes that act on a scenario: where an axis rests, because a list is in the place of what it describes, it is depth
    /// over maintenance margin instead. Axes that were set aside come back once they act again, unless others were chosen.
    pub fn fit(&mut self, scenario: &Scenario) {
        let rests = |axis: &AxisPlan| scenario.idle(parameter(axis.parameter)).is_some();
        let any_rests = |(x, y): &Axes| rests(x) || y.as_ref().is_some_and(rests);
        let planned = (self.plan.x, self.plan.y);
        let Ok(acting) = acting_axes(&scenario.parameters) else {
            return;
        };
        if any_rests(&planned) {
            self.set_aside = Some(planned);
            (self.plan.x, self.plan.y) = acting;
        } else if let Some(before) = self.set_aside.filter(|before| !any_rests(before)) {
            self.set_aside = None;
            let same = |one: &Axes| (one.0.parameter, one.1.map(|y| y.parameter));
            if same(&planned) == same(&acting) {
                (self.plan.x, self.plan.y) = before;
            }
        }
    }

    /// Begins a study of a scenario.
    ///
    /// # Errors
    /// An axis or a value of it is not allowed.
    pub fn begin(&mut self, question: StudyKind, scenario: &Scenario) -> Result<(), String> {
        let scenario = with_shock(scenario);
        let plan = self.plan;
        let seeds = if question == StudyKind::AtRisk {
            plan.sample
        } else {
            plan.seeds
        };
        let batch =
            |variants| Batch::new(scenario.clone(), variants, seeds, plan.steps).map_err(|error| error.to_string());
        match question {
            StudyKind::Fragility => {
                let axis = |plan: AxisPlan| plan.axis().map_err(|error| error.to_string());
                let y = plan.y.map(axis).transpose()?;
                let grid = Grid::new(axis(plan.x)?, y).map_err(|error| error.to_string())?;
                let (sought, parameters) = (grid.clone(), scenario.parameters);
                let task = Task::begin(batch(grid.variants())?);
                let critical = Background::begin(move || {
                    let lines = AssetId::first(ASSETS_MAX).map(|asset| sought.critical_line(&parameters, asset));
                    lines.collect::<Result<_, _>>().unwrap_or_default()
                });
                let statistics = vec![None; grid.variants().len()];
                self.fragility = Some(Study {
                    task,
                    subject: Fragility {
                        grid,
                        critical,
                        statistics,
                        of: plan.metric,
                    },
                    scenario,
                });
            }
            StudyKind::Sensitivity => {
                let mut changes = sensitivity::changes(&scenario.parameters);
                changes.retain(|(id, value)| matters(&scenario, *id, *value));
                self.sensitivity = Some(Study {
                    task: Task::begin(batch(sensitivity::variants(&changes))?),
                    subject: Sensitivity {
                        changes,
                        effects: Vec::new(),
                        of: plan.metric,
                    },
                    scenario,
                });
            }
            StudyKind::Interventions => {
                let mut candidates =
                    interventions::candidates(&scenario.parameters).map_err(|error| error.to_string())?;
                candidates.retain(|one| matters(&scenario, one.change.0, one.change.1));
                self.interventions = Some(Study {
                    task: Task::begin(batch(interventions::variants(&candidates))?),
                    subject: Interventions {
                        candidates,
                        effects: Vec::new(),
                        of_asset: plan.metric.asset(),
                    },
                    scenario,
                });
            }
            StudyKind::AtRisk => {
                self.at_risk = Some(Study {
                    task: Task::begin(batch(vec![Vec::new()])?),
                    subject: (),
                    scenario,
                });
            }
        }
        Ok(())
    }

    /// The runs of a study.
    pub fn task(&self, question: StudyKind) -> Option<&Task> {
        self.runs(question).map(|(task, _)| task)
    }

    /// The runs of a study, and the scenario they are of.
    fn runs(&self, question: StudyKind) -> Option<(&Task, &Scenario)> {
        const fn parts<T>(study: &Study<T>) -> (&Task, &Scenario) {
            (&study.task, &study.scenario)
        }
        match question {
            StudyKind::Fragility => self.fragility.as_ref().map(parts),
            StudyKind::Sensitivity => self.sensitivity.as_ref().map(parts),
            StudyKind::Interventions => self.interventions.as_ref().map(parts),
            StudyKind::AtRisk => self.at_risk.as_ref().map(parts),
        }
    }

    /// Stops a study; what is known stays.
    pub fn cancel(&mut self, question: StudyKind) {
        let task = match question {
            StudyKind::Fragility => self.fragility.as_mut().map(|study| &mut study.task),
            StudyKind::Sensitivity => self.sensitivity.as_mut().map(|study| &mut study.task),
            StudyKind::Interventions => self.interventions.as_mut().map(|study| &mut study.task),
            StudyKind::AtRisk => self.at_risk.as_mut().map(|study| &mut study.task),
        };
        if let Some(task) = task {
            task.cancel();
        }
    }

    /// Takes in what has been computed since; returns whether more is to come.
    pub fn poll(&mut self) -> bool {
        let metric = self.plan.metric;
        if let Some(Study { subject, task, .. }) = &mut self.fragility {
            subject.critical.poll();
            let mut changed = task.poll();
            if std::mem::replace(&mut subject.of, metric) != metric {
                changed = (0..subject.statistics.len()).collect();
            }
            for cell in changed {
                subject.statistics[cell] = task.results.statistics(cell, metric);
            }
        }
        if let Some(Study { subject, task, .. }) = &mut self.sensitivity {
            let arrived = !task.poll().is_empty();
            if std::mem::replace(&mut subject.of, metric) != metric || arrived {
                subject.effects = sensitivity::effects(&subject.changes, &task.results, metric);
            }
        }
        if let Some(Study { subject, task, .. }) = &mut self.interventions {
            let (arrived, asset) = (!task.poll().is_empty(), metric.asset());
            if std::mem::replace(&mut subject.of_asset, asset) != asset || arrived {
                // The figures are those of the summary, so there is nothing that could be missing.
                subject.effects = interventions::effects(&subject.candidates, &task.results, asset).unwrap_or_default();
            }
        }
        if let Some(study) = &mut self.at_risk {
            study.task.poll();
        }
        StudyKind::ALL
            .iter()
            .copied()
            .any(|question| self.task(question).is_some_and(|task| !task.is_over()))
    }

    /// Whether a study was made of another scenario than this one. What the study varies may differ.
    pub fn is_stale(&self, question: StudyKind, scenario: &Scenario) -> bool {
        let Some((_, of)) = self.runs(question) else {
            return false;
        };
        let varied: &[Axis] = match (question, &self.fragility) {
            (StudyKind::Fragility, Some(study)) => study.subject.grid.axes(),
            _ => &[],
        };
        let mut now = with_shock(scenario);
        for axis in varied {
            let row = axis.row();
            // A value that came from the table fits into it.
            let _ = now.set_parameter(row, row.get(&of.parameters));
        }
        (now.seed, now.parameters, &now.events) != (of.seed, of.parameters, &of.events)
            || (&now.positions, &now.path, &now.options) != (&of.positions, &of.path, &of.options)
    }

    /// The quantile of a figure over the seeds, as far as they are known.
    pub fn quantile(&self, metric: Metric) -> Option<Quantile> {
        let mut sorted: Vec<f64> = self.at_risk.as_ref()?.task.results.figures(0, metric).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        (!sorted.is_empty()).then(|| Quantile {
            value: quantile(&sorted, self.plan.share),
            interval: quantile_interval(&sorted, self.plan.share, CONFIDENCE),
            sorted,
        })
    }
}

/// Axes that act on every book, around the present values.
fn acting_axes(parameters: &cascade_scenario::Parameters) -> Result<Axes, ParameterError> {
    let around = |path, count| {
        let row = find(path)?;
        Ok::<_, ParameterError>(AxisPlan::around(row.id, row.get(parameters), count))
    };
    Ok((around("liquidity.depth", 13)?, Some(around("margin.maintenance", 9)?)))
}

/// Whether a change makes a scenario that is another one and allowed: listed positions need the venues and assets they are
/// at, and take the place of those that parameters describe.
fn matters(base: &Scenario, id: ParameterId, value: f64) -> bool {
    let row = parameter(id);
    let allowed = || {
        let mut changed = base.clone();
        changed.set_parameter(row, value).is_ok() && changed.validate_variant_of(base).is_ok()
    };
    base.idle(row).is_none() && (row.effect != cascade_scenario::ChangeEffect::Restart || allowed())
}

/// The scenario as a study runs it: one without any news gets the shock of the shock sliders.
fn with_shock(scenario: &Scenario) -> Scenario {
    let mut scenario = scenario.clone();
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

impl App {
    /// Takes in what has been computed since; returns whether more is to come. Figures are of the asset that is shown.
    pub fn poll_studies(&mut self) -> bool {
        self.studies.plan.metric = self.studies.plan.metric.of_asset(self.asset_id());
        self.studies.poll()
    }

    /// Carries out what is asked of the studies.
    pub(super) fn study(&mut self, command: StudyCommand) {
        match command {
            StudyCommand::Plan(plan) => self.studies.plan = plan,
            StudyCommand::Begin(question) => {
                if let Err(error) = self.studies.begin(question, &self.present.scenario) {
                    self.messages.error(error);
                }
            }
            StudyCommand::Cancel(question) => self.studies.cancel(question),
            StudyCommand::Load(cell) => {
                let study = self.studies.fragility.as_ref();
                let changes = study.and_then(|study| study.subject.grid.variants().into_iter().nth(cell));
                self.change(&changes.unwrap_or_default(), Some("A cell of the map".to_owned()));
                if self.sliders == SliderMode::FromHere {
                    self.update(EditCommand::Reset);
                }
            }
        }
    }
}
