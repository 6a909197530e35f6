//! The contagion matrix: what a small fall of each asset makes forced flow do to every other.
//!
//! G_ab is the log-price move of asset a, per unit of log price, that the liquidations set off by a small fall of b cause. A
//! first shock s ends at x = s + G·x, so x = (I − G)⁻¹·s while the spectral radius of G is below 1; from 1 on, falls feed each
//! other without end (Leontief 1941; for contagion, Aït-Sahalia, Cacho-Diaz & Laeven 2015 with mutually exciting jumps).

use cascade_scenario::{ASSETS_MAX, AssetId, Parameters};

use crate::asset::Asset;
use crate::cross::CrossAccounts;
use crate::measure::delta_map;
use crate::measure::reproduction;
use crate::positions::contract::Side;

/// How far each asset is made to fall for the estimate, in log price: the window of the reproduction ratio.
const WINDOW: f64 = reproduction::WINDOW;

/// Rounds of power iteration: enough for ten digits unless two eigenvalues nearly agree.
const ITERATIONS: usize = 512;

/// What a move that goes on goes on by at least: where each failure sets off just one more, generations are many and small. The
/// end is found as precisely.
const STEP: f64 = 5e-4;

/// Where a shock to one asset of this log size would end in every asset if impact never decayed: the smallest moves x
/// with F_a(x_a) + C_a(x) ≤ A_a(x_a) − A_a(s_a), F and A of the delta map ([`delta_map`]), C_a what the cross-margin accounts
/// hold of asset a that fail when all prices have moved by x. Unlike (I − G)⁻¹·s it knows everything that lies on the way. None
/// if it has no end within the map.
pub(crate) fn ends(
    assets: &[Asset],
    cross: &CrossAccounts,
    parameters: &Parameters,
    shocked: AssetId,
    log_size: f64,
) -> Option<[f64; ASSETS_MAX]> {
    let side = if log_size < 0.0 { Side::Long } else { Side::Short };
    let ways: Vec<Vec<_>> = assets
        .iter()
        .map(|asset| delta_map::way(&asset.world, &asset.dealers, &asset.calls, side).collect())
        .collect();
    let mut shock = [0.0; ASSETS_MAX];
    shock[shocked.index()] = log_size.abs();
    let mut reached = shock;
    let mut carried_over = false;
    loop {
        let moves = reached.map(|distance| -side.sign() * distance);
        let held = cross.set_off_by(parameters, assets, &moves);
        let before = reached;
        for (index, asset) in assets.iter().enumerate() {
            let forced = side.sign() * held[index];
            let way = ways[index].iter().copied();
            let end = delta_map::end(&asset.world.market, side, way, shock[index], forced)?;
            if end > reached[index] {
                // The first time it is what the asset does by itself, exactly.
                let least = if carried_over { reached[index] + STEP } else { 0.0 };
                reached[index] = end.max(least);
            }
        }
        if reached == before {
            return Some(moves);
        }
        carried_over = true;
    }
}

/// Falls for which the matrix is told beside that of a small one, as fractions: a small one does not see what lies further off.
pub const FALLS: [f64; 4] = [0.01, 0.02, 0.05, 0.1];

/// The matrix, for the first `assets` assets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contagion {
    /// Number of assets.
    pub assets: usize,
    /// Row: the asset hit; column: the asset that fell.
    pub gain: [[f64; ASSETS_MAX]; ASSETS_MAX],
}

impl Contagion {
    /// A matrix of given gains; rows beyond the number of assets are 0.
    pub fn new(rows: &[&[f64]]) -> Self {
        let mut gain = [[0.0; ASSETS_MAX]; ASSETS_MAX];
        for (row, given) in gain.iter_mut().zip(rows) {
            for (cell, value) in row.iter_mut().zip(*given) {
                *cell = *value;
            }
        }
        Self {
            assets: rows.len().min(ASSETS_MAX),
            gain,
        }
    }

    /// The matrix at present prices: isolated positions feed back on their own asset, with its reproduction ratio;
    /// cross-margin accounts carry losses over.
    pub(crate) fn measure(assets: &[Asset], cross: &CrossAccounts, parameters: &Parameters) -> Self {
        let mut gain = cross.contagion(parameters, assets, WINDOW);
        for (index, asset) in assets.iter().enumerate() {
            gain[index][index] += asset.observation().reproduction_down;
        }
        Self {
            assets: assets.len(),
            gain,
        }
    }

    /// The same for a fall of each asset by a fraction: what everything that lies on the way sets off, per unit of log price of the
    /// whole fall. On the diagonal stands the forced flow of the delta map over what the books take, which is the mean of R over
    /// the way.
    pub(crate) fn for_fall(assets: &[Asset], cross: &CrossAccounts, parameters: &Parameters, fall: f64) -> Self {
        let distance = -libm::log1p(-fall);
        let mut gain = cross.contagion(parameters, assets, distance);
        for (index, asset) in assets.iter().enumerate() {
            let way = delta_map::way(&asset.world, &asset.dealers, &asset.calls, Side::Long);
            let levels = (distance / delta_map::LEVEL_STEP).round() as usize;
            gain[index][index] += way
                .take(levels + 1)
                .last()
                .filter(|level| level.absorbed > 0.0)
                .map_or(0.0, |level| (level.flow.total() - level.flow.due) / level.absorbed);
        }
        Self {
            assets: assets.len(),
            gain,
        }
    }

    /// Largest modulus of an eigenvalue, by the growth of powers: ‖Gⁿ‖^(1/n).
    pub fn spectral_radius(&self) -> f64 {
        let n = self.assets;
        let mut vector = [1.0; ASSETS_MAX];
        let mut radius = 0.0;
        // Shifting by the largest row sum makes the wanted eigenvalue the one of largest modulus of a non-negative matrix.
        let shift = (0..n)
            .map(|row| self.gain[row][..n].iter().sum::<f64>())
            .fold(0.0, f64::max);
        if shift == 0.0 {
            return 0.0;
        }
        for _ in 0..ITERATIONS {
            let next = self.times(&vector);
            let mut largest: f64 = 0.0;
            for (new, old) in vector[..n].iter_mut().zip(&next) {
                *new = old + shift * *new;
                largest = largest.max(*new);
            }
            radius = largest - shift;
            vector[..n].iter_mut().for_each(|value| *value /= largest);
        }
        radius.max(0.0)
    }

    /// Where a first shock ends: (I − G)⁻¹·s. None from spectral radius 1 on.
    pub fn amplified(&self, shock: &[f64]) -> Option<[f64; ASSETS_MAX]> {
        if self.spectral_radius() >= 1.0 {
            return None;
        }
        let n = self.assets;
        let mut rows = [[0.0; ASSETS_MAX + 1]; ASSETS_MAX];
        for (i, row) in rows.iter_mut().enumerate() {
            for (j, cell) in row[..ASSETS_MAX].iter_mut().enumerate() {
                *cell = f64::from(u8::from(i == j)) - self.gain[i][j];
            }
            row[ASSETS_MAX] = shock.get(i).copied().unwrap_or(0.0);
        }
        // I − G with radius below 1 and G ≥ 0 is an M-matrix: elimination needs no pivoting.
        for pivot in 0..n {
            let scale = rows[pivot][pivot];
            rows[pivot].iter_mut().for_each(|cell| *cell /= scale);
            let own = rows[pivot];
            for row in (0..n).filter(|row| *row != pivot) {
                let factor = rows[row][pivot];
                for (cell, other) in rows[row].iter_mut().zip(own) {
                    *cell -= factor * other;
                }
            }
        }
        let mut end = [0.0; ASSETS_MAX];
        for (value, row) in end[..n].iter_mut().zip(&rows) {
            *value = row[ASSETS_MAX];
        }
        Some(end)
    }

    fn times(&self, vector: &[f64; ASSETS_MAX]) -> [f64; ASSETS_MAX] {
        let mut product = [0.0; ASSETS_MAX];
        for (sum, row) in product[..self.assets].iter_mut().zip(&self.gain) {
            *sum = row.iter().zip(vector).map(|(gain, value)| gain * value).sum();
        }
        product
    }
}

#[cfg(test)]
mod tests {
    use super::Contagion;

    #[test]
    fn t15_a_shock_to_one_asset_ends_in_both() {
        let matrix = Contagion::new(&[&[0.3, 0.2], &[0.4, 0.1]]);
        let end = matrix.amplified(&[1.0, 0.0]).unwrap();
        // By hand: det(I − G) = .7·.9 − .2·.4 = .55; (.9, .4)/.55.
        assert!(
            (end[0] - 0.9 / 0.55).abs() < 1e-9 && (end[1] - 0.4 / 0.55).abs() < 1e-9,
            "{end:?}"
        );
        assert!((matrix.spectral_radius() - 0.5).abs() < 1e-9);
    }

    #[test]
    fn the_radius_of_special_matrices_is_known() {
        let radius = |rows: &[&[f64]]| Contagion::new(rows).spectral_radius();
        assert_eq!(radius(&[&[0.0, 0.0], &[0.0, 0.0]]), 0.0);
        // Each only hits the other: the eigenvalues are ±√(.5·.02).
        assert!((radius(&[&[0.0, 0.5], &[0.02, 0.0]]) - 0.1).abs() < 1e-9);
        assert!((radius(&[&[0.7]]) - 0.7).abs() < 1e-12);
        assert!(Contagion::new(&[&[0.8, 0.3], &[0.3, 0.8]]).amplified(&[1.0]).is_none());
    }
}
