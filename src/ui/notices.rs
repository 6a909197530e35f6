//! Lines above the plots: what halted the model, the note of the moment, what is being asked, and where to begin.

use eframe::egui::{RichText, Ui};

use cascade_app::{App, Command, EditCommand, WorkspaceCommand};
use cascade_engine::LogKind;
use cascade_scenario::format;

use super::banner::strip;
use super::command::WindowCommand;
use super::dialog::Dialogs;
use super::export::Exporting;
use super::icon::{self, Icon};
use super::palette::Palette;
use super::remarks::Remarks;
use super::style;

/// Where to begin with a preset that suggests nothing.
const GUIDE: &str = "Try: press Shock (S)  ·  drag the price tag below a bright band";
/// Room for the two buttons beside what to try.
const GUIDE_BUTTONS: f32 = 96.0;

/// Draws what there is to say.
pub(crate) fn show(
    ui: &mut Ui,
    app: &App,
    (exporting, remarks, dialogs): (&mut Exporting, &mut Remarks, &Dialogs),
    palette: &Palette,
    commands: &mut Vec<Command>,
    wanted: &mut Vec<WindowCommand>,
) {
    if let Some(halt) = app.present.simulation.halted() {
        let text = format!(
            "The model halted at step {}: {} ({}).",
            format::whole(halt.step),
            halt.rule,
            halt.figures
        );
        let again = |ui: &mut Ui| ui.button("Start again").clicked();
        if strip(
            ui,
            palette.critical,
            style::strong(text, style::SUBHEADING),
            100.0,
            again,
        ) {
            commands.push(Command::Edit(EditCommand::Reset));
        }
    }
    exporting.show(ui, app, palette, commands);
    if let Some(note) = note(app) {
        strip(ui, palette.accent, style::strong(note, style::HEADING), 12.0, |_| false);
    }
    remarks.show(ui, app, palette, commands);
    if dialogs.waiting() {
        let text = RichText::new("The desktop's file dialog is open.");
        if strip(ui, palette.accent, text, 150.0, |ui| {
            ui.button("Type a path instead").clicked()
        }) {
            wanted.push(WindowCommand::TypePath);
        }
    }
    // A lesson says itself what comes next; what the preset suggests would give its answers away.
    if !app.settings.guide_dismissed && !app.presenting && app.classroom().is_none() {
        guide(ui, app, palette, commands);
    }
}

/// What the preset suggests to try next, with a button that does it.
fn guide(ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
    let place = app.next_hint();
    let trial = place.and_then(|place| app.present.document.saved.hints.tries.get(place));
    let said = trial.map_or_else(|| GUIDE.to_owned(), |trial| format!("Try: {}", trial.text));
    let text = RichText::new(said).color(palette.weak_text);
    let mut tried = false;
    let dismissed = strip(ui, palette.outline, text, GUIDE_BUTTONS, |ui| {
        let dismissed = close(ui, "Dismiss the guide");
        tried = trial.is_some() && ui.button("Do it").clicked();
        dismissed
    });
    if dismissed {
        commands.push(Command::Workspace(WorkspaceCommand::DismissGuide));
    }
    commands.extend(
        place
            .filter(|_| tried)
            .map(|place| Command::Edit(EditCommand::Try(place))),
    );
}

fn close(ui: &mut Ui, name: &str) -> bool {
    icon::quiet_button(ui, Icon::Close, name, 20.0).clicked()
}

/// The scenario's note, while the run stands still at it.
fn note(app: &App) -> Option<String> {
    let step = app.present.simulation.steps();
    let mut notes = app
        .present
        .simulation
        .log()
        .iter()
        .rev()
        .filter(|entry| entry.kind() == LogKind::Note);
    let newest = notes.next().filter(|entry| !app.playing && entry.step + 1 >= step);
    newest.map(ToString::to_string)
}
