//! Sealing an epoch's key to one device, and opening it there.
//!
//! Never: an envelope that another device, roster, conversation or epoch could use.

use amparo_protocol::id::DeviceId;
use amparo_protocol::sealed::Sealed;
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::crypto::bytes::{Reader, join, label};
use crate::crypto::epoch::{Epoch, EpochKey, Epochs, context};
use crate::crypto::hpke;
use crate::crypto::primitives::{SUITE, hash};
use crate::crypto::shift::{ShiftCert, ShiftKeys};

/// suite 1, epoch 4, kid 16, device 8, enc 32, ct 80.
pub const ENVELOPE_BYTES: usize = 141;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    #[error("this suite is not known")]
    Suite,
    #[error("the envelope is not for this device, roster and conversation, or was changed")]
    Envelope,
    #[error("the epoch does not continue the one held before")]
    Continuity,
}

/// `cert` was checked by `admit`; the envelope is bound to its roster's seq, which the grant also carries in clear.
pub fn seal_envelope(epoch: &Epoch, cert: &ShiftCert, random: &mut dyn CryptoRng) -> Result<Sealed, GrantError> {
    let plaintext = Zeroizing::new(join(&[epoch.key().as_bytes(), epoch.chain()]));
    let info = envelope_info(epoch.context(), epoch.kid(), cert);
    let (encapsulated, ciphertext) =
        hpke::seal(&cert.sealing_key, &info, b"", &plaintext, random).ok_or(GrantError::Envelope)?;
    Ok(Sealed(join(&[
        &[SUITE],
        &epoch.number().to_be_bytes(),
        epoch.kid(),
        cert.device.as_bytes(),
        &encapsulated,
        &ciphertext,
    ])))
}

/// Opens the envelope, checks it against what `epochs` holds and adds it there. Answers the epoch's number. The same
/// envelope may come again.
pub fn open_envelope(envelope: &Sealed, keys: &ShiftKeys, epochs: &mut Epochs) -> Result<u32, GrantError> {
    if envelope.as_bytes().first() != Some(&SUITE) {
        return Err(GrantError::Suite);
    }
    if keys.org != epochs.org {
        return Err(GrantError::Envelope);
    }
    let epoch = open_epoch(envelope, keys, epochs).ok_or(GrantError::Envelope)?;
    let number = epoch.number();
    epochs.insert(epoch).map_err(|_| GrantError::Continuity)?;
    Ok(number)
}

/// Whom an envelope is for, and of which epoch: in clear, and proven only where it opens.
pub fn addressee(envelope: &Sealed) -> Option<(u32, DeviceId)> {
    let mut reader = Reader::new(envelope.as_bytes());
    reader.exactly(&[SUITE])?;
    let number = reader.u32()?;
    let _kid: [u8; 16] = reader.array()?;
    Some((number, DeviceId(reader.array()?)))
}

fn open_epoch(envelope: &Sealed, keys: &ShiftKeys, epochs: &Epochs) -> Option<Epoch> {
    let mut reader = Reader::new(envelope.as_bytes());
    reader.exactly(&[SUITE])?;
    let number = reader.u32()?;
    let kid = reader.array()?;
    reader.exactly(keys.device().as_bytes())?;
    let encapsulated = reader.array()?;
    let ciphertext = reader.slice(80)?;
    reader.end()?;
    let info = envelope_info(&context(epochs.org, epochs.conversation, number), &kid, &keys.cert);
    let plaintext = keys.open(&info, &encapsulated, ciphertext)?;
    let (key, chain) = plaintext.split_first_chunk::<32>()?;
    let chain = chain.try_into().ok()?;
    let epoch = Epoch::restore(epochs.org, epochs.conversation, number, EpochKey::from_bytes(*key), chain);
    bool::from(epoch.kid().ct_eq(&kid)).then_some(epoch)
}

fn envelope_info(context: &[u8; 36], kid: &[u8; 16], cert: &ShiftCert) -> Vec<u8> {
    join(&[
        &label("hlc1 env"),
        &[SUITE],
        context,
        kid,
        &cert.roster_seq.to_be_bytes(),
        cert.device.as_bytes(),
        hash(&[&cert.sealing_key]).as_bytes(),
    ])
}
