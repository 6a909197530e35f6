//! What the window does by itself: commands that change what is open or looked at, and nothing of the state. Menus, keys, the
//! command palette and panels give them; one function carries them out.

use cascade_scenario::ParameterId;

use super::page::PageId;
use super::remarks::Kind;
use super::sides::Side;

/// A request to the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowCommand {
    /// Shows a page in the middle.
    Show(PageId),
    /// Fits the whole run into the plots.
    ShowWholeRun,
    /// Shows the newest hour of market time in the plots.
    ShowHour,
    /// The price plot's axis tells per cent since the start, or prices.
    TogglePercent,
    /// Covers the screen, or leaves it.
    ToggleFullscreen,
    /// Opens or closes the command palette.
    ToggleCommandPalette,
    /// Shows or hides a side panel.
    ToggleSide(Side),
    /// Puts the cursor into the search field of the parameters.
    FindParameter,
    /// Brings the slider of a parameter into view and gives it the focus.
    GoTo(ParameterId),
    /// Opens or closes the sheet of presets and lessons.
    ToggleLibrary,
    /// Opens the sheet at the lessons.
    ShowLessons,
    /// Opens the sheet in which a lesson is written: the one that is taught, or a new one.
    WriteLesson,
    /// Opens or closes the window with what only the teacher reads.
    ToggleSpeaker,
    /// Opens or closes the sheet of exports.
    ToggleExport,
    /// Puts the key figures into the clipboard.
    CopyFigures,
    /// Puts the link of the run into the clipboard.
    CopyLink,
    /// Opens the field that a link is typed into.
    TypeLink,
    /// Opens or closes the window about the preset.
    ToggleAboutPreset,
    /// Opens or closes the glossary.
    ToggleGlossary,
    /// Opens or closes the sheet of shortcuts.
    ToggleShortcuts,
    /// Opens or closes the about box.
    ToggleAbout,
    /// Takes up the shock that is aimed at a price, or puts it away.
    AimShock,
    /// Opens the field for a remark.
    BeginRemark(Kind),
    /// Gives up on the desktop's file dialog: the path is typed.
    TypePath,
}

impl WindowCommand {
    /// Whether it switches something that stays in the window, so that a menu tells whether that is on.
    pub const fn is_switch(self) -> bool {
        matches!(
            self,
            Self::Show(_)
                | Self::TogglePercent
                | Self::ToggleFullscreen
                | Self::ToggleAboutPreset
                | Self::ToggleSpeaker
                | Self::AimShock
        )
    }
}
