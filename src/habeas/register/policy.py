"""C2SP tlog-policy: which log, which witnesses, and which of them make a quorum.

One statement a line: `log <vkey> [url]`, `witness <name> <vkey> [url]`,
`group <name> all|any|<k> <member> ...`, `quorum <name>|none`. References go backwards only.

A policy here is about one log: every `log` line bears its origin, one at least is Ed25519, and of
each type named (Ed25519, ML-DSA-44) one must have signed. Witness lines are only ever appended:
printed receipts name a witness by its place. Receipts count cosigners by key name, so no name and
no public key stands twice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from habeas.errors import Fault, RegisterError
from habeas.register.checkpoint import (
    COSIGNATURE,
    LOG,
    ML_DSA,
    Note,
    NoteKey,
    SignatureLine,
    note_text,
    number,
    read_note,
    read_vkey,
    time_of,
    verified,
)

MOST = 64  # logs, and witnesses, and groups
POLICY_CAP = 512 * 1024  # bytes; 128 ML-DSA keys with their addresses take 300 KiB
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_BLANK = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True)
class Policy:
    """Who must have signed a checkpoint before it counts as witnessed."""

    log: NoteKey  # the first Ed25519 key of the log
    witnesses: Mapping[str, NoteKey]  # by policy name, in file order
    groups: Mapping[str, tuple[int, tuple[str, ...]]]  # how many of which members
    quorum: str  # a witness, a group, or "none"
    also: tuple[NoteKey, ...] = ()  # further keys of the log, in file order
    urls: Mapping[NoteKey, str] = field(default_factory=dict[NoteKey, str])  # where stated

    def met(self, cosigners: frozenset[str]) -> bool | None:
        """Whether these key names make the quorum; None where the policy asks for no witness."""
        if self.quorum == "none":
            return None
        return self._counts(self.quorum, cosigners)

    def _counts(self, name: str, cosigners: frozenset[str]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name].name in cosigners
        needed, members = self.groups[name]
        return sum(self._counts(member, cosigners) for member in members) >= needed

    def cosigners(self, note: Note) -> frozenset[str]:
        """Key names of the witnesses that cosigned a note which the log signed with all its types.

        Raises:
            RegisterError: H522 to H524 as `checkpoint.verified`.
        """
        return verified(note, self.log, tuple(self.witnesses.values()), self.also)


def _fault(line: int, what: str) -> RegisterError:
    return RegisterError(Fault("H525", what, "Correct the policy file.", "policy", line))


class _Reader:
    def __init__(self) -> None:
        self.logs: list[NoteKey] = []
        self.witnesses: dict[str, NoteKey] = {}
        self.groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        self.urls: dict[NoteKey, str] = {}
        self.quorum = ""

    def statement(self, line: int, words: list[str]) -> None:
        match words:
            case ["log", vkey, *url] if len(url) <= 1 and len(self.logs) < MOST:
                self.logs.append(self._log(line, vkey, url))
            case ["witness", name, vkey, *url] if self._new(name) and len(url) <= 1:
                self.witnesses[name] = self._witness(line, vkey, url)
            case ["group", name, count, *members] if self._new(name) and members:
                self.groups[name] = self._group(line, count, members)
            case ["quorum", name] if not self.quorum and (name == "none" or not self._new(name)):
                self.quorum = name
            case _:
                raise _fault(
                    line, f"'{' '.join(words)[:60]}' is not a statement that may stand here"
                )
        if max(len(self.witnesses), len(self.groups)) > MOST:
            raise _fault(line, f"a policy has at most {MOST} witnesses and {MOST} groups")

    def _new(self, name: str) -> bool:
        return name not in self.witnesses and name not in self.groups and name != "none"

    def _key(self, line: int, vkey: str, url: list[str]) -> NoteKey:
        try:
            key = read_vkey(vkey)
        except RegisterError as error:
            fault = replace(error.faults[0], file="policy", line=line)
            raise RegisterError(fault) from error
        if key.public in {other.public for other in chain(self.logs, self.witnesses.values())}:
            raise _fault(line, "the key stands twice")
        if url:
            self.urls[key] = url[0]
        return key

    def _log(self, line: int, vkey: str, url: list[str]) -> NoteKey:
        key = self._key(line, vkey, url)
        alone = {other.name for other in self.logs} <= {key.name}
        if key.type not in {LOG, ML_DSA} or not alone or self._named(key.name):
            raise _fault(line, "the key is no log's, or of another log, or has a witness's name")
        return key

    def _witness(self, line: int, vkey: str, url: list[str]) -> NoteKey:
        key = self._key(line, vkey, url)
        taken = self._named(key.name) or key.name in {other.name for other in self.logs}
        if key.type not in {COSIGNATURE, ML_DSA} or taken:
            raise _fault(line, "the key is of another type, or its name stands twice")
        return key

    def _named(self, name: str) -> bool:
        return name in {other.name for other in self.witnesses.values()}

    def _group(self, line: int, count: str, members: list[str]) -> tuple[int, tuple[str, ...]]:
        taken = {member for _, row in self.groups.values() for member in row}
        strange = any(self._new(name) or name == "none" or name in taken for name in members)
        if strange or len(set(members)) < len(members):
            raise _fault(line, "a member is unknown, repeated, or in another group")
        words = {"all": len(members), "any": 1}
        needed = words.get(count) or number(count) or 0
        if not 1 <= needed <= len(members):
            raise _fault(line, f"'{count[:20]}' of {len(members)} members is not possible")
        return needed, tuple(members)


def read_policy(text: str) -> Policy:
    """A policy out of its text.

    Raises:
        RegisterError: H521 for a key, H525 for a statement, with its line.
    """
    if len(text) > POLICY_CAP:
        raise _fault(0, f"the policy is longer than {POLICY_CAP:,} letters")
    lines = text.removesuffix("\n").split("\n")
    reader = _Reader()
    for place, line in enumerate(lines, 1):
        words = [word for word in _BLANK.split(line) if word]
        if _CONTROL.search(line):
            raise _fault(place, "the line holds a control character")
        if words and not words[0].startswith("#"):
            reader.statement(place, words)
    log = next((key for key in reader.logs if key.type == LOG), None)
    if log is None or not reader.quorum:
        raise _fault(len(lines), "a policy names one log, by an Ed25519 key, and one quorum")
    also = tuple(key for key in reader.logs if key != log)
    return Policy(log, reader.witnesses, reader.groups, reader.quorum, also, reader.urls)


def write_policy(policy: Policy, before: Policy | None = None) -> str:
    """The text of a policy: log, witnesses, groups, quorum, each in order.

    Args:
        policy: what is written.
        before: the policy that it follows, if any.

    Raises:
        RegisterError: H525, when a witness of the policy before is gone or in another place, or
            the text would not read back as this policy.
    """
    kept = list(before.witnesses.items()) if before else []
    if list(policy.witnesses.items())[: len(kept)] != kept:
        raise _fault(0, "a witness of the policy before is gone or in another place")
    keys = [("log", policy.log), *(("log", key) for key in policy.also)]
    keys += [(f"witness {name}", key) for name, key in policy.witnesses.items()]
    lines = [f"{head} {key.vkey()} {policy.urls.get(key, '')}".rstrip() for head, key in keys]
    lines += [
        f"group {name} {needed} {' '.join(members)}"
        for name, (needed, members) in policy.groups.items()
    ]
    text = "\n".join([*lines, f"quorum {policy.quorum}"]) + "\n"
    if read_policy(text) != policy:
        raise _fault(0, "the policy cannot be written: a name or an address holds a blank")
    return text


def merged(policy: Policy, note: str, lines: str) -> str:
    """A note with further signature lines: the log's own first, then witnesses in policy order.

    A line of an unknown key is dropped; of two by one witness the later in time stays.

    Raises:
        RegisterError: H521 for a text that is no note; H522 to H524 as `checkpoint.verified`.
    """
    read = read_note(note + lines)
    policy.cosigners(read)
    kept = [line for line in read.lines if _by(line, (policy.log, *policy.also))]
    own = list(dict.fromkeys(kept))
    for key in policy.witnesses.values():
        found = [line for line in read.lines if _by(line, (key,))]
        own += sorted(found, key=time_of)[-1:]
    return note_text(read, own)


def _by(line: SignatureLine, keys: tuple[NoteKey, ...]) -> bool:
    return any((line.name, line.id) == (key.name, key.id) for key in keys)
