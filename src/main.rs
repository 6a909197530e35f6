//! Arguments become a window or a headless command.

use std::process::ExitCode;

use cascade_lab::cli::{self, Arguments};
use clap::Parser;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.command {
        Some(command) => cli::execute(&command),
        None => todo!(),
    }
}
