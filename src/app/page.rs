//! What stands in the middle of the window.

use super::studies::StudyKind;

/// The plots, or another view in their place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// The linked plots of the run.
    #[default]
    Plots,
    /// Forced flow on the way to every price level, and what the books take.
    DeltaMap,
    /// How the positions are distributed.
    Distributions,
    /// Which asset hits which.
    Contagion,
    /// The venues beside one another.
    Venues,
    /// A question to many runs.
    Study(StudyKind),
}

impl Page {
    /// All of them, in the order of their tabs.
    pub const ALL: [Self; 9] = [
        Self::Plots,
        Self::DeltaMap,
        Self::Distributions,
        Self::Contagion,
        Self::Venues,
        Self::Study(StudyKind::Fragility),
        Self::Study(StudyKind::Sensitivity),
        Self::Study(StudyKind::Interventions),
        Self::Study(StudyKind::AtRisk),
    ];

    /// Name on its tab.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Plots => "Plots",
            Self::DeltaMap => "Delta map",
            Self::Distributions => "Distributions",
            Self::Contagion => "Contagion",
            Self::Venues => "Venues",
            Self::Study(question) => question.label(),
        }
    }
}
