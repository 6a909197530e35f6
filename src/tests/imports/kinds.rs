//! The formats of vendors and venues, as small look-alikes: header or none, units of time, doubled, unsorted and repeated rows,
//! conventions of sides, sizes and margins, missing words, containers.

use std::io::Write as _;

use cascade_lab::files::import::{self, Places, ReadOptions, Reading};
use cascade_lab::files::problem::FileError;
use cascade_lab::scenario::{ImportKind, Imported, PositionSide};

fn read(text: &str) -> Result<Reading, FileError> {
    import::parse("f.csv", text, &ReadOptions::default())
}

/// Seconds and price of the first and the last point, and everything that is said.
#[track_caller]
fn path(text: &str) -> ((f64, f64), f64, String) {
    told(read(text).unwrap_or_else(|error| panic!("{error}\n{text}")))
}

fn told(reading: Reading) -> ((f64, f64), f64, String) {
    let remarks = reading.read_as.remarks.iter().map(|remark| remark.message.clone());
    let said = reading
        .read_as
        .sentences()
        .into_iter()
        .chain(remarks)
        .collect::<Vec<_>>()
        .join("; ");
    let Imported::PricePath { path, .. } = reading.data else {
        panic!("it is a path: {said}");
    };
    let last = path.points[path.points.len() - 1];
    ((path.points[0].1, last.1), last.0, said)
}

#[track_caller]
fn refused(text: &str, words: &str) {
    let error = read(text).expect_err(text).to_string();
    assert!(error.contains(words), "{words}: {error}");
}

#[test]
fn paths_of_vendors() {
    const MINUTE: f64 = 60.0;
    const DAY: f64 = 86_400.0;
    for (text, prices, span, words) in [
        // Binance: twelve columns without a header, microseconds since 2025, and a header in the middle where files are joined.
        (
            "1637971200000,1,3,0.5,2,9,1637971259999,1,7,1,0.5,0\n1637971260000,2,4,1,2.5,9,1637971319999,1,7,1,0.5,0\n",
            (2.0, 2.5),
            MINUTE,
            "price from column 5 by what it holds",
        ),
        (
            "open_time,open,close\n1735689600000000,1,2\n1735689660000000,2,3\n",
            (2.0, 3.0),
            MINUTE,
            "Unix microseconds",
        ),
        (
            "open_time,open,close\n1722816000000,1,2\nopen_time,open,close\n1722816060000,2,3\n",
            (2.0, 3.0),
            MINUTE,
            "left out: 1 repetition of the header (of 4)",
        ),
        // Bybit: seconds with a fraction, the newest first.
        (
            "timestamp,symbol,side,size,price\n1704326460.1,BTCUSDT,Buy,1,101\n1704326400.1,BTCUSDT,Sell,1,100\n",
            (100.0, 101.0),
            MINUTE,
            "the newest row comes first",
        ),
        // CryptoDataDownload: milliseconds and dates above, seconds and `11-PM` and NULL below.
        (
            "unix,date,symbol,close,trades\n1618704000000,2021-04-18 00:00:00,BTC/USDT,3,7\n1618617600.0,2021-04-17 12-AM,BTC/USDT,2,NULL\n",
            (2.0, 3.0),
            DAY,
            "Unix times of several units",
        ),
        // TradingView: the zone of the chart, NaN in columns nobody needs.
        (
            "time,open,high,low,close,Volume\n2024-08-05T00:00:00+02:00,1,3,0.5,2,NaN\n2024-08-05T00:05:00+02:00,2,4,1,3,5\n",
            (2.0, 3.0),
            5.0 * MINUTE,
            "2024-08-04 22:00 to 2024-08-04 22:05 UTC",
        ),
        // Yahoo: volumes as large as Unix times.
        (
            "Date,Open,High,Low,Close,Adj Close,Volume\n2024-08-05,1,3,0.5,2,1.9,3500000000\n2024-08-06,2,4,1,3,2.9,3600000000\n",
            (2.0, 3.0),
            DAY,
            "time from column 1 (Date), price from column 5 (Close)",
        ),
        // Investing.com: everything in quotation marks, thousands, the newest first.
        (
            "\"Date\",\"Price\",\"Open\",\"Vol.\"\n\"08/15/2024\",\"64,600.1\",\"1\",\"82.15K\"\n\"08/14/2024\",\"61,400.2\",\"1\",\"82.15K\"\n",
            (61_400.2, 64_600.1),
            DAY,
            "price from column 2 (Price)",
        ),
        // Barchart: a name of its own for the close, and a line of words below.
        (
            "Time,Open,High,Low,Latest\n06/17/2024,1,3,0.5,2\n06/18/2024,2,4,1,3\n\"Downloaded from a site as of 06-18-2024 03:14pm CDT\"\n",
            (2.0, 3.0),
            DAY,
            "left out: 1 line of words below the table",
        ),
        // MetaTrader: days and times of day in two columns of figures.
        (
            "<DATE>,<TIME>,<OPEN>,<CLOSE>\n20240805,095900,1,2\n20240805,100000,2,3\n",
            (2.0, 3.0),
            MINUTE,
            "clock from column 2 (<TIME>)",
        ),
        (
            "Date,Time,Last\n08/13/2024,9:30 AM,2\n08/13/2024,1:30 PM,3\n",
            (2.0, 3.0),
            240.0 * MINUTE,
            "clock from column 2 (Time)",
        ),
        // Spreadsheets: days since 1900, decimal commas.
        (
            "Date;Close\n45505,5;1,5\n45506,5;1,6\n",
            (1.5, 1.6),
            DAY,
            "days of a spreadsheet",
        ),
        (
            "Date,Close\n\"Aug 05, 2024\",2\n\"Aug 06, 2024\",\"1,003\"\n",
            (2.0, 1_003.0),
            DAY,
            "times are dates",
        ),
        (
            "Datum;Schlusskurs\n5. August 2024;1.002,5\n6. August 2024;1.003,5\n",
            (1_002.5, 1_003.5),
            DAY,
            "decimal comma",
        ),
        // A table of pandas with its index, a byte order mark, Windows line ends, trailing commas.
        (
            "\u{feff},timestamp,close,\r\n0,2024-08-05 00:00:00,2,\r\n1,2024-08-05 00:01:00,3,\r\n",
            (2.0, 3.0),
            MINUTE,
            "time from column 2",
        ),
        // Rows twice, rows out of order, missing prices.
        (
            "time,price\n1722816000,2\n1722816000,2\n1722816060,3\n",
            (2.0, 3.0),
            MINUTE,
            "the same time as in line 2",
        ),
        (
            "create_time,close\n2025-01-21 00:05:00,2\n2025-01-21 00:15:00,3\n2025-01-21 00:10:00,5\n",
            (2.0, 3.0),
            10.0 * MINUTE,
            "the time goes back in 1 row",
        ),
        (
            "time,close\n1722816000,NULL\n1722816060,2\n1722816120,nan\n1722816180,3\n",
            (2.0, 3.0),
            2.0 * MINUTE,
            "left out: 2 rows without a price",
        ),
    ] {
        let found = path(text);
        assert_eq!(
            (found.0, (found.1 * 1e3).round() / 1e3),
            (prices, span),
            "{text}{}",
            found.2
        );
        assert!(found.2.contains(words), "{words}: {}", found.2);
    }
}

#[test]
fn what_is_no_path_is_refused_in_words_that_help() {
    for (text, words) in [
        ("", "no column holds the time"),
        ("hello\n", "no column holds the time"),
        ("1,100\n2,101\n3,99\n", "column 1 only counts the rows"),
        (
            "timestamp,ask_price,bid_price\n1722816000,2,1\n1722816060,2,1\n",
            "say which (--column price=…) of ask_price, bid_price",
        ),
        (
            "Price,Close,Close\nTicker,AAA,BBB\nDate,,\n2024-08-05,90,5\n2024-08-06,95,6\n",
            "2 (Close AAA), 3 (Close BBB)",
        ),
        (
            "timestamp,percentage,depth,notional\n2025-05-19 11:07:31,-5,7885.2,647368074.3\n",
            "no column holds the price",
        ),
        // Twelve bands in another spelling, and ratios that are blank.
        (
            "timestamp,percentage,depth,notional\n2026-09-03 11:07:31,-0.20,78.2,6473.3\n2026-09-03 11:07:31,5.00,7885.2,647368074.3\n",
            "no column holds the price",
        ),
        (
            "create_time,symbol,sum_open_interest,sum_open_interest_value,count_long_short_ratio\n2023-06-25 00:00:00,BTCUSD_PERP,5578700,\
             18265.0,\"\"\n2023-06-25 00:05:00,BTCUSD_PERP,5578701,18265.1,\"\"\n",
            "no column holds the price",
        ),
        (
            "time,side,order_type,time_in_force,original_quantity,price,average_price\n1687656471926,BUY,LIMIT,IOC,7,30741.3,30631.6\n\
             1687656473356,BUY,LIMIT,IOC,43,30756.6,30631.6\n",
            "these are orders, whose price is a limit",
        ),
        (
            "calc_time,funding_interval_hours,last_funding_rate\n1685577600011,8,0.0001\n1685606400005,8,0.0001\n",
            "no column holds the price",
        ),
        (
            "create_time,symbol,sum_open_interest\n2025-01-21 00:05:00,ACEUSDT,2310973.7\n2025-01-21 00:10:00,ACEUSDT,2310973.7\n",
            "no column holds the price",
        ),
        (
            "time,price,vol\n1722816000,1,5\n1722816060,2,5\n1722816120,3",
            "the file is probably cut off",
        ),
        (
            "time,price,note\n1722816000,1,\"a\"\n1722816060,2,\"b\n",
            "is never closed: the file may be cut off",
        ),
        (
            "time,price,note\n1722816000,1,5\"\n1722816060,2,b\n",
            "a quotation mark stands inside a field",
        ),
        (
            "exchange,time,price\nA,1722816000,1\nB,1722816000,2\nA,1722816060,2\n",
            "several venues (A in 2 rows, B in 1 row)",
        ),
        (
            "date,close\n13/02/2024,1\n02/13/2024,2\n03/01/2024,3\n",
            "may have the day or the month first",
        ),
    ] {
        refused(text, words);
    }
}

/// Positions as venues and programs list them: notional of longs and shorts, leverage of the first.
#[test]
fn positions_of_venues() {
    for (name, text, longs, shorts, leverage) in [
        (
            "ccxt",
            "symbol,side,contracts,contractSize,entryPrice,notional,leverage,collateral,info\n\
             BTC/USDT:USDT,long,50,0.01,60000,30500,10,3000,\"{'a': 1}\"\nBTC/USD:BTC,short,300,100,60000,30000,5,0.1,{}\n",
            30_000.0,
            30_000.0,
            10.0,
        ),
        (
            "BitMEX",
            "symbol,currentQty,avgEntryPrice,leverage,crossMargin\nXBTUSD,30000,60000,10,False\nXBTUSD,-15000,62000,5,False\nETHUSD,0,,10,True\n",
            30_000.0,
            15_000.0,
            10.0,
        ),
        (
            "Binance, margined in coins",
            "symbol,positionAmt,entryPrice,leverage\nBTCUSD_PERP,10,60000,10\nETHUSD_PERP,-5,2500,5\n",
            1_000.0,
            50.0,
            10.0,
        ),
        (
            "Deribit",
            "instrument_name,direction,size,average_price,leverage,initial_margin,kind\n\
             BTC-PERPETUAL,buy,60000,60000,10,0.1,future\nBTC-27DEC24-100000-C,sell,5,0.02,0,0.5,option\n",
            60_000.0,
            0.0,
            10.0,
        ),
        (
            "Bybit",
            "symbol,side,size,avgPrice,positionIM,leverage,positionValue\nBTCUSDT,Buy,0.5,60000,3000,10,30000\nETHUSDT,None,0,0,0,10,\n",
            30_000.0,
            0.0,
            10.0,
        ),
        (
            "Hyperliquid, addresses",
            "address,coin,szi,entryPx,leverage,type\n0xab,ETH,-2,2500,25,cross\n0xcd,ETH,4,2500,5,isolated\n",
            10_000.0,
            5_000.0,
            25.0,
        ),
        (
            "a list in USD",
            "coin,direction,notional,entry,leverage\nBTC,long,1000,100,4x\nBTC,short,500,100,2\n",
            1_000.0,
            500.0,
            4.0,
        ),
    ] {
        let reading = read(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let Imported::Positions(list) = &reading.data else {
            panic!("{name}: {:?}", reading.read_as);
        };
        let of = |side: PositionSide| {
            let own = list.iter().filter(move |position| position.side == side);
            own.map(|position| position.notional_usd()).sum::<f64>()
        };
        assert!(
            (of(PositionSide::Long) - longs).abs() < 1e-6,
            "{name}: {}",
            of(PositionSide::Long)
        );
        assert!(
            (of(PositionSide::Short) - shorts).abs() < 1e-6,
            "{name}: {}",
            of(PositionSide::Short)
        );
        assert!(
            (list[0].leverage - leverage).abs() < 1e-9,
            "{name}: {}",
            list[0].leverage
        );
    }
    let five = "symbol,side,size,entryPrice,leverage\nBTCUSDT,long,1,10,5\nETHUSDT,long,1,10,5\nSOLUSDT,long,1,10,5\nXRPUSDT,long,1,10,5\n\
                DOGEUSDT,long,1,10,5\n";
    refused(
        five,
        "one of the first 4 (BTC, ETH, SOL, XRP), as many as the scenario has; say which count as which (Assets of the table in the window, --map-asset NAME=1",
    );
    let map = |pairs: &[(&str, u32)]| {
        pairs
            .iter()
            .map(|(name, number)| ((*name).to_owned(), *number))
            .collect()
    };
    let mapped = ReadOptions {
        assets: map(&[("doge", 1), ("SOL", 2), ("XRP", 2)]),
        ..ReadOptions::default()
    };
    let reading = import::parse("f.csv", five, &mapped).unwrap();
    let Imported::Positions(list) = &reading.data else {
        panic!("{:?}", reading.read_as);
    };
    assert_eq!(
        list.iter().map(|position| position.asset).collect::<Vec<_>>(),
        [2, 2, 1]
    );
    assert_eq!(reading.assets, ["DOGE", "SOL + XRP"]);
    assert!(
        reading
            .read_as
            .sentences()
            .join("\n")
            .contains("left out: 2 rows of other symbols (of 5)")
    );
    let by_venue = "venue,side,size,entryPrice,leverage\n7,long,1,10,5\n9,short,2,10,5\n";
    let mapped = |pairs: &[(&str, u32)]| ReadOptions {
        venues: map(pairs),
        kind: Some(ImportKind::Positions),
        places: Places { venues: 2, assets: 1 },
        ..ReadOptions::default()
    };
    let reading = import::parse("f.csv", by_venue, &mapped(&[("9", 1), ("7", 2)])).unwrap();
    assert_eq!(reading.venues, ["9", "7"]);
    for (pairs, words) in [
        (&[("7", 3)], "`7` is to be venue 3; allowed is 1 to 2"),
        (&[("8", 1)], "no row is of the venue `8`"),
    ] {
        let error = import::parse("f.csv", by_venue, &mapped(pairs))
            .unwrap_err()
            .to_string();
        assert!(error.contains(words), "{error}");
    }
    refused(
        "instId,posSide,pos,avgPx,lever\nPEPE-USDT-SWAP,long,50,0.00001,10\n",
        "--multiplier",
    );
}

/// Chains of vendors: open interest of calls and puts, spot and units a contract.
#[test]
fn chains_of_vendors() {
    let of = |text: &str, options: ReadOptions| {
        let reading = import::parse("f.csv", text, &options).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let Imported::OptionChain(chain) = reading.data.clone() else {
            panic!("{:?}", reading.read_as);
        };
        let open = |kind: usize| {
            let own = chain.quotes.iter().filter(move |quote| quote.kind as usize == kind);
            own.map(|quote| quote.open_interest).sum::<f64>()
        };
        (
            (open(0), open(1)),
            chain.spot,
            chain.multiplier,
            chain.quotes[0].volatility,
            reading,
        )
    };
    let dated = |day: &str| ReadOptions {
        date: Some(day.parse().unwrap()),
        spot: Some(100.0),
        ..ReadOptions::default()
    };
    let yahoo = "contractSymbol,lastTradeDate,strike,bid,ask,openInterest,impliedVolatility,contractSize\n\
                 AAPL240621C00100000,2024-06-03 15:00:00+00:00,100.0,4.9,5.1,1000,0.3,REGULAR\n\
                 AAPL240621P00100000,2024-06-01 15:00:00+00:00,100.0,4.9,5.1,500,0.3,REGULAR\n";
    let found = of(yahoo, dated("2024-06-03"));
    assert_eq!(
        (found.0, found.1, found.2, found.3),
        ((1_000.0, 500.0), 100.0, 100.0, 0.3)
    );
    let prefixed = "spot,strike,expiry,call_oi,call_iv,put_oi,put_iv\n100,100,2024-06-21,1000,0.3,500,0.31\n";
    assert_eq!(of(prefixed, dated("2024-06-03")).0, (1_000.0, 500.0));
    // Tardis: updates in time; of every option the last one counts.
    let tardis = "exchange,symbol,timestamp,type,strike_price,expiration,open_interest,mark_iv,underlying_price,gamma\n\
                  deribit,BTC-9JUN20-9875-P,1591574399413000,put,9875,1591689600000000,0.1,62.89,9756.36,0.00103\n\
                  deribit,BTC-9JUN20-9875-P,1591574499413000,put,9875,1591689600000000,0.2,62.89,9756.36,0.00103\n";
    let found = of(tardis, ReadOptions::default());
    assert_eq!((found.0, found.1, found.2), ((0.0, 0.2), 9_756.36, 1.0));
    assert!((found.3 - 0.6289).abs() < 1e-12);
    // Deribit: prices in coins. At the money a call of 3 % of the price over 26 days is worth about 45 % of volatility.
    let coins = "instrument_name,underlying_price,bid_price,ask_price,open_interest\nBTC-27DEC24-95000-C,95000,0.047,0.049,100\n";
    let options = ReadOptions {
        date: Some("2024-12-01".parse().unwrap()),
        ..ReadOptions::default()
    };
    let found = of(coins, options);
    assert!((0.4..0.5).contains(&found.3), "{}", found.3);
    assert!(found.4.read_as.chain.unwrap().volatility.contains("in coins"));
    // Crypto options are settled at 08:00 UTC, those in New York at the close there.
    let at = |stamp: &str, name: &str| {
        let text = format!(
            "timestamp,instrument_name,underlying_price,open_interest,iv\n{stamp},{name},95000,100,0.6\n{stamp},BTC-27JUN25-95000-C,95000,7,0.6\n"
        );
        of(&text, ReadOptions::default()).0.0
    };
    assert_eq!(at("2024-12-27T07:59:00Z", "BTC-27DEC24-95000-C"), 107.0);
    assert_eq!(at("2024-12-27T08:01:00Z", "BTC-27DEC24-95000-C"), 7.0);
    assert_eq!(at("2024-12-27T20:00:00Z", "SPXW241227C00950000"), 107.0);
    assert_eq!(at("2024-12-27T22:00:00Z", "SPXW241227C00950000"), 7.0);
    // A list of liquidations names sides of positions.
    let liquidations =
        "event_ts,symbol,side,price\n1775207919322,ETHUSDT,short,2062.46\n1775207929322,ETHUSDT,long,2061.2\n";
    refused(liquidations, "lists positions or liquidations");
    let several =
        "underlying,spot,strike,dte,type,open_interest,iv\nSPX,100,100,5,call,10,0.6\nNDX,101,100,5,call,20,0.6\n";
    refused(several, "options on several underlyings (NDX in 1 row, SPX in 1 row)");
    let two_days = "quote_date,spot,strike,expiry,type,open_interest,iv\n2024-06-03,100,100,2024-06-21,call,10,0.6\n\
                    2024-06-04,101,100,2024-06-21,call,20,0.6\n";
    assert_eq!(of(two_days, ReadOptions::default()).0, (20.0, 0.0));
    let first = ReadOptions {
        date: Some("2024-06-03".parse().unwrap()),
        ..ReadOptions::default()
    };
    assert_eq!(of(two_days, first).0, (10.0, 0.0));
    let twice = "spot,strike,dte,type,open_interest,iv\n100,100,30,call,10,0.6\n100,100,30,call,10,0.6\n";
    let found = of(twice, ReadOptions::default());
    assert!(
        found.4.read_as.remarks[0]
            .message
            .contains("stand in the table more than once")
    );
}

/// Packed files and answers of exchanges as JSON are opened by what they hold, within bounds.
#[test]
fn containers_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let table = "time,close\n1722816000,2\n1722816060,3\n";
    let packed = |text: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    };
    let zipped = |names: &[&str]| {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in names {
            archive
                .start_file(*name, zip::write::SimpleFileOptions::default())
                .unwrap();
            archive.write_all(table.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    };
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(table.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let klines = r#"[[1722816000000,"1","3","0.5","2","9"],[1722816060000,"2","4","1","3","9"]]"#;
    let wrapped = r#"{"code":0,"data":[{"time":1722816000,"close":"2"},{"time":1722816060,"close":"3"}]}"#;
    let lines = "{\"time\":1722816000,\"close\":2}\n{\"time\":1722816060,\"close\":3}\n";
    for (name, bytes, words) in [
        ("a.csv.gz", packed(table.as_bytes()), "taken out of gzip"),
        ("a.zip", zipped(&["x.csv"]), "taken out of zip (x.csv)"),
        ("a.txt", wide, "header in line 1"),
        ("a.json", klines.as_bytes().to_vec(), "taken out of JSON"),
        ("b.json", wrapped.as_bytes().to_vec(), "taken out of JSON"),
        ("c.jsonl", lines.as_bytes().to_vec(), "taken out of JSON"),
    ] {
        let path = file(name, &bytes);
        assert!(import::is_table(&path), "{name}");
        let found = told(import::load(&path, &ReadOptions::default()).unwrap_or_else(|error| panic!("{error}")));
        assert_eq!((found.0, found.1), ((2.0, 3.0), 60.0), "{name}");
        assert!(found.2.contains(words), "{name}: {}", found.2);
    }
    let hyperliquid = r#"{"assetPositions":[{"type":"oneWay","position":{"coin":"ETH","szi":"2","entryPx":"2500",
        "leverage":{"type":"isolated","value":20,"rawUsd":"-95.05"}}}],"time":1}"#;
    let reading = import::load(&file("d.json", hyperliquid.as_bytes()), &ReadOptions::default()).unwrap();
    assert_eq!(reading.data.kind(), ImportKind::Positions);
    for (name, bytes, words) in [
        (
            "two.zip",
            zipped(&["x.csv", "y.csv"]),
            "it holds 2 files (x.csv, y.csv)",
        ),
        (
            "bomb.csv.gz",
            packed(&vec![0; 40_000_000]),
            "allowed are at most 20000000",
        ),
        (
            "broken.csv.gz",
            packed(table.as_bytes())[..20].to_vec(),
            "cannot be unpacked by gzip",
        ),
        (
            "one.json",
            b"{\"openInterest\":\"1\"}".to_vec(),
            "JSON without a list of objects or of lists",
        ),
    ] {
        let error = import::load(&file(name, &bytes), &ReadOptions::default())
            .unwrap_err()
            .to_string();
        assert!(error.contains(words), "{name}: {error}");
    }
    assert!(!import::is_table(&folder.path().join("picture.png")) && !import::is_table(&folder.path().join("own.ron")));
}
