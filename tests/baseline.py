"""Baseline law as it was analysed before: most of the work of `law check`, and always the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest

from habeas.law.library import Library
from habeas.law.scrutiny import Scrutiny
from habeas.service import analyse

ANALYSED = analyse._baseline  # noqa: SLF001 - the half that no agreement changes


@cache
def _found() -> Scrutiny:
    done = Scrutiny()
    ANALYSED(Library(), done)
    return done


def _told(library: Library, done: Scrutiny) -> None:
    assert {*library.laws} == {*Library().laws}
    done.faults += _found().faults
    done.advice += _found().advice


@contextmanager
def known() -> Iterator[None]:
    """While this lasts baseline law is not analysed anew; no folder may hold a law of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analyse, "_baseline", _told)
        yield
