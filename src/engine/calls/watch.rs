//! Which positions of a tier are to be called next, and which of those that wait have recovered.
//!
//! The ladder of liquidation keys knows nothing of calls; beside it stand two heaps of references to its positions, ordered
//! by the key that the same formula gives at another multiple of the maintenance margin. A reference whose position is no
//! longer where it points is out of date and is skipped when it comes up, so nothing has to be taken out of the middle.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::engine::contract::{Position, Requirement, Side};
use crate::engine::ladder::Ladder;

/// Multiples of the maintenance margin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// Equity below this is called.
    pub call: f64,
    /// Equity above this can be called again.
    pub target: f64,
}

/// A reference to a position.
#[derive(Clone, Copy, Debug)]
pub struct Watched {
    /// Key at the multiple it waits for.
    at: f64,
    /// Key under which it stands on the ladder.
    pub key: f64,
    /// Number of the position.
    pub id: u32,
}

impl Ord for Watched {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.total_cmp(&other.at).then(self.id.cmp(&other.id))
    }
}

impl PartialOrd for Watched {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Watched {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Watched {}

/// The references of one tier; empty while there are no margin calls.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    levels: Option<Levels>,
    /// The lowest key is called first.
    uncalled: BinaryHeap<Reverse<Watched>>,
    /// Called and doing nothing about it; the highest key recovers first.
    waiting: BinaryHeap<Watched>,
}

impl Watch {
    /// From now on the position, which stands on the ladder under `key`, can be called.
    pub fn arm(&mut self, rule: &Requirement, side: Side, key: f64, position: &Position) {
        if let Some(levels) = self.levels {
            let at = rule.times(levels.call).key(position, side);
            let id = position.id;
            self.uncalled.push(Reverse(Watched { at, key, id }));
        }
    }

    /// The position is not called again until it has recovered.
    pub fn wait(&mut self, rule: &Requirement, side: Side, key: f64, position: &Position) {
        if let Some(levels) = self.levels {
            let at = rule.times(levels.target).key(position, side);
            let id = position.id;
            self.waiting.push(Watched { at, key, id });
        }
    }

    /// The next position that a unit's value calls.
    pub fn next_called(&mut self, rule: &Requirement, value: f64, side: Side, funding: f64) -> Option<Watched> {
        let threshold = rule.times(self.levels?.call).threshold(value, side, funding);
        let reached = self.uncalled.peek()?.0.at <= threshold;
        reached.then(|| self.uncalled.pop())?.map(|Reverse(watched)| watched)
    }

    /// The next waiting position that a unit's value has brought back to safety.
    pub fn next_recovered(&mut self, rule: &Requirement, value: f64, side: Side, funding: f64) -> Option<Watched> {
        let threshold = rule.times(self.levels?.target).threshold(value, side, funding);
        let recovered = self.waiting.peek()?.at > threshold;
        recovered.then(|| self.waiting.pop())?
    }

    /// Memory of the references, in bytes.
    pub fn bytes(&self) -> usize {
        (self.uncalled.len() + self.waiting.len()) * size_of::<Watched>()
    }

    /// Forgets every position.
    pub fn clear(&mut self) {
        self.uncalled.clear();
        self.waiting.clear();
    }

    /// Starts anew with the positions of a ladder, at new multiples or after its keys have changed; who waits goes on
    /// waiting. Positions in `busy` are answering a call: they are not watched, their new keys are noted there.
    pub fn rebuild(
        &mut self,
        levels: Option<Levels>,
        rule: &Requirement,
        side: Side,
        ladder: &Ladder<Position>,
        busy: &mut BTreeMap<u32, f64>,
    ) {
        let waiting: BTreeSet<u32> = self.waiting.drain().map(|watched| watched.id).collect();
        self.uncalled.clear();
        self.levels = levels;
        if levels.is_none() && busy.is_empty() {
            return;
        }
        for (key, position) in ladder.iter() {
            if let Some(known) = busy.get_mut(&position.id) {
                *known = key;
            } else if waiting.contains(&position.id) {
                self.wait(rule, side, key, position);
            } else {
                self.arm(rule, side, key, position);
            }
        }
    }
}
