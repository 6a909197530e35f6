//! Arguments become a window or a headless command.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cascade_lab::cli::{self, Arguments, Window};
use cascade_lab::files::import::is_table;
use cascade_lab::files::lesson::is_lesson;
use cascade_lab::files::link::is_link;
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
    let (folders, files): (Vec<_>, Vec<_>) = window.preset.into_iter().partition(|name| Path::new(name).is_dir());
    let (tables, presets): (Vec<_>, Vec<_>) = files.into_iter().partition(|name| is_table(Path::new(name)));
    let name = presets.first().map_or(default, String::as_str);
    let link = is_link(name).then(|| name.to_owned());
    let lesson = is_lesson(Path::new(name)).then(|| PathBuf::from(name));
    let other = link.is_some() || lesson.is_some();
    let scenario = preset::find(if other { default } else { name })?;
    let shipped = preset::shipped().iter().any(|shipped| shipped.name == name);
    run(WindowOptions {
        scenario,
        path: (!shipped && !other).then(|| PathBuf::from(name)),
        lesson,
        link,
        import: tables.first().map(PathBuf::from),
        record: folders.first().map(PathBuf::from),
        renderer: match window.renderer {
            Some(cli::Renderer::Wgpu) => Renderer::Wgpu,
            Some(cli::Renderer::Glow) | None => Renderer::Glow,
        },
        screenshot: window.screenshot.zip(window.after_steps),
    })?;
    Ok(ExitCode::SUCCESS)
}
