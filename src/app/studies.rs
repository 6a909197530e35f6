//! Questions to many runs of the scenario as it stands. The study that is shown begins by itself, follows every change with the
//! same seeds, becomes finer while nothing changes, and rests when it is left.

mod plan;
mod table;
mod work;

use std::sync::Arc;

use cascade_analysis::interventions::{self, Candidates, InterventionEffect};
use cascade_analysis::sensitivity::{self, ParameterEffect, Trial};
use cascade_analysis::statistics::{CONFIDENCE, Shortfall, expected_shortfall, quantile, quantile_interval};
use cascade_analysis::{Grid, Metric, Newest, Results, Statistics};
use cascade_scenario::{AssetId, ParameterError, ParameterId, Parameters, Scenario, parameter};

use super::{App, EditCommand, SliderMode};

use plan::{acting_axes, steps_of, with_shock};
use work::{Answer, Request, Subject, worker};

pub use plan::{AxisPlan, Plan, StudyKind, has_news};
pub use work::{Asked, FragilityMap};

/// The figure whose rise tells where cascades begin, and the value of it from which on the larger part of a move is forced.
const ONSET: (&str, f64) = ("amplification_factor", 2.0);
/// The figures whose risk is told of beside the chosen one.
const AT_RISK: [&str; 5] = [
    "amplification_factor",
    "max_drawdown",
    "liquidated_notional_usd",
    "bad_debt_usd",
    "adl_notional_usd",
];

/// What can be asked of the studies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StudyCommand {
    /// Changes what is asked; figures and quantiles count at once, without new runs.
    Plan(Plan),
    /// Lets no run be made any more; what is known stays.
    Hold,
    /// Lets runs be made again.
    GoOn,
    /// Makes the run anew with the values of a cell, or starts it again where sliders change what is still to come.
    Load(usize),
}

/// A study as far as it is known.
#[derive(Debug)]
pub struct Study<T> {
    /// What is told of it.
    pub subject: T,
    /// The runs.
    pub results: Results,
    /// What was asked.
    pub asked: Arc<Asked>,
}

/// A grid and what is known of every cell.
#[derive(Debug)]
pub struct Fragility {
    map: Arc<FragilityMap>,
    /// The plan's figure in every cell.
    pub statistics: Vec<Option<Statistics>>,
    onset: Vec<Option<f64>>,
    of: Metric,
}

impl Fragility {
    /// The grid.
    pub fn grid(&self) -> &Grid {
        &self.map.grid
    }

    /// Critical leverage by theory along the other axis, of the asset that the figure is of; empty where leverage is no axis.
    pub fn critical_line(&self) -> &[Option<f64>] {
        self.map
            .critical()
            .get(self.of.asset().index())
            .map_or(&[], Vec::as_slice)
    }

    /// Where the simulated cascades begin, along the other axis: the value of the leverage, or of the first axis where that is
    /// none, at which the median amplification over the seeds passes 2; none where it does not.
    pub fn onset_line(&self) -> &[Option<f64>] {
        &self.onset
    }
}

/// Changes and what they do to the plan's figure.
#[derive(Debug)]
pub struct Sensitivity {
    trials: Arc<[Trial]>,
    /// By parameter, largest first; the order is looked at anew when every change has had twice as many seeds.
    pub effects: Vec<ParameterEffect>,
    ranking: Vec<ParameterId>,
    rounds: usize,
    of: Metric,
}

/// Interventions and what they save.
#[derive(Debug)]
pub struct Interventions {
    /// Those that can be made, and those that cannot.
    pub candidates: Arc<Candidates>,
    /// The one first that saves most of the plan's loss.
    pub effects: Vec<InterventionEffect>,
    of: Plan,
}

/// How bad a figure can become.
#[derive(Clone, Debug, PartialEq)]
pub struct Risk {
    /// The figure.
    pub metric: Metric,
    /// The quantile.
    pub value: f64,
    /// Ends of its interval, where there are enough runs for them.
    pub interval: (Option<f64>, Option<f64>),
    /// The mean beyond the quantile.
    pub shortfall: Option<Shortfall>,
    /// The middle value.
    pub median: f64,
    /// All values, sorted.
    pub sorted: Vec<f64>,
}

/// The scenario with many seeds.
#[derive(Debug)]
pub struct AtRisk {
    /// The plan's figure first, then the usual ones.
    pub risks: Vec<Risk>,
    of: Plan,
}

/// What a question depends on, as far as it can be compared in every frame.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Moment {
    kind: StudyKind,
    plan: Plan,
    parameters: Parameters,
    seed: u64,
    run: u64,
    acts: usize,
    makings: u64,
}

/// All studies.
#[derive(Debug)]
pub struct Studies {
    /// What is asked.
    pub plan: Plan,
    /// A figure over a grid.
    pub fragility: Option<Study<Fragility>>,
    /// Changes and what they do.
    pub sensitivity: Option<Study<Sensitivity>>,
    /// Interventions and what they save.
    pub interventions: Option<Study<Interventions>>,
    /// The scenario with many seeds.
    pub at_risk: Option<Study<AtRisk>>,
    /// Why the last question cannot be answered.
    pub complaint: Option<String>,
    /// No runs are made.
    pub held: bool,
    worker: Newest<Request, Answer>,
    asked: Option<Arc<Asked>>,
    moment: Option<Moment>,
    /// The axes that were planned before the present scenario left them without effect.
    set_aside: Option<Axes>,
    /// Steps that were planned by themselves.
    own_steps: u64,
}

/// The axes of a plan.
type Axes = (AxisPlan, Option<AxisPlan>);

impl Studies {
    /// Nothing asked yet; leverage over depth is what comes first.
    ///
    /// # Errors
    /// The table of parameters lacks the usual axes.
    pub fn new() -> Result<Self, ParameterError> {
        let plan = Plan::usual()?;
        Ok(Self {
            own_steps: plan.steps,
            plan,
            fragility: None,
            sensitivity: None,
            interventions: None,
            at_risk: None,
            complaint: None,
            held: false,
            worker: worker(),
            asked: None,
            moment: None,
            set_aside: None,
        })
    }

    /// Plans axes that act on a scenario: where an axis rests, because a list is in the place of what it describes, it is depth
    /// over maintenance margin instead. Axes that were set aside come back once they act again, unless others were chosen. As
    /// many steps are planned as the scenario needs, unless others were chosen.
    pub fn fit(&mut self, scenario: &Scenario) {
        let steps = steps_of(scenario);
        if self.plan.steps == self.own_steps {
            self.plan.steps = steps;
        }
        self.own_steps = steps;
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

    /// Wants a study of a scenario. One that is under way or done goes on, one that was left is taken up, any other is begun.
    pub fn want(&mut self, kind: StudyKind, scenario: Scenario) {
        let asked = Asked {
            kind,
            scenario: with_shock(scenario),
            plan: self.plan,
        };
        let varied: Vec<ParameterId> = match kind {
            StudyKind::Fragility => std::iter::once(asked.plan.x)
                .chain(asked.plan.y)
                .map(|axis| axis.parameter)
                .collect(),
            _ => Vec::new(),
        };
        let under_way = self.asked.as_ref().filter(|_| self.worker.is_busy());
        if under_way.is_some_and(|before| before.is_same(&asked, &varied)) {
            return;
        }
        let found = self.found(kind);
        let same = found.filter(|(before, _, _)| before.is_same(&asked, &varied));
        let (asked, known) = match same {
            Some((before, subject, results)) => {
                let (done, runs) = results.progress();
                if done == runs {
                    self.worker.cancel();
                    self.asked = Some(before);
                    return;
                }
                (before, Some((subject, results)))
            }
            None => (Arc::new(asked), None),
        };
        let first = self
            .sensitivity
            .as_ref()
            .map_or_else(Vec::new, |study| study.subject.ranking.clone());
        self.worker.ask(Request {
            asked: Arc::clone(&asked),
            known,
            first,
        });
        self.asked = Some(asked);
    }

    /// What is known of a study: its question, what it varies and its runs.
    fn found(&self, kind: StudyKind) -> Option<(Arc<Asked>, Subject, Results)> {
        let of = |asked: &Arc<Asked>, results: &Results, subject| Some((Arc::clone(asked), subject, results.clone()));
        match kind {
            StudyKind::Fragility => self.fragility.as_ref().and_then(|study| {
                let map = Arc::clone(&study.subject.map);
                of(&study.asked, &study.results, Subject::Fragility(map))
            }),
            StudyKind::Sensitivity => self.sensitivity.as_ref().and_then(|study| {
                let trials = Arc::clone(&study.subject.trials);
                of(&study.asked, &study.results, Subject::Sensitivity(trials))
            }),
            StudyKind::Interventions => self.interventions.as_ref().and_then(|study| {
                let candidates = Arc::clone(&study.subject.candidates);
                of(&study.asked, &study.results, Subject::Interventions(candidates))
            }),
            StudyKind::AtRisk => {
                let study = self.at_risk.as_ref()?;
                of(&study.asked, &study.results, Subject::AtRisk)
            }
        }
    }

    /// What was asked of a study that is known, and its runs.
    pub fn runs(&self, kind: StudyKind) -> Option<(&Asked, &Results)> {
        fn parts<T>(study: &Study<T>) -> (&Asked, &Results) {
            (&study.asked, &study.results)
        }
        match kind {
            StudyKind::Fragility => self.fragility.as_ref().map(parts),
            StudyKind::Sensitivity => self.sensitivity.as_ref().map(parts),
            StudyKind::Interventions => self.interventions.as_ref().map(parts),
            StudyKind::AtRisk => self.at_risk.as_ref().map(parts),
        }
    }

    /// Whether what is shown of a study is of what was asked last.
    pub fn is_current(&self, kind: StudyKind) -> bool {
        let shown = self.runs(kind).map(|(asked, _)| std::ptr::from_ref(asked));
        shown.is_some() && shown == self.asked.as_ref().map(Arc::as_ptr)
    }

    /// Whether runs are being made.
    pub fn is_busy(&self) -> bool {
        self.worker.is_busy()
    }

    /// Makes no more runs until something is wanted again.
    pub fn rest(&mut self) {
        if self.moment.take().is_some() || self.worker.is_busy() {
            self.worker.cancel();
        }
    }

    /// Takes in what has been found since; returns whether more is to come.
    pub fn poll(&mut self) -> bool {
        if let Some(Answer { asked, outcome }) = self.worker.poll() {
            self.complaint = outcome.as_ref().err().cloned();
            if let Ok((subject, results)) = outcome {
                self.take_in(asked, subject, results);
            }
        }
        self.follow_plan();
        self.worker.is_busy()
    }

    fn take_in(&mut self, asked: Arc<Asked>, subject: Subject, results: Results) {
        let plan = self.plan;
        match subject {
            Subject::Fragility(map) => {
                let mut subject = Fragility {
                    map,
                    statistics: Vec::new(),
                    onset: Vec::new(),
                    of: plan.metric,
                };
                subject.look(&results);
                self.fragility = Some(Study {
                    subject,
                    results,
                    asked,
                });
            }
            Subject::Sensitivity(trials) => {
                let before = self.sensitivity.take().map(|study| study.subject);
                let same = before
                    .as_ref()
                    .is_some_and(|before| Arc::ptr_eq(&before.trials, &trials));
                let mut subject = Sensitivity {
                    trials,
                    effects: Vec::new(),
                    rounds: before.as_ref().filter(|_| same).map_or(0, |before| before.rounds),
                    ranking: before.map(|before| before.ranking).unwrap_or_default(),
                    of: plan.metric,
                };
                subject.look(&results);
                self.sensitivity = Some(Study {
                    subject,
                    results,
                    asked,
                });
            }
            Subject::Interventions(candidates) => {
                let mut subject = Interventions {
                    candidates,
                    effects: Vec::new(),
                    of: plan,
                };
                subject.look(&results);
                self.interventions = Some(Study {
                    subject,
                    results,
                    asked,
                });
            }
            Subject::AtRisk => {
                let risks = risks(&results, &plan);
                let subject = AtRisk { risks, of: plan };
                self.at_risk = Some(Study {
                    subject,
                    results,
                    asked,
                });
            }
        }
    }

    /// Brings what is told up to date with the figure, the loss and the quantile of the plan.
    fn follow_plan(&mut self) {
        let plan = self.plan;
        if let Some(study) = &mut self.fragility
            && std::mem::replace(&mut study.subject.of, plan.metric) != plan.metric
        {
            study.subject.look(&study.results);
        }
        if let Some(study) = &mut self.sensitivity
            && std::mem::replace(&mut study.subject.of, plan.metric) != plan.metric
        {
            study.subject.rounds = 0;
            study.subject.ranking.clear();
            study.subject.look(&study.results);
        }
        if let Some(study) = &mut self.interventions {
            let before = std::mem::replace(&mut study.subject.of, plan);
            if (before.metric.asset(), before.loss) != (plan.metric.asset(), plan.loss) {
                study.subject.look(&study.results);
            }
        }
        if let Some(study) = &mut self.at_risk {
            let before = std::mem::replace(&mut study.subject.of, plan);
            if (before.metric, before.share) != (plan.metric, plan.share) {
                study.subject.risks = risks(&study.results, &plan);
            }
        }
    }
}

impl Fragility {
    fn look(&mut self, results: &Results) {
        let cells = self.map.grid.variants().len();
        self.statistics = (0..cells).map(|cell| results.statistics(cell, self.of)).collect();
        self.onset = onset(&self.map.grid, results, self.of.asset());
    }
}

/// Along the other axis, where the median amplification passes [`ONSET`] on the leverage axis, or on the first one where leverage is
/// no axis: between two values in proportion.
fn onset(grid: &Grid, results: &Results, asset: AssetId) -> Vec<Option<f64>> {
    let (name, threshold) = ONSET;
    let Ok(metric) = Metric::find(name) else {
        return Vec::new();
    };
    let (along, axes) = (grid.leverage_axis().unwrap_or(0), grid.axes());
    let median = |cell| Some(results.statistics(cell, metric.of_asset(asset))?.median());
    let others = axes.get(1 - along).map_or(1, |axis| axis.values.len());
    let at = |other: usize| {
        let cell = |place| {
            if along == 0 {
                grid.cell(place, other)
            } else {
                grid.cell(other, place)
            }
        };
        let mut points: Vec<(f64, f64)> = axes[along]
            .values
            .iter()
            .enumerate()
            .filter_map(|(place, value)| Some((*value, median(cell(place))?)))
            .collect();
        points.sort_by(|one, two| one.0.total_cmp(&two.0));
        points.windows(2).find_map(|pair| {
            let [(low, below), (high, above)] = [pair[0], pair[1]];
            let passes = (below < threshold) != (above < threshold);
            passes.then(|| low + (high - low) * (threshold - below) / (above - below))
        })
    };
    (0..others).map(at).collect()
}

impl Sensitivity {
    fn look(&mut self, results: &Results) {
        self.effects = sensitivity::effects(&self.trials, results, self.of);
        // Rows stand still until there is twice as much to judge their order by.
        let rounds = results.whole_rounds();
        if self.ranking.is_empty() || rounds > 0 && rounds >= 2 * self.rounds {
            let mut ranked: Vec<&ParameterEffect> = self.effects.iter().collect();
            ranked.sort_by(|one, two| two.size().total_cmp(&one.size()));
            self.ranking = ranked.into_iter().map(|effect| effect.parameter).collect();
            self.rounds = rounds;
        }
        let place = |effect: &ParameterEffect| {
            let place = self.ranking.iter().position(|id| *id == effect.parameter);
            place.unwrap_or(usize::MAX)
        };
        self.effects.sort_by_cached_key(place);
        if self.rounds == 0 {
            // Those that have come since stay behind those before.
            self.ranking = self.effects.iter().map(|effect| effect.parameter).collect();
        }
    }
}

impl Interventions {
    fn look(&mut self, results: &Results) {
        let (asset, loss) = (self.of.metric.asset(), self.of.loss);
        // The figures are those of the summary, so there is nothing that could be missing.
        self.effects = interventions::effects(&self.candidates.applicable, results, asset).unwrap_or_default();
        let saved = |effect: &InterventionEffect| {
            let benefit = effect.benefits[loss as usize];
            benefit.map_or(f64::NEG_INFINITY, |benefit| benefit.saved)
        };
        self.effects.sort_by(|one, two| saved(two).total_cmp(&saved(one)));
    }
}

/// The plan's figure and the usual ones; a figure that no run has is left out.
fn risks(results: &Results, plan: &Plan) -> Vec<Risk> {
    let asset = plan.metric.asset();
    let usual = AT_RISK.iter().filter_map(|name| Metric::find(name).ok());
    let usual = usual
        .map(|metric| metric.of_asset(asset))
        .filter(|metric| *metric != plan.metric);
    let risk = |metric: Metric| {
        let mut sorted: Vec<f64> = results.figures(0, metric).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        (!sorted.is_empty()).then(|| Risk {
            metric,
            value: quantile(&sorted, plan.share),
            interval: quantile_interval(&sorted, plan.share, CONFIDENCE),
            shortfall: expected_shortfall(&sorted, plan.share),
            median: quantile(&sorted, 0.5),
            sorted,
        })
    };
    std::iter::once(plan.metric).chain(usual).filter_map(risk).collect()
}

impl App {
    /// Brings the study that is shown up to date; once a frame. Returns whether it is still becoming better. Figures are of the
    /// asset that is shown.
    pub fn follow_with_study(&mut self, shown: Option<StudyKind>) -> bool {
        self.studies.plan.metric = self.studies.plan.metric.of_asset(self.asset_id());
        let Some(kind) = shown.filter(|_| !self.studies.held) else {
            self.studies.rest();
            return self.studies.poll();
        };
        let (parameters, makings) = self.wanted_parameters();
        let moment = Moment {
            kind,
            plan: self.studies.plan,
            parameters,
            seed: self.present.scenario.seed,
            run: self.present.history.version().run,
            acts: self.present.own_acts(),
            makings,
        };
        if self.studies.moment != Some(moment) {
            self.studies.moment = Some(moment);
            let scenario = self.wanted_scenario();
            self.studies.want(kind, scenario);
        }
        self.studies.poll()
    }

    /// Carries out what is asked of the studies.
    pub(super) fn study(&mut self, command: StudyCommand) {
        match command {
            StudyCommand::Plan(plan) => self.studies.plan = plan,
            StudyCommand::Hold => self.studies.held = true,
            StudyCommand::GoOn => self.studies.held = false,
            StudyCommand::Load(cell) => {
                let study = self.studies.fragility.as_ref();
                let changes = study.and_then(|study| study.subject.grid().variants().into_iter().nth(cell));
                self.change(&changes.unwrap_or_default(), Some("A cell of the map".to_owned()));
                if self.sliders == SliderMode::FromHere {
                    self.update(EditCommand::Reset);
                }
            }
        }
    }
}
