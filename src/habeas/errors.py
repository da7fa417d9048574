"""Every error this package raises.

    HabeasError            exit status 2: the input or the call is wrong
    |- LawError            H1xx, H2xx, H3xx: rule language, agreement and law files, analysis
    |- DocketError         H4xx: dockets
    |- RegisterError       H5xx: the register
    |  |- ImpossibleEvent  H6xx, exit status 3: refused by law or by the register
    |  `- SigningRefused   exit status 3: a log that may not sign
    |- SealedError         H59x: the keys of sealed content
    |- FeeError            H7xx: fees and space
    |  `- DisputeRefused   H758, H759, exit status 3: a move that may not be
    |- StatisticsError     H88x: what may be published of the tables
    `- SetupError          H9xx: environment and calls

A failure says what, where and what to do, with a code that is never used again for another
meaning (``docs/errors.md``). An error carries all faults of its input, not the first alone.
"""

import re
from dataclasses import dataclass
from typing import ClassVar, Literal

Language = Literal["en", "es"]
WORD = re.compile(r"[\w:.]+|'[^']*'|\S+")
WIDTH = 400  # of a line that is shown; of a longer one, the part around the fault
UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"  # what was read never drives a terminal


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: code, what, where, what to do."""

    code: str
    what: str
    fix: str
    file: str = ""
    line: int = 0  # 0: the fault has no line
    column: int = 0
    where: str = ""  # a register index or a case id, where there is no file
    rule: str = ""  # the rule or guarantee whose text it is in
    source: str = ""  # the line of the file in which it stands
    spanish: tuple[str, str] = ("", "")  # what and fix; empty where there is no translation

    def sentence(self, lang: Language = "en") -> str:
        """The fault in one line: `FILE:LINE:COL: CODE what. fix`."""
        return f"{self._said(lang)}. {self._words(lang)[1]}"

    def told(self, lang: Language = "en") -> str:
        """The fault with the line of its file, a caret and a line of help; else the sentence."""
        if not self.source or not self.column:
            return self.sentence(lang)
        first = max(0, self.column - 1 - WIDTH // 2) if len(self.source) > WIDTH else 0
        shown, at = _printable(self.source[first : first + WIDTH]), self.column - 1 - first
        marked = WORD.match(shown, min(at, len(shown)))
        caret = " " * at + "^" * max(1, len(marked.group()) if marked else 1)
        help_ = {"en": "help", "es": "ayuda"}[lang]
        return f"{self._said(lang)}\n  {shown}\n  {caret}\n{help_}: {self._words(lang)[1]}"

    def _words(self, lang: Language) -> tuple[str, str]:
        what, fix = self.spanish if lang == "es" and self.spanish[0] else (self.what, self.fix)
        return _printable(what), _printable(fix)

    def _said(self, lang: Language) -> str:
        numbers = [str(number) for number in (self.line, self.column) if number]
        head = ":".join([self.file, *numbers]) + ": " if self.file else ""
        tail = f" ({self.where})" if self.where else ""
        inside = {"en": " in rule ", "es": " en la regla "}[lang] + self.rule if self.rule else ""
        return _printable(f"{head}{self.code} {self._words(lang)[0]}{inside}{tail}")


def _printable(text: str) -> str:
    if text.isprintable():  # nearly always, and many times as fast
        return text
    return "".join(char if char.isprintable() else UNPRINTABLE for char in text)


class HabeasError(Exception):
    """Something that a person must change; carries one fault or more."""

    status: ClassVar[int] = 2

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(fault.sentence() for fault in self.faults)

    @property
    def code(self) -> str:
        """Code of the first fault."""
        return self.faults[0].code


class LawError(HabeasError):
    """A rule, an agreement or a law file is not what the format asks."""


class DocketError(HabeasError):
    """A docket as a whole cannot be read; single bad rows are set aside instead."""


class RegisterError(HabeasError):
    """Bytes, a signature or a place in the log is not what the register asks."""


class ImpossibleEvent(RegisterError):  # noqa: N818 - the word of the field
    """An event that may not follow what the register already holds."""

    status: ClassVar[int] = 3


class SealedError(HabeasError):
    """The keys of sealed content are not there, or cannot be kept or destroyed."""


class SigningRefused(RegisterError):  # noqa: N818 - the word of the field
    """A log has fewer or other leaves than it, or a witness, has seen: it signs nothing."""

    status: ClassVar[int] = 3


class FeeError(HabeasError):
    """A bill or a measurement was asked for that the agreement cannot answer."""


class DisputeRefused(FeeError):  # noqa: N818 - the word of the field
    """A move of a disputed line that is not this side's, or not from this state."""

    status: ClassVar[int] = 3


class StatisticsError(HabeasError):
    """Statistics that may not be published, or that were asked for wrongly."""


class SetupError(HabeasError):
    """A call names a file, a command or an option that is not there."""
