//! One table of actions feeds the menus, the keyboard and the shortcut sheet.

mod kind;
mod lesson;
mod possible;
mod pressed;
mod run;

use cascade_scenario::{AssetId, ImportKind};
use std::sync::LazyLock;

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

use cascade_app::{App, Command, EditCommand, Export, FileCommand, Picture, WorkspaceCommand};

use super::command::WindowCommand;
use super::pages::{PAGES, lending};
use super::plots::fan;
use super::plots::list::Listed;

pub use kind::{Action, ActionEffect, Menu, OPEN_RECORD, Standing};
pub use pressed::{keys_text, pressed};

const fn keys(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
/// Ratio of two neighbouring zooms.
const ZOOM_STEP: f32 = 1.1;

const fn action(menu: Menu, label: &'static str, shortcut: KeyboardShortcut, effect: ActionEffect) -> Action {
    Action::new(menu, label, Some(shortcut), effect)
}

const fn menu_only(menu: Menu, label: &'static str, effect: ActionEffect) -> Action {
    Action::new(menu, label, None, effect)
}

const fn export(label: &'static str, command: fn(&App) -> Command) -> Action {
    menu_only(Menu::Export, label, ActionEffect::App(command))
}

fn ask_export(what: Export) -> Command {
    WorkspaceCommand::AskExport(what).into()
}

/// The table, in the order of the menus; pages have a list of their own.
pub static ACTIONS: LazyLock<Vec<Action>> = LazyLock::new(|| {
    let pages = PAGES.iter().map(|page| {
        let show = ActionEffect::Window(WindowCommand::Show(page.id));
        menu_only(Menu::Pages, page.action, show)
    });
    let further = pages
        .chain(run::ROWS.iter().copied())
        .chain(lesson::ROWS.iter().copied());
    let mut actions = ROWS.to_vec();
    let help = ROWS.iter().position(|action| action.menu == Menu::Help);
    let at = help.unwrap_or(ROWS.len());
    actions.splice(at..at, further);
    actions
});

/// All actions but those that show a page and those of the run and of lessons.
const ROWS: &[Action] = &[
    action(
        Menu::File,
        "Open…",
        keys(CTRL, Key::O),
        ActionEffect::App(|_| Command::File(FileCommand::AskOpen)),
    )
    .also("load file preset read"),
    menu_only(
        Menu::File,
        "Open a link…",
        ActionEffect::Window(WindowCommand::TypeLink),
    )
    .also("url paste share send text"),
    action(
        Menu::File,
        "Import…",
        keys(CTRL, Key::I),
        ActionEffect::App(|_| Command::AskImport),
    )
    .also("csv data table positions options price path load own"),
    OPEN_RECORD,
    action(
        Menu::File,
        "Presets…",
        keys(CTRL_SHIFT, Key::O),
        ActionEffect::Window(WindowCommand::ToggleLibrary),
    )
    .also("library examples episodes scenarios browse templates"),
    action(
        Menu::File,
        "Save",
        keys(CTRL, Key::S),
        ActionEffect::App(|_| Command::File(FileCommand::Save)),
    )
    .also("write keep store preset"),
    action(
        Menu::File,
        "Save as…",
        keys(CTRL_SHIFT, Key::S),
        ActionEffect::App(|_| Command::File(FileCommand::AskSave)),
    )
    .also("write copy rename duplicate store"),
    menu_only(
        Menu::File,
        "Save as lesson…",
        ActionEffect::App(|_| Command::File(FileCommand::AskSaveLesson)),
    )
    .also("record replay class teach course"),
    action(
        Menu::Export,
        "Export…",
        keys(CTRL, Key::E),
        ActionEffect::Window(WindowCommand::ToggleExport),
    )
    .also("csv png picture download table figures report"),
    export("Export the time series (CSV)…", |_| ask_export(Export::Series)).also("save data download table"),
    export("Export the events (CSV)…", |_| ask_export(Export::Events))
        .also("save log download table")
        .unless(possible::events),
    export("Export a report (HTML)…", |_| ask_export(Export::Report)).also("page summary document print save"),
    export("Export the stress table (CSV)…", |_| ask_export(Export::Stress))
        .also("save lending download")
        .unless(possible::stress_table),
    export("Export a picture of the window (PNG)…", |_| {
        ask_export(Export::Picture(Picture::Window))
    })
    .also("screenshot image save"),
    export("Export a picture of the price plot (PNG)…", |_| {
        ask_export(Export::Picture(Picture::Price))
    })
    .also("screenshot image save")
    .unless(possible::plots),
    action(
        Menu::Export,
        "Copy the key figures",
        keys(CTRL, Key::C),
        ActionEffect::Window(WindowCommand::CopyFigures),
    )
    .also("clipboard numbers results"),
    menu_only(
        Menu::Export,
        "Copy the link",
        ActionEffect::Window(WindowCommand::CopyLink),
    )
    .also("share url send clipboard text"),
    export("Copy a picture of the window", |_| {
        WorkspaceCommand::CopyPicture(Picture::Window).into()
    })
    .also("screenshot image clipboard"),
    export("Copy a picture of the price plot", |_| {
        WorkspaceCommand::CopyPicture(Picture::Price).into()
    })
    .also("screenshot image clipboard")
    .unless(possible::plots),
    action(
        Menu::File,
        "Quit",
        keys(CTRL, Key::Q),
        ActionEffect::App(|_| Command::Workspace(WorkspaceCommand::Quit)),
    )
    .also("exit close leave end program"),
    action(
        Menu::Edit,
        "Undo",
        keys(CTRL, Key::Z),
        ActionEffect::App(|_| Command::Edit(EditCommand::Undo)),
    )
    .also("back revert take back")
    .unless(possible::undo),
    action(
        Menu::Edit,
        "Redo",
        keys(CTRL_SHIFT, Key::Z),
        ActionEffect::App(|_| Command::Edit(EditCommand::Redo)),
    )
    .also("again forward repeat")
    .unless(possible::redo),
    menu_only(
        Menu::Edit,
        "All parameters as in the preset",
        ActionEffect::App(|_| Command::Edit(EditCommand::ResetParameters)),
    )
    .also("reset defaults revert sliders original values")
    .unless(possible::reset_parameters)
    .group(),
    menu_only(
        Menu::Edit,
        "Drop the listed positions",
        ActionEffect::App(|_| Command::DropImported(ImportKind::Positions)),
    )
    .unless(|standing| possible::drop(standing, ImportKind::Positions)),
    menu_only(
        Menu::Edit,
        "Drop the price path",
        ActionEffect::App(|_| Command::DropImported(ImportKind::PricePath)),
    )
    .unless(|standing| possible::drop(standing, ImportKind::PricePath)),
    menu_only(
        Menu::Edit,
        "Drop the listed options",
        ActionEffect::App(|_| Command::DropImported(ImportKind::OptionChain)),
    )
    .unless(|standing| possible::drop(standing, ImportKind::OptionChain)),
    action(
        Menu::View,
        "Command palette",
        keys(CTRL, Key::P),
        ActionEffect::Window(WindowCommand::ToggleCommandPalette),
    )
    .also("search find commands actions"),
    action(
        Menu::View,
        "Larger",
        keys(CTRL, Key::Equals),
        ActionEffect::App(|app| zoom(app, ZOOM_STEP)),
    )
    .also("zoom in bigger font size scale magnify"),
    action(
        Menu::View,
        "Smaller",
        keys(CTRL, Key::Minus),
        ActionEffect::App(|app| zoom(app, 1.0 / ZOOM_STEP)),
    )
    .also("zoom out font size scale"),
    action(
        Menu::View,
        "Normal size",
        keys(CTRL, Key::Num0),
        ActionEffect::App(|_| Command::Workspace(WorkspaceCommand::SetZoom(1.0))),
    )
    .also("zoom reset 100 % font scale"),
    menu_only(
        Menu::View,
        "Whole run in the plots",
        ActionEffect::Window(WindowCommand::ShowWholeRun),
    )
    .also("fit all zoom out everything time axis")
    .unless(possible::plots)
    .group(),
    menu_only(
        Menu::View,
        "Last hour in the plots",
        ActionEffect::Window(WindowCommand::ShowHour),
    )
    .also("zoom time axis follow newest 1 h")
    .unless(possible::plots),
    menu_only(
        Menu::View,
        "Per-cent axis of the price",
        ActionEffect::Window(WindowCommand::TogglePercent),
    )
    .also("percentage relative change since the start compare level scale")
    .unless(possible::plots),
    action(
        Menu::View,
        "Full screen",
        keys(NONE, Key::F11),
        ActionEffect::Window(WindowCommand::ToggleFullscreen),
    )
    .also("fullscreen maximise maximize")
    .group(),
    action(
        Menu::View,
        "Lending-pool stress table",
        keys(CTRL, Key::L),
        ActionEffect::Window(WindowCommand::Show(lending::PAGE.id)),
    )
    .also("defi loans aave test"),
    menu_only(
        Menu::View,
        "Reset the layout",
        ActionEffect::App(|_| WorkspaceCommand::ResetLayout.into()),
    )
    .also("panels windows default arrangement restore")
    .group(),
    menu_only(
        Menu::View,
        "Reduced effects",
        ActionEffect::App(|app| WorkspaceCommand::SetReducedEffects(!app.settings.reduced_effects).into()),
    )
    .also("performance slow graphics software rendering")
    .switch(|app| app.settings.reduced_effects),
    menu_only(
        Menu::View,
        "Reduced motion",
        ActionEffect::App(|app| WorkspaceCommand::SetReducedMotion(!app.settings.reduced_motion).into()),
    )
    .also("animation easing still calm")
    .switch(|app| app.settings.reduced_motion),
    action(
        Menu::View,
        "Presenter mode",
        keys(NONE, Key::F5),
        ActionEffect::App(|_| Command::Workspace(WorkspaceCommand::TogglePresenter)),
    )
    .also("projector beamer presentation class audience lecture slides large")
    .switch(|app| app.presenting),
    action(
        Menu::View,
        "Find a parameter",
        keys(CTRL, Key::F),
        ActionEffect::Window(WindowCommand::FindParameter),
    )
    .also("search slider setting filter"),
    action(
        Menu::View,
        "Ensemble fan",
        keys(NONE, Key::E),
        ActionEffect::App(switch_fan),
    )
    .also("quantiles median luck seeds uncertainty confidence band many runs")
    .switch(fan_is_wanted),
    action(
        Menu::View,
        "Next asset",
        keys(NONE, Key::A),
        ActionEffect::App(next_asset),
    )
    .also("switch coin second other")
    .unless(possible::next_asset),
    action(
        Menu::Help,
        "Keyboard shortcuts",
        keys(NONE, Key::F1),
        ActionEffect::Window(WindowCommand::ToggleShortcuts),
    )
    .also("help keys hotkeys manual guide"),
    menu_only(
        Menu::Help,
        "Glossary",
        ActionEffect::Window(WindowCommand::ToggleGlossary),
    )
    .also("help terms words meaning definition formula source figures parameters explain"),
    action(
        Menu::Help,
        "About this preset",
        keys(SHIFT, Key::F1),
        ActionEffect::Window(WindowCommand::ToggleAboutPreset),
    )
    .also("help info description background story"),
    menu_only(
        Menu::Help,
        "About cascade-lab",
        ActionEffect::Window(WindowCommand::ToggleAbout),
    )
    .also("help version licence license disclaimer info"),
];

fn next_asset(app: &App) -> Command {
    let next = (app.asset_id().index() + 1) % app.present.simulation.assets().len();
    Command::Workspace(WorkspaceCommand::ShowAsset(AssetId::new(next)))
}

fn fan_is_wanted(app: &App) -> bool {
    Listed::OfPrice(fan::PART).is_wanted(&app.settings.plots)
}

fn switch_fan(app: &App) -> Command {
    Command::Workspace(WorkspaceCommand::ShowPlot(fan::PART.id, !fan_is_wanted(app)))
}

fn zoom(app: &App, factor: f32) -> Command {
    Command::Workspace(WorkspaceCommand::SetZoom(app.settings.zoom * factor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_app::{PlaybackCommand, pace};

    #[test]
    fn the_names_of_the_speeds_are_true() {
        let app = App::new(
            cascade_scenario::Scenario::default(),
            None,
            cascade_app::Settings::default(),
        )
        .unwrap();
        for action in ACTIONS.iter().filter(|action| action.menu == Menu::Speed) {
            let ActionEffect::App(command) = action.effect else {
                panic!()
            };
            let Command::Playback(PlaybackCommand::SetSpeed(speed)) = command(&app) else {
                panic!()
            };
            let name = format!("Speed {}", pace::multiple(speed));
            assert!(action.label.starts_with(&name), "{} for {name}", action.label);
        }
    }

    #[test]
    fn no_two_actions_share_their_keys_or_name() {
        for (index, action) in ACTIONS.iter().enumerate() {
            for other in &ACTIONS[..index] {
                assert_ne!(action.label, other.label);
                assert!(
                    action.shortcut.is_none() || action.shortcut != other.shortcut,
                    "{}",
                    action.label
                );
            }
        }
    }
}
