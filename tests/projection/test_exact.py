"""Functions made of exact steps, against those of another library; and against bits kept here."""

import hashlib

import numpy as np
import pytest
from scipy import stats

from habeas.projection import exact


def test_they_are_those_of_another_library() -> None:
    x = np.linspace(-600, 600, 20_001)
    assert np.abs(exact.exp(x) / np.exp(x) - 1).max() < 5e-16
    y = np.exp(x / 2)
    assert np.abs(exact.log(y) - np.log(y)).max() < 2e-13
    near = np.linspace(0.4, 2.1, 10_001)
    assert np.abs(exact.log(near) - np.log(near)).max() < 3e-16
    u = (np.arange(20_000) + 0.5) / 20_000
    assert np.abs(exact.normal(u) - stats.norm.ppf(u)).max() < 1e-14


@pytest.mark.parametrize(("a", "b"), [(22.0, 18.0), (2.0, 38.0), (0.4, 39.6), (4000.0, 96.0)])
def test_the_quantiles_of_a_share(a: float, b: float) -> None:
    table = exact.beta_table(a, b)
    u = np.clip(np.arange(table.size) / (table.size - 1), 0.5 / table.size, 1 - 0.5 / table.size)
    assert np.abs(table - stats.beta.ppf(u, a, b)).max() < 1e-9
    assert (np.diff(table) > 0).all()


def test_the_bits_are_those_of_every_machine() -> None:
    """A run elsewhere whose tables differ would make other persons: it fails here, not silently."""
    every = [
        exact.normal_table(), exact.exp(np.linspace(-5, 5, 1001)), exact.beta_table(22.0, 18.0),
        exact.log((np.arange(1000) + 0.5) / 1000),
    ]  # fmt: skip
    found = hashlib.sha256(b"".join(one.astype("<f8").tobytes() for one in every)).hexdigest()
    assert found == "f0d1c143077d8602d32aae1a028561e79984350ca69ee12638acbd0708e1c6a4"
