"""A night's roll is built once, committed, and checked as whoever downloads it will check it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from habeas.adapters import roll_files
from habeas.errors import HabeasError, RegisterError, SetupError
from habeas.register import public_roll
from habeas.register.events import Body
from habeas.register.locator import printed
from habeas.register.receipt import Receipt
from habeas.service import locate, nightly
from public_rolls import DAY, Office, held, secret, trusted

NAME = DAY.isoformat()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def code(call: Callable[[], object]) -> str:
    with pytest.raises(HabeasError) as caught:
        call()
    return caught.value.code


def files(office: Office, issue: int = 1) -> tuple[bytes, str]:
    base = office.folder / f"{NAME}.{issue}"
    return Path(f"{base}.bin").read_bytes(), Path(f"{base}.json").read_text()


def test_a_published_roll_is_never_built_again(office: Office) -> None:
    nightly.publish(DAY, 1, held(3), office.press())
    before = files(office)
    assert code(lambda: nightly.publish(DAY, 1, held(4), office.press())) == "H589"
    assert files(office) == before


def test_an_issue_does_not_come_before_the_one_before_it(office: Office) -> None:
    assert code(lambda: nightly.publish(DAY, 2, held(3), office.press())) == "H581"
    assert list(office.folder.glob("*.bin")) == []


def test_a_correction_is_a_new_issue_and_the_first_stays(office: Office) -> None:
    nightly.publish(DAY, 1, held(3), office.press())
    first = files(office)
    found = nightly.publish(DAY, 2, held(4), office.press())
    assert (files(office), found.roll.issue) == (first, 2)
    labels = [
        {one[at : at + 16] for at in range(0, len(one), 96)}
        for one, _ in (files(office), files(office, 2))
    ]
    mine = [public_roll.label(secret("token 1"), DAY, issue) for issue in (1, 2)]
    assert mine[0] in labels[0] - labels[1]
    assert mine[1] in labels[1] - labels[0]


class StoppedError(RuntimeError):
    pass


def test_a_run_that_stopped_goes_on_with_the_rows_it_had(office: Office) -> None:
    def stop(_: Body) -> Receipt:
        raise StoppedError

    with pytest.raises(StoppedError):
        nightly.publish(DAY, 1, held(3), replace(office.press(), sign=stop))
    kept = (office.folder / f"{NAME}.1.bin").read_bytes()
    nightly.publish(DAY, 1, held(9), office.press(b"other chance"))
    assert files(office)[0] == kept
    assert office.log.size == 2


def test_a_run_that_stopped_after_the_event_commits_it_once(office: Office) -> None:
    def stop(_name: str, data: bytes) -> None:
        if data.startswith(b"{"):
            raise StoppedError
        office.press().create(_name, data)

    with pytest.raises(StoppedError):
        nightly.publish(DAY, 1, held(3), replace(office.press(), create=stop))
    found = nightly.publish(DAY, 1, held(3), office.press())
    assert (office.log.size, found.verdict.index) == (2, 1)


def test_of_two_runs_at_once_one_publishes(office: Office) -> None:
    def run(n: int) -> str:
        try:
            roll = public_roll.build(DAY, 1, held(n), 256, office.press(b"%d" % n).chance)
            roll_files.create(office.folder, f"{NAME}.1.bin", roll.data)
        except RegisterError as error:
            return error.code
        return "built"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(run, range(16)))
    assert sorted(said) == ["H589"] * 15 + ["built"]
    assert [path.name for path in office.folder.glob(".roll-*")] == []


def test_a_roll_that_would_not_verify_is_not_announced(office: Office) -> None:
    other = office.sign(public_roll.commitment(public_roll.build(DAY, 1, held(2), 2, bytes)))
    press = replace(office.press(), sign=lambda _: other)
    assert code(lambda: nightly.publish(DAY, 1, held(3), press)) == "H584"
    assert list(office.folder.glob("*.json")) == []


def test_a_family_finds_its_row_in_the_two_files_alone(office: Office) -> None:
    nightly.publish(DAY, 1, held(3), office.press())
    answer = locate.find_in_roll(*files(office), trusted(), printed(secret("token 2")))
    assert answer.said == held(3)[secret("token 2")]
    absent = locate.document(
        locate.find_in_roll(*files(office), trusted(), printed(secret("stranger")))
    )
    assert (absent["found"], absent["witnessed"], absent["rows"]) == (False, False, 256)
    assert absent["below"] or absent["above"]


def test_two_nights_of_other_counts_have_files_of_one_size(office: Office) -> None:
    sizes = set()
    for issue, count in enumerate((0, 1, 100, 255), 1):
        nightly.publish(DAY, issue, held(count), office.press(b"%d" % issue))
        sizes.add(len(files(office, issue)[0]))
    assert sizes == {256 * 96}


def test_a_file_that_is_not_there_or_is_a_folder_is_a_sentence(tmp_path: Path) -> None:
    assert code(lambda: roll_files.rows(tmp_path / "none.bin")) == "H902"
    assert code(lambda: roll_files.rows(tmp_path)) == "H902"
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(roll_files.CAP + 1)
    with pytest.raises(SetupError, match="larger"):
        roll_files.rows(large)
    assert roll_files.read(tmp_path, "none.bin") is None
