//! People with browsers that behave, as far as the relay can tell, and a stage that moves the clock for them.

pub mod house;
pub mod person;
pub mod poll;
pub mod served;
pub mod stage;
pub mod tab;
