//! Undo and redo: every change of parameters, every run begun and every branch is an entry; a drag is one entry.
//!
//! Undoing what made a run anew, began one or cut one off brings the run from before back as it was; the last one is kept for
//! that. Of an older one the scenario is left: the run is made anew with it. Undoing a change of what was still to come sets the
//! old values again, now: time does not run backwards. Where the model has stood still since, it is as it was before the
//! change. Undoing a shock or an outage makes the run anew without it.

use cascade_engine::Simulation;
use cascade_scenario::{
    Action, ChangeEffect, Event, ParameterError, ParameterId, Scenario, format, groups, parameter, table,
};

use super::run::{Drag, Run};
use super::{App, ContagionWhatIf, Document, SliderMode, Stress};

/// Most entries kept; the oldest are forgotten.
const KEPT: usize = 200;

/// Something that can be undone.
#[derive(Clone, Debug)]
pub struct UndoEntry {
    /// What was done: `Mean leverage 12 × → 20 ×`.
    pub label: String,
    number: u64,
    change: Change,
}

#[derive(Clone, Debug)]
enum Change {
    /// Parameters, with their numbers before and after, in a run as a whole or from a moment on; the one that was dragged is the
    /// first.
    Parameters(SliderMode, Vec<(ParameterId, f64, f64)>),
    /// Another run was begun: from what, before and after.
    Run(Box<[(Scenario, Document); 2]>),
    /// Something was done to the run at a moment of it, at this place among its events.
    Act(Event, usize),
}

/// What was done and undone.
#[derive(Debug, Default)]
pub struct Undo {
    done: Vec<UndoEntry>,
    undone: Vec<UndoEntry>,
    /// The last entry is a drag that goes on.
    open: bool,
    numbers: u64,
    /// The run that an entry put aside.
    aside: Option<(u64, Box<Run>)>,
    /// The entry whose run from before is not to be shown beside the present one.
    hidden: Option<u64>,
}

impl Undo {
    /// What can be undone, oldest first.
    pub fn done(&self) -> &[UndoEntry] {
        &self.done
    }

    /// What can be done again, the last undone last.
    pub fn undone(&self) -> &[UndoEntry] {
        &self.undone
    }

    /// The drag has ended: the next move is another entry.
    pub(super) const fn settle(&mut self) {
        self.open = false;
    }

    /// Number of the last entry.
    pub(super) fn last_number(&self) -> u64 {
        self.done.last().map_or(0, |last| last.number)
    }

    /// Whether the run from before the entry of this number is kept.
    pub(super) fn has_aside(&self, number: u64) -> bool {
        self.aside.as_ref().is_some_and(|(owner, _)| *owner == number)
    }

    /// Keeps a run for the entry of this number; while one drag goes on, the run from before it. Returns the one that is not
    /// kept any more.
    pub(super) fn put_aside(&mut self, number: u64, run: Box<Run>) -> Option<Box<Run>> {
        if self.has_aside(number) {
            return Some(run);
        }
        self.aside.replace((number, run)).map(|(_, old)| old)
    }

    /// The scenario of the run that is kept for an entry.
    pub(super) fn scenario_before(&self, number: u64) -> Option<Scenario> {
        let kept = self.aside.as_ref().filter(|(owner, _)| *owner == number);
        kept.map(|(_, run)| run.with_own_events())
    }

    /// What the last entry changed of a run that goes on, and the run from before it, where that is kept and shown.
    pub(super) fn run_before(&self) -> Option<(&str, &Run)> {
        let last = self.done.last()?;
        let compares = !matches!(last.change, Change::Run(_)) && self.hidden != Some(last.number);
        let (_, run) = self
            .aside
            .as_ref()
            .filter(|(owner, _)| compares && *owner == last.number)?;
        Some((&last.label, run))
    }

    /// The run from before the last entry is not to be shown.
    pub(super) fn hide_run_before(&mut self) {
        self.hidden = self.done.last().map(|last| last.number);
    }

    /// Takes an entry off that nothing has come of.
    pub(super) fn withdraw(&mut self, number: u64) {
        self.open = false;
        self.done.pop_if(|last| last.number == number);
    }

    fn next(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    fn push(&mut self, label: String, number: u64, change: Change) {
        self.undone.clear();
        self.done.push(UndoEntry { label, number, change });
        if self.done.len() > KEPT {
            self.done.remove(0);
        }
    }

    /// Every scenario that an undo or redo brings back, with the preset it is of.
    pub(super) fn documents(&mut self) -> impl Iterator<Item = (&mut Scenario, &mut Document)> {
        fn ends(entry: &mut UndoEntry) -> &mut [(Scenario, Document)] {
            match &mut entry.change {
                Change::Run(ends) => &mut ends[..],
                Change::Parameters(..) | Change::Act(..) => &mut [],
            }
        }
        let entries = self.done.iter_mut().chain(&mut self.undone).flat_map(ends);
        let aside = self
            .aside
            .as_mut()
            .map(|(_, run)| (&mut run.scenario, &mut run.document));
        entries.map(|(scenario, document)| (scenario, document)).chain(aside)
    }

    /// The run that belongs to an entry, if it is kept.
    pub(super) fn take_aside(&mut self, number: u64) -> Option<Box<Run>> {
        self.aside.take_if(|(owner, _)| *owner == number).map(|(_, run)| run)
    }
}

impl App {
    /// Gives one parameter a number; moves of one drag are one entry.
    pub(super) fn change_one(&mut self, id: ParameterId, value: f64) {
        let goes_on = self.undo.open
            && self.undo.done.last().is_some_and(
                |entry| matches!(&entry.change, Change::Parameters(mode, changes) if *mode == self.sliders && changes.first().is_some_and(|(last, ..)| *last == id)),
            );
        if !goes_on {
            self.undo.open = self.change(&[(id, value)], None);
            return;
        }
        let Some(entry) = self.undo.done.pop() else { return };
        let Change::Parameters(_, changes) = &entry.change else {
            return;
        };
        let (first, number, dropped) = (changes[0].1, entry.number, changes[1..].to_vec());
        if self.sliders == SliderMode::WholeRun && first == value && self.back_before(number) {
            // The next move begins another entry.
            self.undo.open = false;
            return;
        }
        if !self.apply(self.sliders, &[(id, value)], Drag::GoesOn, number) {
            self.undo.done.push(entry);
        } else if first != value || self.undo.has_aside(number) {
            let changes = std::iter::once((id, first, value)).chain(dropped).collect();
            let change = Change::Parameters(self.sliders, changes);
            self.undo.push(label(id, first, value), number, change);
        }
    }

    /// Gives parameters numbers, as one entry. Returns whether anything has changed.
    pub(super) fn change(&mut self, values: &[(ParameterId, f64)], what: Option<String>) -> bool {
        self.change_in(self.sliders, values, what)
    }

    /// Gives parameters numbers, from the start of the run on or from the present moment on, as one entry.
    pub(super) fn change_in(&mut self, mode: SliderMode, values: &[(ParameterId, f64)], what: Option<String>) -> bool {
        let mut changes: Vec<_> = values
            .iter()
            .map(|(id, value)| (*id, self.value(*id), *value))
            .filter(|(_, before, after)| before != after)
            .collect();
        let moved = changes.len();
        if mode == SliderMode::WholeRun && moved > 0 && !self.remaking() {
            changes.extend(self.dropped(&changes));
        }
        let number = self.undo.next();
        self.undo.open = false;
        let values: Vec<_> = changes.iter().map(|(id, _, after)| (*id, *after)).collect();
        if changes.is_empty() || !self.apply(mode, &values, Drag::Begins, number) {
            return false;
        }
        let label = match (what, &changes[..moved]) {
            (None, [(id, before, after)]) => label(*id, *before, *after),
            (what, _) => what.unwrap_or_else(|| format!("{moved} parameters")),
        };
        self.undo.push(label, number, Change::Parameters(mode, changes));
        true
    }

    /// What sliders were moved to after the present moment, which a run that is made anew from its start does not keep: the
    /// number at the end of the run, and the one that holds here. Without those that are changed anyhow.
    fn dropped(&self, changed: &[(ParameterId, f64, f64)]) -> Vec<(ParameterId, f64, f64)> {
        let edited = |simulation: &Simulation| *simulation.edited_parameters();
        let (newest, here) = (edited(self.present.newest()), edited(&self.present.simulation));
        let others = table()
            .iter()
            .filter(|row| changed.iter().all(|(id, ..)| *id != row.id));
        others
            .map(|row| (row.id, row.get(&newest), row.get(&here)))
            .filter(|(_, later, now)| later != now)
            .collect()
    }

    /// Begins another run, as one entry.
    pub(super) fn begin_anew(&mut self, what: String, scenario: Scenario, document: Document) -> bool {
        let number = self.undo.next();
        let before = (self.present.scenario.clone(), self.present.document.clone());
        if !self.start(scenario, document, number) {
            return false;
        }
        let after = (self.present.scenario.clone(), self.present.document.clone());
        self.undo.open = false;
        self.undo.push(what, number, Change::Run(Box::new([before, after])));
        true
    }

    /// Does something to the run at the present moment, as one entry.
    pub(super) fn interfere(&mut self, action: Action, what: &str) {
        let number = self.undo.next();
        self.undo.open = false;
        let outcome = self.present.act(action.clone());
        if self.acted(outcome, number) {
            let clock = format::clock(self.present.simulation.time_seconds());
            let step = self.present.simulation.steps();
            let place = self.present.simulation.played().len().saturating_sub(1);
            let change = Change::Act(Event { step, action }, place);
            self.undo.push(format!("{what} at {clock}"), number, change);
        }
    }

    /// Takes the last entry back.
    pub(super) fn undo(&mut self) {
        if let Some(entry) = self.undo.done.pop() {
            self.messages.taken_back();
            self.replay(&entry, true);
            self.undo.undone.push(entry);
        }
    }

    /// Does the entry again that was undone last.
    pub(super) fn redo(&mut self) {
        if let Some(entry) = self.undo.undone.pop() {
            self.replay(&entry, false);
            self.undo.done.push(entry);
        }
    }

    fn replay(&mut self, entry: &UndoEntry, back: bool) {
        self.undo.open = false;
        if let Some(run) = self.undo.take_aside(entry.number) {
            let preliminary = self.want_nothing();
            let other = self.swap(*run);
            if !preliminary {
                self.keep_aside(entry.number, Box::new(other));
            }
            return;
        }
        match &entry.change {
            Change::Parameters(mode, changes) => {
                if let ([(id, before, _)], true) = (&changes[..], back)
                    && *mode == SliderMode::FromHere
                    && self.present.take_back(*id, *before)
                {
                    return;
                }
                let values: Vec<_> = changes
                    .iter()
                    .map(|(id, before, after)| (*id, if back { *before } else { *after }))
                    .collect();
                let done = self.apply(*mode, &values, Drag::Begins, entry.number);
                if done && back && *mode == SliderMode::FromHere && self.present.simulation.steps() > 0 {
                    self.messages.done(format!(
                        "Undone from here: {}. What it has done until now stays.",
                        entry.label
                    ));
                }
            }
            Change::Run(ends) => {
                let (scenario, document) = ends[usize::from(!back)].clone();
                self.start(scenario, document, entry.number);
            }
            Change::Act(event, place) => {
                // Made anew without it, or with it.
                let (scenario, events) = if back {
                    self.present.without(event)
                } else {
                    self.present.with(event, *place)
                };
                self.make_anew_with(scenario, events, entry.number);
            }
        }
    }

    /// Gives parameters numbers: in the running model, or in a new run if one of them needs it.
    fn apply(&mut self, mode: SliderMode, values: &[(ParameterId, f64)], drag: Drag, number: u64) -> bool {
        if mode == SliderMode::WholeRun {
            return self.set_in_whole_run(values, number);
        }
        if values
            .iter()
            .all(|(id, _)| parameter(*id).effect != ChangeEffect::Restart)
        {
            let mut done = true;
            for (id, value) in values {
                let outcome = self.present.set(*id, *value, drag);
                done &= self.acted(outcome, number);
            }
            return done;
        }
        let mut scenario = self.present.with_own_events();
        for (id, value) in values {
            if let Err(error) = scenario.set_parameter(parameter(*id), *value) {
                self.messages.error(error);
                return false;
            }
        }
        self.start(scenario, self.present.document.clone(), number)
    }

    /// Starts a scenario from step 0; a halted run runs again. Returns whether it could be started.
    fn start(&mut self, scenario: Scenario, document: Document, number: u64) -> bool {
        match Run::new(scenario, document, self.runs) {
            Ok(mut run) => {
                self.runs += 1;
                self.playing |= self.present.simulation.halted().is_some();
                run.selection = self.present.selection;
                let old = self.swap(run);
                self.keep_aside(number, Box::new(old));
                self.studies.fit(&self.present.scenario);
                self.notice_log();
                true
            }
            Err(error) => {
                self.messages.error(error);
                false
            }
        }
    }

    /// Something was done to the present run, or refused: what it cut off is what an undo with this number brings back.
    /// Returns whether it was done.
    fn acted(&mut self, outcome: Result<Option<Box<Run>>, ParameterError>, number: u64) -> bool {
        match outcome {
            Ok(cut_off) => {
                if let Some(whole) = cut_off {
                    self.keep_aside(number, whole);
                }
                true
            }
            Err(error) => {
                self.messages.error(error);
                false
            }
        }
    }

    /// Puts a run in the place of the present one, which is returned.
    pub(super) fn swap(&mut self, run: Run) -> Run {
        let mut old = std::mem::replace(&mut self.present, run);
        old.timeline.rest();
        // What was found out is of the run that goes.
        self.what_if = ContagionWhatIf::default();
        self.stress = Stress::default();
        self.forecast.forget();
        old
    }
}

/// `Mean leverage 12 × → 20 ×`; with its group where several parameters have that name.
fn label(id: ParameterId, before: f64, after: f64) -> String {
    let row = parameter(id);
    let shared = table().iter().any(|other| other.label == row.label && other.id != id);
    let group = if shared {
        format!("{}: ", groups()[row.group].label)
    } else {
        String::new()
    };
    format!("{group}{} {} → {}", row.label, row.show(before), row.show(after))
}
