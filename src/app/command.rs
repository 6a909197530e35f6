//! Everything that can be asked of the application. Menus, shortcuts, sliders and plots all speak in commands, so that
//! one function changes the state. A command belongs to the part that carries it out.

use std::path::PathBuf;

use cascade_scenario::ImportKind;

use super::import::ImportCommand;
use super::market::MarketCommand;
use super::studies::StudyCommand;
use super::{
    ActCommand, EditCommand, FileCommand, LessonCommand, PinCommand, PlaybackCommand, SelectionCommand, StressCommand,
    WhatIfCommand, WorkspaceCommand,
};

/// The commands of all parts: a part is a row.
macro_rules! commands {
    ($($doc:literal $part:ident($Command:ty),)+ { $($rest:tt)* }) => {
        /// A request; [`super::App::update`] carries it out.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Command {
            $(#[doc = $doc] $part($Command),)+
            $($rest)*
        }

        $(impl From<$Command> for Command {
            fn from(command: $Command) -> Self {
                Self::$part(command)
            }
        })+
    };
}

commands! {
    "Moves through the run." Playback(PlaybackCommand),
    "Changes the scenario, and takes changes back." Edit(EditCommand),
    "Does something to the run at the present moment." Act(ActCommand),
    "Pins a run." Pin(PinCommand),
    "Chooses the interval that is explained." Selection(SelectionCommand),
    "Concerns the stress table of the lending pool." Stress(StressCommand),
    "Concerns the shock that is tried out." WhatIf(WhatIfCommand),
    "Opens and saves scenarios." File(FileCommand),
    "Asks something of many runs." Study(StudyCommand),
    "Concerns a market's own record." Market(MarketCommand),
    "Concerns the lesson that is taught." Lesson(LessonCommand),
    "Concerns the window, its files and arrangement." Workspace(WorkspaceCommand),
    {
        /// Looks at a table that may become part of the scenario.
        Import(PathBuf),
        /// Asks which table to look at.
        AskImport,
        /// Reads the table otherwise, uses it or puts it away.
        EditImport(ImportCommand),
        /// Goes back from what was imported to what the parameters describe.
        DropImported(ImportKind),
    }
}
