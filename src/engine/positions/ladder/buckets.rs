//! What lies in the buckets of a ladder: a list each or, once an item is looked up in a crowded one, a tree of lists by number.
//!
//! Positions mass within a few per cent of the price, and a million of them put hundreds or thousands into the same bucket; those
//! whose collateral was brought back to one level even have nearly the same key. Their numbers tell them apart however they lie, so
//! a look-up takes the same few comparisons in any bucket. Items that are only put there and taken with the whole bucket need no
//! tree, and one list is one place of memory to write to.

use super::chunks::{ChunkList, Chunks};

/// Lists that a crowded list is divided into, by four bits of the number's hash.
const CELLS: usize = 16;
const BITS: u32 = CELLS.ilog2();
/// How often a list can be divided: as often as the hash has bits for.
const LEVELS: u32 = u32::BITS / BITS;

/// An entry that is told from all others by a number.
pub(super) trait Numbered: Copy {
    /// No two entries of a bucket have the same.
    fn number(&self) -> u32;
}

type Row = [ChunkList; CELLS];

/// Storage of the buckets' contents. A bucket is a [`ChunkList`] of this storage, or stands for a row of them, as each of these
/// may in turn.
#[derive(Clone, Debug)]
pub(super) struct Buckets<E> {
    pub(super) chunks: Chunks<E>,
    rows: Vec<Row>,
    /// Rows that no bucket uses.
    free: Vec<u32>,
}

/// Where in a row a number belongs: multiplicative hashing (Knuth, The Art of Computer Programming 3, §6.4), highest bits first.
#[inline]
fn cell(number: u32, level: u32) -> usize {
    let hash = number.wrapping_mul(0x9e37_79b1);
    (hash >> (u32::BITS - BITS * (level + 1))) as usize % CELLS
}

/// The list of a bucket in which a number belongs.
#[inline]
fn leaf<'a>(rows: &'a mut [Row], bucket: &'a mut ChunkList, number: u32) -> &'a mut ChunkList {
    let (mut list, mut place, mut level) = (*bucket, None, 0);
    while let Some(row) = list.row() {
        let cell = cell(number, level);
        (list, place, level) = (rows[row][cell], Some((row, cell)), level + 1);
    }
    match place {
        Some((row, cell)) => &mut rows[row][cell],
        None => bucket,
    }
}

/// The lists of a bucket, one after the other.
struct Lists<'a> {
    rows: &'a [Row],
    /// The bucket, before it was looked at.
    bucket: Option<ChunkList>,
    /// Rows that are being gone through, and the next cell of each.
    within: Vec<(usize, usize)>,
}

impl<'a> Lists<'a> {
    #[inline]
    const fn of(rows: &'a [Row], bucket: ChunkList) -> Self {
        Self {
            rows,
            bucket: Some(bucket),
            within: Vec::new(),
        }
    }
}

impl Iterator for Lists<'_> {
    type Item = ChunkList;

    #[inline]
    fn next(&mut self) -> Option<ChunkList> {
        let mut next = self.bucket.take();
        loop {
            if let Some(list) = next {
                match list.row() {
                    Some(row) => self.within.push((row, 0)),
                    None => return Some(list),
                }
            }
            let (row, cell) = self.within.last_mut()?;
            next = self.rows[*row].get(*cell).copied();
            *cell += 1;
            if next.is_none() {
                self.within.pop();
            }
        }
    }
}

impl<E: Numbered> Buckets<E> {
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

    /// Makes room for buckets with so many entries each.
    pub(super) fn reserve(&mut self, counts: impl Iterator<Item = usize>) {
        self.chunks.reserve(counts.map(Chunks::<E>::needed).sum());
    }

    /// Adds an entry to a bucket.
    #[inline(always)]
    pub(super) fn push(&mut self, bucket: &mut ChunkList, entry: E) {
        if bucket.row().is_none() {
            self.chunks.push(bucket, entry);
        } else {
            let list = leaf(&mut self.rows, bucket, entry.number());
            self.chunks.push(list, entry);
        }
    }

    /// Makes a row of a list.
    #[cold]
    fn divide(&mut self, list: &mut ChunkList, level: u32) {
        let mut entries = Vec::new();
        self.chunks.take(list, &mut entries);
        let row = self.free.pop().unwrap_or_else(|| {
            self.rows.push([ChunkList::EMPTY; CELLS]);
            self.rows.len() as u32 - 1
        });
        *list = ChunkList::of_row(row);
        let cells = &mut self.rows[row as usize];
        for entry in entries {
            self.chunks.push(&mut cells[cell(entry.number(), level)], entry);
        }
    }

    /// Before an entry is looked up in a list that is so many rows deep: if it is crowded, it becomes a row.
    #[inline]
    fn prepare(&mut self, list: &mut ChunkList, level: u32) {
        if list.row().is_none() && level < LEVELS && self.chunks.is_long(*list) {
            self.divide(list, level);
        }
    }

    /// Moves the entries of a bucket to the end of `out`.
    #[inline]
    pub(super) fn take(&mut self, bucket: &mut ChunkList, out: &mut Vec<E>) {
        match bucket.row() {
            Some(row) => self.take_row(bucket, row, out),
            None => self.chunks.take(bucket, out),
        }
    }

    fn take_row(&mut self, list: &mut ChunkList, row: usize, out: &mut Vec<E>) {
        for mut inner in self.rows[row] {
            self.take(&mut inner, out);
        }
        self.give_back(list, row);
    }

    /// A row that holds nothing is free for other buckets.
    fn give_back(&mut self, list: &mut ChunkList, row: usize) {
        self.rows[row] = [ChunkList::EMPTY; CELLS];
        self.free.push(row as u32);
        *list = ChunkList::EMPTY;
    }

    /// Calls `visit` for every entry of a bucket.
    #[inline]
    pub(super) fn each(&self, bucket: ChunkList, mut visit: impl FnMut(&E)) {
        for list in Lists::of(&self.rows, bucket) {
            self.chunks.each(list, &mut visit);
        }
    }

    /// The same for entries that are to be changed.
    #[inline]
    pub(super) fn each_mut(&mut self, bucket: ChunkList, mut visit: impl FnMut(&mut E)) {
        for list in Lists::of(&self.rows, bucket) {
            self.chunks.each_mut(list, &mut visit);
        }
    }

    /// The entries of a bucket.
    pub(super) fn iter(&self, bucket: ChunkList) -> impl Iterator<Item = &E> {
        Lists::of(&self.rows, bucket).flat_map(|list| self.chunks.iter(list))
    }

    /// The entry of a bucket with this number, if it is as `wanted` says.
    pub(super) fn find(&mut self, bucket: &mut ChunkList, number: u32, wanted: impl Fn(&E) -> bool) -> Option<&E> {
        self.prepare(bucket, 0);
        let (mut list, mut level) = (*bucket, 0);
        while let Some(row) = list.row() {
            let cell = cell(number, level);
            let mut inner = self.rows[row][cell];
            level += 1;
            self.prepare(&mut inner, level);
            self.rows[row][cell] = inner;
            list = inner;
        }
        self.chunks
            .find(list, |entry| entry.number() == number && wanted(entry))
    }

    /// Takes the entry with this number out of a bucket, if it is as `wanted` says.
    pub(super) fn remove(&mut self, bucket: &mut ChunkList, number: u32, wanted: impl Fn(&E) -> bool) -> Option<E> {
        self.remove_below(bucket, 0, number, &|entry| entry.number() == number && wanted(entry))
    }

    fn remove_below(
        &mut self,
        list: &mut ChunkList,
        level: u32,
        number: u32,
        wanted: &impl Fn(&E) -> bool,
    ) -> Option<E> {
        self.prepare(list, level);
        let Some(row) = list.row() else {
            return self.chunks.remove(list, wanted);
        };
        let cell = cell(number, level);
        let mut inner = self.rows[row][cell];
        let removed = self.remove_below(&mut inner, level + 1, number, wanted);
        self.rows[row][cell] = inner;
        if inner.is_empty() && self.rows[row].iter().all(|list| list.is_empty()) {
            self.give_back(list, row);
        }
        removed
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

    thread_local! {
        static LOOKS: Cell<usize> = const { Cell::new(0) };
    }

    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Looked(u32);

    impl Numbered for Looked {
        fn number(&self) -> u32 {
            LOOKS.set(LOOKS.get() + 1);
            self.0
        }
    }

    /// Entries looked at by looking up every one of so many in a bucket, and by taking them out, a look-up.
    fn looked_at(count: u32) -> [usize; 2] {
        let (mut buckets, mut bucket) = (Buckets::new(), ChunkList::EMPTY);
        (0..count).for_each(|entry| buckets.push(&mut bucket, Looked(entry)));
        LOOKS.set(0);
        for entry in 0..count {
            assert_eq!(buckets.find(&mut bucket, entry, |_| true), Some(&Looked(entry)));
        }
        let finding = LOOKS.replace(0) / count as usize;
        assert_eq!(buckets.iter(bucket).count(), count as usize);
        LOOKS.set(0);
        for entry in 0..count {
            assert_eq!(buckets.remove(&mut bucket, entry, |_| true), Some(Looked(entry)));
            assert_eq!(buckets.remove(&mut bucket, entry, |_| true), None);
        }
        assert!(bucket.is_empty());
        [finding, LOOKS.get() / count as usize]
    }

    /// A list that is searched has fewer than 256 entries, of which half are looked at; dividing looks at each once a level. Who
    /// is not there any more is looked for in the whole list.
    #[test]
    fn a_look_up_costs_the_same_in_a_bucket_of_any_size() {
        for count in [1_000, 30_000, 300_000] {
            let [finding, taking] = looked_at(count);
            assert!(
                finding <= 128 + 8 && taking <= 3 * 128 + 8,
                "{count}: {finding}, {taking}"
            );
        }
        // Few are one list, searched from end to end.
        assert_eq!(looked_at(99)[0], 50);
    }
}
