"""The second fence: row-level security of PostgreSQL, written from the table of access.

The first is `access.may`, asked by everything that answers a person. This one stands in the
database, so that a query which forgot to ask shows nothing. It is made from the same table and can
say no more than it: a row about a person is visible where the asker's authority stands to the
person in a relation that lets the asker's office do the deed.

Figures are made of everybody: how many are held, which places are free, what is owed. Whoever may
see them reaches every custody interval for as long as a statement says so by `habeas.counts`, which
the one queryset says that counts (`readmodels.fenced`). A query that forgot to ask says nothing.

A statement is told who asks by three settings of its transaction (`asks`): `habeas.authority`,
`habeas.office` and `habeas.side`. Without them nothing is visible. The web signs in as a member of
WEB, which owns nothing and only reads; what it reads is written under KEEPER, which must say so by
the setting `habeas.keeper`, and which no one else's setting opens. The owner is fenced too.

It stops a forgotten filter, not somebody who runs statements of their own under the web's role:
they can set the settings. SQLite has no such fence.
"""

from collections.abc import Iterable, Iterator

from habeas.access import Asker, Table, suffices
from habeas.errors import Fault, LawError
from habeas.law import messages
from habeas.terms import Deed, Office, Relation, Side

WEB, KEEPER = "habeas_web", "habeas_web_keeper"
STANDING, DOCKET = "readmodels_standing", "readmodels_docketcase"
CIRCLE = "readmodels_circle"  # who stands to a person in any relation
PERSONS = ("readmodels_person", "readmodels_interval", "readmodels_line")  # shown by SEE_PERSON
EVENTS = (
    "readmodels_obligation", "readmodels_contradiction", "readmodels_blockedvisit",
)  # fmt: skip  # what a person's events come to: shown by SEE_EVENT
OPEN = ("readmodels_position", "readmodels_wanted")  # of nobody
COUNTED = ("readmodels_person", "readmodels_interval")  # of which figures are made
REBUILD, COUNT = "rebuild", "count"
FENCED = (Deed.SEE_PERSON, Deed.SEE_EVENT, Deed.SEE_CASE)  # deeds that open rows
COUNTING = (Deed.SEE_ROLL, Deed.SEE_FACILITY, Deed.SEE_STATEMENT, Deed.ACCEPT)
_NOBODY = "ARRAY[]::text[]"
# Of which states those may be who stand in a relation; every other one: of either of the two.
_OF: dict[Relation, frozenset[Side | None]] = {
    Relation.SENDER: frozenset({Side.SENDING}),
    Relation.RECEIVER: frozenset({Side.RECEIVING}),
    Relation.CONSULATE: frozenset({Side.SENDING, Side.RECEIVING, None}),
}
_EITHER = frozenset[Side | None]({Side.SENDING, Side.RECEIVING})
ASKS = (
    "SELECT set_config('habeas.authority', %s, true), set_config('habeas.office', %s, true), "
    "set_config('habeas.side', %s, true)"
)


def asks(asker: Asker) -> tuple[str, str, str]:
    """The values of ASKS, which tells the transaction who asks."""
    return asker.authority, asker.office.value, asker.side.value if asker.side else ""


def policies(table: Table) -> str:
    """The statements that raise the fence anew around the web's tables, for their owner to run.

    They are run in one transaction, with the tables' schema first in the search path.

    Raises:
        LawError: H804, when a row asks a side that no relation of its tells.
    """
    faults = [one for deed in FENCED for one in _unfenced(table, deed)]
    if faults:
        raise LawError(*faults)
    persons = _suffice(table, (Deed.SEE_PERSON,))
    rules = {name: _stands(name, persons) for name in PERSONS}
    events = _suffice(table, (Deed.SEE_EVENT,))
    rules |= {name: _stands(name, events) for name in EVENTS}
    rules[DOCKET] = _docket(_suffice(table, (Deed.SEE_CASE,)))
    own = f"relation = ANY ({_case(_suffice(table, Deed))})"
    rules[STANDING] = f"authority = {_setting('authority')} AND {own}"
    rules[CIRCLE] = _stands(CIRCLE, _suffice(table, Deed))
    rules |= dict.fromkeys(OPEN, f"{_setting('office')} <> ''")
    told = [*_roles(), *(line for name, rule in rules.items() for line in _fenced(name, rule))]
    told += [line for name in COUNTED for line in _counted(name, table)]
    return "".join(f"{line};\n" for line in told)


def _setting(name: str) -> str:
    # Within SELECT it is read once a statement, not once a row.
    return f"(SELECT current_setting('habeas.{name}', true))"


def _roles() -> Iterator[str]:
    for role in (WEB, KEEPER):
        yield (
            # Where the owner may not make roles, an administrator makes them first.
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN "
            f"CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS; END IF; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        yield (
            "DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO "
            f"{role}', current_schema()); END $$"
        )


def _fenced(name: str, rule: str) -> Iterator[str]:
    yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
    yield f"REVOKE ALL ON {name} FROM PUBLIC, {WEB}, {KEEPER}"
    yield f"GRANT SELECT ON {name} TO {WEB}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {KEEPER}"
    for policy in ("habeas_seen", "habeas_kept"):
        yield f"DROP POLICY IF EXISTS {policy} ON {name}"
    yield f"CREATE POLICY habeas_seen ON {name} FOR SELECT TO {WEB} USING ({rule})"
    kept = f"{_setting('keeper')} = '{REBUILD}'"
    yield f"CREATE POLICY habeas_kept ON {name} TO {KEEPER} USING ({kept}) WITH CHECK ({kept})"


def _counted(name: str, table: Table) -> Iterator[str]:
    """That figures are asked for, by an office of a side that may see some."""
    ways = sorted(
        {
            f"{office.value}/{side.value if side else ''}"
            for (office, deed), lines in table.items()
            if deed in COUNTING
            for line in lines
            for side in line.sides
        }
    )
    asked = f"{_setting('counts')} = '{COUNT}'"
    who = f"{_setting('office')} || '/' || {_setting('side')} = ANY ({_array(ways)})"
    yield f"DROP POLICY IF EXISTS habeas_counted ON {name}"
    yield f"CREATE POLICY habeas_counted ON {name} FOR SELECT TO {WEB} USING ({asked} AND {who})"


def _stands(name: str, seen: dict[Office, list[str]]) -> str:
    """That the asker stands to a row's person in a relation that suffices."""
    return (
        # Names and words of this package alone, never of a request.
        f"{name}.circle IN (SELECT stands.circle FROM {STANDING} AS stands "  # noqa: S608
        f"WHERE stands.authority = {_setting('authority')} "
        f"AND stands.relation = ANY ({_case(seen)}))"
    )


def _docket(seen: dict[Office, list[str]]) -> str:
    """As `access.before_opening`: a case that is not opened is its sender's alone."""
    senders = [office for office, found in seen.items() if Relation.SENDER.value in found]
    return (
        f"{_stands(DOCKET, seen)} OR (subject = '' "
        f"AND {_setting('side')} = '{Side.SENDING.value}' "
        f"AND {_setting('office')} = ANY ({_array(sorted(senders))}))"
    )


def _array(words: Iterable[str]) -> str:
    told = ", ".join(f"'{word}'" for word in words)  # words of `terms`: letters and underscores
    return f"ARRAY[{told}]::text[]" if told else _NOBODY


def _case(seen: dict[Office, list[str]]) -> str:
    if not seen:
        return _NOBODY
    ways = " ".join(f"WHEN '{office.value}' THEN {_array(found)}" for office, found in seen.items())
    return f"(SELECT CASE {_setting('office')} {ways} ELSE {_NOBODY} END)::text[]"


def _suffice(table: Table, deeds: Iterable[Deed]) -> dict[Office, list[str]]:
    """The relations any one of which lets an office do one of the deeds."""
    wanted = list(deeds)
    found = {
        office: {one.value for deed in wanted for one in suffices(office, deed, table)}
        for office in Office
    }
    return {office: sorted(words) for office, words in found.items() if words}


def _unfenced(table: Table, deed: Deed) -> list[Fault]:
    """Rows that are narrower than the database can tell, which knows no person's two states."""
    return [
        messages.fault("H804", name=line.row, relation=relation.value)
        for (_, done), lines in table.items()
        for line in lines
        if done is deed
        for relation in sorted(line.relations)
        if not _OF.get(relation, _EITHER) <= line.sides
    ]
