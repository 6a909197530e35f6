//! What stands over the plots in a lesson: a note, a question with its guesses, who was nearest; and the field in which
//! remarks are typed.

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::{Button, Context, DragValue, Id, Key, Modal, RichText, TextEdit, Ui};

use cascade_app::{ASKED, ActCommand, App, Command, PlaybackCommand};
use cascade_scenario::{Action, format};

use super::palette::Palette;
use super::{banner, number, style};

/// Name under which a guess is made unless another is typed.
const CLASS: &str = "the class";

/// A remark with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A note.
    Note,
    /// A question.
    Question,
    /// A bookmark.
    Bookmark,
}

impl Kind {
    const fn title(self) -> &'static str {
        match self {
            Self::Note => "Add a note",
            Self::Question => "Ask a question",
            Self::Bookmark => "Add a bookmark",
        }
    }

    fn action(self, text: String) -> Action {
        match self {
            Self::Note => Action::Note(text),
            Self::Question => Action::Ask(text),
            Self::Bookmark => Action::Bookmark(text),
        }
    }
}

/// A remark while it is being typed.
#[derive(Clone, Debug)]
struct Draft {
    kind: Kind,
    text: String,
    fresh: bool,
}

impl Draft {
    /// Nothing typed yet.
    fn new(kind: Kind) -> Self {
        let text = match kind {
            Kind::Question => "What happens next?".to_owned(),
            Kind::Note | Kind::Bookmark => String::new(),
        };
        Self {
            kind,
            text,
            fresh: true,
        }
    }
}

/// A guess while it is being made.
#[derive(Clone, Debug)]
pub(crate) struct GuessDraft {
    /// Whose.
    pub name: String,
    /// USD per coin; none for the present price.
    price: Option<f64>,
}

impl Default for GuessDraft {
    fn default() -> Self {
        Self {
            name: CLASS.to_owned(),
            price: None,
        }
    }
}

/// What is being typed of a remark and of a guess.
#[derive(Clone, Debug, Default)]
pub(crate) struct Remarks {
    draft: Option<Draft>,
    guess: GuessDraft,
}

impl Remarks {
    /// Opens the field for a remark.
    pub(crate) fn begin(&mut self, kind: Kind) {
        self.draft = Some(Draft::new(kind));
    }

    /// Who guesses where the price plot is clicked.
    pub(crate) fn guesser(&self) -> &str {
        &self.guess.name
    }

    /// Draws the field for a remark if it is open.
    pub(crate) fn show_draft(&mut self, ctx: &Context, app: &App, commands: &mut Vec<Command>) {
        let Some(draft) = &mut self.draft else { return };
        let mut done = None;
        let modal = Modal::new(Id::unique("remark"))
            .frame(style::sheet(ctx))
            .show(ctx, |ui| {
                ui.set_width(420.0_f32.min(ui.ctx().content_rect().width() - 80.0));
                ui.heading(draft.kind.title());
                let moment = format::clock(app.present.simulation.time_seconds());
                let label = ui.label(format!("Text, shown at {moment}"));
                let mut edit = TextEdit::singleline(&mut draft.text)
                    .desired_width(f32::INFINITY)
                    .show(ui);
                let field = edit.response.response.labelled_by(label.id);
                if std::mem::take(&mut draft.fresh) {
                    field.request_focus();
                    // What is typed takes the place of what stands there.
                    let end = CCursor::new(draft.text.chars().count());
                    edit.state
                        .cursor
                        .set_char_range(Some(CCursorRange::two(CCursor::new(0), end)));
                    edit.state.store(ui.ctx(), field.id);
                }
                let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                ui.weak("It belongs to the run: “Save as lesson…” keeps it.");
                ui.horizontal(|ui| {
                    let named = !draft.text.trim().is_empty();
                    if ui.add_enabled(named, Button::new("Add")).clicked() || entered && named {
                        done = Some(true);
                    }
                    if ui.button("Cancel").clicked() {
                        done = Some(false);
                    }
                });
            });
        if modal.should_close() {
            done.get_or_insert(false);
        }
        if let Some(add) = done {
            if add {
                commands.push(Command::Act(ActCommand::Remark(
                    draft.kind.action(draft.text.trim().to_owned()),
                )));
            }
            self.draft = None;
        }
    }

    /// Draws the question at which the run stands, and what became of the guesses at the last one.
    pub(crate) fn show(&mut self, ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
        if let Some(question) = app.question() {
            banner::frame(ui, palette.accent).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.label(style::strong(question.text, style::LARGE));
                ui.horizontal_wrapped(|ui| guess(ui, app, &mut self.guess, palette, commands));
            });
        } else if let Some(verdict) = app.present.verdict() {
            banner::frame(ui, palette.accent).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.label(RichText::new(verdict.text()));
            });
        }
    }
}

fn guess(ui: &mut Ui, app: &App, draft: &mut GuessDraft, palette: &Palette, commands: &mut Vec<Command>) {
    let several = app.present.simulation.assets().len() > 1;
    ui.label(if several {
        format!("How far will {ASKED} go? A guess of")
    } else {
        "How far will it go? A guess of".to_owned()
    });
    marker(ui, app, draft, commands);
    let go_on = Button::new(RichText::new("Continue").color(palette.ground)).fill(palette.accent);
    if ui.add(go_on).clicked() {
        draft.price = None;
        commands.push(Command::Playback(PlaybackCommand::Play));
    }
    ui.weak("A click on the price plot places it too.");
}

/// Who guesses, how far the price will go, and the button that places the guess.
pub(crate) fn marker(ui: &mut Ui, app: &App, draft: &mut GuessDraft, commands: &mut Vec<Command>) {
    let spot = app.present.simulation.assets()[ASKED].observation().spot;
    let mut price = draft.price.unwrap_or(spot);
    ui.add(TextEdit::singleline(&mut draft.name).desired_width(110.0))
        .accessible_name("Name of who guesses");
    let field = DragValue::new(&mut price)
        .range(spot * 0.01..=spot * 100.0)
        .speed(spot / 1000.0)
        .suffix(" USD")
        .update_while_editing(false)
        .custom_formatter(|price, _| format::price(price))
        .custom_parser(number::parse);
    let field = ui.add(field).accessible_name("Guessed price");
    if field.changed() {
        draft.price = Some(price);
    }
    let named = !draft.name.trim().is_empty();
    if ui.add_enabled(named, Button::new("Place the marker")).clicked() {
        let name = draft.name.trim().to_owned();
        commands.push(Command::Act(ActCommand::Remark(Action::Marker { name, price })));
    }
}
