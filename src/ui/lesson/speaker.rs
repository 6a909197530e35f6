//! What only the teacher reads, in a window of its own: the notes of the stage, what comes next, and the plan. It is drawn by the
//! windowing library whenever it likes, so what it shows and what is clicked in it are shared.

use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui::{
    CentralPanel, Context, Key, Modifiers, RichText, ScrollArea, Ui, ViewportBuilder, ViewportCommand, ViewportId,
};

use cascade_app::{App, LessonCommand};
use cascade_scenario::format;

use crate::style;

/// What stands in the window.
#[derive(Clone, Debug, Default, PartialEq)]
struct Notes {
    title: String,
    stage: String,
    said: String,
    own: String,
    next: String,
    plan: Vec<String>,
}

/// What the two windows share.
#[derive(Debug, Default)]
struct Desk {
    notes: Notes,
    asked: Vec<LessonCommand>,
    closed: bool,
}

/// The teacher's window, while it is open.
#[derive(Debug, Default)]
pub(crate) struct Speaker {
    open: bool,
    desk: Arc<Mutex<Desk>>,
}

impl Speaker {
    /// Opens or closes it.
    pub(crate) const fn toggle(&mut self) {
        self.open = !self.open;
    }

    /// Whether it is open.
    pub(crate) const fn is_open(&self) -> bool {
        self.open
    }

    /// Shows the window if there is a lesson and it is open, and returns what was asked in it.
    pub(crate) fn show(&mut self, ctx: &Context, app: &App) -> Vec<LessonCommand> {
        if !self.open || app.classroom().is_none() {
            return Vec::new();
        }
        let id = ViewportId::from_hash_of("speaker's notes");
        let notes = notes(app);
        let mut desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
        if desk.notes != notes {
            desk.notes = notes;
            ctx.request_repaint_of(id);
        }
        if std::mem::take(&mut desk.closed) {
            self.open = false;
            return Vec::new();
        }
        let asked = std::mem::take(&mut desk.asked);
        drop(desk);
        let shared = Arc::clone(&self.desk);
        let builder = ViewportBuilder::default()
            .with_title("Speaker's notes – cascade-lab")
            .with_inner_size([560.0, 420.0]);
        ctx.show_viewport_deferred(id, builder, move |ui, _| {
            let mut desk = shared.lock().unwrap_or_else(PoisonError::into_inner);
            draw(ui, &mut desk);
        });
        asked
    }
}

fn notes(app: &App) -> Notes {
    let Some(room) = app.classroom() else {
        return Notes::default();
    };
    let (lesson, stage) = (&room.lesson, room.stage());
    let next = lesson.stages.get(room.place() + 1);
    let minutes =
        |part: &cascade_scenario::lesson::PlanPart| format!("{} min  {}", format::digits(part.minutes, 3), part.what);
    Notes {
        title: lesson.title.clone(),
        stage: format!(
            "{} of {} · {}",
            room.place() + 1,
            lesson.stages.len(),
            stage.task.label()
        ),
        said: stage.say.clone(),
        own: stage.speaker.clone(),
        next: next.map_or_else(String::new, |next| format!("{}: {}", next.task.label(), next.say)),
        plan: lesson.plan.iter().map(minutes).collect(),
    }
}

fn draw(ui: &mut Ui, desk: &mut Desk) {
    CentralPanel::default().show(ui, |ui| {
        let keys = ui.input_mut(|input| {
            let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
            (pressed(Key::PageDown), pressed(Key::PageUp))
        });
        ui.horizontal(|ui| {
            let back = ui.button("Back").clicked() || keys.1;
            let next = ui.button("Next").clicked() || keys.0;
            if back || next {
                desk.asked
                    .push(if next { LessonCommand::Next } else { LessonCommand::Back });
                ui.ctx().request_repaint_of(ViewportId::ROOT);
            }
            ui.weak(&desk.notes.title);
        });
        ui.separator();
        ScrollArea::vertical()
            .auto_shrink(false)
            .show(ui, |ui| read(ui, &desk.notes));
        if ui.input(|input| input.viewport().close_requested()) {
            desk.closed = true;
            ui.ctx().send_viewport_cmd(ViewportCommand::Close);
            ui.ctx().request_repaint_of(ViewportId::ROOT);
        }
    });
}

fn read(ui: &mut Ui, notes: &Notes) {
    ui.label(style::strong(&notes.stage, style::HEADING));
    let own = if notes.own.is_empty() {
        "No note here."
    } else {
        notes.own.as_str()
    };
    ui.label(RichText::new(own).size(style::LARGE));
    ui.add_space(8.0);
    ui.label(style::strong("The class reads", style::SUBHEADING));
    ui.label(&notes.said);
    if !notes.next.is_empty() {
        ui.add_space(8.0);
        ui.label(style::strong("Next", style::SUBHEADING));
        ui.label(&notes.next);
    }
    ui.add_space(8.0);
    ui.label(style::strong("Plan", style::SUBHEADING));
    for part in &notes.plan {
        ui.label(part);
    }
}
