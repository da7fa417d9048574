"""What sentence events say: what cannot be read is refused with its code and place."""

import pytest

from habeas.register.events import Json
from habeas.terms import EventKind
from sentence_cases import RECEIVING, Told, at, codes, ends, read, say

YEAR: Json = {"years": 1}


# Forbidden first: what is derived is never typed in


@pytest.mark.parametrize("name", ["overstay", "days_held_past", "past_release", "held_past"])
def test_a_typed_in_overstay_is_not_read_and_that_is_told(held: Told, name: str) -> None:
    say(held, "2027-03-01", release_date="2030-05-01", **{name: 12})
    found = read(held)
    assert [
        (one.fault.code, f"'{name}' is no field" in one.fault.what) for one in found.ignored
    ] == [("H745", True)]
    assert (ends(held)[2], found.refused) == ("2030-05-01", ())


def test_a_refusal_names_its_place_and_repeats_nothing_that_was_typed(held: Told) -> None:
    event = say(held, "2027-03-01", begins="secret", length=YEAR)
    fault = read(held).refused[0].fault
    assert (fault.where, "secret" in fault.sentence()) == (f"index {event.index}", False)


@pytest.mark.parametrize(("by", "kind"), [("", "conversion"), (RECEIVING, "vacated")])
def test_an_act_of_the_other_state_is_refused(held: Told, by: str, kind: str) -> None:
    say(held, "2027-03-01", by, kind, release_date="2030-05-01")
    assert codes(held) == ["H747"]


def test_the_receiving_state_may_pardon_and_only_on_its_own_clock(held: Told) -> None:
    say(held, "2027-03-01", release_date="2030-05-01")
    say(held, "2027-04-01", RECEIVING, "pardoned")
    assert ends(held) == ("2030-05-01", "2027-04-01", "2027-04-01")


# R20: what a published file of real records held


@pytest.mark.parametrize(
    "day", ["31/12/30", "30-12-31", "0030-12-31", "2030-02-30", "NONE", "LIFE", "", 20301231, True]
)
def test_r20_a_day_without_all_four_digits_or_that_is_none_is_refused(
    held: Told, day: Json
) -> None:
    say(held, "2027-03-01", ends=day, begins="2027-01-01")
    say(held, "2027-03-02", begins=day, length=YEAR)
    assert (codes(held), ends(held)[0]) == (["H741", "H741"], "not recorded")


@pytest.mark.parametrize(
    "day",
    ["27-11-02T16:00:00+02:00", "2027-11-02T16:00:00", "2027-11-02 16:00", "9999-12-31T23:59:59Z"],
)
def test_r20_a_release_date_that_is_no_instant_is_refused(held: Told, day: str) -> None:
    say(held, "2027-03-01", release_date=day)
    assert codes(held) == ["H741"]


@pytest.mark.parametrize(
    "length",
    ["3.84", "36", 36, {"months": "3.84"}, {"months": -1}, {"month": 1}, {"years": True}, {},
     {"years": 0}, {"years": 1, "note": "x"}, {"years": 70_000}, [3], {"days": 146_001}],
)  # fmt: skip
def test_r20_a_length_without_whole_units_is_refused(held: Told, length: Json) -> None:
    say(held, "2027-03-01", begins="2027-01-01", length=length)
    assert codes(held) == ["H742"]


@pytest.mark.parametrize("days", ["3", "3.84", 0, -3, True, 73_001])
def test_r20_days_that_are_no_whole_number_are_refused(held: Told, days: Json) -> None:
    say(held, "2027-03-01", "", "remission", days=days)
    assert codes(held) == ["H742"]


@pytest.mark.parametrize(
    "body",
    [
        {"begins": "2027-01-02", "ends": "2027-01-01"},
        {"begins": "2027-01-02", "release_date": "2026-12-31"},
        {"kind": "credit", "from": "2026-01-02", "to": "2026-01-02"},
        {"kind": "credit", "from": "2026-01-02", "to": "2026-01-01"},
    ],
)
def test_r20_an_end_before_its_start_is_refused(held: Told, body: dict[str, Json]) -> None:
    kind = str(body.pop("kind", "imposed"))
    say(held, "2027-03-01", "", kind, **body)
    assert codes(held) == ["H743"]


@pytest.mark.parametrize(
    ("minimum", "most"),
    [({"months": 13}, {"length": YEAR}), ({"days": 366}, {"length": YEAR}),
     ({"years": 2}, {"ends": "2028-12-31"})],
)  # fmt: skip
def test_r20_a_minimum_above_the_maximum_is_refused(
    held: Told, minimum: Json, most: dict[str, Json]
) -> None:
    say(held, "2027-03-01", begins="2027-01-02", minimum=minimum, **most)
    assert (codes(held), ends(held)[0]) == (["H744"], "not recorded")


def test_r20_good_records_go_on_beside_refused_ones(held: Told) -> None:
    say(held, "2027-03-01", begins="2027-01-02", length="3.84")
    say(held, "2027-03-02", begins="2027-01-02", length={"years": 3})
    say(held, "2027-03-03", "", "remission", days="ten")
    say(held, "2027-03-04", "", "remission", days=10)
    assert (codes(held), ends(held)[0]) == (["H742", "H742"], "2029-12-22")


def test_r20_an_end_is_a_typed_value(held: Told) -> None:
    found = []
    for day, word in enumerate(("life", "indeterminate", "unknown", "2030-01-01"), 1):
        say(held, f"2027-03-0{day}", ends=word)
        found.append(ends(held)[0])
    assert found == ["life", "indeterminate", "unknown", "2030-01-01"]


def test_both_unknowns_are_kept_apart(held: Told) -> None:
    nothing = ends(held)[0]
    say(held, "2027-03-01", begins="2027-01-01")
    silent = ends(held)[0]
    say(held, "2027-03-02", release_date="unknown")
    assert (nothing, silent, ends(held)[0]) == ("not recorded", "not recorded", "unknown")


# Forms


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "paroled"},
        {"kind": "remission"},
        {"kind": "credit", "from": "2026-01-02"},
        {"kind": "commuted"},
        {"kind": "computed_date"},
        {"kind": "computed_date", "release_date": "2030-01-01", "status": "perhaps"},
        {"kind": "computed_date", "release_date": "2030-01-01", "status": ["confirmed"]},
        {"kind": {"imposed": 1}},
        {"length": {"years": 1}},
        {"begins": "2027-01-01", "length": {"years": 1}, "ends": "2028-01-01"},
        {"begins": "2027-01-01", "length": {"years": 1}, "consecutive_to": "1"},
        {"consecutive_to": "1", "concurrent_with": "1", "length": {"years": 1}},
        {"sentence": "", "begins": "2027-01-01"},
        {"sentence": 4, "begins": "2027-01-01"},
    ],
)
def test_a_form_that_is_none_is_refused(held: Told, body: dict[str, Json]) -> None:
    fields = {"kind": "imposed", **body}
    held.add(held.event(EventKind.SENTENCE_CHANGED, at=at("2027-03-01"), **fields))
    assert codes(held) == ["H745"]


def test_what_a_kind_does_not_have_is_not_even_read(held: Told) -> None:
    say(held, "2027-03-01", release_date="2030-05-01", days="many", status=3)
    assert (codes(held), len(read(held).ignored)) == ([], 2)


def test_a_correction_takes_the_place_of_the_record(held: Told) -> None:
    target = say(held, "2027-03-01", begins="2027-01-02", length="3.84")
    event = held.event(
        EventKind.CORRECTION,
        "A-COURT:court",
        at=target.occurred_at,
        reason="units",
        body={"kind": "imposed", "begins": "2027-01-02", "length": {"years": 3}},
    )
    object.__setattr__(event, "corrects", target.id)
    held.events.append(event)
    assert (codes(held), ends(held)[0]) == ([], "2030-01-01")
