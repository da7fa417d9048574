"""Every command that the manual prints is run as it stands there, and prints what it says."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import manual_pages
import served
from habeas.cli import installations
from manual_pages import ANY, PAGES, RUN, SERVED, Call, calls, run, says

TUTORIAL, IN_SPANISH = "manual/tutorial.md", "es/tutorial.md"
# What is not run here: each stands once, and is run by a stranger's way from wheel to receipt.
NOT_RUN = {"sh": [TUTORIAL, IN_SPANISH]}
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
    here = Call(call.page, call.words.replace(said, address), call.shown, served=True)
    return run(here, folder).replace(address, said)


def test_each_command_that_asks_an_installation_is_answered_by_a_real_one(
    running: tuple[Path, served.State],
) -> None:
    folder, state = running
    found = [call for page in PAGES for call in calls(page, served=True)]
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


def test_what_a_page_does_not_run_is_named() -> None:
    found = dict[str, list[str]]()
    for page in PAGES:
        for kind, _ in manual_pages.blocks(page):
            if kind not in {RUN, SERVED}:
                found.setdefault(kind, []).append(page)
    assert {kind: sorted(pages) for kind, pages in found.items()} == {
        kind: sorted(pages) for kind, pages in NOT_RUN.items()
    }


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
