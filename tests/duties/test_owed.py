"""What arises from which event, and what answers it: no answer hides another silence."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from habeas.duties.deadline import Clocked
from habeas.duties.owed import Asked, Mark, owed
from habeas.law.cited import Due
from habeas.terms import DutyState, Side

START = datetime(2027, 1, 4, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
CLOCKS = {side: Clocked("UTC", "down") for side in (None, Side.SENDING, Side.RECEIVING)}
ANSWER = frozenset({"duty.met"})
TELL = Asked(
    "D-2",
    "",
    {"custody.died": (), "incident.reported": ("injury",)},
    ANSWER,
    Due(hours=24),
    "policy",
)


def mark(hours: float, index: int, kind: str, **said: object) -> Mark:
    told = {"subject": "p_1", "event": f"e{index}", "duty": "D-2"} | said
    return Mark(START + hours * HOUR, index, kind, **told)  # type: ignore[arg-type]


def states(
    marks: list[Mark], hours: float, asked: Asked = TELL, side: Side | None = None
) -> list[str]:
    holders = {one.event: side for one in marks}
    found = owed([asked], marks, holders, CLOCKS)
    return [one.state(START + hours * HOUR).value for one in found]


def test_a_duty_is_due_until_its_last_second_and_overdue_after_it() -> None:
    died = [mark(0, 0, "custody.died")]
    assert [states(died, hours) for hours in (0, 24, 24.001)] == [
        ["running"],
        ["running"],
        ["overdue"],
    ]


def test_an_answer_after_the_last_second_is_met_late_for_ever() -> None:
    told = [mark(0, 0, "custody.died"), mark(25, 1, "duty.met")]
    assert [states(told, hours) for hours in (24, 24.5, 25, 9999)] == [
        ["running"], ["overdue"], ["met late"], ["met late"],
    ]  # fmt: skip


def test_one_answer_never_answers_two_duties() -> None:
    two = [mark(0, 0, "custody.died"), mark(1, 1, "custody.died"), mark(2, 2, "duty.met")]
    assert states(two, 48) == ["met", "overdue"]


def test_an_answer_that_names_its_event_answers_that_alone() -> None:
    two = [
        mark(0, 0, "custody.died"),
        mark(1, 1, "custody.died"),
        mark(2, 2, "duty.met", answers="e1"),
    ]
    assert states(two, 48) == ["overdue", "met"]


def test_what_was_written_before_the_event_answers_nothing() -> None:
    assert states([mark(-1, 0, "duty.met"), mark(0, 1, "custody.died")], 48) == ["overdue"]


def test_the_other_state_another_duty_and_another_step_answer_nothing() -> None:
    for other in ({"by": Side.SENDING}, {"duty": "D-1"}, {"step": "report"}, {"subject": "p_2"}):
        said = {"by": Side.RECEIVING} | other
        told = [mark(0, 0, "custody.died"), mark(1, 1, "duty.met", **said)]
        assert states(told, 48, side=Side.RECEIVING) == ["overdue"], other


def test_a_report_of_something_else_opens_nothing_and_one_that_does_not_say_opens_it() -> None:
    abouts = {
        about: states([mark(0, 0, "incident.reported", about=about)], 1)
        for about in ("escape", "injury", "")
    }
    assert abouts == {"escape": [], "injury": ["running"], "": ["running"]}


def test_without_a_number_nothing_is_ever_late() -> None:
    asked = Asked("D-20", "", {"custody.died": ()}, ANSWER, Due(), "nobody")
    assert states([mark(0, 0, "custody.died")], 99_999, asked) == ["no number fixed"]


@given(
    opened=st.lists(st.integers(0, 200), max_size=8),
    answered=st.lists(st.integers(0, 400), max_size=8),
)
def test_as_many_are_met_as_an_independent_matching_finds(
    opened: list[int], answered: list[int]
) -> None:
    """Oracle: each answer, in order, takes the earliest open duty from before it."""
    hours = sorted([(at, 0) for at in opened] + [(at, 1) for at in answered])
    kinds = ("custody.died", "duty.met")
    marks = [mark(at, n, kinds[what]) for n, (at, what) in enumerate(hours)]
    waiting, late, met = list[int](), 0, 0
    for at, what in hours:
        if what == 0:
            waiting.append(at)
        elif waiting:
            begun = waiting.pop(0)
            met, late = met + (at <= begun + 24), late + (at > begun + 24)
    found = states(marks, 10_000)
    told = (DutyState.MET, DutyState.MET_LATE, DutyState.OVERDUE)
    assert [found.count(one) for one in told] == [met, late, len(waiting)]
