//! Randomness as a value: the machine's, or a seeded one for tests that must run the same way twice.
//!
//! Never: a generator from anywhere else.

use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};

/// Where random bytes come from.
#[derive(Clone, Debug)]
pub enum Random {
    Machine,
    Seeded(Arc<Mutex<Seeded>>),
}

/// SHA-256 over seed and counter: plain, repeatable, and only for tests.
#[derive(Debug)]
pub struct Seeded {
    seed: u64,
    counter: u64,
}

impl Random {
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(Seeded { seed, counter: 0 })))
    }

    pub fn fill(&self, bytes: &mut [u8]) {
        match self {
            Self::Machine => getrandom::fill(bytes).expect("the machine has randomness once it has started"),
            Self::Seeded(seeded) => seeded.lock().expect("no holder of this lock panics").fill(bytes),
        }
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    pub fn u64(&self) -> u64 {
        u64::from_be_bytes(self.bytes())
    }
}

impl Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            self.counter += 1;
            let block = Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(self.counter.to_be_bytes());
            chunk.copy_from_slice(&block.finalize()[..chunk.len()]);
        }
    }
}
