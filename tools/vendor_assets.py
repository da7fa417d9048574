"""Fetch the two design systems, strip what is not ours to use, and write what is served.

For maintainers; users get the result from the repository. The ordinary npm client packs the pinned
versions; the tarballs are read and no script of theirs is run. Neither tarball carries a licence
text: LICENSE.txt of each project's repository stands beside the files and is never overwritten.

    python tools/vendor_assets.py
"""

import hashlib
import io
import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parents[1] / "src/habeas/web/static/vendor"
FONT = "GDS Transport,arial,sans-serif"
EDITS = [
    "every @font-face removed",
    "the font family of the system replaced by var(--hab-font)",
    "rules removed whose every selector names a brand mark or a component that is not used",
    "/assets/images/ rewritten to images/ beside the file",
    "source map comments removed",
]
# Brand marks of one state first; then components that no page uses, to spare the bytes.
DROPPED = re.compile(
    r"crest|crown|-logo\b|logo-dot|logotype|licence-logo|copyright-logo"
    r"|\.govuk-header|\.moj-header|probation-|\.moj-pds|\.pds-|organisation-|\.moj-organisation"
    r"|rich-text|multi-file-upload|cookie-banner|exit-this-page|ticket-panel|progress-bar"
    r"|add-another|interruption-card|primary-navigation|moj-messages|moj-message\b|moj-message-"
)


@dataclass(frozen=True, slots=True)
class Package:
    """One pinned package: what npm calls it, where its files lie, which are taken."""

    spec: str
    version: str
    folder: str
    inside: str  # of the tarball
    files: tuple[str, ...]
    repository: str


PACKAGES = (
    Package(
        "govuk-frontend",
        "6.6.0",
        "govuk-frontend",
        "package/dist/govuk/",
        ("govuk-frontend.min.css", "govuk-frontend.min.js"),
        "alphagov/govuk-frontend",
    ),
    Package(
        "@ministryofjustice/frontend",
        "11.1.0",
        "moj-frontend",
        "package/moj/",
        ("moj-frontend.min.css", "moj-frontend.min.js"),
        "ministryofjustice/moj-frontend",
    ),
)


def packed(package: Package, into: Path) -> dict[str, bytes]:
    """The files of the package by their path in the tarball."""
    spec = f"{package.spec}@{package.version}"
    done = subprocess.run(  # noqa: S603  # pinned names, no shell
        ["npm", "pack", "--silent", "--ignore-scripts", spec],  # noqa: S607
        cwd=into,
        check=True,
        capture_output=True,
        text=True,
    )
    with tarfile.open(into / done.stdout.strip().splitlines()[-1]) as tar:
        members = [member for member in tar.getmembers() if member.isfile()]
        return {member.name: _bytes(tar.extractfile(member)) for member in members}


def _bytes(stream: io.BufferedReader | object | None) -> bytes:
    assert isinstance(stream, io.BufferedIOBase)
    return stream.read()


def rules(css: str) -> Iterator[tuple[str, str]]:
    """Each top-level rule as (prelude, body); a statement such as @charset has an empty body."""
    start = at = 0
    while at < len(css):
        stop = next((n for n in range(at, len(css)) if css[n] in "{;"), len(css))
        if stop == len(css):
            return
        if css[stop] == ";":
            yield css[start : stop + 1], ""
            start = at = stop + 1
            continue
        end = _closing(css, stop)
        yield css[start:stop], css[stop + 1 : end]
        start = at = end + 1


def _closing(css: str, opening: int) -> int:
    """Where the block that opens here closes; braces inside strings do not count."""
    depth, quote, n = 0, "", opening
    while True:
        char = css[n]
        if quote:
            n += char == "\\"
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        else:
            depth += (char == "{") - (char == "}")
            if not depth:
                return n
        n += 1


def selectors(prelude: str) -> list[str]:
    """The selectors of a rule; commas inside brackets or quotes do not part them."""
    return re.split(r",(?![^(\[]*[)\]])", prelude)


def stripped(css: str) -> str:
    """The style sheet without fonts, brand marks and components that are not used."""
    out = []
    for found, body in rules(css):
        prelude = found.strip()
        if prelude.startswith("@font-face"):
            continue
        if prelude.startswith(("@media", "@supports", "@-moz-document")):
            inner = stripped(body)
            out.append(f"{prelude}{{{inner}}}" if inner else "")
        elif prelude.endswith(";"):
            out.append(prelude)
        elif kept := [one for one in selectors(prelude) if not DROPPED.search(one)]:
            out.append(f"{','.join(kept)}{{{body}}}")
    return "".join(out)


def style(text: str) -> str:
    """A style sheet as it is served."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).strip()
    text = stripped(text).replace(FONT, "var(--hab-font)")
    return text.replace("/assets/images/", "images/") + "\n"


def script(text: str) -> str:
    """A script as it is served."""
    return re.sub(r"//# sourceMappingURL=\S+", "", text).rstrip() + "\n"


EDITED: dict[str, Callable[[str], str]] = {".css": style, ".js": script, ".svg": str}


def vendored(package: Package, found: dict[str, bytes]) -> dict[str, dict[str, str]]:
    """Write the files of one package; their hashes before and after, by path."""
    folder, entries = STATIC / package.folder, {}
    wanted = {name: package.inside + name for name in package.files}
    for name in package.files:
        if name.endswith(".css"):
            named = re.findall(r"url\((images/[^)]+)\)", style(found[wanted[name]].decode()))
            wanted |= {image: f"{package.inside}assets/{image}" for image in named}
    for name, source in sorted(wanted.items()):
        before = found[source]
        after = EDITED[Path(name).suffix](before.decode()).encode()
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(after)
        entries[f"{package.folder}/{name}"] = {
            "source": source,
            "sha256_before": hashlib.sha256(before).hexdigest(),
            "sha256_after": hashlib.sha256(after).hexdigest(),
        }
    return entries


def main() -> None:
    """Pack, strip, write, and list it all in the manifest."""
    packages = []
    for package in PACKAGES:
        text = STATIC / package.folder / "LICENSE.txt"
        if not text.is_file():
            raise SystemExit(f"{text.name} of {package.repository} must stand in {package.folder}/")
        with tempfile.TemporaryDirectory() as into:
            found = packed(package, Path(into))
        licence = json.loads(found["package/package.json"])["license"]
        packages.append(
            {
                "name": package.spec,
                "version": package.version,
                "licence": licence,
                "licence_text": f"{package.folder}/LICENSE.txt",
                "licence_from": f"LICENSE of the repository {package.repository}",
                "folder": package.folder,
                "edits": EDITS,
                "files": vendored(package, found),
            }
        )
    manifest = json.dumps({"packages": packages}, indent=2)
    (STATIC / "MANIFEST.json").write_text(manifest + "\n")


if __name__ == "__main__":
    main()
