//! The delta map in words.

use eframe::egui::Ui;

use super::now::Now;
use crate::facts::Fact;
use cascade_app::App;
use cascade_engine::{DeltaMap, Outward};
use cascade_scenario::format;

fn usd(value: f64) -> String {
    format::amount(value, 3)
}

/// With a true minus sign.
fn two_decimals(value: f64) -> String {
    format!("{value:.2}").replace('-', "−")
}

/// A price with its distance from the present one.
fn level(map: &DeltaMap, outward: &Outward, distance: f64) -> String {
    let relative = (outward.sign * distance).exp();
    format!(
        "{} ({})",
        format::price(map.price * relative),
        format::percent(relative - 1.0, 1)
    )
}

/// Where forced flow takes over in one direction, and what it takes to set that off.
fn runaway(map: &DeltaMap, outward: &Outward) -> String {
    let Some(found) = outward.runaway() else {
        return "nowhere on the map".to_owned();
    };
    let to = found
        .to
        .map_or_else(|| "beyond the map".to_owned(), |to| level(map, outward, to));
    let from = level(map, outward, found.from);
    if found.push <= 0.0 {
        return format!("from {from} to {to}, set off by what is due already");
    }
    format!(
        "from {from} to {to}, set off by {} or {} USD",
        format::percent((outward.sign * found.shock).exp_m1(), 2),
        usd(found.push)
    )
}

const RUNAWAY: &str = "The nearest stretch of at least half a per cent that the price covers by itself: forced flow F(y) = due + \
    liquidations + sales on margin call + hedging + loans + stop orders up to log distance y brings more than the books take, A(y) = ∫D, so \
    that N = A − F falls; it ends where N is back. The local condition is R = F′/A′ > 1. Impact that decays makes it harder \
    to reach; routes off the book, slow arbitrage and own marks too. Set off by the smallest shock δ that gets there, \
    A(δ) = N at the beginning, or the smallest order, N itself.";
/// What the map leaves out.
pub(super) const LEFT_OUT: &str = "Cross-margin accounts fail by the prices of several assets at once, so they have no level on one price \
    axis: their liquidations come on top of the map (see Contagion). Auction, vault and AMM take liquidated positions without a \
    print on the book at once: the map counts such liquidations as if they were sold on the books.";

/// The figures above the picture.
pub(super) fn facts(app: &App, now: &Now, narrow: bool) -> Vec<Fact> {
    let (map, seen) = (&now.map, app.shown_asset().observation());
    let mut facts = Vec::new();
    for (outward, label) in [(&map.down, "Falls run away"), (&map.up, "Rises run away")] {
        facts.push(Fact::new(label, runaway(map, outward), RUNAWAY));
    }
    let shock = now.shock;
    facts.push(Fact::new(
        "The sliders' shock ends at",
        format!(
            "{} → {}",
            format::percent(shock.size, 1),
            shock
                .end
                .map_or_else(|| "beyond the map".to_owned(), |end| format::percent(end, 1))
        ),
        "The smallest move y with F(y) ≤ A(y) − A(δ), δ the shock of the shock sliders, if the impact never decayed.",
    ));
    let ratio = |outward: &Outward| outward.ratio_at(0.0).map_or_else(|| "–".to_owned(), two_decimals);
    facts.push(Fact::new(
        "R here",
        format!("{} down, {} up", ratio(&map.down), ratio(&map.up)),
        "Forced flow over depth in the half per cent beyond the present price, F′/A′: the reproduction ratio by the map.",
    ));
    let parameters = app.shown_asset().parameters();
    let hedged = parameters.options.enabled || parameters.dealers.gain != 0.0;
    // Where there is little room it belongs to the pictures; the key figures have these as well.
    if hedged && !narrow {
        let flip = |price: Option<f64>| price.map_or_else(|| "none".to_owned(), format::price);
        facts.extend([
            Fact::new(
                "GEX per 1 %",
                format!("{}, index convention {}", usd(seen.gamma_exposure), usd(seen.gamma_exposure_index)),
                "Gamma exposure Σ sign·OI·Γ·P²·1 %, by the dealers' own signs and were they long all calls and short all puts.",
            ),
            Fact::new(
                "Gamma flip",
                format!("{}, index convention {}", flip(seen.gamma_flip), flip(seen.gamma_flip_index)),
                "The price nearest to the present one at which gamma exposure changes its sign, under both conventions.",
            ),
            Fact::new(
                "Hedge flow per 1 %",
                format!("{} up, {} down", usd(seen.hedge_flow_up), usd(seen.hedge_flow_down)),
                "What hedgers would buy if the price rose, or fell, by 1 %: −[Δ(1.01·P) − Δ(P)]·P, and a·D·ln 1.01 for the \
                 hedging gain. Negative: they sell.",
            ),
        ]);
    }
    facts
}

/// The map in a sentence, for who cannot see it.
pub(super) fn summary(map: &DeltaMap) -> String {
    let at = |outward: &Outward, distance: f64| {
        outward.at(distance).map_or_else(String::new, |found| {
            format!(
                "{}: {} forced, {} taken by the books",
                level(map, outward, distance),
                usd(found.flow.total()),
                usd(found.absorbed)
            )
        })
    };
    format!("{}; {}", at(&map.down, 0.05), at(&map.up, 0.05))
}

/// What stands at the price that is pointed at; without a pointer where the sliders' shock goes.
pub(super) fn readout(ui: &mut Ui, app: &App, now: &Now, pointed: Option<f64>) {
    let map = &now.map;
    let price = pointed.unwrap_or(map.price * (1.0 + now.shock.size));
    let (outward, distance) = map.towards(price);
    let Some(found) = outward.at(distance) else { return };
    let ratio = outward
        .ratio_at(distance)
        .map_or_else(String::new, |r| format!("; R there {}", two_decimals(r)));
    let push = if found.push() < 0.0 {
        format!("{} more than they take", usd(-found.push()))
    } else {
        format!("{} must come from elsewhere", usd(found.push()))
    };
    ui.label(format!(
        "To {}: forced {}, the books take {}: {push}{ratio}",
        level(map, outward, distance),
        usd(found.flow.total()),
        usd(found.absorbed),
    ))
    .on_hover_text(RUNAWAY);
    let [due, liquidations, deleveraging, hedging, loans, stops] = found.flow.parts();
    let venues = app.shown_asset().parameters().venues.count as usize;
    let by_venue: Vec<String> = found.by_venue[..venues].iter().map(|part| usd(*part)).collect();
    let mut parts = vec![if venues > 1 {
        format!("liquidations {} (venues {})", usd(liquidations), by_venue.join(" · "))
    } else {
        format!("liquidations {}", usd(liquidations))
    }];
    for (name, part) in [
        ("due already", due),
        ("on margin call", deleveraging),
        ("dealers", hedging),
        ("loans", loans),
        ("stop orders", stops),
    ] {
        if part != 0.0 {
            parts.push(format!("{name} {}", usd(part)));
        }
    }
    if app.shown_asset().parameters().options.enabled {
        let gamma = app.shown_asset().gamma_at(price);
        parts.push(format!(
            "GEX there {} per 1 % (index convention {})",
            usd(gamma.exposure),
            usd(gamma.index_convention)
        ));
    }
    ui.weak(parts.join(", ")).on_hover_text(
        "By cause, USD at the price of the level where it trades. Venues count from their own marks. Negative: against the move.",
    );
}
