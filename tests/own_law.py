"""A user's own folder with one law file and one agreement: the shipped lease under other names."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from habeas.errors import Fault, LawError
from habeas.law.library import Library
from habeas.law.program import Program
from habeas.law.world import Case
from habeas.service import replay
from habeas.terms import Finding

DAY = date(2026, 11, 21)
LEASE = (
    Library()
    .agreements["SE-EE"][0]
    .text.replace('id = "SE-EE"', 'id = "X-Y"')
    .replace("agreement = 'SE-EE'", "agreement = 'X-Y'")
    .replace("SEEE-", "OWN-")
)
TREATY = """
[[instruments]]
id = "pact"
type = "treaty"
title = {en = "Pact", es = "Pacto"}
in_force = {SE = 2025-01-01, EE = 2025-02-01}
"""
LAW = """
format = "habeas-agreement/1"
kind = "law"
id = "own"
version = "0.1.0"
from = 2025-01-01
title = {en = "Own law", es = "Ley propia"}

[[instruments]]
id = "act"
type = "statute"
title = {en = "Act", es = "Ley"}
TABLES
[meta]
authors = ["a test"]
source_texts = {en = "None.", es = "Ninguno."}
"""
LOCAL = "{instrument = 'se-gov', at = 'x', checked = 'text'}"  # of the agreement's file
CITE = '{instrument = "act", at = "s. 1", checked = "text"}'
OVER = '{instrument = "pact", at = "art. 5", checked = "text"}'
SAY = '{en = "One sentence.", es = "Una frase."}'


def filled(text: str) -> str:
    """Tables with CITE, OVER and SAY in full."""
    return text.replace("CITE", CITE).replace("OVER", OVER).replace("SAY", SAY)


def rule(name: str, require: str, **keys: str) -> str:
    """A rule's table; a key may be `from_`, and its value is TOML."""
    lines = [f"{key.rstrip('_')} = {value}\n" for key, value in keys.items()]
    text = f'[rules.{name}]\ntext = SAY\nrequire = "{require}"\ncite = [CITE]\n'
    return f"\n{text}{''.join(lines)}"


@dataclass(frozen=True)
class Own:
    """What stands in the folder."""

    library: Library
    law: Path
    deal: Path

    def faults(self) -> list[Fault]:
        """Everything wrong, as `law check` tells it."""
        return self.library.faults()

    def codes(self) -> list[tuple[str, str, int]]:
        """Code, file without its folder, and line of each fault."""
        return [(one.code, Path(one.file).name, one.line) for one in self.faults()]

    def program(self, day: date = DAY, name: str = "X-Y") -> Program:
        """The program of the agreement."""
        return self.library.program(name, day)

    def refused(self, day: date = DAY) -> tuple[Fault, ...]:
        """Why no program is made on a day."""
        try:
            self.program(day)
        except LawError as error:
            return error.faults
        return ()

    def finding(self, name: str, day: date = DAY, /, **facts: int | str | bool) -> Finding:
        """What a rule says of a case with these facts, in whole units, on a day."""
        case = Case(facts, day.toordinal() - date(1970, 1, 1).toordinal())
        return replay.findings(self.program(day), case)[name]

    def line(self, part: str, after: str = "") -> int:
        """The line of the first place of a part, in whichever of the two files has it.

        Args:
            part: what is looked for.
            after: from the place of which on.
        """
        text = next(t for t in (self.law.read_text(), self.deal.read_text()) if part in t)
        return text[: text.index(part, text.index(after))].count("\n") + 1


def own(folder: Path, law: str = "", deal: str = "", lease: str = LEASE) -> Own:
    """A folder with a law file that has these tables, and an agreement with those."""
    (folder / "laws").mkdir(parents=True)
    (folder / "agreements").mkdir()
    files = folder / "laws" / "own.toml", folder / "agreements" / "x.toml"
    files[0].write_text(LAW.replace("TABLES", filled(law)))
    files[1].write_text(lease.replace("\n[meta]\n", f"{filled(deal)}\n[meta]\n"))
    return Own(Library(folder), *files)
