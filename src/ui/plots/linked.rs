//! The linked plots in the middle of the window: one time axis, one cursor, the price on top with the liquidation levels
//! beneath and beside it, and what drives it below.

use std::collections::BTreeMap;

use eframe::egui::{self, PointerButton, Rangef, Rect, Ui, pos2};

use super::aim::Aim;
use super::canvas::{Buffers, Canvas, steps_in_view};
use super::frame::{AXIS_WIDTH, Frame, Ticks};
use super::heatmap::Tones;
use super::layout::{COLUMN_WIDTH, Layout};
use super::plot::{Plot, Row, Scene};
use super::price::PriceAxis;
use super::shown::{PlotView, Shown};
use super::story::Foot;
use super::view::{EasedRange, TimeAxis, TimeView, frame_seconds, rounded};
use super::{
    aim, arrange, chain, clusters, cursor, follow, gamma, heatmap, legend, levels, list, marks, overlay, price, story,
};
use crate::page::{PageEntry, PageId};
use cascade_app::history::{Extent, Figure, Reader, Version};
use cascade_app::{ActCommand, App, Command, EditCommand, PlaybackCommand, PlotId, SelectionCommand};
use cascade_scenario::{Action, AssetId, format};

/// The page of the plots.
pub const PAGE: PageEntry = PageEntry {
    id: PageId("Plots"),
    action: "Plots of the run",
    peak: None,
    tab: |_| true,
    begin: None,
};

/// Lines of the legend over the price that an audience sees: none of its series is left out.
const PRESENTED_LINES: usize = 4;
/// Below this width its series have no values, so that all of their names fit; the price stands above in large figures.
const NAMES_ONLY: f32 = 480.0;
/// From this height of the price on its legend may take two lines.
const ROOM_FOR_TWO_LINES: f32 = 160.0;
/// Height that it takes where its lines are as usual.
const PRESENTED_LEGEND: f32 = 2.0 * legend::STRIP_HEIGHT;
/// Plots below the price that an audience sees.
const PRESENTED_ROWS: usize = 1;

/// The plots' own state: the view, ranges on their way, the texture of the heat map, buffers.
#[derive(Default)]
pub struct Plots {
    pub(super) time: TimeView,
    axis: Option<TimeAxis>,
    price: EasedRange,
    foot: Foot,
    rows: BTreeMap<PlotId, RowState>,
    histogram: clusters::Histogram,
    heat_map: heatmap::HeatMap,
    buffers: Buffers,
    newest: usize,
    /// Reads the levels at the pointer.
    reader: Reader,
    /// Which recording was shown last, and the moment at which the model stood.
    version: Version,
    present: usize,
    /// What is told of the last change in this frame, and where.
    change: Option<(String, Rect)>,
    /// Which asset was shown last.
    number: Option<AssetId>,
    /// Where a selection with the mouse began.
    selecting: Option<u64>,
    /// The shock that is aimed at a price.
    pub aim: Aim,
    /// Where the model stood before the last click.
    before_click: u64,
    /// Whether the price axis tells per cent since the start; unless it was said, it does beside pinned runs.
    percent: Option<bool>,
    /// Series that were switched off by their legends, with the names of their plots.
    hidden: Vec<(&'static str, Figure)>,
    /// A picture is about to be taken: where the pointer happens to be is no part of it.
    pub posing: bool,
}

#[derive(Clone, Copy, Default)]
struct RowState {
    range: EasedRange,
    bar: EasedRange,
}

impl Plots {
    /// Forgets the view of the last run: to be called when another one begins.
    pub fn restart(&mut self) {
        let mut heat_map = std::mem::take(&mut self.heat_map);
        heat_map.clear();
        *self = Self {
            buffers: std::mem::take(&mut self.buffers),
            hidden: std::mem::take(&mut self.hidden),
            percent: self.percent,
            foot: self.foot,
            heat_map,
            ..Self::default()
        };
    }

    /// Forgets what was drawn of another asset; the stretch of time stays.
    fn turn_to(&mut self, number: Option<AssetId>) {
        self.heat_map.clear();
        self.reader = Reader::default();
        self.histogram = clusters::Histogram::default();
        self.price = EasedRange::default();
        self.foot = Foot::default();
        self.rows.clear();
        self.number = number;
    }

    /// Which stretch of market time is shown.
    pub const fn time(&mut self) -> &mut TimeView {
        &mut self.time
    }

    /// Whether the price axis tells per cent since the start of the run instead of prices, and the runs beside it begin at the
    /// same place: unless it was said, where a run is pinned, so that one of another price level does not flatten the present one.
    pub fn tells_percent(&self, app: &App) -> bool {
        self.percent.unwrap_or_else(|| app.pinned().next().is_some())
    }

    /// Turns from prices to per cent, or back.
    pub fn toggle_percent(&mut self, app: &App) {
        self.percent = Some(!self.tells_percent(app));
    }

    /// The same for what is drawn.
    fn percent(&self, view: &PlotView<'_>) -> bool {
        self.percent
            .unwrap_or_else(|| view.overlay.pinned.iter().any(Option::is_some))
    }

    /// The time axis as it was drawn last.
    pub const fn axis(&self) -> Option<&TimeAxis> {
        self.axis.as_ref()
    }

    /// Draws everything into the space that is left, and returns what the user asked for.
    pub fn show(&mut self, ui: &mut Ui, view: PlotView<'_>) -> Vec<Command> {
        let area = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(area);
        if area.width() < AXIS_WIDTH + COLUMN_WIDTH.0 + 80.0 || area.height() < 80.0 {
            return Vec::new();
        }
        let newest = view.history.newest_step();
        let version = view.history.version();
        if version.run != self.version.run || version == self.version && newest < self.newest {
            self.restart();
        } else if version != self.version {
            // The same run went another way.
            self.heat_map.clear();
            self.reader = Reader::default();
        }
        if view.number != self.number {
            self.turn_to(view.number);
        }
        (self.newest, self.version) = (newest, version);
        let step_seconds = view.history.step_seconds();
        if view.rewound() && view.present() != self.present {
            self.time.reveal(view.present() as f64 * step_seconds);
        }
        self.present = view.present();
        self.time.update(view.reach as f64 * step_seconds, step_seconds);

        let mut wanted = list::shown(view.plots, view.arrangement, view.asset, view.first);
        if view.presenting {
            wanted.truncate(PRESENTED_ROWS);
        }
        let layout = Layout::new(area, wanted, view.parts_beside(), view.arrangement);
        self.axis = Some(TimeAxis {
            x: Rangef::new(layout.price.left() + AXIS_WIDTH, layout.price.right()),
            seconds: self.time.seconds(),
        });
        let (price, mut moving) = self.show_price(ui, &layout, &view);
        let mut shown = vec![price];
        for (index, (plot, rect)) in layout.rows.iter().enumerate() {
            let (row, row_moves) = self.show_row(ui, *plot, *rect, index + 1 == layout.rows.len(), &view);
            moving |= row_moves;
            shown.push(row);
        }
        moving |= self.show_beside(ui, &layout, &shown, &view);
        let mut commands = self.interact(ui, &shown, &view);
        arrange::borders(ui, &layout, view.palette, &mut commands);
        arrange::menus(&shown, &layout, view.arrangement, &mut commands);
        if moving {
            ui.ctx().request_repaint();
        }
        commands
    }

    pub(super) fn show_price(&mut self, ui: &mut Ui, layout: &Layout, view: &PlotView<'_>) -> (Shown, bool) {
        let seconds = self.time.seconds();
        let steps = steps_in_view(&seconds, view.history.step_seconds(), view.history.newest_step());
        let percent = self.percent(view);
        // Other runs, the fan and what really came lie ahead of the run too.
        let ahead = steps_in_view(&seconds, view.history.step_seconds(), usize::MAX - 1);
        let mut target = rounded(overlay::prices(view, &steps, &ahead, percent));
        // The legend of an audience hides nothing, and what happened is told to all.
        let height = layout.price.height();
        let legend = if view.presenting {
            PRESENTED_LEGEND.min(0.4 * height)
        } else {
            0.0
        };
        let foot = self.foot.height().min(0.3 * height);
        let per_point = (target.high - target.low) / f64::from(height - legend - foot);
        target.high += per_point * f64::from(legend);
        target.low -= per_point * f64::from(foot);
        let moving = self.price.approach(target, frame_seconds(ui));
        let axis = PriceAxis::of(view.history, percent);
        let frame = Frame {
            name: price::NAME,
            title: view.named(price::NAME),
            rect: layout.price,
            seconds,
            values: self.price.range(),
            time_axis: layout.rows.is_empty(),
            tick: &|value| axis.text(value),
            clock: &format::clock,
            ticks: axis.ticks(),
        };
        let place = view.viewport(&frame);
        let mut shapes = Vec::with_capacity(8);
        if view.shows(heatmap::PART) {
            let tones = Tones::Notional(view.palette.longs, view.palette.shorts);
            shapes.extend(self.heat_map.shape(ui.ctx(), view.history.into(), &place, tones));
        }
        let mut canvas = Canvas::new(&place, &mut self.buffers).without(hidden_in(&self.hidden, price::NAME));
        marks::shade_halts(&mut canvas, view);
        overlay::draw_beneath(&mut canvas, view, &ahead, percent);
        price::draw(&mut canvas, view.history, view.palette);
        shapes.push(canvas.finish());
        let response = frame.show(ui, view.palette, shapes);
        (
            Shown {
                inner: frame.inner(),
                response,
                place,
                plot: None,
            },
            moving,
        )
    }

    pub(super) fn show_row(
        &mut self,
        ui: &mut Ui,
        plot: Row,
        rect: Rect,
        last: bool,
        view: &PlotView<'_>,
    ) -> (Shown, bool) {
        let seconds = self.time.seconds();
        let steps = steps_in_view(&seconds, view.history.step_seconds(), view.history.newest_step());
        let about = plot.about();
        let state = self.rows.entry(about.id).or_default();
        let mut range = plot.range(view.history, &steps);
        // Other runs may have come further than this one.
        let ahead = steps_in_view(&seconds, view.history.step_seconds(), usize::MAX - 1);
        for beside in view.overlay.beside(view.palette) {
            range = range.union(overlay::range(plot.pinned(), beside, 1.0, &ahead));
        }
        let target = if about.logarithmic { range } else { rounded(range) };
        let elapsed = frame_seconds(ui);
        let mut moving = state.range.approach(target, elapsed);
        if let Some(largest) = plot.largest_bar(view.history, &steps) {
            moving |= state.bar.approach(
                Extent {
                    low: 0.0,
                    high: largest.max(1.0),
                },
                elapsed,
            );
        }
        let (values, full_bar) = (state.range.range(), state.bar.range().1);
        let frame = Frame {
            name: about.name,
            title: view.named(about.name),
            rect,
            seconds,
            values,
            time_axis: last,
            tick: &|value| plot.tick(value),
            clock: &format::clock,
            ticks: if about.logarithmic {
                Ticks::Decades
            } else {
                Ticks::Round
            },
        };
        let place = view.viewport(&frame);
        let scene = Scene {
            history: view.history,
            palette: view.palette,
            step: 0,
        };
        let mut canvas = Canvas::new(&place, &mut self.buffers).without(hidden_in(&self.hidden, about.name));
        marks::shade_halts(&mut canvas, view);
        for beside in view.overlay.beside(view.palette) {
            overlay::draw(&mut canvas, plot.pinned(), beside, 1.0);
        }
        let mut above = plot.draw(&mut canvas, &scene, full_bar);
        let mut shapes = vec![canvas.finish()];
        shapes.append(&mut above);
        let response = frame.show(ui, view.palette, shapes);
        (
            Shown {
                inner: frame.inner(),
                response,
                place,
                plot: Some(plot),
            },
            moving,
        )
    }

    /// Legends, histogram, story, tags and cursor: whatever needs to know where the plots are and what is pointed at.
    pub(super) fn show_beside(&mut self, ui: &Ui, layout: &Layout, shown: &[Shown], view: &PlotView<'_>) -> bool {
        let pointed = shown.iter().find_map(|one| Some((one, one.response.hover_pos()?)));
        let pointed = pointed.filter(|_| !self.posing);
        let newest = view.history.newest_step();
        let step = pointed.map_or(view.present(), |(one, pointer)| {
            one.place.nearest_step(pointer.x, newest)
        });
        // What really came can be read off beyond the newest step too.
        let ahead = pointed.map_or(step, |(one, pointer)| one.place.nearest_step(pointer.x, usize::MAX));
        for one in shown {
            if let Some(selection) = view.overlay.selection {
                overlay::interval(ui, &one.place, one.inner, selection, view.palette);
            }
            if view.rewound() {
                overlay::moment(ui, &one.place, one.inner, view.present(), view.palette);
            }
        }
        let scene = Scene {
            history: view.history,
            palette: view.palette,
            step,
        };
        let (mut moving, mut names) = (false, Rect::NOTHING);
        for one in shown {
            let beside = layout.beside(one.inner);
            let pinned = one.plot.map_or(price::PINNED, Plot::pinned);
            let others = view.overlay.beside(view.palette);
            let percent = one.plot.is_none() && self.percent(view);
            let others = others.filter_map(|beside| overlay::entry(pinned, beside, step, percent));
            if let Some(plot) = one.plot {
                let mut entries = plot.entries(&scene);
                entries.splice(entries.len().min(1)..entries.len().min(1), others);
                let about = plot.about();
                let hidden = hidden_in(&self.hidden, about.name);
                let toggled = legend::column(ui, beside, (about.title, about.unit), &entries, &hidden, view.palette);
                self.toggle(about.name, toggled);
                continue;
            }
            let (mut left, mut right) = (beside, beside);
            if view.parts_beside() > 1 {
                (left, right) = beside.split_left_right_at_fraction(0.54);
                right.min.x += 4.0;
            }
            if view.shows(clusters::PART) {
                let run = (view.history, view.asset);
                moving |= self.histogram.show(ui, left, &one.place.transform, run, view.palette);
            }
            if view.shows(gamma::PART) {
                gamma::show(ui, right, &one.place.transform, view.asset, view.palette);
            }
            let chain = chain::show(ui, one.inner, view.history, view.present(), view.palette);
            let mut entries = price::entries(&scene);
            entries.splice(1..1, others);
            // After the price without forced flow, which is what the picture is about.
            let after = entries.len() - price::VENUES;
            entries.splice(after..after, overlay::entries_beneath(view, (step, ahead), percent));
            if view.presenting && one.inner.width() < NAMES_ONLY {
                for entry in &mut entries {
                    entry.value.clear();
                }
            }
            let hidden = hidden_in(&self.hidden, price::NAME);
            let (toggled, legend) = legend::strip(
                ui,
                one.inner,
                (&view.named("Spot price"), legend_lines(view, one.inner)),
                &entries,
                &hidden,
                view.palette,
            );
            self.toggle(price::NAME, toggled);
            names = legend;
            // Words may stand close to the legend.
            let taken = chain.into_iter().chain([legend.shrink(story::CLEAR)]);
            moving |= self.tell(ui, one, view, taken.collect());
            overlay::numbers(ui, &one.place, one.inner, view, self.percent(view));
            self.aim.tag = cursor::price_tag(ui, one, beside, view);
        }
        let record = marks::record(ui, shown, view);
        marks::story(ui, shown, view, names);
        marks::synchronisation(ui, shown, view, (names, record));
        if let Some((one, pointer)) = pointed {
            let axis = PriceAxis::of(view.history, self.percent(view));
            cursor::show(ui, one, pointer, shown, (view, axis));
            if one.plot.is_none() && view.shows(heatmap::PART) {
                self.tell_level(ui, one, pointer, step, view);
            }
        }
        moving
    }

    /// Guesses, what the last change did, what happened, and the colours of the levels: each where it covers none of the others.
    /// Returns whether there will be more room for them in the next frame.
    fn tell(&mut self, ui: &Ui, price: &Shown, view: &PlotView<'_>, mut covered: Vec<Rect>) -> bool {
        covered.extend(overlay::guesses(
            ui,
            &price.place,
            price.inner,
            view.overlay.guesses,
            view.palette,
        ));
        covered.extend((!self.posing && view.overlay.guessing.is_none()).then(|| aim::place(price.inner).shrink(1.0)));
        covered.extend((!self.posing && !self.time.is_following()).then(|| follow::place(price.inner)));
        self.change = overlay::change(ui, price, view, &covered);
        covered.extend(self.change.as_ref().map(|(_, place)| *place));
        let lines = story::Lines::of(view, self.percent(view));
        let words = story::show(ui, &price.place, &lines, &covered, view.palette);
        covered.extend(words.place());
        story::colours(ui, price, view, &lines, &covered);
        self.foot.make_room(words)
    }

    /// What stands at the level that is pointed at on the price plot.
    fn tell_level(&mut self, ui: &Ui, price: &Shown, pointer: egui::Pos2, step: usize, view: &PlotView<'_>) {
        let at = price.place.transform.value_from_position(pointer).y;
        let tones = Tones::Notional(view.palette.longs, view.palette.shorts);
        if let Some(text) = levels::told(view.history.into(), tones, step, at, &mut self.reader) {
            levels::tag(ui, price.inner, pointer, text, (view.palette.raised, view.palette.text));
        }
    }

    /// Switches a series of a plot off, or on again.
    fn toggle(&mut self, plot: &'static str, series: Option<Figure>) {
        let Some(series) = series else { return };
        let before = self.hidden.len();
        self.hidden.retain(|one| *one != (plot, series));
        if self.hidden.len() == before {
            self.hidden.push((plot, series));
        }
    }

    fn interact(&mut self, ui: &mut Ui, shown: &[Shown], view: &PlotView<'_>) -> Vec<Command> {
        let mut commands = Vec::new();
        for one in shown {
            let response = &one.response;
            let seconds_per_point = one.place.transform.dvalue_dpos()[0];
            self.select(ui, one, view, &mut commands);
            if self.selecting.is_none() && response.dragged_by(PointerButton::Primary) && response.drag_delta().x != 0.0
            {
                self.time.pan(-f64::from(response.drag_delta().x) * seconds_per_point);
            }
            if let Some(pointer) = response.hover_pos() {
                self.wheel(ui, one, pointer.x, view.running);
            }
            self.click(one, view, &mut commands);
        }
        self.aim.show(ui, &shown[0], view, &mut commands);
        if let Some(change) = self.change.take()
            && overlay::tell_change(ui, change, view.palette)
        {
            commands.push(Command::Edit(EditCommand::HideRunBefore));
        }
        if !self.time.is_following() && follow::button(ui, &shown[0], view.palette) {
            self.time.follow();
        }
        commands
    }

    /// A click goes to the moment that is pointed at; a double click shows the newest steps again and leaves the model where it
    /// stood. On the price it is a guess while there is a question, and a shock while one is aimed.
    fn click(&mut self, one: &Shown, view: &PlotView<'_>, commands: &mut Vec<Command>) {
        let response = &one.response;
        let clicked = response.clicked_by(PointerButton::Primary);
        let Some(pointer) = response.interact_pointer_pos().filter(|_| clicked) else {
            return;
        };
        let on_price = one.plot.is_none();
        if response.double_clicked() {
            self.time = TimeView::default();
            commands.push(Command::Playback(PlaybackCommand::Seek(self.before_click)));
        } else if let Some(name) = view.overlay.guessing.filter(|_| on_price) {
            let price = one.place.transform.value_from_position(pointer).y;
            if price > 0.0 {
                let name = name.to_owned();
                commands.push(Command::Act(ActCommand::Remark(Action::Marker { name, price })));
            }
        } else if self.aim.taken_up && on_price {
            self.aim.click(one, pointer, commands);
        } else {
            self.before_click = view.present() as u64;
            let step = one.place.nearest_step(pointer.x, view.history.newest_step());
            commands.push(Command::Playback(PlaybackCommand::Seek(step as u64)));
        }
    }

    /// Dragging with Shift selects an interval to be explained.
    fn select(&mut self, ui: &Ui, one: &Shown, view: &PlotView<'_>, commands: &mut Vec<Command>) {
        let response = &one.response;
        let newest = view.history.newest_step();
        let at = |x: f32| one.place.nearest_step(x, newest) as u64;
        if response.drag_started_by(PointerButton::Primary) && ui.input(|input| input.modifiers.shift) {
            let origin = ui.input(|input| input.pointer.press_origin());
            self.selecting = origin.map(|origin| at(origin.x));
        }
        let (Some(from), true) = (self.selecting, response.dragged() || response.drag_stopped()) else {
            return;
        };
        if let Some(pointer) = response.interact_pointer_pos() {
            let to = at(pointer.x);
            commands.extend([
                Command::Selection(SelectionCommand::Clear),
                Command::Selection(SelectionCommand::Begin(from.min(to))),
                Command::Selection(SelectionCommand::End(from.max(to))),
            ]);
        }
        if response.drag_stopped() {
            self.selecting = None;
        }
    }

    /// The wheel zooms around the pointer; while the model runs and is followed, the newest step keeps its place instead.
    fn wheel(&mut self, ui: &Ui, one: &Shown, x: f32, running: bool) {
        let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
        let factor = f64::from(pinch) * f64::from(scroll.y / 240.0).exp();
        if factor != 1.0 {
            let around = one.place.transform.value_from_position(pos2(x, one.inner.center().y)).x;
            if !running {
                self.time.release();
            }
            self.time.zoom(factor, around);
        }
        if scroll.x != 0.0 {
            self.time
                .pan(-f64::from(scroll.x) * one.place.transform.dvalue_dpos()[0]);
        }
    }
}

/// The series of a plot that are switched off.
fn hidden_in(hidden: &[(&'static str, Figure)], plot: &str) -> Vec<Figure> {
    let of_plot = hidden.iter().filter(|(name, _)| *name == plot);
    of_plot.map(|(_, figure)| *figure).collect()
}

/// Most lines of the legend over the price.
fn legend_lines(view: &PlotView<'_>, price: Rect) -> usize {
    match view.presenting {
        true => PRESENTED_LINES,
        false if price.height() >= ROOM_FOR_TWO_LINES => 2,
        false => 1,
    }
}

#[cfg(test)]
mod tests;
