//! The window without a display or a GPU, for tests that drive it by its labels. What includes it has `Shell` in scope.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{DroppedFile, vec2};
use egui_kittest::Harness;

use super::Shell;

/// A window under test.
pub(super) type Window = Harness<'static, Shell>;

/// A window of this size, which has settled.
pub(super) fn drive(shell: Shell, size: (f32, f32)) -> Window {
    let mut window = Harness::builder()
        .with_size(vec2(size.0, size.1))
        .with_max_steps(600)
        .build_ui_state(
            |ui, shell: &mut Shell| {
                let ctx = ui.ctx().clone();
                shell.logic(&ctx);
                shell.ui(ui);
            },
            shell,
        );
    window.run();
    window
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window reads files itself".to_owned())
    }
}

/// A file that is let go over the window.
#[allow(dead_code, reason = "not every test program drops files")]
pub(super) fn dropped(path: &Path) -> Arc<dyn DroppedFile + Send + Sync> {
    Arc::new(Dropped(path.to_owned()))
}
