//! The worker that makes the runs of the study that is shown: always of the newest request, coarse first and finer after.

use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};

use cascade_analysis::interventions::{self, Candidates};
use cascade_analysis::sensitivity::{self, Trial};
use cascade_analysis::{Batch, Change, Grid, Newest, Pace, Refinement, Results, Turn, beside, coarse_to_fine, cores};
use cascade_scenario::{AssetId, ChangeEffect, ParameterId, Parameters, Scenario, parameter};

use super::plan::{AxisPlan, Plan, StudyKind};

/// Fewest runs that a distribution is first told of.
const FEWEST: usize = 5;

/// What a study was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which one.
    pub kind: StudyKind,
    /// The scenario as it is run.
    pub scenario: Scenario,
    /// The plan.
    pub plan: Plan,
}

impl Asked {
    /// Whether another question has the same runs. What the study varies may differ.
    pub(super) fn is_same(&self, other: &Self, varied: &[ParameterId]) -> bool {
        let mut scenario = other.scenario.clone();
        for id in varied {
            let row = parameter(*id);
            // A value that came from the table fits into it.
            let _ = scenario.set_parameter(row, row.get(&self.scenario.parameters));
        }
        self.kind == other.kind && self.plan.runs(self.kind) == other.plan.runs(self.kind) && scenario == self.scenario
    }
}

/// A grid, and the line that theory draws into it for each asset: critical leverage along the other axis.
#[derive(Debug)]
pub struct FragilityMap {
    /// The grid.
    pub grid: Grid,
    parameters: Parameters,
    critical: OnceLock<Vec<Vec<Option<f64>>>>,
}

impl FragilityMap {
    /// The line by asset and place of the other axis; empty where leverage is no axis. Looked for when first asked for: that takes
    /// a small book for each of some hundred leverages.
    pub fn critical(&self) -> &[Vec<Option<f64>>] {
        self.critical.get_or_init(|| {
            let assets = AssetId::first(self.parameters.assets.count as usize);
            let line = |asset| self.grid.critical_line(&self.parameters, asset);
            // Values that are not allowed were refused with the runs.
            assets.map(|asset| line(asset).unwrap_or_default()).collect()
        })
    }
}

/// What is varied.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    Fragility(Arc<FragilityMap>),
    Sensitivity(Arc<[Trial]>),
    Interventions(Arc<Candidates>),
    AtRisk,
}

/// A question, and what is known of its answer.
#[derive(Debug)]
pub(super) struct Request {
    pub asked: Arc<Asked>,
    pub known: Option<(Subject, Results)>,
    /// Parameters of which something is wanted first.
    pub first: Vec<ParameterId>,
}

/// What is known.
#[derive(Debug)]
pub(super) struct Answer {
    pub asked: Arc<Asked>,
    pub outcome: Result<(Subject, Results), String>,
}

/// The worker of all studies: only one of them is shown.
pub(super) fn worker() -> Newest<Request, Answer> {
    // One core is left to the window.
    let threads = NonZeroUsize::new(cores().get() - 1).unwrap_or(NonZeroUsize::MIN);
    Newest::new(move |request: Request, turn: &Turn<'_, Request, Answer>| answer(request, turn, threads))
}

fn answer(request: Request, turn: &Turn<'_, Request, Answer>, threads: NonZeroUsize) {
    let pace = Pace::begin();
    let Request { asked, known, first } = request;
    let give = |outcome| {
        turn.answer(Answer {
            asked: Arc::clone(&asked),
            outcome,
        });
    };
    let begun = match known {
        Some((subject, results)) => Ok((subject, Some(results))),
        None => Subject::of(&asked).map(|subject| (subject, None)),
    };
    let begun = begun.and_then(|(subject, known)| Ok((subject.batch(&asked)?, subject, known)));
    let (batch, subject, known) = match begun {
        Ok(begun) => begun,
        Err(complaint) => return give(Err(complaint)),
    };
    let (order, coarse) = subject.order(&first);
    let theory = || {
        if let Subject::Fragility(map) = &subject {
            map.critical();
        }
    };
    let runs = || {
        Refinement::new(batch, &order, known).run(
            threads,
            || turn.goes_on(),
            pace.due(subject.fewest(), coarse),
            |results| {
                theory();
                give(Ok((subject.clone(), results)));
            },
        );
    };
    beside(theory, runs);
}

impl Subject {
    /// What a question varies.
    fn of(asked: &Asked) -> Result<Self, String> {
        let (scenario, plan) = (&asked.scenario, &asked.plan);
        Ok(match asked.kind {
            StudyKind::Fragility => {
                let axis = |plan: AxisPlan| plan.axis().map_err(|error| error.to_string());
                let y = plan.y.map(axis).transpose()?;
                let grid = Grid::new(axis(plan.x)?, y).map_err(|error| error.to_string())?;
                Self::Fragility(Arc::new(FragilityMap {
                    grid,
                    parameters: scenario.parameters,
                    critical: OnceLock::new(),
                }))
            }
            StudyKind::Sensitivity => {
                let trials = sensitivity::trials(&scenario.parameters).into_iter();
                Self::Sensitivity(trials.filter(|trial| matters(scenario, trial.change)).collect())
            }
            StudyKind::Interventions => {
                let candidates = interventions::candidates(scenario).map_err(|error| error.to_string())?;
                Self::Interventions(Arc::new(candidates))
            }
            StudyKind::AtRisk => Self::AtRisk,
        })
    }

    fn variants(&self) -> Vec<Vec<Change>> {
        match self {
            Self::Fragility(map) => map.grid.variants(),
            Self::Sensitivity(trials) => sensitivity::variants(trials),
            Self::Interventions(candidates) => interventions::variants(&candidates.applicable),
            Self::AtRisk => vec![Vec::new()],
        }
    }

    fn batch(&self, asked: &Asked) -> Result<Batch, String> {
        let (seeds, steps, _) = asked.plan.runs(asked.kind);
        let batch = Batch::new(asked.scenario.clone(), self.variants(), seeds, steps);
        batch.map_err(|error| error.to_string())
    }

    /// The fewest runs that show anything: one cell of a map, but of effects none without the unchanged scenario, and of a
    /// distribution nothing by one run.
    const fn fewest(&self) -> usize {
        match self {
            Self::Fragility(_) => 1,
            Self::Sensitivity(_) | Self::Interventions(_) | Self::AtRisk => 2,
        }
    }

    /// The order of the variants, and after how many runs the picture is whole for the first time.
    fn order(&self, first: &[ParameterId]) -> (Vec<usize>, usize) {
        match self {
            Self::Fragility(map) => {
                let lengths: Vec<usize> = map.grid.axes().iter().map(|axis| axis.values.len()).collect();
                let (columns, rows) = (
                    lengths.first().copied().unwrap_or(1),
                    lengths.get(1).copied().unwrap_or(1),
                );
                let coarse = columns.div_ceil(4) * rows.div_ceil(4);
                (coarse_to_fine(columns, rows), coarse)
            }
            Self::Sensitivity(trials) => {
                // The unchanged scenario comes before all of them.
                let mut order: Vec<usize> = (1..=trials.len()).collect();
                let rank = |variant: &usize| {
                    let place = first.iter().position(|id| *id == trials[variant - 1].change.0);
                    place.unwrap_or(usize::MAX)
                };
                order.sort_by_key(rank);
                order.insert(0, 0);
                (order, trials.len() + 1)
            }
            Self::Interventions(candidates) => {
                let runs = candidates.applicable.len() + 1;
                ((0..runs).collect(), runs)
            }
            Self::AtRisk => (vec![0], FEWEST),
        }
    }
}

/// Whether a change makes a scenario that is another one and allowed: listed positions need the venues and assets they are
/// at, and take the place of those that parameters describe.
fn matters(base: &Scenario, (id, value): Change) -> bool {
    let row = parameter(id);
    let allowed = || {
        let mut changed = base.clone();
        changed.set_parameter(row, value).is_ok() && changed.validate_variant_of(base).is_ok()
    };
    base.idle(row).is_none() && (row.effect != ChangeEffect::Restart || allowed())
}
