//! Actions of the menu of lessons: the one that is taught, and what makes a lesson of the run.

use eframe::egui::Key;

use cascade_app::{ActCommand, Command, Export, LessonCommand, WorkspaceCommand};

use super::{Action, ActionEffect, Menu, NONE, action, keys, menu_only, possible};
use crate::command::WindowCommand;
use crate::remarks::Kind;

/// All of them.
pub(super) const ROWS: &[Action] = &[
    menu_only(
        Menu::Lesson,
        "Lessons…",
        ActionEffect::Window(WindowCommand::ShowLessons),
    )
    .also("teach class course library open begin"),
    action(
        Menu::Lesson,
        "Next stage",
        keys(NONE, Key::PageDown),
        ActionEffect::App(|_| LessonCommand::Next.into()),
    )
    .also("forward clicker slide lesson reveal continue")
    .unless(possible::lesson),
    action(
        Menu::Lesson,
        "Previous stage",
        keys(NONE, Key::PageUp),
        ActionEffect::App(|_| LessonCommand::Back.into()),
    )
    .also("back clicker slide lesson")
    .unless(possible::lesson),
    menu_only(
        Menu::Lesson,
        "Speaker's notes",
        ActionEffect::Window(WindowCommand::ToggleSpeaker),
    )
    .also("teacher second window screen notes plan")
    .unless(possible::lesson),
    menu_only(
        Menu::Lesson,
        "Save the handout…",
        ActionEffect::App(|_| WorkspaceCommand::AskExport(Export::Handout { speaker: false }).into()),
    )
    .also("paper print html page questions answers export class")
    .unless(possible::lesson),
    menu_only(
        Menu::Lesson,
        "Save the handout with notes…",
        ActionEffect::App(|_| WorkspaceCommand::AskExport(Export::Handout { speaker: true }).into()),
    )
    .also("paper print html page teacher plan export")
    .unless(possible::lesson),
    menu_only(
        Menu::Lesson,
        "Write a lesson…",
        ActionEffect::Window(WindowCommand::WriteLesson),
    )
    .also("edit editor change author new own teach course stages questions"),
    menu_only(
        Menu::Lesson,
        "Leave the lesson",
        ActionEffect::App(|_| LessonCommand::Leave.into()),
    )
    .also("end stop close lesson")
    .unless(possible::lesson),
    menu_only(
        Menu::Lesson,
        "Add a note…",
        ActionEffect::Window(WindowCommand::BeginRemark(Kind::Note)),
    )
    .also("comment annotation text remark")
    .group(),
    menu_only(
        Menu::Lesson,
        "Ask a question…",
        ActionEffect::Window(WindowCommand::BeginRemark(Kind::Question)),
    )
    .also("quiz vote poll guess lesson"),
    action(
        Menu::Lesson,
        "Add a bookmark…",
        keys(NONE, Key::B),
        ActionEffect::Window(WindowCommand::BeginRemark(Kind::Bookmark)),
    )
    .also("mark favourite favorite moment flag"),
    menu_only(
        Menu::Lesson,
        "Add a pause",
        ActionEffect::App(|_| Command::Act(ActCommand::Remark(cascade_scenario::Action::Pause))),
    )
    .also("stop wait break lesson"),
];
