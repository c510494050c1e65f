"""A model compiled once for all tests of this floor: compiling is most of the wait."""

from __future__ import annotations

import pytest
from books import Shape
from ranks import Bench, prepare, resized


@pytest.fixture(scope="session")
def small_bench() -> Bench:
    return prepare(Shape(60, months=12, levels=4), seed=1)


@pytest.fixture(scope="session")
def bench(small_bench) -> Bench:
    return resized(small_bench, Shape(500, months=12, levels=4), seed=2)
