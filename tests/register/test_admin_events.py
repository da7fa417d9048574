"""Administrative events: who signs them, what they carry, and how long a rotated key is good."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import EllipsisType

import pytest

from fakes import bundled, changed, opened, vault, verified
from habeas.adapters.sqlite_store import SqliteStore, bundle
from habeas.register import admin, events, signing
from habeas.register.events import ADMIN, Json, Record
from habeas.register.keys import LONGEST_OVERLAP, Keyring, Trust
from habeas.register.log import Log, Signed
from habeas.register.signing import SeedSigner
from habeas.register.verify import register
from habeas.terms import Role

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
WHOLE: dict[str, Json] = {"what": "content"}
ONE, TWO = "p_" + "1" * 26, "p_" + "2" * 26
Code = Callable[..., str]
Key = Callable[[str], SeedSigner]
Make = Callable[..., Signed]
Act = Callable[..., Signed]
Stated = dict[str, Json | EllipsisType]  # an ellipsis leaves a field out
VALUES: dict[str, Json] = {
    "authority": "A",
    "overlap": 3,
    "indexes": [3],
    "rows": 0,
    "issue": 1,
    "size": 9,
    "keys_destroyed": 1,
}
OTHERS = sorted(set(admin.FORMS) - {"key.enrolled", "key.rotated", "key.revoked"})


@pytest.fixture
def act(make: Make, key: Key) -> Act:
    """An administrative event in its form: kind, number, `authority:role` of each signature."""

    def made(
        kind: str, number: int, *by: str, body: Stated | None = None, **fields: Json
    ) -> Signed:
        form = admin.FORMS[kind]
        stated = {name: VALUES.get(name, "x") for name in form.carries} | (body or {})
        hands = [one.split(":") for one in by or (f"A:{form.role or 'registrar'}",)]
        which = "officer" if form.role else "root"
        names = tuple(f"{name} {which}" for name, _ in hands)
        actors: Json = [
            {"authority": hand[0], "role": hand[1], "key": signing.keyid8(key(name).public()).hex()}
            for hand, name in zip(hands, names, strict=True)
        ]
        kept: Json = {n: v for n, v in stated.items() if not isinstance(v, EllipsisType)}
        told: dict[str, Json] = {"actors": actors, "body": kept, "subject": None} | fields
        return make(kind, "A", number=number, keys=names, **told)

    return made


@pytest.fixture
def refused(log: Log, code: Code) -> Callable[..., str]:
    return lambda *batch: code(log.append, batch, AT)


@pytest.fixture
def rotated(make: Make, key: Key) -> Callable[..., Signed]:
    """A rotation of an authority's key to another by name."""

    def made(number: int, old: str, new: str, overlap: Json = 3, by: str = "A") -> Signed:
        body: Json = {
            "authority": by,
            "public": key(new).public().hex(),
            "replaces": key(old).public().hex(),
            "overlap": overlap,
        }
        actors: Json = [_actor(key, by, f"{by} root")]
        given = {"body": body, "actors": actors, "subject": None}
        return make("key.rotated", by, number=number, keys=(f"{by} root",), **given)

    return made


def _actor(key: Key, authority: str, name: str) -> Json:
    keyid = signing.keyid8(key(name).public()).hex()
    return {"authority": authority, "role": "custodian", "key": keyid}


@pytest.fixture
def signed_by(make: Make, key: Key) -> Callable[[str, int], Signed]:
    """A visit of A under one of its keys."""

    def made(name: str, number: int) -> Signed:
        rows: Json = [_actor(key, "A", name)]
        return make("visit.made", "A", number=number, keys=(name,), actors=rows)

    return made


def _in_place_of(record: Record, signed: Signed) -> Record:
    parts = {"body": signed.body, "sigblock": signed.sigblock, "salt": signed.salt}
    return changed(record, entry=signed.entry, **parts)


# Forms


def test_every_administrative_kind_has_a_form() -> None:
    assert set(admin.FORMS) == ADMIN


@pytest.mark.parametrize("kind", sorted(ADMIN))
def test_an_administrative_event_names_no_person(
    act: Act, refused: Callable[..., str], kind: str
) -> None:
    by = ("A:data_protection", "B:data_protection") if kind == "erased" else ()
    assert refused(act(kind, 2, *by, subject=ONE)) == "H503"
    assert refused(act(kind, 2, *by, subject=ONE, seq=0)) == "H503"
    assert refused(act(kind, 2, *by, seq=0)) == "H503"


@pytest.mark.parametrize("kind", sorted(ADMIN))
def test_an_administrative_event_lacks_nothing(
    act: Act, refused: Callable[..., str], kind: str
) -> None:
    for name in admin.FORMS[kind].carries:
        lacking: tuple[Json | EllipsisType, ...] = (..., "", [], {})
        for value in lacking:
            assert refused(act(kind, 2, body={name: value})) == "H518", (name, value)


@pytest.mark.parametrize("kind", sorted(set(OTHERS) - {"erased"}))
def test_an_administrative_event_in_its_form_is_admitted_in_the_clear(
    log: Log, store: SqliteStore, act: Act, kind: str
) -> None:
    assert log.append([act(kind, 2)], AT) == [2]
    row = list(store.rows())[2]
    assert (row.subject, row.kind) == (None, kind)
    assert vault(ONE).open(row) is not None
    assert kind.encode() in row.content


@pytest.mark.parametrize("kind", [one for one in OTHERS if admin.FORMS[one].role is None])
def test_what_the_root_key_signs_no_officer_signs(
    make: Make, refused: Callable[..., str], act: Act, kind: str
) -> None:
    good = act(kind, 2)
    body = dict(events.parse(good.body)["body"].items())  # type: ignore[union-attr]  # an object
    officer = make(kind, "A", number=2, keys=("A officer",), body=body, subject=None)
    assert refused(officer) == "H515"
    assert refused(act(kind, 2, "D:registrar")) == "H515"


@pytest.mark.parametrize("kind", [one for one in OTHERS if admin.FORMS[one].role is not None])
@pytest.mark.parametrize("role", sorted(set(Role) - {"registrar", "data_protection", "court"}))
def test_an_administrative_event_is_signed_in_its_own_role(
    act: Act, refused: Callable[..., str], kind: str, role: str
) -> None:
    assert refused(act(kind, 2, f"A:{role}")) == "H518"
    assert refused(act(kind, 2, f"A:{role}", f"B:{role}")) == "H518"
    form = admin.FORMS[kind].role
    assert refused(act(kind, 2, f"A:{form}", f"B:{role}")) == "H518"


# Erasure


@pytest.mark.parametrize(
    "by",
    [
        ("A:data_protection",),
        ("A:registrar",),
        ("A:registrar", "B:registrar"),
        ("A:data_protection", "B:registrar"),
        ("A:data_protection", "B:court"),
        ("A:court", "B:data_protection"),
        ("A:custodian", "B:custodian"),
    ],
)
def test_an_erasure_by_fewer_or_others_is_refused(
    act: Act, refused: Callable[..., str], log: Log, by: tuple[str, ...]
) -> None:
    assert refused(act("erased", 2, *by)) == "H518"
    assert log.size == 2


def test_two_keys_of_one_authority_erase_nothing(
    log: Log, act: Act, enrol: Make, make: Make, key: Key, code: Code
) -> None:
    log.append([enrol("A", 2, name="second")], AT)
    rows: Json = [
        {"authority": "A", "role": "data_protection", "key": signing.keyid8(key(n).public()).hex()}
        for n in ("A officer", "second")
    ]
    body: Json = {"ground": "x", "indexes": [1], "what": "x"}
    keys = ("A officer", "second")
    one = make("erased", "A", number=3, keys=keys, actors=rows, body=body, subject=None)
    assert code(log.append, [one], AT) == "H518"
    assert log.append([act("erased", 4, "A:data_protection", "B:data_protection")], AT) == [3]


@pytest.mark.parametrize(
    "by", [("A:data_protection", "B:data_protection"), ("A:court",), ("A:court", "B:court")]
)
def test_two_data_protection_authorities_or_a_court_order_an_erasure(
    log: Log, act: Act, by: tuple[str, ...]
) -> None:
    assert log.append([act("erased", 2, *by)], AT, publish=True) == [2]


def test_an_erasure_of_sections_excuses_no_lost_key(
    log: Log, act: Act, make: Make, trust: Trust, tmp_path: Path
) -> None:
    order = act("erased", 3, "A:court", body={"indexes": [2], "what": "sections"})
    log.append([make("visit.made", "A", number=2), order], AT, publish=True)
    report = register(bundle(tmp_path / "register.sqlite3"), trust, None, vault(ONE).open)
    assert [(one.code, one.where) for one in report.faults] == [("H594", "index 2")]


def test_what_an_erasure_names_may_stay_closed_and_the_register_holds(
    log: Log, act: Act, make: Make, trust: Trust, tmp_path: Path
) -> None:
    order = act(
        "erased", 3, "A:data_protection", "B:data_protection", body={"indexes": [2], **WHOLE}
    )
    log.append([make("visit.made", "A", number=2), order], AT, publish=True)
    report = register(bundle(tmp_path / "register.sqlite3"), trust, None, vault(ONE).open)
    assert (report.faults, report.erased, report.unopened, report.opened) == ((), 1, 0, 3)


def test_an_erasure_that_names_others_excuses_no_lost_key(
    log: Log, act: Act, make: Make, trust: Trust, tmp_path: Path
) -> None:
    order = act("erased", 3, "A:court", body={"indexes": [0, 2, 3, 99, "4", True], **WHOLE})
    log.append([make("visit.made", "B", number=9, subject=TWO), order], AT)
    log.append([make("visit.made", "A", number=2)], AT, publish=True)
    report = register(bundle(tmp_path / "register.sqlite3"), trust, None, vault(ONE).open)
    assert [(one.code, one.where) for one in report.faults] == [("H594", "index 4")]


def test_an_erasure_excuses_nothing_that_comes_after_it(
    log: Log, act: Act, make: Make, trust: Trust, tmp_path: Path
) -> None:
    order = act("erased", 3, "A:court", body={"indexes": [2, 3], **WHOLE})
    log.append([order, make("visit.made", "A", number=2)], AT, publish=True)
    report = register(bundle(tmp_path / "register.sqlite3"), trust, None, vault(ONE).open)
    assert [(one.code, one.where) for one in report.faults] == [("H594", "index 3")]


def test_the_verifier_asks_for_the_same_forms(
    log: Log, act: Act, trust: Trust, tmp_path: Path
) -> None:
    log.append([act("erased", 2, "A:court")], AT, publish=True)
    path = tmp_path / "register.sqlite3"
    good, notes = opened(path), bundle(path).checkpoints
    forged = act("erased", 2, "A:data_protection")
    row = _in_place_of(good[2], forged)
    faults = verified(bundled([*good[:2], row], notes), trust).faults
    assert ("H518", "index 2") in [(one.code, one.where) for one in faults]


# Rotation


def test_a_rotated_key_is_good_for_the_overlap_and_not_after(
    log: Log, code: Code, rotated: Act, signed_by: Act
) -> None:
    assert log.append([rotated(2, "A officer", "new", overlap=3)], AT) == [2]
    assert log.append([signed_by("A officer", n) for n in (3, 4)], AT) == [3, 4]
    assert log.append([signed_by("new", 5)], AT) == [5]
    assert code(log.append, [signed_by("A officer", 6)], AT) == "H515"
    assert log.append([signed_by("new", 6)], AT) == [6]


def test_without_an_overlap_the_old_key_ends_at_once(
    log: Log, code: Code, rotated: Act, signed_by: Act
) -> None:
    batch = [rotated(2, "A officer", "new", overlap=0), signed_by("A officer", 3)]
    assert code(log.append, batch, AT) == "H515"
    assert log.append([batch[0], signed_by("new", 3)], AT) == [2, 3]


def test_the_verifier_counts_the_overlap_as_the_log_does(
    log: Log, rotated: Act, signed_by: Act, trust: Trust, tmp_path: Path
) -> None:
    last = signed_by("A officer", 5)
    batch = [rotated(2, "A officer", "new", overlap=2), *(signed_by("new", n) for n in (3, 4))]
    log.append([*batch, signed_by("new", 5)], AT, publish=True)
    path = tmp_path / "register.sqlite3"
    good, notes = opened(path), bundle(path).checkpoints
    assert verified(path, trust).faults == ()
    late = _in_place_of(good[5], last)
    codes = [one.code for one in verified(bundled([*good[:5], late], notes), trust).faults]
    assert codes == ["H515", "H558"]


def test_a_rotated_key_can_be_revoked_within_its_overlap(
    log: Log, code: Code, rotated: Act, signed_by: Act, enrol: Make
) -> None:
    log.append([rotated(2, "A officer", "new", overlap=1000), signed_by("A officer", 3)], AT)
    assert log.append([enrol("A", 4, "key.revoked")], AT) == [4]
    assert code(log.append, [signed_by("A officer", 5)], AT) == "H515"
    assert code(log.append, [enrol("A", 5, "key.revoked")], AT) == "H516"


@pytest.mark.parametrize("overlap", [-1, LONGEST_OVERLAP + 1, 2**52, "3", True, [3]])
def test_an_overlap_is_a_number_of_leaves(
    refused: Callable[..., str], rotated: Act, overlap: Json
) -> None:
    assert refused(rotated(2, "A officer", "new", overlap=overlap)) == "H516"


def test_a_rotation_replaces_an_own_key_in_good_standing_by_a_new_one(
    log: Log, code: Code, rotated: Act, enrol: Make
) -> None:
    for old, new in (("unknown", "new"), ("B officer", "new"), ("A officer", "A officer")):
        assert code(log.append, [rotated(2, old, new)], AT) == "H516", (old, new)
    assert code(log.append, [rotated(2, "A officer", "B officer")], AT) == "H516"
    assert code(log.append, [rotated(2, "A officer", "new", by="B")], AT) == "H516"
    log.append([rotated(2, "A officer", "new", overlap=0)], AT)
    assert code(log.append, [rotated(3, "A officer", "third")], AT) == "H516"
    log.append([enrol("A", 3, "key.revoked", "new")], AT)
    assert code(log.append, [rotated(4, "new", "third")], AT) == "H516"


def test_a_key_that_was_replaced_does_not_come_back(
    log: Log, code: Code, rotated: Act, enrol: Make
) -> None:
    log.append([rotated(2, "A officer", "new", overlap=0)], AT)
    assert code(log.append, [enrol("A", 3)], AT) == "H516"
    assert code(log.append, [rotated(3, "new", "A officer")], AT) == "H516"


def test_a_reopened_log_knows_the_rotation(
    log: Log, store: SqliteStore, opened: Callable[[SqliteStore], Log], code: Code,
    rotated: Act, signed_by: Act,
) -> None:  # fmt: skip
    log.append([rotated(2, "A officer", "new", overlap=1)], AT)
    again = opened(store)
    assert again.append([signed_by("A officer", 3), signed_by("new", 4)], AT) == [3, 4]
    assert code(again.append, [signed_by("A officer", 5)], AT) == "H515"


def test_a_key_ring_of_nobody_signs_nothing(code: Code, signed_by: Act) -> None:
    event = events.event(events.parse(signed_by("A officer", 3).body))
    assert code(Keyring({}).signers, event, 3) == "H515"
