//! Units of figures, and how a number of each is written on the screen.

use cascade_scenario::format;

/// What the bare number of a figure is measured in, and with it how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// US dollars per coin.
    Price,
    /// US dollars.
    Usd,
    /// Coins of the asset.
    Coins,
    /// US dollars per second.
    UsdPerSecond,
    /// US dollars that move a book by one unit of log price.
    UsdPerLogPrice,
    /// A fraction, shown as per cent.
    Share,
    /// A fraction, shown as whole per cent.
    WholeShare,
    /// A change as a fraction, shown as per cent with its sign, without decimals.
    WholeChange,
    /// A small change as a fraction, shown as per cent with its sign.
    FineChange,
    /// The size of a fall as a fraction, shown as a negative change in per cent.
    Fall,
    /// A change of a log price.
    LogPrice,
    /// A change of a log price in per cent.
    LogPercent,
    /// A small fraction, shown as hundredths of a per cent.
    BasisPoints,
    /// The variance of a small fraction, shown as squared hundredths of a per cent.
    SquaredBasisPoints,
    /// A fraction per square root of a year, shown as per cent.
    Volatility,
    /// A ratio or a correlation.
    Ratio,
    /// A number without dimension that may be very small.
    Plain,
    /// A multiple.
    Times,
    /// A plain count.
    Count,
    /// Seconds of market time, shown as a clock does.
    Duration,
}

impl Unit {
    /// The symbol of the shown number, as a plot's axis has it; empty for plain numbers.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Price => "USD/coin",
            Self::Usd => "USD",
            Self::Coins => "coins",
            Self::UsdPerSecond => "USD/s",
            Self::UsdPerLogPrice => "USD per unit log price",
            Self::Share | Self::WholeShare | Self::WholeChange | Self::FineChange | Self::Fall => "%",
            Self::LogPrice => "log price",
            Self::LogPercent => "log price, %",
            Self::BasisPoints => "bp",
            Self::SquaredBasisPoints => "bp²",
            Self::Volatility => "%/√yr",
            Self::Times => "×",
            Self::Duration => "s",
            Self::Ratio | Self::Plain | Self::Count => "",
        }
    }

    /// What a number is multiplied by to be shown in that unit.
    pub const fn display_factor(self) -> f64 {
        match self {
            Self::Share | Self::WholeShare | Self::WholeChange | Self::FineChange | Self::Fall | Self::Volatility => {
                100.0
            }
            Self::BasisPoints => 1e4,
            Self::SquaredBasisPoints => 1e8,
            _ => 1.0,
        }
    }

    /// The number with its unit: `1.216 bn USD`, `8.6 %`, `00:12:30`; a dash where there is none.
    pub fn write(self, value: f64) -> String {
        if value.is_nan() {
            return "–".to_owned();
        }
        match self {
            Self::Price => format::price(value),
            // What is less than a cent is rounding.
            Self::Usd | Self::UsdPerLogPrice if value.abs() < 0.005 => "0 USD".to_owned(),
            Self::Usd | Self::UsdPerLogPrice => format!("{} USD", format::short(value)),
            Self::Coins => format!("{} coins", format::short(value)),
            Self::UsdPerSecond => format!("{}/s", Self::Usd.write(value)),
            Self::Share => format::share(value, 3),
            Self::WholeShare => format!("{:.0} %", 100.0 * value),
            Self::WholeChange => format::percent(value, 0),
            Self::FineChange => format::percent(value, 3),
            Self::Fall => format::percent(-value, 1),
            Self::LogPrice => format::digits(value, 4),
            Self::LogPercent => format::percent(value / 100.0, 2),
            Self::BasisPoints => format!("{} bp", format::digits(1e4 * value, 3)),
            Self::SquaredBasisPoints => format!("{} bp²", format::digits(1e8 * value, 3)),
            Self::Volatility => format!("{} %/√yr", format::digits(100.0 * value, 3)),
            Self::Ratio => format!("{value:.2}"),
            Self::Plain => format::digits(value, 2),
            Self::Times => format!("{}×", format::digits(value, 3)),
            Self::Count => format::short(value),
            Self::Duration => format::clock(value),
        }
    }
}
