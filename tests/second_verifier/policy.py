"""Policies, trust files, and who must have signed (checkpoint.md)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from second_verifier.note import LOG, MLDSA, WITNESS, Checkpoint, NoteKey, read_vkey, signed_by
from second_verifier.spelling import unhex, unjson
from second_verifier.verdict import need

BAD = "H525"
MOST = 64
LONGEST = 524_288


@dataclass(frozen=True, slots=True)
class Group:
    """So many of these members must count."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """The log's keys, the witnesses in the order of their lines, and the quorum."""

    logs: tuple[NoteKey, ...]
    witnesses: Mapping[str, NoteKey]
    groups: Mapping[str, Group]
    quorum: str

    @property
    def origin(self) -> str:
        return self.logs[0].name


@dataclass(frozen=True, slots=True)
class Trust:
    """What a verifier is given: a policy and each authority's root key."""

    policy: Policy
    roots: Mapping[str, bytes]
    demonstration: bool


class Reader:
    """Reads a policy line by line."""

    def __init__(self) -> None:
        self.logs: list[NoteKey] = []
        self.witnesses: dict[str, NoteKey] = {}
        self.groups: dict[str, Group] = {}
        self.grouped: set[str] = set()
        self.quorum: str | None = None

    def line(self, words: list[str]) -> None:
        kind, rest = words[0], words[1:]
        if kind == "log":
            need(len(rest) in {1, 2}, BAD, "a log line")
            self.logs.append(read_vkey(rest[0]))
        elif kind == "witness":
            need(len(rest) in {2, 3}, BAD, "a witness line")
            self.new_name(rest[0])
            self.witnesses[rest[0]] = read_vkey(rest[1])
        elif kind == "group":
            self.group(rest)
        else:
            need(kind == "quorum" and len(rest) == 1, BAD, f"a line that begins with {kind}")
            need(self.quorum is None, BAD, "a second quorum")
            need(rest[0] == "none" or self.known(rest[0]), BAD, "a quorum of nobody")
            self.quorum = rest[0]

    def group(self, rest: list[str]) -> None:
        need(len(rest) >= 3, BAD, "a group without members")
        name, count, *members = rest
        self.new_name(name)
        for member in members:
            need(self.known(member), BAD, f"the member {member} is not known")
            need(member not in self.grouped, BAD, f"{member} is a member twice")
            self.grouped.add(member)
        words = {"all": str(len(members)), "any": "1"}
        number = words.get(count, count)
        need(re.fullmatch("[1-9][0-9]*", number), BAD, "a group's number")
        need(len(number) <= 2 and int(number) <= len(members), BAD, "a group's number")
        self.groups[name] = Group(int(number), tuple(members))

    def known(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def new_name(self, name: str) -> None:
        need(name != "none" and not self.known(name), BAD, f"the name {name} is taken")


def read_policy(text: str) -> Policy:
    need(len(text) <= LONGEST, BAD, "a policy is too long")
    need(not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text), BAD, "a control character")
    reader = Reader()
    for row in text.split("\n"):
        words = re.findall(r"[^ \t]+", row)
        if words and not words[0].startswith("#"):
            reader.line(words)
    check_keys(reader)
    return Policy(tuple(reader.logs), reader.witnesses, reader.groups, need_quorum(reader.quorum))


def need_quorum(quorum: str | None) -> str:
    need(quorum is not None, BAD, "a policy has a quorum")
    return str(quorum)


def check_keys(reader: Reader) -> None:
    logs, witnesses = reader.logs, list(reader.witnesses.values())
    need(logs, BAD, "a policy names its log")
    need(len({key.name for key in logs}) == 1, BAD, "two logs in one policy")
    need(all(key.kind in {LOG, MLDSA} for key in logs), BAD, "a log's key of a witness's type")
    need(any(key.kind == LOG for key in logs), BAD, "a log has an Ed25519 key")
    need(all(key.kind in {WITNESS, MLDSA} for key in witnesses), BAD, "a witness's key type")
    names = [logs[0].name, *(key.name for key in witnesses)]
    need(len(set(names)) == len(names), BAD, "two cosigners under one name")
    publics = [key.public for key in (*logs, *witnesses)]
    need(len(set(publics)) == len(publics), BAD, "one public key stands twice")
    counts = (len(logs), len(witnesses), len(reader.groups))
    need(max(counts) <= MOST, BAD, "too many lines of a kind")


def read_trust(data: bytes) -> Trust:
    found = unjson(data, "H526", twice=True)
    need(isinstance(found, dict), "H526", "a trust file is an object")
    fields: dict[str, object] = found if isinstance(found, dict) else {}
    policy, roots = fields.get("policy"), fields.get("roots")
    mark = fields.get("demonstration")
    need("policy" in fields and isinstance(roots, dict), "H526", "policy and roots")
    need(isinstance(policy, str), BAD, "a policy is a text")
    need(isinstance(mark, bool), "H526", "whether it is a demonstration")
    named = roots.items() if isinstance(roots, dict) else ()
    keys = {str(name): unhex(key, "H526", 32) for name, key in named}
    return Trust(read_policy(str(policy)), keys, demonstration=mark is True)


def check_signatures(note: Checkpoint, policy: Policy) -> bool:
    """Ask origin and signatures; whether the quorum is met."""
    need(note.origin == policy.origin, "H522", f"this is a checkpoint of {note.origin}")
    kinds: set[int] = set()
    for key in policy.logs:
        for line in note.lines:
            if (line.name, line.key_id) == (key.name, key.id):
                need(signed_by(key, line, note, zero_time=True), "H523", "the log's signature")
                kinds.add(key.kind)
    need(kinds == {key.kind for key in policy.logs}, "H523", "the log has not signed")
    counted = {name for name, key in policy.witnesses.items() if cosigned(key, note)}
    for name, group in policy.groups.items():
        if len(counted.intersection(group.members)) >= group.needed:
            counted.add(name)
    return policy.quorum in counted


def cosigned(key: NoteKey, note: Checkpoint) -> bool:
    lines = [line for line in note.lines if (line.name, line.key_id) == (key.name, key.id)]
    for line in lines:
        need(signed_by(key, line, note, zero_time=False), "H524", f"a cosignature of {key.name}")
    return bool(lines)
