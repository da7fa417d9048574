"""When nothing can be recorded nothing is shown, and whoever was erased was never there."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from secrets import token_bytes

import pytest
from django.urls import reverse

import desks
from desks import Desk
from habeas.adapters import key_files, register_files
from habeas.register import events, signing
from habeas.register.events import Body, Json
from habeas.register.log import Signed
from habeas.register.signing import Signer
from habeas.service import erase, record, transfer
from habeas.service.erase import Hand, Rules
from habeas.terms import Office
from habeas.transfer.state import Terms
from habeas.web import wiring
from habeas.web.clock import now
from habeas.web.readmodels import rebuild
from habeas.web.readmodels.models import Person

OFFICER = ("US-DOJ-OIA", Office.SENDING_OFFICER)
PAGES = (
    "person",
    "person_timeline",
    "person_duties",
    "person_sentence",
    "person_documents",
    "person_record",
)
LISTS = ("transfers", "board", "duties", "duty_calendar")
PARTIES = ("US-BOP", "SV-DGCP")  # who ask and review here as data protection authorities


@pytest.fixture
def closed(both: dict[str, Path], made: Path) -> Iterator[Desk]:
    """The pages of an installation whose gateway does not run."""
    with desks.open_over(both["US"], made, serve=False) as found:
        yield found


def test_a_read_that_cannot_be_recorded_shows_nothing(
    closed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "WAIT_S", 0.1)
    one, client = Person.objects.filter(custodian="receiving")[0], closed.client(*OFFICER)
    addresses = [reverse(name, args=[one.subject]) for name in PAGES]
    addresses += [reverse("board"), reverse("manifest", args=[one.manifest])]
    addresses += [f"{reverse('search')}?q={one.subject}"]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 503, address
        text = answer.content.decode()
        assert one.facility not in text
        assert "H910" in text


def _signer(folder: Path, name: str) -> Signer:
    return key_files.read(folder / "officers" / f"{name}.key")[1]


def _erased(both: dict[str, Path], log: record.Log, subject: str) -> Signed:
    """An erasure of a person's whole content, signed by one authority of each state."""
    signers = [_signer(both["US"], f"{PARTIES[0]}.0"), _signer(both["SV"], f"{PARTIES[1]}.0")]
    ids = [signing.keyid8(one.public()).hex() for one in signers]
    body: Body = {
        "v": 1,
        "id": transfer.ulid(now(), token_bytes(10)),
        "type": "erased",
        "agreement": "OAS-A57",
        "occurred_at": now().isoformat(),
        "time_basis": "observed",
        "actors": [
            {"authority": name, "role": "data_protection", "key": key}
            for name, key in zip(PARTIES, ids, strict=True)
        ],
        "body": {
            "ground": "a law on data protection",
            "what": "content",
            "indexes": list[Json]([one.index for one in log.store.of_person(subject)]),
            "requested_by": ids[0],
            "reviewed_by": ids[1],
        },
    }
    data = events.canonical(body)
    return Signed(data, signing.sigblock(data, signers), token_bytes(32))


def _erase(folder: Path, both: dict[str, Path], subject: str) -> None:
    """Erase as the command does; the parties' role and the retention alone are this test's."""
    register, held = folder / "register.sqlite3", wiring.ground().terms
    roles = {name: held.roles[name] | {"data_protection"} for name in PARTIES}
    terms = Terms(
        held.sides,
        {**held.roles, **roles},
        held.consent_required,
        held.consent_binds_at_verification,
        held.notice,
        held.release_in_receiving_state,
    )
    with register_files.opened(register) as files:
        signer = key_files.read(folder / "log.key")[1]
        log = record.open_log(files.store, files.vault, files.trust(), signer)
        hand = Hand("US-BOP", _signer(both["US"], "US-BOP.1"), token_bytes)
        rules = Rules("OAS-A57", terms, timedelta(0))
        at = now().astimezone(UTC)
        done = erase.execute(log, files.keys, [_erased(both, log, subject)], rules, hand, at)
    assert [one.finished for one in done] == [True]


def test_whoever_was_erased_looks_like_nobody(both: dict[str, Path], closed: Desk) -> None:
    gone = Person.objects.filter(custody="released").order_by("subject")[0]
    subject, manifest = gone.subject, gone.manifest
    _erase(closed.folder, both, subject)
    with desks.gateway(closed.folder, closed.found):
        client = closed.client(*OFFICER)
        before = client.get(reverse("person", args=[subject]))  # the tables lag behind
        assert before.status_code == 404
        rebuild.follow()
        _shows_nothing_of(closed, subject, manifest)


def _shows_nothing_of(desk: Desk, subject: str, manifest: str) -> None:
    client, nobody = desk.client(*OFFICER), "p_" + "0" * 26
    for name in (*PAGES, "person_reads"):
        for who in (client, desk.client("US-AUDIT", Office.AUDITOR)):
            there, not_there = (who.get(reverse(name, args=[one])) for one in (subject, nobody))
            assert there.status_code == 404
            assert desks.plain(there).replace(subject, nobody) == desks.plain(not_there), name
    found = client.get(f"{reverse('search')}?q={subject}").content.decode()
    assert "Nothing was found that you may see." in found
    pages = [reverse("transfers"), reverse("board"), reverse("manifest", args=[manifest])]
    for address in pages:
        assert subject not in client.get(address).content.decode()
