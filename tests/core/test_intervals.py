"""The one interval of all tables."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import workbench
from workbench.core.intervals import interval


@pytest.mark.parametrize("prob", [0.5, 0.8, 0.9, 0.98])
def test_as_much_lies_below_as_above(prob: float) -> None:
    draws = np.random.default_rng(0).normal(size=(2001, 3))
    low, high = interval(draws, prob)
    assert low.shape == high.shape == (3,)
    np.testing.assert_allclose((draws < low).mean(axis=0), (1 - prob) / 2, atol=1e-3)
    np.testing.assert_allclose((draws > high).mean(axis=0), (1 - prob) / 2, atol=1e-3)
    np.testing.assert_array_equal(interval(draws.T, prob, axis=1), (low, high))


def test_no_table_has_an_interval_of_its_own() -> None:
    own = re.compile(r"quantile\([^\n]*(\(1 [-+] \w+\) / 2|\btails?\b)")
    root = Path(workbench.__file__).parent
    assert [path.name for path in root.rglob("*.py") if own.search(path.read_text())] == []
    assert own.search("low, high = np.quantile(values, [(1 - prob) / 2, (1 + prob) / 2], axis=0)")
