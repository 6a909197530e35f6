//! Tables given on the command line that become part of the scenario.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use cascade_analysis::adoption::{Adoption, Offer, counted};
use cascade_analysis::gex::{Convention, gamma_exposure};
use cascade_files::import::{self, Context, ImportKind, Imported};
use cascade_files::positions::Places;
use cascade_files::preset::PresetError;
use cascade_files::price_path;
use cascade_files::table::Decimal;
use cascade_scenario::{PositionTotals, Scenario, format};

use super::{Failure, complain};

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
    /// Where a run with --path or --options starts: at that table's own price, or where it would start without; if left out,
    /// at the table's, unless that would tear it from listed positions
    #[arg(long, value_enum)]
    start: Option<Start>,
    /// Have the preset's timed shocks of the first asset come on top of --path instead of dropping them
    #[arg(long, requires = "path")]
    keep_shocks: bool,
    /// How the tables write numbers, 1,234.5 or 1.234,5; if left out, as their numbers show
    #[arg(long, value_enum)]
    decimal: Option<Ways>,
}

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Ways {
    /// 1,234.5
    Point,
    /// 1.234,5
    Comma,
}

/// Where a run starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Start {
    /// At the price of the table
    Table,
    /// Where it starts without the table
    Present,
}

impl Imports {
    /// Puts them into a scenario and says what that changes. Parameters named in `fixed` have been set on purpose.
    pub(super) fn adopt(&self, scenario: &mut Scenario, fixed: &[&str]) -> Result<(), Failure> {
        // What comes later fits itself to the list.
        for (file, kind) in [
            (&self.positions, ImportKind::Positions),
            (&self.path, ImportKind::PricePath),
            (&self.options, ImportKind::OptionChain),
        ] {
            let Some(file) = file else { continue };
            let context = Context {
                places: Places::of(scenario),
                decimal: self.decimal.map(|way| match way {
                    Ways::Point => Decimal::Point,
                    Ways::Comma => Decimal::Comma,
                }),
                ..Context::default()
            };
            match import::load(file, Some(kind), context)? {
                Imported::Positions(list) => {
                    warn(file, &list.warnings);
                    self.take(scenario, file, &Offer::Positions(&list.positions), fixed)?;
                }
                Imported::PricePath(read) => {
                    warn(file, &read.warnings);
                    let offer = Offer::Path {
                        path: &read.path,
                        usual_seconds: read.usual_seconds,
                    };
                    self.take(scenario, file, &offer, fixed)?;
                }
                Imported::OptionChain(chain) => {
                    let convention = convention(scenario, fixed);
                    let offer = Offer::Chain {
                        chain: &chain,
                        convention: &convention,
                        exposure: &gamma_exposure(&chain, &convention),
                    };
                    self.take(scenario, file, &offer, fixed)?;
                }
            }
        }
        Ok(())
    }

    /// Puts one of them into a scenario.
    fn take(&self, scenario: &mut Scenario, file: &Path, offer: &Offer<'_>, fixed: &[&str]) -> Result<(), Failure> {
        let mut choices = offer.suggest(scenario, fixed);
        choices.keep_shocks = self.keep_shocks;
        if let (Some(start), Some(own)) = (self.start, offer.own_price()) {
            choices.start_price = match start {
                Start::Table => own,
                Start::Present => scenario.parameters.market.start_price,
            };
        }
        let Adoption {
            scenario: adopted,
            changes,
            cautions,
            ..
        } = offer.adopt(scenario, &choices)?;
        for change in changes {
            complain(&format!("{}: {change}", file.display()));
        }
        for caution in cautions {
            complain(&format!("{}: caution: {caution}", file.display()));
        }
        *scenario = adopted;
        Ok(())
    }
}

/// The usual convention, but for the dealers' signs that have been set on purpose.
fn convention(scenario: &Scenario, fixed: &[&str]) -> Convention {
    let mut convention = Convention::default();
    let dealers = scenario.parameters.dealers;
    let own = [
        ("dealers.call_sign", dealers.call_sign),
        ("dealers.put_sign", dealers.put_sign),
    ];
    for (sign, (path, own)) in convention.signs.iter_mut().zip(own) {
        if fixed.contains(&path) {
            *sign = own;
        }
    }
    convention
}

fn warn(file: &Path, warnings: &[cascade_files::preset::Problem]) {
    for warning in warnings.iter().take(WARNINGS_SHOWN) {
        complain(&format!("{}, {}: {}", file.display(), warning.place(), warning.message));
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
    Ok(match import::load(file, None, Context::default())? {
        Imported::Positions(list) => {
            let totals = PositionTotals::of(&list.positions);
            format!(
                "{} and {}, notional {} USD, mean leverage {}",
                counted(totals.count[0], "long"),
                counted(totals.count[1], "short"),
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
