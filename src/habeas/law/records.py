"""The frozen shapes of what is shown with the law and decides no case.

Standards, facilities, duties, agreement rules, the register minimum, consequences of rulings,
definitions, parties of treaties, comparators, statistics and conflicts between sources. All but
standards and facilities are one file each, read from the package alone. Field names are the keys
of the TOML files; an absent key means *not established*.
"""

from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import field

from habeas.law.agreement import Conflict, Fact, Id, Instrument, Meta, Rule, Term
from habeas.law.certificates import Capacity, Certificate, DefinedAs
from habeas.law.cited import Checked, Cite, Confidence, Count, Due, Strict, Text
from habeas.terms import Condition, Deed, EventKind, Office, Relation, Role

Counted = Literal["in", "out", "not_stated"]  # whether a part of the floor counts
Unsigned = Literal["person", "family", "consulate"]  # relations of those who sign no event


class Space(Strict, frozen=True):
    """A standard's floor area in whole square centimetres, and what its method leaves out."""

    cm2: Count
    per: Literal["person", "cell"]
    occupancy: Literal["single", "shared", "any"]
    sanitary: Counted = "not_stated"
    furniture: Counted = "not_stated"
    partitioned: bool = False  # the method counts on a fully partitioned sanitary area
    more_cm2: Count | None = None  # per cell: for each person after the first
    over_hours: Count | None = None  # locked in for more hours a day than these,
    over_cm2: Count | None = None  # so much is asked instead; 0 as `cm2`: else nothing is


class Fixtures(Strict, frozen=True):
    """The most persons a standard allows for each bed or toilet."""

    per: Literal["bed", "toilet"]
    most_persons: Count
    part: bool = False  # it is one part of the measure only: enough of them never meets it


class Regime(Strict, frozen=True):
    """What a standard asks of a condition; without a number or a word, none is fixed."""

    condition: Condition  # in its own unit
    whom: Text
    least: Count | None = None  # less is not met
    enough: Count | None = None  # from here on it is met; None: from `least` on
    most: Count | None = None  # more is not met
    under: Count | None = None  # less is met; so much or more alone is no breach
    barred: tuple[str, ...] = ()  # words that are not met
    meets: tuple[str, ...] = ()  # words that are; any other settles nothing


class Measure(Strict, frozen=True):
    """One measurable item of a standard, with its own method."""

    id: str
    value: Text  # as the standard words it
    method: Text  # what is measured and what is left out
    cite: tuple[Cite, ...]
    space: Space | None = None  # None: not a floor area
    fixtures: Fixtures | None = None
    regime: Regime | None = None
    weight: Text | None = None  # what falling below it means


class Standard(Strict, frozen=True):
    """A body's measures, with their scope and method."""

    format: Literal["habeas-standard/1"]
    id: Id
    version: str
    title: Text
    instruments: tuple[Instrument, ...]
    measures: tuple[Measure, ...]
    meta: Meta


class Figure(Strict, frozen=True):
    """One number about a facility: who says it, for when."""

    key: str
    value: int
    unit: str
    claim: Literal["certified", "design", "declared", "reported", "derived", "contracted"]
    on: str | None = None  # ISO day, month or year as the source gives it
    note: Text | None = None
    source: tuple[str, ...] = ()
    capacity: DefinedAs | None = None  # by which it is a number of places; None: it is none


class Module(Strict, frozen=True):
    """A part of a facility; where its cells are of one kind and not certified, what they are."""

    id: str
    cells: Count | None = None  # None: not established, or all of them are certified
    cell_area_cm2: Count | None = None
    area_basis: Text | None = None  # what is in that area; asked where it is stated
    measured: Literal["gross", "net"] = "gross"  # gross: every figure is an upper bound
    beds_per_cell: Count | None = None
    toilets_per_cell: Count | None = None
    names: tuple[str, ...] = ()  # of the cells; else they are called M1-001 to M1-032
    source: tuple[str, ...] = ()


class Facility(Strict, frozen=True, kw_only=True):
    """A place of custody, with every figure's source."""

    format: Literal["habeas-facility/1"]
    id: Id
    version: str
    state: str
    place: str
    title: Text
    modules: tuple[Module, ...] = ()
    confined_hours: Count | None = None  # a day, locked in the cell, rounded up
    certificates: tuple[Certificate, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    figures: tuple[Figure, ...] = ()
    conditions: tuple[Term, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    meta: Meta


class Margin(Strict, frozen=True):
    """How long before release one agreement wants the person back."""

    agreement: str
    before: Text
    cite: tuple[Cite, ...]
    months: Count | None = None  # None: no fixed margin
    waiver: Text | None = None  # who may derogate
    waiver_fact: str | None = None
    was_rule: str | None = None  # the reserved id that once asked it at entry


class Duty(Strict, frozen=True):
    """What someone must do, by when, and what shows that it was done."""

    text: Text
    owed_by: Text
    owed_to: Text
    from_: tuple[EventKind, ...] = field(name="from")  # events from which it runs
    by: Due
    evidence: Text
    answered_by: tuple[EventKind, ...]  # events that answer it
    late: Text
    cite: tuple[Cite, ...]
    declared: tuple[str, ...] = ()  # the keys above that no text read settles: this file's choice
    applies: str | None = None  # rule text; None: to every case
    not_for: Text | None = None
    margins: tuple[Margin, ...] = ()
    note: Text | None = None
    open: Text | None = None


class Step(Strict, frozen=True):
    """One part of a duty that is answered by itself."""

    id: Id
    text: Text
    policy: Due | None = None  # None: as the whole duty


class DutyClock(Strict, frozen=True):
    """How a duty runs as a clock: what this file declares, beside what the texts say.

    A duty without one holds at all times, or is counted by a view of its own: it never falls due.
    """

    from_: tuple[EventKind, ...] = field(name="from")  # the events that start the clock
    owes: Literal["holder", "sending", "receiving", "both"] = "holder"  # holder: who holds then
    only: dict[EventKind, tuple[str, ...]] = field(default_factory=dict)  # what a report is about
    policy: Due | None = None  # proposed where neither a text nor the agreement fixes a number
    steps: tuple[Step, ...] = ()


class Reclassed(Strict, frozen=True):
    """A rule id that is reserved: its source states a duty, so it never bars at entry."""

    was: Text
    now: Text
    reason: Text
    duty: str
    agreement: str
    cite: tuple[Cite, ...]


class Duties(Strict, frozen=True):
    """Every duty, and the rule ids that duties took the place of."""

    format: Literal["habeas-duties/1"]
    version: str
    instruments: tuple[Instrument, ...]
    duties: dict[str, Duty]
    clocks: dict[str, DutyClock]  # by duty
    reclassed: dict[str, Reclassed]
    meta: Meta


class Detail(Strict, frozen=True):
    """One real term of the law behind an agreement rule."""

    rule: str
    topic: str
    text: Text
    cite: tuple[Cite, ...]
    due: Due | None = None


class AgreementRules(Strict, frozen=True):
    """Rules about the agreement itself: they gate acts, and stand in no case's lists."""

    format: Literal["habeas-agreement-rules/1"]
    version: str
    instruments: tuple[Instrument, ...]
    facts: dict[str, Fact]
    rules: dict[str, Rule]
    details: tuple[Detail, ...]
    meta: Meta


class Item(Strict, frozen=True):
    """One thing that a custody record must hold, or that must be told of it."""

    text: Text
    cite: tuple[Cite, ...]
    note: Text | None = None


class RegisterMinimum(Strict, frozen=True):
    """What every custody record must hold."""

    format: Literal["habeas-register-minimum/1"]
    version: str
    instruments: tuple[Instrument, ...]
    items: dict[str, Item]
    meta: Meta


class Part(Strict, frozen=True):
    """One part of what is recorded of a person's events."""

    kind: Literal["header", "body", "section", "confidential"]
    text: Text


class Disclosure(Strict, frozen=True):
    """Who may read one part, and by what; whoever is named nowhere reads nothing."""

    part: str
    standing: Literal["treaty", "standard", "policy"]  # policy: no instrument fixes it
    text: Text
    roles: tuple[Role, ...] = ()
    relations: tuple[Unsigned, ...] = ()
    cite: tuple[Cite, ...] = ()  # empty only where it is policy
    note: Text | None = None


class Disclosures(Strict, frozen=True):
    """The table of who may read what of a person's events."""

    format: Literal["habeas-disclosure/1"]
    version: str
    instruments: tuple[Instrument, ...]
    parts: dict[str, Part]
    rows: dict[Id, Disclosure]
    meta: Meta


class AccessRow(Strict, frozen=True, kw_only=True):
    """Who may do which deeds, and by what; whoever is named nowhere may do nothing."""

    deeds: tuple[Deed, ...]
    offices: tuple[Office, ...]
    side: Literal[
        "sending", "receiving", "either", "any"
    ]  # their state; any: or neither of the two
    standing: Literal["treaty", "standard", "policy"]  # policy: no instrument fixes it
    text: Text
    relations: tuple[Relation, ...] = ()  # any one suffices; none where it is about no person
    cite: tuple[Cite, ...] = ()  # empty only where it is policy
    note: Text | None = None


class Accesses(Strict, frozen=True):
    """The table of who may do what."""

    format: Literal["habeas-access/1"]
    version: str
    instruments: tuple[Instrument, ...]
    rows: dict[Id, AccessRow]
    meta: Meta


class Consequence(Strict, frozen=True):
    """What a ruling or a practice means for the system; never a rule about a person."""

    text: Text
    because: Text
    cite: tuple[Cite, ...]
    concerns: tuple[str, ...] = ()


class Consequences(Strict, frozen=True):
    """Every consequence of a ruling or practice for the system."""

    format: Literal["habeas-consequences/1"]
    version: str
    instruments: tuple[Instrument, ...]
    consequences: dict[str, Consequence]
    meta: Meta


class Definition(Strict, frozen=True):
    """What a word of the sources means there."""

    text: Text
    cite: tuple[Cite, ...]


class Definitions(Strict, frozen=True):
    """Words of the sources, and the three pathways."""

    format: Literal["habeas-definitions/1"]
    version: str
    instruments: tuple[Instrument, ...]
    terms: dict[str, Definition]
    meta: Meta


class TreatyParty(Strict, frozen=True):
    """One State's position under a treaty; an absent day is not established."""

    state: str
    status: Literal["party", "law_passed", "not_party"]
    checked: Checked
    signed: date | None = None
    ratified: date | None = None
    acceded: date | None = None
    deposited: date | None = None
    in_force: date | None = None
    confidence: Confidence | None = None
    source: tuple[str, ...] = ()
    note: Text | None = None


class Treaty(Strict, frozen=True):
    """Who is bound by one treaty, as far as the lists were read."""

    instrument: str
    concerns: tuple[str, ...]
    parties: tuple[TreatyParty, ...]
    note: Text
    source: tuple[str, ...]
    adopted: date | None = None
    in_force: date | None = None


class TreatyParties(Strict, frozen=True):
    """The lists of parties."""

    format: Literal["habeas-treaty-parties/1"]
    version: str
    instruments: tuple[Instrument, ...]
    treaties: dict[str, Treaty]
    meta: Meta


class Comparator(Strict, frozen=True):
    """A deal of another kind, for its figures alone: nothing is screened against it."""

    parties: tuple[str, ...]
    title: Text
    status: Text
    note: Text
    figures: tuple[Figure, ...]
    source: tuple[str, ...]


class Comparators(Strict, frozen=True):
    """Deals of another kind."""

    format: Literal["habeas-comparators/1"]
    version: str
    deals: dict[str, Comparator]
    meta: Meta


class Reading(Strict, frozen=True):
    """One row of a series."""

    on: str  # day, month, year or words, as the source gives it
    values: dict[str, Decimal]  # by measure; decimals stand as text, so that none is rounded
    by: Text | None = None  # who counted
    note: Text | None = None
    source: tuple[str, ...] = ()


class Series(Strict, frozen=True):
    """Numbers of one State by one source or about one thing; never joined to another series."""

    state: str
    title: Text
    measures: dict[str, Text]
    readings: tuple[Reading, ...]
    note: Text | None = None
    source: tuple[str, ...] = ()
    confidence: Confidence | None = None  # where it is from memory


class Note(Strict, frozen=True):
    """What must be read with the series."""

    text: Text


class Statistics(Strict, frozen=True):
    """National statistics, and what to read with them."""

    format: Literal["habeas-statistics/1"]
    version: str
    notes: dict[str, Note]
    series: dict[str, Series]
    meta: Meta


class Conflicts(Strict, frozen=True):
    """Sources that disagree on what belongs to no one agreement, law or facility."""

    format: Literal["habeas-conflicts/1"]
    version: str
    conflicts: tuple[Conflict, ...]
    meta: Meta


class Words(Strict, frozen=True):
    """The words that pages put around the law."""

    format: Literal["habeas-words/1"]
    notices: dict[Literal["not_reviewed", "translation"], Text]
    words: dict[str, Text]
    topics: dict[str, str]  # topics, duties and units in Spanish; in English the key is the word


PARTS = (
    "agreement_rules",
    "duties",
    "register_minimum",
    "disclosure",
    "access",
    "consequences",
    "definitions",
    "treaty_parties",
    "comparators",
    "statistics",
    "conflicts",
)  # the library's properties; each file has the name of its part, with hyphens
