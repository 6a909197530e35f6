//! The page of contagion: which asset hits which, as a picture, as the live matrix with its spectral radius, as a prediction
//! beside a trial, and as what has really been closed of one asset because of another.

mod now;
mod picture;

use eframe::egui::{Align, Color32, Frame, Grid, Layout, Margin, RichText, ScrollArea, Ui, vec2};

use cascade_app::{App, Command, FileCommand, Peak, PlaybackCommand, WhatIfCommand};
use cascade_engine::FALLS;
use cascade_scenario::{ASSETS_MAX, AssetId, format};

use super::go_to_peak;
use crate::page::{Page, PageEntry, PageId};
use crate::palette::Palette;
use crate::plots::strip::{Strip, Trace};
use crate::style;
use now::{Now, Snapshot};

/// From this width on the tables stand beside the picture.
const ROOM_FOR_TWO: f32 = 560.0;
/// Market time in seconds that a line of the list covers.
const STRETCH_SECONDS: f64 = 60.0;
/// Most lines of the list; the newest ones are shown.
const LINES: usize = 200;
/// Least and greatest height of the picture, and its share of the page.
const PICTURE: (f32, f32, f32) = (250.0, 440.0, 0.37);
/// Least and greatest height of the plot of the spectral radius, and its share of the page.
const RADIUS: (f32, f32, f32) = (108.0, 240.0, 0.2);
/// What the plot of the spectral radius shows of less.
const LEAST_RADIUS: f64 = 0.01;
/// Least height of the list.
const LIST: f32 = 150.0;
/// What stands between the plot and the list.
const HEADS: f32 = 44.0;

/// A part of a page of this height.
fn part(height: f32, (least, most, share): (f32, f32, f32)) -> f32 {
    (height * share).clamp(least, most)
}

/// The page.
pub(super) const PAGE: PageEntry = PageEntry {
    id: PageId("Contagion"),
    action: "Contagion: which asset hits which",
    peak: Some(Peak::Contagion),
    tab: |_| true,
    begin: Some(|| Box::new(ContagionPage::default())),
};

/// What the page keeps between frames.
#[derive(Default)]
struct ContagionPage {
    now: Now,
}

impl Page for ContagionPage {
    fn measure(&mut self, app: &App) -> bool {
        self.now.refresh(app);
        false
    }

    fn show(&mut self, ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
        let now = self.now.snapshot.as_ref();
        let frame = Frame::new().inner_margin(Margin::symmetric(10, 4));
        frame.show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                if app.present.simulation.assets().len() < 2 {
                    alone(ui, commands);
                    return;
                }
                let (height, bottom) = (ui.available_height(), ui.max_rect().bottom());
                let picture = part(height, PICTURE);
                go_to_peak(ui, app, Peak::Contagion, commands);
                if ui.available_width() >= ROOM_FOR_TWO {
                    let width = ui.available_width();
                    ui.horizontal_top(|ui| {
                        ui.allocate_ui(vec2(width * 0.5, 0.0), |ui| {
                            picture::show(ui, app, now, picture, palette);
                        });
                        ui.vertical(|ui| tables(ui, app, now, palette, commands));
                    });
                } else {
                    picture::show(ui, app, now, picture, palette);
                    tables(ui, app, now, palette, commands);
                }
                radius_over_time(ui, app, part(height, RADIUS), palette, commands);
                ui.add_space(4.0);
                let list = (bottom - ui.cursor().top() - HEADS).max(LIST);
                realised(ui, app, list, palette, commands);
                style::follow_focus(ui);
            });
        });
    }
}

/// What to say of a run of one asset.
fn alone(ui: &mut Ui, commands: &mut Vec<Command>) {
    ui.add_space(8.0);
    ui.label("This run has one asset, so nothing can be carried over to another.");
    ui.weak("Set “Number of assets” under “Assets” and switch “Cross-margin accounts” on, or begin with a preset:");
    if ui.button("Open “Cross-collateral contagion”").clicked() {
        commands.push(Command::File(FileCommand::OpenShipped("cross-collateral-contagion")));
    }
}

fn tables(ui: &mut Ui, app: &App, now: Option<&Snapshot>, palette: &Palette, commands: &mut Vec<Command>) {
    let Some(contagion) = now else {
        return;
    };
    ui.label(style::strong("Contagion matrix now", style::SUBHEADING)).on_hover_text(
        "G: log-price move of the asset in the row per unit of log price by which the one in the column falls, caused by the \
         liquidations that a fall of 0.5 % would set off now. On the diagonal the asset's own reproduction ratio R is \
         included. Notional set off, over the depth of all books of the asset hit.",
    );
    let count = contagion.matrix.assets;
    Grid::new("contagion matrix").spacing(vec2(14.0, 3.0)).show(ui, |ui| {
        heads(ui, count, "hit ↓  by →");
        for (hit, row) in contagion.matrix.gain.iter().enumerate().take(count) {
            ui.weak(format!("asset {}", hit + 1));
            for gain in &row[..count] {
                let color = if *gain >= 0.3 { palette.notice } else { palette.text };
                figure(ui, &gain_text(*gain), color);
            }
            ui.end_row();
        }
    });
    let critical = contagion.radius >= 1.0;
    let color = if critical { palette.critical } else { palette.text };
    let text = format!("Spectral radius {:.2}, critical at 1", contagion.radius);
    ui.label(style::strong(text, style::SUBHEADING).color(color)).on_hover_text(
        "Largest modulus of an eigenvalue of G. Below 1 a first shock s ends at x = s + G·x, x = (I − G)⁻¹·s, as in Leontief's \
         input-output model (1941); from 1 on falls feed each other without end, until positions or depth change.",
    );
    ui.add_space(6.0);
    of_falls(ui, contagion, palette);
    ui.add_space(6.0);
    prediction(ui, app, contagion, palette, commands);
}

/// What a fall of some size of one asset would do to each other now: dependencies that a small one does not show.
fn of_falls(ui: &mut Ui, contagion: &Snapshot, palette: &Palette) {
    ui.label(style::strong("The same for larger falls", style::SUBHEADING)).on_hover_text(
        "What everything that lies on the way of a fall would set off now, per unit of log price of the whole fall: notional over \
         the depth of all books of the asset hit. A dependency is hidden where the columns on the right are larger than those on \
         the left: small falls do not show it.",
    );
    let count = contagion.matrix.assets;
    Grid::new("contagion of falls").spacing(vec2(14.0, 3.0)).show(ui, |ui| {
        ui.label(RichText::new("hit ← fallen").small().weak());
        for fall in FALLS {
            ui.label(RichText::new(format::percent(-fall, 0)).small().weak());
        }
        ui.end_row();
        let pairs = (0..count).flat_map(|hit| (0..count).map(move |cause| (hit, cause)));
        for (hit, cause) in pairs.filter(|(hit, cause)| hit != cause) {
            ui.weak(format!("asset {} ← asset {}", hit + 1, cause + 1));
            for (matrix, _) in &contagion.of_falls {
                let gain = matrix.gain[hit][cause];
                let color = if gain >= 0.3 { palette.notice } else { palette.text };
                figure(ui, &gain_text(gain), color);
            }
            ui.end_row();
        }
        ui.weak("spectral radius");
        for (_, radius) in &contagion.of_falls {
            let color = if *radius >= 1.0 { palette.critical } else { palette.text };
            figure(ui, &format!("{radius:.2}"), color);
        }
        ui.end_row();
    });
}

/// The names of the assets over the columns of a table.
fn heads(ui: &mut Ui, count: usize, first: &str) {
    ui.label(RichText::new(first).small().weak());
    for asset in 1..=count {
        ui.label(RichText::new(format!("asset {asset}")).small().weak());
    }
    ui.end_row();
}

fn gain_text(gain: f64) -> String {
    format!("{gain:.2}").replace('-', "−")
}

fn figure(ui: &mut Ui, text: &str, color: Color32) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.label(RichText::new(text).color(color));
    });
}

/// Where the matrix says that the shock of the sliders ends, and where it ended when it was tried.
fn prediction(ui: &mut Ui, app: &App, contagion: &Snapshot, palette: &Palette, commands: &mut Vec<Command>) {
    let shock = app.present.simulation.parameters().shock;
    let count = contagion.matrix.assets;
    let shocked = shock.asset.min(count as u32);
    let what = format!("Shock of {} on asset {shocked}", format::percent(shock.size, 1));
    style::row(ui, |ui| {
        ui.label(style::strong(what, style::SUBHEADING));
        if app.what_if.running() {
            if ui.button("Cancel the trial").clicked() {
                commands.push(Command::WhatIf(WhatIfCommand::Cancel));
            }
            ui.spinner();
        } else if ui
            .button("Try it on a copy")
            .on_hover_text(
                "Lets two copies of the model go on for 360 steps on the same noise, one with the shock of the shock sliders and \
                 one without, and tells how far they came apart. The running model stays as it is.",
            )
            .clicked()
        {
            commands.push(Command::WhatIf(WhatIfCommand::TryShock));
        }
    });
    let found = app.what_if.found().filter(|found| found.assets == count);
    Grid::new("prediction").spacing(vec2(14.0, 3.0)).show(ui, |ui| {
        for (text, doc) in [
            ("", ""),
            ("by the matrix", "x = (I − G)⁻¹·s: as if everything beyond the next 0.5 % were like the next 0.5 %."),
            (
                "all on the way",
                "The smallest moves x with |x| = |s| + (Λ(x) + C(x))/ΣD: every position, loan, hedge and account that lies on \
                 the way is set off, and no impact decays.",
            ),
            ("tried", "The furthest that the copy with the shock went beyond the one without, on the index of all books."),
        ] {
            ui.label(RichText::new(text).small().weak()).on_hover_text(doc);
        }
        ui.end_row();
        let end = |moves: Option<[f64; ASSETS_MAX]>, asset: AssetId| {
            moves.map_or_else(|| "no end".to_owned(), |end| moved(end[asset.index()]))
        };
        for asset in AssetId::first(count) {
            ui.weak(asset.to_string());
            figure(ui, &end(contagion.predicted, asset), palette.text);
            let (on_the_way, tried) = match found {
                Some(found) => (end(found.on_the_way, asset), moved(found.happened[asset.index()])),
                None => ("–".to_owned(), "–".to_owned()),
            };
            figure(ui, &on_the_way, palette.text);
            figure(ui, &tried, palette.text);
            ui.end_row();
        }
    });
    if let Some(found) = found {
        let then = found.predicted.map_or_else(
            || "no end".to_owned(),
            |end| {
                let ends = end[..count].iter().map(|end| moved(*end));
                ends.collect::<Vec<_>>().join(" and ")
            },
        );
        let text = format!(
            "Tried from step {} with {} on {}, when the matrix said {then}. The matrix sees 0.5 % ahead; the run has \
             impact that decays, limits to how fast it sells, and funds that run out.",
            format::whole(found.from_step),
            moved(found.size),
            found.shocked,
        );
        ui.label(RichText::new(text).small().weak());
    }
}

/// A log price as a relative change.
fn moved(log: f64) -> String {
    format::percent(log.exp_m1(), 2)
}

fn radius_over_time(ui: &mut Ui, app: &App, height: f32, palette: &Palette, commands: &mut Vec<Command>) {
    let Some(contagion) = app.present.history.contagion() else {
        return;
    };
    let trace = Trace {
        name: "now",
        series: contagion.radius(),
        color: palette.contagion,
        bars: None,
        text: |value| format::digits(value, 3),
    };
    Strip {
        name: "Spectral radius over time",
        title: "Spectral radius",
        height,
        time_axis: true,
        traces: &[trace],
        level: Some(1.0),
        least: Some(LEAST_RADIUS),
        mark: None,
        step_seconds: app.present.history.step_seconds(),
        present: app.present.simulation.steps(),
    }
    .show(ui, palette, commands);
}

fn realised(ui: &mut Ui, app: &App, height: f32, palette: &Palette, commands: &mut Vec<Command>) {
    let title = "Closed by force so far, USD";
    if ui.available_width() >= ROOM_FOR_TWO {
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| closed(ui, app, title));
            ui.add_space(16.0);
            ui.vertical(|ui| list(ui, app, height, palette, commands));
        });
    } else {
        closed(ui, app, title);
        list(ui, app, height, palette, commands);
    }
}

/// The table of what was closed of each asset because of each.
fn closed(ui: &mut Ui, app: &App, title: &str) {
    ui.label(style::strong(title, style::SUBHEADING)).on_hover_text(
        "Notional that cross-margin accounts were forced to close of the asset in the row because of the one in the column. An \
         account's slack S = equity − requirement is a sum of one term an asset; each forced sale is shared out by what each \
         asset has taken from it since the account was opened, w_b = max(d_b, 0)/Σ max(d, 0). Rows add up to “Cross-margin \
         liquidated” of their asset.",
    );
    let (spillover, count) = (
        app.present.simulation.spillover(),
        app.present.simulation.assets().len(),
    );
    Grid::new("spillover").spacing(vec2(14.0, 3.0)).show(ui, |ui| {
        heads(ui, count, "closed ↓  because of →");
        for (hit, row) in spillover.closed.iter().enumerate().take(count) {
            ui.weak(format!("asset {}", hit + 1));
            for usd in &row[..count] {
                figure(ui, &format::short(usd.round()), ui.visuals().text_color());
            }
            ui.end_row();
        }
        ui.weak("collateral")
            .on_hover_text("Collateral coins sold on spot for what failed accounts still owed.");
        for usd in &spillover.collateral_sold[..count] {
            figure(ui, &format::short(usd.round()), ui.visuals().text_color());
        }
        ui.end_row();
    });
}

/// What led to what, the newest last; a click goes there.
fn list(ui: &mut Ui, app: &App, height: f32, palette: &Palette, commands: &mut Vec<Command>) {
    ui.label(style::strong("What led to what, closed in USD", style::SUBHEADING));
    let Some(contagion) = app.present.history.contagion() else {
        return;
    };
    let step_seconds = app.present.history.step_seconds();
    let stretch = (STRETCH_SECONDS / step_seconds) as usize;
    let present = app.present.simulation.steps() as usize;
    let across = contagion
        .led(stretch, present)
        .into_iter()
        .filter(|one| one.cause != one.hit);
    let lines: Vec<_> = across.collect();
    if lines.is_empty() {
        ui.weak("Nothing has been closed of one asset because of another yet.");
        return;
    }
    ScrollArea::vertical()
        .id_salt("what led to what")
        .max_height(height)
        .auto_shrink([false, true])
        .stick_to_bottom(true)
        .show(ui, |ui| {
            let hidden = lines.len().saturating_sub(LINES);
            if hidden > 0 {
                ui.weak(format!("{hidden} earlier lines"));
            }
            for one in &lines[hidden..] {
                let text = format!(
                    "{}  asset {} at {} → {} of asset {}",
                    format::clock(one.from_step as f64 * step_seconds),
                    one.cause + 1,
                    format::percent(one.cause_move, 1),
                    format::amount(one.closed_usd, 3),
                    one.hit + 1,
                );
                let line = ui.selectable_label(false, RichText::new(text).color(palette.text));
                if line
                    .on_hover_text("A click goes there. The price is that since the start.")
                    .clicked()
                {
                    commands.extend([
                        Command::Playback(PlaybackCommand::Pause),
                        Command::Playback(PlaybackCommand::Seek(one.from_step as u64)),
                    ]);
                }
            }
        });
}
