//! All key figures in their order: what the panel shows, and the same as text.

use cascade_app::App;
use cascade_engine::{Observation, Summary};
use cascade_scenario::format;

use super::{Figure, amplified, breakers, clearing, figures, forecast, hedging, lending, systemic};

/// What the panel shows below the gauge.
pub(super) fn rows(app: &App, seen: &Observation, summary: &Summary) -> impl Iterator<Item = Figure> {
    let calls_enabled = app.present.simulation.parameters().margin_calls.enabled;
    forecast(app)
        .into_iter()
        .chain(lending::figures(&seen.lending))
        .chain(figures(seen, summary, calls_enabled))
        .chain(breakers(seen))
        .chain(hedging(app, seen, summary))
        .chain(systemic::requirement(seen, summary))
        .chain(systemic::figures(summary))
        .chain(clearing::figures(app, seen, summary))
}

/// Everything the panel says, for a table or a mail: a line a figure, name and value apart by a tabulator. What run it is of
/// comes first.
pub fn text(app: &App) -> String {
    let summary = app.shown_summary();
    let seen = app.shown_asset().observation();
    let mark = if app.present.modified() { " (modified)" } else { "" };
    let mut lines = vec![
        format!("Preset\t{}{mark}", app.present.scenario.name),
        format!("Seed\t{}", app.present.scenario.seed),
        format!("Step\t{}", seen.step),
        format!("Market time\t{}", format::clock(seen.time_seconds)),
        format!("Digest\t{}", summary.digest),
        format!("Amplification\t{}", amplified(&summary)),
        format!("Reproduction ratio R\t{:.2}", seen.reproduction()),
        format!("Largest R\t{:.2}", summary.reproduction_ratio),
    ];
    if app.present.simulation.assets().len() > 1 {
        lines.insert(2, format!("Asset\t{}", app.asset_id().number()));
    }
    let rows = rows(app, seen, &summary);
    lines.extend(rows.map(|figure| format!("{}\t{}", figure.label, figure.value)));
    lines.join("\n") + "\n"
}
