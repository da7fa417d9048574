"""One synthetic case told by short sentences, and where the real public data lies, if anywhere."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from habeas.register.events import Actor, Event, Json
from habeas.terms import EventKind, Role, Side
from habeas.transfer.machine import TABLE, fold, step
from habeas.transfer.state import Route, State, Terms
from once import compile_projections, made_once

settings.register_profile("habeas", deadline=None, print_blob=True)
settings.load_profile("habeas")
WHOLE = os.environ.get("HABEAS_EXAMPLES") == "all"  # as in the drill `properties`
SHARE, FEW = 3, 25  # one example of three is tried, but never fewer than this where so many are

API = "tests/api/"
LONGEST = frozenset({"test_case_story.py", "test_every_page.py", "test_publication.py"})


class _ByWhatTheyStart(LoadFileScheduling):
    """A file's tests go to one worker, and so do all that ask the API of one demonstration."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return API if file.startswith(API) and "conformance" not in file else file


@pytest.hookimpl(optionalhook=True)  # where nobody runs tests side by side
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """What starts two installations for a session is started by one worker alone."""
    return _ByWhatTheyStart(config, log)


@pytest.hookimpl(trylast=True)  # after hypothesis has marked its own
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Lines are not counted while hypothesis asks a hundred times what examples ask once.

    Counting is most of what a loop over many examples costs. `counted` marks the few properties
    that alone reach some line. The longest files come first, so that no worker waits for them.
    """
    items.sort(key=lambda one: one.path.name not in LONGEST)
    tests = dict[int, object]()  # a parametrised one has several items
    for item in items:
        if item.get_closest_marker("hypothesis") and not item.get_closest_marker("counted"):
            if config.pluginmanager.hasplugin("pytest_cov"):
                item.add_marker("no_cover")
            test = getattr(item, "function", None)
            tests[id(test)] = test
    if not WHOLE:
        for test in tests.values():
            _fewer(test)


def _fewer(test: object) -> None:
    """Let a property try a share of its examples: other ones at each run, all in the drill."""
    stated = getattr(test, "_hypothesis_internal_use_settings", None)
    if isinstance(stated, settings):
        many = max(-(-stated.max_examples // SHARE), min(stated.max_examples, FEW))
        test._hypothesis_internal_use_settings = settings(  # type: ignore[attr-defined]  # noqa: SLF001 - its only door
            stated, max_examples=many
        )


K = EventKind
START = datetime(2027, 1, 4, 9, tzinfo=UTC)
SUBJECT = "p_" + "0" * 26
ALL = frozenset({"custodian", "proposing", "screening", "transferring"})
SIDES = {
    "A": Side.SENDING,
    "A-COURT": Side.SENDING,
    "A-COUNSEL": Side.SENDING,
    "B": Side.RECEIVING,
    "B-COURT": Side.RECEIVING,
}
ROLES = {
    "A": ALL,
    "B": ALL,
    "A-COURT": frozenset({"court"}),
    "B-COURT": frozenset({"court"}),
    "A-COUNSEL": frozenset({"counsel"}),
}
BODIES: dict[EventKind, dict[str, Json]] = {
    K.OPENED: {"order": "o1", "ordered_by": "A-COURT"},
    K.PROPOSED: {"pathway": "treaty_transfer"},
    K.EVIDENCE_RECORDED: {"fact": "appeal_pending", "value": True, "document": "d"},
    K.SCREENED: {"decision": "d", "rules_hash": "r", "docket_hash": "h", "outcome": "eligible"},
    K.NOTIFIED: {"language": "es", "served_on": "person and counsel", "proof_of_service": "p"},
    K.CONSENT_VERIFIED: {"hearing_record": "h", "consents": True, "counsel": "A-COUNSEL"},
    K.CONSENT_WITHDRAWN: {"through": "counsel"},
    K.OBJECTION_LODGED: {"document": "d"},
    K.STAY_ORDERED: {"order": "s1", "scope": "case"},
    K.STAY_LIFTED: {"order": "s1"},
    K.AUTHORISED: {"decisions": ["d"]},
    K.REFUSED: {"reason": "r"},
    K.WITHDRAWN: {"reason": "r"},
    K.ACCEPTED: {"facility": "B-1", "place": "p", "space_check": "s"},
    K.SCHEDULED: {"manifest": "m1", "line": 1, "route": "A-1 to B-1"},
    K.DEPARTED: {"manifest": "m1", "line": 1, "escort": "e", "fit_to_travel": "f"},
    K.HANDED_OVER: {"manifest": "m1", "line": 1, "from": "A-1", "to": "B-1"},
    K.RECEPTION_REFUSED: {"reason": "r"},
    K.PLACED: {"cell": "c1"},
    K.MOVED: {"cell": "c2"},
    K.ABSENCE_STARTED: {
        "kind": "hospital",
        "permission": "p",
        "planned_end": "2027-03-01T09:00:00Z",
    },
    K.RELEASED: {"ground": "g", "place": "p"},
    K.DIED: {"place": "p", "body_at": "b"},
    K.ESCAPED: {"circumstances": "c"},
    K.RECAPTURED: {"circumstances": "c"},
}


class Telling:
    """A person's events in order, each a day after the one before unless told otherwise."""

    def __init__(self, *, consent: bool = True, binds: bool = True, release: bool = True) -> None:
        self.terms = Terms(SIDES, ROLES, consent, binds, timedelta(hours=72), release)
        self.events: list[Event] = []
        self.state = State()
        self.at = START

    def event(
        self,
        kind: EventKind,
        by: str = "",
        /,
        *,
        at: datetime | None = None,
        facility: str = "",
        **body: Json,
    ) -> Event:
        """The next event, not yet allowed; `by` is `authority:role` for each signature."""
        row = TABLE.get(kind)
        custody = row is not None and row.kind.value == "custody"
        seq = sum(event.seq is not None for event in self.events) if custody else None
        hands = [one.split(":") for one in (by or self.hand(kind)).split()]
        actors = tuple(Actor(name, role, f"{n:016x}") for n, (name, role) in enumerate(hands))
        told = BODIES.get(kind, {}) | body
        if kind is K.SCREENED and "valid_until" not in body:
            told = told | {"valid_until": ((at or self.at) + timedelta(days=30)).isoformat()}
        return Event(
            f"{len(self.events):026d}",
            kind,
            "X",
            SUBJECT,
            seq,
            None,
            None,
            facility or self.place(kind),
            at or self.at,
            "observed",
            actors,
            told,
            None,
            len(self.events),
        )

    def hand(self, kind: EventKind) -> str:
        """Who signs this kind in the ordinary way."""
        holder = "B" if self.state.custodian is Side.RECEIVING else "A"
        other = "A" if holder == "B" else "B"
        row = TABLE.get(kind)
        roles = row.signed_by if row else ()
        if kind is K.HANDED_OVER:
            return f"{holder}:releasing {other}:receiving"
        if kind in {K.ACCEPTED, K.REFUSED}:
            return "B:transferring B:transferring"
        by_role = {Role.COURT: "A-COURT", Role.COUNSEL: "A-COUNSEL", Role.CUSTODIAN: holder}
        return " ".join(f"{by_role.get(role, 'A')}:{role}" for role in roles) or "A-COUNSEL:counsel"

    def place(self, kind: EventKind) -> str:
        """The facility that the event happens in."""
        receiving = self.state.custodian is Side.RECEIVING
        if kind is K.HANDED_OVER:
            return "A-1" if receiving else "B-1"
        return "B-1" if receiving else "A-1"

    def tell(self, *kinds: EventKind, days: float = 1) -> "Telling":
        """Let events happen in the ordinary way."""
        for kind in kinds:
            self.add(self.event(kind), days=days)
        return self

    def add(self, event: Event, *, days: float = 1, route: Route | None = None) -> "Telling":
        """Let one event happen, if the table allows it."""
        self.state = step(self.state, event, self.terms, route)
        self.events.append(event)
        self.at = event.occurred_at + timedelta(days=days)
        return self

    def refold(self, events: Iterable[Event]) -> State:
        """The state after these events from the beginning."""
        return fold(list(events), self.terms)


READY = (K.OPENED, K.PROPOSED, K.SCREENED, K.NOTIFIED, K.CONSENT_VERIFIED)
DECIDED = (K.AUTHORISED, K.ACCEPTED, K.SCHEDULED)


@pytest.fixture(scope="session")
def new_telling() -> type[Telling]:
    """Makes an empty register for each generated example."""
    return Telling


@pytest.fixture
def telling() -> Telling:
    """An empty register."""
    return Telling()


@pytest.fixture
def ready(telling: Telling) -> Telling:
    """A case that may be authorised: screened, notified, consent verified, notice over."""
    telling.tell(*READY)
    telling.at += timedelta(days=3)
    return telling


@pytest.fixture
def scheduled(ready: Telling) -> Telling:
    """A case that both states have decided and put on a manifest."""
    return ready.tell(*DECIDED)


@pytest.fixture
def held(scheduled: Telling) -> Telling:
    """A person in a cell of the receiving state."""
    return scheduled.tell(K.DEPARTED, K.HANDED_OVER, K.PLACED, days=0.25)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real public data; a plain line where there is none."""
    named = os.environ.get("HABEAS_REAL_DATA")
    if not named:
        pytest.skip("real data not present: set HABEAS_REAL_DATA")
    return Path(named)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One worker compiles what projections compute with; the others wait, and read what it kept."""
    made_once(tmp_path_factory, "compiled", compile_projections)


# Programs from outside


def _lacking(line: str) -> None:
    """A test that cannot run here: a failure where nothing may be left out, else a plain line."""
    if os.environ.get("HABEAS_NO_SKIPS"):
        pytest.fail(line)
    pytest.skip(line)


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """The path of a program that a test runs, such as strace or chromedriver."""

    def found(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            _lacking(f"no {name}: install it from the distribution's packages")
        return path or ""

    return found


@pytest.fixture
def ipv6() -> None:
    """A machine whose loopback speaks IPv6 too; others cannot show it."""
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own, of 24 MB, that can be filled without harm to any other."""
    with tempfile.TemporaryDirectory(prefix="habeas-full-") as name:
        told = ["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", name]
        done = subprocess.run(told, check=False, capture_output=True)  # noqa: S603 - our own words
        if done.returncode:
            _lacking("no right to mount a file system: run as root")
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "-l", name], check=True)  # noqa: S603, S607 - the same


# A real PostgreSQL server


def _tools() -> Path | None:
    """The folder of the newest PostgreSQL's own programs."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    newest = max(found, key=lambda one: int(one.parts[-3]), default=None)
    named = newest or shutil.which("initdb")
    return Path(named).resolve().parent if named else None


def _served(folder: Path, words: Sequence[str]) -> None:
    """Run one of the server's programs; it refuses root, so there under another account."""
    quiet = subprocess.DEVNULL
    if os.getuid() != 0:
        subprocess.run(words, check=True, cwd=folder, stdout=quiet)  # noqa: S603 - our own words
        return
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    account = names.get("postgres") or names["nobody"]
    os.chown(folder, account.pw_uid, account.pw_gid)
    subprocess.run(  # noqa: S603 - our own words
        words, check=True, cwd=folder, stdout=quiet,
        user=account.pw_uid, group=account.pw_gid, extra_groups=[],
    )  # fmt: skip


@pytest.fixture
def postgres_programs() -> Path:
    """The folder of PostgreSQL's own programs, for a test that kills a server of its own."""
    found = _tools()
    if found is None:
        _lacking("no PostgreSQL: install postgresql")
    return found or Path()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real server: HABEAS_POSTGRES, or one started here on a unix socket."""
    named, tools = os.environ.get("HABEAS_POSTGRES"), _tools()
    if named:
        yield named
        return
    if tools is None:
        _lacking("no PostgreSQL server: set HABEAS_POSTGRES or install postgresql")
        return
    with tempfile.TemporaryDirectory(prefix="habeas-pg-") as name:
        folder, data, control = Path(name), f"{name}/data", str(tools / "pg_ctl")
        form = ["-U", "habeas", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        _served(folder, [str(tools / "initdb"), "-D", data, *form])
        told = f"-k {name} -c listen_addresses= -c fsync=off -c full_page_writes=off"
        _served(folder, [control, "-D", data, "-o", told, "-w", "-l", f"{name}/log", "start"])
        try:
            yield f"host={name} user=habeas dbname=postgres"
        finally:
            _served(folder, [control, "-D", data, "-m", "immediate", "-w", "stop"])


# A real ssh agent


@pytest.fixture
def ssh_agent(
    program: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The socket of an agent without keys, started here; SSH_AUTH_SOCK names it."""
    path, quiet = tmp_path / "agent.sock", subprocess.DEVNULL
    monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
    agent = subprocess.Popen([program("ssh-agent"), "-D", "-a", str(path)], stdout=quiet)  # noqa: S603 - found
    try:
        while agent.poll() is None and not path.exists():
            time.sleep(0.01)
        yield path
    finally:
        agent.terminate()
        agent.wait()
