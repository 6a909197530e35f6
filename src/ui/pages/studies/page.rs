//! What the studies have in common: a line of choices, how far it is, what goes out of the window, and the picture.

use std::time::{Duration, Instant};

use eframe::egui::{Frame, Margin, ProgressBar, ScrollArea, Ui};

use cascade_app::studies::{StudyCommand, StudyKind, has_news};
use cascade_app::{App, Command, Export, Picture, WorkspaceCommand};
use cascade_scenario::format;

use super::controls;
use crate::page::Page;
use crate::palette::Palette;
use crate::style;

/// Work shorter than this shows no estimate.
const PATIENCE: Duration = Duration::from_millis(500);

/// Least and greatest width of a column of names.
const NAMES: (f32, f32) = (60.0, 240.0);

/// What a picture of a study is drawn of.
#[derive(Clone, Copy)]
pub(crate) struct Sight<'a> {
    /// The state.
    pub app: &'a App,
    /// The colours.
    pub palette: &'a Palette,
    /// Whether it is drawn into a picture, where nothing can be clicked.
    pub posing: bool,
}

/// Draws what is known of a study.
pub(super) type Draw = fn(&mut Ui, Sight<'_>, &mut Vec<Command>);

/// A study in place of the plots.
pub(super) struct StudyPage {
    kind: StudyKind,
    explanation: &'static str,
    picture: Draw,
    /// Since when runs are being made, and how many there were then.
    since: Option<(Instant, usize)>,
}

impl StudyPage {
    /// A study with what is run, in a sentence, and how it is drawn.
    pub(super) const fn new(kind: StudyKind, explanation: &'static str, picture: Draw) -> Self {
        Self {
            kind,
            explanation,
            picture,
            since: None,
        }
    }

    /// How far it is, a button that stops it or lets it go on, and what goes out of the window.
    fn progress(&mut self, ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
        let studies = &app.studies;
        let (known, runs) = studies
            .runs(self.kind)
            .map_or((0, 0), |(_, results)| results.progress());
        let under_way = studies.is_busy();
        let current = studies.is_current(self.kind);
        let known = if current { known } else { 0 };
        let since = *self.since.get_or_insert_with(|| (Instant::now(), known));
        if !under_way || known < since.1 {
            self.since = under_way.then(|| (Instant::now(), known));
        }
        style::row(ui, |ui| {
            if studies.held {
                if ui.button("Go on").clicked() {
                    commands.push(StudyCommand::GoOn.into());
                }
                ui.weak(format!(
                    "stopped after {} of {} runs; it does not follow the sliders",
                    format::whole(known as u64),
                    format::whole(runs as u64)
                ));
            } else if under_way {
                if ui.button("Stop").clicked() {
                    commands.push(StudyCommand::Hold.into());
                }
                let bar = ProgressBar::new(known as f32 / runs.max(1) as f32).desired_width(180.0);
                let done = format!("{} of {} runs", format::whole(known as u64), format::whole(runs as u64));
                ui.add(bar.text(if known > 0 { done } else { "the first runs".to_owned() }));
                if let Some(left) = remaining(since, known, runs) {
                    ui.weak(format!("about {} left", format::duration(left.ceil())));
                }
            } else if let Some((asked, results)) = studies.runs(self.kind) {
                let first = asked.scenario.seed;
                let last = first.wrapping_add(results.seeds().saturating_sub(1) as u64);
                ui.weak(format!(
                    "{} runs, seeds {first} to {last}, {} steps each",
                    format::whole(runs as u64),
                    format::whole(asked.plan.steps)
                ));
                if results.halted() > 0 {
                    let halted = format!("{} halted and do not count", format::counted(results.halted(), "run"));
                    ui.colored_label(palette.notice, halted);
                }
            }
            if let Some(complaint) = &studies.complaint {
                ui.colored_label(palette.notice, complaint);
            }
            if known > 0 {
                self.export(ui, app, commands);
            }
        });
    }

    fn export(&self, ui: &mut Ui, app: &App, commands: &mut Vec<Command>) {
        ui.menu_button("Export", |ui| {
            let picture = Picture::Study(self.kind);
            for (label, command) in [
                ("Table (CSV)…", WorkspaceCommand::AskExport(Export::Study(self.kind))),
                ("Picture (PNG)…", WorkspaceCommand::AskExport(Export::Picture(picture))),
                ("Copy the picture", WorkspaceCommand::CopyPicture(picture)),
            ] {
                if ui.button(label).clicked() {
                    commands.push(command.into());
                    ui.close();
                }
            }
            if ui.button("Copy the table").clicked() {
                let rows = app.studies.table(self.kind).unwrap_or_default();
                let lines: Vec<String> = rows.iter().map(|row| row.join("\t")).collect();
                ui.ctx().copy_text(lines.join("\n"));
                ui.close();
            }
        });
    }
}

/// Seconds that are left, from the pace so far; none while that says little.
fn remaining((since, before): (Instant, usize), known: usize, runs: usize) -> Option<f64> {
    let elapsed = since.elapsed();
    let made = known.saturating_sub(before);
    (elapsed >= PATIENCE && made > 0 && known < runs)
        .then(|| elapsed.as_secs_f64() / made as f64 * (runs - known) as f64)
}

impl Page for StudyPage {
    fn study(&self) -> Option<StudyKind> {
        Some(self.kind)
    }

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
                self.progress(ui, app, palette, commands);
                let sight = Sight {
                    app,
                    palette,
                    posing: false,
                };
                (self.picture)(ui, sight, commands);
                style::follow_focus(ui);
            });
        });
    }
}

/// The head of a column of names in a grid: as wide as most names are where the other columns, of this width, leave the room.
pub(super) fn names_head(ui: &mut Ui, head: &str, room: f32, others: f32) {
    ui.horizontal(|ui| {
        ui.set_min_width((room - others).clamp(NAMES.0, NAMES.1));
        ui.label(style::strong(head, style::LABEL));
    });
}

/// How a study is drawn.
pub(super) fn draw_of(kind: StudyKind) -> Draw {
    match kind {
        StudyKind::Fragility => super::fragility::show,
        StudyKind::Sensitivity => super::sensitivity::show,
        StudyKind::Interventions => super::interventions::show,
        StudyKind::AtRisk => super::at_risk::show,
    }
}
