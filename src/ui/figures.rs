//! The panel of key figures and events, as text that can be read from afar and aloud.

mod amplification;
mod lending;
mod systemic;
mod table;
mod traders;

pub use amplification::amplified;
use table::rows;
pub use table::text;

use eframe::egui::{Align, Color32, Layout, RichText, Role, ScrollArea, Sense, TextStyle, Ui, WidgetInfo, pos2, vec2};

use cascade_app::{App, Command};
use cascade_engine::{Observation, Source, Summary};
use cascade_scenario::{Route, format};
use strum::VariantArray as _;

use super::palette::Palette;
use super::{compare, events, style};

mod clearing;

/// Largest reproduction ratio the gauge shows; the critical mark stands at 1.
const GAUGE_MAX: f64 = 1.5;
/// From here on the gauge warns.
const NEAR_CRITICAL: f64 = 0.7;

/// Draws the panel.
pub fn show(ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
    let summary = app.shown_summary();
    let seen = app.shown_asset().observation();
    let heading = match app.present.simulation.assets().len() {
        1 => "Key figures".to_owned(),
        _ => format!("Key figures, {}", app.asset_id()),
    };
    ui.label(style::strong(heading, 13.5));
    amplification::card(ui, &summary);
    ui.add_space(2.0);
    gauge(ui, seen, &summary, palette);
    ui.add_space(2.0);
    ScrollArea::vertical()
        .id_salt("figures")
        .auto_shrink([false, true])
        .max_height(ui.available_height() * 0.62)
        .show(ui, |ui| {
            compare::show(ui, app, palette, commands);
            ui.spacing_mut().item_spacing.y = 2.5;
            for figure in rows(app, seen, &summary) {
                row(ui, &figure);
            }
        });
    ui.separator();
    ui.label(style::strong("Events", 13.5));
    events::show(ui, app.present.simulation.log(), palette);
}

/// Amplification and R on one line, for windows without room for the panel.
pub fn short(ui: &mut Ui, app: &App, palette: &Palette) {
    let summary = app.shown_summary();
    let ratio = app.shown_asset().observation().reproduction();
    ui.label(RichText::new(format!("R {ratio:.2}")).color(ratio_color(ratio, palette, ui)))
        .on_hover_text(REPRODUCTION);
    ui.label(style::strong(amplified(&summary), 14.0))
        .on_hover_text(amplification::explained(&summary));
}

const REPRODUCTION: &str = "Reproduction ratio R = Σℓ/ΣD: liquidations that the next small move sets off, per liquidation; ℓ is the \
    notional resting per unit of log price next to the marks, D the depth. Above 1 is necessary for a runaway; where \
    impact decays it is not sufficient. The larger of fall and rise is shown.";

fn ratio_color(ratio: f64, palette: &Palette, ui: &Ui) -> Color32 {
    match ratio {
        r if r >= 1.0 => palette.critical,
        r if r >= NEAR_CRITICAL => palette.notice,
        _ => ui.visuals().strong_text_color(),
    }
}

fn gauge(ui: &mut Ui, seen: &Observation, summary: &Summary, palette: &Palette) {
    let ratio = seen.reproduction();
    let text = format!("{ratio:.2}");
    let color = ratio_color(ratio, palette, ui);
    ui.horizontal(|ui| {
        ui.label("Reproduction ratio R");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(style::strong(&text, 14.0).color(color));
        });
    });
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 10.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, format!("R {text}, critical at 1")));
    let painter = ui.painter();
    let at = |r: f64| rect.left() + rect.width() * (r / GAUGE_MAX).clamp(0.0, 1.0) as f32;
    painter.rect_filled(rect, 3.0, ui.visuals().widgets.inactive.bg_fill);
    let fill = if ratio < NEAR_CRITICAL { palette.accent } else { color };
    painter.rect_filled(rect.with_max_x(at(ratio)), 3.0, fill);
    let mark = at(1.0);
    let line = (2.0, ui.visuals().strong_text_color());
    painter.line_segment([pos2(mark, rect.top() - 3.0), pos2(mark, rect.bottom() + 3.0)], line);
    let peak = at(summary.reproduction_ratio);
    painter.line_segment(
        [pos2(peak, rect.top()), pos2(peak, rect.bottom())],
        (1.0, ui.visuals().weak_text_color()),
    );
    ui.horizontal(|ui| {
        ui.label(RichText::new("stable").small().weak());
        let critical = ui.painter().layout_no_wrap(
            "critical 1".to_owned(),
            TextStyle::Small.resolve(ui.style()),
            ui.visuals().weak_text_color(),
        );
        let y = ui.min_rect().center().y - critical.size().y / 2.0;
        let x = (mark - critical.size().x / 2.0).min(rect.right() - critical.size().x);
        ui.painter()
            .galley(pos2(x, y), critical, ui.visuals().weak_text_color());
    });
    response.on_hover_text(format!(
        "{REPRODUCTION} Thin mark: largest so far, {:.2}.",
        summary.reproduction_ratio
    ));
}

struct Figure {
    label: &'static str,
    value: String,
    doc: &'static str,
}

/// Money; what is less than a cent is rounding.
fn usd(value: f64) -> String {
    let value = if value.abs() < 0.005 { 0.0 } else { value };
    format!("{} USD", format::short(value))
}

fn forecast(app: &App) -> [Figure; 2] {
    let ends = app
        .forecast
        .predicted_move
        .map_or_else(|| "no end".to_owned(), |end| format::percent(end, 1));
    let critical = app
        .forecast
        .critical_leverage
        .map_or_else(|| "none".to_owned(), |leverage| format!("{leverage:.1}×"));
    [
        Figure {
            label: "Shock would end at",
            value: ends,
            doc: "Where the shock of the shock sliders would take the price now if impact never decayed: the smallest move \
                y with F(y) = A(y) − A(δ), F(y) the forced flow on the way there and A(y) = ∫D what the books take on it (the \
                delta map). Recovery makes the real fall smaller, thin single venues can make it larger.",
        },
        Figure {
            label: "Critical leverage",
            value: critical,
            doc: "Smallest mean leverage at which a book drawn with these settings would somewhere within 10 % of the price \
                lie so dense that each liquidation sets off another: max over x of Σℓ(x)/ΣD ≥ 1. Estimated from 4,096 \
                sampled positions.",
        },
    ]
}

fn figures(seen: &Observation, summary: &Summary, calls_enabled: bool) -> Vec<Figure> {
    let figure = |label, value, doc| Figure { label, value, doc };
    let mut all = vec![
        figure(
            "Spot",
            format::price(seen.spot),
            "Price of the spot book, USD per coin.",
        ),
        figure(
            "Drawdown",
            format::percent(-summary.max_drawdown, 1),
            "Largest fall of the spot price from its highest point so far: 1 − min(P/max P before).",
        ),
        figure(
            "Liquidated",
            usd(summary.liquidated_notional_usd),
            "Σ notional of all liquidations, at their mark price.",
        ),
        figure(
            "Peak rate",
            format!("{}/s", usd(summary.peak_liquidation_rate_usd_per_second)),
            "Largest notional liquidated in a step, divided by its seconds.",
        ),
        figure(
            "Open interest",
            usd(seen.open_interest),
            "All positive positions at the venues, unlevered counterparties and arbitrageurs included; longs = shorts.",
        ),
        figure(
            "Levered longs",
            usd(seen.levered_longs),
            "Σ notional of the levered long positions.",
        ),
        figure(
            "Levered shorts",
            usd(seen.levered_shorts),
            "Σ notional of the levered short positions.",
        ),
        figure(
            "Insurance fund",
            usd(seen.insurance_fund),
            "Funds of all venues: gain or lose q·s·(P_fill − P_bankruptcy) at every liquidation.",
        ),
        figure(
            "ADL",
            if summary.adl_count == 0 {
                "0".to_owned()
            } else {
                format!(
                    "{} · {}",
                    format::short(summary.adl_count as f64),
                    usd(summary.adl_notional_usd)
                )
            },
            "Profitable positions closed against bankrupt ones at the bankruptcy price because a fund was empty: number and \
             notional.",
        ),
    ];
    all.extend(losses(seen, summary));
    all.extend(state(seen, summary));
    // Of interest only once something has gone another way than the order book.
    if summary.liquidated_by_route_usd.off_book() > 0.0 {
        all.splice(3..3, routes(seen, summary));
    } else if let Some(print) = printed(summary, Source::Liquidations, summary.spot_impact_by_route.order_book) {
        all.insert(3, print);
    }
    all.extend(traders::figures(seen, summary));
    if calls_enabled || summary.margin_call_count > 0 {
        all.extend(call_figures(seen, summary));
    }
    if seen.cross_delta != 0.0 || summary.cross_liquidation_count > 0 {
        all.extend(cross_figures(seen, summary));
    }
    all
}

/// What the market is like.
fn state(seen: &Observation, summary: &Summary) -> [Figure; 7] {
    let figure = |label, value, doc| Figure { label, value, doc };
    let basis = seen.futures.iter().zip(&seen.marks).filter(|(price, _)| **price > 0.0);
    let (sum, count) = basis.fold((0.0, 0.0), |(sum, count), (price, _)| {
        (sum + (price / seen.spot).ln(), count + 1.0)
    });
    [
        figure(
            "Basis",
            format::percent(if count > 0.0 { sum / count } else { 0.0 }, 3),
            "Mean over venues of ln(futures price / spot price).",
        ),
        figure(
            "Basis variance",
            format!("{} bp²", format::digits(summary.basis_variance * 1e8, 3)),
            "Variance of ln(futures price / spot price) over venues and steps, in squared hundredths of a per cent.",
        ),
        figure(
            "Funding variance",
            format!("{} bp²", format::digits(summary.funding_variance * 1e8, 3)),
            "Variance of the funding rates per eight hours over venues and steps, in squared hundredths of a per cent.",
        ),
        figure(
            "Maintenance",
            format!("{} %", format::digits(seen.maintenance_rate * 100.0, 3)),
            "Maintenance rate of the lowest tier, mean over venues.",
        ),
        figure(
            "Volatility",
            format!("{} %/√yr", format::digits(seen.realised_volatility * 100.0, 3)),
            "Exponentially weighted volatility of the spot price.",
        ),
        figure(
            "Depth",
            usd(seen.depth),
            "Depth of all books: the order that moves them by one unit of log price; a hundredth of it moves the price 1 %.",
        ),
        figure(
            "Branching ratio",
            format!("{:.2}", summary.branching_ratio),
            "Share of the liquidations that forced flow set off: children per liquidation.",
        ),
    ]
}

/// Losses beyond margins.
fn losses(seen: &Observation, summary: &Summary) -> [Figure; 3] {
    let figure = |label, value, doc| Figure { label, value, doc };
    [
        figure(
            "Below zero equity",
            if summary.negative_equity_count == 0 {
                "0".to_owned()
            } else {
                format!(
                    "{} · {}",
                    format::short(summary.negative_equity_count as f64),
                    usd(summary.negative_equity_loss_usd)
                )
            },
            "Positions whose equity W + s·q·(v − e − A) was below 0 when they were closed: number, and what was missing, \
             whoever paid for it. At the fill as far as they were sold, at the mark as far as they were cancelled.",
        ),
        figure(
            "Bad debt",
            usd(seen.bad_debt),
            "Losses beyond margin, fund and auto-deleveraging that nobody has paid.",
        ),
        figure(
            "Socialised",
            usd(seen.socialised),
            "Losses that were charged to the winning side in proportion to its profit instead of staying bad debt.",
        ),
    ]
}

/// How much of the liquidated notional each route took, and what became of those who took it.
fn routes(seen: &Observation, summary: &Summary) -> Vec<Figure> {
    let by_route = &summary.liquidated_by_route_usd;
    let total = by_route[Route::OrderBook] + by_route.off_book();
    let mut found = Vec::new();
    for route in Route::VARIANTS {
        let part = by_route[*route];
        if part > 0.0 || *route == Route::OrderBook {
            found.push(Figure {
                label: route.words().row,
                value: format!("{} · {:.0} %", usd(part), 100.0 * part / total),
                doc: route.words().doc,
            });
        }
    }
    let impact = &summary.spot_impact_by_route;
    found.extend(
        [
            (Source::Liquidations, impact.order_book),
            (Source::Pool, impact.amm),
            (Source::Unwinding, impact.taken_over),
        ]
        .into_iter()
        .filter_map(|(source, per_usd)| printed(summary, source, per_usd)),
    );
    for (label, value, doc) in [
        (
            "Taken over",
            seen.taken_over,
            "Notional that AMM, bidders and vault hold now.",
        ),
        (
            "Unwound",
            summary.unwound_notional_usd,
            "Notional taken over by bidders and vault that they have sold on the books since.",
        ),
        (
            "Takers' profit",
            seen.takers_profit,
            "What AMM, bidders and vault have gained on what they took over: cash + position at the mark.",
        ),
    ] {
        let value = usd(value);
        found.push(Figure { label, value, doc });
    }
    found
}

/// What a route has printed on spot; none if it took nothing.
fn printed(summary: &Summary, source: Source, per_usd: Option<f64>) -> Option<Figure> {
    let label = match source {
        Source::Pool => "Print: AMM",
        Source::Unwinding => "Print: unwind",
        _ => "Print: book",
    };
    Some(Figure {
        label,
        value: format!(
            "{} · {} bp/100 M",
            format::percent(summary.largest_attribution[source].exp_m1(), 2),
            format::digits(per_usd?.abs() * 1e4 * 1e8, 2)
        ),
        doc: "How far this route's orders alone have moved the spot price at most, and that divided by the notional the route \
              took: hundredths of a per cent per 100 M USD. A route off the book prints through arbitrage or when its takers \
              unwind.",
    })
}

fn call_figures(seen: &Observation, summary: &Summary) -> [Figure; 5] {
    let figure = |label, value, doc| Figure { label, value, doc };
    [
        figure(
            "Margin calls",
            format!(
                "{} · {}",
                format::short(summary.margin_call_count as f64),
                usd(summary.margin_called_usd)
            ),
            "Positions whose equity fell below the call level: number and notional.",
        ),
        figure(
            "Topped up",
            usd(summary.topped_up_usd),
            "Collateral that reached called positions in time.",
        ),
        figure(
            "Top-ups too late",
            usd(summary.top_ups_late_usd),
            "Collateral that arrived when its position had been liquidated, and went back to the holder.",
        ),
        figure(
            "Sold on call",
            usd(summary.sold_on_call_usd),
            "Notional that holders under margin call closed at market: the source \"deleveraging\".",
        ),
        figure(
            "Latency shortfall",
            format!("{} bp", format::digits(seen.latency_shortfall * 1e4, 3)),
            "Expected shortfall over the collateral latency, in hundredths of a per cent of the called notional: \
             s·φ(b/s) − b·Φ(−b/s), s = realised σ·√latency, b = (call level − 1)·maintenance.",
        ),
    ]
}

/// What cross-margin accounts did in this asset.
fn cross_figures(seen: &Observation, summary: &Summary) -> [Figure; 4] {
    let figure = |label, value, doc| Figure { label, value, doc };
    [
        figure(
            "Cross-margin delta",
            usd(seen.cross_delta),
            "Net notional in this asset of the accounts that hold several assets on one collateral.",
        ),
        figure(
            "Cross accounts failed",
            format!(
                "{} · {}",
                format::short(summary.cross_liquidation_count as f64),
                usd(summary.cross_liquidated_usd)
            ),
            "Accounts whose collateral no longer sufficed, counted where their largest position was, and the notional closed \
             in this asset: the source \"contagion\".",
        ),
        figure(
            "Collateral sold",
            usd(summary.collateral_sold_usd),
            "Coins sold on spot for what failed accounts still owed once their positions were closed.",
        ),
        figure(
            "Cross-margin shortfall",
            usd(summary.cross_shortfall_usd),
            "What failed accounts owed beyond all their collateral: the insurance fund pays, the rest is bad debt.",
        ),
    ]
}

/// What dealers have to trade; nothing without options and hedgers.
fn hedging(app: &App, seen: &Observation, summary: &Summary) -> Vec<Figure> {
    let parameters = app.shown_asset().parameters();
    if !parameters.options.enabled && parameters.dealers.gain == 0.0 && summary.hedged_notional_usd == 0.0 {
        return Vec::new();
    }
    let figure = |label, value, doc| Figure { label, value, doc };
    let flip = |price: Option<f64>| price.map_or_else(|| "none".to_owned(), format::price);
    vec![
        figure(
            "GEX per 1 %",
            usd(seen.gamma_exposure),
            "Gamma exposure Σ sign·OI·Γ·P²·1 % by the dealers' signs: negative where they are short gamma and trade with the \
             move.",
        ),
        figure(
            "· index convention",
            usd(seen.gamma_exposure_index),
            "The same were dealers long all calls and short all puts, as is usually assumed for indices.",
        ),
        figure(
            "Gamma flip",
            flip(seen.gamma_flip),
            "The price nearest to the present one at which the dealers' gamma changes its sign.",
        ),
        figure(
            "· index convention",
            flip(seen.gamma_flip_index),
            "The same were dealers long all calls and short all puts.",
        ),
        figure(
            "Hedge flow +1 %",
            usd(seen.hedge_flow_up),
            "What hedgers would buy if the price rose 1 %: −[Δ(1.01·P) − Δ(P)]·P, Δ their option delta, and a·D·ln 1.01 for \
             the hedging gain. Negative: they sell.",
        ),
        figure(
            "Hedge flow −1 %",
            usd(seen.hedge_flow_down),
            "What hedgers would buy if the price fell 1 %. Negative: they sell.",
        ),
        figure(
            "Dealers' options",
            usd(seen.dealer_option_delta),
            "Delta of the dealers' options, Σ sign·OI·Δ·P.",
        ),
        figure(
            "Their hedge",
            usd(seen.dealer_hedge),
            "What they hold against it on spot and in futures.",
        ),
        figure(
            "Traded for hedges",
            usd(summary.hedged_notional_usd),
            "Notional that hedgers bought and sold so far: the source \"hedging\".",
        ),
        figure(
            "Options expire in",
            seen.options_expire_in.map_or_else(|| "–".to_owned(), format::clock),
            "Market time until the next options expire.",
        ),
    ]
}

/// What circuit breakers hold back.
fn breakers(seen: &Observation) -> [Figure; 2] {
    let venues = seen.marks.iter().filter(|mark| **mark > 0.0).count();
    [
        Figure {
            label: "Queued",
            value: usd(seen.queued),
            doc: "Notional that the liquidation engines have taken over and that depth, throttle, halts or price bands do not \
                let them close yet.",
        },
        Figure {
            label: "Halted venues",
            value: match seen.venues_out {
                0 => format!("{} of {venues}", seen.halted_venues),
                out => format!("{} of {venues}, {out} out", seen.halted_venues),
            },
            doc: "Venues at which a circuit breaker has stopped trading, so that the price stands still and liquidations queue, \
                or that are out: their marks stand and nothing is liquidated until they are back.",
        },
    ]
}

/// A figure on a line; the value stands on a second one where both do not fit.
fn row(ui: &mut Ui, figure: &Figure) {
    let font = TextStyle::Body.resolve(ui.style());
    let width = |text: &str| {
        let galley = ui
            .painter()
            .layout_no_wrap(text.to_owned(), font.clone(), Color32::WHITE);
        galley.size().x
    };
    let fits = width(figure.label) + width(&figure.value) + ui.spacing().item_spacing.x <= ui.available_width();
    let line = if fits {
        ui.horizontal(|ui| {
            ui.weak(figure.label);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(&figure.value));
        })
    } else {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.weak(figure.label);
            ui.with_layout(Layout::top_down(Align::Max), |ui| ui.label(&figure.value));
        })
    };
    line.response.on_hover_text(figure.doc);
}
