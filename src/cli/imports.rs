//! Tables given on the command line that become part of the scenario.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::files::import::{self, Context, Imported};
use crate::files::options::Known;
use crate::files::positions::Places;
use crate::files::preset::PresetError;
use crate::files::{options, positions, price_path};
use crate::scenario::{PositionTotals, Scenario, format};

use super::{Failure, complain};

/// Units of the underlying an option contract has.
const MULTIPLIER: f64 = 100.0;
/// Warnings that are printed of one file.
const WARNINGS_SHOWN: usize = 5;

/// What takes the place of what the preset describes.
#[derive(Debug, Args)]
pub struct Imports {
    /// Start from the positions of this table (columns side, entry, size or notional, leverage or margin; perhaps venue,
    /// asset, kind) instead of drawn ones
    #[arg(long, value_name = "CSV")]
    positions: Option<PathBuf>,
    /// Let the price follow this table (columns time, price) instead of noise
    #[arg(long, value_name = "CSV")]
    path: Option<PathBuf>,
    /// Let the dealers hedge this option chain, 100 units a contract
    #[arg(long, value_name = "CSV")]
    options: Option<PathBuf>,
}

impl Imports {
    /// Puts them into a scenario.
    pub(super) fn adopt(&self, scenario: &mut Scenario) -> Result<(), Failure> {
        if let Some(file) = &self.options {
            let chain = options::load(file, Known::default())?;
            scenario.adopt_chain(&chain, MULTIPLIER)?;
        }
        if let Some(file) = &self.path {
            let read = price_path::load(file)?;
            warn(file, &read.warnings);
            scenario.adopt_path(read.path)?;
        }
        if let Some(file) = &self.positions {
            let list = positions::load(file, Places::of(scenario))?;
            warn(file, &list.warnings);
            scenario.adopt_positions(list.positions)?;
        }
        Ok(())
    }
}

fn warn(file: &Path, warnings: &[crate::files::preset::Problem]) {
    for warning in warnings.iter().take(WARNINGS_SHOWN) {
        complain(&format!(
            "{}, line {}: {}",
            file.display(),
            warning.line,
            warning.message
        ));
    }
    if warnings.len() > WARNINGS_SHOWN {
        complain(&format!(
            "{}: and {} more",
            file.display(),
            warnings.len() - WARNINGS_SHOWN
        ));
    }
}

/// What a table holds, in a line.
///
/// # Errors
/// It cannot be read or has mistakes.
pub(super) fn describe(file: &Path) -> Result<String, PresetError> {
    Ok(match import::load(file, Context::default())? {
        Imported::Positions(list) => {
            let totals = PositionTotals::of(&list.positions);
            format!(
                "{} longs and {} shorts, notional {} USD, mean leverage {}",
                totals.count[0],
                totals.count[1],
                format::short(totals.all()),
                format::digits(totals.mean_leverage(), 3)
            )
        }
        Imported::PricePath(read) => format!(
            "a price path of {} points over {}, {} gaps, {} remarks",
            read.path.points.len(),
            price_path::duration(read.path.span_seconds()),
            read.gaps,
            read.warnings.len()
        ),
        Imported::OptionChain(chain) => {
            format!(
                "an option chain of {} rows, spot {}",
                chain.rows,
                format::price(chain.spot)
            )
        }
    })
}
