//! Somebody who knows nothing presses everything: random keys, clicks, drags, texts, files and sizes of the window. Whatever was
//! done, the ledger holds, the run is the one that its scenario and its events give, and undo and redo lead back to where one was.
//!
//! `MONKEY_INPUTS=100000 cargo test --release --test monkey` is the long form.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "common/window.rs"]
mod driven;
#[path = "common/random.rs"]
mod random;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cascade_lab::app::{App, EditCommand, PlaybackCommand, Settings};
use cascade_lab::engine::Simulation;
use cascade_lab::files::preset;
use cascade_lab::scenario::{AssetId, Scenario};
use cascade_lab::ui::shell::Shell;
use eframe::egui::{self, Event, Key, Modifiers, PointerButton, Pos2, pos2, vec2};

use driven::{Window, drive, dropped};
use random::{Numbers, cases};

/// Inputs that are made, unless `MONKEY_INPUTS` asks for another number.
const INPUTS: usize = 2_000;
/// Inputs between two looks at everything.
const LOOK_EVERY: usize = 250;
/// Longest run that is repeated to compare its digest, in steps.
const REPEATED_MAX: u64 = 20_000;
/// Relative error that the ledger may have.
const LEDGER: f64 = 1e-9;

/// Sizes of the window, in points.
const SIZES: [(f32, f32); 6] = [
    (1280.0, 800.0),
    (1920.0, 1080.0),
    (1024.0, 640.0),
    (7680.0, 4320.0),
    (200.0, 150.0),
    (1.0, 1.0),
];

/// What keyboards have. F11 and Ctrl+Q ask the desktop, which is not there.
const KEYS: [Key; 34] = [
    Key::Space,
    Key::Enter,
    Key::Escape,
    Key::Tab,
    Key::Backspace,
    Key::Delete,
    Key::ArrowLeft,
    Key::ArrowRight,
    Key::ArrowUp,
    Key::ArrowDown,
    Key::Home,
    Key::End,
    Key::PageUp,
    Key::PageDown,
    Key::F1,
    Key::F5,
    Key::Num0,
    Key::Num1,
    Key::Num4,
    Key::Num9,
    Key::Plus,
    Key::Minus,
    Key::A,
    Key::B,
    Key::C,
    Key::E,
    Key::F,
    Key::I,
    Key::M,
    Key::O,
    Key::P,
    Key::R,
    Key::S,
    Key::Z,
];

const MODIFIERS: [Modifiers; 5] = [
    Modifiers::NONE,
    Modifiers::NONE,
    Modifiers::SHIFT,
    Modifiers::COMMAND,
    Modifiers::ALT,
];

const TEXTS: [&str; 10] = [
    "12",
    "leverage",
    "mean leverage 20",
    "650M",
    "-1e999",
    "NaN",
    "高槓桿",
    "first-cascade",
    "\u{202e}",
    "reset",
];

/// Somebody at the window.
struct Monkey {
    window: Window,
    numbers: Numbers,
    size: (f32, f32),
    /// Files that can be dropped.
    files: Vec<PathBuf>,
}

impl Monkey {
    fn new(seed: u64, home: &Path) -> Self {
        let mut files = Vec::new();
        for (name, content) in [
            ("path.csv", "time,price\n0,100\n60,101\n120,97.5\n"),
            (
                "positions.csv",
                "side,entry,leverage,size\nlong,100,10,5\nshort,101,20,3\n",
            ),
            (
                "chain.csv",
                "spot,strike,dte,type,open_interest,iv\n100,100,30,call,10,0.6\n",
            ),
            ("broken.ron", "(format: 1, name: \"broken"),
            ("nothing.csv", ""),
        ] {
            files.push(home.join(name));
            fs::write(home.join(name), content).unwrap();
        }
        for shipped in preset::shipped().iter().take(5) {
            files.push(home.join(format!("{}.ron", shipped.name)));
            fs::write(home.join(format!("{}.ron", shipped.name)), shipped.text).unwrap();
        }
        // Dialogs are answered with one of these, with a new name, or with nothing.
        let mut answers: Vec<Option<PathBuf>> = files.iter().cloned().map(Some).collect();
        answers.extend([None, Some(home.join("new.ron")), Some(home.join("no folder/new.ron"))]);
        let asked = AtomicUsize::new(0);
        let choose = move |_, _: &Path| answers[asked.fetch_add(1, Ordering::Relaxed) % answers.len()].clone();
        let mut app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
        app.update(PlaybackCommand::Pause);
        let window = drive(Shell::new(app, Arc::new(choose)), SIZES[0]);
        // Tests have the fonts of the program alone, and a monkey types what it likes.
        window.ctx.set_missing_glyph_policy(egui::MissingGlyphPolicy::Tofu);
        Self {
            window,
            numbers: Numbers::new(seed),
            size: SIZES[0],
            files,
        }
    }

    fn app(&self) -> &App {
        &self.window.state().app
    }

    fn somewhere(&mut self) -> Pos2 {
        pos2(self.numbers.share() * self.size.0, self.numbers.share() * self.size.1)
    }

    fn press(&mut self, at: Pos2, button: PointerButton) {
        let modifiers = *self.numbers.of(&MODIFIERS);
        self.window.event(Event::PointerMoved(at));
        for pressed in [true, false] {
            self.window.event_modifiers(
                Event::PointerButton {
                    pos: at,
                    button,
                    pressed,
                    modifiers,
                },
                modifiers,
            );
        }
    }

    fn drag(&mut self) {
        let (from, to) = (self.somewhere(), self.somewhere());
        self.window.drag_at(from);
        self.window.step();
        for share in [0.3, 0.7, 1.0] {
            self.window.hover_at(from + (to - from) * share);
            self.window.step();
        }
        self.window.drop_at(to);
    }

    fn scroll(&mut self) {
        let at = self.somewhere();
        let modifiers = *self.numbers.of(&MODIFIERS);
        self.window.event(Event::PointerMoved(at));
        self.window.event_modifiers(
            Event::MouseWheel {
                unit: egui::MouseWheelUnit::Line,
                delta: vec2(self.numbers.share() - 0.5, self.numbers.share() - 0.5) * 20.0,
                phase: egui::TouchPhase::Move,
                modifiers,
                source: egui::MouseWheelSource::Wheel,
            },
            modifiers,
        );
    }

    fn drop_file(&mut self) {
        let file = dropped(self.numbers.of(self.files.as_slice()).as_path());
        self.window.input_mut().dropped_files.push(file);
    }

    /// One input, and the frame that follows it.
    fn act(&mut self) {
        match self.numbers.below(100) {
            0..30 => {
                let at = self.somewhere();
                self.press(at, PointerButton::Primary);
            }
            30..35 => {
                let at = self.somewhere();
                self.press(at, PointerButton::Secondary);
            }
            35..40 => {
                let at = self.somewhere();
                self.press(at, PointerButton::Primary);
                self.press(at, PointerButton::Primary);
            }
            40..50 => self.drag(),
            50..56 => self.scroll(),
            56..84 => {
                let (key, modifiers) = (*self.numbers.of(&KEYS), *self.numbers.of(&MODIFIERS));
                self.window.key_press_modifiers(modifiers, key);
            }
            84..92 => {
                let text = *self.numbers.of(&TEXTS);
                self.window.event(Event::Text(text.to_owned()));
            }
            92..96 => {
                let at = self.somewhere();
                self.window.hover_at(at);
            }
            96..98 => self.drop_file(),
            98 => {
                self.size = *self.numbers.of(&SIZES);
                self.window.set_size(vec2(self.size.0, self.size.1));
            }
            _ => {
                let name = self.numbers.of(preset::shipped()).name;
                self.window
                    .state_mut()
                    .app
                    .update(cascade_lab::app::FileCommand::OpenShipped(name));
            }
        }
        self.window.step();
    }

    /// Lets what a change has begun come to its end.
    fn rest(&mut self) {
        self.window.state_mut().app.update(PlaybackCommand::Pause);
        while self.app().remaking() {
            self.window.step();
        }
        self.window.run_steps(2);
    }

    /// Everything that has to hold, whatever was done.
    fn look(&mut self, inputs: usize) {
        self.rest();
        let newest = self.app().present.newest();
        match newest.halted() {
            Some(halt) => assert!(halt.rule.contains("every price"), "after {inputs} inputs: {halt:?}"),
            None => {
                let error = newest.summary_of(AssetId::FIRST).ledger_max_relative_error;
                assert!(error <= LEDGER, "after {inputs} inputs the ledger is wrong by {error}");
            }
        }
        if newest.steps() <= REPEATED_MAX {
            let scenario = Scenario {
                events: newest.events().iter().map(|one| one.event.clone()).collect(),
                ..newest.scenario().clone()
            };
            let mut again = Simulation::new(&scenario).unwrap();
            (0..newest.steps()).for_each(|_| again.step());
            assert_eq!(again.digest(), newest.digest(), "after {inputs} inputs another run");
        }
    }

    /// Stands at the newest moment: sliders show what they were moved to by then.
    fn rest_at_the_newest(&mut self) {
        self.rest();
        let newest = self.app().present.newest_step();
        self.window.state_mut().app.update(PlaybackCommand::Seek(newest));
        self.rest();
    }

    /// Takes the last changes back and makes them again.
    fn undo_and_redo(&mut self, inputs: usize) {
        self.rest_at_the_newest();
        let before = (
            self.app().present.scenario.clone(),
            self.app().undo.done().len(),
            self.app().present.newest().digest(),
        );
        let count = before.1.min(4);
        for command in [EditCommand::Undo, EditCommand::Redo] {
            for _ in 0..count {
                self.window.state_mut().app.update(command);
                self.rest();
            }
        }
        self.rest_at_the_newest();
        assert_eq!(self.app().undo.done().len(), before.1, "after {inputs} inputs");
        let (now, then) = (preset::write(&self.app().present.scenario), preset::write(&before.0));
        let differ = now.lines().zip(then.lines()).find(|(now, then)| now != then);
        assert!(
            self.app().present.scenario == before.0,
            "after {inputs} inputs, undo and redo of {count} entries lead to another scenario: {differ:?}; {:?}",
            self.app()
                .undo
                .done()
                .iter()
                .rev()
                .take(count)
                .map(|entry| &entry.label)
                .collect::<Vec<_>>()
        );
        if self.app().present.newest().steps() == 0 {
            return;
        }
        self.look(inputs);
    }
}

#[test]
fn a_monkey_at_the_window_breaks_nothing() {
    let home = tempfile::tempdir().unwrap();
    let seed = cases("MONKEY_SEED", 1) as u64;
    let mut monkey = Monkey::new(0x9e37_79b9_7f4a_7c15 ^ seed, home.path());
    let inputs = cases("MONKEY_INPUTS", INPUTS);
    let mut visited = std::collections::BTreeSet::new();
    for input in 1..=inputs {
        monkey.act();
        visited.insert(monkey.app().present.scenario.name.clone());
        if input % LOOK_EVERY == 0 {
            monkey.look(input);
        }
        if input % (4 * LOOK_EVERY) == 0 {
            monkey.undo_and_redo(input);
        }
    }
    eprintln!("{inputs} inputs in {} scenarios", visited.len());
    assert!(visited.len() > 1, "nothing has happened");
}
