//! The browser's randomness, for the state machines and for spreading reconnects.

use core::convert::Infallible;

use rand_core::{Rng, TryCryptoRng, TryRng};

/// What the state machines are given.
pub fn browser() -> amparo_client::Random {
    Box::new(BrowserRandom)
}

/// A number from `low` to `high`, both included. Good enough for waiting times, not for keys.
pub fn between(low: u32, high: u32) -> u32 {
    low + BrowserRandom.next_u32() % (high - low + 1)
}

/// `crypto.getRandomValues`, which exists in every document, secure or not.
pub struct BrowserRandom;

impl TryRng for BrowserRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, into: &mut [u8]) -> Result<(), Infallible> {
        let crypto = web_sys::window().and_then(|window| window.crypto().ok());
        let crypto = crypto.expect("every browser that runs this program has window.crypto");
        // The browser refuses more than 65,536 bytes at once.
        for part in into.chunks_mut(65_536) {
            crypto.get_random_values_with_u8_array(part).expect("a part is within the browser's limit");
        }
        Ok(())
    }
}

impl TryCryptoRng for BrowserRandom {}
