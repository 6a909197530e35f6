//! Asking for a file: the desktop's own dialog on a thread of its own, and a path field in the window where the desktop
//! has none.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use eframe::egui::{Context, Id, Key, Modal, RichText, TextEdit};

use cascade_app::market::MarketCommand;
use cascade_app::{App, Command, Export, FileCommand, WorkspaceCommand};

use super::style;
use cascade_files::link::is_link;

/// What a file is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To read a preset.
    Open,
    /// To read a link, which is no file: it is typed.
    OpenLink,
    /// To look at a table.
    Import,
    /// To read the record of a market, which is a folder.
    Record,
    /// To write the preset.
    Save,
    /// To write the run as a lesson.
    SaveLesson,
    /// To write something else.
    Export(Export),
}

impl Purpose {
    /// What the question is called.
    fn title(self) -> String {
        match self {
            Self::Open => "Open a preset file".to_owned(),
            Self::OpenLink => "Open a link".to_owned(),
            Self::Import => "Import a table".to_owned(),
            Self::Record => "Open the folder of a market's record".to_owned(),
            Self::Save => "Save the preset".to_owned(),
            Self::SaveLesson => "Save the lesson".to_owned(),
            Self::Export(what) => format!("Save {}", what.label()),
        }
    }

    /// Whether a file is read, and not written.
    const fn reads(self) -> bool {
        matches!(self, Self::Open | Self::OpenLink | Self::Import | Self::Record)
    }

    /// The sort of file, and the endings of its name, the one that is given to names without any first.
    const fn files(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Export(Export::Picture(_)) => ("Pictures", &["png"]),
            Self::Export(Export::Report | Export::Handout { .. }) => ("Pages", &["html", "htm"]),
            Self::Import | Self::Record => ("Tables", &["csv", "tsv", "txt", "dat"]),
            Self::Export(_) => ("Tables", &["csv"]),
            Self::Open | Self::OpenLink | Self::Save | Self::SaveLesson => ("Presets", &["ron"]),
        }
    }

    /// The file that is suggested. Where the preset has no file of its own, it goes where the last one was.
    fn suggestion(self, app: &App) -> PathBuf {
        let name = match (&app.present.document.path, self) {
            (_, Self::Import | Self::OpenLink | Self::Record) => String::new(),
            (Some(path), Self::Open | Self::Save) => return path.clone(),
            (None, Self::Open | Self::Save) => format!("{}.ron", app.present.scenario.name),
            (_, Self::SaveLesson) => format!("{} lesson.ron", app.present.scenario.name),
            (_, Self::Export(what)) => format!("{} {}", app.present.scenario.name, what.ending()),
        };
        // What some systems do not allow in names.
        let name = name.replace(['/', '\\', ':', '*', '?', '"', '<', '>', '|'], "-");
        let beside = app
            .present
            .document
            .path
            .as_ref()
            .or_else(|| app.settings.recent.first());
        beside.map_or_else(|| PathBuf::from(&name), |path| path.with_file_name(&name))
    }
}

/// Asks the desktop for a file; the path is a suggestion. Blocks. None when the user cancels and where there is no dialog.
pub type Choose = Arc<dyn Fn(Purpose, &Path) -> Option<PathBuf> + Send + Sync>;

/// Nobody cancels a dialog this fast: there was none.
const TOO_FAST_FOR_PEOPLE: Duration = Duration::from_millis(300);

/// A desktop without dialogs has said so by then, however slow: there was one that did not take the keyboard.
const TOO_SLOW_FOR_MACHINES: Duration = Duration::from_secs(5);

/// The desktop's dialog on its thread.
struct Pending {
    purpose: Purpose,
    since: Instant,
    suggestion: PathBuf,
    answer: Receiver<Option<PathBuf>>,
    /// Another window has had the keyboard since: that of the dialog.
    appeared: bool,
}

impl Pending {
    /// Whether an answer without a path means that there is no dialog here, and not that it was cancelled; the desktop does not
    /// tell these apart. A dialog takes the keyboard from the window.
    fn was_none(&self) -> bool {
        let after = self.since.elapsed();
        after < TOO_FAST_FOR_PEOPLE || !self.appeared && after < TOO_SLOW_FOR_MACHINES
    }
}

/// The path field in the window.
struct PathField {
    purpose: Purpose,
    text: String,
    fresh: bool,
}

/// At most one question for a file at a time.
pub struct Dialogs {
    choose: Choose,
    pending: Option<Pending>,
    field: Option<PathField>,
}

impl Dialogs {
    /// Nothing is asked yet.
    pub fn new(choose: Choose) -> Self {
        Self {
            choose,
            pending: None,
            field: None,
        }
    }

    /// Whether the desktop's dialog is out.
    pub fn waiting(&self) -> bool {
        self.pending.is_some()
    }

    /// Asks, unless a question is open already.
    pub fn ask(&mut self, purpose: Purpose, app: &App, ctx: &Context) {
        if self.pending.is_some() || self.field.is_some() {
            return;
        }
        let suggestion = purpose.suggestion(app);
        let (sender, answer) = channel();
        let (choose, ctx, path) = (Arc::clone(&self.choose), ctx.clone(), suggestion.clone());
        let worker = std::thread::Builder::new()
            .name("file-dialog".to_owned())
            .spawn(move || {
                // The window may have closed meanwhile; then nobody wants the answer.
                if sender.send(choose(purpose, &path)).is_ok() {
                    ctx.request_repaint();
                }
            });
        let since = Instant::now();
        match worker {
            Ok(_) => {
                self.pending = Some(Pending {
                    purpose,
                    since,
                    suggestion,
                    answer,
                    appeared: false,
                });
            }
            Err(_) => self.open_field(purpose, &suggestion),
        }
    }

    /// What the desktop's dialog has answered, as commands.
    pub fn poll(&mut self, ctx: &Context) -> Option<Command> {
        let pending = self.pending.as_mut()?;
        pending.appeared |= ctx.input(|input| !input.focused);
        let answer = match pending.answer.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Ok(answer) => answer,
            Err(TryRecvError::Disconnected) => None,
        };
        let pending = self.pending.take()?;
        if answer.is_none() && pending.was_none() {
            self.open_field(pending.purpose, &pending.suggestion);
        }
        answer.map(|path| command(pending.purpose, path))
    }

    /// Gives up on the desktop's dialog and shows the path field instead.
    pub fn type_instead(&mut self) {
        if let Some(pending) = self.pending.take() {
            self.open_field(pending.purpose, &pending.suggestion);
        }
    }

    /// Shows the field for a link.
    pub fn type_link(&mut self) {
        if self.pending.is_none() && self.field.is_none() {
            self.open_field(Purpose::OpenLink, Path::new(""));
        }
    }

    /// Draws the path field if it is open.
    pub fn show(&mut self, ctx: &Context, commands: &mut Vec<Command>) {
        let Some(field) = &mut self.field else { return };
        let opens = field.purpose.reads();
        // A preset may be named without its ending.
        let target = PathBuf::from(field.text.trim());
        let replaces = !opens && named(target.clone(), field.purpose).is_file();
        let verb = match (opens, replaces) {
            (true, _) if field.purpose == Purpose::Import => "Look at it",
            (true, _) => "Open",
            (false, false) => "Save",
            (false, true) => "Replace",
        };
        let mut done = None;
        let modal = Modal::new(Id::unique("path field"))
            .frame(style::sheet(ctx))
            .show(ctx, |ui| {
                ui.set_width(460.0_f32.min(ui.ctx().content_rect().width() - 80.0));
                ui.heading(field.purpose.title());
                let label = ui.label(match field.purpose {
                    Purpose::OpenLink => "Link",
                    Purpose::Record => "Path of the folder",
                    _ => "Path of the file",
                });
                let edit = ui
                    .add(TextEdit::singleline(&mut field.text).desired_width(f32::INFINITY))
                    .labelled_by(label.id);
                if std::mem::take(&mut field.fresh) {
                    edit.request_focus();
                }
                let entered = edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                if replaces {
                    ui.label(
                        RichText::new("There is such a file. Its content will be replaced.")
                            .color(ui.visuals().warn_fg_color),
                    );
                }
                let why = if field.purpose == Purpose::OpenLink {
                    "A line that begins with cascade-lab: as Copy the link gives it. Ctrl+V in the window opens one, too."
                } else {
                    "The desktop offered no file dialog, so the path is typed here."
                };
                ui.label(RichText::new(why).small().weak());
                ui.horizontal(|ui| {
                    let given = !field.text.trim().is_empty();
                    if ui.add_enabled(given, eframe::egui::Button::new(verb)).clicked() || entered && given {
                        done = Some(Some(command(field.purpose, target)));
                    }
                    if ui.button("Cancel").clicked() {
                        done = Some(None);
                    }
                });
            });
        if modal.should_close() {
            done.get_or_insert(None);
        }
        if let Some(answer) = done {
            self.field = None;
            commands.extend(answer);
        }
    }

    fn open_field(&mut self, purpose: Purpose, suggestion: &Path) {
        let text = match purpose {
            Purpose::Open | Purpose::OpenLink | Purpose::Import | Purpose::Record => String::new(),
            Purpose::Save | Purpose::SaveLesson | Purpose::Export(_) => suggestion.display().to_string(),
        };
        self.field = Some(PathField {
            purpose,
            text,
            fresh: true,
        });
    }
}

/// A name without an ending gets the one that its sort of file has.
fn named(path: PathBuf, purpose: Purpose) -> PathBuf {
    match path.extension() {
        None => path.with_extension(purpose.files().1[0]),
        Some(_) => path,
    }
}

fn command(purpose: Purpose, path: PathBuf) -> Command {
    match purpose {
        // A link may be typed where a path is expected, too.
        Purpose::Open | Purpose::OpenLink if purpose == Purpose::OpenLink || is_link(&path.to_string_lossy()) => {
            FileCommand::OpenLink(path.to_string_lossy().into_owned()).into()
        }
        Purpose::Open | Purpose::OpenLink => Command::File(FileCommand::Open(path)),
        Purpose::Import => Command::Import(path),
        Purpose::Record => MarketCommand::Read(vec![path]).into(),
        Purpose::Save => Command::File(FileCommand::SaveAs(named(path, purpose))),
        Purpose::SaveLesson => Command::File(FileCommand::SaveLesson(named(path, purpose))),
        Purpose::Export(what) => WorkspaceCommand::Export(what, named(path, purpose)).into(),
    }
}

/// The desktop's own dialog.
pub fn desktop() -> Choose {
    Arc::new(|purpose, suggestion| {
        let (sort, endings) = purpose.files();
        let mut dialog = rfd::FileDialog::new()
            .set_title(purpose.title())
            .add_filter(sort, endings)
            .add_filter("All files", &["*"]);
        if let Some(folder) = suggestion.parent().filter(|folder| folder.is_dir()) {
            dialog = dialog.set_directory(folder);
        }
        if purpose == Purpose::Record {
            return dialog.pick_folder();
        }
        if purpose.reads() {
            return dialog.pick_file();
        }
        let name = suggestion.file_name().unwrap_or_default().to_string_lossy();
        dialog.set_file_name(name).save_file()
    })
}
