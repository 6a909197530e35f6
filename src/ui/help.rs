//! The sheet of shortcuts and the about box.

use eframe::egui::{Button, Context, Grid, Id, KeyboardShortcut, Modal, ScrollArea, Ui};

use super::actions::{self, ACTIONS, Menu};
use super::style;

/// What everybody who uses the program must know about it.
pub const DISCLAIMER: [&str; 4] = [
    "cascade-lab is a stylised model for teaching and for asking “what if”. It is no forecast, no trading tool and no \
     investment advice.",
    "Estimated liquidation levels are drawn from the model's own assumptions about entries and leverage. They are a model and \
     not exchange data.",
    "Published evidence on how much liquidations move prices is mixed, and published totals of past episodes differ by a \
     factor of two between sources.",
    "A run is fully determined by its parameters, seed and events; the same preset gives the same run on every machine.",
];

/// What the mouse does, beside the buttons.
const MOUSE: [(&str, &str); 11] = [
    ("click on a plot", "go to that moment"),
    ("drag the price tag", "a shock to that level (or X, then a click)"),
    ("drag a plot", "along the time axis"),
    ("wheel", "more or less time in view"),
    ("Shift+drag", "explain what moved the price in between"),
    ("double click", "follow the newest step"),
    ("click on a legend", "hide a series, or show it again"),
    ("right click on a plot", "its picture, its place, hide it"),
    ("drag between plots", "their heights"),
    ("drop a file", "open a preset, a lesson or a table"),
    ("Escape", "closes what lies on top"),
];

/// Whose fonts these are and on what terms.
const FONTS: [(&str, &str); 5] = [
    (
        "Inter",
        "The Inter Project Authors, SIL Open Font License 1.1; reduced to the signs that are used",
    ),
    ("Ubuntu Light", "Canonical Ltd., Ubuntu Font Licence 1.0"),
    ("Hack", "Source Foundry Authors, MIT License and Bitstream Vera License"),
    ("Noto Emoji", "Google Inc., SIL Open Font License 1.1"),
    ("emoji-icon-font", "John Slegers, MIT License"),
];

/// Something to read over the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// The keyboard.
    Shortcuts,
    /// The program and its limits.
    About,
}

/// Draws the sheet that is open.
pub fn show(ctx: &Context, open: &mut Option<Sheet>) {
    let close = match open {
        Some(Sheet::Shortcuts) => sheet(ctx, "shortcuts", "Keyboard shortcuts", shortcuts),
        Some(Sheet::About) => sheet(ctx, "about", "cascade-lab", about),
        None => false,
    };
    if close {
        *open = None;
    }
}

fn sheet(ctx: &Context, id: &str, title: &str, content: impl FnOnce(&mut Ui)) -> bool {
    let room = ctx.content_rect().size();
    let modal = Modal::new(Id::unique(("sheet", id)))
        .frame(style::sheet(ctx))
        .show(ctx, |ui| {
            ui.set_width(440.0_f32.min(room.x - 80.0));
            ui.heading(title);
            ui.add_space(4.0);
            let height = room.y - 180.0;
            ScrollArea::vertical()
                .max_height(height)
                .min_scrolled_height(height)
                .show(ui, content);
            ui.add_space(8.0);
            ui.add(Button::new("Close")).clicked()
        });
    modal.inner || modal.should_close()
}

fn shortcuts(ui: &mut Ui) {
    for menu in Menu::ALL.iter().copied() {
        let actions = ACTIONS.iter().filter(|action| action.menu == menu);
        let with_keys = actions.filter_map(|action| Some((action.label, action.shortcut?)));
        let rows: Vec<(&str, KeyboardShortcut)> = with_keys.collect();
        if rows.is_empty() {
            continue;
        }
        ui.label(style::strong(menu.label(), style::SUBHEADING));
        Grid::new(("shortcuts of", menu.label()))
            .num_columns(2)
            .min_col_width(130.0)
            .show(ui, |ui| {
                for (label, keys) in rows {
                    ui.monospace(actions::keys_text(ui.ctx(), &keys));
                    ui.label(label);
                    ui.end_row();
                }
            });
        ui.add_space(6.0);
    }
    ui.label(style::strong("Mouse", style::SUBHEADING));
    Grid::new("mouse").num_columns(2).min_col_width(130.0).show(ui, |ui| {
        for (deed, effect) in MOUSE {
            ui.monospace(deed);
            ui.label(effect);
            ui.end_row();
        }
    });
    ui.add_space(6.0);
    ui.weak("A slider or a border with the focus (Tab) moves with the arrow keys; Enter opens the menu of a plot. Ctrl+P finds everything by its name.");
}

fn about(ui: &mut Ui) {
    ui.label(format!("Version {}", env!("CARGO_PKG_VERSION")));
    ui.label("How leverage turns a small price move into a crash.");
    for paragraph in DISCLAIMER {
        ui.add_space(4.0);
        ui.label(paragraph);
    }
    ui.add_space(8.0);
    ui.label(style::strong("Licences", style::SUBHEADING));
    ui.label(format!(
        "The program: {}.",
        env!("CARGO_PKG_LICENSE").replace("OR", "or")
    ));
    for (font, terms) in FONTS {
        ui.label(format!("{font}: {terms}."));
    }
    ui.collapsing("Inter's licence in full", |ui| {
        ui.label(include_str!("../../assets/fonts/inter-license.txt"));
    });
}
