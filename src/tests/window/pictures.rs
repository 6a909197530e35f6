//! Pictures of plots, drawn by the program's own rasteriser, compared with those on record: where lines, bands, legends and axes
//! stand is easily lost without a word changing.
//!
//! `CASCADE_LAB_RECORD=1 cargo test --test window pictures` writes what is drawn now over what is on record; look at it then.

use cascade_lab::scenario::AssetId;
use std::path::{Path, PathBuf};

use cascade_lab::app::{Picture, PlotId, Theme, WorkspaceCommand};
use cascade_lab::files::preset;
use image::RgbImage;
use image::imageops::{FilterType, resize};

use super::export::poster;
use super::{Window, open_with};

/// Pixels of a picture on record: small enough to keep, large enough that a line that moves shows.
const KEPT: (u32, u32) = (400, 225);
/// Difference of a colour channel that is seen.
const SEEN: u8 = 32;
/// Share of the pixels that may differ: the last digit of a float decides how the edge of a line is blended.
const STRAY: f64 = 0.002;

struct Case {
    name: &'static str,
    preset: &'static str,
    steps: u64,
    theme: Theme,
    asset: usize,
    picture: Picture,
}

fn cases() -> [Case; 5] {
    let case = |name, preset, steps, theme, asset, picture| Case {
        name,
        preset,
        steps,
        theme,
        asset,
        picture,
    };
    [
        case("price", "first-cascade", 300, Theme::Dark, 0, Picture::Price),
        case(
            "attribution",
            "first-cascade",
            300,
            Theme::Light,
            0,
            Picture::Plot(PlotId("Why it moved")),
        ),
        case(
            "open-interest",
            "long-squeeze",
            400,
            Theme::HighContrast,
            0,
            Picture::Plot(PlotId("Open interest")),
        ),
        case(
            "margin",
            "margin-procyclicality",
            400,
            Theme::Dark,
            0,
            Picture::Plot(PlotId("Margin and volatility")),
        ),
        case(
            "second-asset",
            "cross-collateral-contagion",
            300,
            Theme::Dark,
            1,
            Picture::Price,
        ),
    ]
}

fn draw(case: &Case, folder: &Path) -> RgbImage {
    let mut window: Window = open_with(preset::find(case.preset).unwrap(), None, (1400.0, 900.0));
    let app = &mut window.state_mut().app;
    app.update(WorkspaceCommand::SetTheme(case.theme));
    app.update(WorkspaceCommand::ShowAsset(AssetId::new(case.asset)));
    app.run(case.steps);
    // How many seeds it is of depends on the machine.
    app.update(WorkspaceCommand::ShowPlot(PlotId("Ensemble fan"), false));
    window.run();
    let picture = poster(&mut window, case.picture, &folder.join(format!("{}.png", case.name)));
    resize(&picture, KEPT.0, KEPT.1, FilterType::Triangle)
}

#[test]
fn plots_look_as_on_record() {
    let record = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/fixtures/pictures"));
    let folder = tempfile::tempdir().unwrap();
    let mut different = Vec::new();
    for case in cases() {
        let drawn = draw(&case, folder.path());
        let path = record.join(format!("{}.png", case.name));
        if std::env::var_os("CASCADE_LAB_RECORD").is_some() {
            drawn.save(&path).unwrap();
        }
        let kept = image::open(&path).unwrap().to_rgb8();
        assert_eq!(kept.dimensions(), KEPT, "{}", path.display());
        let stray = kept
            .pixels()
            .zip(drawn.pixels())
            .filter(|(kept, drawn)| {
                kept.0
                    .iter()
                    .zip(drawn.0)
                    .any(|(kept, drawn)| kept.abs_diff(drawn) > SEEN)
            })
            .count();
        let share = stray as f64 / f64::from(KEPT.0 * KEPT.1);
        if share > STRAY {
            let now = std::env::temp_dir().join(format!("cascade-lab-{}.png", case.name));
            drawn.save(&now).unwrap();
            different.push(format!(
                "{}: {:.1} % of the pixels, see {}",
                case.name,
                100.0 * share,
                now.display()
            ));
        }
    }
    assert!(different.is_empty(), "{different:#?}");
}
