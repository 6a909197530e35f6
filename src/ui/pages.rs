//! The list of the pages, and the one that is shown. A page is a file in this folder and a line in [`PAGES`]; tabs, menu, command palette and
//! what is remembered follow from the list.

mod contagion;
mod delta_map;
mod distributions;
pub(super) mod lending;
mod market;
pub(super) mod studies;
mod venues;

use eframe::egui::Ui;

use cascade_app::studies::StudyKind;
use cascade_app::{App, Command, Peak, PlaybackCommand};
use cascade_scenario::format;

use super::page::{Page, PageEntry, PageId};
use super::palette::Palette;
use super::plots;

/// All of them, in the order of their tabs. The first one is shown in a fresh window.
pub const PAGES: &[PageEntry] = &[
    plots::linked::PAGE,
    delta_map::PAGE,
    distributions::PAGE,
    contagion::PAGE,
    lending::PAGE,
    venues::PAGE,
    market::PAGE,
    studies::fragility::PAGE,
    studies::sensitivity::PAGE,
    studies::interventions::PAGE,
    studies::at_risk::PAGE,
];

/// A button that goes to the moment at which what a page tells of was strongest, unless the model stands there.
fn go_to_peak(ui: &mut Ui, app: &App, peak: Peak, commands: &mut Vec<Command>) {
    let Some(step) = app.peak(peak).filter(|step| *step != app.present.position()) else {
        return;
    };
    let clock = format::clock(step as f64 * app.present.history.step_seconds());
    if ui.small_button(format!("Go to {clock}, {}", peak.words())).clicked() {
        commands.push(PlaybackCommand::Pause.into());
        commands.push(PlaybackCommand::Seek(step).into());
    }
}

/// Every page with what it keeps, and which one is shown.
pub struct Pages {
    shown: PageId,
    pages: Vec<(PageId, Box<dyn Page>)>,
}

impl Pages {
    /// The page of this name is shown, if there is one; otherwise the first one.
    pub fn new(name: &str) -> Self {
        let named = PAGES.iter().find(|page| page.id.0 == name);
        let begin = |page: &PageEntry| Some((page.id, page.begin?()));
        Self {
            shown: named.map_or(PAGES[0].id, |page| page.id),
            pages: PAGES.iter().filter_map(begin).collect(),
        }
    }

    /// The one that is shown.
    pub const fn shown(&self) -> PageId {
        self.shown
    }

    /// What [`Self::new`] is told at the next start: nothing where that of a fresh window is shown.
    pub fn name(&self) -> &'static str {
        if self.shown == PAGES[0].id { "" } else { self.shown.0 }
    }

    /// Whether the plots are.
    pub fn shows_plots(&self) -> bool {
        self.shown == plots::linked::PAGE.id
    }

    /// Turns to another one. Returns what it tells of that is strongest at one moment.
    pub fn turn_to(&mut self, page: PageId) -> Option<Peak> {
        self.shown = page;
        PAGES.iter().find(|entry| entry.id == page)?.peak
    }

    /// Turns to that of a market's record.
    pub const fn turn_to_market(&mut self) {
        self.shown = market::PAGE.id;
    }

    /// Turns to the one that a fresh window shows.
    pub const fn turn_to_first(&mut self) {
        self.shown = PAGES[0].id;
    }

    fn current(&mut self) -> Option<&mut dyn Page> {
        let shown = self.shown;
        let page = self.pages.iter_mut().find(|(id, _)| *id == shown)?;
        Some(&mut *page.1)
    }

    /// Lets the page that is shown bring itself up to date; once a frame. Returns whether that goes on in the next frame.
    pub fn measure(&mut self, app: &App) -> bool {
        self.current().is_some_and(|page| page.measure(app))
    }

    /// The study that is shown, if it is one.
    pub fn study(&mut self) -> Option<StudyKind> {
        self.current().and_then(|page| page.study())
    }

    /// Draws the page that is shown. Returns whether the plots are to be drawn instead.
    pub fn show(&mut self, ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) -> bool {
        let page = self.current();
        let none = page.is_none();
        if let Some(page) = page {
            page.show(ui, app, palette, commands);
        }
        none
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_the_last_time_is_shown_if_there_is_one() {
        for (name, shown) in [
            ("Venues", "Venues"),
            ("Fragility", "Fragility"),
            ("A page of another version", "Plots"),
            ("", "Plots"),
        ] {
            assert_eq!(Pages::new(name).shown(), PageId(shown), "{name}");
        }
    }

    #[test]
    fn every_page_has_a_name_of_its_own() {
        for (index, page) in PAGES.iter().enumerate() {
            assert!(PAGES[..index].iter().all(|other| other.id != page.id), "{page:?}");
        }
    }
}
