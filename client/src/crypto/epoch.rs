//! One membership's key, what is derived from it, and the chain that joins the epochs of one conversation.
//!
//! Never: a key shown by `Debug`, an epoch of one conversation used in another.

use core::fmt;

use amparo_protocol::id::{ConversationId, DeviceId};
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::crypto::bytes::{join, label};
use crate::crypto::primitives::{OrgId, Prk, hmac, random_secret};
use crate::crypto::seal::Direction;
use crate::table::Table;

/// 32 random bytes that the visitor's client made. `Debug` hides them; they are erased when dropped.
#[derive(Clone)]
pub struct EpochKey(Zeroizing<[u8; 32]>);

impl EpochKey {
    pub fn generate(random: &mut dyn CryptoRng) -> Self {
        Self(random_secret(random))
    }

    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for EpochKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EpochKey(…)")
    }
}

/// An epoch key with everything derived from it.
#[derive(Clone)]
pub struct Epoch {
    number: u32,
    context: [u8; 36],
    key: EpochKey,
    chain: Zeroizing<[u8; 32]>,
    kid: [u8; 16],
    from_visitor: Zeroizing<[u8; 32]>,
    from_counselor: Zeroizing<[u8; 32]>,
    chain_key: Zeroizing<[u8; 32]>,
    prk: Prk,
}

impl Epoch {
    /// From a deposit: the key and chain value that [`key`](Self::key) and [`chain`](Self::chain) gave.
    pub fn restore(org: OrgId, conversation: ConversationId, number: u32, key: EpochKey, chain: [u8; 32]) -> Self {
        let context = context(org, conversation, number);
        let prk = Prk::extract("hlc1 epoch", key.as_bytes());
        let kid: Zeroizing<[u8; 16]> = prk.expand(&[&label("kid"), &context]);
        Self {
            number,
            context,
            kid: *kid,
            from_visitor: prk.expand(&[&label("v2s"), &context]),
            from_counselor: prk.expand(&[&label("s2v"), &context]),
            chain_key: prk.expand(&[&label("chain"), &context]),
            chain: Zeroizing::new(chain),
            key,
            prk,
        }
    }

    pub fn number(&self) -> u32 {
        self.number
    }

    pub fn key(&self) -> &EpochKey {
        &self.key
    }

    /// Proves to a holder of the former epoch that the same visitor's client made this one.
    pub fn chain(&self) -> &[u8; 32] {
        &self.chain
    }

    /// Names the key in every clear header.
    pub fn kid(&self) -> &[u8; 16] {
        &self.kid
    }

    /// `ctx(e)`: organisation, conversation, epoch number.
    pub fn context(&self) -> &[u8; 36] {
        &self.context
    }

    pub(crate) fn message_key(&self, direction: Direction) -> &[u8; 32] {
        match direction {
            Direction::VisitorToCounselor => &self.from_visitor,
            Direction::CounselorToVisitor => &self.from_counselor,
        }
    }

    pub(crate) fn ack_key(&self, direction: Direction, sender: DeviceId) -> Zeroizing<[u8; 32]> {
        self.prk.expand(&[&label("ack"), &self.context, &[direction.to_byte()], sender.as_bytes()])
    }

    /// Whether `next` is what this epoch's holder expects to follow.
    fn is_followed_by(&self, next: &Self) -> bool {
        self.chain_for(&next.kid).ct_eq(next.chain()).into()
    }

    fn chain_for(&self, next_kid: &[u8; 16]) -> [u8; 32] {
        hmac(&*self.chain_key, &[next_kid])
    }
}

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Epoch").field("number", &self.number).finish_non_exhaustive()
    }
}

/// `ctx(e)` of docs/protocol.md.
pub fn context(org: OrgId, conversation: ConversationId, number: u32) -> [u8; 36] {
    join(&[&org.0, conversation.as_bytes(), &number.to_be_bytes()]).try_into().expect("16 + 16 + 4 bytes")
}

/// All epochs of one conversation that this browser holds. A lapsed one stays in it: its number is never used again and
/// the chain runs through it.
#[derive(Clone, Debug)]
pub struct Epochs {
    pub org: OrgId,
    pub conversation: ConversationId,
    by_number: Table<u32, Epoch>,
}

/// The epoch does not continue the one held before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Discontinuous;

impl Epochs {
    pub fn new(org: OrgId, conversation: ConversationId) -> Self {
        Self { org, conversation, by_number: Table::default() }
    }

    /// The visitor's client makes the next epoch (0 at first) and keeps it here.
    pub fn make_next(&mut self, random: &mut dyn CryptoRng) -> &Epoch {
        let key = EpochKey::generate(random);
        let former = self.newest();
        let number = former.map_or(0, |former| former.number + 1);
        let mut epoch = Epoch::restore(self.org, self.conversation, number, key, [0; 32]);
        if let Some(former) = former {
            epoch.chain = Zeroizing::new(former.chain_for(&epoch.kid));
        }
        self.by_number.get_or_insert(number, epoch)
    }

    pub fn get(&self, number: u32) -> Option<&Epoch> {
        self.by_number.get(&number)
    }

    pub fn newest(&self) -> Option<&Epoch> {
        self.iter().next_back()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Epoch> {
        self.by_number.rows().iter().map(|(_, epoch)| epoch)
    }

    /// Adds an epoch that came sealed or restored. It must fit to its neighbours and never replaces a different one.
    pub fn insert(&mut self, epoch: Epoch) -> Result<(), Discontinuous> {
        let number = epoch.number;
        let fits = match number.checked_sub(1) {
            None => epoch.chain() == &[0; 32],
            Some(former) => self.get(former).is_none_or(|former| former.is_followed_by(&epoch)),
        };
        let next = number.checked_add(1).and_then(|next| self.get(next));
        let joins_next = next.is_none_or(|next| epoch.is_followed_by(next));
        let is_known = self.get(number).is_some_and(|held| bool::from(held.key.as_bytes().ct_eq(epoch.key.as_bytes())));
        let is_ours = epoch.context == context(self.org, self.conversation, number);
        if !(fits && joins_next && is_ours) || (self.get(number).is_some() && !is_known) {
            return Err(Discontinuous);
        }
        self.by_number.insert(number, epoch);
        Ok(())
    }
}
