"""A facility file with synthetic cells, for demonstrations: every sixth cell is a small one."""

MODULES, CELLS = ("E", "S"), 24
LARGE, SMALL = 100_000, 72_000  # cm2 of floor, the sanitary part included
SMALL_EVERY = 6

_HEAD = """format = "habeas-facility/1"
id = "{id}"
version = "0.1.0"
state = "{state}"
place = "nowhere: the cells are synthetic"
title = {{en = "{id} (synthetic cells)", es = "{id} (celdas sintéticas)"}}
"""
_MODULE = """
[[modules]]
id = "{module}"
"""
_CERTIFICATE = """
[[certificates]]
id = "cert-{module}"
status = "approved"
reason = "first"
requested_by = "governor"
requested_on = {requested}
approved_by = "inspectorate"
approved_on = {approved}
effective_from = {effective}
"""
_RUN = """
[[certificates.cells]]
module = "{module}"
cells = [{cells}]
floor_cm2 = {floor}
sanitary_cm2 = 15000
partitioned = true
furniture_cm2 = 12000
beds = {maximum}
toilets = 1
cna = {maximum}
working = {maximum}
maximum = {maximum}
"""
_META = """
[meta]
authors = ["habeas contributors"]
source_texts.en = "None: every cell is synthetic."
source_texts.es = "Ninguna: todas las celdas son sintéticas."
"""


def facility(name: str, state: str, years: tuple[int, int], cells: int = CELLS) -> str:
    """The text of a facility file.

    Args:
        name: the facility's id.
        state: in which it lies.
        years: in which the certificates were asked for, and came into force.
        cells: how many each of the modules has.
    """
    asked, since = years
    parts = [_HEAD.format(id=name, state=state), *(_MODULE.format(module=one) for one in MODULES)]
    for module in MODULES:
        numbers = range(1, cells + 1)
        small = [f'"{module}-{one:02d}"' for one in numbers if one % SMALL_EVERY == 0]
        large = [f'"{module}-{one:02d}"' for one in numbers if one % SMALL_EVERY]
        parts += [
            _CERTIFICATE.format(
                module=module,
                requested=f"{asked}-11-03",
                approved=f"{asked}-12-15",
                effective=f"{since}-01-01",
            ),
            _RUN.format(module=module, cells=", ".join(large), floor=LARGE, maximum=2),
            _RUN.format(module=module, cells=", ".join(small), floor=SMALL, maximum=1),
        ]
    return "".join([*parts, _META])
