"""Searches find what trying everything finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.plans.goal_seek.search import NEAR, least, least_by_curves


def looked_at(curve, needed: float, probability: float, most: float = 2.0):
    """Search by curves; return the level and how many levels were looked at."""
    seen: list[float] = []

    def values(level: float) -> np.ndarray:
        seen.append(level)
        return curve(level)

    def enough(found: np.ndarray) -> bool:
        return float((found >= needed).mean()) >= probability

    level, there = least_by_curves(values, enough, (curve(0.0), curve(most)), most)
    assert enough(there) and not enough(curve(level - NEAR * most))
    assert level == pytest.approx(least(lambda x: enough(curve(x)), most), abs=2 * NEAR * most)
    return level, len(seen)


@given(
    power=st.floats(0.2, 5.0),
    spread=st.floats(0.1, 2.0),
    part=st.floats(0.05, 0.95),
    probability=st.floats(0.1, 0.9),
)
def test_curves_find_what_bisection_finds(power, spread, part, probability) -> None:
    draw = np.linspace(1, 1 + spread, 101)
    needed = float(np.quantile(draw, 1 - probability) * (2 * part) ** power) * 0.999
    looked_at(lambda x: draw * x**power, needed, probability)


def test_steps_are_found_too() -> None:
    """One account: a draw's revenue jumps where its luck is turned."""
    jump = np.linspace(0.1, 1.9, 200)
    _, count = looked_at(lambda x: np.where(x >= jump, 100.0, 0.0), 50.0, 0.5)
    assert count <= 22


def test_a_smooth_book_needs_few_looks() -> None:
    rng = np.random.default_rng(1)
    before, gain = rng.normal(100, 5, 1000), rng.normal(12, 2, 1000)
    _, count = looked_at(lambda x: before + gain * -np.expm1(-x), 105.0, 0.8)
    assert count <= 6
