//! What the window remembers between starts, in a file of its own beside the one in which eframe keeps the place of the
//! window and the sizes of its panels. A file that cannot be read is set aside, with a message.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ron::ser::PrettyConfig;

use cascade_app::Settings;
use cascade_files::{opening, saving};

/// The settings.
const SETTINGS: &str = "settings.ron";
/// What eframe keeps.
const WINDOW: &str = "app.ron";

/// Where both are.
#[derive(Clone, Debug)]
pub(crate) struct Remembered {
    folder: Option<PathBuf>,
    /// As they are in the file.
    written: Option<Settings>,
}

impl Remembered {
    /// In a folder; none where the desktop has no place for one, and nothing is remembered.
    pub(crate) const fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, written: None }
    }

    /// The settings of the last time, and what has to be said about files that could not be read. To be called before eframe
    /// reads its own file.
    pub(crate) fn load(&mut self) -> (Settings, Vec<String>) {
        let Some(folder) = &self.folder else {
            return (Settings::default(), Vec::new());
        };
        let mut said = Vec::new();
        if let Err(complaint) = read::<BTreeMap<String, String>>(folder, WINDOW, "place of the window and its panels") {
            said.push(complaint);
        }
        let settings = match read::<Settings>(folder, SETTINGS, "settings") {
            Ok(found) => found.map(Settings::sound),
            Err(complaint) => {
                said.push(complaint);
                None
            }
        };
        self.written.clone_from(&settings);
        (settings.unwrap_or_default(), said)
    }

    /// Writes the settings if they are others than those in the file.
    ///
    /// # Errors
    /// They cannot be written; those that were there before still are.
    pub(crate) fn save(&mut self, settings: &Settings) -> Result<(), String> {
        let Some(folder) = self.folder.as_ref().filter(|_| self.written.as_ref() != Some(settings)) else {
            return Ok(());
        };
        let path = folder.join(SETTINGS);
        let outcome = ron::ser::to_string_pretty(settings, PrettyConfig::default())
            .map_err(io::Error::other)
            .and_then(|text| {
                fs::create_dir_all(folder)?;
                saving::replace(&path, text.as_bytes())
            });
        // Once is enough to say so.
        self.written = Some(settings.clone());
        outcome.map_err(|error| format!("the settings cannot be saved to {}: {error}", path.display()))
    }
}

/// What is in a file; nothing if there is none. One that cannot be read is renamed.
fn read<T: serde::de::DeserializeOwned>(folder: &Path, name: &str, what: &str) -> Result<Option<T>, String> {
    let path = folder.join(name);
    // A link to nothing is something, and set aside.
    if fs::symlink_metadata(&path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return Ok(None);
    }
    let cause = match opening::bytes(&path) {
        Err(error) => error.to_string(),
        Ok(bytes) => match ron::de::from_bytes(&bytes) {
            Ok(value) => return Ok(Some(value)),
            Err(error) => error.to_string(),
        },
    };
    let aside = (1..1000)
        .map(|number| folder.join(format!("{}.broken-{number}.ron", name.trim_end_matches(".ron"))))
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join("broken.ron"));
    let fate = match fs::rename(&path, &aside) {
        Ok(()) => format!("The file is now {}", aside.display()),
        Err(error) => format!("The file could not be set aside ({error})"),
    };
    Err(format!(
        "The {what} of the last time cannot be read ({}: {cause}). {fate}, and everything is as at the first start.",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plots::list::{Listed, PLOTS};
    use cascade_app::{PlotId, Theme};

    #[test]
    fn settings_come_back() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("not yet there");
        let mut remembered = Remembered::new(Some(folder.clone()));
        let (mut settings, said) = remembered.load();
        assert_eq!((&settings, said.len()), (&Settings::default(), 0));
        settings.theme = Theme::Light;
        settings.remember(Path::new("/presets/高槓桿.ron"));
        settings.layout.set_heights(&[(PlotId("Aggregate delta"), 0.25)]);
        settings.plots.set(PlotId("Insurance fund"), true);
        remembered.save(&settings).unwrap();
        assert_eq!(Remembered::new(Some(folder)).load(), (settings, Vec::new()));
    }

    /// Two programs that remember different things: whoever starts finds what one of them wrote, whole, and sets nothing aside.
    #[test]
    fn two_programs_on_one_file_leave_it_whole() {
        let home = tempfile::tempdir().unwrap();
        let remembered = || Remembered::new(Some(home.path().to_owned()));
        let settings = [Theme::Light, Theme::HighContrast].map(|theme| Settings {
            theme,
            ..Settings::default()
        });
        remembered().save(&settings[0]).unwrap();
        std::thread::scope(|scope| {
            for settings in &settings {
                scope.spawn(|| (0..100).for_each(|_| remembered().save(settings).unwrap()));
            }
            for _ in 0..200 {
                let (found, said) = remembered().load();
                assert!(said.is_empty() && settings.contains(&found), "{said:?}");
            }
        });
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }

    /// As they were written when every plot had a switch; names of plots that are not there do nothing.
    #[test]
    fn plots_that_were_switched_on_and_off_stay_so() {
        let home = tempfile::tempdir().unwrap();
        let shown = |text: &str| {
            fs::write(home.path().join(SETTINGS), text).unwrap();
            let (settings, said) = Remembered::new(Some(home.path().to_owned())).load();
            assert_eq!(said, Vec::<String>::new());
            let shows = |plot: &&Listed| plot.is_wanted(&settings.plots);
            let names: Vec<&str> = PLOTS.iter().filter(shows).map(|plot| plot.id().0).collect();
            names.join(", ")
        };
        let at_first = shown("()");
        assert_eq!(
            at_first,
            "Liquidation clusters, Gamma exposure, Clusters over time, Ensemble fan, What really came, Why it moved, Reproduction ratio, \
             Open interest, Aggregate delta, Lending pool"
        );
        let switches = "clusters: true, gamma: true, heat_map: true, delta: true, open_interest: true, attribution: true, \
            reproduction: true, margin: false, fund: false, depth: false, basis: false, synchrony: false, routes: false, \
            lending: true";
        assert_eq!(shown(&format!("(zoom: 1.0, panels: ({switches}))")), at_first);
        let other = switches
            .replace("clusters: true", "clusters: false")
            .replace("fund: false", "fund: true");
        let expected = at_first
            .replace("Liquidation clusters, ", "")
            .replace("Lending", "Insurance fund, Lending");
        assert_eq!(shown(&format!("(panels: ({other}, wings: true))")), expected);
        let sets = r#"(plots: (shown: ["Insurance fund", "Wings"], hidden: ["Liquidation clusters", "Tail"]))"#;
        assert_eq!(shown(sets), expected);
    }

    #[test]
    fn broken_files_are_set_aside_with_a_message() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path();
        for (number, bytes) in [
            &b"(theme: purple)"[..],
            b"(theme: dark",
            b"\xff\xfe\x00",
            b"(zoom: \"much\")",
        ]
        .iter()
        .enumerate()
        {
            fs::write(folder.join(SETTINGS), bytes).unwrap();
            fs::write(folder.join(WINDOW), b"{ \"window\": ").unwrap();
            let (settings, said) = Remembered::new(Some(folder.to_owned())).load();
            assert_eq!((settings, said.len()), (Settings::default(), 2));
            let aside = folder.join(format!("settings.broken-{}.ron", number + 1));
            assert_eq!(&fs::read(&aside).unwrap(), bytes);
            assert!(said[1].contains(&aside.display().to_string()), "{said:?}");
            assert!(!folder.join(SETTINGS).exists() && !folder.join(WINDOW).exists());
        }
        // Odd values of known fields are put right, and unknown fields are of another version.
        fs::write(
            folder.join(SETTINGS),
            "(zoom: 1e30, wings: 2, layout: (heights: {\"Aggregate delta\": -5.0}))",
        )
        .unwrap();
        let (settings, said) = Remembered::new(Some(folder.to_owned())).load();
        assert_eq!((settings.zoom, settings.layout.heights.len(), said.len()), (3.0, 0, 0));
    }
}
