//! What a thread has left on its stack of those whom it served, an address among it, is cleared when the thread has nothing
//! to do: it may have nothing for hours (decision 0053).
//!
//! Never: another thread's stack, or memory that is in use.

use std::cell::Cell;
use std::future::poll_fn;
use std::hint::black_box;
use std::pin::pin;

/// Passing a message on reaches 6 KiB down. Written at every rest, which on a busy relay comes after every few messages:
/// more than the processor's nearest cache holds would cost each of them a seventh.
const SHALLOW_BYTES: usize = 32 * 1024;
/// A request reaches 36 KiB down.
const DEEP_BYTES: usize = 128 * 1024;

thread_local! {
    static WENT_DEEP: Cell<bool> = const { Cell::new(true) };
}

/// Runs what calls deeper than a message does, and knows addresses: the next rest of each thread that took part clears more.
pub async fn deep<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| {
        WENT_DEEP.set(true);
        future.as_mut().poll(context)
    })
    .await
}

/// For a thread that is about to rest.
pub fn clear() {
    if WENT_DEEP.replace(false) { clear_deep() } else { clear_shallow() }
}

// Not inlined: what is cleared begins where the next call would.
#[inline(never)]
fn clear_deep() {
    black_box(&mut [0_u8; DEEP_BYTES]);
}

#[inline(never)]
fn clear_shallow() {
    black_box(&mut [0_u8; SHALLOW_BYTES]);
}
