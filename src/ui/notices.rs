//! Lines above the plots: what halted the model, what went wrong, what was done, and where to begin.

use eframe::egui::{Align, Button, Color32, Context, Frame, Id, Layout, Margin, Modal, RichText, Stroke, Ui};

use cascade_app::{App, Command};
use cascade_engine::LogKind;

use super::dialog::Dialogs;
use super::icon::{self, Icon};
use super::palette::Palette;
use super::shell::View;
use super::{export, remarks, style};

/// Where to begin, for a first start.
const GUIDE: &str =
    "Try: press Shock (S)  ·  lower Mean leverage and start again (R)  ·  click the price plot below a bright band";

/// Draws what there is to say.
pub fn show(
    ui: &mut Ui,
    app: &App,
    view: &mut View,
    dialogs: &Dialogs,
    palette: &Palette,
    commands: &mut Vec<Command>,
) {
    if let Some(halt) = app.present.simulation.halted() {
        let text = format!(
            "The model halted at step {}: {} ({}).",
            halt.step, halt.rule, halt.figures
        );
        let again = |ui: &mut Ui| ui.button("Start again").clicked();
        if strip(ui, palette.critical, style::strong(text, 13.5), 100.0, again) {
            commands.push(Command::Reset);
        }
    }
    for message in app.messages.iter() {
        let color = if message.error { palette.notice } else { palette.accent };
        if strip(ui, color, RichText::new(&message.text), 28.0, |ui| {
            close(ui, "Dismiss the message")
        }) {
            commands.push(Command::Dismiss(message.text.clone()));
        }
    }
    export::progress(ui, app, &mut view.exporting_since, palette, commands);
    if let Some(note) = note(app) {
        strip(ui, palette.accent, style::strong(note, 15.0), 12.0, |_| false);
    }
    remarks::show(ui, app, view, palette, commands);
    if dialogs.waiting() {
        let text = RichText::new("The desktop's file dialog is open.");
        view.type_path |= strip(ui, palette.accent, text, 150.0, |ui| {
            ui.button("Type a path instead").clicked()
        });
    }
    if !app.settings.guide_dismissed && !app.presenting {
        let text = RichText::new(GUIDE).color(palette.weak_text);
        if strip(ui, palette.outline, text, 28.0, |ui| close(ui, "Dismiss the guide")) {
            commands.push(Command::DismissGuide);
        }
    }
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

/// The frame of what stands over the plots.
pub fn frame(ui: &Ui, edge: Color32) -> Frame {
    Frame::new()
        .fill(ui.visuals().panel_fill)
        .stroke(Stroke::new(1.0, edge))
        .corner_radius(4)
        .inner_margin(Margin::symmetric(10, 4))
        .outer_margin(Margin {
            left: 6,
            right: 6,
            top: 4,
            bottom: 2,
        })
}

/// A framed line of text with something to click in a room of this width at its right; returns whether it was clicked.
fn strip(ui: &mut Ui, edge: Color32, text: RichText, room: f32, button: impl FnOnce(&mut Ui) -> bool) -> bool {
    let strip = frame(ui, edge).show(ui, |ui| {
        ui.horizontal(|ui| {
            let width = ui.available_width() - room;
            ui.vertical(|ui| {
                ui.set_width(width);
                ui.label(text);
            });
            ui.with_layout(Layout::right_to_left(Align::Min), button).inner
        })
        .inner
    });
    strip.inner
}

/// What is to become of unsaved changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Save them, then go on.
    Save,
    /// Go on without them.
    Discard,
    /// Stay.
    Cancel,
}

/// Asks what to do with unsaved changes to the user's own file.
pub fn unsaved(ctx: &Context, app: &App) -> Option<Answer> {
    let name = app
        .present
        .document
        .path
        .as_deref()
        .map(|path| path.display().to_string())
        .unwrap_or_default();
    let modal = Modal::new(Id::unique("unsaved"))
        .frame(style::sheet(ctx))
        .show(ctx, |ui| {
            ui.set_width(380.0);
            ui.heading("Save the changes?");
            ui.label(format!("{name} has unsaved changes."));
            ui.add_space(6.0);
            ui.horizontal(|ui| {
                let answers = [
                    ("Save", Answer::Save),
                    ("Discard", Answer::Discard),
                    ("Cancel", Answer::Cancel),
                ];
                answers.into_iter().fold(None, |chosen, (text, answer)| {
                    if ui.add(Button::new(text)).clicked() {
                        Some(answer)
                    } else {
                        chosen
                    }
                })
            })
            .inner
        });
    modal.inner.or(modal.should_close().then_some(Answer::Cancel))
}
