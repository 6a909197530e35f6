//! Lessons: what is asked of those who watch, what they guess, and who was nearest; and the run saved with all of it.

use std::path::Path;

use cascade_engine::{LogKind, Origin, RunEvent};
use cascade_files::preset;
use cascade_scenario::{Action, AssetId, Scenario, format};

use super::history::Figure;
use super::{App, Run};

/// The asset whose price a question of a lesson is about.
pub const ASKED: AssetId = AssetId::FIRST;

/// A question or pause of the scenario at which the run stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The step.
    pub step: u64,
    /// What is asked.
    pub text: String,
}

/// Somebody's guess of the furthest price.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// The step at which it was made.
    pub step: u64,
    /// Whose.
    pub name: String,
    /// USD per coin.
    pub price: f64,
}

/// What became of the guesses.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The nearest guess.
    pub nearest: Guess,
    /// The price furthest from where it stood when the question was asked.
    pub furthest: f64,
    /// Number of guesses.
    pub guesses: usize,
}

impl Verdict {
    /// Who is nearest to where the price has gone; none without a guess.
    pub fn of(guesses: &[Guess], furthest: f64) -> Option<Self> {
        let off = |guess: &Guess| (guess.price / furthest).ln().abs();
        let nearest = guesses.iter().min_by(|a, b| off(a).total_cmp(&off(b)))?.clone();
        Some(Self {
            nearest,
            furthest,
            guesses: guesses.len(),
        })
    }

    /// As it is told.
    pub fn text(&self) -> String {
        let Guess { name, price, .. } = &self.nearest;
        format!(
            "The price has gone as far as {}. {} of {}: {name} with {}, {} off.",
            format::price(self.furthest),
            "Nearest",
            self.guesses,
            format::price(*price),
            format::percent((price / self.furthest - 1.0).abs(), 1).trim_start_matches('+'),
        )
    }
}

impl App {
    /// The question at which the run stands.
    pub fn question(&self) -> Option<Question> {
        let step = self.present.simulation.steps();
        if self.playing || self.present.seeking().is_some() {
            return None;
        }
        let asked = self
            .present
            .simulation
            .log()
            .iter()
            .rev()
            .find(|entry| entry.kind() == LogKind::Pause)?;
        (asked.step >= step).then(|| Question {
            step: asked.step,
            text: asked.to_string(),
        })
    }

    /// Writes the run as a lesson.
    pub(super) fn save_lesson(&mut self, path: &Path) {
        let newest = self.present.newest();
        // Guesses are of one showing; those that came with the preset are its own.
        let kept =
            |one: &&RunEvent| one.origin == Origin::Scenario || !matches!(one.event.action, Action::Marker { .. });
        let mut scenario = Scenario {
            events: newest
                .events()
                .iter()
                .filter(kept)
                .map(|one| one.event.clone())
                .collect(),
            ..newest.scenario().clone()
        };
        let without = if scenario.events.len() < newest.events().len() {
            " The guesses made are not among them."
        } else {
            ""
        };
        if let Some(stem) = path.file_stem() {
            scenario.name = stem.to_string_lossy().into_owned();
        }
        match preset::save(path, &scenario) {
            Ok(()) => {
                self.settings.remember(path);
                self.messages.done(format!(
                    "Saved the lesson {}: the parameters it began with, seed and {} events, which replay the run to step {}.{without}",
                    path.display(),
                    scenario.events.len(),
                    self.present.newest_step(),
                ));
            }
            Err(error) => self.messages.error(error),
        }
    }
}

impl Run {
    /// Guesses since the last question or pause, if there are any.
    pub fn guesses(&self) -> Vec<Guess> {
        let played = self.simulation.played();
        let asked = |action: &Action| matches!(action, Action::Ask(_) | Action::Pause);
        let after = played
            .iter()
            .rposition(|one| asked(&one.event.action))
            .map_or(0, |at| at + 1);
        let guess = |RunEvent { event, .. }: &RunEvent| match &event.action {
            Action::Marker { name, price } => Some(Guess {
                step: event.step,
                name: name.clone(),
                price: *price,
            }),
            _ => None,
        };
        played[after..].iter().filter_map(guess).collect()
    }

    /// Who is nearest, once what was asked about is over.
    pub fn verdict(&self) -> Option<Verdict> {
        let guesses = self.guesses();
        let (asked, now) = (guesses.first()?.step as usize, self.simulation.steps() as usize);
        // A question is about the first asset's price.
        let history = self.history.of_asset(AssetId::FIRST);
        if now <= asked || !self.has_settled_since(asked, history) {
            return None;
        }
        let spot = history.figure(Figure::Spot);
        let (start, reached) = (spot.at(asked)?, spot.extent(asked..now + 1));
        let furthest = if (start / reached.low).ln() > (reached.high / start).ln() {
            reached.low
        } else {
            reached.high
        };
        Verdict::of(&guesses, furthest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActCommand, Command, EditCommand, FileCommand, PlaybackCommand, Settings, SliderMode};
    use cascade_engine::Simulation;
    use cascade_scenario::{Event, find};

    fn remark(app: &mut App, action: Action) {
        app.update(ActCommand::Remark(action));
    }

    #[test]
    fn the_class_guesses_and_the_nearest_is_told() {
        let mut scenario = preset::find("first-cascade").unwrap();
        scenario.events.insert(
            0,
            Event {
                step: 119,
                action: Action::Ask("How low does it go?".to_owned()),
            },
        );
        let mut app = App::new(scenario, None, Settings::default()).unwrap();
        app.update(PlaybackCommand::SetSpeed(100_000.0));
        for _ in 0..100 {
            app.advance(0.1, || true);
        }
        assert_eq!((app.playing, app.present.simulation.steps()), (false, 119));
        assert_eq!(app.question().unwrap().text, "How low does it go?");
        let start = app.present.simulation.assets()[0].observation().spot;
        for (name, share) in [("Ann", 0.97), ("Bob", 0.92), ("Cleo", 0.6)] {
            remark(
                &mut app,
                Action::Marker {
                    name: name.to_owned(),
                    price: start * share,
                },
            );
        }
        remark(
            &mut app,
            Action::Marker {
                name: "nobody".to_owned(),
                price: -1.0,
            },
        );
        assert_eq!((app.present.guesses().len(), app.messages.iter().count()), (3, 1));
        assert_eq!(app.present.verdict(), None);
        app.update(PlaybackCommand::Play);
        assert_eq!(app.question(), None);
        app.update(PlaybackCommand::Pause);
        app.run(200);
        let verdict = app.present.verdict().unwrap();
        assert_eq!((verdict.nearest.name.as_str(), verdict.guesses), ("Bob", 3));
        assert_eq!(
            verdict.furthest,
            app.present
                .simulation
                .summary_of(AssetId::FIRST)
                .lowest_price
                .max(verdict.furthest)
        );
        assert!(verdict.text().contains("Bob"));
    }

    #[test]
    fn a_lesson_is_a_preset_that_replays_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("my lesson.ron");
        let mut app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
        app.update(PlaybackCommand::Pause);
        app.update(EditCommand::SetSliderMode(SliderMode::FromHere));
        app.run(60);
        remark(&mut app, Action::Note("It is quiet.".to_owned()));
        let id = find("leverage.mean").unwrap().id;
        app.update(EditCommand::SetParameter { id, value: 18.0 });
        app.run(30);
        remark(&mut app, Action::Ask("What now?".to_owned()));
        let name = "the author".to_owned();
        remark(&mut app, Action::Marker { name, price: 90_000.0 });
        app.update(ActCommand::Shock);
        app.run(110);
        app.update(FileCommand::SaveLesson(path.clone()));
        let lesson = preset::load(&path).unwrap();
        assert_eq!(
            (lesson.name.as_str(), lesson.parameters.leverage.mean),
            ("my lesson", 12.0)
        );
        assert_eq!(lesson.events.len(), 5);
        let mut again = Simulation::new(&lesson).unwrap();
        for _ in 0..200 {
            again.step();
        }
        assert_eq!(again.digest(), app.present.simulation.digest());
        let mut log = app.present.simulation.log().to_vec();
        log.retain(|entry| !entry.to_string().starts_with("the author says"));
        assert_eq!(
            (again.log(), app.present.simulation.log().len()),
            (&log[..], log.len() + 1)
        );
        let message = app.messages.iter().last().unwrap();
        assert!(
            message.text.contains("guesses made are not among them"),
            "{}",
            message.text
        );
    }

    /// What was done by hand is done again; sliders count from the start; the guesses of the last showing are gone.
    #[test]
    fn starting_again_keeps_questions_and_shocks() {
        let mut app = App::new(preset::find("quiet-market").unwrap(), None, Settings::default()).unwrap();
        let own = app.present.scenario.events.len();
        app.update(PlaybackCommand::Pause);
        app.update(EditCommand::SetSliderMode(SliderMode::FromHere));
        app.run(40);
        remark(&mut app, Action::Ask("What now?".to_owned()));
        let name = "Ann".to_owned();
        remark(&mut app, Action::Marker { name, price: 90_000.0 });
        app.update(ActCommand::Shock);
        let id = find("leverage.mean").unwrap().id;
        app.update(EditCommand::SetParameter { id, value: 18.0 });
        app.run(60);
        for again in [
            Command::Edit(EditCommand::Reset),
            Command::Edit(EditCommand::SetSeed(99)),
            Command::Edit(EditCommand::Reset),
        ] {
            app.update(again);
            assert_eq!((app.present.simulation.steps(), app.present.value(id)), (0, 18.0));
            assert_eq!(
                app.present.scenario.events.len(),
                own + 2,
                "{:?}",
                app.present.scenario.events
            );
            app.update(PlaybackCommand::Play);
            app.update(PlaybackCommand::SetSpeed(100_000.0));
            for _ in 0..20 {
                app.advance(0.1, || true);
            }
            assert_eq!((app.playing, app.present.simulation.steps()), (false, 40));
            assert_eq!(
                (app.question().unwrap().text.as_str(), app.present.guesses().len()),
                ("What now?", 0)
            );
            app.run(60);
        }
        assert!(app.present.modified());
        app.update(EditCommand::ResetEvents);
        assert_eq!(app.present.scenario.events.len(), own);
        app.update(EditCommand::Undo);
        assert_eq!(app.present.scenario.events.len(), own + 2);
    }

    /// A question in the very first step, and one that is gone to on the time line.
    #[test]
    fn a_question_is_asked_where_it_belongs() {
        let mut scenario = preset::find("first-cascade").unwrap();
        for step in [0, 50] {
            let action = Action::Ask(format!("At {step}?"));
            scenario.events.insert(0, Event { step, action });
        }
        let mut app = App::new(scenario, None, Settings::default()).unwrap();
        let asked = |app: &App| app.question().map(|question| (question.step, question.text));
        assert_eq!((app.playing, asked(&app)), (false, Some((0, "At 0?".to_owned()))));
        app.update(EditCommand::Reset);
        assert_eq!((app.playing, asked(&app)), (false, Some((0, "At 0?".to_owned()))));
        app.run(90);
        let go = |app: &mut App, step| {
            app.update(PlaybackCommand::Seek(step));
            while app.present.seeking().is_some() {
                app.present.work(|| true);
            }
        };
        go(&mut app, 50);
        assert_eq!(asked(&app), Some((50, "At 50?".to_owned())));
        app.update(PlaybackCommand::Step(1));
        assert_eq!((asked(&app), app.present.simulation.steps()), (None, 51));
        go(&mut app, 49);
        app.update(PlaybackCommand::Play);
        app.update(PlaybackCommand::SetSpeed(1_000.0));
        app.advance(0.1, || true);
        assert_eq!((app.playing, app.present.simulation.steps()), (false, 50));
        assert!(app.present.rewound());
    }
}
