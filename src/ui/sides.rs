//! Which side panels are open: both where there is room for both, one where there is room for one.

/// Below this width only one side panel fits beside the plots.
const NARROW: f32 = 900.0;
/// Below this width the plots need all of it.
const TINY: f32 = 620.0;
/// A side panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Parameters, at the left.
    Parameters,
    /// Key figures and events, at the right.
    Figures,
}

const fn other(side: Side) -> Side {
    match side {
        Side::Parameters => Side::Figures,
        Side::Figures => Side::Parameters,
    }
}

/// Which side panel is open when only one fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Single {
    /// The parameters where the plots can spare the room.
    Automatic,
    /// The one that was asked for.
    Only(Side),
    /// None.
    Neither,
}

/// The side panels that are open.
#[derive(Clone, Copy, Debug)]
pub struct Sides {
    /// Whether the parameters are where there is room for both.
    pub parameters: bool,
    /// Whether the key figures are where there is room for both.
    pub figures: bool,
    /// The one that is when only one fits.
    single: Single,
}

impl Default for Sides {
    fn default() -> Self {
        Self::new(true, true)
    }
}

impl Sides {
    /// Open or not where there is room for both.
    pub const fn new(parameters: bool, figures: bool) -> Self {
        Self {
            parameters,
            figures,
            single: Single::Automatic,
        }
    }

    /// Whether a side panel is visible in a window of this width.
    pub fn shows(&self, side: Side, width: f32) -> bool {
        match side {
            _ if width < NARROW => match self.single {
                Single::Automatic => side == Side::Parameters && width >= TINY,
                Single::Only(open) => side == open,
                Single::Neither => false,
            },
            Side::Parameters => self.parameters,
            Side::Figures => self.figures,
        }
    }

    /// Closes a side panel, however wide the window is or becomes.
    pub fn close(&mut self, side: Side) {
        match side {
            Side::Parameters => self.parameters = false,
            Side::Figures => self.figures = false,
        }
        if self.single != Single::Only(other(side)) {
            self.single = Single::Neither;
        }
    }

    /// Shows or hides a side panel in a window of this width.
    pub fn toggle(&mut self, side: Side, width: f32) {
        let shown = self.shows(side, width);
        if width < NARROW {
            self.single = if shown { Single::Neither } else { Single::Only(side) };
        } else {
            match side {
                Side::Parameters => self.parameters = !shown,
                Side::Figures => self.figures = !shown,
            }
        }
    }
}
