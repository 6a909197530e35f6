//! What the window remembers between starts. It lives apart from presets.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use super::{PlotId, ShownPlots};

/// Which colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Light on dark.
    #[default]
    Dark,
    /// Dark on light.
    Light,
    /// White and bright colours on black.
    HighContrast,
    /// As the desktop has it.
    System,
}

impl Theme {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Name on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Dark => "Dark",
            Self::Light => "Light",
            Self::System => "As the desktop",
            Self::HighContrast => "High contrast",
        }
    }
}

/// Smallest and largest size of the window's contents, relative to the desktop's own.
pub const ZOOM_RANGE: (f32, f32) = (0.5, 3.0);
/// Largest zoom that is added to the size of everything before an audience.
pub(super) const PRESENTER_ZOOM: f32 = 1.1;

/// Slow motions that can be chosen, as factors of the speed, and what they are called.
pub const SLOW_MOTIONS: [(f64, &str); 4] = [
    (0.5, "half the speed"),
    (0.2, "a fifth"),
    (0.1, "a tenth"),
    (1.0, "off"),
];

/// Most files that are remembered.
const RECENT_MAX: usize = 10;
/// Least and greatest share of the plots' height that is remembered.
const SHARE_RANGE: (f32, f32) = (0.01, 0.95);

/// Where everything stands in the window. Plots and pages go by their names, so that a file of another version that has
/// others is still understood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Layout {
    /// Whether the panel of parameters is open where there is room for both.
    pub parameters: bool,
    /// Whether the panel of key figures is open where there is room for both.
    pub figures: bool,
    /// The page in the middle; empty for that of a fresh window.
    pub page: String,
    /// Heights of plots that were chosen by hand, as shares of the height of all.
    pub heights: BTreeMap<String, f32>,
    /// Plots from top to bottom; those that are missing follow in their usual order.
    pub order: Vec<String>,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            parameters: true,
            figures: true,
            page: String::new(),
            heights: BTreeMap::new(),
            order: Vec::new(),
        }
    }
}

impl Layout {
    /// The height of a plot that was chosen by hand, as a share of the height of all.
    pub fn height(&self, plot: PlotId) -> Option<f32> {
        self.heights.get(plot.0).copied()
    }

    /// Remembers heights of plots, each held within what makes sense; none at all forgets those that were chosen.
    pub fn set_heights(&mut self, shares: &[(PlotId, f32)]) {
        let (low, high) = SHARE_RANGE;
        if shares.is_empty() {
            self.heights.clear();
        }
        for (plot, share) in shares.iter().filter(|(_, share)| share.is_finite()) {
            self.heights.insert(plot.0.to_owned(), share.clamp(low, high));
        }
    }

    /// Where a plot stands from the top among those that were ordered by hand; behind all of them if it is none of them.
    pub fn place(&self, plot: PlotId) -> usize {
        let named = |name: &String| name == plot.0;
        self.order.iter().position(named).unwrap_or(usize::MAX)
    }

    /// Remembers the order of plots from top to bottom.
    pub fn set_order(&mut self, plots: &[PlotId]) {
        self.order = plots.iter().map(|plot| plot.0.to_owned()).collect();
    }
}

/// Remembered choices. Fields that are missing in an older file take their defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Colours.
    pub theme: Theme,
    /// Size of everything, 1 for the desktop's own.
    pub zoom: f32,
    /// Visible plots.
    #[serde(alias = "panels")]
    pub plots: ShownPlots,
    /// Whether the guide line has been taken away.
    pub guide_dismissed: bool,
    /// Where everything stands.
    pub layout: Layout,
    /// Files that were opened or saved, the newest first.
    pub recent: Vec<PathBuf>,
    /// Whether edges are drawn hard and nothing moves by itself: less work for a machine that draws without a GPU.
    pub reduced_effects: bool,
    /// Whether nothing moves by itself: no easing of ranges, no sliding of menus. For those whom motion makes unwell.
    pub reduced_motion: bool,
    /// By how much time is slowed down while a cascade is on, as a factor of the speed; 1 for not at all.
    pub slow_motion: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            zoom: 1.0,
            plots: ShownPlots::default(),
            guide_dismissed: false,
            layout: Layout::default(),
            recent: Vec::new(),
            reduced_effects: false,
            reduced_motion: false,
            slow_motion: SLOW_MOTIONS[1].0,
        }
    }
}

impl Settings {
    /// Repairs what a damaged or foreign file may hold.
    #[must_use]
    pub fn sound(mut self) -> Self {
        self.set_zoom(self.zoom);
        self.set_slow_motion(self.slow_motion);
        let (low, high) = SHARE_RANGE;
        self.layout.heights.retain(|_, share| (low..=high).contains(share));
        self.recent.truncate(RECENT_MAX);
        self
    }

    /// Puts a file at the top of those that were opened or saved. A path that is no text cannot be remembered.
    pub fn remember(&mut self, path: &Path) {
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if whole.to_str().is_some() {
            self.forget(&whole);
            self.recent.insert(0, whole);
            self.recent.truncate(RECENT_MAX);
        }
    }

    /// Takes a file out of those that were opened or saved.
    pub fn forget(&mut self, path: &Path) {
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        self.recent.retain(|other| *other != whole);
    }

    /// Changes how slow a cascade is shown; what cannot be chosen becomes the usual one.
    pub fn set_slow_motion(&mut self, factor: f64) {
        let known = SLOW_MOTIONS.iter().any(|(known, _)| *known == factor);
        self.slow_motion = if known { factor } else { SLOW_MOTIONS[1].0 };
    }

    /// Changes the zoom, held within [`ZOOM_RANGE`]; not a number becomes 1.
    pub fn set_zoom(&mut self, zoom: f32) {
        let (low, high) = ZOOM_RANGE;
        self.zoom = if zoom.is_finite() { zoom.clamp(low, high) } else { 1.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_remembered_newest_first_and_once() {
        let mut settings = Settings::default();
        for number in 0..15 {
            settings.remember(Path::new(&format!("/presets/{number}.ron")));
        }
        settings.remember(Path::new("/presets/9.ron"));
        let names: Vec<_> = settings
            .recent
            .iter()
            .map(|path| path.file_stem().unwrap().to_str().unwrap())
            .collect();
        assert_eq!(names, ["9", "14", "13", "12", "11", "10", "8", "7", "6", "5"]);
        settings.forget(Path::new("/presets/14.ron"));
        assert_eq!(settings.recent.len(), 9);
        settings.remember(Path::new("here.ron"));
        assert!(settings.recent[0].is_absolute());
    }

    #[test]
    fn heights_and_order_are_remembered_as_far_as_they_make_sense() {
        const DELTA: PlotId = PlotId("Aggregate delta");
        const FUND: PlotId = PlotId("Insurance fund");
        const MARGIN: PlotId = PlotId("Margin and volatility");
        let mut layout = Layout::default();
        layout.set_heights(&[(DELTA, 0.3), (FUND, f32::NAN), (MARGIN, 7.0)]);
        assert_eq!(layout.height(DELTA), Some(0.3));
        assert_eq!((layout.height(FUND), layout.height(MARGIN)), (None, Some(0.95)));
        layout.set_heights(&[]);
        assert_eq!(layout, Layout::default());
        layout.set_order(&[FUND, DELTA]);
        assert!(layout.place(FUND) < layout.place(DELTA));
        assert!(layout.place(DELTA) < layout.place(MARGIN));
    }
}
