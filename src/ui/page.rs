//! What a page in the middle of the window is.

use eframe::egui::Ui;

use cascade_app::studies::StudyKind;
use cascade_app::{App, Command, Peak};

use super::palette::Palette;

/// A page, by the name that stands on its tab and under which it is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageId(pub &'static str);

/// What stands in place of the plots. It keeps what it needs between frames.
pub trait Page {
    /// Brings up to date what it shows of the present moment; once a frame while it is shown, before it is drawn. Returns
    /// whether that goes on in the next frame.
    fn measure(&mut self, _app: &App) -> bool {
        false
    }

    /// The study that it is, which is computed while it is shown.
    fn study(&self) -> Option<StudyKind> {
        None
    }

    /// Draws it.
    fn show(&mut self, ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>);
}

/// A page as the list of pages has it.
#[derive(Clone, Copy, Debug)]
pub struct PageEntry {
    /// Its identity.
    pub id: PageId,
    /// What it is called in the menu and the command palette.
    pub action: &'static str,
    /// What it tells of that is strongest at one moment, which is shown when it is turned to after that; none where the present
    /// moment is as good as any.
    pub peak: Option<Peak>,
    /// Whether a tab leads to it: some are of use to few runs, and the menu has them all.
    pub tab: fn(&App) -> bool,
    /// Begins it; none for the plots, which the window has itself.
    pub begin: Option<fn() -> Box<dyn Page>>,
}
