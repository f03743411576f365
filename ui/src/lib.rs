//! What both browser programs are drawn with, and the only way they reach the network, the clock and randomness.
//!
//! Never: keys, sealing or rules of the conversation (those are `client`'s), and no text of its own: see [`texts`].

pub mod avatar;
pub mod button;
pub mod clock;
pub mod composer;
pub mod element;
pub mod live;
pub mod message_list;
pub mod notice;
pub mod random;
pub mod texts;
pub mod transport;
