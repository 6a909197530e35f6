//! What the plots show of the past.
use crate::engine::Simulation;
/// The past.
#[derive(Debug, Default)]
pub struct History;
impl History {
    /// Starts.
    pub fn new(_: &Simulation) -> Self {
        Self
    }
    /// Adds the last step.
    pub fn record(&mut self, _: &Simulation) {}
}
