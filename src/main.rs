//! The program: arguments to a window or a headless command.

use std::process::ExitCode;

use cascade_lab::files::preset;
use cascade_lab::ui::{Renderer, WindowOptions, run};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| {
        arguments
            .iter()
            .position(|word| word == name)
            .and_then(|at| arguments.get(at + 1))
    };
    let screenshot = after("--screenshot").map(|file| {
        (
            file.into(),
            after("--after-steps")
                .and_then(|steps| steps.parse().ok())
                .unwrap_or_default(),
        )
    });
    let name = arguments
        .first()
        .filter(|word| !word.starts_with('-'))
        .map_or("first-cascade", String::as_str);
    let scenario = preset::find(name).unwrap_or_default();
    match run(WindowOptions {
        scenario,
        path: None,
        renderer: Renderer::Glow,
        screenshot,
    }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
