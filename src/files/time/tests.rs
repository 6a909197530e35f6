//! Every way of writing a time that is known, by what it must come to.

use super::*;

fn seconds(texts: &[&str], name: &str) -> (Form, Vec<f64>) {
    let clock = recognise(texts.iter().copied(), name, Decimal::Point).unwrap_or_else(|| panic!("{texts:?}"));
    let order = clock.order.unwrap_or(DateOrder::MonthFirst);
    let read = |text: &&str| clock.seconds(text, Decimal::Point, order);
    (
        clock.form,
        texts
            .iter()
            .map(|text| read(text).unwrap_or_else(|| panic!("{text}")))
            .collect(),
    )
}

#[test]
fn moments_are_read_in_every_way_they_are_written() {
    let moment = days_since_1970(Date::constant(2024, 8, 5)) * DAY + 12.0 * 3_600.0 + 30.0 * 60.0;
    for text in [
        "2024-08-05 12:30",
        "2024-08-05T12:30:00Z",
        "2024-08-05T14:30:00.000+02:00",
        "2024-08-05 07:30:00-0500",
        "2024-08-05D12:30:00.000000000",
        "2024-08-05 12:30:00 UTC",
        "2024-08-05 12:30:00 +0000 UTC",
        "2024/08/05 12:30",
        "20240805T1230",
        "20240805 123000",
        "05.08.2024 12:30",
        "13/08/2024 12:30",
        "08/13/2024 12:30 PM",
        "5 Aug 2024 12:30",
        "5-Aug-24 12:30",
        "Aug 5, 2024, 12:30 PM",
        "Mon, 5 August 2024 08:30 EDT",
        "Mon Aug 05 2024 14:30:00 GMT+0200 (CEST)",
        "5 août 2024 à 12:30",
        "5 de agosto de 2024, 12:30",
        "5. August 2024 um 12:30 Uhr",
        "2024-08-05 12-PM",
    ] {
        let written = read(text);
        if text.ends_with("12-PM") {
            assert_eq!(written.unwrap().seconds, Some(43_200.0));
            continue;
        }
        let Some(written) = written.or_else(|| text.ends_with("Uhr").then(|| find(text)).flatten()) else {
            panic!("{text}");
        };
        let day = days_since_1970(written.day.by(DateOrder::MonthFirst).unwrap());
        let day = if text.contains("13") { day - 8.0 } else { day };
        let found = day * DAY + written.seconds.unwrap() - written.offset.unwrap_or(0.0);
        assert_eq!(found, moment, "{text}");
    }
    for text in [
        "",
        "soon",
        "2024-02-30",
        "2024-08-05 25:00",
        "12",
        "1.5",
        "2024",
        "BTC-2024",
        "2024-08-05 13 PM",
        "x 2024-08-05",
        "32/13/2024",
        "2024-08-05 12:30 soon",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn dates_are_found_in_lines_of_words() {
    for (text, day, seconds, offset) in [
        (
            "\"Date: June 7, 2024 at 6:30 PM EDT\",Bid: 99",
            (2024, 6, 7),
            Some(66_600.0),
            Some(-14_400.0),
        ),
        (
            "Date: 3 June 2024 at 16:20 BST,Bid: 99",
            (2024, 6, 3),
            Some(58_800.0),
            Some(3_600.0),
        ),
        (
            "Date: 7 juin 2024 à 10:30 UTC\u{2212}5,Bid: 99",
            (2024, 6, 7),
            Some(37_800.0),
            Some(-18_000.0),
        ),
        (
            "\"Date: 7 de junio de 2024, 10:30 GMT-5\"",
            (2024, 6, 7),
            Some(37_800.0),
            Some(-18_000.0),
        ),
        ("Date: 11 de noviembre de 2024,Bid: 99", (2024, 11, 11), None, None),
        (
            "Jun 14 2013 @ 12:00 ET,Bid,99.99",
            (2013, 6, 14),
            Some(43_200.0),
            Some(-14_400.0),
        ),
        ("2026-03-07", (2026, 3, 7), None, None),
        (
            "Downloaded from a site as of 06-17-2024 03:14pm CDT",
            (2024, 6, 17),
            Some(54_840.0),
            Some(-18_000.0),
        ),
    ] {
        let found = find(text).unwrap_or_else(|| panic!("{text}"));
        let date = Date::constant(day.0, day.1, day.2);
        assert_eq!(found.day.by(DateOrder::MonthFirst), Some(date), "{text}");
        assert_eq!((found.seconds, found.offset), (seconds, offset), "{text}");
    }
    assert_eq!(find("Some Index,Last: 101.5,Change: -1.2"), None);
    assert_eq!(find("https://example.org/a-1.2.3"), None);
}

#[test]
fn columns_of_numbers_are_told_apart() {
    for (texts, name, form, span) in [
        (&["0", "30", "90"][..], "time", Form::Seconds, 90.0),
        (&["1722816000", "1722816060"], "unix", Form::UnixSeconds, 60.0),
        (
            &["1722816000000", "1722816060000"],
            "unix",
            Form::UnixMilliseconds,
            60.0,
        ),
        (
            &["1722816000000000", "1722816060000000"],
            "ts",
            Form::UnixMicroseconds,
            60.0,
        ),
        (
            &["1722816000000000000", "1722816060000000000"],
            "ts",
            Form::UnixNanoseconds,
            60.0,
        ),
        (&["1584057600000", "1584054000.0"], "unix", Form::UnixMixed, -3_600.0),
        (&["20240801", "20240806"], "date", Form::CompactDates, 5.0 * DAY),
        (&["202408010930", "202408011000"], "date", Form::CompactMinutes, 1_800.0),
        (
            &["20240801093000", "20240801093030"],
            "date",
            Form::CompactSeconds,
            30.0,
        ),
        (&["45505", "45510.5"], "date", Form::SpreadsheetDays, 5.5 * DAY),
        (&["45505.5", "45505.75"], "time", Form::SpreadsheetDays, DAY / 4.0),
        (
            &["95800", "95900", "100000", "100100"],
            "time",
            Form::CompactTimesOfDay,
            180.0,
        ),
        (&["0", "500"], "ms", Form::Milliseconds, 0.5),
        (&["0", "2"], "minutes", Form::Minutes, 120.0),
        (&["0", "2"], "elapsedhours", Form::Hours, 7_200.0),
        (&["9:30 AM", "1:30 PM"], "time", Form::TimesOfDay, 14_400.0),
    ] {
        let (found, read) = seconds(texts, name);
        assert_eq!((found, read[read.len() - 1] - read[0]), (form, span), "{texts:?}");
    }
}

#[test]
fn the_whole_column_decides_which_number_is_the_day() {
    let clock = |texts: &[&str]| recognise(texts.iter().copied(), "date", Decimal::Point).unwrap();
    assert_eq!(clock(&["01/02/2024", "13/02/2024"]).order, Some(DateOrder::DayFirst));
    assert_eq!(clock(&["01/02/2024", "01/13/2024"]).order, Some(DateOrder::MonthFirst));
    assert!(clock(&["01/02/2024"]).ambiguous && clock(&["01/02/2024"]).order.is_none());
    assert_eq!(clock(&["13/02/2024", "01/13/2024", "01/01/2024"]).order, None);
    let days = |texts: &[&str]| texts.iter().map(|text| read(text).unwrap()).collect::<Vec<_>>();
    for (texts, order) in [
        (
            &["01/08/2024", "02/08/2024", "03/08/2024"][..],
            Some(DateOrder::DayFirst),
        ),
        (&["08/06/2024", "08/05/2024", "08/02/2024"], Some(DateOrder::MonthFirst)),
        (&["01/03/2024", "01/02/2024", "01/01/2024"], None),
    ] {
        assert_eq!(order_of(&days(texts)).map(|(order, _)| order), order, "{texts:?}");
    }
}
