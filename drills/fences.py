"""Both fences of the web over many persons: what each asker is shown by either is the same.

    HABEAS_POSTGRES=ADDRESS python -m drills.fences [small]

The first fence filters each query by the table of access; the second is the database's own and
knows no query: rows are read without any filter. One installation, made as `bench.installation`
makes it (10,000 persons; `small`: 400), lies on PostgreSQL and, for the first fence alone, on
SQLite.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import django

from bench import installation, web
from drills.rig import Result
from habeas.adapters import settings_files

LARGE = installation.Scale("tenth", 10_000, 10, 40, 17)
ASK = "ask"
WIDER = frozenset({"cases"})  # the second fence shows an office the whole docket: never less
Told = dict[str, dict[str, list[list[object]]]]  # by asker and table: of each fence, count and hash


def _digest(rows: Iterable[tuple[object, ...]]) -> list[object]:
    found = sorted(repr(one) for one in rows)
    return [len(found), hashlib.sha256("\n".join(found).encode()).hexdigest()]


def _ask() -> Iterator[tuple[str, dict[str, list[list[object]]]]]:
    """What each log-in of one installation is shown, by the first fence and by the second."""
    from habeas.terms import Deed  # noqa: PLC0415 - after the settings
    from habeas.web import wiring  # noqa: PLC0415
    from habeas.web.accounts.models import User  # noqa: PLC0415
    from habeas.web.asker import asker_of  # noqa: PLC0415
    from habeas.web.readmodels import fenced, visible  # noqa: PLC0415
    from habeas.web.readmodels import models as m  # noqa: PLC0415

    # Any: querysets and models, of which all that counts is that they have these columns.
    every: dict[str, tuple[Callable[..., Any], Any, tuple[str, ...]]] = {
        "persons": (lambda who: visible.persons(who, Deed.SEE_PERSON), m.Person, ("subject",)),
        "intervals": (visible.intervals, m.Interval, ("subject", "event_in", "status")),
        "lines": (visible.lines, m.Line, ("subject", "manifest")),
        "owed": (visible.obligations, m.Obligation, ("subject", "duty", "step", "opened_index")),
        "cases": (visible.cases, m.DocketCase, ("case",)),
    }
    for user in User.objects.order_by("username"):
        asker = asker_of(user, wiring.installation())
        if asker is None:
            continue
        shown = dict[str, list[list[object]]]()
        for name, (first, model, columns) in every.items():
            with fenced.asked(asker):
                filtered = _digest(first(asker).values_list(*columns))
                shown[name] = [filtered, _digest(model.objects.values_list(*columns))]
        yield user.username, shown


def _asked(folder: Path) -> Told:
    told = {settings_files.FOLDER: str(folder), "DJANGO_SETTINGS_MODULE": "habeas.web.settings"}
    call, settings = [sys.executable, "-m"], os.environ | told
    subprocess.run([*call, "habeas.web.prepare"], env=settings, stdout=subprocess.PIPE, check=True)
    done = subprocess.run(
        [*call, "drills.fences", ASK], env=settings, stdout=subprocess.PIPE, check=True
    )
    found: Told = json.loads(done.stdout)
    return found


def compared(post: Told, lite: Told) -> list[str]:
    """Each difference between two fences, and between the first fence of two databases."""
    broken = [f"{who}: not asked on both databases" for who in sorted(post.keys() ^ lite.keys())]
    for who in sorted(post.keys() & lite.keys()):
        for name, (first, second) in post[who].items():
            if name in WIDER and int(str(first[0])) <= int(str(second[0])):
                continue
            if first != second:
                broken.append(
                    f"{who}, {name}: {first[0]} by both fences, {second[0]} by the second"
                )
        for name, (first, _) in lite[who].items():
            if first != post[who][name][0]:
                broken.append(f"{who}, {name}: {first[0]} on SQLite, {post[who][name][0][0]} here")
    return broken


def main() -> int:
    """Ask as everybody on both databases, and print the row of docs/reliability.md."""
    if sys.argv[1:] == [ASK]:
        django.setup()
        json.dump(dict(_ask()), sys.stdout)
        return 0
    address = os.environ.get("HABEAS_POSTGRES")
    if not address:
        sys.exit("the second fence is PostgreSQL's: name a server in HABEAS_POSTGRES")
    scale = installation.SMALL if sys.argv[1:] == ["small"] else LARGE
    begun, folder = perf_counter(), installation.made(scale)
    # A copy from before may have got events of a burst.
    shutil.rmtree(folder.parent / "postgres", ignore_errors=True)
    post = _asked(web.on_postgres(folder, scale, address))
    lite = _asked(folder)
    broken = compared(post, lite)
    figures = {"persons": scale.persons, "seconds": round(perf_counter() - begun)} | {
        f"{name} shown": sum(int(str(one[name][0][0])) for one in post.values())
        for name in ("persons", "intervals", "lines", "owed", "cases")
    }
    more = sum(int(str(one["cases"][1][0])) - int(str(one["cases"][0][0])) for one in post.values())
    figures["cases that the second fence alone shows"] = more
    print(Result("two fences", len(post), tuple(broken), figures).line())
    for sentence in broken:
        print(f"BROKEN: {sentence}")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
