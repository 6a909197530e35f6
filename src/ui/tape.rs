//! The tape: the market orders of the run, one line a step and source, with the price after them. A stretch of the newest ones is
//! kept; what is added by a step is looked at once.

use std::collections::VecDeque;

use eframe::egui::{ComboBox, RichText, ScrollArea, TextStyle, Ui, vec2};

use cascade_app::history::{History, Version};
use cascade_app::{App, Command};
use cascade_engine::{Figure, Source};
use cascade_scenario::format;

use super::events;
use super::palette::Palette;
use crate::style;

/// Most lines that are kept.
const LINES_MAX: usize = 2_000;
/// How far back orders are looked for when another run, or another moment of it, is shown: steps.
const LOOK_BACK: usize = 20_000;
/// Sizes from which on an order is shown, in USD.
const LEAST: [f64; 4] = [0.0, 1e5, 1e6, 1e7];

/// The orders of one source in one step.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Print {
    step: usize,
    source: Source,
    /// USD bought less sold.
    usd: f64,
}

/// What the lines were made of.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Made {
    version: Version,
    step: usize,
    least: f64,
}

/// The newest lines, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    made: Option<Made>,
    prints: VecDeque<Print>,
    least: f64,
}

impl Tape {
    /// Draws the tape as far as the moment that is shown; a click on a line goes to its moment.
    pub(crate) fn show(&mut self, ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
        ui.horizontal(|ui| {
            ui.label(
                RichText::new("USD bought (+) or sold (−), spot after")
                    .size(style::CAPTION)
                    .weak(),
            );
            ComboBox::from_id_salt("least order")
                .width(64.0)
                .selected_text(written(self.least))
                .show_ui(ui, |ui| {
                    for least in LEAST {
                        ui.selectable_value(&mut self.least, least, written(least));
                    }
                })
                .response
                .on_hover_text("Smallest orders of a step that are shown.");
        });
        let history = app.shown_history();
        self.take_in(history, app.present.simulation.steps() as usize);
        if self.prints.is_empty() {
            ui.weak("No orders yet.");
            return;
        }
        let height = ui.text_style_height(&TextStyle::Body);
        ui.spacing_mut().item_spacing = vec2(5.0, 2.0);
        let area = ScrollArea::vertical()
            .id_salt("tape")
            .auto_shrink(false)
            .stick_to_bottom(true);
        area.show_rows(ui, height, self.prints.len(), |ui, rows| {
            for print in self.prints.range(rows) {
                let spot = history.figure(Figure::Spot).at(print.step).unwrap_or(f64::NAN);
                let sign = if print.usd > 0.0 { "+" } else { "" };
                let text = format!(
                    "{sign}{} · {} · {}",
                    format::amount(print.usd, 3),
                    print.source.label(),
                    format::price(spot)
                );
                let seconds = print.step as f64 * history.step_seconds();
                let text = RichText::new(text).color(palette.source(print.source));
                if events::line(ui, seconds, text).clicked() {
                    commands.extend(events::go_to(print.step as u64));
                }
            }
        });
    }

    /// Brings the lines up to a step of a recording.
    fn take_in(&mut self, history: &History, step: usize) {
        let least = self.least;
        let made = Made {
            version: history.version(),
            step,
            least,
        };
        if self.made == Some(made) {
            return;
        }
        let follows = |before: &Made| before.version == made.version && before.least == least && before.step <= step;
        let known = self.made.filter(follows).map(|before| before.step);
        if known.is_none() {
            self.prints.clear();
        }
        let from = known
            .map_or(0, |known| known + 1)
            .max((step + 1).saturating_sub(LOOK_BACK));
        let series = history.parts(Figure::Ordered);
        for step in from..=step {
            for (source, series) in Source::ALL.iter().zip(series) {
                let usd = series.at(step).unwrap_or_default();
                if usd != 0.0 && usd.abs() >= least {
                    let source = *source;
                    self.prints.push_back(Print { step, source, usd });
                }
            }
        }
        let superfluous = self.prints.len().saturating_sub(LINES_MAX);
        self.prints.drain(..superfluous);
        self.made = Some(made);
    }
}

fn written(least: f64) -> String {
    if least == 0.0 {
        "all".to_owned()
    } else {
        format!("≥ {}", format::short(least))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_app::{PlaybackCommand, Settings};
    use cascade_files::preset;

    #[test]
    fn the_tape_holds_every_order_once_whether_it_is_followed_or_made_anew() {
        let mut app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
        app.update(PlaybackCommand::Pause);
        let mut followed = Tape::default();
        for _ in 0..20 {
            app.run(10);
            let step = app.present.simulation.steps() as usize;
            followed.take_in(app.shown_history(), step);
        }
        let mut anew = Tape::default();
        anew.take_in(app.shown_history(), 200);
        assert_eq!(anew.prints, followed.prints);
        // All that the books were sold by liquidation engines is on it.
        let of_tape = |source| {
            let prints = anew.prints.iter().filter(|print| print.source == source);
            prints.map(|print| print.usd).sum::<f64>()
        };
        let series = &app.shown_history().parts(Figure::Ordered)[Source::Liquidations as usize];
        let all: f64 = (0..=200).filter_map(|step| series.at(step)).sum();
        let sold = of_tape(Source::Liquidations);
        assert!(sold < -1e8 && (sold - all).abs() < 1e-6 * all.abs(), "{sold} {all}");
        // A larger least leaves small ones out, and an earlier moment what comes after it.
        let mut large = Tape {
            least: 1e7,
            ..Tape::default()
        };
        large.take_in(app.shown_history(), 200);
        let all_large = |tape: &Tape| tape.prints.iter().all(|print| print.usd.abs() >= 1e7);
        assert!(all_large(&large) && !large.prints.is_empty() && large.prints.len() < anew.prints.len());
        large.take_in(app.shown_history(), 100);
        assert!(large.prints.iter().all(|print| print.step <= 100));
    }
}
