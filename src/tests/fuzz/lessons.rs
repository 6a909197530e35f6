//! Mutated lessons: what is read of them can be taught, is written as the same lesson, and gives a handout.

use cascade_lab::files::export::ExportError;
use cascade_lab::files::report::Handout;
use cascade_lab::files::{lesson, preset};

use crate::random::{Numbers, mutated};
use crate::{RON_PIECES, cases_of_a_kind};

/// One of so many lessons that can be read is also written on paper.
const PAPER_EVERY: usize = 500;
/// Most steps that are made for a handout.
const STEPS_MAX: u64 = 3_000;

#[test]
fn mutated_lessons_are_read_or_refused() {
    let texts: Vec<&str> = lesson::shipped().iter().map(|shipped| shipped.text).collect();
    let mut numbers = Numbers::new(0x0bad_1e55_0000_0001);
    let (mut read, mut on_paper) = (0, 0);
    for case in 0..cases_of_a_kind() {
        let text = mutated(texts[case % texts.len()], &RON_PIECES, &mut numbers);
        let found = match lesson::parse("mutated.ron", &text) {
            Ok(found) => found,
            Err(error) => {
                assert!(!error.report(10).is_empty(), "{text}");
                continue;
            }
        };
        found.validate().unwrap_or_else(|error| panic!("{error}: {text}"));
        let again = lesson::parse("written.ron", &lesson::write(&found).unwrap());
        assert!(again.is_ok_and(|again| again == found), "another lesson: {text}");
        read += 1;
        if read % PAPER_EVERY == 0
            && let Ok(preset) = preset::find(&found.preset)
        {
            let handout = Handout {
                lesson: found,
                preset,
                speaker: true,
            };
            match handout.page(|step| step < STEPS_MAX) {
                Ok(page) => {
                    assert!(!page.contains("<script"), "{text}");
                    on_paper += 1;
                }
                Err(ExportError::Cancelled) => {}
                Err(error) => panic!("{error}: {text}"),
            }
        }
    }
    eprintln!(
        "{read} of {} mutated lessons can be read, {on_paper} were written on paper",
        cases_of_a_kind()
    );
    assert!(
        read * 50 > cases_of_a_kind(),
        "nearly nothing that can be read was tried"
    );
}
