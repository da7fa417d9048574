"""What is served beside the pages: no brand of a state, no outside host, all accounted for."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from tools import vendor_assets

STATIC = Path(__file__).parents[2] / "src/habeas/web/static"
VENDOR = STATIC / "vendor"
SERVED = sorted(path for path in STATIC.rglob("*") if path.is_file())
MANIFEST = json.loads((VENDOR / "MANIFEST.json").read_text())
ALL_FILES = {name: hashes for one in MANIFEST["packages"] for name, hashes in one["files"].items()}
NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_no_served_file_carries_the_brand_of_a_state() -> None:
    # A copyright notice names its holder and must be kept; nothing else may.
    brand = re.compile(rb"GDS Transport|crest|crown", re.IGNORECASE)
    files = [path for path in SERVED if path.name != "LICENSE.txt"]
    assert [path.name for path in files if brand.search(path.read_bytes())] == []
    assert [path.name for path in files if brand.search(path.name.encode())] == []


def test_no_served_file_names_an_outside_host() -> None:
    address = re.compile(r"(?:https?:)?//[a-z0-9-]+\.[a-z][a-z0-9./-]*", re.IGNORECASE)
    texts = {path: path.read_text() for path in SERVED if path.name != "LICENSE.txt"}
    named = {(path.name, host) for path, text in texts.items() for host in address.findall(text)}
    assert {(name, host) for name, host in named if host not in NAMESPACES} == set()


def test_every_vendored_file_is_in_the_manifest_with_its_hash() -> None:
    files = [path for path in SERVED if VENDOR in path.parents]
    kept = {path for path in files if path.name not in ("MANIFEST.json", "LICENSE.txt")}
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in kept
    }
    assert found == {name: hashes["sha256_after"] for name, hashes in ALL_FILES.items()}


def test_an_installation_gathers_what_pages_name_and_no_page_for_an_api(tables: Path) -> None:
    gathered = json.loads((tables / "static/staticfiles.json").read_text())["paths"]
    assert {one.split("/")[0] for one in gathered} == {
        "account", "django_htmx", "habeas", "mfa", "vendor",
    }  # fmt: skip
    assert (tables / "static" / gathered["mfa/js/webauthn.js"]).with_suffix(".js.gz").exists()


def test_a_licence_stands_beside_each_vendored_name() -> None:
    folders = {path.name for path in VENDOR.iterdir() if path.is_dir()}
    assert folders == {one["folder"] for one in MANIFEST["packages"]}
    for one in MANIFEST["packages"]:
        assert one["licence"] == "MIT"
        assert "Permission is hereby granted" in (VENDOR / one["licence_text"]).read_text()


def test_every_address_inside_a_style_sheet_is_a_file_that_is_served() -> None:
    for sheet in (path for path in SERVED if path.suffix == ".css"):
        for url in re.findall(r"url\(([^)]+)\)", sheet.read_text()):
            assert url.startswith("data:") or (sheet.parent / url).is_file(), url


def test_no_script_needs_what_the_policy_forbids() -> None:
    evaluated = re.compile(r"\beval\(|new Function\(|\.setAttribute\([\"']style")
    scripts = [path for path in SERVED if path.suffix == ".js"]
    assert [path.name for path in scripts if evaluated.search(path.read_text())] == []


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (
            '@charset "UTF-8";a{b:c}\n@font-face{font-family:GDS Transport;src:url(x)}d{e:f}',
            '@charset "UTF-8";a{b:c}d{e:f}\n',
        ),
        ("a,.govuk-footer__crown,b{c:d}.x-crest{e:f}", "a,b{c:d}\n"),
        (
            "@media print{.x-crown{a:b}}@media (max-width:3em){.y{c:d}}",
            "@media (max-width:3em){.y{c:d}}\n",
        ),
        (
            'a:after{content:"}"}b{font-family:GDS Transport,arial,sans-serif}',
            'a:after{content:"}"}b{font-family:var(--hab-font)}\n',
        ),
        (".a:not(.b,.crown-x),.c{d:e}", ".c{d:e}\n"),
        ("a{b:url(/assets/images/c.svg)}/*# sourceMappingURL=x */", "a{b:url(images/c.svg)}\n"),
    ],
)
def test_what_is_not_ours_to_use_is_cut_and_the_rest_is_kept(css: str, kept: str) -> None:
    assert vendor_assets.style(css) == kept
