"""The planbook: stored and read without loss, at once."""

from __future__ import annotations

import time
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import ParameterError
from workbench.plans.planbook.book import Planbook, coded_change
from workbench.plans.planbook.file import read_planbook, write_planbook
from workbench.plans.planbook.snapshot import support_of


def same(one: Any, other: Any) -> bool:
    if is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other)
        return True
    return type(one) is type(other) and one == other


def test_a_planbook_comes_back_as_it_was(book: Planbook, tmp_path: Path) -> None:
    path = tmp_path / "planbook.zip"
    write_planbook(book, path)
    write_planbook(book, path)
    started = time.perf_counter()
    assert same(book, read_planbook(path))
    assert time.perf_counter() - started < 1.0
    assert [file.name for file in tmp_path.iterdir()] == ["planbook.zip"]


def test_a_missing_planbook_is_said(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no planbook here"):
        read_planbook(tmp_path / "planbook.zip")


def test_facts_are_those_of_the_catalogue(book: Planbook) -> None:
    facts = book.facts("A000")
    assert facts["consumption_3m"] == 0.7
    assert facts["months_to_renewal"] == 5
    assert facts["arr"] == book.lines.cents[0] / 100


def test_support_is_what_the_model_has_seen() -> None:
    rows = pd.DataFrame({"observed": [True] * 3 + [False], "nps_latest": [1.0, 2.0, 3.0, 99.0]})
    found = support_of(rows, ["nps_latest"]).iloc[0]
    assert (found["low"], found["median"], found["high"]) == (1.0, 2.0, 3.0)
    assert found["unit"] == "nps points"


def test_a_change_is_coded_as_the_rows_were(book: Planbook) -> None:
    at, change = coded_change(book, "consumption_3m", np.array([0.7]), np.array([0.9]))
    # 0.2 is one standard deviation.
    assert at.tolist() == [0]
    np.testing.assert_allclose(change, [[1.0]])
    # From "no champion" to "not known": the mean, and the indicator.
    at, change = coded_change(book, "champion_present", np.array([0.0]), np.array([np.nan]))
    assert at.tolist() == [1, 2]
    np.testing.assert_allclose(change, [[0.6, 1.0]])
