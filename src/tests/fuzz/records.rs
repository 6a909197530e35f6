//! Mutated files of a market's record: what is read of them is a record that holds what its types promise, whole or line by
//! line, and what is not read is said.

use std::fmt::Write as _;
use std::fs;
use std::num::NonZeroUsize;

use cascade_lab::files::record::{self, Growing, RecordOptions, Watch};
use cascade_lab::market::{Band, Record};

use crate::cases_of_a_kind;
use crate::random::{Numbers, mutated};

/// 4 March 2024, midnight, UTC.
const MIDNIGHT: i64 = 1_709_510_400_000;
const MINUTE: i64 = 60_000;

/// One of so many texts of each layout is also read as a file among others.
const FILE_EVERY: usize = 10;

const PIECES: [&str; 24] = [
    "\"",
    "\"\"",
    ",",
    ";",
    "\n",
    "\r\n",
    "-",
    ".",
    "1e308",
    "1e-308",
    "NaN",
    "inf",
    "99999999999999999999",
    "0",
    "\0",
    "\u{e9}",
    "{",
    "}",
    "[",
    "]",
    "null",
    "SELL",
    "2024-13-45",
    "1709510400000",
];

fn bars(minutes: i64) -> String {
    let mut text = String::from(
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n",
    );
    for minute in 0..minutes {
        let (begin, price) = (MIDNIGHT + minute * MINUTE, 40_000 + minute % 7);
        let _ = writeln!(
            text,
            "{begin},{price},{}.5,{}.5,{},12.5,{},500000,31,5,200000,0",
            price + 9,
            price - 9,
            price + 1,
            begin + MINUTE - 1
        );
    }
    text
}

/// One sound text of each layout, and the name of its file.
fn texts() -> Vec<(&'static str, String)> {
    let each = |header: &str, row: &dyn Fn(i64) -> String| -> String {
        let rows = (0..6).map(|minute| row(MIDNIGHT + minute * MINUTE) + "\n");
        format!("{header}\n{}", rows.collect::<String>())
    };
    let stamp = |time: i64| format!("2024-03-04 00:{:02}:00", (time - MIDNIGHT) / MINUTE);
    let listed = |time: i64| {
        format!(
            r#"[{time},"40000","40009","39991","40001","12.5",{},"500000",31,"5","200000","0"]"#,
            time + 59_999
        )
    };
    let array: Vec<String> = (0..6).map(|minute| listed(MIDNIGHT + minute * MINUTE)).collect();
    vec![
        ("BTCUSDT-1m.csv", bars(12)),
        ("klines.json", format!("[{}]", array.join(","))),
        (
            "metrics.csv",
            each("create_time,symbol,sum_open_interest,sum_open_interest_value", &|time| {
                format!("{},BTCUSDT,81000.5,3240020000", stamp(time))
            }),
        ),
        (
            "depth.csv",
            each("timestamp,percentage,depth,notional", &|time| {
                let bands = [-5, -4, -3, -2, -1, 1, 2, 3, 4, 5];
                let rows = bands.map(|percent: i32| {
                    let coins = 100 * percent.abs();
                    format!("{},{percent},{coins},{}", stamp(time), 40_000 * coins)
                });
                rows.join("\n")
            }),
        ),
        (
            "funding.csv",
            each("calc_time,funding_interval_hours,last_funding_rate", &|time| format!("{time},8,0.0001")),
        ),
        (
            "liquidations.csv",
            each(
                "time,side,order_type,time_in_force,original_quantity,price,average_price,order_status,last_fill_quantity,accumulated_fill_quantity",
                &|time| format!("{time},SELL,LIMIT,IOC,7,40010,40005,FILLED,6,7"),
            ),
        ),
        (
            "trades.csv",
            each("agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker", &|time| {
                format!("{time},40000,0.5,1,2,{time},true")
            }),
        ),
        (
            "tardis.csv",
            each("exchange,symbol,timestamp,local_timestamp,id,side,price,amount", &|time| {
                format!("binance-futures,BTCUSDT,{time}000,{time}505,,sell,40005,7")
            }),
        ),
        (
            "stream.jsonl",
            each("", &|time| {
                format!(r#"{{"e":"forceOrder","E":{time},"o":{{"s":"BTCUSDT","S":"SELL","q":"7","p":"40010","ap":"40005","X":"FILLED","l":"1","z":"7","T":{time}}}}}"#)
            })
            .trim_start()
            .to_owned(),
        ),
        (
            "bybit.json",
            format!(
                r#"{{"topic":"allLiquidation.BTCUSDT","data":[{{"T":{MIDNIGHT},"s":"BTCUSDT","S":"Buy","v":"7","p":"39800"}}]}}"#
            ),
        ),
    ]
}

/// What the types of a record promise.
fn check(record: &Record, text: &str) {
    let rows = record.bars().rows();
    assert!(!rows.is_empty() && record.bars().interval_ms() > 0, "{text}");
    assert!(rows.windows(2).all(|two| two[0].time_ms < two[1].time_ms), "{text}");
    for bar in rows {
        let (least, most) = (bar.open.min(bar.close), bar.open.max(bar.close));
        let in_order = 0.0 < bar.low && bar.low <= least && most <= bar.high && bar.high.is_finite();
        assert!(
            in_order && bar.volume_coins.is_finite() && bar.volume_coins >= 0.0,
            "{bar:?}: {text}"
        );
        assert!(
            bar.taker_buy_coins
                .is_none_or(|coins| coins.is_finite() && coins >= 0.0),
            "{bar:?}: {text}"
        );
    }
    let open = record.open_interest();
    assert!(open.windows(2).all(|two| two[0].time_ms < two[1].time_ms), "{text}");
    assert!(
        open.iter().all(|point| point.coins > 0.0 && point.coins.is_finite()),
        "{text}"
    );
    let funding = record.funding();
    assert!(funding.windows(2).all(|two| two[0].time_ms < two[1].time_ms), "{text}");
    assert!(funding.iter().all(|point| point.rate.is_finite()), "{text}");
    let forced = record.liquidations();
    assert!(forced.windows(2).all(|two| two[0].time_ms <= two[1].time_ms), "{text}");
    let sound = |price: f64| price > 0.0 && price.is_finite();
    assert!(forced.iter().all(|one| sound(one.price) && sound(one.coins)), "{text}");
    let books = record.depth().snapshots();
    assert!(books.windows(2).all(|two| two[0].time_ms < two[1].time_ms), "{text}");
    for book in books {
        for band in Band::all().filter(|band| book.is_usable(*band)) {
            assert!(book.usd(band).is_some_and(sound), "{book:?}: {text}");
        }
    }
}

/// The text as a collector writes it, in pieces.
fn grown(text: &str, numbers: &mut Numbers) -> Result<Option<Record>, String> {
    let mut growing = Growing::new("mutated".to_owned(), RecordOptions::default());
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.len().min(1 + numbers.below(400)));
        growing.take(piece)?;
        rest = after;
    }
    Ok(growing.record())
}

#[test]
fn mutated_records_are_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let prices = folder.path().join("BTCUSDT-1m-2024-03-04.csv");
    fs::write(&prices, bars(12)).unwrap();
    let texts = texts();
    for (name, text) in &texts {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let read = record::read(
            &[path, prices.clone()],
            &RecordOptions::default(),
            NonZeroUsize::MIN,
            &Watch::default(),
        );
        let used = read
            .unwrap()
            .files
            .iter()
            .any(|file| file.file.ends_with(name) && file.used > 0);
        assert!(used, "{name} itself is not read");
    }
    let mut numbers = Numbers::new(0x0bad_5eed_0bad_5eed);
    let mut whole = 0;
    for case in 0..cases_of_a_kind() {
        let (name, text) = &texts[case % texts.len()];
        let text = mutated(text, &PIECES, &mut numbers);
        if let Ok(Some(record)) = grown(&text, &mut numbers) {
            check(&record, &text);
            whole += 1;
        }
        if !(case / texts.len()).is_multiple_of(FILE_EVERY) {
            continue;
        }
        let path = folder.path().join(name);
        fs::write(&path, &text).unwrap();
        let paths = [path, prices.clone()];
        let read = record::read(&paths, &RecordOptions::default(), NonZeroUsize::MIN, &Watch::default());
        match read {
            Ok(read) => {
                check(&read.record, &text);
                let unsaid = read.files.iter().find(|file| file.used == 0 && file.words().is_empty());
                assert!(unsaid.is_none(), "{unsaid:?}: {text}");
            }
            // The market that the bars do not name may have been made two.
            Err(error) => assert!(!error.to_string().is_empty(), "{text}"),
        }
    }
    eprintln!(
        "{whole} of {} mutated texts give a record line by line",
        cases_of_a_kind()
    );
    assert!(whole * 50 > cases_of_a_kind(), "nearly nothing was read");
}
