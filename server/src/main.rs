//! The program `amparo`.

use std::alloc::System;
use std::process::ExitCode;

use amparo_server::{cli, config};
use zeroizing_alloc::ZeroAlloc;

/// What is given back is erased at once: buffers have held addresses and sealed messages.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    cli::run(config::arguments())
}
