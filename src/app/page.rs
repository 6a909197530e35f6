//! What stands in the middle of the window.

use super::studies::Question;

/// The plots, or another view in their place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// The linked plots of the run.
    #[default]
    Plots,
    /// Which asset hits which.
    Contagion,
    /// The venues beside one another.
    Venues,
    /// A question to many runs.
    Study(Question),
}

impl Page {
    /// All of them, in the order of their tabs.
    pub const ALL: [Self; 7] = [
        Self::Plots,
        Self::Contagion,
        Self::Venues,
        Self::Study(Question::Fragility),
        Self::Study(Question::Sensitivity),
        Self::Study(Question::Interventions),
        Self::Study(Question::AtRisk),
    ];

    /// Name on its tab.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Plots => "Plots",
            Self::Contagion => "Contagion",
            Self::Venues => "Venues",
            Self::Study(question) => question.label(),
        }
    }
}
