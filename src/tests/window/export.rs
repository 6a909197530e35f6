//! What leaves the window: tables, figures, pictures.

use std::path::Path;
use std::process::Command as Process;

use cascade_lab::app::{
    ActCommand, Command, EditCommand, Export, FileCommand, Picture, PlaybackCommand, PlotId, SliderMode,
    WorkspaceCommand,
};
use cascade_lab::files::{events, preset};
use cascade_lab::scenario::{AssetId, find};
use eframe::egui::{self, Key, Modifiers, OutputCommand, Role, ViewportCommand};
use egui_kittest::kittest::Queryable;

use super::{Window, app, click, open, open_with, settle};

/// Lets an export come to its end.
fn finish(window: &mut Window) {
    for _ in 0..2000 {
        window.step();
        if !app(window).exports.running() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    window.run();
}

/// A run with a slider's move, a shock and a step back in it.
fn eventful() -> Window {
    let mut window = open();
    let shell = window.state_mut();
    shell.app.run(40);
    shell.app.update(EditCommand::SetSliderMode(SliderMode::FromHere));
    let id = find("leverage.mean").unwrap().id;
    shell.app.update(EditCommand::SetParameter { id, value: 18.0 });
    shell.app.run(30);
    shell.app.update(ActCommand::Shock);
    shell.app.run(60);
    shell.app.update(PlaybackCommand::StepBack(20));
    shell.app.present.work(|| true);
    shell.app.update(ActCommand::Shock);
    shell.app.run(50);
    shell.app.update(PlaybackCommand::StepBack(35));
    shell.app.present.work(|| true);
    window.run();
    window
}

#[test]
fn the_time_series_is_the_command_lines_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let (exported, lesson) = (folder.path().join("window.csv"), folder.path().join("lesson.ron"));
    let mut window = eventful();
    let steps = app(&window).present.newest_step();
    assert!(app(&window).present.rewound() && steps == 160);
    window
        .state_mut()
        .carry_out(WorkspaceCommand::Export(Export::Series, exported.clone()).into());
    finish(&mut window);
    assert!(
        window
            .query_by_label_contains("160 rows, one a step from 1 to 160")
            .is_some()
    );
    window
        .state_mut()
        .carry_out(Command::File(FileCommand::SaveLesson(lesson.clone())));
    let text = std::fs::read_to_string(&exported).unwrap();
    assert_eq!(text.lines().count(), 161);
    assert!(text == printed(&lesson, steps, 1), "the tables differ");
}

/// The table that the command line writes of a run.
fn printed(preset: &Path, steps: u64, asset: usize) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("printed.csv");
    let output = Process::new(env!("CARGO_BIN_EXE_cascade-lab"))
        .arg("run")
        .arg(preset)
        .args(["--steps", &steps.to_string(), "--asset", &asset.to_string(), "--csv"])
        .arg(&path)
        .output()
        .unwrap();
    assert!(output.status.success());
    std::fs::read_to_string(path).unwrap()
}

/// Of several assets it is the one that the window shows.
#[test]
fn the_time_series_is_that_of_the_asset_shown() {
    let folder = tempfile::tempdir().unwrap();
    let exported = folder.path().join("window.csv");
    let name = "cross-collateral-contagion";
    let mut window = open_with(preset::find(name).unwrap(), None, (1400.0, 900.0));
    window.state_mut().app.update(PlaybackCommand::Pause);
    window.state_mut().app.run(30);
    window
        .state_mut()
        .app
        .update(WorkspaceCommand::ShowAsset(AssetId::new(1)));
    window
        .state_mut()
        .carry_out(WorkspaceCommand::Export(Export::Series, exported.clone()).into());
    finish(&mut window);
    assert!(
        window
            .query_by_label_contains("the columns of `run --csv` of asset 2")
            .is_some()
    );
    let text = std::fs::read_to_string(&exported).unwrap();
    let steps = app(&window).present.newest_step();
    assert!(text == printed(Path::new(name), steps, 2), "the tables differ");
}

#[test]
fn the_events_are_those_of_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.csv");
    let mut window = eventful();
    window
        .state_mut()
        .carry_out(WorkspaceCommand::Export(Export::Events, path.clone()).into());
    finish(&mut window);
    let log = app(&window).present.newest().log();
    assert!(log.len() > 4);
    let mut text = Vec::new();
    events::write(log, &mut text).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), text);
}

#[test]
fn a_long_export_shows_its_progress_and_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.csv");
    std::fs::write(&path, "what was there").unwrap();
    let mut scenario = preset::find("first-cascade").unwrap();
    scenario.set("positions.count", 500.0).unwrap();
    let mut window = open_with(scenario, None, (1400.0, 900.0));
    window.state_mut().app.run(60_000);
    window
        .state_mut()
        .carry_out(WorkspaceCommand::Export(Export::Series, path.clone()).into());
    let mut shown = false;
    for _ in 0..400 {
        window.step();
        if window.query_by_label("Cancel the export").is_some() {
            shown = true;
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(shown, "no progress after two seconds");
    window.get_by_label("Cancel the export").click();
    finish(&mut window);
    assert!(window.query_all_by_label_contains("was not written: cancelled").count() == 1);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "what was there");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_sheet_asks_where_to_save() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.csv");
    let scenario = preset::find("first-cascade").unwrap();
    let mut window = open_with(scenario, Some(path.clone()), (1024.0, 640.0));
    window.state_mut().app.run(25);
    window.key_press_modifiers(Modifiers::COMMAND, Key::E);
    window.run();
    for title in [
        "Time series",
        "Events",
        "Key figures",
        "Picture of the window",
        "Preset",
        "Lesson",
    ] {
        assert!(window.query_all_by_label(title).next().is_some(), "{title}");
    }
    click(&mut window, Role::Button, "Save… Time series");
    settle(&mut window);
    finish(&mut window);
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 26);
    assert!(window.query_by_label("Export").is_none(), "the sheet is still open");
}

#[test]
fn a_path_that_exists_is_replaced_only_in_so_many_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("there.csv");
    std::fs::write(&path, "old").unwrap();
    let mut window = open();
    window
        .state_mut()
        .carry_out(WorkspaceCommand::AskExport(Export::Events).into());
    window.run();
    settle(&mut window);
    assert!(window.query_by_label("Save the events").is_some());
    window
        .get_by_role_and_label(Role::TextInput, "Path of the file")
        .focus();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    let typed = folder.path().join("there");
    window
        .get_by_role_and_label(Role::TextInput, "Path of the file")
        .type_text(typed.to_str().unwrap());
    window.run();
    assert!(window.query_by_label_contains("will be replaced").is_some());
    click(&mut window, Role::Button, "Replace");
    finish(&mut window);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "step,time_seconds,kind,text\n");
}

#[test]
fn the_key_figures_are_copied_as_a_table() {
    let mut window = open();
    window.state_mut().app.run(200);
    window.run();
    window.event(egui::Event::Copy);
    window.step();
    let copied = window
        .output()
        .platform_output
        .commands
        .iter()
        .find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
    let text = copied.unwrap();
    let value = |name: &str| {
        let line = text.lines().find(|line| line.split('\t').next() == Some(name));
        line.unwrap_or_else(|| panic!("no {name} in {text}"))
            .split('\t')
            .nth(1)
            .unwrap()
            .to_owned()
    };
    let summary = app(&window).present.simulation.summary_of(AssetId::FIRST);
    assert_eq!(value("Step"), "200");
    assert_eq!(value("Digest"), summary.digest);
    assert_eq!(
        value("Amplification"),
        format!("{:.2}×", summary.amplification_factor.unwrap())
    );
    assert!(value("Liquidated").ends_with(" USD") && value("Preset") == app(&window).present.scenario.name);
    assert!(text.lines().all(|line| line.matches('\t').count() == 1));
}

/// The picture that the window is asked for, once nothing covers it.
fn screenshot(window: &mut Window) -> Option<egui::ScreenshotCallback> {
    for _ in 0..20 {
        window.step();
        let wanted = window
            .output()
            .viewport_output
            .values()
            .flat_map(|output| &output.commands);
        for command in wanted {
            if let ViewportCommand::Screenshot(callback) = command {
                return Some(callback.clone());
            }
        }
    }
    None
}

/// Writes a picture of a plot of a run and reads it.
pub fn poster(window: &mut Window, picture: Picture, path: &Path) -> image::RgbImage {
    let export = WorkspaceCommand::Export(Export::Picture(picture), path.to_owned());
    window.state_mut().carry_out(export.into());
    for _ in 0..400 {
        std::thread::sleep(std::time::Duration::from_millis(5));
        window.run();
        if path.is_file() {
            break;
        }
    }
    image::open(path).unwrap().to_rgb8()
}

#[test]
fn a_picture_of_a_plot_is_laid_out_anew_with_title_axes_and_legend() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    window.state_mut().app.run(200);
    window.run();
    let palette = cascade_lab::ui::palette::Palette::dark();
    for (name, picture, color) in [
        ("delta", Picture::Plot(PlotId("Aggregate delta")), palette.longs),
        ("price", Picture::Price, palette.spot),
        // Not on the screen, and still there to be had.
        ("fund", Picture::Plot(PlotId("Insurance fund")), palette.spot),
    ] {
        let image = poster(&mut window, picture, &folder.path().join(format!("{name}.png")));
        assert_eq!(image.dimensions(), (1600, 900), "{name}");
        let ground = image.get_pixel(0, 0).0;
        let drawn = |x: (u32, u32), y: (u32, u32)| {
            let places = (x.0..x.1).flat_map(|x| (y.0..y.1).map(move |y| (x, y)));
            places.filter(|(x, y)| image.get_pixel(*x, *y).0 != ground).count()
        };
        // The title, the values at the left, the moments below, and the legend at the right.
        for (part, x, y) in [
            ("title", (20, 500), (10, 62)),
            ("value axis", (12, 95), (80, 840)),
            ("time axis", (100, 1200), (865, 890)),
            ("legend", (1350, 1590), (75, 180)),
        ] {
            assert!(drawn(x, y) > 200, "{name}: no {part}");
        }
        let [r, g, b, _] = color.to_array();
        let line = image.pixels().filter(|pixel| pixel.0 == [r, g, b]).count();
        assert!(line > 300, "{name}: {line} pixels of its line");
    }
}

#[test]
fn no_picture_is_taken_of_what_is_not_there_or_covered() {
    let mut window = open();
    let levels = Picture::Plot(PlotId("Liquidation clusters"));
    window
        .state_mut()
        .carry_out(WorkspaceCommand::CopyPicture(levels).into());
    assert!(screenshot(&mut window).is_none());
    assert!(window.query_by_label_contains("stands beside the price").is_some());
    window.key_press(Key::F1);
    window
        .state_mut()
        .carry_out(WorkspaceCommand::CopyPicture(Picture::Window).into());
    assert!(
        screenshot(&mut window).is_none(),
        "the sheet of shortcuts would be in the picture"
    );
    window.key_press(Key::Escape);
    assert!(screenshot(&mut window).is_some());
}
