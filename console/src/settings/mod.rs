//! What administrators and supervisors set, while it is being typed: one draft for each page of questions. A draft is
//! read into the settings it changes, or says beside its fields why not. The relay checks all of it again.
//!
//! Never: drawing.

pub mod address;
pub mod basics;
pub mod calendar;
pub mod exit;
pub mod handoff;
pub mod helps;
pub mod links;
pub mod phones;
pub mod rota;
pub mod static_block;
pub mod teams;
pub mod week;
pub mod words;
