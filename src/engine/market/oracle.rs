//! The index that liquidation engines see: the market's own, late, or stuck.

use std::collections::VecDeque;

use crate::units::Price;

/// Publishes the index price with a delay; when it fails, the last published price stands.
#[derive(Clone, Debug)]
pub struct Oracle {
    /// Index prices of the latest steps, newest last.
    past: VecDeque<Price>,
    published: Price,
}

impl Oracle {
    /// Published at the start price.
    pub fn new(start_price: Price) -> Self {
        Self {
            past: VecDeque::from([start_price]),
            published: start_price,
        }
    }

    /// The price that marks are made of, given the index now and the time of a step. Called in every round; only the first
    /// call of a step, marked by `advance`, makes the published price older.
    pub fn publish(&mut self, settings: &cascade_scenario::Oracle, index: Price, dt: f64, advance: bool) -> Price {
        if advance {
            self.past.push_back(index);
        } else if let Some(newest) = self.past.back_mut() {
            *newest = index;
        }
        let steps = (settings.delay / dt).round() as usize;
        while self.past.len() > steps + 1 {
            self.past.pop_front();
        }
        if !settings.frozen {
            self.published = self.past.front().copied().unwrap_or(index);
        }
        self.published
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_comes_late_or_not_at_all() {
        let late = cascade_scenario::Oracle {
            delay: 30.0,
            frozen: false,
        };
        let mut oracle = Oracle::new(Price::new(100.0));
        let seen: Vec<f64> = (1..=6)
            .map(|step| {
                oracle
                    .publish(&late, Price::new(100.0 - f64::from(step)), 10.0, true)
                    .get()
            })
            .collect();
        assert_eq!(seen, [100.0, 100.0, 100.0, 99.0, 98.0, 97.0]);
        let frozen = cascade_scenario::Oracle { frozen: true, ..late };
        assert_eq!(oracle.publish(&frozen, Price::new(50.0), 10.0, true).get(), 97.0);
        let prompt = cascade_scenario::Oracle {
            delay: 0.0,
            frozen: false,
        };
        assert_eq!(oracle.publish(&prompt, Price::new(50.0), 10.0, true).get(), 50.0);
        assert_eq!(oracle.publish(&prompt, Price::new(49.0), 10.0, false).get(), 49.0);
    }
}
