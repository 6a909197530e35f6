//! Formulas in running text: what follows `_` stands low, what follows `^` high, as in `P_fill` and `e^(−κ·dt)`.

use eframe::egui::text::LayoutJob;
use eframe::egui::{Align, FontId, TextFormat, TextStyle, Ui};

/// Size of an index or exponent, as a share of that of the text.
const SMALL: f32 = 0.74;

/// How high a piece of text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Line,
    Low,
    High,
}

/// Takes a text apart.
fn pieces(text: &str) -> Vec<(Level, &str)> {
    let mut pieces = Vec::new();
    let (mut rest, mut line) = (text, 0);
    while let Some(at) = rest[line..].find(['_', '^']).map(|at| at + line) {
        let after = &rest[at + 1..];
        let (level, small, length) = if rest[at..].starts_with('_') {
            let length = index_length(after);
            (Level::Low, &after[..length], length)
        } else {
            let (exponent, length) = exponent(after);
            (Level::High, exponent, length)
        };
        let stands_free = rest[..at].chars().next_back().is_none_or(char::is_whitespace);
        if small.is_empty() || stands_free {
            line = at + 1;
            continue;
        }
        pieces.push((Level::Line, &rest[..at]));
        pieces.push((level, small));
        (rest, line) = (&after[length..], 0);
    }
    if !rest.is_empty() {
        pieces.push((Level::Line, rest));
    }
    pieces
}

/// How much of a text belongs to an index: letters and digits, with commas between them.
fn index_length(text: &str) -> usize {
    let mut length = 0;
    for (at, c) in text.char_indices() {
        let next = text[at + c.len_utf8()..].chars().next();
        let joins = c == ',' && length > 0 && next.is_some_and(char::is_alphanumeric);
        if !c.is_alphanumeric() && !joins {
            break;
        }
        length = at + c.len_utf8();
    }
    length
}

/// The exponent at the beginning of a text, without the brackets around it, and how much of the text it takes.
fn exponent(text: &str) -> (&str, usize) {
    if !text.starts_with('(') {
        let length = index_length(text);
        return (&text[..length], length);
    }
    let mut open = 0;
    for (at, c) in text.char_indices() {
        open += i32::from(c == '(') - i32::from(c == ')');
        if open == 0 {
            return (&text[1..at], at + 1);
        }
    }
    ("", 0)
}

/// A label whose formulas are set.
pub(crate) fn label(ui: &mut Ui, text: &str) {
    let font = TextStyle::Body.resolve(ui.style());
    let mut job = LayoutJob::default();
    for (level, piece) in pieces(text) {
        let (share, valign) = match level {
            Level::Line => (1.0, Align::BOTTOM),
            Level::Low => (SMALL, Align::BOTTOM),
            Level::High => (SMALL, Align::TOP),
        };
        let format = TextFormat {
            font_id: FontId::new(share * font.size, font.family.clone()),
            color: ui.visuals().text_color(),
            valign,
            ..TextFormat::default()
        };
        job.append(piece, 0.0, format);
    }
    ui.label(job);
}

#[cfg(test)]
mod tests {
    use super::*;
    use Level::{High, Line, Low};

    #[test]
    fn indices_and_exponents_are_found_and_nothing_else_is() {
        for (text, expected) in [
            ("no formula", vec![(Line, "no formula")]),
            (
                "q·s·(P_fill − P_mark), x",
                vec![
                    (Line, "q·s·(P"),
                    (Low, "fill"),
                    (Line, " − P"),
                    (Low, "mark"),
                    (Line, "), x"),
                ],
            ),
            (
                "|Σ_j X_ij,k|",
                vec![(Line, "|Σ"), (Low, "j"), (Line, " X"), (Low, "ij,k"), (Line, "|")],
            ),
            (
                "I·e^(−κ·(t − 1)), κ = 2",
                vec![(Line, "I·e"), (High, "−κ·(t − 1)"), (Line, ", κ = 2")],
            ),
            ("D₀·(P/P₀)^θ", vec![(Line, "D₀·(P/P₀)"), (High, "θ")]),
            ("a ^ b, _c, 2^(open", vec![(Line, "a ^ b, _c, 2^(open")]),
        ] {
            assert_eq!(pieces(text), expected, "{text}");
        }
    }
}
