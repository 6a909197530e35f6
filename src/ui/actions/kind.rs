//! What an action is, and the menu it stands in.

use eframe::egui::KeyboardShortcut;
use strum::VariantArray;

use crate::command::WindowCommand;
use crate::plots::linked;
use cascade_app::market::MarketCommand;
use cascade_app::{App, Command};

/// What the menus have to know of the window to say what can be done now and what is on.
pub struct Standing<'a> {
    /// The state.
    pub app: &'a App,
    /// Which of its switches are on.
    pub switched_on: Vec<WindowCommand>,
}

impl Standing<'_> {
    /// Whether the plots stand in the middle.
    pub fn shows_plots(&self) -> bool {
        self.switched_on.contains(&WindowCommand::Show(linked::PAGE.id))
    }
}

/// What choosing an action does.
#[derive(Clone, Copy, Debug)]
pub enum ActionEffect {
    /// Changes the state.
    App(fn(&App) -> Command),
    /// Changes only what the window shows.
    Window(WindowCommand),
}

/// Which menu an action stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Menu {
    /// Presets and leaving.
    File,
    /// What goes out; a menu within that of files.
    Export,
    /// Changes, and what has been changed.
    Edit,
    /// What is visible and how large.
    View,
    /// What stands in the middle; a menu within that of the view.
    Pages,
    /// The run.
    Run,
    /// Other moments of it; a menu within that of the run.
    GoTo,
    /// How fast it runs; a menu within that of the run.
    Speed,
    /// Remarks, and the run as a lesson.
    Lesson,
    /// Explanations.
    Help,
}

impl Menu {
    /// Those of the bar, from left to right.
    pub const BAR: [Self; 6] = [Self::File, Self::Edit, Self::View, Self::Run, Self::Lesson, Self::Help];

    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Name on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Export => "Export",
            Self::Edit => "Edit",
            Self::View => "View",
            Self::Pages => "Pages",
            Self::Run => "Run",
            Self::GoTo => "Go to",
            Self::Speed => "Speed",
            Self::Lesson => "Lesson",
            Self::Help => "Help",
        }
    }
}

/// Something that can be chosen or typed.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// Name on the screen.
    pub label: &'static str,
    /// Where it stands.
    pub menu: Menu,
    /// Keys; none for what only the menu has.
    pub shortcut: Option<KeyboardShortcut>,
    /// What it does.
    pub effect: ActionEffect,
    /// Other words that people look for it by.
    pub also: &'static str,
    /// Why it cannot be done now; none where it can.
    pub blocked: fn(&Standing<'_>) -> Option<&'static str>,
    /// Whether it is on, where it switches something of the state.
    pub on: Option<fn(&App) -> bool>,
    /// Whether a group of its menu begins with it.
    pub begins_group: bool,
}

impl Action {
    /// An action that can always be done.
    pub(super) const fn new(
        menu: Menu,
        label: &'static str,
        shortcut: Option<KeyboardShortcut>,
        effect: ActionEffect,
    ) -> Self {
        Self {
            label,
            menu,
            shortcut,
            effect,
            also: "",
            blocked: |_| None,
            on: None,
            begins_group: false,
        }
    }

    /// The same that cannot be done for a reason that may be given.
    pub(super) const fn unless(self, blocked: fn(&Standing<'_>) -> Option<&'static str>) -> Self {
        Self { blocked, ..self }
    }

    /// The same as a switch that may be on.
    pub(super) const fn switch(self, on: fn(&App) -> bool) -> Self {
        Self { on: Some(on), ..self }
    }

    /// The same at the beginning of a group of its menu.
    pub(super) const fn group(self) -> Self {
        Self {
            begins_group: true,
            ..self
        }
    }

    /// Whether it is on; none of what is no switch.
    pub fn is_on(&self, standing: &Standing<'_>) -> Option<bool> {
        match (self.on, self.effect) {
            (Some(on), _) => Some(on(standing.app)),
            (None, ActionEffect::Window(command)) if command.is_switch() => {
                Some(standing.switched_on.contains(&command))
            }
            _ => None,
        }
    }

    /// The same with other words it is found by.
    pub(super) const fn also(self, also: &'static str) -> Self {
        Self { also, ..self }
    }
}

/// Asks for the folder of a market's record.
pub const OPEN_RECORD: Action = Action::new(
    Menu::File,
    "Open a market's record…",
    None,
    ActionEffect::App(|_| Command::Market(MarketCommand::AskFolder)),
)
.also("folder history klines open interest depth funding liquidations map real data");
