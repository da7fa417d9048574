"""habeas feed: the other state's log mirrored, and how what both share stands between both logs."""

from dataclasses import asdict
from pathlib import Path
from secrets import token_bytes

from habeas.adapters import (
    bundle_files,
    feed_files,
    installation_files,
    mirror_files,
    register_files,
    signers,
    text_files,
)
from habeas.adapters.feed_client import HttpPeer
from habeas.cli import clock, gateway, output
from habeas.cli.act import serving
from habeas.errors import Fault, SetupError
from habeas.service import feed_asks, feed_check, feed_round, keep
from habeas.service.asking import Caller, Found, OneSettlement, Read, Under
from habeas.terms import Settlement

PUBLICATION, NOTES = "publication", ("mirror", "witness")


def keys(register: Path, /, *, name: str = "peer", address: str = "") -> int:
    """Draw mirror.key and witness.key where they are missing; print the other policy's lines.

    Args:
        register: the register's file; start its gateway again afterwards.
        name: what the other state's policy calls this installation.
        address: where the other state reaches this installation.
    """
    with register_files.opened(register) as files:
        origin = files.trust().policy.log.name
    drawn = feed_files.draw(register, origin, token_bytes)
    found = feed_round.Cosigners(origin, feed_files.keys(register), address)
    output.lines(feed_round.vkeys(found, name))
    output.note(f"drawn: {', '.join(drawn) or 'none, they are there'}")
    return output.DONE


def enrol(
    register: Path,
    policy: Path,
    /,
    *,
    authority: str,
    root: str,
    agreement: str,
    log_key: str | None = None,
) -> int:
    """Enrol the other state's log under its policy: from then on it is mirrored.

    Args:
        register: the register's file.
        policy: the other log's policy, or its trust file.
        authority: who enrols it.
        root: the authority's root key: a key file, or agent:KEYID.
        agreement: the agreement under which it stands.
        log_key: the key that signs checkpoints, where no gateway serves the register.
    """
    by = keep.Root(authority, agreement, signers.signer(root))
    _, at = clock.instant(None)
    event = keep.peer(by, text_files.text(policy), at, token_bytes)
    indexes, size = gateway.append(register, [event], Under(), gateway.Own(log_key))
    output.document({"path": str(register), "indexes": indexes, "size": size})
    return output.DONE


def pull(register: Path, /, *, peer: str | None = None) -> int:
    """Take what the other state has published, and what it has cosigned of this log.

    Args:
        register: the register's file; a gateway serves it.
        peer: the address of the other installation; the one of installation.json where absent.
    """
    feeder = feed_round.Feeder(_peer(register, peer))
    with gateway.caller(register) as found:
        done = feeder.round(serving(found, register))
    output.document({"path": str(register), **asdict(done)})
    return output.DONE


def push(register: Path, /, *, peer: str | None = None) -> int:
    """Hand the other state what this log has published and its mirror does not hold yet.

    Args:
        register: the register's file; a gateway serves it.
        peer: the address of the other installation; the one of installation.json where absent.
    """
    feeder = feed_round.Feeder(_peer(register, peer))
    with gateway.caller(register) as found:
        done = feeder.push_all(serving(found, register))
    output.document({"path": str(register), "pushed": done.pushed, "bytes": done.bytes})
    return output.DONE


def _peer(register: Path, address: str | None) -> HttpPeer:
    if address is None and register.with_name(installation_files.FILE).exists():
        there = installation_files.read(register.parent).peer
        address = None if there is None else there.address
    if address is None:
        what = "nothing says where the other state's installation is"
        raise SetupError(Fault("H901", what, "Name its address with --peer."))
    return HttpPeer(address)


def status(
    register: Path, /, *, state: Settlement | None = None, most: int = 20, json: bool = False
) -> int:
    """How far both logs are, and how what both states share stands; overdue first.

    Args:
        register: the register's file; a gateway serves it.
        state: only events in this state.
        most: how many events at most.
        json: print one JSON document.
    """
    with gateway.caller(register) as found:
        caller = serving(found, register)
        stands = caller.ask(feed_asks.Feed())
        told = caller.ask(feed_asks.Settlements(state, min(max(0, most), feed_asks.LISTED)))
    overdue = int(told["counts"].get(Settlement.OVERDUE, 0))
    amiss = overdue or told["counts"].get(Settlement.DISPUTED, 0) or stands["mirror"]["split"]
    if json:
        output.document({"path": str(register), **stands, **told})
    else:
        _print(stands, told)
    return output.DOES_NOT_HOLD if amiss else output.DONE


def _print(stands: Found, told: Found) -> None:
    own, there = stands["own"], stands["mirror"]
    mirrored = f"{there['size']:,} leaves mirrored of {there['known']:,} known"
    output.lines(
        [
            f"{own['origin']}: {own['size']:,} leaves, {own['published']:,} published",
            f"{there['origin']}: {mirrored}, {there['published']:,} under its quorum",
        ]
    )
    counts = [(str(state), f"{count:,}") for state, count in told["counts"].items()]
    console = output.console()
    console.print(output.table("Settlement", ("state", "events"), counts, right=("events",)))
    names = ("state", "event", "kind", "index", "since", "due")
    rows = [[str(one[name]) for name in names] for one in told["events"]]
    console.print(output.table("Events", names, rows, right=("index",)))
    if not told["witnessed"]:
        output.note("NOT WITNESSED: the policy of this log asks for no witness; nothing settles.")
    if there["split"]:
        output.note("The other log has signed two histories: habeas feed proof --split.")


def export(register: Path, /, *, out: Path, after: int = 0) -> int:
    """Write what this log published, and what was cosigned here of the other, as files to carry.

    Args:
        register: the register's file; a gateway serves it.
        out: a folder; files of the same name in it are written anew.
        after: leaves of this log that the other state holds already.
    """
    out.mkdir(parents=True, exist_ok=True)
    written = list[str]()
    with gateway.caller(register) as found:
        caller = serving(found, register)
        for start, end, text in feed_round.publications(caller, after):
            written.append(f"{PUBLICATION}-{start:012d}-{end:012d}.json")
            out.joinpath(written[-1]).write_text(text, encoding="utf-8")
        for role, note in feed_round.notes(caller).items():
            written.append(f"{role}.txt")
            out.joinpath(written[-1]).write_text(note, encoding="utf-8")
    output.document({"path": str(register), "out": str(out), "files": written})
    return output.DONE


def import_(register: Path, folder: Path, /) -> int:
    """Take in the files that the other state has written; one that came before does nothing.

    Args:
        register: the register's file; a gateway serves it.
        folder: the folder of 'habeas feed export', or one file of it.
    """
    files = sorted(folder.iterdir()) if folder.is_dir() else [folder]
    taken: dict[str, object] = {}
    with gateway.caller(register) as found:
        caller = serving(found, register)
        for path in files:
            taken[path.name] = _taken(caller, path)
    output.document({"path": str(register), "taken": taken})
    return output.DONE


def _taken(caller: Caller, path: Path) -> object:
    text = text_files.text(path)
    if text.startswith("{"):
        return dict(caller.ask(feed_asks.TakePublication(text)))
    return dict(caller.ask(feed_asks.TakeCosigned(text)))


def mirror(register: Path, /, *, out: Path) -> int:
    """Write the mirror of the other state's log as a plain folder of tiles, for anybody.

    Args:
        register: the own register's file; the mirror lies beside it.
        out: a new folder; any web server can serve it.
    """
    with mirror_files.opened(register) as shelf:
        size = bundle_files.write(out, shelf.store)
    output.note(f"Exported {size:,} leaves of the other log to {out}.")
    return output.DONE


def proof(
    register: Path,
    index: int | None = None,
    /,
    *,
    out: Path,
    split: bool = False,
    reader: str | None = None,
    purpose: str = "",
) -> int:
    """Write the proof of how a shared event stands, or that the other log shows two histories.

    Args:
        register: the register's file; a gateway serves it.
        index: where the event stands in this register.
        out: where the proof goes.
        split: the proof against the other log, in the place of an event's.
        reader: who reads, as AUTHORITY/ROLE: an event's proof holds the event.
        purpose: what for.
    """
    if split is (index is not None):
        raise SetupError(Fault("H901", "a proof is of an INDEX, or --split", "Give one of them."))
    with gateway.caller(register) as found:
        caller = serving(found, register)
        if index is None:
            told = caller.ask(feed_asks.Accusation())
        else:
            told = caller.ask(Read(OneSettlement(index), gateway.reader(reader), purpose))
    out.write_text(str(told["proof"]), encoding="utf-8")
    output.note(f"{out}: check it with 'habeas feed check' and both trust files.")
    return output.DONE


def check(
    file: Path, /, *, trust: Path, peer_trust: Path, mirror: Path | None = None, json: bool = False
) -> int:
    """Check a proof about two logs offline; status 1 where it does not prove what it is for.

    Args:
        file: what 'habeas feed proof' wrote.
        trust: the trust file of the log that has the event.
        peer_trust: the trust file of the other log.
        mirror: the other log's leaves, as 'habeas feed mirror' or 'register export' writes them.
        json: print one JSON document.
    """
    text, both = text_files.text(file), (text_files.trust(trust), text_files.trust(peer_trust))
    leaves = None if mirror is None else (row.entry for row in bundle_files.bundle(mirror).rows)
    found = feed_check.checked(text, *both, leaves)
    if json:
        output.document({"path": str(file), **asdict(found)})
    else:
        output.lines(
            [found.verdict, *(f"{origin}: {size:,} leaves" for origin, size in found.logs)]
        )
        for one in found.notes:
            output.note(one)
    return output.DONE if found.proven else output.DOES_NOT_HOLD
