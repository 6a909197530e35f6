//! The figures a study can be about: every number of an asset's summary, by the name it has there. Those of further assets have
//! the asset in front, as parameters have: `asset_2.max_drawdown`.

use std::borrow::Cow;
use std::sync::LazyLock;

use serde_json::Value;

use cascade_engine::Simulation;
use cascade_scenario::{ASSETS_MAX, AssetId, Scenario};

/// The figure that studies begin with.
const USUAL: &str = "amplification_factor";
/// What the name of a further asset's figure begins with, before its number and a dot.
const OF_ASSET: &str = "asset_";
/// Parts of a summary that are no figures of the market.
const NO_FIGURES: [&str; 2] = ["digest", "halted"];

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

/// The names as keys of the summary; a figure inside a part of it has the part's name and a dot in front.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let summary = Simulation::new(&Scenario::default()).map(|simulation| simulation.summary_of(AssetId::FIRST));
    let mut names = Vec::new();
    if let Some(value) = summary.ok().and_then(|summary| serde_json::to_value(summary).ok()) {
        collect("", &value, &mut names);
    }
    names.sort_unstable();
    names
});

/// Numbers, and what is not yet known: at step 0 every part of a summary that may be absent is.
fn collect(prefix: &str, value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(parts) => {
            for (key, part) in parts {
                if !NO_FIGURES.contains(&key.as_str()) {
                    let dot = if prefix.is_empty() { "" } else { "." };
                    collect(&format!("{prefix}{dot}{key}"), part, names);
                }
            }
        }
        Value::Number(_) | Value::Null => names.push(prefix.to_owned()),
        Value::Array(_) | Value::Bool(_) | Value::String(_) => {}
    }
}

/// All names, in alphabetical order.
pub fn names() -> &'static [String] {
    &NAMES
}

/// All figures of a run, those of the first asset in the order of [`names`], then those of the next; not a number where there
/// is none.
pub fn read(simulation: &Simulation) -> Vec<f64> {
    let of_asset = |asset| {
        let value = serde_json::to_value(simulation.summary_of(asset)).unwrap_or_default();
        NAMES.iter().map(move |name| {
            let part = name.split('.').try_fold(&value, |part, key| part.get(key));
            part.and_then(Value::as_f64).unwrap_or(f64::NAN)
        })
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
        NAMES
            .iter()
            .position(|known| known == figure)
            .map(|place| Self { place, asset })
            .ok_or_else(|| UnknownMetric { name: name.to_owned() })
    }

    /// All of the first asset, in alphabetical order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..NAMES.len()).map(|place| Self {
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
        self.asset.index() * NAMES.len() + self.place
    }

    /// Its name in the summary of its asset.
    pub fn figure_name(self) -> &'static str {
        NAMES.get(self.place).map_or("", String::as_str)
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
        assert_eq!(at("amplification_factor"), summary.amplification_factor);
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
