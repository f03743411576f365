//! The promises that Amparo makes, each kept or broken in real browsers. One file per promise.

mod accessible;
mod bad_input;
mod blocked_sockets;
mod chat_page;
mod conversation;
mod engines;
mod exit;
mod exit_control;
mod harness;
mod hostile_page;
mod links;
mod no_trace;
mod nothing_kept;
mod power_cut;
mod presence;
mod recorder;
mod screens;
mod second_counselor;
mod settings;
mod slow_line;
mod tampering;
mod webmaster;
mod wordpress;
mod wrong_tag;
