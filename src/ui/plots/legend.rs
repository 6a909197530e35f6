//! Names, colours and values of a plot's series: in a strip over the price, in a column beside every other plot.

use std::borrow::Cow;

use eframe::egui::{
    Align2, Color32, FontId, Id, Painter, Popup, PopupCloseBehavior, Rect, Response, RichText, Role, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::palette::Palette;
use crate::style;
use cascade_app::history::Figure;

/// Height of the strip over the price plot.
pub(crate) const STRIP_HEIGHT: f32 = 22.0;
/// Height of a line of the column.
const LINE: f32 = 13.5;

/// Room for the words that tell how many further series there are, in the strip.
const MORE: f32 = 72.0;
/// Room that a series with a long name needs beside the title, and those words.
const ROOM_BESIDE_TITLE: f32 = 290.0;

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A line.
    Line,
    /// A dashed line.
    Dashes,
    /// An area or bars.
    Block,
}

/// One series of a legend.
pub struct LegendEntry {
    /// Its name.
    pub label: Cow<'static, str>,
    /// The figure that it shows, which explains it; none for several together or none at all.
    pub figure: Option<Figure>,
    /// Its value at the cursor, or the newest one.
    pub value: String,
    /// Its colour.
    pub color: Color32,
    /// What the swatch looks like.
    pub mark: Mark,
    /// What is told of it at the pointer where it is no figure.
    pub explained: Option<String>,
}

impl LegendEntry {
    /// A series drawn as a line.
    pub fn line(label: impl Into<Cow<'static, str>>, value: String, color: Color32) -> Self {
        Self {
            label: label.into(),
            figure: None,
            value,
            color,
            mark: Mark::Line,
            explained: None,
        }
    }

    /// The same with an explanation of its own.
    pub fn explained(self, words: String) -> Self {
        Self {
            explained: Some(words),
            ..self
        }
    }

    /// A figure drawn as a line, by its name in the table of figures.
    pub fn of(figure: Figure, value: String, color: Color32) -> Self {
        Self {
            figure: Some(figure),
            ..Self::line(in_running_text(figure.label()), value, color)
        }
    }

    /// The same by another name: one that is short beside the title of the plot.
    pub fn called(self, label: &'static str) -> Self {
        Self {
            label: label.into(),
            ..self
        }
    }

    /// The same drawn as an area or as bars.
    pub fn block(self) -> Self {
        Self {
            mark: Mark::Block,
            ..self
        }
    }

    /// The same drawn as a dashed line.
    pub fn dashes(self) -> Self {
        Self {
            mark: Mark::Dashes,
            ..self
        }
    }
}

/// A label as it stands among others: without the dot of a list, and with a small letter first unless it is an abbreviation.
fn in_running_text(label: &str) -> String {
    let label = label.trim_start_matches("· ");
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), second) if second.is_none_or(|second| !second.is_uppercase()) => {
            first.to_lowercase().chain(label.chars().skip(1)).collect()
        }
        _ => label.to_owned(),
    }
}

fn swatch(painter: &Painter, left: f32, middle: f32, entry: &LegendEntry, color: Color32) {
    let stroke = Stroke::new(2.5, color);
    match entry.mark {
        Mark::Line => {
            painter.line_segment([pos2(left, middle), pos2(left + 11.0, middle)], stroke);
        }
        Mark::Dashes => {
            for dash in [0.0, 6.5] {
                painter.line_segment([pos2(left + dash, middle), pos2(left + dash + 4.5, middle)], stroke);
            }
        }
        Mark::Block => {
            let block = Rect::from_min_max(pos2(left + 1.0, middle - 4.0), pos2(left + 10.0, middle + 4.0));
            painter.rect_filled(block, 1.5, color);
        }
    }
}

/// Opacity of a series that is switched off.
const OFF: f32 = 0.35;

/// An entry as it is drawn: pale where its series is switched off.
fn looks(entry: &LegendEntry, hidden: &[Figure], palette: &Palette) -> (Color32, Color32, Color32) {
    let off = entry.figure.is_some_and(|figure| hidden.contains(&figure));
    let opacity = if off { OFF } else { 1.0 };
    [entry.color, palette.weak_text, palette.text]
        .map(|color| color.gamma_multiply(opacity))
        .into()
}

/// A frame around an entry that the Tab key has come to.
fn show_focus(ui: &Ui, response: &Response) {
    if response.has_focus() {
        let stroke = ui.visuals().widgets.active.bg_stroke;
        ui.painter().rect_stroke(response.rect, 3.0, stroke, StrokeKind::Inside);
    }
}

/// An entry explains itself, and switches its series off or on when it is clicked, if it is a figure. Returns the series then.
fn toggled(ui: &Ui, place: Rect, of: &str, entry: &LegendEntry, hidden: &[Figure]) -> Option<Figure> {
    let id = Id::unique(("legend", of, &entry.label));
    let Some(figure) = entry.figure else {
        if let Some(words) = &entry.explained {
            let response = ui.interact(place, id, Sense::hover());
            let name = format!("{of}: {} {}", entry.label, entry.value);
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
            response.on_hover_text(words);
        }
        return None;
    };
    let response = ui.interact(place, id, Sense::click());
    let on = !hidden.contains(&figure);
    let name = format!("{of}: {}", entry.label);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, &name));
    let clicked = response.clicked();
    show_focus(ui, &response);
    let action = if on {
        "A click hides it."
    } else {
        "A click shows it again."
    };
    response.on_hover_text(format!("{}\n{action}", figure.about().explained()));
    clicked.then_some(figure)
}

/// Title and series at the top left of `plot`, in so many lines at most. Returns the series that was clicked, and what
/// is covered.
pub(crate) fn strip(
    ui: &Ui,
    plot: Rect,
    (title, lines): (&str, usize),
    entries: &[LegendEntry],
    hidden: &[Figure],
    palette: &Palette,
) -> (Option<Figure>, Rect) {
    let painter = ui.painter().with_clip_rect(plot);
    let font = FontId::proportional(style::LABEL);
    let lay = |text: &str, size: f32, color| painter.layout_no_wrap(text.to_owned(), FontId::proportional(size), color);
    let (of, title) = (title, lay(title, style::LABEL, palette.text));
    let middle = plot.top() + STRIP_HEIGHT / 2.0 + 2.0;
    let title_width = title.size().x + 14.0;
    let room = plot.width() - 8.0;
    // Further lines begin below the first series where that leaves room for one.
    let indent = if room - title_width < ROOM_BESIDE_TITLE {
        6.0
    } else {
        title_width
    };
    let (mut x, mut line, mut widest) = (title_width, 0, title_width);
    let mut parts = Vec::with_capacity(entries.len());
    for entry in entries {
        let (_, weak, strong) = looks(entry, hidden, palette);
        let label = lay(&entry.label, font.size, weak);
        let value = lay(&entry.value, font.size, strong);
        let own = 32.0 + label.size().x + value.size().x;
        if x + own > room && x > indent {
            if line + 1 == lines {
                break;
            }
            (x, line) = (indent, line + 1);
        }
        parts.push((entry, label, value, x, line));
        x += own;
        widest = f32::max(widest, x - 8.0);
    }
    // The last ones give way to the words that tell how many there are besides.
    while parts.len() < entries.len() && x + MORE > room && parts.len() > 1 {
        let Some((.., at, _)) = parts.pop() else { break };
        x = at;
    }
    let rest = &entries[parts.len()..];
    if !rest.is_empty() {
        widest = f32::max(widest, x + MORE);
    }
    let corner = pos2(plot.left() + 4.0, plot.top() + 3.0);
    let height = STRIP_HEIGHT * (line + 1) as f32 - 2.0;
    let ground = Rect::from_min_size(corner, vec2(widest.min(room), height));
    painter.rect_filled(ground, 4.0, palette.panel.gamma_multiply(0.88));
    let left = ground.left() + 6.0;
    painter.galley(pos2(left, middle - title.size().y / 2.0), title, palette.text);
    let mut chosen = None;
    for (entry, label, value, x, line) in parts {
        let (x, middle) = (left + x, middle + STRIP_HEIGHT * line as f32);
        swatch(&painter, x, middle, entry, looks(entry, hidden, palette).0);
        let (label_width, value_width) = (label.size().x, value.size().x);
        let at = |x: f32, height: f32| pos2(x, middle - height / 2.0);
        painter.galley(at(x + 15.0, label.size().y), label, palette.weak_text);
        painter.galley(at(x + label_width + 19.0, value.size().y), value, palette.text);
        let right = x + label_width + value_width + 21.0;
        let place = Rect::from_x_y_ranges(x - 2.0..=right, middle - 10.0..=middle + 10.0);
        chosen = toggled(ui, place, of, entry, hidden).or(chosen);
    }
    let middle = middle + STRIP_HEIGHT * line as f32;
    let place = Rect::from_x_y_ranges(left + x - 20.0..=left + x - 20.0 + MORE, middle - 10.0..=middle + 10.0);
    (further(ui, place, of, rest, hidden, palette).or(chosen), ground)
}

/// The first of some wordings that is no wider than there is room, else the last one.
pub(crate) fn fitting<'a>(ui: &Ui, room: f32, size: f32, wordings: &[&'a str]) -> &'a str {
    let width = |text: &str| {
        let font = FontId::proportional(size);
        let galley = ui
            .painter()
            .layout_no_wrap(text.to_owned(), font, eframe::egui::Color32::WHITE);
        galley.size().x
    };
    let fits = wordings.iter().find(|text| width(text) <= room);
    fits.or(wordings.last()).copied().unwrap_or_default()
}

/// Title and series below one another, as many as fit, values aligned to the right. Returns the series that was clicked.
pub(crate) fn column(
    ui: &Ui,
    rect: Rect,
    (title, unit): (&str, &str),
    entries: &[LegendEntry],
    hidden: &[Figure],
    palette: &Palette,
) -> Option<Figure> {
    let painter = ui.painter().with_clip_rect(rect.expand2(vec2(0.0, 4.0)));
    let left = rect.left() + 4.0;
    let drawn = painter.text(
        pos2(left, rect.top()),
        Align2::LEFT_TOP,
        title,
        FontId::proportional(style::LABEL),
        palette.text,
    );
    let small = FontId::proportional(style::CAPTION);
    painter.text(
        pos2(rect.right(), drawn.bottom()),
        Align2::RIGHT_BOTTOM,
        unit,
        small.clone(),
        palette.weak_text,
    );
    let mut top = drawn.bottom() + 1.0;
    let room = ((rect.bottom() + 3.0 - top) / LINE).max(0.0) as usize;
    // The last line tells of those for which there is no room.
    let shown = if entries.len() > room {
        room.saturating_sub(1)
    } else {
        room
    };
    let mut chosen = None;
    for entry in entries.iter().take(shown) {
        let middle = top + LINE / 2.0;
        let (color, weak, strong) = looks(entry, hidden, palette);
        swatch(&painter, left, middle, entry, color);
        painter.text(
            pos2(left + 16.0, middle),
            Align2::LEFT_CENTER,
            &entry.label,
            small.clone(),
            weak,
        );
        painter.text(
            pos2(rect.right(), middle),
            Align2::RIGHT_CENTER,
            &entry.value,
            small.clone(),
            strong,
        );
        let line = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + LINE));
        chosen = toggled(ui, line, title, entry, hidden).or(chosen);
        top += LINE;
    }
    let rest = entries.get(shown..).unwrap_or_default();
    let line = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + LINE));
    further(ui, line, title, rest, hidden, palette).or(chosen)
}

/// The last line of a legend without room for all: how many more there are, each with its value at the pointer; a click opens them.
/// Returns the series that was clicked.
fn further(
    ui: &Ui,
    line: Rect,
    of: &str,
    rest: &[LegendEntry],
    hidden: &[Figure],
    palette: &Palette,
) -> Option<Figure> {
    if rest.is_empty() {
        return None;
    }
    let text = format!("{} more", rest.len());
    let painter = ui.painter();
    let small = FontId::proportional(style::CAPTION);
    painter.text(
        pos2(line.left() + 20.0, line.center().y),
        Align2::LEFT_CENTER,
        &text,
        small,
        palette.weak_text,
    );
    let response = ui.interact(line, Id::unique(("more series", of)), Sense::click());
    show_focus(ui, &response);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{of}: {text}")));
    let mut chosen = None;
    let menu = Popup::menu(&response).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    menu.show(|ui| {
        for entry in rest {
            let text = format!("{}  {}", entry.label, entry.value);
            let text = RichText::new(text).color(looks(entry, hidden, palette).2);
            let Some(figure) = entry.figure else {
                let named = ui.label(text);
                if let Some(words) = &entry.explained {
                    named.on_hover_text(words);
                }
                continue;
            };
            let mut on = !hidden.contains(&figure);
            let named = ui.checkbox(&mut on, text).on_hover_text(figure.about().explained());
            if named.clicked() {
                chosen = Some(figure);
            }
        }
    });
    let list: Vec<String> = rest
        .iter()
        .map(|entry| format!("{}  {}", entry.label, entry.value))
        .collect();
    response.on_hover_text(format!("{}\nA click opens them.", list.join("\n")));
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_in_running_text() {
        for (label, expected) in [
            ("Maintenance", "maintenance"),
            ("ADL a step", "ADL a step"),
            ("· bad debt", "bad debt"),
        ] {
            assert_eq!(in_running_text(label), expected);
        }
    }
}
