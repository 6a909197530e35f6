//! What came of a run, for programs (one JSON object) and for people (a table).

use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::engine::{ByRoute, BySource, LendingFigures, Simulation, Source};
use crate::scenario::format;

/// The figures of a run, in the order in which they are printed. Keys and their order are a contract.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    preset: &'a str,
    seed: u64,
    steps: u64,
    digest: String,
    steps_per_second: f64,
    amplification_factor: f64,
    max_drawdown: f64,
    reproduction_ratio: f64,
    branching_ratio: f64,
    liquidated_notional_usd: f64,
    peak_liquidation_rate_usd_per_second: f64,
    open_interest_start_usd: f64,
    open_interest_end_usd: f64,
    insurance_fund_usd: f64,
    adl_count: u64,
    adl_notional_usd: f64,
    bad_debt_usd: f64,
    /// The model has no options, so this and the next are always null.
    gamma_exposure_usd_per_percent: Option<f64>,
    gamma_flip_price: Option<f64>,
    synchronisation: Option<f64>,
    basis_variance: f64,
    funding_variance: f64,
    #[serde(serialize_with = "by_source")]
    attribution: BySource,
    ledger_max_relative_error: f64,
    halted: Option<&'static str>,
    lowest_price: f64,
    highest_price: f64,
    final_price: f64,
    liquidation_count: u64,
    /// Null without a lending pool.
    lending: Option<LendingReport>,
    #[serde(skip)]
    by_route: ByRoute,
    #[serde(skip)]
    start_price: f64,
    #[serde(skip)]
    time_seconds: f64,
}

fn by_source<S: Serializer>(attribution: &BySource, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(attribution.len()))?;
    for (source, change) in Source::ALL.iter().zip(attribution) {
        map.serialize_entry(source, change)?;
    }
    map.end()
}

/// What came of the lending pool.
#[derive(Debug, Serialize)]
struct LendingReport {
    loans: u64,
    debt_usd: f64,
    collateral_usd: f64,
    liquidation_count: u64,
    liquidated_debt_usd: f64,
    toxic_share: f64,
    seized_usd: f64,
    waiting_usd: f64,
    bad_debt_usd: f64,
    liquidators_profit_usd: f64,
}

impl LendingReport {
    fn new(seen: &LendingFigures) -> Option<Self> {
        (seen.loans > 0 || seen.total.count > 0).then(|| Self {
            loans: seen.loans,
            debt_usd: seen.debt_usd,
            collateral_usd: seen.collateral_usd,
            liquidation_count: seen.total.count,
            liquidated_debt_usd: seen.total.repaid_usd,
            toxic_share: seen.total.toxic_share(),
            seized_usd: seen.total.seized_usd,
            waiting_usd: seen.waiting_usd,
            bad_debt_usd: seen.bad_debt_usd(),
            liquidators_profit_usd: seen.total.profit_usd,
        })
    }

    fn row(&self) -> String {
        let usd = |value: f64| format!("{} USD", format::short(value));
        format!(
            "{} liquidations of {} ({:.0} % toxic), bad debt {}, {} loans of {} left",
            self.liquidation_count,
            usd(self.liquidated_debt_usd),
            100.0 * self.toxic_share,
            usd(self.bad_debt_usd),
            self.loans,
            usd(self.debt_usd),
        )
    }
}

impl<'a> Report<'a> {
    /// Takes the figures of a run that took so many seconds of real time.
    pub fn new(preset: &'a str, simulation: &Simulation, elapsed_seconds: f64) -> Self {
        let summary = simulation.summary();
        let seen = simulation.observation();
        Self {
            preset,
            seed: simulation.scenario().seed,
            steps: summary.steps,
            digest: summary.digest,
            steps_per_second: summary.steps as f64 / elapsed_seconds.max(1e-9),
            amplification_factor: summary.amplification_factor,
            max_drawdown: summary.max_drawdown,
            reproduction_ratio: summary.reproduction_ratio,
            branching_ratio: summary.branching_ratio,
            liquidated_notional_usd: summary.liquidated_notional_usd,
            peak_liquidation_rate_usd_per_second: summary.peak_liquidation_rate_usd_per_second,
            open_interest_start_usd: summary.open_interest_start_usd,
            open_interest_end_usd: summary.open_interest_end_usd,
            insurance_fund_usd: summary.insurance_fund_usd,
            adl_count: summary.adl_count,
            adl_notional_usd: summary.adl_notional_usd,
            bad_debt_usd: summary.bad_debt_usd,
            gamma_exposure_usd_per_percent: None,
            gamma_flip_price: None,
            synchronisation: summary.synchronisation,
            basis_variance: summary.basis_variance,
            funding_variance: summary.funding_variance,
            attribution: seen.attribution,
            ledger_max_relative_error: summary.ledger_max_relative_error,
            halted: summary.halted.map(|halt| halt.rule),
            lowest_price: summary.lowest_price,
            highest_price: summary.highest_price,
            final_price: seen.spot,
            liquidation_count: summary.liquidation_count,
            lending: LendingReport::new(&summary.lending),
            by_route: summary.liquidated_by_route_usd,
            start_price: simulation.scenario().parameters.market.start_price,
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
                format!("{} ({} of market time)", self.steps, format::clock(self.time_seconds)),
            ),
            ("digest", self.digest.clone()),
            ("speed", format!("{} steps/s", format::short(self.steps_per_second))),
            ("lowest price", price(self.lowest_price)),
            ("highest price", price(self.highest_price)),
            ("final price", price(self.final_price)),
            ("largest drawdown", format::percent(-self.max_drawdown, 2)),
            (
                "amplification factor",
                format!("{} ×", plain(self.amplification_factor)),
            ),
            ("largest reproduction ratio", plain(self.reproduction_ratio)),
            ("branching ratio", plain(self.branching_ratio)),
            (
                "liquidations",
                format!(
                    "{} positions, {}",
                    self.liquidation_count,
                    usd(self.liquidated_notional_usd)
                ),
            ),
            ("liquidated by route", {
                let ByRoute {
                    order_book,
                    amm,
                    auction,
                    vault,
                } = self.by_route;
                format!(
                    "order book {}, AMM {}, auction {}, vault {}",
                    usd(order_book),
                    usd(amm),
                    usd(auction),
                    usd(vault)
                )
            }),
            (
                "peak liquidation rate",
                format!("{}/s", usd(self.peak_liquidation_rate_usd_per_second)),
            ),
            (
                "open interest",
                format!(
                    "{} → {}",
                    usd(self.open_interest_start_usd),
                    usd(self.open_interest_end_usd)
                ),
            ),
            ("insurance fund", usd(self.insurance_fund_usd)),
            (
                "auto-deleveraging",
                format!("{} positions, {}", self.adl_count, usd(self.adl_notional_usd)),
            ),
            ("bad debt", usd(self.bad_debt_usd)),
            (
                "synchronisation of venues",
                self.synchronisation.map_or_else(|| "–".to_owned(), plain),
            ),
            ("basis variance", plain(self.basis_variance)),
            ("funding variance", plain(self.funding_variance)),
            (
                "largest ledger error",
                format!("{:.1e} (relative)", self.ledger_max_relative_error),
            ),
            ("halted", self.halted.unwrap_or("no").to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect::<Vec<_>>();
        rows.extend(
            self.lending
                .iter()
                .map(|lending| ("lending pool".to_owned(), lending.row())),
        );
        for (source, change) in Source::ALL.iter().zip(self.attribution) {
            rows.push((format!("log-price change by {}", source.label()), plain(change)));
        }
        rows
    }
}
