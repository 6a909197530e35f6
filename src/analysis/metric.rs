//! The figures a study can be about: every figure of a run in the table of figures, by its name there. Those of further assets have
//! the asset in front, as parameters have: `asset_2.max_drawdown`.

use std::borrow::Cow;
use std::sync::LazyLock;

use cascade_engine::{RunFigure, Simulation, Unit};
use cascade_scenario::{ASSETS_MAX, AssetId};

/// The figure that studies begin with.
const USUAL: &str = "amplification_factor";
/// What the name of a further asset's figure begins with, before its number and a dot.
const OF_ASSET: &str = "asset_";

/// A figure of the summary of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its place among [`names`].
    place: usize,
    /// Whose it is.
    asset: AssetId,
}

/// No figure of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no figure `{name}`; there are {}", names().join(", "))]
pub struct UnknownMetric {
    /// The name asked for.
    pub name: String,
}

/// A figure of a run, and which of its parts.
type Part = (RunFigure, usize);

/// The parts of all rows of the table and their names, in the order of the names.
static TABLE: LazyLock<(Vec<String>, Vec<Part>)> = LazyLock::new(|| {
    let parts = |figure: RunFigure| {
        (0..)
            .zip(figure.about().names(0))
            .map(move |(part, name)| (name, (figure, part)))
    };
    let mut rows: Vec<_> = RunFigure::ALL.into_iter().flat_map(parts).collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    rows.into_iter().unzip()
});

/// All names, in alphabetical order.
pub fn names() -> &'static [String] {
    &TABLE.0
}

/// All figures of a run, those of the first asset in the order of [`names`], then those of the next; not a number where there
/// is none.
pub fn read(simulation: &Simulation) -> Vec<f64> {
    let of_asset = |asset| {
        let summary = simulation.summary_of(asset);
        TABLE.1.iter().map(move |(figure, part)| figure.part(&summary, *part))
    };
    simulation.parameters().assets.ids().flat_map(of_asset).collect()
}

impl Metric {
    /// The figure of a name.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn find(name: &str) -> Result<Self, UnknownMetric> {
        let (asset, figure) = of_further_asset(name).unwrap_or((AssetId::FIRST, name));
        names()
            .iter()
            .position(|known| known == figure)
            .map(|place| Self { place, asset })
            .ok_or_else(|| UnknownMetric { name: name.to_owned() })
    }

    /// All of the first asset, in alphabetical order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..names().len()).map(|place| Self {
            place,
            asset: AssetId::FIRST,
        })
    }

    /// The same figure of another asset.
    #[must_use]
    pub const fn of_asset(self, asset: AssetId) -> Self {
        Self { asset, ..self }
    }

    /// Whose it is.
    pub const fn asset(self) -> AssetId {
        self.asset
    }

    /// Its place in what [`read`] returns.
    pub fn index(self) -> usize {
        self.asset.index() * names().len() + self.place
    }

    /// Unit of its number.
    pub fn unit(self) -> Unit {
        TABLE.1[self.place].0.unit()
    }

    /// Its name in the summary of its asset.
    pub fn figure_name(self) -> &'static str {
        names().get(self.place).map_or("", String::as_str)
    }

    /// Its name, with the asset in front unless that is the first.
    pub fn name(self) -> Cow<'static, str> {
        match self.asset {
            AssetId::FIRST => Cow::Borrowed(self.figure_name()),
            further => Cow::Owned(format!("{OF_ASSET}{}.{}", further.number(), self.figure_name())),
        }
    }
}

/// The asset and the figure of a name with an asset in front.
fn of_further_asset(name: &str) -> Option<(AssetId, &str)> {
    let (number, figure) = name.strip_prefix(OF_ASSET)?.split_once('.')?;
    let number: u32 = number.parse().ok()?;
    (1..=ASSETS_MAX as u32)
        .contains(&number)
        .then(|| (AssetId::numbered(number), figure))
}

impl Default for Metric {
    fn default() -> Self {
        Self::find(USUAL).unwrap_or(Self {
            place: 0,
            asset: AssetId::FIRST,
        })
    }
}

#[cfg(test)]
mod tests {
    use cascade_scenario::Route;

    use super::*;
    use cascade_scenario::Scenario;
    use serde_json::Value;

    /// A number of a report that has no row could not be studied, and a row without a number would be empty.
    #[test]
    fn rows_are_the_numbers_of_a_summary() {
        fn collect(prefix: &str, value: &Value, found: &mut Vec<(String, Option<f64>)>) {
            match value {
                Value::Object(parts) => {
                    for (key, part) in parts {
                        let dot = if prefix.is_empty() { "" } else { "." };
                        collect(&format!("{prefix}{dot}{key}"), part, found);
                    }
                }
                number => found.push((prefix.to_owned(), number.as_f64())),
            }
        }
        let mut scenario = Scenario::default();
        scenario.set("lending.enabled", 1.0).unwrap();
        scenario.set("options.enabled", 1.0).unwrap();
        let mut simulation = Simulation::new(&scenario).unwrap();
        simulation.shock(&cascade_scenario::Shock::default());
        (0..60).for_each(|_| simulation.step());
        let mut found = Vec::new();
        collect(
            "",
            &serde_json::to_value(simulation.summary_of(AssetId::FIRST)).unwrap(),
            &mut found,
        );
        found.retain(|(name, _)| !["digest", "halted"].contains(&name.as_str()));
        found.sort_by(|one, other| one.0.cmp(&other.0));
        let read = read(&simulation);
        let rows: Vec<_> = names()
            .iter()
            .cloned()
            .zip(read.into_iter().map(|value| (!value.is_nan()).then_some(value)))
            .collect();
        assert_eq!(rows, found);
    }

    #[test]
    fn every_number_of_the_summary_is_a_figure() {
        let mut simulation = Simulation::new(&Scenario::default()).unwrap();
        for _ in 0..50 {
            simulation.step();
        }
        let summary = simulation.summary_of(AssetId::FIRST);
        let figures = read(&simulation);
        assert_eq!(figures.len(), names().len());
        let at = |name: &str| figures[Metric::find(name).unwrap().index()];
        assert_eq!(at("max_drawdown"), summary.max_drawdown);
        assert_eq!(at("excess_move_log"), summary.excess_move_log);
        assert!(at("amplification_factor") > 0.0 || summary.amplification_factor.is_none());
        assert_eq!(at("steps"), 50.0);
        assert_eq!(
            at("liquidated_by_route_usd.order_book"),
            summary.liquidated_by_route_usd[Route::OrderBook]
        );
        assert_eq!(at("lowest_price").to_bits(), summary.lowest_price.to_bits());
        assert!(at("synchronisation").is_nan(), "nobody has liquidated");
        assert_eq!(Metric::default().name(), "amplification_factor");
        let error = Metric::find("digest").unwrap_err().to_string();
        assert!(error.contains("`digest`") && error.contains("bad_debt_usd"), "{error}");
    }

    #[test]
    fn figures_of_further_assets_have_the_asset_in_front() {
        let mut scenario = Scenario::default();
        for (path, value) in [("assets.count", 2.0), ("shock.asset", 2.0), ("positions.count", 400.0)] {
            scenario.set(path, value).unwrap();
        }
        let mut simulation = Simulation::new(&scenario).unwrap();
        for _ in 0..20 {
            simulation.step();
        }
        let figures = read(&simulation);
        assert_eq!(figures.len(), 2 * names().len());
        for asset in AssetId::first(2) {
            let metric = Metric::find("lowest_price").unwrap().of_asset(asset);
            let expected = simulation.assets()[asset].summary().lowest_price;
            assert_eq!(figures[metric.index()], expected);
            assert_eq!(Metric::find(&metric.name()), Ok(metric));
        }
        let second = Metric::find("asset_2.lowest_price").unwrap();
        assert_eq!(
            (second.asset(), second.figure_name()),
            (AssetId::new(1), "lowest_price")
        );
        assert_eq!(Metric::find("asset_1.lowest_price"), Metric::find("lowest_price"));
        for wrong in [
            "asset_9.lowest_price",
            "asset_0.lowest_price",
            "asset_2.digest",
            "asset_.steps",
        ] {
            assert!(Metric::find(wrong).is_err(), "{wrong}");
        }
    }
}
