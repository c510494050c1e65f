"""The retention triangle against counts made by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.forecast.growth.movements import OPEN
from workbench.forecast.growth.triangle import retention_triangle

START = 2024 * 12


def test_each_account_is_seen_at_its_own_age() -> None:
    rows = [
        ("old", START - 40, OPEN, 900),  # before endings are on record: no cohort of ours
        ("a", START, OPEN, 100),
        ("b", START + 5, START + 11, 300),  # gone at the age of six months
        ("b", START + 17, OPEN, 50),  # and back at twelve
        ("c", START + 7, OPEN, 200),
    ]
    lines = pd.DataFrame(rows, columns=["account_id", "from_month", "until_month", "cents"])
    table = retention_triangle(lines, START, START + 18)
    first = table[table["cohort"] == "2024-01"].set_index("age_months")
    assert first.index.tolist() == [0, 6, 12]
    assert first["accounts"].unique().tolist() == [2]
    assert first["logo_retention"].tolist() == [1.0, 0.5, 1.0]
    assert first["revenue_retention"].tolist() == pytest.approx([1.0, 100 / 400, 150 / 400])
    second = table[table["cohort"] == "2024-07"]
    assert second["age_months"].tolist() == [0, 6]
    assert set(table["cohort"]) == {"2024-01", "2024-07"}
