"""Small faults put into a module one at a time: which there are, and the module with one of them.

Nothing is changed that only tells (docstrings, sentences, type hints, `__repr__`), nor what only
guards against a slip of the programmer (`frozen`, `slots`, `strict` of `zip`, `assert_never`).
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

TYPING = frozenset({"TypeVar", "NewType", "ParamSpec", "cast", "assert_never", "overload"})
GUARDS = frozenset({"strict", "frozen", "slots", "kw_only", "repr"})
TELLING = frozenset({"__repr__", "__str__"})
WORDS = 3  # from so many words on a text is a sentence

ORDER: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.LShift: ast.RShift,
    ast.RShift: ast.LShift, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.BitXor: ast.BitOr,
    ast.MatMult: ast.Mult,
}  # fmt: skip

Make = Callable[[], ast.AST | None]  # None: the statement goes


class Site(NamedTuple):
    """Where a fault is put: a node of the tree, and what takes its place."""

    operator: str
    node: ast.AST
    make: Make
    function: str  # qualified name of the outermost function whose body holds it; "" for none
    first: int  # line of that function's `def` or first decorator


class Mutant(NamedTuple):
    """One fault, told so that it is found again in the same source."""

    file: str  # from the root of the repository
    number: int  # of the site in the file
    operator: str
    line: int
    column: int
    was: str
    now: str
    function: str
    first: int


# Where a fault may be put


class _Sites(ast.NodeVisitor):
    """All sites of a module in the order of their nodes."""

    def __init__(self) -> None:
        self.found = list[Site]()
        self._function, self._first, self._names = "", 0, list[str]()

    def _put(self, operator: str, node: ast.AST, make: Make) -> None:
        self.found.append(Site(operator, node, make, self._function, self._first))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._names.append(node.name)
        self._body(node.body)
        self._names.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name in TELLING or any("overload" in ast.dump(one) for one in node.decorator_list):
            return
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        outer = not self._function
        if outer:
            self._function = ".".join((*self._names, node.name))
            self._first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        self._body(node.body)
        if outer:
            self._function, self._first = "", 0

    def _body(self, body: Sequence[ast.stmt]) -> None:
        for number, one in enumerate(body):
            told = isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
            if not (number == 0 and told):
                self.visit(one)

    def visit_Module(self, node: ast.Module) -> None:
        self._body(node.body)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        name = node.targets[0]
        of_types = not self._function and isinstance(node.value, ast.BinOp | ast.Subscript)
        if of_types and isinstance(name, ast.Name) and not name.id.lstrip("_").isupper():
            return  # a name for a type
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)

    def visit_arg(self, node: ast.arg) -> None:
        """A parameter's type is no code."""

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in TYPING:
            if name == "cast":
                self.visit(node.args[1])
            return
        self.visit(node.func)
        types = name in {"isinstance", "issubclass"}
        for one in node.args[:1] if types else node.args:
            self.visit(one)
        for word in node.keywords:
            if word.arg not in GUARDS:
                self.visit(word.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        names = {"list", "dict", "set", "frozenset", "tuple", "Counter", "defaultdict", "deque"}
        if isinstance(node.value, ast.Name) and node.value.id in names:
            return  # a type
        self.generic_visit(node)

    # What may be wrong

    def visit_Compare(self, node: ast.Compare) -> None:
        for at, op in enumerate(node.ops):
            for other in ORDER[type(op)]:
                ops = [*node.ops[:at], other(), *node.ops[at + 1 :]]
                self._put("comparison", node, _with(node, ops=ops))
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if not any(_is_text(one) for one in (node.left, node.right)):
            self._put("arithmetic", node, _with(node, op=SUMS[type(node.op)]()))
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._put("arithmetic", node, _with(node, op=SUMS[type(node.op)]()))
        self._put("statement", node, ast.Pass)
        self.visit(node.value)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        self._put("boolean", node, _with(node, op=other()))
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        kind = "boolean" if isinstance(node.op, ast.Not) else "arithmetic"
        self._put(kind, node, lambda: node.operand)
        if isinstance(node.op, ast.Not):
            self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        """The conditions of a comprehension too."""
        for one in node.ifs:
            self._condition(one)
        self.generic_visit(node)

    def _condition(self, test: ast.expr) -> None:
        """Turn round what no other operator does."""
        if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant):
            self._put("boolean", test, lambda: ast.UnaryOp(ast.Not(), test))

    def visit_Constant(self, node: ast.Constant) -> None:
        for value in _others(node.value):
            self._put("constant", node, _with(node, value=value))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        texts = [str(one.value) for one in node.values if isinstance(one, ast.Constant)]
        if not _sentence(" x ".join(texts)):
            values: list[ast.expr] = [ast.Constant("~"), *node.values]
            self._put("constant", node, _with(node, values=values))
            for one in node.values:
                if isinstance(one, ast.FormattedValue):
                    self.visit(one.value)

    def visit_Return(self, node: ast.Return) -> None:
        nothing = isinstance(node.value, ast.Constant) and node.value.value is None
        if node.value is not None and not nothing:
            self._put("return", node, lambda: ast.Return(ast.Constant(None)))
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        call = node.value
        if isinstance(call, ast.Constant):
            return  # the dots of a protocol
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in TYPING:
            return
        self._put("statement", node, ast.Pass)
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self._put("statement", node, ast.Pass)
        if isinstance(node.exc, ast.Call):
            other = _with(node.exc, func=ast.Name("RuntimeError", ast.Load()))
            self._put("exception", node.exc, other)
            for one in (*node.exc.args, *(word.value for word in node.exc.keywords)):
                self.visit(one)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        for kind in kinds:
            if kind is not None:
                self._put("exception", kind, lambda: ast.Name("StopAsyncIteration", ast.Load()))
        for one in node.body:
            self.visit(one)

    def visit_Break(self, node: ast.Break) -> None:
        self._put("statement", node, ast.Continue)

    def visit_Continue(self, node: ast.Continue) -> None:
        self._put("statement", node, ast.Break)


def _with(node: ast.AST, **fields: object) -> Make:
    """The same node with other fields."""

    def made() -> ast.AST:
        kept = {name: getattr(node, name, None) for name in node._fields}
        return type(node)(**(kept | fields))

    return made


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _sentence(text: str) -> bool:
    return len(text.split()) >= WORDS


def _others(value: object) -> Iterator[object]:
    match value:
        case bool():
            yield not value
        case int():
            yield value + 1
            if value > 1:
                yield value - 1
        case float():
            yield value * 2 + 1
        case bytes():
            yield value + b"~"
        case str() if not _sentence(value):
            yield value + "~"
        case _:
            pass


# The list of them, and a tree with one


def _sites(source: str) -> tuple[ast.Module, list[Site]]:
    tree, found = ast.parse(source), _Sites()
    found.visit(tree)
    return tree, found.found


def mutants(file: str, source: str) -> list[Mutant]:
    """Every fault that may be put into a file, by position."""
    return [
        Mutant(
            file, number, site.operator, getattr(site.node, "lineno", 0),
            getattr(site.node, "col_offset", 0), _told(site.node), _told(site.make()),
            site.function, site.first,
        )
        for number, site in enumerate(_sites(source)[1])
    ]  # fmt: skip


def _told(node: ast.AST | None) -> str:
    return "" if node is None else ast.unparse(ast.fix_missing_locations(node))[:120]


def mutated(source: str, number: int) -> ast.Module:
    """The tree of a source with the fault of that number in it."""
    tree, sites = _sites(source)
    site = sites[number]
    wanted = site.make()

    class Put(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            if node is site.node and wanted is not None:
                return ast.copy_location(wanted, node)
            return ast.NodeTransformer.generic_visit(self, node)

    Put().visit(tree)
    return ast.fix_missing_locations(tree)
