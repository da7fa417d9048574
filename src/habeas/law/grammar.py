"""Rule text to a tree with spans: our own lexer and parser.

The language is a restricted SQL yes/no expression. This version reads AND, OR, NOT, comparison,
IN, BETWEEN, whole and decimal numbers, 'codes' and TRUE/FALSE; every other
construct is refused by name, because what maps unknown to known must never slip in.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from habeas.errors import Fault, LawError

MAX_LENGTH = 2_000
MAX_DEPTH = 32
CompareOp = Literal["=", "<>", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the case, by its name in the vocabulary."""

    name: str
    at: int  # offset of the first character in the rule text


@dataclass(frozen=True, slots=True)
class Number:
    """A number in natural units; the checker turns it into the fact's integer units."""

    value: Decimal
    at: int


@dataclass(frozen=True, slots=True)
class Code:
    """A quoted word of a code list."""

    value: str
    at: int


@dataclass(frozen=True, slots=True)
class Truth:
    """TRUE or FALSE, which may stand alone only as `applies`."""

    value: bool
    at: int


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene negation."""

    arg: "Node"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Kleene conjunction, flattened."""

    args: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Kleene disjunction, flattened."""

    args: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values; unknown where either is unknown."""

    op: CompareOp
    left: "Value"
    right: "Value"
    at: int


@dataclass(frozen=True, slots=True)
class In:
    """A fact in a list of literals; unknown where the fact is unknown."""

    fact: Fact
    values: tuple["Literals", ...]
    at: int


Literals = Number | Code
Value = Fact | Number | Code | Truth
Node = Fact | Truth | Not | AllOf | AnyOf | Compare | In

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)(?![\w.])|(?P<name>[a-z][a-z0-9_]*)|(?P<word>[A-Z_]+)"
    r"|'(?P<code>[A-Za-z0-9_.\-]+)'|(?P<op><>|<=|>=|=|<|>|\(|\)|,|-)|(?P<bad>\S+))",
)
_KEYWORDS = {"AND", "OR", "NOT", "IN", "BETWEEN", "TRUE", "FALSE"}
_REFUSED = {
    "IS": ("H110", "'IS' would turn \"not established\" into yes or no", "Write the fact itself."),
    "COALESCE": ("H111", "COALESCE would treat a missing fact as given", "Leave it out."),
    "IFNULL": ("H111", "IFNULL would treat a missing fact as given", "Leave it out."),
    "NULL": ("H119", "NULL is not a value of this language", "A missing fact is simply absent."),
}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def _fault(code: str, what: str, fix: str, at: int) -> LawError:
    return LawError(Fault(code, what, fix, column=at + 1))


def _tokens(text: str) -> list[_Token]:
    if len(text) > MAX_LENGTH:
        what = f"rule text is {len(text):,} characters; the limit is {MAX_LENGTH:,}"
        raise _fault("H123", what, "Split the rule in two.", 0)
    found: list[_Token] = []
    position = 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        kind = match.lastgroup if match else None
        if match is None or kind is None:  # the last alternative takes any character
            break
        word, at = match.group(kind), match.start(kind)
        if kind == "bad" or (kind == "word" and word not in _KEYWORDS):
            raise _refusal(word, at)
        found.append(_Token(word if kind in {"word", "op"} else kind, word, at))
        position = match.end()
    found.append(_Token("end", "the end", len(text)))
    return found


def _refusal(word: str, at: int) -> LawError:
    if word in _REFUSED:
        return _fault(*_REFUSED[word], at)
    if word.startswith(("/", "%")):
        return _fault(
            "H114", f"'{word}' is not allowed: engines differ on division", "Multiply out.", at
        )
    return _fault(
        "H122",
        f"'{word}' is not part of the rule language",
        "Use facts, numbers, 'codes', = <> < <= > >=, AND, OR, NOT, IN, BETWEEN.",
        at,
    )


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.next = 0
        self.depth = 0

    def peek(self) -> _Token:
        return self.tokens[self.next]

    def take(self, *kinds: str) -> _Token | None:
        token = self.peek()
        if token.kind not in kinds:
            return None
        self.next += 1
        return token

    def need(self, kind: str) -> _Token:
        token = self.take(kind)
        if token is None:
            found = self.peek()
            raise _fault(
                "H126",
                f"expected '{kind}' but found '{found.text}'",
                "Complete the expression.",
                found.at,
            )
        return token

    def either(self) -> Node:
        args = [self.both()]
        while self.take("OR"):
            args.append(self.both())
        return args[0] if len(args) == 1 else AnyOf(tuple(_flat(args, AnyOf)))

    def both(self) -> Node:
        args = [self.negation()]
        while self.take("AND"):
            args.append(self.negation())
        return args[0] if len(args) == 1 else AllOf(tuple(_flat(args, AllOf)))

    def negation(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH + 1:  # the rule itself is the first
            raise _fault(
                "H123",
                f"nesting depth {self.depth - 1}; the limit is {MAX_DEPTH}",
                "Split the rule in two.",
                self.peek().at,
            )
        node = Not(self.negation()) if self.take("NOT") else self.predicate()
        self.depth -= 1
        return node

    def predicate(self) -> Node:
        if self.take("("):
            node = self.either()
            self.need(")")
            return node
        start = self.peek()
        left = self.value()
        negated = self.take("NOT") is not None
        if self.take("IN"):
            node = self.membership(left, start.at)
        elif self.take("BETWEEN"):
            low = self.value()
            self.need("AND")
            high = self.value()
            node = AllOf((Compare(">=", left, low, start.at), Compare("<=", left, high, start.at)))
        elif negated:
            raise _fault(
                "H126",
                "NOT stands between a value and nothing",
                "Write NOT IN (...) or put NOT in front.",
                start.at,
            )
        else:
            return self.comparison(left, start.at)
        return Not(node) if negated else node

    def comparison(self, left: Value, at: int) -> Node:
        op = self.take("=", "<>", "<", "<=", ">", ">=")
        if op is None:
            if isinstance(left, Fact | Truth):
                return left
            raise _fault(
                "H104",
                "a rule must be yes or no, but this is a bare value",
                "Compare it with a fact.",
                at,
            )
        right = self.value()
        if self.peek().kind in {"=", "<>", "<", "<=", ">", ">="}:
            raise _fault(
                "H113",
                "chained comparison has another meaning in SQL",
                "Write two comparisons joined by AND.",
                self.peek().at,
            )
        return Compare(_OPS[op.kind], left, right, at)

    def membership(self, left: Value, at: int) -> Node:
        if not isinstance(left, Fact):
            raise _fault(
                "H109",
                "IN compares constants: no fact of the case is used",
                "Put a fact on the left of IN.",
                at,
            )
        self.need("(")
        values = [self.literal()]
        while self.take(","):
            values.append(self.literal())
        self.need(")")
        return In(left, tuple(values), at)

    def literal(self) -> Literals:
        value = self.value()
        if isinstance(value, Fact | Truth):
            raise _fault(
                "H112", "only literals may stand in IN (...)", "List numbers or 'codes'.", value.at
            )
        return value

    def value(self) -> Value:
        sign = self.take("-")
        token = self.peek()
        self.next += token.kind != "end"
        if token.kind == "number":
            return Number(-Decimal(token.text) if sign else Decimal(token.text), token.at)
        if sign is None and token.kind in {"name", "code", "TRUE", "FALSE"}:
            match token.kind:
                case "name":
                    return Fact(token.text, token.at)
                case "code":
                    return Code(token.text, token.at)
                case _:
                    return Truth(token.kind == "TRUE", token.at)
        raise _fault(
            "H126",
            f"expected a fact or a value but found '{token.text}'",
            "Complete the expression.",
            token.at,
        )


_OPS: dict[str, CompareOp] = {"=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def _flat(args: list[Node], kind: type[AllOf] | type[AnyOf]) -> list[Node]:
    return [inner for arg in args for inner in (arg.args if isinstance(arg, kind) else (arg,))]


def parse(text: str) -> Node:
    """The tree of a rule text.

    Raises:
        LawError: H104, H109 to H114, H119, H122, H123, H126, with the column of the fault.
    """
    parser = _Parser(text)
    node = parser.either()
    parser.need("end")
    return node
