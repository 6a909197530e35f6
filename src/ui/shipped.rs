//! The presets and lessons that came with the program, read once.

use std::sync::LazyLock;

use cascade_files::lesson::{self, ShippedLesson};
use cascade_files::preset::{self, Shipped};
use cascade_scenario::{Lesson, Scenario};

/// The shipped presets and what they hold.
static SHIPPED: LazyLock<Vec<(Shipped, Scenario)>> = LazyLock::new(|| {
    preset::shipped()
        .iter()
        .filter_map(|shipped| Some((*shipped, preset::find(shipped.name).ok()?)))
        .collect()
});

/// The shipped presets that can be opened.
pub(crate) fn presets() -> &'static [(Shipped, Scenario)] {
    &SHIPPED
}

/// The shipped lessons and what they hold.
static LESSONS: LazyLock<Vec<(ShippedLesson, Lesson)>> = LazyLock::new(|| {
    lesson::shipped()
        .iter()
        .filter_map(|shipped| Some((*shipped, lesson::find(shipped.name).ok()?)))
        .collect()
});

/// The shipped lessons that can be taught.
pub(crate) fn lessons() -> &'static [(ShippedLesson, Lesson)] {
    &LESSONS
}
