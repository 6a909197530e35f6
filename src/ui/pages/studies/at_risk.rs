//! How bad a bad outcome is: the quantile of a figure over seeds, the mean beyond it, and the sample they come from.

use eframe::egui::{Grid, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::page::{Sight, StudyPage};
use crate::page::{PageEntry, PageId};
use crate::palette::Palette;
use crate::style;
use cascade_analysis::statistics::CONFIDENCE;
use cascade_app::Command;
use cascade_app::studies::{Risk, StudyKind};
use cascade_scenario::format;

use super::chart;
use super::controls::{difference, without_unit, words};
use super::scale::round_even;

/// Least and greatest height of the histogram, and what the table below it needs.
const HEIGHTS: (f32, f32) = (150.0, 460.0);
const TABLE: f32 = 200.0;
/// Below this width the columns of the table stand close together.
const NARROW: f32 = 800.0;
/// Bins of the histogram.
const BINS: usize = 48;

/// The page.
pub(crate) const PAGE: PageEntry = PageEntry {
    id: PageId(StudyKind::AtRisk.label()),
    action: "At risk: how bad it can get",
    peak: None,
    tab: |_| true,
    begin: Some(|| {
        Box::new(StudyPage::new(
            StudyKind::AtRisk,
            "The scenario as the sliders stand, with many seeds: the same market, other luck.",
            show,
        ))
    }),
};

/// Draws what is known.
pub(crate) fn show(ui: &mut Ui, sight: Sight<'_>, _commands: &mut Vec<Command>) {
    let Some(study) = sight.app.studies.at_risk.as_ref() else {
        return;
    };
    let share = sight.app.studies.plan.share;
    let Some(risk) = study.subject.risks.first() else {
        return;
    };
    sentence(ui, share, risk);
    histogram(ui, share, risk, sight.palette);
    ui.add_space(8.0);
    ui.label(style::strong("Other figures of the same runs", style::BODY));
    table(ui, share, &study.subject.risks);
}

/// The tail that counts as bad: the larger values, or below one half the smaller ones.
fn tail(share: f64) -> (String, &'static str) {
    let (part, which) = if share >= 0.5 {
        (1.0 - share, "largest")
    } else {
        (share, "smallest")
    };
    (format::digits(part * 100.0, 3), which)
}

fn sentence(ui: &mut Ui, share: f64, risk: &Risk) {
    ui.add_space(10.0);
    let unit = risk.metric.unit();
    let percent = format::digits(share * 100.0, 4);
    ui.label(style::strong(
        format!(
            "{percent} % of the runs: {} at most {}",
            words(risk.metric),
            unit.write(risk.value)
        ),
        style::SUBHEADING,
    ));
    let (low, high) = risk.interval;
    let ends = [low, high].map(|end| end.map_or_else(|| "unknown".to_owned(), |end| unit.write(end)));
    let count = risk.sorted.len();
    let more = if low.is_none() || high.is_none() {
        "; more seeds would close it"
    } else {
        ""
    };
    let confidence = CONFIDENCE * 100.0;
    let interval = format!(
        "{confidence} % interval {} to {}, from {count} seeds{more}.",
        ends[0], ends[1]
    );
    ui.label(interval).on_hover_text(
        "From order statistics, whatever the distribution: the number of runs below the quantile is binomial \
         (David and Nagaraja 2003).",
    );
    if let Some(shortfall) = risk.shortfall {
        let (part, which) = tail(share);
        ui.label(format!(
            "Expected shortfall, the mean of the {which} {part} %: {} ± {}.",
            unit.write(shortfall.mean),
            difference(risk.metric, shortfall.standard_error, 2)
        ))
        .on_hover_text("Acerbi and Tasche 2002; ± is its standard error (Manistre and Hancock 2005).");
    }
}

fn table(ui: &mut Ui, share: f64, risks: &[Risk]) {
    let (part, which) = tail(share);
    let spacing = if ui.available_width() < NARROW { 8.0 } else { 16.0 };
    let grid = Grid::new("risks")
        .num_columns(5)
        .striped(true)
        .spacing(vec2(spacing, 3.0));
    ScrollArea::horizontal().id_salt("risks").show(ui, |ui| {
        grid.show(ui, |ui| {
            let quantile = format!("{} % quantile", format::digits(share * 100.0, 4));
            let shortfall = format!("Mean of the {which} {part} %");
            for heading in ["Figure", "Median", &quantile, "Interval", &shortfall] {
                ui.label(style::strong(heading, style::LABEL));
            }
            ui.end_row();
            for risk in risks {
                let unit = risk.metric.unit();
                ui.label(words(risk.metric));
                ui.label(unit.write(risk.median));
                ui.label(unit.write(risk.value));
                let end = |end: Option<f64>| end.map_or_else(|| "?".to_owned(), |end| unit.write(end));
                let [low, high] = [end(risk.interval.0), end(risk.interval.1)];
                ui.weak(format!("{} to {high}", without_unit(&low, risk.metric)));
                ui.label(risk.shortfall.map_or_else(
                    || "–".to_owned(),
                    |one| {
                        let mean = unit.write(one.mean);
                        let error = difference(risk.metric, one.standard_error, 2);
                        format!("{} ± {error}", without_unit(&mean, risk.metric))
                    },
                ));
                ui.end_row();
            }
        });
    });
}

/// Colour, height from the bottom and name of a mark.
struct Mark {
    value: f64,
    name: &'static str,
    level: usize,
    width: f32,
}

fn histogram(ui: &mut Ui, share: f64, risk: &Risk, palette: &Palette) {
    ui.add_space(6.0);
    // With the table of the other figures below it.
    let height = (ui.available_height() - TABLE).clamp(HEIGHTS.0, HEIGHTS.1);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let label = format!("Histogram of {}", words(risk.metric));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, label.clone()));
    let plot = Rect::from_min_max(rect.min + vec2(44.0, 48.0), rect.max - vec2(24.0, 38.0));
    let (Some(least), Some(most)) = (risk.sorted.first(), risk.sorted.last()) else {
        return;
    };
    let span = (most - least).max(most.abs() * 1e-9).max(f64::MIN_POSITIVE);
    let mut counts = [0_usize; BINS];
    for value in &risk.sorted {
        counts[(((value - least) / span * BINS as f64) as usize).min(BINS - 1)] += 1;
    }
    let highest = counts.iter().copied().max().unwrap_or(1).max(1);
    let painter = ui.painter();
    painter.rect_filled(plot, 0.0, palette.ground);
    let x = |value: f64| plot.left() + plot.width() * ((value - least) / span) as f32;
    let y = |count: f64| plot.bottom() - plot.height() * (count / highest as f64) as f32;
    for count in round_even(0.0, highest as f64, 4) {
        painter.hline(plot.x_range(), y(count), Stroke::new(1.0, palette.grid));
        let at = pos2(plot.left() - 5.0, y(count));
        chart::text(
            ui,
            at,
            eframe::egui::Align2::RIGHT_CENTER,
            format::price(count),
            palette.weak_text,
        );
    }
    let width = plot.width() / BINS as f32;
    for (bin, count) in counts.iter().enumerate() {
        let left = plot.left() + width * bin as f32;
        let bar = Rect::from_min_max(
            pos2(left + 0.5, y(*count as f64)),
            pos2(left + width - 0.5, plot.bottom()),
        );
        painter.rect_filled(bar, 0.0, palette.accent);
    }
    if let Some(pointer) = response.hover_pos().filter(|pointer| plot.contains(*pointer)) {
        let bin = (((pointer.x - plot.left()) / width) as usize).min(BINS - 1);
        let [from, to] = [bin, bin + 1].map(|edge| least + span * edge as f64 / BINS as f64);
        response.on_hover_text_at_pointer(format!(
            "{} to {}: {} of {} runs",
            risk.metric.unit().write(from),
            risk.metric.unit().write(to),
            counts[bin],
            risk.sorted.len()
        ));
    }
    let (low, high) = risk.interval;
    let band = Rect::from_x_y_ranges(x(low.unwrap_or(*least))..=x(high.unwrap_or(*most)), plot.y_range());
    painter.rect_filled(band, 0.0, palette.notice.gamma_multiply(0.18));
    let mut marks = vec![
        Mark {
            value: risk.median,
            name: "median",
            level: 0,
            width: 1.0,
        },
        Mark {
            value: risk.value,
            name: "quantile",
            level: 1,
            width: 2.0,
        },
    ];
    marks.extend(risk.shortfall.map(|one| Mark {
        value: one.mean,
        name: "expected shortfall",
        level: 2,
        width: 1.0,
    }));
    let place = |mark: &Mark| {
        let top = plot.top() - 3.0 - 14.0 * (mark.level + 1) as f32;
        (x(mark.value.clamp(*least, *most)), top)
    };
    for mark in &marks {
        let (at, top) = place(mark);
        painter.vline(at, top..=plot.bottom(), Stroke::new(mark.width, palette.notice));
    }
    // Words lie over the lines of all marks.
    for mark in &marks {
        let (at, top) = place(mark);
        let words = format!("{} {}", mark.name, risk.metric.unit().write(mark.value));
        label_in(ui, plot, at, top, words, palette);
    }
    ticks(ui, plot, (*least, *most), &x, risk, palette);
    let runs = format!(
        "runs, of {} (quantile at {} %)",
        risk.sorted.len(),
        format::digits(share * 100.0, 4)
    );
    let corner = pos2(rect.left(), rect.top() + 2.0);
    chart::text(ui, corner, eframe::egui::Align2::LEFT_TOP, runs, palette.weak_text);
}

/// Words beside a mark that stay within the plot, on a ground that hides the lines of other marks.
fn label_in(ui: &Ui, plot: Rect, at: f32, top: f32, words: String, palette: &Palette) {
    let font = eframe::egui::FontId::proportional(style::CAPTION);
    let galley = ui.painter().layout_no_wrap(words, font, palette.text);
    let size = galley.size();
    let left = if at + 4.0 + size.x > plot.right() {
        at - 4.0 - size.x
    } else {
        at + 4.0
    };
    let ground = Rect::from_min_size(pos2(left, top - 2.0), size);
    ui.painter().rect_filled(ground, 0.0, palette.panel);
    ui.painter().galley(ground.min, galley, palette.text);
}

fn ticks(ui: &Ui, plot: Rect, (least, most): (f64, f64), x: &dyn Fn(f64) -> f32, risk: &Risk, palette: &Palette) {
    let unit = risk.metric.unit();
    for value in round_even(least, most, (plot.width() / 110.0) as usize) {
        ui.painter().vline(
            x(value),
            plot.bottom()..=plot.bottom() + 3.0,
            Stroke::new(1.0, palette.weak_text),
        );
        let font = eframe::egui::FontId::proportional(style::CAPTION);
        let galley = ui.painter().layout_no_wrap(unit.write(value), font, palette.weak_text);
        let most = (plot.right() - galley.size().x).max(plot.left());
        let left = (x(value) - galley.size().x / 2.0).clamp(plot.left(), most);
        ui.painter()
            .galley(pos2(left, plot.bottom() + 4.0), galley, palette.weak_text);
    }
    let middle = pos2(plot.center().x, plot.bottom() + 19.0);
    chart::text(
        ui,
        middle,
        eframe::egui::Align2::CENTER_TOP,
        words(risk.metric),
        palette.text,
    );
}
