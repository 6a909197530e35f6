//! What the accounts would do if prices moved: which of them would fail, and what they hold.

use cascade_scenario::{ASSETS_MAX, AssetId, Parameters};

use super::{Asset, CrossAccount, CrossAccounts, Terms};
use crate::units::Usd;

impl CrossAccounts {
    /// What the accounts sell of every asset when another one moves: row a, column b is the move of asset a, per unit of log
    /// price, that the liquidations set off by a small fall of b alone cause. Accounts that have failed already are not set off.
    pub(crate) fn contagion(
        &self,
        parameters: &Parameters,
        assets: &[Asset],
        window: f64,
    ) -> [[f64; ASSETS_MAX]; ASSETS_MAX] {
        let mut matrix = [[0.0; ASSETS_MAX]; ASSETS_MAX];
        for cause in 0..assets.len() {
            let mut moves = [0.0; ASSETS_MAX];
            moves[cause] = -window;
            let (present, moved) = terms(parameters, assets, &moves);
            let sold = self.held_by(assets, &present, |account| {
                present.slack(account).0 > Usd::ZERO && moved.slack(account).0 <= Usd::ZERO
            });
            for (hit, row) in matrix.iter_mut().enumerate().take(assets.len()) {
                row[cause] = sold[hit] / window / assets[hit].world.market.total_depth();
            }
        }
        matrix
    }

    /// What the accounts that would fail if prices moved by so much (in log price) hold of every asset, at the present
    /// marks: to be sold, or bought where it is negative.
    pub(crate) fn set_off_by(
        &self,
        parameters: &Parameters,
        assets: &[Asset],
        moves: &[f64; ASSETS_MAX],
    ) -> [Usd; ASSETS_MAX] {
        let (present, moved) = terms(parameters, assets, moves);
        self.held_by(assets, &present, |account| moved.slack(account).0 <= Usd::ZERO)
    }

    /// What some accounts hold of every asset, at the present marks.
    fn held_by(&self, assets: &[Asset], present: &Terms, counts: impl Fn(&CrossAccount) -> bool) -> [Usd; ASSETS_MAX] {
        let mut held = [Usd::ZERO; ASSETS_MAX];
        let stands = |account: &&CrossAccount| account.legs.iter().any(|leg| leg.quantity != 0.0);
        for account in self.accounts.iter().filter(stands).filter(|account| counts(account)) {
            for (asset, sum) in AssetId::each(&mut held).take(assets.len()) {
                *sum += account.legs[asset.index()].coins() * present.mark(asset, account.venue);
            }
        }
        held
    }
}

/// The terms now, and once prices have moved by so much, in log price.
fn terms(parameters: &Parameters, assets: &[Asset], moves: &[f64; ASSETS_MAX]) -> (Terms, Terms) {
    let present = Terms::now(assets, parameters);
    let mut moved = present.clone();
    for (marks, by) in moved.marks.iter_mut().zip(moves) {
        for mark in marks {
            *mark *= libm::exp(*by);
        }
    }
    (present, moved)
}
