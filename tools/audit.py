"""Ask a vulnerability service about every locked package; what could not be looked up is a failure.

    python -m tools.audit                  every file of requirements/, at the index's own service
    python -m tools.audit --service osv    at OSV
    python -m tools.audit FILE ...         those files alone

pip-audit asks; this program holds it to its word. By itself pip-audit ends well where an index does
not know a package, and leaves out lines whose marker is for another Python or system. Here markers
are taken away first, and each package must be in the answer, looked up and without a finding. OSV
answers alike to a package that it does not know and to one without findings: so the index's own
service is asked, which tells them apart. What is accepted for a while stands in
requirements/accepted.toml, with a reason and a last day. Needs the network: a test asks a server on
this machine instead.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import zip_longest
from pathlib import Path

from tools.locked import FOLDER, Locked, everything, files

ACCEPTED = FOLDER / "accepted.toml"
GOOD, FOUND, NOT_LOOKED_UP = 0, 1, 2
SHOWN = 20  # lines of each kind of failure


def main(arguments: Sequence[str] | None = None) -> int:
    """Audit, and say what came of it; the status says whether it may go on."""
    call = argparse.ArgumentParser(
        prog="python -m tools.audit", description="Audit what is locked."
    )
    call.add_argument("files", nargs="*", type=Path, help="locked files; all of requirements/")
    call.add_argument("--service", choices=("pypi", "osv"), default="pypi")
    call.add_argument("--osv-url", default="", help="another server that speaks OSV's API")
    call.add_argument("--accepted", type=Path, default=ACCEPTED)
    asked = call.parse_args(arguments)
    today = datetime.now(UTC).date()  # noqa: TID251 - a tool of maintainers reads the clock
    wanted = everything(asked.files or files())
    answers, errors = _answers(wanted, _service(asked))
    return report(wanted, answers, errors, accepted(asked.accepted, today))


def _service(asked: argparse.Namespace) -> list[str]:
    at = ["--osv-url", asked.osv_url] if asked.osv_url else []
    return ["--vulnerability-service", asked.service, *at]


def accepted(path: Path, today: date) -> dict[tuple[str, str], str]:
    """Findings that are lived with, by package and id, with the reason; none whose day is past.

    Raises:
        ValueError: for one without a reason.
    """
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("accepted", [])
    bare = [row["id"] for row in rows if not row["reason"].strip()]
    if bare:
        msg = f"{path.name}: no reason is given for {', '.join(bare)}"
        raise ValueError(msg)
    return {(row["package"], row["id"]): row["reason"] for row in rows if row["until"] >= today}


def _answers(
    wanted: Sequence[Locked], service: Sequence[str]
) -> tuple[dict[Locked, Mapping[str, object]], list[str]]:
    """What pip-audit says of each package, and what it says where it says nothing."""
    found, errors = dict[Locked, Mapping[str, object]](), list[str]()
    for part in _one_version_each(wanted):
        with tempfile.TemporaryDirectory() as folder:
            asked = Path(folder) / "asked.txt"
            asked.write_text("".join(f"{one.name}=={one.version}\n" for one in part))
            call = [
                sys.executable, "-m", "pip_audit", "--requirement", str(asked), "--no-deps",
                "--disable-pip", "--format", "json", "--progress-spinner", "off",
                "--cache-dir", str(Path(folder) / "cache"), *service,
            ]  # fmt: skip
            done = subprocess.run(call, capture_output=True, text=True, check=False)  # noqa: S603 - our own call
        rows, doubts = _rows(done.stdout), _doubts(done.stderr)
        errors += doubts or ([] if rows else done.stderr.strip().splitlines()[-1:])
        found |= {} if doubts else _looked_up(rows)
    return found, errors


def _looked_up(rows: Iterable[Mapping[str, object]]) -> dict[Locked, Mapping[str, object]]:
    """Those of pip-audit's answers that answer: what it skipped has a reason and no findings."""
    return {Locked(str(row["name"]), str(row["version"])): row for row in rows if "vulns" in row}


def _doubts(said: str) -> list[str]:
    """Where pip-audit left something out of a service's answer, of which it only warns."""
    return [line for line in said.splitlines() if line.startswith("WARNING:pip_audit._service")]


def _one_version_each(wanted: Iterable[Locked]) -> Iterator[list[Locked]]:
    """Parts in which each name has one version: pip-audit takes no name twice."""
    by_name = dict[str, list[Locked]]()
    for one in wanted:
        by_name.setdefault(one.name, []).append(one)
    for part in zip_longest(*by_name.values()):
        yield [one for one in part if one is not None]


def _rows(text: str) -> list[Mapping[str, object]]:
    try:
        return list(json.loads(text)["dependencies"])
    except (json.JSONDecodeError, KeyError):
        return []


def report(
    wanted: Sequence[Locked],
    answers: Mapping[Locked, Mapping[str, object]],
    errors: Sequence[str],
    lived_with: Mapping[tuple[str, str], str],
) -> int:
    """Say what was found and what was not looked up; the status of the whole."""
    missing = [one for one in wanted if one not in answers]
    hits = [(one, vuln) for one in wanted for vuln in _vulns(answers.get(one, {}))]
    open_ones = [(one, vuln) for one, vuln in hits if (one.name, vuln) not in lived_with]
    for one, vuln in hits:
        reason = lived_with.get((one.name, vuln))
        print(f"{one.name} {one.version}: {vuln}" + (f" (accepted: {reason})" if reason else ""))
    for one in missing[:SHOWN]:
        print(f"{one.name} {one.version}: could not be looked up")
    for error in errors:
        print(f"the service: {error}")
    print(
        f"{len(wanted)} locked, {len(wanted) - len(missing)} looked up, {len(missing)} not, "
        f"{len(open_ones)} open findings"
    )
    if open_ones:
        return FOUND
    return NOT_LOOKED_UP if missing or errors or not wanted else GOOD


def _vulns(row: Mapping[str, object]) -> list[str]:
    found = row.get("vulns", [])
    return [str(one["id"]) for one in found] if isinstance(found, list) else []


if __name__ == "__main__":
    sys.exit(main())
