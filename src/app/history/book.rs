//! The resting liquidation levels over time: which notional would have been liquidated at which price, as it stood after
//! every step. Notional is kept on a logarithmic scale of 255 intensities, and only what changed is stored.
//!
//! Records are kept in chunks: the first record of a chunk is complete, every other one lists the levels that differ from
//! the record before. Beyond [`MEMORY_BOUND_BYTES`] the oldest chunks lose every second record.

use cascade_engine::{Clusters, PriceGrid};

/// Most memory the records of a run take, over all its assets. Then the oldest are thinned: their columns stay, but change in fewer steps.
pub const MEMORY_BOUND_BYTES: usize = 64 << 20;

/// Records of a chunk when it is written.
const CHUNK_RECORDS: usize = 64;
/// Bytes of a column: longs, then shorts.
const COLUMN_BYTES: usize = 2 * PriceGrid::LEVELS;
/// Notional per level, in USD, of the lowest intensity above nothing.
const FAINTEST_USD: f64 = 1e3;
/// Intensities per factor of e: 255 of them reach from a thousand to a thousand billion dollars in steps of 8 %.
const PER_LOG_UNIT: f64 = 12.25;

/// Intensity of a notional, 0 for nothing.
pub fn intensity(notional_usd: f64) -> u8 {
    if notional_usd > 0.0 {
        ((notional_usd / FAINTEST_USD).ln() * PER_LOG_UNIT)
            .round()
            .clamp(1.0, 255.0) as u8
    } else {
        0
    }
}

/// The notional that an intensity stands for, USD, within 4 %; 0 for nothing.
pub fn notional(intensity: u8) -> f64 {
    if intensity == 0 {
        0.0
    } else {
        FAINTEST_USD * (f64::from(intensity) / PER_LOG_UNIT).exp()
    }
}

/// The resting levels after one step, as intensities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    bytes: Vec<u8>,
}

impl Default for Column {
    fn default() -> Self {
        Self {
            bytes: vec![0; COLUMN_BYTES],
        }
    }
}

impl Column {
    /// Quantises notional by level.
    pub fn set(&mut self, clusters: &Clusters) {
        for (byte, notional) in self.bytes.iter_mut().zip(clusters.longs.iter().chain(&clusters.shorts)) {
            *byte = intensity(*notional);
        }
    }

    /// Takes over the intensities of both halves, lowest price first.
    pub fn set_halves(&mut self, halves: &[Vec<u8>; 2]) {
        for (byte, intensity) in self.bytes.iter_mut().zip(halves.iter().flatten()) {
            *byte = *intensity;
        }
    }

    /// Intensities of the longs' levels, lowest price first.
    pub fn longs(&self) -> &[u8] {
        &self.bytes[..PriceGrid::LEVELS]
    }

    /// Intensities of the shorts' levels, lowest price first.
    pub fn shorts(&self) -> &[u8] {
        &self.bytes[PriceGrid::LEVELS..]
    }

    /// The largest intensity.
    pub fn peak(&self) -> u8 {
        self.bytes.iter().copied().max().unwrap_or(0)
    }
}

/// Consecutive records.
#[derive(Clone, Debug, Default)]
struct Chunk {
    /// The step from which each record holds, and where its patch ends in `patches`.
    records: Vec<(u32, u32)>,
    patches: Vec<u8>,
}

impl Chunk {
    fn bytes(&self) -> usize {
        self.patches.len() + self.records.len() * size_of::<(u32, u32)>()
    }

    fn first_step(&self) -> u32 {
        self.records.first().map_or(0, |record| record.0)
    }

    /// Appends a record: all of `column` if it is the first, else what differs from `previous`.
    fn push(&mut self, step: u32, column: &[u8], previous: &[u8]) {
        if self.records.is_empty() {
            write_patch(column, None, &mut self.patches);
        } else {
            write_patch(column, Some(previous), &mut self.patches);
        }
        self.records.push((step, self.patches.len() as u32));
    }

    fn patch(&self, record: usize) -> &[u8] {
        let from = if record == 0 {
            0
        } else {
            self.records[record - 1].1 as usize
        };
        &self.patches[from..self.records[record].1 as usize]
    }
}

/// Lists the runs of `column` that differ from `base` (nothing, if there is none): skipped levels, count, new bytes.
fn write_patch(column: &[u8], base: Option<&[u8]>, out: &mut Vec<u8>) {
    let differs = |at: usize| column[at] != base.map_or(0, |base| base[at]);
    let mut written = 0;
    let mut at = 0;
    while at < column.len() {
        if !differs(at) {
            at += 1;
            continue;
        }
        let start = at;
        let mut end = at + 1;
        // A gap of up to four equal bytes is cheaper to repeat than to skip.
        while at < column.len() && at < end + 4 {
            if differs(at) {
                end = at + 1;
            }
            at += 1;
        }
        at = end;
        out.extend(((start - written) as u16).to_le_bytes());
        out.extend(((end - start) as u16).to_le_bytes());
        out.extend(&column[start..end]);
        written = end;
    }
}

fn apply_patch(mut patch: &[u8], column: &mut [u8]) {
    let mut at = 0;
    while let [skip_low, skip_high, count_low, count_high, rest @ ..] = patch {
        at += usize::from(u16::from_le_bytes([*skip_low, *skip_high]));
        let count = usize::from(u16::from_le_bytes([*count_low, *count_high]));
        column[at..at + count].copy_from_slice(&rest[..count]);
        at += count;
        patch = &rest[count..];
    }
}

/// The columns of a whole run.
#[derive(Clone, Debug)]
pub struct BookHistory {
    chunks: Vec<Chunk>,
    bytes: usize,
    bound: usize,
    /// The chunk to thin next.
    thin_next: usize,
    thinned: u64,
    newest: Column,
    peak: u8,
    /// Lowest and highest level that ever held anything.
    levels: Option<(usize, usize)>,
}

impl Default for BookHistory {
    fn default() -> Self {
        Self::with_bound(MEMORY_BOUND_BYTES)
    }
}

/// A place in the records, from which the columns of later steps are read without starting over.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    column: Column,
    place: Option<ReadPosition>,
}

#[derive(Clone, Copy, Debug)]
struct ReadPosition {
    thinned: u64,
    chunk: usize,
    record: usize,
}

impl BookHistory {
    /// Records that take at most so many bytes.
    pub fn with_bound(bound: usize) -> Self {
        Self {
            chunks: Vec::new(),
            bytes: 0,
            bound,
            thin_next: 0,
            thinned: 0,
            newest: Column::default(),
            peak: 0,
            levels: None,
        }
    }

    /// Records the book as it stands from `step` on. Steps must not go back.
    pub fn record(&mut self, step: usize, column: &Column) {
        if !self.chunks.is_empty() && *column == self.newest {
            return;
        }
        if self
            .chunks
            .last()
            .is_none_or(|chunk| chunk.records.len() >= CHUNK_RECORDS)
        {
            self.chunks.push(Chunk::default());
        }
        if let Some(chunk) = self.chunks.last_mut() {
            let before = chunk.bytes();
            chunk.push(step as u32, &column.bytes, &self.newest.bytes);
            self.bytes += chunk.bytes() - before;
        }
        self.newest.clone_from(column);
        self.peak = self.peak.max(column.peak());
        self.note_levels(column);
        while self.bytes > self.bound && self.chunks.len() > 4 {
            self.thin();
        }
    }

    /// Forgets what was recorded after `step`.
    pub fn truncate(&mut self, step: usize) {
        let step = step as u32;
        self.chunks.retain(|chunk| chunk.first_step() <= step);
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.records.retain(|record| record.0 <= step);
            let end = chunk.records.last().map_or(0, |record| record.1 as usize);
            chunk.patches.truncate(end);
        }
        self.bytes = self.chunks.iter().map(Chunk::bytes).sum();
        self.thinned += 1;
        self.thin_next = 0;
        let mut reader = Reader::default();
        self.newest = self.read(step as usize, &mut reader).clone();
    }

    fn note_levels(&mut self, column: &Column) {
        let held = |level: &usize| column.longs()[*level] > 0 || column.shorts()[*level] > 0;
        let lowest = (0..PriceGrid::LEVELS).find(held);
        let highest = (0..PriceGrid::LEVELS).rev().find(held);
        if let Some((low, high)) = lowest.zip(highest) {
            let (old_low, old_high) = self.levels.unwrap_or((low, high));
            self.levels = Some((old_low.min(low), old_high.max(high)));
        }
    }

    /// Merges two old chunks into one that keeps every second record.
    fn thin(&mut self) {
        // Only the older half is thinned, over and over from its beginning.
        if self.thin_next + 1 >= self.chunks.len() / 2 {
            self.thin_next = 0;
        }
        let at = self.thin_next;
        let (mut merged, mut column) = (Chunk::default(), vec![0; COLUMN_BYTES]);
        let mut kept = column.clone();
        let mut index = 0_usize;
        for chunk in &self.chunks[at..at + 2] {
            for record in 0..chunk.records.len() {
                if record == 0 {
                    column.fill(0);
                }
                apply_patch(chunk.patch(record), &mut column);
                if index.is_multiple_of(2) {
                    merged.push(chunk.records[record].0, &column, &kept);
                    kept.copy_from_slice(&column);
                }
                index += 1;
            }
        }
        self.bytes -= self.chunks[at].bytes() + self.chunks[at + 1].bytes();
        self.bytes += merged.bytes();
        self.chunks[at] = merged;
        self.chunks.remove(at + 1);
        self.thin_next = at + 1;
        self.thinned += 1;
    }

    /// How often old records have been thinned: what was read before may have changed since.
    pub const fn thinned(&self) -> u64 {
        self.thinned
    }

    /// The largest intensity of any record.
    pub const fn peak(&self) -> u8 {
        self.peak
    }

    /// The lowest and the highest level that ever held anything.
    pub const fn levels(&self) -> Option<(usize, usize)> {
        self.levels
    }

    /// Bytes that the records take.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The column as it stood after `step`; empty before the first record. Reading steps in ascending order with one reader
    /// costs what has changed in between.
    pub fn read<'r>(&self, step: usize, reader: &'r mut Reader) -> &'r Column {
        let step = step as u32;
        let Some(chunk) = self
            .chunks
            .partition_point(|chunk| chunk.first_step() <= step)
            .checked_sub(1)
        else {
            *reader = Reader::default();
            return &reader.column;
        };
        let records = &self.chunks[chunk].records;
        let record = records.partition_point(|record| record.0 <= step) - 1;
        let from = match reader.place {
            Some(at) if at.thinned == self.thinned && at.chunk == chunk && at.record <= record => at.record + 1,
            _ => {
                reader.column.bytes.fill(0);
                0
            }
        };
        for next in from..=record {
            apply_patch(self.chunks[chunk].patch(next), &mut reader.column.bytes);
        }
        reader.place = Some(ReadPosition {
            thinned: self.thinned,
            chunk,
            record,
        });
        &reader.column
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::FileFailurePersistence;

    use super::*;

    #[test]
    fn intensities_are_monotone_and_span_the_scale() {
        assert_eq!(intensity(0.0), 0);
        assert_eq!(intensity(1.0), 1);
        assert!(intensity(1e6) < intensity(2e6));
        assert!(intensity(1e11) < 255 && intensity(1e13) == 255);
    }

    fn changed(column: &mut Column, edits: &[(usize, f64)]) {
        let mut clusters = Clusters::default();
        for (level, notional) in edits {
            if *level < PriceGrid::LEVELS {
                clusters.longs[*level] = *notional;
            } else {
                clusters.shorts[*level - PriceGrid::LEVELS] = *notional;
            }
            column.bytes[*level] = intensity(*notional);
        }
        // What `set` makes of the same notional is the same byte.
        let mut fresh = Column::default();
        fresh.set(&clusters);
        for (level, _) in edits {
            assert_eq!(fresh.bytes[*level], column.bytes[*level]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 64,
            failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
            ..ProptestConfig::default()
        })]

        #[test]
        fn a_column_reads_as_it_was_recorded(
            steps in prop::collection::vec(
                (1_usize..4, prop::collection::hash_map(0..COLUMN_BYTES, 0.0..1e9_f64, 0..12)), 1..300),
            queries in prop::collection::vec(0_usize..1000, 1..40),
        ) {
            let (mut store, mut column) = (BookHistory::default(), Column::default());
            let mut truth = Vec::new();
            for (wait, edits) in &steps {
                let edits: Vec<(usize, f64)> = edits.iter().map(|(level, notional)| (*level, *notional)).collect();
                changed(&mut column, &edits);
                store.record(truth.len(), &column);
                truth.extend(std::iter::repeat_n(column.clone(), *wait));
            }
            let mut reader = Reader::default();
            for query in queries {
                let expected = &truth[query.min(truth.len() - 1)];
                prop_assert!(store.read(query, &mut reader) == expected, "step {query}");
            }
            for (step, expected) in truth.iter().enumerate() {
                prop_assert!(store.read(step, &mut reader) == expected, "step {step}");
            }
        }
    }

    #[test]
    fn records_that_are_cut_back_go_on_from_there() {
        let (mut store, mut truth) = (BookHistory::default(), Vec::new());
        let mut column = Column::default();
        let mut record = |store: &mut BookHistory, truth: &mut Vec<Column>, seed: usize, count: usize| {
            for step in 0..count {
                column.bytes[(seed + step * 7) % COLUMN_BYTES] = (step % 251) as u8 + 1;
                store.record(truth.len(), &column);
                truth.push(column.clone());
            }
        };
        record(&mut store, &mut truth, 0, 500);
        for cut in [400, 255, 130, 0] {
            store.truncate(cut);
            truth.truncate(cut + 1);
            record(&mut store, &mut truth, cut, 100);
            let mut reader = Reader::default();
            for (step, expected) in truth.iter().enumerate() {
                assert!(store.read(step, &mut reader) == expected, "cut at {cut}, step {step}");
            }
        }
    }

    #[test]
    fn beyond_the_bound_old_columns_become_coarser_and_new_ones_stay_exact() {
        let bound = 200_000;
        let mut store = BookHistory::with_bound(bound);
        let mut column = Column::default();
        let mut truth = Vec::new();
        for step in 0..20_000_usize {
            column.bytes[step * 7 % COLUMN_BYTES] = (step % 251) as u8 + 1;
            store.record(step, &column);
            truth.push(column.clone());
        }
        assert!(store.bytes() <= bound && store.thinned() > 0);
        let mut reader = Reader::default();
        for (step, expected) in truth.iter().enumerate().skip(truth.len() - 1_000) {
            assert!(store.read(step, &mut reader) == expected, "step {step}");
        }
        // A thinned column is one that really stood, a little earlier.
        for step in (0..10_000).step_by(97) {
            let column = store.read(step, &mut reader);
            assert!((0..=step).rev().any(|earlier| truth[earlier] == *column), "step {step}");
        }
    }
}
