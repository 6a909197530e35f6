//! The ladder against a list that is searched from end to end.

use proptest::prelude::*;

use super::chunks::LONG;
use super::*;

/// With these bounds buckets are 1/4 wide and keys that are multiples of 1/64 fall into them without rounding.
const LOW: f64 = -1024.0;
const HIGH: f64 = 1024.0;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Entry {
    id: u32,
    weight: f64,
}

impl Item for Entry {
    fn number(&self) -> u32 {
        self.id
    }

    fn weight(&self) -> f64 {
        self.weight
    }
}

#[derive(Clone, Debug)]
enum Act {
    Push(f64),
    /// So many items in one bucket, at up to four keys.
    Bucket(f64, usize),
    /// Everything reached, or the first few.
    Pop(f64, usize),
    Peek,
    /// The item at this place in the list, if there are so many.
    Remove(usize),
    Drain,
    /// Every item whose number leaves this rest when divided by 5, or all others.
    TakeWhere(u32, bool),
    Clear,
    /// Every third item gets another weight.
    Update,
    /// Every key moves by so much, every third one to the other side of it.
    Rekey(f64),
    GoOnWithClone,
}

/// Ladder and list side by side.
struct Pair {
    ladder: Ladder<Entry>,
    list: Vec<(f64, Entry)>,
    pushed: u32,
}

impl Pair {
    fn new() -> Self {
        Self {
            ladder: Ladder::new(LOW, HIGH, 100),
            list: Vec::new(),
            pushed: 0,
        }
    }

    fn push(&mut self, key: f64) {
        let weight = 0.1 + f64::from(self.pushed.wrapping_mul(2_654_435_761) >> 16) / 1000.0;
        let entry = Entry {
            id: self.pushed,
            weight,
        };
        self.pushed += 1;
        self.ladder.push(key, entry);
        self.list.push((key, entry));
    }

    /// Pops what is reached, `most` at most, and checks that it is what the list has to give, in the order of keys and numbers.
    fn pop(&mut self, threshold: f64, most: usize) {
        let popped: Vec<(f64, Entry)> = std::iter::from_fn(|| self.ladder.pop_reached(threshold))
            .take(most)
            .collect();
        let mut reached: Vec<(f64, Entry)> = self.list.iter().copied().filter(|(key, _)| *key <= threshold).collect();
        reached.sort_by(|(a, x), (b, y)| a.total_cmp(b).then(x.id.cmp(&y.id)));
        reached.truncate(most);
        assert_eq!(popped, reached, "threshold {threshold}");
        let ids: std::collections::BTreeSet<u32> = popped.iter().map(|(_, entry)| entry.id).collect();
        self.list.retain(|(_, entry)| !ids.contains(&entry.id));
    }

    fn remove(&mut self, place: usize) {
        if place < self.list.len() {
            let (key, entry) = self.list.swap_remove(place);
            assert_eq!(self.ladder.find(key, entry.id), Some(&entry));
            assert_eq!(self.ladder.find(key + 0.001, entry.id), None);
            assert_eq!(self.ladder.remove(key + 0.001, entry.id), None);
            assert_eq!(self.ladder.remove(key, entry.id), Some(entry));
            assert_eq!(self.ladder.remove(key, entry.id), None);
            assert_eq!(self.ladder.find(key, entry.id), None);
        }
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Push(key) => self.push(key),
            Act::Bucket(key, count) => (0..count).for_each(|at| self.push(key + (at * 7 % 4) as f64 / 64.0)),
            Act::Pop(threshold, most) => self.pop(threshold, most),
            Act::Peek => {
                let lowest = self.list.iter().map(|(key, _)| *key).min_by(f64::total_cmp);
                assert_eq!(self.ladder.peek(), lowest);
            }
            Act::Remove(place) => self.remove(place),
            Act::Drain => {
                let mut drained = self.ladder.drain();
                drained.sort_by_key(|entry| entry.id);
                let mut listed: Vec<Entry> = self.list.drain(..).map(|(_, entry)| entry).collect();
                listed.sort_by_key(|entry| entry.id);
                assert_eq!(drained, listed);
            }
            Act::TakeWhere(rest, these) => {
                let wanted = |entry: &Entry| (entry.id % 5 == rest) == these;
                let mut taken = self.ladder.take_where(wanted);
                taken.sort_by_key(|(_, entry)| entry.id);
                let (mut goes, stays): (Vec<_>, Vec<_>) = self.list.drain(..).partition(|(_, entry)| wanted(entry));
                goes.sort_by_key(|(_, entry)| entry.id);
                assert_eq!(taken, goes);
                self.list = stays;
            }
            Act::Clear => {
                self.ladder.clear();
                self.list.clear();
            }
            Act::Update => {
                let change = |entry: &mut Entry| {
                    if entry.id.is_multiple_of(3) {
                        entry.weight *= 0.75;
                    }
                };
                self.ladder.update(|_, entry| change(entry));
                self.list.iter_mut().for_each(|(_, entry)| change(entry));
            }
            Act::Rekey(by) => {
                let moved = |key: f64, entry: &Entry| if entry.id.is_multiple_of(3) { key - by } else { key + by };
                self.ladder.rekey(|key, entry| moved(key, entry));
                self.list.iter_mut().for_each(|(key, entry)| *key = moved(*key, entry));
            }
            Act::GoOnWithClone => self.ladder = self.ladder.clone(),
        }
    }

    fn check(&self, bounds: (f64, f64)) {
        let (ladder, list) = (&self.ladder, &self.list);
        assert_eq!(ladder.len(), list.len());
        assert_eq!(ladder.is_empty(), list.is_empty());
        assert_eq!(ladder.iter().count(), list.len());
        let sum = |low: f64, high: f64| -> f64 {
            let inside = list.iter().filter(|(key, _)| (low..high).contains(key));
            inside.map(|(_, entry)| entry.weight).sum()
        };
        let total = sum(f64::NEG_INFINITY, f64::INFINITY);
        let close = |found: f64, wanted: f64| {
            assert!(
                (found - wanted).abs() <= 1e-9 * (1.0 + total),
                "{found} instead of {wanted}"
            );
        };
        close(ladder.weight_between(f64::NEG_INFINITY, f64::INFINITY), total);
        let mut visited = 0.0;
        ladder.visit_weights(f64::NEG_INFINITY, f64::INFINITY, |_, weight| visited += weight);
        close(visited, total);
        // Whole buckets between the end buckets, which also hold what lies outside.
        let width = 1.0 / ladder.buckets_per_key;
        let aligned = |share: f64| ladder.origin + width * (1.0 + (share * (ladder.bucket_count - 2) as f64).floor());
        let (low, high) = (aligned(bounds.0.min(bounds.1)), aligned(bounds.0.max(bounds.1)));
        close(ladder.weight_between(low, high), sum(low, high));
        // To the item, wherever the threshold divides a bucket.
        let threshold = low + 0.37 * width;
        let reached = list.iter().filter(|(key, _)| *key <= threshold);
        close(
            ladder.weight_reached(threshold),
            reached.map(|(_, entry)| entry.weight).sum(),
        );
        if list.is_empty() {
            assert!(ladder.buckets.iter().all(|bucket| bucket.weight == 0.0));
            assert!(ladder.block_weights.iter().all(|weight| *weight == 0.0));
        }
    }
}

fn keys() -> impl Strategy<Value = f64> {
    let sixty_fourths = |range: std::ops::Range<i32>| range.prop_map(|at| f64::from(at) / 64.0);
    prop_oneof![
        6 => sixty_fourths(-70_000..70_000),
        3 => sixty_fourths(-64..64),
        1 => sixty_fourths(-100_000_000..100_000_000),
    ]
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => keys().prop_map(Act::Push),
        2 => (keys(), 1_usize..2_500).prop_map(|(key, count)| Act::Bucket(key, count)),
        4 => (keys(), prop_oneof![Just(usize::MAX), 1_usize..400]).prop_map(|(key, most)| Act::Pop(key, most)),
        4 => Just(Act::Peek),
        4 => (0_usize..3_000).prop_map(Act::Remove),
        1 => (0_u32..5, any::<bool>()).prop_map(|(rest, these)| Act::TakeWhere(rest, these)),
        1 => Just(Act::GoOnWithClone),
        1 => Just(Act::Update),
        1 => (-64..64_i32).prop_map(|at| Act::Rekey(f64::from(at) / 64.0)),
        1 => prop_oneof![Just(Act::Drain), Just(Act::Clear)],
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// How crowded a bucket may be before it is divided, and how far from the lowest key an item is sorted in at once, decide
    /// how fast a ladder is and nothing else.
    #[test]
    fn t26_a_list_searched_from_end_to_end_agrees(
        acts in prop::collection::vec((acts(), (0.0..1.0_f64, 0.0..1.0_f64)), 1..80),
        near in prop_oneof![4 => Just(NEAR), 1 => Just(0), 1 => 1_usize..1_000],
        long in prop_oneof![4 => Just(LONG), 1 => 1_usize..40],
    ) {
        let mut pair = Pair::new();
        pair.ladder.near = near;
        pair.ladder.rungs.chunks.long = long;
        for (act, bounds) in &acts {
            pair.act(act);
            pair.check(*bounds);
        }
        pair.pop(f64::INFINITY, usize::MAX);
        pair.check((0.0, 1.0));
        prop_assert!(pair.ladder.is_empty());
    }
}

#[test]
fn an_empty_ladder_is_quiet() {
    let mut ladder: Ladder<Entry> = Ladder::new(LOW, HIGH, 1_000_000);
    assert_eq!(ladder.peek(), None);
    assert!(ladder.pop_reached(f64::INFINITY).is_none());
    assert_eq!(ladder.remove(0.0, 0), None);
    assert_eq!(ladder.weight_between(LOW, HIGH), 0.0);
    ladder.visit_weights(LOW, HIGH, |_, _| panic!("nothing to visit"));
    assert!(ladder.drain().is_empty());
}

#[test]
fn a_large_front_is_joined_late_by_what_belongs_far_back_in_it() {
    let mut pair = Pair::new();
    (0..4 * NEAR).for_each(|at| pair.push((at % 8) as f64 / 64.0));
    pair.act(&Act::Peek);
    let in_front = pair.ladder.front.len();
    pair.push(7.5 / 64.0);
    assert_eq!(
        pair.ladder.front.len(),
        in_front,
        "too far back to be sorted in at once"
    );
    pair.push(0.0);
    assert_eq!(pair.ladder.front.len(), in_front + 1, "near enough");
    pair.check((0.0, 1.0));
    pair.pop(7.25 / 64.0, usize::MAX);
    pair.pop(f64::INFINITY, usize::MAX);
    pair.check((0.0, 1.0));
}

#[test]
fn a_higher_bucket_never_joins_a_front_whose_late_comers_are_gone() {
    let mut pair = Pair::new();
    (0..2 * NEAR).for_each(|_| pair.push(0.0));
    pair.push(0.1875);
    pair.act(&Act::Peek);
    pair.push(50.0);
    pair.push(0.125);
    pair.remove(pair.list.len() - 1);
    pair.pop(0.0, usize::MAX);
    // Now the front's lowest key is above that of the item that was removed.
    pair.act(&Act::Peek);
    pair.check((0.0, 1.0));
    pair.pop(20.0, usize::MAX);
    assert_eq!(pair.ladder.weight_between(-1.0, 1.0), 0.0);
    pair.check((0.0, 1.0));
    pair.pop(60.0, usize::MAX);
    pair.check((0.0, 1.0));
}

#[test]
fn keys_beyond_an_end_widen_the_range_there() {
    for sign in [-1.0, 1.0] {
        let mut pair = Pair::new();
        (0..5_000).for_each(|at| pair.push(sign * (1100.0 + f64::from(at) / 2.0)));
        let span = pair.ladder.bucket_count as f64 / pair.ladder.buckets_per_key;
        assert!(span >= 4.0 * (HIGH - LOW), "span {span}");
        assert_eq!(pair.ladder.origin < LOW, sign < 0.0);
        pair.check((0.1, 0.9));
        pair.pop(f64::INFINITY, usize::MAX);
        pair.check((0.0, 1.0));
    }
}

#[test]
fn keys_without_bound_do_not_widen_the_range_for_ever() {
    let mut ladder = Ladder::new(LOW, HIGH, 100);
    for id in 0..20_000 {
        let key = if id % 2 == 0 {
            f64::INFINITY
        } else {
            f64::from(id) / 64.0
        };
        ladder.push(key, Entry { id, weight: 1.0 });
    }
    assert!(ladder.buckets_per_key > 0.0);
    assert_eq!(std::iter::from_fn(|| ladder.pop_reached(1e9)).count(), 10_000);
    assert_eq!(ladder.len(), 10_000);
    assert_eq!(ladder.peek(), Some(f64::INFINITY));
}

/// Crowded and divided buckets, items far back in the front, and a ladder that was filled at once: of equal keys the lowest number
/// comes first, and the weights are the same to the last digit.
#[test]
fn equal_keys_come_out_in_the_order_of_their_numbers_whatever_the_storage() {
    let run = |near: usize, long: usize| {
        let mut pair = Pair::new();
        pair.ladder.near = near;
        pair.ladder.rungs.chunks.long = long;
        (0..3_000).for_each(|at| pair.push(f64::from(at % 5) / 64.0));
        pair.pop(0.0, 7);
        (0..2_000).for_each(|at| pair.push(f64::from(at % 7) / 64.0));
        pair.act(&Act::Rekey(1.0 / 64.0));
        pair.check((0.0, 1.0));
        let weights: Vec<f64> = pair.ladder.buckets.iter().map(|bucket| bucket.weight).collect();
        let blocks = pair.ladder.block_weights.clone();
        pair.pop(f64::INFINITY, usize::MAX);
        (weights, blocks)
    };
    let usual = run(NEAR, LONG);
    for (near, long) in [(0, LONG), (usize::MAX, LONG), (NEAR, 1), (NEAR, 3), (17, 1_000)] {
        assert!(run(near, long) == usual, "near {near}, long {long}");
    }
}
