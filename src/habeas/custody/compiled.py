"""Loops over columns, compiled where numba is there; without it the same lines run, slowly."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar, cast

COMPILED = find_spec("numba") is not None  # an extra
_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])  # Any: numba types a kernel by its call


def compiled(kernel: _Kernel) -> _Kernel:
    """The same function, compiled at its first call and kept for the next run."""
    if not COMPILED:
        return kernel
    import numba  # noqa: PLC0415 - an extra

    made = numba.njit(cache=True, nogil=True, boundscheck=False)(kernel)
    return cast("_Kernel", made)  # called as the plain function is


def inlined(kernel: _Kernel) -> _Kernel:
    """The same for a function that makes no columns: those handed over are not counted."""
    if not COMPILED:
        return kernel
    import numba  # noqa: PLC0415 - an extra

    # Counting who refers to each column took seven times as long as the work itself.
    uncounted: dict[str, Any] = {"forceinline": True, "_nrt": False}
    made = numba.njit(cache=True, nogil=True, boundscheck=False, **uncounted)(kernel)
    return cast("_Kernel", made)
