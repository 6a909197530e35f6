//! What the pages beside the plots say of the present moment: the delta map and the distributions of the positions. Computed
//! for the page that is shown, again only when something has changed, and in parts small enough for a frame.

use cascade_analysis::distributions::Distributions;
use cascade_engine::{Asset, DeltaMap, MAP_REACH, SurveyPlace};
use cascade_scenario::{AssetId, Parameters};

use super::Page;

/// Positions looked at in a frame: one to three milliseconds, so that a million take about a second of frames.
const POSITIONS_A_FRAME: usize = 16_000;
/// While the model runs, the positions are looked at anew after at least a frame for so many of them, and at most after
/// [`FRAMES_BETWEEN`] frames.
const POSITIONS_PER_FRAME_BETWEEN: u64 = 4_000;
const FRAMES_BETWEEN: u64 = 15;
/// While the model runs, the map is drawn anew after at least a frame for so many sums of ladders that a level takes.
const LADDERS_PER_FRAME_BETWEEN: usize = 24;

/// A run and its parameters, as far as they concern an asset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CacheKey {
    /// Number of the run, and how often it was cut back.
    pub run: (u64, u64),
    /// The asset, from 0.
    pub asset: AssetId,
    /// Parameters in force.
    pub parameters: Parameters,
}

/// A moment of a subject.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Moment {
    subject: CacheKey,
    step: u64,
    book_version: u64,
}

/// Where the shock of the shock sliders would end.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ShockEnd {
    /// Its size, a relative price change.
    pub size: f64,
    /// Where it ends, a relative price change; none if nothing stops it.
    pub end: Option<f64>,
}

/// What is known, and of when.
#[derive(Debug, Default)]
pub struct PageCache {
    map: DeltaMap,
    shock: ShockEnd,
    map_of: Option<Moment>,
    /// Frames since the map was drawn.
    map_frames: usize,
    /// The last complete look, and the index price when it began.
    distributions: Option<(Distributions, f64)>,
    /// The look at the positions that is under way.
    sweep: Option<(SurveyPlace, Distributions)>,
    swept: Option<Moment>,
    /// The index price when it began.
    index: f64,
    frames: u64,
}

impl PageCache {
    /// Brings up to date what the page shows; once a frame.
    pub fn refresh(&mut self, page: Page, subject: CacheKey, asset: &Asset, playing: bool) {
        let moment = Moment {
            subject,
            step: asset.observation().step,
            book_version: asset.book_version(),
        };
        match page {
            Page::DeltaMap => {
                self.map_frames = self.map_frames.saturating_add(1);
                let same = self.map_of.is_some_and(|of| of.subject == subject);
                let rests = playing && same && self.map_frames < asset.delta_map_work() / LADDERS_PER_FRAME_BETWEEN;
                if self.map_of == Some(moment) || rests {
                    return;
                }
                self.map_frames = 0;
                self.map_of = Some(moment);
                self.map = asset.delta_map(MAP_REACH);
                let size = subject.parameters.shock.size;
                let end = asset.predicted_move(size);
                self.shock = ShockEnd { size, end };
            }
            Page::Distributions => self.look(&moment, asset, playing),
            _ => {}
        }
    }

    fn look(&mut self, moment: &Moment, asset: &Asset, playing: bool) {
        self.frames = self.frames.saturating_add(1);
        let other = self.swept.is_none_or(|of| of.subject != moment.subject);
        let changed = self.swept.as_ref() != Some(moment);
        let known = self
            .distributions
            .as_ref()
            .map_or(0, |(last, _)| last.count.iter().sum());
        let between = (known / POSITIONS_PER_FRAME_BETWEEN).min(FRAMES_BETWEEN);
        let due = self.sweep.is_none() && self.frames >= between;
        if other || changed && (due || !playing) {
            if self
                .swept
                .is_none_or(|of| of.subject.run.0 != moment.subject.run.0 || of.subject.asset != moment.subject.asset)
            {
                self.distributions = None;
            }
            self.swept = Some(*moment);
            (self.frames, self.index) = (0, asset.observation().index);
            self.sweep = Some((SurveyPlace::default(), Distributions::empty(asset.grid())));
        }
        if let Some((mut place, mut found)) = self.sweep.take() {
            if asset.survey(&mut place, POSITIONS_A_FRAME, |position| found.add(position)) {
                self.distributions = Some((found, self.index));
            } else {
                self.sweep = Some((place, found));
            }
        }
    }

    /// The delta map of the moment last shown.
    pub const fn map(&self) -> &DeltaMap {
        &self.map
    }

    /// Where the shock of the sliders would end.
    pub const fn shock(&self) -> ShockEnd {
        self.shock
    }

    /// The distributions as of the last complete look, and the index price then.
    pub const fn distributions(&self) -> Option<&(Distributions, f64)> {
        self.distributions.as_ref()
    }

    /// Whether a look is under way and wants another frame.
    pub const fn looking(&self) -> bool {
        self.sweep.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_engine::Simulation;
    use cascade_scenario::Scenario;

    fn subject(simulation: &Simulation) -> CacheKey {
        CacheKey {
            run: (0, 0),
            asset: AssetId::FIRST,
            parameters: *simulation.parameters(),
        }
    }

    /// A large book is looked at over several frames, and the page has the old figures until the new ones are complete.
    #[test]
    fn a_large_book_is_looked_at_over_several_frames() {
        let mut scenario = Scenario::default();
        scenario.set("positions.count", 200_000.0).unwrap();
        let mut simulation = Simulation::new(&scenario).unwrap();
        let mut insight = PageCache::default();
        let frame = |insight: &mut PageCache, simulation: &Simulation, playing| {
            insight.refresh(
                Page::Distributions,
                subject(simulation),
                &simulation.assets()[0],
                playing,
            );
        };
        let mut frames = 0;
        while insight.distributions().is_none() {
            frame(&mut insight, &simulation, true);
            frames += 1;
        }
        assert!((12..=14).contains(&frames), "{frames} frames for 200,000 positions");
        let (first, _) = insight.distributions().unwrap().clone();
        assert_eq!(first.count.iter().sum::<u64>(), 200_000);
        // Nothing changes: nothing is done.
        frame(&mut insight, &simulation, false);
        assert!(!insight.looking());
        // While the model runs, not in every frame.
        let mut begun = 0;
        for _ in 0..30 {
            simulation.step();
            let before = insight.looking();
            frame(&mut insight, &simulation, true);
            begun += u32::from(!before && insight.looking());
        }
        assert!((1..=2).contains(&begun), "{begun} looks in 30 frames");
        // Where it stands, at once.
        frame(&mut insight, &simulation, false);
        while insight.looking() {
            frame(&mut insight, &simulation, false);
        }
        let (last, _) = insight.distributions().unwrap();
        assert!(*last == Distributions::of(&simulation.assets()[0]) && *last != first);
    }
}
