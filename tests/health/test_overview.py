"""The table of health where little is known: no sign that shows, no score that was kept."""

from __future__ import annotations

import pandas as pd
from health_books import panel_of_signals

from workbench.health.factors import FACTORS
from workbench.health.kept import read_scores
from workbench.health.overview import health_table
from workbench.health.signs.shown import SHOWN_COLUMNS


def test_a_book_in_which_no_sign_shows_has_empty_texts() -> None:
    scores = pd.DataFrame(
        {"account_id": ["A000", "A001"], "strength": 0.8, "stays": 0.9, "at_risk": [1.0, 2.0]}
    )
    scores[[f"part_{name}" for name in FACTORS]] = 0.0
    panel = panel_of_signals({"csat_latest": [[70.0], [80.0]]})
    signs = pd.DataFrame(columns=SHOWN_COLUMNS)
    past = read_scores(None, None)  # without a folder nothing is looked up
    found = health_table(scores, signs, panel, past, pd.Timestamp("2026-01-01"))
    assert found["account_id"].tolist() == ["A001", "A000"]
    assert found["signs"].tolist() == found["since"].tolist() == ["", ""]
    assert found["csat"].tolist() == [80.0, 70.0]
