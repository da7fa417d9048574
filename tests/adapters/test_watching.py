"""A request is followed from the web through the gateway to its commit, and nobody is named."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext

from gateways import ASKER, PURPOSE, UNDER, Hands, Office, installed, office, opened, person
from habeas.adapters import logs, spans, tracing
from habeas.adapters.gateway_watch import BOUNDS, GatewayWatch, Histogram
from habeas.adapters.logs import TRACEPARENT
from habeas.errors import HabeasError, SetupError
from habeas.service.asking import Caller, OnePerson, Read, Status, Submit, lines

OUTSIDE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def watched(tmp_path: Path, exporter: InMemorySpanExporter) -> Iterator[tuple[Office, spans.Span]]:
    """A gateway that is watched, and the spans of a web beside it."""
    span = tracing.spanning("test", SimpleSpanProcessor(exporter))
    with office(installed(tmp_path / "se"), Hands(watch=GatewayWatch(span))) as found:
        exporter.clear()
        yield found, span


def _asked(found: Office, span: spans.Span, ask: Callable[[Caller], object]) -> None:
    with span("web POST", OUTSIDE) as marks:
        marks["status"] = 200
        ask(Caller(found.gateway.answer, TRACEPARENT.get()))


def _chain(exporter: InMemorySpanExporter) -> list[ReadableSpan]:
    """The finished spans, whoever is outermost first."""
    return list(reversed(exporter.get_finished_spans()))


def _of(span: ReadableSpan) -> SpanContext:
    found: SpanContext | None = span.context
    assert found is not None
    return found


@pytest.mark.parametrize("way", ["append", "submit"])
def test_a_commit_is_a_part_of_the_request_of_the_web(
    watched: tuple[Office, spans.Span], exporter: InMemorySpanExporter, way: str
) -> None:
    found, span = watched
    if way == "append":
        _asked(found, span, lambda caller: caller.append([opened(1)], UNDER))
    else:
        one = Submit(lines([opened(1)]), UNDER.agreement)
        _asked(found, span, lambda caller: caller.ask(one))
    web, gateway, commit = _chain(exporter)
    assert [one.name for one in (web, gateway, commit)] == ["web POST", f"gateway {way}", "commit"]
    for outer, inner in ((web, gateway), (gateway, commit)):
        assert inner.parent is not None
        assert inner.parent.span_id == _of(outer).span_id
    assert {f"{_of(one).trace_id:032x}" for one in (web, gateway, commit)} == {
        OUTSIDE.split("-")[1]
    }


def test_no_span_and_no_line_names_anybody(
    watched: tuple[Office, spans.Span], exporter: InMemorySpanExporter
) -> None:
    found, span = watched
    said = io.StringIO()
    with redirect_stderr(said):
        logs.begin("gateway")
        _asked(found, span, lambda caller: caller.append([opened(1)], UNDER))
        _asked(found, span, lambda caller: caller.ask(Read(OnePerson(person(1)), ASKER, PURPOSE)))
        with pytest.raises(HabeasError):
            _asked(
                found, span, lambda caller: caller.ask(Read(OnePerson(person(77)), ASKER, PURPOSE))
            )
        found.gateway.answer(b'{"op":"read","of":"' + person(1).encode() + b'"}')
    logging.getLogger().handlers.clear()
    text = said.getvalue() + "".join(one.to_json() for one in exporter.get_finished_spans())
    kinds = {json.loads(line).get("op") for line in said.getvalue().splitlines()}
    assert kinds == {"append", "read", "unknown"}
    assert [one for one in (person(1), person(77), PURPOSE, ASKER.authority) if one in text] == []
    assert text.count("H912") >= 2  # in the line and in the span: so the search would find more


def test_what_was_counted_is_what_was_asked(watched: tuple[Office, spans.Span]) -> None:
    found, _ = watched
    caller = found.caller
    caller.append([opened(1)], UNDER)
    with pytest.raises(HabeasError):
        caller.ask(Read(OnePerson(person(77)), ASKER, PURPOSE))
    status = caller.ask(Status())
    numbers = status["numbers"]
    assert numbers["asked"] == {"append": 1, "read": 1}
    assert numbers["refused"] == {"H912": 1}
    assert (numbers["request_seconds"]["count"], status["waiting"]) == (2, 0)
    assert numbers["commit_seconds"]["count"] == 1


@given(st.lists(st.floats(0, 20, allow_nan=False)))
def test_a_histogram_counts_as_a_plain_list_does(seconds: list[float]) -> None:
    found = Histogram()
    for one in seconds:
        found.add(one)
    told = found.told()
    assert told["le"] == [[bound, sum(one <= bound for one in seconds)] for bound in BOUNDS]
    assert told["count"] == len(seconds)


@given(st.text() | st.from_regex(spans.FORM, fullmatch=True))
def test_whatever_comes_as_a_traceparent_is_passed_on_only_where_it_is_one(text: str) -> None:
    with spans.passed_on("x", text):
        inner = TRACEPARENT.get()
    assert spans.FORM.fullmatch(inner)
    if spans.FORM.fullmatch(text):
        assert inner.split("-")[1] == text.split("-")[1]
    assert TRACEPARENT.get() == ""


def test_another_word_for_tracing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(spans.VARIABLE, "jaeger")
    with pytest.raises(SetupError, match="H958"):
        spans.begin("web")


def _line(record: Callable[[logging.Logger], None], name: str) -> dict[str, object]:
    said = io.StringIO()
    with redirect_stderr(said):
        logs.begin("web")
        record(logging.getLogger(name))
    logging.getLogger().handlers.clear()
    found: dict[str, object] = json.loads(said.getvalue())
    return found


def test_the_words_of_an_exception_and_the_values_of_a_library_are_not_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(spans.VARIABLE, person(1))

    def failed(log: logging.Logger) -> None:
        try:
            spans.begin(person(1))
        except SetupError:
            log.exception("a step failed")

    found = _line(failed, "habeas.test")
    assert (found["error"], found["code"]) == ("SetupError", "H958")
    assert person(1) not in json.dumps(found)
    found = _line(lambda log: log.warning("Not Found: %s", f"/persons/{person(1)}"), "django.x")
    assert person(1) not in json.dumps(found)
    assert "Not Found: %s" in str(found["text"])
    found = _line(lambda log: log.error(f"Invalid header {person(1)}"), "django.y")  # noqa: G004
    assert person(1) not in json.dumps(found)
