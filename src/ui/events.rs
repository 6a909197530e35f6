//! The event log of the run.

use eframe::egui::{Color32, CursorIcon, Label, RichText, ScrollArea, Sense, TextStyle, Ui, vec2};

use cascade_app::{Command, PlaybackCommand};
use cascade_engine::{LogEntry, LogKind};
use cascade_scenario::format;

use super::palette::Palette;

/// Draws the log, the newest entry last; a click on an entry goes to its moment.
pub(crate) fn show(ui: &mut Ui, log: &[LogEntry], palette: &Palette, commands: &mut Vec<Command>) {
    if log.is_empty() {
        ui.weak("Nothing yet.");
        return;
    }
    // Within the first hour of a run minutes and seconds do, which leaves more room for the words.
    let short = log.last().is_some_and(|entry| entry.time_seconds < 3600.0);
    let unused_hours = if short { "00:" } else { "" };
    let height = ui.text_style_height(&TextStyle::Body);
    ui.spacing_mut().item_spacing = vec2(5.0, 2.0);
    let area = ScrollArea::vertical()
        .id_salt("events")
        .auto_shrink(false)
        .stick_to_bottom(true);
    area.show_rows(ui, height, log.len(), |ui, rows| {
        for entry in &log[rows] {
            ui.horizontal(|ui| {
                let clock = format::clock(entry.time_seconds);
                let shown = clock.strip_prefix(unused_hours).unwrap_or(&clock);
                ui.label(RichText::new(shown).size(11.0).weak()).on_hover_text(&clock);
                let text = RichText::new(entry.to_string())
                    .size(11.5)
                    .color(event_color(entry.kind(), palette, ui));
                let row = ui.add(Label::new(text).truncate().sense(Sense::click()));
                if row.on_hover_cursor(CursorIcon::PointingHand).clicked() {
                    commands.extend([
                        Command::Playback(PlaybackCommand::Pause),
                        Command::Playback(PlaybackCommand::Seek(entry.step)),
                    ]);
                }
            });
        }
    });
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
