//! “Did you mean”: the parameters whose paths are most like one that does not exist.

/// Most paths that are named.
const MOST: usize = 4;
/// Similarity from which on a path is worth naming.
const LIKE: f64 = 0.75;
/// Similarity below which the parameters of a group that exists are a better answer.
const SURE: f64 = 0.9;
/// Paths less alike than the best one by more than this are not named.
const NEXT_TO_BEST: f64 = 0.04;

/// Longest path that others are compared with, bytes: comparing takes the longer the longer they are.
const COMPARED_MAX: usize = 100;

/// What may be said after “there is no such parameter”: the similar paths, or where all of them are listed.
pub(super) fn hint<'a>(wanted: &str, paths: impl Iterator<Item = &'a str>) -> String {
    let paths = if wanted.len() > COMPARED_MAX {
        Vec::new()
    } else {
        similar(wanted, paths)
    };
    let quoted: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
    match quoted.split_last() {
        None => "`cascade-lab params` lists all of them".to_owned(),
        Some((only, [])) => format!("did you mean {only}?"),
        Some((last, others)) => format!("did you mean {} or {last}?", others.join(", ")),
    }
}

/// The paths most like one that does not exist, the best first; of a group that does exist its parameters if none is.
fn similar<'a>(wanted: &str, paths: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase().replace('-', "_");
    let mut rated: Vec<_> = paths.map(|path| (likeness(&wanted, path), path)).collect();
    // Stable, so that paths alike stay in the order of the table.
    rated.sort_by(|a, b| b.0.total_cmp(&a.0));
    let best = rated.first().map_or(0.0, |(likeness, _)| *likeness);
    let group = wanted.split(['.', ' ']).next().unwrap_or_default();
    let of_group = |path: &str| path.split_once('.').is_some_and(|(own, _)| own == group);
    if best < SURE && rated.iter().any(|(_, path)| of_group(path)) {
        rated.retain(|(_, path)| of_group(path));
    } else {
        rated.retain(|(likeness, _)| *likeness >= LIKE && *likeness >= best - NEXT_TO_BEST);
    }
    rated.into_iter().map(|(_, path)| path).take(MOST).collect()
}

/// How alike two paths are, from 0 to 1: the mean over group and name, or the better of the two where only one word is given.
/// Jaro and Winkler's measure forgives swapped letters and favours common beginnings (Winkler 1990).
fn likeness(wanted: &str, path: &str) -> f64 {
    let (group, name) = path.split_once('.').unwrap_or(("", path));
    match wanted.split_once('.') {
        Some((wanted_group, wanted_name)) => f64::midpoint(alike(wanted_group, group), alike(wanted_name, name)),
        None => alike(wanted, name).max(alike(wanted, path)),
    }
}

/// Of two segments; words joined by underscores also count one by one, a little less.
fn alike(wanted: &str, own: &str) -> f64 {
    let words = own.split('_').map(|word| 0.9 * strsim::jaro_winkler(wanted, word));
    words.fold(strsim::jaro_winkler(wanted, own), f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table;

    fn paths() -> impl Iterator<Item = &'static str> {
        table().iter().map(|row| row.path.as_str())
    }

    fn similar(wanted: &str) -> Vec<&'static str> {
        super::similar(wanted, paths())
    }

    fn hint(wanted: &str) -> String {
        super::hint(wanted, paths())
    }

    #[test]
    fn what_was_meant_comes_first() {
        for (wanted, expected) in [
            ("leverage.maen", "leverage.mean"),
            ("lev.mean", "leverage.mean"),
            ("Leverage.Mean", "leverage.mean"),
            ("leverage-mean", "leverage.mean"),
            ("leverage.mean_leverage", "leverage.mean"),
            ("depth", "liquidity.depth"),
            ("mean", "leverage.mean"),
            ("mean_leverage", "leverage.mean"),
            ("insurance", "fund.insurance"),
            ("maintenance", "margin.maintenance"),
            ("margin.maint", "margin.maintenance"),
            ("venue.count", "venues.count"),
            ("shock.sise", "shock.size"),
            ("dept", "liquidity.depth"),
            ("fund.deleveraging", "fund.auto_deleveraging"),
            ("asset_2.depht", "asset_2.depth"),
            ("venue2.intrest", "venue_2.interest_weight"),
        ] {
            let found = similar(wanted);
            assert_eq!(found.first(), Some(&expected), "{wanted}: {found:?}");
        }
        assert_eq!(hint("leverage.maen"), "did you mean `leverage.mean`?");
    }

    #[test]
    fn several_are_named_where_they_are_as_good_and_none_where_nothing_is_like_it() {
        assert!(similar("depth").len() > 1 && similar("depth").len() <= MOST);
        assert!(hint("depth").contains("`, `") && hint("depth").contains("` or `"));
        let of_group = similar("fund.size");
        assert!(
            of_group.len() > 1 && of_group.iter().all(|path| path.starts_with("fund.")),
            "{of_group:?}"
        );
        assert_eq!(similar("throttle.limit"), ["throttle.enabled", "throttle.cap"]);
        for wanted in ["xyzzy", &"leverage.mean".repeat(1_000_000)] {
            assert_eq!(hint(wanted), "`cascade-lab params` lists all of them");
        }
    }
}
