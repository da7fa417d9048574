"""Build the manual: the committed pages and the reference made of the code, one site.

`python -m tools.manual [--as-of YYYY-MM-DD]` writes `build/manual/site` and asks no network. A link
that leads nowhere, a page that stands in no navigation and an entry of the navigation without its
page end it with exit status 1.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tomllib
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tools import reference

from habeas.cli import clock

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "build" / "manual"
BESIDE = {
    "SECURITY.md": "project/security.md",
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
}
TITLE = re.compile(r"^# (.+?)(?: \{.*\})?$", re.MULTILINE)
Nav = list[Any]  # Any: pages, and sections that hold pages, as zensical reads them


class LostError(Exception):
    """What the navigation and the pages do not agree on."""


def stage(folder: Path, day: date) -> Path:
    """Put everything that the site is made of into a folder; returns the settings.

    Args:
        folder: made anew.
        day: whose law is marked as in force.

    Raises:
        LostError: where pages and navigation differ.
    """
    shutil.rmtree(folder, ignore_errors=True)
    docs = folder / "docs"
    shutil.copytree(ROOT / "docs", docs)
    for name, page in BESIDE.items():
        (docs / page).parent.mkdir(exist_ok=True)
        (docs / page).write_text(_beside((ROOT / name).read_text("utf-8")), "utf-8")
    for name, text in reference.all_pages(docs, day).items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(text, "utf-8")
    for path in docs.rglob("*.md"):
        path.write_text(_inward(path.read_text("utf-8")), "utf-8")
    settings = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
    settings["nav"] = navigation(settings["nav"], docs)
    config = folder / "zensical.toml"
    config.write_text(f"project = {_toml(settings)}\n", "utf-8")
    return config


def _beside(text: str) -> str:
    """A page of the root, whose links begin there."""
    return text.replace("](docs/", "](../")


def _inward(text: str) -> str:
    """A page whose links to pages of the root lead to their copies."""
    for name, page in BESIDE.items():
        text = re.sub(rf"\]\(((?:\.\./)*)\.\./{re.escape(name)}", rf"](\1{page}", text)
    return text


def navigation(nav: Nav, docs: Path) -> Nav:
    """The navigation with every page by its title.

    Raises:
        LostError: for a page that is not there, and for one that stands nowhere.
    """
    every = sorted(path.relative_to(docs).as_posix() for path in docs.rglob("*.md"))
    named, used = set(_plain(nav)), list[str]()
    found = _spelled(nav, docs, every, named, used)
    if lost := [page for page in every if page not in used]:
        raise LostError(f"zensical.toml: no place in the navigation for {', '.join(lost)}")
    if lost := [page for page in used if page not in every]:
        raise LostError(
            f"zensical.toml: the navigation names pages that are not there: {', '.join(lost)}"
        )
    return found


def _plain(nav: object) -> list[str]:
    match nav:
        case str():
            return [] if "*" in nav else [nav]
        case list():
            return [page for one in nav for page in _plain(one)]
        case dict():
            return [page for one in nav.values() for page in _plain(one)]
        case _:
            return []


def _spelled(nav: Nav, docs: Path, every: list[str], named: set[str], used: list[str]) -> Nav:
    found: Nav = []
    for one in nav:
        if isinstance(one, dict):
            ((title, inner),) = one.items()
            if isinstance(inner, str):
                used.append(inner)
                found.append(one)
            elif below := _spelled(inner, docs, every, named, used):
                found.append({title: below})
            continue
        pages = [one]
        if "*" in one:
            depth = one.count("/")
            pages = [
                page
                for page in every
                if fnmatch(page, one) and page.count("/") == depth and page not in named
            ]
        used += pages
        found += [
            page if page.endswith("index.md") else {_title(docs / page): page} for page in pages
        ]
    return found


def _title(page: Path) -> str:
    found = TITLE.search(page.read_text("utf-8")) if page.is_file() else None
    return found[1].replace("\\", "").replace("`", "") if found else page.stem


def _toml(value: object) -> str:
    """A value as TOML on one line."""
    match value:
        case dict():
            return (
                "{ "
                + ", ".join(f"{_toml(name)} = {_toml(one)}" for name, one in value.items())
                + " }"
            )
        case list():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def build(folder: Path, day: date) -> Path:
    """The site of the manual; returns its folder.

    Raises:
        LostError: where pages and navigation differ, or a link leads nowhere.
    """
    config = stage(folder, day)
    call = [
        sys.executable,
        "-m",
        "zensical",
        "build",
        "--strict",
        "--clean",
        "--config-file",
        str(config),
    ]
    done = subprocess.run(call, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        plain = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
        raise LostError(plain.partition("Traceback")[0].strip())
    return folder / "site"


def main() -> int:
    asked = argparse.ArgumentParser(description="Build the manual.")
    about = "the day whose law is marked as in force; today where absent"
    asked.add_argument("--as-of", type=date.fromisoformat, default=clock.today(None), help=about)
    try:
        print(build(BUILT, asked.parse_args().as_of) / "index.html")
    except LostError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
