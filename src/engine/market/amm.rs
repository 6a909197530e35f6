//! An automated market maker: a pool of coins and dollars that trades along x·y = k.

use cascade_scenario::{BookId, LoanOutlet, Route, VenueId};

use crate::clock::Moment;
use crate::market::books::Market;
use crate::market::source::{Level, Source};
use crate::positions::account::Account;
use crate::positions::contract::ContractKind;
use crate::units::{Coins, LogPrice, Price, Usd};

/// The reserves. Fees are kept apart from them (as in Uniswap v3, 2021), so that k stays as it was founded.
#[derive(Clone, Copy, Debug)]
pub struct Pool {
    /// Coins, x.
    pub coins: Coins,
    /// Dollars, y.
    pub usd: Usd,
    /// k = x·y when the pool was founded.
    pub founded: f64,
    /// Log price, with its causes.
    pub level: Level,
    /// Coins that liquidators of loans have sold to it and nobody has bought back; what it takes over from venues stands in
    /// their contracts.
    pub spot: Account,
    start_price: Price,
}

/// What a trade with the pool would do: what it receives (negative: pays) of each reserve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swap {
    /// Coins.
    pub coins: Coins,
    /// Dollars.
    pub usd: Usd,
}

impl Swap {
    /// The swap's average price, less a fee for whoever trades with the pool.
    fn price(self, fee: f64) -> Price {
        let average = -self.usd / self.coins;
        let kept = if self.coins > Coins::ZERO {
            1.0 - fee
        } else {
            1.0 / (1.0 - fee)
        };
        average * kept
    }
}

impl Pool {
    /// Founds one at the spot price when liquidations, of positions or of loans, are first to go there.
    pub fn found(pool: &mut Option<Self>, moment: &Moment, market: &Market) {
        let parameters = &moment.parameters;
        let of_loans = parameters.lending.enabled && parameters.lending.outlet == LoanOutlet::Amm;
        let mut venues = VenueId::first(parameters.venues.count as usize);
        if pool.is_none() && (of_loans || venues.any(|venue| parameters.route_at(venue) == Route::Amm)) {
            let level = market.level(BookId::SPOT);
            *pool = Some(Self::new(
                Usd::new(parameters.amm.reserves_usd),
                market.start_price(),
                level,
            ));
        }
    }

    /// A pool with reserves of dollars, and of coins of the same worth at a market level.
    pub fn new(usd: Usd, start_price: Price, level: Level) -> Self {
        let coins = usd / level.log_price().price(start_price);
        Self {
            coins,
            usd,
            founded: coins.get() * usd.get(),
            level,
            spot: Account::default(),
            start_price,
        }
    }

    /// Price: y/x.
    pub fn price(&self) -> Price {
        self.usd / self.coins
    }

    /// The order that moves the price by a unit of log price, at the margin: y/2.
    pub fn depth(&self) -> Usd {
        self.usd / 2.0
    }

    /// Log price, from the reserves.
    pub fn log_price(&self) -> LogPrice {
        LogPrice::of(self.price(), self.start_price)
    }

    /// The swap that gives the pool so many coins (negative: takes them): Δy = −y·Δx/(x + Δx), P′/P = (x/(x + Δx))².
    pub fn for_coins(&self, coins: Coins) -> Swap {
        Swap {
            coins,
            usd: -self.usd * coins.get() / (self.coins + coins).get(),
        }
    }

    /// The swap that takes so many dollars from the pool (negative: gives them).
    pub fn for_usd(&self, usd: Usd) -> Swap {
        Swap {
            coins: self.coins * usd.get() / (self.usd - usd).get(),
            usd: -usd,
        }
    }

    /// The swap that moves the price by this much in log price: x′ = x·e^(−move/2).
    pub fn for_move(&self, log_move: f64) -> Swap {
        self.for_coins(self.coins * libm::expm1(-log_move / 2.0))
    }

    /// The swap that takes a position of signed units off its holder: coins for a linear, USD for an inverse contract.
    fn for_units(&self, kind: ContractKind, units: f64) -> Swap {
        match kind {
            ContractKind::Linear => self.for_coins(Coins::new(units)),
            ContractKind::Inverse => self.for_usd(Usd::new(units)),
        }
    }

    /// Value at which a unit is filled when the pool takes over signed units.
    pub fn quote(&self, kind: ContractKind, units: f64, fee: f64) -> f64 {
        if units == 0.0 {
            kind.value(self.price())
        } else {
            kind.value(self.for_units(kind, units).price(fee))
        }
    }

    /// Takes over signed units. Returns the value a unit was filled at.
    pub fn take(&mut self, kind: ContractKind, units: f64, fee: f64, source: Source) -> f64 {
        let value = self.quote(kind, units, fee);
        let before = self.log_price();
        self.apply(self.for_units(kind, units));
        self.level.add(source, self.log_price() - before);
        value
    }

    /// Trades towards another level: the causes move with the price. Returns the coins the pool has parted with and the
    /// price they were traded at.
    pub fn follow(&mut self, gap: &Level, share: f64, fee: f64) -> (Coins, Price) {
        let swap = self.for_move(share * gap.total);
        let price = swap.price(fee);
        let before = self.log_price();
        self.apply(swap);
        let moved = self.log_price() - before;
        self.level.add_scaled(gap, moved / gap.total);
        (-swap.coins, price)
    }

    /// Liquidity providers add or withdraw: both reserves change by this factor, the price does not.
    pub fn resize(&mut self, factor: f64) {
        self.coins *= factor;
        self.usd *= factor;
        self.founded *= factor * factor;
    }

    /// Keeps x·y where it is: to the last digit, which the difference of two large numbers would not.
    fn apply(&mut self, swap: Swap) {
        let coins = self.coins + swap.coins;
        self.usd *= self.coins / coins;
        self.coins = coins;
    }

    /// Most units, without sign, that the pool may take over from a side (+1 longs, −1 shorts) before its price passes
    /// `bound`.
    pub fn room(&self, kind: ContractKind, sign: f64, bound: Price) -> f64 {
        let log_move = libm::log(bound / self.price());
        if sign * log_move >= 0.0 {
            return 0.0;
        }
        let swap = self.for_move(log_move);
        match kind {
            ContractKind::Linear => swap.coins.get().abs(),
            ContractKind::Inverse => swap.usd.get().abs(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Simulation;
    use cascade_scenario::{AssetId, Route, Scenario, Shock};

    fn pool() -> Pool {
        Pool::new(Usd::new(2_000_000.0), Price::new(2_000.0), Level::default())
    }

    #[test]
    fn t9_constant_product() {
        let mut pool = pool();
        assert_eq!((pool.coins, pool.usd), (Coins::new(1_000.0), Usd::new(2_000_000.0)));
        let value = pool.take(ContractKind::Linear, 100.0, 0.0, Source::Pool);
        assert!((value * 100.0 - 181_818.181_8).abs() < 1e-3, "{value}");
        let price = pool.price().get();
        assert!((price - 1_652.892_6).abs() < 1e-3, "{price}");
        assert!((price / 2_000.0 - (1_000.0_f64 / 1_100.0).powi(2)).abs() < 1e-12);
        assert!((pool.coins.get() * pool.usd.get() / pool.founded - 1.0).abs() < 1e-14);
        assert!((pool.level.log_price() - pool.log_price()).abs() < 1e-14);
        // Buying the coins back is the same way in reverse.
        let back = pool.take(ContractKind::Linear, -100.0, 0.0, Source::Pool);
        assert!((back - value).abs() < 1e-9 && (pool.price().get() - 2_000.0).abs() < 1e-9);
    }

    /// A fee makes the fill worse for either direction and leaves the reserves' path alone; an inverse position is filled at
    /// the average price of its dollars.
    #[test]
    fn fees_and_inverse_contracts() {
        for (units, worse) in [(100.0, 0.99), (-100.0, 1.0 / 0.99)] {
            let plain = pool().quote(ContractKind::Linear, units, 0.0);
            let charged = pool().quote(ContractKind::Linear, units, 0.01);
            assert!((charged / plain - worse).abs() < 1e-12);
        }
        let mut pool = pool();
        let value = pool.take(ContractKind::Inverse, 181_818.181_818, 0.0, Source::Pool);
        assert!((-1.0 / value - 1_818.181_818).abs() < 1e-3, "{value}");
        assert!((pool.coins.get() - 1_100.0).abs() < 1e-6);
    }

    #[test]
    fn room_ends_at_the_bound() {
        for kind in ContractKind::BOTH {
            for (sign, bound) in [(1.0, 1_900.0), (-1.0, 2_100.0)].map(|(sign, bound)| (sign, Price::new(bound))) {
                let mut pool = pool();
                let room = pool.room(kind, sign, bound);
                pool.take(kind, sign * room, 0.003, Source::Pool);
                assert!((pool.price() / bound - 1.0).abs() < 1e-12);
                assert!(pool.room(kind, sign, bound) < 1e-9 * room);
            }
        }
    }

    /// Liquidations sold to the pool reach the book through arbitrage, and keep their cause.
    #[test]
    fn arbitrage_carries_the_pool_to_the_books() {
        let run = |enabled: f64| {
            let mut scenario = Scenario::default();
            for (path, value) in [
                ("market.volatility", 0.0),
                ("routes.route", 1.0),
                ("amm.reserves_usd", 1e10),
                ("amm.slippage_limit", 0.5),
                ("arbitrage.enabled", enabled),
            ] {
                scenario.set(path, value).unwrap();
            }
            let mut simulation = Simulation::new(&scenario).unwrap();
            let size = Some(-0.02);
            simulation.shock(&Shock {
                size,
                over_steps: Some(6),
                ..Shock::default()
            });
            (0..600).for_each(|_| simulation.step());
            assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
            simulation
        };
        let (alone, joined) = (run(0.0), run(1.0));
        for simulation in [&alone, &joined] {
            let routes = simulation.summary_of(AssetId::FIRST).liquidated_by_route_usd;
            assert!(
                routes[Route::Amm] > 1e8 && routes[Route::OrderBook] == 0.0,
                "{routes:?}"
            );
        }
        let printed = |simulation: &Simulation| simulation.assets[0].observation().attribution[Source::Pool];
        assert_eq!(printed(&alone), 0.0);
        assert!(printed(&joined) < -0.001, "{}", printed(&joined));
        let gap = |simulation: &Simulation| {
            let pool = simulation.assets[0].world.pool.unwrap();
            (pool.price().get() / simulation.assets[0].observation().spot).ln()
        };
        assert!(
            gap(&joined).abs() < 0.1 * gap(&alone).abs(),
            "{} {}",
            gap(&joined),
            gap(&alone)
        );
    }
}
