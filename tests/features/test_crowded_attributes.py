"""A model takes no attribute unasked where they are too many to be told apart, and says so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.data.book import Book
from workbench.data.load import book_from_frames
from workbench.features.covariates import MOST_UNASKED
from workbench.features.hazard_data import DataSpecification, hazard_data
from workbench.report.renewals.text import left_out_text

AS_OF = "2025-01-01"


def book(attributes: int, levels: int = 2) -> Book:
    """Forty customers by the month, of whom every fourth left, with attributes of noise."""
    rng = np.random.default_rng(attributes)
    names = [f"a{i}" for i in range(40)]
    noise = {
        f"attr_x{n}": rng.choice(list("abcdefghijklmnop")[:levels], 40) for n in range(attributes)
    }
    contracts = pd.DataFrame({"contract_id": names, "account_id": names, "product": "core"})
    contracts["start_on"] = pd.Timestamp("2022-01-01")
    contracts["ended_on"] = [f"2023-{i % 12 + 1:02d}-15" if i % 4 == 0 else None for i in range(40)]
    accounts = pd.DataFrame({"account_id": names, "employees": rng.integers(5, 500, 40), **noise})
    return book_from_frames({"accounts": accounts, "contracts": contracts.assign(arr=1000.0)})


@pytest.mark.parametrize(
    ("attributes", "levels"), [(MOST_UNASKED + 1, 2), (MOST_UNASKED // 10, 12)]
)
def test_too_many_attributes_are_left_out_and_counted(attributes, levels) -> None:
    data = hazard_data(book(attributes, levels), DataSpecification(AS_OF, horizon_months=3))
    assert len(data.crowded) == attributes
    assert "employees (log)" in data.attributes and "x0" not in data.attributes
    note = left_out_text(data)
    assert f"too many: {attributes} attributes of `accounts`,** from x0 to x" in note
    assert "in `covariates`" in note


def test_what_is_named_is_taken_and_few_are_taken_unasked() -> None:
    asked = DataSpecification(AS_OF, horizon_months=3, covariates=("x7",))
    named = hazard_data(book(MOST_UNASKED + 1), asked)
    assert named.attributes == ("x7",) and named.crowded == ()
    few = hazard_data(book(MOST_UNASKED - 1), DataSpecification(AS_OF, horizon_months=3))
    assert few.crowded == () and left_out_text(few) == ""
    assert len(few.attributes) >= MOST_UNASKED - 1
