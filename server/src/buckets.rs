//! Who comes too often, without knowing who: a bucket is what a secret makes of an address, and all that is kept of it.
//!
//! The secret is random, in memory only, and changes every day; the former one lives a day longer, so that a block that was
//! set before goes on. Without it nobody can tell a bucket's address, nor whether two days' buckets are one.
//!
//! Never: an address in a struct, in a log, or on disk.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard};

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::clock::Time;
use crate::random::Random;

const KEY_SECS: u64 = 24 * 60 * 60;
/// Beyond it those that have nothing to wait for are dropped.
const KEPT_MAX: usize = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Bucket(pub [u8; 16]);

/// Where somebody comes from, as far as the relay knows: today's bucket, and what it was called yesterday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whence {
    pub bucket: Bucket,
    pub former: Option<Bucket>,
}

impl Whence {
    /// All names of it.
    pub fn names(&self) -> impl Iterator<Item = Bucket> {
        [Some(self.bucket), self.former].into_iter().flatten()
    }
}

/// What is counted. Shelters, schools and mobile networks share one address: each limit leaves room for many people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doing {
    Pass,
    SignIn,
    Connect,
    /// A message on a connection.
    Say,
}

impl Doing {
    /// Milliseconds for each, and how many at once.
    fn pace(self) -> (u64, u64) {
        match self {
            Self::Pass => (2_000, 60),
            Self::SignIn => (5_000, 30),
            Self::Connect => (500, 240),
            Self::Say => (2, 10_000),
        }
    }
}

/// What one connection has said. It has a pace of its own, a fifth of its address's: whoever shares an address with
/// somebody who floods a conversation does not wait for that. A visitor's has one in bytes as well: what she may say at once
/// is less than what may wait for her counselor's line.
pub struct Said {
    paid_ms: u64,
    paid_for_bytes_ms: u64,
    counts_bytes: bool,
}

impl Said {
    const EACH_MS: u64 = 10;
    const EACH_OWED_MAX_MS: u64 = 20_000;
    const BYTES_PER_MS: u64 = 32;
    /// 384 KB.
    const BYTES_OWED_MAX_MS: u64 = 12_000;

    pub fn by_visitor() -> Self {
        Self { paid_ms: 0, paid_for_bytes_ms: 0, counts_bytes: true }
    }

    /// Who is signed in may have several conversations to bring back after a restart.
    pub fn by_counselor() -> Self {
        Self { counts_bytes: false, ..Self::by_visitor() }
    }

    /// Whether it may say one more of this size now; then it counts.
    pub fn may(&mut self, size_bytes: usize, now: Time) -> bool {
        let for_bytes_ms = if self.counts_bytes { size_bytes as u64 / Self::BYTES_PER_MS } else { 0 };
        pays(&mut self.paid_for_bytes_ms, for_bytes_ms, Self::BYTES_OWED_MAX_MS, now)
            && pays(&mut self.paid_ms, Self::EACH_MS, Self::EACH_OWED_MAX_MS, now)
    }
}

/// It costs so many milliseconds, and so many may be owed. `paid_ms`: when what was done is paid for.
fn pays(paid_ms: &mut u64, cost_ms: u64, owed_max_ms: u64, now: Time) -> bool {
    let now_ms = millis(now);
    let next_ms = now_ms.max(*paid_ms) + cost_ms;
    let may = next_ms <= now_ms + owed_max_ms;
    if may {
        *paid_ms = next_ms;
    }
    may
}

#[derive(Default)]
pub struct Buckets {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    key: Option<Key>,
    former: Option<Key>,
    /// When what was done is paid for.
    paid_ms: HashMap<(Bucket, Doing), u64>,
}

struct Key {
    secret: Zeroizing<[u8; 32]>,
    made_at: Time,
}

impl Buckets {
    /// `None` for an address of this machine or a private network: behind it may be everybody.
    pub fn whence(&self, address: IpAddr, random: &Random, now: Time) -> Option<Whence> {
        let network = network(address)?;
        let mut kept = self.lock();
        kept.renew_key(random, now);
        let bucket = kept.key.as_ref()?.bucket(&network);
        Some(Whence { bucket, former: kept.former.as_ref().map(|key| key.bucket(&network)) })
    }

    /// Whether it may be done now; then it counts.
    pub fn may(&self, whence: Option<Whence>, doing: Doing, now: Time) -> bool {
        let Some(Whence { bucket, .. }) = whence else { return true };
        let mut kept = self.lock();
        kept.make_room(now);
        let (each_ms, at_once) = doing.pace();
        pays(kept.paid_ms.entry((bucket, doing)).or_default(), each_ms, each_ms * at_once, now)
    }

    /// What is paid for goes, and a secret whose day is over, also when nobody comes any more.
    pub fn sweep(&self, random: &Random, now: Time) {
        let mut kept = self.lock();
        kept.forget_paid(now);
        kept.renew_key(random, now);
    }

    /// How many are kept.
    pub fn count(&self) -> usize {
        self.lock().paid_ms.len()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().expect("no holder of this lock panics")
    }
}

impl Kept {
    fn renew_key(&mut self, random: &Random, now: Time) {
        if self.key.as_ref().is_none_or(|key| key.made_at.plus_secs(KEY_SECS) <= now) {
            let key = Key { secret: Zeroizing::new(random.bytes()), made_at: now };
            self.former = self.key.replace(key);
        }
        // After a quiet day the former one may be much older.
        self.former.take_if(|former| former.made_at.plus_secs(2 * KEY_SECS) <= now);
    }

    fn forget_paid(&mut self, now: Time) {
        self.paid_ms.retain(|_, paid_ms| *paid_ms > millis(now));
    }

    fn make_room(&mut self, now: Time) {
        if self.paid_ms.len() >= KEPT_MAX {
            self.forget_paid(now);
        }
        if self.paid_ms.len() >= KEPT_MAX {
            self.paid_ms.clear();
        }
    }
}

impl Key {
    fn bucket(&self, network: &[u8]) -> Bucket {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.secret).expect("HMAC takes keys of any length");
        mac.update(network);
        let hash = mac.finalize().into_bytes();
        Bucket(hash[..16].try_into().expect("a hash has 32 bytes"))
    }
}

/// What one household has: an IPv4 address, or a /56 of IPv6, which is what providers give to one (RIPE-690).
fn network(address: IpAddr) -> Option<Vec<u8>> {
    match address.to_canonical() {
        IpAddr::V4(v4) if v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified() => None,
        IpAddr::V4(v4) => Some(v4.octets().to_vec()),
        IpAddr::V6(v6) if v6.is_loopback() || v6.is_unspecified() => None,
        IpAddr::V6(v6) if v6.is_unique_local() || v6.is_unicast_link_local() => None,
        IpAddr::V6(v6) => Some(v6.octets()[..7].to_vec()),
    }
}

fn millis(now: Time) -> u64 {
    u64::try_from(now.millis()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    fn whence(buckets: &Buckets, address: &str, now: Time) -> Option<Whence> {
        buckets.whence(address.parse().unwrap(), &Random::seeded(now.0.unsigned_abs()), now)
    }

    #[test]
    fn a_household_is_one_bucket_and_its_neighbours_are_others() {
        let buckets = Buckets::default();
        let of = |address| whence(&buckets, address, Time(0));
        assert_eq!(of("198.51.100.7"), of("::ffff:198.51.100.7"));
        assert_ne!(of("198.51.100.7"), of("198.51.100.8"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:ff::1"), "all networks of one line");
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:102::1"));
        for everybody in ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "172.16.4.4", "fd00::1", "fe80::1", "0.0.0.0"]
        {
            assert_eq!(of(everybody), None, "{everybody}");
        }
    }

    #[test]
    fn the_secret_changes_every_day_and_yesterdays_name_is_known_for_one_more() {
        let buckets = Buckets::default();
        let of = |now| whence(&buckets, "198.51.100.7", Time(now)).unwrap();
        let first = of(0);
        assert_eq!(of(DAY_MS - 1), first);
        let second = of(DAY_MS);
        assert_ne!(second.bucket, first.bucket);
        assert_eq!(second.former, Some(first.bucket));
        let third = of(2 * DAY_MS);
        assert_eq!(third.former, Some(second.bucket));
        assert_eq!(of(9 * DAY_MS).former, None, "nothing is left of a secret that is two days old");
    }

    #[test]
    fn too_much_at_once_waits_and_others_do_not() {
        let buckets = Buckets::default();
        let flood = whence(&buckets, "198.51.100.7", Time(0));
        let other = whence(&buckets, "198.51.100.8", Time(0));
        let passed = (0..1_000).filter(|_| buckets.may(flood, Doing::Pass, Time(0))).count();
        assert_eq!(passed, 60);
        assert!(buckets.may(flood, Doing::Connect, Time(0)), "each is counted for itself");
        assert!(buckets.may(other, Doing::Pass, Time(0)));
        assert!(buckets.may(flood, Doing::Pass, Time(2_000)));
        assert!(!buckets.may(flood, Doing::Pass, Time(2_001)));
        assert!((0..1_000).all(|_| buckets.may(None, Doing::Pass, Time(0))), "whoever may be everybody is not counted");
    }

    #[test]
    fn a_connection_that_floods_does_not_slow_down_its_address() {
        let buckets = Buckets::default();
        let shelter = whence(&buckets, "198.51.100.7", Time(0));
        let mut flooding = Said::by_counselor();
        let passed = (0..10_000)
            .filter(|number| {
                let now = Time(*number);
                flooding.may(0, now) && buckets.may(shelter, Doing::Say, now)
            })
            .count();
        assert_eq!(passed, 2_999, "two thousand at once, then a hundred a second");
        assert!((0..5_000).all(|_| buckets.may(shelter, Doing::Say, Time(10_000))), "there is room for everybody else");
    }

    #[test]
    fn a_visitor_who_floods_goes_no_faster_than_a_slow_line() {
        let large = 16 * 1024;
        let said = |said: &mut Said, secs: i64| -> usize {
            (0..secs * 1_000).filter(|now_ms| said.may(large, Time(*now_ms))).count() * large
        };
        let of_visitor = said(&mut Said::by_visitor(), 60);
        assert!(of_visitor < (60 + 12) * 32_000 && of_visitor > 60 * 31_000, "{of_visitor} bytes in a minute");
        let ring = amparo_protocol::limits::RING_MAX_BYTES;
        let mut coming_back = Said::by_visitor();
        assert!((0..ring / 1_127).all(|_| coming_back.may(1_127, Time(0))), "a ring at once");
        assert!(said(&mut Said::by_counselor(), 60) > 60 * 1_000_000, "three conversations after a restart");
    }

    #[test]
    fn what_is_paid_for_and_yesterdays_secret_go_though_nobody_comes() {
        let buckets = Buckets::default();
        let came = whence(&buckets, "198.51.100.7", Time(0));
        assert!(buckets.may(came, Doing::Pass, Time(0)));
        buckets.sweep(&Random::seeded(1), Time(1_999));
        assert_eq!(buckets.count(), 1, "it still counts");
        buckets.sweep(&Random::seeded(1), Time(2_000));
        assert_eq!(buckets.count(), 0);
        for day in 1..=2 {
            buckets.sweep(&Random::seeded(1), Time(day * DAY_MS));
        }
        let kept = buckets.lock();
        let secrets = [&kept.key, &kept.former].map(|key| key.as_ref().map(|key| key.made_at));
        assert_eq!(secrets, [Some(Time(2 * DAY_MS)), Some(Time(DAY_MS))], "the secret of the first day is gone");
    }

    #[test]
    fn however_many_come_little_is_kept() {
        let buckets = Buckets::default();
        for number in 0..30_000_u32 {
            let bytes: [u8; 4] = number.to_be_bytes();
            let bucket = Bucket([bytes, bytes, bytes, bytes].concat().try_into().unwrap());
            buckets.may(Some(Whence { bucket, former: None }), Doing::Pass, Time(i64::from(number)));
        }
        assert!(buckets.count() <= KEPT_MAX);
    }
}
