//! The panel of key figures and events, as text that can be read from afar and aloud.

mod amplification;
mod clearing;
mod routes;
mod table;

pub(crate) use amplification::amplified;
pub(crate) use table::text;
use table::{Section, rows};

use eframe::egui::{
    Align, CollapsingHeader, Color32, Layout, RichText, Role, ScrollArea, Sense, StrokeKind, TextStyle, Ui, WidgetInfo,
    pos2, vec2,
};

use cascade_app::{App, Command, Onset};
use cascade_engine::{Figure, Moment, Observation, Summary, implied_daily_volume};
use cascade_scenario::format;

use strum::VariantArray as _;

use super::events::RunLog;
use super::palette::Palette;
use super::{compare, style};

/// Largest reproduction ratio the gauge shows; the critical mark stands at 1.
const GAUGE_MAX: f64 = 1.5;
/// From here on the gauge warns.
const NEAR_CRITICAL: f64 = 0.7;

/// Draws the panel.
pub(crate) fn show(ui: &mut Ui, app: &App, run_log: &mut RunLog, palette: &Palette, commands: &mut Vec<Command>) {
    let summary = app.shown_summary();
    let asset = app.shown_asset();
    let seen = asset.observation();
    let moment = Moment {
        parameters: asset.parameters(),
        seen,
        summary: &summary,
    };
    let heading = match app.present.simulation.assets().len() {
        1 => "Key figures".to_owned(),
        _ => format!("Key figures, {}", app.asset_id()),
    };
    ui.label(style::strong(heading, style::SUBHEADING));
    amplification::card(ui, &summary);
    ui.add_space(2.0);
    gauge(ui, seen, &summary, palette);
    ui.add_space(2.0);
    ScrollArea::vertical()
        .id_salt("figures")
        .auto_shrink([false, true])
        .max_height(ui.available_height() * 0.62)
        .show(ui, |ui| {
            let rows = rows(app, &moment);
            ui.scope(|ui| {
                ui.spacing_mut().item_spacing.y = 2.5;
                let first = rows.iter().filter(|(of, _)| of.heading().is_none());
                first.for_each(|(_, figure)| row(ui, figure));
            });
            compare::show(ui, app, palette, commands);
            ui.spacing_mut().item_spacing.y = 2.5;
            folded(ui, &rows);
            style::follow_focus(ui);
        });
    ui.separator();
    run_log.show(ui, app, palette, commands);
}

/// The figures beside those that matter most, under headings that fold.
fn folded(ui: &mut Ui, rows: &[(Section, KeyFigure)]) {
    for section in Section::VARIANTS {
        let own = || rows.iter().filter(|(of, _)| of == section);
        let Some(heading) = section.heading().filter(|_| own().next().is_some()) else {
            continue;
        };
        let title = RichText::new(format!("{heading} ({})", own().count())).small();
        let header = CollapsingHeader::new(title)
            .id_salt(("key figures", heading))
            .show_unindented(ui, |ui| own().for_each(|(_, figure)| row(ui, figure)));
        if header.header_response.has_focus() {
            let stroke = ui.visuals().widgets.active.bg_stroke;
            let place = header.header_response.rect;
            ui.painter().rect_stroke(place, 3.0, stroke, StrokeKind::Inside);
        }
    }
}

/// Amplification and R on one line, for windows without room for the panel.
pub(crate) fn short(ui: &mut Ui, app: &App, palette: &Palette) {
    let summary = app.shown_summary();
    let ratio = app.shown_asset().observation().reproduction();
    ui.label(RichText::new(format!("R {ratio:.2}")).color(ratio_color(ratio, palette, ui)))
        .on_hover_text(Figure::Reproduction.about().explained());
    ui.label(style::strong(amplified(&summary), style::SUBHEADING))
        .on_hover_text(amplification::explained(&summary));
}

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
        ui.label(Figure::Reproduction.label());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(style::strong(&text, style::SUBHEADING).color(color));
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
        "{}\nThin mark: largest so far, {:.2}. Backlog now: {}.",
        Figure::Reproduction.about().explained(),
        summary.reproduction_ratio,
        Figure::Backlog.about().unit.write(seen.backlog)
    ));
}

/// A line of the panel.
struct KeyFigure {
    label: &'static str,
    value: String,
    doc: String,
}

fn forecast(app: &App) -> [KeyFigure; 4] {
    let ends = app
        .forecast
        .predicted_move
        .map_or_else(|| "no end".to_owned(), |end| format::percent(end, 1));
    let leverage = |found: Onset| match found {
        Onset::Sought => "–".to_owned(),
        Onset::Never => "none".to_owned(),
        Onset::From(found) => format!("{found:.1}×"),
    };
    let found = app.onsets.found();
    [
        KeyFigure {
            label: "Shock would end at",
            value: ends,
            doc: "Where the shock of the shock sliders would take the price now if impact never decayed: the smallest move \
                y with F(y) = A(y) − A(δ), F(y) the forced flow on the way there and A(y) = ∫D what the books take on it (the \
                delta map). Recovery makes the real fall smaller, thin single venues can make it larger."
                .to_owned(),
        },
        KeyFigure {
            label: "Critical leverage",
            value: leverage(found.critical),
            doc: "Smallest mean leverage at which a book drawn with these settings would somewhere within 10 % of the price \
                lie so dense that each liquidation sets off another: max over x of Σℓ(x)/ΣD ≥ 1. Estimated from 4,096 \
                sampled positions."
                .to_owned(),
        },
        KeyFigure {
            label: "This shock runs away from",
            value: leverage(found.runaway),
            doc: "Smallest mean leverage at which the shock of the shock sliders comes, in a book drawn with these settings, to a \
                place from which the price goes on by itself for half a per cent or more (the delta map). The critical leverage asks \
                whether there is such a place anywhere, and takes the depth of the start price; here depth follows the price, so \
                that either can be the higher. Recovery of the books and slow arbitrage move the real onset. Estimated from 4,096 \
                drawn positions."
                .to_owned(),
        },
        KeyFigure {
            label: "Daily volume implied",
            value: format!(
                "{} USD",
                format::amount(implied_daily_volume(app.shown_asset().parameters()).get(), 3)
            ),
            doc: "Volume a day of a market this deep by the square-root law u = σ_d·√(V/ADV), for the order V = depth/100 that \
                moves the price by u = 1 %: ADV = V·(σ_d/1 %)², σ_d the volatility of the news over a day. To have the depth of \
                a market whose daily volume is known, move the depth until this figure is that volume."
                .to_owned(),
        },
    ]
}

/// A figure on a line; the value stands on a second one where both do not fit.
fn row(ui: &mut Ui, figure: &KeyFigure) {
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
    line.response.on_hover_text(&figure.doc);
}
