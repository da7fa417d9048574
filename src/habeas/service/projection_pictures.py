"""What a projection's drawings show: rows, limits and words; a face draws them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from habeas.service.projected import Band, Crossing, Daily, Driver, Moved, Paid, Seen
from habeas.service.projection_told import Told
from habeas.units import amount

Row = Mapping[str, str | int | float]
LONG_YEARS = 4
LONG_DAYS = LONG_YEARS * 365
MILLION, THOUSAND = 10**6, 10**3
STACKED = ("occupied", "empty", "transport", "other")


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawing: `kind` says how, the rows are its table."""

    kind: str  # a drawer of `adapters.projection_charts`
    name: str  # of its files
    title: str
    subtitle: tuple[str, ...]
    about: str  # in a sentence what is seen
    rows: tuple[Row, ...]
    lines: tuple[tuple[str, int], ...]
    words: Mapping[str, str]

    def data(self) -> dict[str, Any]:  # Any: plain data
        """All of it, for whoever draws."""
        return asdict(replace(self, words=dict(self.words)))


def fan(one: Daily, told: Told, draws: int) -> Picture:
    """Persons by day."""
    say = told.say
    rows = list[Row]()
    for n, band in enumerate(one.bands):
        row: dict[str, str | int | float] = {"day": (one.first + timedelta(n)).isoformat()}
        row |= numbers(band)
        if one.places:
            row["places"] = one.places[n]
        if n < len(one.actual) and (seen := one.actual[n]) is not None:
            row["actual"] = seen
        rows.append(row)
    last = one.first + timedelta(max(0, len(one.bands) - 1))
    peak = max(one.bands, key=lambda band: band.p50)
    about = say("pictures.fan_about").format(
        first=told.day(one.first), last=told.day(last), most=told.count(peak.p50),
        low=told.count(peak.p5), high=told.count(peak.p95),
    )  # fmt: skip
    lines = tuple(
        (f"{told.text(limit.words)}: {say.figure(limit.persons)}", limit.persons)
        for limit in one.limits
    )
    places = say.figure(one.places[-1]) if one.places else ""
    words = legend(told) | {
        "places": say("pictures.places").format(number=places),
        "actual": say("pictures.actual"),
        "number": say("pictures.persons"),
        "days": "%Y" if len(one.bands) > LONG_DAYS else "%Y-%m",
    }
    title = say("pictures.fan").format(title=told.text(one.title))
    return Picture("fan", f"persons-{one.id}", title, spread(told, draws), about, tuple(rows),
                   lines, words)  # fmt: skip


def difference(one: Daily, titles: tuple[str, str], told: Told, draws: int) -> Picture:
    """Persons more or fewer in the first of two scenarios, draw by draw."""
    say, last = told.say, one.bands[-1]
    rows = tuple(
        {"day": (one.first + timedelta(n)).isoformat(), **numbers(band)}
        for n, band in enumerate(one.bands)
    )
    words = legend(told) | {
        "places": "",
        "actual": "",
        "number": say("pictures.difference_number"),
        "days": "%Y" if len(one.bands) > LONG_DAYS else "%Y-%m",
    }
    title = say("pictures.difference").format(a=titles[0], b=titles[1])
    about = say("pictures.difference_about").format(
        end=told.count(last.p50), range=told.ninety(last, told.count)
    )
    return Picture("fan", "difference", title, spread(told, draws), about, rows,
                   ((say("pictures.same"), 0),), words)  # fmt: skip


def numbers(band: Band) -> dict[str, str | int | float]:
    """The columns of a range."""
    return {name: _plain(value) for name, value in asdict(band).items()}


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else round(value, 3)


def legend(told: Told) -> dict[str, str]:
    """The words that every range has."""
    return {name: told.say(f"pictures.{name}") for name in ("ninety", "fifty", "middle", "day")}


def spread(told: Told, draws: int) -> tuple[str, ...]:
    """What every drawing of ranges is computed from."""
    return (told.say("pictures.spread").format(draws=told.say.figure(draws)),)


def money(found: Seen, told: Told) -> Picture:
    """What is paid by year."""
    say, exponent = told.say, found.scenario.exponent
    rows = list[Row]()
    for year in sorted({one.year for one in found.paid}):
        of = {one.kind: one.band for one in found.paid if one.year == year}
        rows += [
            {"year": year, "kind": say(f"money.{kind}"),
             "amount": amount(round(of[kind].mean), exponent)}
            for kind in STACKED if kind in of
        ]  # fmt: skip
        if "whole" in of:
            whole = of["whole"]
            rows.append(
                {"year": year, "kind": "", "amount": amount(round(whole.mean), exponent),
                 "low": amount(round(whole.p5), exponent),
                 "high": amount(round(whole.p95), exponent)}
            )  # fmt: skip
    most = max((one.band.p95 for one in found.paid), default=0.0) / 10**exponent
    sums = tuple(
        (f"{told.text(one.title)}: {told.sum(one.minor_per_year)}",
         one.minor_per_year // 10**exponent)
        for one in found.scenario.given.sums
    )  # fmt: skip
    unit = MILLION if max([most, *(number for _, number in sums)]) >= MILLION else 1
    words = {
        "year": say("pictures.year"),
        "amount": say("pictures.in_millions" if unit > 1 else "pictures.in_units").format(
            currency=found.scenario.currency
        ),
        "unit": str(unit),
    }
    return Picture("money", "money", say("pictures.money"),
                   (say("pictures.money_spread").format(draws=say.figure(found.draws)),),
                   _money_about(found.paid, told), tuple(rows), sums, words)  # fmt: skip


def _money_about(paid: Sequence[Paid], told: Told) -> str:
    whole = [one for one in paid if one.kind == "whole"]
    if not whole:
        return told.say("pictures.no_money")
    most = max(whole, key=lambda one: one.band.mean)
    return told.say("pictures.money_about").format(
        year=most.year, sum=told.sum(most.band.mean), range=told.ninety(most.band, told.sum)
    )


def firsts(found: Seen, told: Told) -> Picture:
    """On which day each limit is first passed."""
    say = told.say
    rows = tuple(_first(one, found, told) for one in found.crossings)
    words = {
        "day": say("pictures.day"),
        "days": "%Y" if (found.scenario.after - found.scenario.first).days > LONG_DAYS else "%Y-%m",
        "first": found.scenario.first.isoformat(),
        "after": found.scenario.after.isoformat(),
    }
    return Picture("firsts", "first-days", say("pictures.firsts"), (say("pictures.firsts_read"),),
                   say("pictures.firsts_about"), rows, (), words)  # fmt: skip


def _first(one: Crossing, found: Seen, told: Told) -> Row:
    return {
        "name": named(one, found, told),
        "said": passed(one, found.draws, told),
        **{
            name: day.isoformat() if day else ""
            for name, day in (("p5", one.p5), ("p50", one.p50), ("p95", one.p95))
        },
    }


def named(one: Crossing, found: Seen, told: Told) -> str:
    """A limit, with its facility where there are several."""
    several = len({each.of for each in found.crossings}) > 1
    return f"{told.text(one.words)} ({one.of})" if several else told.text(one.words)


def passed(one: Crossing, draws: int, told: Told) -> str:
    """In how many draws a limit is passed."""
    say = told.say
    name = "all_draws" if one.draws == draws else "some_draws" if one.draws else "no_draw"
    return say(f"pictures.{name}").format(n=say.figure(one.draws), draws=say.figure(draws))


def tornado(moved: Moved, of: str, found: Seen, told: Told) -> Picture:
    """How far each number alone moves a result."""
    say, text = told.say, told.text(moved.words)
    bars = [one for one in moved.bars if one.of == of]
    scale, unit = _unit(moved, found, told)
    words = {"result": f"{text}{unit}", "low_end": say("pictures.low_end"),
             "high_end": say("pictures.high_end"), "form": ",.3~f"}  # fmt: skip
    title = say(f"pictures.tornado_{of}").format(result=text)
    return Picture("tornado", f"drivers-{moved.id}-{of}", title, (say("pictures.tornado_read"),),
                   say("pictures.tornado_about").format(name=_longest(bars, told)),
                   tuple(_driver(one, scale, told) for one in bars), (), words)  # fmt: skip


def _unit(moved: Moved, found: Seen, told: Told) -> tuple[float, str]:
    if moved.unit == "persons":
        return 1.0, ""
    minor = 10**found.scenario.exponent
    most = max(abs(end) for one in moved.bars for end in (one.low, one.high)) / minor
    name, size = ("millions", MILLION) if most >= MILLION else ("whole", 1)
    currency = told.say(f"money.unit_{name}").format(currency=found.scenario.currency)
    return minor * size, f" ({currency})"


def _driver(one: Driver, scale: float, told: Told) -> Row:
    return {
        "name": told.text(one.words), "low": _plain(one.low / scale),
        "base": _plain(one.base / scale), "high": _plain(one.high / scale),
        "low_said": one.low_said, "high_said": one.high_said,
    }  # fmt: skip


def _longest(drivers: Sequence[Driver], told: Told) -> str:
    return told.text(max(drivers, key=lambda one: abs(one.high - one.low)).words)


def sobol(found: Seen, told: Told) -> Picture:
    """What part of the spread each number makes."""
    say = told.say
    rows: tuple[Row, ...] = tuple(
        {"name": told.text(one.words), "alone": round(one.alone, 4),
         "together": round(one.together, 4)}
        for one in found.shares
    )  # fmt: skip
    words = {name: say(f"pictures.{name}") for name in ("share", "alone", "together")}
    return Picture("sobol", "shares", say("pictures.sobol"), (say("pictures.sobol_read"),),
                   say("pictures.sobol_about"), rows, (), words)  # fmt: skip


def lawful(found: Seen, told: Told) -> Picture:
    """Who of those put forward could lawfully be sent."""
    say = told.say
    rows: tuple[Row, ...] = tuple(
        {"name": told.text(one.title), "kind": say(f"law.{kind}"), "number": round(band.mean)}
        for one in found.lawful
        for kind, band in (("may", one.may), ("unknown", one.unknown), ("barred", one.barred))
    )
    return Picture("shares", "lawful", say("pictures.lawful"), (say("pictures.mean_of_draws"),),
                   say("pictures.lawful_about"), rows, (),
                   {"number": say("pictures.persons_forward")})  # fmt: skip
