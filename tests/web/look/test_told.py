import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from habeas.web import told

ROOT = Path(__file__).parents[3]
AT = datetime(2026, 11, 14, 15, 2, tzinfo=UTC)
PROGRAM = """
import sys, django
from datetime import datetime, timedelta, timezone
django.setup()
from django.template import engines
from django.utils.translation import override
page = engines["django"].from_string(
    "{% load habeas %}{{ at|instant }}\\n{{ at|local_instant:'America/El_Salvador' }}"
)
at = datetime(2026, 11, 14, 10, 2, tzinfo=timezone(timedelta(hours=-5)))
for language in ("en", "es"):
    with override(language):
        print(page.render({"at": at}))
"""
DAYS = ("14 November 2026", "14 de noviembre de 2026")


def test_an_instant_is_the_same_under_any_clock_of_the_server() -> None:
    found = {_printed(zone) for zone in ("UTC", "America/Chicago", "Asia/Tokyo")}
    assert found == {
        "".join(
            f"""<time datetime="2026-11-14T15:02:00+00:00">{day}, 15:02 +00:00 (UTC)</time>
<time datetime="2026-11-14T09:02:00-06:00">{day}, 09:02 -06:00 (America/El_Salvador)</time>
"""
            for day in DAYS
        )
    }


def _printed(zone: str) -> str:
    paths = os.pathsep.join(str(ROOT / name) for name in ("src", ".", "tests"))
    stated = {"TZ": zone, "DJANGO_SETTINGS_MODULE": "habeas.web.settings", "PYTHONPATH": paths}
    return subprocess.run(  # noqa: S603  # our own interpreter, no shell
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **stated},
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout


def test_an_instant_without_an_offset_is_refused() -> None:
    for write in (told.instant, lambda at: told.local_instant(at, "America/New_York")):
        with pytest.raises(ValueError, match="without an offset"):
            write(datetime(2026, 11, 14, 15, 2))  # noqa: DTZ001 - that is the fault


def test_an_instant_is_never_shown_as_a_civil_day() -> None:
    with pytest.raises(TypeError, match="name the zone"):
        told.day(AT)


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        told.local_instant(AT, "America/Nowhere")


def test_both_sides_of_a_clock_change_are_told_apart() -> None:
    first, again = (datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (5, 6))
    said = [told.local_instant(at, "America/New_York") for at in (first, again)]
    assert "01:30 -04:00 (America/New_York)" in said[0]
    assert "01:30 -05:00 (America/New_York)" in said[1]


def test_an_offset_of_part_of_an_hour_is_told_in_full() -> None:
    assert "20:47 +05:45 (Asia/Kathmandu)" in told.local_instant(AT, "Asia/Kathmandu")
    assert "11:32 -03:30 (America/St_Johns)" in told.local_instant(AT, "America/St_Johns")


@given(st.datetimes(), st.integers(-14 * 60, 14 * 60))
def test_the_machine_s_form_is_the_very_instant(at: datetime, minutes: int) -> None:
    try:
        known = at.replace(tzinfo=timezone(timedelta(minutes=minutes)), microsecond=0)
        said = told.instant(known)
    except OverflowError:
        return
    assert datetime.fromisoformat(said.split('"')[1]) == known


def test_what_nobody_recorded_is_said() -> None:
    said = [
        told.instant(None),
        told.local_instant(None, "UTC"),
        told.day(None),
        told.money(None, "USD"),
        told.number(None),
        told.m2(None),
    ]
    assert set(said) == {'<span class="hab-unrecorded">not recorded</span>'}


@pytest.mark.parametrize("language", ["en", "es"])
def test_figures_have_the_same_marks_in_both_languages(language: str) -> None:
    with override(language):
        assert told.money(255_000_000, "USD") == "USD\N{NO-BREAK SPACE}2,550,000.00"
        assert told.money(-5, "USD") == "USD\N{NO-BREAK SPACE}-0.05"
        assert told.money(1_500, "JPY", 0) == "JPY\N{NO-BREAK SPACE}1,500"
        assert told.number("1234567.50") == "1,234,567.50"
        assert told.m2(34_200) == "3.42\N{NO-BREAK SPACE}m²"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "3 February 1990"), ("es", "3 de febrero de 1990")]
)
def test_a_civil_day_has_no_time(language: str, words: str) -> None:
    with override(language):
        assert told.day(date(1990, 2, 3)) == f'<time datetime="1990-02-03">{words}</time>'
