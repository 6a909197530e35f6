//! One table of actions feeds the menus, the keyboard and the shortcut sheet.

mod kind;
mod lesson;
mod pressed;

use cascade_scenario::{AssetId, ImportKind};
use std::sync::LazyLock;

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

use cascade_app::{
    ActCommand, App, BaselineCommand, Command, EditCommand, Export, FileCommand, Picture, PlaybackCommand,
    SelectionCommand, SliderMode, WorkspaceCommand, pace,
};

use super::command::WindowCommand;
use super::pages::PAGES;
use super::plots::fan;
use super::plots::list::Listed;
use super::remarks::Kind;

pub use kind::{Action, ActionEffect, Menu, OPEN_RECORD};
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
    Action {
        label,
        menu,
        shortcut: Some(shortcut),
        effect,
        also: "",
    }
}

const fn menu_only(menu: Menu, label: &'static str, effect: ActionEffect) -> Action {
    Action {
        label,
        menu,
        shortcut: None,
        effect,
        also: "",
    }
}

const fn export(label: &'static str, command: fn(&App) -> Command) -> Action {
    menu_only(Menu::Export, label, ActionEffect::App(command))
}

fn ask_export(what: Export) -> Command {
    WorkspaceCommand::AskExport(what).into()
}

const fn speed<const DIGIT: usize>(label: &'static str, key: Key) -> Action {
    let effect =
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::SetSpeed(pace::DIGITS[DIGIT] * pace::NORMAL)));
    action(Menu::Speed, label, keys(NONE, key), effect)
}

/// The table, in the order of the menus; the pages, which have a list of their own, come before the run.
pub static ACTIONS: LazyLock<Vec<Action>> = LazyLock::new(|| {
    let mut actions = ROWS.to_vec();
    let run = ROWS.iter().position(|action| action.menu == Menu::Run);
    let pages = PAGES.iter().map(|page| {
        let show = ActionEffect::Window(WindowCommand::Show(page.id));
        menu_only(Menu::Pages, page.action, show)
    });
    let at = run.unwrap_or(ROWS.len());
    actions.splice(at..at, pages);
    let remarks = actions.iter().position(|action| action.menu == Menu::Lesson);
    let at = remarks.unwrap_or(actions.len());
    actions.splice(at..at, lesson::ROWS.iter().copied());
    actions
});

/// All actions but those that show a page or concern the lesson that is taught.
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
    export("Export the events (CSV)…", |_| ask_export(Export::Events)).also("save log download table"),
    export("Export a report (HTML)…", |_| ask_export(Export::Report)).also("page summary document print save"),
    export("Export the stress table (CSV)…", |_| ask_export(Export::Stress)).also("save lending download"),
    export("Export a picture of the window (PNG)…", |_| {
        ask_export(Export::Picture(Picture::Window))
    })
    .also("screenshot image save"),
    export("Export a picture of the price plot (PNG)…", |_| {
        ask_export(Export::Picture(Picture::Price))
    })
    .also("screenshot image save"),
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
    .also("screenshot image clipboard"),
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
    .also("back revert take back"),
    action(
        Menu::Edit,
        "Redo",
        keys(CTRL_SHIFT, Key::Z),
        ActionEffect::App(|_| Command::Edit(EditCommand::Redo)),
    )
    .also("again forward repeat"),
    menu_only(
        Menu::Edit,
        "All parameters as in the preset",
        ActionEffect::App(|_| Command::Edit(EditCommand::ResetParameters)),
    )
    .also("reset defaults revert sliders original values"),
    menu_only(
        Menu::Edit,
        "Drop the listed positions",
        ActionEffect::App(|_| Command::DropImported(ImportKind::Positions)),
    ),
    menu_only(
        Menu::Edit,
        "Drop the price path",
        ActionEffect::App(|_| Command::DropImported(ImportKind::PricePath)),
    ),
    menu_only(
        Menu::Edit,
        "Drop the listed options",
        ActionEffect::App(|_| Command::DropImported(ImportKind::OptionChain)),
    ),
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
    .also("fit all zoom out everything time axis"),
    menu_only(
        Menu::View,
        "Last hour in the plots",
        ActionEffect::Window(WindowCommand::ShowHour),
    )
    .also("zoom time axis follow newest 1 h"),
    action(
        Menu::View,
        "Full screen",
        keys(NONE, Key::F11),
        ActionEffect::Window(WindowCommand::ToggleFullscreen),
    )
    .also("fullscreen maximise maximize"),
    action(
        Menu::View,
        "Lending-pool stress table",
        keys(CTRL, Key::L),
        ActionEffect::Window(WindowCommand::ToggleLending),
    )
    .also("defi loans aave test"),
    menu_only(
        Menu::View,
        "Reset the layout",
        ActionEffect::App(|_| WorkspaceCommand::ResetLayout.into()),
    )
    .also("panels windows default arrangement restore"),
    menu_only(
        Menu::View,
        "Reduced effects on or off",
        ActionEffect::App(|app| WorkspaceCommand::SetReducedEffects(!app.settings.reduced_effects).into()),
    )
    .also("performance slow graphics software rendering"),
    menu_only(
        Menu::View,
        "Reduced motion on or off",
        ActionEffect::App(|app| WorkspaceCommand::SetReducedMotion(!app.settings.reduced_motion).into()),
    )
    .also("animation easing still calm"),
    action(
        Menu::View,
        "Presenter mode",
        keys(NONE, Key::F5),
        ActionEffect::App(|_| Command::Workspace(WorkspaceCommand::TogglePresenter)),
    )
    .also("projector beamer presentation class audience lecture slides large"),
    action(
        Menu::View,
        "Find a parameter",
        keys(CTRL, Key::F),
        ActionEffect::Window(WindowCommand::FindParameter),
    )
    .also("search slider setting filter"),
    action(
        Menu::View,
        "Ensemble fan on or off",
        keys(NONE, Key::E),
        ActionEffect::App(switch_fan),
    )
    .also("quantiles median luck seeds uncertainty confidence band many runs"),
    action(
        Menu::View,
        "Next asset",
        keys(NONE, Key::A),
        ActionEffect::App(next_asset),
    )
    .also("switch coin second other"),
    action(
        Menu::Run,
        "Play or pause",
        keys(NONE, Key::Space),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::TogglePlay)),
    )
    .also("run stop start halt continue resume"),
    action(
        Menu::Run,
        "One step",
        keys(NONE, Key::ArrowRight),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::Step(1))),
    )
    .also("forward advance next"),
    action(
        Menu::Run,
        "Ten steps",
        keys(SHIFT, Key::ArrowRight),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::Step(10))),
    )
    .also("forward advance fast next"),
    action(
        Menu::Run,
        "Start again",
        keys(NONE, Key::R),
        ActionEffect::App(|_| Command::Edit(EditCommand::Reset)),
    )
    .also("restart reset rerun rewind from the beginning"),
    action(
        Menu::Run,
        "Sliders change the whole run, or what is to come",
        keys(NONE, Key::M),
        ActionEffect::App(other_mode),
    )
    .also("mode live rerun whole run from here on parameters follow"),
    menu_only(
        Menu::Run,
        "Start again without my shocks and remarks",
        ActionEffect::App(|_| Command::Edit(EditCommand::ResetEvents)),
    ),
    action(
        Menu::Run,
        "Shock",
        keys(NONE, Key::S),
        ActionEffect::App(|_| Command::Act(ActCommand::Shock)),
    )
    .also("crash news drop fall push"),
    action(
        Menu::Run,
        "Aim a shock at a price",
        keys(NONE, Key::X),
        ActionEffect::Window(WindowCommand::AimShock),
    )
    .also("crash news click plot tool level"),
    action(
        Menu::Run,
        "Venue outage",
        keys(NONE, Key::O),
        ActionEffect::App(|_| Command::Act(ActCommand::Outage)),
    )
    .also("exchange down offline failure"),
    action(
        Menu::Run,
        "New seed",
        keys(NONE, Key::N),
        ActionEffect::App(|_| Command::Edit(EditCommand::NewSeed)),
    )
    .also("random luck noise another dice"),
    action(
        Menu::Run,
        "One step back",
        keys(NONE, Key::ArrowLeft),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::StepBack(1))),
    )
    .also("rewind backward previous time"),
    action(
        Menu::Run,
        "Ten steps back",
        keys(SHIFT, Key::ArrowLeft),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::StepBack(10))),
    )
    .also("rewind backward previous time"),
    action(
        Menu::Run,
        "To the start",
        keys(NONE, Key::Home),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::Seek(0))),
    )
    .also("rewind beginning home first"),
    action(
        Menu::Run,
        "To the newest step",
        keys(NONE, Key::End),
        ActionEffect::App(|app| Command::Playback(PlaybackCommand::Seek(app.present.newest_step()))),
    )
    .also("end last now live latest"),
    action(
        Menu::Run,
        "Previous bookmark",
        keys(CTRL, Key::ArrowLeft),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::PreviousBookmark)),
    ),
    action(
        Menu::Run,
        "Next bookmark",
        keys(CTRL, Key::ArrowRight),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::NextBookmark)),
    ),
    action(
        Menu::Run,
        "Explain from here",
        keys(NONE, Key::F),
        ActionEffect::App(|app| Command::Selection(SelectionCommand::Begin(app.present.position()))),
    )
    .also("attribution why interval select cause"),
    action(
        Menu::Run,
        "Explain to here",
        keys(NONE, Key::T),
        ActionEffect::App(|app| Command::Selection(SelectionCommand::End(app.present.position()))),
    )
    .also("attribution why interval select cause"),
    action(
        Menu::Run,
        "Pin as baseline, or unpin",
        keys(NONE, Key::P),
        ActionEffect::App(pin),
    )
    .also("compare comparison A/B reference versus overlay freeze"),
    action(
        Menu::Run,
        "Replay the cascade",
        keys(NONE, Key::Y),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::Replay)),
    )
    .also("again slow motion once more repeat liquidation"),
    menu_only(
        Menu::Run,
        "Explain nothing",
        ActionEffect::App(|_| Command::Selection(SelectionCommand::Clear)),
    ),
    speed::<1>("Speed 1×: twenty steps a second", Key::Num1),
    speed::<2>("Speed 2×", Key::Num2),
    speed::<3>("Speed 5×", Key::Num3),
    speed::<4>("Speed 10×", Key::Num4),
    speed::<5>("Speed 20×", Key::Num5),
    speed::<6>("Speed 50×", Key::Num6),
    speed::<7>("Speed 100×", Key::Num7),
    speed::<8>("Speed 200×", Key::Num8),
    speed::<9>("Speed 500×", Key::Num9),
    speed::<0>("Speed ½×", Key::Num0),
    menu_only(
        Menu::Lesson,
        "Add a note…",
        ActionEffect::Window(WindowCommand::BeginRemark(Kind::Note)),
    )
    .also("comment annotation text remark"),
    menu_only(
        Menu::Lesson,
        "Ask a question…",
        ActionEffect::Window(WindowCommand::BeginRemark(Kind::Question)),
    )
    .also("quiz vote poll guess lesson"),
    action(
        Menu::Lesson,
        "Add a bookmark…",
        keys(NONE, Key::B),
        ActionEffect::Window(WindowCommand::BeginRemark(Kind::Bookmark)),
    )
    .also("mark favourite favorite moment flag"),
    menu_only(
        Menu::Lesson,
        "Add a pause",
        ActionEffect::App(|_| Command::Act(ActCommand::Remark(cascade_scenario::Action::Pause))),
    )
    .also("stop wait break lesson"),
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

fn switch_fan(app: &App) -> Command {
    let shown = Listed::OfPrice(fan::PART).is_wanted(&app.settings.plots);
    Command::Workspace(WorkspaceCommand::ShowPlot(fan::PART.id, !shown))
}

const fn other_mode(app: &App) -> Command {
    Command::Edit(EditCommand::SetSliderMode(match app.sliders {
        SliderMode::WholeRun => SliderMode::FromHere,
        SliderMode::FromHere => SliderMode::WholeRun,
    }))
}

const fn pin(app: &App) -> Command {
    if app.baseline.is_some() {
        Command::Baseline(BaselineCommand::Unpin)
    } else {
        Command::Baseline(BaselineCommand::Pin)
    }
}

fn zoom(app: &App, factor: f32) -> Command {
    Command::Workspace(WorkspaceCommand::SetZoom(app.settings.zoom * factor))
}

#[cfg(test)]
mod tests {
    use super::*;

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
