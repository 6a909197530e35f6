//! What lies in the buckets of a ladder: a list each or, once an item is looked up in a crowded one, a row of lists by key.
//!
//! A bucket's width sets how finely weights are known, not how long it takes to look an item up: positions mass within a few
//! per cent of the price, and a million of them put hundreds or thousands into the same bucket. Items that are only put there and
//! taken with the whole bucket need no rows, and one list is one place of memory to write to.

use super::chunks::{ChunkList, Chunks};

/// Lists that a crowded bucket is divided into.
pub(super) const CELLS: usize = 16;

/// Storage of the buckets' contents. A bucket is a [`ChunkList`] of this storage, or stands for a row of them.
#[derive(Clone, Debug)]
pub(super) struct Buckets<E> {
    pub(super) chunks: Chunks<E>,
    rows: Vec<[ChunkList; CELLS]>,
    /// Rows that no bucket uses.
    free: Vec<u32>,
}

impl<E: Copy> Buckets<E> {
    /// Storage without buckets.
    pub(super) const fn new() -> Self {
        Self {
            chunks: Chunks::new(),
            rows: Vec::new(),
            free: Vec::new(),
        }
    }

    /// Memory of a clone, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.chunks.bytes() + size_of_val(self.rows.as_slice()) + size_of_val(self.free.as_slice())
    }

    /// Adds an entry to a bucket. `cell_of` is where in its bucket's width an entry lies, below [`CELLS`].
    #[inline(always)]
    pub(super) fn push(&mut self, bucket: &mut ChunkList, entry: E, cell_of: impl Fn(&E) -> usize) {
        match bucket.row() {
            Some(row) => self.chunks.push(&mut self.rows[row][cell_of(&entry)], entry),
            None => self.chunks.push(bucket, entry),
        }
    }

    /// Makes a row of a list.
    #[cold]
    fn divide(&mut self, bucket: &mut ChunkList, cell_of: impl Fn(&E) -> usize) {
        let mut entries = Vec::new();
        self.chunks.take(bucket, &mut entries);
        let row = self.free.pop().unwrap_or_else(|| {
            self.rows.push([ChunkList::EMPTY; CELLS]);
            self.rows.len() as u32 - 1
        });
        *bucket = ChunkList::of_row(row);
        let cells = &mut self.rows[row as usize];
        for entry in entries {
            self.chunks.push(&mut cells[cell_of(&entry)], entry);
        }
    }

    /// The lists of a bucket.
    fn lists<'a>(&'a self, bucket: &'a ChunkList) -> &'a [ChunkList] {
        match bucket.row() {
            Some(row) => &self.rows[row],
            None => std::slice::from_ref(bucket),
        }
    }

    /// Moves the entries of a bucket to the end of `out`.
    #[inline]
    pub(super) fn take(&mut self, bucket: &mut ChunkList, out: &mut Vec<E>) {
        match bucket.row() {
            Some(row) => {
                for list in &mut self.rows[row] {
                    self.chunks.take(list, out);
                }
                self.give_back(bucket, row);
            }
            None => self.chunks.take(bucket, out),
        }
    }

    /// An emptied row is free for other buckets.
    fn give_back(&mut self, bucket: &mut ChunkList, row: usize) {
        self.free.push(row as u32);
        *bucket = ChunkList::EMPTY;
    }

    /// Calls `visit` for every entry of a bucket.
    #[inline]
    pub(super) fn each(&self, bucket: ChunkList, mut visit: impl FnMut(&E)) {
        for list in self.lists(&bucket) {
            self.chunks.each(*list, &mut visit);
        }
    }

    /// The same for entries that are to be changed.
    #[inline]
    pub(super) fn each_mut(&mut self, bucket: ChunkList, mut visit: impl FnMut(&mut E)) {
        let Self { chunks, rows, .. } = self;
        let alone = [bucket];
        let lists: &[ChunkList] = bucket.row().map_or(&alone, |row| &rows[row]);
        for list in lists {
            chunks.each_mut(*list, &mut visit);
        }
    }

    /// The entries of a bucket.
    pub(super) fn iter<'a>(&'a self, bucket: &'a ChunkList) -> impl Iterator<Item = &'a E> {
        self.lists(bucket).iter().flat_map(|list| self.chunks.iter(*list))
    }

    /// Before an entry is looked up: a crowded bucket becomes a row.
    fn prepare(&mut self, bucket: &mut ChunkList, cell_of: impl Fn(&E) -> usize) {
        if bucket.row().is_none() && self.chunks.is_long(*bucket) {
            self.divide(bucket, cell_of);
        }
    }

    /// The first entry in a cell of a bucket that `wanted` recognises.
    pub(super) fn find(
        &mut self,
        bucket: &mut ChunkList,
        cell: usize,
        cell_of: impl Fn(&E) -> usize,
        wanted: impl Fn(&E) -> bool,
    ) -> Option<&E> {
        self.prepare(bucket, cell_of);
        let list = bucket.row().map_or(*bucket, |row| self.rows[row][cell]);
        self.chunks.find(list, wanted)
    }

    /// Takes out the first entry in a cell of a bucket that `wanted` recognises.
    pub(super) fn remove(
        &mut self,
        bucket: &mut ChunkList,
        cell: usize,
        cell_of: impl Fn(&E) -> usize,
        wanted: impl Fn(&E) -> bool,
    ) -> Option<E> {
        self.prepare(bucket, cell_of);
        let Some(row) = bucket.row() else {
            return self.chunks.remove(bucket, wanted);
        };
        let removed = self.chunks.remove(&mut self.rows[row][cell], wanted)?;
        if self.rows[row].iter().all(|list| list.is_empty()) {
            self.give_back(bucket, row);
        }
        Some(removed)
    }

    /// Forgets every bucket; buckets handed out before must not be used again.
    pub(super) fn clear(&mut self) {
        self.chunks.clear();
        self.rows.clear();
        self.free.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Entries looked at by looking up every one of so many that are spread over a bucket, and by taking them out, a look-up.
    fn looked_at(count: usize) -> [usize; 2] {
        let cell_of = |entry: &usize| *entry * CELLS / count;
        let (mut buckets, mut bucket) = (Buckets::new(), ChunkList::EMPTY);
        (0..count).for_each(|entry| buckets.push(&mut bucket, entry * 7 % count, cell_of));
        let looks = Cell::new(0);
        let wanted = |entry: usize| {
            let looks = &looks;
            move |found: &usize| {
                looks.set(looks.get() + 1);
                *found == entry
            }
        };
        for entry in 0..count {
            assert_eq!(
                buckets.find(&mut bucket, cell_of(&entry), cell_of, wanted(entry)),
                Some(&entry)
            );
        }
        let finding = looks.replace(0) / count;
        for entry in 0..count {
            let removed = buckets.remove(&mut bucket, cell_of(&entry), cell_of, wanted(entry));
            assert_eq!(removed, Some(entry));
        }
        assert!(bucket.is_empty());
        [finding, looks.get() / count]
    }

    /// A look-up in a list of n looks at (n + 1)/2 on average, so in a crowded bucket at (n/16 + 1)/2.
    #[test]
    fn a_crowded_bucket_is_searched_in_one_cell() {
        for count in [1_000, 10_000] {
            let average = (count / CELLS).div_ceil(2) + 1;
            let [finding, taking] = looked_at(count);
            assert!(finding <= average && taking <= average, "{count}: {finding}, {taking}");
        }
        // Few are one list, searched from end to end.
        assert_eq!(looked_at(99)[0], 50);
    }
}
