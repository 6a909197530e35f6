//! The glossary: every figure and parameter by its name, with what its row of the table says: meaning, unit, range, formula and the
//! works it comes from.

use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{
    Align2, Color32, Context, FontId, Id, Key, Modal, Modifiers, Rect, Response, RichText, ScrollArea, TextEdit,
    TextStyle, Ui, UiBuilder, pos2, vec2,
};

use cascade_app::App;
use cascade_engine::AnyFigure;
use cascade_scenario::{ParameterId, cited, groups, parameter, table};

use super::command::WindowCommand;
use super::palette::Palette;
use super::picker::Picker;
use super::{field, formula, fuzzy, style};

/// Height of a row of the list.
const ROW: f32 = 24.0;
/// Width of the sheet, and the share of it that the list takes.
const WIDTH: (f32, f32) = (820.0, 0.42);

/// What an entry explains.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Subject {
    Figure(AnyFigure),
    Parameter(ParameterId),
}

/// An entry.
#[derive(Clone, Debug)]
struct Entry {
    name: String,
    /// What sort of thing it is.
    sort: String,
    subject: Subject,
}

impl Entry {
    /// Its meaning, and its formula and source.
    fn said(&self) -> (&'static str, &'static str) {
        match self.subject {
            Subject::Figure(figure) => (figure.about().doc, figure.about().source),
            Subject::Parameter(id) => (parameter(id).doc, parameter(id).source),
        }
    }
}

/// The entries, by name.
fn entries() -> Vec<Entry> {
    let figures = AnyFigure::all().map(|figure| {
        let about = figure.about();
        // The labels of some rows go on from the row above them.
        let name = about.label.strip_prefix("· ").map_or_else(
            || about.label.to_owned(),
            |rest| format!("{}, {rest}", about.group.label()),
        );
        let of = match figure {
            AnyFigure::OfStep(_) => "figure of a step",
            AnyFigure::OfRun(_) => "figure of the run",
        };
        Entry {
            name,
            sort: format!("{}, {of}", about.group.label()),
            subject: Subject::Figure(figure),
        }
    });
    // Of several groups alike the first one speaks for all.
    let first = |row: &&cascade_scenario::Parameter| groups()[row.group].index == 0;
    let parameters = table().iter().filter(first).map(|row| Entry {
        name: row.label.to_owned(),
        sort: format!("{}, parameter", groups()[row.group].label),
        subject: Subject::Parameter(row.id),
    });
    let mut all: Vec<Entry> = figures.chain(parameters).collect();
    all.sort_by_key(|entry| (entry.name.to_lowercase(), entry.sort.clone()));
    all
}

/// The sheet while it is open.
#[derive(Clone, Debug)]
pub(crate) struct GlossarySheet {
    text: String,
    entries: Vec<Entry>,
    /// Places of the entries that answer the search.
    found: Vec<usize>,
    picker: Picker,
}

impl Default for GlossarySheet {
    fn default() -> Self {
        let entries = entries();
        Self {
            text: String::new(),
            found: (0..entries.len()).collect(),
            entries,
            picker: Picker::default(),
        }
    }
}

impl GlossarySheet {
    /// Entries whose name answers come first, by name; then those whose meaning does.
    fn search(&mut self) {
        let answers = |entry: &Entry, besides: &str| fuzzy::score(&self.text, &entry.name, besides).is_some();
        let (by_name, rest): (Vec<usize>, Vec<usize>) =
            (0..self.entries.len()).partition(|place| answers(&self.entries[*place], ""));
        let by_meaning = rest.into_iter().filter(|place| {
            let entry = &self.entries[*place];
            let (doc, source) = entry.said();
            answers(entry, &format!("{} {doc} {source}", entry.sort))
        });
        self.found = by_name.into_iter().chain(by_meaning).collect();
        self.picker.restart();
    }

    fn chosen(&self) -> Option<&Entry> {
        self.found.get(self.picker.row).map(|place| &self.entries[*place])
    }
}

/// Draws the sheet if it is open.
pub(crate) fn show(
    ctx: &Context,
    app: &App,
    open: &mut Option<GlossarySheet>,
    palette: &Palette,
    wanted: &mut Vec<WindowCommand>,
) {
    let Some(mut sheet) = open.take() else { return };
    let room = ctx.content_rect().size();
    let modal = Modal::new(Id::unique("glossary"))
        .frame(style::sheet(ctx))
        .show(ctx, |ui| {
            ui.set_width(WIDTH.0.min(room.x - 60.0));
            contents(ui, app, &mut sheet, palette, wanted, (room.y - 190.0).max(ROW * 3.0))
        });
    if modal.inner && !modal.should_close() {
        *open = Some(sheet);
    }
}

/// Draws what is in the sheet; returns whether it stays open.
fn contents(
    ui: &mut Ui,
    app: &App,
    sheet: &mut GlossarySheet,
    palette: &Palette,
    wanted: &mut Vec<WindowCommand>,
    height: f32,
) -> bool {
    ui.heading("Glossary");
    ui.add_space(4.0);
    sheet.picker.keys(ui, sheet.found.len());
    let entered = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
    let edit = TextEdit::singleline(&mut sheet.text)
        .id(Id::unique("search the glossary"))
        .hint_text("Search names, meanings, formulas and authors")
        .margin(vec2(8.0, 5.0))
        .desired_width(f32::INFINITY);
    let edit = ui.add(edit).accessible_name("Search the glossary");
    edit.request_focus();
    if edit.changed() {
        sheet.search();
    }
    ui.add_space(6.0);
    let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), eframe::egui::Sense::hover());
    let (left, mut right) = area.split_left_right_at_fraction(WIDTH.1);
    right.min.x += 14.0;
    ui.scope_builder(UiBuilder::new().max_rect(left), |ui| list(ui, sheet, palette));
    ui.painter()
        .vline(right.left() - 7.0, area.y_range(), (1.0, palette.outline));
    let led = ui
        .scope_builder(UiBuilder::new().max_rect(right), |ui| {
            ScrollArea::vertical()
                .id_salt("what an entry means")
                .auto_shrink(false)
                .show(ui, |ui| {
                    if let Some(entry) = sheet.chosen() {
                        explained(ui, app, entry, wanted)
                    } else {
                        ui.weak("Nothing answers to that.");
                        false
                    }
                })
                .inner
        })
        .inner;
    let entered = entered && sheet.chosen().is_some_and(|entry| go_to(entry, wanted));
    ui.add_space(8.0);
    !(ui.button("Close").clicked() || led || entered)
}

/// The names. Only those in view are drawn, and the chosen one is brought there.
fn list(ui: &mut Ui, sheet: &mut GlossarySheet, palette: &Palette) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().id_salt("names of the glossary");
    area.auto_shrink(false).show(ui, |ui| {
        for (place, entry) in sheet.found.iter().map(|place| &sheet.entries[*place]).enumerate() {
            let row = sheet
                .picker
                .row(ui, place, ROW, &format!("{}, {}", entry.name, entry.sort));
            if ui.is_rect_visible(row.rect) {
                paint(ui, &row, entry, sheet.picker.besides(place, palette), palette);
            }
            if row.clicked() {
                sheet.picker.row = place;
            }
        }
    });
}

fn paint(ui: &Ui, row: &Response, entry: &Entry, besides: Color32, palette: &Palette) {
    let rect = row.rect.shrink2(vec2(8.0, 0.0));
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let font = TextStyle::Body.resolve(ui.style());
    let name = painter.layout_no_wrap(entry.name.clone(), font, palette.text);
    let end = rect.left() + name.size().x + 10.0;
    painter.galley(
        pos2(rect.left(), rect.center().y - name.size().y / 2.0),
        name,
        palette.text,
    );
    let free = Rect::from_min_max(pos2(end, rect.top()), rect.max);
    if free.width() > 30.0 {
        let mut sort = LayoutJob::simple_singleline(entry.sort.clone(), FontId::proportional(style::CAPTION), besides);
        sort.wrap = TextWrapping::truncate_at_width(free.width());
        let sort = painter.layout_job(sort);
        let at = Align2::RIGHT_CENTER.align_size_within_rect(sort.size(), free);
        painter.galley(at.min, sort, besides);
    }
}

/// What is known of an entry. Returns whether the sheet is to close because something is shown elsewhere.
fn explained(ui: &mut Ui, app: &App, entry: &Entry, wanted: &mut Vec<WindowCommand>) -> bool {
    let mut led = false;
    ui.label(style::strong(&entry.name, style::HEADING));
    ui.weak(&entry.sort);
    ui.add_space(4.0);
    match entry.subject {
        Subject::Figure(figure) => {
            let about = figure.about();
            formula::label(ui, about.doc);
            if !about.source.is_empty() {
                ui.add_space(4.0);
                formula::label(ui, about.source);
            }
            ui.add_space(4.0);
            if !about.unit.symbol().is_empty() {
                ui.weak(format!("Unit: {}", about.unit.symbol()));
            }
            ui.label(RichText::new(about.name).weak().monospace());
        }
        Subject::Parameter(id) => {
            let row = parameter(id);
            field::meaning(ui, row, app.present.document.value(id), app.sliders);
            ui.add_space(6.0);
            led = ui.button("Go to its slider").clicked() && go_to(entry, wanted);
        }
    }
    let mut works = cited(entry.said().1).peekable();
    if works.peek().is_some() {
        ui.add_space(8.0);
        ui.label(style::strong("Sources", style::SUBHEADING));
        for work in works {
            ui.hyperlink_to(work.title, work.url).on_hover_text(work.url);
        }
    }
    led
}

/// Leads to the slider of a parameter. Returns whether there is one.
fn go_to(entry: &Entry, wanted: &mut Vec<WindowCommand>) -> bool {
    let Subject::Parameter(id) = entry.subject else {
        return false;
    };
    wanted.push(WindowCommand::GoTo(id));
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing of either table is left out, and everything says what it means.
    #[test]
    fn every_figure_and_parameter_has_its_entry() {
        let entries = entries();
        for figure in AnyFigure::all() {
            assert!(
                entries.iter().any(|entry| entry.subject == Subject::Figure(figure)),
                "{figure:?}"
            );
        }
        for row in table() {
            let alike = |entry: &Entry| match entry.subject {
                Subject::Parameter(id) => parameter(id).name == row.name && parameter(id).doc == row.doc,
                Subject::Figure(_) => false,
            };
            assert!(entries.iter().any(alike), "{}", row.path);
        }
        for entry in &entries {
            assert!(
                !entry.said().0.trim().is_empty() && !entry.name.starts_with('·'),
                "{entry:?}"
            );
        }
        assert!(entries.is_sorted_by_key(|entry| entry.name.to_lowercase()));
    }

    #[test]
    fn names_are_found_before_meanings() {
        let mut sheet = GlossarySheet {
            text: "insurance fund".to_owned(),
            ..GlossarySheet::default()
        };
        sheet.search();
        let names: Vec<&str> = sheet
            .found
            .iter()
            .map(|place| sheet.entries[*place].name.as_str())
            .collect();
        assert!(names[0].to_lowercase().contains("insurance fund"), "{names:?}");
        assert!(names.contains(&"Shortfall"), "{names:?}");
        sheet.text = "Obizhaeva".to_owned();
        sheet.search();
        assert!(sheet.found.len() >= 2);
    }
}
