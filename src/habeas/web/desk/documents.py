"""A document of a person's case, given out as a file: never shown in the page, never run."""

from django.http import Http404, HttpResponse
from django.urls import URLPattern, path

from habeas.adapters import evidence_files
from habeas.adapters.installation_files import EVIDENCE
from habeas.service import procedure
from habeas.terms import Deed
from habeas.web import wiring
from habeas.web.asked import AskedRequest
from habeas.web.desk.opened import opened
from habeas.web.security import SANDBOX


def document(request: AskedRequest, subject: str, digest: str) -> HttpResponse:
    """One document that an event of the person names, for whoever may see their evidence."""
    found = opened(request, subject, Deed.SEE_EVIDENCE, "evidence document")
    if digest not in procedure.documents(found.events):
        raise Http404
    data = evidence_files.read(wiring.folder() / EVIDENCE, digest)
    if data is None:
        raise Http404
    kind = evidence_files.kind(data) or evidence_files.BYTES
    answer = HttpResponse(data, content_type=kind)
    name = f"{digest[:16]}.{evidence_files.ENDINGS[kind]}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cache-Control"] = "no-store"
    return answer


urlpatterns: list[URLPattern] = [
    path("person/<str:subject>/documents/<slug:digest>/", document, name="document"),
]
