"""What strangers put in, and the answers that only bearers of tokens can open, beside a register.

    letterbox.sqlite3   sealed requests of one size without an order or an instant; how many came
                        on each day; and those that a person must decide, sealed as they came
    letterbox.key       opens them: the gateway's alone
    letterbox.pub       seals them: whoever serves the page reads it
    answers.bin         today's sealed answers by lookup hash, in a file of a stepped size

Is trusted for availability: whoever can change the file can drop what nobody has taken. Is not
trusted with what was asked: that lies sealed. Nobody's address comes here.
"""

import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from secrets import token_bytes
from types import MappingProxyType
from typing import Final

from habeas.adapters import modes
from habeas.adapters.beside import Beside
from habeas.errors import Fault, SetupError
from habeas.register.locator import KEY, SEALED, request_key
from habeas.register.waiting import Answers, Standing

BOX, PRIVATE, PUBLIC, ANSWERS = (
    "letterbox.sqlite3", "letterbox.key", "letterbox.pub", "answers.bin",
)  # fmt: skip
MOST: Final = 10_000  # requests that wait at once: some 80 MB
MOST_STANDING: Final = 10_000  # that wait for a person
PLACE = 16  # bytes of chance under which a request lies
_MAGIC = b"habeas/answers/v1\n"
_ROW = KEY + SEALED
_SCHEMA = """
BEGIN;
CREATE TABLE IF NOT EXISTS asked (place BLOB PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS day (day TEXT PRIMARY KEY, received INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS standing (
  reference TEXT PRIMARY KEY, sealed BLOB NOT NULL, day TEXT NOT NULL, decided TEXT NOT NULL,
  outcome TEXT NOT NULL, reason TEXT NOT NULL, authority TEXT NOT NULL
) STRICT, WITHOUT ROWID;
COMMIT;
"""


class SqliteLetterbox(Beside):
    """The box. Is trusted for availability, and not with what was asked."""

    def __init__(
        self, path: Path, chance: Callable[[int], bytes], most: int = MOST,
        most_standing: int = MOST_STANDING,
    ) -> None:  # fmt: skip
        """Open the file, made where there is none; only its owner may read it.

        Raises:
            SetupError: H872, when it cannot be used.
        """
        mode = modes.written_by_web(path.parent)
        super().__init__(path, _SCHEMA, "H872", "the letterbox", mode)
        self._chance, self._most, self._most_standing = chance, most, most_standing

    def put(self, sealed: bytes, day: date) -> bool:
        """Put a request in and count it, durably; False where the box is full: then neither."""
        with self._step() as db:
            (waiting,) = db.execute("SELECT COUNT(*) FROM asked").fetchone()
            if waiting >= self._most:
                return False
            db.execute("INSERT INTO asked VALUES (?, ?)", (self._chance(PLACE), sealed))
            db.execute(
                "INSERT INTO day VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET received ="
                " received + 1",
                (day.isoformat(),),
            )
            return True

    def received(self) -> dict[str, int]:
        """How many requests were put in, by day: held or not, with a token or without."""
        with self._step() as db:
            return dict(db.execute("SELECT day, received FROM day ORDER BY day").fetchall())

    def waiting(self) -> Iterator[tuple[bytes, bytes]]:
        """Every request that nobody has taken: its place and its sealed bytes, in no order."""
        with self._step() as db:
            places = [one for (one,) in db.execute("SELECT place FROM asked").fetchall()]
        for place in places:
            with self._step() as db:
                found = db.execute("SELECT sealed FROM asked WHERE place = ?", (place,)).fetchone()
            if found is not None:
                yield place, found[0]

    def forget(self, places: Collection[bytes]) -> None:
        """Forget requests that were taken; they are overwritten."""
        with self._step() as db:
            db.executemany("DELETE FROM asked WHERE place = ?", [(one,) for one in places])

    def stand(self, place: bytes, found: Standing) -> bool:
        """Let a request wait for a person; False where too many do: it stays where it is."""
        open_ = "SELECT COUNT(*) FROM standing WHERE outcome = ''"
        values = (found.reference, found.sealed, found.day, "", "", "", "")
        with self._step() as db:
            if db.execute(open_).fetchone()[0] >= self._most_standing:
                return False
            db.execute("INSERT OR IGNORE INTO standing VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            db.execute("DELETE FROM asked WHERE place = ?", (place,))
            return True

    def standing(self) -> list[Standing]:
        """Every request that a person decides or has decided, by day."""
        query = (
            "SELECT reference, sealed, day, decided, outcome, reason, authority FROM standing"
            " ORDER BY day, reference"
        )
        with self._step() as db:
            return [Standing(*row) for row in db.execute(query).fetchall()]

    def decide(self, found: Standing) -> bool:
        """Keep a decision in the place of what was asked; False where no such request waits."""
        query = (
            "UPDATE standing SET sealed = x'', decided = ?, outcome = ?, reason = ?, authority = ?"
            " WHERE reference = ? AND outcome = ''"
        )
        values = (found.decided, found.outcome, found.reason, found.authority, found.reference)
        with self._step() as db:
            return db.execute(query, values).rowcount == 1


def private(register: Path, chance: Callable[[int], bytes]) -> bytes:
    """The key that opens requests, drawn where there is none; its public half is written beside it.

    Raises:
        SetupError: H871, when the file holds none.
    """
    path = register.with_name(PRIVATE)
    if not path.exists():
        _written(path, chance(KEY), 0o600)
    found = path.read_bytes()
    if len(found) != KEY:
        fix = "Restore it: what was put in opens with no other. Or take it away with what waits."
        raise SetupError(Fault("H871", f"'{path}' holds no key of {KEY} bytes", fix))
    public_ = register.with_name(PUBLIC)
    if not public_.exists() or public_.read_bytes() != request_key(found):
        _written(public_, request_key(found), 0o644)
    return found


def public(register: Path) -> bytes:
    """The key to which requests are sealed.

    Raises:
        SetupError: H871, where no gateway has written one.
    """
    try:
        return register.with_name(PUBLIC).read_bytes()
    except OSError as error:
        what = "there is no key to which a request could be sealed"
        raise SetupError(Fault("H871", what, "Start the gateway, which writes it.")) from error


def write_answers(register: Path, found: Answers) -> None:
    """Put today's sealed answers in the place of those before, whole or not at all."""
    head = _MAGIC + found.day.isoformat().encode() + b"\n" + found.secret
    rows = b"".join(key + found.stored[key] for key in sorted(found.stored))
    path = register.with_name(ANSWERS)
    _written(path, head + rows, modes.read_by_web(path.parent))


def _written(path: Path, data: bytes, mode: int) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".letterbox-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)


@dataclass(slots=True)
class Shelf:
    """Today's answers in memory, read anew when the file is another. Is not trusted."""

    path: Path
    _seen: tuple[int, int, int] = (0, 0, 0)
    _held: Answers | None = None

    def answers(self) -> Answers | None:
        """The answers; None where nobody has sealed any yet.

        Raises:
            SetupError: H872, for a file that is none.
        """
        try:
            with self.path.open("rb") as file:
                about = os.fstat(file.fileno())
                seen = (about.st_ino, about.st_mtime_ns, about.st_size)
                if seen != self._seen:
                    self._held, self._seen = _read(file.read(), self.path), seen
        except FileNotFoundError:
            return None
        return self._held


def _read(data: bytes, path: Path) -> Answers:
    start = len(_MAGIC) + len("YYYY-MM-DD\n")
    rows = data[start + KEY :]
    try:
        day = date.fromisoformat(data[len(_MAGIC) : start - 1].decode("ascii"))
    except ValueError:
        day = None
    if not data.startswith(_MAGIC) or day is None or len(rows) % _ROW:
        fix = "Take it away; 'habeas inquiry take' writes it anew."
        raise SetupError(Fault("H872", "the file of sealed answers is none", fix, str(path)))
    cuts: Sequence[int] = range(0, len(rows), _ROW)
    stored = {rows[at : at + KEY]: rows[at + KEY : at + _ROW] for at in cuts}
    return Answers(day, data[start : start + KEY], MappingProxyType(stored))


def received(register: Path) -> dict[str, int]:
    """How many requests strangers have put in, by day; none where there is no box.

    Raises:
        SetupError: H872.
    """
    path = register.with_name(BOX)
    if not path.exists():
        return {}
    box = SqliteLetterbox(path, token_bytes)
    try:
        return box.received()
    finally:
        box.close()
