"""Dask: the only door to it, loaded when it is named as executor.

Where no address is given a cluster of this machine is started and ended: without dashboard or any
page, on loopback alone, its parties known to each other by certificates made for this one run.
"""

import logging
from collections.abc import Collection
from contextlib import ExitStack
from typing import Any

from habeas.adapters.runners import Call, Died, born_aside, missing, unreachable, work
from habeas.projection.parts import Arrays

try:
    from dask import config
    from distributed import Client, Future, KilledWorker, LocalCluster, wait
except ModuleNotFoundError as error:
    raise missing("Dask") from error

LOOPBACK = "127.0.0.1"
Job = Future[Any]  # Any: whatever was computed
PATIENCE = "10s"  # for a scheduler that does not answer
BARE: dict[str, Any] = {  # Any: what Dask's settings take
    "distributed.scheduler.allowed-failures": 0,  # counted by whoever gives the calls
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}


class DaskHands:
    """The workers of a cluster."""

    def __init__(self, client: Client, held: ExitStack) -> None:
        self._client, self._held = client, held
        threads: Any = client.nthreads()  # Any: Dask types what is awaited and what is not as one
        self.workers = max(1, sum(threads.values()))

    def give(self, call: Call) -> Job:
        """Hand a call to whoever is free."""
        return self._client.submit(work, *call, pure=False)

    def first(self, held: Collection[Job]) -> Job:
        """One of these that is over."""
        over: Any = wait(list(held), return_when="FIRST_COMPLETED")
        first: Job = next(iter(over.done))
        return first

    def taken(self, one: Job) -> Arrays:
        """What came of one.

        Raises:
            Died: when its worker did.
        """
        try:
            found: Arrays = one.result()
        except KilledWorker as error:
            raise Died from error
        return found

    def close(self) -> None:
        """Leave the cluster; end it where it was started here."""
        self._held.close()


def started(workers: int, address: str) -> DaskHands:
    """Workers of the cluster at an address; of a new one of this machine where there is none.

    Raises:
        SetupError: H879, when it cannot be used.
    """
    held = ExitStack()
    try:
        where = address or _start(workers, held)
        client = held.enter_context(Client(where, timeout=PATIENCE))
    except BaseException as error:
        held.close()
        if isinstance(error, OSError | ValueError):
            raise unreachable("Dask", address, error) from error
        raise
    return DaskHands(client, held)


def _start(workers: int, held: ExitStack) -> Any:  # noqa: ANN401 - awaited or not
    held.enter_context(config.set(BARE))
    with born_aside():  # its own thread starts the workers, and keeps what Ctrl-C does there
        cluster = LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host=LOOPBACK,
            dashboard_address=None,  # pyright: ignore[reportArgumentType] - its docstring says so
            security=True,
            silence_logs=logging.CRITICAL,
        )
    return held.enter_context(cluster)
