//! What each slider does to a figure, as a table of relative steps that can be compared; a button makes a change.

use eframe::egui::{Button, Color32, Grid, Label, Rect, RichText, Sense, Ui, vec2};

use super::page::{Sight, StudyPage, names_head};
use crate::number::compact_unit;
use crate::page::{PageEntry, PageId};
use crate::palette::Palette;
use crate::style;
use cascade_analysis::Metric;
use cascade_analysis::sensitivity::{ChangeEffect, ParameterEffect, Step};
use cascade_app::studies::StudyKind;
use cascade_app::{Command, EditCommand};
use cascade_scenario::{Parameter, format, groups, parameter};

use super::controls::{difference, tick, title, without_unit, words};

/// Rows that are shown of each table.
const ROWS: usize = 30;
/// Width of a bar that reaches from end to end, and of one where there is less room.
const BAR: [f32; 2] = [120.0, 70.0];
/// From these widths on there is room for either.
const ROOM_FOR_BARS: [f32; 2] = [820.0, 640.0];
/// Width of the present value, of a change with its error and its button, and without its error.
const COLUMNS: [f32; 3] = [74.0, 166.0, 134.0];
/// A difference of fewer standard errors than this is written weakly.
const CLEAR: f64 = 2.0;

/// The page.
pub(crate) const PAGE: PageEntry = PageEntry {
    id: PageId(StudyKind::Sensitivity.label()),
    action: "Sensitivity: which slider matters",
    peak: None,
    tab: |_| true,
    begin: Some(|| {
        Box::new(StudyPage::new(
            StudyKind::Sensitivity,
            "Every slider that matters here, moved alone by a tenth of its value, less and more: equal relative steps, which can be \
             compared. The same seeds with and without the change.",
            show,
        ))
    }),
};

/// Draws what is known.
pub(crate) fn show(ui: &mut Ui, sight: Sight<'_>, commands: &mut Vec<Command>) {
    let Some(study) = sight.app.studies.sensitivity.as_ref() else {
        return;
    };
    let metric = sight.app.studies.plan.metric;
    let acts = |effect: &&ParameterEffect| effect.size() > 0.0;
    let (comparable, other): (Vec<_>, Vec<_>) = study
        .subject
        .effects
        .iter()
        .filter(acts)
        .partition(|effect| effect.is_comparable());
    let idle = study.subject.effects.len() - comparable.len() - other.len();
    let as_it_is = study.results.statistics(0, metric);
    if as_it_is.is_none() && study.results.has(0, 0) {
        ui.label(format!(
            "No run as it is has a figure for the {}: where noise leads there is no ratio to it. Choose another figure above, such as the \
             excess or the drawdown.",
            words(metric)
        ));
        return;
    }
    ui.label(format!(
        "What a change does to the {}{}; ± is the standard error over seeds, weak figures may be chance. Nothing changes without \
         Apply.",
        words(metric),
        as_it_is.map_or_else(String::new, |one| format!(", which is {} on the mean as it is", metric.unit().write(one.mean)))
    ));
    ui.add_space(4.0);
    if !comparable.is_empty() {
        pairs(ui, &comparable, metric, sight, commands);
    }
    if !other.is_empty() && !sight.posing {
        ui.add_space(8.0);
        ui.label(style::strong(
            "Switches, choices, small counts and values at zero",
            style::BODY,
        ));
        ui.weak("Their other values are no relative steps: their sizes do not compare with those above.");
        alternatives(ui, &other, metric, sight, commands);
    }
    ui.add_space(4.0);
    ui.weak(format!(
        "{} {} nothing to this figure.",
        format::counted(idle, "parameter"),
        if idle == 1 { "does" } else { "do" }
    ));
}

/// A tenth less and a tenth more, side by side.
fn pairs(ui: &mut Ui, effects: &[&ParameterEffect], metric: Metric, sight: Sight<'_>, commands: &mut Vec<Command>) {
    let largest = effects.iter().map(|effect| effect.size()).fold(0.0, f64::max);
    let shown = if sight.posing { 20 } else { ROWS };
    let room = ui.available_width();
    let bar = ROOM_FOR_BARS
        .iter()
        .position(|least| room >= *least)
        .map(|place| BAR[place]);
    let spacing = if bar == Some(BAR[0]) { 14.0 } else { 8.0 };
    let change = if bar == Some(BAR[0]) { COLUMNS[1] } else { COLUMNS[2] };
    let others = COLUMNS[0] + 2.0 * change + bar.unwrap_or_default() + 5.0 * spacing;
    Grid::new("relative steps")
        .num_columns(6)
        .striped(true)
        .spacing(vec2(spacing, 3.0))
        .show(ui, |ui| {
            names_head(ui, "Slider", room, others);
            for heading in ["Now", "−10 %", "+10 %"] {
                ui.label(style::strong(heading, style::LABEL));
            }
            if let Some(width) = bar {
                let head = if width == BAR[0] {
                    "← less   more →"
                } else {
                    "−   +"
                };
                ui.label(style::strong(head, style::LABEL));
            }
            ui.end_row();
            for effect in effects.iter().take(shown) {
                let row = parameter(effect.parameter);
                name(ui, row);
                ui.weak(value(row, sight.app.value(row.id)));
                for step in [Step::Less, Step::More] {
                    match effect.of(step) {
                        Some(change) => cell(ui, row, change, (metric, bar == Some(BAR[0])), sight, commands),
                        None => drop(ui.weak("–").on_hover_text("The range of the slider ends before.")),
                    }
                }
                if let Some(width) = bar {
                    bars(ui, effect, width, (metric, largest), sight.palette);
                }
                ui.end_row();
            }
        });
    if effects.len() > shown {
        ui.weak(format!("{} smaller effects are left out.", effects.len() - shown));
    }
}

/// Every other value, a row each.
fn alternatives(
    ui: &mut Ui,
    effects: &[&ParameterEffect],
    metric: Metric,
    sight: Sight<'_>,
    commands: &mut Vec<Command>,
) {
    let room = ui.available_width();
    Grid::new("other values")
        .num_columns(3)
        .striped(true)
        .spacing(vec2(14.0, 3.0))
        .show(ui, |ui| {
            names_head(ui, "Parameter", room, 420.0);
            for heading in ["Now → then", "Change"] {
                ui.label(style::strong(heading, style::LABEL));
            }
            ui.end_row();
            let changes = effects.iter().flat_map(|effect| &effect.changes);
            for change in changes.filter(|change| change.difference != 0.0).take(ROWS) {
                let row = parameter(change.trial.change.0);
                name(ui, row);
                let now = sight.app.value(row.id);
                ui.weak(format!("{} → {}", tick(row, now), value(row, change.trial.change.1)));
                cell(ui, row, change, (metric, true), sight, commands);
                ui.end_row();
            }
        });
}

/// A parameter, and behind it its group, as far as there is room.
fn name(ui: &mut Ui, row: &Parameter) {
    let group = &groups()[row.group].label;
    let name = if group.eq_ignore_ascii_case(row.label) {
        row.label.to_owned()
    } else {
        format!("{} · {group}", row.label)
    };
    let hover = format!("{}\n{}", title(row), row.doc);
    ui.add(Label::new(name).truncate()).on_hover_text(hover);
}

fn value(row: &Parameter, value: f64) -> String {
    format!("{} {}", tick(row, value), compact_unit(row.unit))
        .trim_end()
        .to_owned()
}

/// What a change does, with the button that makes it; with its error where there is room, else at the pointer.
fn cell(
    ui: &mut Ui,
    row: &Parameter,
    change: &ChangeEffect,
    (metric, wide): (Metric, bool),
    sight: Sight<'_>,
    commands: &mut Vec<Command>,
) {
    let clear = change.difference.abs() > CLEAR * change.standard_error;
    // One pair says nothing about the spread.
    let error = if change.pairs > 1 {
        format!(" ± {}", difference(metric, change.standard_error, 2))
    } else {
        String::new()
    };
    let sign = if change.difference > 0.0 { "+" } else { "" };
    let by = difference(metric, change.difference, 3);
    let by = if error.is_empty() {
        &by
    } else {
        without_unit(&by, metric)
    };
    let whole = format!("{sign}{by}{error}");
    let text = if wide { whole.clone() } else { format!("{sign}{by}") };
    let color = if clear {
        sight.palette.text
    } else {
        sight.palette.weak_text
    };
    let (id, to) = change.trial.change;
    ui.horizontal(|ui| {
        let told = ui.label(RichText::new(text).color(color));
        if !wide {
            told.on_hover_text(whole);
        }
        if sight.posing {
            return;
        }
        let label = format!("Apply {} {}", title(row), row.show(to));
        let apply = ui.add(Button::new("Apply").small()).accessible_name(label);
        if apply
            .on_hover_text(format!("Set {} to {}.", title(row), row.show(to)))
            .clicked()
        {
            commands.push(Command::Edit(EditCommand::SetParameter { id, value: to }));
        }
    });
}

/// Both steps as bars from the middle: what makes the figure larger to the right.
fn bars(ui: &mut Ui, effect: &ParameterEffect, width: f32, (metric, largest): (Metric, f64), palette: &Palette) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 14.0), Sense::hover());
    let middle = rect.center().x;
    for (step, color, (top, bottom)) in [
        (Step::Less, palette.longs, (0.0, 0.46)),
        (Step::More, palette.shorts, (0.54, 1.0)),
    ] {
        let Some(change) = effect.of(step) else { continue };
        let color: Color32 = color;
        let at = |value: f64| middle + rect.width() / 2.0 * (value / largest) as f32;
        let (y0, y1) = (rect.top() + rect.height() * top, rect.top() + rect.height() * bottom);
        let end = at(change.difference);
        let filled = Rect::from_x_y_ranges(middle.min(end)..=middle.max(end), y0..=y1);
        ui.painter().rect_filled(filled, 1.0, color);
        let error = at(change.difference - change.standard_error)..=at(change.difference + change.standard_error);
        ui.painter().hline(error, f32::midpoint(y0, y1), (1.0, palette.text));
    }
    let told = [(Step::Less, "−10 %"), (Step::More, "+10 %")].map(|(step, name)| {
        effect.of(step).map_or_else(String::new, |change| {
            let [by, error] = [change.difference, change.standard_error].map(|value| difference(metric, value, 3));
            format!("{name}: {by} ± {error}\n")
        })
    });
    response.on_hover_text(format!("{}The line is ± a standard error.", told.concat()));
    ui.painter().vline(middle, rect.y_range(), (1.0, palette.weak_text));
}
