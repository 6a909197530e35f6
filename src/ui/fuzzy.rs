//! How well a text answers what was typed: every word typed must be in it, letter after letter if not in one piece.

/// What a word found in one piece is worth, at the start of a word of the text and elsewhere.
const WHOLE: (i32, i32) = (100, 60);
/// What it is worth that the text begins with just that and a colon.
const NAMED: i32 = 20;
/// What a word is worth whose letters are only found one after another; less for every letter left out in between.
const SCATTERED: i32 = 40;

/// Words that say nothing: an answer need not have them.
const ARTICLES: [&str; 3] = ["a", "an", "the"];

/// The worth of a text for a query, higher for a better answer; none if it is no answer. `also` is looked through for words
/// in one piece, at half their worth wherever they stand in it.
pub(crate) fn score(query: &str, text: &str, also: &str) -> Option<i32> {
    let (query, text, also) = (query.to_lowercase(), text.to_lowercase(), also.to_lowercase());
    let mut worth = 0;
    for word in query.split_whitespace() {
        worth += in_one_piece(word, &text)
            .or_else(|| in_one_piece(word, &also).map(|worth| worth.min(WHOLE.0) / 2))
            .or_else(|| scattered(word, &text))
            .or_else(|| ARTICLES.contains(&word).then_some(0))?;
    }
    // A page by its name comes before what only has the word in it: `Lending: …` before `Lending pool = on`.
    if text.split_once(':').is_some_and(|(name, _)| name == query.trim()) {
        worth += NAMED;
    }
    // Of two answers alike the one that says less besides.
    Some(worth * 16 - i32::try_from(text.chars().count().min(160)).unwrap_or(160))
}

fn in_one_piece(word: &str, text: &str) -> Option<i32> {
    let mut found = None;
    for (at, _) in text.match_indices(word) {
        let starts = text[..at]
            .chars()
            .next_back()
            .is_none_or(|before| !before.is_alphanumeric());
        if starts {
            return Some(WHOLE.0 + i32::from(at == 0) * 10);
        }
        found = Some(WHOLE.1);
    }
    found
}

/// The letters in their order, the first one at the start of a word: `mlev` finds “mean leverage”.
fn scattered(word: &str, text: &str) -> Option<i32> {
    let letters: Vec<char> = text.chars().collect();
    let starts = |at: usize| at == 0 || !letters[at - 1].is_alphanumeric();
    let mut wanted = word.chars();
    let first = wanted.next()?;
    let origins = (0..letters.len()).filter(|at| letters[*at] == first && starts(*at));
    let least_skipped = origins
        .filter_map(|origin| {
            let (mut at, mut skipped) = (origin + 1, 0);
            for letter in wanted.clone() {
                let next = at + letters[at..].iter().position(|other| *other == letter)?;
                // The start of the next word is no gap.
                skipped += if starts(next) { 0 } else { next - at };
                at = next + 1;
            }
            i32::try_from(skipped).ok()
        })
        .min()?;
    (least_skipped < SCATTERED).then_some(SCATTERED - least_skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(query: &str, texts: &[&'a str]) -> Option<&'a str> {
        let scored = texts.iter().filter_map(|text| Some((score(query, text, "")?, *text)));
        scored.max_by_key(|(worth, _)| *worth).map(|(_, text)| text)
    }

    #[test]
    fn an_article_more_or_less_changes_nothing() {
        assert!(score("export the report", "Export a report (HTML)…", "").is_some());
        assert_eq!(score("export the report", "Export a picture", ""), None);
    }

    #[test]
    fn the_nearest_text_comes_first() {
        let texts = [
            "Maintenance margin = 0.5 %",
            "Mean leverage = 12 ×",
            "Open…",
            "Open preset “Quiet market”",
            "Shock",
            "Shock size = −2 %",
            "Lending pool = on",
            "Lending: loans by health factor, and what is at risk",
        ];
        for (query, expected) in [
            ("mean", "Mean leverage = 12 ×"),
            ("mlev", "Mean leverage = 12 ×"),
            ("lever mean", "Mean leverage = 12 ×"),
            ("OPEN", "Open…"),
            ("open quiet", "Open preset “Quiet market”"),
            ("shock", "Shock"),
            ("shsi", "Shock size = −2 %"),
            ("lending", "Lending: loans by health factor, and what is at risk"),
            ("lending pool", "Lending pool = on"),
        ] {
            assert_eq!(best(query, &texts), Some(expected), "{query}");
        }
        assert_eq!(best("zebra", &texts), None);
        assert_eq!(
            score("zebra", "Shock", "zebra crossing").map(|worth| worth > 0),
            Some(true)
        );
    }

    #[test]
    fn scripts_without_cases_are_found_too() {
        assert!(score("槓桿", "開啟「高槓桿市場」", "").is_some());
        assert!(score("槓桿", "開啟「平靜市場」", "").is_none());
    }

    #[test]
    fn nothing_typed_leaves_everything() {
        assert!(score("", "Shock", "").is_some() && score("  ", "Open…", "").is_some());
    }
}
