"""What a gateway tells whoever watches it: kinds, codes, counts and seconds, and of no person."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

Marks = dict[str, str | int]


class Watch(Protocol):
    """Whoever watches a gateway."""

    def asked(self, kind: str, traceparent: str) -> AbstractContextManager[Marks]:
        """Around one request: its `op`, and where it comes from; `code` is marked if refused."""
        ...

    def writing(self, leaves: int) -> AbstractContextManager[object]:
        """Around one transaction of the register's store."""
        ...

    def numbers(self) -> Mapping[str, object]:
        """What was counted since the gateway began."""
        ...


class Unwatched:
    """Nobody watches."""

    def asked(self, kind: str, traceparent: str) -> AbstractContextManager[Marks]:
        """Nothing."""
        del kind, traceparent
        return nullcontext({})

    def writing(self, leaves: int) -> AbstractContextManager[object]:
        """Nothing."""
        del leaves
        return nullcontext()

    def numbers(self) -> Mapping[str, object]:
        """None."""
        return {}
