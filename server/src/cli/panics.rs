//! What is logged when the program has a fault: the place in the source, so that it can be mended.
//!
//! Never: the message. It may quote what the program was working on.

use std::panic::{self, Location, PanicHookInfo};

/// From here on, for every thread.
pub fn say_only_where() {
    panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), Location::to_string);
        tracing::error!(place, "the program has a fault");
    }));
}
