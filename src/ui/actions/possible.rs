//! Why an action cannot be done now: there is nothing that it could do something to.

use cascade_app::PINNED_MAX;
use cascade_scenario::ImportKind;

use super::Standing;

/// Going on.
pub(super) fn running(standing: &Standing<'_>) -> Option<&'static str> {
    let halted = standing.app.present.simulation.halted().is_some();
    halted.then_some("The model has halted here: go back, or start again.")
}

/// Showing the cascade once more.
pub(super) fn replay(standing: &Standing<'_>) -> Option<&'static str> {
    let none = standing.app.shown_history().story().is_none();
    none.then_some("There is no cascade in this run yet.")
}

/// Leaving out what was done by hand.
pub(super) fn own_events(standing: &Standing<'_>) -> Option<&'static str> {
    let run = &standing.app.present;
    let none = run.own_acts() == 0 && run.scenario.events == run.document.saved.events;
    none.then_some("Nothing has been done to this run.")
}

/// Pinning one more run.
pub(super) fn pin(standing: &Standing<'_>) -> Option<&'static str> {
    let app = standing.app;
    let full = app.pinned().count() == PINNED_MAX && app.pinned_as().is_none();
    full.then_some("Four runs are pinned: unpin one first.")
}

/// Taking pinned runs away.
pub(super) fn unpin(standing: &Standing<'_>) -> Option<&'static str> {
    let none = standing.app.pinned().next().is_none();
    none.then_some("No run is pinned.")
}

/// Explaining an interval.
pub(super) fn explain(standing: &Standing<'_>) -> Option<&'static str> {
    let empty = standing.app.present.newest_step() == 0;
    empty.then_some("The run has not begun yet.")
}

/// Explaining nothing any more.
pub(super) fn explain_nothing(standing: &Standing<'_>) -> Option<&'static str> {
    let none = standing.app.present.selection.is_none();
    none.then_some("No interval is explained.")
}

/// Going back in time.
pub(super) fn back(standing: &Standing<'_>) -> Option<&'static str> {
    let at_start = standing.app.present.position() == 0;
    at_start.then_some("The run stands at its start.")
}

/// Going on in time, as far as the run is recorded.
pub(super) fn onwards(standing: &Standing<'_>) -> Option<&'static str> {
    let run = &standing.app.present;
    let at_end = run.position() >= run.newest_step();
    at_end.then_some("The run stands at its newest step.")
}

/// Taking a change back.
pub(super) fn undo(standing: &Standing<'_>) -> Option<&'static str> {
    let none = standing.app.undo.done().is_empty();
    none.then_some("There is nothing to undo.")
}

/// Doing a change again.
pub(super) fn redo(standing: &Standing<'_>) -> Option<&'static str> {
    let none = standing.app.undo.undone().is_empty();
    none.then_some("There is nothing to do again.")
}

/// Giving parameters the preset's values.
pub(super) fn reset_parameters(standing: &Standing<'_>) -> Option<&'static str> {
    let none = cascade_scenario::table()
        .iter()
        .all(|row| !standing.app.changed(row.id));
    none.then_some("All parameters are as in the preset.")
}

/// Dropping what was listed or imported.
pub(super) fn drop(standing: &Standing<'_>, kind: ImportKind) -> Option<&'static str> {
    let none = kind.count(&standing.app.present.scenario) == 0;
    none.then_some("This run has none.")
}

/// Whatever concerns the plots.
pub(super) fn plots(standing: &Standing<'_>) -> Option<&'static str> {
    (!standing.shows_plots()).then_some("The plots are not shown.")
}

/// Exporting the log.
pub(super) fn events(standing: &Standing<'_>) -> Option<&'static str> {
    let none = standing.app.present.newest().log().is_empty();
    none.then_some("Nothing has happened in this run yet.")
}

/// Exporting the stress table.
pub(super) fn stress_table(standing: &Standing<'_>) -> Option<&'static str> {
    let none = standing.app.stress.table().is_none();
    none.then_some("No stress table has been computed.")
}

/// Turning to another asset.
pub(super) fn next_asset(standing: &Standing<'_>) -> Option<&'static str> {
    let alone = standing.app.present.simulation.assets().len() < 2;
    alone.then_some("This run has one asset.")
}

/// Leading through a lesson.
pub(super) fn lesson(standing: &Standing<'_>) -> Option<&'static str> {
    let none = standing.app.classroom().is_none();
    none.then_some("No lesson is taught.")
}
