//! A run as a table of comma-separated values: one row a step, units in the names of the columns. What does not exist at a step,
//! such as a gamma flip without options, is left empty.

use std::io::Write;

use cascade_engine::{Observation, Source};
use cascade_scenario::Route;

/// Writes rows as the run goes along; nothing but the current row is kept in memory.
#[derive(Debug)]
pub struct SeriesWriter<W: Write> {
    rows: csv::Writer<W>,
    venues: usize,
}

/// The columns that do not depend on the number of venues or sources: name and value.
type Column = (&'static str, fn(&Observation) -> f64);

const BEFORE_VENUES: &[Column] = &[
    ("spot_price_usd", |o| o.spot),
    ("index_price_usd", |o| o.index),
    ("exogenous_price_usd", |o| o.exogenous),
];

const AFTER_VENUES: &[Column] = &[
    ("levered_longs_usd", |o| o.levered_longs),
    ("levered_shorts_usd", |o| o.levered_shorts),
    ("counterparty_delta_usd", |o| o.counterparty_delta),
    ("arbitrage_delta_usd", |o| o.arbitrage_delta),
    ("cross_delta_usd", |o| o.cross_delta),
    ("cross_closed_usd", |o| o.cross_closed),
    ("collateral_sold_usd", |o| o.collateral_sold),
    ("open_interest_usd", |o| o.open_interest),
    ("liquidated_longs_usd", |o| o.liquidated_longs),
    ("liquidated_shorts_usd", |o| o.liquidated_shorts),
    ("queued_usd", |o| o.queued),
    ("halted_venues_count", |o| f64::from(o.halted_venues)),
    ("venues_out_count", |o| f64::from(o.venues_out)),
    ("deleveraged_usd", |o| o.deleveraged),
    ("margin_called_usd", |o| o.margin_called),
    ("topped_up_usd", |o| o.topped_up),
    ("top_ups_late_usd", |o| o.top_ups_late),
    ("sold_on_call_usd", |o| o.sold_on_call),
    ("latency_shortfall_fraction", |o| o.latency_shortfall),
    ("liquidated_on_book_usd", |o| o.routes[Route::OrderBook]),
    ("liquidated_by_amm_usd", |o| o.routes[Route::Amm]),
    ("liquidated_by_auction_usd", |o| o.routes[Route::Auction]),
    ("liquidated_by_vault_usd", |o| o.routes[Route::Vault]),
    ("liquidated_on_book_so_far_usd", |o| o.routes_so_far[Route::OrderBook]),
    ("liquidated_by_amm_so_far_usd", |o| o.routes_so_far[Route::Amm]),
    ("liquidated_by_auction_so_far_usd", |o| o.routes_so_far[Route::Auction]),
    ("liquidated_by_vault_so_far_usd", |o| o.routes_so_far[Route::Vault]),
    ("unwound_usd", |o| o.unwound),
    ("taken_over_usd", |o| o.taken_over),
    ("takers_profit_usd", |o| o.takers_profit),
    ("predators_delta_usd", |o| o.predators_delta),
    ("predators_profit_usd", |o| o.predators_profit),
    ("providers_delta_usd", |o| o.providers_delta),
    ("providers_profit_usd", |o| o.providers_profit),
    ("makers_standing_fraction", |o| o.makers_standing),
    ("makers_failed_count", |o| o.makers_failed as f64),
    ("makers_delta_usd", |o| o.makers_delta),
    ("makers_profit_usd", |o| o.makers_profit),
    ("basis_spread_log", |o| o.basis_spread),
    ("funding_spread_per_8_hours", |o| o.funding_spread),
    ("insurance_fund_usd", |o| o.insurance_fund),
    ("default_fund_usd", |o| o.clearing.default_fund_usd),
    ("default_fund_used_usd", |o| o.clearing.default_fund_used_usd),
    ("mutualised_usd", |o| o.clearing.mutualised_usd),
    ("largest_member_loss_usd", |o| o.clearing.largest_member_loss_usd),
    ("margin_separate_usd", |o| o.clearing.margin_separate_usd),
    ("margin_bilateral_usd", |o| o.clearing.margin_bilateral_usd),
    ("margin_central_usd", |o| o.clearing.margin_central_usd),
    ("shortfall_usd", |o| o.shortfall),
    ("execution_shortfall_fraction", |o| o.execution_shortfall),
    ("bad_debt_usd", |o| o.bad_debt),
    ("socialised_loss_usd", |o| o.socialised),
    ("negative_equity_count", |o| o.insolvent.count as f64),
    ("negative_equity_notional_usd", |o| o.insolvent.notional),
    ("negative_equity_loss_usd", |o| o.insolvent.lost),
    ("lending_debt_usd", |o| o.lending.debt_usd),
    ("lending_collateral_usd", |o| o.lending.collateral_usd),
    ("lending_at_risk_usd", |o| o.lending.at_risk_usd),
    ("lending_waiting_count", |o| o.lending.waiting as f64),
    ("lending_waiting_usd", |o| o.lending.waiting_usd),
    ("lending_waiting_toxic_usd", |o| o.lending.waiting_toxic_usd),
    ("lending_liquidations_count", |o| o.lending.step.count as f64),
    ("lending_repaid_usd", |o| o.lending.step.repaid_usd),
    ("lending_toxic_repaid_usd", |o| o.lending.step.toxic_usd),
    ("lending_seized_usd", |o| o.lending.step.seized_usd),
    ("lending_bad_debt_usd", |o| o.lending.bad_debt_usd()),
    ("maintenance_rate_fraction", |o| o.maintenance_rate),
    ("haircut_fraction", |o| o.haircut),
    ("forced_cut_fraction", |o| o.forced_cut),
    ("liquidated_by_tightening_usd", |o| o.tightened),
    ("realised_volatility_per_root_year", |o| o.realised_volatility),
    ("depth_usd_per_log_price", |o| o.depth),
    ("reproduction_ratio_down", |o| o.reproduction_down),
    ("reproduction_ratio_up", |o| o.reproduction_up),
    ("gamma_exposure_usd_per_percent", |o| o.gamma_exposure),
    ("gamma_exposure_index_convention_usd_per_percent", |o| {
        o.gamma_exposure_index
    }),
    ("gamma_flip_price_usd", |o| o.gamma_flip.unwrap_or(f64::NAN)),
    ("gamma_flip_index_convention_price_usd", |o| {
        o.gamma_flip_index.unwrap_or(f64::NAN)
    }),
    ("hedge_flow_up_1_percent_usd", |o| o.hedge_flow_up),
    ("hedge_flow_down_1_percent_usd", |o| o.hedge_flow_down),
    ("dealer_option_delta_usd", |o| o.dealer_option_delta),
    ("dealer_hedge_usd", |o| o.dealer_hedge),
    ("hedged_usd", |o| o.hedged),
    ("herfindahl_by_venue", |o| o.systemic.herfindahl_by_venue),
    ("herfindahl_by_side", |o| o.systemic.herfindahl_by_side),
    ("herfindahl_by_price_level", |o| o.systemic.herfindahl_by_price_level),
    ("largest_engine_share", |o| o.systemic.largest_engine_share),
    ("largest_oracle_share", |o| o.systemic.largest_oracle_share),
    ("depth_adjusted_open_interest", |o| {
        o.systemic.depth_adjusted_open_interest
    }),
    ("running_synchrony", |o| o.systemic.running_synchrony),
    ("running_derivative_share", |o| o.systemic.running_derivative_share),
];

impl<W: Write> SeriesWriter<W> {
    /// Writes the names of the columns for a market of so many venues.
    ///
    /// # Errors
    /// The target cannot be written.
    pub fn new(target: W, venues: usize) -> Result<Self, csv::Error> {
        let mut rows = csv::Writer::from_writer(target);
        let mut names = vec!["step".to_owned(), "time_seconds".to_owned()];
        names.extend(BEFORE_VENUES.iter().map(|(name, _)| (*name).to_owned()));
        names.extend((1..=venues).map(|venue| format!("mark_price_{venue}_usd")));
        names.extend((1..=venues).map(|venue| format!("futures_price_{venue}_usd")));
        names.extend((1..=venues).map(|venue| format!("funding_rate_{venue}_per_8_hours")));
        names.extend(AFTER_VENUES.iter().map(|(name, _)| (*name).to_owned()));
        names.extend(
            Source::ALL
                .iter()
                .map(|source| format!("attribution_{}_log_price", source.label().replace(' ', "_"))),
        );
        rows.write_record(&names)?;
        Ok(Self { rows, venues })
    }

    /// Writes the figures of one step.
    ///
    /// # Errors
    /// The target cannot be written.
    pub fn write(&mut self, seen: &Observation) -> Result<(), csv::Error> {
        self.rows.write_field(seen.step.to_string())?;
        let before = BEFORE_VENUES.iter().map(|(_, value)| value(seen));
        let marks = seen.marks.iter().take(self.venues).copied();
        let futures = seen.futures.iter().take(self.venues).copied();
        let funding = seen.funding_rates.iter().take(self.venues).copied();
        let after = AFTER_VENUES.iter().map(|(_, value)| value(seen));
        let values = std::iter::once(seen.time_seconds)
            .chain(before)
            .chain(marks)
            .chain(futures)
            .chain(funding)
            .chain(after);
        for value in values.chain(seen.attribution.into_values()) {
            if value.is_nan() {
                self.rows.write_field("")?;
            } else {
                self.rows.write_field(value.to_string())?;
            }
        }
        self.rows.write_record(None::<&[u8]>)
    }

    /// Writes what is still in the buffer.
    ///
    /// # Errors
    /// The target cannot be written.
    pub fn finish(mut self) -> Result<(), csv::Error> {
        Ok(self.rows.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use cascade_engine::Simulation;
    use cascade_scenario::Scenario;

    use super::*;

    #[test]
    fn rows_read_back_exactly() {
        let mut simulation = Simulation::new(&Scenario::default()).unwrap();
        let mut text = Vec::new();
        let mut writer = SeriesWriter::new(&mut text, 4).unwrap();
        let mut seen = Vec::new();
        for _ in 0..20 {
            simulation.step();
            writer.write(simulation.assets()[0].observation()).unwrap();
            seen.push(*simulation.assets()[0].observation());
        }
        writer.finish().unwrap();
        let mut reader = csv::Reader::from_reader(text.as_slice());
        let names = reader.headers().unwrap().clone();
        let at = |name: &str| names.iter().position(|column| column == name).unwrap();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), seen.len());
        for (row, seen) in rows.iter().zip(&seen) {
            let figure = |name: &str| row[at(name)].parse::<f64>().unwrap();
            assert_eq!(row[0].parse::<u64>().unwrap(), seen.step);
            assert_eq!(figure("time_seconds"), seen.time_seconds);
            assert_eq!(figure("spot_price_usd"), seen.spot);
            assert_eq!(figure("mark_price_4_usd"), seen.marks[3]);
            assert_eq!(figure("futures_price_1_usd"), seen.futures[0]);
            assert_eq!(figure("funding_rate_2_per_8_hours"), seen.funding_rates[1]);
            assert_eq!(figure("reproduction_ratio_up"), seen.reproduction_up);
            assert_eq!(
                figure("attribution_liquidations_log_price"),
                seen.attribution[Source::Liquidations]
            );
            // Nobody has written options.
            assert!(seen.gamma_flip.is_none() && row[at("gamma_flip_price_usd")].is_empty());
            let filled = row.iter().filter(|cell| !cell.is_empty());
            assert!(filled.clone().count() > 80 && filled.clone().all(|cell| cell.parse::<f64>().unwrap().is_finite()));
        }
        assert!(!names.iter().any(|name| name == "mark_price_5_usd"));
    }
}
