//! Two programs at once on the same file: whoever reads finds what one of them wrote, whole.

use std::fs;
use std::thread;

use cascade_lab::files::preset;

use super::{program, promptly, said, sweep, text, until_growing};

/// Saves of each of the two.
const SAVES: usize = 200;

#[test]
fn two_programs_that_save_one_preset_leave_it_whole() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("shared.ron");
    let scenarios = ["first-cascade", "everything-on"].map(|name| preset::find(name).unwrap());
    preset::save(&file, &scenarios[0]).unwrap();
    thread::scope(|scope| {
        for scenario in &scenarios {
            scope.spawn(|| (0..SAVES).for_each(|_| preset::save(&file, scenario).unwrap()));
        }
        for _ in 0..SAVES {
            let found = preset::load(&file).unwrap();
            assert!(scenarios.contains(&found), "a preset of neither");
        }
    });
    assert_eq!(
        fs::read_dir(home.path()).unwrap().count(),
        1,
        "temporary files are left"
    );
}

/// Two sweeps cannot add rows to one table: the second one says so and leaves it alone.
#[cfg(unix)]
#[test]
fn a_second_sweep_leaves_the_table_of_the_first_alone() {
    let home = tempfile::tempdir().unwrap();
    let csv = home.path().join("sweep.csv");
    let axis = ["--x", "leverage.mean=8,12", "--seeds", "40000", "--threads", "1"];
    let short = ["--steps", "40", "--metric", "max_drawdown", "--csv", text(&csv)];
    let long = [&["sweep", "first-cascade"][..], &axis, &short].concat();
    let mut first = until_growing(program(&long).spawn().unwrap(), home.path());
    for second in [&long, &sweep(text(&csv))] {
        let output = promptly(second);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(
            said(&output).contains("another program is writing it"),
            "{}",
            said(&output)
        );
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let rows = fs::read_to_string(&csv).unwrap();
    let whole: Vec<&str> = rows.split_inclusive('\n').filter(|line| line.ends_with('\n')).collect();
    let width = whole[0].matches(',').count();
    assert!(whole.len() > 3 && whole.iter().all(|line| line.matches(',').count() == width));
}
