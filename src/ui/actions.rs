//! One table of actions feeds the menus, the keyboard and the shortcut sheet.

use eframe::egui::{Context, Event, InputState, Key, KeyboardShortcut, Modifiers};

use crate::app::import::Brought;
use crate::app::studies::Question;
use crate::app::{App, Command, DeskCommand, Export, Page, Picture, pace};
use crate::scenario;

use super::help::Sheet;
use super::library::LibrarySheet;
use super::remarks::{Draft, Kind};
use super::shell::View;

/// What choosing an action does.
#[derive(Clone, Copy, Debug)]
pub enum Effect {
    /// Changes the state.
    App(fn(&App) -> Command),
    /// Changes only what the window shows.
    View(fn(&mut View)),
}

/// Which menu an action stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    pub const ALL: [Self; 9] = [
        Self::File,
        Self::Export,
        Self::Edit,
        Self::View,
        Self::Pages,
        Self::Run,
        Self::Speed,
        Self::Lesson,
        Self::Help,
    ];

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
    pub effect: Effect,
}

const fn keys(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
/// Ratio of two neighbouring zooms.
const ZOOM_STEP: f32 = 1.1;

const fn action(menu: Menu, label: &'static str, shortcut: KeyboardShortcut, effect: Effect) -> Action {
    Action {
        label,
        menu,
        shortcut: Some(shortcut),
        effect,
    }
}

const fn menu_only(menu: Menu, label: &'static str, effect: Effect) -> Action {
    Action {
        label,
        menu,
        shortcut: None,
        effect,
    }
}

const fn export(label: &'static str, command: fn(&App) -> Command) -> Action {
    menu_only(Menu::Export, label, Effect::App(command))
}

fn ask_export(what: Export) -> Command {
    DeskCommand::AskExport(what).into()
}

const fn speed<const DIGIT: usize>(label: &'static str, key: Key) -> Action {
    let effect = Effect::App(|_| Command::SetSpeed(pace::DIGITS[DIGIT] * pace::NORMAL));
    action(Menu::Speed, label, keys(NONE, key), effect)
}

/// The table, in the order of the menus.
pub const ACTIONS: &[Action] = &[
    action(
        Menu::File,
        "Open…",
        keys(CTRL, Key::O),
        Effect::App(|_| Command::AskOpen),
    ),
    action(
        Menu::File,
        "Import…",
        keys(CTRL, Key::I),
        Effect::App(|_| Command::AskImport),
    ),
    action(
        Menu::File,
        "Presets…",
        keys(CTRL_SHIFT, Key::O),
        Effect::View(|view| view.library = view.library.take().xor(Some(LibrarySheet::default()))),
    ),
    action(Menu::File, "Save", keys(CTRL, Key::S), Effect::App(|_| Command::Save)),
    action(
        Menu::File,
        "Save as…",
        keys(CTRL_SHIFT, Key::S),
        Effect::App(|_| Command::AskSave),
    ),
    menu_only(Menu::File, "Save as lesson…", Effect::App(|_| Command::AskSaveLesson)),
    action(
        Menu::Export,
        "Export…",
        keys(CTRL, Key::E),
        Effect::View(|view| view.export = !view.export),
    ),
    export("Export the time series (CSV)…", |_| ask_export(Export::Series)),
    export("Export the events (CSV)…", |_| ask_export(Export::Events)),
    export("Export the stress table (CSV)…", |_| ask_export(Export::Stress)),
    export("Export a picture of the window (PNG)…", |_| {
        ask_export(Export::Picture(Picture::Window))
    }),
    export("Export a picture of the price plot (PNG)…", |_| {
        ask_export(Export::Picture(Picture::Price))
    }),
    action(
        Menu::Export,
        "Copy the key figures",
        keys(CTRL, Key::C),
        Effect::View(|view| view.copy_figures = true),
    ),
    export("Copy a picture of the window", |_| {
        DeskCommand::CopyPicture(Picture::Window).into()
    }),
    export("Copy a picture of the price plot", |_| {
        DeskCommand::CopyPicture(Picture::Price).into()
    }),
    action(Menu::File, "Quit", keys(CTRL, Key::Q), Effect::App(|_| Command::Quit)),
    action(Menu::Edit, "Undo", keys(CTRL, Key::Z), Effect::App(|_| Command::Undo)),
    action(
        Menu::Edit,
        "Redo",
        keys(CTRL_SHIFT, Key::Z),
        Effect::App(|_| Command::Redo),
    ),
    menu_only(
        Menu::Edit,
        "All parameters as in the preset",
        Effect::App(|_| Command::ResetParameters),
    ),
    menu_only(
        Menu::Edit,
        "Drop the listed positions",
        Effect::App(|_| Command::DropBrought(Brought::Positions)),
    ),
    menu_only(
        Menu::Edit,
        "Drop the price path",
        Effect::App(|_| Command::DropBrought(Brought::PricePath)),
    ),
    menu_only(
        Menu::Edit,
        "Drop the listed options",
        Effect::App(|_| Command::DropBrought(Brought::Options)),
    ),
    action(
        Menu::View,
        "Command palette",
        keys(CTRL, Key::P),
        Effect::View(|view| view.toggle_commands = true),
    ),
    action(
        Menu::View,
        "Larger",
        keys(CTRL, Key::Equals),
        Effect::App(|app| zoom(app, ZOOM_STEP)),
    ),
    action(
        Menu::View,
        "Smaller",
        keys(CTRL, Key::Minus),
        Effect::App(|app| zoom(app, 1.0 / ZOOM_STEP)),
    ),
    action(
        Menu::View,
        "Normal size",
        keys(CTRL, Key::Num0),
        Effect::App(|_| Command::SetZoom(1.0)),
    ),
    action(
        Menu::View,
        "Full screen",
        keys(NONE, Key::F11),
        Effect::View(|view| view.fullscreen = !view.fullscreen),
    ),
    action(
        Menu::View,
        "Lending-pool stress table",
        keys(CTRL, Key::L),
        Effect::View(|view| view.lending.open = !view.lending.open),
    ),
    menu_only(
        Menu::View,
        "Reset the layout",
        Effect::App(|_| DeskCommand::ResetLayout.into()),
    ),
    menu_only(
        Menu::View,
        "Reduced effects on or off",
        Effect::App(|app| DeskCommand::SetReducedEffects(!app.settings.reduced_effects).into()),
    ),
    action(
        Menu::View,
        "Presenter mode",
        keys(NONE, Key::F5),
        Effect::App(|_| Command::TogglePresenter),
    ),
    action(
        Menu::View,
        "Find a parameter",
        keys(CTRL, Key::F),
        Effect::View(|view| view.focus_search = true),
    ),
    menu_only(
        Menu::Pages,
        "Plots of the run",
        Effect::App(|_| Command::Show(Page::Plots)),
    ),
    menu_only(
        Menu::Pages,
        "Delta map: what is forced on the way to a price",
        Effect::App(|_| Command::Show(Page::DeltaMap)),
    ),
    menu_only(
        Menu::Pages,
        "Distributions: leverage, distance, levels",
        Effect::App(|_| Command::Show(Page::Distributions)),
    ),
    menu_only(
        Menu::Pages,
        "Contagion: which asset hits which",
        Effect::App(|_| Command::Show(Page::Contagion)),
    ),
    menu_only(
        Menu::Pages,
        "Venues beside one another",
        Effect::App(|_| Command::Show(Page::Venues)),
    ),
    action(Menu::View, "Next asset", keys(NONE, Key::A), Effect::App(next_asset)),
    menu_only(
        Menu::Pages,
        "Fragility: where it breaks",
        Effect::App(|_| Command::Show(Page::Study(Question::Fragility))),
    ),
    menu_only(
        Menu::Pages,
        "Sensitivity: which slider matters",
        Effect::App(|_| Command::Show(Page::Study(Question::Sensitivity))),
    ),
    menu_only(
        Menu::Pages,
        "Interventions: what would have helped",
        Effect::App(|_| Command::Show(Page::Study(Question::Interventions))),
    ),
    menu_only(
        Menu::Pages,
        "At risk: how bad it can get",
        Effect::App(|_| Command::Show(Page::Study(Question::AtRisk))),
    ),
    action(
        Menu::Run,
        "Play or pause",
        keys(NONE, Key::Space),
        Effect::App(|_| Command::TogglePlay),
    ),
    action(
        Menu::Run,
        "One step",
        keys(NONE, Key::ArrowRight),
        Effect::App(|_| Command::Step(1)),
    ),
    action(
        Menu::Run,
        "Ten steps",
        keys(SHIFT, Key::ArrowRight),
        Effect::App(|_| Command::Step(10)),
    ),
    action(
        Menu::Run,
        "Start again",
        keys(NONE, Key::R),
        Effect::App(|_| Command::Reset),
    ),
    action(Menu::Run, "Shock", keys(NONE, Key::S), Effect::App(|_| Command::Shock)),
    action(
        Menu::Run,
        "Venue outage",
        keys(NONE, Key::O),
        Effect::App(|_| Command::Outage),
    ),
    action(
        Menu::Run,
        "New seed",
        keys(NONE, Key::N),
        Effect::App(|_| Command::NewSeed),
    ),
    action(
        Menu::Run,
        "One step back",
        keys(NONE, Key::ArrowLeft),
        Effect::App(|_| Command::StepBack(1)),
    ),
    action(
        Menu::Run,
        "Ten steps back",
        keys(SHIFT, Key::ArrowLeft),
        Effect::App(|_| Command::StepBack(10)),
    ),
    action(
        Menu::Run,
        "To the start",
        keys(NONE, Key::Home),
        Effect::App(|_| Command::Seek(0)),
    ),
    action(
        Menu::Run,
        "To the newest step",
        keys(NONE, Key::End),
        Effect::App(|app| Command::Seek(app.newest_step())),
    ),
    action(
        Menu::Run,
        "Previous bookmark",
        keys(CTRL, Key::ArrowLeft),
        Effect::App(|_| Command::PreviousBookmark),
    ),
    action(
        Menu::Run,
        "Next bookmark",
        keys(CTRL, Key::ArrowRight),
        Effect::App(|_| Command::NextBookmark),
    ),
    action(
        Menu::Run,
        "Explain from here",
        keys(NONE, Key::F),
        Effect::App(|app| Command::SelectFrom(app.position())),
    ),
    action(
        Menu::Run,
        "Explain to here",
        keys(NONE, Key::T),
        Effect::App(|app| Command::SelectTo(app.position())),
    ),
    action(
        Menu::Run,
        "Pin as baseline, or unpin",
        keys(NONE, Key::P),
        Effect::App(pin),
    ),
    menu_only(Menu::Run, "Explain nothing", Effect::App(|_| Command::ClearSelection)),
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
        Effect::View(|view| view.remark = Some(Draft::new(Kind::Note))),
    ),
    menu_only(
        Menu::Lesson,
        "Ask a question…",
        Effect::View(|view| view.remark = Some(Draft::new(Kind::Question))),
    ),
    action(
        Menu::Lesson,
        "Add a bookmark…",
        keys(NONE, Key::B),
        Effect::View(|view| view.remark = Some(Draft::new(Kind::Bookmark))),
    ),
    menu_only(
        Menu::Lesson,
        "Add a pause",
        Effect::App(|_| Command::Remark(scenario::Action::Pause)),
    ),
    action(
        Menu::Help,
        "Keyboard shortcuts",
        keys(NONE, Key::F1),
        Effect::View(|view| view.toggle_sheet(Sheet::Shortcuts)),
    ),
    action(
        Menu::Help,
        "About this preset",
        keys(SHIFT, Key::F1),
        Effect::View(|view| view.about_preset = !view.about_preset),
    ),
    menu_only(
        Menu::Help,
        "About cascade-lab",
        Effect::View(|view| view.toggle_sheet(Sheet::About)),
    ),
];

fn next_asset(app: &App) -> Command {
    Command::ShowAsset((app.asset_index() + 1) % app.simulation.assets().len())
}

const fn pin(app: &App) -> Command {
    if app.baseline.is_some() {
        Command::Unpin
    } else {
        Command::Pin
    }
}

fn zoom(app: &App, factor: f32) -> Command {
    Command::SetZoom(app.settings.zoom * factor)
}

/// The keys as they are written on a keyboard: `Ctrl+=`, `Shift+→`.
pub fn keys_text(ctx: &Context, keys: &KeyboardShortcut) -> String {
    ctx.format_shortcut(keys)
        .replace("Equals", "=")
        .replace("Minus", "−")
        .replace("Right", "→")
        .replace("Left", "←")
}

/// The actions whose keys were pressed. Keys without Ctrl belong to a widget that has the focus, if there is one; while a
/// question or a sheet is open only what changes the view is listened to.
pub fn pressed(ctx: &Context) -> Vec<&'static Action> {
    let asked = ctx.memory(|memory| memory.top_modal_layer().is_some());
    let typing = ctx.text_edit_focused();
    let focused = ctx.egui_wants_keyboard_input();
    let mut chosen = Vec::new();
    ctx.input_mut(|input| {
        // The one with Shift first: egui lets a shortcut without Shift match with it.
        for with_shift in [true, false] {
            for action in ACTIONS
                .iter()
                .filter(|action| !asked || matches!(action.menu, Menu::View | Menu::Help))
            {
                let Some(shortcut) = action.shortcut.filter(|keys| keys.modifiers.shift == with_shift) else {
                    continue;
                };
                let function_key = matches!(shortcut.logical_key, Key::F1 | Key::F5 | Key::F11);
                let belongs_to_widget = match shortcut.logical_key {
                    // Text has a clipboard, an undo and ways of moving of its own.
                    Key::C | Key::Z | Key::ArrowLeft | Key::ArrowRight if typing => true,
                    _ if shortcut.modifiers.command || function_key => false,
                    // A focused slider or button has its own use for these.
                    Key::ArrowLeft | Key::ArrowRight | Key::Home | Key::End | Key::Space => focused,
                    _ => typing,
                };
                if !belongs_to_widget && consume(input, shortcut) {
                    chosen.push(action);
                }
            }
        }
    });
    chosen
}

/// Takes a key press away; `+` counts as `=`, where it has a key of its own. The desktop makes an event of its own of Ctrl+C.
fn consume(input: &mut InputState, shortcut: KeyboardShortcut) -> bool {
    if shortcut.logical_key == Key::C {
        let before = input.events.len();
        input.events.retain(|event| *event != Event::Copy);
        return input.events.len() < before;
    }
    let plus = KeyboardShortcut::new(shortcut.modifiers, Key::Plus);
    input.consume_shortcut(&shortcut) || shortcut.logical_key == Key::Equals && input.consume_shortcut(&plus)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_speeds_are_true() {
        let app = App::new(
            crate::scenario::Scenario::default(),
            None,
            crate::app::Settings::default(),
        )
        .unwrap();
        for action in ACTIONS.iter().filter(|action| action.menu == Menu::Speed) {
            let Effect::App(command) = action.effect else { panic!() };
            let Command::SetSpeed(speed) = command(&app) else {
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
