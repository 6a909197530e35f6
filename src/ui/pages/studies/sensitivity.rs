//! The changes that matter most, as a table; a click makes one.

use eframe::egui::{Button, Color32, Grid, Rect, Sense, Ui, vec2};

use super::page::StudyPage;
use crate::number::compact_unit;
use crate::page::{PageEntry, PageId};
use crate::palette::Palette;
use crate::style;
use cascade_analysis::sensitivity::ParameterEffect;
use cascade_app::studies::StudyKind;
use cascade_app::{App, Command, EditCommand};
use cascade_scenario::{format, parameter};

use super::controls::{tick, title, words};

/// Rows that are shown.
const ROWS: usize = 40;
/// Width of the longest bar.
const BAR: f32 = 100.0;

/// The page.
pub const PAGE: PageEntry = PageEntry {
    id: PageId(StudyKind::Sensitivity.label()),
    action: "Sensitivity: which slider matters",
    kept: false,
    begin: Some(|| {
        Box::new(StudyPage {
            kind: StudyKind::Sensitivity,
            explanation: "Every slider that matters here, moved alone by a tenth of its length both ways; switches and choices take their other \
             values. The same seeds with and without the change.",
            picture: show,
        })
    }),
};

/// Draws what is known.
fn show(ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
    let Some(study) = app.studies.sensitivity.as_ref() else {
        return;
    };
    let effects = &study.subject.effects;
    if effects.is_empty() {
        return;
    }
    let idle = effects.iter().filter(|effect| effect.difference == 0.0).count();
    let shown: Vec<&ParameterEffect> = effects
        .iter()
        .filter(|effect| effect.difference != 0.0)
        .take(ROWS)
        .collect();
    ui.label(format!(
        "What a change does to the {}, largest first; ± is the standard error over seeds. A click makes the change.",
        words(app.studies.plan.metric)
    ));
    ui.add_space(4.0);
    let largest = shown.first().map_or(0.0, |effect| effect.difference.abs());
    Grid::new("effects")
        .num_columns(5)
        .striped(true)
        .spacing(vec2(14.0, 3.0))
        .show(ui, |ui| {
            for heading in ["Slider", "Change", "ParameterEffect", "±", ""] {
                ui.label(style::strong(heading, 12.5));
            }
            ui.end_row();
            for effect in &shown {
                row(ui, app, effect, largest, palette, commands);
            }
        });
    ui.add_space(4.0);
    let more = effects.len() - idle - shown.len();
    ui.weak(format!(
        "{more} smaller effects are left out; {idle} changes do nothing to this figure."
    ));
}

fn row(ui: &mut Ui, app: &App, effect: &ParameterEffect, largest: f64, palette: &Palette, commands: &mut Vec<Command>) {
    let (id, value) = effect.change;
    let row = parameter(id);
    let name = title(row);
    let apply = ui.add(Button::new(&name).frame_when_inactive(false));
    if apply
        .on_hover_text(format!("{} Click: set it to {}.", row.doc, row.show(value)))
        .clicked()
    {
        commands.push(Command::Edit(EditCommand::SetParameter { id, value }));
    }
    ui.label(format!(
        "{} → {} {}",
        tick(row, app.present.value(id)),
        tick(row, value),
        compact_unit(row.unit)
    ));
    ui.label(signed(effect.difference));
    // One pair says nothing about the spread.
    let error = if effect.pairs > 1 {
        format::amount(effect.standard_error, 2)
    } else {
        "–".to_owned()
    };
    ui.weak(error);
    let (rect, _) = ui.allocate_exact_size(vec2(BAR, 12.0), Sense::hover());
    bar(ui, rect, effect.difference / largest, palette);
    ui.end_row();
}

fn signed(value: f64) -> String {
    let text = format::amount(value, 3);
    if value > 0.0 { format!("+{text}") } else { text }
}

/// Up to the right, down to the left of the middle.
fn bar(ui: &Ui, rect: Rect, share: f64, palette: &Palette) {
    let middle = rect.center().x;
    let end = middle + rect.width() / 2.0 * share as f32;
    let color: Color32 = if share > 0.0 { palette.shorts } else { palette.longs };
    let filled = Rect::from_x_y_ranges(middle.min(end)..=middle.max(end), rect.y_range());
    ui.painter().rect_filled(filled, 1.0, color);
    ui.painter().vline(middle, rect.y_range(), (1.0, palette.weak_text));
}
