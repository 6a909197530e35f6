//! A run as a page that stands by itself: one HTML file with pictures, what was set otherwise than usual, the key figures, what
//! moved the price, and how to make the same run again. It loads nothing and runs no script.

mod handout;
mod svg;

use std::fmt::Write as _;

use cascade_engine::{AnyFigure, Asset, Figure, Group, Moment, RunFigure, Simulation, Source, Split, Unit};
use cascade_scenario::{AssetId, Parameters, Scenario, format, groups, table};

use super::export::ExportError;
use super::link;

pub use handout::Handout;
use svg::{Chart, Line};

/// Most steps of which a moment each is drawn; of a longer run every second one, every third, and so on.
const MOMENTS_MAX: u64 = 50_000;

/// What is told of every run beside the key figures: the window has them in large type elsewhere.
pub const HEADLINE: [RunFigure; 4] = [
    RunFigure::LowestPrice,
    RunFigure::HighestPrice,
    RunFigure::AmplificationFactor,
    RunFigure::LargestReproduction,
];

/// A table that is told of beside the run: what a study of it has found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// A sentence below it.
    pub note: String,
    /// Rows, the first one with the names of the columns.
    pub rows: Vec<Vec<String>>,
    /// For each cell of a row after the first how strongly it is shaded, from 0 to 1; empty for none.
    pub shades: Vec<Vec<Option<f64>>>,
}

/// What a page is made of.
#[derive(Clone, Debug)]
pub struct ReportPlan {
    /// The scenario with everything that was done.
    pub scenario: Scenario,
    /// How many steps it has come.
    pub steps: u64,
    /// The asset that is told of.
    pub asset: AssetId,
    /// What is told beside it.
    pub sections: Vec<Section>,
}

/// The figures that people are shown of a moment of a run: group, name and value.
pub fn key_figures(moment: &Moment<'_>) -> Vec<(&'static str, String, String)> {
    let mut rows = Vec::new();
    for group in Group::ALL {
        let own = |figure: &AnyFigure| figure.about().group == *group && figure.about().split == Split::Whole;
        let tells = |figure: &AnyFigure| {
            let headline = HEADLINE.iter().any(|of_run| AnyFigure::OfRun(*of_run) == *figure);
            (headline || moment.shows(*figure)) && !moment.value(*figure).is_nan()
        };
        for figure in AnyFigure::all().filter(own).filter(tells) {
            rows.push((group.label(), figure.about().label.to_owned(), moment.written(figure)));
        }
    }
    rows
}

impl ReportPlan {
    /// The page. After each step `goes_on` is told how many there are, and may say no.
    ///
    /// # Errors
    /// The scenario cannot be run, or `goes_on` said no.
    pub fn page(&self, mut goes_on: impl FnMut(u64) -> bool) -> Result<String, ExportError> {
        let mut simulation = Simulation::new(&self.scenario).map_err(ExportError::from)?;
        let every = self.steps.div_ceil(MOMENTS_MAX).max(1);
        let mut seen = vec![*simulation.assets()[self.asset].observation()];
        while simulation.steps() < self.steps {
            let before = simulation.steps();
            simulation.step();
            if simulation.steps() == before {
                break;
            }
            if simulation.steps().is_multiple_of(every) {
                seen.push(*simulation.assets()[self.asset].observation());
            }
            if !goes_on(simulation.steps()) {
                return Err(ExportError::Cancelled);
            }
        }
        Ok(self.write(&simulation, &seen))
    }

    fn write(&self, simulation: &Simulation, seen: &[cascade_engine::Observation]) -> String {
        let name = escaped(&self.scenario.name);
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>{name} – cascade-lab</title><style>{STYLE}</style></head><body><main>\n<h1>{name}</h1>\n"
        );
        let mut add = |part: String| {
            page.push_str(&part);
            page.push('\n');
        };
        if !self.scenario.description.is_empty() {
            add(format!("<p>{}</p>", escaped(&self.scenario.description)));
        }
        let asset = &simulation.assets()[self.asset];
        add(self.headline(simulation, asset));
        let seconds: Vec<f64> = seen.iter().map(|one| one.time_seconds).collect();
        add("<h2>What happened</h2>".to_owned());
        for chart in charts(seen, self.came(&seconds)) {
            add(chart.draw(&seconds));
        }
        add("<h2>What moved the price</h2>".to_owned());
        add(attribution(asset));
        add("<h2>Key figures</h2>".to_owned());
        add(figures(asset));
        add("<h2>Parameters that differ from the default</h2>".to_owned());
        add(parameters(&self.scenario.parameters));
        for section in &self.sections {
            add(format!(
                "<h2>{}</h2><p>{}</p>",
                escaped(&section.title),
                escaped(&section.note)
            ));
            add(shaded_table(&section.rows, &section.shades));
        }
        add("<h2>To make the same run again</h2>".to_owned());
        add(self.again(simulation));
        add("<footer>A stylised model for study, no forecast and no advice. Nothing on this page is loaded from elsewhere.</footer>".to_owned());
        page.push_str("</main></body></html>\n");
        page
    }

    /// What the price really did at so many seconds after the beginning, as far as it is known, where the asset is the one it is of.
    fn came(&self, seconds: &[f64]) -> Option<Line> {
        let observed = &self.scenario.observed;
        let known = self.asset == AssetId::FIRST && !observed.is_empty();
        known.then(|| Line {
            name: "what really came",
            class: "came",
            values: seconds.iter().map(|at| observed.at(*at).unwrap_or(f64::NAN)).collect(),
        })
    }

    /// The run in a line, and its most important figures in large type.
    fn headline(&self, simulation: &Simulation, asset: &Asset) -> String {
        let summary = asset.summary();
        let several = simulation.assets().len() > 1;
        let of_asset = if several {
            format!(" · asset {} of {}", self.asset.number(), simulation.assets().len())
        } else {
            String::new()
        };
        let halted = summary
            .halted
            .as_ref()
            .map_or(String::new(), |halt| format!(" · halted: {}", halt.rule));
        let line = format!(
            "seed {} · {} steps, {} of market time{of_asset} · digest {}{halted}",
            self.scenario.seed,
            format::whole(simulation.steps()),
            format::clock(simulation.time_seconds()),
            summary.digest
        );
        let large = [
            (
                "Amplification",
                RunFigure::AmplificationFactor
                    .unit()
                    .write(summary.amplification_factor.unwrap_or(f64::NAN)),
            ),
            (
                "Largest fall",
                RunFigure::MaxDrawdown.unit().write(summary.max_drawdown),
            ),
            ("Liquidated", Unit::Usd.write(summary.liquidated_notional_usd)),
            ("Bad debt", Unit::Usd.write(summary.bad_debt_usd)),
        ];
        let cards = large.iter().fold(String::new(), |mut cards, (name, value)| {
            // Writing to a string cannot fail.
            let _ = write!(cards, "<div><b>{}</b><span>{name}</span></div>", escaped(value));
            cards
        });
        format!(
            "<p class=\"run\">{}</p><div class=\"cards\">{cards}</div>",
            escaped(&line)
        )
    }

    /// Command line and link.
    fn again(&self, simulation: &Simulation) -> String {
        let steps = simulation.steps();
        match link::write(&self.scenario, steps) {
            Ok(link) => format!(
                "<p>In a shell; it prints the digest {}:</p><pre>cascade-lab run '{}' --json</pre><p>In the window: File, Open a link, or paste \
                 it into the window. The same link shows the run there:</p><pre>{}</pre>",
                escaped(&simulation.assets()[self.asset].summary().digest),
                escaped(&link),
                escaped(&link)
            ),
            Err(reason) => format!(
                "<p>There is no line that says it all: {}. With that file: <code>cascade-lab run FILE.ron --steps {steps} --json</code></p>",
                escaped(&reason.to_string())
            ),
        }
    }
}

/// The pictures of a run, with what the price really did if that is known.
fn charts(seen: &[cascade_engine::Observation], came: Option<Line>) -> Vec<Chart> {
    let line = |name, class, figure: Figure| Line {
        name,
        class,
        values: seen.iter().map(|one| figure.of(one)).collect(),
    };
    let below = |values: Vec<f64>| values.into_iter().map(|value| -value).collect();
    let shorts = Line {
        name: "shorts, below zero",
        class: "shorts",
        values: below(seen.iter().map(|one| Figure::LiquidatedShorts.of(one)).collect()),
    };
    let mut prices = vec![
        line("without forced flow", "weak", Figure::Exogenous),
        line("index", "index", Figure::Index),
    ];
    prices.extend(came);
    prices.push(line("spot", "spot", Figure::Spot));
    vec![
        Chart {
            title: "Price",
            lines: prices,
            level: None,
            range: None,
            write: |value| Unit::Price.write(value),
        },
        Chart {
            title: "Liquidated a step",
            lines: vec![line("longs", "longs", Figure::LiquidatedLongs), shorts],
            level: None,
            range: None,
            write: |value| Unit::Usd.write(value),
        },
        Chart {
            title: "Open interest",
            lines: vec![line("open interest", "index", Figure::OpenInterest)],
            level: None,
            range: None,
            write: |value| Unit::Usd.write(value),
        },
        Chart {
            title: "Reproduction ratio R",
            lines: vec![
                line("of a fall", "longs", Figure::ReproductionDown),
                line("of a rise", "shorts", Figure::ReproductionUp),
            ],
            level: Some((1.0, "critical: every sale forces another as large")),
            range: None,
            write: |value| format::digits(value, 3),
        },
        Chart {
            title: "Insurance fund",
            lines: vec![line("insurance fund", "index", Figure::InsuranceFund)],
            level: None,
            range: None,
            write: |value| Unit::Usd.write(value),
        },
    ]
}

/// What each source did to the price, as bars from the middle.
fn attribution(asset: &Asset) -> String {
    let parts = asset.observation().attribution;
    let largest = parts.values().map(|part| part.abs()).fold(f64::MIN_POSITIVE, f64::max);
    let mut rows = String::new();
    let mut total = 0.0;
    for source in Source::ALL {
        let change = parts[*source];
        total += change;
        if change == 0.0 {
            continue;
        }
        let (share, side) = (
            50.0 * change.abs() / largest,
            if change < 0.0 { "right:50%" } else { "left:50%" },
        );
        let kind = if *source == Source::Exogenous { "weak" } else { "forced" };
        // Writing to a string cannot fail.
        let _ = write!(
            rows,
            "<tr><td>{}</td><td class=\"number\">{}</td><td class=\"bar\"><i class=\"{kind}\" style=\"{side};width:{share:.1}%\"></i></td></tr>",
            escaped(source.label()),
            escaped(&Unit::LogPercent.write(100.0 * change))
        );
    }
    format!(
        "<table><tr><th>Source</th><th>Change of the log price</th><th></th></tr>{rows}<tr><td><b>together</b></td><td class=\"number\"><b>{}\
         </b></td><td></td></tr></table><p>Prices are kept as sums over their sources, so this is read off and not estimated.</p>",
        escaped(&Unit::LogPercent.write(100.0 * total))
    )
}

fn figures(asset: &Asset) -> String {
    let summary = asset.summary();
    let moment = Moment {
        parameters: asset.parameters(),
        seen: asset.observation(),
        summary: &summary,
    };
    let (mut rows, mut group) = (String::new(), "");
    for (of, name, value) in key_figures(&moment) {
        if of != group {
            group = of;
            let _ = write!(rows, "<tr><th colspan=\"2\">{}</th></tr>", escaped(of));
        }
        let _ = write!(
            rows,
            "<tr><td>{}</td><td class=\"number\">{}</td></tr>",
            escaped(&name),
            escaped(&value)
        );
    }
    format!("<table>{rows}</table>")
}

fn parameters(parameters: &Parameters) -> String {
    let (mut rows, mut any) = (String::new(), false);
    for (index, group) in groups().iter().enumerate() {
        if !(group.applies)(parameters, group.index) {
            continue;
        }
        let changed = table()
            .iter()
            .filter(|row| row.group == index && row.get(parameters) != row.default);
        for row in changed {
            any = true;
            let _ = write!(
                rows,
                "<tr><td>{}: {}<br><code>{}</code></td><td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
                escaped(&group.label),
                escaped(row.label),
                escaped(&row.path),
                escaped(&row.show(row.get(parameters))),
                escaped(&row.show(row.default))
            );
        }
    }
    if any {
        format!("<table><tr><th>Parameter</th><th>Here</th><th>Default</th></tr>{rows}</table>")
    } else {
        "<p>None.</p>".to_owned()
    }
}

fn shaded_table(rows: &[Vec<String>], shades: &[Vec<Option<f64>>]) -> String {
    let mut written = String::new();
    for (index, row) in rows.iter().enumerate() {
        written.push_str("<tr>");
        for (column, cell) in row.iter().enumerate() {
            let cell = escaped(cell);
            let shade = index
                .checked_sub(1)
                .and_then(|index| shades.get(index)?.get(column).copied().flatten());
            // Writing to a string cannot fail.
            let _ = match (index, shade) {
                (0, _) => write!(written, "<th>{cell}</th>"),
                (_, Some(shade)) => write!(
                    written,
                    "<td class=\"number\" style=\"background:rgba(230,150,40,{:.2})\">{cell}</td>",
                    0.85 * shade
                ),
                _ if column == 0 => write!(written, "<td>{cell}</td>"),
                _ => write!(written, "<td class=\"number\">{cell}</td>"),
            };
        }
        written.push_str("</tr>");
    }
    format!("<div class=\"wide\"><table>{written}</table></div>")
}

/// A text as HTML has it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in format::printable(text).chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The looks of the page, on screens that are light or dark and on paper.
const STYLE: &str = "
:root{--ground:#fff;--text:#1d2430;--weak:#5c6675;--line:#d9dee6;--card:#f3f5f8;--spot:#1d2430;--longs:#1f6fb2;--shorts:#b8600b;--forced:#b3372c;--index:#4a7d5a;--came:#8a3ea8}
@media(prefers-color-scheme:dark){:root{--ground:#14181f;--text:#e6e9ef;--weak:#98a2b3;--line:#303846;--card:#1c222c;--spot:#f2f4f8;--longs:#5fb0ee;\
--shorts:#f0a14a;--forced:#f07a6c;--index:#86c79b;--came:#d79bf0}}
@media print{:root{--ground:#fff;--text:#000;--weak:#444;--line:#ccc;--card:#f4f4f4;--spot:#000;--longs:#1f6fb2;--shorts:#b8600b;--forced:#b3372c;--index:#4a7d5a;--came:#8a3ea8}}
body{margin:0;background:var(--ground);color:var(--text);font:15px/1.5 system-ui,sans-serif}
main{max-width:960px;margin:0 auto;padding:24px 20px 48px}
h1{margin:0 0 4px;font-size:28px}h2{margin:36px 0 8px;font-size:19px}
.run,footer,.tick{color:var(--weak)}footer{margin-top:40px;font-size:13px}
.cards{display:flex;flex-wrap:wrap;gap:12px;margin:16px 0}.cards div{background:var(--card);border-radius:8px;padding:12px 18px;flex:1 1 150px}
.cards b{display:block;font-size:24px}.cards span{color:var(--weak)}
figure{margin:18px 0}figcaption span{margin-left:12px;font-size:13px}svg{width:100%;height:auto;display:block}
.tick{fill:var(--weak);font:12px system-ui,sans-serif}.grid{stroke:var(--line)}.level{stroke:var(--weak);stroke-dasharray:5 4}
.line{fill:none;stroke:currentColor;stroke-width:1.6;stroke-linejoin:round}
.spot{color:var(--spot)}.longs{color:var(--longs)}.shorts{color:var(--shorts)}.forced{color:var(--forced)}.index{color:var(--index)}.weak{color:var(--weak)}.came{color:var(--came)}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}th{text-align:left;padding:8px 14px 4px 0}td{padding:3px 14px 3px 0;border-top:1px solid var(--line)}
.number{text-align:right;white-space:nowrap}.bar{position:relative;width:260px}.bar i{position:absolute;top:6px;bottom:6px;background:currentColor}
.wide{overflow-x:auto}.wide td,.wide th{padding:3px 8px;font-size:13px}
pre{background:var(--card);padding:12px;border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere}code{color:var(--weak);font-size:13px}
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset;
    use cascade_scenario::{Action, Event, Observed, ObservedBar};

    fn plan(name: &str, steps: u64) -> ReportPlan {
        ReportPlan {
            scenario: preset::find(name).unwrap(),
            steps,
            asset: AssetId::FIRST,
            sections: vec![Section {
                title: "A study".to_owned(),
                note: "Of <many> seeds".to_owned(),
                rows: vec![
                    vec!["a".to_owned(), "b".to_owned()],
                    vec!["1".to_owned(), "2".to_owned()],
                ],
                shades: vec![vec![None, Some(0.5)]],
            }],
        }
    }

    /// The page has the digest of a run of its own, loads nothing, and the link in it brings the same run.
    #[test]
    fn a_page_stands_by_itself_and_says_how_to_make_its_run_again() {
        let plan = plan("first-cascade", 300);
        let page = plan.page(|_| true).unwrap();
        let mut simulation = Simulation::new(&plan.scenario).unwrap();
        (0..300).for_each(|_| simulation.step());
        let summary = simulation.assets()[0].summary();
        assert!(page.contains(&summary.digest), "{}", summary.digest);
        assert!(page.contains(&escaped(&link::write(&plan.scenario, 300).unwrap())));
        for foreign in ["http:", "https:", "<script", "src=", "@import", "url("] {
            assert!(!page.contains(foreign), "{foreign}");
        }
        assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
        assert!(page.matches("<svg").count() >= 4);
        assert!(page.contains("Of &lt;many&gt; seeds") && page.contains("rgba(230,150,40,0.42)"));
        assert!(!page.contains("NaN"));
    }

    /// It is a line more in the picture of the price of the first asset, with a gap where bars are missing.
    #[test]
    fn what_really_came_is_drawn() {
        let mut plan = plan("cross-collateral-contagion", 60);
        let price = plan.scenario.parameters.market.start_price;
        let bar = |seconds: f64, close: f64| ObservedBar {
            seconds,
            low: close,
            high: close,
            close,
        };
        let bars = [(0.0, 1.0), (60.0, 0.999), (120.0, 0.998), (420.0, 0.99), (480.0, 0.995)];
        assert!(!plan.page(|_| true).unwrap().contains("what really came"));
        plan.scenario.observed = Observed {
            interval_seconds: 60.0,
            bars: bars.map(|(seconds, share)| bar(seconds, price * share)).to_vec().into(),
        };
        let page = plan.page(|_| true).unwrap();
        assert_eq!(page.matches("● what really came").count(), 1);
        let line = page.split("class=\"line came\" d=\"").nth(1).unwrap();
        let line = line.split('"').next().unwrap();
        assert_eq!(line.matches('M').count(), 2, "{line}");
        plan.asset = AssetId::numbered(2);
        assert!(!plan.page(|_| true).unwrap().contains("what really came"));
    }

    /// Names and texts of a preset are nobody's HTML.
    #[test]
    fn what_a_preset_says_is_text() {
        let mut plan = plan("quiet-market", 20);
        plan.scenario.name = "<img src=x onerror=alert(1)>".to_owned();
        plan.scenario.description = "</style><script>alert(2)</script>".to_owned();
        let action = Action::Note("'\"><svg onload=alert(3)>".to_owned());
        plan.scenario.events.push(Event { step: 3, action });
        let page = plan.page(|_| true).unwrap();
        assert!(!page.contains("<img") && !page.contains("<script") && !page.contains("<svg onload"));
        assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"));
    }

    #[test]
    fn every_preset_and_every_asset_has_a_page_and_a_cancelled_one_is_none() {
        for shipped in preset::shipped() {
            let plan = plan(shipped.name, 60);
            let assets = plan.scenario.parameters.assets.count;
            let last = ReportPlan {
                asset: AssetId::numbered(assets),
                ..plan.clone()
            };
            assert!(last.page(|_| true).unwrap().len() > 5_000, "{}", shipped.name);
            assert!(matches!(plan.page(|step| step < 9), Err(ExportError::Cancelled)));
        }
    }
}
