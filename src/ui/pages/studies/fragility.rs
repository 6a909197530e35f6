//! A figure over one or two parameters: a heat map with the critical line of theory, a curve with the spread over seeds, and
//! what stands under the pointer in words. A click takes a cell into the running model.

use std::sync::Arc;

use eframe::egui::{Align2, Galley, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::page::{Sight, StudyPage};
use crate::page::{PageEntry, PageId};
use crate::palette::Palette;
use crate::plots::legend;
use crate::style;
use cascade_analysis::{Axis, Metric, Statistics};
use cascade_app::studies::{Fragility, Study, StudyCommand, StudyKind};
use cascade_app::{App, Command};

use super::chart::{self, Area, Key, place_of};
use super::controls::{axis_title, difference, title, words};
use super::scale::NumberScale;

/// Height of the curve.
const CURVE: f32 = 190.0;
/// Least and greatest height of the heat map.
const MAP: (f32, f32) = (290.0, 430.0);
/// What the unbroken line means.
const THEORY: &str = "critical leverage of theory";
/// What the broken line means.
const ONSET: &str = "simulated onset: a move is doubled";

/// The page.
pub(crate) const PAGE: PageEntry = PageEntry {
    id: PageId(StudyKind::Fragility.label()),
    action: "Fragility: where it breaks",
    peak: None,
    tab: |_| true,
    begin: Some(|| {
        Box::new(StudyPage::new(
            StudyKind::Fragility,
            "The scenario as the sliders stand, run anew for every value of one or two of them, with the same seeds everywhere.",
            show,
        ))
    }),
};

/// Draws what is known.
pub(crate) fn show(ui: &mut Ui, sight: Sight<'_>, commands: &mut Vec<Command>) {
    let (app, palette) = (sight.app, sight.palette);
    let Some(study) = &app.studies.fragility else {
        return;
    };
    let metric = app.studies.plan.metric;
    let write = move |value: f64| difference(metric, value, 3);
    let title = format!("median of the {}", words(metric));
    let key = Key {
        title: &title,
        write: &write,
    };
    let axes = study.subject.grid().axes();
    let Some(x) = axes.first() else { return };
    let Some(y) = axes.get(1) else {
        let height = CURVE.max(ui.available_height() - 110.0).min(MAP.1);
        let (area, response) = place(ui, height, x, "Fragility curve", metric);
        let points: Vec<_> = (0..x.values.len()).map(|column| known_of(study, column)).collect();
        chart::curve(ui, area, x, &points, &key, palette);
        lines_on_curve(ui, area, study, x, palette);
        let pointed = column(area, &response);
        click(&response, pointed, commands);
        told(ui, study, sight);
        readout(ui, app, study, pointed.or_else(|| nearest(app, x)));
        return;
    };
    let height = (ui.available_height() - CURVE - 110.0).clamp(MAP.0, MAP.1);
    let (area, response) = place(ui, height, x, "Fragility map", metric);
    let rows = y.values.len();
    let median =
        |column: usize, row: usize| known_of(study, study.subject.grid().cell(column, row)).map(|one| one.median());
    let medians: Vec<Vec<Option<f64>>> = (0..x.values.len())
        .map(|column| (0..rows).map(|row| median(column, row)).collect())
        .collect();
    let mut room_to = area.inner.right();
    if let Some(scale) = NumberScale::of_colours(medians.iter().flatten().flatten().copied()) {
        // A cell that is not known yet has the colour of the coarser one that it lies in.
        let nearby = |column: usize, row: usize| {
            let coarser = [0, 1, 3].map(|bits| medians[column & !bits][row & !bits]);
            coarser.into_iter().find_map(|known| known)
        };
        room_to = chart::heat_map(ui, area, (x, y), nearby, (&scale, &key), palette);
    }
    let up = pos2(area.inner.left(), area.inner.top() - 3.0);
    // In as many words as there is room for beside the title of the colours.
    let (full, short) = (axis_title(y.row()), y.row().label);
    let title = legend::fitting(ui, room_to - up.x - 10.0, style::CAPTION, &[&full, short, ""]);
    chart::text(ui, up, Align2::LEFT_BOTTOM, title.to_owned(), palette.text);
    lines_on_map(ui, area, study, (x, y), palette);
    if !sight.posing {
        present(ui, app, area, (x, y), palette);
    }
    let pointed = response.hover_pos().and_then(|at| {
        let row = chart::row_at(area.inner, rows, at.y)?;
        Some((area.column(at.x)?, row))
    });
    let shown = pointed.or_else(|| Some((nearest(app, x)?, nearest(app, y)?)));
    let cell = |(column, row)| study.subject.grid().cell(column, row);
    click(&response, pointed.map(cell), commands);
    told(ui, study, sight);
    readout(ui, app, study, shown.map(cell));
    let row = shown.map_or(0, |(_, row)| row);
    let (area, _) = place(ui, CURVE, x, "Fragility curve", metric);
    let points: Vec<Option<Statistics>> = (0..x.values.len())
        .map(|column| known_of(study, study.subject.grid().cell(column, row)))
        .collect();
    chart::curve(ui, area, x, &points, &key, palette);
}

/// What the lines and bands are, and why theory's line and the simulated onset differ.
fn told(ui: &mut Ui, study: &Study<Fragility>, sight: Sight<'_>) {
    let subject = &study.subject;
    let (rounds, seeds) = (study.results.whole_rounds(), study.results.seeds());
    let median = |of: String| {
        format!(
            "Colour and line: the median of {of} seeds. Bars: its 95 % interval. Bands: half and nine tenths of the seeds."
        )
    };
    ui.weak(match rounds {
        0 => format!("Colour and line: the first of {seeds} seeds, where it is known."),
        _ if rounds < seeds => median(format!("{rounds} of {seeds}")),
        _ => median(seeds.to_string()),
    });
    if subject.grid().leverage_axis().is_none() || sight.posing {
        return;
    }
    let theory = subject.critical_line().iter().flatten().next();
    let onset = subject.onset_line().iter().flatten().next();
    if theory.is_some() && onset.is_some() {
        ui.label(
            "They differ because theory asks whether the densest cluster within 10 % of the price could feed itself once the price is \
             there, and the simulated onset whether this shock brings the price there and books do not recover first.",
        );
    }
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
    let now = app.value(axis.parameter);
    let place = place_of(axis, now).map(|place| place.round() as usize);
    place.or_else(|| {
        let distance = |value: &f64| (value - now).abs();
        (0..axis.values.len()).min_by(|a, b| distance(&axis.values[*a]).total_cmp(&distance(&axis.values[*b])))
    })
}

/// A ring where the running model stands.
fn present(ui: &Ui, app: &App, area: Area, (x, y): (&Axis, &Axis), palette: &Palette) {
    let places = place_of(x, app.value(x.parameter)).zip(place_of(y, app.value(y.parameter)));
    let Some((column, row)) = places else { return };
    let at = pos2(area.x(column), chart::row_centre(area.inner, y.values.len(), row));
    for (width, color) in [(4.0, palette.ground), (2.0, palette.spot)] {
        ui.painter().circle_stroke(at, 6.0, Stroke::new(width, color));
    }
}

/// The lines over the map: each with its name, whether it is broken, and its places along the other axis.
fn lines(subject: &Fragility) -> [(&'static str, bool, &[Option<f64>]); 2] {
    [
        (THEORY, false, subject.critical_line()),
        (ONSET, true, subject.onset_line()),
    ]
}

fn lines_on_map(ui: &Ui, area: Area, study: &Study<Fragility>, (x, y): (&Axis, &Axis), palette: &Palette) {
    let along = study.subject.grid().leverage_axis().unwrap_or(0);
    let rows = y.values.len();
    let mut drawn: Vec<(&str, Vec<Vec<Pos2>>)> = Vec::new();
    for (name, broken, line) in lines(&study.subject) {
        let (mut part, mut parts) = (Vec::new(), Vec::new());
        for (index, value) in line.iter().enumerate() {
            let at = value.and_then(|value| {
                Some(if along == 0 {
                    let height = chart::row_centre(area.inner, rows, index as f64);
                    pos2(area.x(place_of(x, value)?), height)
                } else {
                    let row = place_of(y, value)?;
                    pos2(area.x(index as f64), chart::row_centre(area.inner, rows, row))
                })
            });
            match at {
                Some(at) => part.push(at),
                None => parts.push(std::mem::take(&mut part)),
            }
        }
        parts.push(part);
        parts.retain(|part| !part.is_empty());
        for part in &parts {
            stroke(ui, part, broken, palette);
        }
        drawn.push((name, parts));
    }
    // Names come last, each at a place of its own line where it covers none of the lines and no other name.
    let mut covered: Vec<Rect> = Vec::new();
    for (name, parts) in &drawn {
        let size = name_of_line(ui, name, palette).size();
        let crossed = |place: Rect| {
            let points = drawn
                .iter()
                .flat_map(|(_, parts)| parts)
                .flat_map(|part| along_line(part));
            let others = covered.iter().filter(|other| other.intersects(place)).count();
            points.filter(|at| place.contains(*at)).count() + 1_000 * others
        };
        let beside = parts.iter().flatten().flat_map(|at| {
            let (right, left) = (8.0, -8.0 - size.x);
            [
                vec2(right, 6.0),
                vec2(right, -6.0 - size.y),
                vec2(left, 6.0),
                vec2(left, -6.0 - size.y),
            ]
            .map(|by| Rect::from_min_size(*at + by, size))
        });
        let free = beside
            .map(|place| within(area, place))
            .min_by_key(|place| crossed(place.expand(3.0)));
        if let Some(place) = free {
            label(ui, place.min, name, area, palette);
            covered.push(place.expand(4.0));
        }
    }
}

/// Points close together along a line.
fn along_line(points: &[Pos2]) -> impl Iterator<Item = Pos2> {
    const BETWEEN: usize = 12;
    points
        .windows(2)
        .flat_map(|ends| (0..=BETWEEN).map(move |part| ends[0].lerp(ends[1], part as f32 / BETWEEN as f32)))
}

/// A name moved to where it lies within the chart.
fn within(area: Area, name: Rect) -> Rect {
    let most = (area.inner.max - name.size() - vec2(5.0, 2.0)).max(area.inner.min);
    let least = area.inner.min + vec2(5.0, 2.0);
    Rect::from_min_size(name.min.clamp(least.min(most), most), name.size())
}

/// The name of a line, laid out.
fn name_of_line(ui: &Ui, name: &str, palette: &Palette) -> Arc<Galley> {
    ui.painter()
        .layout_no_wrap(name.to_owned(), style::strong_font(style::CAPTION), palette.text)
}

/// A line that can be seen on every shade.
fn stroke(ui: &Ui, part: &[Pos2], broken: bool, palette: &Palette) {
    let painter = ui.painter();
    painter.add(Shape::line(part.to_vec(), Stroke::new(5.0, palette.ground)));
    let stroke = Stroke::new(2.0, palette.text);
    if broken {
        painter.extend(Shape::dashed_line(part, stroke, 7.0, 5.0));
    } else {
        painter.add(Shape::line(part.to_vec(), stroke));
    }
}

fn lines_on_curve(ui: &Ui, area: Area, study: &Study<Fragility>, x: &Axis, palette: &Palette) {
    for (level, (name, broken, line)) in lines(&study.subject).into_iter().enumerate() {
        let Some(place) = line.first().copied().flatten().and_then(|value| place_of(x, value)) else {
            continue;
        };
        let at = area.x(place);
        let ends = [pos2(at, area.inner.bottom()), pos2(at, area.inner.top())];
        stroke(ui, &ends, broken, palette);
        label(
            ui,
            pos2(at + 6.0, area.inner.top() + 4.0 + 18.0 * level as f32),
            name,
            area,
            palette,
        );
    }
}

/// The name of a line on a ground of its own, so that it can be read on every shade, within the chart.
fn label(ui: &Ui, at: Pos2, name: &str, area: Area, palette: &Palette) {
    let galley = name_of_line(ui, name, palette);
    let place = within(area, Rect::from_min_size(at, galley.size()));
    ui.painter()
        .rect_filled(place.expand2(vec2(4.0, 1.0)), 3.0, palette.raised);
    ui.painter().galley(place.min, galley, palette.text);
}

/// The values of a cell and what came of it, in words.
fn readout(ui: &mut Ui, app: &App, study: &Study<Fragility>, cell: Option<usize>) {
    let metric = app.studies.plan.metric;
    let variants = study.subject.grid().variants();
    let Some((cell, changes)) = cell.and_then(|cell| Some((cell, variants.get(cell)?))) else {
        return;
    };
    let rows = study.subject.grid().axes().iter().map(Axis::row);
    let at: Vec<String> = rows
        .zip(changes)
        .map(|(row, (_, value))| format!("{} {}", row.label, row.show(*value)))
        .collect();
    let figure = known_of(study, cell).map_or_else(
        || "not known yet".to_owned(),
        |one| {
            let unit = metric.unit();
            let [low, from, median, to, high] = one.quantiles.map(|value| unit.write(value));
            let (mean, error) = (unit.write(one.mean), difference(metric, one.standard_error, 2));
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
