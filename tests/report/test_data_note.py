"""What a report says of its data before it says anything else."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.data.load import book_from_frames
from workbench.features.hazard_data import DataSpecification, HazardData, hazard_data
from workbench.report.renewals.text import data_text

LOST = "3 of 40 cells of contracts.end_on could not be used: each such row counts as open-ended."


@pytest.fixture(scope="module")
def data() -> HazardData:
    contracts = pd.DataFrame(
        {
            "contract_id": ["a1", "b1"],
            "account_id": ["a", "b"],
            "product": "p",
            "start_on": pd.Timestamp(2024, 1, 1),
            "end_on": pd.Timestamp(2025, 1, 1),
            "ended_on": [pd.Timestamp(2024, 5, 1), pd.NaT],
            "arr": 100.0,
        }
    )
    book = book_from_frames({"accounts": contracts[["account_id"]], "contracts": contracts})
    return hazard_data(book, DataSpecification(as_of="2024-07-01", horizon_months=3))


def test_cells_that_decide_what_a_row_means_are_named(data: HazardData) -> None:
    text = data_text(data, 5, (LOST,))
    assert "2 subscriptions" in text and "1 endings" in text
    assert "5 rows of the source are in quarantine" in text
    assert f"**Beware:** {LOST}" in text


def test_nothing_to_beware_of_is_not_mentioned(data: HazardData) -> None:
    assert "Beware" not in data_text(data, 5)
