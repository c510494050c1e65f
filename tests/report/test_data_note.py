"""What a report says of its data before it says anything else."""

from __future__ import annotations

import pandas as pd

from workbench.report.renewals.text import data_text

ROWS = pd.DataFrame({"subscription_id": ["a", "a"], "observed": True, "event": [0, 1]})
LOST = "3 of 40 cells of contracts.end_on could not be used: each such row counts as open-ended."


def test_cells_that_decide_what_a_row_means_are_named():
    text = data_text(pd.Timestamp(2024, 7, 1), ROWS, False, 2, 5, (LOST,))
    assert "1 subscriptions, 2 months at risk, 1 endings" in text
    assert f"**Beware:** {LOST}" in text


def test_nothing_to_beware_of_is_not_mentioned():
    assert "Beware" not in data_text(pd.Timestamp(2024, 7, 1), ROWS, False, 2, 5)
