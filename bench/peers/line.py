"""What every peer of the queue is given, asked and told; nothing here imports habeas.

One line of JSON a command: {"load": path} reads people and rules; {"run": 1} lives through all
days, timed, and answers how many are held at the end of each; {"version": 1} says who answers.

The rules of a day: (1) who leaves leaves; (2) who is put forward joins the queue; (3) on the days
of flights the first of the queue are received while there are seats and places, but nobody whose
sentence is over; (4) the census. The sentence runs while one waits; an early return is counted
from arrival.
"""

import json
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np


class People(NamedTuple):
    """In the order of the queue; plain lists, as Python reads them quickest."""

    ready: list[int]  # the day on which each joins
    gone: list[int]  # the day on which the sentence ends, or they die
    hold: list[int]  # days from arrival to an early return
    days: int
    places: int
    every: int  # days between flights
    seats: int


Held = Callable[[People], list[int]]


def read(path: str) -> People:
    """A file of `bench.queueing`."""
    with np.load(Path(path)) as given:
        rows = [given[name].tolist() for name in ("ready", "gone", "hold")]
        rules = given["rules"].tolist()
    return People(*rows, *rules)


def serve(version: str, held: Held) -> None:
    """Answer until stdin ends."""
    people = None
    for line in sys.stdin:
        match json.loads(line):
            case {"load": path}:
                people = read(path)
                told: dict[str, object] = {"load": path}
            case {"run": _} if people is not None:
                begun = time.process_time()
                found = held(people)
                told = {"cpu": time.process_time() - begun, "held": found}
            case {"version": _}:
                told = {"version": version, "python": platform.python_version()}
            case command:
                told = {"error": f"unknown command: {command}"}
        print(json.dumps(told), flush=True)
