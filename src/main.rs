//! Arguments become a window or a headless command.

use std::path::PathBuf;
use std::process::ExitCode;

use cascade_lab::cli::{self, Arguments, Window};
use cascade_lab::files::preset;
use cascade_lab::ui::{Renderer, WindowOptions, run};
use clap::Parser;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.command {
        Some(command) => cli::execute(&command),
        None => open(arguments.window).unwrap_or_else(|error| {
            eprintln!("cascade-lab: {error}");
            ExitCode::FAILURE
        }),
    }
}

fn open(window: Window) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let default = preset::shipped()[0].name;
    let name = window.preset.as_deref().unwrap_or(default);
    let scenario = preset::find(name)?;
    let shipped = preset::shipped().iter().any(|shipped| shipped.name == name);
    run(WindowOptions {
        scenario,
        path: (!shipped).then(|| PathBuf::from(name)),
        renderer: match window.renderer {
            Some(cli::Renderer::Wgpu) => Renderer::Wgpu,
            Some(cli::Renderer::Glow) | None => Renderer::Glow,
        },
        screenshot: window.screenshot.zip(window.after_steps),
    })?;
    Ok(ExitCode::SUCCESS)
}
