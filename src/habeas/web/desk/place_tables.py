"""What the pages of facilities show: maps, tables and words out of the values of the use case."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote, urlencode

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from habeas.service import establishment
from habeas.service.establishment import CellNow, Look, Movement
from habeas.service.premises import NOWHERE, UNLISTED
from habeas.web import told, wiring
from habeas.web.components import Column, Heat, HeatCell, Link, Row, Table, Tag, Words
from habeas.web.desk.place_words import (
    CERTIFICATES,
    DEFINITIONS,
    STANDARDS,
    WENT,
    WITHIN,
    Shown,
    word,
)

WIDTH = 12  # cells in a row of the map
PLACE = "~"  # stands for a cell's name in an address
SAFE = "!$&'()*+,;=:@~"  # in one segment of a path (RFC 3986)


def title(name: str) -> str:
    """A facility's name in the page's language; empty where there is no file of it."""
    place = establishment.facility(wiring.library(), wiring.facilities(), name)
    if place is None:
        return ""
    text = place.facility.title
    return text.es if get_language() == "es" else text.en


def file_tag(name: str) -> Tag:
    """Whose file says what the facility is, in words."""
    if name in wiring.facilities():
        return Tag(_("Own file"), "green", "yes")
    if name in wiring.library().facilities:
        return Tag(_("In the library"), "teal", "yes")
    return Tag(_("None"), "yellow", "unknown")


def heat(found: Look, name: str, as_of: str) -> Heat:
    """The cells as a heat map, module by module; a long module takes several rows."""
    modules: dict[str, list[CellNow]] = {}
    for one in found.cells:
        modules.setdefault(module(one), []).append(one)
    width = min(WIDTH, max((len(held) for held in modules.values()), default=0))
    rows = list[tuple[str, Sequence[HeatCell | None]]]()
    href = cell_hrefs(name, as_of)
    for name_of, held in modules.items():
        for start in range(0, len(held), WIDTH):
            part = [
                HeatCell(called(one), href(one.name), one.each_cm2, one.persons)
                for one in held[start : start + WIDTH]
            ]
            rows.append(
                (
                    f"{name_of} {start + 1}\N{EN DASH}{start + len(part)}",
                    [*part, *[None] * (width - len(part))],
                )
            )
    columns = [str(n) for n in range(1, width + 1)]
    return Heat(_("Square metres a person, cell by cell"), columns, rows)


def cell_hrefs(name: str, as_of: str) -> Callable[[str], str]:
    """The address of each cell, at the instant that the page was asked for; empty: now.

    A facility has hundreds: the pattern is asked for once.
    """
    before, after = reverse("facility_cell", args=[name, PLACE]).rsplit(PLACE, 1)
    query = f"?{urlencode({'as_of': as_of})}" if as_of else ""
    return lambda cell: f"{before}{quote(cell, safe=SAFE)}{after}{query}"


def called(one: CellNow) -> str:
    """The name of a cell; in words for whoever is in none."""
    return _("no cell recorded") if one.name == NOWHERE else one.name


def module(one: CellNow) -> str:
    """The module of a cell in words."""
    return _("in no facility file") if one.module == UNLISTED else one.module


def floor(one: CellNow) -> str:
    """The floor a person has in a cell; in words where there is no figure."""
    if not one.persons:
        return _("nobody is in it")
    return _("not established") if one.each_cm2 is None else told.m2(one.each_cm2)


def over(one: CellNow) -> Tag | str:
    """Whether a cell holds more than it is certified for, in words."""
    if one.maximum is None:
        return Tag(_("Not established"), "yellow", "unknown") if one.persons else ""
    if one.over:
        return Tag(_("Over the maximum"), "red", "no")
    return Tag(_("Within the maximum"), "green", "yes") if one.persons else ""


def cell_standards(found: Look, one: CellNow) -> Table:
    """How one cell stands against each measure, with the measure's own method."""
    columns = (
        Column(_("Standard")),
        Column(_("What it asks")),
        Column(_("How it counts the floor")),
        Column(_("Result")),
    )
    spanish = get_language() == "es"
    rows: list[list[Shown]] = [
        [
            Link(each.id, reverse("library", args=[each.id])),
            each.value.es if spanish else each.value.en,
            each.method.es if spanish else each.method.en,
            STANDARDS.get(one.standards.get(each.id, ""), Tag(_("Does not apply"), "grey"))
            if one.persons
            else Tag(_("Nobody is in it"), "grey"),
        ]
        for each in found.measures
    ]
    return Table(_("Against each standard, by its own method"), columns, rows)


class Line(NamedTuple):
    """A finding about a facility: of which kind, in words, and where to look; empty: nowhere."""

    kind: str
    said: str
    href: str = ""
    link: str = ""


def findings(found: Look, name: str, as_of: str, hidden: int) -> list[Line]:
    """What a facility's page finds, cells over their maximum first.

    Args:
        found: the facility.
        name: its name.
        as_of: at which instant the page was asked for; empty: now.
        hidden: persons in two places at once whom the asker may not see.
    """
    return [
        *_over(found, cell_hrefs(name, as_of)),
        *_unlisted(found),
        *_short(found),
        *_doubled(found, hidden),
    ]


def _over(found: Look, href: Callable[[str], str]) -> Iterator[Line]:
    kind, link = _("Over the maximum:"), _("See cell %(cell)s")
    for one in found.cells:
        if one.over:
            said = ngettext(
                "cell %(cell)s holds %(n)s person and is certified for %(most)s.",
                "cell %(cell)s holds %(n)s persons and is certified for %(most)s.",
                one.persons,
            )
            words = said % {"cell": one.name, "n": one.persons, "most": one.maximum}
            yield Line(kind, words, href(one.name), link % {"cell": one.name})


def _unlisted(found: Look) -> Iterator[Line]:
    for one in found.cells:
        if one.floor_cm2 is None and one.persons:
            said = ngettext(
                "no file gives the floor of “%(cell)s”, where %(n)s person is.",
                "no file gives the floor of “%(cell)s”, where %(n)s persons are.",
                one.persons,
            )
            words = said % {"cell": called(one), "n": one.persons}
            yield Line(_("Floor not established:"), words)


def _short(found: Look) -> Iterator[Line]:
    said = _(
        "when certificate %(id)s took effect, cell %(cell)s held %(held)s and was certified for"
        " %(places)s."
    )
    for one in found.short:
        told = {"cell": one.cell, "held": one.persons, "places": one.places}
        yield Line(_("Certified for fewer than it held:"), said % {"id": one.certificate, **told})


def _doubled(found: Look, hidden: int) -> Iterator[Line]:
    kind = _("One person in two places:")
    said = _("%(who)s is recorded in cell %(first)s and in cell %(second)s: counted in both.")
    for one in found.doubled:
        yield Line(kind, said % {"who": one.subject, "first": one.one[1], "second": one.other[1]})
    if hidden:
        others = ngettext(
            "%(n)s person whom you may not see.", "%(n)s persons whom you may not see.", hidden
        )
        yield Line(kind, others % {"n": hidden})


def standards(found: Look) -> Table:
    """Persons by how their cells stand against each measure."""
    summed = found.summed()
    columns = (
        Column(_("Standard")),
        Column(_("What it asks")),
        Column(_("Persons where it is met"), numeric=True),
        Column(_("Persons below it"), numeric=True),
        Column(_("Persons where it is not established"), numeric=True),
    )
    rows = list[list[Shown]]()
    for one in found.measures:
        counts = summed.get(one.id, {})
        text = one.value.es if get_language() == "es" else one.value.en
        link = Link(one.id, reverse("library", args=[one.id]))
        rows.append([link, text, *(counts.get(name, 0) for name in STANDARDS)])
    return Table(_("Against each standard"), columns, rows)


def certificates(found: Look) -> list[tuple[str, Tag, list[Row]]]:
    """Every certificate of the file: whether it is in force, who asked and who approved it."""
    return [
        (
            one.certificate.id,
            Tag(_("In force"), "green", "yes")
            if one.in_force
            else CERTIFICATES[one.certificate.status],
            [
                Row(_("Cells that stand on it"), one.cells),
                Row(_("Floor"), told.m2(one.floor_cm2)),
                Row(_("Certified normal accommodation"), one.cna),
                Row(_("Working places"), one.working),
                Row(_("Certified maximum"), one.maximum),
                Row(_("Requested by"), one.certificate.requested_by),
                Row(_("Requested on"), one.certificate.requested_on),
                Row(_("Approved by"), one.certificate.approved_by or _("nobody")),
                Row(_("Approved on"), one.certificate.approved_on),
                Row(_("In force from"), one.certificate.effective_from),
            ],
        )
        for one in found.certificates
    ]


def capacities(found: Look) -> Table:
    """Places by each definition, with the persons held set against them."""
    columns = (
        Column(_("Definition")),
        Column(_("Places"), numeric=True),
        Column(_("As stated")),
        Column(_("Persons"), numeric=True),
        Column(_("Result")),
    )
    rows: list[list[Shown]] = [
        [
            word(DEFINITIONS, one["definition"]),
            one["places"] or _("not a number"),
            one["stated"],
            one["persons"],
            WITHIN[one["finding"]],
        ]
        for one in found.capacities
    ]
    return Table(_("Places by definition"), columns, rows)


def flat(found: Look) -> tuple[Sequence[str], list[dict[str, str]]]:
    """The cells in use as rows of text, with their columns."""
    rows = list[dict[str, str]]()
    for row in found.document["rows"]:
        flat = {key: str(value) for key, value in row.items() if not isinstance(value, dict)}
        rows.append(flat | {f"standard_{name}": said for name, said in row["standards"].items()})
    return list(dict.fromkeys(key for row in rows for key in row)), rows


def what(one: Movement) -> Words:
    """What somebody did, in words."""
    return _("came in") if one.came else word(WENT, one.why)
