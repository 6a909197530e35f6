//! The venues, their mark prices, and what ties them together.

use crate::VenueId;
use crate::table::Scale::{Linear, Log, LogFromZero};
use crate::table::{Kind, Value, choice, group};

use super::{ClearingScheme, Haircut, Margin, Parameters, Route};

/// Most venues a scenario may have.
pub const VENUES_MAX: usize = 8;

/// Coins count for at least the rest of their worth.
const CROSS_HAIRCUT_MAX: f64 = 0.95;

group! {
    /// The venues that trade futures.
    Venues "Venues"
    /// Number of venues.
    count: u32 = 4, "Number of venues", Count, 1 ..= 8, Linear, Restart;
}

/// Where one venue's liquidated positions are closed: as the market-wide choice says, or by a route of its own.
const VENUE_ROUTES: [&str; Route::NAMES.len() + 1] = {
    let mut names = ["as-market"; Route::NAMES.len() + 1];
    let mut route = 0;
    while route < Route::NAMES.len() {
        names[route + 1] = Route::NAMES[route];
        route += 1;
    }
    names
};

impl Value for Option<Route> {
    const KIND: Kind = Kind::Choice(&VENUE_ROUTES);

    fn to_f64(self) -> f64 {
        self.map_or(0.0, |route| 1.0 + route.to_f64())
    }

    fn from_f64(value: f64) -> Self {
        (value >= 1.0).then(|| Route::from_f64(value - 1.0))
    }
}

group! {
    /// One venue's share of the market, and where its rules differ from the market's.
    Venue "Venue"
    /// Share of the venues' depth, relative to the other venues.
    depth_weight: f64 = 1.0, "Depth weight", Plain, 0.01 ..= 1.0, Linear, Live;
    /// Share of the levered open interest, relative to the other venues.
    interest_weight: f64 = 1.0, "Open-interest weight", Plain, 0.0 ..= 1.0, Linear, Redraw;
    /// The venue's own maintenance rates, relative to the common ones.
    maintenance_multiple: f64 = 1.0, "Maintenance multiple", Times, 0.2 ..= 5.0, Log, Live,
        "m at this venue = multiple × maintenance margin";
    /// The venue's own haircut on coin collateral, relative to the common schedule. Under central clearing it counts for nothing:
    /// the common schedule is the clearing house's, and holds at every venue.
    haircut_multiple: f64 = 1.0, "Haircut multiple", Times, 0.0 ..= 4.0, Linear, Live,
        "h at this venue = min(h_max, multiple·h₀·max(1, σ̂/σ_ref)^β), for cross-margin accounts min(0.95, multiple·h); one \
         conservative schedule for all participants: CPMI-IOSCO 2012, PFMI, principles 5 and 6";
    /// Whether this venue charges the volatility margin, where that is in use.
    volatility_margin: bool = true, "Volatility margin here", Plain, 0 ..= 1, Linear, Live;
    /// Weight of this venue's futures book in a weighted index.
    index_weight: f64 = 0.0, "Index weight", Fraction, 0.0 ..= 1.0, Linear, Live,
        "index = Σ weight·ln(price)/Σ weight, where the index is weighted";
    /// The venue marks to the last price of its own book, whatever the index says: a bad local price is everything to it.
    local_mark: bool = false, "Marks to its own book", Plain, 0 ..= 1, Linear, Live,
        "mark = own price at this venue; elsewhere w·index + (1 − w)·own price";
    /// Where this venue's liquidated positions are closed.
    route: Option<Route> = None, "Route here", Plain, 0 ..= 4, Linear, Live;
}

impl Parameters {
    /// The margin policy of a venue.
    pub const fn margin_at(&self, venue: VenueId) -> Margin {
        Margin {
            maintenance: self.margin.maintenance * self.venue[venue.index()].maintenance_multiple,
            ..self.margin
        }
    }

    /// What a venue's haircuts are relative to the common ones; a clearing house has one schedule for all venues.
    const fn haircut_multiple_at(&self, venue: VenueId) -> f64 {
        match self.clearing.scheme {
            ClearingScheme::None | ClearingScheme::Bilateral => self.venue[venue.index()].haircut_multiple,
            ClearingScheme::Central => 1.0,
        }
    }

    /// The haircut schedule for coin margin at a venue.
    pub const fn haircut_at(&self, venue: VenueId) -> Haircut {
        Haircut {
            base: self.haircut.base * self.haircut_multiple_at(venue),
            ..self.haircut
        }
    }

    /// The haircut on the collateral coins of cross-margin accounts at a venue.
    pub const fn cross_haircut_at(&self, venue: VenueId) -> f64 {
        (self.cross.haircut * self.haircut_multiple_at(venue)).min(CROSS_HAIRCUT_MAX)
    }

    /// Weight of the index in a venue's mark price; the rest is its own book's price.
    pub const fn mark_weight_at(&self, venue: VenueId) -> f64 {
        if self.venue[venue.index()].local_mark {
            0.0
        } else {
            self.marks.synchronisation
        }
    }

    /// Where a venue's liquidated positions are closed.
    pub const fn route_at(&self, venue: VenueId) -> Route {
        match self.venue[venue.index()].route {
            Some(route) => route,
            None => self.routes.route,
        }
    }
}

group! {
    /// Which price the liquidation engines look at.
    Marks "Mark price"
    /// 0: every venue marks to its own price. 1: all mark to one index, so that their engines fire together.
    synchronisation: f64 = 0.8, "Mark synchronisation", Fraction, 0.0 ..= 1.0, Linear, Live,
        "mark = w·index + (1 − w)·own price";
}

group! {
    /// Regions, each with a spot book of its own. The venues trade against that of the first, and everybody else there; the spot books
    /// of the others are joined to it by a bridge each, news reaches them all, and the index is the mean of all of them.
    Regions "Regions"
    /// Number of regions.
    count: u32 = 1, "Number of regions", Count, 1 ..= 4, Linear, Restart;
}

/// Most regions beside the first.
pub const REGIONS_ABROAD: usize = 3;

group! {
    /// A further region, and the bridge by which coins get there and back. Traders buy where coins are cheap and sell of their stock
    /// where they are dear; the coins follow over the bridge.
    Region "Region"
    /// Share of the spot depth, relative to that of the first region: the regions share the spot depth there is.
    depth_weight: f64 = 1.0, "Depth weight", Plain, 0.01 ..= 10.0, Log, Live;
    /// Time constant with which the gap to the first region closes while there is capital.
    time_constant: f64 = 300.0, "Bridge time constant", Seconds, 0.0 ..= 86_400.0, LogFromZero(1.0), Live,
        "V = φ·|gap|·D_eff, φ = 1 − e^(−dt/τ), 1/D_eff = 1/D_home + 1/D_abroad";
    /// How long coins are under way. Until they have arrived, the capital is tied up in them.
    latency: f64 = 600.0, "Bridge latency", Seconds, 0.0 ..= 86_400.0, LogFromZero(1.0), Live,
        "at most capital/latency USD a second";
    /// Most that can be under way.
    capital: f64 = 1e9, "Bridge capital", Usd, 0.0 ..= 1e12, LogFromZero(1e6), Live;
    /// The bridge has failed: nothing arrives, and nobody trades by it.
    failed: bool = false, "Bridge failed", Plain, 0 ..= 1, Linear, Live;
}

impl Parameters {
    /// The first region's share of the spot depth.
    pub fn spot_share_at_home(&self) -> f64 {
        let abroad = &self.region[..self.regions.count as usize - 1];
        1.0 / (1.0 + abroad.iter().map(|region| region.depth_weight).sum::<f64>())
    }
}

choice! {
    /// Which books the index is made of.
    IndexSource {
        /// The spot book alone, as venues do: what is sold in futures reaches it only as far as arbitrage carries it.
        Spot = "spot",
        /// All books, weighted by their depth.
        AllBooks = "all-books",
        /// Books by weights of their own.
        Weights = "weights",
    }
}

group! {
    /// The index: which prices it is made of. Marks, funding, margin estimates and price bands follow it.
    Index "Index"
    /// Spot only: forced sales in the futures do not feed back into the marks at once. All books: every venue's sales lower the
    /// index of all. Weights: the spot book's, and each venue's own.
    source: IndexSource = IndexSource::Spot, "Made of", Plain, 0 ..= 2, Linear, Live,
        "index = Σ weight·ln(price)/Σ weight";
    /// Weight of the spot book in a weighted index. Where all weights are 0 the index is spot.
    spot_weight: f64 = 1.0, "Spot weight", Fraction, 0.0 ..= 1.0, Linear, Live,
        "index = Σ weight·ln(price)/Σ weight, where the index is weighted";
}

group! {
    /// The index that reaches the liquidation engines: one contract's oracle, late or stuck, is everybody's.
    Oracle "Oracle"
    /// How old the index is when it enters the mark prices.
    delay: f64 = 0.0, "Delay", Seconds, 0.0 ..= 3600.0, LogFromZero(1.0), Live,
        "mark = w·index(t − delay) + (1 − w)·own price";
    /// The oracle has failed: the last published index stands.
    frozen: bool = false, "Failed", Plain, 0 ..= 1, Linear, Live;
}

group! {
    /// Traders who buy where it is cheap and sell where it is dear, and so carry a fall from book to book.
    Arbitrage "Basis arbitrage"
    /// Whether anyone trades the basis.
    enabled: bool = true, "Arbitrage", Plain, 0 ..= 1, Linear, Live;
    /// Time constant with which the gaps between the books close. 0 closes them at once.
    time_constant: f64 = 95.0, "Time constant", Seconds, 0.0 ..= 3600.0, LogFromZero(5.0), Live,
        "A_k = φ·(x̄ − x_k)·D_k, φ = 1 − e^(−dt/τ)";
    /// Largest gross inventory the arbitrageurs can carry; it is released as the impact decays.
    capital: f64 = 1e10, "Capital", Usd, 0.0 ..= 1e13, LogFromZero(1e6), Live;
}

group! {
    /// What longs pay shorts so that the futures stay near the index.
    Funding "Funding"
    /// Whether funding is paid.
    enabled: bool = true, "Funding", Plain, 0 ..= 1, Linear, Live;
    /// Time between payments.
    interval: f64 = 28_800.0, "Interval", Seconds, 60.0 ..= 86_400.0, Log, Live;
    /// Interest part of the rate, per eight hours.
    interest: f64 = 0.0001, "Interest per 8 h", Fraction, -0.001 ..= 0.001, Linear, Live,
        "I in F = P̄ + clamp(I − P̄, ±clamp)";
    /// Most by which the interest part pulls the rate away from the mean premium, per eight hours.
    clamp: f64 = 0.0005, "Clamp per 8 h", Fraction, 0.0 ..= 0.01, Linear, Live,
        "F = P̄ + clamp(I − P̄, ±clamp), P̄ the mean of (futures − index)/index since the last payment";
}
