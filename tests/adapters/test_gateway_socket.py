"""A gateway as a process: many callers, hostile ones, a kill in mid-append, one writer alone."""

import json
import multiprocessing
import signal
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

import gateways
from gateways import ASKER, PURPOSE, UNDER
from habeas.adapters import gateway_files, gateway_socket, key_files, one_writer
from habeas.adapters.gateway_socket import CAP, SOCKET, GatewaySocket, Limits
from habeas.cli.main import run
from habeas.errors import HabeasError, SetupError
from habeas.service import asking, record
from habeas.service.asking import OneEvent, Publish, Read, Status

CLIENTS, EACH = 4, 12
Captured = pytest.CaptureFixture[str]
Talk = Callable[[bytes], bytes]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return gateways.installed(tmp_path / "one")


@pytest.fixture
def gateway(path: Path) -> Iterator[gateways.Running]:
    with gateways.running(path) as found:
        yield found


def _append_many(path: Path, client: int, acknowledged: str) -> None:
    """Append one event after another; note each index once it is acknowledged."""
    with gateways.asking(path) as caller, Path(acknowledged).open("a") as notes:
        for number in range(EACH):
            person = client * 1000 + number
            try:
                indexes, _ = caller.append([gateways.opened(person)], UNDER)
            except HabeasError:  # the gateway was killed
                return
            notes.write(f"{person} {indexes[0]}\n")
            notes.flush()


def _clients(path: Path) -> tuple[list[BaseProcess], list[Path]]:
    context = multiprocessing.get_context("spawn")
    notes = [path.with_name(f"client-{n}.txt") for n in range(1, CLIENTS + 1)]
    for note in notes:
        note.touch()
    started: list[BaseProcess] = [
        context.Process(target=_append_many, args=(path, n, str(note)))
        for n, note in enumerate(notes, 1)
    ]
    for one in started:
        one.start()
    return started, notes


def _noted(notes: list[Path]) -> dict[int, int]:
    lines = [line.split() for note in notes for line in note.read_text().splitlines()]
    return {int(person): int(index) for person, index in lines}


def test_four_processes_append_at_once_and_each_event_has_its_place(
    path: Path, gateway: gateways.Running
) -> None:
    clients, notes = _clients(path)
    for one in clients:
        one.join()
    noted = _noted(notes)
    assert sorted(noted.values()) == list(range(2, 2 + CLIENTS * EACH))
    with gateways.asking(path) as caller:
        caller.ask(Publish())
    assert gateway.end() == 0
    found = gateways.report(path)
    assert (found.covered, found.faults) == (2 + CLIENTS * EACH, ())


@pytest.mark.parametrize("after", [1, 7, 20])
def test_what_was_acknowledged_outlives_a_kill(path: Path, after: int) -> None:
    with gateways.running(path) as killed:
        clients, notes = _clients(path)
        while len(_noted(notes)) < after and any(one.is_alive() for one in clients):
            time.sleep(0.001)
        killed.end(signal.SIGKILL)
        for one in clients:
            one.join()
    noted = _noted(notes)
    assert len(noted) >= after
    with gateways.running(path) as again, gateways.asking(path) as caller:
        for person, index in noted.items():
            assert caller.submit([gateways.opened(person)], UNDER) == [index]
        size = caller.ask(Status())["size"]
        caller.submit([gateways.opened(1000 + n) for n in range(EACH)], UNDER)
        caller.ask(Publish())
        assert again.end() == 0
    assert size >= 2 + len(noted)
    assert gateways.report(path).faults == ()


def test_the_socket_is_its_owners_alone(path: Path, gateway: gateways.Running) -> None:
    mode = path.with_name(SOCKET).stat().st_mode
    assert (stat.S_ISSOCK(mode), stat.S_IMODE(mode)) == (True, 0o600)
    assert stat.S_IMODE(path.with_name(gateway_files.SECRET).stat().st_mode) == 0o600
    assert gateway.end() == 0


def test_a_clean_stop_leaves_no_socket_and_no_open_log(
    path: Path, gateway: gateways.Running
) -> None:
    with gateways.asking(path) as caller:  # a caller that keeps the line does not hold it up
        caller.append([gateways.opened(1)], UNDER)
        caller.ask(Read(OneEvent(2), ASKER, PURPOSE))
        assert gateway.end(signal.SIGINT) == 0
    left = {one.name for one in path.parent.rglob("*")}
    assert {SOCKET, f"{path.name}-wal", f"{path.name}-shm"} & left == set()
    assert gateways.report(path.with_name("reads") / path.name).covered == 3


def _words(path: Path, *more: str) -> list[str]:
    keys = ["--log-key", str(path.with_name("log.key"))]
    return [
        "gateway",
        str(path),
        *keys,
        "--registrar-key",
        str(path.with_name("officer.key")),
        *more,
    ]


@pytest.mark.usefixtures("gateway")
def test_a_second_gateway_is_refused_in_one_sentence(path: Path, capsys: Captured) -> None:
    assert run(_words(path)) == 2
    told = capsys.readouterr().err
    assert (told.count("\n"), "H908 another process writes this register" in told) == (1, True)


def test_a_folder_that_others_may_enter_is_refused(path: Path, capsys: Captured) -> None:
    path.parent.chmod(0o755)
    assert run(_words(path)) == 2
    assert "H915 others may enter the folder" in capsys.readouterr().err


def test_a_damaged_secret_is_refused(path: Path, capsys: Captured) -> None:
    path.with_name(gateway_files.SECRET).write_text("short\n")
    assert run(_words(path)) == 2
    assert "H915" in capsys.readouterr().err


def _append_words(path: Path, *more: str) -> list[str]:
    signed = path.with_name("signed.jsonl")
    signed.write_text(record.write_signed([gateways.opened(1)]))
    return ["register", "append", str(path), str(signed), "--agreement", "SE-EE", *more]


def test_a_command_asks_the_gateway_that_serves(
    path: Path, gateway: gateways.Running, capsys: Captured
) -> None:
    assert run(_append_words(path)) == 0
    assert json.loads(capsys.readouterr().out)["indexes"] == [2]
    assert run(_append_words(path, "--as-of", "2026-03-02")) == 2
    assert run(["register", "show", str(path)]) == 2
    assert run(["register", "show", str(path), "--reader", "nobody", "--purpose", "p"]) == 2
    capsys.readouterr()
    who = ["--reader", "SE-KVV/custodian", "--purpose", "a test"]
    assert run(["register", "show", str(path), "--json", *who]) == 0
    assert len(json.loads(capsys.readouterr().out)["records"]) == 3
    assert run(["register", "receipt", str(path), "2", *who]) == 0
    assert run(["register", "receipt", "--check", str(path.with_name("receipt.json"))]) == 0
    assert gateway.end() == 0
    assert gateways.report(path.with_name("reads") / path.name).size == 4


def test_without_a_gateway_a_command_writes_alone_or_not_at_all(
    path: Path, capsys: Captured
) -> None:
    assert run(_append_words(path)) == 2
    assert "H901 no gateway serves this register" in capsys.readouterr().err
    key = ["--log-key", str(path.with_name("log.key"))]
    with one_writer.held(path):
        assert run(_append_words(path, *key)) == 2
    assert "H908" in capsys.readouterr().err
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(path.with_name(SOCKET)))
    stale.close()  # as a kill leaves it
    assert run(_append_words(path, *key)) == 0


def test_keys_are_enrolled_rotated_and_revoked(path: Path, capsys: Captured) -> None:
    root, folder = path.with_name("root.key"), path.parent
    key_files.write(root, "SE-KVV", gateways.seed("SE-KVV root"))
    by = ["--authority", "SE-KVV", "--root", str(root), "--agreement", "SE-EE"]
    one, two = (gateways.key(name).public().hex() for name in ("one", "two"))
    alone = ["--log-key", str(folder / "log.key")]
    assert run(["keys", "enrol", str(path), one, *by, *alone]) == 0
    with gateways.running(path) as gateway:
        assert run(["keys", "rotate", str(path), one, two, *by, "--overlap", "0"]) == 0
        assert run(["keys", "revoke", str(path), two, *by]) == 0
        assert run(["keys", "revoke", str(path), "z" * 64, *by]) == 2
        assert gateway.end() == 0
    capsys.readouterr()
    assert run(["keys", "list", str(path), "--json"]) == 0
    found = [
        (row["since"], row.get("until")) for row in json.loads(capsys.readouterr().out)["keys"]
    ]
    assert found == [(0, None), (1, None), (2, 4), (3, 4)]
    assert run(["keys", "list", str(path)]) == 0
    assert "SE-KVV" in capsys.readouterr().out
    assert run(["register", "verify", str(path.with_name("reads") / path.name)]) == 0


# Callers that mean no good


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Path]:
    """A socket that answers with what it was asked, for two callers, and for a second each."""
    path, stop = tmp_path / SOCKET, threading.Event()
    limits = Limits(callers=2, idle_s=1.0, whole_s=0.3, poll_s=0.01)
    server = GatewaySocket(path, lambda asked: b"echo " + asked, asking.told, limits)
    thread = threading.Thread(target=server.serve, args=(stop,))
    thread.start()
    yield path.with_name("register")
    stop.set()
    thread.join()


def _raw(register: Path) -> socket.socket:
    found = socket.socket(socket.AF_UNIX)
    found.settimeout(20)
    found.connect(str(register.with_name(SOCKET)))
    return found


def _rest(peer: socket.socket) -> bytes:
    found = b""
    try:
        while part := peer.recv(65_536):
            found += part
    except ConnectionResetError:
        pass
    return found


def _echoes(register: Path) -> bool:
    for _ in range(500):
        line = gateway_socket.connected(register)
        assert line is not None
        try:
            if line.ask(b"hello") == b"echo hello":
                return True
        except SetupError:  # its turn comes once a caller is dropped
            time.sleep(0.01)
        finally:
            line.close()
    return False


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff" * 4096,
        (CAP + 1).to_bytes(4, "big"),
        b"\x00\x00\x01\x00short",
        b"\x00",
    ],
)
@pytest.mark.parametrize("closes", [True, False])
def test_a_bad_message_is_refused_and_the_gateway_goes_on(
    served: Path, sent: bytes, *, closes: bool
) -> None:
    with _raw(served) as peer:
        peer.sendall(sent)
        if closes:
            peer.shutdown(socket.SHUT_WR)
        answer = _rest(peer)
    assert b'"H909"' in answer
    assert _echoes(served)


def test_a_slow_drip_is_cut_off(served: Path) -> None:
    with _raw(served) as peer:
        peer.sendall(b"\x00\x00\x10\x00")
        dripped = 0
        try:
            while dripped < 4096:
                peer.sendall(b"x")
                dripped += 1
                time.sleep(0.02)
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert dripped < 4096
    assert _echoes(served)


def test_a_caller_that_hangs_up_or_says_nothing_harms_nobody(served: Path) -> None:
    with _raw(served) as silent:
        for _ in range(20):
            # One that comes before the last has gone is a caller too many, and is told so.
            with _raw(served) as peer, suppress(ConnectionError):
                peer.sendall((5).to_bytes(4, "big") + b"hello")
        assert _echoes(served)
        assert _rest(silent) == b""


def test_a_caller_too_many_is_told_so(served: Path) -> None:
    held = [_raw(served), _raw(served)]
    with _raw(served) as peer:
        assert b'"H910"' in _rest(peer)
    for one in held:
        one.close()
    assert _echoes(served)


def test_a_request_that_is_too_long_is_not_sent() -> None:
    with pytest.raises(HabeasError) as caught:
        asking.Caller(lambda _: b"").ask(asking.Append((asking.Line(bytes(CAP), b"", b""),)))
    assert caught.value.code == "H909"


def test_a_gateway_that_falls_silent_is_told_so(tmp_path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / SOCKET))
    listener.listen()
    line = gateway_socket.connected(tmp_path / "register", wait_s=0.1)
    assert line is not None
    with pytest.raises(SetupError) as silent:
        line.ask(b"hello")
    listener.close()
    with pytest.raises(SetupError) as gone:
        line.ask(b"hello")
    line.close()
    assert (silent.value.code, gone.value.code) == ("H910", "H910")


def test_a_socket_needs_a_short_path(tmp_path: Path) -> None:
    far = tmp_path / ("x" * 100) / SOCKET
    with pytest.raises(SetupError) as caught:
        GatewaySocket(far, bytes, asking.told)
    assert caught.value.code == "H915"
    assert gateway_socket.connected(far) is None


def test_a_socket_that_may_not_be_opened_is_told_so(tmp_path: Path) -> None:
    (tmp_path / SOCKET).write_text("no socket")
    (tmp_path / "sub").write_text("no folder")
    with pytest.raises(SetupError) as caught:
        gateway_socket.connected(tmp_path / "sub" / "register")
    assert caught.value.code == "H910"
