"""The same call on a real Ray and a real Dask of this machine."""

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import msgspec
import pytest
from drills.draws import draws as toy
from drills.stopped import MARK, listening

from habeas.adapters import runners
from habeas.errors import SetupError
from habeas.projection import simulate
from habeas.projection.parts import Arrays, Runner, digest, merged
from habeas.service import scenario
from habeas.service.library import library

pytestmark = pytest.mark.usefixtures("compiled")

SEED, DRAWS = 5, 60


@pytest.fixture(scope="module", params=runners.CLUSTERS)
def cluster(request: pytest.FixtureRequest) -> Iterator[Runner]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(MARK, token_hex(8))
        with runners.opened(request.param, 2) as found:
            yield found


def shipped_plan(name: str) -> bytes:
    """A scenario of the library as every worker sees it."""
    return msgspec.json.encode(scenario.ready(scenario.shipped_text(name), name, library()).plan)


def whole(runner: Runner, task: str, payload: bytes = b"") -> Arrays:
    parts = runner.run(f"drills.draws:{task}", payload, SEED, DRAWS, lambda *_: None)
    return merged(parts, DRAWS)


def test_the_draws_are_those_of_one_call_here(cluster: Runner) -> None:
    alone = toy(b"", SEED, 0, DRAWS)
    assert cluster.workers == 2
    assert digest(whole(cluster, "draws")) == digest(alone)


def test_the_draws_of_a_scenario_are_the_same_everywhere(cluster: Runner) -> None:
    task, draws = "habeas.projection.simulate:run", 12
    payload = shipped_plan("us-sv-lawful")
    parts = cluster.run(task, payload, SEED, draws, lambda *_: None)
    assert digest(merged(parts, draws)) == digest(simulate.run(payload, SEED, 0, draws))


def test_the_draws_of_a_scenario_are_the_same_in_pieces_and_on_processes() -> None:
    """Here in one piece and in several, on two and three processes."""
    task, draws, payload = "habeas.projection.simulate:run", 12, shipped_plan("us-sv-lawful")
    alone = digest(simulate.run(payload, SEED, 0, draws))
    with runners.opened("processes", 2) as two, runners.opened("processes", 3) as three:
        for runner in (runners.Serial(5), two, three):
            parts = runner.run(task, payload, SEED, draws, lambda *_: None)
            assert digest(merged(parts, draws)) == alone


def test_a_worker_that_dies_is_made_up_for(cluster: Runner, tmp_path: Path) -> None:
    alone = toy(b"", SEED, 0, DRAWS)
    found = whole(cluster, "dies_once", str(tmp_path).encode())
    assert digest(found) == digest(alone)
    assert (tmp_path / "died").exists()


def test_what_a_task_refuses_is_refused_here(cluster: Runner) -> None:
    with pytest.raises(SetupError, match="H901 draw 7"):
        whole(cluster, "refuses")


def test_every_worker_computes_on_one_thread_and_is_warmed_once(cluster: Runner) -> None:
    assert whole(cluster, "threads")["found"].tolist() == [[1, 1, 1, 1]] * DRAWS


def test_nothing_listens_beyond_this_machine(cluster: Runner) -> None:
    assert cluster.workers == 2
    found = listening(os.environ[MARK])
    assert found
    assert {one for one in found if not one.is_loopback} == set()


@pytest.mark.parametrize(("name", "library"), [("ray", "ray"), ("dask", "distributed")])
def test_an_executor_that_is_not_installed_says_what_to_type(
    monkeypatch: pytest.MonkeyPatch, name: str, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, f"habeas.adapters.{name}_runner", raising=False)
    said = rf"H879 this executor needs {name.title()}\. Type: pip install 'habeas\[cluster\]'\."
    with pytest.raises(SetupError, match=said), runners.opened(name):
        pass


def test_neither_library_is_loaded_before_it_is_named() -> None:
    code = "import sys; from habeas.adapters import runners\nwith runners.opened('processes', 1):\n"
    asked = f"{code} print({{'ray', 'dask', 'distributed'}} & {{*sys.modules}})"
    words = [sys.executable, "-c", asked]
    found = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert found.stdout == "set()\n"


def test_a_ray_that_does_not_come_up_is_tried_again_and_then_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ray gives up after half a minute, with an exception of no kind of its own."""
    importlib.import_module("habeas.adapters.ray_runner")  # loads Ray on the right interface
    tries = list[int]()

    def late(*_given: object, **_named: object) -> None:
        tries.append(1)
        raise Exception("The current node timed out during startup.")  # noqa: TRY002 - Ray's own

    monkeypatch.setattr("ray.init", late)
    with (
        pytest.raises(SetupError, match=r"H879.*Ray on this machine.*timed out"),
        runners.opened("ray", 1),
    ):
        pass
    assert len(tries) == 3
