//! What can be computed about a market without running it, and from many runs of it. Nothing here draws, reads files or prints.

pub mod gex;
