//! A market's own public record out of the files that venues and collectors publish: a folder, several files, what is packed in
//! them. What each file is, is recognised by its columns and values; its rows are read as a stream, so that memory holds values
//! and never text, and what is not used is said of every file.

mod assemble;
mod cells;
pub mod field;
mod growing;
mod json;
mod layout;
mod maps;
mod part;
mod report;
mod source;
mod survey;
mod symbols;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use cascade_analysis::{Cancel, in_order};
use cascade_market::Record;
use cascade_scenario::format::printable;
use thiserror::Error;

use super::table::ColumnChoice;

pub use growing::Growing;
pub use layout::{Kind, SideMeans};
pub use maps::write_map;
pub use report::{FileRead, Note};
pub use source::FilesSeen;

use survey::{Shown, Surveyed};

/// What is said about the files before they are read; the rest is recognised.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordOptions {
    /// The market that counts where the files have several.
    pub symbol: Option<String>,
    /// Which column holds what, by the keys of [`field::WANTED`].
    pub columns: BTreeMap<String, ColumnChoice>,
}

/// Why there is no record.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecordError {
    /// There are no files.
    #[error("{0}: there is no file in it that can be read")]
    NoFiles(String),
    /// No file has prices.
    #[error("none of the files has prices, which a record needs: {0}")]
    NoPrices(String),
    /// The files are of several markets, and none was chosen.
    #[error("the files have several markets ({0}), and a record is of one: choose it (--symbol on the command line)")]
    SeveralMarkets(String),
    /// No file is of the market that was chosen.
    #[error("none of the files is of the market {0}; they are of {1}")]
    OtherMarkets(String, String),
    /// Somebody ended the reading.
    #[error("the reading was cancelled")]
    Cancelled,
}

/// How far the reading is, and the wish to end it.
#[derive(Debug, Default)]
pub struct Watch {
    /// Asks for the end.
    pub cancel: Cancel,
    done: AtomicU64,
    total: AtomicU64,
}

impl Watch {
    /// Files read, of so many; 0 of 0 before it is known.
    pub fn progress(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

/// A record, and how it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordRead {
    /// The record.
    pub record: Record,
    /// The market.
    pub symbol: Option<String>,
    /// Its files, in the order of their names.
    pub files: Vec<FileRead>,
}

/// Reads the files, and those of the folders among them, on so many threads.
///
/// # Errors
/// There is no record in them, or the reading was cancelled. A single file that cannot be used is no error: it is said of it.
pub fn read(
    paths: &[PathBuf],
    options: &RecordOptions,
    threads: NonZeroUsize,
    watch: &Watch,
) -> Result<RecordRead, RecordError> {
    let (sources, refused) = source::sources(paths);
    let mut files: Vec<FileRead> = refused
        .into_iter()
        .map(|(path, reason)| FileRead::unused(printable(&path.to_string_lossy()).into_owned(), reason))
        .collect();
    if sources.is_empty() && files.is_empty() {
        let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(RecordError::NoFiles(names.join(", ")));
    }
    let mut surveyed = Vec::with_capacity(sources.len());
    let look = |index: usize| (!watch.cancel.is_requested()).then(|| Surveyed::of(&sources[index], options));
    gather(sources.len(), threads, look, |one| surveyed.push(one))?;
    let shown = surveyed.iter().filter_map(|one| one.shown.as_ref().ok());
    let symbol = market_of(&shown, options)?;
    watch.total.store(surveyed.len() as u64, Ordering::Relaxed);
    let mut parts = Vec::with_capacity(surveyed.len());
    let body = |index: usize| {
        let part = surveyed[index].read(symbol.as_deref(), &watch.cancel)?;
        watch.done.fetch_add(1, Ordering::Relaxed);
        Some(part)
    };
    gather(surveyed.len(), threads, body, |part| parts.push(part))?;
    let (record, read) = assemble::assemble(parts);
    files.extend(read);
    let Some(record) = record else {
        let about = files.iter().map(|file| format!("{}: {}", file.file, file.words()));
        return Err(RecordError::NoPrices(about.collect::<Vec<_>>().join("; ")));
    };
    Ok(RecordRead { record, symbol, files })
}

fn gather<T: Send>(
    count: usize,
    threads: NonZeroUsize,
    job: impl Fn(usize) -> Option<T> + Sync,
    mut take: impl FnMut(T),
) -> Result<(), RecordError> {
    let mut taken = 0;
    let done = in_order(0..count, threads, job, |_, result| {
        take(result);
        taken += 1;
        Ok::<(), RecordError>(())
    });
    done.and(if taken == count {
        Ok(())
    } else {
        Err(RecordError::Cancelled)
    })
}

/// The market that the record is of.
fn market_of<'s>(
    files: &(impl Iterator<Item = &'s Shown> + Clone),
    options: &RecordOptions,
) -> Result<Option<String>, RecordError> {
    let shown = || files.clone();
    let all: BTreeSet<&String> = shown()
        .flat_map(|shown| shown.symbol.iter().chain(shown.layout.symbols.keys()))
        .collect();
    let named = || {
        let names: Vec<&str> = all.iter().take(12).map(|name| name.as_str()).collect();
        let more = if all.len() > names.len() { ", …" } else { "" };
        format!("{}{more}", names.join(", "))
    };
    if let Some(wanted) = &options.symbol {
        let known = all.iter().any(|symbol| symbols::same_asset(symbol, wanted));
        return if known || all.is_empty() {
            Ok(Some(wanted.clone()))
        } else {
            Err(RecordError::OtherMarkets(wanted.clone(), named()))
        };
    }
    let of_prices = |shown: &&Shown| {
        shown
            .layout
            .kinds
            .iter()
            .any(|kind| matches!(kind, Kind::Bars | Kind::Trades | Kind::Prices))
    };
    let votes = shown().filter(of_prices).filter_map(|shown| shown.symbol.clone());
    let found = symbols::main(votes).or_else(|| symbols::main(shown().filter_map(|shown| shown.symbol.clone())));
    if found.is_none() && all.len() > 1 {
        return Err(RecordError::SeveralMarkets(named()));
    }
    Ok(found.or_else(|| all.iter().next().map(|only| (*only).clone())))
}
