//! Which venue or asset of the scenario each one that a position list names becomes.

use std::collections::BTreeMap;

use eframe::egui::{ComboBox, Grid, ScrollArea, Ui};

use cascade_app::import::{ImportSettings, Preview};
use cascade_scenario::format;

/// Names that are listed; more have to be chosen by Symbol.
const LISTED: usize = 100;
/// Room for them before they scroll.
const LIST_HEIGHT: f32 = 130.0;
/// Width of the field of a name.
const COMBO: f32 = 110.0;

/// A field a name, for venues and for assets where the list names any.
pub(super) fn show(ui: &mut Ui, preview: &Preview, settings: &mut ImportSettings) {
    let ImportSettings { options, .. } = settings;
    let places = options.places;
    let kinds = [
        ("Venue", &mut options.venues, places.venues),
        ("Asset", &mut options.assets, places.assets),
    ];
    for ((what, assigned, most), names) in kinds.into_iter().zip(&preview.places) {
        if names.is_empty() || names.len() == 1 && most == 1 {
            continue;
        }
        let title = format!("{what}s of the table: {}", format::whole(names.len() as u64));
        ui.collapsing(title, |ui| {
            ScrollArea::vertical()
                .id_salt(what)
                .max_height(LIST_HEIGHT)
                .show(ui, |ui| {
                    Grid::new(what).num_columns(3).show(ui, |ui| {
                        for (name, rows) in names.iter().take(LISTED) {
                            row(ui, what, name, names, assigned, most);
                            ui.weak(format::counted(*rows, "row"));
                            ui.end_row();
                        }
                    });
                });
        });
    }
}

fn row(
    ui: &mut Ui,
    what: &str,
    name: &str,
    names: &[(String, usize)],
    assigned: &mut BTreeMap<String, u32>,
    most: u32,
) {
    let automatic = |name: &str| {
        names
            .iter()
            .position(|(other, _)| other == name)
            .map_or(0, |at| at as u32 + 1)
    };
    // Nothing is chosen for a name that does not fit by itself; 0 leaves it out.
    let now = if assigned.is_empty() {
        Some(automatic(name)).filter(|number| *number <= most)
    } else {
        Some(assigned.get(name).copied().unwrap_or(0))
    };
    let words = |number: Option<u32>| match number {
        None => "does not fit".to_owned(),
        Some(0) => "left out".to_owned(),
        Some(number) => format!("{what} {number}"),
    };
    let label = ui.label(name);
    let mut chosen = now;
    let combo = ComboBox::from_id_salt((what, name))
        .width(COMBO)
        .selected_text(words(now))
        .show_ui(ui, |ui| {
            for number in (1..=most).chain([0]).map(Some) {
                ui.selectable_value(&mut chosen, number, words(number));
            }
        });
    combo.response.labelled_by(label.id);
    let Some(number) = chosen.filter(|_| chosen != now) else {
        return;
    };
    // With the first choice all others are said as they stand.
    if assigned.is_empty() {
        let standing = names.iter().map(|(name, _)| (name.clone(), automatic(name)));
        assigned.extend(standing.filter(|(_, number)| *number <= most));
    }
    if number == 0 {
        assigned.remove(name);
    } else {
        assigned.insert(name.to_owned(), number);
    }
}
