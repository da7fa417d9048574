"""Rule text to tokens, and what each word outside the language is refused with.

A token that the language does not have is kept as "bad" with its fault, so that the parser can go
on behind it and tell every fault of a text in one run.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from habeas.errors import Fault
from habeas.law import messages

EPOCH = date(1970, 1, 1).toordinal()
MAX_LENGTH = 2_000
MAX_NAME = 63
MAX_DIGITS = 18
FUNCTIONS = (
    "DAYS_BETWEEN",
    "ADD_DAYS",
    "ADD_MONTHS",
    "ADD_YEARS",
    "YEARS_OLD",
    "LEAST",
    "GREATEST",
)
KEYWORDS = frozenset(
    {"AND", "OR", "NOT", "IN", "BETWEEN", "TRUE", "FALSE", "CASE", "WHEN", "THEN", "ELSE", "END"}
    | {"IS", "NULL", "RULE", *FUNCTIONS}
)
COMPARE = ("=", "<>", "<", "<=", ">", ">=")
Kind = Literal["name", "number", "code", "date", "param", "word", "op", "bad", "end"]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<date>[Dd][Aa][Tt][Ee]\s*'[^']*')
    | (?P<param>:[a-z][a-z0-9_]*)
    | (?P<wrong>--|/\*|\*/|\|\||::|==|!=|<=>|=>|\*\*|//)
    | (?P<number>[0-9]+(?:\.[0-9]+)?(?![\w.]))
    | (?P<float>[0-9]*\.[0-9][\w.+]*|[0-9]+\.(?!\w)|[0-9]+[eE][0-9+\-]*)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<code>'[A-Za-z0-9_.\-]+')
    | (?P<op><>|<=|>=|[=<>(),+*-])
    | (?P<rest>'[^']*'?|"[^"]*"?|[^\s\w(),<>=+*']+|\S+)
    )""",
    re.ASCII | re.VERBOSE,
)
_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DIVISION = ("/", "%")
_COMMENT = ("/*", "*/", "--")
_DEFAULTS = frozenset({"COALESCE", "IFNULL", "NVL", "NULLIF", "ISNULL", "NVL2", "ZEROIFNULL"})
_CLOCK = frozenset({"NOW", "CURRENT_DATE", "CURRENT_TIMESTAMP", "CURRENT_TIME", "TODAY", "SYSDATE"})
_NO_FUNCTION = frozenset({"EXISTS", "CAST", "TRY_CAST", "SELECT", "LIKE", "ILIKE", "COLLATE"})
_HINTS: dict[str, tuple[str, str]] = {
    "==": ("Did you mean '='?", "¿Quiso decir '='?"),
    "!=": ("Did you mean '<>'?", "¿Quiso decir '<>'?"),
    "=>": ("Did you mean '>='?", "¿Quiso decir '>='?"),
    "<=>": ("Write =, which stays unknown.", "Escriba =, que queda desconocido."),
    "||": ("Use OR, or two codes.", "Use OR, o dos códigos."),
    "::": ("Facts have their type already.", "Los hechos ya tienen su tipo."),
    "--": ("Put what you would say under note.", "Ponga lo que diría en note."),
    "/*": ("Put what you would say under note.", "Ponga lo que diría en note."),
    ";": ("One rule is one expression.", "Una regla es una expresión."),
    "XOR": ("Write a <> b.", "Escriba a <> b."),
    "LIKE": ("Use IN with the codes.", "Use IN con los códigos."),
}
_LIST = "DATE '..', :{}, = <> < <= > >=, AND, OR, NOT, IN, BETWEEN, CASE"
_USE = (
    f"Use facts, numbers, 'codes', {_LIST.format('parameters')} and the functions.",
    f"Use hechos, números, 'códigos', {_LIST.format('parámetros')} y las funciones.",
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign of a rule text."""

    kind: Kind
    text: str  # keywords and operators in upper case
    at: int
    end: int
    fault: Fault | None = None  # of a bad token


def outside(text: str, at: int) -> Fault:
    """The fault of a word or sign that the language does not have."""
    hint, pista = _HINTS.get(text.upper(), _USE)
    shown = text if len(text) <= MAX_NAME else text[:MAX_NAME] + "…"
    return messages.fault("H122", at, text=shown, hint=hint, pista=pista)


def _word(text: str, at: int, after: str) -> Fault | None:  # noqa: C901, PLR0911 - one a ban
    """Why a word may not stand; None for a keyword or what may be a fact's name."""
    upper, called = text.upper(), after.startswith("(")
    if upper in _CLOCK:
        return messages.fault("H115.now", at, name=upper)
    if upper in _DEFAULTS:
        return messages.fault("H111", at, text=upper)
    if upper in {"DIV", "MOD"}:
        return messages.fault("H114", at, text=upper)
    if upper == "INTERVAL":
        return messages.fault("H108", at)
    if upper in KEYWORDS and (upper not in FUNCTIONS or called):
        return None
    if upper in _NO_FUNCTION or upper in _HINTS:
        return outside(text, at)
    if called:
        return messages.fault("H115", at, name=upper[:MAX_NAME], functions=", ".join(FUNCTIONS))
    if text != text.lower() or len(text) > MAX_NAME or text[0] == "_":
        return outside(text, at)
    return None


def _date(text: str, at: int) -> Token:
    inner = text[text.index("'") + 1 : -1]
    try:
        found = date.fromisoformat(inner) if _ISO.fullmatch(inner) else None
    except ValueError:
        found = None
    if found is None:
        return Token("bad", text, at, at + len(text), messages.fault("H116", at, text=inner[:20]))
    return Token("date", str(found.toordinal() - EPOCH), at, at + len(text))


def _token(kind: str, text: str, at: int, after: str) -> Token:  # noqa: C901, PLR0911 - one a kind
    end = at + len(text)
    match kind:
        case "date":
            return _date(text, at)
        case "param":
            return Token("param", text[1:], at, end)
        case "number" if len(text.replace(".", "")) <= MAX_DIGITS * 2:
            return Token("number", text, at, end)
        case "float" | "number":
            return Token("bad", text, at, end, messages.fault("H107.form", at, text=text[:40]))
        case "code":
            return Token("code", text[1:-1], at, end)
        case "op":
            return Token("op", text, at, end)
        case "word":
            refused = _word(text, at, after)
            if refused is not None:
                return Token("bad", text, at, end, refused)
            upper = text.upper()
            known = upper in KEYWORDS
            return Token("word" if known else "name", upper if known else text, at, end)
        case _:
            if text.startswith(_DIVISION) and text not in _COMMENT:
                return Token("bad", text, at, end, messages.fault("H114", at, text=text[0]))
            if text == "<=>":
                return Token("bad", text, at, end, messages.fault("H118", at, text=text))
            return Token("bad", text, at, end, outside(text, at))


def tokens(text: str) -> list[Token]:
    """Every token of a text and an end mark; the text is at most MAX_LENGTH long."""
    found: list[Token] = []
    position, last = 0, len(text.rstrip())
    while position < last:
        match = _TOKEN.match(text, position)
        kind = match.lastgroup if match else None
        if match is None or kind is None:
            # What no alternative takes: a sign beyond ASCII right behind white space.
            found.append(Token("bad", text[position], position, position + 1))
            position += 1
            continue
        at, position = match.start(kind), match.end()
        found.append(_token(kind, match.group(kind), at, text[position:].lstrip()))
    found.append(Token("end", "the end", len(text), len(text)))
    return found
