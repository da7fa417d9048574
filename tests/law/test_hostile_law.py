"""Law files and rule texts that were made to break their reader: one sentence, at once."""

import time
from pathlib import Path

import pytest

from habeas.cli.main import run
from habeas.errors import LawError
from habeas.law.check import checked
from habeas.law.grammar import MAX_HEIGHT, parse
from habeas.law.library import MOST, Library
from habeas.law.tree import Compare

LIBRARY = Library()
OWN = LIBRARY.agreements["SE-EE"][0].text.replace('id = "SE-EE"', 'id = "X-Y"')
OWN = OWN.replace("SEEE-", "OWN-")
REQUIRE = "sex = 'male' AND age_years >= 18 AND NOT is_receiving_national"
LONGEST = 60.0  # CPU seconds: no measure of speed, but what takes longer hangs
PARAM = "\n[params.p]\nunit = 'months'\nvalues = [{from = 2026-01-01, cite = [], value = %s}]\n"
RULE = """
[rules.Z-{}]
text = {{en = "a", es = "b"}}
cite = [{{instrument = "se-gov", at = "x", checked = "text"}}]
require = "{}"
"""


def required(text: str) -> str:
    return OWN.replace(REQUIRE, text)


def rules(count: int, text: str) -> str:
    later = (RULE.format(n, text.format(n - 1)) for n in range(1, count))
    asked = required(f"RULE('Z-{count - 1}')")
    return asked + RULE.format(0, "convicted") + "".join(later)


HOSTILE = {
    "nothing": (b"", "H214"),
    "binary": (bytes(range(256)), "H213"),
    "utf-16": (OWN.encode("utf-16"), "H213"),
    "a byte-order mark": (b"\xef\xbb\xbf" + OWN.encode(), "H213"),
    "a NUL": (OWN.replace("X-Y", "X\0Y").encode(), "H213"),
    "a lone surrogate": (OWN.replace("X-Y", "X\ud800").encode("utf-8", "surrogatepass"), "H213"),
    "an escaped surrogate": (OWN.replace("X-Y", "X\\ud800").encode(), "H213"),
    "nan": ((OWN + PARAM % "nan").encode(), "H214"),
    "inf": ((OWN + PARAM % "-inf").encode(), "H214"),
    "1e400": ((OWN + PARAM % "1e400").encode(), "H214"),
    "5,000 digits": ((OWN + PARAM % ("9" * 5_000)).encode(), "H213"),
    "a huge hexadecimal": ((OWN + PARAM % ("0x" + "f" * 50_000)).encode(), "H213"),
    "a number in quotes with a line end": ((OWN + PARAM % '"12\\n"').encode(), "H214"),
    "10 MB of text": (OWN.replace("X-Y", "X" * 10_000_000).encode(), "H230"),
    "10 MB of lines": (b"\n" * 10_000_000, "H230"),
    "arrays without end": (b"x = " + b"[" * 100_000, "H213"),
    "tables without end": (b"x = " + b"{a = " * 100_000, "H213"),
    "a key without end": (b".".join([b"a"] * 100_000) + b" = 1", "H213"),
    "a quoted key without end": (b".".join([b'"a b"'] * 100_000) + b" = 1", "H213"),
    "100,000 keys": ((OWN + "\n".join(f"k{n} = 1" for n in range(70_000))).encode(), "H214"),
    "an id with a line end": (OWN.replace("X-Y", "X\\nY").encode(), "H214"),
    "an id that ends with a line end": (OWN.replace("X-Y", "X-Y\\n").encode(), "H214"),
    "an id that drives a terminal": (OWN.replace("X-Y", "\\u001b[31m[red]").encode(), "H214"),
    "a rule id that drives a terminal": (
        OWN.replace("[rules.OWN-1]", '[rules."\\u001b[31m[red]\\n"]').encode(),
        "H214",
    ),
    "a rule that names itself": (required("RULE('OWN-1')").encode(), "H124"),
    "a rule that names an unknown one": (required("RULE('OWN-9')").encode(), "H124"),
    "rules that double": (rules(41, "RULE('Z-{0}') AND RULE('Z-{0}')").encode(), "H123"),
    "rules one below the other": (rules(400, "RULE('Z-{}')").encode(), "H123"),
    "a rule that ends before it begins": (
        OWN.replace("[rules.OWN-1]", "[rules.OWN-1]\nfrom = 2026-01-01\nuntil = 2026-01-01")
        .encode(),
        "H202",
    ),
    "a sum without end": (required("age_years > " + "+".join("1" * 900)).encode(), "H123"),
    "a file for a zone": (OWN.replace('zone = "', 'zone = "/etc/passwd').encode(), "H711"),
    "a zone beside the zones": (
        OWN.replace('zone = "Europe/Tallinn"', 'zone = "leapseconds"').encode(),
        "H711",
    ),
    "2,000 faulty rules": (
        (OWN + "".join(RULE.format(n, "foo / 2") for n in range(2_000))).encode(),
        "H114",
    ),
}  # fmt: skip


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_law_file_is_refused_in_sentences_and_soon(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, code = HOSTILE[name]
    path = tmp_path / "agreements" / "x.toml"
    path.parent.mkdir()
    path.write_bytes(data)
    began = time.process_time()
    status = run(["law", "check", "--library", str(tmp_path)])
    spent, told = time.process_time() - began, capsys.readouterr().err
    assert status == 2
    assert all(char == "\n" or char.isprintable() for char in told)
    heads = [line for line in told.splitlines() if line.startswith(str(path))]
    assert any(f" {code} " in line for line in heads), told[:500]
    assert max(map(len, told.splitlines())) < 1_000
    assert spent < LONGEST


def test_a_file_of_the_greatest_size_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "agreements"
    folder.mkdir()
    (folder / "x.toml").write_text(OWN + "#" * (MOST - len(OWN.encode())))
    assert Library(tmp_path).agreements["X-Y"][1].id == "X-Y"


DEEP = {
    "a sum": f"age_years > {'+'.join('1' * 990)}",
    "a product": f"age_years > {'*'.join('1' * 990)}",
    "BETWEEN within BETWEEN": "(" * 30 + "age_years" + " BETWEEN 1 AND 2)" * 30,
    "signs": f"age_years > {'-(' * 200}1{')' * 200}",
    "calls": f"{'ADD_DAYS(' * 200}as_of{', 1)' * 200} < birth_date",
    "CASE": "CASE WHEN " * 190 + "convicted",
    "WHEN": f"CASE {'WHEN convicted THEN convicted ' * 60} ELSE convicted END",
}


@pytest.mark.parametrize("name", DEEP)
def test_a_text_that_nests_by_any_sign_is_refused_at_once(name: str) -> None:
    began = time.process_time()
    with pytest.raises(LawError) as caught:
        checked(DEEP[name], LIBRARY.vocabulary)
    assert caught.value.code == "H123"
    assert time.process_time() - began < 1


def test_a_sum_of_as_many_terms_as_the_limit_allows_is_read() -> None:
    terms = "+".join("1" * (MAX_HEIGHT - 1))
    assert isinstance(checked(f"age_years > {terms}", LIBRARY.vocabulary), Compare)
    with pytest.raises(LawError, match="nesting depth 101; the limit is 100"):
        parse(f"age_years > {terms}+1")


OVERRIDE = """
[[overrides]]
target = "params.{}"
value = {}
cite = {{instrument = "a-treaty", at = "art. 1", checked = "text"}}
why = {{en = "a", es = "b"}}
"""
TREATY = """
[[instruments]]
id = "a-treaty"
type = "treaty"
title = {en = "a", es = "b"}
in_force = {SE = 2020-01-01, EE = 2020-01-01}
"""
LAW = """
format = "habeas-agreement/1"
kind = "law"
id = "law-x"
version = "1.0.0"
from = 1900-01-01
title = {en = "a", es = "b"}
[[instruments]]
id = "i"
type = "statute"
title = {en = "a", es = "b"}
[params.years]
unit = "years"
overridable = "treaty"
values = [{from = 1900-01-01, value = 18, cite = [{instrument = "i", at = "1", checked = "text"}]}]
[rules.LAW-1]
text = {en = "a", es = "b"}
require = "ADD_YEARS(birth_date, :years) <= as_of OR age_years * 2 >= :years"
cite = [{instrument = "i", at = "1", checked = "text"}]
[meta]
authors = ["test"]
source_texts = {en = "a", es = "b"}
"""


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize(
    ("value", "code"),
    [(8_000, "H117"), (10**18, "H117"), (10**30, "H117"), ('"18.5"', "H107")],
)
def test_a_value_of_an_override_must_fit_every_rule_that_uses_it(
    tmp_path: Path, value: int | str, code: str
) -> None:
    for folder, text in (("laws", LAW), ("agreements", OWN + TREATY)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.toml").write_text(text)
    good = Library(tmp_path).faults()
    assert good == []
    (tmp_path / "agreements" / "x.toml").write_text(OWN + TREATY + OVERRIDE.format("years", value))
    found = Library(tmp_path).faults()
    assert {fault.code for fault in found} == {code}
    assert [fault.line > 0 and fault.file.endswith("x.toml") for fault in found].count(False) == 0
