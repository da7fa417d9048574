"""Two installations of OAS-A57, and the way of a case as officers act it through a gateway."""

import base64
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

import gateways
from gateways import AT, Hands, key
from habeas.adapters import key_files, register_files
from habeas.register import events
from habeas.register.signing import SeedSigner, keyid8
from habeas.service import keep, message, record
from habeas.service.asking import Act, Caller, Hand, Officer, Part, Publish, Sign
from habeas.terms import Role

DEAL = "OAS-A57"
OF_STATE = {
    "US": ("US-BOP", "US-DOJ-OIA", "US-COURT", "US-COUNSEL"),
    "SV": ("SV-DGCP", "SV-MJSP"),
}
ALL = OF_STATE["US"] + OF_STATE["SV"]
NAMES = ("officer", "second")
ONE = gateways.person(1)
START = AT - timedelta(days=10)
Body = dict[str, Any]
# kind: hours after the start, who signs, what it carries
WAY: dict[str, tuple[int, tuple[str, ...], Body]] = {
    "custody.opened": (0, ("US-BOP:custodian",), {"order": "o", "ordered_by": "US-COURT"}),
    "case.proposed": (1, ("US-BOP:proposing",), {"pathway": "treaty_transfer"}),
    "case.screened": (
        2,
        ("US-BOP:screening",),
        {"decision": "d", "rules_hash": "r", "docket_hash": "k", "outcome": "eligible"},
    ),
    "case.notified": (
        3,
        ("US-BOP:transferring",),
        {"language": "es", "served_on": "person and counsel", "proof_of_service": "s"},
    ),
    "case.consent_verified": (
        4,
        ("US-COURT:court",),
        {"hearing_record": "h", "consents": True, "counsel": "US-COUNSEL"},
    ),
    "transfer.authorised": (
        80,
        ("US-BOP:transferring", "US-DOJ-OIA:transferring"),
        {"decisions": ["d"], "receiving": "SV"},
    ),
    "transfer.accepted": (
        81,
        ("SV-DGCP:transferring", "SV-MJSP:transferring"),
        {"facility": "SV-1", "place": "p", "space_check": "c"},
    ),
    "transfer.scheduled": (
        82,
        ("US-BOP:transferring",),
        {"manifest": "m1", "line": 1, "route": "US-1 to SV-1"},
    ),
    "custody.departed": (
        90,
        ("US-BOP:custodian",),
        {"manifest": "m1", "line": 1, "escort": "e", "fit_to_travel": "f"},
    ),
    "custody.handed_over": (
        98,
        ("US-BOP:releasing", "SV-DGCP:receiving"),
        {"manifest": "m1", "line": 1, "from": "US-1", "to": "SV-1"},
    ),
    "case.stay_ordered": (83, ("US-COURT:court",), {"order": "o1", "scope": "case"}),
    "custody.reception_refused": (97, ("US-BOP:custodian",), {"reason": "no bed"}),
}
READY = tuple(WAY)[:5]
SCHEDULED = tuple(WAY)[:8]
_ids = itertools.count(1)


def new_id() -> str:
    return f"01{next(_ids):024d}"


def key_of(authority: str, name: str = "officer") -> SeedSigner:
    return key(f"{authority} {name}")


def key_id(authority: str, name: str = "officer") -> str:
    return keyid8(key_of(authority, name).public()).hex()


def hand(text: str) -> Hand:
    """AUTHORITY:ROLE, with :NAME where it is not the first officer."""
    authority, role, *name = text.split(":")
    return Hand(authority, Role(role), key_id(authority, *name))


def officer(text: str) -> Officer:
    """AUTHORITY, with :NAME where it is not the first officer."""
    authority, *name = text.split(":")
    return Officer(authority, key_id(authority, *name))


def enrolment(authority: str, name: str) -> record.Signed:
    root = keep.Root(authority, DEAL, key(f"{authority} root"))
    chance = gateways.seed(f"{authority} {name} chance")
    return keep.enrolment(root, key_of(authority, name).public(), START, lambda n: chance[:n])


def hands(*states: str, more: Sequence[str] = ()) -> Hands:
    """The keys at the gateway of some states; the first one's prison keeps the register."""
    names = (*(one for s in states for one in OF_STATE[s]), *more)
    kept = {one: [key_of(one, name) for name in NAMES] for one in names}
    return Hands(f"{OF_STATE[states[0]][0]} officer", f"log {states[0]}", kept)


def installed(folder: Path, *states: str, more: Sequence[str] = ()) -> Path:
    """A register with every officer's key enrolled, and the keys of some states beside it.

    Args:
        folder: of the installation.
        states: whose officers' keys lie beside it.
        more: other authorities with a key here.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    path, log = folder / "register.sqlite3", f"log {states[0]}"
    beside = folder / "officers"
    beside.mkdir(mode=0o700)
    key_files.write(folder / "log.key", "LOG", gateways.seed(log))
    registrar = OF_STATE[states[0]][0]
    key_files.write(folder / "officer.key", registrar, gateways.seed(f"{registrar} officer"))
    everybody = (*ALL, *more)
    for one in (*(one for state in states for one in OF_STATE[state]), *more):
        for name in NAMES:
            key_files.write(beside / f"{one}-{name}.key", one, gateways.seed(f"{one} {name}"))
    roots = {name: key(f"{name} root").public() for name in everybody}
    trust = gateways.made(path, key(log).public(), roots, f"log.example/{states[0].lower()}")
    with register_files.opened(path) as files:
        opened = record.open_log(files.store, files.vault, trust, key(log))
        batch = [enrolment(one, name) for one in everybody for name in NAMES]
        record.append(opened, None, batch, START)
    return path


@dataclass
class Story:
    """The case of one person, acted through one gateway."""

    caller: Caller
    subject: str = ONE
    start: datetime = START
    valid: timedelta = timedelta(days=60)
    ids: dict[str, str] = field(default_factory=dict)

    def asked(
        self,
        kind: str,
        by: Sequence[str] = (),
        hours: float | None = None,
        **body: object,
    ) -> Act:
        """What would be asked of the gateway: the kind's own, and what is given of it."""
        usual, signers, carried = WAY.get(kind, (84, (), {}))
        at = self.start + timedelta(hours=usual if hours is None else hours)
        inner: Body = {**carried, **body}
        if kind == "case.screened":
            inner = {"valid_until": (self.start + self.valid).isoformat(), **inner}
        return Act(
            new_id(),
            kind,
            self.subject,
            at.isoformat(),
            inner,
            tuple(hand(one) for one in by or signers),
            DEAL,
            "US",
            "SV",
        )

    def act(
        self, kind: str, by: Sequence[str] = (), hours: float | None = None, **body: object
    ) -> Mapping[str, Any]:
        """Act; returns what the gateway answers."""
        asked = self.asked(kind, by, hours, **body)
        self.ids[kind] = asked.id
        return self.caller.ask(asked)

    def sign(self, kind: str, by: str) -> Mapping[str, Any]:
        """Sign what was drafted last of a kind."""
        return self.caller.ask(Sign(self.ids[kind], officer(by)))

    def tell(self, *kinds: str) -> "Story":
        """Take these steps, each with every signature."""
        for kind in kinds:
            found = self.act(kind)
            for one in found.get("waits_for", ()):
                found = self.caller.ask(Sign(found["draft"], Officer(one["authority"], one["key"])))
            assert "index" in found, found
        return self


SECTION = Part("medical-fitness", bytes(32), b"fit to travel")


def publish() -> Publish:
    return Publish()


def signature(found: Mapping[str, Any]) -> Sign:
    """What the first officer for whom a draft waits would ask."""
    who = found["waits_for"][0]
    return Sign(found["draft"], Officer(who["authority"], who["key"]))


def replace(asked: Act, **changes: object) -> Act:
    """The same act, but for what is given."""
    return msgspec.structs.replace(asked, **changes)


def plain(text: str) -> str:
    """The bodies of a message's events and drafts, in the clear."""
    said = json.loads(text.splitlines()[1])
    found = (base64.b64decode(one["body"]).decode() for one in said["events"] + said["drafts"])
    return "".join(found)


def signed_again(text: str, change: Callable[[Body], Body], by: str = "US-BOP") -> str:
    """A message that says something else, signed by whoever may sign it."""
    said = events.canonical(change(json.loads(text.splitlines()[1])))
    data = f"{message.HEAD}\n".encode() + said
    signature = base64.b64encode(key_of(by).sign(data)).decode()
    return f"{data.decode()}\n{by} {key_id(by)} {signature}\n"


def without_events(said: Body) -> Body:
    return {**said, "events": []}


def without_first_event(said: Body) -> Body:
    return {**said, "events": said["events"][1:]}


def with_a_false_signature(said: Body) -> Body:
    one = said["drafts"][0]
    block = base64.b64decode(one["sigblock"])
    false = base64.b64encode(block[:-1] + bytes([block[-1] ^ 1])).decode()
    return {**said, "drafts": [{**one, "sigblock": false}]}
