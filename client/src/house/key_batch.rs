//! Roster keys that a member uploads ahead, so that an administrator can sign a roster while the member sleeps.
//!
//! Never: a key twice, or one that the account key did not sign for.

use amparo_protocol::sealed::Sealed;

use crate::crypto::bytes::{Reader, label};
use crate::crypto::hpke::is_sealing_key;
use crate::crypto::primitives::{SIGNATURE_BYTES, is_signing_key, open_object, sign_object};
use crate::house::account::{AccountKeys, AccountSecret};

/// Keys in a fresh batch: more than two years of weekly signings.
pub const KEY_BATCH_KEYS: u16 = 128;

/// A batch whose signature and form were checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyBatch {
    pub account: AccountKeys,
    pub first: u32,
    pub roster_keys: Vec<[u8; 32]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the keys of this account are not signed by it")]
pub struct KeyBatchError;

impl KeyBatch {
    /// The `count` public roster keys from `first` on, signed by the account.
    pub fn sign(account: &AccountSecret, first: u32, count: u16) -> Sealed {
        let keys = account.public_keys();
        let mut body = label("hlc1 keys");
        body.extend_from_slice(&keys.signing);
        body.extend_from_slice(&keys.sealing);
        body.extend_from_slice(&first.to_be_bytes());
        body.extend_from_slice(&count.to_be_bytes());
        for index in (first..).take(count.into()) {
            body.extend_from_slice(account.roster_key(index).verifying_key().as_bytes());
        }
        Sealed(sign_object(&account.signing_key(), body))
    }

    /// Proves only that one account made it; whose account that is, `signing` asks.
    pub fn open(signed: &Sealed) -> Result<Self, KeyBatchError> {
        let batch = Self::parse_unverified(signed).ok_or(KeyBatchError)?;
        open_object(&batch.account.signing, signed.as_bytes()).ok_or(KeyBatchError)?;
        Ok(batch)
    }

    /// The roster key with this index, if it is in the batch.
    pub fn roster_key(&self, index: u32) -> Option<&[u8; 32]> {
        let at = usize::try_from(index.checked_sub(self.first)?).ok()?;
        self.roster_keys.get(at)
    }

    fn parse_unverified(signed: &Sealed) -> Option<Self> {
        let (body, _) = signed.as_bytes().split_last_chunk::<SIGNATURE_BYTES>()?;
        let mut reader = Reader::new(body);
        reader.exactly(&label("hlc1 keys"))?;
        let account = AccountKeys { signing: reader.array()?, sealing: reader.array()? };
        let first = reader.u32()?;
        let count = reader.u16()?;
        let roster_keys = (0..count).map(|_| reader.array()).collect::<Option<Vec<_>>>()?;
        reader.end()?;
        first.checked_add(count.into())?;
        let are_usable = is_sealing_key(&account.sealing) && roster_keys.iter().all(is_signing_key);
        are_usable.then_some(Self { account, first, roster_keys })
    }
}
