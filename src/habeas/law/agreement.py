"""The frozen shapes of the library: agreements, laws, facts, standards, facilities.

Field names are the keys of the TOML files under ``habeas/library``. An absent key is None and
means *not established*; it never means zero, no, or "not applicable".
"""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta as Bound
from msgspec import field

from habeas.law.cited import Cite, Count, Due, Strict, Text
from habeas.law.schedule import Fees

Layer = Literal["statute", "treaty", "policy", "contested"]
InstrumentType = Literal["treaty", "statute", "regulation", "case", "standard", "note", "policy"]
Standing = Literal["reported", "draft", "signed", "ratified", "in_force", "suspended", "ended"]
Pathway = Literal["treaty_transfer", "lease", "removal"]
Side = Literal["sending", "receiving", "either"]


EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)  # of a date fact that states no bounds

Decimals = Annotated[str, Bound(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,9})?\Z")]
Retention = Annotated[int, Bound(ge=1, le=36_525)]  # days, at most a hundred years
Id = Annotated[str, Bound(pattern=r"^[A-Za-z0-9_.\-]{1,64}\Z")]  # as RULE('..') and codes


class Instrument(Strict, frozen=True):
    """One law, treaty, judgment or standard that a file cites; declared once a file."""

    id: str
    type: InstrumentType
    title: Text
    in_force: dict[str, date] | None = None  # by state; absent: not established


class Calendar(Strict, frozen=True):
    """How this instrument turns instants into days."""

    rounding: Literal["down", "up"]  # what becomes of 31 January + 1 month
    zone: str  # IANA name
    convention: Literal["midnight", "calendar", "min1", "block24", "hours"] = "midnight"
    cite: tuple[Cite, ...] = ()  # empty: a choice declared by this file, not law


class Version(Strict, frozen=True):
    """Another wording of a rule, for a period of its own; half-open."""

    from_: date = field(name="from")
    require: str
    until: date | None = None  # None: no end is known
    applies: str = "TRUE"
    text: Text | None = None  # None: as the rule has it
    cite: tuple[Cite, ...] = ()  # empty: as the rule has it


class Rule(Strict, frozen=True):
    """One condition. It holds where NOT (applies) OR (require) is true, three-valued."""

    text: Text
    require: str
    cite: tuple[Cite, ...] = ()  # a rule without one is refused
    applies: str = "TRUE"
    from_: date | None = field(name="from", default=None)  # None: always; half-open with until
    until: date | None = None
    version: tuple[Version, ...] = ()  # other wordings, none overlapping another
    overridable: Literal["no", "treaty"] = "no"
    remedy: Text | None = None  # the lawful next step when the rule is not met
    recheck_at: tuple[Literal["screening", "departure"], ...] = ("screening",)
    note: Text | None = None  # why contested
    open: Text | None = None  # what people must decide; the rule stands as written until then


class ParamValue(Strict, frozen=True):
    """What a parameter is from one day until another; half-open."""

    value: int | Decimals  # in natural units; a decimal stands in quotes, for no float is read
    cite: tuple[Cite, ...]
    from_: date | None = field(name="from", default=None)  # None: no beginning is stated
    until: date | None = None  # None: no end is known
    expected: bool = False  # a known future change: shown, never applied before its first day

    def holds(self, day: date) -> bool:
        """Whether the value is in force on a day."""
        return (self.from_ is None or self.from_ <= day) and (
            self.until is None or day < self.until
        )


class Param(Strict, frozen=True):
    """A number of the law that has its own history, such as the least months left."""

    unit: str
    values: tuple[ParamValue, ...]
    text: Text | None = None
    overridable: Literal["no", "treaty"] = "no"
    floor: int | Decimals | None = None  # no value and no override goes below it
    ceiling: int | Decimals | None = None
    note: Text | None = None


class Override(Strict, frozen=True):
    """Where an agreement departs from baseline law, by a clause of a treaty that allows it."""

    target: str  # params.<name> or rules.<id>
    cite: Cite
    why: Text
    value: int | Decimals | None = None  # of a parameter
    require: str | None = None  # of a rule
    applies: str | None = None  # of a rule; None: as the rule has it


class Guarantee(Strict, frozen=True):
    """A sentence about every case that could ever be eligible: NOT (when) OR (then) is established.

    In a law file it holds under every agreement.
    """

    text: Text
    then: str
    when: str = "TRUE"


class MayBeMissing(Strict, frozen=True):
    """Facts that a case may lack and still be eligible, and why the law lets them be missing."""

    facts: tuple[str, ...]
    pathways: tuple[Pathway, ...]
    why: Text


class Meta(Strict, frozen=True):
    """Who wrote a file and who has reviewed it; an empty reviewer is printed on every output."""

    authors: tuple[str, ...]
    source_texts: Text
    reviewed_by: str = ""
    reviewed_on: date | None = None


class Conflict(Strict, frozen=True):
    """Sources that disagree: both stand here, nothing is averaged."""

    question: Text
    positions: Text
    source: tuple[str, ...] = ()
    id: str | None = None  # by which it is shown
    concerns: tuple[str, ...] = ()  # ids beside which it is shown; its own file's always


class Law(Strict, frozen=True, kw_only=True):
    """Baseline rules of one instrument or family of instruments."""

    format: Literal["habeas-agreement/1"]
    kind: Literal["law"]
    id: Id
    version: str
    from_: date = field(name="from")
    until: date | None = None
    title: Text
    instruments: tuple[Instrument, ...]
    meta: Meta
    rules: dict[Id, Rule] = field(default_factory=dict)
    params: dict[Id, Param] = field(default_factory=dict)
    guarantees: dict[Id, Guarantee] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()


class Use(Strict, frozen=True):
    """A law file that an agreement stands on."""

    id: str
    version: str


class Party(Strict, frozen=True):
    """A state bound by the agreement; `either` where any two parties may pair in any direction."""

    code: str  # ISO 3166-1 alpha-2, or XK
    role: Side
    name: Text


class Authority(Strict, frozen=True):
    """A body that acts for a state under the agreement, and the roles in which it may sign."""

    id: str
    state: str
    name: Text
    roles: tuple[str, ...]
    cite: tuple[Cite, ...] = ()  # empty: named by this file, no text read names the body
    from_: date | None = field(name="from", default=None)  # of its mandate; None: no day is stated
    until: date | None = None  # half-open with from


class Workflow(Strict, frozen=True):
    """What the agreement fixes about the way of a case."""

    consent: Literal["required", "not_required"]
    consent_irrevocable_at: Literal["verification", "departure"]
    notice_hours: Count  # least hours between service of the notice and departure
    release_in_receiving_state: bool
    declared: tuple[str, ...]  # the keys above that no text read settles: this file's own choice
    cite: tuple[Cite, ...]
    return_margin_months: Count | None = None  # before release; None: no fixed margin
    retention_days: Retention | None = None  # from the end of custody; None: content always stays


class Responsibility(Strict, frozen=True):
    """Which state answers for one duty."""

    duty: str
    state: str  # a party's code, two joined by "+", or "not stated"
    what: Text
    cite: tuple[Cite, ...]


class Deadline(Strict, frozen=True):
    """By when a duty is to be done under this agreement."""

    by: Due
    cite: tuple[Cite, ...] = ()  # empty: a choice declared by this file, not law


class Term(Strict, frozen=True):
    """One real term of the agreement that this version of the software shows but does not run."""

    topic: str
    text: Text
    cite: tuple[Cite, ...]


class Agreement(Strict, frozen=True, kw_only=True):
    """The deal between the states, as far as its text or reports of it have been read."""

    format: Literal["habeas-agreement/1"]
    kind: Literal["agreement"]
    id: Id
    version: str
    standing: Standing  # the real legal position; never changed for convenience
    standing_note: Text
    from_: date = field(name="from")
    until: date | None = None
    languages: tuple[str, ...]
    pathways: tuple[Pathway, ...]
    facilities: tuple[str, ...]
    title: Text
    calendar: Calendar
    uses: tuple[Use, ...]
    parties: tuple[Party, ...]
    instruments: tuple[Instrument, ...]
    authorities: tuple[Authority, ...]
    workflow: Workflow
    rules: dict[Id, Rule] = field(default_factory=dict)
    params: dict[Id, Param] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    guarantees: dict[Id, Guarantee] = field(default_factory=dict)
    may_be_missing: tuple[MayBeMissing, ...] = ()  # together: every such fact, by pathway
    fees: Fees | None = None  # None: no fee is owed under this instrument
    terms: tuple[Term, ...] = ()
    responsibility: tuple[Responsibility, ...] = ()
    deadlines: dict[Id, Deadline] = field(default_factory=dict)  # by duty of the library
    conflicts: tuple[Conflict, ...] = ()
    meta: Meta


class Fact(Strict, frozen=True):
    """One named, typed thing that a rule may ask about."""

    type: Literal["bool", "code", "int", "date"]
    ask: Text
    established_by: Text
    evidence: Text
    codes: str | None = (
        None  # code: a list under [codes]; absent where any well-formed code may stand
    )
    min: int | None = None  # int: in natural units, inclusive
    max: int | None = None
    earliest: date = EARLIEST  # date: inclusive
    latest: date = LATEST
    unit: str | None = None
    scale: int = 1  # integer units kept for one natural unit; finer input is set aside
    valid_for_hours: Count | None = None  # None: holds until changed
    sensitive: bool = False  # shown as yes or no only, never in public lists


class Vocabulary(Strict, frozen=True):
    """Every fact that laws ask; a docket's column names."""

    format: Literal["habeas-facts/1"]
    version: str
    codes: dict[str, tuple[str, ...]]
    facts: dict[str, Fact]
    meta: Meta


class Layers(Strict, frozen=True):
    """Which layer each rule belongs to, in one table; a rule not placed here is policy."""

    format: Literal["habeas-layers/1"]
    rules: dict[str, Layer]


class Source(Strict, frozen=True):
    """Where a fact was checked."""

    urls: tuple[str, ...] = ()
    repository: str | None = None
    path: str | None = None
    note: str | None = None
    weak: bool = False  # the carrier is weak: to be replaced by the primary text
    address_shortened: bool = False


class Sources(Strict, frozen=True):
    """Every source of the library, by key."""

    format: Literal["habeas-sources/1"]
    sources: dict[str, Source]
