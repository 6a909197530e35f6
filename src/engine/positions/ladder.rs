//! A priority queue for positions that wait for one threshold: the *ladder* of liquidation keys.
//!
//! Items are spread over buckets by key; only the bucket at the front is kept sorted. Pushing costs O(1), taking what a
//! moved threshold reaches costs O(taken) amortised, and looking whether anything is reached costs O(1), whatever the
//! number of items. Per-bucket weights answer "how much lies between these two keys" without touching an item.

#![expect(
    clippy::inline_always,
    reason = "measured, half the time of a push: an item that has just been made goes from registers to its place; by way of \
              the stack it is read back in wider pieces than it was written in, and that waits for every earlier write"
)]

mod buckets;
mod chunks;
#[cfg(test)]
mod tests;
mod whole;

use std::cmp::Ordering;

use buckets::{Buckets, Numbered};
use chunks::ChunkList;

/// What a ladder holds.
pub trait Item: Copy {
    /// Of items with equal keys the one with the lowest number comes first. No two items have the same.
    fn number(&self) -> u32;

    /// The weight that [`Ladder::weight_between`] adds up, for example the quantity of a position.
    fn weight(&self) -> f64;
}

#[derive(Clone, Copy, Debug)]
struct Rung<T> {
    key: f64,
    item: T,
}

impl<T: Item> Rung<T> {
    /// The order in the front: the lowest key last, and of equal keys the lowest number.
    #[inline]
    fn by_descending_key(&self, other: &Self) -> Ordering {
        let by_key = other.key.total_cmp(&self.key);
        by_key.then_with(|| other.item.number().cmp(&self.item.number()))
    }
}

impl<T: Item> Numbered for Rung<T> {
    #[inline]
    fn number(&self) -> u32 {
        self.item.number()
    }
}

/// The items in one interval of keys; if it is the front's, those that do not stand in the front.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    rungs: ChunkList,
    /// Of all items in the interval, those in the front included.
    weight: f64,
}

const EMPTY: Bucket = Bucket {
    rungs: ChunkList::EMPTY,
    weight: 0.0,
};

/// Buckets that one word of the occupancy map, and one block weight, covers.
const BLOCK: usize = 64;

/// An item is sorted into the front at once only if no more than this many must make room.
const NEAR: usize = 256;

/// How often a ladder may quadruple its range; what is further off is held, slower, in the end buckets.
const WIDENINGS: u32 = 10;

/// Items ordered by key, lowest first.
#[derive(Clone, Debug)]
pub struct Ladder<T> {
    origin: f64,
    buckets_per_key: f64,
    bucket_count: usize,
    /// None before the first item.
    buckets: Vec<Bucket>,
    rungs: Buckets<Rung<T>>,
    occupied: Vec<u64>,
    block_weights: Vec<f64>,
    /// Items of the bucket `front_bucket`, sorted so that the lowest key is last.
    front: Vec<Rung<T>>,
    front_bucket: usize,
    /// While there is a front: no item outside it has a lower key. One with an equal key may have a lower number.
    limit: f64,
    /// No bucket below this one is occupied.
    lowest: usize,
    len: usize,
    /// Items pushed to the end buckets since these were last looked at.
    at_ends: usize,
    widenings: u32,
    /// [`NEAR`].
    near: usize,
}

impl<T: Item> Ladder<T> {
    /// An empty ladder whose buckets spread over the keys from `low` to `high`; keys outside are held in the end buckets.
    /// `expected` is the number of items to lay it out for.
    pub fn new(low: f64, high: f64, expected: usize) -> Self {
        Self::with_buckets(low, high, (expected / 8).next_power_of_two().clamp(1 << 13, 1 << 17))
    }

    /// The same for items that are only taken in order: its few buckets know weights coarsely.
    pub fn coarse(low: f64, high: f64, expected: usize) -> Self {
        Self::with_buckets(low, high, (expected / 32).next_power_of_two().clamp(1 << 8, 1 << 15))
    }

    fn with_buckets(low: f64, high: f64, bucket_count: usize) -> Self {
        Self {
            origin: low,
            buckets_per_key: bucket_count as f64 / (high - low),
            bucket_count,
            buckets: Vec::new(),
            rungs: Buckets::new(),
            occupied: Vec::new(),
            block_weights: Vec::new(),
            front: Vec::new(),
            front_bucket: 0,
            limit: f64::INFINITY,
            lowest: bucket_count,
            len: 0,
            at_ends: 0,
            widenings: 0,
            near: NEAR,
        }
    }

    /// Number of items.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no item.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Memory of a clone, in bytes.
    pub fn bytes(&self) -> usize {
        let front = self.front.len() * size_of::<Rung<T>>();
        let words = (self.occupied.len() + self.block_weights.len()) * size_of::<u64>();
        front + words + self.buckets.len() * size_of::<Bucket>() + self.rungs.bytes()
    }

    #[inline]
    fn bucket_of(&self, key: f64) -> usize {
        // A negative difference saturates to bucket 0.
        (((key - self.origin) * self.buckets_per_key) as usize).min(self.bucket_count - 1)
    }

    /// Puts an item behind the front.
    #[inline(always)]
    fn put(&mut self, index: usize, rung: Rung<T>) {
        self.rungs.push(&mut self.buckets[index].rungs, rung);
    }

    /// Adds an item.
    #[inline(always)]
    pub fn push(&mut self, key: f64, item: T) {
        if self.buckets.is_empty() {
            self.lay_out();
        }
        let index = self.bucket_of(key);
        let weight = item.weight();
        self.buckets[index].weight += weight;
        self.block_weights[index / BLOCK] += weight;
        self.len += 1;
        let rung = Rung { key, item };
        if index == self.front_bucket && !self.front.is_empty() && self.insert_in_front(rung) {
            return;
        }
        self.put(index, rung);
        self.occupied[index / BLOCK] |= 1 << (index % BLOCK);
        self.lowest = self.lowest.min(index);
        self.limit = self.limit.min(key);
        if index == 0 || index + 1 == self.bucket_count {
            self.look_at_end(index);
        }
    }

    /// Sorts an item into the front, unless too many would have to make room.
    fn insert_in_front(&mut self, rung: Rung<T>) -> bool {
        let before = |other: &Rung<T>| other.by_descending_key(&rung).is_lt();
        let at = self.front.partition_point(before);
        let near = self.front.len() - at <= self.near;
        if near {
            self.front.insert(at, rung);
        }
        near
    }

    /// The lowest key.
    #[inline]
    pub fn peek(&mut self) -> Option<f64> {
        self.bring_front();
        self.front.last().map(|rung| rung.key)
    }

    /// Takes the item of the lowest key if that key has been reached: `key ≤ threshold`.
    #[inline]
    pub fn pop_reached(&mut self, threshold: f64) -> Option<(f64, T)> {
        self.bring_front();
        let rung = *self.front.last()?;
        if rung.key > threshold {
            return None;
        }
        self.front.pop();
        self.forget(self.front_bucket, rung.item.weight());
        Some((rung.key, rung.item))
    }

    /// The item with this exact key and number.
    pub fn find(&mut self, key: f64, number: u32) -> Option<&T> {
        let index = self.bucket_of(key);
        if let Some(at) = self.place_in_front(index, key, number) {
            return Some(&self.front[at].item);
        }
        let list = &mut self.buckets.get_mut(index)?.rungs;
        let found = self.rungs.find(list, number, |rung| rung.key == key)?;
        Some(&found.item)
    }

    /// Place in the front of the item with this key, of bucket `index`, and number.
    fn place_in_front(&self, index: usize, key: f64, number: u32) -> Option<usize> {
        if index != self.front_bucket {
            return None;
        }
        let before = |rung: &Rung<T>| {
            let by_key = rung.key.total_cmp(&key);
            by_key.then_with(|| rung.number().cmp(&number)).is_gt()
        };
        let at = self.front.partition_point(before);
        let rung = self.front.get(at)?;
        (rung.key == key && rung.number() == number).then_some(at)
    }

    /// Takes out the item with this exact key and number.
    pub fn remove(&mut self, key: f64, number: u32) -> Option<T> {
        let index = self.bucket_of(key);
        let item = if let Some(at) = self.place_in_front(index, key, number) {
            self.front.remove(at).item
        } else {
            let list = &mut self.buckets.get_mut(index)?.rungs;
            let rung = self.rungs.remove(list, number, |rung| rung.key == key)?;
            if list.is_empty() {
                self.occupied[index / BLOCK] &= !(1 << (index % BLOCK));
            }
            rung.item
        };
        self.forget(index, item.weight());
        Some(item)
    }

    /// Takes every item out.
    pub fn clear(&mut self) {
        self.buckets.fill(EMPTY);
        self.rungs.clear();
        self.occupied.fill(0);
        self.block_weights.fill(0.0);
        self.front.clear();
        self.lowest = self.bucket_count;
        self.len = 0;
        self.at_ends = 0;
    }

    /// Weight of the items with keys between `low` and `high`, to the resolution of a bucket, inside which items count as
    /// evenly spread.
    pub fn weight_between(&self, low: f64, high: f64) -> f64 {
        let last = self.buckets.len() as f64;
        let place = |key: f64| ((key - self.origin) * self.buckets_per_key).clamp(0.0, last);
        let lowest = if self.front.is_empty() {
            self.lowest
        } else {
            self.lowest.min(self.front_bucket)
        };
        let (from, to) = (place(low).max(lowest as f64), place(high));
        if from.is_nan() || to.is_nan() || from >= to {
            return 0.0;
        }
        let (first, end) = (from as usize, (to as usize).min(self.buckets.len() - 1));
        if first == end {
            return self.buckets[first].weight * (to - from);
        }
        let mut sum =
            self.buckets[first].weight * (1.0 - (from - first as f64)) + self.buckets[end].weight * (to - end as f64);
        let mut index = first + 1;
        while index < end {
            if index.is_multiple_of(BLOCK) && index + BLOCK <= end {
                sum += self.block_weights[index / BLOCK];
                index += BLOCK;
            } else {
                sum += self.buckets[index].weight;
                index += 1;
            }
        }
        sum
    }

    /// Weight of the items that a threshold has reached: `key ≤ threshold`, item by item where the threshold divides a bucket.
    /// Costs nothing where none is.
    pub fn weight_reached(&self, threshold: f64) -> f64 {
        let front = self.front.last().map_or(f64::INFINITY, |rung| rung.key);
        if self.is_empty() || !self.front.is_empty() && front.min(self.limit) > threshold {
            return 0.0;
        }
        let reached = |rung: &&Rung<T>| rung.key <= threshold;
        let last = self.bucket_of(threshold);
        let first = self
            .lowest
            .min(if self.front.is_empty() { last } else { self.front_bucket });
        let whole: f64 = self.buckets[first.min(last)..last]
            .iter()
            .map(|bucket| bucket.weight)
            .sum();
        let in_front = self.front.iter().filter(|_| self.front_bucket == last);
        let divided = in_front
            .chain(self.rungs.iter(self.buckets[last].rungs))
            .filter(reached);
        // Sums of buckets that were emptied in part may round below nothing.
        (whole + divided.map(|rung| rung.item.weight()).sum::<f64>()).max(0.0)
    }

    /// Calls `visit(middle key, weight)` for every occupied bucket that overlaps the keys from `low` to `high`.
    pub fn visit_weights(&self, low: f64, high: f64, mut visit: impl FnMut(f64, f64)) {
        if self.is_empty() {
            return;
        }
        let (first, end) = (self.bucket_of(low), self.bucket_of(high));
        for block in first / BLOCK..=end / BLOCK {
            let mut word = self.occupied_with_front(block);
            if block == first / BLOCK {
                word &= !0 << (first % BLOCK);
            }
            if block == end / BLOCK {
                word &= !0 >> (BLOCK - 1 - end % BLOCK);
            }
            while word != 0 {
                let index = block * BLOCK + word.trailing_zeros() as usize;
                word &= word - 1;
                let weight = self.buckets[index].weight;
                if weight > 0.0 {
                    visit(self.origin + (index as f64 + 0.5) / self.buckets_per_key, weight);
                }
            }
        }
    }

    /// The occupied buckets of a block, the front's among them.
    #[inline]
    fn occupied_with_front(&self, block: usize) -> u64 {
        let front = !self.front.is_empty() && self.front_bucket / BLOCK == block;
        self.occupied[block] | u64::from(front) << (self.front_bucket % BLOCK)
    }

    /// Makes the buckets: a ladder that never holds anything takes no memory.
    #[cold]
    fn lay_out(&mut self) {
        self.buckets = vec![EMPTY; self.bucket_count];
        self.occupied = vec![0; self.bucket_count / BLOCK];
        self.block_weights = vec![0.0; self.bucket_count / BLOCK];
    }

    /// Takes an item's weight out of the sums; an emptied bucket weighs exactly nothing, whatever was rounded before.
    #[inline]
    fn forget(&mut self, index: usize, weight: f64) {
        self.len -= 1;
        let block = index / BLOCK;
        let bucket = &mut self.buckets[index];
        if bucket.rungs.is_empty() && (index != self.front_bucket || self.front.is_empty()) {
            self.block_weights[block] -= bucket.weight;
            bucket.weight = 0.0;
            if self.occupied_with_front(block) == 0 {
                self.block_weights[block] = 0.0;
            }
        } else {
            bucket.weight -= weight;
            self.block_weights[block] -= weight;
        }
    }

    /// Makes the front hold the item with the lowest key, if there is any.
    #[inline]
    fn bring_front(&mut self) {
        if self.front.last().is_none_or(|rung| rung.key >= self.limit) {
            self.refill();
        }
    }

    #[inline(never)]
    fn refill(&mut self) {
        if self.lowest < self.front_bucket && !self.front.is_empty() {
            // A lower bucket has been filled since: put the rest of the front back.
            let index = self.front_bucket;
            let mut front = std::mem::take(&mut self.front);
            for rung in front.drain(..) {
                self.put(index, rung);
            }
            self.front = front;
            self.occupied[index / BLOCK] |= 1 << (index % BLOCK);
        }
        self.limit = f64::INFINITY;
        let found = self.first_occupied();
        self.lowest = found.unwrap_or(self.bucket_count);
        // The front is empty now, or it keeps its place and is joined by those that were pushed too far back in it.
        if let Some(index) = found.filter(|index| self.front.is_empty() || *index == self.front_bucket) {
            self.front_bucket = index;
            self.rungs.take(&mut self.buckets[index].rungs, &mut self.front);
            self.occupied[index / BLOCK] &= !(1 << (index % BLOCK));
            self.front.sort_unstable_by(Rung::by_descending_key);
        }
    }

    fn first_occupied(&self) -> Option<usize> {
        let mut block = self.lowest / BLOCK;
        let mut word = self.occupied.get(block)? & (!0 << (self.lowest % BLOCK));
        loop {
            if word != 0 {
                return Some(block * BLOCK + word.trailing_zeros() as usize);
            }
            block += 1;
            word = *self.occupied.get(block)?;
        }
    }

    /// Widens the range if many keys have run off this end of it.
    #[cold]
    fn look_at_end(&mut self, index: usize) {
        self.at_ends += 1;
        let many = 1024 + self.len / 16;
        if self.at_ends > many && self.widenings < WIDENINGS {
            self.at_ends = 0;
            if self.rungs.iter(self.buckets[index].rungs).count() > many / 2 {
                self.widen(index == 0);
            }
        }
    }

    /// Spreads the buckets over four times the range.
    fn widen(&mut self, downwards: bool) {
        let rungs: Vec<(f64, T)> = self.iter().map(|(key, item)| (key, *item)).collect();
        let span = self.bucket_count as f64 / self.buckets_per_key;
        self.buckets_per_key /= 4.0;
        if downwards {
            self.origin -= 3.0 * span;
        }
        self.widenings += 1;
        self.clear();
        for (key, item) in rungs {
            self.push(key, item);
        }
    }
}
