//! Where liquidated positions are closed, and how much went where.

use std::ops::Index;

use enum_map::EnumMap;
use serde::{Serialize, Serializer};

use cascade_scenario::Route;

use crate::market::source::{BySource, Source};
use crate::positions::account::BackstopBuyer;
use crate::units::Usd;

/// Where a batch is closed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outlet {
    /// By an order in the venue's book.
    Book,
    /// Sold to the pool of the automated market maker.
    Pool,
    /// Handed to a taker at this value of a unit.
    BackstopBuyer(BackstopBuyer, f64),
}

impl Outlet {
    /// The route that a batch goes by.
    const fn route(self) -> Route {
        match self {
            Self::Book => Route::OrderBook,
            Self::Pool | Self::BackstopBuyer(BackstopBuyer::Pool, _) => Route::Amm,
            Self::BackstopBuyer(BackstopBuyer::Bidders, _) => Route::Auction,
            Self::BackstopBuyer(BackstopBuyer::Vault, _) => Route::Vault,
        }
    }
}

/// What a route's sales are in the attribution of the price.
const fn printed_as(route: Route) -> Source {
    match route {
        Route::OrderBook => Source::Liquidations,
        Route::Amm => Source::Pool,
        Route::Auction | Route::Vault => Source::Unwinding,
    }
}

/// A number a route, USD.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ByRoute(EnumMap<Route, f64>);

impl Index<Route> for ByRoute {
    type Output = f64;

    fn index(&self, route: Route) -> &f64 {
        &self.0[route]
    }
}

impl Serialize for ByRoute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.0
                .iter()
                .map(|(route, number)| (route.name().replace('-', "_"), number)),
        )
    }
}

impl ByRoute {
    /// Adds what went through an outlet.
    pub fn add(&mut self, outlet: Outlet, notional: Usd) {
        self.0[outlet.route()] += notional.get();
    }

    /// Adds another record.
    pub fn absorb(&mut self, other: &Self) {
        for (route, number) in other.0 {
            self.0[route] += number;
        }
    }

    /// The spot's log-price move per USD of each route, given the largest part of the price that every source ever had.
    pub fn spot_impact(&self, largest: &BySource) -> ImpactByRoute {
        let per_usd = |source: Source| {
            let routes = self.0.iter().filter(|(route, _)| printed_as(*route) == source);
            let notional: f64 = routes.map(|(_, number)| number).sum();
            (notional > 0.0).then(|| largest[source] / notional)
        };
        ImpactByRoute {
            order_book: per_usd(Source::Liquidations),
            amm: per_usd(Source::Pool),
            taken_over: per_usd(Source::Unwinding),
        }
    }

    /// What did not print on a book when it was liquidated.
    pub fn off_book(&self) -> f64 {
        let routes = self.0.iter().filter(|(route, _)| *route != Route::OrderBook);
        routes.map(|(_, number)| number).sum()
    }
}

/// Log-price move of the spot per USD liquidated; none for a route that took nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ImpactByRoute {
    /// Sold on the venues' books.
    pub order_book: Option<f64>,
    /// Sold to the automated market maker.
    pub amm: Option<f64>,
    /// Taken by bidders and vault, and unwound since.
    pub taken_over: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Figure, Observation};
    use strum::VariantArray as _;

    /// A route without its rows in the table of figures would be in no table of a run and in no plot.
    #[test]
    fn every_route_has_a_column_for_a_step_and_one_so_far() {
        for route in Route::VARIANTS.iter().copied() {
            let columns = |seen: &Observation| -> Vec<Figure> {
                let own = Figure::ALL.into_iter().filter(|figure| figure.of(seen) == 7.0);
                own.filter(|figure| figure.is_column()).collect()
            };
            let mut seen = Observation::default();
            seen.routes.0[route] = 7.0;
            assert_eq!(columns(&seen).len(), 1, "{route:?}: {:?}", columns(&seen));
            let mut seen = Observation::default();
            seen.routes_so_far.0[route] = 7.0;
            assert_eq!(columns(&seen), [Figure::routed(route)], "{route:?}");
        }
    }
}
