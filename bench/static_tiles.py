"""`python -m bench.static_tiles EXPORT TRUST`: an exported register on a plain file server.

Whoever wants to check it fetches every file that its checkpoint's size asks for, and verifies the
copy with `habeas register verify`. The server is Python's own `http.server`: it knows nothing.
"""

import http.client
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bench.screening import machine
from habeas.register.checkpoint import read_note

WIDTH, PART = 256, 1000  # entries of a tile; of a number's parts in a path


def names(size: int) -> Iterator[str]:
    """The files of a log of so many leaves, as C2SP tlog-tiles names them."""
    yield from ("checkpoint", f"checkpoints/{size}")
    yield from _tiles("entries", size)
    level = 0
    while size:
        yield from _tiles(str(level), size)
        size, level = size // WIDTH, level + 1


def _tiles(level: str, size: int) -> Iterator[str]:
    for number in range(size // WIDTH):
        yield f"tile/{level}/{_spelled(number)}"
    if size % WIDTH:
        yield f"tile/{level}/{_spelled(size // WIDTH)}.p/{size % WIDTH}"


def _spelled(number: int) -> str:
    parts = [f"{number % PART:03d}"]
    while number := number // PART:
        parts.insert(0, f"x{number % PART:03d}")
    return "/".join(parts)


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """The port of a plain file server over a folder."""
    call = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(  # noqa: S603 - ours
        [*call, "--directory", str(folder), "--protocol", "HTTP/1.1"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield int(line.split(" port ")[1].split()[0])
        finally:
            process.terminate()


def fetched(port: int, folder: Path) -> int:
    """Everything of a log that lies there, copied into a folder; how many files that are."""
    count = 0
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as line:
        size = read_note(_got(line, "checkpoint").decode()).checkpoint.size
        for name in names(size):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_got(line, name))
            count += 1
    return count


def _got(line: http.client.HTTPConnection, name: str) -> bytes:
    line.request("GET", f"/{name}")
    answer = line.getresponse()
    found = answer.read()
    if answer.status != http.client.OK:
        raise LookupError(f"{name}: {answer.status}")
    return found


def main() -> None:
    """Fetch and verify, and say what it took."""
    export, trust = Path(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as name, served(export) as port:
        begun, before = time.perf_counter(), time.process_time()
        count = fetched(port, Path(name))
        took = time.perf_counter() - begun, time.process_time() - before
        size = sum(one.stat().st_size for one in Path(name).rglob("*") if one.is_file())
        call = [sys.executable, "-m", "habeas", "register", "verify", name, "--trust", trust]
        done = subprocess.run([*call, "--json"], capture_output=True, check=False)  # noqa: S603 - ours
        told = json.loads(done.stdout)
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent_s = spent.ru_utime + spent.ru_stime
    print(f"{machine()}\n{count:,} files, {size:,} bytes")
    print(f"fetched in {took[0]:.1f} s ({took[1]:.1f} CPU-s)")
    print(f"verify: {told['verdict']}, {told['leaves']:,} leaves, {spent_s:.1f} CPU-s")


if __name__ == "__main__":
    main()
