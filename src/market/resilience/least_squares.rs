//! Least squares with errors that allow for residuals that belong together in blocks.

/// Normal equations as they are summed up, row by row.
#[derive(Clone, Debug)]
pub(super) struct Normal {
    size: usize,
    /// XᵀX, row by row; what is below the diagonal is kept above it.
    products: Vec<f64>,
    /// Xᵀy.
    moments: Vec<f64>,
}

impl Normal {
    /// Of so many unknowns, with no rows yet.
    pub(super) fn new(size: usize) -> Self {
        Self {
            size,
            products: vec![0.0; size * size],
            moments: vec![0.0; size],
        }
    }

    /// Adds a row, whose entries that are not 0 are given by their places, and what it should give.
    pub(super) fn add(&mut self, row: &[(usize, f64)], target: f64) {
        for (place, &(i, x)) in row.iter().enumerate() {
            self.moments[i] += x * target;
            for &(j, z) in &row[place..] {
                self.products[i.min(j) * self.size + i.max(j)] += x * z;
            }
        }
    }

    /// Solves for the unknowns; those that no row is about are 0.
    pub(super) fn solve(&self) -> Vec<f64> {
        let inverse = self.inverse();
        let of = |i: usize| {
            (0..self.size)
                .map(|j| inverse[i * self.size + j] * self.moments[j])
                .sum()
        };
        (0..self.size).map(of).collect()
    }

    /// The inverse of XᵀX by Gauss–Jordan; rows and columns of unknowns that nothing is known of are 0.
    fn inverse(&self) -> Vec<f64> {
        let n = self.size;
        let (mut left, mut right) = (self.products.clone(), vec![0.0; n * n]);
        for i in 0..n {
            for j in 0..i {
                left[i * n + j] = left[j * n + i];
            }
        }
        let least = |i: usize| 1e-12 * self.products[i * n + i].max(f64::MIN_POSITIVE);
        let mut known = vec![false; n];
        for i in 0..n {
            right[i * n + i] = 1.0;
        }
        for i in 0..n {
            let pivot = left[i * n + i];
            if pivot <= least(i) {
                continue;
            }
            known[i] = true;
            for j in 0..n {
                left[i * n + j] /= pivot;
                right[i * n + j] /= pivot;
            }
            for k in (0..n).filter(|k| *k != i) {
                let factor = left[k * n + i];
                for j in 0..n {
                    left[k * n + j] -= factor * left[i * n + j];
                    right[k * n + j] -= factor * right[i * n + j];
                }
            }
        }
        for i in 0..n {
            for j in 0..n {
                if !(known[i] && known[j]) {
                    right[i * n + j] = 0.0;
                }
            }
        }
        right
    }

    /// The covariance of the unknowns, (XᵀX)⁻¹·Σ g·gᵀ·(XᵀX)⁻¹ over blocks, g = Σ x·e of a block.
    pub(super) fn covariance(&self, blocks: &[Vec<f64>]) -> Vec<f64> {
        let (n, inverse) = (self.size, self.inverse());
        let few = blocks.len() as f64 / (blocks.len() as f64 - 1.0).max(1.0);
        let mut covariance = vec![0.0; n * n];
        for block in blocks {
            let moved: Vec<f64> = (0..n)
                .map(|i| (0..n).map(|j| inverse[i * n + j] * block[j]).sum())
                .collect();
            for i in 0..n {
                for j in 0..n {
                    covariance[i * n + j] += few * moved[i] * moved[j];
                }
            }
        }
        covariance
    }
}
