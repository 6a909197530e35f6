//! The command palette: everything the window can do, found by typing. It has no list of its own: the entries are the
//! actions of the menus, the presets, plots, pages, themes and parameters as they are described elsewhere.

use eframe::egui::accesskit::Live;
use eframe::egui::{
    Align2, Color32, Context, FontId, Id, Key, KeyboardShortcut, Modal, Modifiers, Rect, Response, ScrollArea,
    TextEdit, TextStyle, Ui, pos2, vec2,
};

use cascade_app::{Command, EditCommand, FileCommand, Theme, WorkspaceCommand};
use cascade_scenario::{Kind, groups, parameter, table};

use super::actions::{self, ACTIONS, ActionEffect, Standing};
use super::command::WindowCommand;
use super::fuzzy;
use super::number;
use super::palette::Palette;
use super::parameters::is_master;
use super::picker::Picker;
use super::plots::list::PLOTS;
use super::{shipped, style};

/// Other words for colours.
const THEMES: &str = "theme colors appearance mode night day dark light contrast settings preferences";
/// Height of a row.
const ROW: f32 = 26.0;
/// Opacity of the name of what cannot be done now.
const BLOCKED: f32 = 0.7;
/// What a parameter with a typed value is worth more than one without.
const TYPED: i32 = 4_000;
/// What one of the main sliders is worth more than others: more than that its name begins with the word.
const MASTER: i32 = 200;

/// What an entry does.
#[derive(Clone, Debug)]
pub enum Choice {
    /// What its menu item does.
    ActionEffect(ActionEffect),
    /// Changes the state.
    Command(Command),
}

/// A line of the palette.
#[derive(Clone, Debug)]
pub struct PaletteEntry {
    /// What it is called.
    pub label: String,
    /// What sort of thing it is.
    pub detail: String,
    /// Other words it is found by.
    pub also: &'static str,
    /// Its keys.
    pub keys: Option<KeyboardShortcut>,
    /// What it does.
    pub choice: Choice,
    /// Why it cannot be done now; none where it can.
    pub blocked: Option<&'static str>,
}

impl PaletteEntry {
    /// What it is worth beyond what its words are: the sliders that stand above all others come first.
    fn bonus(&self) -> i32 {
        match self.choice {
            Choice::ActionEffect(ActionEffect::Window(WindowCommand::GoTo(id))) if is_master(id) => MASTER,
            _ => 0,
        }
    }

    /// What it says besides its name: why it cannot be done now, or else what sort of thing it is.
    fn told(&self) -> &str {
        self.blocked.unwrap_or(&self.detail)
    }

    /// What it is found by beside its name.
    fn besides(&self) -> String {
        format!("{} {}", self.detail, self.also)
    }
}

/// The palette while it is open.
#[derive(Clone, Debug)]
pub struct CommandPalette {
    text: String,
    /// All entries, and behind them those that give a parameter the value that is typed.
    entries: Vec<PaletteEntry>,
    /// Number of entries without a typed value.
    fixed: usize,
    /// Places of the entries that answer what is typed, best first.
    found: Vec<usize>,
    picker: Picker,
}

impl CommandPalette {
    /// Everything, with nothing typed.
    pub fn new(standing: &Standing<'_>) -> Self {
        let entries = entries(standing);
        Self {
            text: String::new(),
            found: (0..entries.len()).collect(),
            fixed: entries.len(),
            entries,
            picker: Picker::default(),
        }
    }

    fn search(&mut self) {
        self.entries.truncate(self.fixed);
        let fixed = self.entries.iter().enumerate();
        let mut scored: Vec<(i32, usize)> = fixed
            .filter_map(|(place, entry)| {
                let worth = fuzzy::score(&self.text, &entry.label, &entry.besides())?;
                Some((worth + entry.bonus(), place))
            })
            .collect();
        self.set_typed(&mut scored);
        if !self.text.trim().is_empty() {
            scored.sort_by_key(|(worth, place)| (-worth, *place));
        }
        self.found = scored.into_iter().map(|(_, place)| place).collect();
        self.picker.restart();
    }
}

impl CommandPalette {
    /// Adds an entry for every parameter that answers to all but the last of what is typed, if that is a value it may have:
    /// `mean leverage 20`.
    fn set_typed(&mut self, scored: &mut Vec<(i32, usize)>) {
        let text = self.text.trim();
        let begins = |c: char| c.is_ascii_digit() || matches!(c, '-' | '−' | '+' | '.');
        let at = text
            .match_indices(' ')
            .map(|(at, _)| at)
            .find(|at| text[at + 1..].starts_with(begins));
        let Some((words, typed)) = at.map(|at| (&text[..at], &text[at + 1..])) else {
            return;
        };
        let mut typed_entries = Vec::new();
        for entry in &self.entries[..self.fixed] {
            let Choice::ActionEffect(ActionEffect::Window(WindowCommand::GoTo(id))) = entry.choice else {
                continue;
            };
            let row = parameter(id);
            let value = number::parse_as(typed, row.unit).map(|value| value / row.unit.display_factor());
            let (Some(worth), Some(value)) = (fuzzy::score(words, &entry.label, &entry.besides()), value) else {
                continue;
            };
            if matches!(row.kind, Kind::Real | Kind::Whole) && row.check(value).is_ok() {
                scored.push((worth + entry.bonus() + TYPED, self.fixed + typed_entries.len()));
                typed_entries.push(PaletteEntry {
                    label: format!("Set {} to {}", row.label, row.show(value)),
                    choice: Choice::Command(Command::Edit(EditCommand::SetParameter { id, value })),
                    ..entry.clone()
                });
            }
        }
        self.entries.append(&mut typed_entries);
    }
}

/// Everything that can be chosen.
pub fn entries(standing: &Standing<'_>) -> Vec<PaletteEntry> {
    let app = standing.app;
    let actions = ACTIONS.iter().map(|action| PaletteEntry {
        label: action.label.to_owned(),
        detail: match action.is_on(standing) {
            Some(on) => format!("{}, {}", action.menu.label(), if on { "on" } else { "off" }),
            None => action.menu.label().to_owned(),
        },
        also: action.also,
        keys: action.shortcut,
        choice: Choice::ActionEffect(action.effect),
        blocked: (action.blocked)(standing),
    });
    let mut all: Vec<PaletteEntry> = actions.collect();
    let mut add = |label: String, detail: &str, choice| {
        all.push(PaletteEntry {
            label,
            detail: detail.to_owned(),
            also: if matches!(
                choice,
                Choice::Command(Command::Workspace(WorkspaceCommand::SetTheme(_)))
            ) {
                THEMES
            } else {
                ""
            },
            keys: None,
            choice,
            blocked: None,
        });
    };
    for (shipped, scenario) in shipped::presets() {
        let label = format!("Open “{}”", scenario.name);
        add(
            label,
            "Preset",
            Choice::Command(Command::File(FileCommand::OpenShipped(shipped.name))),
        );
    }
    for plot in PLOTS {
        let (id, shown) = (plot.id(), plot.is_wanted(&app.settings.plots));
        let label = format!("{} {}", if shown { "Hide" } else { "Show" }, id.0);
        add(
            label,
            "Plot",
            Choice::Command(Command::Workspace(WorkspaceCommand::ShowPlot(id, !shown))),
        );
    }
    for theme in Theme::ALL.iter().copied() {
        let label = format!("Colours: {}", theme.label());
        add(
            label,
            "View",
            Choice::Command(Command::Workspace(WorkspaceCommand::SetTheme(theme))),
        );
    }
    for row in table() {
        let group = &groups()[row.group];
        if (group.applies)(app.present.simulation.parameters(), group.index) {
            let label = format!("{} = {}", row.label, row.show(app.value(row.id)));
            add(
                label,
                &group.label,
                Choice::ActionEffect(ActionEffect::Window(WindowCommand::GoTo(row.id))),
            );
        }
    }
    all
}

/// Draws the palette if it is open; returns what was chosen.
pub fn show(ctx: &Context, open: &mut Option<CommandPalette>, palette: &Palette) -> Option<Choice> {
    let state = open.as_mut()?;
    let id = Id::unique("command palette");
    let room = ctx.content_rect().size();
    let area = Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, (room.y * 0.08).min(60.0)));
    let mut chosen = None;
    let modal = Modal::new(id)
        .area(area)
        .frame(style::sheet(ctx).inner_margin(10.0))
        .show(ctx, |ui| {
            ui.set_width(580.0_f32.min(room.x - 48.0));
            state.picker.keys(ui, state.found.len());
            let entered = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
            let edit = TextEdit::singleline(&mut state.text)
                .id(id.with("text"))
                .hint_text("Type what you want: a command, preset, plot or parameter")
                .font(TextStyle::Heading)
                .margin(vec2(8.0, 6.0))
                .desired_width(f32::INFINITY);
            let edit = ui.add(edit).accessible_name("Command palette");
            edit.request_focus();
            if edit.changed() {
                state.search();
            }
            let height = (room.y * 0.8 - 130.0).clamp(ROW * 3.0, ROW * 13.0);
            let clicked = ScrollArea::vertical()
                .max_height(height)
                .min_scrolled_height(height)
                .auto_shrink([false, true])
                .show(ui, |ui| rows(ui, state, palette))
                .inner;
            footer(ui, state);
            let place = clicked.or_else(|| entered.then_some(state.picker.row));
            // What cannot be done now says why where it stands.
            chosen = place
                .and_then(|place| state.found.get(place))
                .map(|place| &state.entries[*place])
                .filter(|entry| entry.blocked.is_none())
                .map(|entry| entry.choice.clone());
        });
    if chosen.is_some() || modal.should_close() {
        *open = None;
    }
    chosen
}

/// Draws the entries that were found; returns the place of one that was clicked.
fn rows(ui: &mut Ui, state: &mut CommandPalette, palette: &Palette) -> Option<usize> {
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut clicked = None;
    for (place, index) in state.found.iter().enumerate() {
        let entry = &state.entries[*index];
        let row = state.picker.row(ui, place, ROW, &spoken(ui.ctx(), entry));
        if ui.is_rect_visible(row.rect) {
            paint(ui, &row, entry, state.picker.besides(place, palette), palette);
        }
        if row.clicked() {
            clicked = Some(place);
        }
    }
    if state.found.is_empty() {
        ui.weak(format!("Nothing answers to “{}”.", state.text.trim()));
    }
    clicked
}

fn paint(ui: &Ui, row: &Response, entry: &PaletteEntry, besides: Color32, palette: &Palette) {
    let (rect, painter) = (row.rect.shrink2(vec2(8.0, 0.0)), ui.painter());
    let middle = rect.center().y;
    let small = FontId::proportional(style::CAPTION);
    let mut right = rect.right();
    if let Some(keys) = entry.keys {
        let keys = painter.layout_no_wrap(actions::keys_text(ui.ctx(), &keys), small.clone(), palette.text);
        let tag = Rect::from_min_max(
            pos2(right - keys.size().x - 10.0, middle - 9.0),
            pos2(right, middle + 9.0),
        );
        painter.rect_filled(tag, 3.0, palette.raised);
        painter.galley(tag.center() - keys.size() / 2.0, keys, palette.text);
        right = tag.left() - 10.0;
    }
    let detail = painter.layout_no_wrap(entry.told().to_owned(), small, besides);
    right -= detail.size().x;
    painter.galley(pos2(right, middle - detail.size().y / 2.0), detail, besides);
    let font = TextStyle::Body.resolve(ui.style());
    let color = if entry.blocked.is_some() { besides } else { palette.text };
    let color = color.gamma_multiply(if entry.blocked.is_some() { BLOCKED } else { 1.0 });
    let label = painter.layout_no_wrap(entry.label.clone(), font, color);
    let at = pos2(rect.left(), middle - label.size().y / 2.0);
    let room = rect.with_max_x(right - 8.0);
    painter
        .with_clip_rect(room.intersect(ui.clip_rect()))
        .galley(at, label, palette.text);
}

/// How many answers there are and how to go on. A screen reader says which one is chosen whenever that changes.
fn footer(ui: &mut Ui, state: &CommandPalette) {
    ui.add_space(4.0);
    let count = state.found.len();
    let entry = state.found.get(state.picker.row).map(|index| &state.entries[*index]);
    let said = entry.map_or_else(
        || "no answer".to_owned(),
        |entry| format!("{}, {} of {count}", spoken(ui.ctx(), entry), state.picker.row + 1),
    );
    ui.horizontal(|ui| {
        let number = if count == 0 { 0 } else { state.picker.row + 1 };
        let label = ui.weak(format!("{number} of {count}"));
        ui.ctx().accesskit_node_builder(label.id, |node| {
            node.set_live(Live::Polite);
            node.set_value(said);
        });
        ui.weak("· ↑ ↓ choose · Enter does it · Escape closes");
    });
}

fn spoken(ctx: &Context, entry: &PaletteEntry) -> String {
    let keys = entry
        .keys
        .map_or_else(String::new, |keys| format!(", {}", actions::keys_text(ctx, &keys)));
    format!("{}, {}{keys}", entry.label, entry.told())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_app::{App, Settings};
    use cascade_files::preset;

    /// Words that people type who do not know what things are called here.
    #[test]
    fn common_words_find_what_is_meant() {
        let app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
        let standing = Standing {
            app: &app,
            switched_on: Vec::new(),
        };
        let mut palette = CommandPalette::new(&standing);
        for (words, expected) in [
            ("theme", "Colours: Dark"),
            ("dark", "Colours: Dark"),
            ("light", "Colours: Light"),
            ("contrast", "Colours: High contrast"),
            ("colors", "Colours: Light"),
            ("zoom", "Larger"),
            ("font size", "Larger"),
            ("save", "Save"),
            ("load", "Open…"),
            ("csv", "Export the time series (CSV)…"),
            ("png", "Export a picture of the window (PNG)…"),
            ("screenshot", "Export a picture of the window (PNG)…"),
            ("clipboard", "Copy the key figures"),
            ("undo", "Undo"),
            ("baseline", "Pin this run"),
            ("compare", "Pin this run"),
            ("rewind", "To the start"),
            ("restart", "Start again"),
            ("speed", "Speed 2×"),
            ("full screen", "Full screen"),
            ("fullscreen", "Full screen"),
            ("reset", "Reset the layout"),
            ("defaults", "All parameters as in the preset"),
            ("help", "Keyboard shortcuts"),
            ("hotkeys", "Keyboard shortcuts"),
            ("about", "About cascade-lab"),
            ("version", "About cascade-lab"),
            ("projector", "Presenter mode"),
            ("stop", "Play or pause"),
            ("crash", "Shock"),
            ("random", "New seed"),
            ("quiz", "Ask a question…"),
            ("exit", "Quit"),
            ("examples", "Presets…"),
            ("why", "Explain from here"),
            ("defi", "Lending-pool stress table"),
            ("mean leverage 20", "Set Mean leverage to 20 ×"),
            ("depth 30 bn", "Set Liquidity depth to 30 bn USD per unit log price"),
            ("maintenance 2 %", "Set Maintenance margin to 2 %"),
        ] {
            words.clone_into(&mut palette.text);
            palette.search();
            let found: Vec<&str> = palette
                .found
                .iter()
                .map(|place| palette.entries[*place].label.as_str())
                .collect();
            let first = &found[..found.len().min(6)];
            assert!(first.contains(&expected), "{words}: {first:?}");
        }
        // The slider that stands above all others comes before those that begin with the word; a value out of range is none.
        for (words, expected) in [
            ("leverage", Some("Mean leverage = 12 ×")),
            ("mean leverage 20", Some("Set Mean leverage to 20 ×")),
            ("mean leverage 9e9", None),
        ] {
            words.clone_into(&mut palette.text);
            palette.search();
            let first = palette
                .found
                .first()
                .map(|place| palette.entries[*place].label.as_str());
            assert_eq!(first, expected, "{words}");
        }
    }
}
