//! The panel of parameters: the few that matter most in the preset, a search field and one collapsible section a group, all from the table.

use eframe::egui::{
    Align, Id, Layout, Response, RichText, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo,
    collapsing_header::{CollapsingState, paint_default_icon},
    pos2, vec2,
};

use cascade_app::{App, Command, EditCommand, SliderMode, WorkspaceCommand};
use cascade_scenario::{GroupRow, Kind, Parameter, ParameterId, find, groups, table};

use super::field::{self, Size};
use super::icon::{self, Icon};
use super::import;
use super::palette::Palette;
use super::style;

/// The sliders that stand above all others where the preset names none.
const MASTERS: [&str; 3] = ["leverage.mean", "liquidity.depth", "margin.maintenance"];
/// Name of the field that switches its group on and off, where it stands first.
const ENABLED: &str = "enabled";
/// Groups that are open in a fresh window.
const OPEN_AT_FIRST: [&str; 3] = ["leverage", "positions", "shock"];

/// The sliders that stand above all others: those that the preset names.
fn masters(app: &App) -> Vec<&'static Parameter> {
    let named: Vec<_> = app.present.document.saved.hints.lever_rows().collect();
    if named.is_empty() {
        MASTERS.iter().filter_map(|path| find(path).ok()).collect()
    } else {
        named
    }
}

/// Whether a parameter is one of the sliders that usually stand above all others.
pub(crate) fn is_master(id: ParameterId) -> bool {
    MASTERS.iter().any(|path| find(path).is_ok_and(|row| row.id == id))
}

/// The panel's own state.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ParameterPanel {
    /// The search field is to get the cursor.
    find: bool,
    /// The parameter whose slider is to be brought into view and given the focus.
    jump: Option<ParameterId>,
}

impl ParameterPanel {
    /// Puts the cursor into the search field.
    pub(crate) const fn find(&mut self) {
        self.find = true;
    }

    /// Brings the slider of a parameter into view and gives it the focus.
    pub(crate) const fn go_to(&mut self, id: ParameterId) {
        self.jump = Some(id);
    }

    /// Draws the panel.
    pub(crate) fn show(&mut self, ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
        slider_mode(ui, app, palette, commands);
        for row in masters(app) {
            ui.push_id(("master", &row.path), |ui| {
                let changer = field::show(ui, app, row, Size::Large, palette, commands);
                arrive(&mut self.jump, row, changer.as_ref());
            });
        }
        ui.add_space(4.0);
        search_field(ui, app, std::mem::take(&mut self.find), commands);
        ui.add_space(2.0);
        let wanted = app.search.trim().to_lowercase();
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            import::brought(ui, app, palette, commands);
            let mut found = false;
            for (index, group) in groups().iter().enumerate() {
                let applies = (group.applies)(app.present.simulation.parameters(), group.index);
                let own = || table().iter().filter(|row| row.group == index);
                if !applies || !own().any(|row| matches(row, group, &wanted)) {
                    continue;
                }
                found = true;
                // The switch stays with whatever it switches.
                let rows: Vec<&'static Parameter> = own()
                    .filter(|row| row.name == ENABLED || matches(row, group, &wanted))
                    .collect();
                let section = Section {
                    group,
                    rows: &rows,
                    searching: !wanted.is_empty(),
                };
                section.show(ui, app, &mut self.jump, palette, commands);
            }
            if !found {
                ui.weak(format!("No parameter matches “{}”.", app.search.trim()));
            }
            ui.add_space(12.0);
            style::follow_focus(ui);
        });
    }
}

/// Which mode sliders are in, and whether a run is being made because of one.
fn slider_mode(ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.weak("Sliders:");
        for (mode, name, explained) in [
            (
                SliderMode::WholeRun,
                "whole run",
                "Moving a slider makes the run shown anew from its start, with the same random numbers and events. The run \
                 before stays as pale lines. M changes the mode.",
            ),
            (
                SliderMode::FromHere,
                "from here on",
                "Moving a slider changes what is still to come; the past stays as it was. M changes the mode.",
            ),
        ] {
            let choice = ui.selectable_label(app.sliders == mode, name).on_hover_text(explained);
            if choice.clicked() {
                commands.push(Command::Edit(EditCommand::SetSliderMode(mode)));
            }
        }
        if app.preview() {
            ui.label(RichText::new("preview").small().color(palette.notice)).on_hover_text(
                "What is shown is a preview: the run as far as it has come, or one with a sample of its positions. The run itself \
                 follows.",
            );
        }
    });
    ui.add_space(2.0);
}

fn search_field(ui: &mut Ui, app: &App, find: bool, commands: &mut Vec<Command>) {
    ui.allocate_ui_with_layout(
        vec2(ui.available_width(), 24.0),
        Layout::right_to_left(Align::Center),
        |ui| {
            let mut text = app.search.clone();
            if !text.is_empty() && icon::quiet_button(ui, Icon::Close, "Clear the search", 22.0).clicked() {
                commands.push(Command::Workspace(WorkspaceCommand::Search(String::new())));
            }
            // The same widget with and without the button beside it.
            let edit = TextEdit::singleline(&mut text)
                .id(Id::unique("search parameters"))
                .hint_text("Search parameters")
                .desired_width(f32::INFINITY);
            let response = ui.add(edit).accessible_name("Search parameters");
            if find {
                response.request_focus();
            }
            if response.changed() {
                commands.push(Command::Workspace(WorkspaceCommand::Search(text)));
            }
        },
    );
}

fn matches(row: &Parameter, group: &GroupRow, wanted: &str) -> bool {
    wanted.split_whitespace().all(|word| {
        [row.label, row.path.as_str(), group.label.as_str(), row.doc]
            .iter()
            .any(|text| text.to_lowercase().contains(word))
    })
}

/// The on/off of a group, if it has one.
fn switch_of(rows: &[&'static Parameter]) -> Option<&'static Parameter> {
    rows.first()
        .copied()
        .filter(|row| row.name == ENABLED && row.kind == Kind::Toggle)
}

/// The slider that was asked for has been drawn: it gets the focus.
fn arrive(jump: &mut Option<ParameterId>, row: &Parameter, changer: Option<&Response>) {
    if *jump == Some(row.id)
        && let Some(changer) = changer
    {
        changer.request_focus();
        changer.scroll_to_me(Some(Align::Center));
        *jump = None;
    }
}

/// A group as it is drawn.
struct Section<'a> {
    group: &'a GroupRow,
    rows: &'a [&'static Parameter],
    searching: bool,
}

impl Section<'_> {
    fn show(
        &self,
        ui: &mut Ui,
        app: &App,
        jump: &mut Option<ParameterId>,
        palette: &Palette,
        commands: &mut Vec<Command>,
    ) {
        let Self { group, rows, searching } = *self;
        let id = Id::unique(("group", &group.name));
        let first = OPEN_AT_FIRST.contains(&group.name.as_str());
        let mut state = CollapsingState::load_with_default_open(ui.ctx(), id, first);
        let switch = switch_of(rows);
        let wanted = rows.iter().any(|row| *jump == Some(row.id));
        if wanted && !state.is_open() {
            state.set_open(true);
        }
        let on = switch.is_none_or(|row| app.value(row.id) != 0.0);
        let counts = |row: &&&'static Parameter| app.present.scenario.idle(row).is_none();
        let changed = rows.iter().filter(counts).any(|row| app.changed(row.id));
        let open = searching || state.is_open();
        let openness = if searching { 1.0 } else { state.openness(ui.ctx()) };
        ui.horizontal(|ui| {
            let room = if switch.is_some() { 36.0 } else { 0.0 } + if changed { 26.0 } else { 0.0 };
            let width = ui.available_width() - room;
            let header = header(ui, group, width, openness, changed, palette);
            if header.clicked() && !searching {
                state.toggle(ui);
            }
            let reset = format!("Reset all of {}", group.label);
            if changed && icon::quiet_button(ui, Icon::Undo, &reset, 18.0).clicked() {
                commands.extend(
                    rows.first()
                        .map(|row| Command::Edit(EditCommand::ResetGroup(row.group))),
                );
            }
            if let Some(row) = switch {
                let switch = icon::switch(ui, on, row.label, palette.accent);
                let switch =
                    switch.on_hover_ui(|ui| field::explain(ui, row, app.present.document.value(row.id), app.sliders));
                // What is switched off cannot be moved: its switch comes first.
                if wanted && !on {
                    *jump = Some(row.id);
                }
                arrive(jump, row, Some(&switch));
                if switch.clicked() {
                    commands.push(Command::Edit(EditCommand::SetParameter {
                        id: row.id,
                        value: if on { 0.0 } else { 1.0 },
                    }));
                }
            }
        });
        let mut body = |ui: &mut Ui| {
            ui.add_enabled_ui(on, |ui| {
                for row in rows
                    .iter()
                    .filter(|row| switch.is_none_or(|switch| switch.id != row.id))
                {
                    ui.push_id(&row.path, |ui| {
                        let changer = field::show(ui, app, row, Size::Normal, palette, commands);
                        // On its way open, the section is still moving.
                        if openness >= 1.0 {
                            arrive(jump, row, changer.as_ref());
                        }
                    });
                }
            });
        };
        if searching {
            if open {
                body(ui);
            }
        } else {
            state.show_body_unindented(ui, body);
        }
    }
}

fn header(ui: &mut Ui, group: &GroupRow, width: f32, openness: f32, changed: bool, palette: &Palette) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 24.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::DisclosureTriangle, true, openness > 0.5, &group.label));
    let color = ui.style().interact(&response).text_color();
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(
            rect.expand2(vec2(4.0, 0.0)),
            4.0,
            ui.visuals().widgets.hovered.weak_bg_fill,
        );
    }
    let triangle = rect.with_max_x(rect.left() + 10.0).shrink2(vec2(0.0, 7.0));
    paint_default_icon(ui, openness, &response.clone().with_new_rect(triangle));
    let text = ui
        .painter()
        .layout_no_wrap(group.label.clone(), style::strong_font(style::SUBHEADING), color);
    let at = pos2(rect.left() + 16.0, rect.center().y - text.size().y / 2.0);
    let end = at.x + text.size().x;
    ui.painter().galley(at, text, color);
    if changed {
        ui.painter()
            .circle_filled(pos2(end + 9.0, rect.center().y), 3.0, palette.notice);
    }
    response.on_hover_text(group.doc)
}
