//! What venues and collectors publish beside bars: liquidations with their sides, funding, tickers, books and trades.

use std::collections::BTreeMap;

use super::{Folder, MIDNIGHT, MINUTE, ORDERS, count, file, hour};
use cascade_lab::files::record::{Kind, Note, SideMeans};
use cascade_lab::market::{Band, DefectKind, Series};
use cascade_lab::scenario::PositionSide;

#[test]
fn sides_of_liquidations_are_those_of_positions_whatever_the_venue_writes() {
    let time = MIDNIGHT + 61_000;
    let archive =
        format!("{time},SELL,LIMIT,IOC,7,40010,40005,FILLED,6,7\n{time},BUY,LIMIT,IOC,3,39990,39995,FILLED,3,3\n");
    let doubled: String = archive.lines().map(|line| format!("{line}\n{line}\n")).collect();
    let forced = |side: &str, size: &str| {
        format!(
            r#"{{"e":"forceOrder","E":{time},"o":{{"s":"BTCUSDT","S":"{side}","o":"LIMIT","f":"IOC","q":"{size}","p":"40010","ap":"40005","X":"FILLED","l":"1","z":"{size}","T":{time}}}}}"#
        )
    };
    let bybit = format!(
        r#"{{"topic":"allLiquidation.BTCUSDT","data":[{{"T":{time},"s":"BTCUSDT","S":"Buy","v":"7","p":"39800"}},{{"T":{time},"s":"BTCUSDT","S":"Sell","v":"3","p":"40200"}}]}}"#
    );
    let okx = format!(
        r#"{{"data":[{{"instId":"BTC-USDT-SWAP","details":[{{"side":"sell","posSide":"long","bkPx":"39800","sz":"700","ts":"{time}"}},{{"side":"buy","posSide":"short","bkPx":"40200","sz":"300","ts":"{time}"}}]}}]}}"#
    );
    let tardis = format!(
        "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\nbinance-futures,BTCUSDT,{time}000,{time}505,,sell,40005,7\nbinance-futures,BTCUSDT,{time}000,{time}505,,buy,39995,3\n"
    );
    let collector = format!(
        "id,exchange,symbol,side,raw_side,qty,price,mark_price,event_ts\n1,bybit,BTCUSDT,long,Buy,7,40005,40001,{time}\n2,okx,BTCUSDT,short,short:buy,3,39995,40001,{time}\n"
    );
    let fill = |user: &str, side: &str, size: &str| {
        format!(
            r#"["{user}",{{"coin":"BTC","px":"40005","sz":"{size}","side":"{side}","time":{time},"dir":"Close","liquidation":{{"liquidatedUser":"0xa{side}","markPx":"40000","method":"market"}}}}]"#
        )
    };
    let hyperliquid = format!(
        r#"{{"block_time":"2024-03-04T00:01:01","events":[{},{},{},{}]}}"#,
        fill("0xaA", "A", "7"),
        fill("0xbb", "A", "7"),
        fill("0xaB", "B", "3"),
        fill("0xcc", "B", "3")
    ) + "\n"
        + r#"{"block_time":"2024-03-04T00:01:02","events":[]}"#;
    for (what, name, text, means) in [
        ("archive", "a.csv", ORDERS.to_owned() + &archive, SideMeans::Order),
        ("without a header", "b.csv", archive.clone(), SideMeans::Order),
        (
            "every row twice",
            "c.csv",
            ORDERS.to_owned() + &doubled,
            SideMeans::Order,
        ),
        (
            "stream",
            "d.jsonl",
            forced("SELL", "7") + "\n" + &forced("BUY", "3") + "\n",
            SideMeans::Order,
        ),
        ("Bybit", "e.json", bybit, SideMeans::Position),
        ("OKX", "f.json", okx, SideMeans::Position),
        ("Tardis", "g.csv", tardis, SideMeans::Order),
        ("collector", "h.csv", collector, SideMeans::Position),
        ("Hyperliquid", "i.jsonl", hyperliquid, SideMeans::Order),
    ] {
        let read = hour().with(name, &text).read();
        let found: BTreeMap<bool, f64> = read
            .record
            .liquidations()
            .iter()
            .map(|one| (one.side == PositionSide::Long, one.coins))
            .collect();
        assert_eq!(read.record.liquidations().len(), 2, "{what}: {:?}", read.files);
        assert_eq!(found, BTreeMap::from([(true, 7.0), (false, 3.0)]), "{what}");
        assert_eq!(file(&read, name).sides, Some(means), "{what}");
        let repeated = count(&read.record, Series::Liquidations, DefectKind::Duplicate);
        assert_eq!(repeated, if what == "every row twice" { 2 } else { 0 }, "{what}");
        // Nothing trades at a bankruptcy price.
        assert!(
            read.record
                .liquidations()
                .iter()
                .all(|one| (39_990.0..=40_020.0).contains(&one.price)),
            "{what}"
        );
        let bankrupt = file(&read, name).notes.contains_key(&Note::BankruptcyPrices);
        assert_eq!(bankrupt, matches!(what, "Bybit" | "OKX"), "{what}");
    }
    // Contracts of 100 dollars beside bars of the other contract of the asset.
    let read = hour()
        .with(
            "BTCUSD_PERP-liquidationSnapshot-2024-03-04.csv",
            ORDERS.to_owned() + &archive,
        )
        .read();
    assert!((read.record.liquidations()[0].coins - 700.0 / 40_005.0).abs() < 1e-12);
    assert!(file(&read, "BTCUSD_PERP").notes.contains_key(&Note::AnotherContract));
    // Sums by interval count at the price of their time.
    let sums = format!(
        r#"[{{"symbol":"BTCUSDT_PERP.A","history":[{{"t":{},"l":7.0,"s":3.0}},{{"t":{},"l":0,"s":0}}]}}]"#,
        time / 1000,
        time / 1000 + 60
    );
    let read = hour().with("coinalyze.json", sums).read();
    assert_eq!(read.record.liquidations().len(), 2);
    let sums = format!(
        r#"{{"code":"0","msg":"ok","data":[{{"time":{time},"aggregated_long_liquidation_usd":"280000","aggregated_short_liquidation_usd":"120000"}}]}}"#
    );
    let read = hour().with("coinglass.json", sums).read();
    let longs = read
        .record
        .liquidations()
        .iter()
        .find(|one| one.side == PositionSide::Long)
        .unwrap();
    assert!((longs.coins - 7.0).abs() < 0.01, "{}", longs.coins);
}

#[test]
fn funding_is_to_the_minute_and_of_any_interval() {
    let archive = format!(
        "calc_time,funding_interval_hours,last_funding_rate\n{},8,0.00010000\n{},4,-0.00020000\n",
        MIDNIGHT + 11,
        MIDNIGHT + 4 * 3_600_000 + 3
    );
    for (name, text) in [
        ("archive", archive.clone()),
        (
            "no header",
            archive.lines().skip(1).map(|line| line.to_owned() + "\n").collect(),
        ),
        (
            "binance.json",
            format!(
                r#"[{{"symbol":"BTCUSDT","fundingRate":"0.00010000","fundingTime":{MIDNIGHT}}},{{"symbol":"BTCUSDT","fundingRate":"-0.0002","fundingTime":{}}}]"#,
                MIDNIGHT + 4 * 3_600_000
            ),
        ),
        (
            "bybit.json",
            format!(
                r#"{{"result":{{"list":[{{"symbol":"BTCUSDT","fundingRate":"-0.0002","fundingRateTimestamp":"{}"}},{{"symbol":"BTCUSDT","fundingRate":"0.0001","fundingRateTimestamp":"{MIDNIGHT}"}}]}}}}"#,
                MIDNIGHT + 4 * 3_600_000
            ),
        ),
    ] {
        let record = hour().with(name, text).record();
        let found: Vec<(i64, f64)> = record
            .funding()
            .iter()
            .map(|point| (point.time_ms - MIDNIGHT, point.rate))
            .collect();
        assert_eq!(found, [(0, 0.0001), (4 * 3_600_000, -0.0002)], "{name}");
        assert_eq!(
            record.funding()[1].interval_hours,
            (!name.ends_with("json")).then_some(4.0),
            "{name}"
        );
    }
}

#[test]
fn tickers_and_books_of_collectors_are_read() {
    let header = "exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price,index_price,mark_price\n";
    let rows: String = (0..30)
        .map(|index| {
            let time = (MIDNIGHT + index * 20_000) * 1_000;
            format!(
                "binance-futures,BTCUSDT,{time},{time},{time},0.0001,0.0001,{},40000.{index},40000.0,40000.0\n",
                80_000 + index
            )
        })
        .collect();
    let read = Folder::new().with("ticker.csv", header.to_owned() + &rows).read();
    assert_eq!(read.record.bars().rows().len(), 10);
    assert_eq!(read.record.open_interest().len(), 10);
    assert_eq!(read.record.open_interest()[0].coins, 80_002.0);
    assert_eq!(
        file(&read, "ticker").kinds,
        [Kind::OpenInterest, Kind::Funding, Kind::Prices]
    );
    // Contracts of a dollar.
    let inverse = header.to_owned() + &rows.replace("binance-futures,BTCUSDT", "bitmex,XBTUSD");
    let record = Folder::new().with("ticker.csv", inverse).record();
    assert!((record.open_interest()[0].coins - 80_002.0 / 40_000.0).abs() < 0.01);
    // A book that reaches ±0.3 % says what is within ±0.2 %, and nothing about ±1 %.
    let mut header = "exchange,symbol,timestamp,local_timestamp".to_owned();
    let mut row = format!("binance-futures,BTCUSDT,{MIDNIGHT}000,{MIDNIGHT}505");
    for level in 0..5 {
        header += &format!(",asks[{level}].price,asks[{level}].amount,bids[{level}].price,bids[{level}].amount");
        row += &format!(",{},2,{},3", 40_001 + 30 * level, 39_999 - 30 * level);
    }
    let read = hour().with("book_snapshot_5.csv", header + "\n" + &row + "\n").read();
    let book = read.record.depth().snapshots()[0];
    let [narrow, wide] = [-0.2, -1.0].map(|percent| Band::of_percentage(percent).unwrap());
    assert_eq!((book.coins(narrow), book.is_known(wide)), (Some(9.0), false));
}

#[test]
fn trades_become_bars_or_the_taker_flow_of_bars() {
    let header = "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n";
    let rows: String = (0..240)
        .map(|index| {
            let maker = if index % 4 == 0 { "true" } else { "False" };
            format!(
                "{index},{},2.0,{index},{index},{},{maker}\n",
                40_000 + index % 5,
                MIDNIGHT + index * 1_000
            )
        })
        .collect();
    for text in [header.to_owned() + &rows, rows.clone()] {
        let record = Folder::new().with("aggTrades.csv", text).record();
        let bar = record.bars().rows()[0];
        assert_eq!(record.bars().rows().len(), 4);
        assert_eq!(
            (bar.open, bar.high, bar.low, bar.close),
            (40_000.0, 40_004.0, 40_000.0, 40_004.0)
        );
        assert_eq!((bar.volume_coins, bar.taker_buy_coins), (120.0, Some(90.0)));
    }
    // Where there are bars, trades only say who bought.
    let bars = "time,open,high,low,close,volume\n".to_owned()
        + &(0..4)
            .map(|minute| format!("{},40000,40009,39990,40001,100\n", MIDNIGHT + minute * MINUTE))
            .collect::<String>();
    let record = Folder::new()
        .with("bars.csv", bars)
        .with("trades.csv", header.to_owned() + &rows)
        .record();
    assert_eq!(
        (record.bars().rows()[0].high, record.bars().rows()[0].taker_buy_coins),
        (40_009.0, Some(75.0))
    );
}
