//! A figure over one or two parameters: a heat map with the critical line of theory, a curve with the spread over seeds, and
//! what stands under the pointer in words. A click takes a cell into the running model.

use eframe::egui::{Align2, Rect, Response, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::page::StudyPage;
use crate::page::{PageEntry, PageId};
use crate::palette::Palette;
use crate::style;
use cascade_analysis::{Axis, Metric, Statistics};
use cascade_app::studies::{Fragility, Study, StudyCommand, StudyKind};
use cascade_app::{App, Command};
use cascade_scenario::format;

use super::chart::{self, Area, place_of};
use super::controls::{title, words};

/// Height of the curve.
const CURVE: f32 = 190.0;
/// Least and greatest height of the heat map.
const MAP: (f32, f32) = (190.0, 430.0);
/// What the line means.
const LINE: &str = "critical leverage";

/// The page.
pub const PAGE: PageEntry = PageEntry {
    id: PageId(StudyKind::Fragility.label()),
    action: "Fragility: where it breaks",
    kept: false,
    begin: Some(|| {
        Box::new(StudyPage {
            kind: StudyKind::Fragility,
            explanation: "The scenario as the sliders stand, run anew for every value of one or two of them, with the same seeds everywhere.",
            picture: show,
        })
    }),
};

/// Draws what is known.
fn show(ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
    let Some(study) = &app.studies.fragility else {
        ui.add_space(20.0);
        ui.weak(
            "Choose one or two sliders and a figure, then run the study. The line in the map is the critical leverage by theory: \
             the smallest at which liquidations within 10 % of the price lie dense enough to feed themselves, \
             max Σℓ(x)/ΣD = 1.",
        );
        return;
    };
    let metric = app.studies.plan.metric;
    let axes = study.subject.grid.axes();
    let Some(x) = axes.first() else { return };
    let Some(y) = axes.get(1) else {
        let (area, response) = place(
            ui,
            CURVE.max(ui.available_height() - 60.0).min(MAP.1),
            x,
            "Fragility curve",
            metric,
        );
        let points: Vec<_> = (0..x.values.len()).map(|column| known_of(study, column)).collect();
        chart::curve(ui, area, x, &points, palette);
        critical_on_curve(ui, area, study, x, palette);
        let pointed = column(area, &response);
        click(&response, pointed, commands);
        readout(ui, app, study, pointed.or_else(|| nearest(app, x)));
        return;
    };
    let height = (ui.available_height() - CURVE - 60.0).clamp(MAP.0, MAP.1);
    let (area, response) = place(ui, height, x, "Fragility map", metric);
    let rows = y.values.len();
    let median =
        |column: usize, row: usize| known_of(study, study.subject.grid.cell(column, row)).map(|one| one.median());
    let medians: Vec<Vec<Option<f64>>> = (0..x.values.len())
        .map(|column| (0..rows).map(|row| median(column, row)).collect())
        .collect();
    let known = || medians.iter().flatten().flatten().copied();
    let extent = (
        known().fold(f64::INFINITY, f64::min),
        known().fold(f64::NEG_INFINITY, f64::max),
    );
    if extent.0 <= extent.1 {
        chart::heat_map(ui, area, (x, y), |column, row| medians[column][row], extent, palette);
    }
    let up = pos2(area.inner.left(), area.inner.top() - 2.0);
    chart::text(ui, up, Align2::LEFT_BOTTOM, title(y.row()), palette.text);
    critical_on_map(ui, area, study, (x, y), palette);
    present(ui, app, area, (x, y), palette);
    let pointed = response.hover_pos().and_then(|at| {
        let row = chart::row_at(area.inner, rows, at.y)?;
        Some((area.column(at.x)?, row))
    });
    let shown = pointed.or_else(|| Some((nearest(app, x)?, nearest(app, y)?)));
    let cell = |(column, row)| study.subject.grid.cell(column, row);
    click(&response, pointed.map(cell), commands);
    readout(ui, app, study, shown.map(cell));
    let row = shown.map_or(0, |(_, row)| row);
    let (area, _) = place(ui, CURVE, x, "Fragility curve", metric);
    let points: Vec<Option<Statistics>> = (0..x.values.len())
        .map(|column| known_of(study, study.subject.grid.cell(column, row)))
        .collect();
    chart::curve(ui, area, x, &points, palette);
}

fn place(ui: &mut Ui, height: f32, x: &Axis, name: &str, metric: Metric) -> (Area, Response) {
    ui.add_space(12.0);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let label = format!("{name} of {} over {}", words(metric), title(x.row()));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, label.clone()));
    (Area::new(rect, x.values.len()), response)
}

/// The plan's figure in a cell, as far as it is known.
fn known_of(study: &Study<Fragility>, cell: usize) -> Option<Statistics> {
    study.subject.statistics.get(cell).copied().flatten()
}

fn column(area: Area, response: &Response) -> Option<usize> {
    area.column(response.hover_pos()?.x)
}

fn click(response: &Response, cell: Option<usize>, commands: &mut Vec<Command>) {
    if response.clicked()
        && let Some(cell) = cell
    {
        commands.push(Command::Study(StudyCommand::Load(cell)));
    }
}

/// The place of an axis that is closest to the running model.
fn nearest(app: &App, axis: &Axis) -> Option<usize> {
    let now = app.present.value(axis.parameter);
    let place = place_of(axis, now).map(|place| place.round() as usize);
    place.or_else(|| {
        let distance = |value: &f64| (value - now).abs();
        (0..axis.values.len()).min_by(|a, b| distance(&axis.values[*a]).total_cmp(&distance(&axis.values[*b])))
    })
}

/// A ring where the running model stands.
fn present(ui: &Ui, app: &App, area: Area, (x, y): (&Axis, &Axis), palette: &Palette) {
    let places = place_of(x, app.present.value(x.parameter)).zip(place_of(y, app.present.value(y.parameter)));
    let Some((column, row)) = places else { return };
    let at = pos2(area.x(column), chart::row_centre(area.inner, y.values.len(), row));
    for (width, color) in [(4.0, palette.ground), (2.0, palette.spot)] {
        ui.painter().circle_stroke(at, 6.0, Stroke::new(width, color));
    }
}

fn critical_on_map(ui: &Ui, area: Area, study: &Study<Fragility>, (x, y): (&Axis, &Axis), palette: &Palette) {
    let subject = &study.subject;
    let (Some(line), Some(leverage)) = (subject.critical_line(), subject.grid.leverage_axis()) else {
        return;
    };
    let rows = y.values.len();
    let mut run = Vec::new();
    let mut runs = Vec::new();
    for (index, critical) in line.iter().enumerate() {
        let at = critical.and_then(|critical| {
            Some(if leverage == 0 {
                pos2(
                    area.x(place_of(x, critical)?),
                    chart::row_centre(area.inner, rows, index as f64),
                )
            } else {
                let row = place_of(y, critical)?;
                pos2(area.x(index as f64), chart::row_centre(area.inner, rows, row))
            })
        });
        match at {
            Some(at) => run.push(at),
            None => runs.push(std::mem::take(&mut run)),
        }
    }
    runs.push(run);
    let painter = ui.painter();
    for run in runs.iter().filter(|run| !run.is_empty()) {
        for (width, color) in [(5.0, palette.ground), (2.0, palette.text)] {
            painter.add(Shape::line(run.clone(), Stroke::new(width, color)));
        }
    }
    if let Some(top) = runs.iter().flatten().min_by(|a, b| a.y.total_cmp(&b.y)) {
        label(ui, *top + vec2(8.0, 4.0), palette);
    }
}

fn critical_on_curve(ui: &Ui, area: Area, study: &Study<Fragility>, x: &Axis, palette: &Palette) {
    let line = study.subject.critical_line();
    let critical = line.and_then(|line| line.first().copied().flatten());
    if let Some(place) = critical.and_then(|critical| place_of(x, critical)) {
        let at = area.x(place);
        ui.painter()
            .vline(at, area.inner.y_range(), Stroke::new(2.0, palette.critical));
        label(ui, pos2(at + 6.0, area.inner.top() + 4.0), palette);
    }
}

/// The name of the line on a ground of its own, so that it can be read on every shade.
fn label(ui: &Ui, at: eframe::egui::Pos2, palette: &Palette) {
    let galley = ui
        .painter()
        .layout_no_wrap(LINE.to_owned(), style::strong_font(11.5), palette.text);
    let ground = Rect::from_min_size(at, galley.size()).expand2(vec2(4.0, 1.0));
    ui.painter().rect_filled(ground, 3.0, palette.raised);
    ui.painter().galley(at, galley, palette.text);
}

/// The values of a cell and what came of it, in words.
fn readout(ui: &mut Ui, app: &App, study: &Study<Fragility>, cell: Option<usize>) {
    let metric = app.studies.plan.metric;
    let variants = study.subject.grid.variants();
    let Some((cell, changes)) = cell.and_then(|cell| Some((cell, variants.get(cell)?))) else {
        return;
    };
    let rows = study.subject.grid.axes().iter().map(Axis::row);
    let at: Vec<String> = rows
        .zip(changes)
        .map(|(row, (_, value))| format!("{} {}", row.label, row.show(*value)))
        .collect();
    let figure = known_of(study, cell).map_or_else(
        || "not known yet".to_owned(),
        |one| {
            let [low, from, median, to, high] = one.quantiles.map(|value| format::amount(value, 4));
            let (mean, error) = (format::amount(one.mean, 4), format::amount(one.standard_error, 2));
            match one.count {
                1 => format!("{median} with the one seed run so far"),
                count => format!(
                    "median {median}, half of {count} seeds {from} to {to}, nine tenths {low} to {high}, mean {mean} ± {error}"
                ),
            }
        },
    );
    ui.label(format!(
        "{}: {} {figure}. A click takes a cell into the running model.",
        at.join(", "),
        words(metric)
    ));
}
