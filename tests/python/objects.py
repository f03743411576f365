"""The objects of docs/protocol.md section 3, written from that page and from nothing else.

Every `seal_…`/`sign_…` takes its randomness as a parameter; every `open_…` raises when anything is wrong.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

import hpke
from hpke import expand, extract

SUITE = bytes([1])
SIZES = (1024, 4096, 16384)
VISITOR = bytes(8)
VISITOR_TO_COUNSELOR, COUNSELOR_TO_VISITOR = 0, 1


class Refused(Exception):
    """An object that a receiver must not believe."""


def require(condition: bool, what: str) -> None:
    if not condition:
        raise Refused(what)


def L(text: str) -> bytes:
    return bytes([len(text)]) + text.encode("ascii")


def H(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def u16(value: int) -> bytes:
    return value.to_bytes(2, "big")


def u32(value: int) -> bytes:
    return value.to_bytes(4, "big")


def u64(value: int) -> bytes:
    return value.to_bytes(8, "big")


def signing_public(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, message: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def verify(public: bytes, message: bytes, signature: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(public).verify(signature, message)


def signed(seed: bytes, body: bytes) -> bytes:
    return body + sign(seed, body)


def opened(public: bytes, object_: bytes) -> bytes:
    body, signature = object_[:-64], object_[-64:]
    verify(public, body, signature)
    return body


class Reader:
    """Takes pieces off the front; raises when bytes are missing or left."""

    def __init__(self, data: bytes):
        self.data = data

    def take(self, count: int) -> bytes:
        require(len(self.data) >= count, "too short")
        piece, self.data = self.data[:count], self.data[count:]
        return piece

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")

    def exactly(self, expected: bytes) -> None:
        require(self.take(len(expected)) == expected, "other label")

    def end(self) -> None:
        require(not self.data, "bytes left over")


def org_id(org_pk: bytes) -> bytes:
    return H(L("hlc1 org"), org_pk)[:16]


# Accounts.


@dataclass
class Account:
    secret: bytes

    def derive(self, info: bytes) -> bytes:
        return expand(extract(b"hlc1 account", self.secret), info, 32)

    def apk(self) -> bytes:
        return self.derive(L("apk"))

    def akk(self) -> bytes:
        return self.derive(L("akk"))

    def idk(self, index: int) -> bytes:
        return self.derive(L("idk") + u32(index))

    def invitations(self) -> bytes:
        return self.derive(L("invitations"))

    def public(self) -> tuple[bytes, bytes]:
        return signing_public(self.apk()), hpke.public_key(self.akk())


def wrap(key: bytes, purpose: str, secret: bytes, nonce: bytes) -> bytes:
    aad = L("hlc1 wrap") + L(purpose)
    return L("hlc1 wrap") + nonce + ChaCha20Poly1305(key).encrypt(nonce, secret, aad)


def unwrap(key: bytes, purpose: str, wrapped: bytes) -> bytes:
    reader = Reader(wrapped)
    reader.exactly(L("hlc1 wrap"))
    nonce = reader.take(12)
    return ChaCha20Poly1305(key).decrypt(nonce, reader.data, L("hlc1 wrap") + L(purpose))


def wrapping_key(secret: bytes, purpose: str) -> bytes:
    """From the OPAQUE export key or the recovery code."""
    return expand(extract(b"hlc1 wrap", secret), L(purpose), 32)


ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def recovery_text(code: bytes) -> str:
    bits = "".join(f"{byte:08b}" for byte in code + H(L("hlc1 recovery code"), code))[:180]
    letters = "".join(ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, 180, 5))
    return "-".join(letters[at : at + 4] for at in range(0, 36, 4))


def sign_key_batch(account: Account, first: int, count: int) -> bytes:
    apk_pk, akk_pk = account.public()
    keys = b"".join(signing_public(account.idk(first + index)) for index in range(count))
    return signed(account.apk(), L("hlc1 keys") + apk_pk + akk_pk + u32(first) + u16(count) + keys)


def open_key_batch(batch: bytes) -> tuple[bytes, bytes, int, list[bytes]]:
    reader = Reader(batch[:-64])
    reader.exactly(L("hlc1 keys"))
    apk_pk, akk_pk = reader.take(32), reader.take(32)
    verify(apk_pk, batch[:-64], batch[-64:])
    first, count = reader.number(4), reader.number(2)
    keys = [reader.take(32) for _ in range(count)]
    reader.end()
    return apk_pk, akk_pk, first, keys


# Invitations and the organisation's key.


def invitation_token(secret: bytes) -> bytes:
    return expand(extract(b"hlc1 invitation", secret), L("token"), 32)


def binding(secret: bytes, apk_pk: bytes, akk_pk: bytes) -> bytes:
    key = expand(extract(b"hlc1 invitation", secret), L("bind"), 32)
    return mac(key, L("hlc1 invitation") + apk_pk + akk_pk)


def org_key_info(org_pk: bytes, akk_pk: bytes) -> bytes:
    return L("hlc1 org key") + SUITE + org_id(org_pk) + H(akk_pk)


def seal_org_key(seed: bytes, akk_pk: bytes, ikm: bytes) -> bytes:
    enc, ct = hpke.seal(akk_pk, org_key_info(signing_public(seed), akk_pk), b"", seed, ikm)
    return SUITE + enc + ct


def open_org_key(sealed: bytes, akk: bytes, org_pk: bytes) -> bytes:
    reader = Reader(sealed)
    reader.exactly(SUITE)
    enc = reader.take(32)
    seed = hpke.open_(akk, enc, org_key_info(org_pk, hpke.public_key(akk)), b"", reader.data)
    require(signing_public(seed) == org_pk, "another organisation's key")
    return seed


# Roster, badge, register.


@dataclass
class RosterEntry:
    member: bytes
    roles: int
    idk_pk: bytes
    badge_hash: bytes


@dataclass
class RegisterEntry:
    member_id: bytes
    member: bytes
    roles: int
    apk_pk: bytes
    akk_pk: bytes
    key_index: int
    badge_hash: bytes


def badge(nonce: bytes, avatar: int, pseudonym: str) -> bytes:
    text = pseudonym.encode()
    require(1 <= len(text) <= 96, "pseudonym")
    return nonce + bytes([avatar, len(text)]) + text


def badge_hash(badge_bytes: bytes) -> bytes:
    return H(L("hlc1 badge"), badge_bytes)


def open_badge(badge_bytes: bytes, expected_hash: bytes) -> tuple[int, str]:
    require(badge_hash(badge_bytes) == expected_hash, "badge hash")
    reader = Reader(badge_bytes)
    reader.take(16)
    avatar, length = reader.number(1), reader.number(1)
    pseudonym = reader.take(length).decode()
    reader.end()
    return avatar, pseudonym


def sign_roster(seed: bytes, seq: int, previous: bytes, issued: int, expires: int, entries: list[RosterEntry]) -> bytes:
    ordered = sorted(entries, key=lambda entry: entry.member)
    body = L("hlc1 roster") + signing_public(seed) + u64(seq) + previous + u64(issued) + u64(expires) + u16(len(ordered))
    for entry in ordered:
        body += entry.member + bytes([entry.roles]) + entry.idk_pk + entry.badge_hash
    return signed(seed, body)


def open_roster(roster: bytes, org_pk: bytes) -> tuple[int, bytes, int, int, list[RosterEntry]]:
    reader = Reader(opened(org_pk, roster))
    reader.exactly(L("hlc1 roster"))
    reader.exactly(org_pk)
    seq, previous, issued, expires = reader.number(8), reader.take(32), reader.number(8), reader.number(8)
    entries = []
    for _ in range(reader.number(2)):
        entries.append(RosterEntry(reader.take(16), reader.number(1), reader.take(32), reader.take(32)))
        require(entries[-1].roles & ~7 == 0, "role bits")
    reader.end()
    members = [entry.member for entry in entries]
    require(members == sorted(set(members)), "order of members")
    return seq, previous, issued, expires, entries


def sign_register(seed: bytes, seq: int, entries: list[RegisterEntry]) -> bytes:
    ordered = sorted(entries, key=lambda entry: entry.member_id)
    body = L("hlc1 register") + org_id(signing_public(seed)) + u64(seq) + u16(len(ordered))
    for entry in ordered:
        body += entry.member_id + entry.member + bytes([entry.roles]) + entry.apk_pk + entry.akk_pk
        body += u32(entry.key_index) + entry.badge_hash
    return signed(seed, body)


def open_register(register: bytes, org_pk: bytes) -> tuple[int, list[RegisterEntry]]:
    reader = Reader(opened(org_pk, register))
    reader.exactly(L("hlc1 register"))
    reader.exactly(org_id(org_pk))
    seq, entries = reader.number(8), []
    for _ in range(reader.number(2)):
        entries.append(
            RegisterEntry(
                reader.take(16),
                reader.take(16),
                reader.number(1),
                reader.take(32),
                reader.take(32),
                reader.number(4),
                reader.take(32),
            )
        )
    reader.end()
    return seq, entries


# Shift certificate.


@dataclass
class Shift:
    member: bytes
    device: bytes
    ssk_pk: bytes
    skk_pk: bytes
    not_before: int
    not_after: int
    roster_seq: int


def sign_shift(idk: bytes, org: bytes, shift: Shift) -> bytes:
    body = L("hlc1 shift") + org + shift.member + shift.device + shift.ssk_pk + shift.skk_pk
    return signed(idk, body + u64(shift.not_before) + u64(shift.not_after) + u64(shift.roster_seq))


def open_shift(cert: bytes, org: bytes, roster_seq: int, entries: list[RosterEntry]) -> Shift:
    reader = Reader(cert[:-64])
    reader.exactly(L("hlc1 shift"))
    reader.exactly(org)
    shift = Shift(
        reader.take(16),
        reader.take(8),
        reader.take(32),
        reader.take(32),
        reader.number(8),
        reader.number(8),
        reader.number(8),
    )
    reader.end()
    listed = {entry.member: entry for entry in entries}
    require(shift.member in listed, "not in the roster")
    opened(listed[shift.member].idk_pk, cert)
    require(listed[shift.member].roles & 3 != 0, "role")
    require(shift.roster_seq == roster_seq, "of another signing")
    require(0 < shift.not_after - shift.not_before <= 43_200, "window")
    return shift


# Epochs and envelopes.


@dataclass
class Epoch:
    org: bytes
    conversation: bytes
    number: int
    key: bytes
    chain: bytes

    def ctx(self) -> bytes:
        return self.org + self.conversation + u32(self.number)

    def derive(self, label: str, length: int, extra: bytes = b"") -> bytes:
        return expand(extract(b"hlc1 epoch", self.key), L(label) + self.ctx() + extra, length)

    def kid(self) -> bytes:
        return self.derive("kid", 16)

    def direction_key(self, direction: int) -> bytes:
        return self.derive(("v2s", "s2v")[direction], 32)

    def chain_key(self) -> bytes:
        return self.derive("chain", 32)

    def ack_key(self, direction: int, sender: bytes) -> bytes:
        return self.derive("ack", 32, bytes([direction]) + sender)

    def next(self, key: bytes) -> "Epoch":
        following = Epoch(self.org, self.conversation, self.number + 1, key, bytes(32))
        following.chain = mac(self.chain_key(), following.kid())
        return following


def envelope_info(ctx: bytes, kid: bytes, roster_seq: int, device: bytes, skk_pk: bytes) -> bytes:
    return L("hlc1 env") + SUITE + ctx + kid + u64(roster_seq) + device + H(skk_pk)


def seal_envelope(epoch: Epoch, shift: Shift, ikm: bytes) -> bytes:
    info = envelope_info(epoch.ctx(), epoch.kid(), shift.roster_seq, shift.device, shift.skk_pk)
    enc, ct = hpke.seal(shift.skk_pk, info, b"", epoch.key + epoch.chain, ikm)
    return SUITE + u32(epoch.number) + epoch.kid() + shift.device + enc + ct


def open_envelope(envelope: bytes, org: bytes, conversation: bytes, shift: Shift, skk: bytes) -> Epoch:
    require(len(envelope) == 141, "length")
    reader = Reader(envelope)
    reader.exactly(SUITE)
    number, kid = reader.number(4), reader.take(16)
    reader.exactly(shift.device)
    enc = reader.take(32)
    ctx = org + conversation + u32(number)
    info = envelope_info(ctx, kid, shift.roster_seq, shift.device, hpke.public_key(skk))
    plain = hpke.open_(skk, enc, info, b"", reader.data)
    epoch = Epoch(org, conversation, number, plain[:32], plain[32:])
    require(epoch.kid() == kid, "kid")
    return epoch


# Messages and acknowledgements.


def pad(content: bytes, sizes: tuple[int, ...]) -> bytes:
    size = next(size for size in sizes if len(content) < size)
    return content + b"\x80" + bytes(size - len(content) - 1)


def unpad(padded: bytes, sizes: tuple[int, ...]) -> bytes:
    content = padded.rstrip(b"\x00")
    require(content[-1:] == b"\x80", "padding")
    require(pad(content[:-1], sizes) == padded, "padding")
    return content[:-1]


@dataclass
class Message:
    direction: int
    sender: bytes
    number: int
    message_id: bytes
    type: int
    after: int
    body: bytes


def message_header(epoch: Epoch, message: Message) -> bytes:
    start = bytes([1]) + SUITE + epoch.ctx() + epoch.kid() + bytes([message.direction])
    return start + message.sender + u64(message.number) + message.message_id


def message_key(epoch: Epoch, message: Message) -> tuple[bytes, bytes]:
    info = L("msg") + message.sender + u64(message.number) + message.message_id
    both = expand(epoch.direction_key(message.direction), info, 44)
    return both[:32], both[32:]


def message_core(message: Message) -> bytes:
    start = bytes([message.type, message.direction]) + u64(message.after)
    return start + u16(len(message.body)) + message.body


def seal_message(epoch: Epoch, message: Message, ssk: bytes | None) -> bytes:
    header, content = message_header(epoch, message), message_core(message)
    if message.direction == COUNSELOR_TO_VISITOR:
        content += sign(ssk, L("hlc1 msg") + header + H(content))
    key, nonce = message_key(epoch, message)
    return header + ChaCha20Poly1305(key).encrypt(nonce, pad(content, SIZES), header)


def open_message(epoch: Epoch, wire: bytes, ssk_pk: bytes | None) -> Message:
    header, ciphertext = wire[:87], wire[87:]
    direction, sender = header[54], header[55:63]
    number, message_id = int.from_bytes(header[63:71], "big"), header[71:87]
    message = Message(direction, sender, number, message_id, 0, 0, b"")
    require(header == message_header(epoch, message), "header")
    require((sender == VISITOR) == (direction == VISITOR_TO_COUNSELOR), "sender")
    key, nonce = message_key(epoch, message)
    content = unpad(ChaCha20Poly1305(key).decrypt(nonce, ciphertext, header), SIZES)
    core = content
    if direction == COUNSELOR_TO_VISITOR:
        core = content[:-64]
        verify(ssk_pk, L("hlc1 msg") + header + H(core), content[-64:])
    message.type, flags, message.after, length = struct.unpack(">BBQH", core[:12])
    message.body = core[12:]
    require(flags == direction and len(message.body) == length and message.after <= number, "core")
    return message


def ack_header(epoch: Epoch, direction: int, sender: bytes, nonce: bytes) -> bytes:
    return bytes([2]) + SUITE + epoch.ctx() + epoch.kid() + bytes([direction]) + sender + nonce


def seal_ack(epoch: Epoch, direction: int, sender: bytes, have: list[tuple[int, bytes, int]], nonce: bytes) -> bytes:
    content = bytes([len(have)]) + b"".join(u32(number) + of + u64(upto) for number, of, upto in have)
    header = ack_header(epoch, direction, sender, nonce)
    key = epoch.ack_key(direction, sender)
    return header + ChaCha20Poly1305(key).encrypt(nonce, pad(content, (256,)), header)


def open_ack(epoch: Epoch, ack: bytes) -> tuple[int, bytes, list[tuple[int, bytes, int]]]:
    header, ciphertext = ack[:75], ack[75:]
    direction, sender, nonce = header[54], header[55:63], header[63:75]
    require(header == ack_header(epoch, direction, sender, nonce), "header")
    key = epoch.ack_key(direction, sender)
    reader = Reader(unpad(ChaCha20Poly1305(key).decrypt(nonce, ciphertext, header), (256,)))
    have = [(reader.number(4), reader.take(8), reader.number(8)) for _ in range(reader.number(1))]
    reader.end()
    require(len(have) <= 12, "entries")
    return direction, sender, have


# Deposit.


def handle(host_half: bytes) -> bytes:
    return expand(extract(b"hlc1 resume", host_half), L("handle"), 16)


def end_token(host_half: bytes) -> bytes:
    return expand(extract(b"hlc1 resume", host_half), L("end"), 16)


def deposit_key(host_half: bytes, relay_half: bytes) -> bytes:
    return expand(extract(b"hlc1 resume", host_half + relay_half), L("deposit"), 32)


def seal_deposit(host_half: bytes, relay_half: bytes, state: bytes, nonce: bytes) -> bytes:
    aad = L("hlc1 resume") + handle(host_half)
    return nonce + ChaCha20Poly1305(deposit_key(host_half, relay_half)).encrypt(nonce, state, aad)


def open_deposit(host_half: bytes, relay_half: bytes, sealed: bytes) -> bytes:
    aad = L("hlc1 resume") + handle(host_half)
    return ChaCha20Poly1305(deposit_key(host_half, relay_half)).decrypt(sealed[:12], sealed[12:], aad)
