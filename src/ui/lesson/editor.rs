//! A lesson being written: its parts at the left, the fields of the chosen one at the right. What is wrong is said while it is typed, and
//! the lesson can be taught as it stands.

mod stage;

use std::path::PathBuf;

use eframe::egui::{
    Button, ComboBox, Context, DragValue, Id, Modal, RichText, Role, ScrollArea, Sense, TextEdit, Ui, UiBuilder,
    WidgetInfo, vec2,
};

use cascade_analysis::lesson::unknown_figures;
use cascade_app::{App, Command, Layout, LessonCommand};
use cascade_files::{library, preset};
use cascade_scenario::lesson::{LEVERS, PLOTS_MAX, PlanPart, STAGES_MAX, Stage, Task};
use cascade_scenario::{Lesson, find, format, table};

use crate::palette::Palette;
use crate::plots::list::rows;
use crate::{field, shipped, style};

/// Width of the sheet, and that of the list of parts.
const WIDTH: (f32, f32) = (900.0, 220.0);

/// Which part of the lesson is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Title, goal, preset, plan, picture and sliders.
    About,
    /// A stage.
    Stage(usize),
}

/// The lesson that is being written.
#[derive(Clone, Debug)]
pub(crate) struct LessonEditor {
    lesson: Lesson,
    /// Its file; none for one that is not saved yet.
    path: Option<PathBuf>,
    part: Part,
    /// The changes of the stage that is shown, as they are typed.
    changes: String,
}

impl LessonEditor {
    /// A lesson to go on with, from its file or, without one, as a copy.
    pub(crate) fn of(lesson: Lesson, path: Option<PathBuf>) -> Self {
        Self {
            lesson,
            path,
            part: Part::About,
            changes: String::new(),
        }
    }

    /// The lesson that is taught, or a new one about the preset that is open.
    pub(crate) fn begin(app: &App) -> Self {
        let taught = app.classroom().map(|room| room.lesson.clone());
        Self::of(taught.unwrap_or_else(|| draft(app)), None)
    }

    fn turn_to(&mut self, part: Part) {
        self.part = part;
        self.changes = match part {
            Part::Stage(place) => self
                .lesson
                .stages
                .get(place)
                .map_or_else(String::new, stage::changes_of),
            Part::About => String::new(),
        };
    }

    /// What is not allowed yet.
    fn complaint(&self) -> Option<String> {
        if let Err(error) = self.lesson.validate() {
            return Some(error.to_string());
        }
        let unknown = unknown_figures(&self.lesson).into_iter().next();
        unknown.map(|(stage, error)| format!("Stage {}: {error}", stage + 1))
    }

    /// Where it is saved.
    fn target(&self, app: &App) -> Option<PathBuf> {
        let named = || Some(library::file(app.library.folder()?, &self.lesson.title));
        self.path.clone().or_else(named)
    }
}

/// A lesson that can be taught at once: an introduction, a run, what came of it, and sliders to try.
fn draft(app: &App) -> Lesson {
    let open = &app.present.document.saved;
    let of_open = shipped::presets()
        .iter()
        .find(|(_, scenario)| scenario.name == open.name);
    let name = of_open.map_or("first-cascade", |(shipped, _)| shipped.name);
    let hinted = of_open.map_or_else(Vec::new, |(_, scenario)| scenario.hints.levers.clone());
    let levers: Vec<String> = hinted.into_iter().take(*LEVERS.end()).collect();
    let stage = |task: Task, say: &str| Stage {
        task,
        say: say.to_owned(),
        speaker: String::new(),
    };
    Lesson {
        title: "My lesson".to_owned(),
        goal: "What the class understands afterwards.".to_owned(),
        preset: name.to_owned(),
        plan: vec![PlanPart {
            minutes: 45.0,
            what: "The whole lesson".to_owned(),
        }],
        picture: Vec::new(),
        plots: Vec::new(),
        levers: if levers.is_empty() {
            vec!["leverage.mean".to_owned()]
        } else {
            levers
        },
        stages: vec![
            stage(Task::Tell, "What the class has to know before it begins."),
            stage(Task::Run(40.0), "What to look at while it runs."),
            stage(Task::Reveal(vec![stage::check()]), "What has happened."),
            stage(Task::Try, "What to change, and what to look for."),
            stage(Task::Debrief, "What to remember."),
        ],
    }
}

/// Draws the sheet if it is open.
pub(crate) fn show(
    ctx: &Context,
    app: &App,
    open: &mut Option<LessonEditor>,
    palette: &Palette,
    commands: &mut Vec<Command>,
) {
    let Some(mut editor) = open.take() else { return };
    let room = ctx.content_rect().size();
    let modal = Modal::new(Id::unique("lesson editor"))
        .frame(style::sheet(ctx))
        .show(ctx, |ui| {
            ui.set_width(WIDTH.0.min(room.x - 60.0));
            contents(ui, app, &mut editor, palette, commands, (room.y - 190.0).max(120.0))
        });
    // A click beside the sheet does not throw away what was written.
    if modal.inner {
        *open = Some(editor);
    }
}

/// Draws what is in the sheet; returns whether it stays open.
fn contents(
    ui: &mut Ui,
    app: &App,
    editor: &mut LessonEditor,
    palette: &Palette,
    commands: &mut Vec<Command>,
    height: f32,
) -> bool {
    ui.heading("Write a lesson");
    ui.add_space(4.0);
    let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let (left, mut right) = area.split_left_right_at_x(area.left() + WIDTH.1);
    right.min.x += 14.0;
    ui.painter()
        .vline(right.left() - 7.0, area.y_range(), (1.0, palette.outline));
    ui.scope_builder(UiBuilder::new().max_rect(left), |ui| parts(ui, editor));
    ui.scope_builder(UiBuilder::new().max_rect(right), |ui| {
        let part = editor.part;
        ScrollArea::vertical()
            .id_salt(("part of the lesson", part == Part::About))
            .auto_shrink(false)
            .show(ui, |ui| {
                match part {
                    Part::About => about(ui, &mut editor.lesson, palette),
                    Part::Stage(place) => {
                        if let Some(stage) = editor.lesson.stages.get_mut(place) {
                            stage::show(ui, stage, &mut editor.changes, palette);
                        }
                    }
                }
                style::follow_focus(ui);
            });
    });
    ui.add_space(4.0);
    let complaint = editor.complaint();
    let said = complaint.clone().unwrap_or_else(|| where_to(app, editor));
    let color = if complaint.is_some() {
        palette.notice
    } else {
        palette.weak_text
    };
    ui.add(eframe::egui::Label::new(RichText::new(said).color(color)).truncate());
    ui.horizontal(|ui| {
        let right = complaint.is_none();
        let target = editor.target(app);
        if ui
            .add_enabled(right && target.is_some(), Button::new("Save the lesson"))
            .clicked()
            && let Some(path) = target
        {
            commands.push(LessonCommand::Save(path.clone(), Box::new(editor.lesson.clone())).into());
            editor.path = Some(path);
        }
        let teach = ui.add_enabled(right, Button::new("Teach it"));
        if teach
            .on_hover_text("Begins it as it stands and closes this sheet.")
            .clicked()
        {
            commands.push(LessonCommand::Teach(Box::new(editor.lesson.clone())).into());
            return false;
        }
        !ui.button("Close").on_hover_text("What is not saved is lost.").clicked()
    })
    .inner
}

/// Where saving puts it, and what is there already.
fn where_to(app: &App, editor: &LessonEditor) -> String {
    match editor.target(app) {
        None => "This desktop has no folder for the data of programs; nothing can be saved.".to_owned(),
        Some(path) if editor.path.is_none() && path.exists() => {
            format!("{} is there already and will be replaced.", path.display())
        }
        Some(path) => format!("It is saved to {}.", path.display()),
    }
}

/// The list of parts, and what can be done with stages.
fn parts(ui: &mut Ui, editor: &mut LessonEditor) {
    let mut chosen = editor.part;
    let room = (ui.available_height() - 34.0).max(40.0);
    ScrollArea::vertical()
        .id_salt("parts of the lesson")
        .max_height(room)
        .min_scrolled_height(room)
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.selectable_value(&mut chosen, Part::About, "About the lesson");
            for (place, stage) in editor.lesson.stages.iter().enumerate() {
                let name = format!("{}  {}", place + 1, stage.task.label());
                ui.selectable_value(&mut chosen, Part::Stage(place), name);
            }
        });
    if chosen != editor.part {
        editor.turn_to(chosen);
    }
    let place = match editor.part {
        Part::About => None,
        Part::Stage(place) => Some(place),
    };
    ui.horizontal(|ui| {
        let stages = &mut editor.lesson.stages;
        let count = stages.len();
        let mut moved = None;
        if ui
            .add_enabled(count < STAGES_MAX, Button::new("Add"))
            .on_hover_text("A stage after this one.")
            .clicked()
        {
            let at = place.map_or(count, |place| place + 1);
            stages.insert(at, stage::fresh());
            moved = Some(Part::Stage(at));
        }
        let up = place.filter(|place| *place > 0);
        if ui.add_enabled(up.is_some(), Button::new("Up")).clicked()
            && let Some(place) = up
        {
            stages.swap(place, place - 1);
            moved = Some(Part::Stage(place - 1));
        }
        let down = place.filter(|place| place + 1 < count);
        if ui.add_enabled(down.is_some(), Button::new("Down")).clicked()
            && let Some(place) = down
        {
            stages.swap(place, place + 1);
            moved = Some(Part::Stage(place + 1));
        }
        let remove = place.filter(|_| count > 1);
        if ui.add_enabled(remove.is_some(), Button::new("Remove")).clicked()
            && let Some(place) = remove
        {
            stages.remove(place);
            moved = Some(Part::Stage(place.min(count - 2)));
        }
        if let Some(part) = moved {
            editor.turn_to(part);
        }
    });
}

/// A text under its name.
fn text(ui: &mut Ui, name: &str, text: &mut String, rows: usize) {
    let label = ui.label(RichText::new(name).weak());
    let edit = if rows == 1 {
        TextEdit::singleline(text)
    } else {
        TextEdit::multiline(text).desired_rows(rows)
    };
    ui.add(edit.desired_width(f32::INFINITY)).labelled_by(label.id);
    ui.add_space(4.0);
}

/// A list of things, each with its fields and a button that takes it away, and one that adds another.
fn list<T>(
    ui: &mut Ui,
    (name, most): (&str, usize),
    entries: &mut Vec<T>,
    fresh: impl Fn() -> T,
    mut fields: impl FnMut(&mut Ui, usize, &mut T),
) {
    let mut gone = None;
    for (place, entry) in entries.iter_mut().enumerate() {
        ui.push_id((name, place), |ui| {
            fields(ui, place, entry);
            if ui.button(format!("Remove {name} {}", place + 1)).clicked() {
                gone = Some(place);
            }
            ui.add_space(4.0);
        });
    }
    if let Some(place) = gone {
        entries.remove(place);
    }
    if ui
        .add_enabled(entries.len() < most, Button::new(format!("Add {name}")))
        .clicked()
    {
        entries.push(fresh());
    }
    ui.add_space(8.0);
}

fn about(ui: &mut Ui, lesson: &mut Lesson, palette: &Palette) {
    text(ui, "Title", &mut lesson.title, 1);
    text(ui, "Goal", &mut lesson.goal, 2);
    let label = ui.label(RichText::new("Preset that is run").weak());
    ComboBox::from_id_salt("preset of the lesson")
        .selected_text(lesson.preset.as_str())
        .show_ui(ui, |ui| {
            for shipped in preset::shipped() {
                ui.selectable_value(&mut lesson.preset, shipped.name.to_owned(), shipped.name);
            }
        })
        .response
        .labelled_by(label.id);
    ui.add_space(6.0);
    ui.label(style::strong("Sliders that the class moves", style::SUBHEADING));
    list(
        ui,
        ("slider", *LEVERS.end()),
        &mut lesson.levers,
        || "leverage.mean".to_owned(),
        |ui, place, path| {
            text(ui, &format!("Path of slider {}", place + 1), path, 1);
            choose(ui, place, path, palette);
        },
    );
    ui.label(style::strong(
        "Plots that stand first below the price",
        style::SUBHEADING,
    ));
    let plot = || "Why it moved".to_owned();
    list(ui, ("plot", PLOTS_MAX), &mut lesson.plots, plot, choose_plot);
    let minutes = lesson.minutes();
    ui.label(style::strong(
        format!("Plan, {} minutes", format::digits(minutes, 4)),
        style::SUBHEADING,
    ));
    let part = || PlanPart {
        minutes: 5.0,
        what: "What is done".to_owned(),
    };
    list(ui, ("part", 20), &mut lesson.plan, part, |ui, place, part| {
        let minutes = DragValue::new(&mut part.minutes)
            .range(0.5..=600.0)
            .speed(0.5)
            .suffix(" min");
        ui.add(minutes)
            .accessible_name(format!("Minutes of part {}", place + 1));
        text(ui, &format!("Part {}", place + 1), &mut part.what, 1);
    });
    ui.label(style::strong("What to look at in the picture", style::SUBHEADING));
    let line = || "What to look at".to_owned();
    list(ui, ("line", 20), &mut lesson.picture, line, |ui, place, line| {
        text(ui, &format!("Line {}", place + 1), line, 1);
    });
}

/// A list of the plots below the price to choose one from.
fn choose_plot(ui: &mut Ui, place: usize, plot: &mut String) {
    let combo = ComboBox::from_id_salt("plot of the lesson")
        .width(260.0)
        .selected_text(plot.as_str())
        .show_ui(ui, |ui| {
            for row in rows(&Layout::default()) {
                let name = row.about().id.0;
                ui.selectable_value(plot, name.to_owned(), name);
            }
        });
    let name = format!("Plot {}", place + 1);
    combo
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &name));
}

/// Which parameter a path stands for, as a list to choose another one from, and what is wrong with a path that stands for none.
fn choose(ui: &mut Ui, place: usize, path: &mut String, palette: &Palette) {
    let now = find(path);
    let selected = now
        .as_ref()
        .map_or_else(|_| "choose".to_owned(), |row| field::title(row));
    let combo = ComboBox::from_id_salt("parameter of the slider")
        .width(260.0)
        .height(420.0)
        .selected_text(selected)
        .show_ui(ui, |ui| {
            for row in table() {
                ui.selectable_value(path, row.path.clone(), field::title(row))
                    .on_hover_text(row.doc);
            }
        });
    let name = format!("Parameter of slider {}", place + 1);
    combo
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &name));
    if let Err(error) = now {
        ui.label(RichText::new(error.to_string()).color(palette.notice));
    }
}
