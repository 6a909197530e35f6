//! What the columns of a market file may hold, and what they are called by those who publish them.

use strum::{EnumCount, VariantArray};

use crate::table::Wanted;

/// One of the things that a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, EnumCount)]
pub enum Field {
    /// When.
    Time,
    /// The market.
    Symbol,
    /// Price at the begin of a bar.
    Open,
    /// Its highest price.
    High,
    /// Its lowest price.
    Low,
    /// Its last price.
    Close,
    /// What was traded, coins.
    Volume,
    /// What was traded, dollars.
    Turnover,
    /// What takers bought, coins.
    TakerBuy,
    /// Open interest, coins.
    OpenInterest,
    /// Open interest, dollars.
    OpenInterestUsd,
    /// How far from the middle a band of the book reaches, per cent.
    Band,
    /// What rests within the band, coins.
    DepthCoins,
    /// The same, dollars.
    DepthUsd,
    /// Funding rate of an interval.
    Funding,
    /// Hours of that interval.
    FundingHours,
    /// Side of an order or of a position.
    Side,
    /// Side of a position.
    PositionSide,
    /// Price of a trade.
    Price,
    /// Mean price at which an order was filled.
    AveragePrice,
    /// Price at which a margin is used up; nothing was traded at it.
    BankruptcyPrice,
    /// Size of an order or a trade, coins or contracts.
    Size,
    /// How much of an order was filled.
    Filled,
    /// Longs liquidated in an interval, coins.
    LongsLiquidated,
    /// Shorts liquidated in an interval, coins.
    ShortsLiquidated,
    /// Longs liquidated in an interval, dollars.
    LongsLiquidatedUsd,
    /// Shorts liquidated in an interval, dollars.
    ShortsLiquidatedUsd,
    /// Whether the maker of a trade bought.
    BuyerIsMaker,
    /// Whose fill it is.
    User,
    /// Who was liquidated by it.
    LiquidatedUser,
    /// Whether a row repeats the whole book.
    IsSnapshot,
    /// Price of the best order to sell.
    BestAsk,
    /// What it is for.
    BestAskSize,
    /// Price of the best order to buy.
    BestBid,
    /// What it is for.
    BestBidSize,
    /// Price at which an option may be exercised.
    Strike,
    /// How an order was entered.
    OrderType,
    /// What a trade is called.
    Id,
    /// Ratio of what takers bought to what they sold.
    TakerRatio,
}

impl Field {
    /// Its place in [`WANTED`].
    pub const fn place(self) -> usize {
        self as usize
    }

    /// What it is called and what its column may be called.
    pub fn wanted(self) -> &'static Wanted {
        &WANTED[self.place()]
    }
}

/// A row a field, in their order. What only wraps messages of a stream has been renamed before.
pub static WANTED: [Wanted; Field::COUNT] = [
    Wanted::new(
        "time",
        "time",
        &[
            "opentime",
            "createtime",
            "calctime",
            "transacttime",
            "timestamp",
            "unix",
            "timestampms",
            "timems",
            "eventts",
            "time",
            "datetime",
            "fundingtime",
            "fundingratetimestamp",
            "createdtime",
            "ordertradetime",
            "pollts",
            "polltimestamp",
            "evtblocktime",
            "ts",
            "timeutc",
            "date",
            "t",
        ],
    ),
    Wanted::new(
        "symbol",
        "symbol",
        &["symbol", "instid", "coin", "market", "pair", "instrumentname", "s"],
    ),
    Wanted::new("open", "opening price", &["open", "openprice", "priceopen", "o"]),
    Wanted::new("high", "highest price", &["high", "highprice", "pricehigh", "h"]),
    Wanted::new("low", "lowest price", &["low", "lowprice", "pricelow", "l"]),
    Wanted::new(
        "close",
        "closing price",
        &["close", "closeprice", "priceclose", "adjclose", "c"],
    ),
    Wanted::new(
        "volume",
        "volume, coins",
        &[
            "volume",
            "volumebtc",
            "volumeeth",
            "basevolume",
            "volumebase",
            "coinvolume",
            "vol",
            "v",
        ],
    ),
    Wanted::new(
        "turnover",
        "turnover, dollars",
        &[
            "quotevolume",
            "quoteassetvolume",
            "volumeusdt",
            "volumeusd",
            "turnover",
            "dollarvolume",
            "quoteqty",
        ],
    ),
    Wanted::new(
        "taker_buy",
        "bought by takers, coins",
        &[
            "takerbuyvolume",
            "takerbuybasevolume",
            "takerbuybaseassetvolume",
            "buyvolume",
            "buyvol",
            "bv",
        ],
    ),
    Wanted::new(
        "open_interest",
        "open interest, coins",
        &[
            "sumopeninterest",
            "openinterest",
            "oi",
            "oiqty",
            "coinopeninterestclose",
            "openinterestcoins",
            "opint",
        ],
    ),
    Wanted::new(
        "open_interest_usd",
        "open interest, dollars",
        &[
            "sumopeninterestvalue",
            "openinterestusd",
            "openinterestvalue",
            "dollaropeninterestclose",
            "oivalueusd",
            "oiusd",
            "oivalue",
        ],
    ),
    Wanted::new(
        "band",
        "distance from the middle, per cent",
        &["percentage", "band", "percent"],
    ),
    Wanted::new("depth", "depth, coins", &["depth", "depthcoins"]),
    Wanted::new(
        "depth_usd",
        "depth, dollars",
        &["notional", "depthusd", "depthnotional"],
    ),
    Wanted::new(
        "funding_rate",
        "funding rate",
        &["lastfundingrate", "fundingrate", "funding", "realizedrate"],
    ),
    Wanted::new(
        "funding_hours",
        "hours of the funding interval",
        &["fundingintervalhours", "fundinghours"],
    ),
    Wanted::new("side", "side of the order", &["side", "direction", "rawside"]),
    Wanted::new("position_side", "side of the position", &["positionside", "posside"]),
    Wanted::new(
        "price",
        "price",
        &[
            "price",
            "px",
            "tradeprice",
            "markprice",
            "markpx",
            "lastprice",
            "mark",
            "p",
        ],
    ),
    Wanted::new(
        "average_price",
        "mean price of the fills",
        &["averageprice", "avgprice", "avgpx", "ap"],
    ),
    Wanted::new("bankruptcy_price", "bankruptcy price", &["bankruptcyprice", "bkpx"]),
    Wanted::new(
        "size",
        "size",
        &[
            "originalquantity",
            "quantity",
            "qty",
            "size",
            "sz",
            "amount",
            "origqty",
            "quantityatom",
        ],
    ),
    Wanted::new(
        "filled",
        "what was filled",
        &[
            "accumulatedfillquantity",
            "accumulatedfilledquantity",
            "orderfilledaccumulatedquantity",
            "accfillsz",
            "executedqty",
        ],
    ),
    Wanted::new(
        "longs_liquidated",
        "longs liquidated, coins",
        &["longliquidated", "longliquidations"],
    ),
    Wanted::new(
        "shorts_liquidated",
        "shorts liquidated, coins",
        &["shortliquidated", "shortliquidations"],
    ),
    Wanted::new(
        "longs_liquidated_usd",
        "longs liquidated, dollars",
        &[
            "longliquidationusd",
            "aggregatedlongliquidationusd",
            "longliquidatedusd",
            "liquidationslong",
            "sellliquidationsdollarvolume",
        ],
    ),
    Wanted::new(
        "shorts_liquidated_usd",
        "shorts liquidated, dollars",
        &[
            "shortliquidationusd",
            "aggregatedshortliquidationusd",
            "shortliquidatedusd",
            "liquidationsshort",
            "buyliquidationsdollarvolume",
        ],
    ),
    Wanted::new(
        "buyer_is_maker",
        "whether the maker bought",
        &["isbuyermaker", "buyerismaker", "wasthebuyerthemaker"],
    ),
    Wanted::new("user", "user", &["user", "address"]),
    Wanted::new(
        "liquidated_user",
        "user who was liquidated",
        &["liquidationliquidateduser", "liquidateduser"],
    ),
    Wanted::new("is_snapshot", "whether it is a whole book", &["issnapshot"]),
    Wanted::new(
        "best_ask",
        "best price to buy at",
        &["asks0price", "askprice", "bestaskprice"],
    ),
    Wanted::new(
        "best_ask_size",
        "size at it",
        &["asks0amount", "askamount", "bestaskqty"],
    ),
    Wanted::new(
        "best_bid",
        "best price to sell at",
        &["bids0price", "bidprice", "bestbidprice"],
    ),
    Wanted::new(
        "best_bid_size",
        "size at it",
        &["bids0amount", "bidamount", "bestbidqty"],
    ),
    Wanted::new("strike", "strike", &["strike", "strikeprice", "strikepr"]),
    Wanted::new("order_type", "order type", &["ordertype", "timeinforce", "orderstatus"]),
    Wanted::new(
        "id",
        "number of the trade",
        &["aggtradeid", "aggregatetradeid", "tradeid", "trdmatchid", "id"],
    ),
    Wanted::new(
        "taker_ratio",
        "taker ratio",
        &["sumtakerlongshortvolratio", "buysellratio"],
    ),
];

/// The field of a key, as [`Wanted::key`] has it.
pub fn by_key(key: &str) -> Option<Field> {
    Field::VARIANTS.iter().copied().find(|field| field.wanted().key == key)
}
