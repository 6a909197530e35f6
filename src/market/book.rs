//! Where leverage rests, estimated: from prices and open interest to coins by liquidation price, with a band.
//!
//! Nobody publishes entries and leverages. What is published is the open interest every few minutes, of which each contract has
//! one long and one short, and the price, which says what has been liquidated since. Between two stamps of open interest, and
//! for each side by itself:
//!
//! 1. **Touch**: levels that the price passed are liquidated. Beyond the close all of them; in the part of a bar that the price
//!    only visited, a share ([`Draw::wick`]), because marks are smoother than trades.
//! 2. **Balance**: longs and shorts both sum to the open interest, before and after. What was opened on a side is therefore the
//!    change of open interest plus its exits plus its liquidations, and a fall of open interest by liquidations is not
//!    subtracted twice.
//! 3. **Exits**: at a hazard for each holder, larger for winners and much larger for those far under water. If less than nothing
//!    would have been opened, more have left.
//! 4. **Openings** enter between the low and the high of each bar, by volume, and rest at the liquidation prices of eight
//!    leverages, `P·(1 − 1/L)/(1 − m)` for longs and `P·(1 + 1/L)/(1 + m)` for shorts.
//! 5. What has no level of its own (cross margin, hedged and unlevered holders) is the **reservoir**: the open interest less
//!    what rests at levels.
//!
//! How much of what is opened rests at each leverage is learned (module `shares`): levels that are touched in a sharp bar must show in
//! the open interest, which falls by the part of them whose counterparty closes too. Everything that is not known and not
//! learned is drawn ([`Draw`]): each of 64 draws is a whole reconstruction, and the map is their mean with the 10 and 90 %
//! quantiles, weighted by how well each foresaw the open interest so far. At any moment only what was known by then is used.

mod draw;
mod kernel;
mod map;
mod run;
mod shares;
mod side;

pub use draw::{DRAWS, Draw};
pub use kernel::{LEVERAGES, TIERS, liquidation_price};
pub use map::{Cell, Map, Maps, Quality, weights};
pub use run::{Book, Erased, Estimate, MapError, Reconstruction};
