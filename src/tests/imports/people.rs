//! Files as people have them, a file a quirk: each is read right, with what was guessed and left out told, or refused in words
//! that say what to do.

use std::path::Path;

use cascade_lab::analysis::gex::{Convention, GammaExposure, gamma_exposure};
use cascade_lab::files::import::{self, ReadOptions, Reading};
use cascade_lab::files::problem::FileError;
use cascade_lab::files::table::ColumnChoice;
use cascade_lab::files::time::DateOrder;
use cascade_lab::scenario::{Date, Imported, ListedPosition, PositionTotals, PricePath};

const DAY: f64 = 86_400.0;

fn load(file: &str, options: &ReadOptions) -> Result<Reading, FileError> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/fixtures/tables");
    import::load(&folder.join(file), options)
}

#[track_caller]
fn loaded(file: &str, options: &ReadOptions) -> Reading {
    load(file, options).unwrap_or_else(|error| panic!("{error}"))
}

/// What is said about a file, in a text.
fn said(reading: &Reading) -> String {
    let remarks = reading.read_as.remarks.iter().map(|remark| remark.message.clone());
    reading
        .read_as
        .sentences()
        .into_iter()
        .chain(remarks)
        .collect::<Vec<_>>()
        .join("; ")
}

#[track_caller]
fn refused(file: &str, options: &ReadOptions, words: &[&str]) {
    let error = load(file, options).expect_err(file).to_string();
    for word in words {
        assert!(error.contains(word), "{file}: {word}: {error}");
    }
}

fn path(reading: &Reading) -> &PricePath {
    let Imported::PricePath { path, .. } = &reading.data else {
        panic!("it is a path: {:?}", reading.read_as);
    };
    path
}

fn with(say: impl FnOnce(&mut ReadOptions)) -> ReadOptions {
    let mut options = ReadOptions::default();
    say(&mut options);
    options
}

fn symbol(name: &str) -> ReadOptions {
    with(|options| options.symbols = vec![name.to_owned()])
}

fn price(column: &str) -> ReadOptions {
    with(|options| {
        let choice = ColumnChoice::Named(column.to_owned());
        options.columns.insert("price".to_owned(), choice);
    })
}

fn on(date: &str) -> ReadOptions {
    with(|options| options.date = Some(date.parse().unwrap()))
}

/// File, seconds from the first row to the last, first and last price, and what must be said.
#[test]
fn paths_are_read_by_evidence_and_told() {
    for (file, span, first, last, words) in [
        ("path_yyyymmdd.csv", 5.0 * DAY, 100.0, 95.0, "dates as YYYYMMDD"),
        (
            "path_date_and_time.csv",
            120.0,
            100.0,
            98.0,
            "clock from column 2 (time)",
        ),
        ("path_ms_relative.csv", 1.0, 100.0, 98.0, "times are milliseconds"),
        (
            "path_trade_ids.csv",
            300.0,
            101.0,
            98.0,
            "time from column 5 by what it holds",
        ),
        (
            "path_ms_then_s.csv",
            10_800.0,
            5_300.0,
            5_600.0,
            "Unix times of several units",
        ),
        (
            "unix_ms_then_seconds.csv",
            5.0 * DAY,
            64_600.0,
            56_000.0,
            "Unix times of several units",
        ),
        (
            "path_coinbase_order.csv",
            120.0,
            104.0,
            98.0,
            "price from column 5 by what it holds",
        ),
        ("path_header.csv", 60.0, 104.0, 99.0, "price from column 5 (close)"),
        ("path_no_header.csv", 60.0, 104.0, 99.0, "no header"),
        ("path_url_first.csv", 2.0 * DAY, 101.0, 95.0, "header in line 2"),
        (
            "url_line_above_header.csv",
            7_200.0,
            57_400.0,
            52_500.0,
            "header in line 2",
        ),
        (
            "path_snapped_at.csv",
            DAY,
            101.0,
            90.0,
            "time from column 1 (snapped_at)",
        ),
        (
            "snapped_at.csv",
            2.0 * DAY,
            60_700.0,
            54_000.0,
            "time from column 1 (snapped_at)",
        ),
        (
            "path_fred_dot.csv",
            4.0 * DAY,
            101.0,
            90.0,
            "left out: 1 row without a price (of 3)",
        ),
        (
            "fred_series_name_and_dots.csv",
            2.0 * DAY,
            60_700.0,
            54_000.0,
            "price from column 2 (DEMOUSD) by what it holds",
        ),
        ("path_yf_multi.csv", DAY, 90.0, 95.0, "header in lines 1 to 3"),
        (
            "three_line_header.csv",
            2.0 * DAY,
            58_100.0,
            56_000.0,
            "header in lines 1 to 3",
        ),
        ("path_newline.csv", 120.0, 100.0, 98.0, "no zone given: taken as UTC"),
        (
            "dates_before_1900.csv",
            4.0 * DAY,
            66.08,
            68.13,
            "1899-12-29 00:00 to 1900-01-02 00:00 UTC",
        ),
        (
            "day_first_slashes.csv",
            5.0 * DAY,
            64_600.0,
            56_000.0,
            "dates read as day/month",
        ),
        (
            "day_first_dashes.csv",
            5.0 * DAY,
            64_600.0,
            56_000.0,
            "dates read as day/month",
        ),
        (
            "close_last_reads_open.csv",
            4.0 * DAY,
            107.0,
            103.0,
            "dates read as month/day",
        ),
        ("path_year_daily.csv", 364.0 * DAY, 100.0, 40.0, "usually 24 h apart"),
    ] {
        let reading = loaded(file, &ReadOptions::default());
        let points = &path(&reading).points;
        let (start, end) = (points[0], points[points.len() - 1]);
        assert_eq!((end.0, start.1, end.1), (span, first, last), "{file}");
        assert!(said(&reading).contains(words), "{file}: {words}: {}", said(&reading));
    }
}

#[test]
fn what_cannot_be_decided_about_a_path_is_asked_and_can_be_said() {
    let none = ReadOptions::default();
    refused(
        "path_ddmm_monthly.csv",
        &none,
        &["line 2", "`01/03/2024` may have the day or the month first", "--dates"],
    );
    for (order, days) in [(DateOrder::DayFirst, 60.0), (DateOrder::MonthFirst, 2.0)] {
        let reading = loaded("path_ddmm_monthly.csv", &with(|options| options.dates = Some(order)));
        assert_eq!(path(&reading).span_seconds(), days * DAY);
        assert!(said(&reading).contains("as was said"));
    }
    refused(
        "path_unquoted_thousands.csv",
        &none,
        &["line 2, column 3", "3 fields and the header 2", "thousands separator"],
    );
    refused(
        "path_two_tickers.csv",
        &none,
        &["several symbols (AAA in 2 rows, BBB in 2 rows)", "--symbol"],
    );
    refused(
        "several_symbols_one_path.csv",
        &none,
        &["several symbols (BTC in 4 rows, ETH in 4 rows)"],
    );
    refused("path_book_updates.csv", &none, &["several sides of a book"]);
    for (file, name, first, last) in [
        ("path_two_tickers.csv", "aaa", 100.0, 90.0),
        ("several_symbols_one_path.csv", "BTC", 58_000.0, 53_000.0),
        ("path_book_updates.csv", "bid", 50_000.0, 49_000.0),
    ] {
        let reading = loaded(file, &symbol(name));
        let points = &path(&reading).points;
        assert_eq!((points[0].1, points[points.len() - 1].1), (first, last), "{file}");
        assert!(said(&reading).contains("rows of other symbols"), "{}", said(&reading));
    }
    // Every guess can be overruled.
    for choice in ["open", "2"] {
        let reading = loaded("path_header.csv", &price(choice));
        assert_eq!(path(&reading).points[0].1, 100.0);
    }
    refused(
        "path_header.csv",
        &price("shut"),
        &["there is no column `shut`; there are time, open, high"],
    );
    let header = |line| with(|options| options.header_line = Some(line));
    assert_eq!(path(&loaded("path_url_first.csv", &header(2))).points.len(), 3);
    refused("path_url_first.csv", &header(9), &["there is no header in line 9"]);
}

fn positions(reading: &Reading) -> &[ListedPosition] {
    let Imported::Positions(list) = &reading.data else {
        panic!("it is a list: {:?}", reading.read_as);
    };
    list
}

/// File, notional of longs and of shorts, mean leverage of the first, and what must be said.
#[test]
fn positions_are_read_by_the_conventions_of_venues() {
    for (file, longs, shorts, leverage, words) in [
        (
            "pos_bybit_inverse.csv",
            60_000.0,
            30_000.0,
            10.0,
            "2 margined in coins (the names say so)",
        ),
        (
            "pos_dydx.csv",
            55_000.0,
            0.0,
            10.0,
            "left out: 1 closed position (of 3)",
        ),
        (
            "pos_inverse_margin_coins.csv",
            1_000.0,
            0.0,
            10.0,
            "margins count coins",
        ),
        (
            "pos_liq_ignored.csv",
            30_000.0,
            0.0,
            10.0,
            "liquidation prices of 1 row are not used",
        ),
        ("pos_margin_type.csv", 30_000.0, 12_400.0, 10.0, "sizes count coins"),
        (
            "pos_both.csv",
            30_000.0,
            12_400.0,
            10.0,
            "side from column 5 (positionSide)",
        ),
        (
            "pos_flat_rows.csv",
            30_000.0,
            0.0,
            10.0,
            "left out: 1 position of size 0 (of 2), 0 % of the notional",
        ),
        (
            "pos_binance_risk.csv",
            30_000.0,
            12_400.0,
            10.0,
            "left out: 1 position of size 0 (of 3)",
        ),
        (
            "binance_position_risk.csv",
            30_000.0,
            12_400.0,
            10.0,
            "liquidation prices of 1 row",
        ),
        ("pos_okx.csv", 30_000.0, 0.0, 10.0, "contracts of 0.01 coins"),
        ("okx_names.csv", 60_000.0, 30_500.0, 10.0, "contracts of 0.01 coins"),
        ("pos_hl_dict.csv", 30_000.0, 0.0, 10.0, "sizes count coins"),
        ("pos_hl_ab.csv", 30_000.0, 12_400.0, 10.0, "side from column 2 (side)"),
        (
            "is_long_column_ignored.csv",
            60_000.0,
            182_000.0,
            10.0,
            "side from column 1 (isLong)",
        ),
        (
            "size_and_notional_contradict.csv",
            60_000.0,
            0.0,
            10.0,
            "sizes count dollars",
        ),
        (
            "liquidation_price_ignored.csv",
            0.0,
            310_000.0,
            15.0,
            "5,000, and the margin alone lasts until 3,307",
        ),
    ] {
        let reading = loaded(file, &ReadOptions::default());
        let list = positions(&reading);
        let totals = PositionTotals::of(list);
        for (found, expected) in totals.notional.into_iter().zip([longs, shorts]) {
            assert!((found - expected).abs() < 1e-6, "{file}: {found}, expected {expected}");
        }
        assert!(
            (list[0].leverage / leverage - 1.0).abs() < 1e-9,
            "{file}: {}",
            list[0].leverage
        );
        assert!(said(&reading).contains(words), "{file}: {words}: {}", said(&reading));
    }
    let dydx = loaded("pos_dydx.csv", &ReadOptions::default());
    assert_eq!(
        (dydx.assets, dydx.venues),
        (vec!["BTC".to_owned(), "ETH".to_owned()], Vec::new())
    );
    let one = loaded("pos_dydx.csv", &symbol("ETH"));
    assert_eq!((positions(&one).len(), positions(&one)[0].entry), (1, 2_500.0));
}

/// The gamma exposure of a file by the usual convention.
#[track_caller]
fn exposure(file: &str, options: &ReadOptions) -> (Reading, GammaExposure) {
    let reading = loaded(file, options);
    let Imported::OptionChain(chain) = &reading.data else {
        panic!("it is a chain: {:?}", reading.read_as);
    };
    let exposure = gamma_exposure(chain, &Convention::default());
    (reading, exposure)
}

/// File, options, exposure of calls and puts in USD per 1 %, and what must be said.
#[test]
fn chains_are_read_and_what_does_not_count_is_told() {
    let none = ReadOptions::default;
    let at = |spot: f64, day: &str| ReadOptions {
        spot: Some(spot),
        expiry: Some(Date::constant(2024, 6, 27)),
        ..on(day)
    };
    for (file, options, calls, puts, words) in [
        (
            "opt_ref_fraction.csv",
            none(),
            231_067.0,
            81_742.9,
            "in calendar days, 365 a year",
        ),
        ("opt_iv_percent.csv", none(), 231_067.0, 81_742.9, "in per cent"),
        ("opt_mark_iv_percent.csv", none(), 231_067.0, 81_742.9, "in per cent"),
        ("opt_gamma_blank.csv", none(), 231_067.0, 81_742.9, "gammas computed"),
        (
            "opt_ddmm.csv",
            on("2024-06-03"),
            299_297.0,
            0.0,
            "dates read as day/month (only so nothing has expired",
        ),
        (
            "opt_expired_gamma.csv",
            none(),
            30_000.0,
            0.0,
            "left out: 2 options that had expired (of 4), 90.9 % of the open interest",
        ),
        (
            "opt_expired_today.csv",
            none(),
            30_000.0,
            0.0,
            "left out: 2 options that had expired (of 4)",
        ),
        (
            "opt_spot_override.csv",
            with(|options| options.spot = Some(120.0)),
            39.659_2,
            0.0,
            "not the file's",
        ),
        (
            "opt_ce_pe.csv",
            on("2024-11-01"),
            987_425.0,
            0.0,
            "quoted on 2024-11-01",
        ),
        (
            "opt_quote_date.csv",
            none(),
            286_947.0,
            0.0,
            "date from column 1 (quote_date)",
        ),
        ("opt_date_day_first.csv", none(), 30_000.0, 0.0, "quoted on 2024-06-03"),
        ("opt_date_local.csv", none(), 30_000.0, 0.0, "quoted on 2024-11-11"),
        (
            "opt_yyyymmdd.csv",
            on("2024-06-03"),
            246_102.0,
            0.0,
            "dates as YYYYMMDD",
        ),
        (
            "opt_nse.csv",
            at(100.0, "2024-06-07"),
            1_135_240.0,
            535_878.0,
            "put_open_interest from column 22 (OI)",
        ),
        (
            "two_line_header_nse.csv",
            at(22_300.0, "2024-06-07"),
            1.467_52e9,
            28.661_1e9,
            "expiries as was said",
        ),
        (
            "old_cboe_all_exchanges.dat",
            none(),
            530_016.0,
            212_007.0,
            "left out: 4 quotes of single exchanges",
        ),
        (
            "mini_contracts_of_10_shares.dat",
            none(),
            291_509.0,
            0.0,
            "DEMO7 are minis of 10 shares",
        ),
        (
            "after_close_same_day_expiry.csv",
            none(),
            500_000.0,
            750_000.0,
            "left out: 2 options that had expired (of 4)",
        ),
        (
            "date_line_french.csv",
            none(),
            500_000.0,
            750_000.0,
            "quoted on 2024-06-07",
        ),
        (
            "date_line_spanish.csv",
            none(),
            500_000.0,
            750_000.0,
            "quoted on 2024-06-07",
        ),
        (
            "crypto_mark_iv_and_contract_size.csv",
            none(),
            550_055.0,
            162_028.0,
            "1 unit a contract (from its column)",
        ),
        (
            "expired_options_with_gamma.csv",
            none(),
            120_000.0,
            150_000.0,
            "options that had expired",
        ),
        (
            "prices_imply_with_another_calendar.dat",
            none(),
            149.635e6,
            0.0,
            "volatilities from bid and ask",
        ),
        (
            "expiry_dd_Mon_yyyy.csv",
            none(),
            354_990.0,
            188_360.0,
            "quoted on 2024-08-01",
        ),
        (
            "types_ce_pe.csv",
            none(),
            335_924.0,
            177_029.0,
            "days as the convention counts them",
        ),
        (
            "open_interest_without_iv_dropped.csv",
            none(),
            209_952.0,
            141_623.0,
            "left out: 1 option without a volatility (of 3), 87 %",
        ),
    ] {
        let (reading, found) = exposure(file, &options);
        for (found, expected) in [(found.calls, calls), (found.puts, puts)] {
            assert!(
                (found - expected).abs() <= 5e-6 * expected,
                "{file}: {found}, expected {expected}"
            );
        }
        assert!(said(&reading).contains(words), "{file}: {words}: {}", said(&reading));
    }
    let (_, crypto) = exposure("crypto_mark_iv_and_contract_size.csv", &none());
    assert!((crypto.flip.unwrap() - 57_878.5).abs() < 0.1);
    let (reading, rounded) = exposure("four_digit_gammas_turn_the_sign.csv", &none());
    assert!(
        (rounded.net + 2.693_4e6).abs() < 100.0 && (rounded.net_computed - 4.097e6).abs() < 1e3,
        "{rounded:?}"
    );
    assert!(
        said(&reading).contains("rounded to 0.0001, which may move their sum by 39 %"),
        "{}",
        said(&reading)
    );
    assert!(rounded.contradiction().unwrap().contains("come to a net of"));
}

#[test]
fn what_a_chain_lacks_is_asked_for_with_the_option_that_says_it() {
    let none = ReadOptions::default();
    refused(
        "opt_unquoted_thousands.csv",
        &none,
        &["line 2", "7 fields and the header 6"],
    );
    refused(
        "missing_date_message_names_no_flag.csv",
        &none,
        &["the day of the quotes is missing", "--date"],
    );
    refused("opt_ddmm.csv", &none, &["the day of the quotes is missing"]);
    refused(
        "two_line_header_nse.csv",
        &none,
        &["say when the options expire", "--expiry"],
    );
    let (_, dated) = exposure("missing_date_message_names_no_flag.csv", &on("2024-06-07"));
    assert!(dated.calls > 0.0);
}
