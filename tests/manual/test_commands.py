"""Every command that the manual prints is run as it stands there, and prints what it says."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools import reference

import feeding
import manual_pages
import served
from acting import READY, Story
from habeas.cli import installations
from habeas.service.asking import Asker, OneSettlement, Read
from habeas.terms import Role, Settlement
from manual_pages import ANY, PAGES, RUN, SERVED, STATES, Call, calls, run, says

TUTORIAL, IN_SPANISH = "manual/tutorial.md", "es/tutorial.md"
NOT_RUN = "sh"  # installing, and what runs on or needs a second machine: tests of their own do
PROOFS = Path("demo/two-states/proofs")
FOLDER = Path("demo/web/se-ee")  # where the pages say that the served demonstration lies


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[Call, str]]]:
    """The folder that the tutorial leaves, and what each of its commands printed."""
    folder = tmp_path_factory.mktemp("tutorial")
    return folder, [(call, run(call, folder)) for call in calls(TUTORIAL)]


def differences(told: list[tuple[Call, str]]) -> list[str]:
    return [
        f"{call.page}: {call.words}\n{printed}"
        for call, printed in told
        if not says(call.shown, printed)
    ]


def test_the_tutorial_goes_from_nothing_to_a_receipt_as_it_says(
    played: tuple[Path, list[tuple[Call, str]]],
) -> None:
    assert len(played[1]) > 10
    assert differences(played[1]) == []


def test_the_tutorial_in_spanish_has_the_same_commands() -> None:
    assert manual_pages.blocks(IN_SPANISH) == manual_pages.blocks(TUTORIAL)


@pytest.mark.parametrize(
    "page", [one for one in PAGES if calls(one) and one not in {TUTORIAL, IN_SPANISH}]
)
def test_each_command_of_a_page_prints_what_the_page_says(
    page: str, played: tuple[Path, list[tuple[Call, str]]], tmp_path: Path
) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(played[0], folder)
    assert differences([(call, run(call, folder)) for call in calls(page)]) == []


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, served.State]]:
    """The sending state's installation of the demonstration, served, and the folder around."""
    folder = tmp_path_factory.mktemp("running")
    (folder / FOLDER).mkdir(parents=True)
    made = served.made(folder / FOLDER, factory=tmp_path_factory)
    with served.running(made[:1]) as states:
        yield folder, states[0]


def asked(call: Call, folder: Path, address: str) -> str:
    """Run a command of a page at the address at which it is served here."""
    said = f"http://localhost:{installations.PORTS[0]}"
    here = Call(call.page, call.words.replace(said, address), call.shown)
    return run(here, folder).replace(address, said)


def test_each_command_that_asks_an_installation_is_answered_by_a_real_one(
    running: tuple[Path, served.State],
) -> None:
    folder, state = running
    found = [call for page in PAGES for call in calls(page, SERVED)]
    assert len(found) > 5
    assert differences([(call, asked(call, folder, state.address)) for call in found]) == []


def addresses(page: str) -> list[str]:
    return re.findall(r"`(/(?:[a-z.-]+/?)*)`", manual_pages.text(page))


def test_each_address_of_a_page_is_there_for_whom_the_page_is_for(
    running: tuple[Path, served.State],
) -> None:
    _, state = running
    lost = list[str]()
    for page in PAGES:
        names = re.findall(r"`([a-z-]+\.[a-z]{2}-[a-z]+)`", manual_pages.text(page))
        cookie = {"Cookie": served.session_of(state, names[0])} if names else {}
        for path in addresses(page):
            status = state.get(path, **cookie).status
            if status == 302:  # to the language of whoever asks
                status = state.get(f"/en{path}", **cookie).status
            lost += [f"{page}: {path}: {status}"] if status != 200 else []
    assert lost == []


@pytest.fixture
def proved(tmp_path: Path) -> Path:
    """What two installations that settle leave for whoever checks, in the demonstration's place."""
    folder = tmp_path / PROOFS
    folder.mkdir(parents=True)
    with feeding.two() as (us, sv):
        Story(us.caller).tell(*READY, "transfer.authorised")
        feeding.messages(us, sv)
        feeding.settle(us, sv)
        event = us.told(Settlement.SETTLED)["events"][-1]
        asker = Asker("US-BOP", Role.TRANSFERRING)
        told = us.caller.ask(Read(OneSettlement(event["index"]), asker, "a proof to hand out"))
    (folder / "handover.se.json").write_text(str(told["proof"]))
    for name, state in (("se", "US"), ("ee", "SV")):
        (folder / f"{name}.trust.json").write_text(feeding.trust_text(state))
    return tmp_path


def test_each_command_about_a_proof_of_two_logs_says_what_the_page_says(proved: Path) -> None:
    found = [call for page in PAGES for call in calls(page, STATES)]
    assert len(found) > 1
    assert differences([(call, run(call, proved)) for call in found]) == []


def test_what_is_not_run_is_a_command_with_such_options() -> None:
    pages = reference.commands()
    for page in PAGES:
        held = manual_pages.blocks(page)
        assert {kind for kind, _ in held} <= {RUN, SERVED, STATES, NOT_RUN}
        for line in "".join(block for kind, block in held if kind == NOT_RUN).splitlines():
            words = line.split()
            if words[0] != "habeas":
                continue
            told = pages[f"reference/commands/{words[1]}.md"]
            if not words[2].startswith("-"):
                told = told[told.index(f"## habeas {words[1]} {words[2]} {{") :]
            assert [one for one in words if one.startswith("--") and f"`{one}" not in told] == []


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\nb", "a  \nb\n\n", True),
        ("a", "a\nb", False),
        (f"a\n{ANY}", "a\nb\nc", True),
        (f"a\n{ANY}\nd", "a\nb\nc", False),
        (f"{ANY}\nc", "a\nb\nc", True),
        ("", "a", False),
    ],
)
def test_a_page_that_shows_something_else_is_found(shown: str, printed: str, *, same: bool) -> None:
    assert says(shown, printed) is same
