"""A stranger at the page: one answer for everybody, nothing repeated, nothing kept, no flood."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from typing import cast
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from habeas.adapters import letterbox_files
from habeas.adapters.letterbox_files import BOX, SqliteLetterbox
from habeas.register import locator
from habeas.register.public_roll import Statement
from habeas.register.waiting import Answers
from habeas.service import letterbox
from habeas.terms import RollStatus
from habeas.web import ask, courtesy, wiring
from habeas.web.courtesy import Courtesy
from web.browser import PHONE, Open, needed, violations

NAME = "Ana Canary"
REQUEST = {"who": NAME, "how": "telephone 555", "text": "my brother"}
HOUR = timedelta(hours=1)
SENTENCE = "This is no token: type it again from the paper, group by group."


@pytest.fixture
def path(tables: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation whose gateway has written its key; nobody has asked yet."""
    register = tables / wiring.installation().register
    letterbox_files.private(register, token_bytes)
    for name, most in (("ASKS", 10), ("OPENS", 30), ("LOOKS_UP", 60)):
        monkeypatch.setattr(ask, name, Courtesy(most, token_bytes))
    wiring._letterbox.cache_clear()  # noqa: SLF001 - another test's box is open in it
    yield register
    wiring.letterbox().close()
    for one in register.parent.glob("letterbox.*"):
        one.unlink()
    wiring._letterbox.cache_clear()  # noqa: SLF001


@pytest.fixture
def client(path: Path, new_client: Callable[[], Client]) -> Client:
    assert path.parent.is_dir()
    return new_client()


def token(number: int = 1) -> str:
    return locator.printed(bytes([number] * 16))


def sent(client: Client, path: str, here: str = "127.0.0.1", **given: str) -> HttpResponse:
    """What a browser sends of a form."""
    found = client.post(path, urlencode(given), content_type=ask.FORM, REMOTE_ADDR=here)
    return cast("HttpResponse", found)


def post(client: Client, **given: str) -> HttpResponse:
    return sent(client, "/en/ask/", **given)


def put_in(path: Path) -> list[letterbox.Request | None]:
    """What lies in the box, opened with the gateway's key."""
    key = letterbox_files.private(path, token_bytes)
    with closing(SqliteLetterbox(path.with_name(BOX), token_bytes)) as box:
        return [letterbox.opened(key, sealed) for _, sealed in box.waiting()]


def plain(page: HttpResponse) -> str:
    """A page without the one thing that is drawn for it."""
    return re.sub(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", "REFERENCE", page.content.decode())


# One answer for everybody


def test_everybody_gets_the_same_bytes_and_is_counted_alike(path: Path, client: Client) -> None:
    pages = [post(client, token=token(n)) for n in (1, 2)] + [post(client, **REQUEST)]
    assert {one.status_code for one in pages} == {200}
    assert len({plain(one) for one in pages}) == 1
    assert len({one.content for one in pages}) == 3, "each has a reference of its own"
    assert len({len(one.content) for one in pages}) == 1
    assert len({tuple(sorted(one.headers.items())) for one in pages}) == 1
    assert "REFERENCE" in plain(pages[0])
    with closing(SqliteLetterbox(path.with_name(BOX), token_bytes)) as box:
        assert sum(box.received().values()) == 3
    found = put_in(path)
    assert sorted(one.token for one in found if one) == [b"", bytes([1] * 16), bytes([2] * 16)]


def test_the_page_says_by_when_and_which_court_in_both_languages(client: Client) -> None:
    english = post(client, token=token()).content.decode()
    assert "within 72 hours" in english
    assert "no law" in english
    assert "Turn to: Competent court, United States of America." in english
    spanish = sent(client, "/es/ask/", token=token()).content.decode()
    assert "72 horas" in spanish
    assert "Tribunal competente, Estados Unidos de América" in spanish


# What is no token


@pytest.mark.parametrize(
    "typed", [NAME, token()[:-1], token()[:-1] + "0", token() + "0", "x" * 500, "'; DROP --", "ñ"]
)
def test_whatever_is_no_token_is_met_with_one_sentence_that_repeats_nothing(
    path: Path, client: Client, typed: str
) -> None:
    page = post(client, token=typed)
    said = page.content.decode()
    assert page.status_code == 422
    assert said.count(SENTENCE) == 2, "in the summary and at the field"
    assert typed not in said.replace('lang="es"', "") or len(typed) == 1
    assert put_in(path) == []


def test_nothing_is_asked_by_an_address(path: Path, client: Client) -> None:
    for place in ("/en/ask/", "/en/ask/answer/"):
        for page in (
            client.get(f"{place}?token={token()}"),
            sent(client, f"{place}?x", token=token()),
        ):
            assert (page.status_code, page.headers["Location"]) == (302, place)
    assert client.get("/locate").status_code == 405
    assert put_in(path) == []


def test_a_request_without_what_it_needs_names_the_field(client: Client) -> None:
    page = post(client, who="", how="h", text="x" * 1_001)
    said = page.content.decode()
    assert page.status_code == 422
    assert "Enter an answer: Who asks" in said
    assert "1000" in said.replace(",", "")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"token=" + b"x" * 40_000, "application/x-www-form-urlencoded"),
        (b'{"token": "x"}', "application/json"),
        (b"x", "text/plain"),
    ],
)
def test_nothing_but_the_form_is_read(path: Path, client: Client, body: bytes, kind: str) -> None:
    page = client.post("/en/ask/", body, content_type=kind)
    assert page.status_code == 413
    assert "no file" in page.content.decode()
    assert put_in(path) == []


def test_no_attachment_is_taken(path: Path, client: Client) -> None:
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.7", "application/pdf")
    page = client.post("/en/ask/", {**REQUEST, "file": file})
    assert page.status_code == 413
    assert put_in(path) == []


# Nothing is kept of whoever asks


def test_no_cookie_no_copy_and_nothing_in_the_clear(path: Path, client: Client) -> None:
    for page in (client.get("/en/ask/"), post(client, token=token()), post(client, **REQUEST)):
        assert dict(page.cookies) == {}
        assert page.headers["Cache-Control"] == "no-store"
    whole = b"".join(one.read_bytes() for one in path.parent.glob("letterbox.sqlite3*"))
    traces = (NAME, "555", "brother", token(), "127.0.0.1")
    assert [one for one in traces if one.encode() in whole] == []
    assert bytes([1] * 16) not in whole


# Floods


def test_an_address_that_asks_too_often_waits_and_others_do_not(path: Path, client: Client) -> None:
    here = [sent(client, "/en/ask/", "192.0.2.1", token=token()) for _ in range(12)]
    assert [one.status_code for one in here] == [200] * 10 + [429] * 2
    assert 0 < int(here[-1]["Retry-After"]) <= 3600
    other = sent(client, "/en/ask/", "192.0.2.2", token=token())
    assert other.status_code == 200
    assert len(put_in(path)) == 11
    assert client.get("/en/ask/", REMOTE_ADDR="192.0.2.1").status_code == 200


def test_a_full_box_keeps_what_came_before_and_says_so_in_one_sentence(
    path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = SqliteLetterbox(path.with_name(BOX), token_bytes, most=2)
    monkeypatch.setattr(wiring, "letterbox", lambda: box)
    first = [post(client, token=token(n)) for n in (1, 2)]
    full = [post(client, token=token(3)), post(client, **REQUEST)]
    assert [one.status_code for one in (*first, *full)] == [200, 200, 503, 503]
    assert full[0].content == full[1].content
    assert "none of them is lost" in full[0].content.decode()
    assert 0 < int(full[0]["Retry-After"]) <= 3600
    assert sum(box.received().values()) == 2
    assert sorted(one.token[0] for one in put_in(path) if one) == [1, 2]
    box.close()


AT = datetime(2026, 3, 2, 12, 59, tzinfo=UTC)


def asked_from(here: str, forwarded: str = "") -> HttpRequest:
    found = RequestFactory().get("/", REMOTE_ADDR=here)
    if forwarded:
        found.META["HTTP_X_FORWARDED_FOR"] = forwarded
    return found


@pytest.mark.parametrize(
    ("here", "forwarded", "address"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        (
            "192.0.2.1",
            "198.51.100.7",
            "192.0.2.1",
        ),  # anybody may write one
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "192.0.2.9, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "nonsense", ""),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "", "192.0.2.1"),
    ],
)
def test_from_where_somebody_asks(here: str, forwarded: str, address: str) -> None:
    assert courtesy.address(asked_from(here, forwarded)) == address


def test_counts_and_their_key_are_gone_with_the_hour() -> None:
    keys = list[bytes]()

    def chance(count: int) -> bytes:
        keys.append(token_bytes(count))
        return keys[-1]

    limit = Courtesy(1, chance)
    waits = [limit.wait(asked_from("192.0.2.1"), AT) for _ in range(2)]
    assert waits == [0, 60]
    assert limit.wait(asked_from("192.0.2.1"), AT + HOUR) == 0
    assert len(set(keys)) == 2
    held = repr(vars(limit))
    assert "192.0.2.1" not in held
    assert keys[0].hex() not in held


# Lookups


def test_a_lookup_of_anything_has_560_bytes(client: Client) -> None:
    asked = [locator.lookup_key(bytes(16)), b"", b"x", b"y" * 40_000]
    found = [client.post("/locate", one, content_type="application/octet-stream") for one in asked]
    assert {(one.status_code, len(one.content)) for one in found} == {(200, 560)}
    assert found[1].content == found[3].content, "what is too long is malformed as nothing is"
    assert {tuple(sorted(one.headers.items())) for one in found} == {
        tuple(sorted(found[0].headers.items()))
    }
    statuses = [client.post("/locate", b"x", content_type="a/b").status_code for _ in range(60)]
    assert statuses.count(200) == 56
    assert statuses[-1] == 429


def test_the_page_opens_what_is_sealed_to_a_token_and_tells_a_miss(
    path: Path, client: Client
) -> None:
    secret, day = bytes([1] * 16), datetime(2026, 3, 2, tzinfo=UTC).date()
    hashed = locator.lookup_hash(locator.lookup_key(secret))
    said = Statement(RollStatus.HELD, 4, facility="US-1")
    told = {"asked": "2026-03-02T12:00", "as_of": "2026-03-02T13:00", "place": "US-1"}
    sealed = locator.seal(locator.seal_key(secret), hashed, day, said, told)
    letterbox_files.write_answers(path, Answers(day, bytes(32), {hashed: sealed}))
    try:
        hit, miss = (sent(client, "/en/ask/answer/", token=token(n)) for n in (1, 2))
        found = sent(client, "/es/ask/answer/", token=token(1)).content.decode()
    finally:
        path.with_name(letterbox_files.ANSWERS).unlink()
    assert re.findall(r"Held|US-1|2026-03-02T13:00", hit.content.decode()) == [
        "Held", "US-1", "2026-03-02T13:00", "US-1",
    ]  # fmt: skip
    assert "Nothing opens with this token" in miss.content.decode()
    assert token(1) not in hit.content.decode()
    assert "Detenida" in found


# In a browser


@pytest.mark.no_cover  # other tests ask for each page
@needed
def test_the_page_that_everybody_gets_can_be_used_by_everybody(
    path: Path, served: str, open_page: Open
) -> None:
    assert path.parent.is_dir()
    opened = open_page(f"{served}/es/ask/", PHONE, script=False)
    opened.page.fill("#id_token", token().lower())
    opened.page.click("main button >> nth=0")
    assert opened.page.locator(".govuk-panel__body").count() == 1
    assert opened.page.context.cookies() == []
    found = open_page(f"{served}/es/ask/", bypass_csp=True)  # the walk runs axe in the other pages
    found.page.fill("#id_token", token())
    found.page.click("main button >> nth=0")
    assert violations(found.page) == []
