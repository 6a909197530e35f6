//! What stands in the middle of the window.

use super::studies::Question;

/// The plots, or another view in their place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// The linked plots of the run.
    #[default]
    Plots,
    /// A question to many runs.
    Study(Question),
}

impl Page {
    /// All of them, in the order of their tabs.
    pub const ALL: [Self; 5] = [
        Self::Plots,
        Self::Study(Question::Fragility),
        Self::Study(Question::Sensitivity),
        Self::Study(Question::Interventions),
        Self::Study(Question::AtRisk),
    ];

    /// Name on its tab.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Plots => "Plots",
            Self::Study(question) => question.label(),
        }
    }
}
