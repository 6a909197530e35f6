//! A lesson in front of a class: at which stage it stands, what the class has answered, and what came of it. Every stage
//! belongs to a run; turning to a stage puts its run where the stage needs it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cascade_analysis::lesson::{Told, right_answers, step_at, tell};
use cascade_analysis::metric;
use cascade_files::report::Handout;
use cascade_files::{lesson, preset};
use cascade_scenario::lesson::{Measured, Question, Stage, Task};
use cascade_scenario::{AssetId, Lesson, Scenario, format};

use super::lesson::{Guess, Verdict};
use super::{App, Document, SliderMode, pace};

/// Seconds that the runs of a lesson take together, but for what of them is in slow motion; nothing is faster than usual.
const RUN_SECONDS: f64 = 175.0;

/// Concerns the lesson that is taught.
#[derive(Clone, Debug, PartialEq)]
pub enum LessonCommand {
    /// Begins a lesson that came with the program.
    Begin(&'static str),
    /// Begins a lesson of a file.
    Open(PathBuf),
    /// Begins a lesson that is being written.
    Teach(Box<Lesson>),
    /// Writes a lesson to a file of the user's own folder, which is made if it is not there.
    Save(PathBuf, Box<Lesson>),
    /// Turns to the next stage; a run that has not come to its stage's end is brought there first.
    Next,
    /// Turns to the stage before.
    Back,
    /// So many hands were raised for an answer of the question that is asked.
    Hands {
        /// Its place among the answers.
        answer: usize,
        /// How many.
        count: u32,
    },
    /// Takes back the marks that were made at the question that is asked.
    ClearMarks,
    /// Ends the lesson; the run stays.
    Leave,
}

/// What a class has answered to a question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answered {
    /// Marked prices.
    pub marks: Vec<Guess>,
    /// Hands raised for each answer.
    pub hands: Vec<u32>,
}

/// A lesson that is being taught.
#[derive(Clone, Debug)]
pub struct Classroom {
    /// The lesson.
    pub lesson: Lesson,
    preset: Scenario,
    stage: usize,
    /// What the class has answered, by stage.
    answered: BTreeMap<usize, Answered>,
    /// The figures of every run of the lesson at its end, as far as they have come there.
    figures: Vec<Option<Vec<f64>>>,
    /// The run is brought to the stage's end as fast as it can be made.
    hurries: bool,
    /// Steps per second before the lesson began.
    speed_before: f64,
}

impl Classroom {
    fn new(lesson: Lesson, preset: Scenario, speed_before: f64) -> Self {
        Self {
            speed_before,
            figures: vec![None; lesson.runs().len()],
            lesson,
            preset,
            stage: 0,
            answered: BTreeMap::new(),
            hurries: false,
        }
    }

    /// The lesson on paper; with the notes for the teacher if asked for.
    pub(super) fn handout(&self, speaker: bool) -> Handout {
        Handout {
            lesson: self.lesson.clone(),
            preset: self.preset.clone(),
            speaker,
        }
    }

    /// The place of the stage at which it stands.
    pub const fn place(&self) -> usize {
        self.stage
    }

    /// The stage at which it stands.
    pub fn stage(&self) -> &Stage {
        &self.lesson.stages[self.stage]
    }

    /// Whether there is no stage after it.
    pub fn is_last(&self) -> bool {
        self.stage + 1 == self.lesson.stages.len()
    }

    /// The question that is asked.
    pub fn question(&self) -> Option<&Question> {
        match &self.stage().task {
            Task::Predict(question) => Some(question),
            _ => None,
        }
    }

    /// Whether the class is asked to mark a price.
    pub fn asks_price(&self) -> bool {
        self.question().is_some_and(|question| question.answers.is_empty())
    }

    /// What the class has answered to the question that is asked.
    pub fn answers(&self) -> Answered {
        self.answered.get(&self.stage).cloned().unwrap_or_default()
    }

    /// The prices that were marked for the run that is shown.
    pub fn marks(&self) -> Vec<Guess> {
        let run = self.lesson.run_of(self.stage);
        let of_run = self
            .answered
            .range(..=self.stage)
            .filter(|(stage, _)| self.lesson.run_of(**stage) == run);
        of_run.flat_map(|(_, answered)| answered.marks.clone()).collect()
    }

    /// The figures of the run at its end, and of the lesson's first run, once both are known.
    fn figures(&self) -> Option<(&[f64], &[f64])> {
        let of = |run: usize| self.figures.get(run)?.as_deref();
        Some((of(self.lesson.run_of(self.stage))?, of(0)?))
    }

    /// What the stage says of the run with figures, once they are known.
    pub fn told(&self) -> Vec<Told> {
        let Some((now, first)) = self.figures() else {
            return Vec::new();
        };
        let checks = self.stage().task.checks();
        checks.iter().map(|check| tell(check, now, first)).collect()
    }

    /// What became of the answers to the questions about the run, where the stage shows it.
    pub fn verdicts(&self) -> Vec<String> {
        if self.stage().task.checks().is_empty() {
            return Vec::new();
        }
        let run = self.lesson.run_of(self.stage);
        let asked = (0..self.stage).filter(|stage| self.lesson.run_of(*stage) == run);
        asked.filter_map(|stage| self.verdict(stage)).collect()
    }

    fn verdict(&self, stage: usize) -> Option<String> {
        let Task::Predict(question) = &self.lesson.stages[stage].task else {
            return None;
        };
        let (now, first) = self.figures()?;
        let answered = self.answered.get(&stage).cloned().unwrap_or_default();
        if question.answers.is_empty() {
            let furthest = cascade_analysis::lesson::measure(&question.figure, Measured::Alone, now, first);
            return Some(Verdict::of(&answered.marks, furthest)?.text());
        }
        let (place, answer) = right_answers(question, now, first).into_iter().next()?;
        let letter = letter(place);
        let total: u32 = answered.hands.iter().sum();
        let right = answered.hands.get(place).copied().unwrap_or_default();
        Some(match total {
            0 => format!("{letter} is right: {}.", answer.text),
            _ => format!("{letter} is right: {}. {right} of {total} hands.", answer.text),
        })
    }

    /// The minutes of market time at which the run of the stage stands when the stage begins.
    fn begins_at(&self) -> f64 {
        let run = self.lesson.run_of(self.stage);
        let before = (0..self.stage)
            .rev()
            .take_while(|stage| self.lesson.run_of(*stage) == run);
        let reached = before.filter_map(|stage| match self.lesson.stages[stage].task {
            Task::Run(minutes) => Some(minutes),
            _ => None,
        });
        reached.fold(0.0, f64::max)
    }
}

/// The letter of an answer.
pub fn letter(place: usize) -> char {
    ('A'..='Z').nth(place).unwrap_or('?')
}

impl App {
    /// The lesson that is taught.
    pub fn classroom(&self) -> Option<&Classroom> {
        self.classroom.as_deref()
    }

    /// Whether nothing may show what other runs would do: a question waits for its answer, or a lesson has not come to where the
    /// class tries for itself.
    pub(super) fn conceals_what_comes(&self) -> bool {
        let guided = |room: &Classroom| !matches!(room.stage().task, Task::Try | Task::Debrief);
        self.question().is_some() || self.classroom().is_some_and(guided)
    }

    pub(super) fn teach(&mut self, command: LessonCommand) {
        match command {
            LessonCommand::Begin(name) => self.begin_lesson(lesson::find(name)),
            LessonCommand::Open(path) => {
                let found = lesson::load(&path);
                if found.is_ok() {
                    self.settings.remember(&path);
                }
                self.begin_lesson(found);
            }
            LessonCommand::Teach(lesson) => self.begin_lesson(Ok(*lesson)),
            LessonCommand::Save(path, lesson) => self.keep_lesson(&path, &lesson),
            LessonCommand::Next => self.next_stage(),
            LessonCommand::Back => {
                if let Some(stage) = self.classroom().and_then(|room| room.stage.checked_sub(1)) {
                    self.turn_to_stage(stage);
                }
            }
            LessonCommand::Hands { answer, count } => self.answer(|answered| {
                answered.hands.resize(answered.hands.len().max(answer + 1), 0);
                answered.hands[answer] = count;
            }),
            LessonCommand::ClearMarks => self.answer(|answered| answered.marks.clear()),
            LessonCommand::Leave => self.leave_lesson(),
        }
    }

    /// Ends the lesson, if there is one; the speed is what it was before.
    pub(super) fn leave_lesson(&mut self) {
        if let Some(room) = self.classroom.take() {
            self.pace.set(room.speed_before);
        }
    }

    fn begin_lesson(&mut self, found: Result<Lesson, cascade_files::problem::FileError>) {
        let opened = found.and_then(|lesson| {
            let preset = preset::find(&lesson.preset)?;
            Ok((lesson, preset))
        });
        match opened {
            Ok((lesson, preset)) => {
                self.leave_lesson();
                self.unpin_all();
                self.sliders = SliderMode::WholeRun;
                self.asset = AssetId::FIRST;
                if self.begin_run_of_lesson(&lesson.title, preset.clone()) {
                    let before = self.pace.steps_per_second();
                    let steps = 60.0 * lesson.run_minutes() / preset.parameters.market.step_seconds;
                    let tenths = (10.0 * steps / RUN_SECONDS).round().max(1.0);
                    self.pace.set((0.1 * tenths).min(pace::NORMAL));
                    self.classroom = Some(Box::new(Classroom::new(lesson, preset, before)));
                    self.turn_to_stage(0);
                }
            }
            Err(error) => self.messages.error(error),
        }
    }

    fn begin_run_of_lesson(&mut self, title: &str, scenario: Scenario) -> bool {
        let document = Document::new(None, &scenario);
        self.playing = false;
        self.begin_anew(format!("Lesson “{title}”"), scenario, document)
    }

    /// Changes what the class has answered to the question that is asked.
    fn answer(&mut self, change: impl FnOnce(&mut Answered)) {
        let asked = self.classroom.as_mut().filter(|room| room.question().is_some());
        if let Some(room) = asked {
            change(room.answered.entry(room.stage).or_default());
        }
    }

    /// Takes a price that was marked at a question of the lesson. Returns whether there is such a question.
    pub(super) fn mark(&mut self, name: &str, price: f64) -> bool {
        if !self.classroom().is_some_and(Classroom::asks_price) {
            return false;
        }
        let step = self.present.simulation.steps();
        if price.is_finite() && price > 0.0 {
            self.answer(|answered| {
                // Whoever marks again has changed their mind.
                answered.marks.retain(|mark| mark.name != name);
                let name = name.to_owned();
                answered.marks.push(Guess { step, name, price });
            });
        }
        true
    }

    /// The step at which the run is to stand still for the stage that lets it go on.
    pub fn stage_goal(&self) -> Option<u64> {
        let room = self.classroom()?;
        match room.stage().task {
            Task::Run(minutes) => Some(self.step_of(minutes)),
            _ => None,
        }
    }

    fn step_of(&self, minutes: f64) -> u64 {
        step_at(minutes, self.present.scenario.parameters.market.step_seconds)
    }

    fn next_stage(&mut self) {
        let halted = self.present.simulation.halted().is_some();
        let goes_on = self
            .stage_goal()
            .is_some_and(|goal| self.present.simulation.steps() < goal);
        let Some(room) = &mut self.classroom else { return };
        if goes_on && !halted {
            room.hurries = true;
            self.playing = true;
        } else if !room.is_last() {
            let next = room.stage + 1;
            self.turn_to_stage(next);
        }
    }

    /// Turns to a stage: its run stands where the stage begins, and goes on if that is what the stage is for.
    fn turn_to_stage(&mut self, stage: usize) {
        let Some(mut room) = self.classroom.take() else { return };
        let (from, to) = (room.lesson.run_of(room.stage), room.lesson.run_of(stage));
        room.stage = stage;
        room.hurries = false;
        let looks_on = matches!(room.stage().task, Task::Try | Task::Debrief) && from == to;
        if !looks_on && !self.take_up_run(&mut room, from, to) {
            self.classroom = Some(room);
            return;
        }
        let begins = self.step_of(room.begins_at());
        let runs = matches!(room.stage().task, Task::Run(_));
        self.playing = false;
        if !looks_on && begins <= self.present.newest_step() {
            self.present.seek(begins);
        } else if !looks_on {
            self.come_to(begins);
        }
        self.playing = runs;
        self.classroom = Some(room);
    }

    /// Shows the run of the stage to which the lesson turns. The first run stays beside all others. Returns whether it could be
    /// done.
    fn take_up_run(&mut self, room: &mut Classroom, from: usize, to: usize) -> bool {
        let scenario = match room.lesson.scenario_of(room.stage, &room.preset) {
            Ok(scenario) => scenario,
            Err(error) => {
                self.messages.error(error);
                return false;
            }
        };
        if from == to && self.wanted_scenario() == scenario {
            return true;
        }
        if from == 0 && to > 0 {
            self.update(super::PinCommand::Pin);
        } else if to == 0 {
            self.unpin_all();
        }
        room.figures[to] = None;
        let title = room.lesson.title.clone();
        self.begin_run_of_lesson(&title, scenario)
    }

    /// Whether steps are made as fast as they can be.
    pub(super) fn hurries(&self) -> bool {
        self.classroom().is_some_and(|room| room.hurries) && self.playing
    }

    /// Stands still where the stage ends; at the end of its run with what happened in view.
    pub(super) fn stop_at_stage_end(&mut self) {
        let arrived = self
            .stage_goal()
            .is_some_and(|goal| self.present.simulation.steps() >= goal);
        if arrived && let Some(room) = &mut self.classroom {
            room.hurries = false;
            if std::mem::take(&mut self.playing) && self.end_of_lesson_run() == self.stage_goal() {
                self.show_cascade();
            }
        }
    }

    /// The step at which the run of the stage ends.
    fn end_of_lesson_run(&self) -> Option<u64> {
        let room = self.classroom()?;
        let minutes = room.lesson.end_minutes(room.stage)?;
        Some(self.step_of(minutes))
    }

    /// Takes in the figures of a run of the lesson that has come to its end.
    pub(super) fn notice_end_of_lesson_run(&mut self) {
        let Some(room) = self.classroom() else { return };
        let run = room.lesson.run_of(room.stage);
        let end = self.end_of_lesson_run();
        let halted = self.present.simulation.halted().is_some();
        let there = end == Some(self.present.simulation.steps()) || halted;
        let known = room.figures.get(run).is_none_or(Option::is_some);
        if known || !there || self.remaking() || self.present.seeking().is_some() {
            return;
        }
        let figures = metric::read(&self.present.simulation);
        if let Some(room) = &mut self.classroom {
            room.figures[run] = Some(figures);
        }
    }
}

/// How the counts of a show of hands are told: `4 of 21`, nothing where nobody has raised one.
pub fn share_of_hands(hands: &[u32], place: usize) -> Option<String> {
    let total: u32 = hands.iter().sum();
    let own = hands.get(place).copied().unwrap_or_default();
    (total > 0).then(|| {
        format::percent(f64::from(own) / f64::from(total), 0)
            .trim_start_matches('+')
            .to_owned()
    })
}

#[cfg(test)]
mod tests;
