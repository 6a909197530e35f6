//! What the window remembers between starts. It lives apart from presets.

use serde::{Deserialize, Serialize};

use super::Panels;

/// Which colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Light on dark.
    #[default]
    Dark,
    /// Dark on light.
    Light,
    /// As the desktop has it.
    System,
    /// White and bright colours on black.
    HighContrast,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Dark, Self::Light, Self::HighContrast, Self::System];

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

/// Remembered choices. Fields that are missing in an older file take their defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Colours.
    pub theme: Theme,
    /// Size of everything, 1 for the desktop's own.
    pub zoom: f32,
    /// Visible plots.
    pub panels: Panels,
    /// Whether the guide line has been taken away.
    pub guide_dismissed: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            zoom: 1.0,
            panels: Panels::default(),
            guide_dismissed: false,
        }
    }
}

impl Settings {
    /// Repairs what a damaged or foreign file may hold.
    #[must_use]
    pub fn sound(mut self) -> Self {
        self.set_zoom(self.zoom);
        self
    }

    /// Changes the zoom, held within [`ZOOM_RANGE`]; not a number becomes 1.
    pub fn set_zoom(&mut self, zoom: f32) {
        let (low, high) = ZOOM_RANGE;
        self.zoom = if zoom.is_finite() { zoom.clamp(low, high) } else { 1.0 };
    }
}
