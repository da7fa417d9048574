"""The pages for everybody: what a stranger reaches, nobody who is in it, what may be kept."""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from habeas.adapters import register_files
from habeas.register import public_roll
from habeas.service import agree, open_law
from habeas.terms import Office
from habeas.web import wiring
from habeas.web.security import SANDBOX
from installed import browser, served

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LINK = re.compile(r'(?:href|src)="([^"#]*)')
MOST = 6  # pages of things of the library that a crawl asks for: they are alike
SIGN_IN = re.compile(r"/(en|es)/(accounts/login/)?$")  # whither everybody else's pages lead
pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, _made: Path) -> Iterator[Path]:
    with served(tmp_path_factory, "SE-EE", "SE", NOW) as own:
        yield own


@pytest.fixture
def nobody() -> Client:
    return browser(None)


def persons(folder: Path) -> set[str]:
    with register_files.opened(folder / "register.sqlite3") as files:
        return {str(row.subject) for row in files.store.rows() if row.subject}


def cases(folder: Path) -> set[str]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - here alone

    found = set[str]()
    for path in (folder / "dockets").glob("*.parquet"):
        found |= set(pq.read_table(path, columns=["case"])["case"].to_pylist())
    return found


def body(answer: HttpResponseBase) -> bytes:
    """The whole of an answer, a file's too."""
    found = b"".join(iter(answer))
    answer.close()
    return found


def crawled(client: Client, start: str) -> dict[str, bytes]:
    """Every page and file that links lead to from one, without what signing in is for."""
    found, waiting, alike = dict[str, bytes](), [start], dict[str, int]()
    while waiting:
        path = waiting.pop()
        kind = re.sub(r"/law/[^/]+/$", "/law/*/", path)
        alike[kind] = alike.get(kind, 0) + 1
        if path in found or SIGN_IN.search(path) or path.startswith("/static/"):
            continue
        if alike[kind] > MOST and kind.endswith("*/"):
            continue
        answer = client.get(path)
        assert answer.status_code == 200, path
        found[path] = body(answer)
        if answer.headers["Content-Type"].startswith("text/html") and "open/verifier" not in path:
            links = LINK.findall(found[path].decode())
            inside = [urljoin(path, one) for one in links if not urlsplit(one).netloc]
            waiting += [one for one in inside if one.startswith("/")]
    return found


@pytest.mark.parametrize("lang", ["en", "es"])
def test_everything_that_a_stranger_reaches_is_there_and_nobody_is_in_it(
    folder: Path, nobody: Client, lang: str
) -> None:
    found = crawled(nobody, f"/{lang}/open/")
    names = persons(folder) | cases(folder)
    assert len(names) > 500
    for path, data in found.items():
        text = data.decode(errors="replace")
        assert not [one for one in names if one in text], path
    endings = {Path(path).suffix for path in found}
    assert {".csv", ".parquet", ".json", ".bin", ".toml", ".html", ".txt", ".jsonld"} <= endings
    assert nobody.cookies == {}


PATHS = ("/en/open/", "/es/open/law/", "/open/checkpoint.txt", "/open/library/conflicts.toml")


@pytest.mark.parametrize("path", PATHS)
def test_an_open_page_is_the_same_for_whoever_is_signed_in_and_may_be_kept(
    nobody: Client, path: str
) -> None:
    mine, theirs = browser(Office.SENDING_OFFICER).get(path), nobody.get(path)
    assert mine.content == theirs.content
    for answer in (mine, theirs):
        assert answer.headers["Cache-Control"].startswith("public")
        assert "cookie" not in answer.headers.get("Vary", "").lower()
        assert not answer.cookies
        assert answer.headers["Content-Security-Policy"]
    again = nobody.get(path, headers={"if-none-match": theirs.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert nobody.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_files_run_nowhere(nobody: Client) -> None:
    for path in ("verifier.html", "trust.json", "library/agreements/se-ee.toml"):
        answer = nobody.get(f"/open/{path}")
        assert answer.headers["Content-Security-Policy"] == SANDBOX
        assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "path",
    [
        "/open/rolls/../register.sqlite3", "/open/rolls/2026-11-20.1.txt", "/open/rolls/trust.json",
        "/open/rolls/..%2Fregister.sqlite3", "/open/statistics/2026-10.1/..%2F..%2Fweb.key",
        "/open/statistics/../web.key", "/open/statistics/2026-09.1/duties.csv",
        "/open/library/../../settings.py", "/open/library//etc/passwd", "/open/register.sqlite3",
        "/en/open/statistics/2026-10.2/", "/en/open/law/nothing/", "/en/open/persons/",
        "/en/open/law/all/facts/",
    ],
)  # fmt: skip
def test_nothing_else_of_the_folder_is_given_out(nobody: Client, path: str) -> None:
    assert nobody.get(path, follow=False).status_code == 404


@pytest.mark.parametrize(
    "name", ["family.token", "trust.json", ".2026-11-20.1.bin", "2026-11-20.1"]
)
def test_what_else_lies_among_the_rolls_stays_there(
    folder: Path, nobody: Client, name: str
) -> None:
    path = folder / "rolls" / name
    path.write_text("something else")
    try:
        assert nobody.get(f"/open/rolls/{name}").status_code == 404
        assert "something" not in nobody.get("/en/open/rolls/").content.decode()
    finally:
        path.unlink()


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nobody_writes_there(nobody: Client, method: str) -> None:
    for path in ("/en/open/", "/open/trust.json", "/open/rolls/2026-11-20.1.bin"):
        assert getattr(nobody, method)(path).status_code in (403, 405)


def test_a_stranger_verifies_the_roll_with_what_the_page_gives(nobody: Client) -> None:
    rows, header = (body(nobody.get(f"/open/rolls/2026-11-20.1.{end}")) for end in ("bin", "json"))
    text = body(nobody.get("/open/trust.json")).decode()
    assert text == wiring.trust().text
    found = public_roll.verified(rows, header.decode(), wiring.trust())
    assert found.roll.size > 100


def test_the_checkpoint_is_the_register_s_latest(nobody: Client) -> None:
    latest = wiring.register().store.latest()
    assert latest is not None
    assert body(nobody.get("/open/checkpoint.txt")).decode() == latest[1]
    assert latest[1].split("\n")[2] in nobody.get("/en/open/").content.decode()


def test_tables_are_shown_as_the_files_have_them(folder: Path, nobody: Client) -> None:
    page = nobody.get("/en/open/statistics/2026-10.1/").content.decode()
    place = folder / "statistics/2026-10.1"
    rows = json.loads((place / "stock-and-flow.json").read_text())
    hidden = [row for row in rows if row["count"] is None]
    duties = json.loads((place / "duties.json").read_text())
    hidden += [row for row in duties if row["count"] is None]
    assert page.count("Withheld</strong>") >= len(hidden) > 0
    for table in ("Stock and flow", "Duties, inquiries and visits", "Fees", "Length of stay"):
        assert table in page
    digest = hashlib.sha256((place / "datapackage.json").read_bytes()).hexdigest()
    assert digest in page


def test_tables_that_somebody_changed_are_not_shown(folder: Path, nobody: Client) -> None:
    path = folder / "statistics/2026-10.1/duties.json"
    before = path.read_bytes()
    path.write_bytes(before.replace(b'"count": 0', b'"count": 1', 1))
    try:
        assert nobody.get("/en/open/statistics/2026-10.1/").status_code == 404
    finally:
        path.write_bytes(before)


def test_every_rule_file_is_told_with_its_hash_and_that_nobody_reviewed_it(nobody: Client) -> None:
    page = nobody.get("/en/open/law/").content.decode()
    found = open_law.rule_files(agree.library())
    assert len(found) > 30
    for one in found:
        assert one.digest in page
        assert (
            hashlib.sha256(body(nobody.get(f"/open/library/{one.name}"))).hexdigest() == one.digest
        )
    assert page.count("nobody</span>") >= len(found)


def test_the_catalogue_names_files_that_are_there(nobody: Client) -> None:
    found = json.loads(body(nobody.get("/open/catalog.jsonld")))
    assert found["@type"] == "dcat:Catalog"
    addresses = [
        one["dcat:downloadURL"]
        for each in found["dcat:dataset"]
        for one in each["dcat:distribution"]
    ]
    assert len(addresses) > 15
    for one in addresses:
        assert body(nobody.get(urlsplit(one).path))


def test_the_way_in_leads_there(nobody: Client) -> None:
    assert 'href="/en/open/"' in nobody.get("/en/accounts/login/").content.decode()
