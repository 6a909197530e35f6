//! Zones of time that tables name by letters.

use jiff::civil::{Date, Weekday};

/// Hours ahead of UTC.
const OFFSETS: [(&str, f64); 26] = [
    ("z", 0.0),
    ("utc", 0.0),
    ("gmt", 0.0),
    ("est", -5.0),
    ("edt", -4.0),
    ("cst", -6.0),
    ("cdt", -5.0),
    ("mst", -7.0),
    ("mdt", -6.0),
    ("pst", -8.0),
    ("pdt", -7.0),
    ("wet", 0.0),
    ("west", 1.0),
    ("bst", 1.0),
    ("cet", 1.0),
    ("mez", 1.0),
    ("cest", 2.0),
    ("mesz", 2.0),
    ("eet", 2.0),
    ("eest", 3.0),
    ("msk", 3.0),
    ("ist", 5.5),
    ("sgt", 8.0),
    ("hkt", 8.0),
    ("jst", 9.0),
    ("kst", 9.0),
];

/// Seconds that a zone of this name, in small letters, is ahead of UTC.
pub(super) fn offset_of(name: &str) -> Option<f64> {
    let found = OFFSETS.iter().find(|(zone, _)| *zone == name);
    found.map(|(_, hours)| hours * 3_600.0)
}

/// Seconds that New York is ahead of UTC at noon of a day. Since 2007 summer time lasts from the second Sunday of March to the
/// first of November; before that it began on the first of April and ended on the last of October (Energy Policy Act, 2005).
pub fn eastern_offset(day: Date) -> f64 {
    let sunday = |month: i8, nth: i8| Date::constant(day.year(), month, 1).nth_weekday_of_month(nth, Weekday::Sunday);
    let (from, to) = if day.year() >= 2007 {
        (sunday(3, 2), sunday(11, 1))
    } else {
        (sunday(4, 1), sunday(10, -1))
    };
    let summer = from.is_ok_and(|from| from <= day) && to.is_ok_and(|to| day < to);
    if summer { -4.0 * 3_600.0 } else { -5.0 * 3_600.0 }
}
