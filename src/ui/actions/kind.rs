//! What an action is, and the menu it stands in.

use eframe::egui::KeyboardShortcut;
use strum::VariantArray;

use crate::command::WindowCommand;
use cascade_app::market::MarketCommand;
use cascade_app::{App, Command};

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
}

impl Action {
    /// The same with other words it is found by.
    pub(super) const fn also(self, also: &'static str) -> Self {
        Self { also, ..self }
    }
}

/// Asks for the folder of a market's record.
pub const OPEN_RECORD: Action = Action {
    label: "Open a market's record…",
    menu: Menu::File,
    shortcut: None,
    effect: ActionEffect::App(|_| Command::Market(MarketCommand::AskFolder)),
    also: "folder history klines open interest depth funding liquidations map real data",
};
