//! A run as a table of comma-separated values: one row a step, a column for every row of the table of figures that asks for one,
//! units in the names of the columns. What does not exist at a step,
//! such as a gamma flip without options, is left empty.

use std::io::Write;

use cascade_engine::{Figure, Observation};

/// Writes rows as the run goes along; nothing but the current row is kept in memory.
#[derive(Debug)]
pub struct SeriesWriter<W: Write> {
    rows: csv::Writer<W>,
    venues: usize,
}

/// The figures that the table has.
fn columns() -> impl Iterator<Item = Figure> {
    Figure::ALL.into_iter().filter(|figure| figure.is_column())
}

impl<W: Write> SeriesWriter<W> {
    /// Writes the names of the columns for a market of so many venues.
    ///
    /// # Errors
    /// The target cannot be written.
    pub fn new(target: W, venues: usize) -> Result<Self, csv::Error> {
        let mut rows = csv::Writer::from_writer(target);
        let mut names = vec!["step".to_owned(), "time_seconds".to_owned()];
        names.extend(columns().flat_map(|figure| figure.about().names(venues)));
        rows.write_record(&names)?;
        Ok(Self { rows, venues })
    }

    /// Writes the figures of one step.
    ///
    /// # Errors
    /// The target cannot be written.
    pub fn write(&mut self, seen: &Observation) -> Result<(), csv::Error> {
        self.rows.write_field(seen.step.to_string())?;
        let parts =
            |figure: Figure| (0..figure.about().split.parts(self.venues)).map(move |part| figure.part(seen, part));
        for value in std::iter::once(seen.time_seconds).chain(columns().flat_map(parts)) {
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
    use cascade_engine::{Simulation, Source};
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
