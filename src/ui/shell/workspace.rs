//! The window's part in what belongs to any good desktop program: the command palette, dropped files, Escape, and the
//! arrangement that is remembered.

use eframe::egui::panel::PanelState;
use eframe::egui::util::IdTypeMap;
use eframe::egui::{Context, Key, Memory, Modifiers, Popup};

use crate::command_palette::{self, Choice, CommandPalette};
use crate::drop;
use crate::palette::Palette;
use cascade_app::{Command, Settings};
use cascade_scenario::ParameterId;

use super::{Shell, Side, View};

impl Shell {
    /// Escape closes what lies on top; sheets and menus hear it themselves.
    pub(super) fn escape(&mut self, ctx: &Context) {
        let (covered, focused) = ctx.memory(|memory| (memory.top_modal_layer().is_some(), memory.focused().is_some()));
        let open = self.view.about_preset
            || self.view.lending.open
            || self.app.present.selection.is_some()
            || self.app.presenting;
        if !open || covered || focused || Popup::is_any_open(ctx) {
            return;
        }
        if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            if self.view.about_preset {
                self.view.about_preset = false;
            } else if self.view.lending.open {
                self.view.lending.open = false;
            } else if self.app.present.selection.is_some() {
                self.app.update(Command::ClearSelection);
            } else {
                self.app.update(Command::TogglePresenter);
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

    /// What is to be remembered of the window until the next start.
    pub fn remembered(&self) -> Settings {
        let mut settings = self.app.settings.clone();
        settings.layout.parameters = self.view.parameters;
        settings.layout.figures = self.view.figures;
        self.app.page.label().clone_into(&mut settings.layout.page);
        settings
    }

    /// The command palette: opens it where that was asked for, and does what is chosen in it.
    pub(super) fn show_commands(&mut self, ctx: &Context, palette: &Palette) {
        if std::mem::take(&mut self.view.toggle_commands) {
            let closed = self.view.commands.take().is_none();
            self.view.commands = closed.then(|| CommandPalette::new(&self.app));
        }
        match command_palette::show(ctx, &mut self.view.commands, palette) {
            Some(Choice::ActionEffect(effect)) => self.choose(effect),
            Some(Choice::Command(command)) => self.carry_out(command),
            Some(Choice::Parameter(id)) => self.jump_to(id, ctx.content_rect().width()),
            None => {}
        }
    }

    /// Brings the slider of a parameter into view and gives it the focus.
    fn jump_to(&mut self, id: ParameterId, width: f32) {
        if self.app.presenting {
            self.app.update(Command::TogglePresenter);
        }
        if !self.view.shows(Side::Parameters, width) {
            self.view.toggle(Side::Parameters, width);
        }
        self.app.update(Command::Search(String::new()));
        self.view.jump = Some(id);
    }

    /// Panels and windows where they stand in a fresh window.
    pub(super) fn reset_layout(&mut self, ctx: &Context) {
        let View {
            parameters,
            figures,
            single,
            ..
        } = View::default();
        (self.view.parameters, self.view.figures, self.view.single) = (parameters, figures, single);
        ctx.data_mut(IdTypeMap::remove_by_type::<PanelState>);
        ctx.memory_mut(Memory::reset_areas);
        self.plots.restart();
    }
}
