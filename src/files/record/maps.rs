//! An estimated map as a table.

use std::io::Write;

use cascade_market::book::Map;
use cascade_scenario::PositionSide;

use crate::export::ExportError;

/// Writes a map with the columns `price_from`, `price_to`, `side`, `coins`, `coins_p10` and `coins_p90`: longs first, each side
/// from the level nearest to the price on.
///
/// # Errors
/// The target cannot be written.
pub fn write_map(map: &Map, target: impl Write) -> Result<(), ExportError> {
    let mut rows = csv::Writer::from_writer(target);
    rows.write_record(["price_from", "price_to", "side", "coins", "coins_p10", "coins_p90"])?;
    for (side, name) in [(PositionSide::Long, "long"), (PositionSide::Short, "short")] {
        for cell in map.side(side) {
            let [from, to] = [cell.price_from, cell.price_to].map(|price| price.to_string());
            let [coins, low, high] = [cell.coins, cell.coins_p10, cell.coins_p90].map(|coins| coins.to_string());
            rows.write_record([from.as_str(), &to, name, &coins, &low, &high])?;
        }
    }
    Ok(rows.flush()?)
}
