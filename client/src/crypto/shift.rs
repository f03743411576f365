//! Keys of one counselor device for one shift, and the certificate that the member's roster key signs for them.
//!
//! Never: a way to take the private keys out. They live in this value and die with it.

use core::fmt;

use amparo_protocol::api::roles;
use amparo_protocol::id::{DeviceId, RosterMemberId};
use amparo_protocol::limits::{CLOCK_TOLERANCE_SECS, SHIFT_MAX_SECS};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire;
use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::crypto::bytes::{Reader, label};
use crate::crypto::hpke::{SealingKey, is_sealing_key};
use crate::crypto::primitives::{
    OrgId, SIGNATURE_BYTES, is_signing_key, open_object, random_bytes, random_secret, sign, sign_object,
};
use crate::crypto::roster::Roster;

wire! {
/// A checked certificate. On the wire only inside a visitor's own sealed deposit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShiftCert {
    pub member: RosterMemberId,
    pub device: DeviceId,
    /// Ed25519 `ssk`.
    pub signing_key: [u8; 32],
    /// X25519 `skk`.
    pub sealing_key: [u8; 32],
    pub not_before_unix_secs: u64,
    pub not_after_unix_secs: u64,
    pub roster_seq: u64,
}
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the shift certificate is not of a counselor in the roster, or its window is wrong")]
pub struct ShiftError;

impl ShiftCert {
    /// Receiver rule 2: of this roster's signing, by an entry that may counsel, inside its window (24 h tolerance).
    pub fn open(signed: &Sealed, roster: &Roster, now_unix_secs: u64) -> Result<Self, ShiftError> {
        let org = OrgId::of(&roster.org_key);
        let cert = Self::parse_unverified(signed, org).ok_or(ShiftError)?;
        let entry = roster.entry(&cert.member).ok_or(ShiftError)?;
        open_object(&entry.roster_key, signed.as_bytes()).ok_or(ShiftError)?;
        let may_counsel = entry.roles & (roles::COUNSELOR | roles::SUPERVISOR) != 0;
        let is_now = now_unix_secs.saturating_add(CLOCK_TOLERANCE_SECS) >= cert.not_before_unix_secs
            && now_unix_secs <= cert.not_after_unix_secs.saturating_add(CLOCK_TOLERANCE_SECS);
        let is_of_this_signing = cert.roster_seq == roster.seq();
        (may_counsel && is_now && is_of_this_signing).then_some(cert).ok_or(ShiftError)
    }

    /// The member names the key that must have signed, so the body is read before its signature is checked.
    fn parse_unverified(signed: &Sealed, org: OrgId) -> Option<Self> {
        let (body, _) = signed.as_bytes().split_last_chunk::<SIGNATURE_BYTES>()?;
        let mut reader = Reader::new(body);
        reader.exactly(&label("hlc1 shift"))?;
        reader.exactly(&org.0)?;
        let cert = Self {
            member: RosterMemberId(reader.array()?),
            device: DeviceId(reader.array()?),
            signing_key: reader.array()?,
            sealing_key: reader.array()?,
            not_before_unix_secs: reader.u64()?,
            not_after_unix_secs: reader.u64()?,
            roster_seq: reader.u64()?,
        };
        reader.end()?;
        cert.is_sound().then_some(cert)
    }

    fn is_sound(&self) -> bool {
        let life = self.not_after_unix_secs.checked_sub(self.not_before_unix_secs);
        life.is_some_and(|secs| secs > 0 && secs <= SHIFT_MAX_SECS)
            && self.device != DeviceId::default()
            && is_signing_key(&self.signing_key)
            && is_sealing_key(&self.sealing_key)
    }

    fn sign(&self, org: OrgId, roster_key: &SigningKey) -> Sealed {
        let mut body = label("hlc1 shift");
        body.extend_from_slice(&org.0);
        body.extend_from_slice(self.member.as_bytes());
        body.extend_from_slice(self.device.as_bytes());
        body.extend_from_slice(&self.signing_key);
        body.extend_from_slice(&self.sealing_key);
        body.extend_from_slice(&self.not_before_unix_secs.to_be_bytes());
        body.extend_from_slice(&self.not_after_unix_secs.to_be_bytes());
        body.extend_from_slice(&self.roster_seq.to_be_bytes());
        Sealed(sign_object(roster_key, body))
    }
}

/// One device's keys for one shift, in memory only.
pub struct ShiftKeys {
    pub org: OrgId,
    pub cert: ShiftCert,
    /// `cert` as signed: what `Hello::Counselor` carries.
    pub certificate: Sealed,
    signing: SigningKey,
    sealing: SealingKey,
}

impl ShiftKeys {
    /// Makes fresh keys and has them certified by the member's roster key `idk_i` for 12 hours from now.
    pub fn certify(
        roster_key: &SigningKey,
        org: OrgId,
        member: RosterMemberId,
        roster_seq: u64,
        now_unix_secs: u64,
        random: &mut dyn CryptoRng,
    ) -> Self {
        let device = DeviceId(random_bytes(random));
        let signing = SigningKey::from_bytes(&random_secret(random));
        let sealing = SealingKey::from_bytes(&random_secret(random));
        let cert = ShiftCert {
            member,
            device,
            signing_key: signing.verifying_key().to_bytes(),
            sealing_key: *sealing.public(),
            not_before_unix_secs: now_unix_secs,
            not_after_unix_secs: now_unix_secs.saturating_add(SHIFT_MAX_SECS),
            roster_seq,
        };
        let certificate = cert.sign(org, roster_key);
        Self { org, cert, certificate, signing, sealing }
    }

    pub fn device(&self) -> DeviceId {
        self.cert.device
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        sign(&self.signing, message)
    }

    pub(crate) fn open(&self, info: &[u8], encapsulated: &[u8; 32], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.sealing.open(info, b"", encapsulated, sealed)
    }
}

impl fmt::Debug for ShiftKeys {
    /// Shows whose keys these are, never the keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShiftKeys").field("device", &self.cert.device).finish_non_exhaustive()
    }
}
