//! The harness of the end-to-end tests: real browsers, the release binary, a host page of another origin, and people who
//! use them. `promises/` holds the tests, one promise per file.
//!
//! Never: a mock of our own code, a look into the relay's memory, a sleep. Everything waits for a state with a deadline.

pub mod browser;
pub mod counselor;
pub mod deadline;
pub mod driver;
pub mod host_site;
pub mod http;
pub mod prepared;
pub mod process;
pub mod proxy;
pub mod relay;
pub mod slow_line;
pub mod talk;
pub mod traces;
pub mod view;
pub mod visitor;
pub mod wordpress;
pub mod world;
