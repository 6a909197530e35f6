//! A cross-margin account, and the terms it is judged by.

use cascade_scenario::{ASSETS_MAX, Parameters};
use cascade_scenario::{AssetId, VenueId};

use crate::asset::Asset;
use crate::positions::account::Account;
use crate::positions::contract::ContractKind;
use crate::units::{Coins, Price, Usd};

const LINEAR: usize = ContractKind::Linear as usize;

/// One account.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CrossAccount {
    /// The venue it trades at.
    pub venue: VenueId,
    /// Dollars of collateral.
    pub usd: Usd,
    /// Coins of collateral.
    pub coins: Coins,
    /// Its linear contracts in every asset: signed coins, and dollars received less paid for them.
    pub legs: [Account; ASSETS_MAX],
}

/// What an account is judged by at one moment, for every asset and venue.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Terms {
    /// Mark by asset and venue.
    pub marks: Vec<Vec<Price>>,
    /// Maintenance rates of longs and shorts by asset and venue.
    pub rates: Vec<Vec<[f64; 2]>>,
    /// Asset of the collateral coins.
    pub collateral: AssetId,
    /// Haircut on collateral coins by venue.
    pub haircuts: Vec<f64>,
}

impl Terms {
    /// What counts now.
    pub(crate) fn now(assets: &[Asset], parameters: &Parameters) -> Self {
        let of_venues = |asset: &Asset| asset.world.venues.iter().map(|venue| venue.mark).collect();
        let rates = |asset: &Asset| {
            let rate = |venue: &crate::positions::venue::Venue| {
                venue.contracts[LINEAR].sides.each_ref().map(|book| {
                    let rule = &book.tiers[0].requirement;
                    rule.rate + rule.add_on
                })
            };
            asset.world.venues.iter().map(rate).collect()
        };
        Self {
            marks: assets.iter().map(of_venues).collect(),
            rates: assets.iter().map(rates).collect(),
            collateral: parameters.assets.numbered(parameters.cross.collateral_asset),
            haircuts: VenueId::first(parameters.venues.count as usize)
                .map(|venue| parameters.cross_haircut_at(venue))
                .collect(),
        }
    }

    /// A mark.
    pub(crate) fn mark(&self, asset: AssetId, venue: VenueId) -> Price {
        self.marks[asset.index()][venue.index()]
    }

    pub(crate) fn rates(&self, asset: AssetId, venue: VenueId) -> [f64; 2] {
        self.rates[asset.index()][venue.index()]
    }

    /// How far anything has moved since: the largest |Δ ln P|, |Δ ln(1 + m)| and |Δ ln(1 − h)|, added up. No leg's part of
    /// the slack, q·P − m·|q|·P, and no coins' part, (1 − h)·coins·P, can change by more than e^V − 1 of its part of the
    /// reach, (1 + m)·|q|·P and (1 − h)·coins·P, while these add up to V.
    pub(crate) fn variation(&self, then: &Self) -> f64 {
        let largest = |changes: &mut dyn Iterator<Item = f64>| changes.fold(0.0, |most: f64, x| most.max(x.abs()));
        let prices = self.marks.iter().flatten().zip(then.marks.iter().flatten());
        let rates = self
            .rates
            .iter()
            .flatten()
            .flatten()
            .zip(then.rates.iter().flatten().flatten());
        let haircuts = self.haircuts.iter().zip(&then.haircuts);
        largest(&mut prices.map(|(now, then)| libm::log(*now / *then)))
            + largest(&mut rates.map(|(now, then)| libm::log((1.0 + now) / (1.0 + then))))
            + largest(&mut haircuts.map(|(now, then)| libm::log((1.0 - now) / (1.0 - then))))
    }

    /// Equity less requirement, and the most either can change by a relative move of all prices by 1.
    pub(crate) fn slack(&self, account: &CrossAccount) -> (Usd, Usd) {
        let coins = account.collateral(self);
        let (mut slack, mut reach) = (account.usd + coins, coins);
        for (asset, leg) in AssetId::each(&account.legs).take(self.marks.len()) {
            let notional = leg.coins() * self.mark(asset, account.venue);
            let rate = self.rates(asset, account.venue)[usize::from(leg.quantity < 0.0)];
            slack += leg.usd() + notional - rate * notional.abs();
            reach += (1.0 + rate) * notional.abs();
        }
        (slack, reach)
    }
}

impl CrossAccount {
    /// What its collateral coins count for.
    pub(crate) fn collateral(&self, terms: &Terms) -> Usd {
        self.coins * terms.mark(terms.collateral, self.venue) * (1.0 - terms.haircuts[self.venue.index()])
    }

    /// The asset in which it holds most.
    pub(crate) fn largest_leg(&self, terms: &Terms) -> AssetId {
        let notional = |asset: &AssetId| self.legs[asset.index()].coins().abs() * terms.mark(*asset, self.venue);
        let largest = AssetId::first(terms.marks.len()).max_by(|a, b| notional(a).total_cmp(&notional(b)));
        largest.unwrap_or(AssetId::FIRST)
    }

    /// Dollars, owed ones negative, were all positions closed.
    pub(crate) fn cash(&self) -> Usd {
        self.usd + self.legs.iter().map(Account::usd).sum::<Usd>()
    }
}
