"""A user's own folder: what is wrong is told in one sentence with code, file and line."""

import re
from pathlib import Path

import pytest

from baseline import known
from habeas.cli.main import run
from habeas.law.library import Library

LIBRARY = Library()
SENTENCE = re.compile(r"(?P<file>.+\.toml):(?P<line>\d+)(:(?P<column>\d+))?: (?P<code>H\d{3}) .+")
AROUND = re.compile(r"  .*|help: .+")  # the line of the file, the caret under it, what to do
LEASE = (
    LIBRARY.agreements["SE-EE"][0]
    .text.replace('id = "SE-EE"', 'id = "X-Y"')
    .replace("agreement = 'SE-EE'", "agreement = 'X-Y'")
    .replace("SEEE-", "OWN-")
)
TARIFF = (
    LIBRARY.agreements["BE-NL"][0]
    .text.replace('id = "BE-NL"', 'id = "X-Y"')
    .replace("BENL-", "OWN-")
)


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def line_of(text: str, part: str, after: str = "") -> int:
    """Line of the first place of a part, from the place of another part on."""
    return text[: text.index(part, text.index(after))].count("\n") + 1


def checked(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str | bytes, kind: str = "agreements"
) -> tuple[int, list[tuple[str, int]]]:
    """Exit status of `law check`, and code and line of each sentence, all about that file."""
    path = folder / kind / "x.toml"
    path.parent.mkdir()
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    status = run(["law", "check", "--library", str(folder)])
    out, err = capsys.readouterr()
    lines = [line for line in err.splitlines() if not AROUND.fullmatch(line)]
    found = [SENTENCE.fullmatch(line) for line in lines]
    told = [(one["code"], int(one["line"])) for one in found if one and one["file"] == str(path)]
    assert (out, len(told)) == ("", len(found))
    return status, told


@pytest.mark.no_cover  # the same lines again and again
def test_a_sound_agreement_of_ones_own_stands_beside_the_shipped_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "agreements").mkdir()
    (tmp_path / "agreements" / "x.toml").write_text(LEASE)
    with known():
        status = run(["law", "check", "--library", str(tmp_path)])
    programs = re.findall(r"^ ?(\S+) +(\d+) ", capsys.readouterr().out, re.MULTILINE)
    assert status == 0
    assert dict(programs).items() >= {"SE-EE": "41", "X-Y": "41"}.items()


RULES = [
    ("NOT organised_crime_link", "NOT organised_crime", "H101"),
    ("'terrorism','national_security'", "'terrorism','treason'", "H102"),
    ("age_years >= 18", "age_years >= 'adult'", "H103"),
    ("sex = 'male'", "sex", "H105"),
    ("sex = 'male'", "sex > 'male'", "H106"),
    ("age_years >= 18", "age_years >= 17.5", "H107"),
    ("sex = 'male'", "'male' = 'male'", "H109"),
    ("NOT is_receiving_national", "is_receiving_national IS NULL", "H110"),
    ("NOT is_receiving_national", "COALESCE(is_receiving_national, TRUE)", "H111"),
    ("IN ('terrorism','national_security')", "IN (sex)", "H112"),
    ("age_years >= 18", "120 > age_years >= 18", "H113"),
    ("age_years >= 18", "age_years / 2 >= 9", "H114"),
    ("NOT is_receiving_national", "is_receiving_national = NULL", "H119"),
    ("age_years >= 18", "age_years != 17", "H122"),
    ("age_years >= 18", "age_years >= 18" + " " * 2_000, "H123"),
    ("NOT is_receiving_national", "NOT", "H126"),
]


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize(("old", "new", "code"), RULES, ids=[rule[2] for rule in RULES])
def test_a_rule_that_cannot_be_read_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, code: str
) -> None:
    text = changed(LEASE, old, new)
    assert checked(tmp_path, capsys, text) == (2, [(code, line_of(text, new))])


def test_an_unknown_fact_is_told_with_its_column_and_the_nearest_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = changed(LEASE, "NOT organised_crime_link", "NOT organised_crime_lnk")
    path = tmp_path / "agreements" / "x.toml"
    path.parent.mkdir()
    path.write_text(text)
    assert run(["law", "check", "--library", str(tmp_path)]) == 2
    line = line_of(text, "organised_crime_lnk")
    written = text.splitlines()[line - 1]
    column = written.index("organised_crime_lnk") + 1
    assert capsys.readouterr().err == (
        f"{path}:{line}:{column}: H101 unknown fact 'organised_crime_lnk' in rule OWN-2\n"
        f"  {written}\n"
        f"  {' ' * (column - 1)}{'^' * len('organised_crime_lnk')}\n"
        "help: Did you mean 'organised_crime_link'?\n"
    )


def test_a_rule_that_requires_a_constant_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    required = "sex = 'male' AND age_years >= 18 AND NOT is_receiving_national"
    text = changed(LEASE, required, "TRUE")
    told = checked(tmp_path, capsys, text)
    assert told == (2, [("H109", line_of(text, 'require = "TRUE"'))])


def test_a_rule_without_a_citation_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = LEASE.index("cite = [", LEASE.index("[rules.OWN-3]"))
    end = LEASE.index("]\nremedy", start)
    text = LEASE[:start] + "cite = [" + LEASE[end:]
    assert checked(tmp_path, capsys, text) == (2, [("H201", line_of(text, "[rules.OWN-3]"))])


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ('"se-gov", at = "no ext', '"se-law", at = "no ext', "H222", "[rules.OWN-3]"),
        ('source = ["SEEE_GOV"]', 'source = ["SEEE_LAW"]', "H223", "[rules.OWN-1]"),
        ("[rules.OWN-2]", "[rules.B-CIT-1]", "H220", "[rules.B-CIT-1]"),
        ('id = "X-Y"', 'id = "SE-EE"', "H221", 'id = "SE-EE"'),
        ('id = "lease"\nversion = "0.1.0"', 'id = "lease"\nversion = "0.2.0"', "H216", "[[uses]]"),
        ('id = "lease"\nversion', 'id = "hire"\nversion', "H216", "[[uses]]"),
    ],
)  # fmt: skip
def test_a_name_that_stands_for_nothing_or_is_taken_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, code: str, at: str
) -> None:
    text = changed(LEASE, old, new)
    assert checked(tmp_path, capsys, text) == (2, [(code, line_of(text, at))])


def test_a_law_file_of_ones_own_takes_no_rule_and_no_id_of_baseline_law(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = LIBRARY.laws["lease"][0].text
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    same, other = text, changed(text, 'id = "lease"', 'id = "hire"')
    lines = [("H220", line_of(other, f"[rules.{name}]")) for name in ("L-1", "L-2")]
    assert checked(tmp_path / "one", capsys, same, "laws") == (2, [("H221", 3)])
    assert checked(tmp_path / "two", capsys, other, "laws") == (2, lines)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("from_place = 501", "from_place = 401", "H701"),
        ("from_place = 501", "from_place = 511", "H702"),
        ("from_place = 1\n", "from_place = 2\n", "H702"),
    ],
)
def test_bands_of_a_tariff_that_overlap_or_leave_a_gap_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, code: str
) -> None:
    text = changed(TARIFF, old, new)
    assert checked(tmp_path, capsys, text) == (2, [(code, line_of(text, "[[fees.items.tiers]]"))])


SHAPES = [
    ('version = "0.1.0"', 'version = "0.1.0"\nsecret = 1', "secret"),
    ('code = "EE"', 'code = "EE"\nrool = "receiving"', "rool"),
    ('code = "EE"\nrole = "receiving"', 'code = "EE"\nrole = "holding"', 'role = "holding"'),
    ("[rules.OWN-2]", '[rules.OWN-2]\nreqire = "convicted"', "reqire"),
    ('standing = "signed"', 'standing = "good"', "standing ="),
    ('pathways = ["lease"]', 'pathways = ["rent"]', "pathways ="),
    ("from = 2025-06-18", "from = 2025", "from ="),
    ("notice_hours = 72", 'notice_hours = "72"', "notice_hours ="),
    ('zone = "Europe/Tallinn"\n', "", "[calendar]"),
    ('kind = "minimum_guarantee"', 'kind = "rent"', 'kind = "rent"'),
    ('kind = "agreement"', 'kind = "law"', 'kind = "law"'),
    ("habeas-agreement/1", "habeas-agreement/2", "format ="),
]


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize(("old", "new", "at"), SHAPES, ids=[shape[2] for shape in SHAPES])
def test_a_key_or_value_that_the_format_refuses_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, at: str
) -> None:
    text = changed(LEASE, old, new)
    assert checked(tmp_path, capsys, text) == (2, [("H214", line_of(text, at))])


def test_every_key_and_value_that_the_format_refuses_is_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, places = LEASE, []
    for old, new, at in SHAPES:
        if at != "rool":  # its place is taken by the role that is none
            text = changed(text, old, new)
            places.append(at)
    told = [("H214", line) for line in sorted(line_of(text, at) for at in places)]
    assert checked(tmp_path, capsys, text) == (2, told)


def test_each_key_that_a_table_lacks_and_each_entry_of_a_list_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cite = "cite = [{instrument = 'x', at = 1, checked = 'text'}, {instrument = 2, at = 'y'}, 'z']"
    text = changed(LEASE, "[rules.OWN-2]", f"[rules.OWN-0]\n{cite}\n\n[rules.OWN-2]")
    path = tmp_path / "agreements" / "x.toml"
    path.parent.mkdir()
    path.write_text(text)
    assert run(["law", "check", "--library", str(tmp_path)]) == 2
    err = capsys.readouterr().err
    told = re.findall(r"H214 (.+?)\. Correct", err)
    assert sorted(told) == sorted(
        [
            "Expected `str`, got `int` at rules.OWN-0.cite.0.at",
            "Expected `str`, got `int` at rules.OWN-0.cite.1.instrument",
            "Table missing required field `checked` at rules.OWN-0.cite.1",
            "Expected `table`, got `str` at rules.OWN-0.cite.2",
            "Table missing required field `text` at rules.OWN-0",
            "Table missing required field `require` at rules.OWN-0",
        ]
    )


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("notice_hours = 72", "notice_hours = ", "notice_hours ="),
        ("notice_hours = 72", "notice_hours = 72\nnotice_hours = 24", "notice_hours = 24"),
        ("[workflow]", "[workflow", "[workflow"),
        ("[meta]", 'open = "\n[meta]', 'open = "'),
    ],
)  # fmt: skip
def test_a_file_that_is_not_toml_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, at: str
) -> None:
    text = changed(LEASE, old, new)
    assert checked(tmp_path, capsys, text) == (2, [("H213", line_of(text, at))])


def test_a_file_that_is_not_utf8_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = LEASE.encode() + b"# \xff\n"
    assert checked(tmp_path, capsys, data) == (2, [("H213", LEASE.count("\n") + 1)])


def test_all_faults_of_the_rules_of_a_file_come_in_one_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = changed(LEASE, "age_years >= 18", "age_years >= 17.5")
    text = changed(text, "NOT organised_crime_link", "NOT organised_crime_lnk")
    text = changed(
        text, "AND NOT severe_mental", "AND severe_mental_illness IS NULL AND severe_mental"
    )
    text = changed(
        text, 'instrument = "se-gov", at = "no ext', 'instrument = "se-law", at = "no ext'
    )
    text = changed(text, 'id = "lease"\nversion = "0.1.0"', 'id = "lease"\nversion = "0.2.0"')
    status, told = checked(tmp_path, capsys, text)
    assert status == 2
    assert sorted(told) == [
        ("H101", line_of(text, "organised_crime_lnk")),
        ("H107", line_of(text, "17.5")),
        ("H110", line_of(text, "IS NULL")),
        ("H216", line_of(text, "[[uses]]")),
        ("H222", line_of(text, "[rules.OWN-3]")),
    ]


def test_a_folder_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["law", "check", "--library", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.startswith(f"H902 no folder '{tmp_path / 'none'}'. ")
