//! Which column holds what, by the names of the columns.

use super::Header;

/// Something a table may hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    /// What it is called on the command line and in reports.
    pub key: &'static str,
    /// What it is called on the screen and in messages.
    pub label: &'static str,
    /// What its column may be called, as [`plain`] writes it.
    pub names: &'static [&'static str],
}

impl Wanted {
    /// A field by its key, what it is called on the screen, and the names of columns that hold it.
    pub(crate) const fn new(key: &'static str, label: &'static str, names: &'static [&'static str]) -> Self {
        Self { key, label, names }
    }
}

/// Which column, from 0, each of the wanted things is in.
pub type Mapping = Vec<Option<usize>>;

/// A column that somebody has chosen for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnChoice {
    /// None, whatever the names say.
    None,
    /// The one of this number, from 0.
    At(usize),
    /// The one of this name, or of this number, from 1.
    Named(String),
}

impl ColumnChoice {
    /// The column of a table with this header and so many columns.
    ///
    /// # Errors
    /// There is no such column; in words.
    pub fn find(&self, header: &Header, columns: usize) -> Result<Option<usize>, String> {
        let name = match self {
            Self::None => return Ok(None),
            Self::At(column) => return Ok(Some(*column)),
            Self::Named(name) => name,
        };
        let named = |same: &dyn Fn(&str) -> bool| (0..columns).find(|column| header.titles(*column).any(same));
        named(&|title| title == name)
            .or_else(|| named(&|title| plain(title) == plain(name) && !plain(name).is_empty()))
            .or_else(|| {
                let number: usize = name.parse().ok()?;
                (1..=columns).contains(&number).then(|| number - 1)
            })
            .map(Some)
            .ok_or_else(|| {
                let titles: Vec<String> = (0..columns.min(30)).map(|column| header.title(column)).collect();
                format!(
                    "there is no column `{name}`; there are {} (or a number from 1 to {columns})",
                    titles.join(", ")
                )
            })
    }
}

/// A name in lower case and without anything but letters and digits: `Entry price (USD)` is `entrypriceusd`.
pub fn plain(name: &str) -> String {
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The columns by their names; a column is taken once, and only if it fits what is wanted. What comes first among the names
/// a thing may have counts before what comes later.
pub fn guess(header: &Header, wanted: &[Wanted], fits: impl Fn(usize, usize) -> bool) -> Mapping {
    let mut taken = vec![false; header.width()];
    wanted
        .iter()
        .enumerate()
        .map(|(place, thing)| {
            let found = thing.names.iter().find_map(|name| {
                (0..taken.len()).find(|column| {
                    !taken[*column] && header.names(*column).any(|other| other == *name) && fits(place, *column)
                })
            })?;
            taken[found] = true;
            Some(found)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Table;
    use super::*;

    #[test]
    fn columns_are_found_by_the_better_name_first_and_taken_once() {
        let wanted = [
            Wanted {
                key: "price",
                label: "price",
                names: &["close", "price"],
            },
            Wanted {
                key: "other",
                label: "other price",
                names: &["price", "open"],
            },
        ];
        let found = |text: &str| guess(&Header::at(&Table::of(text), 0..1), &wanted, |_, _| true);
        assert_eq!(found("price,close"), [Some(1), Some(0)]);
        assert_eq!(found("PRICE,Open"), [Some(0), Some(1)]);
        assert_eq!(found("Price"), [Some(0), None]);
    }

    #[test]
    fn a_column_is_chosen_by_name_or_number() {
        let header = Header::at(&Table::of("Time,Close (USD),2"), 0..1);
        let find = |name: &str| ColumnChoice::Named(name.to_owned()).find(&header, 3);
        assert_eq!(find("close usd"), Ok(Some(1)));
        assert_eq!(find("2"), Ok(Some(2)));
        assert_eq!(find("1"), Ok(Some(0)));
        assert!(find("open").unwrap_err().contains("Time, Close (USD), 2"));
        assert!(find("4").is_err());
    }
}
