//! The dialog in which a table is looked at before it becomes part of the scenario: what it is, which column holds what, its
//! first rows, everything that is wrong with it, and what it comes to.

mod facts;
mod places;
mod reading;

use eframe::egui::{
    Align, Button, ComboBox, Context, Grid, Id, Label, Layout, Modal, RichText, ScrollArea, Spinner, Ui, vec2,
};

use cascade_app::import::{Import, ImportCommand, ImportSettings, Preview, ROWS_SHOWN};
use cascade_app::{App, Command};
use cascade_files::import::fields;
use cascade_files::table::{ColumnChoice, Decimal, Numbers};
use cascade_scenario::{ImportKind, format};

use super::palette::Palette;
use super::style;

/// Widest the dialog gets.
const WIDTH: f32 = 900.0;
/// Room for a field of a row of the preview.
const CELL: f32 = 180.0;
/// Height of a caution, of two lines.
const CAUTION: f32 = 40.0;
/// Width of the field of a column.
const COMBO: f32 = 128.0;

/// Draws the dialog if a table is being looked at.
pub(crate) fn show(ctx: &Context, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
    let Some(import) = &app.import else { return };
    let room = ctx.content_rect().size();
    let modal = Modal::new(Id::unique("import"))
        .frame(style::sheet(ctx))
        .show(ctx, |ui| {
            ui.set_width(WIDTH.min(room.x - 64.0));
            let mut settings = import.settings.clone();
            ui.horizontal(|ui| {
                ui.heading(format!("Import {}", import.name()));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if let (Some(settings), Some(preview)) = (&mut settings, &import.preview) {
                        kind(ui, preview.plan.kind, settings);
                    }
                });
            });
            ScrollArea::vertical()
                .max_height((room.y - 150.0 - CAUTION * cautions(import).len() as f32).max(120.0))
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    if let (Some(preview), Some(settings)) = (&import.preview, &mut settings) {
                        columns(ui, preview, settings, palette);
                        ui.separator();
                        facts::show(ui, preview, settings, palette);
                        ui.separator();
                        rows(ui, preview, palette);
                    }
                    style::follow_focus(ui);
                });
            if let Some(settings) = settings.filter(|settings| Some(settings) != import.settings.as_ref()) {
                commands.push(Command::EditImport(ImportCommand::Change(Box::new(settings))));
            }
            ui.add_space(4.0);
            footer(ui, import, palette, commands);
        });
    if modal.should_close() {
        commands.push(Command::EditImport(ImportCommand::Cancel));
    }
}

/// What the scenario lists instead of describing it, whether a preset or a file brought it, above the parameters, with a
/// button each that drops it.
pub(crate) fn brought(ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
    for kind in ImportKind::ALL.iter().copied() {
        let count = kind.count(&app.present.scenario);
        if count == 0 {
            continue;
        }
        let count = format::whole(count as u64);
        let (what, meaning) = match kind {
            ImportKind::Positions => (
                format!("{count} positions are listed"),
                "The levered book is a list, from the preset or from a file. Leverage, bands, clusters, open interest and the \
                 other parameters that draw positions show the list's own figures and change nothing until it is dropped.",
            ),
            ImportKind::PricePath => (
                format!("The price follows a path of {count} points"),
                if app.present.scenario.path.noise {
                    "The efficient price of the first asset follows it, with noise beside it."
                } else {
                    "The efficient price of the first asset follows it: volatility makes no noise until it is dropped."
                },
            ),
            ImportKind::OptionChain => (
                format!("{count} option series are listed"),
                "The options are a list, from the preset or from a file. The parameters that describe an option book change \
                 nothing until it is dropped.",
            ),
        };
        style::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.label(style::strong(what, style::BODY).color(palette.notice));
            ui.add(Label::new(RichText::new(meaning).small().color(palette.weak_text)).wrap());
            if ui.button(format!("Drop {}", kind.listed())).clicked() {
                commands.push(Command::DropImported(kind));
            }
        });
        ui.add_space(4.0);
    }
}

fn kind(ui: &mut Ui, now: ImportKind, settings: &mut ImportSettings) {
    let mut chosen = now;
    let combo = ComboBox::from_id_salt("kind of table")
        .selected_text(now.label())
        .show_ui(ui, |ui| {
            for kind in ImportKind::ALL.iter().copied() {
                ui.selectable_value(&mut chosen, kind, kind.label());
            }
        });
    let label = ui.label("Read it as a");
    combo.response.labelled_by(label.id);
    if chosen != now {
        settings.options.kind = Some(chosen);
    }
}

/// A combo box a field; the guess is chosen at first.
fn columns(ui: &mut Ui, preview: &Preview, settings: &mut ImportSettings, palette: &Palette) {
    let fields = fields(preview.plan.kind);
    ui.label(style::strong("Columns", style::SUBHEADING));
    let across = ((ui.available_width() / 280.0) as usize).clamp(1, 4);
    let down = fields.len().div_ceil(across);
    Grid::new("columns of the table")
        .num_columns(2 * across)
        .spacing(vec2(8.0, 3.0))
        .show(ui, |ui| {
            for row in 0..down {
                for place in (0..across).map(|column| column * down + row) {
                    let Some(field) = fields.get(place) else { continue };
                    let now = preview.plan.mapping.get(place).copied().flatten();
                    let mut chosen = now;
                    column(ui, place, field.label, preview, &mut chosen);
                    if chosen != now {
                        let choice = chosen.map_or(ColumnChoice::None, ColumnChoice::At);
                        settings.options.columns.insert(field.key.to_owned(), choice);
                    }
                }
                ui.end_row();
            }
        });
    numbers(ui, preview, settings);
    reading::show(ui, preview, settings);
    places::show(ui, preview, settings);
    for lacking in &preview.missing {
        let text = format!("Assign a column: nothing holds {}.", lacking.replace('`', ""));
        ui.label(RichText::new(text).color(palette.critical));
    }
}

/// What separates the columns and how numbers are written, as found or as chosen.
fn numbers(ui: &mut Ui, preview: &Preview, settings: &mut ImportSettings) {
    ui.horizontal_wrapped(|ui| {
        let label = ui.label("Numbers");
        let name = |way: Option<Decimal>| match way {
            None => "as they show",
            Some(Decimal::Point) => "1,234.5",
            Some(Decimal::Comma) => "1.234,5",
        };
        let combo = ComboBox::from_id_salt("numbers of the table")
            .width(COMBO)
            .selected_text(name(settings.options.decimal))
            .show_ui(ui, |ui| {
                for way in [None, Some(Decimal::Point), Some(Decimal::Comma)] {
                    ui.selectable_value(&mut settings.options.decimal, way, name(way));
                }
            });
        combo.response.labelled_by(label.id);
        let way = |decimal| match decimal {
            Decimal::Point => "a decimal point",
            Decimal::Comma => "a decimal comma",
        };
        let read = match &preview.numbers {
            Some(Numbers {
                decimal,
                seen: Some((line, text)),
            }) => format!("numbers have {} (line {line}: {text})", way(*decimal)),
            Some(Numbers { decimal, seen: None }) => format!("numbers have {}", way(*decimal)),
            None => "say whether numbers have a decimal point or a decimal comma".to_owned(),
        };
        ui.weak(format!("Columns are separated by {}; {read}.", preview.separator));
    });
}

fn column(ui: &mut Ui, place: usize, label: &str, preview: &Preview, chosen: &mut Option<usize>) {
    let name = |column: usize| {
        let name = preview.columns.get(column).map_or("", String::as_str);
        let shared = preview.columns.iter().filter(|other| *other == name).count() > 1;
        if shared || name.is_empty() {
            format!("{name} ({})", column + 1)
        } else {
            name.to_owned()
        }
    };
    let label = ui.label(label);
    let text = chosen.map_or_else(|| "–".to_owned(), name);
    let combo = ComboBox::from_id_salt(("column", place))
        .width(COMBO)
        .truncate()
        .selected_text(text)
        .show_ui(ui, |ui| {
            ui.selectable_value(chosen, None, "– (none)");
            for column in 0..preview.columns.len() {
                ui.selectable_value(chosen, Some(column), name(column));
            }
        });
    combo.response.labelled_by(label.id);
}

/// The first rows; fields that are read stand out, those with a mistake more so.
fn rows(ui: &mut Ui, preview: &Preview, palette: &Palette) {
    let more = preview.row_count.saturating_sub(ROWS_SHOWN);
    let heading = if more > 0 {
        format!(
            "The first {ROWS_SHOWN} of {} rows",
            format::whole(preview.row_count as u64)
        )
    } else {
        format::counted(preview.row_count, "row")
    };
    ui.label(style::strong(heading, style::SUBHEADING));
    let wrong = |line: usize, column: usize| match &preview.found {
        Ok(_) => false,
        Err(problems) => problems.iter().any(|problem| {
            let field = problem.field.as_ref().map(|(number, _)| *number);
            problem.line == line && field == Some(column + 1)
        }),
    };
    let is_read = |column: usize| preview.plan.mapping.contains(&Some(column));
    ScrollArea::horizontal().id_salt("rows of the table").show(ui, |ui| {
        Grid::new("rows of the table")
            .striped(true)
            .min_col_width(24.0)
            .max_col_width(CELL)
            .spacing(vec2(12.0, 3.0))
            .show(ui, |ui| {
                ui.label(RichText::new("line").small().color(palette.weak_text));
                for (column, name) in preview.columns.iter().enumerate() {
                    let color = if is_read(column) {
                        palette.accent
                    } else {
                        palette.weak_text
                    };
                    ui.add(Label::new(RichText::new(name).small().color(color)).truncate());
                }
                ui.end_row();
                for (line, fields) in &preview.rows {
                    ui.label(RichText::new(line.to_string()).small().color(palette.weak_text));
                    for (column, field) in fields.iter().enumerate() {
                        let text = RichText::new(field);
                        let text = if wrong(*line, column) {
                            text.color(palette.critical).underline()
                        } else if is_read(column) {
                            text.color(palette.text)
                        } else {
                            text.color(palette.weak_text)
                        };
                        ui.add(Label::new(text).truncate());
                    }
                    ui.end_row();
                }
            });
    });
}

/// What may be a mistake in taking the table over; it stands beside the button, so that it is seen before that is pressed.
fn cautions(import: &Import) -> &[String] {
    match import.ready().and_then(|preview| preview.adoption.as_ref()) {
        Some(Ok(adoption)) => &adoption.cautions,
        _ => &[],
    }
}

fn footer(ui: &mut Ui, import: &Import, palette: &Palette, commands: &mut Vec<Command>) {
    for caution in cautions(import) {
        let text = RichText::new(format!("Caution: {caution}")).color(palette.notice);
        ui.add(Label::new(text).wrap());
    }
    if let Some(refused) = &import.refused {
        ui.add(Label::new(RichText::new(refused).color(palette.critical)).wrap());
    }
    ui.horizontal(|ui| {
        let ready = import.ready().is_some();
        let text = RichText::new("Use").strong();
        let wanted = Button::new(text).selected(ready).min_size(vec2(64.0, 24.0));
        if ui.add_enabled(ready, wanted).clicked() {
            commands.push(Command::EditImport(ImportCommand::Use));
        }
        if ui.button("Cancel").clicked() {
            commands.push(Command::EditImport(ImportCommand::Cancel));
        }
        if import.reading() {
            ui.add(Spinner::new().size(14.0));
            ui.weak("Reading…");
        } else if ready {
            ui.weak("Nothing has changed yet. Use begins the run anew; Ctrl+Z brings the present one back.");
        } else {
            ui.weak("Nothing has changed, and nothing is taken from a table with a mistake.");
        }
    });
}
