"""Documents on which acts rest: kept in the installation, named in events by their SHA-256."""

from django.http import HttpRequest
from ninja import File, Router, UploadedFile

from habeas.adapters import evidence_files
from habeas.adapters.installation_files import EVIDENCE
from habeas.terms import Deed
from habeas.web import wiring
from habeas.web.api import asked
from habeas.web.api import schemas as s
from habeas.web.api.answers import basis
from habeas.web.api.bearer import permit

router = Router(tags=["acts"])


@router.post("/persons/{subject}/documents", response=s.Evidence)
def document(
    request: HttpRequest, subject: asked.Subject, key: asked.Key, document: File[UploadedFile]
) -> s.Evidence:
    """Keep a document: PDF, PNG, JPEG or plain text, of 10 MiB at most. Nothing is recorded by it.

    Where a document shall stay elsewhere, state its SHA-256 in the act alone.
    """
    del key  # the same bytes are the same document
    who = permit(request, Deed.RECORD_EVIDENCE, subject)
    held = document.read(evidence_files.CAP + 1)
    digest = evidence_files.keep(wiring.folder() / EVIDENCE, held)
    return s.Evidence(basis=basis(who), digest=digest)


@router.post("/persons/{subject}/attachments", response=s.Evidence)
def attachment(
    request: HttpRequest, subject: asked.Subject, key: asked.Key, document: File[UploadedFile]
) -> s.Evidence:
    """Keep what is attached to a report: bytes of any kind, 10 MiB at most, never opened here.

    Its SHA-256 goes into the incident, the complaint or the finding. Nothing is recorded by it.
    """
    del key  # the same bytes are the same document
    who = permit(request, Deed.REPORT_INCIDENT, subject)
    held = document.read(evidence_files.CAP + 1)
    digest = evidence_files.keep_any(wiring.folder() / EVIDENCE, held)
    return s.Evidence(basis=basis(who), digest=digest)
