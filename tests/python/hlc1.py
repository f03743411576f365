#!/usr/bin/env python3
"""An independent HLC/1: makes the test vectors, checks them, and opens what the Rust client sealed.

    hlc1.py make > client/tests/vectors.json
    hlc1.py check client/tests/vectors.json
    hlc1.py open FILE       opens every object of a file that the example `sealed_objects` wrote; `-` reads it from stdin
    hlc1.py interop         runs that example and opens what it wrote
"""

import json
import pathlib
import subprocess
import sys

import hpke
import vectors
from objects import (
    Account,
    Epoch,
    H,
    binding,
    end_token,
    handle,
    invitation_token,
    open_ack,
    open_badge,
    open_deposit,
    open_envelope,
    open_key_batch,
    open_message,
    open_org_key,
    open_register,
    open_roster,
    open_shift,
    org_id,
    recovery_text,
    require,
    signing_public,
    unwrap,
    wrapping_key,
)

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
EXAMPLE = ["cargo", "run", "--quiet", "--package", "amparo-client", "--example", "sealed_objects"]


def main(arguments: list[str]) -> int:
    match arguments:
        case ["make"]:
            print(json.dumps(vectors.make(), indent=1, ensure_ascii=False))
        case ["check", path]:
            check(json.loads(pathlib.Path(path).read_text()))
            print("the vectors are what the independent implementation makes")
        case ["open", "-"]:
            print(f"opened {open_all(json.load(sys.stdin))} objects")
        case ["open", path]:
            print(f"opened {open_all(json.loads(pathlib.Path(path).read_text()))} objects")
        case ["interop"]:
            written = subprocess.run(EXAMPLE, cwd=REPOSITORY, check=True, capture_output=True).stdout
            print(f"opened {open_all(json.loads(written))} objects that Rust sealed just now")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


def check(found: dict) -> None:
    """The RFC's own vector first; then every byte of the file."""
    rfc = {name: bytes.fromhex(value) for name, value in vectors.RFC_9180_A_2_1.items()}
    sealed = hpke.seal(rfc["pkRm"], rfc["info"], rfc["aad"], rfc["pt"], rfc["ikmE"])
    require(sealed == (rfc["enc"], rfc["ct"]), "RFC 9180 A.2.1, sealing")
    require(hpke.open_(rfc["skRm"], rfc["enc"], rfc["info"], rfc["aad"], rfc["ct"]) == rfc["pt"], "RFC 9180, opening")
    require(found == vectors.make(), "the file differs from what this implementation makes")


def open_all(found: dict) -> int:
    """Opens every object and compares what was inside; the number of objects."""
    return sum(step(found) for step in (open_house, open_conversation))


def of(found: dict, name: str) -> bytes:
    return bytes.fromhex(found[name])


def open_house(found: dict) -> int:
    org_pk, account = of(found, "org_pk"), Account(of(found, "account"))
    apk_pk, akk_pk = account.public()
    require(open_org_key(of(found, "sealed_org_key"), account.akk(), org_pk) == of(found, "org_seed"), "org key")
    batch = open_key_batch(of(found, "key_batch"))
    require(batch[:3] == (apk_pk, akk_pk, 0), "key batch")
    require(batch[3] == [signing_public(account.idk(index)) for index in range(len(batch[3]))], "roster keys")
    by_password = wrapping_key(of(found, "export_key"), "password")
    require(unwrap(by_password, "password", of(found, "wrapped_by_password")) == account.secret, "password wrap")
    by_code = wrapping_key(of(found, "recovery_code"), "recovery")
    require(unwrap(by_code, "recovery", of(found, "wrapped_by_recovery")) == account.secret, "recovery wrap")
    require(recovery_text(of(found, "recovery_code")) == found["recovery_text"], "recovery text")
    secret = of(found, "invitation")
    invited = unwrap(account.invitations(), "invitation", of(found, "wrapped_invitation"))
    require(invited == secret + bytes([1]), "invitation wrap")
    require(H(invitation_token(secret)) == of(found, "invitation_name"), "invitation name")
    require(binding(secret, apk_pk, akk_pk) == of(found, "binding"), "binding")
    seq, entries = open_register(of(found, "register"), org_pk)
    roster = open_roster(of(found, "roster"), org_pk)
    require(seq == roster[0] and len(entries) == len(roster[4]) == 1, "register and roster")
    require((entries[0].apk_pk, entries[0].akk_pk) == (apk_pk, akk_pk), "register entry")
    require(open_badge(of(found, "badge"), roster[4][0].badge_hash) == (found["avatar"], found["pseudonym"]), "badge")
    return 9


def open_conversation(found: dict) -> int:
    org_pk, conversation = of(found, "org_pk"), of(found, "conversation")
    seq, _, _, _, entries = open_roster(of(found, "roster"), org_pk)
    shift = open_shift(of(found, "shift_cert"), org_id(org_pk), seq, entries)
    epochs: list[Epoch] = []
    for envelope in found["envelopes"]:
        opened = open_envelope(bytes.fromhex(envelope), org_id(org_pk), conversation, shift, of(found, "skk"))
        expected = epochs[-1].next(opened.key).chain if epochs else bytes(32)
        require(opened.chain == expected and opened.number == len(epochs), "continuity")
        epochs.append(opened)
    for row in found["messages"]:
        message = open_message(epochs[row["epoch"]], of(row, "wire"), shift.ssk_pk)
        require(message.body.decode() == row["text"], "message")
        require((message.number, message.after) == (row["number"], row["after"]), "message number")
    for row in found["acks"]:
        have = [(entry["epoch"], of(entry, "sender"), entry["upto"]) for entry in row["have"]]
        require(open_ack(epochs[row["epoch"]], of(row, "ack"))[2] == have, "acknowledgement")
    host_half = of(found, "host_half")
    require(handle(host_half) == of(found, "handle"), "handle")
    require(H(end_token(host_half)) == of(found, "end_token_hash"), "end token")
    state = open_deposit(host_half, of(found, "relay_half"), of(found, "deposit"))
    require(state == of(found, "state"), "deposit")
    return 2 + len(epochs) + len(found["messages"]) + len(found["acks"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
