//! How a backup is encrypted: as an age file, for a passphrase or for a key pair. Whatever opens age files opens it.
//!
//! Never: a way of our own, or a backup that is not encrypted.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};

use age::secrecy::{ExposeSecret, SecretString};
use age::{DecryptError, Decryptor, EncryptError, Encryptor, scrypt, x25519};

/// 64 MiB of memory and some tenths of a second per guess; the smallest server has to manage it beside the relay.
const PASSPHRASE_WORK: u8 = 16;
/// What older or newer versions may have chosen.
const PASSPHRASE_WORK_MOST: u8 = 20;
const PASSPHRASE_MIN_CHARS: usize = 12;

/// What closes a backup.
pub enum Lock {
    Passphrase(SecretString),
    /// The public half of a key: who takes the server cannot open its former backups.
    Public(x25519::Recipient),
}

/// What opens one.
pub enum Key {
    Passphrase(SecretString),
    Secret(x25519::Identity),
}

/// A new key pair: what is to be written into a file and put away, and its public half.
pub fn new_key_pair() -> (SecretString, String) {
    let secret = x25519::Identity::generate();
    (secret.to_string(), secret.to_public().to_string())
}

/// `None` for a passphrase that is guessed too easily.
pub fn passphrase(text: &str) -> Option<SecretString> {
    let text = text.trim();
    (text.chars().count() >= PASSPHRASE_MIN_CHARS).then(|| SecretString::from(text.to_owned()))
}

/// The key in a file of the form that `age-keygen` writes: comments, and one line with the secret.
pub fn secret_key(text: &str) -> Option<x25519::Identity> {
    text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?.parse().ok()
}

impl Lock {
    /// Everything that is written to it is encrypted; only `finish` makes a whole file of it.
    pub fn writer(self, file: File) -> std::io::Result<age::stream::StreamWriter<BufWriter<File>>> {
        let encryptor = match self {
            Self::Passphrase(passphrase) => {
                let mut recipient = scrypt::Recipient::new(passphrase);
                recipient.set_work_factor(PASSPHRASE_WORK);
                encryptor_for(&recipient)
            }
            Self::Public(recipient) => encryptor_for(&recipient),
        };
        encryptor.map_err(std::io::Error::other)?.wrap_output(BufWriter::new(file))
    }
}

impl Key {
    /// Gives only what was written whole and by somebody with the key; anything else is an error.
    pub fn reader(self, file: File) -> Result<impl BufRead, DecryptError> {
        let decryptor = Decryptor::new_buffered(BufReader::new(file))?;
        let opened = match self {
            Self::Passphrase(passphrase) => {
                let mut identity = scrypt::Identity::new(passphrase);
                identity.set_max_work_factor(PASSPHRASE_WORK_MOST);
                decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity))
            }
            Self::Secret(identity) => decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)),
        };
        Ok(BufReader::new(opened?))
    }
}

fn encryptor_for(recipient: &dyn age::Recipient) -> Result<Encryptor, EncryptError> {
    Encryptor::with_recipients(std::iter::once(recipient))
}

/// Writes a secret key in the form of `age-keygen`.
pub fn write_key(file: &mut impl Write, secret: &SecretString, public: &str) -> std::io::Result<()> {
    writeln!(file, "# Opens Amparo's backups. Keep it away from the server.\n# public key: {public}")?;
    writeln!(file, "{}", secret.expose_secret())
}
