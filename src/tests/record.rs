//! A market's own record out of files as venues publish them, with every quirk that is known of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

#[path = "record/odd.rs"]
mod odd;
#[path = "record/program.rs"]
mod program;
#[path = "record/venues.rs"]
mod venues;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use cascade_lab::files::record::{self, FileRead, Note, RecordError, RecordOptions, RecordRead, Watch};
use cascade_lab::files::table::ColumnChoice;
use cascade_lab::market::{Band, DefectKind, Record, Series};

/// 4 March 2024, midnight, UTC.
const MIDNIGHT: i64 = 1_709_510_400_000;
const MINUTE: i64 = 60_000;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        fs::write(self.path().join(name), text).unwrap();
        self
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn try_read(&self, options: &RecordOptions) -> Result<RecordRead, RecordError> {
        let threads = NonZeroUsize::new(2).unwrap();
        record::read(&[self.path().to_owned()], options, threads, &Watch::default())
    }

    fn read(&self) -> RecordRead {
        self.try_read(&RecordOptions::default()).unwrap()
    }

    fn record(&self) -> Record {
        self.read().record
    }
}

fn file<'r>(read: &'r RecordRead, name: &str) -> &'r FileRead {
    read.files.iter().find(|file| file.file.contains(name)).unwrap()
}

fn count(record: &Record, series: Series, kind: DefectKind) -> u64 {
    let of = record
        .defects()
        .iter()
        .filter(|defect| defect.series == series && defect.kind == kind);
    of.map(|defect| defect.count).sum()
}

const KLINES: &str = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n";
const METRICS: &str = "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio\n";
const DEPTH: &str = "timestamp,percentage,depth,notional\n";
const ORDERS: &str = "time,side,order_type,time_in_force,original_quantity,price,average_price,order_status,last_fill_quantity,accumulated_fill_quantity\n";

/// A bar of an archive; times in units of a millisecond times `unit`.
fn kline(minute: i64, unit: i64) -> String {
    let time = (MIDNIGHT + minute * MINUTE) * unit;
    let end = time + MINUTE * unit - 1;
    let price = 40_000 + minute % 7;
    format!(
        "{time},{price}.0,{}.5,{}.5,{}.0,12.5,{end},500000.0,31,5.0,200000.0,0\n",
        price + 9,
        price - 9,
        price + 1
    )
}

fn klines(minutes: std::ops::Range<i64>) -> String {
    minutes.map(|minute| kline(minute, 1)).collect()
}

fn stamp(minute: i64) -> String {
    format!("2024-03-04 {:02}:{:02}:00", minute / 60, minute % 60)
}

fn metric(minute: i64, coins: f64) -> String {
    format!(
        "{},BTCUSDT,{coins:.16},{:.16},1.5,1.2,1.1,0.9\n",
        stamp(minute),
        coins * 40_000.0
    )
}

/// A folder with an hour of bars.
fn hour() -> Folder {
    Folder::new().with("BTCUSDT-1m-2024-03-04.csv", KLINES.to_owned() + &klines(0..60))
}

fn zipped(name: &str, text: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive
        .start_file(name, zip::write::SimpleFileOptions::default())
        .unwrap();
    archive.write_all(text.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

fn gzipped(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

#[test]
fn bars_are_the_same_with_and_without_a_header_in_any_unit_of_time_and_any_packing() {
    let expected = hour().record();
    assert_eq!(expected.bars().rows().len(), 60);
    let first = expected.bars().rows()[0];
    assert_eq!(
        (first.time_ms, first.open, first.high, first.low, first.close),
        (MIDNIGHT, 40_000.0, 40_009.5, 39_991.5, 40_001.0)
    );
    assert_eq!((first.volume_coins, first.taker_buy_coins), (12.5, Some(5.0)));
    assert!(expected.defects().is_empty(), "{:?}", expected.defects());
    let plain = klines(0..60);
    let with_header = KLINES.to_owned() + &plain;
    let middle = klines(0..30) + KLINES + &klines(30..60);
    let seconds: String = plain.lines().map(|line| line.replacen("000,", ",", 1) + "\n").collect();
    let microseconds: String = (0..60).map(|minute| kline(minute, 1_000)).collect();
    let nanoseconds: String = (0..60).map(|minute| kline(minute, 1_000_000)).collect();
    let two_units: String = (0..60)
        .map(|minute| kline(minute, if minute < 20 { 1_000 } else { 1 }))
        .collect();
    let windows = with_header.replace('\n', "\r\n");
    let marked = "\u{feff}".to_owned() + &with_header;
    let semicolons = with_header.replace(',', ";");
    let tabs = with_header.replace(',', "\t");
    let quoted: String = plain
        .lines()
        .map(|line| format!("\"{}\"\n", line.replace(',', "\",\"")))
        .collect();
    let newest_first: String = plain.lines().rev().map(|line| line.to_owned() + "\n").collect();
    for (what, text) in [
        ("without a header", plain.as_str()),
        ("a header in the middle", &middle),
        ("seconds", &seconds),
        ("microseconds", &microseconds),
        ("nanoseconds", &nanoseconds),
        ("two units", &two_units),
        ("ends of lines", &windows),
        ("byte order mark", &marked),
        ("semicolons", &semicolons),
        ("tabs", &tabs),
        ("quoted", &quoted),
        ("newest first", &newest_first),
    ] {
        let read = Folder::new().with("some prices.csv", text).read();
        assert_eq!(read.record.bars(), expected.bars(), "{what}");
        let late = count(&read.record, Series::Bars, DefectKind::OutOfOrder);
        assert_eq!(late, if what == "newest first" { 59 } else { 0 }, "{what}");
        assert_eq!(
            read.files[0].headers,
            u64::from(what == "a header in the middle"),
            "{what}"
        );
        assert_eq!((read.files[0].rows, read.files[0].unreadable), (60, 0), "{what}");
    }
    for (name, bytes) in [
        ("a.zip", zipped("BTCUSDT-1m.csv", &with_header)),
        ("a.csv.gz", gzipped(&with_header)),
    ] {
        assert_eq!(
            Folder::new().with(name, bytes).record().bars(),
            expected.bars(),
            "{name}"
        );
    }
    let rest: Vec<String> = plain
        .lines()
        .map(|line| format!("[{}]", line.replace(".0,12.5", ".0,\"12.5\"")))
        .collect();
    let json = format!("[{}]", rest.join(","));
    assert_eq!(Folder::new().with("klines.json", json).record().bars(), expected.bars());
}

#[test]
fn bars_of_other_sources_are_read() {
    let text = "www.site.example\nunix,date,symbol,open,high,low,close,Volume BTC,Volume USDT,tradecount\n\
        1584061200000,2020-03-13 01:00:00,BTC/USDT,5800,5900,5700,5850,10.5,61000,400\n\
        1584057600.0,2020-03-13 12-AM,BTC/USDT,4800,5810,4700,5800,39.5,199000,NULL\n\
        1584054000.0,2020-03-12 11-PM,BTC/USDT,5802.7,5802.7,4410,4800,39952.35,199337895.46,NULL\n";
    let read = Folder::new().with("hourly.csv", text).read();
    let bars = read.record.bars();
    assert_eq!((bars.rows().len(), bars.interval_ms()), (3, 3_600_000));
    assert_eq!((bars.rows()[0].low, bars.rows()[0].volume_coins), (4410.0, 39952.35));
    assert_eq!(read.symbol.as_deref(), Some("BTC/USDT"));
    // Volume that cannot count coins.
    let text: String = (0..30)
        .map(|minute| {
            format!(
                "{}.000000,45000.0,45010.0,44990.0,45005.0,2371703{minute}.641\n",
                stamp(minute)
            )
        })
        .collect();
    let read = Folder::new()
        .with(
            "btc-perp_1m.csv",
            "timestamp,open,high,low,close,volume\n".to_owned() + &text,
        )
        .read();
    let volume = read.record.bars().rows()[0].volume_coins;
    assert!((volume - 23_717_030.641 / 45_005.0).abs() < 1e-9, "{volume}");
    let notes = &read.files[0].notes;
    assert!(notes.contains_key(&Note::VolumeInUsd) && notes.contains_key(&Note::WithoutZone));
    // An export with a zone of its own, and a bar without trades.
    let text =
        "time,open,high,low,close,Volume\n2024-03-04T02:00:00+02:00,1,3,1,2,5\n2024-03-04T02:01:00+02:00,2,2,2,2,NaN\n";
    let record = Folder::new().with("BATS_FBTC, 1.csv", text).record();
    assert_eq!(
        (record.bars().rows()[0].time_ms, record.bars().rows()[1].volume_coins),
        (MIDNIGHT, 0.0)
    );
}

#[test]
fn open_interest_is_sorted_counted_once_and_rid_of_jumps() {
    let mut rows: Vec<String> = (0..12)
        .map(|index| metric(5 * index, 80_000.0 + index as f64))
        .collect();
    rows[4] = metric(20, 10.0);
    rows[7] = rows[7].replace(",1.5,1.2,", ",\"\",\"\",");
    let doubled: String = rows.iter().map(|row| row.clone() + row).collect();
    rows.swap(2, 9);
    for (text, repeated, late) in [(doubled, 12, 0), (rows.concat(), 0, 7)] {
        let folder = hour().with("BTCUSDT-metrics-2024-03-04.csv", METRICS.to_owned() + &text);
        let record = folder.record();
        let coins: Vec<f64> = record
            .open_interest()
            .iter()
            .map(|point| point.coins - 80_000.0)
            .collect();
        assert_eq!(coins, [0.0, 1.0, 2.0, 3.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0]);
        assert_eq!(record.open_interest()[0].usd, Some(3.2e9));
        let found = |kind| count(&record, Series::OpenInterest, kind);
        assert_eq!(
            (found(DefectKind::Duplicate) > 0, found(DefectKind::OutOfOrder)),
            (repeated > 0, late)
        );
        assert!(found(DefectKind::Jump) >= 1 && found(DefectKind::Blank) >= 1);
        // The row that was left out leaves a gap, which is said too.
        assert!(found(DefectKind::Gap) >= 1);
    }
    // Without a header, and contracts of 100 dollars with the value in coins.
    let text: String = (0..12).map(|index| metric(5 * index, 80_000.0)).collect();
    assert_eq!(hour().with("m.csv", text).record().open_interest().len(), 12);
    let bars: String = (0..60)
        .map(|minute| {
            format!(
                "{},30542,30550,30500,30540,400,{},1.31,9,100,0.33,0\n",
                MIDNIGHT + minute * MINUTE,
                MIDNIGHT + minute * MINUTE + 59_999
            )
        })
        .collect();
    let row = format!(
        "{},BTCUSD_PERP,5578700.00000000,18265.00911826,\"\",\"\",\"\",0.00855776\n",
        stamp(5)
    );
    let record = Folder::new()
        .with("BTCUSD_PERP-1m-2024-03-04.csv", bars)
        .with("BTCUSD_PERP-metrics-2024-03-04.csv", METRICS.to_owned() + &row)
        .record();
    assert_eq!(
        (record.open_interest()[0].coins, record.open_interest()[0].usd),
        (18_265.009_118_26, Some(557_870_000.0))
    );
    let bar = record.bars().rows()[0];
    assert_eq!((bar.volume_coins, bar.taker_buy_coins), (1.31, Some(1.31 * 0.25)));
}

#[test]
fn depth_has_ten_or_twelve_bands_in_two_spellings_and_frozen_ones_are_masked() {
    let snapshot = |seconds: i64, percents: &[&str], frozen: bool| -> String {
        let time = format!("2024-03-04 00:{:02}:{:02}", seconds / 60, seconds % 60);
        let row = |percent: &&str| {
            let far: f64 = percent.parse::<f64>().unwrap().abs();
            let grows = if frozen && **percent == *percents[0] {
                0.0
            } else {
                seconds as f64
            };
            let coins = 1_000.0 * far + grows;
            format!("{time},{percent},{coins:.3},{:.4}\n", coins * 40_000.0)
        };
        percents.iter().map(row).collect()
    };
    let ten = ["-5", "-4", "-3", "-2", "-1", "1", "2", "3", "4", "5"];
    let twelve = [
        "-5.00", "-4.00", "-3.00", "-2.00", "-1.00", "-0.20", "0.20", "1.00", "2.00", "3.00", "4.00", "5.00",
    ];
    for (percents, bands) in [(&ten[..], 10), (&twelve[..], 12)] {
        let text: String = (0..40)
            .map(|index| snapshot(11 + 30 * index, percents, index >= 20))
            .collect();
        let folder = hour().with("BTCUSDT-bookDepth-2024-03-04.csv", DEPTH.to_owned() + &text);
        let record = folder.record();
        let snapshots = record.depth().snapshots();
        assert_eq!((snapshots.len(), record.depth().interval_ms()), (40, 30_000));
        let known = |place: usize| Band::all().filter(|band| snapshots[place].is_known(*band)).count();
        let usable = |place: usize| Band::all().filter(|band| snapshots[place].is_usable(*band)).count();
        assert_eq!((known(3), usable(3), usable(30)), (bands, bands, bands - 1));
        let one = Band::of_percentage(1.0).unwrap();
        assert_eq!(snapshots[0].usd(one), Some(f64::from(40_440_000.0_f32)));
        assert_eq!(count(&record, Series::Depth, DefectKind::Frozen), 19);
        // The same rows in another order are the same depth.
        let mut rows: Vec<&str> = text.split_inclusive('\n').collect();
        rows.reverse();
        let shuffled = hour().with("depth.csv", DEPTH.to_owned() + &rows.concat()).record();
        assert_eq!(shuffled.depth(), record.depth());
    }
    // Dollars over coins that are no price of that time.
    let text: String = (0..20).map(|index| snapshot(11 + 30 * index, &ten, false)).collect();
    let text = text.replace(",-1,1041.000,41640000.0000", ",-1,1041.000,50640000.0000");
    let record = hour().with("depth.csv", text).record();
    assert_eq!(count(&record, Series::Depth, DefectKind::OffPrice), 1);
}

#[test]
fn what_is_no_record_is_left_out_and_said() {
    let updates = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\nderibit,BTC-PERPETUAL,1585699200245000,1585699200355684,true,ask,6421.5,18640\n";
    let chain = "exchange,symbol,timestamp,local_timestamp,type,strike_price,expiration,open_interest\nderibit,BTC-9JUN20-9875-P,1591574399413000,1591574400196008,put,9875,1591689600000000,0.1\n";
    let mark: String = klines(0..60)
        .lines()
        .map(|line| {
            line.replace(",12.5,", ",0,")
                .replace(",500000.0,31,5.0,200000.0,", ",0,60,0,0,")
                + "\n"
        })
        .collect();
    let hourly = format!(
        "open_time,open,high,low,close,volume\n{},40000,41000,39000,40500,800\n{},40500,41000,39000,40500,800\n",
        MIDNIGHT,
        MIDNIGHT + 3_600_000
    );
    let read = hour()
        .with("updates.csv", updates)
        .with("chain.csv", chain)
        .with("mark.csv", mark)
        .with("hourly.csv", hourly)
        .with("ETHUSDT-1m-2024-03-04.csv", klines(0..60))
        .with(
            "BTCUSDT-metrics.csv",
            METRICS.to_owned() + &metric(0, 5.0) + &metric(5, 6.0).replace("BTCUSDT", "ETHUSDT"),
        )
        .with("empty.csv", "")
        .with("notes.txt", "remember to buy milk\n")
        .with("picture.png", [0x89, b'P', b'N', b'G', 0, 0, 1, 2])
        .with("cut.zip", &zipped("x.csv", &klines(0..60))[..80])
        .with("truth.json", r#"{"seed": 1, "note": "no rows"}"#)
        .read();
    for (name, reason) in [
        ("updates.csv", "single changes of an order book"),
        ("chain.csv", "option chain"),
        ("mark.csv", "mark or index prices"),
        ("hourly.csv", "longer interval"),
        ("ETHUSDT", "the record is of BTCUSDT"),
        ("empty.csv", "empty"),
        ("notes.txt", "no"),
        ("picture.png", "no text"),
        ("cut.zip", "zip"),
        ("truth.json", "none of its columns"),
    ] {
        let unused = file(&read, name).unused.as_deref().unwrap_or_default();
        assert!(unused.contains(reason), "{name}: {unused}");
    }
    assert_eq!(read.record.bars(), hour().record().bars());
    assert_eq!(file(&read, "metrics").other_symbols, 1);
    assert_eq!(read.record.open_interest().len(), 1);
    let only = |name: &str, text: &str| Folder::new().with(name, text).try_read(&RecordOptions::default());
    assert!(matches!(only("updates.csv", updates), Err(RecordError::NoPrices(why)) if why.contains("updates.csv")));
    assert!(matches!(
        Folder::new().try_read(&RecordOptions::default()),
        Err(RecordError::NoFiles(_))
    ));
}

#[test]
fn files_that_overlap_or_are_cut_off_count_once_and_gaps_are_said() {
    let last = klines(60..61);
    let folder = hour()
        .with("b.csv", KLINES.to_owned() + &klines(50..60) + &last[..last.len() / 3])
        .with("c.csv", klines(70..80));
    let read = folder.read();
    let record = &read.record;
    assert_eq!(record.bars().rows().len(), 70);
    assert_eq!(count(record, Series::Bars, DefectKind::Duplicate), 10);
    assert_eq!(count(record, Series::Bars, DefectKind::Gap), 10);
    let cut = file(&read, "b.csv");
    assert_eq!((cut.rows, cut.used, cut.unreadable), (11, 10, 1));
    assert!(
        cut.first_unreadable
            .as_deref()
            .is_some_and(|row| row.starts_with("17095140"))
    );
    // A packed file that is cut off gives nothing and takes nothing away.
    let packed = gzipped(&klines(60..70));
    let read = hour().with("d.csv.gz", &packed[..packed.len() - 9]).read();
    assert!(file(&read, "d.csv.gz").unused.is_some());
    assert_eq!(read.record.bars().rows().len(), 60);
}

#[test]
fn the_market_is_chosen_where_there_are_several() {
    let header = "time,coin,funding,open_interest,prev_day_px,day_ntl_vlm,premium,oracle_px,mark_px,mid_px,impact_bid_px,impact_ask_px\n";
    let row = |minute: i64, coin: &str, price: f64| {
        format!(
            "{}Z,{coin},-0.0003,44122738,0.15,133328618.73,-0.0019,0.12,{price},,null,0.12\n",
            stamp(minute).replace(' ', "T")
        )
    };
    let text: String = (0..9)
        .map(|minute| row(minute, "POPCAT", 0.125) + &row(minute, "BTC", 40_000.0))
        .collect();
    let folder = Folder::new().with("20240304.csv", header.to_owned() + &text);
    let refused = folder.try_read(&RecordOptions::default());
    assert!(matches!(refused, Err(RecordError::SeveralMarkets(names)) if names == "BTC, POPCAT"));
    let of = |symbol: &str| {
        folder.try_read(&RecordOptions {
            symbol: Some(symbol.to_owned()),
            ..RecordOptions::default()
        })
    };
    let read = of("btc").unwrap();
    assert_eq!(
        (read.record.bars().rows().len(), read.record.bars().rows()[0].open),
        (9, 40_000.0)
    );
    assert_eq!(read.files[0].other_symbols, 9);
    assert!(matches!(of("SOL"), Err(RecordError::OtherMarkets(..))));
    // Beside bars of Bitcoin there is nothing to choose.
    let folder = hour().with("20240304.csv", header.to_owned() + &text);
    assert_eq!(folder.record().open_interest().len(), 9);
}

#[test]
fn columns_may_be_chosen_by_hand() {
    let text: String = (0..10)
        .map(|minute| format!("{};x;{};{}\n", stamp(minute), 80_000 + minute, 40_000 + minute))
        .collect();
    let folder = Folder::new().with("own.csv", "when;what;contracts;last\n".to_owned() + &text);
    assert!(folder.try_read(&RecordOptions::default()).is_err());
    let columns = [("time", "when"), ("open_interest", "3"), ("price", "last")];
    let columns = columns.map(|(key, column)| (key.to_owned(), ColumnChoice::Named(column.to_owned())));
    let options = RecordOptions {
        columns: BTreeMap::from(columns),
        ..RecordOptions::default()
    };
    let record = folder.try_read(&options).unwrap().record;
    assert_eq!(record.open_interest()[9].coins, 80_009.0);
    assert_eq!(record.bars().rows()[9].close, 40_009.0);
}

#[test]
fn a_reading_can_be_cancelled_and_does_not_depend_on_the_number_of_threads() {
    let folder = hour()
        .with("m.csv", METRICS.to_owned() + &metric(0, 5.0))
        .with("more.csv", klines(60..120));
    let paths: Vec<PathBuf> = vec![folder.path().to_owned()];
    let options = RecordOptions::default();
    let with = |threads: usize| record::read(&paths, &options, NonZeroUsize::new(threads).unwrap(), &Watch::default());
    assert_eq!(with(1), with(7));
    let watch = Watch::default();
    watch.cancel.request();
    let ended = record::read(&paths, &options, NonZeroUsize::MIN, &watch);
    assert_eq!(ended, Err(RecordError::Cancelled));
}
