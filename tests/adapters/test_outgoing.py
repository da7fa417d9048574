"""Whom the installation may reach, and what it reads of an answer."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from habeas.adapters import outgoing
from habeas.errors import SetupError

PUBLIC = "93.184.215.14"


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(SetupError) as told:
        act()
    return told.value.code


@pytest.mark.parametrize(
    "address",
    [
        "http://cases.example/",
        "ftp://cases.example/",
        "file:///etc/passwd",
        "https:///path",
        "https://user@cases.example/",
        "https://user:word@cases.example/",
        "https://cases.example:0/",
        "https://cases.example:99999/",
        "https://cases.example/#part",
        "https://cases.example/a b",
        "https://cases.example/\r\nHost: other",
        "https://çases.example/",
        "https://[::1",
        "",
        "https://cases.example/" + "x" * 500,
    ],
)
def test_an_address_that_nothing_may_be_sent_to(address: str) -> None:
    assert code_of(lambda: outgoing.target(address, plain=True)) == "H858"


def test_plain_http_leads_to_this_machine_or_nowhere() -> None:
    assert outgoing.target("http://localhost:8999/hooks", plain=True).place == "localhost:8999"
    assert code_of(lambda: outgoing.target("http://localhost:8999/", plain=False)) == "H858"
    assert outgoing.target("https://cases.example/hooks?a=1", plain=False).path == "/hooks?a=1"


@pytest.mark.parametrize(
    "inside",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",  # noqa: S104
        "169.254.169.254", "100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2001:0:53aa:64c:0:0:f5ff:fffe", "2001:db8::1",
    ],
)  # fmt: skip
def test_no_address_inside_a_network_is_connected_to(inside: str) -> None:
    to = outgoing.target("https://cases.example/", plain=False)
    for found in ([inside], [PUBLIC, inside], [inside, PUBLIC]):
        answer = partial(outgoing.resolved, to, inside=False, resolve=lambda *_, one=found: one)
        assert code_of(answer) == "H858"


def test_a_name_is_resolved_once_and_by_its_address_from_then_on() -> None:
    asked = list[str]()

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return [PUBLIC]

    to = outgoing.target("https://cases.example/", plain=False)
    assert outgoing.resolved(to, inside=False, resolve=resolve) == PUBLIC
    assert asked == ["cases.example"]
    assert code_of(lambda: outgoing.resolved(to, inside=False, resolve=lambda *_: [])) == "H859"


@contextmanager
def answering(answer: bytes, heard: list[bytes], *, drip: bool = False) -> Iterator[str]:
    """A server that says one thing to whoever comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def serve() -> None:
            line, _ = server.accept()
            with line:
                heard.append(line.recv(65536))
                for piece in (answer[n : n + 1] for n in range(len(answer))) if drip else [answer]:
                    if stop.wait(0.2 if drip else 0):
                        return
                    try:
                        line.sendall(piece)
                    except OSError:
                        return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://localhost:{server.getsockname()[1]}/hooks"
        stop.set()
        thread.join(5)


def sent(address: str, timeout: float = 5.0) -> outgoing.Answer:
    to = outgoing.target(address, plain=True)
    at = outgoing.resolved(to, inside=True, resolve=lambda *_: ["127.0.0.1"])
    return outgoing.post(to, at, b"body", {"Content-Type": "text/plain"}, timeout)


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    heard = list[bytes]()
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    with answering(answer, heard) as address:
        assert sent(address).status == 302
    assert len(heard) == 1
    assert heard[0].startswith(b"POST /hooks HTTP/1.1\r\n")
    assert b"\r\nHost: localhost:" in heard[0]


def test_of_an_answer_no_more_is_read_than_it_may_be_long() -> None:
    with answering(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_000, []) as address:
        assert len(sent(address).body) == outgoing.ANSWER


def test_an_answer_that_drips_is_cut_off() -> None:
    with answering(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100, [], drip=True) as address:
        assert code_of(lambda: sent(address, 1.0)) == "H859"


def test_whoever_is_not_there_is_told_as_such() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://localhost:{server.getsockname()[1]}/"
    assert code_of(lambda: sent(address)) == "H859"
    with answering(b"nonsense", []) as address:
        assert code_of(lambda: sent(address)) == "H859"
