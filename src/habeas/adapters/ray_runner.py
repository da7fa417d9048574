"""Ray: the only door to it, loaded when it is named as executor.

Where no address is given a cluster of this machine is started and ended: without dashboard, without
statistics of use, listening on loopback alone, under a token of this process. Ray binds to every
interface unless it is told, when it is imported, that there is no cluster but this machine.
"""

import logging
import os
import signal
import sys
from collections.abc import Collection
from contextlib import ExitStack
from functools import cache
from secrets import token_hex
from socket import create_connection
from tempfile import TemporaryDirectory
from threading import current_thread, main_thread

from habeas.adapters.runners import ONE_THREAD, Call, Died, lent, missing, unreachable, work
from habeas.projection.parts import Arrays

QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
STORE = 256 * 2**20  # bytes of parts that wait to be taken
PATIENCE_S = 10.0
TRIES = 3  # on a slow machine a first start can outlast Ray's own half a minute; the next is faster
LOOPBACK = "127.0.0.1"
MODE = "RAY_AUTH_MODE"

with lent(QUIET):
    try:
        import ray
        from ray.exceptions import NodeDiedError, OutOfMemoryError, RayTaskError, WorkerCrashedError
    except ModuleNotFoundError as error:
        raise missing("Ray") from error

DEATHS = (NodeDiedError, OutOfMemoryError, WorkerCrashedError)


@cache
def _token() -> str:
    return token_hex(32)  # one a process: Ray reads it once


class RayHands:
    """The workers of a cluster."""

    def __init__(self, workers: int, held: ExitStack) -> None:
        self.workers = workers
        self._held = held
        self._work = ray.remote(max_retries=0, num_cpus=1)(work)

    def give(self, call: Call) -> "ray.ObjectRef[Arrays]":
        """Hand a call to whoever is free."""
        return self._work.remote(*call)

    def first(self, held: Collection["ray.ObjectRef[Arrays]"]) -> "ray.ObjectRef[Arrays]":
        """One of these that is over."""
        return ray.wait(list(held), num_returns=1)[0][0]

    def taken(self, one: "ray.ObjectRef[Arrays]") -> Arrays:
        """What came of one, copied: Ray's own lies in its store.

        Raises:
            Died: when its worker did.
        """
        try:
            return {name: array.copy() for name, array in ray.get(one).items()}
        except DEATHS as error:
            raise Died from error
        except RayTaskError as error:
            raise error.cause from error

    def close(self) -> None:
        """Leave the cluster; end it where it was started here."""
        self._held.close()


def started(workers: int, address: str) -> RayHands:
    """Workers of the cluster at an address; of a new one of this machine where there is none.

    Raises:
        SetupError: H879, when it cannot be used.
    """
    held = ExitStack()
    held.callback(ray.shutdown)
    before = signal.getsignal(signal.SIGTERM)
    try:
        if address:
            _join(address)
            workers = max(1, int(ray.cluster_resources().get("CPU", 1)))
        else:
            _start(workers, held)
    except BaseException as error:
        held.close()
        if _is_of_ray(error) or isinstance(error, OSError | RuntimeError | ValueError):
            raise unreachable("Ray", address, error) from error
        raise
    finally:
        if current_thread() is main_thread():
            signal.signal(signal.SIGTERM, before)  # Ray puts its own in the place
    return RayHands(workers, held)


def _join(address: str) -> None:
    host, _, port = address.rpartition(":")
    with create_connection((host, int(port)), PATIENCE_S):
        pass  # Ray itself goes on asking for minutes
    ray.init(
        address,
        log_to_driver=False,
        configure_logging=False,
        runtime_env={"env_vars": dict(ONE_THREAD)},
    )


def _start(workers: int, held: ExitStack) -> None:
    if ray.util.get_node_ip_address() != LOOPBACK:
        raise RuntimeError("it was loaded before by something else, and would listen everywhere")
    folder = held.enter_context(TemporaryDirectory(prefix="habeas-ray-"))
    if MODE not in os.environ:  # then Ray asks for tokens, and writes so into the environment
        held.callback(os.environ.pop, MODE, None)
    logging.getLogger("ray").setLevel(logging.ERROR)
    paths = os.pathsep.join(filter(None, sys.path))
    words = {"RAY_AUTH_TOKEN": _token(), "PYTHONPATH": paths}
    held.enter_context(lent({**QUIET, **ONE_THREAD, **words}))
    held.callback(ray.shutdown)
    for left in reversed(range(TRIES)):
        try:
            ray.init(
                "local",
                num_cpus=workers,
                include_dashboard=False,
                log_to_driver=False,
                configure_logging=False,
                object_store_memory=STORE,
                _temp_dir=folder,
            )
        except Exception as error:
            _end_what_began(error)
            if not left or not _is_of_ray(error):
                raise
        else:
            return


def _is_of_ray(error: BaseException) -> bool:
    """Whether it is what Ray raises where a node of it does not come up in time."""
    return type(error) is Exception


def _end_what_began(error: Exception) -> None:
    """End the processes of a node that did not come up: Ray itself forgets it, and them."""
    step = error.__traceback__
    while step is not None:
        end = getattr(step.tb_frame.f_locals.get("self"), "kill_all_processes", None)
        if end is not None:
            end(check_alive=False, allow_graceful=False, wait=True)
        step = step.tb_next
