//! The program `amparo`.

use std::alloc::System;
use std::process::ExitCode;

use amparo_server::{cli, config};
use zeroizing_alloc::ZeroAlloc;

/// What is given back is overwritten first: sealed messages, addresses and passwords do not lie about in freed memory
/// until somebody happens to need the place.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    cli::run(config::arguments())
}
