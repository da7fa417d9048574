"""What a stream must say: how many, how long, and who of them may be sent."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from habeas.docket.columns import KEYS, CellFault, Column
from habeas.docket.columns import value as cell
from habeas.law.check import near
from habeas.projection.chance import number_of
from habeas.projection.misfits import Misfit, Path, misfit
from habeas.projection.scenario import Deal, Range, Scenario, Stay, Stream

RATE = 500  # a day
PERSONS = 1_000_000  # on one day
NEEDS = {
    "lognormal": ("mean", "log_sd"),
    "exponential": ("mean",),
    "fixed": ("mean",),
    "table": ("table",),
}
Weights = tuple[tuple[int, str], ...]
Said = dict[str, str]
ONCE = ("referrals_a_day", "growth_a_year", "batches", "from", "until")  # say nothing of one day


def number(stream: Stream) -> int:
    """Where a stream stands in the counter of chance: a hash of its deal's and its own name."""
    return number_of(f"{stream.deal}\n{stream.id}")


def streams(found: Scenario, columns: Mapping[str, Column]) -> Iterator[Misfit]:
    """Everything that is wrong with the streams, one by one and together."""
    deals = {deal.id: deal for deal in found.given.deals}
    met: dict[int, Stream] = {}
    for place, stream in enumerate(found.assumed.streams):
        path: Path = ("assumed", "streams", str(place))
        if stream.deal not in deals:
            said = {"kind": "deal", "clase": "el acuerdo"} | near(stream.deal, deals)
            yield misfit("H809", (*path, "deal"), **said)
        yield from _many(stream, path)
        yield from _days(stream, path, found)
        yield from _stay(stream, path)
        yield from _who(stream, path, deals.get(stream.deal), applied=found.rules == "applied")
        yield from _docket(stream, path, columns)
        other = met.setdefault(number(stream), stream)
        if (other.deal, other.id) != (stream.deal, stream.id):
            yield misfit("H818.alike", (*path, "id"), name=stream.id, other=other.id)


def highest(value: Range | float | None) -> float:
    """The highest number that a range names; of a lognormal one its middle."""
    if isinstance(value, Range):
        return max(one or 0.0 for one in (value.high, value.about))
    return value or 0.0


def _many(stream: Stream, path: Path) -> Iterator[Misfit]:
    rate, persons, name = stream.referrals_a_day, stream.persons, stream.id
    if rate is None and persons is None:
        yield misfit("H816", path, name=name)
    for key, value, most in (
        ("referrals_a_day", highest(rate), RATE),
        ("persons", persons or 0, PERSONS),
    ):
        if value > most:
            yield misfit("H806.many", (*path, key), value=value, most=most)
    if stream.batches is not None and not stream.batches.mean > 1:
        yield misfit("H806.batch", (*path, "batches", "mean"), value=stream.batches.mean)
    yield from _once(stream, path)


def _once(stream: Stream, path: Path) -> Iterator[Misfit]:
    if stream.persons is None:
        if stream.on is not None:
            yield misfit("H816", (*path, "on"), name=stream.id)
        return
    if stream.on is None:
        yield misfit("H816.day", (*path, "persons"), name=stream.id, persons=stream.persons)
    for key in ONCE:
        if getattr(stream, "from_" if key == "from" else key) is not None:
            yield misfit("H816.once", (*path, key), name=stream.id, key=key)


def _days(stream: Stream, path: Path, found: Scenario) -> Iterator[Misfit]:
    if stream.from_ and stream.until and stream.from_ >= stream.until:
        yield misfit("H810", (*path, "until"), first=stream.from_, last=stream.until)
    days = (("on", stream.on), ("from", stream.from_))
    for key, day in days if found.first < found.after else ():
        if day is not None and not found.first <= day < found.after:
            said = {"first": found.first, "last": found.after}
            yield misfit("H810.outside", (*path, key), day=day, **said)


def _stay(stream: Stream, path: Path) -> Iterator[Misfit]:
    stay, here = stream.stay, (*path, "stay")
    for key in NEEDS[stay.law]:
        value = getattr(stay, key)
        if value is None or value == ():
            yield misfit("H816.stay", here, law=stay.law, name=stream.id, key=key)
    for key in ("mean", "log_sd", "at_most"):
        value = getattr(stay, key)
        if value == 0:
            yield misfit("H806.zero", (*here, key), value=value)
    if stay.table and not _rises(stay):
        yield misfit("H816.table", (*here, "table"), name=stream.id)


def _rises(stay: Stay) -> bool:
    steps = all(one <= other for one, other in pairwise(stay.table))
    return len(stay.table) > 1 and stay.table[0] >= 0 and steps


def _who(stream: Stream, path: Path, deal: Deal | None, *, applied: bool) -> Iterator[Misfit]:
    screened = bool(stream.docket or stream.yes)
    if screened and deal is not None and deal.agreement is None:
        yield misfit("H817.agreement", path, name=stream.id)
    if not screened and (applied or stream.eligible is None):
        yield misfit("H816.who", path, name=stream.id)


def _docket(stream: Stream, path: Path, columns: Mapping[str, Column]) -> Iterator[Misfit]:
    docket = stream.docket if stream.docket is not None else {}
    for key, facts in (("docket", docket), ("yes", stream.yes)):
        for fact in facts:
            here, said = (*path, key, fact), {"name": stream.id, "fact": fact}
            if fact in KEYS:
                yield misfit("H817", here, **said)
            elif fact not in columns:
                told = {"kind": "fact", "clase": "el hecho"} | near(fact, columns)
                yield misfit("H809", here, **told)
            elif key == "yes" and columns[fact].type != "bool":
                yield misfit("H817.yes", here, **said)
            elif key == "yes" and fact in docket:
                yield misfit("H817.twice", here, **said)
            elif key == "docket":
                yield from _options(docket[fact], columns[fact], here, said)


def _options(options: Weights, column: Column, path: Path, said: Said) -> Iterator[Misfit]:
    if not sum(weight for weight, _ in options):
        yield misfit("H817.weight", path, **said)
    for _, text in options:
        try:
            cell(text, column)
        except CellFault as fault:
            yield misfit("H817.value", path, value=text, told=fault.what, fix=fault.fix, **said)
