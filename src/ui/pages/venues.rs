//! The page of venues: one row a venue with its prices, rules and losses, and below it every venue's price and liquidations on
//! one time axis with the synchrony of all.

use eframe::egui::{Align, Color32, Frame, Grid, Layout, Margin, RichText, ScrollArea, TextStyle, Ui, vec2};

use cascade_app::history::{Figure, History, Series};
use cascade_app::{App, Command};
use cascade_engine::{SYNCHRONY_THRESHOLD, VenueFigures};
use cascade_scenario::format;

use crate::page::{Page, PageEntry, PageId};
use crate::palette::Palette;
use crate::plots::strip::{Strip, Trace};
use crate::style;

/// Market time in seconds of the column “last minute”.
const RECENTLY: f64 = 60.0;
/// Height of a venue's plot, and of the plot of their synchrony.
const HEIGHTS: (f32, f32) = (64.0, 104.0);
/// Space between columns.
const SPACING: f32 = 12.0;
/// Room of the column that names the venue, and a margin.
const VENUE_WIDTH: f32 = 44.0;
/// The identities of the venues' plots.
const PLOTS: [&str; cascade_scenario::VENUES_MAX] = [
    "Venue 1 over time",
    "Venue 2 over time",
    "Venue 3 over time",
    "Venue 4 over time",
    "Venue 5 over time",
    "Venue 6 over time",
    "Venue 7 over time",
    "Venue 8 over time",
];

/// A column: its head, what it means, and a venue's text.
type Column<'a> = (
    &'static str,
    &'static str,
    Box<dyn Fn(usize, &VenueFigures) -> String + 'a>,
);

/// The page.
pub(super) const PAGE: PageEntry = PageEntry {
    id: PageId("Venues"),
    action: "Venues beside one another",
    peak: None,
    tab: |_| true,
    begin: Some(|| Box::new(VenuesPage)),
};

struct VenuesPage;

impl Page for VenuesPage {
    fn show(&mut self, ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
        let venues = app.shown_asset().venue_figures();
        let frame = Frame::new().inner_margin(Margin::symmetric(10, 4));
        frame.show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                summary(ui, app, palette);
                let recently = |venue: usize| recent(app, venue);
                let mut columns = market_columns();
                columns.extend(loss_columns(&recently));
                tables(ui, &columns, &venues, palette);
                ui.add_space(6.0);
                over_time(ui, app, palette, commands);
                style::follow_focus(ui);
            });
        });
    }
}

/// What is told of all venues together.
fn summary(ui: &mut Ui, app: &App, palette: &Palette) {
    let seen = app.shown_asset().observation();
    let systemic = seen.systemic;
    ui.horizontal_wrapped(|ui| {
        let mut tell = |label: &str, value: String, color: Color32, doc: &str| {
            ui.weak(label).on_hover_text(doc);
            ui.label(style::strong(value, style::SUBHEADING).color(color)).on_hover_text(doc);
            ui.add_space(8.0);
        };
        tell(
            "Herfindahl of open interest",
            format!("{:.2}", systemic.herfindahl_by_venue),
            palette.text,
            "Σs², s each venue's share of the levered open interest: 1 over the number of venues where they are equal, 1 where one \
             has it all.",
        );
        tell(
            "behind one engine",
            format!("{:.0} %", 100.0 * systemic.largest_engine_share),
            palette.text,
            "Largest share of the levered open interest behind one venue's liquidation engine.",
        );
        let together = systemic.running_synchrony >= SYNCHRONY_THRESHOLD;
        tell(
            "synchrony",
            format!("{:.2}", systemic.running_synchrony).replace('-', "−"),
            if together { palette.critical } else { palette.text },
            "Mean correlation of the venues' liquidated notionals, step by step, over the last five minutes.",
        );
        let since = app.shown_asset().synchronised().map_or_else(
            || "not yet".to_owned(),
            |step| format::clock(step as f64 * app.present.history.step_seconds()),
        );
        tell(
            "one event since",
            since,
            palette.text,
            "First step after which synchrony and R were both at least 0.5 while liquidations went on: from then on the venues are \
             one event.",
        );
    });
}

fn market_columns<'a>() -> Vec<Column<'a>> {
    vec![
        (
            "price",
            "Price of the futures book, USD per coin.",
            Box::new(|_, v| format::price(v.price)),
        ),
        (
            "mark",
            "Mark price: w·index + (1 − w)·own price; it stands while the venue is out.",
            Box::new(|_, v| format::price(v.mark)),
        ),
        (
            "basis",
            "ln(futures price / spot price).",
            Box::new(|_, v| format::percent(v.basis, 2)),
        ),
        (
            "depth",
            "Depth of the book, USD per unit of log price, and its share of the depth of all venues.",
            Box::new(|_, v| format!("{} · {}", format::amount(v.depth_usd, 2), share(v.depth_share))),
        ),
        (
            "longs",
            "Notional of levered longs at the mark, USD.",
            Box::new(|_, v| format::amount(v.longs_usd, 3)),
        ),
        (
            "shorts",
            "Notional of levered shorts at the mark, USD.",
            Box::new(|_, v| format::amount(v.shorts_usd, 3)),
        ),
        (
            "share",
            "Share of the levered open interest of all venues.",
            Box::new(|_, v| share(v.interest_share)),
        ),
        (
            "funding/8 h",
            "Funding rate per eight hours that the venue would charge now.",
            Box::new(|_, v| format::percent(v.funding_rate, 3)),
        ),
        (
            "maint.",
            "Maintenance rate of dollar-margined positions in the lowest tier.",
            Box::new(|_, v| format::share(v.maintenance_rate, 3)),
        ),
    ]
}

fn loss_columns(recently: &dyn Fn(usize) -> f64) -> Vec<Column<'_>> {
    vec![
        (
            "haircut",
            "Share of coin collateral that does not count.",
            Box::new(|_, v| format::share(v.haircut, 3)),
        ),
        (
            "route",
            "Where liquidated positions are closed.",
            Box::new(|_, v| v.route.words().short.to_owned()),
        ),
        (
            "state",
            "Halted by a circuit breaker, or out: its mark stands and nothing is liquidated until it is back.",
            Box::new(|_, v| state(v).to_owned()),
        ),
        (
            "liquidated",
            "Notional liquidated so far, USD.",
            Box::new(|_, v| format::amount(v.liquidated_usd, 3)),
        ),
        (
            "last minute",
            "Notional liquidated within the last minute of market time, USD.",
            Box::new(move |venue, _| format::amount(recently(venue), 3)),
        ),
        (
            "queued",
            "Taken over by the liquidation engine and not yet closed, USD.",
            Box::new(|_, v| format::amount(v.queued_usd, 3)),
        ),
        (
            "fund",
            "The venue's insurance fund, USD; 0 where a clearing house holds one for all.",
            Box::new(|_, v| format::amount(v.insurance_fund_usd, 3)),
        ),
        (
            "ADL",
            "Notional cancelled by auto-deleveraging so far, USD.",
            Box::new(|_, v| format::amount(v.adl_notional_usd, 3)),
        ),
        (
            "bad debt",
            "Losses nobody has paid, USD.",
            Box::new(|_, v| format::amount(if v.bad_debt_usd < 0.005 { 0.0 } else { v.bad_debt_usd }, 3)),
        ),
    ]
}

/// Columns in as few tables as are no wider than the page, with alike many columns in each.
fn tables(ui: &mut Ui, columns: &[Column<'_>], venues: &[VenueFigures], palette: &Palette) {
    let room = ui.available_width() - VENUE_WIDTH;
    let widths: Vec<f32> = columns
        .iter()
        .map(|column| width(ui, column, venues) + SPACING)
        .collect();
    let fit = |size: &usize| widths.chunks(*size).all(|part| part.iter().sum::<f32>() <= room);
    let mut sizes = (2..=columns.len()).map(|tables| columns.len().div_ceil(tables));
    let size = sizes.find(fit).unwrap_or(1);
    for (part, columns) in columns.chunks(size).enumerate() {
        table(ui, &format!("venues, table {part}"), columns, venues, palette);
        ui.add_space(4.0);
    }
}

/// Width of the widest text of a column.
fn width(ui: &Ui, (head, _, text): &Column<'_>, venues: &[VenueFigures]) -> f32 {
    let lay = |text: String, style: &TextStyle| {
        let font = style.resolve(ui.style());
        ui.painter().layout_no_wrap(text, font, Color32::WHITE).size().x
    };
    let texts = venues.iter().enumerate().map(|(index, venue)| text(index, venue));
    texts
        .map(|text| lay(text, &TextStyle::Body))
        .fold(lay((*head).to_owned(), &TextStyle::Small), f32::max)
}

fn table(ui: &mut Ui, id: &str, columns: &[Column<'_>], venues: &[VenueFigures], palette: &Palette) {
    Grid::new(id).striped(true).spacing(vec2(SPACING, 3.0)).show(ui, |ui| {
        ui.label(RichText::new("venue").small().weak());
        for (head, doc, _) in columns {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(*head).small().weak()).on_hover_text(*doc);
            });
        }
        ui.end_row();
        for (index, venue) in venues.iter().enumerate() {
            ui.label(style::strong(format!("{}", index + 1), style::BODY));
            for (head, _, text) in columns {
                let stands = venue.halted || venue.out;
                let color = if *head == "state" && stands {
                    palette.notice
                } else {
                    palette.text
                };
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(RichText::new(text(index, venue)).color(color));
                });
            }
            ui.end_row();
        }
    });
}

fn share(fraction: f64) -> String {
    format!("{:.0} %", 100.0 * fraction)
}

const fn state(venue: &VenueFigures) -> &'static str {
    match (venue.out, venue.halted) {
        (true, _) => "out",
        (false, true) => "halted",
        (false, false) => "open",
    }
}

/// Notional liquidated at a venue within the last minute before the present moment.
fn recent(app: &App, venue: usize) -> f64 {
    let present = app.present.simulation.steps() as usize;
    let steps = (RECENTLY / app.present.history.step_seconds()).round().max(1.0) as usize;
    let series = &app.shown_history().liquidated_at()[venue];
    let from = present.saturating_sub(steps) + 1;
    (from..=present).filter_map(|step| series.at(step)).sum()
}

/// Every venue's price and liquidations, and their synchrony, on one time axis.
fn over_time(ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
    let history = app.shown_history();
    let largest = largest_bar(history);
    let mark = history.synchronised();
    let venues = history.futures().len();
    let present = app.present.simulation.steps();
    ui.horizontal_wrapped(|ui| {
        ui.label(style::strong(
            "Futures, marks and liquidations by venue",
            style::SUBHEADING,
        ));
        if let Some(step) = mark {
            let at = format::clock(step as f64 * history.step_seconds());
            let text = format!("line at {at}: venues liquidate as one");
            ui.label(RichText::new(text).color(palette.critical));
        }
    });
    for (venue, name) in PLOTS.into_iter().enumerate().take(venues) {
        let line = |name, series, color| Trace {
            name,
            series,
            color,
            bars: None,
            text: format::price,
        };
        let traces = [
            Trace {
                name: "liquidated a step",
                series: &history.liquidated_at()[venue],
                color: palette.forced,
                bars: Some(largest),
                text: format::short,
            },
            line("mark", &history.marks()[venue], palette.index),
            line("futures", &history.futures()[venue], palette.spot),
        ];
        Strip {
            name,
            title: &format!("Venue {}", venue + 1),
            height: HEIGHTS.0,
            time_axis: false,
            traces: &traces,
            level: None,
            least: None,
            mark,
            step_seconds: history.step_seconds(),
            present,
        }
        .show(ui, palette, commands);
    }
    let synchrony = Trace {
        name: "correlation of their liquidations",
        series: history.figure(Figure::Synchrony),
        color: palette.spot,
        bars: None,
        text: |value| format!("{value:.2}").replace('-', "−"),
    };
    Strip {
        name: "Synchrony over time",
        title: "Synchrony",
        height: HEIGHTS.1,
        time_axis: true,
        traces: &[synchrony],
        level: Some(SYNCHRONY_THRESHOLD),
        least: None,
        mark,
        step_seconds: history.step_seconds(),
        present,
    }
    .show(ui, palette, commands);
}

/// The most that any venue liquidated in a step, so that bars compare over the venues.
fn largest_bar(history: &History) -> f64 {
    let highest = |series: &Series| series.extent(0..series.len()).high;
    history.liquidated_at().iter().map(highest).fold(0.0, f64::max)
}
