"""A small facility file, told by its certificates."""

from habeas.law import read
from habeas.law.records import Facility

HEAD = """format = "habeas-facility/1"
id = "X-1"
version = "0.1.0"
state = "XX"
place = "nowhere"
title = {en = "A test", es = "Una prueba"}

[[modules]]
id = "A"

[[modules]]
id = "B"
cells = 2
cell_area_cm2 = 120000
area_basis = {en = "gross", es = "bruta"}
names = ["B-1", "B-2"]
"""
META = """
[meta]
authors = ["a test"]
source_texts = {en = "None.", es = "Ninguno."}
"""
RUN = {
    "module": '"A"', "cells": '["A-01..A-03"]', "floor_cm2": "100000", "sanitary_cm2": "15000",
    "partitioned": "true", "furniture_cm2": "20000", "beds": "2", "toilets": "1", "cna": "2",
    "working": "2", "maximum": "2",
}  # fmt: skip
REQUEST = {
    "status": '"approved"', "reason": '"first"', "requested_by": '"governor-7"',
    "requested_on": "2026-12-01", "approved_by": '"inspectorate-2"', "approved_on": "2026-12-20",
    "effective_from": "2027-01-01",
}  # fmt: skip


def _table(keys: dict[str, str]) -> str:
    return "".join(f"{key} = {value}\n" for key, value in keys.items() if value)


def certificate(name: str, run: dict[str, str] | None = None, /, **keys: str) -> str:
    """One request; an empty value leaves its key out, and an empty run its cells."""
    text = f'\n[[certificates]]\nid = "{name}"\n{_table(REQUEST | keys)}'
    cells = RUN | run if run is not None else RUN
    return text if run == {"cells": ""} else f"{text}\n[[certificates.cells]]\n{_table(cells)}"


def text(*certificates: str, more: str = "") -> str:
    """A whole file."""
    return f"{HEAD}{more}{''.join(certificates)}{META}"


def facility(*certificates: str, more: str = "") -> Facility:
    """The file as it is decoded; its certificates may not hold."""
    return read.decoded(text(*certificates, more=more), Facility, "x.toml")
