//! Load and faults for the release binary: an organisation, its browsers and their conversations without a screen.
//!
//! Never part of the product.

pub mod browser;
pub mod chaos;
pub mod crowd;
pub mod faults;
pub mod flood;
pub mod house;
pub mod line;
pub mod load;
pub mod machine;
pub mod meter;
pub mod namespace;
pub mod pair;
pub mod relay;
pub mod storm;
pub mod talks;
