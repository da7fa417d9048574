"""The demonstration's two installations: whenever somebody asks for them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from habeas.cli import installations

DAY = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize("minutes", [5, 16 * 60 + 5])
def test_they_are_made_at_any_hour(minutes: int, tmp_path: Path) -> None:
    # Somebody's way home of the day before is not over in the first hour of this one.
    now = DAY + timedelta(minutes=minutes)
    assert len(installations.make(tmp_path / "both", "OAS-A57", now, 7)) == 2
