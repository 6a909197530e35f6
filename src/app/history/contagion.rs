//! How the assets of a run hit one another, over time: the spectral radius of the contagion matrix, and what cross-margin
//! accounts were forced to close of one asset because of another, told as a list of what led to what.

use cascade_engine::{Simulation, Spillover};

use super::series::Series;

/// Most entries that are kept: one a step and pair of assets at first, then one every two steps, every four, and so on.
const ENTRIES_MAX: usize = 8_192;
/// Accounts that one step of recording looks at on average: with more of them the radius is measured in every second step,
/// every third, and so on. A thousand take some 20 µs, a tenth of a step of two assets in a cascade.
const ACCOUNTS_A_STEP: usize = 1_000;

/// What one asset's move made accounts close of an asset within a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Led {
    /// First step in which it did.
    pub from_step: usize,
    /// Last one.
    pub to_step: usize,
    /// The asset because of which, from 0.
    pub cause: usize,
    /// The asset that was closed.
    pub hit: usize,
    /// Spot price of the cause after the last step over its start price, less 1.
    pub cause_move: f64,
    /// Notional closed, USD.
    pub closed_usd: f64,
}

/// The recording. Nothing is recorded of a single asset.
#[derive(Clone, Debug)]
pub struct ContagionHistory {
    radius: Series,
    led: Vec<Led>,
    stretch: usize,
    before: Spillover,
}

impl ContagionHistory {
    /// Begins with the state of a simulation as it stands.
    pub fn new(simulation: &Simulation) -> Self {
        let mut contagion = Self {
            radius: Series::default(),
            led: Vec::new(),
            stretch: 1,
            before: *simulation.spillover(),
        };
        contagion.radius.push(simulation.contagion().spectral_radius());
        contagion
    }

    /// Records the state after a step.
    pub fn record(&mut self, simulation: &Simulation) {
        let step = self.radius.len();
        let every = simulation.cross_accounts().div_ceil(ACCOUNTS_A_STEP).max(1);
        let radius = match self.radius.last() {
            Some(last) if !step.is_multiple_of(every) => last,
            _ => simulation.contagion().spectral_radius(),
        };
        self.radius.push(radius);
        let before = std::mem::replace(&mut self.before, *simulation.spillover());
        if before == self.before {
            return;
        }
        let count = simulation.assets().len();
        for (hit, cause) in (0..count).flat_map(|hit| (0..count).map(move |cause| (hit, cause))) {
            let closed_usd = self.before.closed[hit][cause] - before.closed[hit][cause];
            if closed_usd > 0.0 {
                let asset = &simulation.assets()[cause];
                let start = asset.parameters().market.start_price;
                self.add(Led {
                    from_step: step,
                    to_step: step,
                    cause,
                    hit,
                    cause_move: asset.observation().spot / start - 1.0,
                    closed_usd,
                });
            }
        }
    }

    /// Forgets what was recorded after the step at which `simulation` stands. Of a run so long that entries cover several
    /// steps, one that began before it and ended after it goes as a whole.
    pub fn cut_back(&mut self, simulation: &Simulation) {
        let step = simulation.steps() as usize;
        self.radius.truncate(step + 1);
        self.led.retain(|entry| entry.to_step <= step);
        self.before = *simulation.spillover();
    }

    /// The spectral radius over time.
    pub const fn radius(&self) -> &Series {
        &self.radius
    }

    /// What had led to what up to a step, the earliest first, in stretches of so many steps; within a stretch in no particular
    /// order. Of a run so long that entries cover several steps, one that ended later is left out.
    pub fn led(&self, stretch: usize, until: usize) -> Vec<Led> {
        let mut all = Vec::new();
        for entry in self.led.iter().filter(|entry| entry.to_step <= until) {
            merge(&mut all, *entry, stretch.max(1));
        }
        all
    }

    fn add(&mut self, entry: Led) {
        merge(&mut self.led, entry, self.stretch);
        if self.led.len() > ENTRIES_MAX {
            self.stretch *= 2;
            for old in std::mem::take(&mut self.led) {
                merge(&mut self.led, old, self.stretch);
            }
        }
    }
}

/// Adds an entry to the one of the same stretch and pair, if there is one.
fn merge(led: &mut Vec<Led>, entry: Led, stretch: usize) {
    let place = |one: &Led| one.from_step / stretch;
    let same = led
        .iter_mut()
        .rev()
        .take_while(|one| place(one) == place(&entry))
        .find(|one| (one.cause, one.hit) == (entry.cause, entry.hit));
    match same {
        Some(old) => {
            old.to_step = entry.to_step;
            old.cause_move = entry.cause_move;
            old.closed_usd += entry.closed_usd;
        }
        None => led.push(entry),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_files::preset;

    fn recorded(steps: usize) -> (Simulation, ContagionHistory) {
        let scenario = preset::find("cross-collateral-contagion").unwrap();
        let mut simulation = Simulation::new(&scenario).unwrap();
        let mut contagion = ContagionHistory::new(&simulation);
        for _ in 0..steps {
            simulation.step();
            contagion.record(&simulation);
        }
        (simulation, contagion)
    }

    #[test]
    fn the_list_adds_up_to_what_was_closed() {
        let (simulation, contagion) = recorded(400);
        let spillover = simulation.spillover();
        for hit in 0..2 {
            for cause in 0..2 {
                let led = contagion.led(6, usize::MAX);
                let of_pair = led.iter().filter(|one| (one.cause, one.hit) == (cause, hit));
                let told: f64 = of_pair.map(|one| one.closed_usd).sum();
                let closed = spillover.closed[hit][cause];
                assert!((told - closed).abs() <= 1e-9 * closed.max(1.0), "{told} {closed}");
            }
        }
        assert!(spillover.closed[1][0] > 1e7, "{spillover:?}");
        assert!(contagion.led(6, usize::MAX).is_sorted_by_key(|one| one.from_step / 6));
        assert!(
            contagion
                .led(6, usize::MAX)
                .iter()
                .all(|one| one.to_step - one.from_step < 6)
        );
        assert!(contagion.led(6, usize::MAX).len() < contagion.led(1, usize::MAX).len());
        assert_eq!(contagion.radius().len(), 401);
        let peak = contagion.radius().extent(0..401).high;
        assert!(peak > contagion.radius().at(0).unwrap() && peak > 0.1, "{peak}");
    }

    #[test]
    fn long_lists_tell_of_longer_stretches() {
        let (_, mut contagion) = recorded(0);
        for step in 0..3 * ENTRIES_MAX {
            contagion.add(Led {
                from_step: step,
                to_step: step,
                cause: step % 2,
                hit: 1,
                cause_move: 0.0,
                closed_usd: 1.0,
            });
        }
        assert!(contagion.led(1, usize::MAX).len() <= ENTRIES_MAX);
        let all: f64 = contagion.led(1, usize::MAX).iter().map(|one| one.closed_usd).sum();
        assert_eq!(all, 3.0 * ENTRIES_MAX as f64);
    }

    #[test]
    fn a_cut_forgets_what_came_later() {
        let (early, before) = recorded(135);
        let (_, mut contagion) = recorded(400);
        contagion.cut_back(&early);
        assert_eq!(contagion.radius().len(), before.radius().len());
        assert!(!contagion.led(1, usize::MAX).is_empty());
        assert_eq!(contagion.led(1, usize::MAX), before.led(1, usize::MAX));
    }

    /// What a rewound run shows is what a run that has come no further shows.
    #[test]
    fn nothing_is_told_of_what_comes_later() {
        let (_, early) = recorded(135);
        let (_, contagion) = recorded(400);
        assert!(contagion.led(6, usize::MAX).len() > early.led(6, usize::MAX).len());
        assert!(!early.led(6, 135).is_empty());
        assert_eq!(contagion.led(6, 135), early.led(6, usize::MAX));
        assert!(contagion.led(6, 0).is_empty());
    }
}
