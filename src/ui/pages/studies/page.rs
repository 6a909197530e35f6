//! What the studies have in common: a line of choices, a button that begins it, its progress, and its picture.

use eframe::egui::{Frame, Margin, ProgressBar, ScrollArea, Ui};

use cascade_app::studies::{StudyCommand, StudyKind, has_news};
use cascade_app::{App, Command};

use super::controls;
use crate::page::Page;
use crate::palette::Palette;

/// A study in place of the plots.
pub struct StudyPage {
    /// Which one.
    pub kind: StudyKind,
    /// What is run.
    pub explanation: &'static str,
    /// Draws what is known.
    pub picture: fn(&mut Ui, &App, &Palette, &mut Vec<Command>),
}

impl Page for StudyPage {
    fn show(&mut self, ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
        let frame = Frame::new().inner_margin(Margin::symmetric(10, 4));
        frame.show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                ui.weak(self.explanation);
                if !has_news(&app.present.scenario) {
                    ui.weak("No shock is timed in this scenario: every run gets that of the shock sliders at step 30.");
                }
                let assets = app.present.simulation.assets().len();
                if assets > 1 {
                    let shown = app.asset_id().number();
                    ui.weak(format!(
                        "Figures are of asset {shown} of {assets}; the tabs above turn to another, without new runs."
                    ));
                }
                controls::show(ui, app, self.kind, commands);
                progress(ui, app, self.kind, palette, commands);
                (self.picture)(ui, app, palette, commands);
            });
        });
    }
}

/// The button that begins or stops a study, how far it is, and whether it still holds.
fn progress(ui: &mut Ui, app: &App, question: StudyKind, palette: &Palette, commands: &mut Vec<Command>) {
    let task = app.studies.task(question);
    ui.horizontal(|ui| {
        if let Some(task) = task.filter(|task| !task.is_over()) {
            let (done, runs) = task.progress();
            if ui.button("Cancel").clicked() {
                commands.push(Command::Study(StudyCommand::Cancel(question)));
            }
            let bar = ProgressBar::new(done as f32 / runs.max(1) as f32).desired_width(220.0);
            ui.add(bar.text(format!("{done} of {runs} runs")));
            return;
        }
        let begin = ui.button(if task.is_some() { "Run again" } else { "Run the study" });
        if begin.clicked() {
            commands.push(Command::Study(StudyCommand::Begin(question)));
        }
        let Some(task) = task else { return };
        let (done, runs) = task.progress();
        let halted = task.results.halted();
        if done < runs {
            ui.weak(format!("stopped after {done} of {runs} runs"));
        } else {
            ui.weak(format!("{runs} runs"));
        }
        if halted > 0 {
            ui.colored_label(palette.notice, format!("{halted} runs halted and do not count"));
        }
        if app.studies.is_stale(question, &app.present.scenario) {
            ui.colored_label(palette.notice, "The scenario has changed since.");
        }
    });
}
