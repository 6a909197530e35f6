//! What a study is about: axes, figure, seeds and steps.

use eframe::egui::{ComboBox, DragValue, Ui};

pub(super) use crate::field::title;
use crate::field::{self, Size};
use crate::{number, style};
use cascade_analysis::sensitivity::is_active;
use cascade_analysis::{Metric, axis::VALUES_MAX};
use cascade_app::studies::{AxisPlan, Plan, StudyCommand, StudyKind};
use cascade_app::{App, Command};
use cascade_scenario::{AssetId, Kind, Parameter, format, parameter, table};

/// Most runs of a cell: a figure over them is worked out anew whenever one arrives.
const SEEDS_MAX: usize = 1_000;
/// Values a new axis has.
const COUNT: usize = 9;

/// Draws the choices; a change becomes a command.
pub(super) fn show(ui: &mut Ui, app: &App, question: StudyKind, commands: &mut Vec<Command>) {
    let mut plan = app.studies.plan;
    if question == StudyKind::Fragility {
        plan.x = axis(ui, app, "x", Some(plan.x)).unwrap_or(plan.x);
        plan.y = axis(ui, app, "y", plan.y);
    }
    style::row(ui, |ui| {
        if question != StudyKind::Interventions {
            metric(ui, &mut plan);
        }
        let label = ui.label("Seeds");
        let number = if question == StudyKind::AtRisk {
            &mut plan.sample
        } else {
            &mut plan.seeds
        };
        let seeds = DragValue::new(number).range(1..=SEEDS_MAX).speed(0.2);
        ui.add(seeds).labelled_by(label.id);
        let label = ui.label("Steps");
        let steps = DragValue::new(&mut plan.steps).range(1..=1_000_000).speed(2.0);
        ui.add(steps).labelled_by(label.id);
        if question == StudyKind::AtRisk {
            let label = ui.label("Quantile");
            let mut share = plan.share * 100.0;
            let field = DragValue::new(&mut share).range(0.1..=99.9).speed(0.1).suffix(" %");
            if ui.add(field).labelled_by(label.id).changed() {
                plan.share = share / 100.0;
            }
        }
    });
    if plan != app.studies.plan {
        commands.push(Command::Study(StudyCommand::Plan(plan)));
    }
}

fn metric(ui: &mut Ui, plan: &mut Plan) {
    let label = ui.label("Figure");
    let combo = ComboBox::from_id_salt("figure of the study")
        .width(230.0)
        .height(420.0)
        .selected_text(words(plan.metric))
        .show_ui(ui, |ui| {
            for metric in Metric::all() {
                let metric = metric.of_asset(plan.metric.asset());
                ui.selectable_value(&mut plan.metric, metric, words(metric));
            }
        });
    combo.response.labelled_by(label.id);
}

/// A difference of a figure, with its unit and so many digits.
pub(super) fn difference(metric: Metric, value: f64, significant: i32) -> String {
    let unit = metric.unit();
    let space = if matches!(unit.symbol(), "" | "×") { "" } else { " " };
    format!(
        "{}{space}{}",
        format::amount(value * unit.display_factor(), significant),
        unit.symbol()
    )
}

/// A written figure without its unit, where another one with it follows.
pub(super) fn without_unit(written: &str, metric: Metric) -> &str {
    written.trim_end_matches(metric.unit().symbol()).trim_end()
}

/// A figure's name as words, with the asset it is of unless that is the first.
pub(crate) fn words(metric: Metric) -> String {
    let figure = metric
        .figure_name()
        .replace(['_', '.'], " ")
        .replace(" usd", " USD")
        .replace("adl", "ADL");
    match metric.asset() {
        AssetId::FIRST => figure,
        further => format!("{figure} of {further}"),
    }
}

/// One axis: which parameter, from where to where, how many values. Returns what it is from now on; the second
/// axis may be none.
fn axis(ui: &mut Ui, app: &App, name: &str, now: Option<AxisPlan>) -> Option<AxisPlan> {
    let mut chosen = now;
    style::row(ui, |ui| {
        let label = ui.label(format!("{name} axis"));
        let text = now.map_or_else(|| "none".to_owned(), |axis| title(parameter(axis.parameter)));
        let combo = ComboBox::from_id_salt(("axis", name))
            .width(230.0)
            .height(420.0)
            .selected_text(text)
            .show_ui(ui, |ui| {
                if name == "y" && ui.selectable_label(now.is_none(), "none").clicked() {
                    chosen = None;
                }
                let acts = |row: &Parameter| {
                    is_active(row, app.present.simulation.parameters()) && app.present.scenario.idle(row).is_none()
                };
                for row in table().iter().filter(|row| acts(row)) {
                    let selected = now.is_some_and(|axis| axis.parameter == row.id);
                    if ui
                        .selectable_label(selected, title(row))
                        .on_hover_text(row.doc)
                        .clicked()
                        && !selected
                    {
                        chosen = Some(AxisPlan::around(row.id, app.present.value(row.id), COUNT));
                    }
                }
            });
        combo.response.labelled_by(label.id);
        let Some(mut axis) = now else { return };
        let row = parameter(axis.parameter);
        if matches!(row.kind, Kind::Toggle | Kind::Choice(_)) {
            ui.weak("all of its values");
            return;
        }
        let low = field::number_field(ui, row, axis.low, Size::Normal, &format!("{name} from"));
        ui.label("to");
        let high = field::number_field(ui, row, axis.high, Size::Normal, &format!("{name} to"));
        (axis.low, axis.high) = (low.unwrap_or(axis.low), high.unwrap_or(axis.high));
        ui.label("in");
        let count = DragValue::new(&mut axis.count).range(2..=VALUES_MAX.min(60)).speed(0.1);
        ui.add(count.suffix(" values"))
            .accessible_name(format!("{name} values"));
        if chosen == now {
            chosen = Some(axis);
        }
    });
    chosen
}

/// A value of a parameter without its unit, for ticks.
pub(super) fn tick(row: &Parameter, value: f64) -> String {
    match row.kind {
        Kind::Toggle | Kind::Choice(_) => row.show(value),
        Kind::Real | Kind::Whole => number::shown(row.unit, value * row.unit.display_factor()),
    }
}

/// A parameter's name and unit, for the title of an axis.
pub(super) fn axis_title(row: &Parameter) -> String {
    let unit = row.unit.symbol();
    if unit.is_empty() {
        title(row)
    } else {
        format!("{} ({unit})", title(row))
    }
}
