//! The panel of the lesson that is taught: what it is for, the stage at which it stands, the question with its answers, what the
//! run has shown, and the sliders that the class moves.

mod editor;
mod speaker;

use eframe::egui::{Align, Button, DragValue, Layout, ProgressBar, RichText, ScrollArea, Ui, vec2};

use cascade_app::classroom::{Classroom, letter, share_of_hands};
use cascade_app::{App, Command, LessonCommand};
use cascade_scenario::lesson::{Question, Task};
use cascade_scenario::{find, format};

use super::command::WindowCommand;
use super::field::{self, Size};
use super::icon::{self, Icon};
use super::palette::Palette;
use super::remarks::{self, GuessDraft};
use super::sides::{Side, Sides};
use super::style;

pub(crate) use editor::{LessonEditor, show as show_editor};
pub(crate) use speaker::Speaker;

/// Most hands that can be typed.
const HANDS_MAX: u32 = 10_000;
/// Height of the line of buttons at the bottom.
const BUTTONS: f32 = 58.0;

/// What is being typed in the panel, and what stood in its place before.
#[derive(Clone, Debug, Default)]
pub(crate) struct LessonPanel {
    draft: GuessDraft,
    /// The side panels before the lesson began.
    sides: Option<Sides>,
}

impl LessonPanel {
    /// Who marks where the price plot is clicked.
    pub(crate) fn guesser(&self) -> &str {
        &self.draft.name
    }

    /// The lesson takes the place of the parameters while it is taught; they are as they were after it.
    pub(crate) fn make_room(&mut self, app: &App, sides: &mut Sides) {
        match (app.classroom().is_some(), self.sides) {
            (true, None) => {
                self.sides = Some(*sides);
                sides.close(Side::Parameters);
            }
            (false, Some(before)) => {
                *sides = before;
                self.sides = None;
            }
            _ => {}
        }
    }

    /// Draws the panel.
    pub(crate) fn show(
        &mut self,
        ui: &mut Ui,
        app: &App,
        palette: &Palette,
        commands: &mut Vec<Command>,
        wanted: &mut Vec<WindowCommand>,
    ) {
        let Some(room) = app.classroom() else { return };
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            if icon::quiet_button(ui, Icon::Close, "Leave the lesson", 22.0).clicked() {
                commands.push(LessonCommand::Leave.into());
            }
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.label(style::strong(&room.lesson.title, style::HEADING));
            });
        });
        let height = (ui.available_height() - BUTTONS).max(40.0);
        ScrollArea::vertical()
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink(false)
            .show(ui, |ui| {
                self.stage(ui, app, room, palette, commands);
                style::follow_focus(ui);
            });
        ui.separator();
        buttons(ui, app, room, palette, commands, wanted);
    }

    fn stage(&mut self, ui: &mut Ui, app: &App, room: &Classroom, palette: &Palette, commands: &mut Vec<Command>) {
        let stage = room.stage();
        if room.place() == 0 {
            ui.label(RichText::new(&room.lesson.goal).color(palette.weak_text));
            ui.add_space(6.0);
        }
        let counted = format!("{} of {} · ", room.place() + 1, room.lesson.stages.len());
        ui.label(style::strong(counted + stage.task.label(), style::SUBHEADING).color(palette.accent));
        ui.add_space(2.0);
        ui.label(RichText::new(&stage.say).size(style::SUBHEADING));
        ui.add_space(6.0);
        match &stage.task {
            Task::Tell if room.place() == 0 && !room.lesson.picture.is_empty() => {
                ui.label(style::strong("What to look at", style::SUBHEADING));
                bullets(ui, room.lesson.picture.iter().map(String::as_str));
            }
            Task::Tell | Task::Debrief => {}
            Task::Run(minutes) => progress(ui, app, 60.0 * minutes, palette),
            Task::Predict(question) => self.question(ui, app, room, question, palette, commands),
            Task::Reveal(_) | Task::Compare(_) => outcome(ui, room, palette),
            Task::Change(settings) => {
                for (path, setting) in settings {
                    let Ok(row) = find(path) else { continue };
                    let value = row
                        .read(setting)
                        .map_or_else(|_| String::new(), |value| row.show(value));
                    ui.label(style::strong(format!("{}: {value}", row.label), style::SUBHEADING).color(palette.notice));
                }
            }
            Task::Try => {
                for row in room.lesson.lever_rows() {
                    ui.push_id(("lever", &row.path), |ui| {
                        field::show(ui, app, row, Size::Large, palette, commands);
                    });
                }
            }
        }
    }

    fn question(
        &mut self,
        ui: &mut Ui,
        app: &App,
        room: &Classroom,
        question: &Question,
        palette: &Palette,
        commands: &mut Vec<Command>,
    ) {
        ui.label(style::strong(&question.ask, style::LARGE));
        ui.add_space(4.0);
        let answered = room.answers();
        if question.answers.is_empty() {
            ui.horizontal_wrapped(|ui| remarks::marker(ui, app, &mut self.draft, commands));
            ui.weak("A click on the price plot places it too.");
            for mark in &answered.marks {
                ui.label(format!("{}: {}", mark.name, format::price(mark.price)));
            }
            if !answered.marks.is_empty() && ui.button("Clear the marks").clicked() {
                commands.push(LessonCommand::ClearMarks.into());
            }
            return;
        }
        for (place, answer) in question.answers.iter().enumerate() {
            let letter = letter(place);
            ui.label(style::strong(format!("{letter}  {}", answer.text), style::HEADING));
            ui.horizontal(|ui| {
                let mut count = answered.hands.get(place).copied().unwrap_or_default();
                let hands = DragValue::new(&mut count).range(0..=HANDS_MAX).suffix(" hands");
                let field = ui.add(hands).accessible_name(format!("Hands for {letter}"));
                if field.changed() {
                    commands.push(LessonCommand::Hands { answer: place, count }.into());
                }
                if let Some(share) = share_of_hands(&answered.hands, place) {
                    ui.label(RichText::new(share).color(palette.weak_text));
                }
            });
            ui.add_space(2.0);
        }
    }
}

/// What became of the answers, and what the run has shown.
fn outcome(ui: &mut Ui, room: &Classroom, palette: &Palette) {
    for verdict in room.verdicts() {
        ui.label(style::strong(verdict, style::HEADING).color(palette.accent));
    }
    let told = room.told();
    if told.is_empty() {
        ui.weak("The figures are there when the run has come to its end.");
    }
    ui.add_space(4.0);
    bullets(ui, told.iter().map(|told| told.text.as_str()));
    if told.iter().any(|told| !told.holds) {
        let remark = "Not what the lesson expects: something was changed in this run.";
        ui.label(RichText::new(remark).color(palette.notice));
    }
}

fn bullets<'a>(ui: &mut Ui, texts: impl Iterator<Item = &'a str>) {
    for text in texts {
        ui.horizontal_top(|ui| {
            ui.label("•");
            ui.vertical(|ui| ui.label(RichText::new(text).size(style::SUBHEADING)));
        });
    }
}

/// How far the run has come towards the end of the stage.
fn progress(ui: &mut Ui, app: &App, end_seconds: f64, palette: &Palette) {
    let now = app.present.simulation.time_seconds();
    let text = format!(
        "{} of {}",
        format::clock(now.min(end_seconds)),
        format::clock(end_seconds)
    );
    let bar = ProgressBar::new((now / end_seconds) as f32).fill(palette.accent.gamma_multiply(0.6));
    ui.add(bar.desired_height(6.0));
    ui.weak(text);
}

fn buttons(
    ui: &mut Ui,
    app: &App,
    room: &Classroom,
    palette: &Palette,
    commands: &mut Vec<Command>,
    wanted: &mut Vec<WindowCommand>,
) {
    ui.horizontal(|ui| {
        let back = ui.add_enabled(room.place() > 0, Button::new("Back"));
        if back.on_hover_text("Page Up").clicked() {
            commands.push(LessonCommand::Back.into());
        }
        let runs = app
            .stage_goal()
            .is_some_and(|goal| app.present.simulation.steps() < goal);
        let label = if runs { "To its end" } else { "Next" };
        let next = Button::new(style::strong(label, style::SUBHEADING).color(palette.ground))
            .fill(palette.accent)
            .min_size(vec2(92.0, 24.0));
        if ui
            .add_enabled(runs || !room.is_last(), next)
            .on_hover_text("Page Down")
            .clicked()
        {
            commands.push(LessonCommand::Next.into());
        }
    });
    let notes = ui.link("Speaker's notes");
    if notes
        .on_hover_text("In a window of their own, for the screen that only you see.")
        .clicked()
    {
        wanted.push(WindowCommand::ToggleSpeaker);
    }
}
