//! The page of a market's own record: price with the estimated liquidation map over time and beside it, open interest, depth,
//! taker flow, funding and printed liquidations on one time axis, what is wrong with the files, and what is known and what not.

mod lanes;
mod levels;
mod quality;
mod words;

use std::sync::Arc;

use eframe::egui::{
    Align, Frame as Margins, Layout, Margin, ProgressBar, Rect, Response, RichText, ScrollArea, Ui, pos2, vec2,
};

use cascade_app::market::{Explained, MarketCommand, MarketRecord, Task};
use cascade_app::{App, Command};
use cascade_scenario::format;

use crate::page::{Page, PageEntry, PageId};
use crate::palette::Palette;
use crate::plots::canvas::Buffers;
use crate::plots::view::{EasedRange, TimeView};
use crate::style;
use lanes::{Lane, lanes, price_lane};
use levels::LevelMap;

/// Width of the levels beside the price.
const LEVELS_WIDTH: f32 = 150.0;
/// Share of the height that the price takes.
const PRICE_SHARE: f32 = 0.46;
/// Least height of the price and of another plot.
const LEAST: [f32; 2] = [158.0, 58.0];
/// What a notch of the wheel zooms by.
const ZOOM: f32 = 0.004;

/// The page.
pub(super) const PAGE: PageEntry = PageEntry {
    id: PageId("Market"),
    action: "Market: a market's own record",
    peak: None,
    tab: |_| true,
    begin: Some(|| Box::new(MarketPage::default())),
};

/// What the page keeps between frames.
#[derive(Default)]
struct MarketPage {
    time: TimeView,
    price: EasedRange,
    ranges: Vec<EasedRange>,
    buffers: Buffers,
    levels: LevelMap,
    /// The record that was shown last.
    shown: Option<Arc<MarketRecord>>,
}

impl Page for MarketPage {
    fn measure(&mut self, app: &App) -> bool {
        let now = app.market.shown();
        let same = match (&self.shown, now) {
            (Some(before), Some(now)) => Arc::ptr_eq(before, now),
            (None, None) => true,
            _ => false,
        };
        if !same {
            *self = Self {
                shown: now.cloned(),
                ..Self::default()
            };
            self.time.show_all();
        }
        false
    }

    fn show(&mut self, ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
        let frame = Margins::new().inner_margin(Margin::symmetric(10, 4));
        frame.show(ui, |ui| {
            head(ui, app, self.in_view(), palette, commands);
            match self.shown.clone() {
                Some(record) => self.record(ui, app, &record, palette, commands),
                None if app.market.progress().is_none() => nothing_yet(ui),
                None => {}
            }
        });
    }
}

/// What can be done, and how far it is.
fn head(ui: &mut Ui, app: &App, in_view: Option<(i64, i64)>, palette: &Palette, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        if ui.button("Open a folder…").on_hover_text("The folder with the files of one market. Files may also be dropped on the window.").clicked() {
            commands.push(MarketCommand::AskFolder.into());
        }
        if let Some(record) = app.market.shown() {
            ui.label(style::strong(record.name.as_str(), style::HEADING));
            let moment = words::moment(app.market.chosen_ms());
            let start = ui.button("Start the model here").on_hover_text(
                "Begins a run with the price, the volatility of the day before, the depth of the last hour and the estimated map \
                 of the chosen moment as its positions, as far as the record has them. Other parameters stay as they are; Ctrl+Z \
                 brings the present run back.",
            );
            if start.clicked() {
                commands.push(MarketCommand::StartHere.into());
            }
            ui.weak(format!("at {moment} UTC"));
            let explain = ui.button("Explain this move").on_hover_text(
                "What of the move in view, from its left edge to its right one, liquidations forced, what of that was a thin book, and \
                 what was everything else. Zoom with the wheel to choose the move.",
            );
            if explain.clicked()
                && let Some((from_ms, to_ms)) = in_view
            {
                commands.push(MarketCommand::Explain(from_ms, to_ms).into());
            }
            let fit = ui.button("Fit the model").on_hover_text(
                "Fits what no file states (how much of forced orders is absorbed, what rests at levels and how far away, how much news \
                 comes, how many stop orders wait) to the hours after the sharp moves of the record, with bands, and says what the \
                 record does not narrow down. \
                 Start the model here then begins with it.",
            );
            if fit.clicked() {
                commands.push(MarketCommand::Fit.into());
            }
            if app.market.fitted().is_some_and(|fitted| !fitted.is_under_way())
                && ui.button("Without the fit").on_hover_text("Puts the fit away.").clicked()
            {
                commands.push(MarketCommand::Unfit.into());
            }
            let mut follows = app.market.follows();
            let follow = ui.checkbox(&mut follows, "Follow").on_hover_text(
                "Looks every few seconds whether the files have grown, as a collector writes them, and then reads them again.",
            );
            if follow.changed() {
                commands.push(MarketCommand::Follow(follows).into());
            }
            if ui.button("Close").on_hover_text("Puts the record away.").clicked() {
                commands.push(MarketCommand::Close.into());
            }
        }
        if let Some((share, what)) = app.market.progress() {
            ui.add(ProgressBar::new(share).desired_width(300.0).text(what));
            if ui.button("Cancel").clicked() {
                commands.push(MarketCommand::Cancel.into());
            }
        }
    });
    if let Some(reason) = app.market.failed() {
        ui.label(RichText::new(reason).color(palette.critical));
    }
}

/// What a record is, where none is open.
fn nothing_yet(ui: &mut Ui) {
    ui.add_space(8.0);
    ui.label("No record is open. A record is a folder with the public files of one market:");
    for (what, needed) in [
        ("price bars, best of one minute", "needed for everything"),
        ("open interest, best every five minutes", "for the liquidation map"),
        ("depth of the book by distance from the price", "for the depth"),
        ("funding rates, liquidations, trades", "beside them"),
    ] {
        ui.weak(format!("  •  {what}: {needed}"));
    }
    ui.weak(
        "CSV or JSON as exchanges and collectors publish them, also in .gz and .zip; which file holds what is recognised by its \
         columns and values. Nothing is downloaded: the program opens no connection.",
    );
}

impl MarketPage {
    /// From when to when the plots show.
    fn in_view(&self) -> Option<(i64, i64)> {
        let charts = &self.shown.as_ref()?.charts;
        let length = charts.len() as f64 * charts.step_seconds;
        let at = |seconds: f64| charts.begins_ms + (seconds.clamp(0.0, length) * 1e3).round() as i64;
        let seconds = self.time.seconds();
        Some((at(seconds.start), at(seconds.end)))
    }

    fn record(
        &mut self,
        ui: &mut Ui,
        app: &App,
        record: &Arc<MarketRecord>,
        palette: &Palette,
        commands: &mut Vec<Command>,
    ) {
        let charts = &record.charts;
        self.time
            .update(charts.len() as f64 * charts.step_seconds, charts.step_seconds);
        ui.label(RichText::new(words::known(record)).small());
        ui.label(RichText::new(words::book(record)).small());
        ui.label(RichText::new(words::unknown(record)).small().color(palette.weak_text));
        if let Some(explained) = app.market.explained() {
            explanation(ui, explained, palette);
        }
        match app.market.fitted().and_then(Task::outcome) {
            Some(Ok(fit)) => {
                ui.label(RichText::new(fit.words()).color(palette.text))
                    .on_hover_text(words::fit(fit));
            }
            Some(Err(reason)) => {
                ui.label(RichText::new(format!("Nothing was fitted: {reason}.")).color(palette.notice));
            }
            None => {}
        }
        let chosen = charts.place_of(app.market.chosen_ms());
        let lanes = lanes(record, palette);
        let quality_height = quality::height();
        let room = (ui.available_height() - quality_height - 8.0).max(LEAST[0] + LEAST[1] * lanes.len() as f32);
        let price_height = (room * PRICE_SHARE).max(LEAST[0]);
        let lane_height = ((room - price_height) / lanes.len().max(1) as f32).max(LEAST[1]);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let width = ui.available_width();
            let (area, _) = ui.allocate_exact_size(
                vec2(width, price_height + quality_height + lane_height * lanes.len() as f32),
                eframe::egui::Sense::hover(),
            );
            let right = area.right() - LEVELS_WIDTH;
            let mut top = area.top();
            let mut next = |height: f32| {
                let rect = Rect::from_min_max(pos2(area.left(), top), pos2(right, top + height));
                top += height;
                rect
            };
            let price_rect = next(price_height);
            let response = self.price(ui, record, price_rect, chosen, palette);
            self.interact(&response, ui, record, commands);
            let foot = price_rect.bottom() - crate::plots::frame::TIME_AXIS_HEIGHT;
            let column = Rect::from_min_max(pos2(right, price_rect.top()), pos2(area.right(), foot));
            levels::beside(ui, column, record, app.market.chosen_ms(), self.price.range(), palette);
            quality::show(ui, next(quality_height), record, &self.time.seconds(), palette);
            self.ranges.resize_with(lanes.len(), EasedRange::default);
            for (index, lane) in lanes.iter().enumerate() {
                let rect = next(lane_height);
                let clock = |seconds: f64| words::tick(charts.begins_ms, seconds);
                let seconds = self.time.seconds();
                let shown = lanes::Shown {
                    rect,
                    seconds,
                    labelled: index + 1 == lanes.len(),
                    chosen,
                    clock: &clock,
                };
                let response = lane.show(ui, &shown, &mut self.ranges[index], &mut self.buffers, palette);
                self.interact(&response, ui, record, commands);
            }
            let below = Rect::from_min_max(pos2(right + 8.0, price_rect.bottom()), area.max);
            beside(ui, below, record, app.market.chosen_ms(), palette);
        });
    }

    fn price(&mut self, ui: &mut Ui, record: &MarketRecord, rect: Rect, chosen: usize, palette: &Palette) -> Response {
        let lane: Lane<'_> = price_lane(record, palette);
        let clock = |seconds: f64| words::tick(record.charts.begins_ms, seconds);
        let shown = lanes::Shown {
            rect,
            seconds: self.time.seconds(),
            // The moments stand below the price too: the last plot may be out of view.
            labelled: true,
            chosen,
            clock: &clock,
        };
        let levels = &mut self.levels;
        lane.show_over(ui, &shown, &mut self.price, &mut self.buffers, palette, |ui, place| {
            levels.shape(ui, record, place, palette)
        })
    }

    /// A click chooses a moment, a drag moves the view, the wheel zooms, two clicks show all.
    fn interact(&mut self, response: &Response, ui: &Ui, record: &MarketRecord, commands: &mut Vec<Command>) {
        let charts = &record.charts;
        let seconds = self.time.seconds();
        let span = seconds.end - seconds.start;
        let width = f64::from((response.rect.width() - crate::plots::frame::AXIS_WIDTH).max(1.0));
        let left = response.rect.left() + crate::plots::frame::AXIS_WIDTH;
        let at = |x: f32| seconds.start + f64::from(x - left) / width * span;
        if response.dragged() {
            self.time.pan(-f64::from(response.drag_delta().x) / width * span);
        }
        if response.double_clicked() {
            self.time.show_all();
        } else if response.clicked()
            && let Some(pointer) = response.interact_pointer_pos()
        {
            let time = charts.begins_ms + (at(pointer.x) * 1e3) as i64;
            commands.push(MarketCommand::Choose(time).into());
        }
        if let Some(pointer) = response.hover_pos() {
            let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
            let factor = f64::from((scroll * ZOOM).exp() * pinch);
            if (factor - 1.0).abs() > 1e-6 {
                self.time.release();
                self.time.zoom(factor, at(pointer.x));
            }
        }
    }
}

/// What of a move was forced: the sentence, and the parts on hovering.
fn explanation(ui: &mut Ui, explained: &Explained, palette: &Palette) {
    match explained.task.outcome() {
        Some(Ok(found)) => {
            let (from_ms, to_ms) = explained.interval_ms;
            let text = format!(
                "{} to {}: {}",
                words::moment(from_ms),
                words::moment(to_ms),
                found.words()
            );
            ui.label(RichText::new(text).color(palette.text))
                .on_hover_text(words::parts(found));
        }
        Some(Err(reason)) => {
            ui.label(RichText::new(format!("The move is not explained: {reason}.")).color(palette.notice));
        }
        None => {}
    }
}

/// What the map says, and how each file was read, in the room below the levels.
fn beside(ui: &mut Ui, rect: Rect, record: &MarketRecord, time_ms: i64, palette: &Palette) {
    if rect.height() < 40.0 {
        return;
    }
    let mut child = ui.new_child(
        eframe::egui::UiBuilder::new()
            .max_rect(rect)
            .layout(Layout::top_down(Align::Min)),
    );
    let used = record.files.iter().filter(|file| file.unused.is_none()).count();
    if let Some(map) = record.map_at(time_ms) {
        child.label(RichText::new(words::near(map)).small());
        child.add_space(4.0);
    }
    child.label(style::strong(
        format!("{}, {used} used", format::counted(record.files.len(), "file")),
        12.5,
    ));
    ScrollArea::vertical()
        .id_salt("files of the record")
        .auto_shrink(false)
        .show(&mut child, |ui| {
            for file in &record.files {
                let name = std::path::Path::new(&file.file)
                    .file_name()
                    .map_or_else(|| file.file.clone(), |name| name.to_string_lossy().into_owned());
                let color = if file.unused.is_some() {
                    palette.notice
                } else {
                    palette.weak_text
                };
                ui.label(RichText::new(name).small().color(color))
                    .on_hover_text(file.words());
            }
        });
}
