//! How many assets there are, and how the others differ from the first.

use crate::table::Scale::{Linear, Log, LogFromZero};
use crate::table::group;
use crate::{AssetId, Parameters};

/// Most assets a scenario may have.
pub const ASSETS_MAX: usize = 4;

group! {
    /// Assets that are traded side by side. Every slider that names no asset holds for all of them.
    Assets "Assets"
    /// Number of assets.
    count: u32 = 1, "Number of assets", Count, 1 ..= 4, Linear, Restart;
    /// Correlation between the news of every two assets. Shocks hit only the asset they name.
    correlation: f64 = 0.6, "Correlation", Fraction, 0.0 ..= 1.0, Linear, Live,
        "Z = L·ε, L the Cholesky factor of (1 − ρ)·I + ρ·11ᵀ";
}

group! {
    /// How a further asset differs from the first.
    OtherAsset "Asset"
    /// Price of a coin at the first step.
    start_price: f64 = 4_000.0, "Start price", UsdPerCoin, 1e-2 ..= 1e7, Log, Restart;
    /// Volatility as a multiple of the first asset's.
    volatility: f64 = 1.3, "Volatility", Times, 0.1 ..= 10.0, Log, Live;
    /// Depth of all its books, and with it the capital of everybody who trades it, as a multiple of the first asset's.
    depth: f64 = 0.4, "Depth", Times, 0.01 ..= 10.0, Log, Live;
    /// Levered open interest, options, loans and insurance fund as a multiple of the first asset's.
    open_interest: f64 = 0.4, "Open interest", Times, 0.01 ..= 10.0, Log, Redraw;
    /// Mean leverage as a multiple of the first asset's.
    leverage: f64 = 1.0, "Leverage", Times, 0.1 ..= 10.0, Log, Redraw;
}

group! {
    /// Accounts that hold positions in several assets on one collateral: what one asset loses, another must be sold for.
    CrossAccounts "Cross margin"
    /// Whether there are such accounts.
    enabled: bool = false, "Cross-margin accounts", Plain, 0 ..= 1, Linear, Redraw,
        "liquidate when USD + Σ profit + (1 − h)·coins·P ≤ Σ m·|q|·P";
    /// Number of accounts.
    count: u32 = 1_000, "Accounts", Count, 1 ..= 20_000, Log, Redraw;
    /// Notional of all their positions together, longs and shorts, over all assets.
    open_interest: f64 = 2e9, "Open interest", Usd, 0.0 ..= 1e12, LogFromZero(1e6), Redraw;
    /// Share of the accounts that are long.
    long_share: f64 = 0.8, "Long accounts", Fraction, 0.0 ..= 1.0, Linear, Redraw;
    /// Median of gross notional over collateral, the latter after the haircut.
    leverage: f64 = 8.0, "Leverage", Times, 1.0 ..= 100.0, Log, Redraw,
        "L log-normal about the median";
    /// Standard deviation of the logarithm of leverage.
    leverage_dispersion: f64 = 0.4, "Leverage dispersion", Plain, 0.0 ..= 1.5, Linear, Redraw;
    /// How much of an account is spread evenly over all assets; the rest is in its main asset.
    spread: f64 = 0.8, "Spread over assets", Fraction, 0.0 ..= 1.0, Linear, Redraw;
    /// Share of the collateral that is coins; the rest is dollars.
    coin_share: f64 = 0.5, "Coins as collateral", Fraction, 0.0 ..= 1.0, Linear, Redraw;
    /// The asset whose coins are the collateral.
    collateral_asset: u32 = 1, "Collateral asset", Count, 1 ..= 4, Linear, Redraw;
    /// Part of the coins' worth that does not count, before the venue's haircut multiple; at most 95 % with it.
    haircut: f64 = 0.1, "Haircut", Fraction, 0.0 ..= 0.9, Linear, Live,
        "collateral value = (1 − h)·coins·P";
}

impl Assets {
    /// The asset that a person calls by a number, counted from 1; the last one if there are fewer.
    pub fn numbered(&self, number: u32) -> AssetId {
        AssetId::numbered(number.min(self.count))
    }

    /// All assets.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = AssetId> + ExactSizeIterator + Clone + use<> {
        AssetId::first(self.count as usize)
    }
}

impl Parameters {
    /// The parameters of one asset, as if it were the only one: the groups that tie assets together are at
    /// their defaults.
    #[must_use]
    pub fn of_asset(&self, asset: AssetId) -> Self {
        let mut own = Self {
            assets: Assets::default(),
            other_assets: Self::default().other_assets,
            cross: CrossAccounts::default(),
            ..*self
        };
        let Some(other) = asset
            .index()
            .checked_sub(1)
            .and_then(|other| self.other_assets.get(other))
        else {
            return own;
        };
        own.market.start_price = other.start_price;
        own.market.volatility *= other.volatility;
        own.noise_flow.volatility *= other.volatility;
        own.makers.reference_volatility *= other.volatility;
        for scaled in [
            &mut own.liquidity.depth,
            &mut own.arbitrage.capital,
            &mut own.amm.reserves_usd,
            &mut own.auction.capacity,
            &mut own.vault.capital,
            &mut own.predators.capital,
            &mut own.providers.capital,
            &mut own.makers.capacity,
            &mut own.stops.notional,
        ] {
            *scaled *= other.depth;
        }
        own.positions.open_interest *= other.open_interest;
        own.fund.insurance *= other.open_interest;
        // Options are counted in coins; it is their notional that follows the open interest.
        own.options.open_interest *= other.open_interest * self.market.start_price / other.start_price;
        own.clearing.default_fund *= other.open_interest;
        own.lending.debt *= other.open_interest;
        own.leverage.mean = (own.leverage.mean * other.leverage).clamp(1.0, 100.0);
        own
    }
}
