//! Questions that take many runs: clones of a simulation are changed and run on, on worker threads; nothing is drawn.

pub mod stress;
