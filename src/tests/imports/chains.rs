//! Option chains in the shapes that CBOE's delayed-quotes files have had over the years, and what goes wrong in them.

use std::fmt::Write as _;

use cascade_lab::analysis::gex::{Convention, gamma_exposure};
use cascade_lab::engine::{Simulation, black76};
use cascade_lab::files::import::ReadOptions;
use cascade_lab::scenario::{Date, Expiry, ImportKind, Imported, OptionChain, OptionKind, Scenario};

use super::{read_as, refused};

fn chain(text: &str) -> OptionChain {
    let read = read_as("chain.csv", text, ImportKind::OptionChain, ReadOptions::default());
    let Imported::OptionChain(chain) = read.unwrap_or_else(|error| panic!("{error}")).data else {
        panic!("it is a chain");
    };
    chain
}

const HEADER_2022: &str = "Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,Strike,Puts,Last Sale,Net,\
    Bid,Ask,Volume,IV,Delta,Gamma,Open Interest\n";

/// Two strikes of a weekly and of the monthly, which has a morning and an afternoon settlement.
fn rows_2022(date: [&str; 2]) -> String {
    let row = |day: &str, root: &str, strike: &str, ois: [&str; 2]| {
        format!(
            "{day},{root}C{strike},5,0,4.9,5.1,7,0.2,0.5,0.01,{},{strike},{root}P{strike},4,0,3.9,4.1,8,0.25,-0.5,0.012,{}\n",
            ois[0], ois[1]
        )
    };
    [
        row(date[0], "SPXW", "4000.00", ["10", "0"]),
        row(date[1], "SPX", "4000.00", ["100", "200"]),
        row(date[1], "SPXW", "4000.00", ["1000", "2000"]),
        row(date[1], "SPXW", "4100.00", ["0", "0"]),
    ]
    .concat()
}

/// A price below 0 above the table is none.
#[test]
fn an_underlying_that_costs_less_than_nothing_is_refused() {
    let text = include_str!("../fixtures/tables/date_line_spanish.csv").replace("Last: 100.00", "Last:- 100");
    let read = read_as("chain.csv", &text, ImportKind::OptionChain, ReadOptions::default());
    let message = "chain.csv, line 1, column 1: the price of the underlying is missing: neither `Last: …` above the table nor a column \
                   `spot`; say it (Spot in the window, --spot on the command line)";
    refused(read, &[message]);
}

#[test]
fn chains_of_2018_2022_and_2024_read_alike() {
    let rows = rows_2022(["Wed Jun 15 2022", "Fri Jun 17 2022"]);
    let of_2022 = chain(&format!(
        "\nStandard & Poors 500 Index,Last: 4050.5,Change:  -1.5\n\"Date: June 10, 2022, 8:47 PM EDT\",Bid: 4050,Ask: 4051\n{HEADER_2022}{rows}"
    ));
    assert_eq!(
        (of_2022.rows, of_2022.spot, of_2022.date),
        (4, 4050.5, Some(Date::constant(2022, 6, 10)))
    );
    // Morning and afternoon settlement of one day are series of their own, and both count.
    let exposure = gamma_exposure(&of_2022, &Convention::default());
    let scale = 0.01 * 100.0 * 4050.5 * 4050.5;
    assert!((exposure.calls / (1_110.0 * 0.01 * scale) - 1.0).abs() < 1e-12);
    assert!((exposure.puts / (2_200.0 * 0.012 * scale) - 1.0).abs() < 1e-12);
    // What is not open is not listed; the weekly expires first.
    let series = of_2022.series(1.0);
    assert_eq!(series.len(), 5);
    assert_eq!(
        (series[0].days, series[1].days, series[0].open_interest),
        (5.0, 7.0, 1_000.0)
    );
    let of_2024 = format!(
        "S&P 500 INDEX,Last: 4050.5,Change: -1.5\r\n\"Date: June 10, 2022 at 9:15 AM EDT\",Bid: 4050,Ask: 4051,Size: 1*1,Volume: 0\r\n{}",
        format!("{HEADER_2022}{rows}").replace('\n', "\r\n")
    );
    let of_2018 = format!(
        "\u{feff}^SPX (S&P 500 INDEX),4050.5,-1.5\n\"Jun 10 2022 @ 13:20 ET\"\n{}{}",
        HEADER_2022.replace("Volume", "Vol").replace("Open Interest", "Int"),
        rows_2022(["06/15/2022", "06/17/2022"])
    );
    assert_eq!(chain(&of_2024), of_2022);
    assert_eq!(chain(&of_2018), of_2022);
    let quoted = format!(
        "\"S&P 500 INDEX\",\"Last: 4,050.5\",Change: 0\n\"Date: June 10, 2022\"\n{HEADER_2022}{}",
        rows.replace(",1000,", ",\"1,000\",")
            .replace(",2000\n", ",\"2,000\"\n")
            .replace("4000.00,SPX", "\"4,000.00\",SPX")
    );
    assert_eq!(chain(&quoted), of_2022);
}

/// Strike and expiry from the names, volatility from the quotes: Black's prices at 20 % give 20 % back.
#[test]
fn chains_of_2011_name_strike_and_expiry_in_the_options() {
    let (spot, days) = (1_257.6, 21.0_f64);
    let deviation = 0.2 * (days / 365.0).sqrt();
    let mut text = format!(
        "SPX (S&P 500 INDEX),{spot},-5.42,\nDec 31 2010 @ 17:20 ET,Bid,1257.10,Ask,1258.20,Size,1x2,Vol,0,\n\
         Calls,Last Sale,Net,Bid,Ask,Vol,Open Int,Puts,Last Sale,Net,Bid,Ask,Vol,Open Int,\n"
    );
    for strike in [1_200.0, 1_250.0, 1_300.0] {
        let call = black76::call_price(spot, strike, deviation);
        let put = call - spot + strike;
        let [call, put] = [call, put].map(|mid| format!("{},{}", mid - 0.1, mid + 0.1));
        let name = format!("11 Jan {strike:.2}");
        writeln!(
            text,
            "{name} (SPX1121A{strike}),0.0,0.0,{call},0,500,{name} (SPX1121M{strike}-E),0.0,0.0,{put},0,700,"
        )
        .unwrap();
    }
    // Nothing is quoted where the price is below what exercise would bring.
    text += "11 Jan 900.00 (SPX1121A900),0.0,0.0,0,0,0,5,11 Jan 900.00 (SPX1121M900),0.0,0.0,0,0,0,5,\n";
    let read = chain(&text);
    assert_eq!(
        (read.rows, read.spot, read.date),
        (4, spot, Some(Date::constant(2010, 12, 31)))
    );
    assert_eq!(read.quotes[0].expiry, Expiry::On(Date::constant(2011, 1, 21)));
    assert_eq!(
        (read.quotes[1].kind, read.quotes[1].strike, read.quotes[1].open_interest),
        (OptionKind::Put, 1_200.0, 700.0)
    );
    for quote in &read.quotes[..6] {
        assert!((quote.volatility - 0.2).abs() < 1e-9, "{quote:?}");
    }
    assert!(read.quotes[6..].iter().all(|quote| quote.volatility == 0.0));
    assert_eq!(read.series(1.0).len(), 6);
}

#[test]
fn what_is_not_quoted_counts_as_nothing() {
    let head = "Index,Last: 4050.5,Change: 0\n\"Date: June 10, 2022\"\n";
    let rows = rows_2022(["Wed Jun 15 2022", "Fri Jun 17 2022"]).replacen("0.2,0.5,0.01,10", ",--,,10", 1);
    let read = chain(&format!("{head}{HEADER_2022}{rows}"));
    assert_eq!((read.quotes[0].volatility, read.quotes[0].gamma), (0.0, None));
    assert_eq!(read.series(1.0).len(), 4);
    refused(
        read_as(
            "c.csv",
            &format!("{head}{HEADER_2022}{}", rows.replace(",1000,4000.00", ",1000,\"4,00\"")),
            ImportKind::OptionChain,
            ReadOptions::default(),
        ),
        &[
            "c.csv, line 6, column 12 (Strike), character 62: `4,00` has a decimal comma, and `4000.00` in line 4 a decimal point; allowed is one way in a table",
        ],
    );
}

#[test]
fn a_chain_takes_the_place_of_the_described_options() {
    let head = "Index,Last: 4050.5,Change: 0\n\"Date: June 10, 2022\"\n";
    let read = chain(&format!(
        "{head}{HEADER_2022}{}",
        rows_2022(["Wed Jun 15 2022", "Fri Jun 17 2022"])
    ));
    let mut scenario = Scenario::default();
    scenario.adopt_chain(&read, 0.005).unwrap();
    let mut simulation = Simulation::new(&scenario).unwrap();
    assert!(
        simulation.assets()[0].observation().gamma_exposure < 0.0,
        "dealers are short by default"
    );
    (0..100).for_each(|_| simulation.step());
    assert!(simulation.halted().is_none());
    assert!(
        scenario
            .idle(cascade_lab::scenario::find("options.lowest_strike").unwrap())
            .is_some()
    );
}

/// Nobody holds any of these options: taken as a list of none they would leave those that the parameters describe.
#[test]
fn a_chain_without_open_interest_is_refused() {
    let nobody = chain("spot,strike,type,expiry,oi,iv\n100,110,call,20,0,0.6\n");
    let mut scenario = Scenario::default();
    refused(
        scenario.adopt_chain(&nobody, 1.0),
        &["`options` is a list of 0; allowed is at least one option with open interest, a volatility and time left"],
    );
    assert_eq!(scenario, Scenario::default());
}

const TABLE: &str = "Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,Strike,\
    Puts,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest\n\
    Mon Jul 04 2022,X1,5,0,4.9,5.1,7,0.20,0.55,0.010,300,100.00,X2,4,0,3.9,4.1,8,0.25,-0.45,0.012,200\n\
    Mon Jul 04 2022,X3,2,0,1.9,2.1,7,0.18,0.30,0.008,500,110.00,X4,9,0,8.9,9.1,8,0.22,-0.70,0.009,0\n";

#[test]
fn the_shapes_of_several_years_read_alike() {
    let first = chain(&format!(
        "\nSome Index,Last: 101.5,Change:  -1.2\n\"Date: June 3, 2022, 8:47 PM EDT\",Bid: 101,Ask: 102\n{TABLE}"
    ));
    assert_eq!((first.rows, first.spot, first.quotes.len()), (2, 101.5, 4));
    assert_eq!(first.date, Some(Date::constant(2022, 6, 3)));
    let put = first.quotes[1];
    assert_eq!(
        (put.kind, put.strike, put.open_interest, put.volatility, put.gamma),
        (OptionKind::Put, 100.0, 200.0, 0.25, Some(0.012))
    );
    let later = format!(
        "Some Index,Last: 101.5,Change: 0\r\n\"Date: June 3, 2022 at 9:15 AM EDT\",Bid: 1\r\n{}",
        TABLE.replace('\n', "\r\n")
    );
    let earlier = format!(
        "SOME (SOME INDEX),101.5,-1.2\n\"Jun 03 2022 @ 13:20 ET\"\n{}",
        TABLE
            .replace("Volume", "Vol")
            .replace("Open Interest", "Int")
            .replace("Mon Jul 04 2022", "07/04/2022")
    );
    let plain = "2022-06-03\nspot,gamma,iv,type,open interest,strike,expiry\n\
                 101.5,0.010,20%,call,300,100,2022-07-04\n101.5,0.012,0.25,P,200,100,2022-07-04\n\
                 101.5,0.008,0.18,C,500,110,2022-07-04\n101.5,0.009,0.22,put,--,110,2022-07-04\n";
    assert_eq!(chain(&later), first);
    assert_eq!(chain(&earlier), first);
    let plain = chain(plain);
    assert_eq!((plain.quotes, plain.spot, plain.rows), (first.quotes, 101.5, 4));
}

#[test]
fn mistakes_in_chains_are_named_by_line_and_column() {
    let read = |text: &str| read_as("c.csv", text, ImportKind::OptionChain, ReadOptions::default());
    let head = "Some Index,Last: 101.5,Change: 0\n\"Date: June 3, 2022\"\n";
    refused(
        read(&format!(
            "{head}{}",
            TABLE
                .replace(",300,100.00", ",many,-100.00")
                .replace("Mon Jul 04 2022,X3", "soon,X3")
        )),
        &[
            "c.csv, line 4, column 12 (Strike), character 55: the strike is `-100.00`; allowed is a number above 0",
            "c.csv, line 4, column 11 (Open Interest), character 50: the open interest is `many`; allowed is a number of at least 0",
            "c.csv, line 5, column 1 (Expiration Date), character 1: the expiry `soon` is neither a day nor a number of days",
        ],
    );
    refused(
        read(&format!("{head}{TABLE}Mon Jul 04 2022,X5,2")),
        &["c.csv, line 6, column 4 (Net), character 21: the line ends too early: it has 3 fields, and 22 are needed"],
    );
    refused(
        read(TABLE),
        &[
            "c.csv, line 1, column 1: the price of the underlying is missing: neither `Last: …` above the table nor a column `spot`; say \
             it (Spot in the window, --spot on the command line)",
            "c.csv, line 1, column 1: the day of the quotes is missing: no line above the table has a date, and no column; say it (Day of \
             the quotes in the window, --date on the command line)",
        ],
    );
    refused(
        read("a,b\n1,2\n"),
        &[
            "c.csv, line 1, column 1: there is no header: no line of the first 25 has a column `strike`, or columns `calls` and `puts`",
        ],
    );
    refused(
        read("strike,type,iv,days\n"),
        &["c.csv, line 1, column 1: there is no column `open interest`"],
    );
}
