//! What came of a run, for programs (one JSON object) and for people (a table).

use std::io::{self, Write};

use serde::Serialize;

use super::imports::FileRead;
use super::write_json;
use cascade_analysis::forecast::Forecast;
use cascade_engine::{Asset, BySource, Contagion, FALLS, Moment, Simulation, Source, Summary, VenueFigures};
use cascade_files::report::key_figures;
use cascade_scenario::{ASSETS_MAX, AssetId, format};

/// What came of a run. Every figure of the summary is a key of the object, under its own name.
#[derive(Debug, Serialize)]
pub(crate) struct Report<'a> {
    preset: &'a str,
    seed: u64,
    /// The asset that the figures are of, from 1.
    asset: u32,
    steps_per_second: f64,
    #[serde(flatten)]
    summary: Summary,
    attribution: BySource,
    final_price: f64,
    /// Every asset, the first one first.
    assets: Vec<OneAsset>,
    /// The second asset and those after it: the same as in `assets`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other_assets: Vec<OneAsset>,
    /// What a small fall of one asset (column) makes forced flow do to another (row), at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    contagion: Option<Matrix>,
    /// What the market promised when it began.
    forecast: Promise,
    /// As what the tables were read that the run was given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    read_as: Vec<FileRead>,
    #[serde(skip)]
    told: &'a Asset,
}

/// One asset.
#[derive(Clone, Debug, Serialize)]
struct OneAsset {
    start_price: f64,
    #[serde(flatten)]
    summary: Summary,
    attribution: BySource,
    final_price: f64,
    venues: Vec<VenueFigures>,
}

/// What a market promises before its first step.
#[derive(Debug, Serialize)]
pub(crate) struct Promise {
    /// The shock of the shock sliders.
    shock: f64,
    predicted_move: Option<f64>,
    critical_leverage: Option<f64>,
    runaway_leverage: Option<f64>,
    /// The contagion matrix of falls that have not happened, smaller ones first; empty for one asset.
    contagion_of_falls: Vec<MatrixOfFall>,
}

/// The contagion matrix of a fall.
#[derive(Debug, Serialize)]
struct MatrixOfFall {
    fall: f64,
    gain: Vec<Vec<f64>>,
    spectral_radius: f64,
}

impl Promise {
    /// Of an asset of a run that has not begun.
    pub(crate) fn of(simulation: &Simulation, asset: AssetId) -> Self {
        let forecast = Forecast::of(simulation, asset);
        let several = simulation.assets().len() > 1;
        let falls = FALLS.iter().filter(|_| several);
        Self {
            shock: forecast.shock,
            predicted_move: forecast.predicted_move,
            critical_leverage: forecast.critical_leverage,
            runaway_leverage: forecast.runaway_leverage,
            contagion_of_falls: falls.map(|fall| MatrixOfFall::of(simulation, *fall)).collect(),
        }
    }

    fn rows(&self) -> Vec<(String, String)> {
        let leverage = |found: Option<f64>| found.map_or_else(|| "none".to_owned(), |found| format!("{found:.1}×"));
        let end = self
            .predicted_move
            .map_or_else(|| "no end".to_owned(), |end| format::percent(end, 1));
        let mut rows = vec![
            (
                format!(
                    "At the start: a shock of {} would end at",
                    format::percent(self.shock, 1)
                ),
                end,
            ),
            (
                "At the start: critical leverage".to_owned(),
                leverage(self.critical_leverage),
            ),
            (
                "At the start: this shock runs away from".to_owned(),
                leverage(self.runaway_leverage),
            ),
        ];
        rows.extend(self.contagion_of_falls.iter().map(|matrix| {
            let name = format!(
                "At the start: contagion of falls of {}, spectral radius",
                format::percent(-matrix.fall, 0)
            );
            (name, format::digits(matrix.spectral_radius, 4))
        }));
        rows
    }
}

impl MatrixOfFall {
    fn of(simulation: &Simulation, fall: f64) -> Self {
        let matrix = simulation.contagion_of_fall(fall);
        Self {
            fall,
            gain: rows_of(&matrix),
            spectral_radius: matrix.spectral_radius(),
        }
    }
}

/// The rows of a matrix, of the assets there are.
fn rows_of(matrix: &Contagion) -> Vec<Vec<f64>> {
    let n = matrix.assets;
    matrix.gain[..n].iter().map(|row| row[..n].to_vec()).collect()
}

/// The contagion matrix.
#[derive(Debug, Serialize)]
struct Matrix {
    gain: Vec<Vec<f64>>,
    spectral_radius: f64,
    /// What cross-margin accounts were forced to close of the asset in the row because of the one in the column, so far.
    closed_usd: Vec<Vec<f64>>,
    /// Collateral coins they were forced to sell because of each asset.
    collateral_sold_usd: Vec<f64>,
}

impl<'a> Report<'a> {
    /// Takes the figures of an asset of a run that took so many seconds of real time.
    pub(crate) fn new(
        preset: &'a str,
        simulation: &'a Simulation,
        asset: AssetId,
        elapsed_seconds: f64,
        forecast: Promise,
        read_as: Vec<FileRead>,
    ) -> Self {
        let told = &simulation.assets()[asset];
        let seen = told.observation();
        let assets: Vec<_> = simulation.assets().iter().map(OneAsset::of).collect();
        let several = assets.len() > 1;
        Self {
            preset,
            seed: simulation.scenario().seed,
            asset: asset.number(),
            steps_per_second: seen.step as f64 / elapsed_seconds.max(1e-9),
            summary: simulation.summary_of(asset),
            attribution: seen.attribution,
            final_price: seen.spot,
            other_assets: assets[1..].to_vec(),
            contagion: several.then(|| Matrix::of(simulation)),
            assets,
            told,
            forecast,
            read_as,
        }
    }

    /// One JSON object on lines of its own.
    ///
    /// # Errors
    /// The target cannot be written.
    pub(crate) fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        write_json(out, self)
    }

    /// An aligned table with units.
    ///
    /// # Errors
    /// The target cannot be written.
    pub(crate) fn write_table(&self, out: &mut impl Write) -> io::Result<()> {
        let rows = self.rows();
        let width = rows
            .iter()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or_default();
        for (name, value) in rows {
            writeln!(out, "{name:width$}  {value}")?;
        }
        Ok(())
    }

    /// The same figures as the window's key figures, by group, between what the run was and what moved its price.
    fn rows(&self) -> Vec<(String, String)> {
        let mut rows = vec![
            (
                "preset".to_owned(),
                format!("{}, seed {}", format::printable(self.preset), self.seed),
            ),
            (
                "steps".to_owned(),
                format!(
                    "{} ({} of market time)",
                    self.summary.steps,
                    format::clock(self.told.observation().time_seconds)
                ),
            ),
            ("digest".to_owned(), self.summary.digest.clone()),
            (
                "speed".to_owned(),
                format!("{} steps/s", format::short(self.steps_per_second)),
            ),
        ];
        if self.assets.len() > 1 {
            let which = format!("{} of {}", self.asset, self.assets.len());
            rows.insert(1, ("asset".to_owned(), which));
        }
        let moment = Moment {
            parameters: self.told.parameters(),
            seen: self.told.observation(),
            summary: &self.summary,
        };
        for (group, name, value) in key_figures(&moment) {
            rows.push((format!("{group}: {name}"), value));
        }
        rows.extend(self.forecast.rows());
        for (source, change) in Source::ALL.iter().zip(self.attribution.into_values()) {
            let name = format!("Log-price change by {}", source.label());
            rows.push((name, format::digits(change, 4)));
        }
        rows.extend(self.rows_of_other_assets());
        let halted = self.summary.halted.as_ref().map_or("no", |halt| halt.rule);
        rows.push(("halted".to_owned(), halted.to_owned()));
        rows
    }

    fn rows_of_other_assets(&self) -> Vec<(String, String)> {
        let plain = |value: f64| format::digits(value, 4);
        let mut rows = Vec::new();
        let others = AssetId::each(&self.assets).filter(|(asset, _)| asset.number() != self.asset);
        for (asset, other) in others {
            let name = |what: &str| format!("{asset}: {what}");
            rows.push((name("final price"), format!("{} USD", format::price(other.final_price))));
            rows.push((
                name("largest drawdown"),
                format::percent(-other.summary.max_drawdown, 2),
            ));
            for (source, change) in Source::ALL.iter().zip(other.attribution.into_values()) {
                rows.push((name(&format!("log-price change by {}", source.label())), plain(change)));
            }
        }
        if let Some(matrix) = &self.contagion {
            rows.push(("contagion, spectral radius".to_owned(), plain(matrix.spectral_radius)));
        }
        rows
    }
}

impl OneAsset {
    fn of(asset: &Asset) -> Self {
        Self {
            start_price: asset.parameters().market.start_price,
            summary: asset.summary(),
            attribution: asset.observation().attribution,
            final_price: asset.observation().spot,
            venues: asset.venue_figures(),
        }
    }
}

impl Matrix {
    fn of(simulation: &Simulation) -> Self {
        let (contagion, spillover) = (simulation.contagion(), simulation.spillover());
        let n = contagion.assets;
        let rows = |matrix: &[[f64; ASSETS_MAX]]| matrix[..n].iter().map(|row| row[..n].to_vec()).collect();
        Self {
            gain: rows_of(&contagion),
            spectral_radius: contagion.spectral_radius(),
            closed_usd: rows(&spillover.closed),
            collateral_sold_usd: spillover.collateral_sold[..n].to_vec(),
        }
    }
}
