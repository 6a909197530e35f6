//! What came of a run, for programs (one JSON object) and for people (a table).

use std::io::{self, Write};

use serde::Serialize;
use strum::VariantArray as _;

use cascade_engine::{Asset, BySource, LendingSummary, Simulation, Source, Summary, VenueFigures};
use cascade_scenario::{ASSETS_MAX, AssetId, Route, format};

/// What came of a run. Every figure of the summary is a key of the object, under its own name.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
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
    #[serde(skip)]
    start_price: f64,
    #[serde(skip)]
    time_seconds: f64,
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
    pub fn new(preset: &'a str, simulation: &Simulation, asset: AssetId, elapsed_seconds: f64) -> Self {
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
            start_price: told.parameters().market.start_price,
            time_seconds: seen.time_seconds,
        }
    }

    /// One JSON object on lines of its own.
    ///
    /// # Errors
    /// The target cannot be written.
    pub fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, self).map_err(io::Error::from)?;
        writeln!(out)
    }

    /// An aligned table with units.
    ///
    /// # Errors
    /// The target cannot be written.
    pub fn write_table(&self, out: &mut impl Write) -> io::Result<()> {
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

    fn losses(&self) -> [(&'static str, String); 5] {
        let usd = |value: f64| format!("{} USD", format::short(value));
        [
            ("insurance fund", usd(self.summary.insurance_fund_usd)),
            (
                "auto-deleveraging",
                format!(
                    "{} positions, {}",
                    self.summary.adl_count,
                    usd(self.summary.adl_notional_usd)
                ),
            ),
            (
                "closed below zero equity",
                format!(
                    "{} positions, {}, {} missing",
                    self.summary.negative_equity_count,
                    usd(self.summary.negative_equity_notional_usd),
                    usd(self.summary.negative_equity_loss_usd)
                ),
            ),
            ("bad debt", usd(self.summary.bad_debt_usd)),
            ("losses socialised", usd(self.summary.socialised_loss_usd)),
        ]
    }

    /// What dealers, predators, providers and makers did.
    fn market_side(&self) -> [(&'static str, String); 7] {
        let usd = |value: f64| format!("{} USD", format::short(value));
        [
            (
                "gamma exposure",
                self.summary
                    .gamma_exposure_usd_per_percent
                    .map_or_else(|| "–".to_owned(), |exposure| format!("{} per 1 %", usd(exposure))),
            ),
            (
                "gamma flip",
                self.summary
                    .gamma_flip_price
                    .map_or_else(|| "–".to_owned(), |price| format!("{} USD", format::price(price))),
            ),
            ("traded by hedgers", usd(self.summary.hedged_notional_usd)),
            (
                "predators",
                format!(
                    "traded {}, gained {}",
                    usd(self.summary.predators_traded_usd),
                    usd(self.summary.predators_profit_usd)
                ),
            ),
            (
                "liquidity providers",
                format!(
                    "traded {}, gained {}",
                    usd(self.summary.providers_traded_usd),
                    usd(self.summary.providers_profit_usd)
                ),
            ),
            (
                "market makers",
                format!(
                    "{} failed, at worst {} % stood, gained {}",
                    self.summary.makers_failed_count,
                    format::digits(100.0 * self.summary.makers_standing_min, 3),
                    usd(self.summary.makers_profit_usd)
                ),
            ),
            (
                "lowest depth",
                format!("{} per unit log price", usd(self.summary.lowest_depth_usd)),
            ),
        ]
    }

    fn rows(&self) -> Vec<(String, String)> {
        let usd = |value: f64| format!("{} USD", format::short(value));
        let price = |value: f64| {
            format!(
                "{} USD ({} from the start)",
                format::price(value),
                format::percent(value / self.start_price - 1.0, 2)
            )
        };
        let plain = |value: f64| format::digits(value, 4);
        let mut rows = vec![
            ("preset", format!("{}, seed {}", self.preset, self.seed)),
            (
                "steps",
                format!(
                    "{} ({} of market time)",
                    self.summary.steps,
                    format::clock(self.time_seconds)
                ),
            ),
            ("digest", self.summary.digest.clone()),
            ("speed", format!("{} steps/s", format::short(self.steps_per_second))),
            ("lowest price", price(self.summary.lowest_price)),
            ("highest price", price(self.summary.highest_price)),
            ("final price", price(self.final_price)),
            ("largest drawdown", format::percent(-self.summary.max_drawdown, 2)),
            (
                "amplification factor",
                format!("{} ×", plain(self.summary.amplification_factor)),
            ),
            ("largest reproduction ratio", plain(self.summary.reproduction_ratio)),
            ("branching ratio", plain(self.summary.branching_ratio)),
            (
                "liquidations",
                format!(
                    "{} positions, {}",
                    self.summary.liquidation_count,
                    usd(self.summary.liquidated_notional_usd)
                ),
            ),
            ("liquidated by route", {
                let routes = &self.summary.liquidated_by_route_usd;
                let of = |route: &Route| format!("{} {}", route.words().label, usd(routes[*route]));
                Route::VARIANTS.iter().map(of).collect::<Vec<_>>().join(", ")
            }),
            (
                "peak liquidation rate",
                format!("{}/s", usd(self.summary.peak_liquidation_rate_usd_per_second)),
            ),
            (
                "open interest",
                format!(
                    "{} → {}",
                    usd(self.summary.open_interest_start_usd),
                    usd(self.summary.open_interest_end_usd)
                ),
            ),
            (
                "synchronisation of venues",
                self.summary.synchronisation.map_or_else(|| "–".to_owned(), plain),
            ),
            ("basis variance", plain(self.summary.basis_variance)),
            ("funding variance", plain(self.summary.funding_variance)),
            (
                "largest ledger error",
                format!("{:.1e} (relative)", self.summary.ledger_max_relative_error),
            ),
            (
                "halted",
                self.summary.halted.as_ref().map_or("no", |halt| halt.rule).to_owned(),
            ),
        ]
        .into_iter()
        .chain(self.market_side())
        .chain(self.losses())
        .map(|(name, value)| (name.to_owned(), value))
        .collect::<Vec<_>>();
        if self.assets.len() > 1 {
            let which = format!("{} of {}", self.asset, self.assets.len());
            rows.insert(1, ("asset".to_owned(), which));
        }
        rows.extend(
            self.summary
                .lending
                .map(|lending| ("lending pool".to_owned(), in_words(&lending))),
        );
        for (source, change) in Source::ALL.iter().zip(self.attribution.into_values()) {
            rows.push((format!("log-price change by {}", source.label()), plain(change)));
        }
        rows.extend(self.rows_of_other_assets());
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
            gain: rows(&contagion.gain),
            spectral_radius: contagion.spectral_radius(),
            closed_usd: rows(&spillover.closed),
            collateral_sold_usd: spillover.collateral_sold[..n].to_vec(),
        }
    }
}

/// What came of the lending pool, on one line.
fn in_words(lending: &LendingSummary) -> String {
    let usd = |value: f64| format!("{} USD", format::short(value));
    format!(
        "{} liquidations of {} ({:.0} % toxic), bad debt {}, {} loans of {} left",
        lending.liquidation_count,
        usd(lending.liquidated_debt_usd),
        100.0 * lending.toxic_share,
        usd(lending.bad_debt_usd),
        lending.loans,
        usd(lending.debt_usd),
    )
}
