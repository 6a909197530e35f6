//! Studies in place of the plots: fragility, sensitivity, what interventions save, and what is at risk. Each has a line of
//! choices, a button that begins it, its progress, and its picture.

mod at_risk;
mod chart;
mod controls;
mod fragility;
mod interventions;
mod sensitivity;

use eframe::egui::{Frame, Margin, ProgressBar, ScrollArea, Ui};

use cascade_app::studies::{StudyCommand, StudyKind, has_news};
use cascade_app::{App, Command};

use super::palette::Palette;

/// Draws a study.
pub fn show(ui: &mut Ui, app: &App, question: StudyKind, palette: &Palette, commands: &mut Vec<Command>) {
    let frame = Frame::new().inner_margin(Margin::symmetric(10, 4));
    frame.show(ui, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.weak(explanation(question));
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
            controls::show(ui, app, question, commands);
            progress(ui, app, question, palette, commands);
            match question {
                StudyKind::Fragility => fragility::show(ui, app, palette, commands),
                StudyKind::Sensitivity => sensitivity::show(ui, app, palette, commands),
                StudyKind::Interventions => interventions::show(ui, app, palette, commands),
                StudyKind::AtRisk => at_risk::show(ui, app, palette),
            }
        });
    });
}

const fn explanation(question: StudyKind) -> &'static str {
    match question {
        StudyKind::Fragility => {
            "The scenario as the sliders stand, run anew for every value of one or two of them, with the same seeds everywhere."
        }
        StudyKind::Sensitivity => {
            "Every slider that matters here, moved alone by a tenth of its length both ways; switches and choices take their other \
             values. The same seeds with and without the change."
        }
        StudyKind::Interventions => {
            "The scenario as the sliders stand, and once more with each policy or defence made or undone, on the same seeds."
        }
        StudyKind::AtRisk => "The scenario as the sliders stand, with many seeds: the same market, other luck.",
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

#[cfg(test)]
mod tests;
