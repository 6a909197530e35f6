//! Pinned runs: each goes on as it would have, beside whatever is done to the present one, on the same noise.

use std::fmt;

use cascade_engine::Summary;
use cascade_scenario::{Action, Event, Scenario, parameter, table};

use super::history::{Figure, History};
use super::{App, Run};

/// Most runs that are pinned at once: each is simulated beside the present one.
pub const PINNED_MAX: usize = 4;
/// Most parameters that are named where two runs differ.
const NAMED_MAX: usize = 3;

/// Which of the pinned runs: it keeps its number, and with it its colour, for as long as it is pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PinnedId(usize);

impl PinnedId {
    /// All there can be.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..PINNED_MAX).map(Self)
    }

    /// Its place, from 0 and below [`PINNED_MAX`].
    pub const fn index(self) -> usize {
        self.0
    }

    /// What it is called where it stands among others.
    pub const fn label(self) -> &'static str {
        ["pinned 1", "pinned 2", "pinned 3", "pinned 4"][self.0 % PINNED_MAX]
    }
}

impl fmt::Display for PinnedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0 + 1)
    }
}

/// Pins a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinCommand {
    /// Pins the run: it goes on beside what is done from now on, on the same noise.
    Pin,
    /// Takes a pinned run away.
    Unpin(PinnedId),
    /// Takes all pinned runs away.
    UnpinAll,
}

/// A figure of the present run and of those that are pinned, at the same step.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// Its name.
    pub label: &'static str,
    /// What it is and how it is written.
    pub kind: ComparedKind,
    /// In the present run.
    pub present: f64,
    /// In each pinned run, by its number; not a number where that has none.
    pub pinned: Vec<(PinnedId, f64)>,
}

/// How a compared figure is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparedKind {
    /// USD per coin.
    Price,
    /// USD.
    Money,
    /// A multiple.
    Ratio,
    /// A fraction.
    Rate,
}

impl Run {
    /// What tells it from another run, in words, with what the other one has instead: another preset, seed, parameters, events
    /// or lists. Empty if the two go the same way.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let (own, others) = (&self.scenario, &other.scenario);
        let mut told = Vec::new();
        if own.name != others.name {
            told.push(format!("“{}”", own.name));
        }
        if own.seed != others.seed {
            told.push(format!("seed {}, now {}", own.seed, others.seed));
        }
        if own.name == others.name {
            told.extend(changed_parameters(own, others));
        } else if told.len() == 1 && own.seed == others.seed {
            told.push(format!("seed {}", own.seed));
        }
        let lists = own.positions == others.positions && own.path == others.path && own.options == others.options;
        if own.name == others.name && !lists {
            told.push("other imported data".to_owned());
        }
        // What was set is told by the parameters, unless only the moment differs.
        let sets = told.is_empty();
        let counts = |event: &&Event| !event.action.is_remark() && (sets || !matches!(event.action, Action::Set(_)));
        let [acts, others_acts] = [self, other].map(|run| {
            let events = run.newest().events().iter().map(|one| &one.event);
            events.filter(counts)
        });
        if own.name == others.name && !acts.eq(others_acts) {
            told.push("other shocks, outages or moments of change".to_owned());
        }
        told
    }
}

/// Each parameter that two scenarios have otherwise, of more than a few only how many.
fn changed_parameters(own: &Scenario, other: &Scenario) -> Vec<String> {
    let value = |scenario: &Scenario, id| parameter(id).get(&scenario.parameters);
    let changed: Vec<_> = table()
        .iter()
        .filter(|row| value(own, row.id) != value(other, row.id))
        .collect();
    let mut told: Vec<String> = changed
        .iter()
        .take(NAMED_MAX)
        .map(|row| {
            let [own, other] = [own, other].map(|scenario| row.show(value(scenario, row.id)));
            format!("{} {own}, now {other}", row.label)
        })
        .collect();
    if changed.len() > NAMED_MAX {
        told.push(format!("{} more parameters", changed.len() - NAMED_MAX));
    }
    told
}

impl App {
    pub(super) fn compare(&mut self, command: PinCommand) {
        match command {
            PinCommand::Pin => self.pin(),
            PinCommand::Unpin(id) => self.pinned[id.index()] = None,
            PinCommand::UnpinAll => self.unpin_all(),
        }
    }

    /// Takes all pinned runs away.
    pub(super) fn unpin_all(&mut self) {
        self.pinned = Default::default();
    }

    /// The pinned runs with their numbers.
    pub fn pinned(&self) -> impl Iterator<Item = (PinnedId, &Run)> {
        let all = PinnedId::all().zip(&self.pinned);
        all.filter_map(|(id, run)| Some((id, run.as_deref()?)))
    }

    /// The pinned run that goes the same way as the present one, if there is one.
    pub fn pinned_as(&self) -> Option<PinnedId> {
        let same = self.pinned().find(|(_, run)| run.differences(&self.present).is_empty());
        same.map(|(id, _)| id)
    }

    /// Pins the run as it has come and as it would go on, under the first number that is free.
    fn pin(&mut self) {
        let Some(free) = self.pinned.iter().position(Option::is_none) else {
            self.messages
                .done(format!("{PINNED_MAX} runs are pinned: unpin one first."));
            return;
        };
        self.pinned[free] = Some(Box::new(self.present.pinned(self.runs)));
        self.runs += 1;
    }

    /// Lets the pinned runs come as far as the present one.
    pub(super) fn step_pinned(&mut self) {
        let step = self.present.simulation.steps();
        for run in self.pinned.iter_mut().flatten() {
            run.keep_up(step);
        }
    }

    /// The main figures of the asset shown in the present run and in the pinned ones, all at the present step; empty without
    /// a pinned run.
    pub fn compared(&self) -> Vec<Compared> {
        let step = self.present.simulation.steps() as usize;
        let asset = self.asset_id();
        let present = self.present.history.of_asset(asset);
        let pinned: Vec<(PinnedId, &Run)> = self.pinned().collect();
        if pinned.is_empty() {
            return Vec::new();
        }
        let compared = |label, kind, of: &dyn Fn(&History) -> f64| Compared {
            label,
            kind,
            present: of(present),
            pinned: pinned
                .iter()
                .map(|(id, run)| (*id, run.history.get(asset).map_or(f64::NAN, of)))
                .collect(),
        };
        let at = |label, kind, figure: Figure| {
            compared(label, kind, &|history| {
                history.figure(figure).at(step).unwrap_or(f64::NAN)
            })
        };
        let lowest = |history: &History| history.figure(Figure::Spot).extent(0..step + 1).low;
        let largest_ratio = |history: &History| {
            let largest = |figure| history.figure(figure).extent(0..step + 1).high;
            largest(Figure::ReproductionDown).max(largest(Figure::ReproductionUp))
        };
        let mut all = vec![
            at("Spot", ComparedKind::Price, Figure::Spot),
            compared("Lowest so far", ComparedKind::Price, &lowest),
            at("Amplification", ComparedKind::Ratio, Figure::Amplification),
            compared("Largest R so far", ComparedKind::Ratio, &largest_ratio),
            at("Open interest", ComparedKind::Money, Figure::OpenInterest),
            at("Levered net", ComparedKind::Money, Figure::LeveredNet),
            at("Insurance fund", ComparedKind::Money, Figure::InsuranceFund),
            at("Bad debt", ComparedKind::Money, Figure::BadDebt),
            at("Maintenance", ComparedKind::Rate, Figure::MaintenanceRate),
        ];
        // Sums over the run are known where it stands only.
        let sums: Vec<Option<Summary>> = pinned
            .iter()
            .map(|(_, run)| {
                let there = run.history.get(asset).is_some() && run.simulation.steps() as usize == step;
                there.then(|| run.simulation.summary_of(asset))
            })
            .collect();
        if sums.iter().any(Option::is_some) {
            let own = self.shown_summary();
            let sum = |label, of: fn(&Summary) -> f64| Compared {
                label,
                kind: ComparedKind::Money,
                present: of(&own),
                pinned: pinned
                    .iter()
                    .zip(&sums)
                    .map(|((id, _), sums)| (*id, sums.as_ref().map_or(f64::NAN, of)))
                    .collect(),
            };
            all.push(sum("Liquidated", |run| run.liquidated_notional_usd));
            all.push(sum("ADL", |run| run.adl_notional_usd));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Recording;
    use crate::{EditCommand, FileCommand, PinCommand, PlaybackCommand, Settings, SliderMode};
    use cascade_engine::{Simulation, Source};
    use cascade_files::preset;
    use cascade_scenario::{AssetId, find};

    fn pinned_at(step: u64) -> App {
        let mut app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
        app.update(PlaybackCommand::Pause);
        app.update(EditCommand::SetSliderMode(SliderMode::FromHere));
        app.run(step);
        app.update(PinCommand::Pin);
        app
    }

    fn first_pinned(app: &App) -> &Run {
        app.pinned().next().unwrap().1
    }

    fn finish(app: &mut App) {
        while app.present.seeking().is_some() {
            app.present.work(|| true);
        }
    }

    #[test]
    fn an_untouched_run_and_the_pinned_one_stay_the_same() {
        let mut app = pinned_at(100);
        app.run(150);
        let pinned = first_pinned(&app);
        assert_eq!(pinned.simulation.digest(), app.present.simulation.digest());
        assert!(
            app.compared()
                .iter()
                .all(|one| one.present == one.pinned[0].1 || one.present.is_nan())
        );
        // The same formula as the engine's own.
        let summary = app.present.simulation.summary_of(AssetId::FIRST);
        let engine = summary.amplification_factor.unwrap();
        let shown = app
            .compared()
            .into_iter()
            .find(|one| one.label == "Amplification")
            .unwrap();
        assert!(
            (shown.present / engine - 1.0).abs() < 1e-9,
            "{} {engine}",
            shown.present
        );
    }

    #[test]
    fn a_branch_shares_its_past_with_the_pinned_run_exactly() {
        let mut app = pinned_at(260);
        let at_end = app.present.simulation.digest();
        app.update(PlaybackCommand::Seek(110));
        finish(&mut app);
        let id = find("leverage.mean").unwrap().id;
        app.update(EditCommand::SetParameter { id, value: 4.0 });
        let branch = app.present.simulation.digest();
        let pinned = first_pinned(&app);
        assert_eq!(pinned.simulation.digest(), at_end);
        let mut again = Simulation::new(&pinned.simulation.scenario_with_acts()).unwrap();
        for _ in 0..110 {
            again.step();
        }
        assert_eq!(again.digest(), branch);
        app.run(150);
        let first = AssetId::FIRST;
        let spot = |history: &Recording, step| history.of_asset(first).figure(Figure::Spot).at(step).unwrap();
        let pinned = first_pinned(&app);
        for step in 0..=110 {
            assert_eq!(spot(&app.present.history, step), spot(&pinned.history, step));
        }
        // Less leverage, less of a fall, on the same noise and the same shock.
        assert!(spot(&app.present.history, 200) > spot(&pinned.history, 200));
        app.run(40);
        let pinned = first_pinned(&app);
        assert_eq!(pinned.simulation.steps(), app.present.simulation.steps());
        let liquidated = app
            .compared()
            .into_iter()
            .find(|one| one.label == "Liquidated")
            .unwrap();
        assert!(liquidated.present < liquidated.pinned[0].1);
        app.update(PinCommand::Unpin(PinnedId(0)));
        assert!(app.compared().is_empty());
    }

    #[test]
    fn a_pinned_run_says_what_tells_it_from_the_present_one() {
        let mut app = pinned_at(50);
        let told = |app: &App| first_pinned(app).differences(&app.present).join("; ");
        assert_eq!((told(&app).as_str(), app.pinned_as()), ("", Some(PinnedId(0))));
        let id = find("leverage.mean").unwrap().id;
        app.update(EditCommand::SetParameter { id, value: 4.0 });
        assert_eq!(told(&app), "Mean leverage 12 ×, now 4 ×");
        app.update(EditCommand::Undo);
        app.update(crate::ActCommand::Shock);
        assert_eq!(told(&app), "other shocks, outages or moments of change");
        app.update(EditCommand::Undo);
        app.finish();
        assert_eq!(told(&app), "");
        app.update(EditCommand::SetSeed(11));
        assert_eq!(told(&app), "seed 7, now 11");
        app.update(FileCommand::OpenShipped("quiet-market"));
        let name = preset::find("first-cascade").unwrap().name;
        assert!(told(&app).starts_with(&format!("“{name}”")), "{}", told(&app));
    }

    /// Each goes on by itself; taking one away leaves the numbers of the others.
    #[test]
    fn several_runs_are_pinned_and_keep_their_numbers() {
        let mut app = pinned_at(60);
        let id = find("leverage.mean").unwrap().id;
        for value in [10.0, 8.0, 6.0] {
            app.update(EditCommand::SetParameter { id, value });
            app.update(PinCommand::Pin);
        }
        app.update(PinCommand::Pin);
        assert!(
            app.messages
                .iter()
                .any(|message| message.text.contains("unpin one first"))
        );
        app.run(160);
        let spot = |app: &App| {
            app.compared()
                .into_iter()
                .find(|one| one.label == "Lowest so far")
                .unwrap()
        };
        let lowest: Vec<f64> = spot(&app).pinned.iter().map(|(_, value)| *value).collect();
        assert_eq!(lowest.len(), PINNED_MAX);
        assert!(lowest.is_sorted(), "the less leverage, the less of a fall: {lowest:?}");
        app.update(PinCommand::Unpin(PinnedId(1)));
        let numbers: Vec<usize> = app.pinned().map(|(id, _)| id.index()).collect();
        assert_eq!(numbers, [0, 2, 3]);
        app.update(PinCommand::Pin);
        assert_eq!(app.pinned().count(), PINNED_MAX);
        app.update(PinCommand::UnpinAll);
        assert!(app.compared().is_empty());
    }

    #[test]
    fn a_run_that_starts_again_meets_the_pinned_one() {
        let mut app = pinned_at(200);
        let id = find("liquidity.depth").unwrap().id;
        app.update(EditCommand::SetParameter { id, value: 60e9 });
        app.update(EditCommand::Reset);
        assert_eq!(first_pinned(&app).simulation.steps(), 200);
        app.run(220);
        assert_eq!(first_pinned(&app).simulation.steps(), 220);
        // The exogenous price is the same noise in both.
        let first = AssetId::FIRST;
        let exogenous = |history: &Recording| history.of_asset(first).by_source(Source::Exogenous).at(119).unwrap();
        let difference = exogenous(&app.present.history) - exogenous(&first_pinned(&app).history);
        assert!(difference.abs() < 1e-9, "{difference}");
    }
}
