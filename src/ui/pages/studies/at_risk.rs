//! How bad a bad outcome is: quantiles of what is liquidated and of the drawdown over seeds, with the sample they come from.

use eframe::egui::{Align2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::page::StudyPage;
use crate::page::{PageEntry, PageId};
use crate::palette::Palette;
use crate::style;
use cascade_analysis::Metric;
use cascade_app::studies::{CONFIDENCE, Quantile, StudyKind};
use cascade_app::{App, Command};
use cascade_engine::Unit;
use cascade_scenario::format;

use super::chart;
use super::controls::words;

/// The figures it is about.
const FIGURES: [&str; 2] = ["liquidated_notional_usd", "max_drawdown"];
/// Height of a histogram.
const HEIGHT: f32 = 150.0;
/// Bins of a histogram.
const BINS: usize = 40;

/// The page.
pub const PAGE: PageEntry = PageEntry {
    id: PageId(StudyKind::AtRisk.label()),
    action: "At risk: how bad it can get",
    kept: false,
    begin: Some(|| {
        Box::new(StudyPage {
            kind: StudyKind::AtRisk,
            explanation: "The scenario as the sliders stand, with many seeds: the same market, other luck.",
            picture: show,
        })
    }),
};

/// Draws what is known.
fn show(ui: &mut Ui, app: &App, palette: &Palette, _commands: &mut Vec<Command>) {
    for metric in FIGURES.iter().filter_map(|name| Metric::find(name).ok()) {
        let metric = metric.of_asset(app.studies.plan.metric.asset());
        if let Some(found) = app.studies.quantile(metric) {
            figure(ui, app.studies.plan.share, metric, &found, palette);
        }
    }
}

fn figure(ui: &mut Ui, share: f64, metric: Metric, found: &Quantile, palette: &Palette) {
    ui.add_space(10.0);
    let show = |value: f64| {
        if metric.unit() == Unit::Usd {
            format!("{} USD", format::amount(value, 4))
        } else {
            format!("{} %", format::digits(value * 100.0, 4))
        }
    };
    let percent = format::digits(share * 100.0, 4);
    ui.label(style::strong(
        format!(
            "{percent} % of the runs: {} at most {}",
            words(metric),
            show(found.value)
        ),
        14.0,
    ));
    let (low, high) = found.interval;
    let ends = [low, high].map(|end| end.map_or_else(|| "unknown".to_owned(), show));
    let confidence = CONFIDENCE * 100.0;
    let count = found.sorted.len();
    let more = if low.is_none() || high.is_none() {
        "; more seeds would close it"
    } else {
        ""
    };
    let interval = format!(
        "{confidence} % interval {} to {}, from {count} seeds{more}.",
        ends[0], ends[1]
    );
    ui.label(interval).on_hover_text(
        "From order statistics, whatever the distribution: the number of runs below the quantile is binomial \
         (David and Nagaraja 2003).",
    );
    histogram(ui, metric, found, &show, palette);
}

fn histogram(ui: &mut Ui, metric: Metric, found: &Quantile, show: &dyn Fn(f64) -> String, palette: &Palette) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let label = format!("Histogram of {}", words(metric));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, label.clone()));
    let plot = Rect::from_min_max(rect.min + vec2(30.0, 4.0), rect.max - vec2(30.0, 20.0));
    let (Some(least), Some(most)) = (found.sorted.first(), found.sorted.last()) else {
        return;
    };
    let span = (most - least).max(most.abs() * 1e-9).max(f64::MIN_POSITIVE);
    let mut counts = [0_usize; BINS];
    for value in &found.sorted {
        counts[(((value - least) / span * BINS as f64) as usize).min(BINS - 1)] += 1;
    }
    let highest = counts.iter().copied().max().unwrap_or(1).max(1);
    let painter = ui.painter();
    painter.rect_filled(plot, 0.0, palette.ground);
    let x = |value: f64| plot.left() + plot.width() * ((value - least) / span) as f32;
    let width = plot.width() / BINS as f32;
    for (bin, count) in counts.iter().enumerate() {
        let left = plot.left() + width * bin as f32;
        let top = plot.bottom() - plot.height() * *count as f32 / highest as f32;
        let bar = Rect::from_min_max(pos2(left + 0.5, top), pos2(left + width - 0.5, plot.bottom()));
        painter.rect_filled(bar, 0.0, palette.accent);
    }
    let (low, high) = found.interval;
    let (from, to) = (x(low.unwrap_or(*least)), x(high.unwrap_or(*most)));
    let band = Rect::from_x_y_ranges(from..=to, plot.y_range());
    painter.rect_filled(band, 0.0, palette.notice.gamma_multiply(0.18));
    painter.vline(x(found.value), plot.y_range(), Stroke::new(2.0, palette.notice));
    for (value, align) in [(*least, Align2::LEFT_TOP), (*most, Align2::RIGHT_TOP)] {
        chart::text(
            ui,
            pos2(x(value), plot.bottom() + 3.0),
            align,
            show(value),
            palette.weak_text,
        );
    }
}
