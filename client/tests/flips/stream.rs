//! Randomness that is never the same for two seeds and always the same for one.

use crate::given::Given;

impl Given {
    /// Enough of a predictable stream for anything.
    pub fn stream(seed: u8) -> Self {
        let mut state = u32::from(seed) + 1;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        Self::new(&[&(0..8_192).map(|_| next()).collect::<Vec<u8>>()])
    }
}
