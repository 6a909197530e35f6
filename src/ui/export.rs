//! The sheet of what can be exported, and the lines that tell how far an export has got.

use std::time::{Duration, Instant};

use eframe::egui::{Align, Button, Context, Id, Layout, Modal, ProgressBar, ScrollArea, Ui};

use cascade_app::{App, Command, Export, FileCommand, Picture, WorkspaceCommand};

use cascade_scenario::format;

use super::banner;
use super::command::WindowCommand;
use super::palette::Palette;
use super::style;

/// Work shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// Room for the buttons of a line.
const BUTTONS: f32 = 140.0;

/// The sheet of exports.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExportSheet {
    /// Whether it is open.
    pub open: bool,
}

/// One line of the sheet.
struct Line {
    title: &'static str,
    contains: String,
    /// Buttons and what they do.
    buttons: Vec<(&'static str, Deed)>,
}

enum Deed {
    Command(Command),
    CopyFigures,
    CopyLink,
}

impl ExportSheet {
    /// Draws the sheet if it is open, over the plots or over another page.
    pub fn show(
        &mut self,
        ctx: &Context,
        app: &App,
        over_plots: bool,
        commands: &mut Vec<Command>,
        wanted: &mut Vec<WindowCommand>,
    ) {
        if !self.open {
            return;
        }
        let room = ctx.content_rect().size();
        let modal = Modal::new(Id::unique("export"))
            .frame(style::sheet(ctx))
            .show(ctx, |ui| {
                ui.set_width(560.0_f32.min(room.x - 60.0));
                ui.heading("Export");
                ui.add_space(4.0);
                let mut chosen = None;
                ScrollArea::vertical()
                    .max_height(room.y - 150.0)
                    .min_scrolled_height(room.y - 150.0)
                    .show(ui, |ui| {
                        for line in lines(app, over_plots) {
                            chosen = row(ui, line).or(chosen.take());
                        }
                        style::follow_focus(ui);
                    });
                ui.add_space(6.0);
                (chosen, ui.button("Close").clicked())
            });
        let close = modal.should_close();
        let (chosen, closed) = modal.inner;
        self.open &= !(close || closed || chosen.is_some());
        match chosen {
            Some(Deed::Command(command)) => commands.push(command),
            Some(Deed::CopyLink) => wanted.push(WindowCommand::CopyLink),
            Some(Deed::CopyFigures) => wanted.push(WindowCommand::CopyFigures),
            None => {}
        }
    }
}

fn row(ui: &mut Ui, line: Line) -> Option<Deed> {
    let mut chosen = None;
    ui.horizontal(|ui| {
        let room = ui.available_width();
        ui.vertical(|ui| {
            ui.set_width((room - BUTTONS).max(0.0));
            ui.label(style::strong(line.title, style::SUBHEADING));
            ui.weak(&line.contains);
        });
        let buttons = |ui: &mut Ui| {
            for (label, deed) in line.buttons {
                let button = ui
                    .add(Button::new(label))
                    .accessible_name(format!("{label} {}", line.title));
                if button.clicked() {
                    chosen = Some(deed);
                }
            }
        };
        style::at_right(ui, |_| (), buttons);
    });
    ui.add_space(6.0);
    chosen
}

fn lines(app: &App, over_plots: bool) -> Vec<Line> {
    let save = |what| ("Save…", Deed::Command(WorkspaceCommand::AskExport(what).into()));
    let copy = |picture| ("Copy", Deed::Command(WorkspaceCommand::CopyPicture(picture).into()));
    let counts = [app.present.newest_step(), app.present.newest().log().len() as u64];
    let [steps, events] = counts.map(format::whole);
    let mut lines = vec![
        Line {
            title: "Time series",
            contains: format!(
                "CSV, steps 1 to {steps} of this run: a row a step, the columns of “run --csv”{}.",
                app.of_asset(app.asset_id())
            ),
            buttons: vec![save(Export::Series)],
        },
        Line {
            title: "Events",
            contains: format!("CSV, {events} events: step, time, kind, text."),
            buttons: vec![save(Export::Events)],
        },
        Line {
            title: "Report",
            contains: format!(
                "HTML, a page of the run to step {steps} that stands by itself: pictures, what differs from the default, key figures, what moved \
                 the price, studies that were computed, how to make it again."
            ),
            buttons: vec![save(Export::Report)],
        },
        Line {
            title: "Link",
            contains: "Text: preset, changed parameters, seed and events in a line that Open, the command line and a paste into the window take."
                .to_owned(),
            buttons: vec![("Copy", Deed::CopyLink)],
        },
        Line {
            title: "Key figures",
            contains: "Text for a table or a mail: name and value, a line each.".to_owned(),
            buttons: vec![("Copy", Deed::CopyFigures)],
        },
        Line {
            title: "Picture of the window",
            contains: "PNG, as it stands behind this sheet.".to_owned(),
            buttons: vec![save(Export::Picture(Picture::Window)), copy(Picture::Window)],
        },
    ];
    if over_plots {
        lines.push(Line {
            title: "Picture of the price plot",
            contains:
                "PNG, 1600 × 900, with the liquidation levels. A right click on any plot has the same for that one."
                    .to_owned(),
            buttons: vec![save(Export::Picture(Picture::Price)), copy(Picture::Price)],
        });
    }
    lines.push(Line {
        title: "Preset",
        contains: "RON, everything that decides the run: parameters, seed and events.".to_owned(),
        buttons: vec![("Save as…", Deed::Command(Command::File(FileCommand::AskSave)))],
    });
    lines.push(Line {
        title: "Lesson",
        contains: format!("RON, a preset that replays this run to step {steps}."),
        buttons: vec![("Save as…", Deed::Command(Command::File(FileCommand::AskSaveLesson)))],
    });
    if app.stress.table().is_some() && !app.stress.running() {
        lines.push(Line {
            title: "Stress table of the lending pool",
            contains: "CSV, a row a shock and depth.".to_owned(),
            buttons: vec![save(Export::Stress)],
        });
    }
    lines
}

/// Exports that are under way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Exporting {
    since: Option<Instant>,
}

impl Exporting {
    /// Says how far exports have got that take longer than half a second, with a way to stop them.
    pub(crate) fn show(&mut self, ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
        if !app.exports.running() {
            self.since = None;
            return;
        }
        ui.ctx().request_repaint_after(Duration::from_millis(50));
        if self.since.get_or_insert_with(Instant::now).elapsed() < PATIENCE {
            return;
        }
        for (path, done, rows) in app.exports.progress() {
            banner::frame(ui, palette.accent).show(ui, |ui| {
                ui.horizontal(|ui| {
                    ui.label(format!("Writing {}", path.display()));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        if ui.button("Cancel the export").clicked() {
                            commands.push(WorkspaceCommand::CancelExports.into());
                        }
                        let bar = ProgressBar::new(done as f32 / rows.max(1) as f32).desired_width(200.0);
                        ui.add(bar.text(format!("{} of {} rows", format::whole(done), format::whole(rows))));
                    });
                });
            });
        }
    }
}
