//! Actions of the menu of the run.

use eframe::egui::Key;

use cascade_app::{
    ActCommand, App, Command, EditCommand, PinCommand, PlaybackCommand, SelectionCommand, SliderMode, pace,
};

use super::{Action, ActionEffect, CTRL, Menu, NONE, SHIFT, action, keys, menu_only, possible};
use crate::command::WindowCommand;

const fn speed<const DIGIT: usize>(label: &'static str, key: Key) -> Action {
    let effect =
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::SetSpeed(pace::DIGITS[DIGIT] * pace::NORMAL)));
    action(Menu::Speed, label, keys(NONE, key), effect)
}

/// Going on, beginning anew, what is done to the market, comparing, explaining; then other moments, and how fast.
pub(super) const ROWS: &[Action] = &[
    action(
        Menu::Run,
        "Play or pause",
        keys(NONE, Key::Space),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::TogglePlay)),
    )
    .also("run stop start halt continue resume")
    .unless(possible::running),
    action(
        Menu::Run,
        "One step",
        keys(NONE, Key::ArrowRight),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::Step(1))),
    )
    .also("forward advance next")
    .unless(possible::running),
    action(
        Menu::Run,
        "Ten steps",
        keys(SHIFT, Key::ArrowRight),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::Step(10))),
    )
    .also("forward advance fast next")
    .unless(possible::running),
    action(
        Menu::Run,
        "Replay the cascade",
        keys(NONE, Key::Y),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::Replay)),
    )
    .also("again slow motion once more repeat liquidation")
    .unless(possible::replay),
    action(
        Menu::Run,
        "Start again",
        keys(NONE, Key::R),
        ActionEffect::App(|_| Command::Edit(EditCommand::Reset)),
    )
    .also("restart reset rerun rewind from the beginning")
    .group(),
    menu_only(
        Menu::Run,
        "Start again without my shocks and remarks",
        ActionEffect::App(|_| Command::Edit(EditCommand::ResetEvents)),
    )
    .unless(possible::own_events),
    action(
        Menu::Run,
        "New seed",
        keys(NONE, Key::N),
        ActionEffect::App(|_| Command::Edit(EditCommand::NewSeed)),
    )
    .also("random luck noise another dice"),
    action(
        Menu::Run,
        "Sliders change the whole run",
        keys(NONE, Key::M),
        ActionEffect::App(other_mode),
    )
    .also("mode live rerun whole run from here on parameters follow")
    .switch(|app| app.sliders == SliderMode::WholeRun)
    .group(),
    action(
        Menu::Run,
        "Shock",
        keys(NONE, Key::S),
        ActionEffect::App(|_| Command::Act(ActCommand::Shock)),
    )
    .also("crash news drop fall push")
    .group(),
    action(
        Menu::Run,
        "Aim a shock at a price",
        keys(NONE, Key::X),
        ActionEffect::Window(WindowCommand::AimShock),
    )
    .also("crash news click plot tool level")
    .unless(possible::plots),
    action(
        Menu::Run,
        "Venue outage",
        keys(NONE, Key::O),
        ActionEffect::App(|_| Command::Act(ActCommand::Outage)),
    )
    .also("exchange down offline failure"),
    action(Menu::Run, "Pin this run", keys(NONE, Key::P), ActionEffect::App(pin))
        .also("baseline compare comparison A/B reference versus overlay freeze")
        .unless(possible::pin)
        .switch(|app| app.pinned_as().is_some())
        .group(),
    menu_only(
        Menu::Run,
        "Unpin all runs",
        ActionEffect::App(|_| Command::Pin(PinCommand::UnpinAll)),
    )
    .also("baseline comparison remove away")
    .unless(possible::unpin),
    action(
        Menu::Run,
        "Explain from here",
        keys(NONE, Key::F),
        ActionEffect::App(|app| Command::Selection(SelectionCommand::Begin(app.present.position()))),
    )
    .also("attribution why interval select cause")
    .unless(possible::explain)
    .group(),
    action(
        Menu::Run,
        "Explain to here",
        keys(NONE, Key::T),
        ActionEffect::App(|app| Command::Selection(SelectionCommand::End(app.present.position()))),
    )
    .also("attribution why interval select cause")
    .unless(possible::explain),
    menu_only(
        Menu::Run,
        "Explain nothing",
        ActionEffect::App(|_| Command::Selection(SelectionCommand::Clear)),
    )
    .unless(possible::explain_nothing),
    action(
        Menu::GoTo,
        "One step back",
        keys(NONE, Key::ArrowLeft),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::StepBack(1))),
    )
    .also("rewind backward previous time")
    .unless(possible::back),
    action(
        Menu::GoTo,
        "Ten steps back",
        keys(SHIFT, Key::ArrowLeft),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::StepBack(10))),
    )
    .also("rewind backward previous time")
    .unless(possible::back),
    action(
        Menu::GoTo,
        "To the start",
        keys(NONE, Key::Home),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::Seek(0))),
    )
    .also("rewind beginning home first")
    .unless(possible::back),
    action(
        Menu::GoTo,
        "Previous bookmark",
        keys(CTRL, Key::ArrowLeft),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::PreviousBookmark)),
    )
    .unless(possible::back),
    action(
        Menu::GoTo,
        "To the newest step",
        keys(NONE, Key::End),
        ActionEffect::App(|app| Command::Playback(PlaybackCommand::Seek(app.present.newest_step()))),
    )
    .also("end last now live latest")
    .unless(possible::onwards),
    action(
        Menu::GoTo,
        "Next bookmark",
        keys(CTRL, Key::ArrowRight),
        ActionEffect::App(|_| Command::Playback(PlaybackCommand::NextBookmark)),
    )
    .unless(possible::onwards),
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
];

const fn other_mode(app: &App) -> Command {
    Command::Edit(EditCommand::SetSliderMode(match app.sliders {
        SliderMode::WholeRun => SliderMode::FromHere,
        SliderMode::FromHere => SliderMode::WholeRun,
    }))
}

/// Pins the run, or takes it away again where it is pinned as it stands.
fn pin(app: &App) -> Command {
    let pinned = app.pinned_as();
    pinned.map_or(PinCommand::Pin, PinCommand::Unpin).into()
}
