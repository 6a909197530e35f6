//! Prices and sensitivities of European options on a forward (F. Black, *J. Financial Economics* 1976, equations 16 and 17),
//! without discounting: margin and premium of crypto options carry no interest worth modelling.
//!
//! Everything is a function of two numbers: the log moneyness x = ln(F/K) and the deviation w = σ·√T of the log price until
//! expiry. d₁ = x/w + w/2.

use std::f64::consts::{PI, SQRT_2};

/// The standard normal distribution Φ(z).
pub fn normal(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// Its density φ(z).
pub fn density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * PI)
}

/// d₁ for a log moneyness ln(F/K) and a deviation σ·√T > 0.
pub fn d1(log_moneyness: f64, deviation: f64) -> f64 {
    log_moneyness / deviation + 0.5 * deviation
}

/// Delta of a call, ∂C/∂F = Φ(d₁); a put's is one less.
pub fn call_delta(log_moneyness: f64, deviation: f64) -> f64 {
    normal(d1(log_moneyness, deviation))
}

/// What delta changes per unit of log price, F·Γ = φ(d₁)/(σ√T): the same for calls and puts.
pub fn delta_slope(log_moneyness: f64, deviation: f64) -> f64 {
    density(d1(log_moneyness, deviation)) / deviation
}

/// Gamma ∂²C/∂F² = φ(d₁)/(F·σ·√T), per USD.
pub fn gamma(forward: f64, log_moneyness: f64, deviation: f64) -> f64 {
    delta_slope(log_moneyness, deviation) / forward
}

/// Price of a call, F·Φ(d₁) − K·Φ(d₁ − σ√T).
pub fn call_price(forward: f64, strike: f64, deviation: f64) -> f64 {
    let first = d1(libm::log(forward / strike), deviation);
    forward * normal(first) - strike * normal(first - deviation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t25_at_the_money() {
        let deviation = 0.6 * libm::sqrt(30.0 / 365.0);
        assert!((call_delta(0.0, deviation) - 0.534_270).abs() < 5e-7);
        assert!((gamma(100.0, 0.0, deviation) - 0.023_106_7).abs() < 5e-8);
        assert!((call_price(100.0, 100.0, deviation) - 6.853_941).abs() < 5e-7);
    }

    /// Delta and gamma are the price's first and second derivative.
    #[test]
    fn sensitivities_are_derivatives() {
        let (strike, deviation, step) = (104.0, 0.13, 1e-3);
        for forward in [80.0, 99.0, 104.0, 130.0] {
            let price = |shift: f64| call_price(forward + shift, strike, deviation);
            let moneyness = libm::log(forward / strike);
            let slope = (price(step) - price(-step)) / (2.0 * step);
            let bend = (price(step) - 2.0 * price(0.0) + price(-step)) / (step * step);
            assert!(
                (slope - call_delta(moneyness, deviation)).abs() < 1e-8,
                "delta at {forward}"
            );
            assert!(
                (bend - gamma(forward, moneyness, deviation)).abs() < 1e-7,
                "gamma at {forward}"
            );
        }
    }
}
