//! Tables as spreadsheets of different countries write them.

use cascade_lab::files::import::{Context, ImportKind, Imported};
use cascade_lab::files::options::{self, Known};
use cascade_lab::files::positions::{self, Places};
use cascade_lab::files::price_path;
use cascade_lab::files::table::{Decimal, Table};

use super::{list, refused};

#[test]
fn decimal_commas_are_read_where_numbers_show_them() {
    let expected = list("side,entry,size,leverage\nlong,20000.5,1.5,50\nshort,1234567,2,2.5\n").positions;
    for text in [
        "side;entry;size;leverage\nlong;20.000,50;1,5;50\nshort;1.234.567;2;2,5x\n",
        "side\tentry\tsize\tleverage\nlong\t20000,5\t1,5\t50\nshort\t1\u{a0}234\u{a0}567\t2\t2,5\n",
        "side,entry,size,leverage\nlong,\"20.000,5\",\"1,5\",50\nshort,1234567,2,\"2,5\"\n",
    ] {
        assert_eq!(list(text).positions, expected, "{text}");
    }
    let path = price_path::parse("p.csv", "Zeit;Preis\n0;1\n").unwrap_err().to_string();
    assert!(path.contains("no column holds the time"), "{path}");
    // Without a header, and with the days of Central Europe.
    let path = price_path::parse("p.csv", "05.08.2024 12:00;1.234,5\n05.08.2024 12:01;1.230,25\n").unwrap();
    assert_eq!(*path.path.points, [(0.0, 1_234.5), (60.0, 1_230.25)]);
    let chain = "spot;strike;type;days;oi;iv\n100,5;110;call;7,5;10;0,6\n100,5;90;put;7,5;10;55,5%\n";
    let chain = options::parse("c.csv", chain, Known::default()).unwrap();
    assert_eq!((chain.spot, chain.quotes[1].volatility), (100.5, 0.555));
}

#[test]
fn what_may_be_two_numbers_is_asked_and_two_ways_are_refused() {
    let read = |text: &str| positions::parse("b.csv", text, Places::default());
    let ambiguous = "side;entry;size;leverage\nlong;20,000;1;50\n";
    refused(
        read(ambiguous),
        &[
            "b.csv, line 2, column 2 (entry), character 6: `20,000` is 20000 with a decimal point and 20 with a decimal comma, and \
             no number of the table shows which it has: choose it (Numbers in the window, --decimal on the command line)",
        ],
    );
    for (decimal, entry) in [(Decimal::Point, 20_000.0), (Decimal::Comma, 20.0)] {
        let table = Table::of(ambiguous).with_decimal(Some(decimal));
        let kind = ImportKind::Positions;
        let mapping = kind.mapping(&table, kind.header(&table));
        let Ok(Imported::Positions(list)) = kind.read(&table, &mapping, Context::default()) else {
            panic!("it is a list");
        };
        assert_eq!(list.positions[0].entry, entry);
    }
    // One number that can only be read in one way decides for all.
    assert_eq!(
        read("side;entry;size;leverage\nlong;20,000;1,25;50\n")
            .unwrap()
            .positions[0]
            .entry,
        20.0
    );
    assert_eq!(
        read("side;entry;size;leverage\nlong;20,000;1.25;50\n")
            .unwrap()
            .positions[0]
            .entry,
        20_000.0
    );
    refused(
        read("side;entry;size;leverage\nlong;20000,50;1;50\nlong;20000;1.5;50\n"),
        &[
            "b.csv, line 3, column 3 (size), character 12: `1.5` has a decimal point, and `20000,50` in line 2 a decimal comma; \
             allowed is one way in a table",
        ],
    );
    // A column that is not read does not matter.
    assert!(read("side;entry;size;leverage;note\nlong;20000,50;1;50;1.5\n").is_ok());
}
