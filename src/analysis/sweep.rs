//! A grid over one or two parameters, and even parts of the work on it.

use std::ops::Range;

use cascade_engine::critical_leverage;
use cascade_scenario::{AssetId, ParameterError, Parameters, parameter};

use super::axis::Axis;
use super::batch::Change;

/// The parameter that has an analytic critical value.
const LEVERAGE: &str = "leverage.mean";

/// A grid of cells: every value of the first axis with every value of the second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    axes: Vec<Axis>,
}

/// Two axes of one parameter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is on both axes")]
pub struct SameAxis(String);

impl Grid {
    /// The grid of one axis, or of two.
    ///
    /// # Errors
    /// Both axes are of the same parameter.
    pub fn new(x: Axis, y: Option<Axis>) -> Result<Self, SameAxis> {
        if y.as_ref().is_some_and(|y| y.parameter == x.parameter) {
            return Err(SameAxis(x.row().path.clone()));
        }
        Ok(Self {
            axes: std::iter::once(x).chain(y).collect(),
        })
    }

    /// The first axis, then the second if there is one.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// The cell at a place of each axis. Cells count along the second axis first.
    pub fn cell(&self, x: usize, y: usize) -> usize {
        x * self.axes.get(1).map_or(1, |axis| axis.values.len()) + y
    }

    /// What is changed in each cell, in the order of the cells.
    pub fn variants(&self) -> Vec<Vec<Change>> {
        self.axes.iter().fold(vec![Vec::new()], |cells, axis| {
            cells
                .iter()
                .flat_map(|cell| {
                    axis.values.iter().map(move |value| {
                        let mut changed = cell.clone();
                        changed.push((axis.parameter, *value));
                        changed
                    })
                })
                .collect()
        })
    }

    /// Which axis is the leverage, if one is.
    pub fn leverage_axis(&self) -> Option<usize> {
        self.axes.iter().position(|axis| axis.row().path == LEVERAGE)
    }

    /// Where leverage is an axis: the value of it that is critical for an asset at every value of the other
    /// axis, or the only one without another. A value is none where no leverage is critical.
    ///
    /// # Errors
    /// A value of the other axis that is not allowed.
    pub fn critical_line(&self, parameters: &Parameters, asset: AssetId) -> Result<Vec<Option<f64>>, ParameterError> {
        let Some(leverage) = self.leverage_axis() else {
            return Ok(Vec::new());
        };
        let Some(other) = self.axes.get(1 - leverage) else {
            return Ok(vec![critical_of(parameters, asset)]);
        };
        let at = |value: &f64| {
            let mut changed = *parameters;
            parameter(other.parameter).set(&mut changed, *value)?;
            Ok(critical_of(&changed, asset))
        };
        other.values.iter().map(at).collect()
    }
}

/// The critical leverage of an asset as the slider says it: a further asset has a multiple of that.
fn critical_of(parameters: &Parameters, asset: AssetId) -> Option<f64> {
    let further = asset
        .index()
        .checked_sub(1)
        .and_then(|further| parameters.other_assets.get(further));
    let multiple = further.map_or(1.0, |further| further.leverage);
    Some(critical_leverage(&parameters.of_asset(asset))? / multiple)
}

/// An even part of some work: `3/8` is the third of eight. All parts in their order are the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    of: usize,
}

/// Not written as a part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write it as I/N with I from 1 to N, such as 1/4")]
pub struct NoShard;

impl Shard {
    /// Everything.
    pub const WHOLE: Self = Self { index: 1, of: 1 };

    /// Whether it is the first part.
    pub const fn is_first(self) -> bool {
        self.index == 1
    }

    /// Its stretch of some jobs.
    pub fn range(self, jobs: usize) -> Range<usize> {
        // Products of counts that fit in memory fit in 128 bits.
        let end = |part: usize| (jobs as u128 * part as u128 / self.of as u128) as usize;
        end(self.index - 1)..end(self.index)
    }
}

impl std::str::FromStr for Shard {
    type Err = NoShard;

    fn from_str(text: &str) -> Result<Self, NoShard> {
        let (index, of) = text.split_once('/').ok_or(NoShard)?;
        let (index, of) = index.trim().parse().ok().zip(of.trim().parse().ok()).ok_or(NoShard)?;
        if (1..=of).contains(&index) {
            Ok(Self { index, of })
        } else {
            Err(NoShard)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_count_along_the_second_axis_first() {
        let axis = |text| Axis::parse(text).unwrap();
        let (x, y) = (axis("leverage.mean=5,10,20"), axis("liquidity.depth=1e9,2e9"));
        let grid = Grid::new(x.clone(), Some(y.clone())).unwrap();
        let variants = grid.variants();
        assert_eq!(variants.len(), 6);
        for (i, high) in x.values.iter().enumerate() {
            for (j, deep) in y.values.iter().enumerate() {
                let expected = vec![(x.parameter, *high), (y.parameter, *deep)];
                assert_eq!(variants[grid.cell(i, j)], expected);
            }
        }
        assert_eq!(Grid::new(x.clone(), None).unwrap().variants().len(), 3);
        assert_eq!(Grid::default().variants(), [vec![]]);
        let error = Grid::new(x.clone(), Some(x)).unwrap_err().to_string();
        assert!(error.contains("`leverage.mean` is on both axes"), "{error}");
    }

    #[test]
    fn the_critical_line_follows_the_other_axis() {
        let parameters = Parameters::default();
        let axis = |text| Axis::parse(text).unwrap();
        let (leverage, depth) = (axis("leverage.mean=2..50:4"), axis("liquidity.depth=5e9,15e9,1e12"));
        let line = Grid::new(leverage.clone(), Some(depth.clone()))
            .unwrap()
            .critical_line(&parameters, AssetId::FIRST)
            .unwrap();
        assert_eq!(line[1], critical_leverage(&parameters));
        assert!(line[0] < line[1] && line[2].is_none(), "{line:?}");
        assert_eq!(
            Grid::new(depth.clone(), Some(leverage.clone()))
                .unwrap()
                .critical_line(&parameters, AssetId::FIRST)
                .unwrap(),
            line
        );
        assert_eq!(
            Grid::new(leverage, None)
                .unwrap()
                .critical_line(&parameters, AssetId::FIRST)
                .unwrap(),
            [line[1]]
        );
        assert!(
            Grid::new(depth, None)
                .unwrap()
                .critical_line(&parameters, AssetId::FIRST)
                .unwrap()
                .is_empty()
        );
    }

    /// The second asset has its own books, and twice the leverage that the slider says.
    #[test]
    fn the_critical_line_of_a_further_asset_is_in_units_of_the_slider() {
        let mut parameters = Parameters::default();
        (
            parameters.other_assets[0].depth,
            parameters.other_assets[0].open_interest,
        ) = (0.5, 0.5);
        let grid = Grid::new(Axis::parse("leverage.mean=2..50:4").unwrap(), None).unwrap();
        let line = |parameters: &Parameters, asset| grid.critical_line(parameters, asset).unwrap()[0].unwrap();
        parameters.other_assets[0].leverage = 1.0;
        let plain = line(&parameters, AssetId::new(1));
        parameters.other_assets[0].leverage = 2.0;
        assert_eq!(line(&parameters, AssetId::new(1)), plain / 2.0);
        parameters.other_assets[0].depth = 0.3;
        assert!(line(&parameters, AssetId::new(1)) < plain / 2.0);
        assert_eq!(Some(line(&parameters, AssetId::FIRST)), critical_leverage(&parameters));
    }

    #[test]
    fn parts_are_even_and_make_up_the_whole() {
        for (jobs, of) in [(10, 3), (2, 5), (0, 2), (64, 8)] {
            let parts: Vec<_> = (1..=of)
                .map(|index| format!("{index}/{of}").parse::<Shard>().unwrap().range(jobs))
                .collect();
            assert_eq!(
                parts.iter().cloned().flatten().collect::<Vec<_>>(),
                (0..jobs).collect::<Vec<_>>()
            );
            let longest = parts.iter().map(Range::len).max().unwrap();
            assert!(parts.iter().all(|part| part.len() + 1 >= longest), "{parts:?}");
        }
        for text in ["0/2", "3/2", "1", "a/b", "1/0", "-1/2", ""] {
            assert_eq!(text.parse::<Shard>(), Err(NoShard), "{text}");
        }
    }
}
