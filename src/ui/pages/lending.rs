//! The page of the lending pool: distribution of health factors, and the stress table.

use eframe::egui::{
    Align2, Button, Color32, FontId, Frame, Grid, Margin, ProgressBar, Rect, RichText, Role, ScrollArea, Sense, Ui,
    WidgetInfo, pos2, vec2,
};

use cascade_analysis::stress::{DEPTHS, HORIZON_STEPS, Outcome, StressTable};
use cascade_app::{App, Command, EditCommand, Peak, StressCommand};
use cascade_engine::{HEALTH_BINS, HEALTH_MAX};
use cascade_scenario::{LoanOutlet, find, format};

use super::go_to_peak;
use crate::page::{Page, PageEntry, PageId};
use crate::palette::Palette;
use crate::style;

/// The page.
pub(crate) const PAGE: PageEntry = PageEntry {
    id: PageId("Lending"),
    action: "Lending: health of the loans, and their stress table",
    peak: Some(Peak::Loans),
    tab: |app| app.shown_asset().parameters().lending.enabled,
    begin: Some(|| Box::new(LendingPage::default())),
};

/// Height of the histogram beside others, or in a small window.
pub(super) const LOW: f32 = 118.0;
/// Greatest height of it.
const HIGH: f32 = 320.0;
/// What the stress table and the words below it need.
const STRESS: f32 = 380.0;

/// What the cells of the table tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    /// Losses of the lenders.
    #[default]
    BadDebt,
    /// Debt repaid by liquidators.
    Liquidated,
    /// How far the price went.
    PriceMove,
}

/// What the page keeps between frames.
#[derive(Default)]
struct LendingPage {
    /// What the cells tell.
    shown: Shown,
}

impl Page for LendingPage {
    fn show(&mut self, ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
        let frame = Frame::new().inner_margin(Margin::symmetric(10, 4));
        frame.show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                self.contents(ui, app, palette, commands);
                style::follow_focus(ui);
            });
        });
    }
}

impl LendingPage {
    fn contents(&mut self, ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
        let Some(bins) = app.shown_asset().health_distribution() else {
            ui.label("This scenario has no lending pool.");
            if ui.button("Switch one on").clicked()
                && let Ok(row) = find("lending.enabled")
            {
                commands.push(Command::Edit(EditCommand::SetParameter { id: row.id, value: 1.0 }));
            }
            return;
        };
        go_to_peak(ui, app, Peak::Loans, commands);
        let of = app.of_asset(app.asset_id());
        let terms = app.shown_asset().parameters().lending;
        // With the stress table below it.
        let height = (ui.available_height() - STRESS).clamp(LOW, HIGH);
        let toxic_below = terms.threshold * (1.0 + terms.bonus);
        histogram(ui, &of, &bins, (toxic_below, height), palette);
        ui.separator();
        controls(ui, app, &mut self.shown, commands);
        if let Some(table) = app.stress.table() {
            ScrollArea::horizontal()
                .id_salt("stress table")
                .show(ui, |ui| stress(ui, table, self.shown, palette, commands));
        }
        let market = match terms.outlet {
            LoanOutlet::SpotBook => "the books",
            LoanOutlet::Amm => "the books and the AMM pool",
        };
        ui.label(
            RichText::new(format!(
                "Every cell goes on from an exact copy of the model for {HORIZON_STEPS} steps: {market} as deep as the \
                 column says, one shock, and none of the scenario's events to come. “No feedback” liquidates at the \
                 shocked price at once. A click applies depth and shock to the running model."
            ))
            .small()
            .weak(),
        );
    }
}

fn controls(ui: &mut Ui, app: &App, shown: &mut Shown, commands: &mut Vec<Command>) {
    style::row(ui, |ui| {
        ui.label(style::strong("Stress table", style::SUBHEADING));
        for (choice, label) in [
            (Shown::BadDebt, "Bad debt"),
            (Shown::Liquidated, "Liquidated"),
            (Shown::PriceMove, "Price"),
        ] {
            ui.selectable_value(shown, choice, label);
        }
        if app.stress.running() {
            if ui.button("Cancel").clicked() {
                commands.push(Command::Stress(StressCommand::Cancel));
            }
        } else if ui.button("Compute").clicked() {
            commands.push(Command::Stress(StressCommand::Compute));
        }
        if let Some(table) = app.stress.table() {
            let (done, all) = table.progress();
            if app.stress.running() {
                let bar = ProgressBar::new(done as f32 / all as f32).desired_width(110.0);
                ui.add(bar.text(format!(
                    "{} of {}",
                    format::whole(done as u64),
                    format::whole(all as u64)
                )));
            } else {
                let step = format::whole(table.from_step);
                ui.weak(format!("from step {step}{}", app.of_asset(table.asset)));
            }
        }
    });
}

fn stress(ui: &mut Ui, table: &StressTable, shown: Shown, palette: &Palette, commands: &mut Vec<Command>) {
    let largest = table
        .cells
        .iter()
        .flatten()
        .flatten()
        .chain(&table.without_feedback)
        .map(|outcome| weight(outcome, shown))
        .fold(0.0, f64::max);
    Grid::new("stress table").spacing(vec2(4.0, 4.0)).show(ui, |ui| {
        ui.weak("Shock");
        ui.weak("No feedback");
        for factor in DEPTHS {
            ui.weak(format!("depth × {factor}"));
        }
        ui.end_row();
        for (row, size) in table.shocks.into_iter().enumerate() {
            ui.label(format::percent(size, 0));
            let instant = &table.without_feedback[row];
            ui.add_sized(
                CELL,
                Button::new(text(instant, shown))
                    .fill(heat(instant, shown, largest, palette))
                    .sense(Sense::hover()),
            );
            for (column, factor) in DEPTHS.into_iter().enumerate() {
                let Some(outcome) = &table.cells[row][column] else {
                    ui.weak("…");
                    continue;
                };
                let cell = ui.add_sized(
                    CELL,
                    Button::new(text(outcome, shown)).fill(heat(outcome, shown, largest, palette)),
                );
                let words = format!(
                    "Shock {} at {factor} times the depth: {} USD bad debt, {} USD liquidated, price {}.",
                    format::percent(size, 0),
                    format::short(outcome.bad_debt_usd.round()),
                    format::short(outcome.liquidated_usd.round()),
                    format::percent(outcome.price_move, 1),
                );
                cell.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
                if cell.on_hover_text(format!("{words} Click: apply.")).clicked() {
                    commands.push(Command::Stress(StressCommand::Apply { row, column }));
                }
            }
            ui.end_row();
        }
    });
}

/// Size of a cell.
const CELL: [f32; 2] = [84.0, 22.0];

fn weight(outcome: &Outcome, shown: Shown) -> f64 {
    match shown {
        Shown::BadDebt => outcome.bad_debt_usd,
        Shown::Liquidated => outcome.liquidated_usd,
        Shown::PriceMove => outcome.price_move.abs(),
    }
}

fn text(outcome: &Outcome, shown: Shown) -> String {
    match shown {
        Shown::PriceMove => format::percent(outcome.price_move, 1),
        _ => format::short(weight(outcome, shown).round()),
    }
}

/// The more, the stronger; the root keeps small ones apart from none.
fn heat(outcome: &Outcome, shown: Shown, largest: f64, palette: &Palette) -> Color32 {
    let share = (weight(outcome, shown) / largest.max(1e-12)).clamp(0.0, 1.0).sqrt() as f32;
    palette.raised.lerp_to_gamma(palette.forced, 0.6 * share)
}

/// The health factor below which half of the debt lies, to the width of a bin; none without debt.
pub(super) fn median_health(bins: &[f64; HEALTH_BINS]) -> Option<f64> {
    let half = bins.iter().sum::<f64>() / 2.0;
    let width = HEALTH_MAX / HEALTH_BINS as f64;
    let mut below = 0.0;
    bins.iter().enumerate().find_map(|(bin, debt)| {
        let before = below;
        below += debt;
        (*debt > 0.0 && below >= half).then(|| width * (bin as f64 + (half - before) / debt))
    })
}

/// Debt by health factor, with the marks at 1 and where liquidations turn toxic, so many points high; `of` says of which asset's
/// pool.
pub(super) fn histogram(
    ui: &mut Ui,
    of: &str,
    bins: &[f64; HEALTH_BINS],
    (toxic_below, height): (f64, f32),
    palette: &Palette,
) {
    ui.label(style::strong(format!("Debt{of} by health factor"), style::SUBHEADING));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let total: f64 = bins.iter().sum();
    let below: f64 = bins[..(HEALTH_BINS as f64 / HEALTH_MAX).round() as usize].iter().sum();
    response.widget_info(|| {
        let share = if total > 0.0 { 100.0 * below / total } else { 0.0 };
        let words = format!(
            "Debt{of} of {} USD by health factor, {share:.0} % of it below 1",
            format::short(total.round())
        );
        WidgetInfo::labeled(Role::Image, true, words)
    });
    let plot = rect.with_max_y(rect.bottom() - 16.0);
    let painter = ui.painter();
    painter.rect_filled(plot, 3.0, palette.ground);
    let largest = bins.iter().copied().fold(1.0, f64::max);
    let at = |health: f64| plot.left() + plot.width() * (health / HEALTH_MAX) as f32;
    for (index, debt) in bins.iter().enumerate() {
        let (from, to) = (
            HEALTH_MAX * index as f64 / HEALTH_BINS as f64,
            HEALTH_MAX * (index + 1) as f64 / HEALTH_BINS as f64,
        );
        let top = plot.bottom() - (plot.height() - 18.0) * (debt / largest) as f32;
        let bar = Rect::from_min_max(pos2(at(from) + 0.5, top), pos2(at(to) - 0.5, plot.bottom()));
        let color = if to <= 1.0 + 1e-9 {
            palette.forced
        } else {
            palette.lending
        };
        painter.rect_filled(bar, 1.0, color);
    }
    let font = FontId::proportional(style::CAPTION);
    for (health, name, side) in [
        (1.0, "liquidatable below 1", Align2::LEFT_TOP),
        (toxic_below, "toxic", Align2::RIGHT_TOP),
    ] {
        let x = at(health);
        painter.line_segment([pos2(x, plot.top()), pos2(x, plot.bottom())], (1.0, palette.critical));
        let shift = if side == Align2::LEFT_TOP { 4.0 } else { -4.0 };
        painter.text(
            pos2(x + shift, plot.top() + 2.0),
            side,
            name,
            font.clone(),
            palette.weak_text,
        );
    }
    for tick in (0..=6).filter(|tick| *tick != 5 || plot.width() > 420.0) {
        let health = 0.5 * f64::from(tick);
        let side = match tick {
            0 => Align2::LEFT_TOP,
            6 => Align2::RIGHT_TOP,
            _ => Align2::CENTER_TOP,
        };
        let words = if tick == 6 {
            "3 and more".to_owned()
        } else {
            format!("{health}")
        };
        painter.text(
            pos2(at(health), plot.bottom() + 2.0),
            side,
            words,
            font.clone(),
            palette.weak_text,
        );
    }
}
