"""Spans by OpenTelemetry, sent over OTLP; the only door to that library.

Is trusted with nothing: what goes out are names, routes, codes and counts. The collector is trusted
with how much is asked, and when.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode, Tracer, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from habeas.adapters.logs import TRACEPARENT
from habeas.adapters.spans import Marks, Span, sound

_W3C = TraceContextTextMapPropagator()


def exporting(service: str) -> Span:
    """Spans that are sent to the collector of the environment, in batches beside the work."""
    return spanning(service, BatchSpanProcessor(OTLPSpanExporter()))


def spanning(service: str, processor: SpanProcessor) -> Span:
    """Spans that a processor takes in."""
    provider = TracerProvider(resource=Resource.create({"service.name": f"habeas-{service}"}))
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("habeas")

    @contextmanager
    def span(name: str, parent: str) -> Iterator[Marks]:
        with _one(tracer, name, parent) as marks:
            yield marks

    return span


@contextmanager
def _one(tracer: Tracer, name: str, parent: str) -> Iterator[Marks]:
    inside = get_current_span().get_span_context().is_valid and not sound(parent)
    before = None if inside else _W3C.extract({"traceparent": sound(parent) or TRACEPARENT.get()})
    marks: Marks = {}
    # An exception's words may quote what was sent: its code is a mark, and nothing else is kept.
    with tracer.start_as_current_span(
        name, before, record_exception=False, set_status_on_exception=False
    ) as made:
        carrier: dict[str, str] = {}
        _W3C.inject(carrier)
        token = TRACEPARENT.set(carrier.get("traceparent", ""))
        whole = False
        try:
            yield marks
            whole = True
        finally:
            TRACEPARENT.reset(token)
            made.set_attributes({f"habeas.{key}": value for key, value in marks.items()})
            if marks.get("code") or not whole:
                made.set_status(Status(StatusCode.ERROR))
