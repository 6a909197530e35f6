//! What is found in a file that something has gone wrong with.

use std::path::Path;

use cascade_analysis::{Axis, Grid, Metric};
use cascade_files::preset;

use super::{Found, Layout};

#[path = "../../../tests/common/random.rs"]
mod random;

use random::{Numbers, cases, mutated};

/// Mutated tables that are tried, unless `FUZZ_CASES` asks for another number.
const CASES: usize = 10_000;
const SEEDS: usize = 3;
const CELLS: usize = 4;

fn layout() -> Layout {
    let axis = |text| Axis::parse(text).unwrap();
    let grid = Grid::new(axis("leverage.mean=8,16"), Some(axis("shock.route=news,spot-order"))).unwrap();
    let scenario = preset::find("first-cascade").unwrap();
    let metrics = Metric::all().take(3).collect();
    Layout::new(&grid, metrics, &scenario, SEEDS, 150)
}

/// A sweep goes on after rows that it recognises alone: what is kept of a file is its own header and its own rows, in order and
/// whole, or the file is refused with its line.
#[test]
fn a_mutated_table_is_continued_after_its_own_rows_or_refused() {
    const PIECES: [&str; 16] = [
        ",",
        "\n",
        "\r\n",
        "-",
        ".",
        "1e308",
        "NaN",
        "inf",
        "0",
        "\0",
        "\"",
        "\u{e9}",
        " ",
        ";",
        "halted",
        "99999999999999999999",
    ];
    let layout = layout();
    let jobs = 0..SEEDS * CELLS;
    let rows = jobs.clone().map(|job| layout.prefix(job) + "0.25,-1,,\n");
    let sound: String = [layout.header.clone()].into_iter().chain(rows).collect();
    let path = Path::new("sweep.csv");
    let whole = Found::read(sound.as_bytes(), path, &layout, jobs.clone(), true).unwrap();
    assert_eq!((whole.rows, whole.bytes), (jobs.len(), sound.len() as u64));
    let mut numbers = Numbers::new(0x5eed_0f7a_b1e5_0001);
    let (mut kept, mut refused) = (0, 0);
    for _ in 0..cases("FUZZ_CASES", CASES) {
        let text = mutated(&sound, &PIECES, &mut numbers);
        match Found::read(text.as_bytes(), path, &layout, jobs.clone(), true) {
            Ok(found) => {
                let own = &text[..usize::try_from(found.bytes).unwrap()];
                let mut lines = own.split_inclusive('\n');
                assert!(!found.header || lines.next() == Some(layout.header.as_str()), "{text}");
                let rows: Vec<&str> = lines.collect();
                assert_eq!(rows.len(), found.rows, "{text}");
                for (job, row) in rows.iter().enumerate() {
                    let figures = row
                        .strip_prefix(&layout.prefix(job))
                        .and_then(|rest| rest.strip_suffix('\n'));
                    let mut cells = figures.unwrap_or_else(|| panic!("{row}: {text}")).split(',');
                    let three = cells
                        .by_ref()
                        .take(3)
                        .all(|cell| cell.is_empty() || cell.parse::<f64>().is_ok());
                    assert!(three && cells.count() == 1, "{row}: {text}");
                }
                kept += 1;
            }
            Err(error) => {
                assert!(error.to_string().contains("sweep.csv, line "), "{error}: {text}");
                refused += 1;
            }
        }
    }
    assert!(
        kept > refused / 50 && refused > kept / 50,
        "{kept} kept, {refused} refused"
    );
}
