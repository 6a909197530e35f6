//! One parameter: its label, slider, typed value, unit and reset button, and the tooltip that explains it.

use eframe::egui::{
    Align, ComboBox, DragValue, Label, Layout, Response, RichText, Sense, Slider, SliderClamping, StrokeKind,
    TextStyle, Ui, vec2,
};

use cascade_app::{App, Command, EditCommand, SliderMode};
use cascade_scenario::{ChangeEffect, Kind, Parameter, Scale, Unit, format, groups};

use super::formula;
use super::icon::{self, Icon};
use super::number;
use super::palette::Palette;
use super::style;

/// Room at which a group is told beside a label.
const ROOM_FOR_GROUP: f32 = 30.0;

/// How prominent a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// One of the masters.
    Large,
    /// One of many.
    Normal,
}

/// Draws a parameter; a change becomes a command. Returns what changes it.
pub(crate) fn show(
    ui: &mut Ui,
    app: &App,
    row: &'static Parameter,
    size: Size,
    palette: &Palette,
    commands: &mut Vec<Command>,
) -> Option<Response> {
    ui.spacing_mut().item_spacing.y = 0.0;
    let value = app.value(row.id);
    let idle = app.present.scenario.idle(row);
    // The list's own figures are no change of anybody's.
    let changed = app.changed(row.id) && idle.is_none();
    let set = |value: f64| Command::Edit(EditCommand::SetParameter { id: row.id, value });
    let mut new = None;
    let mut label_id = None;
    let mut changer = None;
    if idle.is_some() {
        ui.disable();
    }
    let height = match (row.kind, size) {
        (Kind::Toggle, _) => ui.spacing().interact_size.y,
        (Kind::Real | Kind::Whole, Size::Large) => style::button_height(ui, &TextStyle::Heading),
        _ => style::button_height(ui, &TextStyle::Button),
    };
    line(
        ui,
        height,
        |ui| {
            let text = if size == Size::Large {
                style::strong(row.label, style::SUBHEADING)
            } else {
                RichText::new(row.label)
            };
            let label = ui.add(Label::new(text).truncate().sense(Sense::hover()));
            label_id = Some(label.id);
            // Away from its group it says what it belongs to.
            if size == Size::Large
                && let Some(group) = row.whose()
                && ui.available_width() > ROOM_FOR_GROUP
            {
                ui.add(Label::new(RichText::new(group).small().weak()).truncate());
            }
            label
                .on_hover_ui(|ui| explain(ui, row, app.present.document.value(row.id), app.sliders))
                .on_disabled_hover_text(idle.unwrap_or(row.doc))
        },
        |ui, label| {
            if changed {
                ui.visuals_mut().override_text_color = Some(palette.notice);
            }
            match row.kind {
                Kind::Real | Kind::Whole => new = number_field(ui, row, value, size, row.label).map_or(new, Some),
                Kind::Toggle => {
                    let switch = icon::switch(ui, value != 0.0, row.label, palette.accent);
                    new = switch.clone().labelled_by(label.id).clicked().then_some(1.0 - value);
                    changer = Some(switch);
                }
                Kind::Choice(names) => {
                    let (combo, chosen) = choice(ui, row, names, value, label);
                    (changer, new) = (Some(combo), chosen);
                }
            }
            if changed && icon::quiet_button(ui, Icon::Undo, &format!("Reset {}", row.label), 18.0).clicked() {
                commands.push(Command::Edit(EditCommand::ResetParameter(row.id)));
            }
        },
    );
    if matches!(row.kind, Kind::Real | Kind::Whole) {
        let (response, moved) = slider(ui, row, value);
        let preset = app.present.document.value(row.id);
        let response = response
            .on_hover_ui(|ui| explain(ui, row, preset, app.sliders))
            .on_disabled_hover_text(idle.unwrap_or(row.doc));
        changer = Some(match label_id {
            Some(id) => response.labelled_by(id),
            None => response,
        });
        new = moved.or(new);
        ui.add_space(if size == Size::Large { 2.0 } else { -1.0 });
    }
    if changer.as_ref().is_some_and(Response::has_focus) {
        // A slider by itself hardly shows that the keys are its own.
        let ring = (1.0, palette.accent);
        ui.painter()
            .rect_stroke(ui.min_rect().expand(2.0), 4.0, ring, StrokeKind::Outside);
    }
    commands.extend(new.filter(|new| *new != value).map(set));
    changer
}

/// A parameter and its group in a few words.
pub(crate) fn title(row: &Parameter) -> String {
    let group = &groups()[row.group].label;
    if group.eq_ignore_ascii_case(row.label) {
        row.label.to_owned()
    } else {
        format!("{group} · {}", row.label)
    }
}

/// A line with a label at the left and something of this height at the right, for which the label leaves the room that it took before.
fn line(ui: &mut Ui, height: f32, left: impl FnOnce(&mut Ui) -> Response, right: impl FnOnce(&mut Ui, &Response)) {
    let whole = vec2(ui.available_width(), height);
    ui.allocate_ui_with_layout(whole, Layout::left_to_right(Align::Center), |ui| {
        let id = ui.next_auto_id().with("width at the right");
        let before: Option<f32> = ui.data(|data| data.get_temp(id));
        let room = ui.available_width() - before.unwrap_or_default() - ui.spacing().item_spacing.x;
        let label = ui.scope(|ui| {
            ui.set_max_width(room.max(0.0));
            left(ui)
        });
        let width = ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            right(ui, &label.inner);
            ui.min_rect().width()
        });
        if before != Some(width.inner) {
            ui.data_mut(|data| data.insert_temp(id, width.inner));
            ui.ctx().request_repaint();
        }
    });
}

fn slider(ui: &mut Ui, row: &Parameter, value: f64) -> (Response, Option<f64>) {
    let mut display = value * row.unit.display_factor();
    ui.spacing_mut().slider_width = ui.available_width();
    let mut slider = Slider::new(&mut display, number::shown_range(row))
        .show_value(false)
        .trailing_fill(true)
        .clamping(SliderClamping::Edits);
    match row.scale {
        Scale::Linear => {}
        Scale::Log => slider = slider.logarithmic(true),
        Scale::LogFromZero(smallest) => {
            slider = slider
                .logarithmic(true)
                .smallest_positive(smallest * row.unit.display_factor());
        }
    }
    if row.kind == Kind::Whole {
        slider = slider.integer();
    }
    let response = ui.add(slider);
    let moved = response.changed().then(|| number::stored(row, display));
    (response, moved)
}

/// A field for a stored number of a parameter; the name is what screen readers say.
pub(crate) fn number_field(ui: &mut Ui, row: &'static Parameter, value: f64, size: Size, name: &str) -> Option<f64> {
    let mut display = value * row.unit.display_factor();
    let before = number::shown(row.unit, display);
    let unit = number::compact_unit(row.unit);
    let suffix = if unit.is_empty() {
        String::new()
    } else {
        format!(" {unit}")
    };
    if size == Size::Large {
        ui.style_mut().drag_value_text_style = TextStyle::Heading;
    }
    let field = DragValue::new(&mut display)
        .range(number::shown_range(row))
        .clamp_existing_to_range(false)
        .speed(number::drag_speed(row, value * row.unit.display_factor()))
        .min_size(vec2(44.0, 18.0))
        .suffix(suffix)
        .update_while_editing(false)
        .custom_formatter(|value, _| number::shown(row.unit, value))
        // Text that was not touched must not round the value to the digits shown.
        .custom_parser(move |text| {
            if text == before {
                None
            } else {
                number::parse_as(text, row.unit)
            }
        });
    let response = ui.add(field).accessible_name(name);
    response.changed().then(|| number::stored(row, display))
}

fn choice(ui: &mut Ui, row: &Parameter, names: &[&str], value: f64, label: &Response) -> (Response, Option<f64>) {
    let mut chosen = None;
    let selected = names.get(value as usize).copied().unwrap_or_default();
    let combo = ComboBox::from_id_salt(&row.path)
        .selected_text(selected)
        .show_ui(ui, |ui| {
            for (index, name) in names.iter().enumerate() {
                if ui.selectable_label(index == value as usize, *name).clicked() {
                    chosen = Some(index as f64);
                }
            }
        });
    (combo.response.labelled_by(label.id), chosen)
}

/// The tooltip of a parameter; `preset` is its stored number in the preset.
pub(crate) fn explain(ui: &mut Ui, row: &Parameter, preset: f64, mode: SliderMode) {
    ui.label(style::strong(row.label, style::SUBHEADING));
    meaning(ui, row, preset, mode);
}

/// What is known of a parameter, without its name.
pub(crate) fn meaning(ui: &mut Ui, row: &Parameter, preset: f64, mode: SliderMode) {
    ui.label(row.doc);
    let facts = match row.kind {
        Kind::Real | Kind::Whole => format!("{} to {}", row.show(row.range.0), row.show(row.range.1)),
        Kind::Toggle => "On or off".to_owned(),
        Kind::Choice(names) => names.join(" or "),
    };
    let default = row.show(row.default);
    let here = if preset == row.default {
        String::new()
    } else {
        format!(", in this preset {}", row.show(preset))
    };
    ui.label(format!("{facts}; default {default}{here}."));
    if row.unit == Unit::UsdPerLogPrice {
        let amount = format::amount(preset / 100.0, 3);
        ui.label(format!("In this preset about {amount} USD move the price by 1 %."));
    }
    if !row.source.is_empty() {
        formula::label(ui, row.source);
    }
    let effect = match (mode, row.effect) {
        (SliderMode::WholeRun, _) => {
            "Makes the run shown anew from its start, with the same random numbers and events."
        }
        (SliderMode::FromHere, ChangeEffect::Live) => "Acts from the next step.",
        (SliderMode::FromHere, ChangeEffect::Redraw) => "Draws the levered positions anew around the present price.",
        (SliderMode::FromHere, ChangeEffect::Restart) => "Starts the run again with the same seed.",
    };
    ui.weak(effect);
    ui.weak(&row.path);
}
