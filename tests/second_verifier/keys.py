"""Which key was good at which index (event.md "Key events")."""

from collections.abc import Mapping
from dataclasses import dataclass

from second_verifier import kinds
from second_verifier.event import Actor, Event
from second_verifier.sealing import key_id
from second_verifier.spelling import unhex
from second_verifier.verdict import BrokenError, need

LONGEST_OVERLAP = 65_536


@dataclass(slots=True)
class Known:
    """A key that was enrolled at `start`; `last` is the last index at which it is good."""

    authority: str
    public: bytes
    start: int
    last: int | None = None

    def good_at(self, index: int) -> bool:
        return self.start < index and (self.last is None or index <= self.last)


class KeyBook:
    """All keys that a log ever enrolled, and the roots of a trust file."""

    def __init__(self, roots: Mapping[str, bytes]) -> None:
        self._roots = roots
        self._keys: dict[bytes, Known] = {}

    def know(self, known: Known) -> None:
        """Take a key as enrolled."""
        need(known.public not in self._keys, "H516", "this key was enrolled before")
        self._keys[known.public] = known

    def public_of(self, event: Event, actor: Actor, index: int) -> bytes:
        """The public key with which this actor may sign at this index."""
        where = f"the key {actor.key.hex()} of {actor.authority} at index {index}"
        if kinds.ADMIN.get(event.kind, ("",))[0] == kinds.ROOT:
            root = self._roots.get(actor.authority)
            if root is None or key_id(root) != actor.key:
                raise BrokenError("H515", f"{where} is no root key")
            return root
        for known in self._keys.values():
            named = (known.authority, key_id(known.public)) == (actor.authority, actor.key)
            if named and known.good_at(index):
                return known.public
        raise BrokenError("H515", f"{where} is not good")

    def publics(self, event: Event, index: int) -> dict[bytes, bytes]:
        return {actor.key: self.public_of(event, actor, index) for actor in event.actors}

    def take(self, event: Event, index: int) -> None:
        """What an event about a key does; other events do nothing."""
        if event.kind not in kinds.KEY_KINDS:
            return
        authority = event.body["authority"]
        one = len(event.actors) == 1 and event.actors[0].authority == authority
        need(one, "H516", "a key event has one actor, of the key's authority")
        public = unhex(event.body["public"], "H516", 32)
        if event.kind == "key.revoked":
            self.named(public, str(authority), index).last = index - 1
            return
        if event.kind == "key.rotated":
            self.rotate(event, str(authority), index)
        self.know(Known(str(authority), public, index))

    def rotate(self, event: Event, authority: str, index: int) -> None:
        old = self._keys.get(unhex(event.body["replaces"], "H516", 32))
        overlap = event.body["overlap"]
        whole = isinstance(overlap, int) and not isinstance(overlap, bool)
        need(whole and 0 <= int(str(overlap)) <= LONGEST_OVERLAP, "H516", "the overlap")
        if old is None or old.authority != authority or old.last is not None:
            raise BrokenError("H516", "the key that is replaced is none, or has an end")
        old.last = index + int(str(overlap))

    def named(self, public: bytes, authority: str, index: int) -> Known:
        known = self._keys.get(public)
        if known is None or known.authority != authority or not known.good_at(index):
            raise BrokenError("H516", "the key that is revoked is not good here")
        return known
