//! Two programs at once on the same preset: whoever reads finds what one of them wrote, whole.

use std::fs;
use std::thread;

use cascade_lab::files::preset;

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
