//! What happened in the run, the newest last: its event log, and beside it the tape.

use std::ops::RangeInclusive;

use eframe::egui::{Color32, CursorIcon, Label, Response, RichText, ScrollArea, Sense, TextStyle, Ui, vec2};

use cascade_app::history::Version;
use cascade_app::{App, Command, PlaybackCommand};
use cascade_engine::{LogEntry, LogEvent, LogKind};
use cascade_scenario::format;

use super::palette::Palette;
use super::tape::Tape;
use crate::style;

/// Which of them is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    Events,
    Tape,
}

/// The panel of both.
#[derive(Default)]
pub(crate) struct RunLog {
    shown: Shown,
    lines: LogLines,
    tape: Tape,
}

impl RunLog {
    /// Draws the one that is chosen.
    pub(crate) fn show(&mut self, ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
        ui.horizontal(|ui| {
            for (shown, name, doc) in [
                (Shown::Events, "Events", "What happened, in words."),
                (
                    Shown::Tape,
                    "Tape",
                    "The market orders of every step by who traded, with the price after them.",
                ),
            ] {
                ui.selectable_value(&mut self.shown, shown, name).on_hover_text(doc);
            }
        });
        match self.shown {
            Shown::Events => show(ui, app, &mut self.lines, palette, commands),
            Shown::Tape => self.tape.show(ui, app, palette, commands),
        }
    }
}

/// What stands on which line of the log; made anew when there is another log or more of it.
#[derive(Default)]
struct LogLines {
    made_of: (Version, usize),
    lines: Vec<RangeInclusive<usize>>,
}

impl LogLines {
    fn of(&mut self, version: Version, log: &[LogEntry]) -> &[RangeInclusive<usize>] {
        if self.made_of != (version, log.len()) {
            self.made_of = (version, log.len());
            self.lines = lines(log);
        }
        &self.lines
    }
}

/// A line of the panel: a moment of the run, and words about it.
pub(crate) fn line(ui: &mut Ui, seconds: f64, text: RichText) -> Response {
    let row = ui.horizontal(|ui| {
        ui.label(RichText::new(format::clock(seconds)).size(style::CAPTION).weak());
        ui.add(Label::new(text.size(style::CAPTION)).truncate().sense(Sense::click()))
    });
    row.inner.on_hover_cursor(CursorIcon::PointingHand)
}

/// Goes to a moment of the run and stands there.
pub(crate) fn go_to(step: u64) -> [Command; 2] {
    [
        Command::Playback(PlaybackCommand::Pause),
        Command::Playback(PlaybackCommand::Seek(step)),
    ]
}

/// Draws the log, the newest entry last; a click on an entry goes to its moment.
fn show(ui: &mut Ui, app: &App, log_lines: &mut LogLines, palette: &Palette, commands: &mut Vec<Command>) {
    let log = app.present.simulation.log();
    if log.is_empty() {
        ui.weak("Nothing yet.");
        return;
    }
    let height = ui.text_style_height(&TextStyle::Body);
    ui.spacing_mut().item_spacing = vec2(5.0, 2.0);
    let area = ScrollArea::vertical()
        .id_salt("events")
        .auto_shrink(false)
        .stick_to_bottom(true);
    let lines = log_lines.of(app.shown_history().version(), log);
    area.show_rows(ui, height, lines.len(), |ui, rows| {
        for line in &lines[rows] {
            let (first, entry) = (&log[*line.start()], &log[*line.end()]);
            let text = RichText::new(entry.to_string()).color(event_color(entry.kind(), palette, ui));
            let mut row = self::line(ui, first.time_seconds, text);
            let moves = line.end() - line.start() + 1;
            if moves > 1 {
                let until = format::clock(entry.time_seconds);
                row = row.on_hover_text(format!("{moves} moves of the slider, the last at {until}."));
            }
            if row.clicked() {
                commands.extend(go_to(first.step));
            }
        }
    });
}

/// What stands on each line, by its first and last entry: successive moves of one slider are one line.
fn lines(log: &[LogEntry]) -> Vec<RangeInclusive<usize>> {
    let changed = |entry: &LogEntry| match &entry.event {
        LogEvent::ParameterSet(change) => Some(change.parameter()),
        _ => None,
    };
    let mut lines: Vec<RangeInclusive<usize>> = Vec::with_capacity(log.len());
    for (place, entry) in log.iter().enumerate() {
        match lines.last_mut() {
            Some(last) if changed(entry).is_some() && changed(entry) == changed(&log[*last.end()]) => {
                *last = *last.start()..=place;
            }
            _ => lines.push(place..=place),
        }
    }
    lines
}

fn event_color(kind: LogKind, palette: &Palette, ui: &Ui) -> Color32 {
    match kind {
        LogKind::Critical
        | LogKind::Loss
        | LogKind::Breaker
        | LogKind::Outage
        | LogKind::Makers
        | LogKind::Contagion => palette.notice,
        LogKind::Halt => palette.critical,
        LogKind::Shock | LogKind::Note | LogKind::Bookmark => ui.visuals().strong_text_color(),
        LogKind::Liquidation | LogKind::MarginCall | LogKind::Predators | LogKind::Stops | LogKind::Expiry => {
            ui.visuals().text_color()
        }
        LogKind::Change | LogKind::Pause => ui.visuals().weak_text_color(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_app::{EditCommand, Settings, SliderMode};
    use cascade_files::preset;
    use cascade_scenario::find;

    #[test]
    fn a_drag_is_one_line_of_the_log_and_says_that_the_book_is_drawn_anew() {
        let mut app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
        app.update(PlaybackCommand::Pause);
        app.update(EditCommand::SetSliderMode(SliderMode::FromHere));
        let mut set = |path: &str, values: &[f64]| {
            let id = find(path).unwrap().id;
            for value in values {
                app.update(EditCommand::SetParameter { id, value: *value });
                app.run(3);
            }
        };
        set("leverage.mean", &[13.0, 15.0, 20.0]);
        set("liquidity.depth", &[20e9]);
        set("leverage.mean", &[10.0]);
        let log = app.present.simulation.log();
        let told: Vec<(usize, String)> = lines(log)
            .iter()
            .map(|line| (line.end() - line.start() + 1, log[*line.end()].to_string()))
            .filter(|(_, text)| text.contains("is now"))
            .collect();
        let moves: Vec<usize> = told.iter().map(|(moves, _)| *moves).collect();
        assert_eq!(moves, [3, 1, 1], "{told:?}");
        assert_eq!(
            told[0].1,
            "Mean leverage is now 20 ×: the levered positions are drawn anew around the price"
        );
        assert!(!told[1].1.contains("drawn anew"), "{told:?}");
    }
}
