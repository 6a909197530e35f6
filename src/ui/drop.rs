//! Files that are dragged onto the window: what will happen to them is told before they are let go.

use std::path::{Path, PathBuf};

use eframe::egui::{Context, Id, LayerId, Order, Stroke, StrokeKind};

use cascade_app::{Command, FileCommand};
use cascade_files::import::is_table;

use super::palette::Palette;
use super::style;

/// What a file is when it is dropped: the one place that decides it.
fn meaning(path: &Path) -> Result<(String, Command), String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match extension.as_str() {
        "ron" => Ok((
            format!("Drop to open the preset “{name}”"),
            Command::File(FileCommand::Open(path.to_owned())),
        )),
        _ if is_table(path) => Ok((
            format!("Drop to look at the table “{name}”"),
            Command::Import(path.to_owned()),
        )),
        _ => Err(format!("“{name}” is neither a preset (.ron) nor a table (.csv)")),
    }
}

/// Draws what will happen to the files that are held over the window.
pub fn show(ctx: &Context, palette: &Palette) {
    let hovered: Vec<PathBuf> = ctx.input(|input| {
        let files = input.raw.hovered_files.iter();
        files.map(|file| file.path.clone().unwrap_or_default()).collect()
    });
    let Some(first) = hovered.first() else { return };
    let text = match meaning(first) {
        _ if first.as_os_str().is_empty() => "Drop to open it".to_owned(),
        Ok((text, _)) | Err(text) => text,
    };
    let text = if hovered.len() > 1 {
        format!("{text}\nOnly the first of {} files is taken", hovered.len())
    } else {
        text
    };
    let painter = ctx.layer_painter(LayerId::new(Order::Tooltip, Id::unique("drop")));
    let whole = ctx.content_rect();
    painter.rect_filled(whole, 0.0, palette.ground.gamma_multiply(0.8));
    let edge = Stroke::new(3.0, palette.accent);
    painter.rect_stroke(whole.shrink(12.0), 8.0, edge, StrokeKind::Inside);
    let room = (whole.width() - 80.0).max(80.0);
    let text = painter.layout(text, style::strong_font(22.0), palette.text, room);
    painter.galley(whole.center() - text.size() / 2.0, text, palette.text);
    ctx.request_repaint_after(std::time::Duration::from_millis(100));
}

/// What the files that were let go ask for, or why they cannot be used; and what is said besides.
pub fn dropped(ctx: &Context) -> Option<(Result<Command, String>, Option<String>)> {
    let files: Vec<PathBuf> = ctx.input(|input| {
        let files = input.raw.dropped_files.iter();
        files.map(|file| file.path().to_owned()).collect()
    });
    let first = files.first()?;
    let rest = (files.len() > 1).then(|| {
        let name = first.file_name().unwrap_or_default().to_string_lossy();
        format!(
            "{} files were dropped: only the first, “{name}”, was taken.",
            files.len()
        )
    });
    Some((meaning(first).map(|(_, command)| command), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_decides() {
        let meant = |name: &str| meaning(Path::new(name));
        assert_eq!(
            meant("/a/b.RON").unwrap().1,
            Command::File(FileCommand::Open(PathBuf::from("/a/b.RON")))
        );
        assert_eq!(
            meant("/a/prices.csv").unwrap().1,
            Command::Import(PathBuf::from("/a/prices.csv"))
        );
        assert!(meant("/a/picture.png").unwrap_err().contains(".ron"));
        assert!(meant("/a/no ending").is_err());
    }
}
