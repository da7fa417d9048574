"""docs/security.md states what the code does, and the code does nothing that the page excludes."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from habeas.adapters import evidence_files, key_files, projection_runs
from habeas.register import locator, public_roll, sealed, signing
from habeas.service import asking

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
SRC = ROOT / "src" / "habeas"
# The settings are read once a process, and other tests of this one have their own.
ASK = """
import json, django
from habeas.web import settings as s
django.setup()
from allauth.account import app_settings as a
from habeas.web import ask
from habeas.web.accounts import administer, passwords, tokens, urls
from habeas.web.api import edge
hours = lambda of: int(of.total_seconds() // 3600)
rate = lambda name: a.RATE_LIMITS[name]
print(json.dumps({
  "idle": s.SESSION_IDLE, "age": s.SESSION_COOKIE_AGE, "again": a.REAUTHENTICATION_TIMEOUT,
  "failed": rate("login_failed"), "login": rate("login"), "reauthenticate": rate("reauthenticate"),
  "first": hours(administer.FIRST_PASSWORD), "token": tokens.LONGEST.days,
  "shortest": s.AUTH_PASSWORD_VALIDATORS[0]["OPTIONS"]["min_length"], "api": s.API_A_MINUTE,
  "ask": [one._most for one in (ask.ASKS, ask.OPENS, ask.LOOKS_UP)],
  "files": s.DATA_UPLOAD_MAX_NUMBER_FILES, "form": s.DATA_UPLOAD_MAX_MEMORY_SIZE,
  "most": edge.MOST, "trade": sorted(passwords.TRADE), "debug": s.DEBUG,
  "hasher": s.PASSWORD_HASHERS, "handlers": s.LOGGING["handlers"],
  "urls": [str(one.pattern) for one in urls.urlpatterns],
}))
"""
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def stated() -> dict[str, object]:
    """What settings and libraries say in a process of their own."""
    env = {"DJANGO_SETTINGS_MODULE": "habeas.web.settings", "PYTHONPATH": str(ROOT / "src")}
    call = [sys.executable, "-c", ASK]
    done = subprocess.run(call, env=env, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    return dict(json.loads(done.stdout))


def table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading of the page."""
    part = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def sources(*folders: str) -> Iterator[tuple[Path, list[ast.AST]]]:
    """Each file of some rooms, with all that stands in it."""
    for folder in folders:
        for path in sorted((SRC / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, nodes_of(path)


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def calls_of(path: Path) -> list[tuple[str, ast.Call]]:
    found = (node for node in nodes_of(path) if isinstance(node, ast.Call))
    return [(ast.unparse(node.func), node) for node in found]


def calls(*folders: str) -> Iterator[tuple[Path, str, ast.Call]]:
    """Every call of some rooms, by the words before its arguments."""
    for path, _ in sources(*folders):
        yield from ((path, name, node) for name, node in calls_of(path))


def test_the_limits_of_the_page_are_those_of_the_code(stated: dict[str, object]) -> None:
    failed = set(str(stated["failed"]).split(","))
    assert [cell for _, cell in table("Limits")] == [
        f"{int(str(stated['idle'])) // 60} minutes",
        f"{int(str(stated['age'])) // 3600} hours",
        f"{int(str(stated['again'])) // 60} minutes",
        "not limited; each can end all others",
        "5 in 300 seconds" if "5/300s/key" in failed else "",
        "10 a minute" if "10/m/ip" in failed else "",
        "30 a minute" if stated["login"] == "30/m/ip" else "",
        "10 a minute" if stated["reauthenticate"] == "10/m/user" else "",
        f"{stated['first']} hours",
        f"{stated['shortest']} characters",
        f"{stated['token']} days",
        f"{stated['api']} a minute",
        ", ".join(map(str, stated["ask"])),  # type: ignore[call-overload]  # a list of numbers
        f"{evidence_files.CAP // MIB} MiB",
        str(stated["files"]),
        f"{int(str(stated['form'])) // MIB} MiB",
        "1 MiB, with a document 11 MiB"
        if stated["most"] == {"application/json": MIB, "multipart/form-data": 11 * MIB}
        else "",
        f"{asking.CAP // MIB} MiB",
        f"{projection_runs.MOST_KEPT}, {projection_runs.MOST_WAITING}",
        f"{projection_runs.AT_MOST_S} seconds",
    ]


def test_the_words_that_no_password_may_be_are_those_of_the_code(
    stated: dict[str, object],
) -> None:
    named = PAGE.split("come down to: ")[1].split(";")[0].split(", ")
    assert sorted(named) == stated["trade"]


def test_every_way_to_sign_in_is_on_the_page(stated: dict[str, object]) -> None:
    ways = [row[0] for row in table("Ways to sign in")]
    assert ways == ["password", "passkey", "identity provider", "access token", "demonstration"]
    urls = stated["urls"]
    assert isinstance(urls, list)
    entering = {one for one in urls if "login" in one or "signup" in one or "reset" in one}
    assert entering == {"login/", "factors/keys/login/"}


def test_every_logger_is_in_the_inventory(stated: dict[str, object]) -> None:
    named = {row[0].strip("`") for row in table("What is logged")}
    used = {
        ast.literal_eval(node.args[0])
        for _, name, node in calls("web")
        if name == "logging.getLogger"
    }
    assert used == {one for one in named if one.startswith("habeas.")}
    assert list(stated["handlers"]) == ["console"]  # type: ignore[call-overload]  # a dictionary


def test_every_key_and_algorithm_is_in_the_inventory(stated: dict[str, object]) -> None:
    """Which names of cryptography the code takes; a new one must come onto the page."""
    rooms = ("register", "adapters", "web", "service", "cli")
    nodes = [node for _, found in sources(*rooms) for node in found]
    come = [one for one in nodes if isinstance(one, ast.ImportFrom)]
    taken = {
        alias.name
        for one in come
        if (one.module or "").startswith("cryptography")
        for alias in one.names
    }
    named = {one.attr.lower() for one in nodes if isinstance(one, ast.Attribute)}
    assert named & {"md5", "sha1", "des", "rc4"} == set()
    assert taken == {
        "AEAD", "AESGCM", "Ed25519PrivateKey", "Ed25519PublicKey", "HKDF", "HKDFExpand",
        "InvalidSignature", "InvalidTag", "KDF", "KEM", "MLDSA44PrivateKey", "MLDSA44PublicKey",
        "Suite", "X25519PrivateKey", "X25519PublicKey", "hashes", "aes_key_wrap", "aes_key_unwrap",
        "InvalidUnwrap",
    }  # fmt: skip
    words = " ".join(" ".join(row) for row in table("Keys and algorithms"))
    known = "Ed25519 ML-DSA-44 AES-256-GCM HKDF-SHA-256 HPKE X25519 HMAC-SHA-256 scrypt wrap"
    assert [one for one in known.split() if one not in words] == []
    assert stated["hasher"] == ["django.contrib.auth.hashers.ScryptPasswordHasher"]
    lengths = (key_files, sealed, signing, locator, public_roll)
    assert {getattr(one, "KEY", 32) for one in lengths} == {32}


def test_every_class_of_data_has_its_protection() -> None:
    rows = table("Classes of data")
    assert [row[0] for row in rows] == [
        "public", "register numbers", "content of events", "accounts", "secrets",
    ]  # fmt: skip
    assert [row for row in rows if len(row) != 5 or "" in row] == []


def test_whom_an_installation_talks_to_is_on_the_page() -> None:
    """Whoever opens a connection is one of a few files, and each has its row."""
    opening = {
        path.name
        for path, name, _ in calls("adapters", "web", "service", "register", "cli")
        if name.split(".")[-1] in {"HTTPConnection", "HTTPSConnection", "create_connection", "SMTP"}
        or name in {"psycopg.connect", "Connection.connect", "urlopen"}
    }
    assert opening <= {
        "outgoing.py", "witness_client.py", "mail.py", "postgres_store.py", "postgres_files.py",
        "ray_runner.py", "serve.py",  # whether its own server answers, on this machine
        "demo_line.py",  # the demonstration's own line between two installations of this machine
    }, opening  # fmt: skip
    named = " ".join(row[0] for row in table("Whom an installation talks to"))
    for one in ("peer", "witnesses", "webhook_hosts", "providers", "database", "mail"):
        assert one in named


def test_the_page_says_how_soon_what_is_vulnerable_goes() -> None:
    assert "within 7 days of its publication, any other within 30" in PAGE
    assert (ROOT / "requirements" / "accepted.toml").is_file()


def test_nothing_that_comes_in_is_run() -> None:
    """No eval, exec, pickle, template or format string of what comes in."""
    run = {"eval", "exec", "compile", "__import__", "pickle.loads", "marshal.loads", "yaml.load"}
    made = {"Template", "Engine", "engines", "from_string", "format_map", "mark_safe"}
    found = [(path.name, name) for path, name, _ in calls("") if name in run]
    assert found == []
    odd = [(path.name, name) for path, name, _ in calls("web") if name.split(".")[-1] in made]
    assert {name for name, _ in odd} <= {"components.py", "receipts.py"}, odd


def test_no_pattern_of_the_web_is_made_of_input() -> None:
    matching = {"compile", "match", "search", "fullmatch", "findall", "finditer", "sub", "split"}
    patterns = [
        (path.name, ast.unparse(node))
        for path, name, node in calls("web")
        if name.startswith("re.") and name.removeprefix("re.") in matching
        and not all(isinstance(part, ast.Constant) for part in node.args[:1])
    ]  # fmt: skip
    assert patterns == []


def test_the_web_starts_no_other_program() -> None:
    """But a projection, which is this very Python; its server; and PostgreSQL's copying program."""
    starting = {
        path.name for path, name, node in calls("web", "service", "register", "adapters")
        if name.startswith(("subprocess.", "os.system", "os.popen", "os.exec"))
    }  # fmt: skip
    assert starting <= {"projection_runs.py", "run.py", "backup_files.py"}, starting
    shells = [
        path.name for path, _, node in calls("") for one in node.keywords if one.arg == "shell"
    ]
    assert shells == []


def test_no_answer_allows_another_origin() -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in (SRC / "web").rglob("*.py"))
    assert "Access-Control-Allow-Origin" not in said
    assert "corsheaders" not in said


def test_no_setting_turns_debugging_on(stated: dict[str, object]) -> None:
    assert stated["debug"] is False
    text = (SRC / "web" / "settings.py").read_text()
    assert re.findall(r"^DEBUG = (.*)$", text, re.MULTILINE) == ["False"]


def test_secrets_are_drawn_from_the_systems_source() -> None:
    """The module `random` and numpy's draws are no part of what makes keys, tokens or salts."""
    drawing = {
        f"{path.parent.name}/{path.name}"
        for path, found in sources("web", "register", "adapters", "service")
        for node in found
        if isinstance(node, ast.Import) and any(one.name == "random" for one in node.names)
    }
    assert drawing == set()


OWN = re.sub(
    r"/\*.*?\*/|//[^\n]*", "", (SRC / "web/static/habeas/habeas.js").read_text(), flags=re.DOTALL
)


def test_no_script_of_ours_stores_anything() -> None:
    assert re.findall(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.", OWN) == []


def test_no_script_of_ours_writes_to_a_name_that_came_in() -> None:
    assert re.findall(r"__proto__|Object\.assign|\w\[[a-z]\w*\]\s*=[^=]", OWN) == []
