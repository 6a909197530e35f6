//! Files that are dragged onto the window: what will happen to them is told before they are let go.

use std::path::PathBuf;

use eframe::egui::{Context, Id, LayerId, Order, Stroke, StrokeKind};

use cascade_app::market::MarketCommand;
use cascade_app::{Command, FileCommand};
use cascade_files::import::is_table;
use cascade_scenario::format;

use super::palette::Palette;
use super::style;

/// What files are when they are dropped: the one place that decides it. A folder, or several tables, are a market's record.
fn meaning(paths: &[PathBuf]) -> Result<(String, Command), String> {
    let Some(first) = paths.first() else {
        return Err("nothing was dropped".to_owned());
    };
    let name = first.file_name().unwrap_or_default().to_string_lossy();
    let of_record = |path: &PathBuf| path.is_dir() || is_table(path);
    if first.is_dir() || paths.len() > 1 && paths.iter().all(of_record) {
        let what = if paths.len() > 1 {
            format!(
                "Drop to read {} as a market's record",
                format::counted(paths.len(), "file")
            )
        } else {
            format!("Drop to read the folder “{name}” as a market's record")
        };
        return Ok((what, MarketCommand::Read(paths.to_owned()).into()));
    }
    let extension = first.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match extension.as_str() {
        "ron" => Ok((
            format!("Drop to open the preset “{name}”"),
            Command::File(FileCommand::Open(first.clone())),
        )),
        _ if is_table(first) => Ok((
            format!("Drop to look at the table “{name}”"),
            Command::Import(first.clone()),
        )),
        _ => Err(format!(
            "“{name}” is neither a preset (.ron) nor a table (.csv), nor a folder with a market's record"
        )),
    }
}

/// Draws what will happen to the files that are held over the window.
pub(crate) fn show(ctx: &Context, palette: &Palette) {
    let hovered: Vec<PathBuf> = ctx.input(|input| {
        let files = input.raw.hovered_files.iter();
        files.map(|file| file.path.clone().unwrap_or_default()).collect()
    });
    let Some(first) = hovered.first() else { return };
    let text = match meaning(&hovered) {
        _ if first.as_os_str().is_empty() => "Drop to open it".to_owned(),
        Ok((text, _)) | Err(text) => text,
    };
    let takes_all = matches!(meaning(&hovered), Ok((_, Command::Market(_))));
    let text = if hovered.len() > 1 && !takes_all {
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
    let text = painter.layout(text, style::strong_font(style::FIGURE), palette.text, room);
    painter.galley(whole.center() - text.size() / 2.0, text, palette.text);
    ctx.request_repaint_after(std::time::Duration::from_millis(100));
}

/// What the files that were let go ask for, or why they cannot be used; and what is said besides.
pub(crate) fn dropped(ctx: &Context) -> Option<(Result<Command, String>, Option<String>)> {
    let files: Vec<PathBuf> = ctx.input(|input| {
        let files = input.raw.dropped_files.iter();
        files.map(|file| file.path().to_owned()).collect()
    });
    let first = files.first()?;
    let meant = meaning(&files).map(|(_, command)| command);
    let takes_all = matches!(meant, Ok(Command::Market(_)));
    let rest = (files.len() > 1 && !takes_all).then(|| {
        let name = first.file_name().unwrap_or_default().to_string_lossy();
        format!(
            "{} files were dropped: only the first, “{name}”, was taken.",
            files.len()
        )
    });
    Some((meant, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_decides() {
        let meant = |name: &str| meaning(&[PathBuf::from(name)]);
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
        let folder = std::env::temp_dir();
        let record = MarketCommand::Read(vec![folder.clone()]).into();
        assert_eq!(meaning(std::slice::from_ref(&folder)).unwrap().1, record);
        let several = ["/a/bars.csv", "/a/interest.zip"].map(PathBuf::from);
        let record = MarketCommand::Read(several.to_vec()).into();
        assert_eq!(meaning(&several).unwrap().1, record);
    }
}
