"""What a law or an agreement declares, before any rule text is read: citations, periods, names.

Rules, their versions, parameters and overrides all cite, and all but overrides have periods.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from habeas.errors import Fault
from habeas.law import agreement, cited, messages
from habeas.law.places import line_of
from habeas.law.resolve import overlaps, wordings

Holder = agreement.Law | agreement.Agreement
_OPEN = frozenset({date.min, date.max})  # the ends of a period that has none
Period = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class _Holding:
    """A rule or a parameter of a file."""

    holder: str  # rules, params
    name: str
    citing: tuple[tuple[cited.Cite, ...], ...]  # each must hold one
    periods: tuple[Period, ...]

    @property
    def named(self) -> dict[str, str]:
        """What it is called in a message, in both languages."""
        kind, clase = {"rules": ("rule", "la regla"), "params": ("parameter", "el parámetro")}[
            self.holder
        ]
        return {"what": f"{kind} '{self.name}'", "que": f"{clase} '{self.name}'"}


def _holdings(holder: Holder) -> Iterator[_Holding]:
    for name, rule in holder.rules.items():
        found = list(wordings(rule))
        # A wording without a citation of its own has that of its rule.
        cites, periods = (rule.cite, *(one.cite for *_, one in found[1:])), [x[:2] for x in found]
        yield _Holding("rules", name, cites, tuple(periods))
    for name, param in holder.params.items():
        cites = tuple(one.cite for one in param.values)
        yield _Holding("params", name, cites, tuple((x.from_, x.until) for x in param.values))


def faults(
    text: str,
    holder: Holder,
    taken: Mapping[str, Mapping[str, str]],
    sources: frozenset[str],
    file: str,
) -> list[Fault]:
    """Rules and parameters that cite nothing, overlap, or whose name stands elsewhere.

    Args:
        text: the file, for the lines.
        holder: what it holds.
        taken: names that stand in other files, each with the file; by `rules` and `params`.
        sources: keys of library/sources.toml.
        file: its name.
    """
    found = list[Fault]()
    for one in _holdings(holder):
        place = line_of(text, one.holder, one.name)
        here = [*_taken(one, taken[one.holder]), *_uncited(one, holder, sources), *_turned(one)]
        if one.holder == "params":
            here += _beyond(one.name, holder.params[one.name])
        found += [replace(fault, file=file, line=place) for fault in here]
    overrides = holder.overrides if isinstance(holder, agreement.Agreement) else ()
    for number, override in enumerate(overrides):
        line = line_of(text, "overrides", str(number), "cite")
        named = {"what": f"override of '{override.target}'"}
        named["que"] = f"la excepción a '{override.target}'"
        # An instrument that is not declared is no treaty in force: that is told with the override.
        wrong = _cited(named, [override.cite], None, sources)
        found += [replace(fault, file=file, line=line) for fault in wrong]
    return list(dict.fromkeys(found))


def _taken(one: _Holding, taken: Mapping[str, str]) -> Iterator[Fault]:
    if one.name in taken:
        key = "H220" if one.holder == "rules" else "H224"
        yield messages.fault(key, name=one.name, file=taken[one.name])


def _uncited(one: _Holding, holder: Holder, sources: frozenset[str]) -> Iterator[Fault]:
    for cites in one.citing:
        if not cites:
            yield messages.fault("H201", **one.named)
    declared = frozenset(each.id for each in holder.instruments)
    every = [cite for group in one.citing for cite in group]
    yield from _cited(one.named, every, declared, sources)


def _cited(
    named: dict[str, str],
    cites: Sequence[cited.Cite],
    declared: frozenset[str] | None,
    sources: frozenset[str],
) -> Iterator[Fault]:
    for cite in cites:
        if declared is not None and cite.instrument not in declared:
            yield messages.fault("H222", **named, name=cite.instrument)
        for key in cite.source:
            if key not in sources:
                yield messages.fault("H223", **named, name=key)


def _turned(one: _Holding) -> Iterator[Fault]:
    """Periods that end before they begin, or that overlap."""
    for first, until in one.periods:
        if first is not None and until is not None and until <= first:
            said = {"first": first.isoformat(), "until": until.isoformat()}
            yield messages.fault("H202.empty", **one.named, **said)
    for begin, end in overlaps(one.periods):
        first_, last = ("" if day in _OPEN else day.isoformat() for day in (begin, end))
        yield messages.fault("H202", **one.named, first=first_, last=last)


def _beyond(name: str, param: agreement.Param) -> Iterator[Fault]:
    for one in param.values:
        said = bound(one.value, param)
        if said is not None:
            yield messages.fault("H205.own", name=name, **said)


def bound(value: int | str, param: agreement.Param) -> dict[str, int | str] | None:
    """Beyond which bound of a parameter a value is, in words; None where it keeps to both."""
    if param.floor is not None and Fraction(value) < Fraction(param.floor):
        side, lado, end = "below the hard floor", "bajo el mínimo", param.floor
    elif param.ceiling is not None and Fraction(value) > Fraction(param.ceiling):
        side, lado, end = "above the ceiling", "sobre el máximo", param.ceiling
    else:
        return None
    return {"value": value, "side": side, "lado": lado, "bound": end}
