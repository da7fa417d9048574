"""Rule text to a tree: our own parser, and the printer that gives the text back.

The language is a restricted SQL yes/no expression (docs/spec/agreement.md). Every construct
outside it is refused by name, because what maps unknown to known must never slip in. A fault does
not end the reading: the parser goes on behind it, so that one run tells all faults of a text.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import assert_never

from habeas.errors import Fault, LawError
from habeas.law import messages
from habeas.law.tokens import COMPARE, EPOCH, MAX_LENGTH, Kind, Token, tokens
from habeas.law.tree import (
    AllOf,
    AnyOf,
    AsOf,
    Choose,
    Code,
    Compare,
    CompareOp,
    Day,
    DaysBetween,
    Extreme,
    Fact,
    In,
    Literals,
    Minus,
    Node,
    Not,
    Number,
    Param,
    RuleRef,
    Shift,
    Sum,
    SumOp,
    Times,
    Truth,
    Unit,
    YearsOld,
)

MAX_DEPTH = 32
_OPS: dict[str, CompareOp] = {"=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_SIGNS: dict[str, SumOp] = {"+": "+", "-": "-"}
_UNITS: dict[str, Unit] = {"ADD_DAYS": "days", "ADD_MONTHS": "months", "ADD_YEARS": "years"}
_TWO = ("DAYS_BETWEEN", "YEARS_OLD", *_UNITS)
_WANTED = {"fact": "a fact or a value", "end": "the end"}


class _Stopped(Exception):  # noqa: N818 - the reading of one predicate stops, no error leaves here
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.next = 0
        self.depth = 0
        self.faults: list[Fault] = []

    # Tokens

    def peek(self) -> Token:
        return self.tokens[self.next]

    def take(self, kind: Kind, *texts: str) -> Token | None:
        token = self.peek()
        if token.kind != kind or (texts and token.text not in texts):
            return None
        self.next += kind != "end"
        return token

    def need(self, kind: Kind, *texts: str) -> Token:
        found = self.take(kind, *texts)
        if found is None:
            raise self.unexpected(f"'{texts[0]}'" if texts else _WANTED.get(kind, kind))
        return found

    def unexpected(self, wanted: str) -> _Stopped:
        token = self.peek()
        if token.fault is not None:
            return _Stopped(self.told(token))
        if token.kind == "word" and token.text == "NULL":
            return _Stopped(messages.fault("H119", token.at))
        if token.kind == "word" and token.text == "IS":
            return _Stopped(self.is_phrase())
        return _Stopped(messages.fault("H126", token.at, wanted=wanted, found=token.text))

    def told(self, token: Token) -> Fault:
        """A bad token's fault; one that takes arguments shows them."""
        fault = token.fault or messages.fault("H126", token.at, wanted="a value", found=token.text)
        if fault.code != "H111":
            return fault
        end = self.text.find(")", token.at)
        shown = self.text[token.at : end + 1] if end >= 0 else token.text
        return messages.fault("H111", token.at, text=" ".join(shown.split())[:120])

    def is_phrase(self) -> Fault:
        """IS [NOT] and what follows: it would make a fact of what is missing."""
        at = self.need("word", "IS").at
        negated = "NOT " if self.take("word", "NOT") else ""
        what = self.peek()
        if what.text == "NULL":
            return messages.fault("H110", at, negated=negated)
        return messages.fault("H118", at, text=f"IS {negated}{what.text.upper()}")

    def recover(self, fault: Fault, start: int) -> Node:
        """Note a fault and go on behind the predicate that begins at a token."""
        self.faults.append(fault)
        signs = [token.text for token in self.tokens[start : self.next] if token.kind == "op"]
        open_brackets = signs.count("(") - signs.count(")")
        while (token := self.peek()).kind != "end":
            if token.text == "(" and token.kind == "op":
                open_brackets += 1
            elif token.text == ")" and token.kind == "op":
                if open_brackets == 0:
                    break
                open_brackets -= 1
            elif token.kind == "word" and token.text in {"AND", "OR"} and open_brackets == 0:
                break
            elif token.fault is not None and token.at != fault.column - 1:
                self.faults.append(self.told(token))
            self.next += 1
        return Param("", fault.column - 1)  # of no type: nothing more is told about it

    # Yes or no

    def either(self) -> Node:
        args = [self.both()]
        while self.take("word", "OR"):
            args.append(self.both())
        return args[0] if len(args) == 1 else AnyOf(tuple(_flat(args, AnyOf)))

    def both(self) -> Node:
        args = [self.negation()]
        while self.take("word", "AND"):
            args.append(self.negation())
        return args[0] if len(args) == 1 else AllOf(tuple(_flat(args, AllOf)))

    def deeper(self, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH + 1:  # the rule itself is the first
            raise LawError(  # nothing can be read behind it
                messages.fault("H123.depth", self.peek().at, depth=self.depth - 1, limit=MAX_DEPTH),
                *self.faults,
            )
        node = read()
        self.depth -= 1
        return node

    def negation(self) -> Node:
        depth, start = self.depth, self.next

        def read() -> Node:
            if self.take("word", "NOT"):
                return Not(self.negation())
            return self.predicate()

        try:
            return self.deeper(read)
        except _Stopped as stopped:
            self.depth = depth
            return self.recover(stopped.fault, start)

    def predicate(self) -> Node:
        start = self.peek()
        left = self.value()
        negated = self.take("word", "NOT") is not None
        if self.take("word", "IN"):
            node = self.membership(left, start.at)
        elif self.take("word", "BETWEEN"):
            node = self.between(left, start.at)
        elif negated:
            raise self.unexpected("IN or BETWEEN")
        else:
            return self.comparison(left, start)
        return Not(node) if negated else node

    def comparison(self, left: Node, start: Token) -> Node:
        middle = self.peek()
        op = self.take("op", *COMPARE)
        if op is None and middle.fault is not None:
            raise self.unexpected("a comparison")
        if op is None:
            return left
        right = self.value()
        behind = self.peek()
        if self.take("op", *COMPARE):
            self.value()
            parts = (
                self.text[start.at : middle.at],
                self.text[middle.end : behind.at],
                self.text[behind.end : self.tokens[self.next - 1].end],
            )
            a, b, c = (" ".join(part.split())[:60] for part in parts)
            said = {"a": a, "b": b, "c": c, "first": op.text, "second": behind.text}
            raise _Stopped(messages.fault("H113", behind.at, **said))
        return Compare(_OPS[op.text], left, right, start.at)

    def between(self, left: Node, at: int) -> Node:
        low = self.value()
        self.need("word", "AND")
        return AllOf((Compare(">=", left, low, at), Compare("<=", left, self.value(), at)))

    def membership(self, left: Node, at: int) -> Node:
        if isinstance(left, Number | Code | Day | AsOf | Param | Truth):
            raise _Stopped(messages.fault("H109", at, text=f"{text(left)} IN (...)"))
        if not isinstance(left, Fact):
            raise _Stopped(messages.fault("H127", at))
        self.need("op", "(")
        values = [self.literal()]
        while self.take("op", ","):
            values.append(self.literal())
        self.need("op", ")")
        return In(left, tuple(dict.fromkeys(values)), at)

    def literal(self) -> Literals:
        token = self.peek()
        if token.kind == "word" and token.text == "NULL":
            raise _Stopped(messages.fault("H112", token.at))
        sign = self.take("op", "-")
        value = self.primary()
        if sign and isinstance(value, Number):
            return Number(-value.value, sign.at, f"-{value.written}")
        if sign or not isinstance(value, Number | Code | Day):
            raise _Stopped(messages.fault("H112.literal", token.at))
        return value

    # Values

    def value(self) -> Node:
        node = self.term()
        while sign := self.take("op", "+", "-"):
            node = Sum(_SIGNS[sign.text], node, self.term(), _start(node, sign.at))
        return node

    def term(self) -> Node:
        node = self.factor()
        while sign := self.take("op", "*"):
            node = Times(node, self.factor(), _start(node, sign.at))
        return node

    def factor(self) -> Node:
        sign = self.take("op", "-")
        if sign is None:
            return self.primary()
        arg = self.deeper(self.factor)
        if isinstance(arg, Number) and arg.value > 0:
            return Number(-arg.value, sign.at, f"-{arg.written}")
        return Minus(arg, sign.at)

    def primary(self) -> Node:  # noqa: C901, PLR0911 - one case a kind of token
        token = self.peek()
        if self.take("op", "("):
            node = self.either()
            self.need("op", ")")
            return node
        match token.kind, token.text:
            case "number", _:
                self.next += 1
                return Number(Decimal(token.text), token.at, token.text)
            case "name", "as_of":
                self.next += 1
                return AsOf(token.at)
            case "name", _:
                self.next += 1
                return Fact(token.text, token.at)
            case "code", _:
                self.next += 1
                return Code(token.text, token.at)
            case "date", _:
                self.next += 1
                return Day(int(token.text), token.at)
            case "param", _:
                self.next += 1
                return Param(token.text, token.at)
            case "word", "TRUE" | "FALSE":
                self.next += 1
                return Truth(token.text == "TRUE", token.at)
            case "word", "CASE":
                return self.deeper(self.case)
            case "word", "RULE":
                return self.reference()
            case "word", _ if token.text in (*_TWO, "LEAST", "GREATEST"):
                return self.deeper(self.call)
            case _:
                raise self.unexpected("a fact or a value")

    def case(self) -> Node:
        start = self.need("word", "CASE")
        if self.peek().text != "WHEN" or self.peek().kind != "word":
            raise _Stopped(messages.fault("H120", start.at))
        return self.branches(start.at)

    def branches(self, at: int) -> Node:
        self.need("word", "WHEN")
        when = self.either()
        self.need("word", "THEN")
        then = self.either()
        if self.peek().kind == "word" and self.peek().text == "WHEN":
            return Choose(when, then, self.deeper(lambda: self.branches(self.peek().at)), at)
        if not self.take("word", "ELSE"):
            if self.take("word", "END"):
                raise _Stopped(messages.fault("H120", at))
            raise self.unexpected("'ELSE'")
        other = self.either()
        self.need("word", "END")
        return Choose(when, then, other, at)

    def reference(self) -> Node:
        start = self.need("word", "RULE")
        self.need("op", "(")
        name = self.need("code")
        self.need("op", ")")
        return RuleRef(name.text, start.at)

    def call(self) -> Node:
        name = self.peek()
        self.next += 1
        self.need("op", "(")
        args = [self.value()]
        while self.take("op", ","):
            args.append(self.value())
        self.need("op", ")")
        return _called(name, args)


def _called(name: Token, args: list[Node]) -> Node:
    pair = name.text in _TWO
    if (pair and len(args) != len("ab")) or len(args) < len("ab"):
        wanted = "2" if pair else "2+"
        fault = messages.fault(
            "H115.count", name.at, name=name.text, wanted=wanted, found=len(args)
        )
        raise _Stopped(fault)
    if name.text in _UNITS:
        return Shift(_UNITS[name.text], args[0], args[1], name.at)
    match name.text:
        case "DAYS_BETWEEN":
            return DaysBetween(args[0], args[1], name.at)
        case "YEARS_OLD":
            return YearsOld(args[0], args[1], name.at)
        case _:
            return Extreme(name.text == "GREATEST", tuple(args), name.at)


def _start(node: Node, otherwise: int) -> int:
    return otherwise if isinstance(node, Not | AllOf | AnyOf) else node.at


def _flat(args: list[Node], kind: type[AllOf] | type[AnyOf]) -> list[Node]:
    return [inner for arg in args for inner in (arg.args if isinstance(arg, kind) else (arg,))]


def read(source: str) -> tuple[Node, list[Fault]]:
    """The tree of a rule text and every fault of its grammar.

    Where a predicate cannot be read, a parameter without name stands in the tree; such a tree is
    never run.
    """
    if len(source) > MAX_LENGTH:
        said = {"length": f"{len(source):,}", "limit": f"{MAX_LENGTH:,}"}
        return Truth(value=True), [messages.fault("H123", 0, **said)]
    parser = _Parser(source)
    try:
        node = parser.either()
        while parser.peek().kind != "end":  # something stands behind a whole expression
            parser.recover(parser.unexpected("the end").fault, parser.next)
            parser.next += parser.peek().kind != "end"
            if parser.peek().kind != "end":
                parser.either()
    except LawError as error:
        return Truth(value=True), list(error.faults)
    return node, parser.faults


def parse(source: str) -> Node:
    """The tree of a rule text.

    Raises:
        LawError: H107 to H127, every fault of the grammar, each with its column.
    """
    node, faults = read(source)
    if faults:
        raise LawError(*faults)
    return node


# The printer

_LOOSE, _AND, _NOT, _COMPARED, _SUM, _TIMES, _TIGHT = range(7)


def text(node: Node) -> str:
    """The canonical text of a tree: it parses to the same tree."""
    return _print(node, _LOOSE)


def _print(node: Node, least: int) -> str:
    told, binds = _told(node)
    return told if binds >= least else f"({told})"


def _listed(nodes: tuple[Node, ...]) -> str:
    return ", ".join(_print(one, _SUM) for one in nodes)


def _told(node: Node) -> tuple[str, int]:  # noqa: C901, PLR0911, PLR0912 - one case a node
    match node:
        case Fact():
            return node.name, _TIGHT
        case Number():
            return node.written or f"{node.value:f}", _SUM if node.value < 0 else _TIGHT
        case Code():
            return f"'{node.value}'", _TIGHT
        case Truth():
            return "TRUE" if node.value else "FALSE", _TIGHT
        case Day():
            return f"DATE '{date.fromordinal(node.value + EPOCH).isoformat()}'", _TIGHT
        case AsOf():
            return "as_of", _TIGHT
        case Param():
            return f":{node.name}", _TIGHT
        case RuleRef():
            return f"RULE('{node.name}')", _TIGHT
        case Not():
            return f"NOT {_print(node.arg, _NOT)}", _NOT
        case AllOf():
            return " AND ".join(_print(arg, _NOT) for arg in node.args), _AND
        case AnyOf():
            return " OR ".join(_print(arg, _AND) for arg in node.args), _LOOSE
        case Compare():
            return f"{_print(node.left, _SUM)} {node.op} {_print(node.right, _SUM)}", _COMPARED
        case In():
            return f"{node.fact.name} IN ({_listed(node.values)})", _COMPARED
        case Choose():
            parts = (_print(one, _LOOSE) for one in (node.when, node.then, node.other))
            return "CASE WHEN {} THEN {} ELSE {} END".format(*parts), _TIGHT
        case Sum():
            return f"{_print(node.left, _SUM)} {node.op} {_print(node.right, _TIMES)}", _SUM
        case Times():
            return f"{_print(node.left, _TIMES)} * {_print(node.right, _TIGHT)}", _TIMES
        case Minus():
            return f"-{_print(node.arg, _TIGHT)}", _TIMES
        case DaysBetween():
            return f"DAYS_BETWEEN({_listed((node.first, node.second))})", _TIGHT
        case Shift():
            return f"ADD_{node.unit.upper()}({_listed((node.day, node.count))})", _TIGHT
        case YearsOld():
            return f"YEARS_OLD({_listed((node.birth, node.on))})", _TIGHT
        case Extreme():
            name = "GREATEST" if node.greatest else "LEAST"
            return f"{name}({_listed(node.args)})", _TIGHT
        case _:
            assert_never(node)
