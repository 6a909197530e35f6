//! Draws levered positions: bands of leverage, clusters of entry prices, sizes, sides, venues and margin currencies.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use cascade_scenario::{Band, Parameters, VENUES_MAX, VenueId};

use crate::positions::charge::{Charge, initial_charges};
use crate::positions::contract::{ContractKind, Position, Requirement, Side};
use crate::positions::tiers;
use crate::units::{Price, Usd};

/// Who has less than this multiple of the maintenance margin at the present price has not been there long.
const SAFETY: f64 = 1.3;

/// A position and the place it goes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// Venue.
    pub venue: VenueId,
    /// Contract kind.
    pub kind: ContractKind,
    /// Side.
    pub side: Side,
    /// Maintenance tier.
    pub tier: usize,
    /// The position.
    pub position: Position,
}

/// Where and how large, before anything is normalised.
#[derive(Clone, Copy, Debug)]
struct Raw {
    venue: VenueId,
    kind: ContractKind,
    side: Side,
    band: usize,
    size: f64,
    entry_log: f64,
    leverage_log: f64,
}

/// The distributions positions are drawn from.
#[derive(Clone, Debug)]
pub struct Population {
    parameters: Parameters,
    band_shares: [f64; 3],
    venue_shares: [f64; VENUES_MAX],
    /// Median leverage of each band.
    medians: Vec<f64>,
    /// What volatility adds to each venue's rates: nobody opens a position that is margined too thinly for it.
    charges: [Charge; VENUES_MAX],
}

impl Population {
    /// Reads the distributions off the parameters.
    pub fn new(parameters: &Parameters) -> Self {
        let mut band_shares = parameters.bands.map(|band| band.weight);
        normalise(&mut band_shares);
        let mean: f64 = band_shares
            .iter()
            .zip(&parameters.bands)
            .map(|(share, band)| share * band.leverage)
            .sum();
        let scale = parameters.leverage.mean / mean;
        Self {
            parameters: *parameters,
            venue_shares: venue_shares(parameters),
            medians: parameters.bands.iter().map(|band| band.leverage * scale).collect(),
            band_shares,
            charges: initial_charges(parameters),
        }
    }

    /// The same distributions, when volatility adds this to the venues' rates.
    pub const fn at_charges(&mut self, charges: [Charge; VENUES_MAX]) {
        self.charges = charges;
    }

    /// What a venue requires of a tier.
    pub fn requirement(&self, venue: VenueId, kind: ContractKind, tier: usize) -> Requirement {
        let unit = kind.usd_per_settlement(Price::new(self.parameters.market.start_price));
        let rule = tiers::requirement(&self.parameters.margin_at(venue), tier, unit);
        self.charges[venue.index()].on(kind, rule)
    }

    /// The whole levered book around a price. The long share and the open interest hold exactly.
    pub fn draw_book(&self, rng: &mut ChaCha8Rng, price: Price, first_id: u32) -> Vec<Placement> {
        let settings = &self.parameters.positions;
        let raw: Vec<Raw> = (0..settings.count).map(|_| self.draw(rng)).collect();
        let total_of = |side| raw.iter().filter(|r| r.side == side).map(|r| r.size).sum::<f64>();
        let per_size = Side::BOTH.map(|side| {
            let share = if side == Side::Long {
                settings.long_share
            } else {
                1.0 - settings.long_share
            };
            let total = total_of(side);
            if total > 0.0 {
                Usd::new(settings.open_interest) * share / total
            } else {
                Usd::ZERO
            }
        });
        raw.iter()
            .zip(first_id..)
            .filter_map(|(raw, id)| {
                let notional = raw.size * per_size[raw.side as usize];
                (notional > Usd::ZERO).then(|| self.place(raw, id, notional, price, raw.entry_log))
            })
            .collect()
    }

    /// A matched pair, long and short of equal size on one venue, entered at the price.
    pub fn draw_pair(&self, rng: &mut ChaCha8Rng, price: Price, id: u32, notional: Usd) -> [Placement; 2] {
        let first = self.draw(rng);
        let second = Raw {
            venue: first.venue,
            kind: first.kind,
            side: first.side.opposite(),
            ..self.draw(rng)
        };
        [
            self.place(&first, id, notional, price, 0.0),
            self.place(&second, id + 1, notional, price, 0.0),
        ]
    }

    /// Every call uses the same kinds of numbers in the same order, so that two scenarios which differ in one parameter
    /// draw position by position from the same streams.
    fn draw(&self, rng: &mut ChaCha8Rng) -> Raw {
        let settings = &self.parameters.positions;
        let normal = |rng: &mut ChaCha8Rng| -> f64 { StandardNormal.sample(rng) };
        let [for_band, for_side, for_kind, for_venue, for_cluster]: [f64; 5] =
            std::array::from_fn(|_| rng.random::<f64>());
        let (for_size, for_entry, for_leverage) = (normal(rng), normal(rng), normal(rng));
        let band_index = pick(&self.band_shares, for_band);
        let band: &Band = &self.parameters.bands[band_index];
        let clusters = f64::from(self.parameters.concentration.clusters);
        let cluster = (for_cluster * clusters).floor() - (clusters - 1.0) / 2.0;
        Raw {
            venue: VenueId::new(pick(&self.venue_shares, for_venue)),
            kind: if for_kind < settings.coin_margin_share {
                ContractKind::Inverse
            } else {
                ContractKind::Linear
            },
            side: if for_side < settings.long_share {
                Side::Long
            } else {
                Side::Short
            },
            band: band_index,
            size: libm::exp(settings.size_dispersion * for_size),
            entry_log: libm::log1p(band.entry_offset)
                + cluster * self.parameters.concentration.spacing
                + band.entry_width * self.parameters.concentration.width * for_entry,
            leverage_log: band.dispersion * for_leverage,
        }
    }

    fn place(&self, raw: &Raw, id: u32, notional: Usd, price: Price, entry_log: f64) -> Placement {
        let Raw { venue, kind, side, .. } = *raw;
        let quantity = kind.quantity(notional, price);
        let mut entry_price = price * libm::exp(entry_log);
        let tier = tiers::tier_of(&self.parameters.margin, kind.notional(quantity, entry_price));
        let rule = self.requirement(venue, kind, tier);
        let needed = SAFETY * rule.unit_share();
        let highest = 1.0 / (self.parameters.margin.initial_multiple * rule.posted_share());
        let leverage = (self.medians[raw.band] * libm::exp(raw.leverage_log)).clamp(1.0, highest.max(1.0));
        let at = |entry_price: Price| {
            let entry = kind.value(entry_price);
            Position {
                id,
                quantity,
                entry,
                margin: quantity * entry.abs() / leverage,
            }
        };
        let now = kind.value(price);
        let safe = needed * quantity * now.abs();
        let position = at(entry_price);
        if rule.counted(&position, position.equity(side, now, 0.0)) < safe {
            // Whoever is that close to liquidation has just come in.
            entry_price = price;
        }
        Placement {
            venue,
            kind,
            side,
            tier,
            position: at(entry_price),
        }
    }
}

/// Share of the levered open interest that each venue has; none beyond the last one.
pub(crate) fn venue_shares(parameters: &Parameters) -> [f64; VENUES_MAX] {
    let mut shares = parameters.venue.map(|venue| venue.interest_weight);
    shares[parameters.venues.count as usize..].fill(0.0);
    normalise(&mut shares);
    shares
}

/// Makes weights sum to 1; if all are 0, the first has everything.
fn normalise(weights: &mut [f64]) {
    let total: f64 = weights.iter().sum();
    if total > 0.0 {
        for weight in weights {
            *weight /= total;
        }
    } else if let Some(first) = weights.first_mut() {
        *first = 1.0;
    }
}

/// The place in shares that sum to 1 of a number from 0 to 1.
pub(crate) fn pick(shares: &[f64], draw: f64) -> usize {
    let mut below = 0.0;
    shares
        .iter()
        .position(|share| {
            below += share;
            draw < below
        })
        .unwrap_or_else(|| shares.iter().rposition(|share| *share > 0.0).unwrap_or(0))
}
