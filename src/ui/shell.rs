//! The contents of the window, apart from the operating system's side of it: the same code runs under tests.

mod workspace;

use std::time::{Duration, Instant};

use eframe::egui::{CentralPanel, Context, Frame, Key, Margin, Panel, Rect, Ui, UiBuilder, ViewportCommand};

use cascade_app::{App, Command, Request, Theme};
use cascade_files::import::is_table;
use cascade_scenario::ParameterId;

use super::actions::{self, ActionEffect};
use super::command_palette::CommandPalette;
use super::dialog::{Choose, Dialogs, Purpose};
use super::help::Sheet;
use super::lending::{self, LendingView};
use super::library::{self, LibrarySheet};
use super::notices::Answer;
use super::pages::Pages;
use super::palette::Palette;
use super::pictures::Pictures;
use super::plots::{PlotView, Plots};
use super::remarks::{self, Draft, GuessDraft};
use super::{
    about, compare, drop, export, figures, help, import, menu, notices, pages, parameters, presenter, style, timeline,
    transport,
};

/// Wall-clock time one frame may spend on steps of the model.
const STEP_BUDGET: Duration = Duration::from_millis(8);
/// Time between two pictures of a study that is under way while nothing else moves.
const STUDY_PERIOD: Duration = Duration::from_millis(50);
/// Seconds over which the real speed is measured.
const MEASURED_OVER: f64 = 0.5;
/// Below this width only one side panel fits beside the plots.
const NARROW: f32 = 900.0;
/// Below this width the plots need all of it.
const TINY: f32 = 620.0;
/// Height of the bar at the bottom.
const BAR_HEIGHT: f32 = 52.0;

/// A side panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Parameters, at the left.
    Parameters,
    /// Key figures and events, at the right.
    Figures,
}

/// Which side panel is open when only one fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Single {
    /// The parameters where the plots can spare the room.
    Automatic,
    /// The one that was asked for.
    Only(Side),
    /// None.
    Neither,
}

/// What is open or being edited in the window; nothing here outlives it.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct View {
    /// Whether the window covers the screen.
    pub fullscreen: bool,
    /// Put the cursor into the search field.
    pub focus_search: bool,
    /// The command palette, while it is open.
    pub commands: Option<CommandPalette>,
    /// The command palette is to be opened, or closed if it is open.
    pub toggle_commands: bool,
    /// The parameter whose slider is to be brought into view and given the focus.
    pub jump: Option<ParameterId>,
    /// Whether the sheet of exports is open.
    pub export: bool,
    /// The key figures are to be put into the clipboard.
    pub copy_figures: bool,
    /// Since when something is being exported.
    pub exporting_since: Option<Instant>,
    /// The sheet of presets, while it is open.
    pub library: Option<LibrarySheet>,
    /// The sheet that is open.
    pub sheet: Option<Sheet>,
    /// Whether the window about the preset is open.
    pub about_preset: bool,
    /// Side panels when there is room for both.
    pub parameters: bool,
    /// Side panels when there is room for both.
    pub figures: bool,
    /// The side panel that is open when only one fits.
    pub single: Single,
    /// The seed while it is being typed.
    pub seed: Option<String>,
    /// A path is to be typed instead of chosen in the desktop's dialog.
    pub type_path: bool,
    /// Steps a second that were really made, while running.
    pub achieved: Option<f64>,
    /// A command that would lose unsaved changes and waits for an answer.
    pub unsaved: Option<Command>,
    /// The view of the lending pool.
    pub lending: LendingView,
    /// A remark while it is being typed.
    pub remark: Option<Draft>,
    /// A guess while it is being made.
    pub guess: GuessDraft,
    /// Where a selection on the time line began.
    pub selecting: Option<u64>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            fullscreen: false,
            focus_search: false,
            commands: None,
            toggle_commands: false,
            jump: None,
            export: false,
            copy_figures: false,
            exporting_since: None,
            library: None,
            sheet: None,
            about_preset: false,
            parameters: true,
            figures: true,
            single: Single::Automatic,
            seed: None,
            type_path: false,
            achieved: None,
            unsaved: None,
            lending: LendingView::default(),
            remark: None,
            guess: GuessDraft::default(),
            selecting: None,
        }
    }
}

impl View {
    /// Whether a side panel is visible in a window of this width.
    pub fn shows(&self, side: Side, width: f32) -> bool {
        match side {
            _ if width < NARROW => match self.single {
                Single::Automatic => side == Side::Parameters && width >= TINY,
                Single::Only(open) => side == open,
                Single::Neither => false,
            },
            Side::Parameters => self.parameters,
            Side::Figures => self.figures,
        }
    }

    /// Opens a sheet, or closes it if it is the one that is open.
    pub fn toggle_sheet(&mut self, sheet: Sheet) {
        self.sheet = (self.sheet != Some(sheet)).then_some(sheet);
    }

    /// Shows or hides a side panel in a window of this width.
    pub fn toggle(&mut self, side: Side, width: f32) {
        let shown = self.shows(side, width);
        if width < NARROW {
            self.single = if shown { Single::Neither } else { Single::Only(side) };
        } else {
            match side {
                Side::Parameters => self.parameters = !shown,
                Side::Figures => self.figures = !shown,
            }
        }
    }
}

/// State and view together.
pub struct Shell {
    /// The state.
    pub app: App,
    /// What is open.
    pub view: View,
    /// File dialogs.
    pub dialogs: Dialogs,
    /// The plots and what part of the run they show.
    pub plots: Plots,
    pages: Pages,
    pictures: Pictures,
    last_frame: Option<Instant>,
    /// Since when, and from which step on, the speed is being measured.
    measured: Option<(Instant, u64)>,
    styled: Option<(Theme, bool, bool)>,
    title: String,
    /// The fonts are there.
    ready: bool,
    /// Leaving has been agreed to.
    leaving: bool,
}

impl Shell {
    /// A window on a state; `choose` asks for a file and may block.
    pub fn new(app: App, choose: Choose) -> Self {
        let view = View {
            parameters: app.settings.layout.parameters,
            figures: app.settings.layout.figures,
            ..View::default()
        };
        Self {
            app,
            view,
            dialogs: Dialogs::new(choose),
            plots: Plots::default(),
            pages: Pages::default(),
            pictures: Pictures::default(),
            last_frame: None,
            measured: None,
            styled: None,
            title: String::new(),
            ready: false,
            leaving: false,
        }
    }

    /// Lets the model run and takes in keys and file dialogs. Runs before every frame.
    pub fn logic(&mut self, ctx: &Context) {
        self.restyle(ctx);
        let held = ctx.input(|input| {
            let arrow = |key: &Key| matches!(key, Key::ArrowLeft | Key::ArrowRight | Key::ArrowUp | Key::ArrowDown);
            // A slow frame sees a last move and the button let go at once: that move still belongs to the drag.
            input.pointer.any_down() || input.pointer.any_released() || input.keys_down.iter().any(arrow)
        });
        if !held {
            self.app.update(Command::Settle);
        }
        for action in actions::pressed(ctx) {
            self.choose(action.effect);
        }
        if std::mem::take(&mut self.view.type_path) {
            self.dialogs.type_instead();
        }
        if let Some(command) = self.dialogs.poll(ctx) {
            self.carry_out(command);
        }
        if self.app.poll_import() {
            ctx.request_repaint_after(STUDY_PERIOD);
        }
        self.take_dropped(ctx);
        self.escape(ctx);
        self.run(ctx);
        self.pictures.work(ctx, &mut self.app, &mut self.plots);
        self.app.stress.collect();
        if self.app.stress.running() || self.app.what_if.running() {
            ctx.request_repaint();
        }
        if self.app.page_cache.looking() {
            ctx.request_repaint();
        }
        if self.app.poll_studies() {
            ctx.request_repaint_after(STUDY_PERIOD);
        }
        self.serve(ctx);
    }

    /// Draws everything and carries out what was clicked.
    pub fn ui(&mut self, ui: &mut Ui) {
        self.ready = self.ready || style::ready(ui.ctx());
        if !self.ready {
            ui.ctx().request_repaint();
            return;
        }
        let palette = Palette::of(self.app.theme(), ui.visuals().dark_mode);
        let mut commands = Vec::new();
        let mut effects = Vec::new();
        Panel::top("menu")
            .frame(style::bar(ui))
            .show_separator_line(false)
            .show(ui, |ui| {
                if self.app.presenting {
                    presenter::show(ui, &self.app, &palette, &mut commands);
                } else {
                    menu::show(ui, &self.app, &mut self.view, &palette, &mut commands, &mut effects);
                }
            });
        // The side panels come before the bar below them in the order of the Tab key.
        let full = ui.available_rect_before_wrap();
        let body = full.with_max_y(full.bottom() - BAR_HEIGHT - timeline::HEIGHT);
        ui.scope_builder(UiBuilder::new().max_rect(body), |ui| {
            self.body(ui, full, &palette, &mut commands);
        });
        let line = full.with_min_y(body.bottom()).with_max_y(full.bottom() - BAR_HEIGHT);
        ui.scope_builder(UiBuilder::new().max_rect(line), |ui| {
            ui.painter().rect_filled(line, 0.0, palette.panel);
            timeline::show(ui, &self.app, &mut self.view.selecting, &palette, &mut commands);
        });
        let bar = full.with_min_y(line.bottom());
        ui.scope_builder(UiBuilder::new().max_rect(bar), |ui| {
            style::bar(ui).show(ui, |ui| {
                ui.set_min_size(ui.available_size());
                transport::show(ui, &self.app, &mut self.view, &palette, &mut commands);
            });
        });
        lending::show(ui.ctx(), &self.app, &mut self.view.lending, &palette, &mut commands);
        help::show(ui.ctx(), &mut self.view);
        about::show(ui.ctx(), &self.app, &mut self.view.about_preset);
        export::show(ui.ctx(), &self.app, &mut self.view, &mut commands);
        library::show(ui.ctx(), &self.app, &mut self.view, &palette, &mut commands);
        self.dialogs.show(ui.ctx(), &mut commands);
        import::show(ui.ctx(), &self.app, &palette, &mut commands);
        remarks::show_draft(ui.ctx(), &self.app, &mut self.view, &mut commands);
        compare::explain(ui.ctx(), &self.app, &palette, &mut commands);
        self.ask_about_changes(ui.ctx());
        self.show_commands(ui.ctx(), &palette);
        drop::show(ui.ctx(), &palette);
        for effect in effects {
            self.choose(effect);
        }
        for command in commands {
            self.carry_out(command);
        }
        self.serve(ui.ctx());
    }

    /// Carries out a command; one that would lose changes to the user's own file asks first.
    pub fn carry_out(&mut self, command: Command) {
        let leaves = match &command {
            // A table becomes part of the scenario; it does not take its place.
            Command::Open(path) => !is_table(path),
            other => matches!(other, Command::OpenShipped(_) | Command::Quit),
        };
        if leaves && self.keeps_open() {
            self.view.unsaved = Some(command);
        } else {
            self.app.update(command);
        }
    }

    fn ask_about_changes(&mut self, ctx: &Context) {
        if self.view.unsaved.is_none() {
            return;
        }
        let Some(answer) = notices::unsaved(ctx, &self.app) else {
            return;
        };
        let waiting = self.view.unsaved.take();
        if answer == Answer::Save {
            self.app.update(Command::Save);
        }
        // A save that failed has left its message, and the changes are still there.
        let free = answer == Answer::Discard || answer == Answer::Save && !self.app.present.modified();
        if let Some(command) = waiting.filter(|_| free) {
            self.leaving |= command == Command::Quit;
            self.app.update(command);
        }
    }

    /// Whether closing the window would lose changes to the user's own file.
    pub fn keeps_open(&self) -> bool {
        self.app.present.document.path.is_some() && self.app.present.modified() && !self.leaving
    }

    fn body(&mut self, ui: &mut Ui, full: Rect, palette: &Palette, commands: &mut Vec<Command>) {
        let width = full.width();
        let (app, view) = (&self.app, &mut self.view);
        let side = style::side(ui);
        let chrome = !app.presenting;
        if chrome && view.shows(Side::Parameters, width) {
            Panel::left("parameters")
                .frame(side)
                .default_size((width * 0.21).clamp(240.0, 300.0))
                .size_range(220.0..=400.0)
                .show(ui, |ui| {
                    parameters::show(ui, app, view, palette, commands);
                });
        }
        if chrome && view.shows(Side::Figures, width) {
            Panel::right("figures")
                .frame(side)
                .default_size((width * 0.22).clamp(226.0, 320.0))
                .size_range(200.0..=440.0)
                .show(ui, |ui| {
                    figures::show(ui, app, palette, commands);
                });
        }
        let frame = Frame::central_panel(ui.style()).inner_margin(Margin::ZERO);
        CentralPanel::no_frame().frame(frame).show(ui, |ui| {
            notices::show(ui, &self.app, &mut self.view, &self.dialogs, palette, commands);
            pages::tabs(ui, &self.app, commands);
            if !pages::show(ui, &self.app, &mut self.pages, palette, commands) {
                return;
            }
            let guesses = self.app.present.guesses();
            let view = PlotView::of(&self.app, &guesses, Some(&self.view.guess.name), palette);
            commands.extend(self.plots.show(ui, view));
        });
    }

    fn choose(&mut self, effect: ActionEffect) {
        match effect {
            ActionEffect::App(command) => self.carry_out(command(&self.app)),
            ActionEffect::View(change) => change(&mut self.view),
        }
    }

    fn run(&mut self, ctx: &Context) {
        let now = Instant::now();
        let hidden =
            ctx.input(|input| input.viewport().minimized == Some(true) || input.viewport().occluded == Some(true));
        let seconds = self.last_frame.map_or(0.0, |last| (now - last).as_secs_f64());
        self.last_frame = (self.app.playing && !hidden).then_some(now);
        let goes_on = self.app.playing && !hidden;
        // Also where nothing runs: a moment may be on its way, and estimates follow the sliders.
        self.app.advance(seconds, || now.elapsed() < STEP_BUDGET);
        if goes_on {
            self.measure(now);
        } else {
            self.measured = None;
            self.view.achieved = None;
        }
        if self.app.playing && !hidden || self.app.present.seeking().is_some() {
            ctx.request_repaint();
        }
    }

    /// Notes how fast the model really runs.
    fn measure(&mut self, now: Instant) {
        let step = self.app.present.simulation.steps();
        match self.measured {
            Some((since, from)) if step >= from => {
                let seconds = (now - since).as_secs_f64();
                if seconds >= MEASURED_OVER {
                    self.view.achieved = Some((step - from) as f64 / seconds);
                    self.measured = Some((now, step));
                }
            }
            // The run has just begun, or begun again.
            _ => self.measured = Some((now, step)),
        }
    }

    /// Does what only the window can do.
    fn serve(&mut self, ctx: &Context) {
        for request in self.app.take_requests() {
            match request {
                Request::ChooseOpen => self.dialogs.ask(Purpose::Open, &self.app, ctx),
                Request::ChooseImport => self.dialogs.ask(Purpose::Import, &self.app, ctx),
                Request::ChooseSave => self.dialogs.ask(Purpose::Save, &self.app, ctx),
                Request::ChooseSaveLesson => self.dialogs.ask(Purpose::SaveLesson, &self.app, ctx),
                Request::ChooseExport(what) => self.dialogs.ask(Purpose::Export(what), &self.app, ctx),
                Request::SavePicture(picture, path) => self.pictures.order(picture, Some(path)),
                Request::CopyPicture(picture) => self.pictures.order(picture, None),
                Request::ResetLayout => self.reset_layout(ctx),
                Request::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            }
        }
        if std::mem::take(&mut self.view.copy_figures) {
            ctx.copy_text(figures::text(&self.app));
            let what = "Copied the key figures: name, tabulator and value, a line each.";
            self.app.messages.done(what.to_owned());
        }
        let fullscreen = ctx.input(|input| input.viewport().fullscreen.unwrap_or_default());
        if fullscreen != self.view.fullscreen {
            ctx.send_viewport_cmd(ViewportCommand::Fullscreen(self.view.fullscreen));
        }
        let mark = if self.app.present.modified() { " •" } else { "" };
        let title = format!("{}{mark} – cascade-lab", self.app.present.scenario.name);
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
        if (ctx.zoom_factor() - self.app.zoom()).abs() > 1e-3 {
            ctx.set_zoom_factor(self.app.zoom());
        }
    }

    fn restyle(&mut self, ctx: &Context) {
        let settings = &self.app.settings;
        let wanted = (self.app.theme(), settings.reduced_effects, settings.reduced_motion);
        if self.styled != Some(wanted) {
            style::apply(ctx, wanted.0);
            style::reduce(ctx, wanted.1, wanted.2);
            self.styled = Some(wanted);
        }
    }
}
