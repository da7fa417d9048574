"""Acts through a gateway in a process of its own, and by command: the same codes and sentences."""

import json
import signal
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import acting
import gateways
from acting import DEAL, ONE, READY, SCHEDULED, Story, officer
from gateways import Running
from habeas.adapters.draft_store import DRAFTS
from habeas.cli import clock
from habeas.cli.main import run
from habeas.errors import HabeasError
from habeas.service.asking import Act, Caller, Found, Sign

Captured = pytest.CaptureFixture[str]
WAIT = timedelta(seconds=5)  # in which everything before a departure is done


def now() -> datetime:
    """The instant of the machine, as the gateway's own."""
    return clock.instant(None)[1]


START = now() - timedelta(hours=200)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return acting.installed(tmp_path / "both", "US", "SV")


@pytest.fixture
def gateway(path: Path) -> Iterator[Running]:
    with gateways.running(path) as found:
        yield found


@pytest.fixture
def caller(path: Path, gateway: Running) -> Iterator[Caller]:
    assert gateway.process.poll() is None
    with gateways.asking(path) as found:
        yield found


def words(path: Path, asked: Act) -> list[str]:
    """The command that asks for the same act."""
    hands = [f"{one.authority}/{one.role}/{one.key}" for one in asked.signers]
    found = ["act", str(path), asked.kind, asked.subject, "--agreement", DEAL, "--at", asked.at]
    found += ["--by", hands[0], "--sending", "US", "--receiving", "SV", "--id", acting.new_id()]
    for one in hands[1:]:
        found += ["--with", one]
    for key, value in asked.body.items():
        found += ["--body", f"{key}={json.dumps(value)}"]
    return found


def refused(call: Callable[[Act], Found], asked: Act) -> str:
    with pytest.raises(HabeasError) as caught:
        call(asked)
    return str(caught.value)


def expired(story: Story) -> float:
    """Everything before a departure, until the fact has expired; the hour that it is then."""
    story.tell(*SCHEDULED[:2])
    until = now() + WAIT
    story.act("case.screened", valid_until=until.isoformat())
    story.tell(*SCHEDULED[3:])
    while now() < until:
        threading.Event().wait(0.1)
    return (until - START) / timedelta(hours=1)


def withdrawn(story: Story) -> None:
    story.tell(*READY[:4])
    story.act("case.consent_withdrawn", ["US-COUNSEL:counsel"], hours=5, through="counsel")


def open_difference(story: Story) -> None:
    other = Story(story.caller, gateways.person(2), story.start).tell(*SCHEDULED)
    other.tell("custody.departed")
    story.tell(*SCHEDULED[:-1]).act("transfer.scheduled", manifest="m2")


def told(story: Story, *kinds: str) -> None:
    story.tell(*kinds)


@dataclass(frozen=True)
class Way:
    """A forbidden way: its code, what comes before it, and the act."""

    code: str
    prepared: Callable[[Story], object]
    kind: str = "custody.departed"
    by: tuple[str, ...] = ()
    hours: float | None = None  # after the start
    body: Mapping[str, object] = field(default_factory=dict[str, object])


ALONE = ("US-BOP:transferring",)
WAYS = {
    "departure without both authorisations": Way("H609", lambda s: told(s, *READY)),
    "departure under a stay": Way("H603", lambda s: told(s, *SCHEDULED, "case.stay_ordered")),
    "departure on an expired fact": Way("H605", expired),
    "consent withdrawn": Way("H604", withdrawn, "transfer.authorised"),
    "before the notice is over": Way(
        "H606", lambda s: told(s, *READY), "transfer.authorised", hours=74
    ),
    "open difference": Way("H608", open_difference, hours=120, body={"manifest": "m2"}),
    "one officer alone": Way("H602", lambda s: told(s, *READY), "transfer.authorised", ALONE),
    "one officer twice": Way("H503", lambda s: told(s, *READY), "transfer.authorised", ALONE * 2),
}


@pytest.mark.parametrize("name", WAYS)
def test_a_forbidden_way_is_refused_alike_by_socket_and_by_command(
    path: Path, caller: Caller, capsys: Captured, name: str
) -> None:
    way, story = WAYS[name], Story(caller, start=START)
    hour = way.prepared(story)
    hours = hour if isinstance(hour, float) else way.hours
    asked = story.asked(way.kind, way.by, hours, **way.body)
    sentence = refused(caller.ask, asked)
    assert sentence.startswith(f"{way.code} ")
    capsys.readouterr()
    assert run(words(path, asked)) == (2 if way.code == "H503" else 3)
    assert sentence in capsys.readouterr().err.splitlines()


def test_a_case_is_acted_by_commands_alone(
    path: Path, caller: Caller, capsys: Captured, tmp_path: Path
) -> None:
    story = Story(caller, start=START).tell(*READY)
    asked = story.asked("transfer.authorised")
    assert run([*words(path, asked), "--json"]) == 0
    draft = json.loads(capsys.readouterr().out)
    [waits] = draft["waits_for"]
    listed = ["act", "drafts", str(path), "--reader", "US-DOJ-OIA/transferring", "--purpose", "p"]
    assert run([*listed, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["drafts"][0]["draft"] == draft["draft"]
    assert run(listed) == 0
    assert draft["draft"] in capsys.readouterr().out
    by = f"{waits['authority']}/{waits['key']}"
    assert run(["act", "sign", str(path), draft["draft"], "--by", by]) == 0
    assert "recorded at index" in capsys.readouterr().out
    again = story.asked("transfer.accepted")
    carried = tmp_path / "body.json"
    carried.write_text(json.dumps(again.body))
    line = words(path, again)
    line = [*line[: line.index("--body")], "--body-file", str(carried), "--json"]
    assert run(line) == 0
    draft = json.loads(capsys.readouterr().out)
    dgcp = officer("SV-DGCP")
    drop = ["act", "drop", str(path), draft["draft"], "--by", f"SV-DGCP/{dgcp.key}"]
    assert run([*drop, "--reason", "no bed"]) == 0
    assert run(["act", "sign", str(path), draft["draft"], "--by", f"SV-DGCP/{dgcp.key}"]) == 3
    assert "H621 the draft is dropped: no bed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (["--by", "US-BOP/custodian"], "H903"),
        (["--by", "US-BOP/king/0123456789abcdef"], "H903"),
        (["--body", "nothing"], "H903"),
        (["--at", "yesterday"], "H903"),
        (["--at", "2026-01-01T00:00:00"], "H903"),
        (["--by", "US-BOP/custodian/short"], "H909"),
    ],
)
def test_a_call_that_is_none_says_which_part(
    path: Path, caller: Caller, capsys: Captured, change: list[str], code: str
) -> None:
    line = words(path, Story(caller, start=START).asked("custody.opened"))
    place = line.index(change[0])
    assert run([*line[:place], *change, *line[place + 2 :]]) == 2
    assert code in capsys.readouterr().err


def test_without_a_gateway_nobody_acts(path: Path, capsys: Captured, tmp_path: Path) -> None:
    assert run(["act", "sign", str(path), acting.new_id(), "--by", "US-BOP/0123456789abcdef"]) == 2
    assert run(["post", "export", str(path), "--out", str(tmp_path / "m")]) == 2
    assert capsys.readouterr().err.count("H928") == 2


def test_two_who_sign_at_once_record_the_act_once(path: Path, caller: Caller) -> None:
    story = Story(caller, start=START).tell(*READY)
    draft = story.act("transfer.authorised")["draft"]
    found, start = list[Found](), threading.Barrier(4)

    def sign() -> None:
        with gateways.asking(path) as line:
            start.wait()
            found.append(line.ask(Sign(draft, officer("US-DOJ-OIA"))))

    threads = [threading.Thread(target=sign) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len({one["index"] for one in found}) == 1
    assert len(found) == 4


def test_what_was_drafted_outlives_a_kill(path: Path) -> None:
    with gateways.running(path) as killed:
        with gateways.asking(path) as line:
            story = Story(line, start=START).tell(*READY)
            asked = story.asked("transfer.authorised")
            first = line.ask(asked)
        killed.end(signal.SIGKILL)
    assert stat.S_IMODE(path.with_name(DRAFTS).stat().st_mode) == 0o600
    with gateways.running(path) as again, gateways.asking(path) as line:
        assert line.ask(asked) == first
        found = line.ask(Sign(asked.id, officer("US-DOJ-OIA")))
        assert line.ask(Sign(asked.id, officer("US-DOJ-OIA")))["entry"] == found["entry"]
        assert again.end() == 0
    assert gateways.report(path).faults == ()


def test_a_signature_that_was_kept_and_not_appended_is_appended_when_sent_again(
    path: Path,
) -> None:
    """The register refuses the last step; the gateway is killed; the same call then converges."""
    with gateways.running(path) as killed:
        with gateways.asking(path) as line:
            story = Story(line, start=START).tell(*READY)
            asked = story.asked("transfer.authorised")
            line.ask(asked)
            with closing(sqlite3.connect(path)) as other:
                other.executescript(
                    "CREATE TRIGGER full BEFORE INSERT ON leaf BEGIN SELECT RAISE(ABORT, 'f'); END;"
                )
            with pytest.raises(HabeasError) as caught:
                line.ask(Sign(asked.id, officer("US-DOJ-OIA")))
            assert caught.value.code == "H563"
        killed.end(signal.SIGKILL)
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TRIGGER full")
    for same in (asked, Sign(asked.id, officer("US-DOJ-OIA"))):
        with gateways.running(path) as again, gateways.asking(path) as line:
            found = line.ask(same)
            assert (found["index"], "waits_for" in found) == (len(acting.ALL) * 2 + 5, False)
            assert again.end() == 0
    assert gateways.report(path).faults == ()


def test_a_message_goes_from_one_installation_to_the_other_as_a_file(
    tmp_path: Path, capsys: Captured
) -> None:
    us, sv = (acting.installed(tmp_path / one, one) for one in ("US", "SV"))
    file = tmp_path / "message"
    pair = ["--agreement", DEAL, "--sending", "US", "--receiving", "SV", "--out", str(file)]
    with gateways.running(us), gateways.running(sv):
        assert run(["post", "export", str(us), *pair]) == 0
        assert not file.exists()
        with gateways.asking(us) as line:
            Story(line, start=START).tell(*READY, "transfer.authorised")
        assert run(["post", "export", str(us), *pair]) == 0
        capsys.readouterr()
        assert run(["post", "import", str(sv), str(file)]) == 0
        told_ = json.loads(capsys.readouterr().out)
        assert (len(told_["events"]), told_["parked"]) == (6, 0)
        assert run(["post", "import", str(us), str(file)]) == 2
        assert "H923" in capsys.readouterr().err
    assert ONE in acting.plain(file.read_text())
