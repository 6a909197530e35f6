//! Actions of the menu of lessons that concern the one that is taught.

use eframe::egui::Key;

use cascade_app::LessonCommand;

use super::{Action, ActionEffect, Menu, NONE, action, keys, menu_only};
use crate::command::WindowCommand;

/// They stand above those that make a lesson of the run.
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
    .also("forward clicker slide lesson reveal continue"),
    action(
        Menu::Lesson,
        "Previous stage",
        keys(NONE, Key::PageUp),
        ActionEffect::App(|_| LessonCommand::Back.into()),
    )
    .also("back clicker slide lesson"),
    menu_only(
        Menu::Lesson,
        "Speaker's notes",
        ActionEffect::Window(WindowCommand::ToggleSpeaker),
    )
    .also("teacher second window screen notes plan"),
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
    .also("end stop close lesson"),
];
