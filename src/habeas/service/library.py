"""The library of law that a call works with."""

from functools import cache
from importlib.resources.abc import Traversable

from habeas.errors import Fault, SetupError
from habeas.law.library import Library

__all__ = ["Library", "library"]


def library(own: Traversable | None = None) -> Library:
    """The shipped library, with a user's own folder beside it where one is named.

    The shipped one is read once a process: nobody changes it while we run. A user's is read anew.

    Raises:
        SetupError: H902, when the folder is not there.
    """
    if own is not None and not own.is_dir():
        raise SetupError(
            Fault("H902", f"no folder '{own}'", "Name a folder with agreements/*.toml.")
        )
    return _shipped() if own is None else Library(own)


@cache
def _shipped() -> Library:
    return Library()
