//! Which plots are shown. Which ones there are is the window's business: here they are names.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// A plot, by the name that stands in menus and under which it is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlotId(pub &'static str);

/// The plots that the user has chosen to show and to hide. One that is in neither set is shown as it is in a fresh window,
/// so that a plot of a later version appears by itself; a name that no plot has does nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct ShownPlots {
    shown: BTreeSet<String>,
    hidden: BTreeSet<String>,
}

impl ShownPlots {
    /// Whether a plot is shown that a fresh window shows or not.
    pub fn shows(&self, plot: PlotId, at_first: bool) -> bool {
        self.shown.contains(plot.0) || at_first && !self.hidden.contains(plot.0)
    }

    /// Shows or hides a plot.
    pub fn set(&mut self, plot: PlotId, show: bool) {
        let (to, from) = if show {
            (&mut self.shown, &mut self.hidden)
        } else {
            (&mut self.hidden, &mut self.shown)
        };
        from.remove(plot.0);
        to.insert(plot.0.to_owned());
    }
}

/// The two sets as they are remembered.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    /// One switch a plot, as before there were sets.
    Switches(BTreeMap<String, bool>),
    Sets {
        #[serde(default)]
        shown: BTreeSet<String>,
        #[serde(default)]
        hidden: BTreeSet<String>,
    },
}

/// What the plots were called that had a switch.
const SWITCHES: [(&str, &str); 14] = [
    ("clusters", "Liquidation clusters"),
    ("gamma", "Gamma exposure"),
    ("heat_map", "Clusters over time"),
    ("delta", "Aggregate delta"),
    ("open_interest", "Open interest"),
    ("attribution", "Why it moved"),
    ("reproduction", "Reproduction ratio"),
    ("margin", "Margin and volatility"),
    ("fund", "Insurance fund"),
    ("depth", "Depth and makers"),
    ("basis", "Basis and funding"),
    ("synchrony", "Synchrony"),
    ("routes", "Liquidated by route"),
    ("lending", "Lending pool"),
];

impl From<Stored> for ShownPlots {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Sets { shown, hidden } => Self { shown, hidden },
            Stored::Switches(switches) => {
                let mut plots = Self::default();
                for (old, name) in SWITCHES {
                    if let Some(show) = switches.get(old) {
                        plots.set(PlotId(name), *show);
                    }
                }
                plots
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_is_shown_as_in_a_fresh_window_until_it_is_chosen() {
        let (fund, delta) = (PlotId("Insurance fund"), PlotId("Aggregate delta"));
        let mut plots = ShownPlots::default();
        assert!(!plots.shows(fund, false) && plots.shows(delta, true));
        plots.set(fund, true);
        plots.set(delta, false);
        assert!(plots.shows(fund, false) && !plots.shows(delta, true));
        plots.set(fund, false);
        plots.set(delta, true);
        assert!(!plots.shows(fund, false) && plots.shows(delta, true));
    }
}
