//! The window that tells what the preset is about. It stands beside the plots and blocks nothing.

use eframe::egui::{Context, Id, Label, RichText, ScrollArea, TextStyle, Ui, Window, pos2, vec2};

use cascade_app::{App, Command, EditCommand};
use cascade_scenario::{Event, RUN_STEPS, Scenario, Topic, format};

use super::{help, style};

/// Width of a line of text.
const WIDTH: f32 = 430.0;

/// The window's own state.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AboutPreset {
    /// Whether it is open.
    pub open: bool,
}

impl AboutPreset {
    /// Draws the window if it is open.
    pub(crate) fn show(&mut self, ctx: &Context, app: &App, commands: &mut Vec<Command>) {
        if !self.open {
            return;
        }
        let room = ctx.content_rect();
        let shown = Window::new("About this preset")
            .id(Id::unique("about the preset"))
            .title_bar(false)
            .frame(style::sheet(ctx))
            .default_size(vec2(WIDTH, room.height() * 0.62))
            .default_pos(pos2(room.center().x - WIDTH / 2.0, 46.0))
            .show(ctx, |ui| {
                ui.heading(&app.present.scenario.name);
                ui.add_space(4.0);
                let foot = style::button_height(ui, &TextStyle::Button) + 8.0 + 2.0 * ui.spacing().item_spacing.y;
                ScrollArea::vertical()
                    .auto_shrink([false, true])
                    .max_height((ui.available_height() - foot).max(0.0))
                    .show(ui, |ui| {
                        ui.set_max_width((ui.available_width() - 10.0).max(0.0));
                        content(ui, app, commands);
                        style::follow_focus(ui);
                    });
                ui.add_space(8.0);
                ui.button("Close").clicked()
            });
        if shown.and_then(|shown| shown.inner).unwrap_or_default() {
            self.open = false;
        }
    }
}

fn content(ui: &mut Ui, app: &App, commands: &mut Vec<Command>) {
    let scenario = &app.present.scenario;
    if app.modified() {
        ui.weak("You have changed it since it was opened; the text speaks of how it was.");
    }
    for paragraph in scenario.description.lines().filter(|line| !line.trim().is_empty()) {
        text(ui, paragraph);
    }
    came(ui, app);
    for &topic in Topic::ALL {
        let mut about = scenario.background.iter().filter(|one| one.topic == topic).peekable();
        if about.peek().is_some() {
            heading(ui, topic.label());
        }
        for paragraph in about {
            text(ui, &paragraph.text);
        }
    }
    tries(ui, scenario, commands);
    heading(ui, "The run");
    let step = scenario.parameters.market.step_seconds;
    text(
        ui,
        &format!(
            "Seed {}. A step is {} s of market time; {} steps are {}.",
            scenario.seed,
            format::digits(step, 4),
            format::whole(RUN_STEPS),
            format::clock(RUN_STEPS as f64 * step)
        ),
    );
    events(ui, scenario);
    heading(ui, "What every preset is");
    for paragraph in help::DISCLAIMER {
        text(ui, paragraph);
    }
}

/// How what really came lies among the seeds, where the run begins at a moment of a record.
fn came(ui: &mut Ui, app: &App) {
    if app.observed().is_none() {
        return;
    }
    heading(ui, "What really came");
    match app.observed_among_seeds() {
        Some(among) => text(ui, &among.words()),
        None => text(
            ui,
            "The price of the record after the beginning is drawn beside the run. How it lies among other seeds is told here once the \
             run has come to the end of its first bar, while the ensemble fan is drawn.",
        ),
    }
}

/// What the preset suggests, each with a button that does it.
fn tries(ui: &mut Ui, scenario: &Scenario, commands: &mut Vec<Command>) {
    if scenario.hints.tries.is_empty() {
        return;
    }
    heading(ui, "Try it");
    for (place, trial) in scenario.hints.tries.iter().enumerate() {
        text(ui, &trial.text);
        if ui.button("Do it").clicked() {
            commands.push(Command::Edit(EditCommand::Try(place)));
        }
    }
}

fn heading(ui: &mut Ui, words: &str) {
    ui.add_space(8.0);
    ui.label(style::strong(words, style::SUBHEADING));
}

/// A paragraph that can be marked and copied.
fn text(ui: &mut Ui, words: &str) {
    ui.add(Label::new(words).wrap().selectable(true));
    ui.add_space(2.0);
}

fn events(ui: &mut Ui, scenario: &Scenario) {
    if scenario.events.is_empty() {
        text(ui, "No timed events: nothing happens but what you do, and noise.");
        return;
    }
    let mut events: Vec<&Event> = scenario.events.iter().collect();
    events.sort_by_key(|event| event.step);
    for event in events {
        let parameters = &scenario.parameters;
        ui.horizontal_top(|ui| {
            ui.add(Label::new(RichText::new(event.moment(parameters)).monospace()));
            ui.add(Label::new(event.in_words(parameters)).wrap().selectable(true));
        });
    }
}
