"""C2SP tlog-policy: which log, which witnesses, and which of them make a quorum.

One statement a line: `log <vkey>`, `witness <name> <vkey> [url]`,
`group <name> all|any|<k> <member> ...`, `quorum <name>|none`. References go backwards only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from habeas.errors import Fault, RegisterError
from habeas.register.checkpoint import COSIGNATURE, LOG, NoteKey, number, read_vkey


@dataclass(frozen=True, slots=True)
class Policy:
    """Who must have signed a checkpoint before it counts as witnessed."""

    log: NoteKey
    witnesses: Mapping[str, NoteKey]  # by policy name, in file order
    groups: Mapping[str, tuple[int, tuple[str, ...]]]  # how many of which members
    quorum: str  # a witness, a group, or "none"

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


def _fault(line: int, what: str) -> RegisterError:
    return RegisterError(Fault("H525", what, "Correct the policy file.", "policy", line))


class _Reader:
    def __init__(self) -> None:
        self.log: NoteKey | None = None
        self.witnesses: dict[str, NoteKey] = {}
        self.groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        self.quorum = ""

    def statement(self, line: int, words: list[str]) -> None:
        match words:
            case ["log", vkey] if self.log is None:
                self.log = self._key(line, vkey, LOG)
            case ["witness", name, vkey, *_url] if self._new(name) and len(_url) <= 1:
                self.witnesses[name] = self._key(line, vkey, COSIGNATURE)
            case ["group", name, count, *members] if self._new(name) and members:
                self.groups[name] = self._group(line, count, members)
            case ["quorum", name] if not self.quorum and (name == "none" or not self._new(name)):
                self.quorum = name
            case _:
                raise _fault(
                    line, f"'{' '.join(words)[:60]}' is not a statement that may stand here"
                )

    def _new(self, name: str) -> bool:
        return name not in self.witnesses and name not in self.groups and name != "none"

    def _key(self, line: int, vkey: str, kind: int) -> NoteKey:
        try:
            key = read_vkey(vkey)
        except RegisterError as error:
            fault = replace(error.faults[0], file="policy", line=line)
            raise RegisterError(fault) from error
        others = [*self.witnesses.values(), *([self.log] if self.log else [])]
        if key.type != kind or key.name in {other.name for other in others}:
            raise _fault(line, "the key is of another type, or its name stands twice")
        return key

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
    reader = _Reader()
    for place, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if words and not words[0].startswith("#"):
            reader.statement(place, words)
    if reader.log is None or not reader.quorum:
        raise _fault(len(text.splitlines()), "a policy names one log and one quorum")
    return Policy(reader.log, reader.witnesses, reader.groups, reader.quorum)
