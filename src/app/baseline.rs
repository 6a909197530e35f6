//! The pinned run: it goes on as it would have, beside whatever is done to the present one, on the same noise.

use super::history::{Figure, History};
use super::{App, Run};

/// Pins a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaselineCommand {
    /// Pins the run: it goes on beside what is done from now on, on the same noise.
    Pin,
    /// Takes the pinned run away.
    Unpin,
}

/// A figure of both runs at the same step.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// Its name.
    pub label: &'static str,
    /// What it is and how it is written.
    pub kind: ComparedKind,
    /// In the present run.
    pub present: f64,
    /// In the pinned run.
    pub baseline: f64,
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
    /// Which run it is beside another one, to be put after a word: a preset's name or a seed, where the other's is another.
    pub fn name_beside(&self, other: &Self) -> String {
        let (own, other) = (&self.scenario, &other.scenario);
        if own.name != other.name {
            format!(" “{}”", own.name)
        } else if own.seed == other.seed {
            String::new()
        } else {
            format!(" of seed {}", own.seed)
        }
    }
}

impl App {
    pub(super) fn compare(&mut self, command: BaselineCommand) {
        match command {
            BaselineCommand::Pin => self.pin(),
            BaselineCommand::Unpin => self.baseline = None,
        }
    }

    /// Pins the run as it has come and as it would go on.
    fn pin(&mut self) {
        self.baseline = Some(Box::new(self.present.pinned(self.runs)));
        self.runs += 1;
    }

    /// Lets the pinned run come as far as the present one.
    pub(super) fn step_baseline(&mut self) {
        if let Some(baseline) = &mut self.baseline {
            baseline.keep_up(self.present.simulation.steps());
        }
    }

    /// The main figures of the asset shown in the present run and in the pinned one, both at the present step; empty without
    /// a pinned run.
    pub fn compared(&self) -> Vec<Compared> {
        let Some(baseline) = &self.baseline else {
            return Vec::new();
        };
        let step = self.present.simulation.steps() as usize;
        let asset = self.asset_id();
        let present = self.present.history.of_asset(asset);
        let pinned = baseline.history.get(asset);
        let at = |label, kind, figure: Figure| Compared {
            label,
            kind,
            present: present.figure(figure).at(step).unwrap_or(f64::NAN),
            baseline: pinned
                .and_then(|pinned| pinned.figure(figure).at(step))
                .unwrap_or(f64::NAN),
        };
        let so_far = |label, kind, of: fn(&History, usize) -> f64| Compared {
            label,
            kind,
            present: of(present, step),
            baseline: pinned.map_or(f64::NAN, |pinned| of(pinned, step)),
        };
        let mut all = vec![
            at("Spot", ComparedKind::Price, Figure::Spot),
            so_far("Lowest so far", ComparedKind::Price, |history, step| {
                history.figure(Figure::Spot).extent(0..step + 1).low
            }),
            at("Amplification", ComparedKind::Ratio, Figure::Amplification),
            so_far("Largest R so far", ComparedKind::Ratio, |history, step| {
                let largest = |figure| history.figure(figure).extent(0..step + 1).high;
                largest(Figure::ReproductionDown).max(largest(Figure::ReproductionUp))
            }),
            at("Open interest", ComparedKind::Money, Figure::OpenInterest),
            at("Levered net", ComparedKind::Money, Figure::LeveredNet),
            at("Insurance fund", ComparedKind::Money, Figure::InsuranceFund),
            at("Bad debt", ComparedKind::Money, Figure::BadDebt),
            at("Maintenance", ComparedKind::Rate, Figure::MaintenanceRate),
        ];
        // Sums over the run are known where it stands only.
        if pinned.is_some() && baseline.simulation.steps() as usize == step {
            let (now, then) = (self.shown_summary(), baseline.simulation.summary_of(asset));
            for (label, present, baseline) in [
                ("Liquidated", now.liquidated_notional_usd, then.liquidated_notional_usd),
                ("ADL", now.adl_notional_usd, then.adl_notional_usd),
            ] {
                let kind = ComparedKind::Money;
                all.push(Compared {
                    label,
                    kind,
                    present,
                    baseline,
                });
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Recording;
    use crate::{BaselineCommand, EditCommand, FileCommand, PlaybackCommand, Settings, SliderMode};
    use cascade_engine::{Simulation, Source};
    use cascade_files::preset;
    use cascade_scenario::{AssetId, find};

    fn pinned_at(step: u64) -> App {
        let mut app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
        app.update(PlaybackCommand::Pause);
        app.update(EditCommand::SetSliderMode(SliderMode::FromHere));
        app.run(step);
        app.update(BaselineCommand::Pin);
        app
    }

    fn finish(app: &mut App) {
        while app.present.seeking().is_some() {
            app.present.work(|| true);
        }
    }

    #[test]
    fn an_untouched_run_and_its_baseline_stay_the_same() {
        let mut app = pinned_at(100);
        app.run(150);
        let baseline = app.baseline.as_ref().unwrap();
        assert_eq!(baseline.simulation.digest(), app.present.simulation.digest());
        assert!(
            app.compared()
                .iter()
                .all(|one| one.present == one.baseline || one.present.is_nan())
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
    fn a_branch_shares_its_past_with_the_baseline_exactly() {
        let mut app = pinned_at(260);
        let at_end = app.present.simulation.digest();
        app.update(PlaybackCommand::Seek(110));
        finish(&mut app);
        let id = find("leverage.mean").unwrap().id;
        app.update(EditCommand::SetParameter { id, value: 4.0 });
        let branch = app.present.simulation.digest();
        let baseline = app.baseline.as_ref().unwrap();
        assert_eq!(baseline.simulation.digest(), at_end);
        let mut again = Simulation::new(&baseline.simulation.scenario_with_acts()).unwrap();
        for _ in 0..110 {
            again.step();
        }
        assert_eq!(again.digest(), branch);
        app.run(150);
        let first = AssetId::FIRST;
        let spot = |history: &Recording, step| history.of_asset(first).figure(Figure::Spot).at(step).unwrap();
        let baseline = app.baseline.as_ref().unwrap();
        for step in 0..=110 {
            assert_eq!(spot(&app.present.history, step), spot(&baseline.history, step));
        }
        // Less leverage, less of a fall, on the same noise and the same shock.
        assert!(spot(&app.present.history, 200) > spot(&baseline.history, 200));
        app.run(40);
        let baseline = app.baseline.as_ref().unwrap();
        assert_eq!(baseline.simulation.steps(), app.present.simulation.steps());
        let liquidated = app
            .compared()
            .into_iter()
            .find(|one| one.label == "Liquidated")
            .unwrap();
        assert!(liquidated.present < liquidated.baseline);
        app.update(BaselineCommand::Unpin);
        assert!(app.compared().is_empty());
    }

    #[test]
    fn a_baseline_of_another_preset_says_so() {
        let mut app = pinned_at(50);
        let name = |app: &App| app.baseline.as_ref().unwrap().name_beside(&app.present);
        assert_eq!(name(&app), "");
        app.update(EditCommand::SetSeed(11));
        assert_eq!(name(&app), " of seed 7");
        app.update(FileCommand::OpenShipped("quiet-market"));
        assert_eq!(
            name(&app),
            format!(" “{}”", preset::find("first-cascade").unwrap().name)
        );
    }

    #[test]
    fn a_run_that_starts_again_meets_its_baseline() {
        let mut app = pinned_at(200);
        let id = find("liquidity.depth").unwrap().id;
        app.update(EditCommand::SetParameter { id, value: 60e9 });
        app.update(EditCommand::Reset);
        assert_eq!(app.baseline.as_ref().unwrap().simulation.steps(), 200);
        app.run(220);
        assert_eq!(app.baseline.as_ref().unwrap().simulation.steps(), 220);
        // The exogenous price is the same noise in both.
        let first = AssetId::FIRST;
        let exogenous = |history: &Recording| history.of_asset(first).by_source(Source::Exogenous).at(119).unwrap();
        let difference = exogenous(&app.present.history) - exogenous(&app.baseline.as_ref().unwrap().history);
        assert!(difference.abs() < 1e-9, "{difference}");
    }
}
