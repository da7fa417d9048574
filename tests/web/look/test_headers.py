from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from habeas.web import security, settings

POLICY = (
    b"default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    b"frame-ancestors 'none'"
)


def answered(
    path: str = "/en/", view: Callable[[HttpRequest], HttpResponse] | None = None, session: str = ""
) -> HttpResponse:
    request = RequestFactory().get(path)
    request.COOKIES |= {settings.SESSION_COOKIE_NAME: session} if session else {}
    answer = security.SecurityHeaders(view or (lambda _request: HttpResponse("x")))(request)
    assert isinstance(answer, HttpResponse)
    return answer


def test_the_policy_is_these_bytes() -> None:
    assert answered().serialize_headers().count(b"Content-Security-Policy: " + POLICY) == 1


def test_no_view_can_loosen_a_header() -> None:
    def loose(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("x", headers=dict.fromkeys(security.HEADERS, "anything"), status=500)

    found = answered(view=loose).headers
    assert {name: found[name] for name in security.HEADERS} == security.HEADERS


def test_the_headers_stand_before_every_other_part_of_an_answer() -> None:
    # The journal comes before it and writes down what is answered: it adds nothing to an answer.
    first = ["habeas.web.journal.Journal", "habeas.web.security.SecurityHeaders"]
    assert settings.MIDDLEWARE[:2] == first


def test_what_is_asked_within_a_session_is_not_stored() -> None:
    assert answered(session="x").headers["Cache-Control"] == "no-store"

    def public(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("x", headers={"Cache-Control": "public, max-age=600"})

    assert answered(view=public, session="x").headers["Cache-Control"] == "no-store"
    assert answered(view=public).headers["Cache-Control"] == "public, max-age=600"


def test_an_answer_that_begins_a_session_is_not_stored() -> None:
    def sign_in(_request: HttpRequest) -> HttpResponse:
        answer = HttpResponse("x")
        answer.set_cookie(settings.SESSION_COOKIE_NAME, "x")
        return answer

    assert answered(view=sign_in).headers["Cache-Control"] == "no-store"


def test_a_file_beside_the_pages_may_be_kept() -> None:
    found = answered("/static/habeas/habeas.css", session="x")
    assert "Cache-Control" not in found.headers
    assert found.headers["X-Content-Type-Options"] == "nosniff"


def test_no_view_is_asked_by_trace_or_by_a_word_that_is_no_method() -> None:
    for method in ("TRACE", "CONNECT", "NONSENSE", "get"):
        request = RequestFactory().generic(method, "/en/")
        request.method = method
        answer = security.SecurityHeaders(lambda _request: HttpResponse("x"))(request)
        assert answer.status_code == 405, method
        assert answer.headers["Content-Security-Policy"].encode() == POLICY
