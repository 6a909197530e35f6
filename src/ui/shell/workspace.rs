//! The window's part in what belongs to any good desktop program: the command palette, dropped files, Escape, and the
//! arrangement that is remembered.

use eframe::egui::panel::PanelState;
use eframe::egui::util::IdTypeMap;
use eframe::egui::{Context, Event, Key, Memory, Modifiers, Popup};

use crate::actions::Standing;
use crate::command::WindowCommand;
use crate::command_palette::{self, Choice, CommandPalette};
use crate::glossary::GlossarySheet;
use crate::help::Sheet;
use crate::lesson::LessonEditor;
use crate::library::LibrarySheet;
use crate::page::PageId;
use crate::palette::Palette;
use crate::sides::{Side, Sides};
use crate::{drop, figures};
use cascade_app::{FileCommand, PlaybackCommand, SelectionCommand, Settings, WorkspaceCommand};
use cascade_files::link::is_link;
use cascade_scenario::{ParameterId, format};

use super::Shell;

/// A moment that a page was opened at.
pub(super) struct Visit {
    /// Its step.
    shown: u64,
    /// The step to go back to.
    newest: u64,
    /// What was said of it.
    told: String,
}

impl Shell {
    /// Escape closes what lies on top; sheets and menus hear it themselves.
    pub(super) fn escape(&mut self, ctx: &Context) {
        let (covered, focused) = ctx.memory(|memory| (memory.top_modal_layer().is_some(), memory.focused().is_some()));
        let open = self.plots.aim.taken_up
            || self.about_preset.open
            || self.app.present.selection.is_some()
            || self.app.presenting;
        if !open || covered || focused || Popup::is_any_open(ctx) {
            return;
        }
        if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            if self.plots.aim.taken_up {
                self.plots.aim.taken_up = false;
            } else if self.about_preset.open {
                self.about_preset.open = false;
            } else if self.app.present.selection.is_some() {
                self.app.update(SelectionCommand::Clear);
            } else {
                self.app.update(WorkspaceCommand::TogglePresenter);
            }
        }
    }

    /// Files that were dropped onto the window.
    pub(super) fn take_dropped(&mut self, ctx: &Context) {
        let Some((meant, rest)) = drop::dropped(ctx) else {
            return;
        };
        match meant {
            Ok(command) => self.carry_out(command),
            Err(message) => self.app.messages.error(message),
        }
        if let Some(rest) = rest {
            self.app.messages.done(rest);
        }
    }

    /// A link that is pasted while no text is being edited is opened.
    pub(super) fn take_pasted(&mut self, ctx: &Context) {
        if ctx.text_edit_focused() {
            return;
        }
        let pasted = ctx.input_mut(|input| {
            let is_link = |event: &Event| matches!(event, Event::Paste(text) if is_link(text));
            let place = input.events.iter().position(is_link)?;
            Some(input.events.remove(place))
        });
        if let Some(Event::Paste(link)) = pasted {
            self.carry_out(FileCommand::OpenLink(link).into());
        }
    }

    /// What is to be remembered of the window until the next start.
    pub fn remembered(&self) -> Settings {
        let mut settings = self.app.settings.clone();
        settings.layout.parameters = self.sides.parameters;
        settings.layout.figures = self.sides.figures;
        self.pages.name().clone_into(&mut settings.layout.page);
        settings
    }

    /// The command palette: does what is chosen in it.
    pub(super) fn show_commands(&mut self, ctx: &Context, palette: &Palette) {
        match command_palette::show(ctx, &mut self.command_palette, palette) {
            Some(Choice::ActionEffect(effect)) => self.choose(effect),
            Some(Choice::Command(command)) => self.carry_out(command),
            None => {}
        }
    }

    /// What the menus have to know to say what can be done now and what is on.
    pub fn standing(&self) -> Standing<'_> {
        let switches = [
            (WindowCommand::TogglePercent, self.plots.tells_percent(&self.app)),
            (WindowCommand::ToggleFullscreen, self.fullscreen),
            (WindowCommand::ToggleAboutPreset, self.about_preset.open),
            (WindowCommand::ToggleSpeaker, self.speaker.is_open()),
            (WindowCommand::AimShock, self.plots.aim.taken_up),
            (WindowCommand::Show(self.pages.shown()), true),
        ];
        let on = switches.into_iter().filter(|(_, on)| *on);
        Standing {
            app: &self.app,
            switched_on: on.map(|(command, _)| command).collect(),
        }
    }

    /// Does what the window has been asked to do by itself in the next frame.
    pub fn ask(&mut self, command: WindowCommand) {
        self.wanted.push(command);
    }

    /// Carries out a request to the window.
    pub(super) fn obey(&mut self, command: WindowCommand, ctx: &Context) {
        let width = ctx.content_rect().width();
        match command {
            WindowCommand::Show(page) => self.turn_to(page),
            WindowCommand::ShowWholeRun => self.plots.time().show_all(),
            WindowCommand::ShowHour => self.plots.time().show_last(3_600.0),
            WindowCommand::TogglePercent => self.plots.toggle_percent(&self.app),
            WindowCommand::ToggleFullscreen => self.fullscreen = !self.fullscreen,
            WindowCommand::ToggleCommandPalette => {
                let closed = self.command_palette.take().is_none();
                self.command_palette = closed.then(|| CommandPalette::new(&self.standing()));
            }
            WindowCommand::ToggleSide(side) => self.sides.toggle(side, width),
            WindowCommand::FindParameter => self.parameters.find(),
            WindowCommand::GoTo(id) => self.go_to(id, width),
            WindowCommand::ToggleLibrary => self.library = self.library.take().xor(Some(LibrarySheet::default())),
            WindowCommand::ShowLessons => self.library = Some(LibrarySheet::of_lessons()),
            WindowCommand::WriteLesson => self.editor = Some(LessonEditor::begin(&self.app)),
            WindowCommand::ToggleSpeaker => self.speaker.toggle(),
            WindowCommand::ToggleExport => self.export.open = !self.export.open,
            WindowCommand::CopyFigures => {
                ctx.copy_text(figures::text(&self.app));
                let what = "Copied the key figures: name, tabulator and value, a line each.";
                self.app.messages.done(what.to_owned());
            }
            WindowCommand::CopyLink => match self.app.link() {
                Ok(link) => {
                    let length = format::counted(link.len(), "character");
                    let done = format!("Copied a link of {length}: the run as it stands.");
                    ctx.copy_text(link);
                    self.app.messages.done(done);
                }
                Err(reason) => self.app.messages.error(reason),
            },
            WindowCommand::TypeLink => self.dialogs.type_link(),
            WindowCommand::ToggleAboutPreset => self.about_preset.open = !self.about_preset.open,
            WindowCommand::ToggleGlossary => self.glossary = self.glossary.take().xor(Some(GlossarySheet::default())),
            WindowCommand::ToggleShortcuts => self.toggle_sheet(Sheet::Shortcuts),
            WindowCommand::ToggleAbout => self.toggle_sheet(Sheet::About),
            WindowCommand::AimShock => self.plots.aim.taken_up = !self.plots.aim.taken_up,
            WindowCommand::BeginRemark(kind) => self.remarks.begin(kind),
            WindowCommand::TypePath => self.dialogs.type_instead(),
        }
    }

    /// Turns to a page. One that tells of what was strongest at one moment shows that moment, where the run stands still at its
    /// newest step; leaving the page goes back there.
    fn turn_to(&mut self, page: PageId) {
        if let Some(visit) = self.visit.take() {
            self.app.update(WorkspaceCommand::Dismiss(visit.told));
            if self.app.present.position() == visit.shown && !self.app.playing {
                self.app.update(PlaybackCommand::Seek(visit.newest));
            }
        }
        let peak = self.pages.turn_to(page).and_then(|of| Some((of, self.app.peak(of)?)));
        let (run, newest) = (&self.app.present, self.app.present.newest_step());
        let rests = !self.app.playing && run.position() == newest && self.app.classroom().is_none();
        if let Some((of, step)) = peak.filter(|(_, step)| rests && *step < newest) {
            let clock = format::clock(step as f64 * run.history.step_seconds());
            self.app.update(PlaybackCommand::Seek(step));
            let told = format!(
                "Shown at {clock}, {}. Another page, or End, goes back to the newest step.",
                of.words()
            );
            self.app.messages.done(told.clone());
            self.visit = Some(Visit {
                shown: step,
                newest,
                told,
            });
        }
    }

    /// Opens a sheet, or closes it if it is the one that is open.
    fn toggle_sheet(&mut self, sheet: Sheet) {
        self.sheet = (self.sheet != Some(sheet)).then_some(sheet);
    }

    /// Brings the slider of a parameter into view and gives it the focus.
    fn go_to(&mut self, id: ParameterId, width: f32) {
        if self.app.presenting {
            // The audience sees this one slider, and nothing else comes back.
            if !self.pinned.contains(&id) {
                self.pinned.push(id);
            }
            return;
        }
        if !self.sides.shows(Side::Parameters, width) {
            self.sides.toggle(Side::Parameters, width);
        }
        self.app.update(WorkspaceCommand::Search(String::new()));
        self.parameters.go_to(id);
    }

    /// Panels and windows where they stand in a fresh window.
    pub(super) fn reset_layout(&mut self, ctx: &Context) {
        self.sides = Sides::default();
        self.pages.turn_to_first();
        ctx.data_mut(IdTypeMap::remove_by_type::<PanelState>);
        ctx.memory_mut(Memory::reset_areas);
        self.plots.restart();
    }
}
