//! The pinned run against the present one, as figures; and the window that explains an interval.

use eframe::egui::{Align2, Context, Grid, Id, RichText, Sense, Ui, Window, vec2};

use cascade_app::history::EXACT_STEPS;
use cascade_app::{App, BaselineCommand, Command, Compared, ComparedKind, Explanation, SelectionCommand};
use cascade_scenario::format;

use super::palette::Palette;
use super::style;

/// The least part of a move that is listed, in per cent of log price: its last digit that is written.
const LEAST_PART: f64 = 5e-4;

/// Draws the comparison, if a run is pinned.
pub(crate) fn show(ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
    let compared = app.compared();
    if compared.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        let pinned = app.baseline.as_ref().map(|pinned| pinned.name_beside(&app.present));
        let title = format!("Against the baseline{}", pinned.unwrap_or_default());
        ui.label(style::strong(title, 13.5).color(palette.baseline))
            .on_hover_text(
                "The run that was pinned (P). It stays when another preset is opened, until it is unpinned.",
            );
        if ui.small_button("Unpin").clicked() {
            commands.push(Command::Baseline(BaselineCommand::Unpin));
        }
    });
    Grid::new("compared")
        .num_columns(3)
        .spacing(vec2(6.0, 2.0))
        .show(ui, |ui| {
            for text in ["", "baseline", "difference"] {
                ui.label(RichText::new(text).small().weak());
            }
            ui.end_row();
            for one in &compared {
                ui.weak(one.label);
                ui.label(RichText::new(written(one.kind, one.baseline)).color(palette.baseline));
                ui.label(difference(one));
                ui.end_row();
            }
        });
    ui.separator();
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
fn difference(one: &Compared) -> String {
    let difference = one.present - one.baseline;
    match one.kind {
        _ if !difference.is_finite() => "–".to_owned(),
        ComparedKind::Price => format::percent(one.present / one.baseline - 1.0, 1),
        _ if difference == 0.0 => "0".to_owned(),
        kind => {
            let sign = if difference > 0.0 { "+" } else { "−" };
            format!("{sign}{}", written(kind, difference.abs()).trim_start_matches('−'))
        }
    }
}

/// Draws the window that explains the selected interval.
pub(crate) fn explain(ctx: &Context, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
    if app.present.selection.is_none() {
        return;
    }
    let mut open = true;
    Window::new("What moved the price")
        .id(Id::unique("explanation"))
        .open(&mut open)
        .collapsible(false)
        .resizable(false)
        .default_width(360.0)
        .pivot(Align2::LEFT_BOTTOM)
        .default_pos(ctx.content_rect().left_bottom() + vec2(330.0, -100.0))
        .show(ctx, |ui| {
            ui.set_width(340.0);
            if let Some(told) = app.explanation() {
                table(ui, &told, palette);
            } else {
                ui.label(format!(
                    "The interval is empty, or older than the {} of which every single one is kept. Choose another with Shift \
                     and the mouse, or with F and T at the present moment.",
                    format::counted(EXACT_STEPS, "step")
                ));
            }
        });
    if !open {
        commands.push(Command::Selection(SelectionCommand::Clear));
    }
}

fn table(ui: &mut Ui, told: &Explanation, palette: &Palette) {
    ui.label(style::strong(told.sentence(), 13.5));
    ui.add_space(4.0);
    let (from, to) = told.seconds;
    ui.weak(format!(
        "{} to {}: {} → {} USD, {} of longs and {} of shorts liquidated",
        format::clock(from),
        format::clock(to),
        format::price(told.prices.0),
        format::price(told.prices.1),
        format::short(told.liquidated.0),
        format::short(told.liquidated.1),
    ));
    Grid::new("sources")
        .num_columns(3)
        .spacing(vec2(18.0, 3.0))
        .show(ui, |ui| {
            for text in ["source", "log price, %", "share"] {
                ui.label(RichText::new(text).small().weak());
            }
            ui.end_row();
            for (source, part) in told.parts.iter().filter(|(_, part)| part.abs() >= LEAST_PART) {
                ui.horizontal(|ui| {
                    let (swatch, _) = ui.allocate_exact_size(vec2(9.0, 9.0), Sense::hover());
                    ui.painter().rect_filled(swatch, 1.5, palette.source(*source));
                    ui.label(source.label());
                });
                row(ui, told, *part);
            }
            ui.label(style::strong("together", 13.0));
            row(ui, told, told.total);
        });
    ui.label(
        RichText::new("Log prices add up; ln(1 − 5 %) is −5.13 %.")
            .small()
            .weak(),
    );
}

fn row(ui: &mut Ui, told: &Explanation, part: f64) {
    ui.label(format::percent(part / 100.0, 3));
    let share = told.share(part);
    ui.label(if share.is_finite() {
        format::percent(share, 1).trim_start_matches('+').to_owned()
    } else {
        "–".to_owned()
    });
    ui.end_row();
}
