"""A night that was stopped between its event and its publication, and what lies beside it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from secrets import token_bytes

import pytest

from habeas.adapters import roll_files
from habeas.adapters.key_store import SqliteKeys
from habeas.errors import RegisterError
from habeas.register.events import Body, Event
from habeas.service import night, tokens, transfer
from habeas.service.night import Works
from habeas.service.nightly import RollTerms, Source
from habeas.terms import EventKind, Role, Side
from public_rolls import AT, DAY, Office, key, trusted

NOBODY = Source([], {}, {})
ONE, TWO = "p_" + "1" * 26, "p_" + "2" * 26


class StoppedError(RuntimeError):
    pass


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    """The night of a register of nobody, published by its own log key alone."""
    office = Office(tmp_path)

    def new_id(at: datetime) -> str:
        return transfer.ulid(at, token_bytes(10))

    with closing(SqliteKeys(tmp_path / "keys.sqlite3", token_bytes, create=True)) as keys:
        yield Works(
            office.log,
            trusted(),
            office.log.publish,
            keys,
            night.Signatory("A", Role.REGISTRAR, key("officer"), "T", new_id, token_bytes),
            {},
            RollTerms(Side.RECEIVING, "A-COURT", 30, 24, "D-2"),
            partial(roll_files.read, tmp_path),
            partial(roll_files.create, tmp_path),
        )
        office.store.close()


def test_a_night_that_stopped_before_its_event_was_published_goes_on(works: Works) -> None:
    def stop(_: datetime) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        night.run(replace(works, publish=stop), NOBODY, (DAY, 1), AT)
    size = works.log.size
    found = night.run(works, NOBODY, (DAY, 1), AT)
    assert (found.verdict.index, works.log.size) == (size - 1, size)


def test_a_damaged_header_of_the_day_before_is_told(works: Works) -> None:
    night.run(works, NOBODY, (DAY, 1), AT)
    header = works.read(f"{DAY.isoformat()}.1.json")
    assert header is not None
    bad = replace(works, read=lambda name: b"\xff" if name.endswith("json") else works.read(name))
    with pytest.raises(RegisterError) as caught:
        night.before(bad, DAY + timedelta(days=1))
    assert caught.value.code == "H583"
    assert night.before(works, date.min) is None


def _about(subject: str, kind: EventKind, inner: Body) -> Event:
    none = (None, None, None, None)
    return Event("", kind.value, "T", subject, *none, AT, "observed", (), inner, None)


def test_a_token_whose_issue_was_never_recorded_opens_no_row(works: Works) -> None:
    _, inner = tokens.issue(works.secrets, ONE, "family", token_bytes)
    for event in (_about(ONE, EventKind.COUNTED, {}), _about(TWO, EventKind.TOKEN_ISSUED, inner)):
        found = tokens.holdings(works.secrets, [event], token_bytes)
        assert [one.tokens for one in found.values()] == [()]
    recorded = [_about(ONE, EventKind.TOKEN_ISSUED, inner)]
    revoked = {"token": inner["token"], "reason": "lost"}
    for more, at in (([], None), ([TWO], None), ([ONE], AT)):
        ended = [_about(one, EventKind.TOKEN_REVOKED, revoked) for one in more]
        found = tokens.holdings(works.secrets, recorded + ended, token_bytes)
        assert [one.revoked_at for one in found[ONE].tokens] == [at]
