"""A schema of one's own names what a table holds, and opens nothing that is never read."""

from pathlib import Path

import pytest

from habeas.cli.main import run


def table(folder: Path, schema: str, text: str) -> int:
    (folder / "s.toml").write_text(schema)
    (folder / "t.csv").write_text(text)
    return run(["custody", "table", str(folder / "t.csv"), "--schema", str(folder / "s.toml")])


@pytest.mark.parametrize("header", ["[1, 1]", "[1, 2]"])
@pytest.mark.parametrize(
    "source", ["source = 1", "source = [0, 1]", "source = 0\nunit_at = 1", 'source = "year born"']
)
def test_a_denied_column_is_not_read_by_its_position(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], header: str, source: str
) -> None:
    schema = f'name = "x"\npublisher = "y"\nheader = {header}\n[[columns]]\nname = "a"\n{source}\n'
    two = "custody,birth year\n" if header == "[1, 2]" else ""
    head = "id,year born" if two else "id,birth year"
    status = table(tmp_path, schema, f"{two}{head}\n1,QX1981\n")
    printed = capsys.readouterr()
    wanted = "H474" if source.endswith('born"') and not two else "H460"
    assert (status, wanted in printed.err, "QX" in printed.out) == (2, True, False)


@pytest.mark.parametrize("word", ["person", "Persons", "people"])
def test_another_word_for_persons_does_not_open_denied_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    schema = f'name = "x"\npublisher = "y"\nrows_are = "{word}"\n'
    schema += '[[columns]]\nname = "birth_year"\nsource = "birth_year"\n'
    assert table(tmp_path, schema, "birth_year\nQX1981\n") == 2
    assert "H460" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["line", "a__is"])
def test_a_schema_cannot_name_a_column_that_the_output_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    schema = f'name = "x"\npublisher = "y"\n[[columns]]\nname = "{name}"\nsource = 0\n'
    assert table(tmp_path, schema, "a\n1\n") == 2
    assert "H460" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["a\n", "a\n\n\n", "a\nonly a note\n", "a\n1,2\n"])
def test_a_table_without_a_row_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    schema = 'name = "x"\npublisher = "y"\nreport = true\n[[columns]]\nname = "b"\nsource = 0\n'
    assert table(tmp_path, schema, text) == 2
    assert "H410" in capsys.readouterr().err


def test_a_unit_before_the_first_column_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = 'name = "x"\npublisher = "y"\n[[columns]]\nname = "b"\nsource = 0\nunit_at = -9\n'
    assert table(tmp_path, schema, "a\n1\n") == 2
    assert "H474" in capsys.readouterr().err
