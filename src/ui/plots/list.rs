//! The list of the plots. A plot below the price is a file in this folder and a line in [`PLOTS`]; the menu, the command
//! palette, the arrangement, what is remembered and pictures of one plot follow from the list.

mod attribution;
mod bands;
mod basis;
mod delta;
mod depth;
mod fund;
mod lending;
mod margin;
mod open_interest;
mod order_flow;
mod reproduction;
mod routes;
mod synchrony;

use super::plot::Row;
use super::price::Part;
use super::{clusters, fan, gamma, heatmap, observed};
use cascade_app::{Layout, PlotId, ShownPlots};
use cascade_engine::Asset;

/// A plot that can be shown and hidden; the price is always there.
#[derive(Clone, Copy)]
pub enum Listed {
    /// A part of the price plot: what stands beside the prices or lies beneath them.
    OfPrice(Part),
    /// A plot of its own below the price.
    Below(Row),
}

/// All of them, in the order of the menus.
pub const PLOTS: &[Listed] = &[
    Listed::OfPrice(clusters::PART),
    Listed::OfPrice(gamma::PART),
    Listed::OfPrice(heatmap::PART),
    Listed::OfPrice(fan::PART),
    Listed::OfPrice(observed::PART),
    Listed::Below(&attribution::Attribution),
    Listed::Below(&reproduction::Reproduction),
    Listed::Below(&open_interest::OpenInterest),
    Listed::Below(&delta::Delta),
    Listed::Below(&margin::Margin),
    Listed::Below(&fund::Fund),
    Listed::Below(&depth::Depth),
    Listed::Below(&bands::Bands),
    Listed::Below(&order_flow::OrderFlow),
    Listed::Below(&basis::Basis),
    Listed::Below(&synchrony::Synchrony),
    Listed::Below(&routes::Routes),
    Listed::Below(&lending::Lending),
];

impl Listed {
    /// Its identity.
    pub fn id(&self) -> PlotId {
        match self {
            Self::OfPrice(part) => part.id,
            Self::Below(row) => row.about().id,
        }
    }

    /// Whether the user wants it.
    pub fn is_wanted(&self, choice: &ShownPlots) -> bool {
        let at_first = match self {
            Self::OfPrice(part) => part.at_first,
            Self::Below(row) => row.about().at_first,
        };
        choice.shows(self.id(), at_first)
    }
}

/// All plots below the price from top to bottom, shown or not.
pub fn rows(arrangement: &Layout) -> Vec<Row> {
    let below = PLOTS.iter().filter_map(|listed| match listed {
        Listed::Below(row) => Some(*row),
        Listed::OfPrice(_) => None,
    });
    let mut rows: Vec<Row> = below.collect();
    rows.sort_by_key(|row| (arrangement.place(row.about().id), row.about().rank));
    rows
}

/// The plots below the price of which there is something to show, from top to bottom: first those of these names, unless the user has
/// hidden them, then the others that the user wants.
pub fn shown(choice: &ShownPlots, arrangement: &Layout, asset: &Asset, first: &[String]) -> Vec<Row> {
    let mut rows = rows(arrangement);
    let place = |row: &Row| first.iter().position(|name| name == row.about().id.0);
    rows.retain(|row| {
        let wanted = match place(row) {
            Some(_) => choice.shows(row.about().id, true),
            None => Listed::Below(*row).is_wanted(choice),
        };
        wanted && row.exists(asset)
    });
    rows.sort_by_key(|row| place(row).unwrap_or(first.len()));
    rows
}

/// What the files of this folder are written with.
mod prelude {
    pub(super) use std::ops::Range;

    pub(super) use eframe::egui::Shape;

    pub(super) use crate::palette::Palette;
    pub(super) use crate::plots::canvas::Canvas;
    pub(super) use crate::plots::legend::LegendEntry;
    pub(super) use crate::plots::plot::{
        About, Pinned, Plot, Scene, bars, dashed_level, decade, extent, largest, level, line, scaled_line,
    };
    pub(super) use cascade_app::PlotId;
    pub(super) use cascade_app::history::{Extent, Figure, History};
    pub(super) use cascade_scenario::format;
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_files::lesson;

    /// What a lesson says of a plot by its name is in view while it is taught.
    #[test]
    fn lessons_bring_the_plots_that_they_speak_of() {
        let names: Vec<_> = rows(&Layout::default()).iter().map(|row| row.about().id.0).collect();
        let mut spoken_of = 0;
        for shipped in lesson::shipped() {
            let lesson = lesson::find(shipped.name).unwrap();
            for plot in &lesson.plots {
                assert!(names.contains(&plot.as_str()), "{}: {plot}", shipped.name);
            }
            for line in &lesson.picture {
                let Some(named) = line.strip_prefix("The plot ").and_then(|rest| rest.split(':').next()) else {
                    continue;
                };
                assert!(
                    lesson.plots.iter().any(|plot| plot == named),
                    "{}: {line}",
                    shipped.name
                );
                spoken_of += 1;
            }
        }
        assert!(spoken_of >= 3);
    }

    #[test]
    fn every_plot_has_a_name_and_a_place_of_its_own() {
        for (index, listed) in PLOTS.iter().enumerate() {
            for other in &PLOTS[..index] {
                assert_ne!(listed.id(), other.id());
                if let (Listed::Below(row), Listed::Below(other)) = (listed, other) {
                    assert_ne!(row.about().rank, other.about().rank, "{}", row.about().name);
                    assert_ne!(row.about().name, other.about().name);
                }
            }
        }
    }
}
