//! The operating system's side of the window: opening it, remembering its settings, taking its picture.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui::{Context, RawInput, Ui, ViewportBuilder, ViewportCommand};
use eframe::{Frame, NativeOptions, Storage};

use cascade_app::market::MarketCommand;
use cascade_app::{App, Command, FileCommand, LessonCommand, Library, PlaybackCommand, WorkspaceCommand};
use cascade_files::library;
use cascade_scenario::{ParameterError, Scenario};

use super::dialog;
use super::pictures::write_png;
use super::remembered::Remembered;
use super::shell::Shell;

/// What the desktop knows the program as.
const NAME: &str = "cascade-lab";
/// Frames that are drawn before a picture is taken, so that everything that moves has settled.
const FRAMES_TO_SETTLE: u32 = 60;

/// What draws the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Renderer {
    /// OpenGL.
    #[default]
    Glow,
    /// Vulkan, Metal or Direct3D; only when built with the feature `wgpu`.
    Wgpu,
}

/// How to open the window.
#[derive(Clone, Debug)]
pub struct WindowOptions {
    /// The scenario it starts with.
    pub scenario: Scenario,
    /// The file the scenario came from; none for a shipped preset.
    pub path: Option<PathBuf>,
    /// A table to look at from the start.
    pub import: Option<PathBuf>,
    /// Link to open.
    pub link: Option<String>,
    /// The file of a lesson to teach from the start.
    pub lesson: Option<PathBuf>,
    /// The folder of a market's record to read from the start.
    pub record: Option<PathBuf>,
    /// What draws it.
    pub renderer: Renderer,
    /// Write a picture to this file after so many steps, then leave.
    pub screenshot: Option<(PathBuf, u64)>,
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// The operating system gave none.
    #[error(
        "the window cannot be opened: {cause}. It needs a graphical desktop (X11 or Wayland) with OpenGL 2.1 or newer and \
         the libraries libGL, libX11 or libwayland-client, and libxkbcommon, which every Linux desktop installs. If Wayland is the \
         trouble, start it with WAYLAND_DISPLAY= in front to use X11; if OpenGL is, build it with `--features wgpu` and start it \
         with `--renderer wgpu`. Without any window, `cascade-lab run PRESET --json` runs a preset and prints its figures."
    )]
    NoWindow {
        /// What the operating system or the driver said.
        cause: String,
    },
    /// The program was built without this renderer.
    #[error(
        "this build of cascade-lab has no wgpu renderer. Build it with `cargo run --release --features wgpu -- --renderer wgpu`, \
         or leave `--renderer` out to use OpenGL."
    )]
    NoSuchRenderer,
    /// The scenario holds a value that is not allowed.
    #[error(transparent)]
    Scenario(#[from] ParameterError),
    /// The picture could not be written.
    #[error("cannot write the picture {}: {cause}", path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        cause: String,
    },
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// The scenario is not allowed, the window cannot be opened, or the picture that was asked for cannot be written.
pub fn run(options: WindowOptions) -> Result<(), WindowError> {
    let mut remembered = Remembered::new(eframe::storage_dir(NAME));
    let (settings, complaints) = remembered.load();
    let dithering = !settings.reduced_effects;
    // Found out here, while there is a terminal to say it on.
    let mut app = App::new(options.scenario, options.path.as_deref(), settings)?;
    for text in complaints {
        app.messages.error(text);
    }
    if let Some(path) = &options.path {
        app.settings.remember(path);
    }
    if let Some(folder) = library::folder() {
        app.library = Library::of(folder);
    }
    if let Some(link) = options.link {
        app.update(FileCommand::OpenLink(link));
    }
    if let Some(table) = options.import {
        app.update(Command::Import(table));
    }
    if let Some(lesson) = options.lesson {
        app.update(LessonCommand::Open(lesson));
    }
    if let Some(folder) = options.record {
        app.update(MarketCommand::Read(vec![folder]));
    }
    let native = NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title(NAME)
            .with_app_id(NAME)
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([480.0, 320.0]),
        renderer: renderer(options.renderer)?,
        dithering,
        ..NativeOptions::default()
    };
    let failed = Arc::new(Mutex::new(None));
    let shown = Arc::new(AtomicBool::new(false));
    let (in_window, was_shown) = (Arc::clone(&failed), Arc::clone(&shown));
    let screenshot = options.screenshot;
    let opened = quietly_until(&shown, move || {
        eframe::run_native(
            NAME,
            native,
            Box::new(move |_| Ok(Box::new(Window::new(app, remembered, screenshot, in_window, was_shown)))),
        )
    });
    opened.map_err(|cause| WindowError::NoWindow { cause })?;
    let failure = failed.lock().unwrap_or_else(PoisonError::into_inner).take();
    failure.map_or(Ok(()), Err)
}

#[cfg(feature = "wgpu")]
fn renderer(wanted: Renderer) -> Result<eframe::Renderer, WindowError> {
    Ok(match wanted {
        Renderer::Glow => eframe::Renderer::Glow,
        Renderer::Wgpu => eframe::Renderer::Wgpu,
    })
}

#[cfg(not(feature = "wgpu"))]
fn renderer(wanted: Renderer) -> Result<eframe::Renderer, WindowError> {
    match wanted {
        Renderer::Glow => Ok(eframe::Renderer::Glow),
        Renderer::Wgpu => Err(WindowError::NoSuchRenderer),
    }
}

/// Runs what opens the window. Drivers and windowing libraries panic where they should fail; until the first frame is shown
/// a panic counts as a failure to open, after it it is a mistake of the program and goes on as such.
fn quietly_until(shown: &Arc<AtomicBool>, open: impl FnOnce() -> eframe::Result) -> Result<(), String> {
    let loud = std::panic::take_hook();
    let (seen, in_hook) = (Arc::clone(shown), Arc::new(loud));
    let delegate = Arc::clone(&in_hook);
    std::panic::set_hook(Box::new(move |info| {
        if seen.load(Ordering::Relaxed) {
            delegate(info);
        }
    }));
    let outcome = catch_unwind(AssertUnwindSafe(open));
    drop(std::panic::take_hook());
    std::panic::set_hook(Box::new(move |info| in_hook(info)));
    match outcome {
        Ok(result) => result.map_err(|error| cause_of(&error)),
        Err(panic) if shown.load(Ordering::Relaxed) => resume_unwind(panic),
        Err(panic) => Err(panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
            .unwrap_or_else(|| "the windowing library gave up".to_owned())),
    }
}

/// What went wrong, without the places in source files and the dumps of data that libraries put into their messages.
fn cause_of(error: &eframe::Error) -> String {
    let text = match error {
        eframe::Error::NoGlutinConfigs(_, cause) => format!("OpenGL has no drawing mode for it ({cause})"),
        other => other.to_string(),
    };
    let from = text
        .find(".rs:")
        .and_then(|place| text[place..].find(": ").map(|colon| place + colon + 2));
    text[from.unwrap_or_default()..].trim_end_matches('.').to_owned()
}

/// The window as eframe sees it.
struct Window {
    shell: Shell,
    remembered: Remembered,
    picture: Option<Picture>,
    failed: Arc<Mutex<Option<WindowError>>>,
    shown: Arc<AtomicBool>,
}

/// A picture that is being taken.
struct Picture {
    path: PathBuf,
    steps: u64,
    frames: u32,
}

impl Window {
    fn new(
        mut app: App,
        remembered: Remembered,
        screenshot: Option<(PathBuf, u64)>,
        failed: Arc<Mutex<Option<WindowError>>>,
        shown: Arc<AtomicBool>,
    ) -> Self {
        let picture = screenshot.map(|(path, steps)| Picture { path, steps, frames: 0 });
        if picture.is_some() {
            app.update(PlaybackCommand::Pause);
        }
        Self {
            shell: Shell::new(app, dialog::desktop()),
            remembered,
            picture,
            failed,
            shown,
        }
    }

    fn take_picture(&mut self, ctx: &Context) {
        // What is still being read belongs to the picture.
        let reads = self.shell.app.market.progress().is_some();
        let Some(picture) = self.picture.as_mut().filter(|_| !reads) else {
            return;
        };
        if picture.frames == 0 {
            self.shell.app.run(picture.steps);
        }
        picture.frames += 1;
        ctx.request_repaint();
        if picture.frames == FRAMES_TO_SETTLE {
            let (path, failed, ctx_then) = (picture.path.clone(), Arc::clone(&self.failed), ctx.clone());
            let shot = eframe::egui::ScreenshotCallback::new(move |image| {
                if let Err(cause) = write_png(&path, &image) {
                    let error = WindowError::Picture {
                        path,
                        cause: cause.to_string(),
                    };
                    *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                }
                ctx_then.send_viewport_cmd(ViewportCommand::Close);
                ctx_then.request_repaint();
            });
            ctx.send_viewport_cmd(ViewportCommand::Screenshot(shot));
        }
    }

    /// The close button of the window's frame asks the same question as the menu.
    fn on_close(&mut self, ctx: &Context) {
        let asked = ctx.input(|input| input.viewport().close_requested());
        if asked && self.picture.is_none() && self.shell.keeps_open() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.shell.carry_out(Command::Workspace(WorkspaceCommand::Quit));
        }
    }
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, _frame: &mut Frame) {
        self.on_close(ctx);
        self.take_picture(ctx);
        self.shell.logic(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        self.shell.ui(ui);
        self.shown.store(true, Ordering::Relaxed);
    }

    fn raw_input_hook(&mut self, _ctx: &Context, input: &mut RawInput) {
        // Where the pointer happens to be is no part of the picture.
        if self.picture.is_some() {
            input.events.clear();
        }
    }

    fn save(&mut self, _storage: &mut dyn Storage) {
        if self.picture.is_none()
            && let Err(complaint) = self.remembered.save(&self.shell.remembered())
        {
            self.shell.app.messages.error(complaint);
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.shell.app.exports.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_without_source_files() {
        for (said, told) in [
            (
                "os error at /home/me/winit/mod.rs:765: no display is set.",
                "no display is set",
            ),
            ("GLXBadFBConfig", "GLXBadFBConfig"),
        ] {
            let cause = cause_of(&eframe::Error::AppCreation(said.into()));
            assert!(cause.ends_with(told) && !cause.contains(".rs"), "{cause}");
            let message = WindowError::NoWindow { cause }.to_string();
            for way in ["WAYLAND_DISPLAY=", "--renderer wgpu", "cascade-lab run PRESET --json"] {
                assert!(message.contains(way) && !message.contains('\n'), "{message}");
            }
        }
    }

    #[test]
    fn a_panic_before_the_first_frame_is_a_failure_to_open() {
        let shown = Arc::new(AtomicBool::new(false));
        let failure = quietly_until(&shown, || panic!("no driver")).unwrap_err();
        assert_eq!(failure, "no driver");
    }
}
