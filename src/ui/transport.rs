//! The bar at the bottom: running, speed, time, seed and the shock.

use std::time::Instant;

use eframe::egui::{
    Align2, Button, DragValue, Key, Response, Slider, SliderClamping, TextEdit, TextStyle, TextWrapMode, Ui,
    WidgetText, vec2,
};

use cascade_analysis::StepCost;
use cascade_app::{ActCommand, App, Command, EditCommand, PlaybackCommand, pace};
use cascade_scenario::{ShockRoute, format};

use super::icon::{self, Icon};
use super::number;
use super::palette::Palette;
use super::style;

/// Height of the buttons.
const HEIGHT: f32 = 34.0;
/// Below this width the time is all there is room for between speed and shock.
const ROOM_FOR_SEED: f32 = 840.0;
/// Width of the button that leads to the newest step.
const TO_NEWEST: f32 = 90.0;
/// Below this width a venue's outage is only in the menu and on its key.
const ROOM_FOR_OUTAGE: f32 = 900.0;

/// Below this width nothing is said beside the speed.
const ROOM_FOR_WORDS: f32 = 980.0;

/// Below this width single steps have to do.
const ROOM_FOR_TENS: f32 = 700.0;

/// Below this width the speed is set by its slider and told by its tooltip.
const ROOM_FOR_SPEED: f32 = 580.0;

/// Share of the speed asked for below which the real one is shown.
const SLOW: f64 = 0.8;

/// Seconds over which the real speed is measured.
const MEASURED_OVER: f64 = 0.5;

/// The bar's own state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transport {
    /// The seed while it is being typed.
    seed: Option<String>,
    /// Since when, and from which step on, the speed is being measured.
    measured: Option<(Instant, u64)>,
    /// Steps a second that were really made, while running.
    achieved: Option<f64>,
}

impl Transport {
    /// Notes how fast the model really runs.
    pub(crate) fn measure(&mut self, now: Instant, step: u64) {
        match self.measured {
            Some((since, from)) if step >= from => {
                let seconds = (now - since).as_secs_f64();
                if seconds >= MEASURED_OVER {
                    self.achieved = Some((step - from) as f64 / seconds);
                    self.measured = Some((now, step));
                }
            }
            // The run has just begun, or begun again.
            _ => self.measured = Some((now, step)),
        }
    }

    /// The model stands still.
    pub(crate) const fn rest(&mut self) {
        self.measured = None;
        self.achieved = None;
    }

    /// Draws the bar.
    pub(crate) fn show(&mut self, ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
        let width = ui.available_width();
        ui.horizontal_centered(|ui| {
            run_buttons(ui, app, width > ROOM_FOR_TENS, palette, commands);
            ui.add_space(6.0);
            speed(ui, app, self.achieved, width, commands);
            let last = |ui: &mut Ui| {
                let taken = if app.present.rewound() { TO_NEWEST } else { 0.0 };
                if width > ROOM_FOR_SEED + taken {
                    ui.add_space(6.0);
                    seed(ui, app, &mut self.seed, commands);
                    ui.add_space(6.0);
                }
                if width > ROOM_FOR_OUTAGE {
                    outage_button(ui, app, commands);
                }
                shock_button(ui, app, palette, commands);
            };
            let sought = style::at_right(ui, |ui| clock(ui, app), last);
            commands.extend(sought);
        });
    }
}

fn run_buttons(ui: &mut Ui, app: &App, wide: bool, palette: &Palette, commands: &mut Vec<Command>) {
    let halted = app.present.simulation.halted().is_some() && !app.present.rewound();
    if icon::button(ui, Icon::Restart, "Start again (R)", HEIGHT).clicked() {
        commands.push(Command::Edit(EditCommand::Reset));
    }
    ui.add_enabled_ui(app.present.position() > 0, |ui| {
        if wide && icon::button(ui, Icon::StepBackTen, "Ten steps back (Shift+←)", HEIGHT).clicked() {
            commands.push(Command::Playback(PlaybackCommand::StepBack(10)));
        }
        if icon::button(ui, Icon::StepBack, "One step back (←)", HEIGHT).clicked() {
            commands.push(Command::Playback(PlaybackCommand::StepBack(1)));
        }
    });
    ui.add_enabled_ui(!halted, |ui| {
        let (icon, name) = if app.playing {
            (Icon::Pause, "Pause (Space)")
        } else {
            (Icon::Play, "Play (Space)")
        };
        ui.scope(|ui| {
            let widgets = &mut ui.visuals_mut().widgets;
            for state in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active] {
                state.weak_bg_fill = palette.accent;
                state.fg_stroke.color = palette.ground;
            }
            if icon::button(ui, icon, name, HEIGHT).clicked() {
                commands.push(Command::Playback(PlaybackCommand::TogglePlay));
            }
        });
        if icon::button(ui, Icon::Step, "One step (→)", HEIGHT).clicked() {
            commands.push(Command::Playback(PlaybackCommand::Step(1)));
        }
    });
    if !wide {
        return;
    }
    ui.add_enabled_ui(!halted, |ui| {
        if icon::button(ui, Icon::StepTen, "Ten steps (Shift+→)", HEIGHT).clicked() {
            commands.push(Command::Playback(PlaybackCommand::Step(10)));
        }
    });
}

fn speed(ui: &mut Ui, app: &App, achieved: Option<f64>, width: f32, commands: &mut Vec<Command>) {
    let asked = app.pace.steps_per_second();
    let mut dragged = asked;
    ui.spacing_mut().slider_width = (width * 0.11).clamp(60.0, 170.0);
    let slider = Slider::new(&mut dragged, pace::RANGE)
        .logarithmic(true)
        .show_value(false)
        .trailing_fill(true)
        .clamping(SliderClamping::Edits);
    let explain = |response: Response| {
        let market = asked * app.present.simulation.parameters().market.step_seconds;
        response.on_hover_text(format!(
            "Steps a second, now {}, {} s of market time a second; 1× is {} steps a second. The digits choose: 1 is 1×. The \
             slider settles on 1×, and on 1, 2, 5, 10, …; a model that cannot keep up runs as fast as it can.",
            pace::multiple(asked),
            format::short(market),
            pace::NORMAL
        ))
    };
    if explain(ui.add(slider).accessible_name("Speed")).changed() {
        commands.push(Command::Playback(PlaybackCommand::SetSpeed(pace::snap(dragged))));
    }
    if width < ROOM_FOR_SPEED {
        return;
    }
    let mut typed = asked;
    let before = format::short(asked);
    let field = DragValue::new(&mut typed)
        .range(pace::RANGE)
        .speed(asked / 100.0)
        .suffix(" steps/s")
        .update_while_editing(false)
        .custom_formatter(|value, _| format::short(value))
        .custom_parser(move |text| {
            if text == before {
                None
            } else {
                number::parse(text.trim_end_matches("steps/s"))
            }
        });
    if explain(ui.add(field).accessible_name("Speed")).changed() {
        commands.push(Command::Playback(PlaybackCommand::SetSpeed(typed)));
    }
    if width <= ROOM_FOR_WORDS {
        return;
    }
    if app.playing && app.slowness() < 1.0 {
        ui.weak("slow motion")
            .on_hover_text("A cascade is on: time goes slowly while it is (Run menu).");
    } else if let Some(achieved) = achieved.filter(|achieved| *achieved < SLOW * asked) {
        let run = app.present.history.version().run;
        let why = app.slow_step.cost_of(run).map(StepCost::words).unwrap_or_default();
        ui.weak(format!("makes {}/s", rate(achieved))).on_hover_text(format!(
            "Steps a second that this machine really makes with these parameters. {why}"
        ));
    }
}

/// Market time and step. Returns what was clicked.
fn clock(ui: &mut Ui, app: &App) -> Option<Command> {
    let mut sought = None;
    let (step, seconds) = (app.present.simulation.steps(), app.present.simulation.time_seconds());
    if app.present.rewound() {
        let newest = app.present.newest_step();
        if ui
            .button(format!("→ {}", format::whole(newest)))
            .on_hover_text("To the newest step (End)")
            .clicked()
        {
            sought = Some(Command::Playback(PlaybackCommand::Seek(newest)));
        }
    }
    let clock = style::strong(format::clock(seconds), style::HEADING);
    let step = format!("step {}", format::whole(step));
    // The clock comes first: the step is told only where there is room for both.
    let width = |text: WidgetText| {
        let galley = text.into_galley(ui, Some(TextWrapMode::Extend), f32::INFINITY, TextStyle::Body);
        galley.size().x + ui.spacing().item_spacing.x
    };
    if width(clock.clone().into()) + width(step.as_str().into()) <= ui.available_width() {
        ui.weak(step);
    }
    ui.label(clock).on_hover_text("Market time since the start of the run.");
    sought
}

fn seed(ui: &mut Ui, app: &App, typed: &mut Option<String>, commands: &mut Vec<Command>) {
    ui.weak("seed");
    let mut text = typed.clone().unwrap_or_else(|| app.present.scenario.seed.to_string());
    let edit = ui
        .add(
            TextEdit::singleline(&mut text)
                .desired_width(64.0)
                .min_size(vec2(64.0, 28.0))
                .align(Align2::LEFT_CENTER),
        )
        .accessible_name("Seed")
        .on_hover_text(
            "Seed of every random stream. The same seed and parameters give the same run. Enter starts again.",
        );
    if edit.lost_focus() {
        let escaped = ui.input(|input| input.key_pressed(Key::Escape));
        if let Ok(seed) = text.trim().parse()
            && seed != app.present.scenario.seed
            && !escaped
        {
            commands.push(Command::Edit(EditCommand::SetSeed(seed)));
        }
        *typed = None;
    } else if edit.changed() {
        *typed = Some(text);
    }
    if icon::button(ui, Icon::Dice, "New seed (N)", 28.0).clicked() {
        commands.push(Command::Edit(EditCommand::NewSeed));
    }
}

fn shock_button(ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
    let shock = app.present.simulation.parameters().shock;
    let percent = format::percent(shock.size, 1);
    let percent = percent.replace(".0 %", " %");
    let of = match app.present.simulation.assets().len() {
        1 => String::new(),
        count => format!("{}: ", shock.asset.min(count as u32)),
    };
    let text = style::strong(format!("Shock {of}{percent}"), style::SUBHEADING).color(palette.ground);
    let button = Button::new(text).fill(palette.notice).min_size(vec2(110.0, HEIGHT));
    let route = match shock.route {
        ShockRoute::News => "as news that moves every book",
        ShockRoute::SpotOrder => "as an order in the spot book",
        ShockRoute::VenueOrder => "as an order in a venue's futures book",
    };
    let explain = format!(
        "Moves the price by {percent} over {} steps, {route} (S). Size, length and route are under “Shock” at the left, and \
         with several assets which one; dragging the price tag (or X and a click) shocks the asset shown to that level.",
        shock.over_steps
    );
    if ui
        .add_enabled(app.present.simulation.halted().is_none(), button)
        .on_hover_text(explain)
        .clicked()
    {
        commands.push(Command::Act(ActCommand::Shock));
    }
}

fn outage_button(ui: &mut Ui, app: &App, commands: &mut Vec<Command>) {
    let outage = app.present.simulation.parameters().outage;
    let seconds = f64::from(outage.over_steps) * app.present.simulation.parameters().market.step_seconds;
    let explain = format!(
        "Venue {} goes out for {} s (O): nothing trades or is liquidated there and its mark stands; then it learns everything \
         at once. Venue and length are under “Venue outage” at the left.",
        outage.venue,
        format::digits(seconds, 6)
    );
    let button = Button::new(format!("Outage {}", outage.venue)).min_size(vec2(76.0, HEIGHT));
    if ui
        .add_enabled(app.present.simulation.halted().is_none(), button)
        .on_hover_text(explain)
        .clicked()
    {
        commands.push(Command::Act(ActCommand::Outage));
    }
}

/// A rate in two or three digits.
fn rate(per_second: f64) -> String {
    if per_second < 1000.0 {
        format!("{per_second:.0}")
    } else {
        format!("{:.1} k", per_second / 1000.0)
    }
}
