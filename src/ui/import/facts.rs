//! What a table comes to, as text, and what can be chosen about it.

use eframe::egui::{Checkbox, ComboBox, DragValue, Grid, Label, RichText, ScrollArea, TextEdit, Ui, vec2};

use crate::field::{self, Size};
use crate::palette::Palette;
use crate::style;
use cascade_analysis::gex::{Convention, DayCount, GammaExposure};
use cascade_app::SliderMode;
use cascade_app::import::{Extent, Found, ImportSettings, Preview};
use cascade_files::problem::PROBLEMS_MAX;
use cascade_files::time::{self, DateOrder};
use cascade_scenario::format::duration;
use cascade_scenario::{Date, ImportKind, Imported, OptionChain, PricePath, find, format};

/// Mistakes and remarks that are listed.
const LISTED: usize = 100;
/// Room for them before they scroll.
const LIST_HEIGHT: f32 = 190.0;

/// Draws figures at the left and choices at the right, and what is wrong or was repaired.
pub(super) fn show(ui: &mut Ui, preview: &Preview, settings: &mut ImportSettings, palette: &Palette) {
    let chain = preview.plan.kind == ImportKind::OptionChain;
    if preview.found.is_err() && !chain {
        remarks(ui, preview, settings, palette);
        return;
    }
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            ui.set_width((ui.available_width() * 0.5).min(430.0));
            match &preview.found {
                Ok(found) => match (&found.offer.data, found.offer.exposure()) {
                    (
                        Imported::PricePath {
                            path: points,
                            usual_seconds,
                        },
                        _,
                    ) => path(ui, found, points, *usual_seconds, settings),
                    (Imported::OptionChain(chain), Some(exposure)) => {
                        options(ui, chain, exposure, found.extent, settings);
                    }
                    _ => positions(ui, found),
                },
                Err(_) => remarks(ui, preview, settings, palette),
            }
            consequences(ui, preview, palette);
        });
        ui.vertical(|ui| match preview.plan.kind {
            ImportKind::Positions => start_price(ui, preview, settings),
            ImportKind::PricePath => following(ui, preview, settings),
            // Price and day may be what is missing.
            ImportKind::OptionChain => convention(ui, preview, settings),
        });
    });
    if preview.found.is_ok() {
        remarks(ui, preview, settings, palette);
    }
}

/// What would be otherwise than now.
fn consequences(ui: &mut Ui, preview: &Preview, palette: &Palette) {
    let Some(adoption) = &preview.adoption else { return };
    ui.add_space(4.0);
    ui.label(style::strong("What Use changes", style::SUBHEADING));
    match adoption {
        Ok(adoption) => {
            for change in &adoption.changes {
                ui.add(Label::new(change).wrap());
            }
        }
        Err(refused) => {
            ui.add(Label::new(RichText::new(refused).color(palette.critical)).wrap());
        }
    }
}

/// The two prices the run could start at, with what each does to listed positions.
fn start(ui: &mut Ui, preview: &Preview, settings: &mut ImportSettings) {
    let Some([own, present]) = preview.starts else { return };
    if own.price == present.price {
        return;
    }
    ui.weak("Start price, USD per coin");
    let chain = preview.plan.kind == ImportKind::OptionChain;
    for (start, whose) in [(own, "the table's"), (present, "the present one")] {
        let effect = match (start.price == present.price, chain) {
            (false, _) => "",
            (true, true) => "; strikes are scaled",
            (true, false) => "; the path's changes count",
        };
        let past = if start.past.all() == 0 {
            String::new()
        } else {
            let (count, notional) = (
                format::whole(start.past.all() as u64),
                usd(start.past.all_notional_usd()),
            );
            format!(" ({count} listed positions past liquidation, {notional})")
        };
        let text = format!("{}, {whose}{effect}{past}", format::price(start.price));
        ui.radio_value(&mut settings.choices.start_price, start.price, text);
    }
}

/// Whether rows that cannot be read are left out, where that helps.
fn skip(ui: &mut Ui, preview: &Preview, settings: &mut ImportSettings) {
    let Some(count) = preview.unreadable.or_else(|| preview.skipped()) else {
        return;
    };
    let text = format!("Skip {} that cannot be read", format::counted(count, "row"));
    ui.checkbox(&mut settings.options.skip_unreadable, text).on_hover_text(
        "They are left out as if they were not in the table, counted, and said after Use. At most one row in five.",
    );
}

/// Everything that is wrong, or was repaired.
fn remarks(ui: &mut Ui, preview: &Preview, settings: &mut ImportSettings, palette: &Palette) {
    let (problems, one, many, color) = match &preview.found {
        Err(problems) => (problems.as_slice(), "mistake", "mistakes", palette.critical),
        Ok(found) => (found.read_as.remarks.as_slice(), "remark", "remarks", palette.notice),
    };
    if problems.is_empty() {
        skip(ui, preview, settings);
        return;
    }
    ui.add_space(4.0);
    // Reading has stopped at the bound.
    let at_least = if problems.len() >= PROBLEMS_MAX && preview.found.is_err() {
        "At least "
    } else {
        ""
    };
    let heading = format!(
        "{at_least}{} {}",
        format::whole(problems.len() as u64),
        if problems.len() == 1 { one } else { many }
    );
    ui.label(style::strong(heading, style::SUBHEADING).color(color));
    skip(ui, preview, settings);
    let list = ScrollArea::vertical().id_salt("mistakes of the table");
    list.max_height(LIST_HEIGHT).auto_shrink([false, true]).show(ui, |ui| {
        for problem in problems.iter().take(LISTED) {
            let place = problem.place().replacen("line", "Line", 1);
            ui.add(Label::new(format!("{place}: {}", problem.message)).wrap());
        }
        if problems.len() > LISTED {
            ui.weak(format!("and {} more", format::whole((problems.len() - LISTED) as u64)));
        }
    });
}

/// Lines of a name and a figure.
fn facts(ui: &mut Ui, id: &str, lines: &[(&str, String)]) {
    ui.label(style::strong("What it holds", style::SUBHEADING));
    Grid::new(id).num_columns(2).spacing(vec2(12.0, 3.0)).show(ui, |ui| {
        for (name, value) in lines {
            ui.weak(*name);
            ui.label(value);
            ui.end_row();
        }
    });
}

fn usd(value: f64) -> String {
    format!("{} USD", format::short(value))
}

fn positions(ui: &mut Ui, found: &Found) {
    let totals = &found.totals;
    let side = |index: usize, name: &str| {
        format!(
            "{}, {}",
            format::counted(totals.count[index], name),
            usd(totals.notional[index])
        )
    };
    let (low, high) = totals.entries;
    let mut lines = vec![
        ("Longs", side(0, "long")),
        ("Shorts", side(1, "short")),
        (
            "Mean leverage",
            format!("{}×", format::digits(totals.mean_leverage(), 4)),
        ),
        ("Margin", usd(totals.margin)),
        (
            "Entry prices",
            format!("{} to {} USD per coin", format::price(low), format::price(high)),
        ),
    ];
    if totals.inverse > 0.0 {
        let share = 100.0 * totals.inverse / totals.all();
        lines.push(("Inverse contracts", format!("{} %", format::digits(share, 3))));
    }
    for (name, places) in ["Venues", "Assets"].into_iter().zip(&found.names) {
        if !places.is_empty() {
            let named = (1..).zip(places).filter(|(_, place)| !place.is_empty());
            let named = named.map(|(number, place)| format!("{number} {place}"));
            lines.push((name, named.collect::<Vec<_>>().join(", ")));
        }
    }
    facts(ui, "facts of positions", &lines);
}

fn start_price(ui: &mut Ui, preview: &Preview, settings: &mut ImportSettings) {
    ui.label(style::strong("How it is used", style::SUBHEADING));
    parameter(
        ui,
        "market.start_price",
        "Start price",
        &mut settings.choices.start_price,
    );
    let assets = preview.settings.options.places.assets;
    for (asset, price) in (2..=assets).zip(&mut settings.choices.other_start_prices) {
        let name = format!("Start price of asset {asset}");
        parameter(ui, &format!("asset_{asset}.start_price"), &name, price);
    }
    ui.weak(
        "The list is the whole levered book, of all assets. Counterparties without leverage take the other side. Venues and \
         assets with names are numbered in the order in which they appear, unless it is said otherwise above.",
    );
}

fn path(ui: &mut Ui, found: &Found, path: &PricePath, usual_seconds: f64, settings: &ImportSettings) {
    let points = &path.points;
    let price = |point: Option<&(f64, f64)>| point.map_or(0.0, |(_, price)| *price);
    let (first, last) = (price(points.first()), price(points.last()));
    let (low, high) = points.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), (_, price)| {
        (price.min(low), price.max(high))
    });
    let gaps = match found.gaps {
        (0, _) => "none".to_owned(),
        (gaps, longest) => format!("{gaps}, the longest {}: interpolated", duration(longest)),
    };
    let times = found.read_as.time.as_ref().map_or("", |time| time.form.words());
    let span = path.span_seconds();
    let steps = (span / settings.choices.step_seconds).ceil();
    let lines = [
        ("Points", format::whole(points.len() as u64)),
        ("Span", duration(span)),
        (
            "Rows",
            format!("usually {} apart, times as {times}", duration(usual_seconds)),
        ),
        ("Gaps", gaps),
        (
            "Price",
            format!(
                "{} to {} ({})",
                format::price(first),
                format::price(last),
                format::percent(last / first - 1.0, 1)
            ),
        ),
        (
            "Lowest, highest",
            format!("{}, {}", format::price(low), format::price(high)),
        ),
        ("Steps it takes", format::price(steps)),
    ];
    facts(ui, "facts of the path", &lines);
}

fn following(ui: &mut Ui, preview: &Preview, settings: &mut ImportSettings) {
    ui.label(style::strong("How it is used", style::SUBHEADING));
    let choices = &mut settings.choices;
    parameter(ui, "market.step_seconds", "Time step", &mut choices.step_seconds);
    ui.add(Checkbox::new(&mut choices.noise, "Noise beside the path"));
    if preview.shocks > 0 {
        let text = format!("Timed shocks on top of the path ({})", preview.shocks);
        ui.add(Checkbox::new(&mut choices.keep_shocks, text));
    }
    start(ui, preview, settings);
    ui.weak(
        "The efficient price of the first asset follows the path, linear in the logarithm between its points, instead of \
         noise and of the scenario's timed shocks: the path is the news already. Forced flow comes on top. Only its relative \
         changes count, so it can begin at the start price of a list of positions. Where steps are longer than rows are \
         apart, what happens within a step is not seen.",
    );
}

fn options(ui: &mut Ui, chain: &OptionChain, exposure: &GammaExposure, extent: Extent, settings: &ImportSettings) {
    let a_percent = |value: f64| format!("{} USD per 1 %", format::amount(value, 6));
    let day = chain
        .date
        .map_or_else(|| "not needed".to_owned(), |date| date.to_string());
    let reach = settings.choices.reach(exposure);
    let lines = [
        (
            "Rows",
            format!(
                "{}, day {day}, spot {}",
                format::whole(chain.rows as u64),
                format::digits(chain.spot, 8)
            ),
        ),
        (
            "Strikes × expiries",
            format!("{} × {}", extent.strikes, extent.expiries),
        ),
        (
            "Series with open interest",
            format!(
                "{} of {}",
                format::whole(extent.series as u64),
                format::whole(chain.quotes.len() as u64)
            ),
        ),
        ("GEX of calls", a_percent(exposure.calls)),
        ("GEX of puts", a_percent(exposure.puts)),
        ("GEX net", a_percent(exposure.net)),
        (
            "Gamma flip",
            exposure
                .flip
                .map_or_else(|| "none in range".to_owned(), |flip| format::digits(flip, 6)),
        ),
        ("Hedge flow over depth", format::digits(reach, 3)),
    ];
    facts(ui, "facts of the chain", &lines);
}

fn convention(ui: &mut Ui, preview: &Preview, settings: &mut ImportSettings) {
    ui.label(style::strong("Convention", style::SUBHEADING));
    let chain = match &preview.found {
        Ok(found) => match &found.offer.data {
            Imported::OptionChain(chain) => Some(chain),
            _ => None,
        },
        Err(_) => None,
    };
    Grid::new("convention")
        .num_columns(2)
        .spacing(vec2(12.0, 3.0))
        .show(ui, |ui| {
            let mut spot = settings.options.spot.or(chain.map(|chain| chain.spot)).unwrap_or(0.0);
            if number(ui, "Spot", &mut spot, (0.0, 1e9), 1.0, 8) {
                settings.options.spot = (spot > 0.0).then_some(spot);
            }
            ui.end_row();
            let quoted = settings.options.date.or(chain.and_then(|chain| chain.date));
            if let Some(date) = day(ui, "Day of the quotes", quoted) {
                settings.options.date = Some(date);
            }
            ui.end_row();
            // Only where no column says it.
            if preview.plan.mapping.first().copied().flatten().is_none() {
                if let Some(date) = day(ui, "Expiry", settings.options.expiry) {
                    settings.options.expiry = Some(date);
                }
                ui.end_row();
            }
            let Convention {
                signs: [calls, puts],
                day_count,
                days_a_year,
                rate,
                dividend_yield,
                ..
            } = &mut settings.convention;
            number(ui, "Dealers' share of calls", calls, (-1.0, 1.0), 0.01, 3);
            ui.end_row();
            number(ui, "Dealers' share of puts", puts, (-1.0, 1.0), 0.01, 3);
            ui.end_row();
            let label = ui.weak("Days that count");
            let name = |count: DayCount| match count {
                DayCount::Business => "business days",
                DayCount::Calendar => "calendar days",
            };
            let before = *day_count;
            let combo = ComboBox::from_id_salt("day count")
                .selected_text(name(*day_count))
                .show_ui(ui, |ui| {
                    for count in [DayCount::Business, DayCount::Calendar] {
                        ui.selectable_value(day_count, count, name(count));
                    }
                });
            combo.response.labelled_by(label.id);
            if before != *day_count {
                *days_a_year = match day_count {
                    DayCount::Business => 262.0,
                    DayCount::Calendar => 365.0,
                };
            }
            ui.end_row();
            number(ui, "Days a year", days_a_year, (200.0, 366.0), 1.0, 4);
            ui.end_row();
            number(ui, "Interest rate a year", rate, (-0.2, 1.0), 0.001, 4);
            ui.end_row();
            number(ui, "Dividend yield a year", dividend_yield, (-0.2, 1.0), 0.001, 4);
            ui.end_row();
        });
    ui.add_space(4.0);
    ui.label(style::strong("How it is used", style::SUBHEADING));
    ui.horizontal(|ui| {
        let mut share = settings.choices.share * 100.0;
        if number(ui, "Share of open interest taken, %", &mut share, (1e-4, 100.0), 0.1, 3) {
            settings.choices.share = share / 100.0;
        }
    });
    parameter(ui, "liquidity.depth", "Liquidity depth", &mut settings.choices.depth);
    start(ui, preview, settings);
    ui.weak(
        "A chain whose hedges would trade more than the books can take comes with a suggestion that halves that: deeper books, \
         and where these cannot be deep enough a part of the open interest.",
    );
}

/// A day, typed; it is taken over as soon as it is one.
fn day(ui: &mut Ui, name: &str, shown: Option<Date>) -> Option<Date> {
    let label = ui.weak(name);
    let id = ui.scope_id().with(name);
    let shown = shown.map_or_else(String::new, |date| date.to_string());
    let typed: Option<String> = ui.data(|data| data.get_temp(id));
    let mut text = typed.unwrap_or_else(|| shown.clone());
    let edit = TextEdit::singleline(&mut text)
        .hint_text("YYYY-MM-DD")
        .desired_width(96.0);
    let edit = ui.add(edit).labelled_by(label.id);
    if edit.changed() {
        ui.data_mut(|data| data.insert_temp(id, text.clone()));
    }
    if edit.lost_focus() {
        ui.data_mut(|data| data.remove::<String>(id));
    }
    let written = time::read(&text).filter(|_| edit.changed())?;
    written.day.by(DateOrder::MonthFirst)
}

/// A labelled number; returns whether it has changed.
fn number(ui: &mut Ui, name: &str, value: &mut f64, (low, high): (f64, f64), speed: f64, digits: i32) -> bool {
    let label = ui.weak(name);
    let field = DragValue::new(value)
        .range(low..=high)
        .speed(speed)
        .update_while_editing(false)
        .custom_formatter(move |value, _| format::digits(value, digits))
        .custom_parser(crate::number::parse);
    ui.add(field).labelled_by(label.id).changed()
}

/// A parameter of the scenario that belongs to the import.
fn parameter(ui: &mut Ui, path: &str, name: &str, value: &mut f64) {
    let Ok(row) = find(path) else { return };
    ui.horizontal(|ui| {
        ui.weak(name)
            .on_hover_ui(|ui| field::explain(ui, row, row.default, SliderMode::default()));
        if let Some(new) = field::number_field(ui, row, *value, Size::Normal, name) {
            *value = new;
        }
    });
}
