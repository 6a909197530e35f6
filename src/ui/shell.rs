//! The contents of the window, apart from the operating system's side of it: the same code runs under tests.

mod workspace;

use std::time::{Duration, Instant};

use eframe::egui::{
    Align, CentralPanel, Context, Frame, Key, Margin, Panel, Rect, Ui, UiBuilder, Vec2, ViewportCommand, vec2,
};

use super::about::AboutPreset;
use super::actions::{self, ActionEffect, Menu};
use super::border::SidePanel;
use super::command::WindowCommand;
use super::command_palette::CommandPalette;
use super::dialog::{Choose, Dialogs, Purpose};
use super::events::RunLog;
use super::export::{ExportSheet, Exporting};
use super::glossary::{self, GlossarySheet};
use super::help::Sheet;
use super::lesson::{self, LessonEditor, LessonPanel, Speaker};
use super::library::{self, LibrarySheet};
use super::messages::FloatingMessages;
use super::pages::Pages;
use super::palette::Palette;
use super::parameters::ParameterPanel;
use super::pictures::Pictures;
use super::plots::fan;
use super::plots::linked::Plots;
use super::plots::list::Listed;
use super::plots::shown::PlotView;
use super::remarks::Remarks;
use super::sides::{Side, Sides};
use super::timeline::{self, TimeLine};
use super::transport::Transport;
use super::unsaved::{self, Answer};
use super::{compare, drop, figures, help, import, menu, notices, presenter, style, tabs};
use cascade_app::classroom::Classroom;
use cascade_app::{App, Command, EditCommand, FileCommand, LessonCommand, Request, Theme, WorkspaceCommand};
use cascade_files::import::is_table;
use cascade_scenario::ParameterId;

/// Wall-clock time one frame may spend on steps of the model.
const STEP_BUDGET: Duration = Duration::from_millis(8);
/// Time between two pictures of a study that is under way while nothing else moves.
const STUDY_PERIOD: Duration = Duration::from_millis(50);
/// Smallest window that anything is laid out in, in points; a smaller one says so.
const ROOM_MIN: Vec2 = vec2(320.0, 200.0);
/// Height of the bar at the bottom.
const BAR_HEIGHT: f32 = 52.0;

/// The state, and what stands in the window, each with what is open or being edited in it; none of that outlives the window.
pub struct Shell {
    /// The state.
    pub app: App,
    /// What the window has been asked to do by itself.
    wanted: Vec<WindowCommand>,
    /// The side panels.
    pub sides: Sides,
    parameters: ParameterPanel,
    transport: Transport,
    floating: FloatingMessages,
    time_line: TimeLine,
    remarks: Remarks,
    lesson: LessonPanel,
    speaker: Speaker,
    /// The lesson that is being written, while its sheet is open.
    editor: Option<LessonEditor>,
    /// Sliders that were asked for by name in front of an audience.
    pinned: Vec<ParameterId>,
    exporting: Exporting,
    /// The sheet of exports.
    pub export: ExportSheet,
    /// The sheet of presets, while it is open.
    library: Option<LibrarySheet>,
    /// The glossary, while it is open.
    glossary: Option<GlossarySheet>,
    /// The command palette, while it is open.
    command_palette: Option<CommandPalette>,
    /// The sheet to read, while it is open.
    sheet: Option<Sheet>,
    about_preset: AboutPreset,
    /// The moment that a page was opened at.
    visit: Option<workspace::Visit>,
    run_log: RunLog,
    /// A command that would lose unsaved changes and waits for an answer.
    unsaved: Option<Command>,
    /// File dialogs.
    pub dialogs: Dialogs,
    /// The plots and what part of the run they show.
    pub plots: Plots,
    /// What may stand in place of the plots.
    pub pages: Pages,
    pictures: Pictures,
    last_frame: Option<Instant>,
    /// When background work was looked at last.
    polled: Option<Instant>,
    styled: Option<(Theme, bool, bool)>,
    title: String,
    /// Whether the window covers the screen.
    fullscreen: bool,
    /// The fonts are there.
    ready: bool,
    /// Leaving has been agreed to.
    leaving: bool,
}

impl Shell {
    /// A window on a state; `choose` asks for a file and may block.
    pub fn new(app: App, choose: Choose) -> Self {
        let layout = &app.settings.layout;
        Self {
            wanted: Vec::new(),
            sides: Sides::new(layout.parameters, layout.figures),
            parameters: ParameterPanel::default(),
            transport: Transport::default(),
            floating: FloatingMessages::default(),
            time_line: TimeLine::default(),
            remarks: Remarks::default(),
            lesson: LessonPanel::default(),
            speaker: Speaker::default(),
            editor: None,
            pinned: Vec::new(),
            exporting: Exporting::default(),
            export: ExportSheet::default(),
            library: None,
            glossary: None,
            command_palette: None,
            sheet: None,
            about_preset: AboutPreset::default(),
            visit: None,
            run_log: RunLog::default(),
            unsaved: None,
            dialogs: Dialogs::new(choose),
            plots: Plots::default(),
            pages: Pages::new(&layout.page),
            app,
            pictures: Pictures::default(),
            last_frame: None,
            polled: None,
            styled: None,
            title: String::new(),
            fullscreen: false,
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
            self.app.update(EditCommand::Settle);
        }
        for action in actions::pressed(ctx) {
            match (action.blocked)(&self.standing()) {
                None => self.choose(action.effect),
                // These keys turn pages elsewhere.
                Some(_) if action.menu == Menu::Lesson => {}
                Some(reason) => self.app.messages.done(reason.to_owned()),
            }
        }
        // What was chosen may have been other colours.
        self.restyle(ctx);
        for command in self.speaker.show(ctx, &self.app) {
            self.app.update(command);
        }
        if let Some(command) = self.dialogs.poll(ctx) {
            self.carry_out(command);
        }
        let now = Instant::now();
        let passed = self.polled.replace(now).map_or(Duration::ZERO, |before| now - before);
        if self.app.poll_import() || self.app.market.poll(passed) {
            ctx.request_repaint_after(STUDY_PERIOD);
        }
        if let Some(wait) = self.app.market.look_again() {
            ctx.request_repaint_after(wait);
        }
        self.take_dropped(ctx);
        self.take_pasted(ctx);
        self.escape(ctx);
        self.run(ctx);
        self.pictures.work(ctx, &mut self.app, &mut self.plots);
        self.app.stress.collect();
        if self.app.stress.running() || self.app.what_if.running() {
            ctx.request_repaint();
        }
        if self.library.is_some() && self.app.make_thumbnails() {
            ctx.request_repaint_after(STUDY_PERIOD);
        }
        let study = self.pages.study();
        if self.app.follow_with_study(study) {
            ctx.request_repaint_after(STUDY_PERIOD);
        }
        let fan = self.pages.shows_plots() && Listed::OfPrice(fan::PART).is_wanted(&self.app.settings.plots);
        if self.app.follow_with_fan(fan) {
            ctx.request_repaint_after(STUDY_PERIOD);
        }
        self.serve(ctx);
        if self.pages.measure(&self.app) {
            ctx.request_repaint();
        }
    }

    /// Draws everything and carries out what was clicked.
    pub fn ui(&mut self, ui: &mut Ui) {
        self.ready = self.ready || style::ready(ui.ctx());
        if !self.ready {
            ui.ctx().request_repaint();
            return;
        }
        self.resize(ui.ctx());
        let room = ui.max_rect().size();
        if room.x < ROOM_MIN.x || room.y < ROOM_MIN.y {
            ui.label("This window is too small.");
            self.serve(ui.ctx());
            return;
        }
        let palette = Palette::of(self.app.theme(), ui.visuals().dark_mode);
        let (mut commands, mut effects, mut wanted) = (Vec::new(), Vec::new(), Vec::new());
        Panel::top("menu")
            .frame(style::bar(ui))
            .show_separator_line(false)
            .show(ui, |ui| {
                if self.app.presenting {
                    presenter::show(ui, &self.app, &palette, &mut commands);
                } else {
                    menu::show(ui, &self.standing(), self.sides, &palette, &mut commands, &mut effects);
                }
            });
        // The side panels come before the bar below them in the order of the Tab key.
        let full = ui.available_rect_before_wrap();
        let body = full.with_max_y(full.bottom() - BAR_HEIGHT - timeline::HEIGHT);
        let explained = ui
            .scope_builder(UiBuilder::new().max_rect(body), |ui| {
                self.body(ui, full, &palette, &mut commands, &mut wanted)
            })
            .inner;
        let line = full.with_min_y(body.bottom()).with_max_y(full.bottom() - BAR_HEIGHT);
        ui.scope_builder(UiBuilder::new().max_rect(line), |ui| {
            ui.painter().rect_filled(line, 0.0, palette.panel);
            let plots = (self.plots.axis(), self.pages.shows_plots());
            self.time_line
                .show(ui, &self.app, plots, &palette, &mut commands, &mut wanted);
        });
        let bar = full.with_min_y(line.bottom());
        ui.scope_builder(UiBuilder::new().max_rect(bar), |ui| {
            style::bar(ui).show(ui, |ui| {
                ui.set_min_size(ui.available_size());
                self.transport.show(ui, &self.app, &palette, &mut commands);
            });
        });
        let foot = BAR_HEIGHT + timeline::HEIGHT + explained;
        self.over(ui.ctx(), foot, &palette, &mut commands, &mut wanted);
        self.wanted.extend(wanted);
        for effect in effects {
            self.choose(effect);
        }
        for command in commands {
            self.carry_out(command);
        }
        self.serve(ui.ctx());
    }

    /// What lies over the rest; messages above so much of the foot of the window.
    fn over(
        &mut self,
        ctx: &Context,
        foot: f32,
        palette: &Palette,
        commands: &mut Vec<Command>,
        wanted: &mut Vec<WindowCommand>,
    ) {
        let app = &self.app;
        let app_presents = app.presenting;
        help::show(ctx, &mut self.sheet);
        self.about_preset.show(ctx, app, commands);
        self.export.show(ctx, app, self.pages.shows_plots(), commands, wanted);
        let edited = library::show(ctx, app, &mut self.library, palette, commands);
        self.editor = edited.or_else(|| self.editor.take());
        lesson::show_editor(ctx, app, &mut self.editor, palette, commands);
        glossary::show(ctx, app, &mut self.glossary, palette, wanted);
        self.dialogs.show(ctx, commands);
        import::show(ctx, app, palette, commands);
        self.remarks.show_draft(ctx, app, commands);
        self.ask_about_changes(ctx);
        self.show_commands(ctx, palette);
        drop::show(ctx, palette);
        self.floating.show(ctx, &self.app, foot + 8.0, palette, commands);
        if app_presents {
            presenter::ring(ctx, palette);
        }
    }

    /// Carries out a command; one that would lose changes to the user's own file asks first.
    pub fn carry_out(&mut self, command: Command) {
        let leaves = match &command {
            // A table becomes part of the scenario; it does not take its place.
            Command::File(FileCommand::Open(path)) => !is_table(path),
            other => matches!(
                other,
                Command::File(FileCommand::OpenShipped(_) | FileCommand::OpenLink(_))
                    | Command::Lesson(LessonCommand::Begin(_) | LessonCommand::Open(_) | LessonCommand::Teach(_))
                    | Command::Workspace(WorkspaceCommand::Quit)
            ),
        };
        if leaves && self.keeps_open() {
            self.unsaved = Some(command);
        } else {
            self.app.update(command);
        }
    }

    fn ask_about_changes(&mut self, ctx: &Context) {
        if self.unsaved.is_none() {
            return;
        }
        let Some(answer) = unsaved::ask(ctx, &self.app) else {
            return;
        };
        let waiting = self.unsaved.take();
        if answer == Answer::Save {
            self.app.update(FileCommand::Save);
        }
        // A save that failed has left its message, and the changes are still there.
        let free = answer == Answer::Discard || answer == Answer::Save && !self.app.modified();
        if let Some(command) = waiting.filter(|_| free) {
            self.leaving |= command == Command::Workspace(WorkspaceCommand::Quit);
            self.app.update(command);
        }
    }

    /// Whether closing the window would lose changes to the user's own file.
    pub fn keeps_open(&self) -> bool {
        self.app.present.document.path.is_some() && self.app.modified() && !self.leaving
    }

    /// Draws the side panels and what stands between them. Returns the height of what explains an interval at the foot of it.
    fn body(
        &mut self,
        ui: &mut Ui,
        full: Rect,
        palette: &Palette,
        commands: &mut Vec<Command>,
        wanted: &mut Vec<WindowCommand>,
    ) -> f32 {
        let width = full.width();
        self.lesson.make_room(&self.app, &mut self.sides);
        let app = &self.app;
        let chrome = !app.presenting;
        if app.classroom().is_some() {
            // An audience has a width of its own: the plots need more of the room there.
            let panel = SidePanel {
                salt: if chrome { "lesson" } else { "lesson for an audience" },
                border: "Width of the lesson",
                side: Align::Min,
                width: (width * 0.26).clamp(250.0, if chrome { 340.0 } else { 274.0 }),
                widths: 220.0..=460.0,
            };
            panel.show(ui, palette, |ui| self.lesson.show(ui, app, palette, commands, wanted));
        }
        if chrome {
            self.pinned.clear();
        } else if !self.pinned.is_empty() {
            let panel = SidePanel {
                salt: "pinned",
                border: "Width of the sliders",
                side: Align::Min,
                width: 220.0,
                widths: 180.0..=400.0,
            };
            panel.show(ui, palette, |ui| {
                presenter::pinned(ui, app, &mut self.pinned, palette, commands);
            });
        }
        if chrome && self.sides.shows(Side::Parameters, width) {
            let panel = SidePanel {
                salt: "parameters",
                border: "Width of the parameters",
                side: Align::Min,
                width: (width * 0.21).clamp(240.0, 300.0),
                widths: 220.0..=400.0,
            };
            panel.show(ui, palette, |ui| self.parameters.show(ui, app, palette, commands));
        }
        if chrome && self.sides.shows(Side::Figures, width) {
            let panel = SidePanel {
                salt: "figures",
                border: "Width of the key figures",
                side: Align::Max,
                width: (width * 0.22).clamp(226.0, 320.0),
                widths: 200.0..=440.0,
            };
            panel.show(ui, palette, |ui| {
                figures::show(ui, app, &mut self.run_log, palette, commands);
            });
        }
        let frame = Frame::central_panel(ui.style()).inner_margin(Margin::ZERO);
        let middle = CentralPanel::no_frame().frame(frame).show(ui, |ui| {
            let said = (&mut self.exporting, &mut self.remarks, &self.dialogs);
            notices::show(ui, app, said, palette, commands, wanted);
            tabs::show(ui, app, self.pages.shown(), commands, wanted);
            let explained = compare::explain(ui, app, palette, commands);
            if !self.pages.show(ui, app, palette, commands) {
                return explained;
            }
            let marks = app.classroom().map_or_else(Vec::new, Classroom::marks);
            let guesses = [app.present.guesses(), marks].concat();
            let taught = app.classroom().is_some_and(Classroom::asks_price);
            let guesser = if taught {
                self.lesson.guesser()
            } else {
                self.remarks.guesser()
            };
            let view = PlotView::of(app, &guesses, Some(guesser), palette);
            commands.extend(self.plots.show(ui, view));
            explained
        });
        middle.inner
    }

    fn choose(&mut self, effect: ActionEffect) {
        match effect {
            ActionEffect::App(command) => self.carry_out(command(&self.app)),
            ActionEffect::Window(command) => self.wanted.push(command),
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
        let before = self.app.present.simulation.steps();
        self.app.advance(seconds, || now.elapsed() < STEP_BUDGET);
        let made = self.app.present.simulation.steps().saturating_sub(before);
        self.app.notice_steps(made, now.elapsed());
        if goes_on {
            self.transport.measure(now, self.app.present.simulation.steps());
        } else {
            self.transport.rest();
        }
        if self.app.playing && !hidden || self.app.present.seeking().is_some() || self.app.remaking() {
            ctx.request_repaint();
        }
    }

    /// Does what only the window can do.
    fn serve(&mut self, ctx: &Context) {
        for request in self.app.take_requests() {
            match request {
                Request::ChooseOpen => self.dialogs.ask(Purpose::Open, &self.app, ctx),
                Request::ChooseImport => self.dialogs.ask(Purpose::Import, &self.app, ctx),
                Request::ChooseRecord => self.dialogs.ask(Purpose::Record, &self.app, ctx),
                Request::ShowMarket => self.pages.turn_to_market(),
                Request::ShowPlots => self.pages.turn_to_first(),
                Request::ShowSince(step) => {
                    let seconds = step as f64 * self.app.shown_history().step_seconds();
                    self.plots.time().show_since(seconds);
                }
                Request::ShowBetween(from, to) => {
                    let moments = [from, to].map(|step| step as f64 * self.app.shown_history().step_seconds());
                    self.plots.time().show_between(moments);
                }
                Request::ChooseSave => self.dialogs.ask(Purpose::Save, &self.app, ctx),
                Request::ChooseSaveLesson => self.dialogs.ask(Purpose::SaveLesson, &self.app, ctx),
                Request::ChooseExport(what) => self.dialogs.ask(Purpose::Export(what), &self.app, ctx),
                Request::SavePicture(picture, path) => self.pictures.order(picture, Some(path)),
                Request::CopyPicture(picture) => self.pictures.order(picture, None),
                Request::ResetLayout => self.reset_layout(ctx),
                Request::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            }
        }
        for command in std::mem::take(&mut self.wanted) {
            self.obey(command, ctx);
        }
        let fullscreen = ctx.input(|input| input.viewport().fullscreen.unwrap_or_default());
        if fullscreen != self.fullscreen {
            ctx.send_viewport_cmd(ViewportCommand::Fullscreen(self.fullscreen));
        }
        let mark = if self.app.modified() { " •" } else { "" };
        let title = format!("{}{mark} – cascade-lab", self.app.present.scenario.name);
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
        self.resize(ctx);
    }

    /// Gives everything the size in force. What was laid out in another size is not shown.
    fn resize(&mut self, ctx: &Context) {
        self.app.presenter_size = presenter::size(ctx.content_rect().size() * ctx.zoom_factor());
        if (ctx.zoom_factor() - self.app.zoom()).abs() > 1e-3 {
            ctx.set_zoom_factor(self.app.zoom());
            ctx.request_discard("everything has another size");
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
