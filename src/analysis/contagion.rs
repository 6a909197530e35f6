//! A shock to one asset of a running model, tried out: where the contagion matrix says that it ends, and where it does end when
//! a copy of the model goes on with it. A second copy goes on without it, on the same noise, so that the difference is the
//! shock's doing alone.

use std::sync::Arc;

use cascade_engine::{Asset, Contagion, Simulation};
use cascade_scenario::{ASSETS_MAX, AssetId, Shock};

use super::background::Background;
use super::parallel::Cancel;

/// Steps for which both copies go on after the shock.
pub const HORIZON_STEPS: u64 = 360;

/// What a shock would do. Moves are log prices of the index of all books.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShockWhatIf {
    /// The step in which the copies were made.
    pub from_step: u64,
    /// Number of assets.
    pub assets: usize,
    /// The asset that is shocked.
    pub shocked: AssetId,
    /// The shock.
    pub size: f64,
    /// x = (I − G)⁻¹·s; none from spectral radius 1 on.
    pub predicted: Option<[f64; ASSETS_MAX]>,
    /// Where everything that lies on the way takes it if impact never decays; none if it has no end.
    pub on_the_way: Option<[f64; ASSETS_MAX]>,
    /// The furthest that the copy with the shock went beyond the other one, in the direction of the shock.
    pub happened: [f64; ASSETS_MAX],
}

/// The shock of the shock sliders: which asset, and its log size.
fn shock_of(simulation: &Simulation) -> (AssetId, f64) {
    let shock = simulation.parameters().shock;
    let asset = simulation.parameters().assets.numbered(shock.asset);
    (asset, libm::log1p(shock.size))
}

/// Where the model's contagion matrix says that the shock of the shock sliders ends: x = (I − G)⁻¹·s, none from spectral radius
/// 1 on.
pub fn predicted(simulation: &Simulation, matrix: &Contagion) -> Option<[f64; ASSETS_MAX]> {
    let (asset, size) = shock_of(simulation);
    let mut shock = [0.0; ASSETS_MAX];
    shock[asset.index()] = size;
    matrix.amplified(&shock)
}

/// Lets two copies of the model go on, one with the shock of the shock sliders and both without the scenario's events to come.
/// None if it was cancelled meanwhile.
pub fn what_if(snapshot: &Simulation, cancelled: impl Fn() -> bool) -> Option<ShockWhatIf> {
    let (shocked, size) = shock_of(snapshot);
    let mut with = snapshot.clone();
    with.drop_events();
    let mut without = with.clone();
    with.shock(&Shock::default());
    let mut happened = [0.0_f64; ASSETS_MAX];
    for _ in 0..HORIZON_STEPS {
        if cancelled() {
            return None;
        }
        with.step();
        without.step();
        let index = |asset: &Asset| asset.observation().index;
        for ((furthest, with), without) in happened.iter_mut().zip(with.assets()).zip(without.assets()) {
            let moved = libm::log(index(with) / index(without));
            if moved * size > *furthest * size {
                *furthest = moved;
            }
        }
    }
    Some(ShockWhatIf {
        from_step: snapshot.steps(),
        assets: snapshot.assets().len(),
        shocked,
        size,
        predicted: predicted(snapshot, &snapshot.contagion()),
        on_the_way: snapshot.predicted_moves(shocked, size.exp_m1()),
        happened,
    })
}

/// A trial on a thread of its own; dropping it ends the work.
#[derive(Debug)]
pub struct TrialJob {
    cancel: Arc<Cancel>,
    found: Background<Option<ShockWhatIf>>,
}

impl TrialJob {
    /// Begins with a copy of the model as it stands.
    pub fn start(snapshot: Simulation) -> Self {
        let cancel = Arc::new(Cancel::new());
        let flag = Arc::clone(&cancel);
        let found = Background::begin(move || what_if(&snapshot, || flag.is_requested()));
        Self { cancel, found }
    }

    /// What has been found, once it is there.
    pub fn collect(&mut self) -> Option<ShockWhatIf> {
        self.found.poll().copied().flatten()
    }
}

impl Drop for TrialJob {
    fn drop(&mut self) {
        self.cancel.request();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_scenario::Scenario;

    fn calm() -> Simulation {
        let mut scenario = Scenario {
            seed: 7,
            ..Scenario::default()
        };
        for (path, value) in [
            ("assets.count", 2.0),
            ("assets.correlation", 0.0),
            ("cross.enabled", 1.0),
            ("cross.open_interest", 3e9),
            ("cross.coin_share", 1.0),
            // What accounts sell in the futures moves the marks at once.
            ("index.source", 1.0),
        ] {
            scenario.set(path, value).unwrap();
        }
        let mut simulation = Simulation::new(&scenario).unwrap();
        (0..20).for_each(|_| simulation.step());
        simulation
    }

    /// A shock of the first asset is all there is between the two copies: the second asset moves only if accounts tie them.
    #[test]
    fn without_ties_the_other_asset_does_not_move() {
        let id = cascade_scenario::find("cross.enabled").unwrap().id;
        let (tied, mut free) = (calm(), calm());
        free.set(id, 0.0).unwrap();
        let (tied, free) = (what_if(&tied, || false).unwrap(), what_if(&free, || false).unwrap());
        assert_eq!((tied.assets, tied.shocked), (2, AssetId::FIRST));
        assert!(tied.size < 0.0 && tied.happened[0] < tied.size, "{tied:?}");
        assert!(tied.happened[1] < -0.01, "{tied:?}");
        // Without decay, throttles and empty funds it goes at least half as far as it really goes.
        let end = tied.on_the_way.map_or(f64::NEG_INFINITY, |end| end[1]);
        assert!(end < 0.5 * tied.happened[1], "{tied:?}");
        // Noise cancels to the last digit, and nobody else carries the shock over.
        assert_eq!(free.happened[1], 0.0, "{free:?}");
        if let Some([_, second, ..]) = free.predicted {
            assert_eq!(second, 0.0);
        }
    }

    #[test]
    fn the_job_finds_what_the_trial_finds_and_leaves_the_model_alone() {
        let simulation = calm();
        let digest = simulation.digest();
        let mut job = TrialJob::start(simulation.clone());
        let found = (0..30_000).find_map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(2));
            job.collect()
        });
        assert_eq!(found, what_if(&simulation, || false));
        assert_eq!(simulation.digest(), digest);
        assert_eq!(what_if(&simulation, || true), None);
    }
}
