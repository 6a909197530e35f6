//! The question what is to become of unsaved changes to the user's own file.

use eframe::egui::{Button, Context, Id, Modal};

use cascade_app::App;

use super::style;

/// What is to become of unsaved changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Save them, then go on.
    Save,
    /// Go on without them.
    Discard,
    /// Stay.
    Cancel,
}

/// Asks what to do with unsaved changes to the user's own file.
pub(crate) fn ask(ctx: &Context, app: &App) -> Option<Answer> {
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
