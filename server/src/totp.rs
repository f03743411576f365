//! The second factor: six digits from an authenticator app (RFC 6238), one step of tolerance, each code once.
//!
//! Never: remembering which code was used; the store does that.

use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::clock::Time;
use crate::random::Random;

/// RFC 4226 asks for at least 16 bytes and recommends 20.
const SECRET_BYTES: usize = 20;

pub fn new_secret(random: &Random) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(random.bytes::<SECRET_BYTES>().to_vec())
}

/// As authenticator apps take it.
pub fn to_base32(secret: &[u8]) -> String {
    Secret::from(secret).to_base32()
}

/// The time step whose code this is, the one before and the one after the present included.
pub fn step_of(secret: &[u8], code: &str, now: Time) -> Option<u64> {
    authenticator(secret)?.check(code.trim(), now.unix_secs())
}

fn authenticator(secret: &[u8]) -> Option<Totp> {
    Builder::new().with_secret(secret).with_skew(1).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, shortened to six digits.
    #[test]
    fn a_code_counts_in_its_step_and_one_beside() {
        let secret = b"12345678901234567890";
        assert_eq!(step_of(secret, "287082", Time(59_000)), Some(1));
        assert_eq!(step_of(secret, "287082", Time(89_000)), Some(1));
        assert_eq!(step_of(secret, "287082", Time(90_000)), None);
        assert_eq!(step_of(secret, "28708", Time(59_000)), None);
        assert_eq!(step_of(secret, "", Time(59_000)), None);
    }
}
