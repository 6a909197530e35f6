//! Gamma exposure of an option chain: what dealers would have to trade per 1 % of the underlying, by strike and in total, and
//! the price at which it changes its sign.
//!
//! GEX = Σ sign·OI·Γ·multiplier·S²·1 %, with the publisher's gammas at the present price. The profile over prices, and with it
//! the flip, has to compute gammas anew: Black and Scholes (1973) on the publisher's implied volatilities, which stay with
//! their strikes.

use cascade_engine::{INDEX_SIGNS, YEAR_SECONDS, black76};
use cascade_scenario::{
    BUSINESS_DAYS_A_YEAR, Basis, Expiry, OptionChain, OptionKind, Quote, business_days_between, days_between, format,
};

/// How days become years.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DayCount {
    /// Days without Saturdays and Sundays.
    Business,
    /// All days.
    Calendar,
}

/// Everything about GEX that is agreed and not observed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Convention {
    /// The dealers' position in calls and puts: +1 long all of them, −1 short all of them.
    pub signs: [f64; 2],
    /// Which days count.
    pub day_count: DayCount,
    /// Days of a year; options that expire before the next day counts have one day. Where a chain counts days instead of naming
    /// one, these are calendar days, 365 a year.
    pub days_a_year: f64,
    /// Interest rate and dividend yield, per year, continuous.
    pub rate: f64,
    /// Dividend yield per year, continuous.
    pub dividend_yield: f64,
    /// Number of prices the profile is computed at, at least 2.
    pub levels: usize,
    /// Lowest and highest of them, as multiples of the present price.
    pub range: (f64, f64),
}

impl Default for Convention {
    fn default() -> Self {
        Self {
            signs: INDEX_SIGNS,
            day_count: DayCount::Business,
            days_a_year: BUSINESS_DAYS_A_YEAR,
            rate: 0.0,
            dividend_yield: 0.0,
            levels: 60,
            range: (0.8, 1.2),
        }
    }
}

/// The exposure at one strike, USD per 1 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AtStrike {
    /// The strike.
    pub strike: f64,
    /// Of the calls, were they all held.
    pub calls: f64,
    /// Of the puts, were they all held.
    pub puts: f64,
    /// By the dealers' signs.
    pub net: f64,
}

/// What a chain amounts to, USD per 1 %.
#[derive(Clone, Debug, PartialEq)]
pub struct GammaExposure {
    /// Of the calls, were they all held.
    pub calls: f64,
    /// Of the puts, were they all held.
    pub puts: f64,
    /// By the dealers' signs.
    pub net: f64,
    /// The same with gammas computed from the volatilities, whatever gammas the publisher states.
    pub net_computed: f64,
    /// The price nearest to the present one at which the profile changes its sign, linear between two levels.
    pub flip: Option<f64>,
    /// By strike, lowest first; strikes without exposure are left out.
    pub by_strike: Vec<AtStrike>,
    /// Net exposure over prices, lowest first.
    pub profile: Vec<(f64, f64)>,
}

/// Share of the larger of calls and puts by which two ways of computing the net may differ before that is said.
const CONTRADICTION: f64 = 0.25;

/// A quote whose gamma can be computed at any price.
struct Priced {
    kind: OptionKind,
    strike: f64,
    open_interest: f64,
    /// σ√T.
    deviation: f64,
    /// ln(F/S) and the discount of the dividends.
    carry: f64,
    discount: f64,
}

/// Computes the exposure of a chain.
pub fn gamma_exposure(chain: &OptionChain, convention: &Convention) -> GammaExposure {
    let scale = |price: f64| 0.01 * chain.multiplier * price * price;
    let mut by_strike: Vec<AtStrike> = Vec::new();
    let mut quotes: Vec<&Quote> = chain.quotes.iter().collect();
    quotes.sort_by(|a, b| a.strike.total_cmp(&b.strike));
    for quote in quotes {
        let gamma = quote
            .gamma
            .or_else(|| Some(priced(chain, convention, quote)?.gamma(chain.spot)))
            .unwrap_or(0.0);
        let exposure = quote.open_interest * gamma * scale(chain.spot);
        if exposure == 0.0 {
            continue;
        }
        if by_strike.last().is_none_or(|last| last.strike != quote.strike) {
            by_strike.push(AtStrike {
                strike: quote.strike,
                calls: 0.0,
                puts: 0.0,
                net: 0.0,
            });
        }
        if let Some(last) = by_strike.last_mut() {
            match quote.kind {
                OptionKind::Call => last.calls += exposure,
                OptionKind::Put => last.puts += exposure,
            }
            last.net += convention.signs[quote.kind as usize] * exposure;
        }
    }
    let live: Vec<Priced> = chain
        .quotes
        .iter()
        .filter_map(|quote| priced(chain, convention, quote))
        .collect();
    let net_at = |price: f64| {
        let net: f64 = live
            .iter()
            .map(|one| convention.signs[one.kind as usize] * one.open_interest * one.gamma(price))
            .sum();
        net * scale(price)
    };
    let (low, high) = convention.range;
    let profile: Vec<(f64, f64)> = (0..convention.levels)
        .map(|level| {
            let share = level as f64 / (convention.levels - 1).max(1) as f64;
            let price = chain.spot * (low + share * (high - low));
            (price, net_at(price))
        })
        .collect();
    let sum = |of: fn(&AtStrike) -> f64| by_strike.iter().map(of).sum::<f64>();
    GammaExposure {
        calls: sum(|at| at.calls),
        puts: sum(|at| at.puts),
        net: sum(|at| at.net),
        net_computed: net_at(chain.spot),
        flip: flip(&profile, chain.spot),
        by_strike,
        profile,
    }
}

impl GammaExposure {
    /// What the publisher's gammas come to and what its volatilities come to, where these are far apart: rounded or stale gammas.
    pub fn contradiction(&self) -> Option<String> {
        let scale = self.calls.abs().max(self.puts.abs());
        let apart = (self.net - self.net_computed).abs() > CONTRADICTION * scale;
        let turned = self.net * self.net_computed < 0.0 && self.net_computed.abs() > 0.05 * scale;
        (scale > 0.0 && self.net_computed != 0.0 && (apart || turned)).then(|| {
            format!(
                "The published gammas come to a net of {} USD per 1 %, and those computed from the published volatilities to {}: \
                 the profile and the flip follow the latter.",
                format::amount(self.net, 4),
                format::amount(self.net_computed, 4)
            )
        })
    }
}

impl Priced {
    fn gamma(&self, price: f64) -> f64 {
        let moneyness = libm::log(price / self.strike) + self.carry;
        self.discount * black76::gamma(price, moneyness, self.deviation)
    }
}

/// None for options that have expired, are not open or have no implied volatility.
fn priced(chain: &OptionChain, convention: &Convention, quote: &Quote) -> Option<Priced> {
    let years = match (quote.expiry, quote.basis) {
        // A number of days counts all of them, and so does what a price was turned into a volatility with.
        (Expiry::InDays(days), _) => at_least_one(days) / 365.0,
        (Expiry::InCountedDays(days), _) => at_least_one(days) / convention.days_a_year,
        (Expiry::On(_), Basis::Price) => chain.days_to(quote.expiry)? * 86_400.0 / YEAR_SECONDS,
        (Expiry::On(date), Basis::Published) => {
            let quoted = chain.date?;
            let days = match convention.day_count {
                DayCount::Business => business_days_between(quoted, date),
                DayCount::Calendar => days_between(quoted, date),
            };
            at_least_one(days as f64) / convention.days_a_year
        }
    };
    (years > 0.0 && quote.volatility > 0.0 && quote.open_interest > 0.0).then(|| Priced {
        kind: quote.kind,
        strike: quote.strike,
        open_interest: quote.open_interest,
        deviation: quote.volatility * libm::sqrt(years),
        carry: (convention.rate - convention.dividend_yield) * years,
        discount: libm::exp(-convention.dividend_yield * years),
    })
}

/// What expires on the day itself has a day left.
fn at_least_one(days: f64) -> f64 {
    if days == 0.0 { 1.0 } else { days }
}

/// Where a profile changes its sign, nearest to a price.
fn flip(profile: &[(f64, f64)], spot: f64) -> Option<f64> {
    profile
        .windows(2)
        .filter(|pair| (pair[0].1 > 0.0) != (pair[1].1 > 0.0))
        .map(|pair| {
            let ((low, at_low), (high, at_high)) = (pair[0], pair[1]);
            high - (high - low) * at_high / (at_high - at_low)
        })
        .min_by(|a, b| (a - spot).abs().total_cmp(&(b - spot).abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote(kind: OptionKind, strike: f64, open_interest: f64, gamma: Option<f64>) -> Quote {
        Quote {
            kind,
            strike,
            expiry: Expiry::InDays(30.0),
            open_interest,
            volatility: 0.6,
            basis: Basis::Published,
            gamma,
        }
    }

    /// Two strikes by hand: 300·.02·100·100²·1 % = 60,000 and so on.
    #[test]
    fn totals_by_hand() {
        let chain = OptionChain {
            spot: 100.0,
            date: None,
            multiplier: 100.0,
            rows: 2,
            quotes: vec![
                quote(OptionKind::Call, 110.0, 300.0, Some(0.02)),
                quote(OptionKind::Put, 90.0, 100.0, Some(0.03)),
                quote(OptionKind::Put, 110.0, 50.0, Some(0.01)),
            ],
        };
        let found = gamma_exposure(&chain, &Convention::default());
        let close = |a: f64, b: f64| (a - b).abs() < 1e-6;
        assert!(close(found.calls, 60_000.0) && close(found.puts, 35_000.0) && close(found.net, 25_000.0));
        assert_eq!(found.by_strike.len(), 2);
        assert!(close(found.by_strike[0].net, -30_000.0) && close(found.by_strike[1].net, 55_000.0));
        // 250·φ(d₁ at 110) = 100·φ(d₁ at 90): ln P = (ln 90 + ln 110)/2 + w²·ln .4/ln(110/90) − w²/2.
        let variance = 0.36 * 30.0 / 365.0;
        let expected = f64::sqrt(90.0 * 110.0) * f64::exp(variance * (f64::ln(0.4) / f64::ln(110.0 / 90.0) - 0.5));
        let flip = found.flip.unwrap();
        assert!((flip - expected).abs() < 0.01, "{flip}, expected {expected}");
        let short = Convention {
            signs: [-1.0, -1.0],
            ..Convention::default()
        };
        let short = gamma_exposure(&chain, &short);
        assert!(close(short.net, -95_000.0) && short.flip.is_none());
    }

    /// Without the publisher's gamma Black's is used: Γ = .0231067 at F = K = 100, σ = .6, 30/365 of a year.
    #[test]
    fn gammas_are_computed_where_none_are_published() {
        let chain = OptionChain {
            spot: 100.0,
            date: None,
            multiplier: 100.0,
            rows: 1,
            quotes: vec![quote(OptionKind::Call, 100.0, 10.0, None)],
        };
        let convention = Convention {
            day_count: DayCount::Calendar,
            days_a_year: 365.0,
            ..Convention::default()
        };
        let found = gamma_exposure(&chain, &convention);
        assert!(
            (found.net / (10.0 * 0.023_106_7 * 1e4) - 1.0).abs() < 1e-5,
            "{}",
            found.net
        );
    }
}
