"""Where a request has come from and gone through, as a W3C `traceparent` that is passed on.

Without more, an id is passed from the web to the gateway and into the log. With `HABEAS_TRACE=otlp`
and the extra `trace`, spans go to the collector that the usual `OTEL_EXPORTER_OTLP_*` variables
name: the request of the web, within it each of the gateway, within that the commit. A span carries
routes, kinds, codes and counts, and nothing of a person.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from secrets import token_hex

from habeas.adapters.logs import TRACEPARENT
from habeas.errors import Fault, SetupError

VARIABLE, OTLP = "HABEAS_TRACE", "otlp"
Marks = dict[str, str | int]  # what is known of a span at its end
Span = Callable[[str, str], AbstractContextManager[Marks]]  # name, parent: empty is the present one
FORM = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def begin(service: str) -> Span:
    """How this process makes spans.

    Raises:
        SetupError: H958 for another word in the variable; H906 without the extra.
    """
    asked = os.environ.get(VARIABLE, "")
    if not asked:
        return passed_on
    if asked != OTLP:
        fix = f"Write {OTLP}, or take it away."
        raise SetupError(Fault("H958", "nobody knows this way of tracing", fix, where=VARIABLE))
    try:
        made: Span = import_module("habeas.adapters.tracing").exporting(service)
    except ImportError as error:
        what = "traces are asked for and their library is not installed"
        fix = "Type: pip install 'habeas[trace]'."
        raise SetupError(Fault("H906", what, fix)) from error
    return made


@contextmanager
def passed_on(name: str, parent: str) -> Iterator[Marks]:
    """A span that nobody records: its id is passed on."""
    del name
    before = sound(parent) or TRACEPARENT.get()
    trace = before.split("-")[1] if before else token_hex(16)
    token = TRACEPARENT.set(f"00-{trace}-{token_hex(8)}-00")
    try:
        yield {}
    finally:
        TRACEPARENT.reset(token)


def sound(parent: str) -> str:
    """A traceparent as it came, or nothing where it is none."""
    return parent if FORM.fullmatch(parent) else ""
