"""habeas fees: index, settlement, provisional states, notes of credit and price texts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from habeas.cli.main import run

Asked = Callable[..., Any]


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Asked:
    """A call of `fees` with --json: its document."""

    def call(*words: str, ends: int = 0) -> Any:  # noqa: ANN401 - JSON
        assert run(["fees", *words, "--json"]) == ends
        return json.loads(capsys.readouterr().out)

    return call


NORWAY = ["statement", "--agreement", "NO-NL", "--from", "2017-01-01", "--to", "2018-01-01"]


def test_steps_that_a_call_states_are_in_the_statement_and_in_its_hash(asked: Asked) -> None:
    plain = asked(*NORWAY)
    indexed = asked(*NORWAY, "--index", "2016-01-01=1.020,2017-01-01=1.010")
    assert (plain["total_minor"], indexed["total_minor"]) == (2_550_000_000, 2_627_010_000)
    assert (plain["price_level"]["indexed"], indexed["price_level"]["indexed"]) == (False, True)
    assert plain["hash"] != indexed["hash"]


def test_a_statement_without_steps_says_that_it_is_not_indexed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["fees", *NORWAY]) == 0
    assert "NOT INDEXED" in capsys.readouterr().out


def test_a_rate_of_a_sunday_is_that_of_the_friday_before(asked: Asked) -> None:
    call = ["statement", "--agreement", "SE-EE", "--from", "2026-05-01", "--to", "2026-06-01"]
    found = asked(*call, "--persons", "300", "--settle-in", "SEK")["settlement"]
    assert (found["fixing_wanted"], found["fixing"]) == ("2026-05-31", "2026-05-29")
    assert found["total_minor"] == sum(found["lines_minor"])


def test_lines_are_rounded_one_by_one_and_the_difference_is_told(asked: Asked) -> None:
    call = ["statement", "--agreement", "SE-EE", "--from", "2026-01-01", "--to", "2026-07-01"]
    found = asked(*call, "--persons", "301", "--settle-in", "JPY")["settlement"]
    assert found["exponent"] == 0
    assert abs(found["rounding_difference_minor"]) <= len(found["lines_minor"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--settle-in", "SVC"], "H726"),
        (["--settle-in", "CLP"], "H726"),
        (["--settle-in", "HRK"], "H763"),
        (["--index", "2027-01-01=1.5"], "H729"),
        (["--index", "2027-01-01"], "H903"),
        (["--index", "2027-01-01=one"], "H903"),
        (["--units", "trip=-1"], "H903"),
        (["--units", "trip=" + "9" * 5_000], "H903"),
        (["--units", "trip=1"], "H901"),
        (["--round-trips", "1"], "H901"),
        (["--round-trips", "-1"], "H903"),
        (["--spent", "care=1"], "H901"),
        (["--spent", "care=1,care=2"], "H903"),
        (["--received", "300"], "H901"),
        (["--received-before", "-1"], "H903"),
        (["--persons", "-5"], "H903"),
        (["--persons", "400000000000000000"], "H903"),
        (["--persons", "9" * 30], "H903"),
        (["--places", "-1"], "H903"),
        (["--from", "2026-01-01"], "H901"),
        (["--persons", "3", "--stays", "x.csv"], "H901"),
        (["--spent", "care=1.5"], "H903"),
    ],
)
def test_what_cannot_be_computed_is_one_sentence(
    capsys: pytest.CaptureFixture[str], words: list[str], code: str
) -> None:
    call = ["fees", "statement", "--agreement", "SE-EE", "--month", "2026-09", *words]
    assert run(call) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.split()[0], len(said.err.splitlines())) == ("", code, 1)


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ("2026-09-10=1.5,2026-09-10=1.5", "H707"),
        ("2026-09-10=1.5,2026-09-09=1.5", "H707"),
        ("2026-09-10=0.0", "H903"),
    ],
)
def test_steps_that_would_count_twice_or_make_all_free_are_refused(
    capsys: pytest.CaptureFixture[str], steps: str, code: str
) -> None:
    call = ["fees", "statement", "--agreement", "NO-NL", "--month", "2026-09", "--index", steps]
    assert run(call) == 2
    assert capsys.readouterr().err.startswith(code)


def test_all_that_a_call_states_is_in_the_basis_and_so_in_the_hash(asked: Asked) -> None:
    call = ["statement", "--agreement", "BE-NL", "--month", "2026-09", "--persons", "550"]
    found = asked(*call, "--round-trips", "3")
    told = {"persons": 550, "places": 550, "units": {"round trip": 3}}
    assert found["basis"]["stated"] == told


def test_a_currency_that_is_quoted_no_longer_has_no_rate_later(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call = ["fees", "statement", "--agreement", "SE-EE", "--month", "2026-09", "--settle-in", "RUB"]
    assert run(call) == 2
    assert capsys.readouterr().err.startswith("H727")


# Notes


def saved(folder: Path, name: str, document: dict[str, Any]) -> str:
    path = folder / name
    path.write_text(json.dumps(document))
    return str(path)


SWEDEN = ["statement", "--agreement", "SE-EE", "--month", "2026-09"]


def test_what_is_known_later_is_a_note_and_the_closed_statement_stays(
    asked: Asked, tmp_path: Path
) -> None:
    closed = saved(tmp_path, "closed.json", asked(*SWEDEN, "--persons", "310"))
    fewer = saved(tmp_path, "fewer.json", asked(*SWEDEN, "--persons", "305"))
    found = asked("note", closed, fewer, ends=1)
    assert (found["kind"], found["amount_minor"]) == ("credit_note", -5 * 850_000)
    assert asked("note", fewer, closed, ends=1)["amount_minor"] == 5 * 850_000
    assert found["refers_to"] == json.loads(Path(closed).read_text())["hash"]
    assert asked("note", closed, closed)["kind"] == "none"


def test_a_line_that_goes_and_one_that_comes_both_stand_in_the_note(
    asked: Asked, tmp_path: Path
) -> None:
    closed = saved(tmp_path, "closed.json", asked(*SWEDEN, "--persons", "600"))
    beyond = saved(tmp_path, "beyond.json", asked(*SWEDEN, "--persons", "601"))
    found = asked("note", closed, beyond, ends=1)
    assert (found["kind"], found["amount_minor"]) == ("not_priced", None)
    told = [
        (line["kind"], line["amount_was_minor"], line["amount_minor"]) for line in found["lines"]
    ]
    assert told == [
        ("not_priced", 0, None),
        ("occupied", 510_000_000, -510_000_000),
    ]


def spoil_amount(document: dict[str, Any]) -> None:
    document["lines"][0]["amount_minor"] += 1


def spoil_total(document: dict[str, Any]) -> None:
    document["total_minor"] += 1


def spoil_basis(document: dict[str, Any]) -> None:
    document["basis"]["stated"]["persons"] = 1


def spoil_shape(document: dict[str, Any]) -> None:
    document["lines"] = 3


def other_month(document: dict[str, Any]) -> None:
    del document["zone"]


@pytest.mark.parametrize(
    "spoil", [spoil_amount, spoil_total, spoil_basis, spoil_shape, other_month]
)
def test_a_changed_statement_makes_no_note(
    asked: Asked,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[dict[str, Any]], None],
) -> None:
    document = asked(*SWEDEN, "--persons", "310")
    sound = saved(tmp_path, "sound.json", document)
    spoil(document)
    changed = saved(tmp_path, "changed.json", document)
    for pair in ([sound, changed], [changed, sound]):
        assert run(["fees", "note", *pair]) == 2
        assert {"H730", "H761", "H762"} & set(capsys.readouterr().err.split())


def test_statements_of_two_months_are_not_compared(
    asked: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = saved(tmp_path, "one.json", asked(*SWEDEN))
    other = saved(tmp_path, "other.json", asked(*SWEDEN[:-1], "2026-10"))
    assert run(["fees", "note", one, other]) == 2
    assert capsys.readouterr().err.startswith("H730 the two statements differ in from, to")


# Price texts

TEXTS = """facility,price
A,63
B,"320 (GM); $119.95 (1-320), $94.95 (321-400)"
C,"$1,900,620 (flat fee); + $7.21 per diem"
D,"$150.00 for UAC, $70.00 for Adult"
E,b(6)
F,"$10.00 (1-5), $9.00 (5-9)"
G,"$10.00 (1-5), $9.00 (7-9)"
H,about ten dollars
I,
J,"$10.00 (1 \N{EN DASH} 5),  $9.00 (6+)"
"""


@pytest.fixture
def texts(tmp_path: Path) -> str:
    path = tmp_path / "texts.csv"
    path.write_text(TEXTS, encoding="utf-8")
    return str(path)


def test_price_texts_are_read_whole_or_refused_with_their_line(asked: Asked, texts: str) -> None:
    found = asked("read", texts, ends=1)
    assert found["counts"] == {
        "bands": 2, "by category": 1, "fee and unit": 1, "flat": 1, "withheld": 1,
    }  # fmt: skip
    assert [(one["line"], one["code"]) for one in found["refused"]] == [
        (7, "H701"), (8, "H702"), (9, "H709"), (10, "H709"),
    ]  # fmt: skip
    assert found["read"] + len(found["refused"]) == found["rows"] == 10


def test_bands_that_overlap_are_begun_anew_only_where_that_is_declared(
    asked: Asked, texts: str
) -> None:
    found = asked("read", texts, "--overlaps", "after", ends=1)
    assert found["begun_after"] == ["F"]
    assert [one["facility"] for one in found["refused"]] == ["G", "H", "I"]  # a gap stays a gap
    starts = [band["from_person"] for band in found["items"]["F"][0]["bands"]]
    assert starts == [1, 6]


@pytest.mark.parametrize(
    ("words", "code"), [(["--text", "none"], "H901"), (["--overlaps", "guess"], "H903")]
)
def test_a_list_that_cannot_be_read_is_one_sentence(
    capsys: pytest.CaptureFixture[str], texts: str, words: list[str], code: str
) -> None:
    assert run(["fees", "read", texts, *words]) == 2
    assert capsys.readouterr().err.startswith(code)


@pytest.mark.parametrize(
    "found", [b"facility,price\nA,\xff63\n", b"facility,price\nA," + b"9" * 200_000 + b"\n"]
)
def test_a_list_that_is_no_text_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, found: bytes
) -> None:
    (path := tmp_path / "list.csv").write_bytes(found)
    assert run(["fees", "read", str(path)]) == 2
    assert capsys.readouterr().err.startswith("H902")
    (path := tmp_path / "deep.json").write_text("[" * 100_000)
    assert run(["fees", "note", str(path), str(path)]) == 2
    assert capsys.readouterr().err.startswith("H902")


# A file of stays

STAYS = """facility,person,in,out
A,p1,2026-09-01,2026-09-11
A,p2,2026-09-05,2026-10-20
B,p1,2026-09-11,2026-09-20
B,p3,2026-09-28,2026-09-20
"""
OF_STAYS = ["--stays", "{}", "--columns", "facility=facility,in=in,out=out,person=person"]


def of_stays(folder: Path, text: str) -> list[str]:
    path = folder / "stays.csv"
    path.write_text(text, encoding="utf-8")
    return [*SWEDEN, *[word.format(path) for word in OF_STAYS], "--as-of", "2026-11-01"]


def test_a_file_of_stays_is_billed_by_the_union_of_each_persons_days(
    asked: Asked, tmp_path: Path
) -> None:
    found = asked(*of_stays(tmp_path, STAYS))
    assert (found["state"], found["person_days"]["all"]) == ("final", 10 + 26 + 9)
    assert found["basis"]["stays"]["refused"] == 1
    double = asked(*of_stays(tmp_path, STAYS + "B,p2,2026-09-05,2026-09-20\n"))
    assert double["person_days"]["all"] == 45
    assert double["basis"]["stays"]["persons_in_two_places"] == 1


def test_open_stays_make_a_statement_provisional(
    asked: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = asked(*of_stays(tmp_path, STAYS + "B,p9,2026-09-29,\n"))
    assert (found["state"], found["person_days"]["all"]) == ("provisional", 47)
    assert found["provisional_because"] == ["1 stays of the file have no end as of the instant"]
    assert run(["fees", *of_stays(tmp_path, STAYS)]) == 0
    assert "1 rows end before they start: refused" in capsys.readouterr().err


def test_a_month_that_is_not_over_is_provisional(asked: Asked, tmp_path: Path) -> None:
    early = [*of_stays(tmp_path, STAYS)[:-1], "2026-09-15"]
    found = asked(*early)
    assert (found["state"], found["person_days"]["all"]) == ("provisional", 10 + 11 + 5)


def test_more_persons_than_a_sum_covers_have_no_price_though_nobody_states_places(
    asked: Asked, tmp_path: Path
) -> None:
    rows = "".join(f"N,p{n},2026-09-01,2026-09-0{3 + (n < 1)}\n" for n in range(243))
    words = of_stays(tmp_path, "facility,person,in,out\n" + rows)
    words[words.index("SE-EE")] = "NO-NL"
    assert asked(*words)["total_minor"] is None
    assert asked(*words, "--places", "242")["total_minor"] == 209_589_041


def test_what_nobody_stated_is_named_and_not_in_the_total(asked: Asked) -> None:
    call = ["statement", "--agreement", "BE-NL", "--month", "2011-03", "--places", "500"]
    silent, told = asked(*call), asked(*call, "--round-trips", "2")
    assert [text for text in silent["not_stated"] if "round trip" in text]
    assert told["not_stated"] == []
    assert told["total_minor"] - silent["total_minor"] == 2 * 45_500
