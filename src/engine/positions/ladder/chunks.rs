//! Storage of many short unordered lists in one block of memory: chained chunks of equal size.
//!
//! Chunks that fall free are taken again first, so they are still in the cache, and copying everything is copying two
//! vectors.

/// Entries in a chunk.
const CHUNK: usize = 16;

/// No chunk.
const NONE: u32 = u32::MAX;

/// A list is long once it fills so many chunks.
pub(super) const LONG: usize = 16;

/// Instead of a number of entries: this is no list but the number of a row of lists.
const ROW: u32 = u32::MAX;

/// One list; all its chunks but the first are full.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChunkList {
    head: u32,
    /// Entries in the first chunk: 0 only in an empty list.
    filled: u32,
}

impl ChunkList {
    /// A list without entries.
    pub(super) const EMPTY: Self = Self { head: NONE, filled: 0 };

    /// Stands for a row of lists that is kept elsewhere.
    #[inline]
    pub(super) const fn of_row(row: u32) -> Self {
        Self { head: row, filled: ROW }
    }

    /// The row that it stands for, if it is no list.
    #[inline]
    pub(super) const fn row(self) -> Option<usize> {
        if self.filled == ROW {
            Some(self.head as usize)
        } else {
            None
        }
    }

    /// Whether there is no entry.
    #[inline]
    pub(super) const fn is_empty(self) -> bool {
        self.head == NONE
    }
}

/// What all lists hold.
#[derive(Debug)]
pub(super) struct Chunks<E> {
    entries: Vec<E>,
    /// The chunk behind each chunk.
    next: Vec<u32>,
    /// The first chunk no list uses.
    free: u32,
    /// [`LONG`].
    pub(super) long: usize,
}

/// A clone with room for its lists to spread, so that the first chunk it opens does not move all it holds.
impl<E: Clone> Clone for Chunks<E> {
    fn clone(&self) -> Self {
        let chunks = self.next.len();
        let room = chunks + chunks / 8;
        let mut entries = Vec::with_capacity(room * CHUNK);
        entries.extend_from_slice(&self.entries);
        let mut next = Vec::with_capacity(room);
        next.extend_from_slice(&self.next);
        Self {
            entries,
            next,
            free: self.free,
            long: self.long,
        }
    }
}

impl<E: Copy> Chunks<E> {
    /// Storage without lists.
    pub(super) const fn new() -> Self {
        Self {
            entries: Vec::new(),
            next: Vec::new(),
            free: NONE,
            long: LONG,
        }
    }

    /// Memory of a clone, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.entries.len() * size_of::<E>() + self.next.len() * size_of::<u32>()
    }

    /// Chunks that a list of so many entries takes.
    pub(super) const fn needed(entries: usize) -> usize {
        entries.div_ceil(CHUNK)
    }

    /// Makes room for so many chunks more.
    pub(super) fn reserve(&mut self, chunks: usize) {
        self.next.reserve(chunks);
        self.entries.reserve(chunks * CHUNK);
    }

    /// Adds an entry to a list.
    #[inline(always)]
    pub(super) fn push(&mut self, chain: &mut ChunkList, entry: E) {
        if (chain.filled as usize).is_multiple_of(CHUNK) {
            *chain = ChunkList {
                head: self.chunk_before(chain.head, entry),
                filled: 0,
            };
        }
        self.entries[chain.head as usize * CHUNK + chain.filled as usize] = entry;
        chain.filled += 1;
    }

    /// A chunk to put before `next`; `entry` fills what has to be filled with something.
    #[inline]
    fn chunk_before(&mut self, next: u32, entry: E) -> u32 {
        let chunk = self.free;
        if chunk == NONE {
            self.next.push(next);
            self.entries.resize(self.entries.len() + CHUNK, entry);
            return self.next.len() as u32 - 1;
        }
        self.free = std::mem::replace(&mut self.next[chunk as usize], next);
        chunk
    }

    /// Whether a list fills so many chunks that it is long.
    pub(super) fn is_long(&self, chain: ChunkList) -> bool {
        let following = |chunk: &u32| Some(self.next[*chunk as usize]).filter(|next| *next != NONE);
        let first = (!chain.is_empty()).then_some(chain.head);
        std::iter::successors(first, following).nth(self.long - 1).is_some()
    }

    /// Moves the entries of a list to the end of `out`.
    #[inline]
    pub(super) fn take(&mut self, chain: &mut ChunkList, out: &mut Vec<E>) {
        let ChunkList { mut head, mut filled } = std::mem::replace(chain, ChunkList::EMPTY);
        while head != NONE {
            let begin = head as usize * CHUNK;
            out.extend_from_slice(&self.entries[begin..begin + filled as usize]);
            filled = CHUNK as u32;
            let next = std::mem::replace(&mut self.next[head as usize], self.free);
            self.free = head;
            head = next;
        }
    }

    /// Calls `visit` for every entry of a list.
    #[inline]
    pub(super) fn each(&self, chain: ChunkList, mut visit: impl FnMut(&E)) {
        let ChunkList { mut head, mut filled } = chain;
        while head != NONE {
            let begin = head as usize * CHUNK;
            self.entries[begin..begin + filled as usize].iter().for_each(&mut visit);
            filled = CHUNK as u32;
            head = self.next[head as usize];
        }
    }

    /// The same for entries that are to be changed.
    #[inline]
    pub(super) fn each_mut(&mut self, chain: ChunkList, mut visit: impl FnMut(&mut E)) {
        let ChunkList { mut head, mut filled } = chain;
        while head != NONE {
            let begin = head as usize * CHUNK;
            let entries = &mut self.entries[begin..begin + filled as usize];
            entries.iter_mut().for_each(&mut visit);
            filled = CHUNK as u32;
            head = self.next[head as usize];
        }
    }

    /// The entries of a list.
    pub(super) fn iter(&self, chain: ChunkList) -> impl Iterator<Item = &E> {
        let following = |chain: &ChunkList| {
            let head = self.next[chain.head as usize];
            (head != NONE).then_some(ChunkList {
                head,
                filled: CHUNK as u32,
            })
        };
        let first = (!chain.is_empty()).then_some(chain);
        std::iter::successors(first, following).flat_map(|ChunkList { head, filled }| {
            let begin = head as usize * CHUNK;
            &self.entries[begin..begin + filled as usize]
        })
    }

    /// The first entry that `wanted` recognises.
    pub(super) fn find(&self, chain: ChunkList, wanted: impl Fn(&E) -> bool) -> Option<&E> {
        let (chunk, at) = self.place(chain, wanted)?;
        Some(&self.entries[chunk * CHUNK + at])
    }

    /// Chunk and place in it of the first entry that `wanted` recognises.
    #[inline]
    fn place(&self, chain: ChunkList, wanted: impl Fn(&E) -> bool) -> Option<(usize, usize)> {
        let (mut head, mut filled) = (chain.head, chain.filled as usize);
        while head != NONE {
            let chunk = head as usize;
            let begin = chunk * CHUNK;
            if let Some(at) = self.entries[begin..begin + filled].iter().position(&wanted) {
                return Some((chunk, at));
            }
            // All chunks but the first are full.
            filled = CHUNK;
            head = self.next[chunk];
        }
        None
    }

    /// Takes out the first entry that `wanted` recognises.
    pub(super) fn remove(&mut self, chain: &mut ChunkList, wanted: impl Fn(&E) -> bool) -> Option<E> {
        let (chunk, at) = self.place(*chain, wanted)?;
        chain.filled -= 1;
        let last = self.entries[chain.head as usize * CHUNK + chain.filled as usize];
        let removed = std::mem::replace(&mut self.entries[chunk * CHUNK + at], last);
        if chain.filled == 0 {
            let emptied = chain.head;
            let head = std::mem::replace(&mut self.next[emptied as usize], self.free);
            self.free = emptied;
            *chain = if head == NONE {
                ChunkList::EMPTY
            } else {
                ChunkList {
                    head,
                    filled: CHUNK as u32,
                }
            };
        }
        Some(removed)
    }

    /// Forgets every list; lists handed out before must not be used again.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.next.clear();
        self.free = NONE;
    }
}
