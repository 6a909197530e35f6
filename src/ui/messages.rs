//! What went wrong, until it is dismissed, and what was done, for a while. Messages float over the window, so that nothing moves because
//! of them.

use std::time::{Duration, Instant};

use eframe::egui::{Align2, Area, Context, Id, Order, RichText, vec2};

use cascade_app::{App, Command, WorkspaceCommand};

use super::banner::strip;
use super::icon::{self, Icon};
use super::palette::Palette;

/// How long something that was done stays.
const SHOWN: Duration = Duration::from_secs(10);
/// Widest that a message is.
const WIDTH: f32 = 620.0;
/// How far below the upper edge of the window they stand while a sheet is open.
const BESIDE_SHEETS: f32 = 6.0;
/// In a window narrower than this messages stand at the right.
const NARROW: f32 = 900.0;
/// Room that the parameters take there.
const PARAMETERS: f32 = 300.0;

/// Since when what was done is shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct FloatingMessages {
    since: Vec<(String, Instant)>,
}

impl FloatingMessages {
    /// Takes in which messages stand that go away by themselves. Returns those whose time is up, and when the next one's will be.
    fn expire<'a>(&mut self, texts: &[&'a str], now: Instant) -> (Vec<&'a str>, Option<Duration>) {
        self.since.retain(|(text, _)| texts.contains(&text.as_str()));
        let (mut over, mut next) = (Vec::new(), None);
        for &text in texts {
            let known = self.since.iter().find(|(of, _)| of == text);
            let since = known.map(|(_, since)| *since);
            if since.is_none() {
                self.since.push((text.to_owned(), now));
            }
            let shown = since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
            match SHOWN.checked_sub(shown).filter(|left| !left.is_zero()) {
                None => over.push(text),
                Some(left) => next = Some(next.map_or(left, |next: Duration| next.min(left))),
            }
        }
        (over, next)
    }

    /// Draws them so far above the lower edge of the window, or above the sheet that is open; an audience is told afterwards.
    pub(crate) fn show(
        &mut self,
        ctx: &Context,
        app: &App,
        above: f32,
        palette: &Palette,
        commands: &mut Vec<Command>,
    ) {
        if app.presenting {
            self.since.clear();
            return;
        }
        let passing = app.messages.iter().filter(|message| !message.error);
        let texts: Vec<&str> = passing.map(|message| message.text.as_str()).collect();
        let (over, next) = self.expire(&texts, Instant::now());
        let mut gone: Vec<String> = over.into_iter().map(str::to_owned).collect();
        if let Some(next) = next {
            ctx.request_repaint_after(next);
        }
        if app.messages.iter().next().is_none() {
            return;
        }
        let room = ctx.content_rect().width();
        // Where the plots have little more than half of the window they stand at the right, beside the sliders.
        let (align, aside, width) = if room < NARROW {
            (Align2::RIGHT_BOTTOM, -8.0, (room - PARAMETERS).max(room / 2.0))
        } else {
            (Align2::CENTER_BOTTOM, 0.0, WIDTH)
        };
        // Sheets leave more room above them than they have to spare.
        let (align, offset) = if ctx.memory(|memory| memory.top_modal_layer().is_some()) {
            (Align2::CENTER_TOP, vec2(0.0, BESIDE_SHEETS))
        } else {
            (align, vec2(aside, -above))
        };
        Area::new(Id::unique("messages"))
            .order(Order::Tooltip)
            .anchor(align, offset)
            .show(ctx, |ui| {
                ui.set_width(WIDTH.min(width));
                for message in app.messages.iter() {
                    let color = if message.error { palette.notice } else { palette.accent };
                    let close = |ui: &mut eframe::egui::Ui| {
                        icon::quiet_button(ui, Icon::Close, "Dismiss the message", 20.0).clicked()
                    };
                    if strip(ui, color, RichText::new(&message.text), 28.0, close) {
                        gone.push(message.text.clone());
                    }
                }
            });
        commands.extend(gone.into_iter().map(|text| WorkspaceCommand::Dismiss(text).into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_goes_away_by_itself() {
        let mut floating = FloatingMessages::default();
        let begun = Instant::now();
        assert_eq!(floating.expire(&["saved"], begun), (vec![], Some(SHOWN)));
        let half = begun + SHOWN / 2;
        assert_eq!(floating.expire(&["saved", "renamed"], half), (vec![], Some(SHOWN / 2)));
        assert_eq!(
            floating.expire(&["saved", "renamed"], begun + SHOWN),
            (vec!["saved"], Some(SHOWN / 2))
        );
        // What is said again later stays as long again.
        floating.expire(&[], begun + SHOWN);
        assert_eq!(floating.expire(&["saved"], begun + 3 * SHOWN), (vec![], Some(SHOWN)));
    }
}
