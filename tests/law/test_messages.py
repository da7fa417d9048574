"""Every message about a rule, in both languages, with place and caret, in one file to read.

`HABEAS_GOLDEN=write` writes tests/golden/messages.txt anew; then read the difference.
"""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from banned_texts import BANNED, PARAMS, VOCABULARY
from habeas.cli.main import run
from habeas.errors import Fault, LawError
from habeas.law import messages
from habeas.law.check import checked
from habeas.law.library import Library
from habeas.law.tokens import MAX_LENGTH

GOLDEN = Path(__file__).parents[1] / "golden" / "messages.txt"
OWN = Library().agreements["SE-EE"][0].text.replace('id = "SE-EE"', 'id = "X-Y"')
OWN = OWN.replace("SEEE-", "OWN-")
FORBIDDEN = "offence_category NOT IN"
REQUIRE = "sex = 'male' AND age_years >= 18 AND NOT is_receiving_national"
EXAMPLES = {
    "H101": "convicted AND fnal",
    "H102": "sex = 'man'",
    "H103": "served = 'male'",
    "H103.days": "release >= 180",
    "H103.unit": "served > area",
    "H103.kind": "DAYS_BETWEEN(served, release) > 1",
    "H104": "served + 1",
    "H105": "convicted AND served",
    "H106": "LEAST(sex, 'male') = 'male'",
    "H107": "area > 4.00001",
    "H107.form": "served > 1e400",
    "H107.factor": "served * 0.85 > 4",
    "H108": "release + 30 > as_of",
    "H109": "as_of = as_of",
    "H109.truth": "convicted OR TRUE",
    "H110": "convicted AND final IS NOT NULL",
    "H111": "COALESCE(convicted, TRUE)",
    "H112": "sex IN ('male', NULL)",
    "H112.literal": "sex IN (status)",
    "H113": "18 < served < 21",
    "H114": "served / 2 > 3",
    "H115": "LOWER(sex) = 'male'",
    "H115.now": "release > CURRENT_DATE",
    "H115.count": "ADD_DAYS(release) > as_of",
    "H116": "release > DATE '2026-02-30'",
    "H117": "wide * 2 > 1",
    "H117.number": "served < 9223372036854775808",
    "H117.date": "ADD_YEARS(born, 9000) < as_of",
    "H118": "convicted IS NOT TRUE",
    "H119": "sex = NULL",
    "H120": "CASE WHEN convicted THEN final END",
    "H121": "ADD_MONTHS(release, served) > as_of",
    "H121.unit": "ADD_DAYS(release, :least) > as_of",
    "H121.years": "YEARS_OLD(born, as_of) > 18",
    "H122": "served == 1",
    "H123": "convicted".ljust(MAX_LENGTH + 1),
    "H123.depth": "(" * 33 + "convicted" + ")" * 33,
    "H123.parts": "(" * 20 + "served" + " BETWEEN 1 AND 2)" * 20,
    "H125": "served > :leest",
    "H126": "convicted AND",
    "H127": "served + 1 IN (1, 2)",
}
Z_RULE = 'cite = [{instrument = "se-gov", at = "x", checked = "text"}]\nrequire = '


def chain(count: int, text: str) -> str:
    """Rules that each name the one before, and one of the agreement that names the last."""
    rules = (
        f'\n[rules.Z-{n}]\ntext = {{en = "a", es = "b"}}\n{Z_RULE}"'
        + (text.format(n - 1) if n else "convicted") + '"\n'
        for n in range(count)
    )  # fmt: skip
    return OWN.replace(REQUIRE, f"RULE('Z-{count - 1}')") + "".join(rules)


FILES = {  # what shows only in a file
    "H109.rule": OWN.replace(REQUIRE, "TRUE"),
    "H123.size": chain(13, "RULE('Z-{0}') OR RULE('Z-{0}')"),
    "H123.deep": chain(120, "RULE('Z-{}')"),
    "H124.day": chain(1, "").replace("[rules.Z-0]", "[rules.Z-0]\nuntil = 1990-01-01"),
    "H124": OWN.replace(REQUIRE, "RULE('OWN-2')").replace(
        FORBIDDEN, f"RULE('OWN-1') OR {FORBIDDEN}"
    ),
    "H124.unknown": OWN.replace(REQUIRE, "RULE('OWN-22')"),
}


def _said(fault: Fault) -> str:
    return "\n".join((fault.told("en"), fault.told("es")))


def of_text(text: str) -> list[Fault]:
    with pytest.raises(LawError) as caught:
        checked(text, VOCABULARY, PARAMS)
    return [
        replace(fault, file="law.toml", line=7, rule="R-1", source=text)
        for fault in caught.value.faults
    ]


def of_file(text: str, folder: Path) -> list[Fault]:
    (folder / "agreements").mkdir()
    (folder / "agreements" / "x.toml").write_text(text)
    return [replace(fault, file="law.toml") for fault in Library(folder).faults()]


def is_of(key: str, fault: Fault) -> bool:
    """Whether a fault says the sentence of a key."""
    parts = re.split(r"\{\w+\}", messages.MESSAGES[key][0])
    said = ".*".join(map(re.escape, parts))
    return fault.code == key.partition(".")[0] and re.fullmatch(said, fault.what) is not None


@pytest.mark.no_cover  # the same lines again and again
def test_every_message_about_a_rule_reads_as_it_did(tmp_path: Path) -> None:
    told = []
    for key in (key for key in messages.MESSAGES if key.startswith("H1")):
        if key in EXAMPLES:
            faults = of_text(EXAMPLES[key])
        else:
            (tmp_path / key).mkdir()
            faults = of_file(FILES[key], tmp_path / key)
        assert is_of(key, faults[0]), (key, faults)
        told.append(f"-- {key}\n{_said(faults[0])}\n")
    found = "\n".join(line.rstrip() for line in "\n".join(told).split("\n"))
    if os.environ.get("HABEAS_GOLDEN") == "write":
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text()


def test_no_example_stands_for_nothing() -> None:
    assert set(EXAMPLES) | set(FILES) == {key for key in messages.MESSAGES if key < "H2"}


@pytest.mark.parametrize(("text", "code"), [(text, code) for text, code, _ in BANNED])
@pytest.mark.parametrize("before", ["", "convicted AND ", "convicted\nOR ", "NOT ("])
def test_a_caret_stands_in_the_text_wherever_the_fault_is(
    before: str, text: str, code: str
) -> None:
    whole = f"{before}{text}{')' * before.count('(')}"
    with pytest.raises(LawError) as caught:
        checked(whole, VOCABULARY, PARAMS)
    assert all(1 <= fault.column <= len(whole) + 1 for fault in caught.value.faults)
    if before != "NOT (" and code != "H104":
        assert code in {fault.code for fault in caught.value.faults}


MANY = (
    OWN.replace(REQUIRE, "sex = 'man' AND age_yeers >= 18 AND convicted IS NULL")
    .replace(FORBIDDEN, "age_years / 2 > 3 OR offence_category NOT IN")
    .replace("[meta]", """[params.p]
unit = "months"
values = [
  {from = 2026-01-01, until = 2027-01-01, value = 6, cite = []},
  {from = 2026-06-01, value = 7, cite = [{instrument = "se-gov", at = "x", checked = "text"}]},
]

[guarantees.own-g]
text = {en = "a", es = "b"}
when = "convictd"
then = "COALESCE(convicted, TRUE)"

[meta]""")
)  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "es"])
def test_all_faults_of_a_file_are_told_in_one_run(
    lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "agreements").mkdir()
    path = tmp_path / "agreements" / "x.toml"
    path.write_text(MANY)
    monkeypatch.setenv("HABEAS_LANG", lang)
    assert run(["law", "check", "--library", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    heads = [line.removeprefix(f"{path}:").split(" ") for line in told.split("\n")
             if line.startswith(str(path))]  # fmt: skip
    codes = [head[1] for head in heads]
    assert sorted(codes) == ["H101", "H101", "H102", "H110", "H111", "H114", "H201", "H202"]
    assert len({head[0] for head in heads}) == len(heads) - 1  # H201 and H202 share a line
    assert ("ayuda:" in told, "help:" in told) == (lang == "es", lang == "en")
