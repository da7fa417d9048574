"""What the fuzz drill reads hostile bytes with: a parser, good documents, and what must hold of it.

A parser answers any bytes with a value or with a HabeasError whose words can be shown. What it has
read it must write back as it was; anything else is raised as Unsound.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from drills.commands import AT, Chance, key
from drills.rig import Site
from drills.seeds import APART, Seeds, exported
from habeas.adapters import bundle_files, gateway_files, key_files, register_files
from habeas.adapters.draft_store import DRAFTS, SqliteDrafts
from habeas.errors import HabeasError
from habeas.register import (
    cbor,
    checkpoint,
    content,
    events,
    forms,
    keys,
    locator,
    policy,
    printed,
    public_roll,
    quick,
    receipt,
    verify,
    witness,
)
from habeas.register.events import Row
from habeas.service import agree, asking, record
from habeas.service.gateway import Books, Gateway, Means

Read = Callable[[bytes], object]


class Unsound(Exception):  # noqa: N818 - what it says of a parser
    """A parser gave something that it must not give."""


@dataclass(frozen=True, slots=True)
class Target:
    """One parser with good documents to begin from."""

    name: str
    read: Read
    seeds: Sequence[bytes]

    def __call__(self, data: bytes) -> str:
        """The code with which the bytes are refused; empty where they are read.

        Raises:
            Exception: whatever the parser raises and may not raise.
        """
        try:
            self.read(data)
        except HabeasError as error:
            for fault in error.faults:
                fault.told().encode()  # it can be printed
            return error.code
        return ""


def _text(data: bytes) -> str:
    return data.decode(errors="surrogateescape")  # JSON too can bring lone surrogates


def _same(found: object, given: object) -> None:
    if found != given:
        raise Unsound("what was read is not what is written")


def _note(data: bytes) -> None:
    text = _text(data)
    found = checkpoint.read_note(text)
    _same(checkpoint.note_text(found, found.lines), text)


def _vkey(data: bytes) -> None:
    text = _text(data)
    _same(checkpoint.read_vkey(text).vkey(), text)


def _policy(data: bytes) -> None:
    found = policy.read_policy(_text(data))
    _same(policy.read_policy(policy.write_policy(found)), found)
    found.met(frozenset())


def _trust(data: bytes) -> None:
    keys.read_trust(_text(data))


def _proof(data: bytes) -> None:
    text = _text(data)
    found = receipt.read_proof(text)
    note = checkpoint.note_text(found.note, found.note.lines)
    _same(receipt.proof_text(found.salt, found.index, found.hashes, note), text)


def _cbor(data: bytes) -> None:
    _same(cbor.encode(cbor.decode(data, content.CAP)), data)


def _event(data: bytes) -> None:
    told = list[object]()
    for read in (quick.event, lambda given: events.event(events.parse(given))):
        try:
            told.append(read(data))
        except HabeasError as error:
            told.append(str(error))
    if told[0] != told[1]:
        raise Unsound("the quick way and the slow way differ")
    events.event(events.parse(data))


def _request(data: bytes) -> None:
    found = witness.read_request(data)
    note = checkpoint.note_text(found.note, found.note.lines)
    _same(witness.write_request(found.old, found.proof, note).encode(), data)


def _token(data: bytes) -> None:
    token = locator.read_token(_text(data))
    _same(locator.read_token(locator.printed(token)), token)


def _signed(data: bytes) -> None:
    found = record.read_signed(_text(data), "signed.jsonl")
    _same(record.read_signed(record.write_signed(found), ""), found)


def _plain(seeds: Seeds) -> Iterator[Target]:
    """Parsers that need nothing but the bytes and a trust file."""
    said, told = seeds.trust, seeds.policy

    def unpacked(data: bytes) -> None:
        printed.unpacked(data, told)

    def verdict(data: bytes) -> None:
        first, *beside = data.split(APART)
        verify.receipt_verdict(first, said, beside)  # refuses nothing: it has a verdict
        forms.read(first, told, beside)

    def roll(data: bytes) -> None:
        header, _, rows = data.partition(APART)
        public_roll.verified(rows, _text(header), said)

    def sealed(data: bytes) -> None:
        seeds.vault.open(Row(*seeds.row, seeds.row_content(data)))

    yield Target("note", _note, seeds.notes)
    yield Target("vkey", _vkey, seeds.vkeys)
    yield Target("policy", _policy, seeds.policies)
    yield Target("trust", _trust, [said.text.encode()])
    yield Target("proof", _proof, seeds.proofs)
    yield Target("receipt", lambda data: receipt.read(_text(data)), seeds.receipts)
    yield Target("forms", verdict, [*seeds.receipts, *seeds.printed, *seeds.proofs, *seeds.pairs])
    yield Target("cbor", _cbor, [*seeds.printed, *seeds.contents])
    yield Target("printed", unpacked, seeds.printed)
    yield Target("event", _event, seeds.bodies)
    yield Target("content", content.read_parts, seeds.contents)
    yield Target("sealed", sealed, [b"\0" + one for one in seeds.contents])
    yield Target("request", _request, seeds.requests)
    yield Target("roll", roll, seeds.rolls)
    yield Target("header", lambda data: public_roll.read_header(_text(data)), seeds.headers)
    yield Target("token", _token, seeds.tokens)
    yield Target("asking", asking.request, seeds.asked)
    yield Target("signed", _signed, seeds.signed)


def _keys(folder: Path, seeds: Seeds) -> Target:
    folder.mkdir()
    path = folder / "a.key"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        for one in (key_files.read_ml_dsa, key_files.read):
            try:
                one(path)
            except HabeasError:
                if one is key_files.read:
                    raise

    return Target("keys", read, seeds.key_files)


ODD = (
    "checkpoints/7", "checkpoints/007", "checkpoints/" + "9" * 200, "checkpoints/6/",
    "tile/0/000.p/0255", "tile/0/000.p/3/", "tile/0/000.p/999", "tile/0/000", "tile/1/000.p/1",
    "tile/entries/000.p/0", "tile/entries/000.p/0255", "tile/entries/000.p/300", "tile/entries/000",
    "tile/entries/000.p/250/", "tile/entries/001.p/1", "content/000/", "content/001",
)  # fmt: skip


def _bundle(folder: Path, seeds: Seeds, site: Site) -> Target:
    """An exported folder of which one file is other bytes; the first byte says which."""
    exported(site, folder)
    files = {str(path.relative_to(folder)): path.read_bytes() for path in _files(folder)}
    names = [*files, *(name for name in ODD if name not in files)]

    def read(data: bytes) -> None:
        name = names[(data[0] if data else 0) % len(names)]
        path, before = folder / name.rstrip("/"), files.get(name)
        made = _put(path, data[1:], whole_folder=name.endswith("/"))
        try:
            verify.register(bundle_files.bundle(folder), seeds.trust, None, bundle_files.opened)
        finally:
            if before is not None:
                path.write_bytes(before)
            elif made:
                path.rmdir() if path.is_dir() else path.unlink()

    given = [bytes([n]) + files.get(name, b"x" * 64) for n, name in enumerate(names)]
    return Target("bundle", read, given)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _put(path: Path, data: bytes, *, whole_folder: bool) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    if whole_folder:
        if path.exists():
            return False
        path.mkdir()
    elif not path.is_dir():
        path.write_bytes(data)
    return True


def _gateway(folder: Path, stack: ExitStack) -> Gateway:
    path = Site(folder).make().path
    files = stack.enter_context(register_files.opened(path))
    trust, chance = files.trust(), Chance("gateway")
    log = record.open_log(files.store, files.vault, trust, key("log"))
    text = record.trust_of_reads(trust)
    kept = stack.enter_context(gateway_files.reads(path, lambda: text, chance))
    reads = record.open_log(kept.store, kept.vault, kept.trust(), key("log"))
    means = Means(key("A officer"), bytes(32), lambda: AT, chance, agree.library())
    waiting = stack.enter_context(closing(SqliteDrafts(path.with_name(DRAFTS))))
    found = Gateway(Books(log, reads, trust, waiting), means)
    stack.callback(found.close)
    return found


def targets(folder: Path, stack: ExitStack) -> dict[str, Target]:
    """Every target by its name.

    Args:
        folder: empty; registers and exports are made in it.
        stack: closes what was opened.
    """
    seeds = Seeds.made(folder / "seeds")
    site = Site(folder / "seeds")
    gateway = _gateway(folder / "gateway", stack)

    def answer(data: bytes) -> None:
        if not gateway.answer(data).startswith((b'{"ok"', b'{"error"')):
            raise Unsound("the gateway gave no answer")

    found = [
        *_plain(seeds),
        _keys(folder / "keys", seeds),
        _bundle(folder / "bundle", seeds, site),
        Target("gateway", answer, seeds.asked),
    ]
    return {one.name: one for one in found}
