"""Keys, drafted events, a trust file and a small register for the tests of the register."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fakes import VAULT, put_keys, vault
from habeas.adapters.sqlite_store import SqliteStore
from habeas.errors import RegisterError
from habeas.register import events, signing
from habeas.register.checkpoint import LOG, NoteKey
from habeas.register.events import Body, Json
from habeas.register.keys import Trust, read_trust, write_trust
from habeas.register.log import Log, Pen, Signed
from habeas.register.receipt import Receipt
from habeas.register.signing import SeedSigner
from habeas.service import agree, record
from habeas.service.transfer import Ground
from habeas.terms import Side
from habeas.transfer.state import Terms

ORIGIN = "log.example/test"
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
SIDES = {"A": Side.SENDING, "B": Side.RECEIVING}
ROLES = dict.fromkeys(SIDES, frozenset({"custodian"}))
VECTORS = Path(__file__).parents[1] / "vectors"
PERSONS = ("p_" + "1" * 26, "p_" + "2" * 26)


@cache
def _key(name: str) -> SeedSigner:
    return SeedSigner(hashlib.sha256(name.encode()).digest())


def _signer(kind: str, authority: str) -> SeedSigner:
    return _key(f"{authority} {'root' if kind.startswith('key.') else 'officer'}")


def _draft(kind: str, *by: str, number: int, **fields: Json) -> Body:
    actors: list[Json] = [
        {
            "authority": authority,
            "role": "custodian",
            "key": signing.keyid8(_signer(kind, authority).public()).hex(),
        }
        for authority in by
    ]
    body: Body = {
        "v": 1,
        "id": f"01JNQ7Z8M3K4V0T2R5X6{number:06d}",
        "type": kind,
        "agreement": "T",
        "occurred_at": "2026-03-02T11:00:00Z",
        "time_basis": "observed",
        "actors": actors,
        "body": {},
    }
    person: Body = {} if kind.startswith("key.") else {"subject": PERSONS[0]}
    return {key: value for key, value in (body | person | fields).items() if value is not None}


def _make(
    kind: str, *by: str, number: int, keys: tuple[str, ...] = (), salt: bytes = b"", **fields: Json
) -> Signed:
    data = events.canonical(_draft(kind, *by, number=number, **fields))
    signers = [_key(name) for name in keys] or [_signer(kind, authority) for authority in by]
    drawn = salt or hashlib.sha256(b"salt %d" % number).digest()
    return Signed(data, signing.sigblock(data, list(signers)), drawn)


def _enrol(authority: str, number: int, kind: str = "key.enrolled", name: str = "") -> Signed:
    public = _key(name or f"{authority} officer").public().hex()
    return _make(kind, authority, number=number, body={"authority": authority, "public": public})


def _trusted(*statements: str) -> Trust:
    vkey = NoteKey(ORIGIN, LOG, _key("log").public()).vkey()
    policy = "\n".join([f"log {vkey}", *(statements or ("quorum none",))]) + "\n"
    roots = {name: _key(f"{name} root").public() for name in "ABC"}
    return read_trust(write_trust(policy, roots, demonstration=True))


def _opened(store: SqliteStore) -> Log:
    return Log(store, Pen(ORIGIN, _key("log"), vault()), dict(_trusted().roots))


def _prev(log: Log, person: str) -> str | None:
    head = log.head(person)
    return head[1] if head else None


def _written(path: Path) -> None:
    one, two = PERSONS
    with closing(SqliteStore(path, create=True)) as store:
        log = _opened(store)
        log.append([_enrol(name, number) for number, name in enumerate("ABC")], AT)
        opened = [
            _make("custody.opened", "A", number=n + 3, subject=PERSONS[n], seq=0) for n in (0, 1)
        ]
        log.append(opened, AT)
        log.append([_make("case.proposed", "A", number=5, subject=one)], AT, publish=True)
        for number, kind, by in (
            (6, "departed", "A"),
            (7, "handed_over", "AB"),
            (8, "placed", "B"),
        ):
            prev, seq = _prev(log, one), number - 5
            log.append(
                [_make(f"custody.{kind}", *by, number=number, subject=one, seq=seq, prev=prev)], AT
            )
        log.append([_make("evidence.recorded", "C", number=9, subject=two)], AT)
        last = _make("custody.counted", "A", number=11, subject=two, seq=1, prev=_prev(log, two))
        log.append([_enrol("C", 10, "key.revoked"), last], AT, publish=True)


@pytest.fixture(scope="session")
def example() -> dict[str, Any]:
    """The worked example of the specification."""
    found: dict[str, Any] = json.loads((VECTORS / "register-example.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="session")
def key() -> Callable[[str], SeedSigner]:
    """A key by its name: 'A root', 'A officer', 'log'."""
    return _key


@pytest.fixture(scope="session")
def draft() -> Callable[..., Body]:
    """An event's body: kind, authorities, number of its id, other fields; None leaves one out."""
    return _draft


@pytest.fixture(scope="session")
def make() -> Callable[..., Signed]:
    """A signed event: as `draft`, by the authorities' officers or by named keys."""
    return _make


@pytest.fixture(scope="session")
def enrol() -> Callable[..., Signed]:
    """An enrolment, or a revocation, of an authority's key by its root key."""
    return _enrol


@pytest.fixture(scope="session")
def trusted() -> Callable[..., Trust]:
    """The trust file with the log's key, three root keys, and the statements given."""
    return _trusted


@pytest.fixture(scope="session")
def trust() -> Trust:
    """The trust file of a log without witnesses."""
    return _trusted()


@pytest.fixture(scope="session")
def opened() -> Callable[[SqliteStore], Log]:
    """The test's log over a store."""
    return _opened


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register file without entries; never to be changed."""
    path = tmp_path_factory.mktemp("blank") / "register.sqlite3"
    SqliteStore(path, create=True).close()
    return path


@pytest.fixture
def store(blank: Path, tmp_path: Path) -> Iterator[SqliteStore]:
    """An empty register file, opened."""
    with closing(SqliteStore(Path(shutil.copy(blank, tmp_path)))) as found:
        yield found


@pytest.fixture
def log(store: SqliteStore) -> Log:
    """A log in which the authorities A and B have each a key enrolled: indexes 0 and 1."""
    found = _opened(store)
    found.append([_enrol("A", 0), _enrol("B", 1)], AT)
    return found


@pytest.fixture(scope="session")
def good_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of twelve events of three authorities and two persons; never to be changed."""
    path = tmp_path_factory.mktemp("good") / "register.sqlite3"
    _written(path)
    return path


@pytest.fixture
def register(good_register: Path, tmp_path: Path) -> Path:
    """A copy of the good register, to be changed."""
    return Path(shutil.copy(good_register, tmp_path / "copy.sqlite3"))


@pytest.fixture
def brought(register: Path, trust: Trust) -> Path:
    """A register with its trust file and the keys of its content beside it."""
    register.with_name("trust.json").write_text(trust.text)
    put_keys(register, *PERSONS)
    return register


@pytest.fixture
def raw(register: Path) -> Iterator[sqlite3.Connection]:
    """A connection of somebody who owns the file: the triggers are gone."""
    with closing(sqlite3.connect(register, isolation_level=None)) as found:
        names = found.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            found.execute(f"DROP TRIGGER {name}")
        yield found


@pytest.fixture
def held(good_register: Path) -> Iterator[SqliteStore]:
    """The good register, opened."""
    with closing(SqliteStore(good_register)) as found:
        yield found


@pytest.fixture
def handover(held: SqliteStore) -> Receipt:
    return record.make_receipt(held, VAULT, 7)


@pytest.fixture
def ground() -> Ground:
    """An agreement between the states of A and B, in which each is a custodian."""
    terms = Terms(
        SIDES,
        ROLES,
        consent_required=False,
        consent_binds_at_verification=False,
        notice=timedelta(0),
        release_in_receiving_state=True,
    )
    return Ground(agree.library().agreement("SE-EE"), terms, demonstration=True)


@pytest.fixture(scope="session")
def code() -> Callable[..., str]:
    """The code with which a call is refused."""

    def refused(call: Callable[..., object], *given: object) -> str:
        with pytest.raises(RegisterError) as caught:
            call(*given)
        return caught.value.code

    return refused
