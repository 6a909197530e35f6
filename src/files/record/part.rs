//! The rows of one file as rows of a record.

use std::collections::BTreeMap;
use std::ops::Range;

use cascade_market::{
    Band, Bar, Defect, DefectKind, DepthSnapshot, FundingPoint, Liquidation, MINUTE_MS, OpenInterestPoint, Rows, Series,
};
use cascade_scenario::PositionSide;

use super::cells::{Cells, Times};
use super::field::Field;
use super::layout::{Kind, Layout, SideMeans};
use super::report::{FileRead, Note};
use super::symbols::{Contract, Filter};

/// A row a minute is enough for what is stated at every trade.
const THINNED_MS: i64 = MINUTE_MS;

/// What trades come to in a minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TradeMinute {
    /// The first and the last price, with their times.
    pub first: (i64, f64),
    /// The last price, and when.
    pub last: (i64, f64),
    /// The highest price.
    pub high: f64,
    /// The lowest price.
    pub low: f64,
    /// What takers bought and sold, coins.
    pub bought_sold: [f64; 2],
}

impl TradeMinute {
    fn new(time: i64, price: f64) -> Self {
        Self {
            first: (time, price),
            last: (time, price),
            high: price,
            low: price,
            bought_sold: [0.0; 2],
        }
    }

    fn add(&mut self, other: &Self) {
        if other.first.0 < self.first.0 {
            self.first = other.first;
        }
        if other.last.0 >= self.last.0 {
            self.last = other.last;
        }
        self.high = self.high.max(other.high);
        self.low = self.low.min(other.low);
        for (sum, more) in self.bought_sold.iter_mut().zip(other.bought_sold) {
            *sum += more;
        }
    }

    /// As a bar.
    pub(super) fn bar(&self, minute: i64, has_flow: bool) -> Bar {
        let volume: f64 = self.bought_sold.iter().sum();
        Bar {
            time_ms: minute,
            open: self.first.1,
            high: self.high,
            low: self.low,
            close: self.last.1,
            volume_coins: volume,
            taker_buy_coins: has_flow.then_some(self.bought_sold[0]),
        }
    }
}

/// Adds what trades of several files come to.
pub(super) fn add_minutes(sum: &mut BTreeMap<i64, TradeMinute>, more: BTreeMap<i64, TradeMinute>) {
    for (minute, trades) in more {
        sum.entry(minute)
            .and_modify(|known| known.add(&trades))
            .or_insert(trades);
    }
}

/// A liquidation whose price of execution is not in the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unpriced {
    /// When.
    pub time_ms: i64,
    /// The side of the position.
    pub side: PositionSide,
    /// How much.
    pub amount: Amount,
}

/// A size in one of two units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Amount {
    /// Coins.
    Coins(f64),
    /// Dollars.
    Usd(f64),
}

/// What one file gives to a record.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Rows that are ready.
    pub rows: Rows,
    /// Trades by minute.
    pub trades: BTreeMap<i64, TradeMinute>,
    /// Single prices by minute.
    pub prices: BTreeMap<i64, TradeMinute>,
    /// Liquidations without a price.
    pub unpriced: Vec<Unpriced>,
    /// Whether nothing says that its volume counts coins.
    pub volume_is_bare: bool,
    /// What was read and left out.
    pub file: FileRead,
    /// Most values that are kept of a file.
    pub values_max: usize,
}

/// Most values that are kept of a file: some gigabyte. Years of minutes are far from it, and what is packed may be endless.
const VALUES_MAX: usize = 20_000_000;

impl Part {
    /// A file from which nothing has been read yet.
    pub(super) fn new(file: FileRead) -> Self {
        Self {
            rows: Rows::default(),
            trades: BTreeMap::new(),
            prices: BTreeMap::new(),
            unpriced: Vec::new(),
            volume_is_bare: false,
            file,
            values_max: VALUES_MAX,
        }
    }

    /// Whether there is room for more.
    ///
    /// # Errors
    /// It holds more than a file may give; in words.
    fn has_room(&self) -> Result<(), String> {
        let rows = &self.rows;
        let points = rows.bars.len() + rows.open_interest.len() + rows.funding.len() + rows.liquidations.len();
        let kept = points + rows.depth.len() + self.trades.len() + self.prices.len() + self.unpriced.len();
        if kept > self.values_max {
            return Err(format!(
                "it holds more than {} values, which is more than is kept of a file",
                self.values_max
            ));
        }
        Ok(())
    }
}

/// Takes the rows of a table.
pub(super) struct Taker<'l> {
    layout: &'l Layout,
    filter: Filter,
    contract: Contract,
    times: Times,
    /// Time of the last row that could be read.
    now: i64,
    /// Rows of a table that come before its first row of data are notes.
    begun: bool,
    blank: Stretches,
    unreadable: Stretches,
    part: Part,
}

/// From when, to when, and how many rows.
type Stretches = Option<(i64, i64, u64)>;

fn extend(stretch: &mut Stretches, time: i64) {
    let (from, to, count) = stretch.get_or_insert((time, time, 0));
    (*from, *to, *count) = ((*from).min(time), (*to).max(time), *count + 1);
}

impl<'l> Taker<'l> {
    /// Goes on with a part.
    pub(super) fn new(layout: &'l Layout, filter: Filter, contract: Contract, part: Part) -> Self {
        Self {
            layout,
            filter,
            contract,
            times: Times::new(layout),
            now: 0,
            begun: false,
            blank: None,
            unreadable: None,
            part,
        }
    }

    /// Takes a row.
    pub(super) fn take(&mut self, text: &[u8], fields: &[Range<usize>]) {
        if let [only] = fields
            && only.is_empty()
        {
            return;
        }
        let cells = Cells {
            text,
            fields,
            decimal: self.layout.decimal,
        };
        let Some(time) = self.times.read(cells.get(self.layout.column(Field::Time))) else {
            self.no_row(cells);
            return;
        };
        self.begun = true;
        self.part.file.rows += 1;
        if let Some(column) = self.layout.column(Field::Symbol)
            && !self.filter.takes(cells.get(Some(column)))
        {
            self.part.file.other_symbols += 1;
            return;
        }
        self.now = time;
        let mut used = false;
        for kind in &self.layout.kinds {
            used |= match kind {
                Kind::Depth => self.depth(time, cells),
                Kind::Bars => self.bar(time, cells),
                Kind::OpenInterest => self.open_interest(time, cells),
                Kind::Funding => self.funding(time, cells),
                Kind::Liquidations => self.liquidation(time, cells),
                Kind::LiquidationSums => self.sums(time, cells),
                Kind::Trades => self.trade(time, cells),
                Kind::Prices => self.price(time, cells),
                Kind::Book => self.book(time, cells),
            } == Some(true);
        }
        if used {
            self.part.file.used += 1;
        } else {
            self.unreadable(cells);
        }
    }

    /// A row without a time: a header again, a note above or below the table, or something that is damaged.
    fn no_row(&mut self, cells: Cells<'_>) {
        let texts = cells.fields.iter().map(|field| &cells.text[field.clone()]);
        if self.layout.repeats_header(texts) {
            self.part.file.headers += u64::from(self.begun);
        } else if self.begun {
            self.unreadable(cells);
        }
    }

    fn unreadable(&mut self, cells: Cells<'_>) {
        let first = self.part.file.first_unreadable.is_none().then(|| cells.whole());
        self.part.file.lose(1, first.as_deref());
        extend(&mut self.unreadable, self.now);
    }

    fn number(&self, cells: Cells<'_>, field: Field) -> Option<f64> {
        cells.number(self.layout.column(field))
    }

    /// Counts a row that is used although some of its fields are empty.
    fn note_blank(&mut self, time: i64, cells: Cells<'_>) {
        if (0..cells.fields.len()).any(|column| cells.lacks(column))
            && !cells.text[cells.fields[cells.fields.len() - 1].clone()].is_empty()
        {
            extend(&mut self.blank, time);
        }
    }

    fn depth(&mut self, time: i64, cells: Cells<'_>) -> Option<bool> {
        let percentage = self.number(cells, Field::Band)?;
        let coins = self.number(cells, Field::DepthCoins)?;
        let usd = self.number(cells, Field::DepthUsd)?;
        let Some(band) = Band::of_percentage(percentage) else {
            self.part.file.note(Note::OtherBands);
            return Some(true);
        };
        DepthSnapshot::push(&mut self.part.rows.depth, time, band, coins, usd);
        Some(true)
    }

    fn bar(&mut self, time: i64, cells: Cells<'_>) -> Option<bool> {
        let [open, high, low, close] =
            [Field::Open, Field::High, Field::Low, Field::Close].map(|field| self.number(cells, field));
        let (open, high, low, close) = (open?, high?, low?, close?);
        let stated = self.number(cells, Field::Volume).unwrap_or(0.0);
        let bought = self.number(cells, Field::TakerBuy);
        let (volume, taker) = match self.contract {
            // The archives of contracts margined in coins have the coins where others have dollars.
            Contract::Inverse(usd) => {
                let coins = self.number(cells, Field::Turnover).unwrap_or(stated * usd / close);
                let share = bought.filter(|_| stated > 0.0).map(|bought| bought / stated);
                (coins, share.map(|share| share * coins))
            }
            Contract::Coins(coins) => (stated * coins, bought.map(|bought| bought * coins)),
        };
        self.note_blank(time, cells);
        self.part.rows.bars.push(Bar {
            time_ms: time,
            open,
            high,
            low,
            close,
            volume_coins: volume,
            taker_buy_coins: taker,
        });
        Some(true)
    }

    fn open_interest(&mut self, time: i64, cells: Cells<'_>) -> Option<bool> {
        let stated = self.number(cells, Field::OpenInterest);
        let value = self.number(cells, Field::OpenInterestUsd);
        let price = self
            .number(cells, Field::Price)
            .or_else(|| self.number(cells, Field::Close));
        let point = match (self.contract, stated, value) {
            // Here the value is in coins.
            (Contract::Inverse(usd), Some(contracts), Some(coins)) => OpenInterestPoint {
                time_ms: time,
                coins,
                usd: Some(contracts * usd),
            },
            (Contract::Inverse(usd), Some(contracts), None) => OpenInterestPoint {
                time_ms: time,
                coins: contracts * usd / price?,
                usd: Some(contracts * usd),
            },
            (Contract::Coins(coins), Some(stated), usd) => OpenInterestPoint {
                time_ms: time,
                coins: stated * coins,
                usd,
            },
            (_, None, Some(usd)) => OpenInterestPoint {
                time_ms: time,
                coins: usd / price?,
                usd: Some(usd),
            },
            (_, None, None) => return None,
        };
        self.note_blank(time, cells);
        // Tickers state it with every change of anything.
        let thinned = self.layout.kinds.contains(&Kind::Prices);
        if thinned
            && let Some(last) = self.part.rows.open_interest.last_mut()
            && last.time_ms.div_euclid(THINNED_MS) == time.div_euclid(THINNED_MS)
        {
            *last = point;
        } else {
            self.part.rows.open_interest.push(point);
        }
        Some(true)
    }

    fn funding(&mut self, time: i64, cells: Cells<'_>) -> Option<bool> {
        let rate = self.number(cells, Field::Funding)?;
        let time_ms = (time as f64 / MINUTE_MS as f64).round() as i64 * MINUTE_MS;
        let point = FundingPoint {
            time_ms,
            interval_hours: self.number(cells, Field::FundingHours),
            rate,
        };
        if self
            .part
            .rows
            .funding
            .last()
            .is_some_and(|last| last.time_ms == time_ms && *last == point)
            && self.layout.kinds.len() > 1
        {
            return Some(true);
        }
        self.part.rows.funding.push(point);
        Some(true)
    }

    /// The side of the position that a row closes.
    fn side(&self, cells: Cells<'_>) -> Option<PositionSide> {
        let by = |field: Field| cells.get(self.layout.column(field));
        let position = by(Field::PositionSide);
        let (word, means) = match self.layout.side {
            SideMeans::Position if !position.is_empty() => (position, SideMeans::Position),
            means => (by(Field::Side), means),
        };
        side_of(word, means)
    }

    fn liquidation(&mut self, time: i64, cells: Cells<'_>) -> Option<bool> {
        if let (Some(user), Some(liquidated)) = (
            self.layout.column(Field::User),
            self.layout.column(Field::LiquidatedUser),
        ) {
            let liquidated = cells.get(Some(liquidated));
            if liquidated.is_empty() || !cells.get(Some(user)).eq_ignore_ascii_case(liquidated) {
                self.part.file.note(Note::OtherPartyFills);
                return Some(true);
            }
        }
        let side = self.side(cells)?;
        let size = self
            .number(cells, Field::Filled)
            .or_else(|| self.number(cells, Field::Size))?;
        let average = self.number(cells, Field::AveragePrice).filter(|price| *price > 0.0);
        let price = average.or_else(|| self.number(cells, Field::Price));
        let bankruptcy = self.number(cells, Field::BankruptcyPrice);
        let coins = self.contract.coins(size, price.or(bankruptcy)?);
        if let Some(price) = price {
            self.part.rows.liquidations.push(Liquidation {
                time_ms: time,
                side,
                coins,
                price,
            });
        } else {
            self.part.file.note(Note::BankruptcyPrices);
            self.part.unpriced.push(Unpriced {
                time_ms: time,
                side,
                amount: Amount::Coins(coins),
            });
        }
        Some(true)
    }

    fn sums(&mut self, time: i64, cells: Cells<'_>) -> Option<bool> {
        let mut any = None;
        for (side, coins, usd) in [
            (PositionSide::Long, Field::LongsLiquidated, Field::LongsLiquidatedUsd),
            (PositionSide::Short, Field::ShortsLiquidated, Field::ShortsLiquidatedUsd),
        ] {
            let usd = self.number(cells, usd).map(Amount::Usd);
            let Some(amount) = usd.or_else(|| self.number(cells, coins).map(Amount::Coins)) else {
                continue;
            };
            any = Some(true);
            let (Amount::Usd(size) | Amount::Coins(size)) = amount;
            if size > 0.0 {
                self.part.unpriced.push(Unpriced {
                    time_ms: time,
                    side,
                    amount,
                });
            }
        }
        if any.is_some() {
            self.part.file.note(Note::SummedLiquidations);
        }
        any
    }

    fn trade(&mut self, time: i64, cells: Cells<'_>) -> Option<bool> {
        let price = self.number(cells, Field::Price).filter(|price| *price > 0.0)?;
        let size = self.number(cells, Field::Size)?;
        let bought = match cells.get(self.layout.column(Field::BuyerIsMaker)) {
            [b't' | b'T' | b'1', ..] => false,
            [b'f' | b'F' | b'0', ..] => true,
            _ => side_of(cells.get(self.layout.column(Field::Side)), SideMeans::Order)? == PositionSide::Short,
        };
        let mut trade = TradeMinute::new(time, price);
        trade.bought_sold[usize::from(!bought)] = self.contract.coins(size, price);
        let minute = time.div_euclid(MINUTE_MS) * MINUTE_MS;
        let known = self.part.trades.entry(minute).and_modify(|known| known.add(&trade));
        known.or_insert(trade);
        Some(true)
    }

    fn price(&mut self, time: i64, cells: Cells<'_>) -> Option<bool> {
        let price = self.number(cells, Field::Price).filter(|price| *price > 0.0)?;
        let at = TradeMinute::new(time, price);
        let minute = time.div_euclid(MINUTE_MS) * MINUTE_MS;
        let known = self.part.prices.entry(minute).and_modify(|known| known.add(&at));
        known.or_insert(at);
        Some(true)
    }

    /// Bands that the levels of a book reach.
    fn book(&mut self, time: i64, cells: Cells<'_>) -> Option<bool> {
        let level = |(price, size): (usize, usize)| Some((cells.number(Some(price))?, cells.number(Some(size))?));
        let [asks, bids] = [0, 1].map(|side: usize| -> Vec<(f64, f64)> {
            let levels = self.layout.levels[side].iter();
            levels.map_while(|columns| level(*columns)).collect()
        });
        let middle = f64::midpoint(asks.first()?.0, bids.first()?.0);
        if self
            .part
            .rows
            .depth
            .last()
            .is_some_and(|last| time < last.time_ms + THINNED_MS / 2)
        {
            return Some(true);
        }
        let mut reached = false;
        for band in Band::all() {
            let levels = if band.is_bid() { &bids } else { &asks };
            let far = |price: f64| (price / middle - 1.0).abs() * 100.0;
            // A book that ends before the band does says nothing about it.
            if levels.last().is_none_or(|(price, _)| far(*price) < band.percent()) {
                continue;
            }
            let within = levels.iter().filter(|(price, _)| far(*price) <= band.percent());
            let (coins, usd) = within.fold((0.0, 0.0), |(coins, usd), (price, size)| {
                let size = self.contract.coins(*size, *price);
                (coins + size, usd + size * price)
            });
            DepthSnapshot::push(&mut self.part.rows.depth, time, band, coins, usd);
            reached = true;
        }
        if !reached {
            self.part.file.note(Note::BookTooShallow);
        }
        Some(true)
    }

    /// Whether there is room for more.
    ///
    /// # Errors
    /// There is none; in words.
    pub(super) fn has_room(&self) -> Result<(), String> {
        self.part.has_room()
    }

    /// What came of it.
    pub(super) fn finish(mut self) -> Part {
        let series = match self.layout.kinds[0] {
            Kind::Bars | Kind::Trades | Kind::Prices => Series::Bars,
            Kind::OpenInterest => Series::OpenInterest,
            Kind::Depth | Kind::Book => Series::Depth,
            Kind::Funding => Series::Funding,
            Kind::Liquidations | Kind::LiquidationSums => Series::Liquidations,
        };
        for (kind, stretch) in [
            (DefectKind::Unreadable, self.unreadable),
            (DefectKind::Blank, self.blank),
        ] {
            let Some((from_ms, to_ms, count)) = stretch else {
                continue;
            };
            self.part.rows.defects.push(Defect {
                kind,
                series,
                band: None,
                from_ms,
                to_ms,
                count,
            });
        }
        self.part.volume_is_bare =
            self.contract == Contract::Coins(1.0) && self.layout.column(Field::Turnover).is_none();
        self.part
    }
}

/// The side of the position that is closed.
fn side_of(word: &[u8], means: SideMeans) -> Option<PositionSide> {
    let sells = match word.first()?.to_ascii_lowercase() {
        b's' if word.eq_ignore_ascii_case(b"short") => return Some(PositionSide::Short),
        b'l' => return Some(PositionSide::Long),
        b's' | b'a' => true,
        b'b' => false,
        _ => return None,
    };
    // Whoever sells closes a long.
    Some(if sells == (means == SideMeans::Order) {
        PositionSide::Long
    } else {
        PositionSide::Short
    })
}
