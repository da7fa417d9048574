"""The kinds of events and what an administrative one must carry (event.md)."""

from collections.abc import Mapping

from second_verifier.verdict import need

CUSTODY = frozenset(
    {
        "custody.opened",
        "custody.departed",
        "custody.handed_over",
        "custody.reception_refused",
        "custody.placed",
        "custody.moved",
        "custody.absence_started",
        "custody.absence_ended",
        "custody.counted",
        "custody.escaped",
        "custody.recaptured",
        "custody.released",
        "custody.died",
    }
)
CASE = frozenset(
    {
        "case.proposed",
        "evidence.recorded",
        "case.screened",
        "case.notified",
        "case.consent_verified",
        "case.consent_withdrawn",
        "case.objection_lodged",
        "case.objection_answered",
        "case.opinion_taken",
        "case.stay_ordered",
        "case.stay_lifted",
        "transfer.authorised",
        "transfer.accepted",
        "transfer.refused",
        "transfer.scheduled",
        "transfer.withdrawn",
        "sentence.recorded",
        "sentence.changed",
        "duty.met",
        "inquiry.made",
        "inquiry.answered",
        "complaint.made",
        "complaint.answered",
        "incident.reported",
        "visit.made",
        "visit.blocked",
        "visit.finding",
        "visit.finding_answered",
        "segregation.started",
        "segregation.ended",
        "token.issued",
        "token.revoked",
        "correction",
    }
)
ROOT = "root"
ADMIN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "key.enrolled": (ROOT, ("authority", "public")),
    "key.rotated": (ROOT, ("authority", "public", "replaces", "overlap")),
    "key.revoked": (ROOT, ("authority", "public")),
    "peer.enrolled": (ROOT, ("origin", "policy")),
    "policy.changed": (ROOT, ("policy",)),
    "log.closed": (ROOT, ("reason",)),
    "log.succeeded": (ROOT, ("origin", "size", "root")),
    "roll.published": ("registrar", ("date", "issue", "rows", "root")),
    "audit.checkpoint": ("registrar", ("origin", "size", "root")),
    "read.recorded": ("registrar", ("reader", "person", "purpose")),
    "erased": ("data_protection", ("ground", "indexes", "what")),
    "erasure.completed": ("registrar", ("erased", "keys_destroyed")),
}
BATCHED = frozenset({"custody.counted", "evidence.recorded", "case.screened", "duty.met"})
KEY_KINDS = frozenset({"key.enrolled", "key.rotated", "key.revoked"})
ALL = CUSTODY | CASE | frozenset(ADMIN)


def check_admin(kind: str, body: Mapping[str, object], actors: list[tuple[str, str]]) -> None:
    """The form of an administrative event; `actors` are (authority, role)."""
    if kind not in ADMIN:
        return
    role, carried = ADMIN[kind]
    for name in carried:
        need(body.get(name) not in ("", [], {}, None), "H518", f"{kind} does not say {name}")
    if kind == "erased":
        check_erasers(actors)
    elif role != ROOT:
        need(all(found == role for _, found in actors), "H518", f"{kind} is signed as {role}")


def check_erasers(actors: list[tuple[str, str]]) -> None:
    roles = {role for _, role in actors}
    authorities = {authority for authority, _ in actors}
    two = roles == {"data_protection"} and len(authorities) >= 2
    need(two or roles == {"court"}, "H518", "an erasure takes two authorities, or courts")
