//! What can be said about how a table is to be read, and as what it was read, in words.

use eframe::egui::{ComboBox, DragValue, Label, RichText, TextEdit, Ui};

use cascade_app::import::{ImportSettings, Preview};
use cascade_files::time::DateOrder;

/// Width of a short field.
const SHORT: f32 = 96.0;

/// Draws the choices, and below them everything that was guessed.
pub(super) fn show(ui: &mut Ui, preview: &Preview, settings: &mut ImportSettings) {
    ui.horizontal_wrapped(|ui| {
        header_line(ui, preview, settings);
        dates(ui, settings);
        symbols(ui, settings);
        multiplier(ui, preview, settings);
    });
    if let Ok(found) = &preview.found {
        for sentence in found.read_as.sentences() {
            ui.add(Label::new(RichText::new(sentence).weak()).wrap());
        }
    }
}

fn header_line(ui: &mut Ui, preview: &Preview, settings: &mut ImportSettings) {
    let label = ui.label("Header in line");
    let mut line = preview.plan.header.lines.first().copied().unwrap_or(0);
    let field = DragValue::new(&mut line).range(0..=1_000).update_while_editing(false);
    let field = ui
        .add(field)
        .labelled_by(label.id)
        .on_hover_text("0: the columns have no names");
    if field.changed() {
        settings.options.header_line = Some(line);
    }
}

fn dates(ui: &mut Ui, settings: &mut ImportSettings) {
    let label = ui.label("Dates");
    let name = |order: Option<DateOrder>| match order {
        None => "as they show",
        Some(DateOrder::DayFirst) => "day/month",
        Some(DateOrder::MonthFirst) => "month/day",
    };
    let combo = ComboBox::from_id_salt("dates of the table")
        .width(SHORT)
        .selected_text(name(settings.options.dates))
        .show_ui(ui, |ui| {
            for order in [None, Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst)] {
                ui.selectable_value(&mut settings.options.dates, order, name(order));
            }
        });
    combo.response.labelled_by(label.id);
}

/// The symbols whose rows count, typed, with commas between several.
fn symbols(ui: &mut Ui, settings: &mut ImportSettings) {
    let label = ui.label("Symbol");
    let mut text = settings.options.symbols.join(",");
    let edit = TextEdit::singleline(&mut text).hint_text("all").desired_width(SHORT);
    if ui.add(edit).labelled_by(label.id).changed() {
        // A comma at the end waits for what comes after it.
        settings.options.symbols = if text.is_empty() {
            Vec::new()
        } else {
            text.split(',').map(|symbol| symbol.trim().to_owned()).collect()
        };
    }
}

fn multiplier(ui: &mut Ui, preview: &Preview, settings: &mut ImportSettings) {
    let found = preview.found.as_ref().ok();
    let read = found.and_then(|found| {
        let chain = found.read_as.chain.as_ref().map(|chain| chain.multiplier);
        chain.or_else(|| found.read_as.sizes.as_ref()?.contract)
    });
    let contracts = read.is_some() || preview.found.is_err() && settings.options.multiplier.is_some();
    let asked = preview
        .found
        .as_ref()
        .is_err_and(|problems| problems.iter().any(|problem| problem.message.contains("--multiplier")));
    if !contracts && !asked {
        return;
    }
    let label = ui.label("Units a contract");
    let mut value = settings.options.multiplier.or(read).unwrap_or(0.0);
    let field = DragValue::new(&mut value)
        .range(0.0..=1e9)
        .speed(0.01)
        .update_while_editing(false)
        .custom_parser(crate::number::parse);
    if ui.add(field).labelled_by(label.id).changed() {
        settings.options.multiplier = (value > 0.0).then_some(value);
    }
}
