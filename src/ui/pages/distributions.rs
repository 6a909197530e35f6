//! The page of distributions: how leverage, distances to liquidation and open interest by price are spread over the standing
//! positions, what each venue's funding is, and the health of the loans.

mod histogram;
mod look;

use eframe::egui::{Frame, Grid, Margin, RichText, Role, ScrollArea, Ui, WidgetInfo, vec2};

use cascade_analysis::distributions::{Distributions, Spread, WITHIN};
use cascade_app::{App, Command};
use cascade_engine::{Clusters, PriceGrid, Side};
use cascade_scenario::format;

use super::lending;
use crate::facts::{self, Fact};
use crate::page::{Page, PageEntry, PageId};
use crate::palette::Palette;
use histogram::{Axis, Bars};
use look::Look;

/// Below this width the pictures stand one below the other.
const NARROW: f32 = 460.0;
/// Below this width the table's columns have short names.
const WIDE_TABLE: f32 = 690.0;
/// Height of the picture of funding rates.
const FUNDING: f32 = 84.0;
/// Bars of a picture.
const BARS: usize = 48;
/// Largest distance to liquidation with a place of its own.
const FAR: f64 = 0.4;
/// How far from the index price levels are shown at least, log.
const LEVELS: f64 = 0.3;
/// Share of the notional at either end whose entry prices may lie further away than what is shown.
const TAIL: f64 = 0.01;

/// The page.
pub(super) const PAGE: PageEntry = PageEntry {
    id: PageId("Distributions"),
    action: "Distributions: leverage, distance, levels",
    peak: None,
    tab: |_| true,
    begin: Some(|| Box::new(DistributionsPage::default())),
};

/// What the page keeps between frames.
#[derive(Default)]
struct DistributionsPage {
    look: Look,
}

impl Page for DistributionsPage {
    fn measure(&mut self, app: &App) -> bool {
        self.look.refresh(app)
    }

    fn show(&mut self, ui: &mut Ui, app: &App, palette: &Palette, _commands: &mut Vec<Command>) {
        let Some((found, index)) = self.look.found() else {
            ui.weak("Looking at the positions…");
            return;
        };
        Frame::new().inner_margin(Margin::symmetric(8, 2)).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                table(ui, found);
                facts::show(ui, &figures(app));
                pictures(ui, app, (found, *index), palette);
            });
        });
    }
}

fn usd(value: f64) -> String {
    format::amount(value, 3)
}

fn one_decimal(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A column of the table: its name, a shorter one, and how it is made.
type Column = (&'static str, &'static str, &'static str);

const COLUMNS: [Column; 8] = [
    (
        "Notional",
        "Notional",
        "Levered notional at the marks in USD; what waits in a liquidation queue is not among it.",
    ),
    ("Positions", "Number", "Number of standing positions."),
    (
        "Median leverage",
        "Leverage",
        "Half of the notional has less effective leverage: notional over equity, q·v/(W + s·q·(v − e − A)), at the mark. To \
         the 2 % of a bin.",
    ),
    (
        "Median distance",
        "Distance",
        "Half of the notional is nearer to its liquidation: relative change of the mark price that liquidates, 1 − P*/P for \
         longs, P*/P − 1 for shorts. To a tenth of a per cent.",
    ),
    ("Within 1 %", "≤ 1 %", SHARE),
    ("Within 2 %", "≤ 2 %", SHARE),
    ("Within 5 %", "≤ 5 %", SHARE),
    ("Within 10 %", "≤ 10 %", SHARE),
];

/// Figures by side, as a table; every cell says to the screen reader what it is.
fn table(ui: &mut Ui, found: &Distributions) {
    let wide = ui.available_width() >= WIDE_TABLE;
    let (apart, size) = if wide { (12.0, 13.0) } else { (7.0, 11.5) };
    let text = |words: &str| RichText::new(words).size(size);
    Grid::new("distributions")
        .striped(true)
        .spacing(vec2(apart, 2.0))
        .show(ui, |ui| {
            ui.label("");
            for (name, short, doc) in COLUMNS {
                ui.weak(text(if wide { name } else { short }))
                    .on_hover_text(format!("{name}. {doc}"));
            }
            ui.end_row();
            for (name, sides) in [
                ("Longs", &[Side::Long][..]),
                ("Shorts", &[Side::Short]),
                ("Both", &Side::BOTH),
            ] {
                ui.label(text(name));
                for ((column, _, doc), value) in COLUMNS.into_iter().zip(values(found, sides)) {
                    let words = format!("{name}, {}: {value}", column.to_lowercase());
                    let cell = ui.label(text(&value));
                    cell.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
                    cell.on_hover_text(doc);
                }
                ui.end_row();
            }
        });
}

const SHARE: &str = "Share of the notional that a move of the mark by so much against it would liquidate, by itself.";

/// The table's row of some sides.
fn values(found: &Distributions, sides: &[Side]) -> Vec<String> {
    let notional: f64 = sides.iter().map(|side| found.notional[*side as usize]).sum();
    let count: u64 = sides.iter().map(|side| found.count[*side as usize]).sum();
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
    let leverage = found.leverage.quantile(sides, 0.5);
    let distance = found.distance.quantile(sides, 0.5);
    let mut row = vec![
        usd(notional),
        format::amount(count as f64, 3),
        or_none(leverage.map(|leverage| format!("{}×", format::digits(leverage, 3)))),
        or_none(distance.map(one_decimal)),
    ];
    row.extend(WITHIN.map(|within| one_decimal(found.distance.share_below(sides, within))));
    row
}

/// Funding and loans.
fn figures(app: &App) -> Vec<Fact> {
    let seen = app.shown_asset().observation();
    let bp = |rate: f64| format::digits(rate * 1e4, 2);
    let list: Vec<String> = rates(app).iter().map(|rate| bp(*rate)).collect();
    let mut facts = vec![Fact::new(
        "Funding by venue",
        format!("{} bp per 8 h, spread {}", list.join(" · "), bp(seen.funding_spread)),
        "Funding rate that each venue would charge now, longs pay shorts where it is positive: F = P̄ + clamp(I − P̄). The spread \
         is the standard deviation over the venues.",
    )];
    if let Some(bins) = app.shown_asset().health_distribution() {
        let median = lending::median_health(&bins).map_or_else(|| "–".to_owned(), |health| format!("{health:.2}"));
        facts.push(Fact::new(
            "Median health factor",
            median,
            "Half of the debt has a lower one: HF = collateral·P·LT/debt; below 1 a loan can be liquidated.",
        ));
    }
    facts
}

fn rates(app: &App) -> &[f64] {
    let asset = app.shown_asset();
    let venues = asset.parameters().venues.count as usize;
    &asset.observation().funding_rates[..venues]
}

fn pictures(ui: &mut Ui, app: &App, (found, index): (&Distributions, f64), palette: &Palette) {
    let columns = if ui.available_width() < NARROW { 1 } else { 2 };
    let health = app.shown_asset().health_distribution();
    let terms = app.shown_asset().parameters().lending;
    // Two rows of pictures and a low one fit where the window is large enough; else the page scrolls.
    let height = ((ui.available_height() - FUNDING - 70.0) / 2.0 - 24.0).clamp(92.0, 360.0);
    ui.columns(columns, |columns| {
        let last = columns.len() - 1;
        leverage(&mut columns[0], found, height, palette);
        distance(&mut columns[last], found, height, palette);
        let entry = (&found.entry, found.grid, index);
        let reach = reach_of(entry);
        by_level(
            &mut columns[0],
            "Open interest by entry price",
            entry,
            reach,
            height,
            palette,
        );
        let liquidation = (&found.liquidation, found.grid, index);
        let name = "Open interest by liquidation price";
        by_level(&mut columns[last], name, liquidation, LEVELS, height, palette);
        histogram::signed(
            &mut columns[0],
            "Funding rate by venue, bp per 8 h",
            &basis_points(app),
            FUNDING,
            palette,
        );
        if let Some(bins) = &health {
            let of = app.of_asset(app.asset_id());
            lending::histogram(
                &mut columns[last],
                &of,
                bins,
                (terms.threshold * (1.0 + terms.bonus), lending::LOW),
                palette,
            );
        }
    });
}

fn basis_points(app: &App) -> Vec<f64> {
    rates(app).iter().map(|rate| rate * 1e4).collect()
}

/// Sums of a spread over even stretches of its bins from one place to another; what lies further is in the last.
fn bars(spread: &Spread, side: Side, from: f64, to: f64) -> Vec<f64> {
    let mut bars = vec![0.0; BARS];
    let per_bar = (to - from) / BARS as f64;
    for (bin, notional) in spread.of(side).iter().enumerate() {
        let bar = ((bin as f64 + 0.5 - from) / per_bar).max(0.0) as usize;
        bars[bar.min(BARS - 1)] += notional;
    }
    bars
}

fn leverage(ui: &mut Ui, found: &Distributions, height: f32, palette: &Palette) {
    let spread = &found.leverage;
    let (from, to) = (spread.place(1.0), spread.place(200.0));
    let sides = Side::BOTH.map(|side| bars(spread, side, from, to));
    let at = |value: f64| (spread.place(value) - from) / (to - from);
    let ticks = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];
    histogram::show(
        ui,
        &Bars {
            name: "Effective leverage",
            sides: &sides,
            axis: Axis {
                ticks: ticks.map(|value| (at(value), format!("{value}×"))).to_vec(),
                read: &|share| format!("{}×", format::digits(200.0_f64.powf(share), 3)),
            },
            mark: None,
            open_ends: [true, true],
        },
        height,
        palette,
    );
}

fn distance(ui: &mut Ui, found: &Distributions, height: f32, palette: &Palette) {
    let spread = &found.distance;
    let to = spread.place(FAR);
    let sides = Side::BOTH.map(|side| bars(spread, side, 0.0, to));
    let ticks = (0..=4).map(|tick| {
        let value = 0.1 * f64::from(tick);
        (
            value / FAR,
            format!("{} %{}", 10 * tick, if tick == 4 { "+" } else { "" }),
        )
    });
    histogram::show(
        ui,
        &Bars {
            name: "Distance to liquidation",
            sides: &sides,
            axis: Axis {
                ticks: ticks.collect(),
                read: &|share| format!("{} %", format::digits(share * FAR * 100.0, 3)),
            },
            mark: None,
            open_ends: [false, true],
        },
        height,
        palette,
    );
}

/// Notional by level, the levels, and the index price.
type Levels<'a> = (&'a Clusters, PriceGrid, f64);

/// The place of a price among the levels.
fn level_of(grid: PriceGrid, price: f64) -> f64 {
    (price / grid.reference).ln() / PriceGrid::WIDTH + PriceGrid::LEVELS as f64 / 2.0
}

/// How far from the index price nearly all levels lie that hold anything, log.
fn reach_of((clusters, grid, index): Levels<'_>) -> f64 {
    let both = || {
        clusters
            .longs
            .iter()
            .zip(&clusters.shorts)
            .map(|(longs, shorts)| longs + shorts)
    };
    let total: f64 = both().sum();
    let mut below = 0.0;
    let middle = level_of(grid, index);
    let mut reach = LEVELS;
    for (level, notional) in both().enumerate() {
        below += notional;
        if notional > 0.0 && below > TAIL * total && below - notional < (1.0 - TAIL) * total {
            reach = reach.max((level as f64 - middle).abs() * PriceGrid::WIDTH * 1.05);
        }
    }
    reach
}

fn by_level(
    ui: &mut Ui,
    name: &'static str,
    (clusters, grid, index): Levels<'_>,
    log_reach: f64,
    height: f32,
    palette: &Palette,
) {
    let middle = level_of(grid, index);
    let reach = log_reach / PriceGrid::WIDTH;
    let per_bar = 2.0 * reach / BARS as f64;
    let sides = [&clusters.longs, &clusters.shorts].map(|levels| {
        let mut bars = vec![0.0; BARS];
        for (level, notional) in levels.iter().enumerate() {
            let bar = (level as f64 + 0.5 - middle + reach) / per_bar;
            if bar >= 0.0 && bar < BARS as f64 {
                bars[bar as usize] += notional;
            }
        }
        bars
    });
    let price = |share: f64| index * (log_reach * (2.0 * share - 1.0)).exp();
    let place = |price: f64| 0.5 + 0.5 * (price / index).ln() / log_reach;
    let step = format::nice_step(index * (price(1.0) / index - 1.0) / 2.0 * 0.7);
    let (first, last) = ((price(0.0) / step).ceil() as i64, (price(1.0) / step).floor() as i64);
    let ticks = (first..=last)
        .map(|tick| tick as f64 * step)
        .map(|at| (place(at), format::price(at)));
    histogram::show(
        ui,
        &Bars {
            name,
            sides: &sides,
            axis: Axis {
                ticks: ticks.collect(),
                read: &|share| format::price(price(share)),
            },
            mark: Some(0.5),
            open_ends: [false, false],
        },
        height,
        palette,
    );
}
