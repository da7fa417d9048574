"""How a process that serves or computes is told to stop: by SIGTERM or Ctrl-C, once or many times.

A second signal that came while the first was being taken in would wait for its own lock for ever;
so the first lets all others pass by. The main thread may ask `is_set`, and never `wait`: a signal
is taken in on that thread, and would wait for the lock that the thread itself holds.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def on_signals() -> threading.Event:
    """What is set once somebody asks this process to stop; to be made on the main thread."""
    stop = threading.Event()

    def asked(*_: object) -> None:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        stop.set()

    for number in SIGNALS:
        signal.signal(number, asked)
    return stop


@contextmanager
def once() -> Iterator[None]:
    """SIGTERM ends what runs within as Ctrl-C does; from then on neither is heard again.

    To be entered on the main thread, around whatever there is to put away; the process ends after.

    Raises:
        KeyboardInterrupt: when somebody asks.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def asked(*_: object) -> None:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in SIGNALS:
        signal.signal(number, asked)
    try:
        yield
    finally:
        for number, answer in before.items():
            if signal.getsignal(number) is asked:
                signal.signal(number, answer)
