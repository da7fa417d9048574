"""Manifest against arrivals: missing, unexpected, refused, mismatched.

An open difference stops the next departure of the route until both states have resolved it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Difference:
    """One line on which the list of a departure and the arrivals disagree."""

    subject: str
    cause: Literal["missing", "unexpected", "mismatched line"]


def differences(
    listed: Mapping[str, int], arrived: Mapping[str, int], refused: frozenset[str] = frozenset()
) -> list[Difference]:
    """Where list and arrivals disagree; a person refused at reception is accounted for.

    Args:
        listed: manifest line by person.
        arrived: the line under which each person was handed over.
        refused: persons whose reception was refused and who went back.
    """
    found = [
        Difference(subject, "missing")
        for subject in listed
        if subject not in arrived and subject not in refused
    ]
    found += [Difference(subject, "unexpected") for subject in arrived if subject not in listed]
    found += [
        Difference(subject, "mismatched line")
        for subject, line in arrived.items()
        if listed.get(subject, line) != line
    ]
    return sorted(found, key=lambda one: (one.cause, one.subject))
