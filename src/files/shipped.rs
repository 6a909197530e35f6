//! The presets that are part of the program.

use strum::VariantArray;

/// Where a shipped preset stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Shelf {
    /// One mechanism at a time, with round numbers.
    Teaching,
    /// Stylised after an episode on record.
    Historical,
}

impl Shelf {
    /// Both, in the order of [`shipped`].
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Name on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Teaching => "Teaching",
            Self::Historical => "Historical",
        }
    }
}

/// A preset that is part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// The name by which it is asked for.
    pub name: &'static str,
    /// Where it stands in a list.
    pub shelf: Shelf,
    /// Its file.
    pub text: &'static str,
}

macro_rules! shipped {
    ($($shelf:ident: [$($name:literal),+ $(,)?]),+ $(,)?) => {
        &[$($(Shipped {
            name: $name,
            shelf: Shelf::$shelf,
            text: include_str!(concat!("../../presets/", $name, ".ron")),
        }),+),+]
    };
}

/// The presets that are part of the program; the first one is the default.
pub fn shipped() -> &'static [Shipped] {
    shipped![
        Teaching: [
            "first-cascade",
            "quiet-market",
            "runaway",
            "long-squeeze",
            "short-squeeze",
            "clustered-versus-spread",
            "margin-procyclicality",
            "dynamic-margin",
            "gamma-squeeze",
            "gamma-pinning",
            "auto-deleveraging",
            "auction-versus-book",
            "circuit-breaker",
            "central-clearing",
            "options-clearing",
            "bridge-latency",
            "regional-bridges",
            "predators",
            "liquidity-defence",
            "stop-orders",
            "maker-failure",
            "basis-and-funding",
            "funding-and-carry",
            "cross-collateral-contagion",
            "venue-synchronisation",
            "bad-local-price",
            "lending-spiral",
            "calibrated-market",
            "everything-on",
        ],
        Historical: [
            "october-1987",
            "february-2018",
            "march-2020",
            "january-2021",
            "may-2021",
            "december-2021",
            "november-2022",
            "august-2024",
            "october-2025",
        ],
    ]
}
