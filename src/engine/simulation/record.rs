//! A run as scenario and events: what is done to a running model becomes an event of its scenario, so that the scenario
//! alone replays the run to the same digest; and a snapshot can take over events that were recorded after it was made.

use crate::asset::Asset;
use crate::log::{LogEntry, LogEvent};
use cascade_scenario::{Action, Event, ParameterError, Scenario};

use super::Simulation;

/// An event of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunEvent {
    /// What happens, and when.
    pub event: Event,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where an event of a run comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The scenario had it when the run was started.
    Scenario,
    /// It was done to the run ([`Simulation::act`]).
    Act,
}

impl RunEvent {
    pub(super) const fn of_scenario(event: Event) -> Self {
        let origin = Origin::Scenario;
        Self { event, origin }
    }

    const fn of_act(event: Event) -> Self {
        let origin = Origin::Act;
        Self { event, origin }
    }
}

impl Simulation {
    /// Does something between two steps and keeps it as an event: a new simulation of [`Self::scenario_with_acts`] does
    /// the same at the same moment.
    ///
    /// # Errors
    /// The action is not allowed, or needs a new run; nothing has happened then.
    pub fn act(&mut self, action: Action) -> Result<(), ParameterError> {
        let step = self.steps();
        let event = Event { step, action };
        event.validate()?;
        self.events.insert(self.next_event, RunEvent::of_act(event.clone()));
        self.next_event += 1;
        self.play(event.action, Origin::Act);
        Ok(())
    }

    /// Events that have happened, in their order.
    pub fn played(&self) -> &[RunEvent] {
        &self.events[..self.next_event]
    }

    /// Events that are still to come.
    pub fn to_come(&self) -> &[RunEvent] {
        &self.events[self.next_event..]
    }

    /// Events that have happened and those that are still to come, in their order.
    pub fn events(&self) -> &[RunEvent] {
        &self.events
    }

    /// The scenario with everything that was done to the run among its events: it alone replays the run.
    pub fn scenario_with_acts(&self) -> Scenario {
        Scenario {
            events: self.events.iter().map(|one| one.event.clone()).collect(),
            ..self.scenario.clone()
        }
    }

    /// Plays the events of the step to come already now if a pause or a question is among them, so that a watched run stands
    /// where it was asked and not a step later. Playing them with the step comes to the same. Returns whether there was one.
    pub fn meet_pause(&mut self) -> bool {
        let step = self.steps();
        let due = |one: &&RunEvent| one.event.step <= step;
        let asks = |one: &RunEvent| matches!(one.event.action, Action::Pause | Action::Ask(_));
        let met = self.to_come().iter().take_while(due).any(asks);
        if met {
            self.play_events();
        }
        met
    }

    /// Does what was done by hand at this moment, and what came before that. A step made it later: this model is as the run
    /// was when it had been done.
    pub fn meet_acts(&mut self) {
        let step = self.steps();
        let due = self.to_come().iter().take_while(|one| one.event.step <= step);
        let acts = due.enumerate().filter(|(_, one)| one.origin == Origin::Act);
        let count = acts.last().map_or(0, |(place, _)| place + 1);
        for _ in 0..count {
            self.play_next();
        }
    }

    /// Forgets what was done to the run after this moment; the scenario's own events still come.
    pub fn forget_acts_to_come(&mut self) {
        let to_come = self.events.split_off(self.next_event);
        let own = to_come.into_iter().filter(|one| one.origin == Origin::Scenario);
        self.events.extend(own);
    }

    /// Takes over the events of a later moment of the same run. This must be as a step has left it: nothing has been
    /// done since.
    pub fn follow(&mut self, events: &[RunEvent]) {
        let step = self.steps();
        self.next_event = events.partition_point(|one| one.event.step < step);
        self.events.clear();
        self.events.extend_from_slice(events);
    }

    /// Puts a remark that changes nothing in the market (a note, a pause, a bookmark, …) into the past, as the event at
    /// this place of the list; the log tells of it.
    pub fn annotate(&mut self, place: usize, event: Event) {
        let place = place.min(self.next_event);
        let at = self.log.partition_point(|entry| entry.step <= event.step);
        let entry = self.entry(event.step, remark(&event.action));
        self.log.insert(at, entry);
        self.events.insert(place, RunEvent::of_act(event));
        self.next_event += 1;
    }

    /// Roughly the memory a clone takes, in bytes: the positions and the log are nearly all of it.
    pub fn bytes(&self) -> usize {
        let fixed = size_of::<Self>() + self.events.len() * size_of::<RunEvent>();
        fixed + size_of_val(self.log()) + self.cross.bytes() + self.assets.iter().map(Asset::bytes).sum::<usize>()
    }

    /// Plays the first event that is still to come.
    pub(super) fn play_next(&mut self) {
        if let Some(RunEvent { event, origin }) = self.events.get(self.next_event).cloned() {
            self.next_event += 1;
            self.play(event.action, origin);
        }
    }

    fn play(&mut self, action: Action, origin: Origin) {
        match action {
            Action::Shock(shock) => self.shock(&shock),
            Action::Outage(outage) => self.outage(&outage),
            Action::Set(change) => {
                self.change(change);
                if origin == Origin::Act {
                    change.apply(&mut self.edited);
                }
                self.note(LogEvent::ParameterSet(change));
            }
            remarked => self.note(remark(&remarked)),
        }
    }

    /// Notes what concerns the whole run.
    pub(super) fn note(&mut self, event: LogEvent) {
        self.log.push(self.entry(self.steps(), event));
    }

    fn entry(&self, step: u64, event: LogEvent) -> LogEntry {
        LogEntry {
            step,
            time_seconds: step as f64 * self.parameters.market.step_seconds,
            asset: None,
            event,
        }
    }
}

/// What the log says of a remark.
fn remark(action: &Action) -> LogEvent {
    match action {
        Action::Note(text) => LogEvent::Note(text.clone()),
        Action::Ask(question) => LogEvent::Question(question.clone()),
        Action::Bookmark(name) => LogEvent::Bookmark(name.clone()),
        Action::Marker { name, price } => LogEvent::Guess {
            name: name.clone(),
            price: *price,
        },
        _ => LogEvent::Paused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_scenario::{AssetId, ChangeEffect, ParameterChange, Shock, find, table};

    fn set(path: &str, value: f64) -> Action {
        Action::Set(ParameterChange::new(find(path).unwrap().id, value).unwrap())
    }

    /// Whatever a user does, in whatever order, is in the scenario afterwards.
    #[test]
    fn what_was_done_to_a_run_replays_from_its_scenario() {
        let mut scenario = Scenario::default();
        scenario.events.push(Event {
            step: 40,
            action: set("shock.size", -0.03),
        });
        let mut run = Simulation::new(&scenario).unwrap();
        let mut digests = Vec::new();
        for step in 0..120_u64 {
            match step {
                10 | 11 => run.act(set("leverage.mean", 10.0 + step as f64)).unwrap(),
                40 => run.act(Action::Shock(Shock::default())).unwrap(),
                45 => {
                    run.act(set("margin.maintenance", 0.01)).unwrap();
                    run.act(set("positions.long_share", 0.7)).unwrap();
                    run.act(set("positions.long_share", 0.5)).unwrap();
                    run.act(Action::Note("here".to_owned())).unwrap();
                }
                _ => {}
            }
            run.step();
            digests.push(run.digest());
        }
        let mut again = Simulation::new(&run.scenario_with_acts()).unwrap();
        for digest in digests {
            again.step();
            assert_eq!(again.digest(), digest);
        }
        assert_eq!(again.log(), run.log());
        let retold = run.scenario_with_acts();
        assert_eq!(*again.scenario(), retold);
        let beyond = Shock {
            size: Some(-0.9),
            ..Shock::default()
        };
        assert!(run.act(Action::Shock(beyond)).is_err());
        assert_eq!(run.scenario_with_acts(), retold, "a refused action is no event");
    }

    #[test]
    fn a_snapshot_takes_over_later_events() {
        let mut run = Simulation::new(&Scenario::default()).unwrap();
        let mut snapshots = vec![run.clone()];
        for step in 0..60 {
            if step == 20 {
                run.act(Action::Shock(Shock::default())).unwrap();
            }
            run.step();
            snapshots.push(run.clone());
        }
        for mut snapshot in snapshots {
            snapshot.follow(run.events());
            while snapshot.steps() < 60 {
                snapshot.step();
            }
            assert_eq!(snapshot.digest(), run.digest());
            assert_eq!(snapshot.log(), run.log());
        }
    }

    #[test]
    fn a_remark_in_the_past_changes_nothing_but_the_list_and_the_log() {
        let mut run = Simulation::new(&Scenario::default()).unwrap();
        for _ in 0..30 {
            run.step();
        }
        let (digest, entries) = (run.digest(), run.log().len());
        run.annotate(
            0,
            Event {
                step: 10,
                action: Action::Bookmark("before".to_owned()),
            },
        );
        assert_eq!((run.digest(), run.log().len()), (digest, entries + 1));
        assert!(run.log().is_sorted_by_key(|entry| entry.step));
        let mut again = Simulation::new(&run.scenario_with_acts()).unwrap();
        for _ in 0..30 {
            again.step();
        }
        assert_eq!((again.digest(), again.log()), (digest, run.log()));
    }

    /// Each asset logs of a step on its way and after it; told together they are in the order of time.
    #[test]
    fn the_log_of_several_assets_is_in_the_order_of_time() {
        let mut scenario = Scenario::default();
        for (path, value) in [
            ("assets.count", 3.0),
            ("cross.enabled", 1.0),
            ("positions.count", 4_000.0),
        ] {
            scenario.set(path, value).unwrap();
        }
        for asset in 1..=3 {
            let action = Action::Shock(Shock {
                asset: Some(asset),
                ..Shock::default()
            });
            scenario.events.push(Event { step: 20, action });
        }
        let mut run = Simulation::new(&scenario).unwrap();
        let mut mixed = 0;
        for _ in 0..120 {
            let before = run.log().len();
            run.step();
            let new = &run.log()[before..];
            mixed += usize::from(
                new.iter()
                    .any(|entry| entry.asset.is_some_and(|asset| asset != AssetId::FIRST))
                    && !new.iter().all(|one| one.step == new[0].step),
            );
            assert!(run.log().is_sorted_by_key(|entry| entry.step));
        }
        assert!(mixed > 0, "nothing could have been out of order");
    }

    /// A run that stands at a question has not made the step it belongs to, and goes on as if nobody had looked.
    #[test]
    fn a_question_is_met_before_its_step() {
        let mut scenario = Scenario::default();
        let event = |step, action| Event { step, action };
        scenario.events = vec![
            event(12, set("leverage.mean", 20.0)),
            event(12, Action::Ask("What now?".to_owned())),
            event(12, Action::Shock(Shock::default())),
            event(15, Action::Note("later".to_owned())),
        ];
        let mut watched = Simulation::new(&scenario).unwrap();
        let mut alone = watched.clone();
        for step in 0..60 {
            assert_eq!(watched.meet_pause(), step == 12);
            assert!(!watched.meet_pause(), "it is asked once");
            if step == 12 {
                assert_eq!((watched.steps(), watched.played().len()), (12, 3));
                watched.act(Action::Note("a guess".to_owned())).unwrap();
            }
            watched.step();
            alone.step();
            assert_eq!(watched.digest(), alone.digest());
        }
    }

    /// The estimate against the one part that can be counted from outside.
    #[test]
    fn the_size_of_a_clone_grows_with_the_book() {
        let mut scenario = Scenario::default();
        let mut sizes = Vec::new();
        for count in [10_000.0, 40_000.0] {
            let row = table().iter().find(|row| row.path == "positions.count").unwrap();
            assert_ne!(row.effect, ChangeEffect::Live);
            row.set(&mut scenario.parameters, count).unwrap();
            let run = Simulation::new(&scenario).unwrap();
            sizes.push((run.bytes(), run.assets[0].standing().count()));
        }
        let (few, many) = (sizes[0], sizes[1]);
        let per_position = (many.0 - few.0) as f64 / (many.1 - few.1) as f64;
        // A key and a position are 56 bytes; chunks are not all full.
        assert!((48.0..400.0).contains(&per_position), "{per_position} bytes a position");
    }
}
