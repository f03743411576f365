"""The test vectors of HLC/1: every object once, made from `seed(s) = SHA-256("hlc1 test " || s)`.

`client/tests/vectors.json` is what `make()` returns. Rust seals the same objects from the same randomness and must
arrive at the same bytes.
"""

import hashlib

import hpke
from objects import (
    H,
    Account,
    Epoch,
    Message,
    RegisterEntry,
    RosterEntry,
    Shift,
    badge,
    badge_hash,
    binding,
    end_token,
    envelope_info,
    handle,
    invitation_token,
    org_id,
    recovery_text,
    seal_ack,
    seal_deposit,
    seal_envelope,
    seal_message,
    seal_org_key,
    sign_key_batch,
    sign_register,
    sign_roster,
    sign_shift,
    signing_public,
    wrap,
    wrapping_key,
)

ISSUED = 1_793_000_000
NOW = ISSUED + 3_600
# The epoch keys of the first edition of these vectors: what did not change must come out identical.
EPOCH_KEYS = (
    bytes.fromhex("f60a0e70b0ef435910acc4433c23a50fd4c92e75263a244d278b4e69e859ed75"),
    bytes.fromhex("3b3f69270040342fe040e24dc6d9bbacac8dec44fedabb97d3e0b378d302182e"),
)
FIRST_EDITION = {
    "org_id": "f89c94477f00da0f0be1a727bb6dd082",
    "kid_0": "23790330c3c30b4dd008ac7d1ce2af6a",
    "kid_1": "c57091666d1b5b2fe0ee009ec87896d0",
    "v2s_0": "58860ae61ccdb4e5cd72bad4b620771bf45b22173f83c46fba3906098241ec30",
    "s2v_0": "b89fd0391bdb5975c3a1f61599387287275ce76f4c6e824bb5b5151d7ac62c5b",
    "v2s_1": "12deb4bde288d3327eece1ce8e0a7909a09192abdaf4a9233a7cf97f83b55328",
    "s2v_1": "f9bf66962f76c928a5a1f42537fcc7581e7e99d7f9dad63f3b70f9eea6e59de2",
    "chain_key_0": "533acf2634ed1cf72115283fb62678ba58c9217910ac504887fd3a467096037e",
    "chain_1": "34d5dbdf313308fd5fb2459d46a6231fe6560c5aebd19b7dadc6d5154bf4df0c",
}


def seed(name: str, size: int = 32) -> bytes:
    return hashlib.sha256(b"hlc1 test " + name.encode()).digest()[:size]


def make() -> dict:
    """All vectors, bytes as lower-case hexadecimal text."""
    org = Org()
    shift = ShiftOf(org)
    epochs = make_epochs(org)
    return {
        "suite": "01 = DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305, Ed25519",
        "seed_rule": 'seed(s) = SHA-256("hlc1 test " || s)',
        "now": NOW,
        "rfc9180": RFC_9180_A_2_1,
        "org": org.vector(),
        "accounts": [member.vector() for member in org.members],
        "invitation": invitation_vector(org),
        "rosters": [org.roster_vector(1), org.roster_vector(2)],
        "shift": shift.vector(),
        "conversation": seed("conv", 16).hex(),
        "epochs": [epoch_vector(epoch, shift) for epoch in epochs],
        "messages": [message_vector(epochs, shift, *row) for row in MESSAGES],
        "acks": [ack_vector(epochs, shift, *row) for row in ACKS],
        "deposit": deposit_vector(),
    }


class Member:
    """Ana counsels and administers, Omar counsels."""

    def __init__(self, name: str, roles: int, avatar: int, pseudonym: str):
        self.name, self.roles, self.avatar, self.pseudonym = name, roles, avatar, pseudonym
        self.member_id = seed(f"{name} member id", 16)
        self.account = Account(seed(f"{name} account"))
        self.apk_pk, self.akk_pk = self.account.public()

    def badge(self, seq: int) -> bytes:
        return badge(seed(f"{self.name} badge {seq}", 16), self.avatar, self.pseudonym)

    def roster_member(self, seq: int) -> bytes:
        return seed(f"{self.name} roster member {seq}", 16)

    def roster_entry(self, seq: int) -> RosterEntry:
        idk_pk = signing_public(self.account.idk(seq - 1))
        return RosterEntry(self.roster_member(seq), self.roles, idk_pk, badge_hash(self.badge(seq)))

    def register_entry(self, seq: int) -> RegisterEntry:
        hash_ = badge_hash(self.badge(seq))
        member = self.roster_member(seq)
        return RegisterEntry(self.member_id, member, self.roles, self.apk_pk, self.akk_pk, seq - 1, hash_)

    def vector(self) -> dict:
        export_key, code = seed(f"{self.name} export key") * 2, seed(f"{self.name} recovery code", 20)
        nonces = [seed(f"{self.name} wrap {at}", 12) for at in range(2)]
        secret = self.account.secret
        return {
            "member_id": self.member_id.hex(),
            "secret": secret.hex(),
            "roles": self.roles,
            "avatar": self.avatar,
            "pseudonym": self.pseudonym,
            "apk_pk": self.apk_pk.hex(),
            "akk_pk": self.akk_pk.hex(),
            "idk_pk": [signing_public(self.account.idk(index)).hex() for index in range(4)],
            "key_batch": sign_key_batch(self.account, 0, 4).hex(),
            "export_key": export_key.hex(),
            "password_nonce": nonces[0].hex(),
            "wrapped_by_password": wrap(wrapping_key(export_key, "password"), "password", secret, nonces[0]).hex(),
            "recovery_code": code.hex(),
            "recovery_text": recovery_text(code),
            "recovery_nonce": nonces[1].hex(),
            "wrapped_by_recovery": wrap(wrapping_key(code, "recovery"), "recovery", secret, nonces[1]).hex(),
        }


class Org:
    def __init__(self):
        self.seed = seed("oik")
        self.public = signing_public(self.seed)
        self.id = org_id(self.public)
        self.members = [Member("ana", 5, 3, "Ana"), Member("omar", 1, 7, "عمر")]
        self.rosters = {}
        previous = bytes(32)
        for seq in (1, 2):
            issued = ISSUED + seq - 1
            entries = [member.roster_entry(seq) for member in self.members]
            self.rosters[seq] = sign_roster(self.seed, seq, previous, issued, issued + 180 * 86_400, entries)
            previous = H(self.rosters[seq])

    def vector(self) -> dict:
        ikm = seed("org key ephemeral")
        sealed = seal_org_key(self.seed, self.members[0].akk_pk, ikm)
        return {
            "seed": self.seed.hex(),
            "org_pk": self.public.hex(),
            "org_id": self.id.hex(),
            "ikm": ikm.hex(),
            "sealed_to_ana": sealed.hex(),
        }

    def roster_vector(self, seq: int) -> dict:
        return {
            "seq": seq,
            "issued": ISSUED + seq - 1,
            "expires": ISSUED + seq - 1 + 180 * 86_400,
            "roster": self.rosters[seq].hex(),
            "hash": H(self.rosters[seq]).hex(),
            "register": sign_register(self.seed, seq, [member.register_entry(seq) for member in self.members]).hex(),
            "entries": [
                {
                    "roster_member": member.roster_member(seq).hex(),
                    "key_index": seq - 1,
                    "badge": member.badge(seq).hex(),
                    "badge_nonce": seed(f"{member.name} badge {seq}", 16).hex(),
                    "badge_hash": badge_hash(member.badge(seq)).hex(),
                }
                for member in self.members
            ],
        }


class ShiftOf:
    """Omar's device under the second roster."""

    def __init__(self, org: Org):
        self.device, self.ssk, self.skk = seed("device", 8), seed("ssk"), seed("skk")
        omar = org.members[1]
        self.shift = Shift(
            omar.roster_member(2),
            self.device,
            signing_public(self.ssk),
            hpke.public_key(self.skk),
            NOW,
            NOW + 43_200,
            2,
        )
        self.cert = sign_shift(omar.account.idk(1), org.id, self.shift)

    def vector(self) -> dict:
        return {
            "device": self.device.hex(),
            "ssk": self.ssk.hex(),
            "skk": self.skk.hex(),
            "ssk_pk": self.shift.ssk_pk.hex(),
            "skk_pk": self.shift.skk_pk.hex(),
            "cert": self.cert.hex(),
        }


def invitation_vector(org: Org) -> dict:
    ana, omar = org.members
    secret, nonce = seed("invitation", 16), seed("invitation wrap", 12)
    return {
        "secret": secret.hex(),
        "token": invitation_token(secret).hex(),
        "name": H(invitation_token(secret)).hex(),
        "binding_of_omar": binding(secret, omar.apk_pk, omar.akk_pk).hex(),
        "nonce": nonce.hex(),
        "wrapped_for_ana": wrap(ana.account.invitations(), "invitation", secret + bytes([omar.roles]), nonce).hex(),
    }


def make_epochs(org: Org) -> list[Epoch]:
    first = Epoch(org.id, seed("conv", 16), 0, EPOCH_KEYS[0], bytes(32))
    epochs = [first, first.next(EPOCH_KEYS[1])]
    check_first_edition(org, epochs)
    return epochs


def check_first_edition(org: Org, epochs: list[Epoch]) -> None:
    found = {"org_id": org.id, "chain_key_0": epochs[0].chain_key(), "chain_1": epochs[1].chain}
    for epoch in epochs:
        found[f"kid_{epoch.number}"] = epoch.kid()
        found[f"v2s_{epoch.number}"] = epoch.direction_key(0)
        found[f"s2v_{epoch.number}"] = epoch.direction_key(1)
    assert {name: value.hex() for name, value in found.items()} == FIRST_EDITION


def epoch_vector(epoch: Epoch, shift: ShiftOf) -> dict:
    ikm = seed(f"envelope {epoch.number}")
    info = envelope_info(epoch.ctx(), epoch.kid(), 2, shift.device, shift.shift.skk_pk)
    return {
        "epoch": epoch.number,
        "key": epoch.key.hex(),
        "kid": epoch.kid().hex(),
        "k_v2s": epoch.direction_key(0).hex(),
        "k_s2v": epoch.direction_key(1).hex(),
        "k_chain": epoch.chain_key().hex(),
        "chain": epoch.chain.hex(),
        "k_ack_visitor": epoch.ack_key(0, bytes(8)).hex(),
        "k_ack_counselor": epoch.ack_key(1, shift.device).hex(),
        "ikm": ikm.hex(),
        "info": info.hex(),
        "envelope": seal_envelope(epoch, shift.shift, ikm).hex(),
    }


# epoch, direction, number, after, type, text
MESSAGES = [
    (0, 0, 0, 0, 1, "Hallo, ist da jemand?"),
    (1, 1, 0, 0, 1, "Ja, ich bin da. Sind Sie gerade sicher?"),
    (1, 0, 1, 0, 1, "é" * 600),
    (1, 0, 33, 2, 1, "أنا هنا"),
    (1, 1, 1, 1, 1, "x" * 16_000),
    (1, 1, 2, 2, 5, ""),
    (1, 0, 34, 34, 7, ""),
    (1, 1, 3, 3, 1, "a" * 947),
    (1, 1, 4, 4, 1, "b" * 948),
]


def message_vector(epochs, shift, epoch, direction, number, after, kind, text) -> dict:
    sender = shift.device if direction else bytes(8)
    message_id = seed(f"m{epoch} {direction} {number}", 16)
    message = Message(direction, sender, number, message_id, kind, after, text.encode())
    wire = seal_message(epochs[epoch], message, shift.ssk)
    return {
        "epoch": epoch,
        "direction": direction,
        "number": number,
        "after": after,
        "type": kind,
        "message_id": message_id.hex(),
        "text": text,
        "size": len(wire),
        "wire_hash": H(wire).hex(),
        **({"wire": wire.hex()} if len(wire) < 2_000 else {}),
    }


# epoch, direction, entries (epoch, is the counselor's, up to)
ACKS = [
    (0, 1, []),
    (1, 1, [(1, False, 33), (0, False, 0)]),
    (1, 0, [(1, True, 4)] + [(epoch, True, 2**40 + epoch) for epoch in range(11)]),
]


def ack_vector(epochs, shift, epoch, direction, entries) -> dict:
    nonce = seed(f"ack {epoch} {direction}", 12)
    have = [(number, shift.device if is_counselor else bytes(8), upto) for number, is_counselor, upto in entries]
    sender = shift.device if direction else bytes(8)
    return {
        "epoch": epoch,
        "direction": direction,
        "have": [{"epoch": number, "sender": of.hex(), "upto": upto} for number, of, upto in have],
        "nonce": nonce.hex(),
        "ack": seal_ack(epochs[epoch], direction, sender, have, nonce).hex(),
    }


def deposit_vector() -> dict:
    host_half, relay_half, nonce = seed("host half"), seed("relay half"), seed("deposit", 12)
    state = b"what the visitor's client needs after a reload"
    return {
        "host_half": host_half.hex(),
        "relay_half": relay_half.hex(),
        "handle": handle(host_half).hex(),
        "end_token": end_token(host_half).hex(),
        "end_token_hash": H(end_token(host_half)).hex(),
        "nonce": nonce.hex(),
        "state": state.hex(),
        "sealed": seal_deposit(host_half, relay_half, state, nonce).hex(),
    }


# RFC 9180 appendix A.2.1 with the first encryption of A.2.1.1: base mode, sequence number 0.
RFC_9180_A_2_1 = {
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "ikmE": "909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b",
    "skRm": "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb",
    "pkRm": "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a",
    "enc": "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
    "aad": "436f756e742d30",
    "pt": "4265617574792069732074727574682c20747275746820626561757479",
    "ct": "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
}
