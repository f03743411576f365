//! Randomness that a test chose: given bytes, handed out once and in order.

use std::collections::VecDeque;
use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

pub struct Given(VecDeque<u8>);

impl Given {
    pub fn new(parts: &[&[u8]]) -> Self {
        Self(parts.concat().into())
    }

    /// All that was given has been asked for.
    pub fn is_used_up(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryRng for Given {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for byte in out {
            *byte = self.0.pop_front().expect("the test gave enough randomness");
        }
        Ok(())
    }
}

impl TryCryptoRng for Given {}
