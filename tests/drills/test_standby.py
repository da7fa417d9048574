"""The page of PostgreSQL is run as it stands; a lost primary loses nothing and signs nothing."""

from pathlib import Path

import pytest

from drills import standby

pytestmark = pytest.mark.postgres


def test_every_command_of_the_page_works_and_the_old_primary_is_refused(
    postgres_programs: Path,
) -> None:
    assert postgres_programs.is_dir()
    found = standby.run(3, "postgres")
    assert found.broken == ()
    assert found.figures["events acknowledged"] == (1 + 3 + 1 + 1) * standby.BATCH


def test_no_command_of_the_page_is_left_out() -> None:
    assert len(standby.blocks()) == standby.PAGE.read_text().count("```sh")
    assert {who for who, _ in standby.blocks()} == {
        "the administrator",
        "the register's owner",
        "the database's account",
        "an auditor",
        "the keeper of copies",
    }
