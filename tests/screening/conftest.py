"""The databases that run the SQL text, each test on all of them."""

from collections.abc import Iterator

import pytest

from engines import Engine, engine

ENGINES = (
    "duckdb",
    pytest.param("postgres", marks=pytest.mark.postgres),
    "sqlite",
    pytest.param("spark", marks=pytest.mark.spark),
)


@pytest.fixture(params=ENGINES)
def base(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each database in turn."""
    url = request.getfixturevalue("postgres") if request.param == "postgres" else ""
    found = engine(request.param, url)
    yield found
    found.close()
