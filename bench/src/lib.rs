//! What the programs of this folder share: a house that is set up, real sealing, and the relay that they start.

pub mod browser;
pub mod house;
pub mod load;
pub mod meter;
pub mod pair;
pub mod relay;
