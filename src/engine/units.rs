//! The units that the model counts in, as types: a price, a log price, coins and dollars. Adding coins to dollars, or taking a log
//! price for a price, does not compile; multiplying coins by a price gives dollars.
//!
//! A number becomes a quantity by `new` and a quantity a number by `get`, and by nothing else. What is in the unit of a contract
//! (coins or dollars, as its kind says), in a settlement currency or in what a loan was made in stays a plain number, and so do
//! shares, moves of a log price and figures that are told to a person.
//!
//! ```
//! use cascade_engine::units::{Coins, LogPrice, Price, Usd};
//!
//! let start = Price::new(100.0);
//! let notional: Usd = Coins::new(3.0) * start;
//! assert_eq!(notional, Usd::new(300.0));
//! assert_eq!(notional / start, Coins::new(3.0));
//! assert_eq!(notional / Coins::new(3.0), start);
//! // A log price and a move of it give a log price; two log prices differ by a move.
//! let fallen = LogPrice::START - 0.5;
//! assert_eq!(fallen - LogPrice::START, -0.5);
//! assert_eq!(fallen.price(start), start * libm::exp(-0.5));
//! ```
//!
//! Coins and dollars are not added up:
//!
//! ```compile_fail,E0308
//! use cascade_engine::units::{Coins, Usd};
//!
//! let both = Usd::new(1.0) + Coins::new(1.0);
//! ```
//!
//! and a log price is no price:
//!
//! ```compile_fail,E0277
//! use cascade_engine::units::{Coins, LogPrice};
//!
//! let notional = Coins::new(1.0) * LogPrice::START;
//! ```

use std::cmp::Ordering;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// What can be added up and scaled.
macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
        #[repr(transparent)]
        pub struct $name(f64);

        impl $name {
            /// None of it.
            pub const ZERO: Self = Self(0.0);

            /// More of it than there is.
            pub const INFINITY: Self = Self(f64::INFINITY);

            /// So much of it.
            #[inline]
            pub const fn new(number: f64) -> Self {
                Self(number)
            }

            /// How much it is.
            #[inline]
            pub const fn get(self) -> f64 {
                self.0
            }

            /// Without its sign.
            #[must_use]
            #[inline]
            pub const fn abs(self) -> Self {
                Self(self.0.abs())
            }

            /// With the sign of a number.
            #[must_use]
            #[inline]
            pub const fn copysign(self, sign: f64) -> Self {
                Self(self.0.copysign(sign))
            }

            /// The order of all numbers, those that are none included.
            #[inline]
            pub fn total_cmp(&self, other: &Self) -> Ordering {
                self.0.total_cmp(&other.0)
            }

            /// 1 where it is positive, −1 where it is negative, as for a number.
            #[must_use]
            #[inline]
            pub const fn signum(self) -> f64 {
                self.0.signum()
            }

            /// The nearest amount that lies between two.
            #[must_use]
            #[inline]
            pub const fn clamp(self, least: Self, most: Self) -> Self {
                Self(self.0.clamp(least.0, most.0))
            }

            /// As much of it as there is room for. Where a runaway has left no numbers the ledger says so; this must not panic.
            #[must_use]
            #[inline]
            pub fn within(self, room: Self) -> Self {
                if self.abs() > room { room.copysign(self.0) } else { self }
            }

            /// The smaller one.
            #[must_use]
            #[inline]
            pub const fn min(self, other: Self) -> Self {
                Self(self.0.min(other.0))
            }

            /// The larger one.
            #[must_use]
            #[inline]
            pub const fn max(self, other: Self) -> Self {
                Self(self.0.max(other.0))
            }
        }

        impl Add for $name {
            type Output = Self;

            #[inline]
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl AddAssign for $name {
            #[inline]
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }

        impl Sub for $name {
            type Output = Self;

            #[inline]
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }

        impl SubAssign for $name {
            #[inline]
            fn sub_assign(&mut self, other: Self) {
                self.0 -= other.0;
            }
        }

        impl Neg for $name {
            type Output = Self;

            #[inline]
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }

        impl Mul<f64> for $name {
            type Output = Self;

            #[inline]
            fn mul(self, factor: f64) -> Self {
                Self(self.0 * factor)
            }
        }

        impl Mul<$name> for f64 {
            type Output = $name;

            #[inline]
            fn mul(self, quantity: $name) -> $name {
                $name(self * quantity.0)
            }
        }

        impl MulAssign<f64> for $name {
            #[inline]
            fn mul_assign(&mut self, factor: f64) {
                self.0 *= factor;
            }
        }

        impl Div<f64> for $name {
            type Output = Self;

            #[inline]
            fn div(self, divisor: f64) -> Self {
                Self(self.0 / divisor)
            }
        }

        impl Div for $name {
            type Output = f64;

            #[inline]
            fn div(self, other: Self) -> f64 {
                self.0 / other.0
            }
        }

        impl Sum for $name {
            #[inline]
            fn sum<I: Iterator<Item = Self>>(quantities: I) -> Self {
                Self(quantities.map(|quantity| quantity.0).sum())
            }
        }
    };
}

quantity! {
    /// A price, USD per coin.
    Price
}

quantity! {
    /// An amount of coins; negative where somebody is short or sells.
    Coins
}

quantity! {
    /// An amount of dollars, or the notional of what is worth as many; negative where it is sold or owed.
    Usd
}

impl Price {
    /// The price half-way to another one in logarithms.
    #[must_use]
    #[inline]
    pub fn geometric_mean(self, other: Self) -> Self {
        Self((self.0 * other.0).sqrt())
    }
}

impl Mul<Price> for Coins {
    type Output = Usd;

    #[inline]
    fn mul(self, price: Price) -> Usd {
        Usd(self.0 * price.0)
    }
}

impl Div<Price> for Usd {
    type Output = Coins;

    #[inline]
    fn div(self, price: Price) -> Coins {
        Coins(self.0 / price.0)
    }
}

impl Div<Coins> for Usd {
    type Output = Price;

    #[inline]
    fn div(self, coins: Coins) -> Price {
        Price(self.0 / coins.0)
    }
}

/// The logarithm of a price over the start price. It is a place and no amount: two of them cannot be added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct LogPrice(f64);

impl LogPrice {
    /// That of the start price.
    pub const START: Self = Self(0.0);

    /// Below every price.
    pub const LOWEST: Self = Self(f64::NEG_INFINITY);

    /// Above every price.
    pub const HIGHEST: Self = Self(f64::INFINITY);

    /// This far from the start price.
    #[inline]
    pub const fn new(move_from_start: f64) -> Self {
        Self(move_from_start)
    }

    /// That of a price, given the start price.
    #[inline]
    pub fn of(price: Price, start: Price) -> Self {
        Self(libm::log(price / start))
    }

    /// The price, given the start price.
    #[inline]
    pub fn price(self, start: Price) -> Price {
        start * libm::exp(self.0)
    }

    /// The lower one.
    #[must_use]
    #[inline]
    pub const fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    /// The higher one.
    #[must_use]
    #[inline]
    pub const fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }

    /// The one half-way to another.
    #[must_use]
    #[inline]
    pub const fn midpoint(self, other: Self) -> Self {
        Self(0.5 * (self.0 + other.0))
    }

    /// How far it is from the start price.
    #[inline]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl Add<f64> for LogPrice {
    type Output = Self;

    #[inline]
    fn add(self, log_move: f64) -> Self {
        Self(self.0 + log_move)
    }
}

impl AddAssign<f64> for LogPrice {
    #[inline]
    fn add_assign(&mut self, log_move: f64) {
        self.0 += log_move;
    }
}

impl Sub<f64> for LogPrice {
    type Output = Self;

    #[inline]
    fn sub(self, log_move: f64) -> Self {
        Self(self.0 - log_move)
    }
}

impl Sub for LogPrice {
    type Output = f64;

    #[inline]
    fn sub(self, other: Self) -> f64 {
        self.0 - other.0
    }
}
