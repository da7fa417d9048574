"""The manual is built whole, of pages and of the code, and asks nobody for anything."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright
from tools import manual, reference

import chromium
from habeas import terms
from habeas.cli.main import application
from habeas.law.ids import entries
from habeas.law.library import Library
from manual_pages import DOCS, PAGES

DAY = date(2026, 11, 21)
SAMPLE = (
    "index", "manual/tutorial", "manual/how-to/family", "es/index",
    "reference/law/agreements/se-ee", "reference/commands/register", "errors",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return manual.build(tmp_path_factory.mktemp("manual"), DAY)


@pytest.fixture(scope="module")
def pages() -> reference.Pages:
    return reference.all_pages(DOCS, DAY)


class Loads(HTMLParser):
    """What a page makes a browser ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        asked = dict(attrs)
        names = ("src", "srcset", "data", "poster") if tag != "link" else ("href",)
        self.found += [value for name in names if (value := asked.get(name))]


def loads(page: str) -> list[str]:
    reader = Loads()
    reader.feed(page)
    return reader.found


def test_no_page_of_the_site_loads_anything_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > len(PAGES)
    away = re.compile(r"(?:[a-z]+:)?//")
    assert {
        one for page in pages for one in loads(page.read_text("utf-8")) if away.match(one)
    } == set()
    for style in site.rglob("*.css"):
        assert re.findall(r"(?:url\(|@import )[\"']?(?:[a-z]+:)?//", style.read_text("utf-8")) == []


def test_the_site_has_every_page_committed_or_made(site: Path, pages: reference.Pages) -> None:
    there = {path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.html")}
    committed = {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")}
    generated = {name.removesuffix(".md") for name in pages}
    assert (committed | generated) - there == set()


def test_a_link_that_leads_nowhere_ends_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(tmp_path, monkeypatch, "# A\n\n[lost](nowhere.md)\n")
    with pytest.raises(manual.LostError, match=r"(?s)page does not exist.*index\.md"):
        manual.build(tmp_path / "built", DAY)


def test_a_page_without_a_place_in_the_navigation_ends_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(tmp_path, monkeypatch, "# A\n")
    (tmp_path / "docs" / "alone.md").write_text("# B\n")
    with pytest.raises(manual.LostError, match=r"no place in the navigation for alone\.md"):
        manual.stage(tmp_path / "built", DAY)


def test_a_navigation_that_names_what_is_not_there_ends_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(tmp_path, monkeypatch, "# A\n")
    (tmp_path / "docs" / "index.md").unlink()
    with pytest.raises(manual.LostError, match=r"not there: index\.md"):
        manual.stage(tmp_path / "built", DAY)


def few(root: Path, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    """A project of one page, without what is beside the pages and without the reference."""
    (root / "docs").mkdir()
    (root / "docs" / "index.md").write_text(first)
    (root / "zensical.toml").write_text(
        '[project]\nsite_name = "few"\n'
        'nav = [{ "Start" = "index.md" }, { "More" = ["more/*.md"] }]\n'
    )
    monkeypatch.setattr(manual, "ROOT", root)
    monkeypatch.setattr(manual, "BESIDE", {})
    monkeypatch.setattr(reference, "all_pages", lambda _docs, _day: {})


def test_every_command_with_every_option_is_in_the_reference(pages: reference.Pages) -> None:
    app = application()
    for name in (one for one in app.resolved_commands() if not one.startswith("-")):
        text, whole = pages[f"reference/commands/{name}.md"], app[name]
        below = [one for one in whole.resolved_commands() if not one.startswith("-")]
        assert [one for one in below if f"## habeas {name} {one}" not in text] == []
        for one in [whole, *(whole[inner] for inner in below)]:
            options = {
                option
                for argument in (one.assemble_argument_collection() if one.default_command else ())
                for option in argument.names
                if re.match(r"--(?!no-|empty-)", option) and argument.show
            }
            assert [option for option in options if option not in text] == []


def test_everything_of_the_library_is_in_the_reference_in_both_languages(
    pages: reference.Pages,
) -> None:
    for folder in ("reference/law/", "es/reference/law/"):
        text = "".join(page for name, page in pages.items() if name.startswith(folder))
        assert [one.id for one in entries(Library()) if f"{{ #{one.id} }}" not in text] == []


def test_each_rule_shows_its_text_its_source_its_layer_and_how_far_it_was_checked(
    pages: reference.Pages,
) -> None:
    page = pages["reference/law/laws/ets-112.md"]
    rule = page[page.index("{ #T-4 }") : page.index("{ #T-6 }")]
    for told in ("The person consents", "Layer: statute", "consent\\_given", "read in the source"):
        assert told in rule
    spanish = pages["es/reference/law/laws/ets-112.md"]
    assert "La persona consiente" in spanish[spanish.index("{ #T-4 }") :]
    assert "## Sources that disagree" in page


def test_every_kind_of_event_is_in_the_reference(pages: reference.Pages) -> None:
    page = pages["reference/events.md"]
    assert [kind for kind in terms.EventKind if f"`{kind.value}`" not in page] == []
    assert "None" not in page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium.CHROMIUM, args=["--no-sandbox"]
        )
        yield started
        started.close()


@chromium.needed
def test_pages_ask_nobody_and_can_be_used_by_everybody(site: Path, browser: Browser) -> None:
    asked, faults = list[str](), list[str]()
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.on("request", lambda request: asked.append(request.url))
    for name in SAMPLE:
        page.goto(f"file://{site}/{name}.html")
        found = Axe().run(page).response["violations"]
        faults += [
            f"{name}: {one['id']}: {node['html']}" for one in found for node in one["nodes"][:3]
        ]
        wide = page.evaluate("document.documentElement.scrollWidth")
        faults += [f"{name}: {wide} pixels wide"] if wide > 390 else []
    assert [one for one in asked if not one.startswith(("file:", "data:", "blob:"))] == []
    assert faults == []


def test_the_folder_that_is_built_is_not_committed() -> None:
    ignored = (DOCS.parent / ".gitignore").read_text()
    assert "build/\n" in ignored
    assert manual.BUILT.relative_to(DOCS.parent).parts[0] == "build"
    assert shutil.which("git") is None or not list((DOCS / "reference").glob("*"))
