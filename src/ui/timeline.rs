//! The time line below the plots and on their time axis: the whole run from left to right and room for what is to come, which part of
//! it the plots show, its bookmarks, where the model stands, and the interval that is being explained.

use std::ops::Range;

use eframe::egui::accesskit;
use eframe::egui::{
    Align2, Button, Color32, EventFilter, FontId, Key, PointerButton, Rect, Response, RichText, Sense, Shape, Stroke,
    Ui, UiBuilder, pos2, vec2,
};

use cascade_app::{App, Bookmark, Command, PlaybackCommand, SelectionCommand};
use cascade_scenario::format;

use super::command::WindowCommand;
use super::palette::Palette;
use super::plots::view::{FIRST_SPAN_STEPS, TimeAxis};
use crate::style;

/// Height of the time line.
pub(crate) const HEIGHT: f32 = 26.0;
/// Points within which a click means a bookmark.
const CATCH: f32 = 5.0;
/// Room at either end, so that the handle is not cut off.
const MARGIN: f32 = 14.0;
/// How far the line lies below the middle, so that there is room for flags.
const MIDDLE: f32 = 3.0;
/// Room that the text of a moment needs beside the line.
const END_ROOM: f32 = 80.0;
/// Room that the buttons beside it need.
const BUTTONS_ROOM: f32 = 120.0;

/// Where steps stand on the screen.
struct Track {
    rect: Rect,
    /// What stands at its right end, in steps.
    end: f64,
}

/// The step at the right end of the line for a run that has come so far and of which the plots show a part; at first it is that of
/// the plots.
fn end_for(reach: u64) -> f64 {
    let mut end = FIRST_SPAN_STEPS;
    while end < reach as f64 {
        end *= 2.0;
    }
    end
}

impl Track {
    fn x(&self, step: u64) -> f32 {
        self.x_at(step as f64)
    }

    fn x_at(&self, step: f64) -> f32 {
        self.rect.left() + self.rect.width() * (step / self.end) as f32
    }

    fn step(&self, x: f32) -> u64 {
        let share = f64::from((x - self.rect.left()) / self.rect.width()).clamp(0.0, 1.0);
        (share * self.end).round() as u64
    }
}

/// The time line's own state.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TimeLine {
    /// Where a selection began.
    selecting: Option<u64>,
    scale: Scale,
}

/// What stands at the right end.
#[derive(Clone, Copy, Debug, Default)]
struct Scale {
    /// In steps.
    end: f64,
    /// How far the run had come in the last frame.
    reach: u64,
    /// The step at the right end of the plots in the last frame, if they showed the whole run.
    of_plots: Option<f64>,
}

impl Scale {
    /// The scale for a run that has come so far, beside plots that show the whole run up to a step, or a part of it. Where they show all
    /// of it and stand still, it is theirs. Else it stays while the run goes on, so that what has been does not move, until the run
    /// needs twice the room.
    fn follow(&mut self, reach: u64, of_plots: Option<f64>) {
        let began_anew = reach < self.reach;
        if let Some(end) = of_plots.filter(|_| of_plots == self.of_plots || self.end == 0.0) {
            self.end = end;
        } else if began_anew || self.end == 0.0 || self.end < reach as f64 {
            self.end = end_for(reach);
        }
        (self.reach, self.of_plots) = (reach, of_plots);
    }
}

impl TimeLine {
    /// Draws the time line on the time axis of the plots, `shown` if they are on the screen now; what is done with it becomes commands.
    pub(crate) fn show(
        &mut self,
        ui: &mut Ui,
        app: &App,
        (axis, shown): (Option<&TimeAxis>, bool),
        palette: &Palette,
        commands: &mut Vec<Command>,
        wanted: &mut Vec<WindowCommand>,
    ) {
        let (room, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
        let room = room.shrink2(vec2(MARGIN, 0.0));
        // Plots that have not been drawn since the window became smaller may lie outside.
        let across = axis
            .map(|axis| axis.x)
            .filter(|x| x.min >= room.left() && x.max <= room.right());
        let step_seconds = app.present.history.step_seconds();
        let in_view = axis.filter(|_| shown).map(|axis| {
            let seconds = &axis.seconds;
            seconds.start / step_seconds..seconds.end / step_seconds
        });
        let reach = app.present.reach();
        let whole = in_view
            .clone()
            .filter(|steps| steps.start == 0.0 && steps.end >= reach as f64);
        self.scale.follow(reach, whole.map(|steps| steps.end));
        let track = Track {
            rect: Rect::from_x_y_ranges(across.unwrap_or(room.x_range()), room.y_range()),
            end: self.scale.end,
        };
        let response = ui.interact(
            track.rect.expand2(vec2(MARGIN, 0.0)),
            ui.scope_id().with("time line"),
            Sense::click_and_drag(),
        );
        let free = room.with_max_x(track.rect.left() - MARGIN - END_ROOM);
        if shown && !app.presenting && free.width() > BUTTONS_ROOM {
            stretches(ui, free, wanted);
        }
        let bookmarks = app.bookmarks();
        ends(ui, app, &track, room, palette);
        if let Some(steps) = in_view {
            view(ui, &track, &steps, palette);
        }
        paint(ui, app, &track, &bookmarks, &response, palette);
        describe(ui, app, &response);
        point(ui, &track, &bookmarks, &response, &mut self.selecting, commands);
        keys(ui, &response, commands);
        if let Some(pointer) = response.hover_pos() {
            let text = near(&track, &bookmarks, pointer.x).map_or_else(
                || clock(app, track.step(pointer.x)),
                |bookmark| format!("{}  {}", clock(app, bookmark.step), bookmark.label),
            );
            response.on_hover_text_at_pointer(format!(
                "{text}\nDrag to go anywhere; with Shift, to explain what moved the price between two moments."
            ));
        }
    }
}

/// Buttons for how much of the run the plots show.
fn stretches(ui: &mut Ui, free: Rect, wanted: &mut Vec<WindowCommand>) {
    ui.scope_builder(UiBuilder::new().max_rect(free), |ui| {
        ui.horizontal_centered(|ui| {
            for (text, name, command) in [
                (
                    "Whole run",
                    "Fit the whole run into the plots",
                    WindowCommand::ShowWholeRun,
                ),
                ("1 h", "Show the last hour in the plots", WindowCommand::ShowHour),
            ] {
                let button = ui.add(Button::new(RichText::new(text).small()).small());
                if button.on_hover_text(name).clicked() {
                    wanted.push(command);
                }
            }
        });
    });
}

/// The moments at both ends, where there is room beside the line.
fn ends(ui: &Ui, app: &App, track: &Track, room: Rect, palette: &Palette) {
    let y = track.rect.center().y + MIDDLE;
    for (x, align, free, step) in [
        (
            track.rect.left() - MARGIN,
            Align2::RIGHT_CENTER,
            track.rect.left() - room.left(),
            0,
        ),
        (
            track.rect.right() + MARGIN,
            Align2::LEFT_CENTER,
            room.right() - track.rect.right(),
            track.end.round() as u64,
        ),
    ] {
        if free > END_ROOM {
            let font = FontId::proportional(style::CAPTION);
            ui.painter()
                .text(pos2(x, y), align, clock(app, step), font, palette.weak_text);
        }
    }
}

/// The stretch that the plots show.
fn view(ui: &Ui, track: &Track, steps: &Range<f64>, palette: &Palette) {
    let x = |step: f64| track.x_at(step.clamp(0.0, track.end));
    let (left, right) = (x(steps.start), x(steps.end));
    let middle = track.rect.center().y + MIDDLE;
    let band = Rect::from_min_max(pos2(left, middle - 8.0), pos2(right.max(left + 2.0), middle + 8.0));
    ui.painter().rect_filled(band, 3.0, palette.raised);
}

fn clock(app: &App, step: u64) -> String {
    format::clock(step as f64 * app.present.history.step_seconds())
}

/// The bookmark a click at this place means.
fn near<'a>(track: &Track, bookmarks: &'a [Bookmark], x: f32) -> Option<&'a Bookmark> {
    let distance = |bookmark: &Bookmark| (track.x(bookmark.step) - x).abs();
    let nearest = bookmarks.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    (distance(nearest) <= CATCH).then_some(nearest)
}

fn point(
    ui: &Ui,
    track: &Track,
    bookmarks: &[Bookmark],
    response: &Response,
    from: &mut Option<u64>,
    commands: &mut Vec<Command>,
) {
    let Some(pointer) = response.interact_pointer_pos() else {
        *from = None;
        return;
    };
    let step = track.step(pointer.x);
    if response.drag_started_by(PointerButton::Primary) && ui.input(|input| input.modifiers.shift) {
        let origin = ui.input(|input| input.pointer.press_origin());
        *from = Some(origin.map_or(step, |origin| track.step(origin.x)));
    }
    match *from {
        Some(from) => {
            commands.push(Command::Selection(SelectionCommand::Clear));
            commands.push(Command::Selection(SelectionCommand::Begin(from.min(step))));
            commands.push(Command::Selection(SelectionCommand::End(from.max(step))));
        }
        None if response.clicked() => {
            let step = near(track, bookmarks, pointer.x).map_or(step, |bookmark| bookmark.step);
            commands.extend([
                Command::Playback(PlaybackCommand::Pause),
                Command::Playback(PlaybackCommand::Seek(step)),
            ]);
        }
        None if response.dragged_by(PointerButton::Primary) => {
            commands.extend([
                Command::Playback(PlaybackCommand::Pause),
                Command::Playback(PlaybackCommand::Seek(step)),
            ]);
        }
        None => {}
    }
}

/// With the focus, the arrow keys do here what they do everywhere; a screen reader sets the step.
fn keys(ui: &Ui, response: &Response, commands: &mut Vec<Command>) {
    if response.has_focus() {
        let filter = EventFilter {
            horizontal_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let (left, right, shift) = ui.input(|input| {
            (
                input.key_pressed(Key::ArrowLeft),
                input.key_pressed(Key::ArrowRight),
                input.modifiers.shift,
            )
        });
        let steps = if shift { 10 } else { 1 };
        if left {
            commands.push(Command::Playback(PlaybackCommand::StepBack(steps)));
        }
        if right {
            commands.push(Command::Playback(PlaybackCommand::Step(steps)));
        }
    }
    ui.input(|input| {
        for request in input.accesskit_action_requests(response.id, accesskit::Action::SetValue) {
            if let Some(accesskit::ActionData::NumericValue(step)) = request.data {
                commands.extend([
                    Command::Playback(PlaybackCommand::Pause),
                    Command::Playback(PlaybackCommand::Seek(step.max(0.0) as u64)),
                ]);
            }
        }
    });
}

fn describe(ui: &Ui, app: &App, response: &Response) {
    let (position, newest) = (app.present.position() as f64, app.present.newest_step() as f64);
    response.widget_info(|| eframe::egui::WidgetInfo::slider(true, position, "Time line"));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(newest);
        node.add_action(accesskit::Action::SetValue);
    });
}

fn paint(ui: &Ui, app: &App, track: &Track, bookmarks: &[Bookmark], response: &Response, palette: &Palette) {
    let painter = ui.painter_at(track.rect.expand2(vec2(MARGIN, 0.0)));
    let middle = track.rect.center().y + MIDDLE;
    let bar = |from: f32, to: f32, height: f32| {
        Rect::from_min_max(pos2(from, middle - height / 2.0), pos2(to, middle + height / 2.0))
    };
    let (left, right) = (track.rect.left(), track.rect.right());
    let here = track.x(app.present.simulation.steps());
    painter.rect_filled(bar(left, right, 4.0), 2.0, palette.outline);
    let made = track.x(app.present.newest_step());
    painter.rect_filled(bar(left, made, 4.0), 2.0, palette.weak_text);
    painter.rect_filled(bar(left, here, 4.0), 2.0, palette.accent);
    if let Some((from, to)) = app.present.selection {
        let band = bar(track.x(from), track.x(to).max(track.x(from) + 2.0), 14.0);
        painter.rect_filled(band, 2.0, palette.critical.gamma_multiply(0.35));
    }
    for bookmark in bookmarks {
        let x = track.x(bookmark.step);
        let color = if bookmark.named { palette.accent } else { palette.notice };
        flag(&painter, pos2(x, middle - 3.0), color);
    }
    if let Some((target, done)) = app.present.seeking() {
        let (from, to) = (here, track.x(target));
        painter.rect_filled(bar(from.min(to), from.max(to), 2.0), 1.0, palette.weak_text);
        painter.rect_filled(
            bar(left, left + (right - left) * done, 2.0).translate(vec2(0.0, 8.0)),
            1.0,
            palette.notice,
        );
    }
    let radius = if response.hovered() || response.has_focus() {
        7.0
    } else {
        6.0
    };
    let ring = Stroke::new(
        2.0,
        if response.has_focus() {
            palette.notice
        } else {
            palette.ground
        },
    );
    painter.circle(
        pos2(track.x(app.present.position()), middle),
        radius,
        palette.text,
        ring,
    );
}

/// A small triangle that points down at its step.
fn flag(painter: &eframe::egui::Painter, tip: eframe::egui::Pos2, color: Color32) {
    let corners = vec![tip, tip + vec2(-4.0, -7.0), tip + vec2(4.0, -7.0)];
    painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_stays_until_the_run_needs_twice_the_room() {
        let mut scale = Scale::default();
        let mut ends = Vec::new();
        for reach in 0..1_700 {
            scale.follow(reach, None);
            if ends.last() != Some(&scale.end) {
                ends.push(scale.end);
            }
        }
        assert_eq!(ends, [420.0, 840.0, 1_680.0, 3_360.0]);
        // Another run has begun.
        scale.follow(3, None);
        assert_eq!(scale.end, 420.0);
    }

    #[test]
    fn the_scale_is_that_of_plots_that_show_the_whole_run_and_stand_still() {
        let mut scale = Scale::default();
        scale.follow(100, Some(420.0));
        assert_eq!(scale.end, 420.0);
        // Plots that widen with every step do not take it along.
        for reach in 401..420 {
            scale.follow(reach, Some(reach as f64 / 0.94));
            assert_eq!(scale.end, 420.0);
        }
        scale.follow(419, Some(446.0));
        scale.follow(419, Some(446.0));
        assert_eq!(scale.end, 446.0);
        // They show a part again.
        scale.follow(419, None);
        assert_eq!(scale.end, 446.0);
    }
}
