//! What each intervention saves, as a table; a click makes or undoes it.

use eframe::egui::{Button, Grid, RichText, Role, Ui, WidgetInfo, vec2};

use super::page::StudyPage;
use crate::page::{PageEntry, PageId};
use crate::palette::Palette;
use crate::style;
use cascade_analysis::interventions::{Benefit, InterventionEffect, Loss};
use cascade_app::studies::StudyKind;
use cascade_app::{App, Command, EditCommand};
use cascade_scenario::{format, parameter};

/// A difference of fewer standard errors than this is written weakly.
const CLEAR: f64 = 2.0;

/// What there is room for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Columns {
    /// Everything.
    All,
    /// Standard errors are told by tooltips.
    NoErrors,
    /// What is in force is told beside its name as well.
    Fewest,
}

impl Columns {
    fn fitting(width: f32) -> Self {
        match width {
            wide if wide >= 780.0 => Self::All,
            middle if middle >= 600.0 => Self::NoErrors,
            _ => Self::Fewest,
        }
    }
}

/// The head of a column where there is little room.
const fn short(loss: Loss) -> &'static str {
    match loss {
        Loss::ExcessMove => "Excess",
        Loss::PeakRate => "Peak",
        other => other.label(),
    }
}

/// The page.
pub const PAGE: PageEntry = PageEntry {
    id: PageId(StudyKind::Interventions.label()),
    action: "Interventions: what would have helped",
    kept: false,
    begin: Some(|| {
        Box::new(StudyPage {
            kind: StudyKind::Interventions,
            explanation: "The scenario as the sliders stand, and once more with each policy or defence made or undone, on the same seeds.",
            picture: show,
        })
    }),
};

/// Draws what is known.
fn show(ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
    let Some(study) = app.studies.interventions.as_ref() else {
        return;
    };
    let effects = &study.subject.effects;
    if effects.is_empty() {
        return;
    }
    let columns = Columns::fitting(ui.available_width());
    ui.label(format!(
        "Part of each loss that an intervention saves, 1 − with/without on the same seeds{}. A minus means that more is lost with \
         it. Weak figures may be chance. A click makes the intervention, or undoes it.",
        if columns == Columns::All { "; ± is the standard error" } else { "" }
    ));
    ui.add_space(4.0);
    Grid::new("interventions")
        .num_columns(2 + Loss::ALL.len())
        .striped(true)
        .spacing(vec2(if columns == Columns::All { 12.0 } else { 9.0 }, 4.0))
        .show(ui, |ui| {
            ui.label(style::strong("Intervention", 12.5));
            if columns != Columns::Fewest {
                ui.label(style::strong("Here", 12.5));
            }
            for &loss in Loss::ALL {
                let head = if columns == Columns::All {
                    loss.label()
                } else {
                    short(loss)
                };
                let head = ui.label(style::strong(head, 12.5));
                head.widget_info(|| WidgetInfo::labeled(Role::Label, true, loss.label()));
                head.on_hover_text(format!("{}: {}", loss.label(), loss.doc()));
            }
            ui.end_row();
            for effect in effects {
                row(ui, effect, columns, palette, commands);
            }
        });
    ui.add_space(4.0);
    ui.weak("The settings are those of the sliders: a throttle with another cap is another throttle.");
}

fn row(ui: &mut Ui, effect: &InterventionEffect, columns: Columns, palette: &Palette, commands: &mut Vec<Command>) {
    let one = effect.candidate;
    let (id, value) = one.change;
    let slider = parameter(id);
    let hover = format!(
        "Hoped for: {}. Price: {}. Click: set {} to {}.",
        one.intervention.hope,
        one.intervention.price,
        slider.path,
        slider.show(value)
    );
    let name = match (columns == Columns::Fewest, one.in_force) {
        (true, true) => format!("{} (in force)", one.intervention.name),
        _ => one.intervention.name.to_owned(),
    };
    let button = ui.add(Button::new(name).frame_when_inactive(false));
    if button.on_hover_text(hover).clicked() {
        commands.push(Command::Edit(EditCommand::SetParameter { id, value }));
    }
    if columns != Columns::Fewest {
        ui.weak(if one.in_force { "in force" } else { "–" })
            .on_hover_text("Whether the sliders have it now.");
    }
    for benefit in effect.benefits {
        match benefit {
            Some(benefit) => cell(ui, &benefit, columns, palette),
            None => {
                ui.weak("–").on_hover_text("Nothing is lost without it.");
            }
        }
    }
    ui.end_row();
}

fn cell(ui: &mut Ui, benefit: &Benefit, columns: Columns, palette: &Palette) {
    let color = match benefit.saved {
        saved if saved.abs() <= CLEAR * benefit.standard_error || saved == 0.0 => palette.weak_text,
        saved if saved > 0.0 => palette.longs,
        _ => palette.shorts,
    };
    // Two digits, where there are as many.
    let decimals = usize::from(benefit.saved.abs() < 0.0995);
    let mut text = if benefit.saved == 0.0 {
        "0 %".to_owned()
    } else {
        format::percent(benefit.saved, decimals)
    };
    let error = format!("± {:.decimals$}", 100.0 * benefit.standard_error);
    if benefit.standard_error > 0.0 && columns == Columns::All {
        text = format!("{text} {error}");
    }
    ui.label(RichText::new(text).color(color)).on_hover_text(format!(
        "{error}; less is lost with it in {} of {} pairs of runs",
        benefit.helped, benefit.pairs
    ));
}
