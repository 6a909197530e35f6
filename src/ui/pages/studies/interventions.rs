//! What each intervention saves, as a table, the one first that saves most; a button makes or undoes it.

use eframe::egui::{Button, Grid, Label, RichText, Role, Ui, WidgetInfo, vec2};

use super::page::{Sight, StudyPage, names_head};
use crate::page::{PageEntry, PageId};
use crate::palette::Palette;
use crate::style;
use cascade_analysis::interventions::{Benefit, Intervention, InterventionEffect, Loss};
use cascade_app::studies::{Plan, StudyCommand, StudyKind};
use cascade_app::{Command, EditCommand};
use cascade_scenario::{format, parameter};

/// A difference of fewer standard errors than this is written weakly.
const CLEAR: f64 = 2.0;

/// What there is room for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Columns {
    /// Everything.
    All,
    /// What is in force is told by its button alone, and the heads of columns are short.
    Narrow,
    /// Standard errors are told at the pointer too, so that the names can be read.
    Tight,
}

impl Columns {
    fn fitting(width: f32) -> Self {
        match width {
            width if width >= 820.0 => Self::All,
            width if width >= 640.0 => Self::Narrow,
            _ => Self::Tight,
        }
    }

    const fn width_beside_names(self) -> f32 {
        match self {
            Self::All => 600.0,
            Self::Narrow => 500.0,
            Self::Tight => 400.0,
        }
    }

    const fn head(self, loss: Loss) -> &'static str {
        match (self, loss) {
            (Self::All, other) => other.label(),
            (_, Loss::ExcessMove) => "Excess",
            (_, Loss::PeakRate) => "Peak",
            (_, other) => other.label(),
        }
    }
}

/// The page.
pub(crate) const PAGE: PageEntry = PageEntry {
    id: PageId(StudyKind::Interventions.label()),
    action: "Interventions: what would have helped",
    peak: None,
    tab: |_| true,
    begin: Some(|| {
        Box::new(StudyPage::new(
            StudyKind::Interventions,
            "The scenario as the sliders stand, and once more with each policy or defence made or undone, on the same seeds.",
            show,
        ))
    }),
};

/// Draws what is known.
pub(crate) fn show(ui: &mut Ui, sight: Sight<'_>, commands: &mut Vec<Command>) {
    let Some(study) = sight.app.studies.interventions.as_ref() else {
        return;
    };
    let room = ui.available_width();
    let columns = Columns::fitting(room);
    let plan = sight.app.studies.plan;
    ui.label(
        "Part of each loss that an intervention saves, 1 − with/without on the same seeds; ± is the standard error. A minus means \
         that more is lost with it. Weak figures may be chance.",
    );
    ui.add_space(4.0);
    Grid::new("interventions")
        .num_columns(3 + Loss::ALL.len())
        .striped(true)
        .spacing(vec2(if columns == Columns::All { 12.0 } else { 7.0 }, 4.0))
        .show(ui, |ui| {
            heads(ui, (columns, room), plan, commands);
            for effect in &study.subject.effects {
                row(ui, effect, columns, sight, commands);
            }
            for (intervention, reason) in &study.subject.candidates.inapplicable {
                inapplicable(ui, intervention, reason, columns);
            }
        });
    ui.add_space(4.0);
    ui.weak("The settings are those of the sliders: a throttle with another cap is another throttle.");
}

/// The heads of the columns; a click sorts by one.
fn heads(ui: &mut Ui, (columns, room): (Columns, f32), plan: Plan, commands: &mut Vec<Command>) {
    names_head(ui, "Intervention", room, columns.width_beside_names());
    if columns == Columns::All {
        ui.label(style::strong("Here", style::LABEL));
    }
    for &loss in Loss::ALL {
        let mark = if plan.loss == loss { " ↓" } else { "" };
        let text = style::strong(format!("{}{mark}", columns.head(loss)), style::LABEL);
        let head = ui.add(Button::new(text).frame(false));
        head.widget_info(|| WidgetInfo::labeled(Role::Button, true, loss.label()));
        let hover = format!("{}: {} A click sorts by it.", loss.label(), loss.doc());
        if head.on_hover_text(hover).clicked() {
            commands.push(StudyCommand::Plan(Plan { loss, ..plan }).into());
        }
    }
    ui.label("");
    ui.end_row();
}

fn row(ui: &mut Ui, effect: &InterventionEffect, columns: Columns, sight: Sight<'_>, commands: &mut Vec<Command>) {
    let one = effect.candidate;
    let (id, value) = one.change;
    let slider = parameter(id);
    let hover = format!(
        "Hoped for: {}. Price: {}.",
        one.intervention.hope, one.intervention.price
    );
    ui.add(Label::new(one.intervention.name).truncate())
        .on_hover_text(hover);
    if columns == Columns::All {
        ui.weak(if one.in_force { "in force" } else { "–" })
            .on_hover_text("Whether the sliders have it now.");
    }
    for benefit in effect.benefits {
        match benefit {
            Some(benefit) => cell(ui, &benefit, columns, sight.palette),
            None => drop(ui.weak("–").on_hover_text("Nothing is lost without it.")),
        }
    }
    if !sight.posing {
        let verb = if one.in_force { "Undo" } else { "Apply" };
        let button = ui
            .add(Button::new(verb).small())
            .accessible_name(format!("{verb} {}", one.intervention.name));
        let hover = format!("Set {} to {}.", slider.path, slider.show(value));
        if button.on_hover_text(hover).clicked() {
            commands.push(Command::Edit(EditCommand::SetParameter { id, value }));
        }
    }
    ui.end_row();
}

/// One that changes nothing in this scenario.
fn inapplicable(ui: &mut Ui, intervention: &Intervention, reason: &str, columns: Columns) {
    ui.add(Label::new(RichText::new(intervention.name).weak()).truncate());
    if columns == Columns::All {
        ui.weak("–");
    }
    ui.weak("n/a").on_hover_text(format!("Not applicable: {reason}."));
    ui.end_row();
}

fn cell(ui: &mut Ui, benefit: &Benefit, columns: Columns, palette: &Palette) {
    let color = match benefit.saved {
        saved if saved.abs() <= CLEAR * benefit.standard_error || saved == 0.0 => palette.weak_text,
        saved if saved > 0.0 => palette.accent,
        _ => palette.notice,
    };
    // Two digits, where there are as many.
    let decimals = usize::from(benefit.saved.abs() < 0.0995);
    let error = format::percent(benefit.standard_error, decimals);
    let error = format!("± {}", error.trim_start_matches('+').trim_end_matches(" %"));
    let saved = if benefit.saved == 0.0 {
        "0 %".to_owned()
    } else {
        format::percent(benefit.saved, decimals)
    };
    let helped = format!(
        "{error} (standard error); less is lost with it in {} of {} pairs of runs",
        benefit.helped, benefit.pairs
    );
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0;
        ui.label(RichText::new(saved).color(color)).on_hover_text(&helped);
        if benefit.standard_error > 0.0 && columns != Columns::Tight {
            ui.label(RichText::new(error).color(palette.weak_text).size(style::CAPTION))
                .on_hover_text(&helped);
        }
    });
}
