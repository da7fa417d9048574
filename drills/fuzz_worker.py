"""One target of the fuzz drill in a process of its own, so that what it breaks ends it alone.

    python -m drills.fuzz_worker TARGET FOLDER SEED SECONDS blind|guided

Memory is capped at 1 GiB and every input at ten seconds of processor time: over them the system
ends the process, or MemoryError is raised. The input in hand and the counts lie in a shared file,
where the drill finds them however the process ended. `guided` needs atheris, which counts the
branches of the parsers' code and keeps what reaches new ones.
"""

import mmap
import os
import resource
import signal
import struct
import sys
import traceback
from collections import Counter
from contextlib import ExitStack, nullcontext
from importlib import import_module
from pathlib import Path
from random import Random  # noqa: TID251 - a drill draws; its seed is printed
from time import process_time, process_time_ns
from types import ModuleType

MEMORY, CPU_S = 1 << 30, 10.0
COUNTS = struct.Struct("<QQQI")  # inputs, of them read, slowest in ns, bytes of the input in hand
SHARED = 1 << 20
KEPT = 2_000  # mutants that are mutated again


class Tape:
    """The shared file: counts, and the input in hand."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), SHARED)
        self.inputs = self.read = self.slowest = 0
        if self._map[: COUNTS.size].strip(b"\0"):
            self.inputs, self.read, self.slowest, _ = COUNTS.unpack_from(self._map)

    def hold(self, data: bytes) -> None:
        """Keep the input that is about to be read."""
        self.inputs += 1
        COUNTS.pack_into(self._map, 0, self.inputs, self.read, self.slowest, len(data))
        self._map[COUNTS.size : COUNTS.size + len(data)] = data

    def done(self, code: str, took_ns: int) -> None:
        """Note what became of it."""
        self.read += not code
        self.slowest = max(self.slowest, took_ns)
        COUNTS.pack_into(self._map, 0, self.inputs, self.read, self.slowest, 0)


class Worker:
    """A target, its tape, and the codes that it has answered with."""

    def __init__(self, target: "parsers.Target", tape: Tape) -> None:
        self.target, self.tape, self.codes = target, tape, Counter[str]()

    def one(self, data: bytes) -> str:
        """Read one input; whatever is no refusal ends the process."""
        self.tape.hold(data)
        signal.setitimer(signal.ITIMER_PROF, CPU_S)  # over it, the system ends the process
        begun = process_time_ns()
        try:
            code = self.target(data)
        except BaseException:  # noqa: BLE001 - that is what is looked for
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(70)
        self.tape.done(code, process_time_ns() - begun)
        signal.setitimer(signal.ITIMER_PROF, 0)
        self.codes[code] += 1
        return code

    def tell(self) -> None:
        """Say how often each code was the answer."""
        told = " ".join(f"{code or 'read'}={n}" for code, n in sorted(self.codes.items()))
        print(f"codes {told}", file=sys.stderr)


def blind(worker: Worker, seed: int, seconds: float) -> None:
    """Mutants of the good documents, and of mutants that were read or refused in a new way."""
    draw, kept = Random(seed), list(worker.target.seeds)  # noqa: S311 - no secret
    known, end = set[str](), process_time() + seconds
    for one in kept:
        known.add(worker.one(one))
    while process_time() < end:
        data = mutation.mutated(draw, draw.choice(kept))
        code = worker.one(data)
        if (code not in known or (not code and draw.randrange(50) == 0)) and len(kept) < KEPT:
            known.add(code)
            kept.append(data)


def guided(worker: Worker, seed: int, seconds: float, folder: Path, engine: ModuleType) -> None:
    """Mutants that atheris chooses by the branches they reach, half of them by their form."""
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, one in enumerate(worker.target.seeds):
        (corpus / str(number)).write_bytes(one)

    def mutant(data: bytes, most: int, chosen: int) -> bytes:
        if chosen % 2:
            return bytes(engine.Mutate(data, most))
        return mutation.mutated(Random(chosen), data)[:most]  # noqa: S311 - no secret

    words = [f"-max_total_time={max(1, round(seconds))}", f"-seed={seed}", "-max_len=524288"]
    words += ["-rss_limit_mb=1024", "-timeout=60", "-print_final_stats=0", "-verbosity=0"]
    engine.Setup(
        [sys.argv[0], *words, str(corpus)],
        lambda data: worker.one(data) and None,
        custom_mutator=mutant,
    )
    engine.Fuzz()


def main(name: str, folder: Path, seed: int, seconds: float, engine: ModuleType | None) -> None:
    """Run one target."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with ExitStack() as stack:
        made = parsers.targets(folder / "made", stack)
        worker = Worker(made[name], Tape(folder / "tape"))
        if engine is None:
            blind(worker, seed, seconds)
            worker.tell()
        else:
            guided(worker, seed, seconds, folder, engine)


if __name__ == "__main__":
    engine = import_module("atheris") if sys.argv[5] == "guided" else None
    with engine.instrument_imports(include=["habeas"]) if engine else nullcontext():
        from drills import mutation, parsers
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), engine)
