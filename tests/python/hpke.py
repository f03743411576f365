"""HPKE base mode (RFC 9180) with X25519, HKDF-SHA256 and ChaCha20-Poly1305, single shot, from the primitives alone.

Written from the RFC. The ephemeral key comes from a given `ikm`, so that sealing can be repeated byte for byte.
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

KEM_SUITE = b"KEM" + (0x0020).to_bytes(2, "big")
HPKE_SUITE = b"HPKE" + (0x0020).to_bytes(2, "big") + (0x0001).to_bytes(2, "big") + (0x0003).to_bytes(2, "big")


def extract(salt: bytes, secret: bytes) -> bytes:
    """HKDF-Extract (RFC 5869)."""
    return hmac.new(salt or bytes(32), secret, hashlib.sha256).digest()


def expand(prk: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand (RFC 5869)."""
    out, block, counter = b"", b"", 1
    while len(out) < length:
        block = hmac.new(prk, block + info + bytes([counter]), hashlib.sha256).digest()
        out += block
        counter += 1
    return out[:length]


def labeled_extract(suite: bytes, salt: bytes, label: bytes, secret: bytes) -> bytes:
    return extract(salt, b"HPKE-v1" + suite + label + secret)


def labeled_expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


def derive_private_key(ikm: bytes) -> bytes:
    """DeriveKeyPair for X25519."""
    prk = labeled_extract(KEM_SUITE, b"", b"dkp_prk", ikm)
    return labeled_expand(KEM_SUITE, prk, b"sk", b"", 32)


def public_key(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def diffie_hellman(private: bytes, public: bytes) -> bytes:
    """Refuses a shared secret of zeros, as the RFC demands (the library raises)."""
    return X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(public))


def shared_secret(dh: bytes, encapsulated: bytes, recipient: bytes) -> bytes:
    prk = labeled_extract(KEM_SUITE, b"", b"eae_prk", dh)
    return labeled_expand(KEM_SUITE, prk, b"shared_secret", encapsulated + recipient, 32)


def key_and_nonce(shared: bytes, info: bytes) -> tuple[bytes, bytes]:
    """The key schedule of base mode, for sequence number 0."""
    psk_id_hash = labeled_extract(HPKE_SUITE, b"", b"psk_id_hash", b"")
    info_hash = labeled_extract(HPKE_SUITE, b"", b"info_hash", info)
    context = bytes([0]) + psk_id_hash + info_hash
    secret = labeled_extract(HPKE_SUITE, shared, b"secret", b"")
    key = labeled_expand(HPKE_SUITE, secret, b"key", context, 32)
    return key, labeled_expand(HPKE_SUITE, secret, b"base_nonce", context, 12)


def seal(recipient: bytes, info: bytes, aad: bytes, plaintext: bytes, ikm: bytes) -> tuple[bytes, bytes]:
    """Encapsulated key and ciphertext."""
    ephemeral = derive_private_key(ikm)
    encapsulated = public_key(ephemeral)
    shared = shared_secret(diffie_hellman(ephemeral, recipient), encapsulated, recipient)
    key, nonce = key_and_nonce(shared, info)
    return encapsulated, ChaCha20Poly1305(key).encrypt(nonce, plaintext, aad)


def open_(private: bytes, encapsulated: bytes, info: bytes, aad: bytes, ciphertext: bytes) -> bytes:
    """The plaintext, or an exception."""
    shared = shared_secret(diffie_hellman(private, encapsulated), encapsulated, public_key(private))
    key, nonce = key_and_nonce(shared, info)
    return ChaCha20Poly1305(key).decrypt(nonce, ciphertext, aad)
