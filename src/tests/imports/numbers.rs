//! Tables as spreadsheets of different countries write them.

use cascade_lab::files::import::{Places, ReadOptions, Reading};
use cascade_lab::files::problem::FileError;
use cascade_lab::files::table::Decimal;
use cascade_lab::scenario::{ImportKind, Imported};

use super::{list, read_as, read_list, refused};

fn read(text: &str, kind: ImportKind) -> Result<Reading, FileError> {
    read_as("p.csv", text, kind, ReadOptions::default())
}

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
    let path = read("Wann;Preis\n0;1\n", ImportKind::PricePath)
        .unwrap_err()
        .to_string();
    assert!(path.contains("no column holds the time"), "{path}");
    // Without a header, and with the days of Central Europe.
    let path = read(
        "05.08.2024 12:00;1.234,5\n05.08.2024 12:01;1.230,25\n",
        ImportKind::PricePath,
    )
    .unwrap();
    let Imported::PricePath { path, .. } = path.data else {
        panic!("it is a path");
    };
    assert_eq!(*path.points, [(0.0, 1_234.5), (60.0, 1_230.25)]);
    let chain = "spot;strike;type;days;oi;iv\n100,5;110;call;7,5;10;0,6\n100,5;90;put;7,5;10;55,5%\n";
    let Imported::OptionChain(chain) = read(chain, ImportKind::OptionChain).unwrap().data else {
        panic!("it is a chain");
    };
    assert_eq!((chain.spot, chain.quotes[1].volatility), (100.5, 0.555));
}

#[test]
fn what_may_be_two_numbers_is_asked_and_two_ways_are_refused() {
    let read = |text: &str| read_list("b.csv", text, Places::default());
    let ambiguous = "side;entry;size;leverage\nlong;20,000;1;50\n";
    refused(
        read(ambiguous),
        &[
            "b.csv, line 2, column 2 (entry), character 6: `20,000` is 20000 with a decimal point and 20 with a decimal comma, and \
             no number of the table shows which it has: choose it (Numbers in the window, --decimal on the command line)",
        ],
    );
    for (decimal, entry) in [(Decimal::Point, 20_000.0), (Decimal::Comma, 20.0)] {
        let options = ReadOptions {
            decimal: Some(decimal),
            ..ReadOptions::default()
        };
        let Imported::Positions(list) = read_as("b.csv", ambiguous, ImportKind::Positions, options)
            .unwrap()
            .data
        else {
            panic!("it is a list");
        };
        assert_eq!(list[0].entry, entry);
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
