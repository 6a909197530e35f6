//! What concerns all items of a ladder at once: bucket by bucket, in the order of memory.

use super::{BLOCK, Item, Ladder, Rung};

/// Beyond so many items in the end buckets the range may have to be widened on the way.
const FEW_AT_ENDS: usize = 1024;

impl<T: Item> Ladder<T> {
    /// Every key and item, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (f64, &T)> {
        let behind = self.buckets.iter().flat_map(|bucket| self.rungs.iter(bucket.rungs));
        self.front.iter().chain(behind).map(|rung| (rung.key, &rung.item))
    }

    /// Calls `visit(key, item)` for every item, in the order of [`Self::iter`].
    #[inline]
    pub fn each(&self, mut visit: impl FnMut(f64, &T)) {
        for rung in &self.front {
            visit(rung.key, &rung.item);
        }
        for (block, occupied) in self.occupied.iter().enumerate() {
            let mut word = *occupied;
            while word != 0 {
                let bucket = &self.buckets[block * BLOCK + word.trailing_zeros() as usize];
                word &= word - 1;
                self.rungs.each(bucket.rungs, |rung| visit(rung.key, &rung.item));
            }
        }
    }

    /// Visits items, bucket by bucket from a bucket on, until at least `budget` have been visited, which is counted down. Returns
    /// the bucket to go on with; none after the last.
    pub fn visit_from(&self, bucket: usize, budget: &mut usize, mut visit: impl FnMut(&T)) -> Option<usize> {
        let in_front = |index: usize| index == self.front_bucket && !self.front.is_empty();
        let mut index = bucket;
        while index < self.buckets.len() {
            let block = index / BLOCK;
            if self.occupied_with_front(block) >> (index % BLOCK) == 0 {
                index = (block + 1) * BLOCK;
                continue;
            }
            if *budget == 0 {
                return Some(index);
            }
            let front: &[Rung<T>] = if in_front(index) { &self.front } else { &[] };
            for rung in front.iter().chain(self.rungs.iter(self.buckets[index].rungs)) {
                visit(&rung.item);
                *budget = budget.saturating_sub(1);
            }
            index += 1;
        }
        None
    }

    /// Takes every item out, in no particular order.
    pub fn drain(&mut self) -> Vec<T> {
        let mut items = Vec::with_capacity(self.len);
        self.each(|_, item| items.push(*item));
        self.clear();
        items
    }

    /// An empty ladder over the same keys.
    #[must_use]
    pub fn empty_copy(&self) -> Self {
        let high = self.origin + self.bucket_count as f64 / self.buckets_per_key;
        Self {
            buckets_per_key: self.buckets_per_key,
            widenings: self.widenings,
            ..Self::with_buckets(self.origin, high, self.bucket_count)
        }
    }

    /// Changes every item where it stands, its weight included; none changes its key.
    pub fn update(&mut self, mut change: impl FnMut(f64, &mut T)) {
        for block in 0..self.occupied.len() {
            let mut word = self.occupied_with_front(block);
            let mut sum = 0.0;
            while word != 0 {
                let index = block * BLOCK + word.trailing_zeros() as usize;
                word &= word - 1;
                let mut weight = 0.0;
                let mut changed = |rung: &mut Rung<T>| {
                    change(rung.key, &mut rung.item);
                    weight += rung.item.weight();
                };
                if index == self.front_bucket {
                    self.front.iter_mut().for_each(&mut changed);
                }
                self.rungs.each_mut(self.buckets[index].rungs, changed);
                self.buckets[index].weight = weight;
                sum += weight;
            }
            self.block_weights[block] = sum;
        }
    }

    /// Gives every item another key, and changes it if need be: `change(key, item)` returns the new key.
    pub fn rekey(&mut self, mut change: impl FnMut(f64, &mut T) -> f64) {
        let mut rungs = Vec::with_capacity(self.len);
        self.each(|key, item| {
            let mut item = *item;
            rungs.push((change(key, &mut item), item));
        });
        self.clear();
        self.extend(&rungs);
    }

    /// Adds many items: as [`Self::push`] does one after the other, but an empty ladder is filled bucket by bucket.
    pub fn extend(&mut self, items: &[(f64, T)]) {
        if !self.is_empty() || items.is_empty() {
            for (key, item) in items {
                self.push(*key, *item);
            }
            return;
        }
        if self.buckets.is_empty() {
            self.lay_out();
        }
        let places: Vec<u32> = items.iter().map(|(key, _)| self.bucket_of(*key) as u32).collect();
        // How many items there are in each bucket, and then where the next of them comes.
        let mut next = vec![0_u32; self.bucket_count + 1];
        for place in &places {
            next[*place as usize + 1] += 1;
        }
        let (at_ends, last) = (next[1] + next[self.bucket_count], self.bucket_count - 1);
        if at_ends as usize > FEW_AT_ENDS {
            for (key, item) in items {
                self.push(*key, *item);
            }
            return;
        }
        self.rungs.reserve(next.iter().map(|count| *count as usize));
        let mut sum = 0;
        for count in &mut next {
            sum += *count;
            *count = sum;
        }
        let mut order = vec![0_u32; items.len()];
        for (number, place) in places.iter().enumerate() {
            let at = &mut next[*place as usize];
            order[*at as usize] = number as u32;
            *at += 1;
        }
        // Weights are added up in the order of the numbers, whatever order the items came in.
        let number_of = |at: &u32| items[*at as usize].1.number();
        for bucket in order.chunk_by_mut(|a, b| places[*a as usize] == places[*b as usize]) {
            bucket.sort_unstable_by_key(number_of);
            let index = places[bucket[0] as usize] as usize;
            for at in bucket {
                let (key, item) = items[*at as usize];
                self.put(index, Rung { key, item });
                self.buckets[index].weight += item.weight();
            }
            self.occupied[index / BLOCK] |= 1 << (index % BLOCK);
            self.block_weights[index / BLOCK] += self.buckets[index].weight;
        }
        self.len = items.len();
        self.at_ends = at_ends as usize;
        self.limit = f64::INFINITY;
        self.lowest = places.iter().copied().min().map_or(last + 1, |lowest| lowest as usize);
    }

    /// Takes out every item that `wanted` recognises, in no particular order. Looks at every item once.
    pub fn take_where(&mut self, wanted: impl Fn(&T) -> bool) -> Vec<(f64, T)> {
        let mut taken = Vec::new();
        self.front.retain(|rung| {
            let goes = wanted(&rung.item);
            if goes {
                taken.push((rung.key, rung.item));
            }
            !goes
        });
        let mut bucket = Vec::new();
        for block in 0..self.occupied.len() {
            let mut word = self.occupied[block];
            while word != 0 {
                let index = block * BLOCK + word.trailing_zeros() as usize;
                word &= word - 1;
                let mut any = false;
                self.rungs
                    .each(self.buckets[index].rungs, |rung| any |= wanted(&rung.item));
                if !any {
                    continue;
                }
                self.rungs.take(&mut self.buckets[index].rungs, &mut bucket);
                for rung in bucket.drain(..) {
                    if wanted(&rung.item) {
                        taken.push((rung.key, rung.item));
                    } else {
                        self.put(index, rung);
                    }
                }
                if self.buckets[index].rungs.is_empty() {
                    self.occupied[block] &= !(1 << (index % BLOCK));
                }
            }
        }
        for (key, item) in &taken {
            self.forget(self.bucket_of(*key), item.weight());
        }
        taken
    }
}
