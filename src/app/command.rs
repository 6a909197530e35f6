//! Everything that can be asked of the application. Menus, shortcuts, sliders and plots all speak in commands, so that
//! one function changes the state.

use std::path::PathBuf;

use cascade_scenario::{Action, AssetId, ParameterId};

use super::import::{Brought, ImportCommand};
use super::studies::StudyCommand;
use super::{PlotId, Theme, WorkspaceCommand};

/// A request; [`super::App::update`] carries it out.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Runs.
    Play,
    /// Stands still.
    Pause,
    /// Runs if it stood still, and the other way round.
    TogglePlay,
    /// Stands still and makes this many steps.
    Step(u32),
    /// Stands still and goes this many steps back.
    StepBack(u32),
    /// Goes to a step of the run, the nearest one there is.
    Seek(u64),
    /// Goes to the next bookmark before the present moment.
    PreviousBookmark,
    /// Goes to the next bookmark after the present moment.
    NextBookmark,
    /// Starts again from step 0 with the same seed, the parameters as they are now and the shocks, outages and remarks that
    /// were made; goes on running if it ran.
    Reset,
    /// Starts again with the events of the preset as it was opened or saved only.
    ResetEvents,
    /// Steps per second of wall clock; held within [`super::pace::RANGE`].
    SetSpeed(f64),
    /// Gives a parameter a stored number.
    SetParameter {
        /// Which one.
        id: ParameterId,
        /// Its stored number.
        value: f64,
    },
    /// Gives a parameter the value it has in the preset as it was opened or saved.
    ResetParameter(ParameterId),
    /// Gives the parameters of a group (its place in the table) the values they have in the preset.
    ResetGroup(usize),
    /// Gives all parameters the values they have in the preset as it was opened or saved.
    ResetParameters,
    /// A drag has ended: the next move of the same slider is another entry of the history.
    Settle,
    /// Takes the last change back.
    Undo,
    /// Makes the change again that was taken back last.
    Redo,
    /// Takes changes back or makes them again until so many are made.
    UndoTo(usize),
    /// Starts again with this seed.
    SetSeed(u64),
    /// Starts again with a seed that was not used before.
    NewSeed,
    /// A shock as the `shock` sliders say.
    Shock,
    /// A shock that takes the spot price of the asset shown to this level, USD per coin.
    ShockToPrice(f64),
    /// Adds a note, a question, a pause, a bookmark or a guess at the present moment of the run.
    Remark(Action),
    /// Pins the run: it goes on beside what is done from now on, on the same noise.
    Pin,
    /// Takes the pinned run away.
    Unpin,
    /// The interval to be explained begins at this step.
    SelectFrom(u64),
    /// The interval to be explained ends at this step.
    SelectTo(u64),
    /// Explains nothing any more.
    ClearSelection,
    /// Hides everything but the picture, in large type and strong colours, or brings it back.
    TogglePresenter,
    /// A venue goes out as the `outage` sliders say.
    Outage,
    /// Computes the stress table of the lending pool from the model as it stands.
    ComputeStress,
    /// Gives up what is not yet computed of it.
    CancelStress,
    /// Gives the running model the depth and the shock of a cell of the stress table.
    ApplyStress {
        /// Which shock.
        row: usize,
        /// Which depth.
        column: usize,
    },
    /// Tries the shock of the shock sliders on a copy of the model as it stands, to see where it ends in every asset.
    TryShock,
    /// Gives up the trial that is under way.
    CancelWhatIf,
    /// Opens a preset file, or looks at a table as [`Self::Import`] does.
    Open(PathBuf),
    /// Looks at a table that may become part of the scenario.
    Import(PathBuf),
    /// Asks which table to look at.
    AskImport,
    /// Reads the table otherwise, uses it or puts it away.
    EditImport(ImportCommand),
    /// Goes back from what was imported to what the parameters describe.
    DropBrought(Brought),
    /// Opens a preset that came with the program.
    OpenShipped(&'static str),
    /// Writes the scenario to its file; asks for one if it has none.
    Save,
    /// Writes the scenario to this file, which becomes its file.
    SaveAs(PathBuf),
    /// Writes the run as a lesson: the scenario as it began with everything that was done since among its events.
    SaveLesson(PathBuf),
    /// Asks where to save the lesson.
    AskSaveLesson,
    /// Asks which preset file to open.
    AskOpen,
    /// Asks where to save.
    AskSave,
    /// Concerns files and the arrangement of the window.
    Workspace(WorkspaceCommand),
    /// Shows or hides a plot.
    ShowPlot(PlotId, bool),
    /// Chooses the colours.
    SetTheme(Theme),
    /// Size of everything in the window, 1 for the desktop's own.
    SetZoom(f32),
    /// Narrows the parameters to those that match.
    Search(String),
    /// Takes the message with this text away.
    Dismiss(String),
    /// Takes the guide line away for good.
    DismissGuide,
    /// Turns the plots and pages to an asset of the run.
    ShowAsset(AssetId),
    /// Asks something of many runs.
    Study(StudyCommand),
    /// Ends the program.
    Quit,
}
