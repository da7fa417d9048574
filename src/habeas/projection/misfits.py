"""What every part of a scenario must be: sources that exist, ranges that are ranges, numbers."""

from collections.abc import Collection, Iterable, Iterator
from math import isfinite
from typing import NamedTuple, Protocol

import msgspec

from habeas.law.check import near
from habeas.law.cited import Strict
from habeas.projection.scenario import ASSUMPTION, Facility, Range, Scenario

Path = tuple[str, ...]
LEAST, MOST = -0.9, 1.0  # of growth a year
GROWTH = frozenset({"growth_a_year", "index_a_year", "exchange_a_year"})
SHARES = frozenset({"eligible", "yes"})
PLAIN = {  # numbers of a stream that a range of the world multiplies
    "referrals_a_day": "referrals",
    "mean": "stays",
    "eligible": "eligible",
    "returned_a_year": "returned",
    "died_a_year": "died",
}
ENDS = ("low", "high")
FORMS = (frozenset(ENDS), frozenset({"about", "spread"}), frozenset({"about", "like"}))


class Named(Protocol):
    """Whatever has an id."""

    @property
    def id(self) -> str:
        """Its id."""
        ...


class Misfit(NamedTuple):
    """A message, at a path of the file."""

    key: str
    path: Path
    said: dict[str, object]


def misfit(key: str, path: Path, /, **said: object) -> Misfit:
    """A message at a path, which it names itself where its words want a place."""
    return Misfit(key, path, {"where": ".".join(path), **said})


def parts(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Everything that stands in a scenario, with the path of its keys; tables before their keys."""
    yield path, value
    if isinstance(value, msgspec.Struct):
        for one in msgspec.structs.fields(type(value)):
            yield from parts(getattr(value, one.name), (*path, one.encode_name))
    elif isinstance(value, tuple):
        for number, row in enumerate(value):
            yield from parts(row, (*path, str(number)))
    elif isinstance(value, dict):
        for name, row in value.items():
            yield from parts(row, (*path, name))


def sources(path: Path, value: object, known: Collection[str]) -> Iterator[Misfit]:
    """A table that must say where it is from, and does not."""
    named = getattr(value, "source", None) if isinstance(value, Strict) else None
    if isinstance(named, tuple):  # of a clause that is cited
        for one in named:
            yield from _named(one, (*path, "source"), known)
    elif isinstance(named, str):
        if not named:
            yield misfit("H808", path)
        elif named == ASSUMPTION:
            if path[0] == "given" and getattr(value, "note", None) is None:
                yield misfit("H808.why", path)
        else:
            yield from _named(named, (*path, "source"), known)


def _named(name: str, path: Path, known: Collection[str]) -> Iterator[Misfit]:
    if name not in known:
        yield misfit("H808.unknown", path, **near(name, known))


def numbers(path: Path, value: object) -> Iterator[Misfit]:
    """A range that is none, or a number that cannot be; of what nobody knows."""
    if path[:1] != ("assumed",):
        return
    share = not SHARES.isdisjoint(path[-3:]) and path[-1] not in {"like", "spread"}
    if isinstance(value, Range):
        yield from _range(path, value, share=share)
    elif isinstance(value, float):
        yield from _number(path, value, share=share)


def _number(path: Path, value: float, *, share: bool) -> Iterator[Misfit]:
    name = path[-1] if path[-1] not in {*ENDS, "about"} else path[-2]
    if not isfinite(value):
        yield misfit("H806.finite", path)
    elif share and not 0 <= value <= 1:
        yield misfit("H806.share", path, value=value)
    elif name in GROWTH:
        if not LEAST <= value <= MOST:
            yield misfit("H806.growth", path, value=value, least=LEAST, most=MOST)
    elif value < 0:
        yield misfit("H806", path, value=value)


def _range(path: Path, one: Range, *, share: bool) -> Iterator[Misfit]:
    given = {name for form in FORMS for name in form if getattr(one, name) is not None}
    if given not in FORMS:
        two = {"spread", "like"} <= given or (len(given) > 1 and bool(given - set(ENDS)))
        key = "H807.point" if given == {"about"} else "H807.two" if two else "H807.none"
        yield misfit(key, path)
    elif one.like is not None and not share:
        yield misfit("H807.like", path)
    elif one.spread is not None and share:
        yield misfit("H807.spread", path)
    elif one.low is not None and one.high is not None and one.low > one.high:
        yield misfit("H807", path, low=one.low, high=one.high)
    elif (one.low is not None and one.low == one.high) or (
        one.spread is not None and not one.spread
    ):
        yield misfit("H807.point", path)
    yield from _middle(path, one)


def _middle(path: Path, one: Range) -> Iterator[Misfit]:
    # What is no number is told by `numbers`, which meets each by itself.
    if one.spread is not None and not one.about:
        yield misfit("H806.zero", (*path, "about"), value=one.about)
    if one.like is not None and not one.like:
        yield misfit("H806.zero", (*path, "like"), value=one.like)
    if one.like is not None and one.about is not None and not 0 < one.about < 1:
        yield misfit("H807.point", (*path, "about"))


def plain(found: Scenario) -> Iterator[Misfit]:
    """Numbers of a stream that stand alone, and that nothing multiplies."""
    if found.rules == "applied" and found.assumed.world.eligible is not None:
        yield misfit("H807.law", ("assumed", "world", "eligible"))
    for number, stream in enumerate(found.assumed.streams):
        for name, factor in PLAIN.items():
            path: Path = ("assumed", "streams", str(number))
            path = (*path, "stay", name) if name == "mean" else (*path, name)
            value = getattr(stream.stay if name == "mean" else stream, name)
            alone = isinstance(value, float) and bool(value)
            if alone and getattr(found.assumed.world, factor) is None:
                yield misfit("H807.plain", path, factor=factor)


def twice(found: Scenario) -> Iterator[Misfit]:
    """Ids that stand more than once where each names one thing."""
    given, assumed = found.given, found.assumed
    held: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
        ("given.facilities", "facility", "el establecimiento", _ids(given.facilities)),
        ("given.deals", "deal", "el acuerdo", _ids(given.deals)),
        ("given.sums", "sum", "la suma", _ids(given.sums)),
        ("given.prices", "price", "el precio", _ids(given.prices)),
        ("changes", "change", "el cambio", _ids(found.changes)),
        ("assumed.streams", "stream", "el flujo", _ids(assumed.streams)),
    )
    for path, kind, clase, ids in held:
        for number, name in enumerate(ids):
            if name in ids[:number]:
                here = (*path.split("."), str(number), "id")
                yield misfit("H818", here, kind=kind, clase=clase, name=name)


def _ids(held: Iterable[Named]) -> tuple[str, ...]:
    return tuple(one.id for one in held)


def most_places(facility: Facility) -> int:
    """The most places that a facility ever has."""
    return max((one.places for one in facility.places), default=0)
