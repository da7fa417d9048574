"""The log's way to a witness that may answer anything, at any pace."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from threading import Event, Thread

import pytest

from habeas.adapters.witness_client import HttpWitness, http_witness
from habeas.errors import RegisterError
from habeas.register.checkpoint import NOTE_CAP
from habeas.register.witness import Cosigned, Refused, Reply, Stated
from witnesses import ORIGIN, request

Serve = Callable[..., HttpWitness]
SHORT = 0.4
TLOG = b"Content-Type: text/x.tlog.size\r\n"


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A way to somebody who answers one connection with these bytes, then again and again one."""
    over, threads, doors = Event(), list[Thread](), list[socket.socket]()

    def answer(door: socket.socket, first: bytes, drip: bytes) -> None:
        with suppress(OSError):
            taken, _ = door.accept()
            with taken:
                taken.recv(1 << 16)
                taken.sendall(first)
                while drip and not over.wait(0.02):
                    taken.sendall(drip)

    def start(first: bytes, drip: bytes = b"", timeout: float = 10.0) -> HttpWitness:
        door = socket.create_server(("127.0.0.1", 0))
        doors.append(door)
        threads.append(Thread(target=answer, args=(door, first, drip)))
        threads[-1].start()
        return http_witness(f"http://127.0.0.1:{door.getsockname()[1]}/some/", timeout)

    yield start
    over.set()
    for door, thread in zip(doors, threads, strict=True):
        door.close()
        thread.join()


def _http(status: str, body: bytes = b"", head: bytes = b"") -> bytes:
    length = f"Content-Length: {len(body)}\r\n".encode()
    return f"HTTP/1.1 {status}\r\n".encode() + head + length + b"\r\n" + body


def _added(client: HttpWitness) -> Reply:
    return client.add(request(0, 5).decode())


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (_http("200 OK", b"lines\n"), Cosigned("lines\n")),
        (_http("409 Conflict", b"7\n", TLOG), Stated(7)),
        (_http("409 Conflict", b"0\n", TLOG), Stated(0)),
        (_http("409 Conflict", b"7\n"), Refused(409, "7")),
        (_http("409 Conflict", b"7", TLOG), Refused(409, "the size is no number")),
        (_http("409 Conflict", b"-7\n", TLOG), Refused(409, "the size is no number")),
        (_http("409 Conflict", b"", TLOG), Refused(409, "the size is no number")),
        (_http("409 Conflict", b"9" * 30 + b"\n", TLOG), Refused(409, "the size is no number")),
        (_http("403 Forbidden", b"who are\nyou?\n"), Refused(403, "who are you?")),
        (_http("500 Oh", b"x" * 1_000), Refused(500, "x" * 200)),
        (_http("204 No Content"), Refused(204, "")),
    ],
)
def test_an_answer_is_told_by_its_kind(serve: Serve, answer: bytes, found: Reply) -> None:
    assert _added(serve(answer)) == found


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect"])
def test_a_redirect_is_not_followed(serve: Serve, status: str) -> None:
    elsewhere = serve(_http("200 OK", b"lines\n"))
    head = f"Location: http://127.0.0.1:{elsewhere.port}/add-checkpoint\r\n".encode()
    assert _added(serve(_http(status, b"", head))) == Refused(int(status[:3]), "")
    assert _added(elsewhere) == Cosigned("lines\n"), "nobody came before"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nothing\r\n\r\n",
        b"HTTP/1.1 two OK\r\n\r\n",
        _http("200 OK", b"\xff\xfe"),
        _http("200 OK", b"x" * (NOTE_CAP + 1)),
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000,
    ],
)
def test_what_is_no_answer_is_a_refusal_with_its_reason(serve: Serve, answer: bytes) -> None:
    found = _added(serve(answer))
    assert isinstance(found, Refused)
    assert (found.status, found.reason.startswith("no answer: ")) == (0, True)


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 409 C\r\n" + TLOG + b"\r\n1",
    ],
)
def test_an_answer_that_drips_without_end_is_cut(serve: Serve, first: bytes) -> None:
    found = _added(serve(first, b"1", SHORT))
    assert isinstance(found, Refused)
    assert found.status == 0


def test_an_answer_that_never_comes_is_cut() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        client = http_witness(f"http://127.0.0.1:{silent.getsockname()[1]}", SHORT)
        found = _added(client)
        assert isinstance(found, Refused)
        assert (found.status, client.latest(ORIGIN)) == (0, None)


def test_a_note_that_is_too_long_is_none_and_one_that_is_not_there_is_empty(serve: Serve) -> None:
    assert serve(_http("200 OK", b"note\n")).latest(ORIGIN) == "note\n"
    assert serve(_http("200 OK", b"x" * (NOTE_CAP + 1))).latest(ORIGIN) is None
    assert serve(_http("404 Not Found", b"note\n")).latest(ORIGIN) == ""


@pytest.mark.parametrize(
    "url",
    [
        "",
        "court.example",
        "http://court.example",
        "http://192.0.2.1/",
        "http://127.0.0.1.court.example/",
        "http://127.0.0.1@court.example/",
        "http://localhost.court.example/",
        "https://user:word@court.example/",
        "https://court.example/?x",
        "https://court.example/#x",
        "https://court.example:x/",
        "https://court.example:99999/",
        "https:///",
        "https://[::1/",
        "https://court.example/\r\nHost: x",
        "https://cöurt.example/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
    ],
)
def test_a_witness_is_asked_over_https_or_on_this_machine(url: str) -> None:
    with pytest.raises(RegisterError) as caught:
        http_witness(url)
    assert caught.value.code == "H576"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://court.example", HttpWitness("court.example", 443, "", tls=True)),
        ("https://court.example:8443/w/", HttpWitness("court.example", 8443, "/w", tls=True)),
        ("http://localhost:1/", HttpWitness("localhost", 1, "", tls=False)),
        ("http://127.0.0.1", HttpWitness("127.0.0.1", 80, "", tls=False)),
        ("http://[::1]:2/w", HttpWitness("::1", 2, "/w", tls=False)),
    ],
)
def test_an_address_tells_the_way(url: str, found: HttpWitness) -> None:
    assert http_witness(url) == found


def test_https_to_somebody_without_a_certificate_is_a_refusal(serve: Serve) -> None:
    plain = serve(_http("200 OK", b"lines\n"))
    found = _added(http_witness(f"https://127.0.0.1:{plain.port}"))
    assert isinstance(found, Refused)
    assert found.status == 0
