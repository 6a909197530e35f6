//! The page of the delta map: what is forced on the way to every price level against what the books take, now as a curve and
//! over time as a heat map, and the dealers' gamma, all on one price axis.

mod curve;
mod now;
mod words;

use eframe::egui::{Frame as Border, Margin, PointerButton, Pos2, Rect, Response, Stroke, Ui, pos2, vec2};

use cascade_app::history::{Extent, FlowHistory, Reader, Version};
use cascade_app::{App, Command};
use cascade_scenario::{AssetId, format};

use crate::facts;
use crate::page::{Page, PageEntry, PageId};
use crate::palette::Palette;
use crate::plots::canvas::{Buffers, Canvas, Viewport, steps_in_view};
use crate::plots::frame::{Frame, Ticks};
use crate::plots::heatmap::{HeatMap, Recorded, Tones};
use crate::plots::view::{EasedRange, TimeView, frame_seconds};
use crate::plots::{gamma, levels, price};
use crate::style;
use now::Now;

/// How far from the price the picture can reach.
const REACHES: [f64; 4] = [0.05, 0.1, 0.2, 0.3];
/// Space between the parts of the picture.
const GAP: f32 = 6.0;
/// Least height of the picture.
const LEAST_HEIGHT: f32 = 160.0;
/// Least height of the heat map that says what its colours stand for.
const ROOM_FOR_COLOURS: f32 = 140.0;
/// Height of the lines below the picture, where they fit and where they are broken.
const READOUT: (f32, f32) = (58.0, 88.0);
/// Below this width they are broken.
const NARROW: f32 = 640.0;

/// The page.
pub(super) const PAGE: PageEntry = PageEntry {
    id: PageId("Delta map"),
    action: "Delta map: what is forced on the way to a price",
    peak: None,
    tab: |_| true,
    begin: Some(|| Box::new(DeltaMapPage::default())),
};

/// What the page keeps between frames.
struct DeltaMapPage {
    now: Now,
    heat: HeatMap,
    reader: Reader,
    time: TimeView,
    prices: EasedRange,
    buffers: Buffers,
    /// Viewport in [`REACHES`].
    reach: usize,
    /// The recording and the asset shown last, and the step at which the model stood.
    shown: Option<(Version, AssetId)>,
    present: u64,
}

impl Default for DeltaMapPage {
    fn default() -> Self {
        Self {
            now: Now::default(),
            heat: HeatMap::default(),
            reader: Reader::default(),
            time: TimeView::default(),
            prices: EasedRange::default(),
            buffers: Buffers::default(),
            reach: 1,
            shown: None,
            present: 0,
        }
    }
}

impl Page for DeltaMapPage {
    fn measure(&mut self, app: &App) -> bool {
        self.now.refresh(app);
        false
    }

    fn show(&mut self, ui: &mut Ui, app: &App, palette: &Palette, _commands: &mut Vec<Command>) {
        if self.now.map.down.levels.is_empty() {
            return;
        }
        let border = Border::new().inner_margin(Margin::symmetric(8, 2));
        border.show(ui, |ui| {
            self.choose_reach(ui);
            let narrow = ui.available_width() < NARROW;
            facts::show(ui, &words::facts(app, &self.now, narrow));
            let area = ui.available_rect_before_wrap();
            let readout = if area.width() < NARROW { READOUT.1 } else { READOUT.0 };
            let height = (area.height() - readout).max(LEAST_HEIGHT);
            let picture = Rect::from_min_max(area.min, pos2(area.right(), area.top() + height));
            ui.advance_cursor_after_rect(picture);
            let pointed = self.picture(ui, app, picture, palette);
            words::readout(ui, app, &self.now, pointed);
        });
    }
}

impl DeltaMapPage {
    fn choose_reach(&mut self, ui: &mut Ui) {
        style::row(ui, |ui| {
            ui.weak("Levels within");
            for (index, reach) in REACHES.into_iter().enumerate() {
                let name = format!("±{} %", format::digits(reach * 100.0, 2));
                ui.selectable_value(&mut self.reach, index, name);
            }
            ui.add_space(8.0);
            ui.weak("Without cross margin and off-book routes")
                .on_hover_text(words::LEFT_OUT);
        });
    }

    /// Draws heat map, curve and gamma; returns the price that is pointed at.
    fn picture(&mut self, ui: &mut Ui, app: &App, area: Rect, palette: &Palette) -> Option<f64> {
        let flow = app.shown_history().flow();
        let with_gamma = app.shown_asset().parameters().options.enabled;
        let shares = if with_gamma { [0.46, 0.33] } else { [0.54, 0.46] };
        let width = area.width() - if with_gamma { 2.0 } else { 1.0 } * GAP;
        let left = area.left() + width * shares[0];
        let middle = left + GAP + width * shares[1];
        let moving = self.follow(ui, app, flow);
        let seconds = self.time.seconds();
        let frame = Frame {
            name: "Delta map over time",
            title: "Delta map over time".to_owned(),
            rect: Rect::from_min_max(
                pos2(area.left(), area.top() + curve::CAPTION),
                pos2(left, area.bottom()),
            ),
            seconds: seconds.clone(),
            values: self.prices.range(),
            time_axis: true,
            tick: &format::price,
            clock: &format::clock,
            ticks: Ticks::Round,
        };
        let step_seconds = app.present.history.step_seconds();
        let newest = flow.index().len() - 1;
        let place = Viewport::new(frame.transform(), &seconds, step_seconds, newest);
        let over_time = self.over_time(ui, &frame, &place, flow, palette);
        let inner = frame.inner();
        let beside = |from: f32, to: f32| Rect::from_min_max(pos2(from, inner.top()), pos2(to, inner.bottom()));
        let curve_area = beside(left + GAP, middle.min(area.right()));
        let now = curve::show(ui, curve_area, &place.transform, &self.now, palette);
        let mut parts = vec![(inner, over_time), (curve_area, now)];
        if with_gamma {
            // Its titles take more lines than those beside it.
            let gamma_area = beside(middle + GAP, area.right()).with_min_y(area.top());
            ui.painter().rect_filled(gamma_area, 0.0, palette.ground);
            gamma::show(ui, gamma_area, &place.transform, app.shown_asset(), palette);
            parts.push((gamma_area, gamma::name(ui, gamma_area, app.shown_asset())));
        }
        self.pan(ui, &place, &parts[0].1, app.playing);
        if moving {
            ui.ctx().request_repaint();
        }
        let pointer = parts.iter().find_map(|(_, response)| response.hover_pos())?;
        let pointed = place.transform.value_from_position(pointer).y;
        let areas: Vec<Rect> = parts.iter().map(|(rect, _)| *rect).collect();
        cursor(ui, &areas, pointer, pointed, palette);
        Some(pointed)
    }

    /// Keeps the present moment and the present price in view. Returns whether something is still moving.
    fn follow(&mut self, ui: &Ui, app: &App, flow: &FlowHistory) -> bool {
        let shown = (app.present.history.version(), app.asset_id());
        if self.shown != Some(shown) {
            let same_run = self
                .shown
                .is_some_and(|(version, asset)| (version.run, asset) == (shown.0.run, shown.1));
            self.heat.clear();
            self.reader = Reader::default();
            if !same_run {
                self.time = TimeView::default();
                self.prices = EasedRange::default();
            }
            self.shown = Some(shown);
        }
        let step_seconds = app.present.history.step_seconds();
        let (newest, present) = (flow.index().len() - 1, app.shown_asset().observation().step);
        if present != self.present && app.present.rewound() {
            self.time.reveal(present as f64 * step_seconds);
        }
        self.present = present;
        self.time.update(newest as f64 * step_seconds, step_seconds);
        // The middle moves in steps, so that the picture does not tremble with the price.
        let reach = REACHES[self.reach];
        let unit = reach / 8.0;
        let middle = ((self.now.map.price.ln() / unit).round() * unit).exp();
        let target = Extent {
            low: middle * (1.0 - reach),
            high: middle * (1.0 + reach),
        };
        self.prices.approach(target, frame_seconds(ui))
    }

    /// The heat map with the price over it.
    fn over_time(
        &mut self,
        ui: &mut Ui,
        frame: &Frame<'_>,
        place: &Viewport,
        flow: &FlowHistory,
        palette: &Palette,
    ) -> Response {
        let recorded = Recorded {
            levels: flow.levels(),
            grid: flow.grid(),
            newest: flow.index().len() - 1,
            version: flow.version(),
        };
        let tones = Tones::Ratio(palette.longs, palette.shorts, curve::beyond(palette));
        let mut shapes: Vec<_> = self.heat.shape(ui.ctx(), recorded, place, tones).into_iter().collect();
        let mut canvas = Canvas::new(place, &mut self.buffers);
        canvas.line(flow.index(), palette.spot, 2.0, |price| price);
        shapes.push(canvas.finish());
        let response = frame.show(ui, palette, shapes);
        curve::caption(
            ui,
            curve::above(frame.inner()),
            ["Forced flow against depth, over time", "Flow over depth"],
            &[
                (palette.longs, "longs sell"),
                (palette.shorts, "shorts buy"),
                (curve::beyond(palette), "exceeds depth"),
            ],
            palette,
        );
        // In a low picture it would hide most of it.
        if frame.inner().height() >= ROOM_FOR_COLOURS {
            levels::bar(
                ui,
                frame.inner().right_bottom() - vec2(6.0, 6.0),
                tones,
                recorded.levels.peak(),
                palette,
            );
        }
        if let Some(pointer) = response.hover_pos() {
            let at = place.transform.value_from_position(pointer).y;
            let step = place.nearest_step(pointer.x, recorded.newest);
            if let Some(text) = levels::told(recorded, tones, step, at, &mut self.reader) {
                levels::tag(ui, frame.inner(), pointer, text, (palette.raised, palette.text));
            }
        }
        let present = place.x(self.present as f64).round() + 0.5;
        let inner = frame.inner();
        if self.present + 1 < steps_in_view(&self.time.seconds(), place.step_seconds, recorded.newest).end as u64
            && (self.present as usize) < recorded.newest
            && inner.x_range().contains(present)
        {
            let stroke = Stroke::new(1.5, palette.notice);
            ui.painter().vline(present, inner.y_range(), stroke);
        }
        response
    }

    /// Dragging moves through time, the wheel zooms, a double click follows again.
    fn pan(&mut self, ui: &Ui, place: &Viewport, response: &Response, running: bool) {
        let per_point = place.transform.dvalue_dpos()[0];
        if response.dragged_by(PointerButton::Primary) && response.drag_delta().x != 0.0 {
            self.time.pan(-f64::from(response.drag_delta().x) * per_point);
        }
        if response.double_clicked() {
            self.time.follow();
        }
        if let Some(pointer) = response.hover_pos() {
            let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
            let factor = f64::from(pinch) * f64::from(scroll.y / 240.0).exp();
            if factor != 1.0 {
                if !running {
                    self.time.release();
                }
                self.time.zoom(factor, place.transform.value_from_position(pointer).x);
            }
        }
    }
}

/// The price pointed at, through all parts.
fn cursor(ui: &Ui, areas: &[Rect], pointer: Pos2, pointed: f64, palette: &Palette) {
    let stroke = Stroke::new(1.0, palette.cursor.gamma_multiply(0.8));
    let y = pointer.y.round() + 0.5;
    for area in areas {
        ui.painter().hline(area.x_range(), y, stroke);
    }
    let at = pos2(areas[0].left() - 2.0, y);
    let colors = (palette.cursor, palette.ground);
    price::tag(
        ui,
        at,
        eframe::egui::Align2::RIGHT_CENTER,
        format::price(pointed),
        colors,
    );
}
