//! Which actions the keyboard asks for, and how their keys are written.

use eframe::egui::{Context, Event, InputState, Key, KeyboardShortcut};

use super::{ACTIONS, Action, Menu};

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
