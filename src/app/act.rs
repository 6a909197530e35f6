//! What is done to the running market by hand, and said of it.

use cascade_scenario::{Action, Outage, Shock, find};

use super::App;

/// Does something to the run at the present moment.
#[derive(Clone, Debug, PartialEq)]
pub enum ActCommand {
    /// A shock as the `shock` sliders say.
    Shock,
    /// A shock that takes the spot price of the asset shown to this level, USD per coin.
    ShockToPrice(f64),
    /// A venue goes out as the `outage` sliders say.
    Outage,
    /// Adds a note, a question, a pause, a bookmark or a guess at the present moment of the run.
    Remark(Action),
}

impl App {
    pub(super) fn act(&mut self, command: ActCommand) {
        match command {
            ActCommand::Shock => self.shock(Shock::default()),
            ActCommand::ShockToPrice(price) => self.shock_to(price),
            ActCommand::Outage => self.interfere(Action::Outage(Outage::default()), "Outage"),
            ActCommand::Remark(action) => self.remark(action),
        }
    }

    pub(super) fn shock(&mut self, shock: Shock) {
        self.interfere(Action::Shock(shock), "Shock");
    }

    fn shock_to(&mut self, price: f64) {
        let size = price / self.shown_asset().observation().spot - 1.0;
        let several = self.present.simulation.assets().len() > 1;
        match find("shock.size").and_then(|row| row.check(size)) {
            Ok(()) => self.shock(Shock {
                size: Some(size),
                asset: several.then_some(self.asset_id().number()),
                ..Shock::default()
            }),
            Err(error) => self.messages.error(error),
        }
    }

    /// Adds a remark at the present moment.
    pub(super) fn remark(&mut self, action: Action) {
        if let Action::Marker { name, price } = &action
            && self.mark(name, *price)
        {
            return;
        }
        if let Err(error) = self.present.remark(action) {
            self.messages.error(error);
        }
    }
}
