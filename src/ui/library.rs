//! The sheet of presets and lessons: those that came with the program and the user's own, each with a picture of its run, to be
//! searched, opened, renamed and deleted.

mod picture;

use std::path::{Path, PathBuf};

use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{
    Button, Color32, Context, FontId, Id, Key, Modal, Modifiers, Rect, RichText, ScrollArea, TextEdit, TextStyle, Ui,
    pos2, vec2,
};

use cascade_app::{App, Command, FileCommand, LessonCommand, WorkspaceCommand};
use cascade_files::library::{Content, LibraryEntry};
use cascade_files::preset::Shelf;
use cascade_scenario::Lesson;

use super::fuzzy;
use super::lesson::LessonEditor;
use super::palette::Palette;
use super::picker::Picker;
use super::{shipped, style};

/// Height of a row: a picture, a name and a line about it.
const ROW: f32 = 48.0;

/// The sheet while it is open.
#[derive(Clone, Debug, Default)]
pub(crate) struct LibrarySheet {
    text: String,
    picker: Picker,
    question: Option<Confirmation>,
    /// The folder has been looked at.
    read: bool,
    /// Only lessons are listed.
    only_lessons: bool,
    /// A lesson that is to be edited.
    edited: Option<LessonEditor>,
}

/// What is asked over the sheet.
#[derive(Clone, Debug)]
enum Confirmation {
    /// Whether a file is to be deleted.
    Delete(PathBuf),
    /// A name is being typed.
    Name {
        /// The file that gets it; none for the scenario, which is saved under it.
        path: Option<PathBuf>,
        text: String,
        fresh: bool,
    },
}

impl Confirmation {
    fn name(path: Option<PathBuf>, text: &str) -> Self {
        Self::Name {
            path,
            text: text.to_owned(),
            fresh: true,
        }
    }
}

/// Under which heading an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heading {
    Shipped(Shelf),
    Lessons,
    Own,
    OwnLessons,
}

impl Heading {
    const fn label(self) -> &'static str {
        match self {
            Self::Shipped(Shelf::Teaching) => "Presets for teaching, a mechanism each",
            Self::Shipped(Shelf::Historical) => "Presets after historical episodes, stylised",
            Self::Lessons => "Lessons, 45 minutes each",
            Self::Own => "My presets",
            Self::OwnLessons => "My lessons",
        }
    }

    const fn is_of_lessons(self) -> bool {
        matches!(self, Self::Lessons | Self::OwnLessons)
    }
}

/// A preset or a lesson of the list.
struct Item<'a> {
    heading: Heading,
    /// Its file; none for those that came with the program.
    path: Option<&'a Path>,
    name: String,
    /// What it is about, or why it cannot be read.
    about: String,
    readable: bool,
    /// The run that its picture is of.
    pictured: String,
    /// What it is, if it is a lesson.
    lesson: Option<&'a Lesson>,
    opens: Command,
    /// It is the one that is open.
    open: bool,
}

impl LibrarySheet {
    /// The sheet with only the lessons listed.
    pub(crate) fn of_lessons() -> Self {
        Self {
            only_lessons: true,
            ..Self::default()
        }
    }
}

/// Draws the sheet if it is open. Returns a lesson that is to be edited.
pub(crate) fn show(
    ctx: &Context,
    app: &App,
    open: &mut Option<LibrarySheet>,
    palette: &Palette,
    commands: &mut Vec<Command>,
) -> Option<LessonEditor> {
    let mut sheet = open.take()?;
    if !std::mem::replace(&mut sheet.read, true) {
        commands.push(WorkspaceCommand::ReadLibrary.into());
    }
    let room = ctx.content_rect().size();
    let modal = Modal::new(Id::unique("library"))
        .frame(style::sheet(ctx))
        .show(ctx, |ui| {
            ui.set_width(700.0_f32.min(room.x - 60.0));
            contents(ui, app, &mut sheet, palette, commands, room.y)
        });
    let mut stays = modal.inner;
    // The question over it goes first.
    if sheet.question.is_some() {
        ask(ctx, &mut sheet, commands);
    } else {
        stays &= !modal.should_close();
    }
    let edited = sheet.edited.take();
    if stays && edited.is_none() {
        *open = Some(sheet);
    }
    edited
}

/// Draws what is in the sheet; returns whether it stays open.
fn contents(
    ui: &mut Ui,
    app: &App,
    sheet: &mut LibrarySheet,
    palette: &Palette,
    commands: &mut Vec<Command>,
    height: f32,
) -> bool {
    ui.heading(if sheet.only_lessons {
        "Lessons"
    } else {
        "Presets and lessons"
    });
    ui.add_space(4.0);
    let asking = sheet.question.is_some();
    let mut entered = false;
    if !asking {
        let rows = items(app, sheet).len();
        sheet.picker.keys(ui, rows);
        entered = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
    }
    let edit = TextEdit::singleline(&mut sheet.text)
        .id(Id::unique("search presets"))
        .hint_text("Search names and descriptions")
        .margin(vec2(8.0, 5.0))
        .desired_width(f32::INFINITY);
    let edit = ui.add(edit).accessible_name("Search presets");
    if !asking {
        edit.request_focus();
    }
    if edit.changed() {
        sheet.picker.restart();
    }
    let items = items(app, sheet);
    ui.add_space(4.0);
    let room = (height - 210.0).max(ROW * 2.0);
    let opened = ScrollArea::vertical()
        .max_height(room)
        .min_scrolled_height(room)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            rows(ui, app, (&items, sheet.only_lessons), &mut sheet.picker, palette)
        })
        .inner;
    ui.add_space(6.0);
    let chosen = items.get(sheet.picker.row);
    let (mut open, mut close) = (opened || entered, false);
    let asked = (&mut sheet.question, &mut sheet.edited);
    buttons(ui, app, chosen, asked, (&mut open, &mut close));
    if let Some(item) = chosen.filter(|_| open) {
        commands.push(item.opens.clone());
        return false;
    }
    !close
}

/// What answers the search: presets and lessons of the program, then the user's own.
fn items<'a>(app: &'a App, sheet: &LibrarySheet) -> Vec<Item<'a>> {
    let search = sheet.text.as_str();
    let here = app.present.document.path.as_deref();
    let taught = app.classroom().map(|room| room.lesson.title.as_str());
    let lessons = shipped::lessons().iter().map(|(shipped, lesson)| Item {
        heading: Heading::Lessons,
        path: None,
        name: lesson.title.clone(),
        about: lesson.goal.clone(),
        readable: true,
        pictured: lesson.preset.clone(),
        lesson: Some(lesson),
        opens: LessonCommand::Begin(shipped.name).into(),
        open: taught == Some(lesson.title.as_str()),
    });
    let shipped = shipped::presets().iter().map(|(shipped, scenario)| Item {
        heading: Heading::Shipped(shipped.shelf),
        path: None,
        name: scenario.name.clone(),
        about: scenario.description.clone(),
        readable: true,
        pictured: shipped.name.to_owned(),
        lesson: None,
        opens: Command::File(FileCommand::OpenShipped(shipped.name)),
        open: here.is_none() && app.present.document.saved.name == scenario.name,
    });
    let own = app.library.entries().iter().map(|LibraryEntry { path, content }| {
        let file = || path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let file_of = path.to_string_lossy().into_owned();
        let (heading, pictured, open) = match content {
            Ok(Content::Lesson(lesson)) => {
                let open = taught == Some(lesson.title.as_str());
                (Heading::OwnLessons, lesson.preset.clone(), open)
            }
            _ => (Heading::Own, file_of, here == Some(path)),
        };
        Item {
            heading,
            path: Some(path),
            name: content
                .as_ref()
                .map_or_else(|_| file(), |content| content.name().to_owned()),
            about: match content {
                Ok(content) => content.about().to_owned(),
                Err(error) => error.report(1),
            },
            readable: content.is_ok(),
            pictured,
            lesson: match content {
                Ok(Content::Lesson(lesson)) => Some(lesson),
                _ => None,
            },
            opens: Command::File(FileCommand::Open(path.clone())),
            open,
        }
    });
    let answers = |item: &Item<'_>| fuzzy::score(search, &item.name, &item.about).is_some();
    let listed = |item: &Item<'_>| !sheet.only_lessons || item.heading.is_of_lessons();
    let all = shipped.chain(lessons).chain(own);
    let mut items: Vec<Item<'_>> = all.filter(listed).filter(answers).collect();
    // What cannot be read is listed with the presets.
    items.sort_by_key(|item| item.heading == Heading::OwnLessons);
    items
}

/// Draws the list; returns whether a preset was double clicked.
fn rows(
    ui: &mut Ui,
    app: &App,
    (items, only_lessons): (&[Item<'_>], bool),
    picker: &mut Picker,
    palette: &Palette,
) -> bool {
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut opened = false;
    let mut heading = None;
    for (number, item) in items.iter().enumerate() {
        if heading != Some(item.heading) {
            heading = Some(item.heading);
            ui.add_space(if number == 0 { 0.0 } else { 8.0 });
            ui.label(RichText::new(item.heading.label()).weak());
            ui.add_space(3.0);
        }
        let taught = item.heading.is_of_lessons();
        let mark = match (item.open, app.modified() && !taught) {
            (true, true) => "open, modified",
            (true, false) => "open",
            (false, _) => "",
        };
        let about = item.about.as_str();
        let spoken = [item.name.as_str(), mark, about].map(str::trim);
        let spoken = spoken
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ");
        let row = picker.row(ui, number, ROW, &spoken);
        if ui.is_rect_visible(row.rect) {
            let place = picture::place(row.rect);
            picture::paint(ui, place, app.thumbnail(&item.pictured), palette);
            let beside = row.rect.with_min_x(place.right());
            paint(
                ui,
                beside,
                item,
                (mark, about),
                picker.besides(number, palette),
                palette,
            );
        }
        if row.clicked() {
            picker.row = number;
        }
        opened |= row.double_clicked();
        row.on_hover_text(about);
    }
    if items.is_empty() {
        ui.weak("Nothing answers to that.");
    }
    if !only_lessons && !items.iter().any(|item| item.path.is_some()) {
        ui.add_space(8.0);
        ui.label(RichText::new("My presets").weak());
        let text = match app.library.folder() {
            _ if app.library.is_reading() => "Looking into the folder…".to_owned(),
            Some(folder) if app.library.entries().is_empty() => {
                format!("None yet. “Save to my presets…” puts them into {}.", folder.display())
            }
            Some(_) => "None of yours answers to that.".to_owned(),
            None => "This desktop has no folder for the data of programs.".to_owned(),
        };
        ui.weak(text);
    }
    opened
}

fn paint(ui: &Ui, rect: Rect, item: &Item<'_>, (mark, about): (&str, &str), besides: Color32, palette: &Palette) {
    let rect = rect.shrink2(vec2(10.0, 6.0));
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let font = TextStyle::Body.resolve(ui.style());
    let name = painter.layout_no_wrap(item.name.clone(), style::strong_font(style::SUBHEADING), palette.text);
    let end = rect.left() + name.size().x + 10.0;
    painter.galley(rect.left_top(), name, palette.text);
    if !mark.is_empty() {
        let mark = painter.layout_no_wrap(format!("• {mark}"), font.clone(), palette.notice);
        painter.galley(pos2(end, rect.top()), mark, palette.notice);
    }
    let color = if item.readable { besides } else { palette.notice };
    let first_line = about.lines().next().unwrap_or_default().to_owned();
    let mut line = LayoutJob::simple_singleline(first_line, FontId::proportional(style::CAPTION), color);
    line.wrap = TextWrapping::truncate_at_width(rect.width());
    let about = painter.layout_job(line);
    painter.galley(pos2(rect.left(), rect.bottom() - about.size().y), about, color);
}

fn buttons(
    ui: &mut Ui,
    app: &App,
    chosen: Option<&Item<'_>>,
    (question, edited): (&mut Option<Confirmation>, &mut Option<LessonEditor>),
    (open, close): (&mut bool, &mut bool),
) {
    let own = chosen.and_then(|item| item.path);
    let readable = chosen.is_some_and(|item| item.readable);
    ui.horizontal_wrapped(|ui| {
        *open |= ui.add_enabled(readable, Button::new("Open")).clicked();
        if ui
            .add_enabled(own.is_some() && readable, Button::new("Rename…"))
            .clicked()
        {
            *question = chosen.map(|item| Confirmation::name(own.map(Path::to_owned), &item.name));
        }
        if ui.add_enabled(own.is_some(), Button::new("Delete…")).clicked() {
            *question = own.map(|path| Confirmation::Delete(path.to_owned()));
        }
        let lesson = chosen.and_then(|item| item.lesson);
        let edit = ui.add_enabled(lesson.is_some(), Button::new("Edit the lesson…"));
        let edit = edit.on_hover_text("One that came with the program is edited as a copy.");
        if let Some(lesson) = lesson.filter(|_| edit.clicked()) {
            *edited = Some(LessonEditor::of(lesson.clone(), own.map(Path::to_owned)));
        }
        let save = ui.add_enabled(app.library.folder().is_some(), Button::new("Save to my presets…"));
        if save
            .on_hover_text("Saves the parameters, seed and events as they are now, not the run.")
            .clicked()
        {
            *question = Some(Confirmation::name(None, &app.present.scenario.name));
        }
        *close |= ui.button("Close").clicked();
    });
    *open &= readable;
}

/// Asks what is to be asked over the sheet.
fn ask(ctx: &Context, sheet: &mut LibrarySheet, commands: &mut Vec<Command>) {
    let Some(question) = &mut sheet.question else { return };
    let mut done = None;
    let modal = Modal::new(Id::unique("library question"))
        .frame(style::sheet(ctx))
        .show(ctx, |ui| {
            ui.set_width(400.0_f32.min(ui.ctx().content_rect().width() - 80.0));
            done = match question {
                Confirmation::Delete(path) => confirm(ui, path),
                Confirmation::Name { path, text, fresh } => name(ui, path.as_deref(), text, fresh),
            };
        });
    if modal.should_close() {
        done.get_or_insert(None);
    }
    if let Some(command) = done {
        commands.extend(command.map(Command::from));
        sheet.question = None;
    }
}

/// An answer: nothing yet, no, or what is to be done.
type Answer = Option<Option<WorkspaceCommand>>;

fn confirm(ui: &mut Ui, path: &Path) -> Answer {
    ui.heading("Delete the file?");
    ui.label(path.display().to_string());
    ui.label(RichText::new("It cannot be brought back.").color(ui.visuals().warn_fg_color));
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        let delete = ui.button("Delete").clicked();
        let keep = ui.button("Keep");
        if ui.memory(|memory| memory.focused().is_none()) {
            keep.request_focus();
        }
        if delete {
            Some(Some(WorkspaceCommand::DeletePreset(path.to_owned())))
        } else {
            keep.clicked().then_some(None)
        }
    })
    .inner
}

fn name(ui: &mut Ui, path: Option<&Path>, text: &mut String, fresh: &mut bool) -> Answer {
    let (title, verb) = match path {
        Some(_) => ("Give another name", "Rename"),
        None => ("Save to my presets", "Save"),
    };
    ui.heading(title);
    let label = ui.label("Name in the list");
    let edit = ui
        .add(TextEdit::singleline(text).desired_width(f32::INFINITY))
        .labelled_by(label.id);
    if std::mem::take(fresh) {
        edit.request_focus();
    }
    let entered = edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if path.is_none() {
        ui.weak("Parameters, seed and events are saved, not the run.");
    }
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        let named = !text.trim().is_empty();
        if ui.add_enabled(named, Button::new(verb)).clicked() || entered && named {
            return Some(Some(match path {
                Some(path) => WorkspaceCommand::RenamePreset(path.to_owned(), text.clone()),
                None => WorkspaceCommand::SaveToLibrary(text.clone()),
            }));
        }
        ui.button("Cancel").clicked().then_some(None)
    })
    .inner
}
