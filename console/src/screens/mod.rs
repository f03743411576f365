//! What is drawn. One file a screen or a piece that several screens share; the state is [`crate::desk`]'s.

pub mod account_steps;
pub mod conversation;
pub mod desk;
pub mod form;
pub mod help;
pub mod icon;
pub mod invitation;
pub mod key_words;
pub mod members;
pub mod offer;
pub mod people;
pub mod presence;
pub mod set_up;
pub mod shell;
pub mod sign_in;
pub mod site_fields;
pub mod sites;
pub mod waiting;
