//! What is wrong with a record, as a strip under the price: a line a series, a mark wherever something is missing or left out.

use std::ops::Range;

use eframe::egui::{Align2, FontId, Mesh, Rect, Sense, Shape, Ui, pos2};

use cascade_app::market::MarketRecord;
use cascade_market::{Defect, DefectKind, Series};

use crate::palette::Palette;
use crate::plots::canvas::push_rect;
use crate::plots::frame::AXIS_WIDTH;
use crate::plots::legend;
use crate::style;

/// Opacity of a stretch within which only some values are wrong.
const SOME: f32 = 0.22;
/// Height of a line.
const LINE: f32 = 14.0;

/// Whether a stretch of time is marked for it: order and repetition were repaired and leave nothing to see.
fn is_shown(defect: &Defect) -> bool {
    !matches!(
        defect.kind,
        DefectKind::OutOfOrder | DefectKind::Duplicate | DefectKind::Blank
    )
}

/// Whether it concerns every row between its two ends.
const fn is_everywhere(kind: DefectKind) -> bool {
    matches!(kind, DefectKind::Gap | DefectKind::Frozen | DefectKind::Jump)
}

/// What a series is called where there is no room for its name.
const fn short(series: Series) -> &'static str {
    match series {
        Series::OpenInterest => "OI",
        Series::Liquidations => "Liq.",
        other => other.label(),
    }
}

/// Height of the strip.
pub(super) fn height() -> f32 {
    Series::ALL.len() as f32 * LINE + 6.0
}

/// Draws it for a stretch of time, in seconds since the record begins.
pub(super) fn show(ui: &mut Ui, rect: Rect, record: &MarketRecord, seconds: &Range<f64>, palette: &Palette) {
    let inner = rect
        .with_min_x(rect.left() + AXIS_WIDTH)
        .shrink2(eframe::egui::vec2(0.0, 3.0));
    let begins = record.record.begins_ms();
    let x = |time_ms: i64| {
        let at = ((time_ms - begins) as f64 / 1e3 - seconds.start) / (seconds.end - seconds.start);
        inner.left() + at as f32 * inner.width()
    };
    let painter = ui.painter().with_clip_rect(rect);
    let mut mesh = Mesh::default();
    for (index, series) in Series::ALL.iter().enumerate() {
        let top = inner.top() + index as f32 * LINE;
        let line = [top + 2.0, top + LINE - 2.0];
        ui.painter().text(
            pos2(inner.left() - 4.0, top + LINE / 2.0),
            Align2::RIGHT_CENTER,
            legend::fitting(ui, AXIS_WIDTH - 8.0, style::CAPTION, &[series.label(), short(*series)]),
            FontId::proportional(style::CAPTION),
            palette.weak_text,
        );
        let Some((from, to)) = span(record, *series) else {
            continue;
        };
        let (left, right) = (x(from).max(inner.left()), x(to).min(inner.right()));
        if left < right {
            push_rect(
                &mut mesh,
                [left, line[0], right, line[1]],
                palette.arbitrage.gamma_multiply(0.35),
            );
        }
        for defect in record
            .record
            .defects()
            .iter()
            .filter(|one| one.series == *series && is_shown(one))
        {
            let (from, to) = (x(defect.from_ms), x(defect.to_ms).max(x(defect.from_ms) + 1.5));
            if to > inner.left() && from < inner.right() {
                let color = match defect.kind {
                    DefectKind::Gap => palette.critical,
                    kind if is_everywhere(kind) => palette.notice,
                    // Some values between its two ends.
                    _ => palette.notice.gamma_multiply(SOME),
                };
                push_rect(
                    &mut mesh,
                    [from.max(inner.left()), line[0], to.min(inner.right()), line[1]],
                    color,
                );
            }
        }
    }
    painter.add(Shape::mesh(mesh));
    let response = ui.interact(inner, ui.scope_id().with("quality of the record"), Sense::hover());
    if let Some(pointer) = response.hover_pos() {
        let share = f64::from((pointer.x - inner.left()) / inner.width());
        let time = begins + ((seconds.start + share * (seconds.end - seconds.start)) * 1e3) as i64;
        let near = ((seconds.end - seconds.start) * 1e3 * 3.0 / f64::from(inner.width())) as i64;
        let series = Series::ALL.get(((pointer.y - inner.top()) / LINE) as usize);
        let here = record.record.defects().iter().filter(|one| {
            Some(&one.series) == series && is_shown(one) && (one.from_ms - near..=one.to_ms + near).contains(&time)
        });
        let said: Vec<String> = here.take(8).map(super::words::defect).collect();
        let name = series.map_or("", |series| series.label());
        let text = if said.is_empty() {
            format!(
                "{name}: nothing is wrong here. Yellow: rows are missing; orange: values are left out; pale orange: some of them are."
            )
        } else {
            said.join("\n")
        };
        response.on_hover_text_at_pointer(text);
    }
}

/// From when to when a series has rows.
fn span(record: &MarketRecord, series: Series) -> Option<(i64, i64)> {
    let record = &record.record;
    match series {
        Series::Bars => Some((record.begins_ms(), record.ends_ms())),
        Series::OpenInterest => ends(record.open_interest(), |row| row.time_ms),
        Series::Depth => ends(record.depth().snapshots(), |row| row.time_ms),
        Series::Funding => ends(record.funding(), |row| row.time_ms),
        Series::Liquidations => ends(record.liquidations(), |row| row.time_ms),
    }
}

fn ends<T>(rows: &[T], time: impl Fn(&T) -> i64) -> Option<(i64, i64)> {
    Some((time(rows.first()?), time(rows.last()?)))
}
