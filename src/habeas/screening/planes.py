"""The program over Arrow columns as Kleene bit planes: the bulk twin of `evaluate`.

A yes/no tree over N cases is two packed bit vectors, one of the cases in which it is established
true and one of those in which it is established false; unknown is neither. Arrow keeps booleans
and validity as bits already, so that a boolean fact costs two bits a case. A comparison is one
pass over its columns, packed to bits, and counts only where all its facts are known.

A batch has a column a fact, in the form of `docket.snapshot`: booleans, dictionaries of codes,
whole numbers in the facts' units, days. Null slots may hold anything.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from habeas.law import calendar
from habeas.law.tree import (
    AsOf,
    Choose,
    Code,
    Day,
    DaysBetween,
    Extreme,
    Fact,
    Minus,
    Node,
    Number,
    Shift,
    Sum,
    Times,
    children,
)
from habeas.screening.lower import (
    AtMost,
    Attained,
    Coded,
    Flag,
    Known,
    Leaf,
    Members,
    SameCode,
    Values,
    Within,
    shifted,
)
from habeas.screening.sheet import Ref, Sheet, Step

Bits = npt.NDArray[np.uint8]  # little bit order, a bit a case
MANY = 8  # values looked for one by one; more are looked up
ALL = 0xFF
LINE = 64  # bytes of a cache line
AHEAD = 1 << 14  # rows from which reading ahead pays


@dataclass(frozen=True, slots=True)
class Plane:
    """Where a tree is established true, and where established false."""

    true: Bits
    false: Bits


class Column(NamedTuple):
    """The values of a tree and where they are known."""

    values: Values
    known: Bits


def ones(rows: int) -> Bits:
    """A bit for every case, none beyond the last."""
    found = np.full(-(-rows // 8), ALL, np.uint8)
    if rows % 8:
        found[-1] = (1 << rows % 8) - 1
    return found


def count(bits: Bits) -> int:
    """How many cases have their bit set."""
    whole = len(bits) // 8 * 8
    wide = np.bitwise_count(bits[:whole].view(np.uint64)).sum(dtype=np.int64)
    return int(wide) + int(np.bitwise_count(bits[whole:]).sum(dtype=np.int64))


def counts(rows: Sequence[Bits]) -> list[int]:
    """How many cases have their bit set, of several planes at once."""
    if not rows:
        return []
    width = -(-len(rows[0]) // 8) * 8
    room = np.zeros((len(rows), width), np.uint8)
    for n, bits in enumerate(rows):
        room[n, : len(bits)] = bits
    found: list[int] = np.bitwise_count(room.view(np.uint64)).sum(axis=1, dtype=np.int64).tolist()
    return found


def packed(test: npt.NDArray[np.bool_]) -> Bits:
    """A truth value a case as bits."""
    return np.packbits(test, bitorder="little")


def bitmap(buffer: pa.Buffer | None, offset: int, every: Bits, rows: int) -> Bits:
    """An Arrow bitmap; a buffer that is absent means all. Bits beyond the last row may be set."""
    if buffer is None:
        return every
    if offset % 8 == 0:
        return np.frombuffer(buffer, np.uint8, len(every), offset // 8)
    raw = np.frombuffer(buffer, np.uint8, offset=offset // 8)
    bits = np.unpackbits(raw, count=offset % 8 + rows, bitorder="little")[offset % 8 :]
    return np.packbits(bits, bitorder="little")


def _width(kind: pa.DataType) -> np.dtype[Any] | None:
    """The numbers behind a column; None for bits, and for what holds none."""
    if pa.types.is_dictionary(kind):
        kind = kind.index_type
    if pa.types.is_integer(kind) or pa.types.is_date32(kind):
        sign = "u" if pa.types.is_unsigned_integer(kind) else ""
        return np.dtype(f"{sign}int{kind.bit_width}")
    return None


class Frame:
    """The planes of one batch after another under one sheet; its memory is used again.

    A plane is good until the next batch is loaded.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.rows = self._held = -1
        self._sides: Bits = np.empty((0, 0), np.uint8)
        self._tests: npt.NDArray[np.bool_] = np.empty((0, 0), np.bool_)
        self._sums: npt.NDArray[np.int32] = np.empty((0, 0), np.int32)
        self.every: Bits = ones(0)
        self.sides: list[Bits] = []  # every plane, by Ref
        self.work: list[tuple[Step, Ref]] = []
        self.tests: list[npt.NDArray[np.bool_]] = []
        self.sums: list[npt.NDArray[np.int32]] = []
        self.batch: pa.RecordBatch | None = None
        self.places: dict[str, tuple[int, np.dtype[Any] | None]] = {}  # None: no numbers
        self.masks: Mapping[str, Bits] = {}
        self.columns: dict[str, Column] = {}

    def load(
        self, batch: pa.RecordBatch, masks: Mapping[str, Bits], kept: Sequence[Ref] = ()
    ) -> Bits:
        """Find the plane of every step for a batch.

        Args:
            batch: a column a fact; one that is absent is not established.
            masks: of facts that lapse, where they still count.
            kept: planes that outlive the next batch, each with its opposite.

        Returns:
            The kept planes, two by two: (plane, true or false, byte).
        """
        if batch.num_rows != self.rows:
            self._room(batch.num_rows)
        room = np.empty((len(kept), 2, len(self.every)), np.uint8)
        for ref, (true, false) in zip(kept, room, strict=True):
            self.sides[ref], self.sides[ref ^ 1] = true, false
        if self.batch is None or not batch.schema.equals(self.batch.schema):
            self.places = {
                field.name: (n, _width(field.type))
                for n, field in enumerate(batch.schema)
                if not pa.types.is_null(field.type)  # as if the column were absent
            }
        self.batch, self.masks, self.columns = batch, masks, {}
        for step, ref in self.work:
            if isinstance(step.leaf, str):
                _JOINED[step.leaf](self.sides, step.parts, ref)
            else:
                _LEAVES[type(step.leaf)](self, step.leaf, ref)
        return room

    def _room(self, rows: int) -> None:
        if rows > self._held:  # fresh memory costs more than the work on it
            self._held = rows
            self.work = [(self.sheet.steps[n], 2 * n) for n in self.sheet.order()]
            self._sides = np.empty((2 * len(self.sheet.steps), -(-rows // 8)), np.uint8)
            self._tests = np.empty((2, rows), np.bool_)
            self._sums = np.empty((2, rows), np.int32)
        self.rows, self.every = rows, ones(rows)
        self.sides = list(self._sides[:, : len(self.every)])
        self.tests = list(self._tests[:, :rows])
        self.sums = list(self._sums[:, :rows])

    def plane(self, ref: Ref) -> Plane:
        """Where a tree is established true and false."""
        return Plane(self.sides[ref], self.sides[ref ^ 1])

    # Columns

    def known(self, names: frozenset[str]) -> Bits:
        """Where all facts of a set are known."""
        bits = self.every
        for name in names:
            found = self.fact(name).known
            bits = found if bits is self.every else bits & found
        return bits

    def fact(self, name: str) -> Column:
        """A fact's column; one that the batch does not have is known nowhere."""
        found = self.columns.get(name)
        if found is None:
            found = self.columns[name] = self._fact(name)
        return found

    def _fact(self, name: str) -> Column:
        rows = self.rows
        if self.batch is None or name not in self.places:
            nowhere = np.zeros_like(self.every)
            boolean = self.sheet.vocabulary.facts[name].type == "bool"
            return Column(nowhere if boolean else np.zeros(rows, np.int32), nowhere)
        place, width = self.places[name]
        array = self.batch.column(place)
        offset, (valid, data) = array.offset, array.buffers()[:2]
        known = bitmap(valid, offset, self.every, rows)
        if name in self.masks:
            known = known & self.masks[name]
        if rows % 8:
            known = known & self.every  # a plane has no bit beyond the last case
        if width is None:
            return Column(bitmap(data, offset, self.every, rows), known)
        values = np.frombuffer(data, width, rows, offset * width.itemsize)
        if pa.types.is_dictionary(array.type) and array.dictionary.null_count:
            words = array.dictionary.is_valid().to_numpy(zero_copy_only=False)
            known = known & packed(words[np.clip(values, 0, len(words) - 1)])
        if rows >= AHEAD:
            # One number a cache line: read before the passes that also write, a column arrives
            # faster than by them (a tenth of the whole time).
            values[:: LINE // width.itemsize].max()
        return Column(values, known)

    def words(self, name: str) -> Sequence[str | None]:
        """The codes of a fact's column, each at its number; one may stand twice, or be none."""
        if self.batch is None or name not in self.places:
            return ()
        array, declared = self.batch.column(self.places[name][0]), self.sheet.codes(name)
        if declared is not None and array.dictionary.equals(declared[0]):
            return declared[1]
        found: list[str | None] = array.dictionary.to_pylist()
        return found

    # Leaves

    def where(self, test: Bits, known: Bits, ref: Ref) -> None:
        """A test that counts where it is known."""
        true = np.bitwise_and(test, known, out=self.sides[ref])
        np.bitwise_xor(known, true, out=self.sides[ref ^ 1])

    def flag(self, leaf: Flag, ref: Ref) -> None:
        """A yes/no fact is two bits already."""
        column = self.fact(leaf.fact)
        self.where(column.values, column.known, ref)

    def fixed(self, leaf: Known, ref: Ref) -> None:
        """One answer wherever the facts are known."""
        known = self.known(leaf.asked)
        self.where(known if leaf.value else np.zeros_like(known), known, ref)

    def within(self, leaf: Within, ref: Ref) -> None:
        """A range of a fact."""
        column = self.fact(leaf.fact)
        self._span(column.values, leaf.low, leaf.high)
        self.where(packed(self.tests[0]), column.known, ref)

    def _span(self, values: Values, low: int | None, high: int | None) -> None:
        """The first test: values from `low` to `high`, None where that end is open."""
        test = self.tests[0]
        if low is not None and low == high:
            np.equal(values, low, out=test)
        elif low is not None:
            np.greater_equal(values, low, out=test)
            if high is not None:
                np.bitwise_and(test, np.less_equal(values, high, out=self.tests[1]), out=test)
        elif high is not None:
            np.less_equal(values, high, out=test)
        else:
            test.fill(True)

    def members(self, leaf: Members, ref: Ref) -> None:
        """A number or day among a few."""
        self._among(self.fact(leaf.fact), leaf.values, ref, (None, None))

    def coded(self, leaf: Coded, ref: Ref) -> None:
        """A code among a few."""
        words = self.words(leaf.fact)
        wanted = [number for number, word in enumerate(words) if word in leaf.codes]
        self._among(self.fact(leaf.fact), wanted, ref, (0, len(words) - 1))

    def _among(
        self, column: Column, wanted: Sequence[int], ref: Ref, ends: tuple[int | None, int | None]
    ) -> None:
        """Values among a sorted few; `ends` are the least and the most that any value is."""
        test, other = self.tests
        if not wanted:
            return self.where(np.zeros_like(self.every), column.known, ref)
        low, high = wanted[0], wanted[-1]
        if high - low < len(wanted):  # they lie side by side
            self._span(column.values, None if low == ends[0] else low,
                       None if high == ends[1] else high)  # fmt: skip
        elif len(wanted) > MANY:
            return self.where(packed(np.isin(column.values, wanted)), column.known, ref)
        else:
            np.equal(column.values, low, out=test)
            for value in wanted[1:]:
                np.bitwise_or(test, np.equal(column.values, value, out=other), out=test)
        return self.where(packed(test), column.known, ref)

    def attained(self, leaf: Attained, ref: Ref) -> None:
        """Shifted day <= other + constant: the days between decide it, but for a few rows."""
        day, other = self.fact(leaf.day), self.fact(leaf.other)
        low, high = leaf.by
        between = np.subtract(other.values, day.values, out=self.sums[0])
        test = np.greater_equal(between, high - leaf.constant, out=self.tests[0])
        if low < high:
            open_ = np.greater_equal(between, low - leaf.constant, out=self.tests[1])
            rows = np.flatnonzero(np.not_equal(open_, test, out=open_))
            if len(rows):
                exact = shifted(day.values[rows], leaf.months, leaf.rounding)
                test[rows] = exact <= other.values[rows] + np.int64(leaf.constant)
        self.where(packed(test), day.known & other.known, ref)

    def at_most(self, leaf: AtMost, ref: Ref) -> None:
        """Sums of terms, one at most the other."""
        below = leaf.constant == -1  # at most one less: below, without a pass that takes it away
        left = self._total(leaf.left, 0, leaf, 0)
        right = self._total(leaf.right, 0 if below else leaf.constant, leaf, 1)
        known = self.known(leaf.asked) & left.known & right.known
        compare = np.less if below else np.less_equal
        test = compare(left.values, right.values, out=self.tests[0])
        self.where(packed(test), known, ref)

    def _total(
        self, terms: tuple[tuple[Node, int], ...], constant: int, leaf: AtMost, room: int
    ) -> Column:
        """The sum of factors of terms and a constant, in a width that holds it."""
        width = np.dtype(np.int64 if leaf.wide else np.int32)
        out = np.empty(self.rows, width) if leaf.wide else self.sums[room]
        total: Values = np.array(constant, width)
        known, empty = self.every, constant == 0
        for term, factor in terms:
            column = self.value(term)
            known = column.known if known is self.every else known & column.known
            part = column.values
            if factor != 1:
                kept = out if empty else np.empty(self.rows, width)
                part = np.multiply(part, factor, dtype=width, casting="unsafe", out=kept)
            if empty:
                total, empty = part, False
            else:
                total = np.add(total, part, dtype=width, casting="unsafe", out=out)
        return Column(total, known)

    def same_code(self, leaf: SameCode, ref: Ref) -> None:
        """Two codes that are one."""
        numbers: dict[str, int] = {}
        one, other = (self._numbered(side, numbers) for side in (leaf.left, leaf.right))
        test = np.equal(one.values, other.values, out=self.tests[0])
        self.where(packed(test), one.known & other.known, ref)

    def _numbered(self, node: Node, numbers: dict[str, int]) -> Column:
        """A code as a number that is the same in every column."""
        match node:
            case Code():
                value = numbers.setdefault(node.value, len(numbers))
                return Column(np.full(self.rows, value, np.int32), self.every)
            case Fact():
                column = self.fact(node.name)
                words = self.words(node.name)
                table = [numbers.setdefault(word or "", len(numbers)) for word in words]
                if table == list(range(len(table))):
                    return column  # the first, or one with the same list
                found = np.array([*table, -1], np.int32)  # -1: what a null slot may hold
                return Column(found[np.clip(column.values, 0, len(table))], column.known)
            case Choose():
                then, other = (self._numbered(one, numbers) for one in (node.then, node.other))
                return self._chosen(node, then, other)
            case _:
                msg = f"{node} is no code: law.check refuses it"
                raise TypeError(msg)

    # Values

    def value(self, node: Node) -> Column:  # noqa: C901, PLR0911 - one case a node
        """The values of a number or day."""
        match node:
            case Fact():
                return self.fact(node.name)
            case Number() | Day() | AsOf():
                constant = int(node.value or 0)
                return Column(np.full(self.rows, constant, np.int64), self.every)
            case Sum():
                return self._two(np.add if node.op == "+" else np.subtract, node.left, node.right)
            case Times():
                return self._two(np.multiply, node.left, node.right)
            case DaysBetween():
                return self._two(np.subtract, node.second, node.first)
            case Minus():
                inner = self.value(node.arg)
                return Column(np.negative(inner.values, dtype=np.int64), inner.known)
            case Shift():
                return self._moved(node)
            case Extreme():
                return self._extreme(node)
            case Choose():
                return self._chosen(node, self.value(node.then), self.value(node.other))
            case _:
                msg = f"{node} is no number or day: law.check refuses it"
                raise TypeError(msg)

    def _two(self, apply: Callable[..., Values], left: Node, right: Node) -> Column:
        one, other = self.value(left), self.value(right)
        values = apply(one.values, other.values, dtype=np.int64)
        return Column(values, one.known & other.known)

    def _moved(self, node: Shift) -> Column:
        inner = self.value(node.day)
        number = int(node.count.value) if isinstance(node.count, Number) else 0
        if node.unit == "days":
            return Column(np.add(inner.values, number, dtype=np.int64), inner.known)
        months = number * (calendar.MONTHS if node.unit == "years" else 1)
        return Column(shifted(inner.values, months, node.rounding), inner.known)

    def _extreme(self, node: Extreme) -> Column:
        pick = np.maximum if node.greatest else np.minimum
        found = self.value(node.args[0])
        values, known = found.values, found.known
        for arg in children(node)[1:]:
            other = self.value(arg)
            values, known = pick(values, other.values), known & other.known
        return Column(values, known)

    def _chosen(self, node: Choose, then: Column, other: Column) -> Column:
        """Strict: unknown where the condition is, whatever stands in the branches."""
        when = self.plane(self.sheet.conditions[node.when])
        first = np.unpackbits(when.true, count=self.rows, bitorder="little").view(np.bool_)
        known = (when.true & then.known) | (when.false & other.known)
        return Column(np.where(first, then.values, other.values), known)


def _all_of(sides: list[Bits], parts: tuple[Ref, ...], ref: Ref) -> None:
    true, false = sides[parts[0]], sides[parts[0] ^ 1]
    for part in parts[1:]:
        true = np.bitwise_and(true, sides[part], out=sides[ref])
        false = np.bitwise_or(false, sides[part ^ 1], out=sides[ref ^ 1])


def _choice(sides: list[Bits], parts: tuple[Ref, ...], ref: Ref) -> None:
    when, then, other = parts
    for answer in (0, 1):  # where it is true, where it is false
        chosen = sides[when] & sides[then ^ answer]
        np.bitwise_or(chosen, sides[when ^ 1] & sides[other ^ answer], out=sides[ref ^ answer])


def _same(sides: list[Bits], parts: tuple[Ref, ...], ref: Ref) -> None:
    one, other = parts
    for answer in (0, 1):
        both = sides[one] & sides[other ^ answer]
        np.bitwise_or(both, sides[one ^ 1] & sides[other ^ answer ^ 1], out=sides[ref ^ answer])


_JOINED: Mapping[str, Callable[[list[Bits], tuple[Ref, ...], Ref], None]] = {
    "and": _all_of,
    "if": _choice,
    "same": _same,
}
_LEAVES: Mapping[type[Leaf], Callable[..., None]] = {
    Flag: Frame.flag,
    Known: Frame.fixed,
    Within: Frame.within,
    Members: Frame.members,
    Coded: Frame.coded,
    Attained: Frame.attained,
    AtMost: Frame.at_most,
    SameCode: Frame.same_code,
}
