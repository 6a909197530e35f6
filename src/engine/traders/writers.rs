//! Option writers on margin: they have sold options and hold no hedge. A clearing house asks them for what the worst of a few moves
//! would cost (SPAN: CME 1988); where several houses each see a part, none gives credit for what is gained at another, and together
//! they ask for more, never for less. Writers whose equity does not cover it are closed out in proportion, at the next settlement: the
//! dealers take the options over and hedge them, with the move.
//!
//! What options cost is counted by their delta, ∫Δ dP along the way of the price; what they lose of their worth as time passes is paid
//! out.

use cascade_scenario::MarginSchedule;

use crate::clock::Moment;
use crate::log::{Log, LogEvent};
use crate::market::books::Market;
use crate::pace::Pace;
use crate::traders::dealers::Dealers;

/// Pieces of a move over which delta is added up.
const PIECES: u32 = 8;

/// The writers of an asset's options.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writers {
    /// What they have lost so far, USD.
    lost: f64,
    /// Log price they looked at last, relative to the start.
    seen: Option<f64>,
    /// When they are asked for margin.
    pace: Pace,
}

impl Writers {
    /// A step: gains and losses since the last, and margin where it is settled.
    pub(crate) fn act(&mut self, moment: &Moment, market: &Market, dealers: &mut Dealers, log: &mut Log) {
        let settings = &moment.parameters.writers;
        self.pace.begin_step(moment.dt(), settings.interval);
        if !settings.enabled || dealers.book.is_empty() {
            *self = Self {
                pace: self.pace,
                ..Self::default()
            };
            dealers.take_over(moment, market, 0.0);
            return;
        }
        let price = Dealers::reference(moment, market);
        let held = settings.share * (1.0 - dealers.taken_over());
        let seen = self.seen.replace(price);
        if held == 0.0 {
            return;
        }
        if let Some(seen) = seen {
            self.lost += held * cost(moment, market, dealers, seen, price).iter().sum::<f64>();
        }
        if !self.pace.look() {
            return;
        }
        let (required_usd, equity_usd) = (
            held * requirement(moment, market, dealers, price),
            settings.capital - self.lost,
        );
        if required_usd > equity_usd {
            let kept = (equity_usd / required_usd).max(0.0);
            dealers.take_over(moment, market, 1.0 - kept * (1.0 - dealers.taken_over()));
            log.note(
                moment,
                LogEvent::WritersCalled {
                    required_usd,
                    equity_usd,
                    closed: 1.0 - kept,
                },
            );
        }
    }
}

/// What one of every call and what one of every put that is listed gains while the log price goes from one level to another:
/// ∫Δ·P dx, by Simpson's rule.
fn cost(moment: &Moment, market: &Market, dealers: &Dealers, from: f64, to: f64) -> [f64; 2] {
    let now = moment.time_seconds();
    let width = (to - from) / f64::from(PIECES);
    let mut gained = [0.0; 2];
    for point in 0..=PIECES {
        let at = from + width * f64::from(point);
        let weight = match point {
            0 | PIECES => 1.0,
            odd if odd % 2 == 1 => 4.0,
            _ => 2.0,
        };
        let delta = dealers.book.exposure(at, now).delta;
        for (sum, delta) in gained.iter_mut().zip(delta) {
            *sum += weight * width / 3.0 * delta * market.price_at(at);
        }
    }
    gained
}

/// What the clearing houses ask for one of every option, USD.
fn requirement(moment: &Moment, market: &Market, dealers: &Dealers, price: f64) -> f64 {
    let settings = &moment.parameters.writers;
    let moves = [-settings.stress_move, settings.stress_move];
    let costs = moves.map(|size| cost(moment, market, dealers, price, price + libm::log1p(size)));
    let worst = |of: &dyn Fn(&[f64; 2]) -> f64| costs.iter().map(of).fold(0.0, f64::max);
    match settings.schedule {
        MarginSchedule::One => worst(&|[calls, puts]| calls + puts),
        MarginSchedule::Several => worst(&|[calls, _]| *calls) + worst(&|[_, puts]| *puts),
    }
}
