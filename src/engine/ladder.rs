//! A priority queue for positions that wait for one threshold: the *ladder* of liquidation keys.
//!
//! Items are spread over buckets by key; only the bucket at the front is kept sorted. Pushing costs O(1), taking what a
//! moved threshold reaches costs O(taken) amortised, and looking whether anything is reached costs O(1), whatever the
//! number of items. Per-bucket weights answer "how much lies between these two keys" without touching an item.

/// What a ladder holds.
pub trait Item: Copy {
    /// The weight that [`Ladder::weight_between`] adds up, for example the quantity of a position.
    fn weight(&self) -> f64;
}

#[derive(Clone, Copy, Debug)]
struct Rung<T> {
    key: f64,
    item: T,
}

/// Buckets that one word of the occupancy map, and one block weight, covers.
const BLOCK: usize = 64;

/// Items ordered by key, lowest first.
#[derive(Clone, Debug)]
pub struct Ladder<T> {
    origin: f64,
    buckets_per_key: f64,
    buckets: Vec<Vec<Rung<T>>>,
    occupied: Vec<u64>,
    weights: Vec<f64>,
    block_weights: Vec<f64>,
    /// The bucket `front_bucket`, taken out and sorted so that the lowest key is last.
    front: Vec<Rung<T>>,
    front_bucket: usize,
    /// No bucket below this one is occupied.
    lowest: usize,
    len: usize,
}

impl<T: Item> Ladder<T> {
    /// An empty ladder whose buckets spread over the keys from `low` to `high`; keys outside are held in the end buckets.
    /// `expected` is the number of items to lay it out for.
    pub fn new(low: f64, high: f64, expected: usize) -> Self {
        let buckets = (expected / 4).next_power_of_two().clamp(1 << 13, 1 << 17);
        Self {
            origin: low,
            buckets_per_key: buckets as f64 / (high - low),
            buckets: vec![Vec::new(); buckets],
            occupied: vec![0; buckets / BLOCK],
            weights: vec![0.0; buckets],
            block_weights: vec![0.0; buckets / BLOCK],
            front: Vec::new(),
            front_bucket: 0,
            lowest: buckets,
            len: 0,
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

    #[inline]
    fn bucket_of(&self, key: f64) -> usize {
        // A negative difference saturates to bucket 0.
        (((key - self.origin) * self.buckets_per_key) as usize).min(self.buckets.len() - 1)
    }

    /// Adds an item.
    #[inline]
    pub fn push(&mut self, key: f64, item: T) {
        let bucket = self.bucket_of(key);
        let weight = item.weight();
        self.weights[bucket] += weight;
        self.block_weights[bucket / BLOCK] += weight;
        self.len += 1;
        if bucket == self.front_bucket && !self.front.is_empty() {
            let at = self.front.partition_point(|rung| rung.key > key);
            self.front.insert(at, Rung { key, item });
            return;
        }
        self.buckets[bucket].push(Rung { key, item });
        self.occupied[bucket / BLOCK] |= 1 << (bucket % BLOCK);
        self.lowest = self.lowest.min(bucket);
        let at_end = bucket == 0 || bucket + 1 == self.buckets.len();
        if at_end && self.buckets[bucket].len() > 1024 + self.len / 16 {
            self.widen(bucket == 0);
        }
    }

    /// The lowest key.
    #[inline]
    pub fn peek(&mut self) -> Option<f64> {
        self.bring_front()
            .then(|| self.front.last().map(|rung| rung.key))
            .flatten()
    }

    /// Takes the item of the lowest key if that key has been reached: `key ≤ threshold`.
    #[inline]
    pub fn pop_reached(&mut self, threshold: f64) -> Option<(f64, T)> {
        if !self.bring_front() {
            return None;
        }
        let rung = *self.front.last()?;
        if rung.key > threshold {
            return None;
        }
        self.front.pop();
        self.forget(self.front_bucket, rung.item.weight());
        Some((rung.key, rung.item))
    }

    /// Takes every item out, in no particular order.
    pub fn drain(&mut self) -> Vec<T> {
        let items = self.iter().map(|(_, item)| *item).collect();
        self.clear();
        items
    }

    /// Takes out the item with this exact key that `is_it` recognises.
    pub fn remove(&mut self, key: f64, is_it: impl Fn(&T) -> bool) -> Option<T> {
        let bucket = self.bucket_of(key);
        let wanted = |rung: &Rung<T>| rung.key == key && is_it(&rung.item);
        let item = if let Some(at) = self.front.iter().position(wanted) {
            self.front.remove(at).item
        } else {
            let at = self.buckets[bucket].iter().position(wanted)?;
            let rung = self.buckets[bucket].swap_remove(at);
            if self.buckets[bucket].is_empty() {
                self.occupied[bucket / BLOCK] &= !(1 << (bucket % BLOCK));
            }
            rung.item
        };
        self.forget(bucket, item.weight());
        Some(item)
    }

    /// Every key and item, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (f64, &T)> {
        self.front
            .iter()
            .chain(self.buckets.iter().flatten())
            .map(|rung| (rung.key, &rung.item))
    }

    /// Takes every item out.
    pub fn clear(&mut self) {
        for bucket in &mut self.buckets {
            bucket.clear();
        }
        self.front.clear();
        self.occupied.fill(0);
        self.weights.fill(0.0);
        self.block_weights.fill(0.0);
        self.lowest = self.buckets.len();
        self.len = 0;
    }

    /// Weight of the items with keys between `low` and `high`, to the resolution of a bucket, inside which items count as
    /// evenly spread.
    pub fn weight_between(&self, low: f64, high: f64) -> f64 {
        let last = self.buckets.len() as f64;
        let place = |key: f64| ((key - self.origin) * self.buckets_per_key).clamp(0.0, last);
        let (from, to) = (place(low), place(high));
        if from >= to {
            return 0.0;
        }
        let (first, end) = (from as usize, (to as usize).min(self.buckets.len() - 1));
        if first == end {
            return self.weights[first] * (to - from);
        }
        let mut sum = self.weights[first] * (1.0 - (from - first as f64)) + self.weights[end] * (to - end as f64);
        let mut bucket = first + 1;
        while bucket < end {
            if bucket.is_multiple_of(BLOCK) && bucket + BLOCK <= end {
                sum += self.block_weights[bucket / BLOCK];
                bucket += BLOCK;
            } else {
                sum += self.weights[bucket];
                bucket += 1;
            }
        }
        sum
    }

    /// Calls `visit(middle key, weight)` for every occupied bucket that overlaps the keys from `low` to `high`.
    pub fn visit_weights(&self, low: f64, high: f64, mut visit: impl FnMut(f64, f64)) {
        let (first, end) = (self.bucket_of(low), self.bucket_of(high));
        for block in first / BLOCK..=end / BLOCK {
            if self.block_weights[block] == 0.0 {
                continue;
            }
            for bucket in (block * BLOCK).max(first)..=(block * BLOCK + BLOCK - 1).min(end) {
                let weight = self.weights[bucket];
                if weight > 0.0 {
                    visit(self.origin + (bucket as f64 + 0.5) / self.buckets_per_key, weight);
                }
            }
        }
    }

    /// Takes an item's weight out of the sums; an emptied bucket weighs exactly nothing, whatever was rounded before.
    #[inline]
    fn forget(&mut self, bucket: usize, weight: f64) {
        self.len -= 1;
        let block = bucket / BLOCK;
        let is_front = bucket == self.front_bucket;
        let emptied = self.buckets[bucket].is_empty() && !(is_front && !self.front.is_empty());
        if emptied {
            self.block_weights[block] -= self.weights[bucket];
            self.weights[bucket] = 0.0;
            if self.occupied[block] == 0 && (self.front.is_empty() || self.front_bucket / BLOCK != block) {
                self.block_weights[block] = 0.0;
            }
        } else {
            self.weights[bucket] -= weight;
            self.block_weights[block] -= weight;
        }
    }

    /// Makes `front` hold the lowest occupied bucket; false if the ladder is empty.
    #[inline]
    fn bring_front(&mut self) -> bool {
        if !self.front.is_empty() && self.lowest >= self.front_bucket {
            return true;
        }
        self.refill()
    }

    #[inline(never)]
    fn refill(&mut self) -> bool {
        if !self.front.is_empty() {
            // A lower bucket has been filled since: put the rest of the front back.
            let bucket = self.front_bucket;
            self.buckets[bucket].append(&mut self.front);
            self.occupied[bucket / BLOCK] |= 1 << (bucket % BLOCK);
        }
        let Some(bucket) = self.first_occupied() else {
            self.lowest = self.buckets.len();
            return false;
        };
        self.lowest = bucket;
        self.front_bucket = bucket;
        std::mem::swap(&mut self.front, &mut self.buckets[bucket]);
        self.occupied[bucket / BLOCK] &= !(1 << (bucket % BLOCK));
        self.front.sort_unstable_by(|a, b| b.key.total_cmp(&a.key));
        true
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

    /// Spreads the buckets over four times the range, once keys have run off one of its ends.
    #[cold]
    fn widen(&mut self, downwards: bool) {
        let rungs: Vec<Rung<T>> = self
            .front
            .drain(..)
            .chain(self.buckets.iter_mut().flat_map(std::mem::take))
            .collect();
        let span = self.buckets.len() as f64 / self.buckets_per_key;
        self.buckets_per_key /= 4.0;
        if downwards {
            self.origin -= 3.0 * span;
        }
        self.clear();
        for rung in rungs {
            self.push(rung.key, rung.item);
        }
    }
}
