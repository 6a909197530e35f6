//! Bridges between the spot markets of regions: traders buy coins where they are cheap, sell as many out of their stock where they are
//! dear, and send the coins after. Until those have arrived the capital is tied up in them.
//!
//! With capital enough the gap between two regions decays with the bridge's time constant, V = φ·|gap|·D_eff with
//! φ = 1 − e^(−dt/τ) and 1/D_eff = 1/D_home + 1/D_abroad. What is under way is at most the capital C, so that over a longer time no
//! more than C/latency is carried a second. While a bridge has failed nothing arrives and nobody trades by it.

use std::collections::VecDeque;

use cascade_scenario::{BookId, REGIONS_ABROAD};

use crate::clock::Moment;
use crate::market::books::Market;
use crate::units::Usd;

/// Coins under way.
#[derive(Clone, Copy, Debug)]
struct Sent {
    step: u64,
    usd: Usd,
}

/// What is on the bridges from home to the other regions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bridges([Bridge; REGIONS_ABROAD]);

/// What is on one of them.
#[derive(Clone, Debug, Default)]
struct Bridge {
    under_way: VecDeque<Sent>,
    /// All of it.
    usd: Usd,
}

impl Bridge {
    fn send(&mut self, sent: Sent) {
        self.under_way.push_back(sent);
        self.usd += sent.usd;
    }

    /// What was sent up to a step has arrived.
    fn arrive(&mut self, step: u64) {
        while let Some(sent) = self.under_way.pop_front_if(|sent| sent.step <= step) {
            self.usd -= sent.usd;
        }
        if self.under_way.is_empty() {
            // Nothing is left of the rounding either.
            self.usd = Usd::ZERO;
        }
    }
}

impl Bridges {
    /// A step of everybody who trades between regions.
    pub(crate) fn act(&mut self, moment: &Moment, market: &mut Market) {
        for region in market.regions() {
            let bridge = &moment.parameters.region[region.index()];
            if bridge.failed || market.books[BookId::SPOT].halted {
                continue;
            }
            let carried = &mut self.0[region.index()];
            if let Some(step) = moment.started_by(bridge.latency) {
                carried.arrive(step);
            }
            let (home, abroad) = (market.books[BookId::SPOT], market.abroad()[region]);
            let share = moment.share_closed(bridge.time_constant);
            let depths = home.depth + abroad.depth;
            let usd = share * market.gap_to(region) * home.depth * abroad.depth.get() / depths.get();
            let room = Usd::new(bridge.capital) - carried.usd;
            let part = if usd.abs() > room {
                room.max(Usd::ZERO) / usd.abs()
            } else {
                1.0
            };
            if usd == Usd::ZERO || part == 0.0 {
                continue;
            }
            let value = home.price * libm::exp(part * usd / home.depth / 2.0);
            market.load(BookId::SPOT, part * usd / value, value);
            market.pull_over(region, part * share);
            carried.send(Sent {
                step: moment.step,
                usd: (part * usd).abs(),
            });
        }
    }

    /// Worth of the coins on all bridges when they were sent.
    pub(crate) fn worth(&self) -> Usd {
        self.0.iter().map(|bridge| bridge.usd).sum()
    }
}
