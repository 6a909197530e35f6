//! The plots of a record below one another: which there are, and how one is drawn.

use std::ops::Range;

use eframe::egui::{Rect, Response, Shape, Stroke, Ui, pos2};

use cascade_app::history::{Extent, Series};
use cascade_app::market::MarketRecord;
use cascade_scenario::format;

use crate::palette::Palette;
use crate::plots::canvas::{Buffers, Canvas, Viewport};
use crate::plots::frame::{Frame, Ticks};
use crate::plots::legend::{self, LegendEntry};
use crate::plots::strip::Trace;
use crate::plots::view::{EasedRange, frame_seconds, rounded};

/// Share of the height that the largest bar takes.
const BAR_SHARE: f32 = 0.6;
/// Opacity of the range between the lowest and the highest price.
const RANGE: f32 = 0.55;

/// A plot.
pub(super) struct Lane<'a> {
    name: &'static str,
    title: &'static str,
    traces: Vec<Trace<'a>>,
    /// Drawn below the lines as what lies between two series.
    range: Option<&'a [Series; 2]>,
    level: Option<f64>,
    step_seconds: f64,
}

/// Where and when a plot is drawn.
pub(super) struct Shown<'a> {
    /// Its place, axes included.
    pub rect: Rect,
    /// Stretch of time, seconds since the record begins.
    pub seconds: Range<f64>,
    /// Whether the time axis has its labels here.
    pub labelled: bool,
    /// The value that was chosen.
    pub chosen: usize,
    /// Text of a moment.
    pub clock: &'a dyn Fn(f64) -> String,
}

/// The plot of the price.
pub(super) fn price_lane<'a>(record: &'a MarketRecord, palette: &Palette) -> Lane<'a> {
    Lane {
        name: "Price of the record",
        title: "Price, estimated liquidation levels behind it",
        traces: vec![trace("last", &record.charts.close, palette.spot, |price| {
            format::digits(price, 7)
        })],
        range: Some(&record.charts.range),
        level: None,
        step_seconds: record.charts.step_seconds,
    }
}

/// The plots of what the record has.
pub(super) fn lanes<'a>(record: &'a MarketRecord, palette: &Palette) -> Vec<Lane<'a>> {
    let charts = &record.charts;
    let step_seconds = charts.step_seconds;
    let usd: fn(f64) -> String = |usd| format!("{} USD", format::short(usd));
    let mut lanes = Vec::new();
    if !charts.open_interest.is_empty() {
        lanes.push(Lane {
            name: "Open interest of the record",
            title: "Open interest",
            traces: vec![trace("coins", &charts.open_interest, palette.counterparty, |coins| {
                format!("{} coins", format::short(coins))
            })],
            range: None,
            level: None,
            step_seconds,
        });
    }
    let depth: Vec<Trace<'_>> = [("bids", 0, palette.longs), ("asks", 1, palette.shorts)]
        .into_iter()
        .filter(|(_, side, _)| !charts.depth[*side].is_empty())
        .map(|(name, side, color)| trace(name, &charts.depth[side], color, usd))
        .collect();
    if !depth.is_empty() {
        lanes.push(Lane {
            name: "Depth of the record",
            title: "Depth within 1 %",
            traces: depth,
            range: None,
            level: Some(0.0),
            step_seconds,
        });
    }
    if !charts.imbalance.is_empty() {
        lanes.push(Lane {
            name: "Taker flow of the record",
            title: "Takers: bought less sold, share",
            traces: vec![trace("imbalance", &charts.imbalance, palette.index, |share| {
                format::percent(share, 0)
            })],
            range: None,
            level: Some(0.0),
            step_seconds,
        });
    }
    if !charts.funding.is_empty() {
        lanes.push(Lane {
            name: "Funding of the record",
            title: "Funding",
            traces: vec![trace("rate", &charts.funding, palette.arbitrage, |rate| {
                format::percent(rate, 4)
            })],
            range: None,
            level: Some(0.0),
            step_seconds,
        });
    }
    if !charts.liquidated[0].is_empty() {
        let bars = [("longs", 0, palette.longs), ("shorts", 1, palette.shorts)].map(|(name, side, color)| {
            let series = &charts.liquidated[side];
            let largest = series.extent(0..series.len()).high.max(1.0);
            Trace {
                bars: Some(largest),
                ..trace(name, series, color, usd)
            }
        });
        lanes.push(Lane {
            name: "Liquidations of the record",
            title: "Printed liquidations, at least",
            traces: bars.to_vec(),
            range: None,
            level: None,
            step_seconds,
        });
    }
    lanes
}

fn trace<'a>(
    name: &'static str,
    series: &'a Series,
    color: eframe::egui::Color32,
    text: fn(f64) -> String,
) -> Trace<'a> {
    Trace {
        name,
        series,
        color,
        bars: None,
        text,
    }
}

impl Lane<'_> {
    /// Draws it.
    pub(super) fn show(
        &self,
        ui: &mut Ui,
        shown: &Shown<'_>,
        range: &mut EasedRange,
        buffers: &mut Buffers,
        palette: &Palette,
    ) -> Response {
        self.show_over(ui, shown, range, buffers, palette, |_, _| None)
    }

    /// Draws it over something.
    pub(super) fn show_over(
        &self,
        ui: &mut Ui,
        shown: &Shown<'_>,
        range: &mut EasedRange,
        buffers: &mut Buffers,
        palette: &Palette,
        below: impl FnOnce(&Ui, &Viewport) -> Option<Shape>,
    ) -> Response {
        let newest = self
            .traces
            .iter()
            .map(|trace| trace.series.len())
            .max()
            .unwrap_or(1)
            .saturating_sub(1);
        let step_seconds = self.step_seconds;
        let view = crate::plots::canvas::steps_in_view(&shown.seconds, step_seconds, newest);
        // The legend stands above the lines.
        let (mut extent, height) = (self.extent(view), shown.rect.height());
        let legend = legend::STRIP_HEIGHT.min(0.5 * height);
        extent.high += (extent.high - extent.low) * f64::from(legend / (height - legend));
        if range.approach(extent, frame_seconds(ui)) {
            ui.ctx().request_repaint();
        }
        let text = self.traces.first().map(|trace| trace.text);
        let tick = move |value: f64| {
            text.map_or_else(String::new, |text| {
                text(value).replace(" USD", "").replace(" coins", "")
            })
        };
        let frame = Frame {
            name: self.name,
            title: self.name.to_owned(),
            rect: shown.rect,
            seconds: shown.seconds.clone(),
            values: range.range(),
            time_axis: shown.labelled,
            tick: &tick,
            clock: shown.clock,
            ticks: Ticks::Round,
        };
        let place = Viewport::new(frame.transform(), &frame.seconds, step_seconds, newest);
        let mut shapes: Vec<Shape> = below(ui, &place).into_iter().collect();
        let mut canvas = Canvas::new(&place, buffers);
        self.draw(&mut canvas, palette);
        shapes.push(canvas.finish());
        if let Some(level) = self.level {
            let y = place.y(level).round() + 0.5;
            let ends = [pos2(frame.inner().left(), y), pos2(frame.inner().right(), y)];
            shapes.push(Shape::line_segment(ends, Stroke::new(1.0, palette.outline)));
        }
        let response = frame.show(ui, palette, shapes);
        let inner = frame.inner();
        let pointed = response.hover_pos();
        let at = pointed.map_or(shown.chosen, |pointer| place.nearest_step(pointer.x, newest));
        let entries: Vec<LegendEntry> = self.traces.iter().map(|trace| trace.entry(at)).collect();
        let title = if pointed.is_some() {
            format!("{} at {}", self.title, (shown.clock)(at as f64 * step_seconds))
        } else {
            self.title.to_owned()
        };
        legend::strip(ui, inner, (&title, 1), &entries, &[], palette);
        let painter = ui.painter().with_clip_rect(inner);
        let line = |step: usize, stroke: Stroke| {
            let x = place.x(step as f64).round() + 0.5;
            painter.line_segment([pos2(x, inner.top()), pos2(x, inner.bottom())], stroke);
        };
        line(shown.chosen, Stroke::new(1.5, palette.accent));
        if pointed.is_some() {
            line(at, Stroke::new(1.0, palette.cursor.gamma_multiply(0.8)));
        }
        response
    }

    fn extent(&self, view: Range<usize>) -> Extent {
        let lines = self.traces.iter().filter(|trace| trace.bars.is_none());
        let within = lines.map(|trace| trace.series.extent(view.clone()));
        let level = self.level.map_or(Extent::EMPTY, Extent::of);
        let all = within.fold(level, Extent::union);
        let all = self
            .range
            .iter()
            .flat_map(|range| range.iter())
            .map(|series| series.extent(view.clone()))
            .fold(all, Extent::union);
        if all.is_empty() {
            let largest = self.traces.iter().filter_map(|trace| trace.bars).fold(1.0, f64::max);
            return Extent {
                low: 0.0,
                high: largest,
            };
        }
        rounded(all)
    }

    fn draw(&self, canvas: &mut Canvas<'_>, palette: &Palette) {
        let frame = *canvas.place.transform.frame();
        if let Some(range) = self.range
            && canvas.place.bucket > 1
        {
            canvas.lines(range, |_| palette.spot.gamma_multiply(RANGE), 1.0, |value| value);
        }
        let largest = self.traces.iter().filter_map(|trace| trace.bars).fold(1.0, f64::max);
        for trace in &self.traces {
            if trace.bars.is_some() {
                canvas.bars(trace.series, trace.color, frame.bottom(), |usd| {
                    (usd / largest).sqrt() as f32 * frame.height() * BAR_SHARE
                });
            } else {
                canvas.line(trace.series, trace.color, 1.5, |value| value);
            }
        }
    }
}
