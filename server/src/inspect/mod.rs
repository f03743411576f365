//! Looking at a website's page from outside, for `amparo doctor --site` and for the console.
//!
//! Never: a page that nobody asked for, and for the console none but the site's own (docs/decisions/0044).

pub mod fetch;
pub mod page;
pub mod reach;
