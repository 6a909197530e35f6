//! What moved the price in an interval, source by source: a table that adds up and a sentence.

use cascade_engine::Source;
use cascade_scenario::format;

use super::App;
use super::history::{Figure, History};

/// Chooses the interval that is explained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SelectionCommand {
    /// The interval to be explained begins at this step.
    Begin(u64),
    /// The interval to be explained ends at this step.
    End(u64),
    /// Explains nothing any more.
    Clear,
}

/// A move of the spot price and its causes. Log prices in per cent (100 × log), which add up.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// First and last step of the interval.
    pub steps: (u64, u64),
    /// Market time of these, in seconds.
    pub seconds: (f64, f64),
    /// Spot price at both ends, USD per coin.
    pub prices: (f64, f64),
    /// What each source did, in the order of [`Source::ALL`].
    pub parts: Vec<(Source, f64)>,
    /// Their sum.
    pub total: f64,
    /// Notional liquidated in the interval, USD, longs and shorts.
    pub liquidated: (f64, f64),
}

impl Explanation {
    /// Reads the interval off a recording; none if it is empty or no longer known step by step.
    pub fn new(history: &History, from: u64, to: u64) -> Option<Self> {
        let (from, to) = (from.min(to), from.max(to).min(history.newest_step() as u64));
        let exact = history.figure(Figure::Spot).exact_from() as u64;
        if from >= to || from < exact {
            return None;
        }
        let change = |source| {
            let series = history.by_source(source);
            Some((source, series.at(to as usize)? - series.at(from as usize)?))
        };
        let parts: Vec<_> = Source::ALL.iter().copied().filter_map(change).collect();
        let price = |step: u64| history.figure(Figure::Spot).at(step as usize);
        let liquidated = |figure| {
            let series = history.figure(figure);
            (from + 1..=to).filter_map(|step| series.at(step as usize)).sum()
        };
        Some(Self {
            steps: (from, to),
            seconds: (from as f64 * history.step_seconds(), to as f64 * history.step_seconds()),
            prices: (price(from)?, price(to)?),
            total: parts.iter().map(|(_, part)| part).sum(),
            parts,
            liquidated: (
                liquidated(Figure::LiquidatedLongs),
                liquidated(Figure::LiquidatedShorts),
            ),
        })
    }

    /// What a source did as a share of the whole move; negative if it worked against it.
    pub fn share(&self, part: f64) -> f64 {
        part / self.total
    }

    /// The move in plain words.
    pub fn sentence(&self) -> String {
        let moved = self.prices.1 / self.prices.0 - 1.0;
        let unsigned = |fraction: f64| format::percent(fraction.abs(), 1).trim_start_matches('+').to_owned();
        let took = format::clock(self.seconds.1 - self.seconds.0);
        if moved.abs() < 0.000_5 {
            return format!("In {took} the price hardly moved.");
        }
        let (verb, noun, flow) = if moved < 0.0 {
            ("fell", "fall", "selling")
        } else {
            ("rose", "rise", "buying")
        };
        let outside = self.parts.iter().filter(|(source, _)| *source == Source::Exogenous);
        let forced = 1.0 - self.share(outside.map(|(_, part)| part).sum());
        let why = match forced {
            f if f < 0.02 => "noise and shocks did it alone".to_owned(),
            f if f > 0.98 && f <= 1.02 => format!("forced {flow} did all of it"),
            f if f > 1.02 => format!("forced {flow} did all of it, against the news"),
            f => {
                let (source, part) = self.largest_forced();
                let share = format!("{:.0} %", 100.0 * f);
                let most = format!("{:.0} %", 100.0 * self.share(part));
                if share == most {
                    format!(
                        "noise and shocks began it, and {} made {share} of the {noun}",
                        source.label()
                    )
                } else {
                    format!(
                        "noise and shocks began it, and forced {flow} made {share} of the {noun}, {} alone {most}",
                        source.label()
                    )
                }
            }
        };
        format!("In {took} the price {verb} {}: {why}.", unsigned(moved))
    }

    /// The source other than noise and shocks that moved the price most in the direction it went.
    fn largest_forced(&self) -> (Source, f64) {
        let sign = self.total.signum();
        let forced = self.parts.iter().filter(|(source, _)| *source != Source::Exogenous);
        forced
            .copied()
            .max_by(|a, b| (sign * a.1).total_cmp(&(sign * b.1)))
            .unwrap_or((Source::Exogenous, 0.0))
    }
}

impl App {
    pub(super) fn select(&mut self, command: SelectionCommand) {
        match command {
            SelectionCommand::Begin(step) => self.present.select(Some(step), None),
            SelectionCommand::End(step) => self.present.select(None, Some(step)),
            SelectionCommand::Clear => self.present.selection = None,
        }
    }

    /// The explanation of the interval that is selected, for the asset shown, if there is one to give.
    pub fn explanation(&self) -> Option<Explanation> {
        let (from, to) = self.present.selection?;
        Explanation::new(self.shown_history(), from, to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SelectionCommand, Settings};
    use cascade_files::preset;

    #[test]
    fn the_parts_add_up_to_the_move_of_the_price() {
        let mut app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
        app.run(400);
        for (from, to) in [(0, 400), (119, 161), (150, 399), (10, 11)] {
            app.update(SelectionCommand::Begin(from));
            app.update(SelectionCommand::End(to));
            let told = app.explanation().unwrap();
            assert_eq!(told.steps, (from, to));
            let log_move = 100.0 * (told.prices.1 / told.prices.0).ln();
            assert!((told.total - log_move).abs() < 1e-9, "{} {log_move}", told.total);
            let sum: f64 = told.parts.iter().map(|(_, part)| told.share(*part)).sum();
            assert!((sum - 1.0).abs() < 1e-9);
        }
        app.update(SelectionCommand::Begin(119));
        app.update(SelectionCommand::End(165));
        let told = app.explanation().unwrap();
        let sentence = told.sentence();
        assert!(
            sentence.contains("the price fell") && sentence.contains("liquidations"),
            "{sentence}"
        );
        assert!(told.liquidated.0 > 1e8);
        app.update(SelectionCommand::Clear);
        assert_eq!(app.explanation(), None);
    }

    #[test]
    fn a_market_without_forced_flow_is_explained_by_its_noise() {
        let mut scenario = preset::find("quiet-market").unwrap();
        scenario.events.clear();
        let mut app = App::new(scenario, None, Settings::default()).unwrap();
        app.run(300);
        let told = Explanation::new(app.shown_history(), 0, 300).unwrap();
        assert!(
            told.sentence().contains("noise and shocks did it alone"),
            "{}",
            told.sentence()
        );
        assert_eq!(Explanation::new(app.shown_history(), 50, 50), None);
    }
}
