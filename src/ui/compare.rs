//! The pinned runs against the present one, as figures; and the panel that explains an interval.

use eframe::egui::{
    Align, CollapsingHeader, Grid, Label, Layout, Panel, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2,
};

use cascade_app::history::EXACT_STEPS;
use cascade_app::{App, Command, Compared, ComparedKind, Explanation, PinCommand, PinnedId, SelectionCommand};
use cascade_scenario::format;

use super::icon::{self, Icon};
use super::palette::Palette;
use super::style;

/// The least part of a move that is listed, in per cent of log price: its last digit that is written.
const LEAST_PART: f64 = 5e-4;
/// Width of a column of sources.
const COLUMN: f32 = 290.0;
/// Side of the button that closes.
const CLOSE: f32 = 22.0;

/// Draws the comparison, if a run is pinned: each with what tells it from the present one, then their figures.
pub(crate) fn show(ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
    let compared = app.compared();
    if compared.is_empty() {
        return;
    }
    ui.label(style::strong("Against pinned runs", style::SUBHEADING)).on_hover_text(
        "Runs that were pinned (P) go on beside the present one, on their own noise and events. They stay when another preset is \
         opened, until they are unpinned.",
    );
    for (id, run) in app.pinned() {
        pinned(ui, id, &run.differences(&app.present), palette, commands);
    }
    CollapsingHeader::new(RichText::new("Key figures of the pinned runs").small())
        .id_salt("compared")
        .default_open(true)
        .show_unindented(ui, |ui| {
            ScrollArea::horizontal()
                .id_salt("compared")
                .show(ui, |ui| figures(ui, &compared, palette));
        });
    ui.separator();
}

/// A pinned run: its number in its colour, what tells it from the present one, and a button that takes it away.
fn pinned(ui: &mut Ui, id: PinnedId, differences: &[String], palette: &Palette, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            let unpin = ui.small_button("Unpin");
            let name = format!("Unpin {id}");
            unpin.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            if unpin.clicked() {
                commands.push(Command::Pin(PinCommand::Unpin(id)));
            }
            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                let told = if differences.is_empty() {
                    "as the present run".to_owned()
                } else {
                    differences.join("; ")
                };
                ui.label(style::strong(id.to_string(), style::BODY).color(palette.pinned[id.index()]));
                ui.add(Label::new(RichText::new(told).small()).wrap());
            });
        });
    });
}

/// A column for each pinned run: its figure, and the difference of the present run from it.
fn figures(ui: &mut Ui, compared: &[Compared], palette: &Palette) {
    let runs = compared.first().map_or(0, |one| one.pinned.len());
    let alone = runs == 1;
    Grid::new("compared").spacing(vec2(8.0, 2.0)).show(ui, |ui| {
        let head = |ui: &mut Ui, text: &str| {
            ui.label(RichText::new(text).small().weak());
        };
        head(ui, "");
        for (id, _) in compared.iter().take(1).flat_map(|one| &one.pinned) {
            head(ui, id.label());
        }
        if alone {
            head(ui, "difference");
        }
        ui.end_row();
        for one in compared {
            let label = RichText::new(one.label).weak();
            ui.label(if alone { label } else { label.small() });
            for (id, value) in &one.pinned {
                let difference = difference(one.kind, one.present, *value);
                let text = RichText::new(written(one.kind, *value)).color(palette.pinned[id.index()]);
                if alone {
                    ui.label(text);
                    ui.label(difference);
                } else {
                    ui.vertical(|ui| {
                        ui.spacing_mut().item_spacing.y = 0.0;
                        ui.label(text);
                        ui.label(RichText::new(difference).small());
                    });
                }
            }
            ui.end_row();
        }
    });
    if !alone {
        ui.label(
            RichText::new("Small: the present run less the pinned one.")
                .small()
                .weak(),
        );
    }
}

fn written(kind: ComparedKind, value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    match kind {
        ComparedKind::Price => format::price(value),
        ComparedKind::Money => format::amount(if value.abs() < 0.005 { 0.0 } else { value }, 3),
        ComparedKind::Ratio => format!("{value:.2}"),
        ComparedKind::Rate => format::share(value, 3),
    }
}

/// Present less pinned; of a price relative to the pinned one.
fn difference(kind: ComparedKind, present: f64, pinned: f64) -> String {
    let difference = present - pinned;
    match kind {
        _ if !difference.is_finite() => "–".to_owned(),
        ComparedKind::Price => format::percent(present / pinned - 1.0, 1),
        _ if difference == 0.0 => "0".to_owned(),
        kind => {
            let sign = if difference > 0.0 { "+" } else { "−" };
            format!("{sign}{}", written(kind, difference.abs()).trim_start_matches('−'))
        }
    }
}

/// Draws the panel that explains the selected interval, below what stands in the middle, so that it covers nothing.
/// Returns its height, 0 where none is selected.
pub(crate) fn explain(ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) -> f32 {
    if app.present.selection.is_none() {
        return 0.0;
    }
    let most = 0.45 * ui.available_height();
    let panel = Panel::bottom("explanation")
        .frame(style::side(ui))
        .resizable(false)
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(style::strong("What moved the price", style::SUBHEADING));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if icon::quiet_button(ui, Icon::Close, "Close the explanation", CLOSE).clicked() {
                        commands.push(Command::Selection(SelectionCommand::Clear));
                    }
                });
            });
            ScrollArea::vertical()
                .id_salt("explanation")
                .max_height(most)
                .min_scrolled_height(most)
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    if let Some(told) = app.explanation() {
                        table(ui, &told, palette);
                    } else {
                        ui.label(format!(
                            "The interval is empty, or older than the {} of which every single one is kept. Choose another with \
                             Shift and the mouse, or with F and T at the present moment.",
                            format::counted(EXACT_STEPS, "step")
                        ));
                    }
                });
        });
    panel.response.rect.height()
}

fn table(ui: &mut Ui, told: &Explanation, palette: &Palette) {
    ui.label(style::strong(told.sentence(), style::SUBHEADING));
    let (from, to) = told.seconds;
    ui.weak(format!(
        "{} to {}: {} → {} USD, {} of longs and {} of shorts liquidated. Log prices add up; ln(1 − 5 %) is −5.13 %.",
        format::clock(from),
        format::clock(to),
        format::price(told.prices.0),
        format::price(told.prices.1),
        format::short(told.liquidated.0),
        format::short(told.liquidated.1),
    ));
    let parts: Vec<_> = told.parts.iter().filter(|(_, part)| part.abs() >= LEAST_PART).collect();
    // In as many columns as there is room for, so that the plots above lose little height.
    let columns = ((ui.available_width() / COLUMN) as usize).clamp(1, 3);
    let lines = (parts.len() + 1).div_ceil(columns);
    Grid::new("sources")
        .num_columns(3 * columns)
        .spacing(vec2(14.0, 2.0))
        .show(ui, |ui| {
            for _ in 0..columns {
                for text in ["source", "log price, %", "share"] {
                    ui.label(RichText::new(text).small().weak());
                }
            }
            ui.end_row();
            for line in 0..lines {
                for place in (0..columns).map(|column| column * lines + line) {
                    if let Some((source, part)) = parts.get(place) {
                        ui.horizontal(|ui| {
                            let (swatch, _) = ui.allocate_exact_size(vec2(9.0, 9.0), Sense::hover());
                            ui.painter().rect_filled(swatch, 1.5, palette.source(*source));
                            ui.label(source.label());
                        });
                        cells(ui, told, *part);
                    } else if place == parts.len() {
                        ui.label(style::strong("together", style::BODY));
                        cells(ui, told, told.total);
                    }
                }
                ui.end_row();
            }
        });
}

/// A part of the move, and its share of the whole.
fn cells(ui: &mut Ui, told: &Explanation, part: f64) {
    ui.label(format::percent(part / 100.0, 3));
    let share = told.share(part);
    ui.label(if share.is_finite() {
        format::percent(share, 1).trim_start_matches('+').to_owned()
    } else {
        "–".to_owned()
    });
}
