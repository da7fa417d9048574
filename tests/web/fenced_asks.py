"""Run for one installation: what each of its people is shown, by queries that forgot to ask.

Answers JSON. The installation's own settings hold, so that it is a process of its own.
"""

import json
import re
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import django
from django.db import Error, connection
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

django.setup()

import desks  # noqa: E402 - after the settings
from habeas.access import Asker  # noqa: E402
from habeas.terms import Deed  # noqa: E402
from habeas.web import wiring  # noqa: E402
from habeas.web.accounts import tokens  # noqa: E402
from habeas.web.accounts.models import User  # noqa: E402
from habeas.web.asker import asker_of  # noqa: E402
from habeas.web.clock import now  # noqa: E402
from habeas.web.fence import FenceMiddleware  # noqa: E402
from habeas.web.readmodels import fenced, rebuild, visible  # noqa: E402
from habeas.web.readmodels.models import (  # noqa: E402
    DocketCase,
    Interval,
    Line,
    Obligation,
    Person,
    Position,
    Standing,
)

OFFICER = "receiving-officer.ee-vangla"  # who may see some persons, and not all
ASKING = ("sending-officer.se-kvv", OFFICER, "court.se-court", "sending-officer.qm-stranger")


def request(asker: Asker | None, view: Callable[[], object]) -> object:
    """What a view tells somebody, behind the fence as every page is."""
    told = RequestFactory().get("/")
    told.asker = asker  # type: ignore[attr-defined]  # as the middleware before puts it

    def answer(_: HttpRequest) -> HttpResponse:
        return HttpResponse(json.dumps(view()))

    found = FenceMiddleware(answer)(told)
    assert isinstance(found, HttpResponse)
    return json.loads(found.content)


def unfiltered() -> dict[str, object]:
    """Everything, by queries without any filter."""
    return {
        "persons": sorted(Person.objects.values_list("subject", flat=True)),
        "intervals": sorted(set(Interval.objects.values_list("subject", flat=True))),
        "lines": sorted(set(Line.objects.values_list("subject", flat=True))),
        "owed": sorted(set(Obligation.objects.values_list("subject", flat=True))),
        "cases": sorted(DocketCase.objects.values_list("case", flat=True)),
        "standings": sorted(set(Standing.objects.values_list("authority", flat=True))),
        "positions": Position.objects.count(),
    }


def filtered(asker: Asker) -> dict[str, object]:
    """What the first fence shows."""
    shown = visible.persons(asker, Deed.SEE_PERSON)
    return {
        "persons": sorted(shown.values_list("subject", flat=True)),
        "intervals": sorted(set(visible.intervals(asker).values_list("subject", flat=True))),
        "lines": sorted(set(visible.lines(asker).values_list("subject", flat=True))),
        "owed": sorted(set(visible.obligations(asker).values_list("subject", flat=True))),
        "cases": sorted(visible.cases(asker).values_list("case", flat=True)),
        "may": {
            one.value: visible.persons(asker, one).count()
            for one in (Deed.SEE_PERSON, Deed.SEE_CASE, Deed.SCREEN, Deed.PLACE, Deed.AUTHORISE)
        },
    }


def counted(asker: Asker) -> list[object]:
    """Figures of everybody, and what a query that forgot to ask shows right after."""
    whole = fenced.counted(Interval)
    by_facility = whole.filter(end=None).values_list("facility").annotate(n=Count("pk"))
    figures = [
        whole.count(),
        len(whole.filter(end=None)),
        whole.exists(),
        whole.aggregate(Max("event_in")),
        sorted(map(list, by_facility.order_by())),
        len(list(whole.iterator())),
        fenced.counted(Person).filter(release_on__isnull=False).count(),
    ]
    return [figures, sorted(Person.objects.values_list("subject", flat=True)) == everything(asker)]


def broken() -> list[str]:
    """What a count that the database cannot make leaves open in its request."""
    told = []
    for ask in (fenced.counted(Person).extra(where=["1/0 = 1"]).count, Person.objects.count):
        try:
            told.append(f"{ask()} persons")
        except Error as error:
            told.append(type(error).__name__)
    return told


def processes() -> list[str]:
    """How many processes PostgreSQL may add for one question of a page, and whether it compiles."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_parallel_workers_per_gather'), current_setting('jit')"
        )
        return list(cursor.fetchone())


def everything(asker: Asker) -> list[str]:
    return sorted(visible.persons(asker, Deed.SEE_PERSON).values_list("subject", flat=True))


def askers() -> dict[str, Asker]:
    """Everybody with a log-in, by what they sign in with."""
    found = {one.username: asker_of(one, wiring.installation()) for one in User.objects.all()}
    return {name: one for name, one in sorted(found.items()) if one is not None}


def left() -> list[object]:
    """What the connection still knows after a request, and what it then shows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('role'), current_setting('habeas.authority', true), "
            "current_setting('habeas.office', true), current_setting('habeas.keeper', true), "
            "pg_backend_pid()"
        )
        return list(cursor.fetchone())


def by_requests() -> dict[str, object]:
    """What some are shown by real requests: by a session on a page, by a token on the API."""
    found: dict[str, object] = {}
    with desks.gateway(wiring.folder(), wiring.installation()):
        for name in ASKING:
            user, client = User.objects.get(username=name), Client(headers={"host": "localhost"})
            _, words = tokens.make(user, "fence", None, now() + timedelta(days=1), now())
            bearer = {"authorization": f"Bearer {words}"}
            told = [
                client.get(path, headers=bearer) for path in ("/api/v1/persons", "/api/v1/docket")
            ]
            client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
            asked = ["/en/", "/en/docket/", "/en/docket/?q=SEEE-T-0001", "/en/search/?q=SEEE-T-000"]
            waits = re.search(r'docket/\?missing=[^"]+', client.get(asked[1]).content.decode())
            asked += [f"/en/{waits[0]}"] if waits else []
            pages = [client.get(page).content.decode() for page in asked]
            found[name] = [
                [(one.status_code, one.json().get("count")) for one in told],
                [sorted(set(re.findall(r"/(?:person|cases)/([^/\"]+)/", page))) for page in pages],
            ]
    return found


def main() -> None:
    """Ask as everybody."""
    people = askers()
    found: dict[str, object] = {
        "seen": {name: request(one, partial(filtered, one)) for name, one in people.items()},
        "all": {name: request(one, unfiltered) for name, one in people.items()},
        "counted": {name: request(one, partial(counted, one)) for name, one in people.items()},
        "nobody": request(None, unfiltered),
        "after": request(None, unfiltered),
        "outside": unfiltered(),
        "requests": by_requests(),
    }
    if fenced.possible():
        officer = people[OFFICER]
        before = left()
        request(officer, unfiltered)
        found["left"] = [before, left()]
        found["broken"] = request(officer, broken)
        found["alone"] = request(officer, processes)

        def acting() -> list[object]:
            inside = unfiltered()["persons"]
            rebuild.follow()
            return [inside, unfiltered()["persons"]]

        size = rebuild.rebuild()
        with fenced.kept():
            Position.objects.update(size=size - 3)
        found["acting"] = request(officer, acting)
        found["size"] = size
    json.dump(found, sys.stdout)


main()
