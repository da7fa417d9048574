"""A real witness on loopback, asked over real HTTP, by its client and by rude ones."""

import http.client
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from habeas.adapters import witness_server
from habeas.adapters.witness_client import http_witness
from habeas.adapters.witness_server import WitnessServer, serving
from habeas.adapters.witness_store import SqliteWitnessStore
from habeas.errors import RegisterError
from habeas.register import checkpoint
from habeas.register.witness import REQUEST_CAP, SIZE, Cosigned, Refused, Stated, origin_digest
from witnesses import LOG_KEY, NAME, NOW, ORIGIN, WITNESS_KEY, note, request, witness

FORM = "text/plain; charset=utf-8"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteWitnessStore]:
    with closing(SqliteWitnessStore(tmp_path / "w.sqlite", create=True)) as found:
        yield found


@pytest.fixture
def url(store: SqliteWitnessStore) -> Iterator[str]:
    with serving(WitnessServer(witness(store), lambda: NOW)) as found:
        yield found


def _open(url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)


def _asked(
    url: str,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, str, str]:
    with closing(_open(url)) as door:
        door.request(method, path, body, headers or {})
        answer = door.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read().decode()


def _post(url: str, body: bytes) -> tuple[int, str, str]:
    return _asked(url, "POST", "/add-checkpoint", body)


def _cosigners(text: str) -> set[str]:
    return set(checkpoint.verified(checkpoint.read_note(text), LOG_KEY, (WITNESS_KEY,)))


def test_a_log_is_cosigned_over_http(url: str) -> None:
    status, form, lines = _post(url, request(0, 5))
    assert (status, form, _cosigners(note(5) + lines)) == (200, FORM, {NAME})


def test_every_refusal_has_its_status(url: str) -> None:
    assert _post(url, request(0, 5))[0] == 200
    assert _post(url, request(0, 9)) == (409, SIZE, "5\n")
    other = request(5, 9).replace(b"log.example/test", b"log.example/else")
    forged = request(5, 9).replace(b"\n9\n", b"\n8\n")
    answers = [
        _post(url, data)[0]
        for data in (b"", other, forged, request(5, 5, 2), request(5, 9, 2), request(5, 9))
    ]
    assert answers == [400, 404, 403, 422, 422, 200]


def test_the_latest_note_is_public(url: str) -> None:
    path = f"/{origin_digest(ORIGIN)}/checkpoint"
    assert _asked(url, "GET", path)[0] == 404
    _post(url, request(0, 5))
    status, form, text = _asked(url, "GET", path)
    assert (status, form, _cosigners(text)) == (200, FORM, {NAME})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/add-checkpoint", 404),
        ("GET", f"/{'0' * 64}/checkpoint", 404),
        ("GET", f"/{'0' * 64}/checkpoint?x", 404),
        ("GET", "/../w.sqlite", 404),
        ("POST", "/", 404),
        ("POST", "/add-checkpoint/", 404),
        ("PUT", "/add-checkpoint", 501),
        ("DELETE", f"/{'0' * 64}/checkpoint", 501),
    ],
)
def test_nothing_else_is_there(url: str, method: str, path: str, status: int) -> None:
    assert _asked(url, method, path, b"x" if method == "POST" else None)[0] == status


def test_a_connection_serves_several_requests(url: str) -> None:
    with closing(_open(url)) as door:
        answers = []
        for old, new in ((0, 5), (5, 9), (5, 9)):
            door.request("POST", "/add-checkpoint", request(old, new))
            answer = door.getresponse()
            answers.append((answer.status, bool(answer.read())))
    assert answers == [(200, True), (200, True), (409, True)]


def test_a_request_says_its_length_and_is_not_too_long(url: str) -> None:
    assert _post(url, b"x" * REQUEST_CAP)[0] == 400
    assert _asked(url, "POST", "/add-checkpoint", b"", {"Content-Length": "-1"})[0] == 411
    assert _asked(url, "POST", "/add-checkpoint", b"", {"Content-Length": "1e3"})[0] == 411
    assert _asked(url, "POST", "/add-checkpoint", None, {"Content-Length": "999999999"})[0] == 413
    assert _asked(url, "POST", "/add-checkpoint", b"", {"Transfer-Encoding": "chunked"})[0] == 411
    assert _asked(url, "GET", "/", b"body")[0] == 400


def _raw(url: str, data: bytes) -> socket.socket:
    found = socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=20)
    found.sendall(data)
    return found


def test_a_request_that_stops_half_way_is_dropped_and_others_are_served(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_server.WitnessHandler, "timeout", 0.2)
    head = b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 500\r\n\r\n"
    for data in (b"", b"POST /add", head, head + request(0, 5)[:100]):
        with _raw(url, data) as rude:
            assert rude.recv(100) == b"", "nothing is answered, nothing is cosigned"
    with _raw(url, head + request(0, 5)[:100]) as rude:
        rude.shutdown(socket.SHUT_WR)
        assert rude.recv(100) == b""
    assert _post(url, request(0, 5))[0] == 200


def test_a_connection_that_drips_is_cut(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness_server, "LIFETIME", 0.3)
    with _raw(url, b"POST /add-checkpoint HTTP/1.1\r\n") as rude:
        rude.settimeout(0.05)
        for _ in range(200):
            try:
                rude.sendall(b"x")
                if rude.recv(100) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        else:
            pytest.fail("the connection was never cut")
    assert _post(url, request(0, 5))[0] == 200


@pytest.mark.parametrize(
    "data",
    [
        b"\0" * 100 + b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9\r\n\r\n",
        b"x" * 70_000 + b"\r\n\r\n",
    ],
)
def test_bytes_that_are_no_request_are_refused(url: str, data: bytes) -> None:
    with _raw(url, data) as rude:
        assert b"200 OK" not in rude.recv(4096)
    assert _post(url, request(0, 5))[0] == 200


def test_connections_beyond_the_cap_are_closed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness_server, "CONNECTIONS", 3)
    with ExitStack() as stack:
        for _ in range(3):
            door = stack.enter_context(closing(_open(url)))
            door.request("GET", "/")
            assert door.getresponse().read()
        with _raw(url, b"GET / HTTP/1.1\r\n\r\n") as fourth:
            assert _gone(fourth)
    for _ in range(100):
        try:
            assert _asked(url, "GET", "/")[0] == 404
            break
        except (ConnectionError, http.client.HTTPException):
            continue
    else:
        pytest.fail("no room again after the others left")


def _gone(door: socket.socket) -> bool:
    try:
        return door.recv(100) == b""
    except ConnectionError:
        return True


def test_a_witness_stops_although_somebody_hangs_on(store: SqliteWitnessStore) -> None:
    with serving(WitnessServer(witness(store), lambda: NOW)) as url:
        hanging = _raw(url, b"")
        assert _post(url, request(0, 5))[0] == 200
    with hanging:
        assert _gone(hanging)
    with pytest.raises(ConnectionError):
        _post(url, request(5, 9))


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1", "court.example", ""])  # noqa: S104
def test_a_witness_listens_on_this_machine_only(store: SqliteWitnessStore, address: str) -> None:
    with pytest.raises(RegisterError) as caught:
        WitnessServer(witness(store), lambda: NOW, address)
    assert caught.value.code == "H575"


def test_a_witness_listens_elsewhere_when_told(store: SqliteWitnessStore) -> None:
    server = WitnessServer(witness(store), lambda: NOW, "0.0.0.0", anywhere=True)  # noqa: S104
    with serving(server) as url:
        assert _post(url.replace("0.0.0.0", "127.0.0.1"), request(0, 5))[0] == 200  # noqa: S104


@pytest.mark.usefixtures("ipv6")
def test_a_witness_may_listen_on_the_other_loopback(store: SqliteWitnessStore) -> None:
    with serving(WitnessServer(witness(store), lambda: NOW, "::1")) as url:
        assert url.startswith("http://[::1]:")
        assert isinstance(http_witness(url).add(request(0, 5).decode()), Cosigned)


def test_a_witness_without_memory_says_so_and_cosigns_nothing(tmp_path: Path) -> None:
    store = SqliteWitnessStore(tmp_path / "w.sqlite", create=True)
    with serving(WitnessServer(witness(store), lambda: NOW)) as url:
        store.close()
        assert _post(url, request(0, 5))[::2] == (500, "the witness cannot answer now\n")
        assert _asked(url, "GET", f"/{origin_digest(ORIGIN)}/checkpoint")[0] == 500


def test_a_witness_whose_clock_is_not_set_cosigns_nothing(store: SqliteWitnessStore) -> None:
    with serving(WitnessServer(witness(store), lambda: 0)) as url:
        assert _post(url, request(0, 5))[0] == 500


def test_racing_clients_leave_one_chain(url: str, store: SqliteWitnessStore) -> None:
    assert _post(url, request(0, 1))[0] == 200
    sizes = range(2, 18)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda size: _post(url, request(1, size)), sizes))
    held = store.latest(ORIGIN)
    won = [size for size, one in zip(sizes, answers, strict=True) if one[0] == 200]
    assert held is not None
    assert (won, {one[0] for one in answers}) == ([held.size], {200, 409})


def test_the_client_tells_a_cosignature_a_size_and_a_refusal(url: str) -> None:
    client = http_witness(url)
    first = client.add(request(0, 5).decode())
    assert isinstance(first, Cosigned)
    assert _cosigners(note(5) + first.lines) == {NAME}
    assert client.add(request(0, 9).decode()) == Stated(5)
    refused = client.add(request(5, 9, 2).decode())
    assert isinstance(refused, Refused)
    assert (refused.status, "extends" in refused.reason) == (422, True)
    assert _cosigners(client.latest(ORIGIN) or "") == {NAME}
    assert client.latest("log.example/other") == ""


def test_a_client_of_nobody_is_refused(url: str) -> None:
    silent = http_witness(url.rpartition(":")[0] + ":1", 1.0)
    found = silent.add(request(0, 5).decode())
    assert isinstance(found, Refused)
    assert (found.status, bool(found.reason), silent.latest(ORIGIN)) == (0, True, None)
