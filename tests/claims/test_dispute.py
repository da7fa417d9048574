"""Who may move a line, and that the file of moves can be neither altered nor lengthened wrongly."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.claims import dispute_log
from habeas.claims.dispute import OPENING, TABLE, Move, State, Subject, fold
from habeas.errors import DisputeRefused, FeeError
from habeas.service import disputes
from habeas.terms import Side

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ABOUT = Subject(24, 111_000, 0, "not explained", "after the last day of the register")
SENDING, RECEIVING = Side.SENDING, Side.RECEIVING


def opening(state: State = State.UNEXPLAINED, line: str = "L000001") -> Move:
    return Move(line, None, state, SENDING, "T-1", AT, "claim of February", ABOUT)


def move(before: State, to: State, by: Side, hours: int = 1, line: str = "L000001") -> Move:
    return Move(line, before, to, by, "T-1", AT + timedelta(hours=hours), "said so")


WAY = {  # how a line comes to each state, disputed by the receiving state
    State.MATCHED: [opening(State.MATCHED)],
    State.EXPLAINED: [opening(State.EXPLAINED)],
    State.UNEXPLAINED: [opening()],
    State.DISPUTED: [opening(), move(State.UNEXPLAINED, State.DISPUTED, RECEIVING)],
    State.CONCEDED: [
        opening(),
        move(State.UNEXPLAINED, State.DISPUTED, RECEIVING),
        move(State.DISPUTED, State.CONCEDED, SENDING, 2),
    ],
    State.WITHDRAWN: [
        opening(),
        move(State.UNEXPLAINED, State.DISPUTED, RECEIVING),
        move(State.DISPUTED, State.WITHDRAWN, RECEIVING, 2),
    ],
    State.SETTLED: [opening(State.MATCHED), move(State.MATCHED, State.SETTLED, SENDING)],
}
ALLOWED = {
    *product([State.MATCHED, State.EXPLAINED, State.UNEXPLAINED], [State.DISPUTED], Side),
    *product([State.UNEXPLAINED], [State.EXPLAINED], Side),
    *product([State.EXPLAINED, State.UNEXPLAINED], [State.CONCEDED], Side),
    (State.DISPUTED, State.CONCEDED, SENDING),
    (State.DISPUTED, State.WITHDRAWN, RECEIVING),
    *product([State.MATCHED, State.CONCEDED, State.WITHDRAWN], [State.SETTLED], [SENDING]),
}


@pytest.mark.parametrize(("before", "to", "by"), list(product(State, State, Side)))
def test_every_move_that_the_table_does_not_name_is_refused(
    before: State, to: State, by: Side
) -> None:
    way = [*WAY[before], move(before, to, by, 9)]
    if (before, to, by) in ALLOWED:
        assert fold(way)["L000001"].state is to
        return
    with pytest.raises(DisputeRefused, match="H758") as caught:
        fold(way)
    assert caught.value.status == 3


def test_the_table_has_no_way_out_of_settled_and_none_back() -> None:
    assert not [
        pair for pair in TABLE if pair[0] is State.SETTLED or pair[1] in OPENING - {State.EXPLAINED}
    ]


def test_what_is_not_disputed_may_be_paid_and_the_rest_waits() -> None:
    found = {state: fold(way)["L000001"].payable_minor() for state, way in WAY.items()}
    assert found == {
        State.MATCHED: 0,  # the register's figure
        State.EXPLAINED: None,
        State.UNEXPLAINED: None,
        State.DISPUTED: None,
        State.CONCEDED: 111_000,  # by the sending state: the claim's figure
        State.WITHDRAWN: 0,  # by the receiving state: the register's figure
        State.SETTLED: None,
    }


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ([opening(), opening()], "H759"),
        ([move(State.MATCHED, State.DISPUTED, SENDING)], "H759"),
        ([opening(State.SETTLED)], "H758"),
        ([replace(opening(), subject=None)], "H758"),
        ([opening(), move(State.MATCHED, State.DISPUTED, SENDING)], "H758"),
        ([opening(), move(State.UNEXPLAINED, State.DISPUTED, SENDING, -1)], "H758"),
        ([opening(), replace(move(State.UNEXPLAINED, State.DISPUTED, SENDING), why=" ")], "H758"),
        (
            [opening(), replace(move(State.UNEXPLAINED, State.DISPUTED, SENDING), officer="")],
            "H758",
        ),
    ],
)
def test_moves_out_of_order_or_without_who_and_why_are_refused(
    wrong: list[Move], code: str
) -> None:
    with pytest.raises(DisputeRefused, match=code):
        fold(wrong)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    moves = []
    for number in range(draw(st.integers(1, 4))):
        name = f"L{number:06d}"
        way = WAY[draw(st.sampled_from(list(State)))]
        moves += [
            replace(one, line=name, why=draw(st.text(min_size=1, max_size=9).filter(str.strip)))
            for one in way
        ]
    try:
        return dispute_log.lines(moves, dispute_log.ROOT)
    except UnicodeEncodeError:
        return dispute_log.lines([opening()], dispute_log.ROOT)


@given(files())
def test_a_file_reads_back_as_what_was_said(data: bytes) -> None:
    log = dispute_log.read(data)
    assert dispute_log.lines(log.moves, dispute_log.ROOT) == data
    assert set(fold(log.moves)) == {one.line for one in log.moves}


@given(files(), st.data())
def test_no_byte_can_be_altered_and_no_line_left_out_or_put_elsewhere(
    data: bytes, choice: st.DataObject
) -> None:
    place = choice.draw(st.integers(0, len(data) - 1))
    other = choice.draw(st.integers(1, 255))
    altered = data[:place] + bytes([data[place] ^ other]) + data[place + 1 :]
    whole = data.splitlines(keepends=True)
    head = dispute_log.read(data).head
    if place < len(data) - len(whole[-1]):
        with pytest.raises(FeeError, match="H757"):
            dispute_log.read(altered)
    else:  # what nothing follows yet may change, and then the head is another
        try:
            assert dispute_log.read(altered).head != head
        except FeeError:
            return
    for number in range(len(whole) - 1):
        with pytest.raises(FeeError, match="does not follow"):
            dispute_log.read(b"".join(whole[:number] + whole[number + 1 :]))


def test_a_file_that_was_cut_holds_but_not_the_head_that_somebody_saw() -> None:
    data = dispute_log.lines(WAY[State.CONCEDED], dispute_log.ROOT)
    head = dispute_log.read(data).head
    cut = b"".join(data.splitlines(keepends=True)[:-1])
    assert disputes.document(data, head)["head"] == head
    assert disputes.document(cut, None)["moves"] == 2
    with pytest.raises(FeeError, match="H757"):
        disputes.document(cut, head)
    with pytest.raises(FeeError, match="cut short"):
        dispute_log.read(data[:-1])
