"""Whether the installation lives, is ready, and what stands open in it; for whoever operates it.

Numbers are told to this machine alone, or to whoever has the key that lies in the installation's
folder: a small number may tell of somebody. A proxy on this machine is not this machine: what came
through one says so, or asks for another host.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping
from secrets import token_bytes

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import split_domain_port
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET

from habeas.adapters import installation_files
from habeas.adapters.loopback import is_loopback
from habeas.errors import HabeasError
from habeas.service import asking, feed_asks, head
from habeas.terms import Settlement
from habeas.web import wiring
from habeas.web.clock import now
from habeas.web.hooks import ledger
from habeas.web.readmodels import tally

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    del request
    return HttpResponse("live\n", content_type="text/plain")


@require_GET
def ready(request: HttpRequest) -> HttpResponse:
    """Everything answers that a page needs: tables, gateway, and a register that is what it was."""
    del request
    found = {name: "ok" if _holds(check) else "no" for name, check in CHECKS.items()}
    status = 200 if set(found.values()) == {"ok"} else 503
    return JsonResponse(found, status=status)


def _tables() -> bool:
    plan = MigrationExecutor(connection)
    return not plan.migration_plan(plan.loader.graph.leaf_nodes())


def _gateway() -> bool:
    with wiring.gateway() as caller:
        return bool(caller.ask(asking.Status()))


def _head() -> bool:
    """Whether the latest checkpoint is of the log that the trust file names, and of its leaves."""
    found = wiring.register()
    return head.holds(found.store, found.trust())


CHECKS: Mapping[str, Callable[[], bool]] = {
    "tables": _tables, "gateway": _gateway, "log_head": _head,
}  # fmt: skip


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, HabeasError):
        return False


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers, in the text form that collectors read."""
    if not (_here(request) or _has_key(request)):
        raise Http404
    return HttpResponse("".join(_lines(numbers())), content_type=TEXT)


def _here(request: HttpRequest) -> bool:
    through = any(name in request.headers for name in FORWARDED)
    host, _ = split_domain_port(request.headers.get("Host", ""))
    from_here = is_loopback(request.META.get("REMOTE_ADDR", ""))
    return from_here and not through and is_loopback(host.strip("[]"))


def _has_key(request: HttpRequest) -> bool:
    key = installation_files.secret(wiring.folder(), token_bytes, installation_files.METRICS)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), key.encode())


HELP: Mapping[str, str] = {
    "habeas_unestablished_findings": "Persons on the register of whom a rule is not established.",
    "habeas_overdue_obligations": "Persons whose case waits for a deed that is overdue.",
    "habeas_persons_without_location": "Persons held of whom no facility is recorded.",
    "habeas_departed_not_received": "Persons who have departed and were not received.",
    "habeas_manifest_mismatch": "Lines of manifests that arrived under another line.",
    "habeas_log_head_age_seconds": "Since the latest checkpoint; -1: there is none.",
    "habeas_register_size": "Entries of the register.",
    "habeas_tables_behind": "Entries that the tables do not know yet.",
    "habeas_peer_silent_seconds": "Since the other state was last told; -1: never.",
    "habeas_unsettled_events": "Events of both states that are not settled yet; -1: not known.",
    "habeas_overdue_settlements": "Of these, those past the hours agreed; -1: not known.",
    "habeas_mirror_behind": "Known entries of the other log that are not held; -1: not known.",
}
BETWEEN = ("habeas_unsettled_events", "habeas_overdue_settlements", "habeas_mirror_behind")
DELIVERIES = "habeas_webhook_deliveries"


def numbers() -> dict[str, int]:
    """Every number by its name."""
    at, store = now(), wiring.register().store
    size = store.size()
    return {
        **tally.open_matters(at),
        "habeas_log_head_age_seconds": head.age_s(store, at),
        "habeas_register_size": size,
        "habeas_tables_behind": size - tally.followed(),
        "habeas_peer_silent_seconds": ledger.silent(at),
        **_between(),
    }


def _between() -> dict[str, int]:
    """How what both states share stands; the gateway alone knows."""
    try:
        with wiring.gateway() as caller:
            found = caller.ask(feed_asks.Feed())
    except HabeasError:
        return dict.fromkeys(BETWEEN, -1)
    counts, mirror = found["counts"], found["mirror"]
    left = sum(counts.values()) - counts.get(Settlement.SETTLED, 0)
    overdue, behind = counts.get(Settlement.OVERDUE, 0), mirror["known"] - mirror["size"]
    return dict(zip(BETWEEN, (left, overdue, behind), strict=True))


def _lines(found: Mapping[str, int]) -> Iterator[str]:
    for name, value in found.items():
        yield f"# HELP {name} {HELP[name]}\n# TYPE {name} gauge\n{name} {value}\n"
    yield f"# HELP {DELIVERIES} Messages by how they stand.\n# TYPE {DELIVERIES} gauge\n"
    for state, count in ledger.counts().items():
        yield f'{DELIVERIES}{{state="{state.lower()}"}} {count}\n'


urlpatterns: list[URLPattern] = [
    path("-/live", live, name="live"),
    path("-/ready", ready, name="ready"),
    path("-/metrics", metrics, name="metrics"),
]
