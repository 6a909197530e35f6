//! Figures in lines of text above a picture: a name, a value, and how it is made when pointed at.

use eframe::egui::text::LayoutJob;
use eframe::egui::{Label, TextFormat, TextStyle, Ui, vec2};

/// A figure in words.
pub(crate) struct Fact {
    /// What it is.
    pub label: &'static str,
    /// Its value.
    pub value: String,
    /// How it is made.
    pub doc: &'static str,
}

impl Fact {
    /// A figure in words.
    pub(crate) const fn new(label: &'static str, value: String, doc: &'static str) -> Self {
        Self { label, value, doc }
    }
}

/// Writes figures one after another; each is a label of its own.
pub(crate) fn show(ui: &mut Ui, facts: &[Fact]) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(14.0, 0.0);
        for fact in facts {
            let font = TextStyle::Body.resolve(ui.style());
            let mut job = LayoutJob::default();
            let weak = TextFormat::simple(font.clone(), ui.visuals().weak_text_color());
            job.append(fact.label, 0.0, weak);
            job.append(" ", 0.0, TextFormat::simple(font.clone(), ui.visuals().text_color()));
            job.append(&fact.value, 0.0, TextFormat::simple(font, ui.visuals().text_color()));
            // A figure is not broken in the middle, unless it is longer than a line.
            let longest = ui.painter().layout_job(job.clone()).size().x;
            let label = Label::new(job);
            let label = if longest <= ui.max_rect().width() {
                label.extend()
            } else {
                label.wrap()
            };
            ui.add(label).on_hover_text(fact.doc);
        }
    });
}
