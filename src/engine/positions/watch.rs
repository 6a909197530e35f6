//! Which positions of a tier are to be called next, and which of those that wait have recovered.
//!
//! The ladder of liquidation keys knows nothing of calls; beside it stand two ladders of references to its positions, ordered
//! by the key that the same formula gives at another multiple of the maintenance margin. A reference whose position is no
//! longer where it points is out of date and is skipped when it comes up, so nothing has to be taken out of the middle.
//! (Heaps would do the same, but taking one of a million references out of a heap touches twenty far places in memory.)

use crate::positions::contract::{Position, Requirement, Side};
use crate::positions::ladder::{Item, Ladder};

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
    /// Key under which it stands on the ladder.
    pub key: f64,
    /// Number of the position.
    pub id: u32,
}

impl Item for Watched {
    fn number(&self) -> u32 {
        self.id
    }

    fn weight(&self) -> f64 {
        1.0
    }
}

/// The references of one tier; empty while there are no margin calls.
#[derive(Clone, Debug)]
pub struct Watch {
    levels: Option<Levels>,
    /// Whether the references point to keys that have changed since.
    outdated: bool,
    /// By the key at the call's multiple: the lowest is called first.
    uncalled: Ladder<Watched>,
    /// Called and doing nothing about it, by minus the key at the target's multiple: the highest key recovers first.
    waiting: Ladder<Watched>,
}

impl Watch {
    /// Nobody is watched yet. Keys are mostly from `low` to `high`, `expected` positions are to be watched.
    pub fn new(low: f64, high: f64, expected: usize) -> Self {
        Self {
            levels: None,
            outdated: false,
            uncalled: Ladder::coarse(low, high, expected),
            waiting: Ladder::coarse(-high, -low, expected),
        }
    }

    /// From now on the position, which stands on the ladder under `key`, can be called.
    pub fn arm(&mut self, rule: &Requirement, side: Side, key: f64, position: &Position) {
        if let Some(levels) = self.levels {
            let at = rule.times(levels.call).key(position, side);
            self.uncalled.push(at, Watched { key, id: position.id });
        }
    }

    /// The same for all positions of a ladder, with their keys.
    pub fn arm_all(&mut self, rule: &Requirement, side: Side, positions: &[(f64, Position)]) {
        if let Some(levels) = self.levels {
            let called = rule.times(levels.call);
            let watched = |(key, position): &(f64, Position)| {
                let watched = Watched {
                    key: *key,
                    id: position.id,
                };
                (called.key(position, side), watched)
            };
            self.uncalled.extend(&positions.iter().map(watched).collect::<Vec<_>>());
        }
    }

    /// The position is not called again until it has recovered.
    pub fn wait(&mut self, rule: &Requirement, side: Side, key: f64, position: &Position) {
        if let Some(levels) = self.levels {
            let at = rule.times(levels.target).key(position, side);
            self.waiting.push(-at, Watched { key, id: position.id });
        }
    }

    /// The next position that a unit's value calls: by the key at the call's multiple, of equal keys by number.
    pub fn next_called(&mut self, rule: &Requirement, value: f64, side: Side, funding: f64) -> Option<Watched> {
        let threshold = rule.times(self.levels?.call).threshold(value, side, funding);
        self.uncalled.pop_reached(threshold).map(|(_, watched)| watched)
    }

    /// The next waiting position that a unit's value has brought back to safety.
    pub fn next_recovered(&mut self, rule: &Requirement, value: f64, side: Side, funding: f64) -> Option<Watched> {
        let threshold = rule.times(self.levels?.target).threshold(value, side, funding);
        // Recovered is who is beyond the threshold, not who is just there.
        let beyond = (-threshold).next_down();
        self.waiting.pop_reached(beyond).map(|(_, watched)| watched)
    }

    /// Memory of the references, in bytes.
    pub fn bytes(&self) -> usize {
        self.uncalled.bytes() + self.waiting.bytes()
    }

    /// Forgets every position.
    pub fn clear(&mut self) {
        self.uncalled.clear();
        self.waiting.clear();
    }

    /// Who waits, and from now on does so no more; somebody may be named twice.
    pub fn take_waiting(&mut self) -> impl Iterator<Item = u32> + use<> {
        self.waiting.drain().into_iter().map(|watched| watched.id)
    }

    /// A position that has waited in another tier goes on waiting here, from the next [`Self::rebuild`] on.
    pub fn carry_over(&mut self, id: u32) {
        self.waiting.push(0.0, Watched { key: 0.0, id });
        self.outdated = true;
    }

    /// The keys of the positions have changed: what is known of them holds no more until the next [`Self::rebuild`].
    pub fn outdate(&mut self) {
        self.outdated = true;
    }

    /// Whether references have to be made anew so that they are right for these multiples.
    pub fn needs_rebuilding(&self, levels: Option<Levels>) -> bool {
        self.outdated || self.levels != levels
    }

    /// Starts anew with the positions of the ladder of a tier, at new multiples or after its keys have changed; who waits goes
    /// on waiting. Positions that answer a call are not watched, their tier and new keys are noted there.
    pub fn rebuild(
        &mut self,
        levels: Option<Levels>,
        (number, rule): (usize, &Requirement),
        side: Side,
        ladder: &Ladder<Position>,
        answering: &mut Answering,
    ) {
        let waiting: Vec<u32> = self.take_waiting().collect();
        self.uncalled.clear();
        self.outdated = false;
        self.levels = levels;
        if levels.is_none() && answering.is_empty() {
            return;
        }
        answering.replace(&waiting, NOTHING, WAITING);
        let mut uncalled = Vec::with_capacity(ladder.len());
        ladder.each(|key, position| match answering.of(position.id) {
            Doing::Nothing => uncalled.push((key, *position)),
            Doing::Waiting => self.wait(rule, side, key, position),
            Doing::Answering(place) => *place = (number, key),
        });
        self.arm_all(rule, side, &uncalled);
        answering.replace(&waiting, WAITING, NOTHING);
    }
}

/// What the holder of a position does about a call.
enum Doing<'a> {
    /// It is not called.
    Nothing,
    /// It is called, and waits.
    Waiting,
    /// Collateral or an order is on its way: the tier and the key where the position stands.
    Answering(&'a mut (usize, f64)),
}

/// Who answers a call or waits, by the number of the position: looked up for every position that is watched anew.
#[derive(Clone, Debug, Default)]
pub struct Answering {
    /// [`NOTHING`], [`WAITING`], or the place in `places` plus [`FIRST_PLACE`].
    states: Vec<u32>,
    places: Vec<(usize, f64)>,
}

const NOTHING: u32 = 0;
const WAITING: u32 = 1;
const FIRST_PLACE: u32 = 2;

impl Answering {
    /// Nobody, of positions with numbers below `next_id`.
    pub fn new(next_id: u32) -> Self {
        Self {
            states: vec![NOTHING; next_id as usize],
            places: Vec::new(),
        }
    }

    /// A position answers a call; where it stands is not known.
    pub fn insert(&mut self, id: u32) {
        let state = &mut self.states[id as usize];
        if *state < FIRST_PLACE {
            *state = FIRST_PLACE + self.places.len() as u32;
            // One that has gone from its ladder has no key, and is found nowhere.
            self.places.push((0, f64::NAN));
        }
    }

    /// Tier and key of a position that answers a call; none of another one.
    pub fn place(&self, id: u32) -> Option<(usize, f64)> {
        let number = self.states[id as usize].checked_sub(FIRST_PLACE)?;
        Some(self.places[number as usize])
    }

    fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    fn replace(&mut self, ids: &[u32], before: u32, after: u32) {
        for id in ids {
            let state = &mut self.states[*id as usize];
            if *state == before {
                *state = after;
            }
        }
    }

    fn of(&mut self, id: u32) -> Doing<'_> {
        match self.states[id as usize] {
            NOTHING => Doing::Nothing,
            WAITING => Doing::Waiting,
            number => Doing::Answering(&mut self.places[(number - FIRST_PLACE) as usize]),
        }
    }
}
