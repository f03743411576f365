//! The promises that Amparo makes, each kept or broken in real browsers. One file per promise.

mod bad_input;
mod blocked_sockets;
mod conversation;
mod engines;
mod exit;
mod harness;
mod links;
mod nothing_kept;
mod power_cut;
mod presence;
mod recorder;
mod screens;
mod second_counselor;
mod tampering;
mod webmaster;
mod wordpress;
mod wrong_tag;
