//! Processor time of a frame of the whole window: model, content and tessellation, without a graphics card, with everything
//! visible and an hour of history at 60 steps a second. Prints the median and the 99th percentile of every part in
//! milliseconds, at the end with every study, which is computed meanwhile.
//!
//! `cargo bench --bench frame -- [SAMPLES] [FRAMES]`

use std::sync::Arc;
use std::time::{Duration, Instant};

use cascade_lab::app::studies::{Plan, StudyCommand, StudyKind};
use cascade_lab::app::{App, Command, PinCommand, PlaybackCommand, Settings, ShownPlots};
use cascade_lab::scenario::{Action, AssetId, Event, Scenario, Shock, format};
use cascade_lab::ui::command::WindowCommand;
use cascade_lab::ui::page::PageId;
use cascade_lab::ui::plots::linked::Plots;
use cascade_lab::ui::plots::list::PLOTS;
use cascade_lab::ui::shell::Shell;
use eframe::egui;

/// An hour at 60 steps a second.
const SAMPLES: u64 = 216_000;
const FRAMES: usize = 600;
const SIZE: egui::Vec2 = egui::vec2(1280.0, 800.0);
/// Frames before the measurement: texture, fonts and ranges settle.
const WARM_UP: usize = 60;

/// The window and the model behind it.
struct Window {
    shell: Shell,
    whole_run: bool,
}

impl Window {
    /// A run with small shocks on the way and a large one in the middle of the measured frames.
    fn new(samples: u64, frames: usize) -> Self {
        let mut scenario = Scenario::default();
        let shock = |size| {
            Action::Shock(Shock {
                size: Some(size),
                over_steps: Some(6),
                ..Shock::default()
            })
        };
        for (share, size) in [(0.3, -0.002), (0.6, 0.002)] {
            scenario.events.push(Event {
                step: (samples as f64 * share) as u64,
                action: shock(size),
            });
        }
        let measured = samples + (WARM_UP + frames / 2) as u64;
        scenario.events.push(Event {
            step: measured,
            action: shock(-0.03),
        });
        // Weeks of market time must not wander off the book before the cascade.
        let calm = [("market.volatility", 0.05), ("market.step_seconds", 1.0)];
        let set = calm.iter().try_for_each(|(path, value)| scenario.set(path, *value));
        let settings = Settings {
            plots: everything(),
            ..Settings::default()
        };
        let built = set.and_then(|()| App::new(scenario, None, settings));
        let mut app = built.unwrap_or_else(|error| panic!("the scenario of the bench: {error}"));
        // The bench makes the steps, not the passing of time.
        app.update(PlaybackCommand::Pause);
        app.run(samples);
        Self {
            shell: Shell::new(app, Arc::new(|_, _| None)),
            whole_run: true,
        }
    }

    fn content(&mut self, ui: &mut egui::Ui) {
        if self.whole_run {
            self.shell.plots.time().show_all();
        }
        let context = ui.ctx().clone();
        self.shell.logic(&context);
        self.shell.ui(ui);
    }
}

/// Every plot switched on.
fn everything() -> ShownPlots {
    let mut shown = ShownPlots::default();
    for plot in PLOTS {
        shown.set(plot.id(), true);
    }
    shown
}

#[derive(Default)]
struct Times {
    model: Vec<Duration>,
    content: Vec<Duration>,
    tessellation: Vec<Duration>,
    total: Vec<Duration>,
}

#[derive(Default)]
struct Measured {
    times: Times,
    /// Of the last frame.
    vertices: usize,
    liquidated_usd: f64,
}

/// Runs frames with one step each.
fn measure(window: &mut Window, frames: usize) -> Measured {
    let context = egui::Context::default();
    let mut measured = Measured::default();
    let liquidated = |window: &Window| {
        window
            .shell
            .app
            .present
            .simulation
            .summary_of(AssetId::FIRST)
            .liquidated_notional_usd
    };
    for frame in 0..WARM_UP + frames {
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, SIZE)),
            time: Some(frame as f64 / 60.0),
            // A pointer on the price plot: cursor and tags are part of the picture.
            events: vec![egui::Event::PointerMoved(egui::pos2(
                500.0 + (frame % 200) as f32,
                150.0,
            ))],
            ..egui::RawInput::default()
        };
        let start = Instant::now();
        window.shell.app.run(1);
        let modelled = Instant::now();
        let mut output = context.run_ui(input, |ui| window.content(ui));
        let drawn = Instant::now();
        // What a renderer would upload.
        output.textures_delta.clear();
        let primitives = context.tessellate(output.shapes, output.pixels_per_point);
        let end = Instant::now();
        measured.vertices = primitives
            .iter()
            .map(|primitive| match &primitive.primitive {
                egui::epaint::Primitive::Mesh(mesh) => mesh.vertices.len(),
                egui::epaint::Primitive::Callback(_) => 0,
            })
            .sum();
        if frame + 1 == WARM_UP {
            measured.liquidated_usd = -liquidated(window);
        }
        if frame >= WARM_UP {
            let times = &mut measured.times;
            times.model.push(modelled - start);
            times.content.push(drawn - modelled);
            times.tessellation.push(end - drawn);
            times.total.push(end - start);
        }
    }
    measured.liquidated_usd += liquidated(window);
    measured
}

fn quantile(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    let place = ((times.len() as f64 - 1.0) * share).round() as usize;
    times.get(place).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

#[expect(clippy::print_stdout, reason = "a bench reports on standard output")]
fn report(title: &str, measured: Measured) {
    let Measured {
        mut times,
        vertices,
        liquidated_usd,
    } = measured;
    println!(
        "{title}: {vertices} vertices, {} USD liquidated meanwhile",
        format::short(liquidated_usd)
    );
    let parts = [
        ("model", &mut times.model),
        ("content", &mut times.content),
        ("tessellation", &mut times.tessellation),
        ("total", &mut times.total),
    ];
    for (name, part) in parts {
        let (median, high, worst) = (quantile(part, 0.5), quantile(part, 0.99), quantile(part, 1.0));
        println!("  {name:<13} median {median:6.3} ms   p99 {high:6.3} ms   worst {worst:6.3} ms");
    }
}

fn main() {
    // `cargo bench` adds arguments of its own.
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse::<u64>().ok());
    let samples = numbers.next().unwrap_or(SAMPLES);
    let frames = numbers.next().map_or(FRAMES, |frames| frames as usize);
    let mut window = Window::new(samples, frames);
    report(
        "whole run in view, a cascade in the middle of the measurement",
        measure(&mut window, frames),
    );
    window.whole_run = false;
    window.shell.plots = Plots::default();
    report("newest steps in view", measure(&mut window, frames));
    window.shell.app.update(PinCommand::Pin);
    report(
        "newest steps in view, a pinned run beside them",
        measure(&mut window, frames),
    );
    window.shell.app.update(PinCommand::UnpinAll);
    // Many more runs than the measurement lasts for.
    let plan = Plan {
        seeds: 1_000,
        sample: 100_000,
        ..window.shell.app.studies.plan
    };
    window.shell.app.update(Command::Study(StudyCommand::Plan(plan)));
    for kind in StudyKind::ALL {
        window.shell.ask(WindowCommand::Show(PageId(kind.label())));
        let title = format!("{} in view, computed meanwhile", kind.label());
        report(&title, measure(&mut window, frames));
    }
}
