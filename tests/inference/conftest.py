"""Laid-out books that the tests of this floor share."""

from __future__ import annotations

import pytest
from books import Shape
from ranks import Bench, prepare


@pytest.fixture(scope="session")
def small_bench() -> Bench:
    return prepare(Shape(60, months=12, levels=4, curves=True), seed=1)


@pytest.fixture(scope="session")
def bench() -> Bench:
    return prepare(Shape(500, months=12, levels=4), seed=2)
