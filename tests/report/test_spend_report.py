"""Where contracts come from spend, reports say so and speak of no renewals."""

from __future__ import annotations

import pandas as pd

from workbench.data.source.shape.spend import SpendRecord
from workbench.report.renewals.text import due_text, renewal_text, spend_text

SPEND = SpendRecord(
    "quarter", 2, *(pd.Timestamp(day) for day in ("2016-01-01", "2017-07-01", "2018-01-01"))
)
BOOK = pd.DataFrame(
    {"horizon_months": [12], "accounts": 8.0, "accounts_low": 7.0, "accounts_high": 9.0}
    | {"arr": 80.0, "arr_low": 70.0, "arr_high": 90.0}
)
NONE_DUE = pd.DataFrame({"arr": [], "at_risk": []})


def answer(**rest) -> str:
    return renewal_text(BOOK, {"accounts": 10, "arr": 100.0}, NONE_DUE, 0.9, "EUR", **rest)


def test_spend_has_no_renewal_wording():
    text = answer(terms=False) + due_text(terms=False)
    assert "enewal" not in text
    assert "**8** (7 to 9)" in text
    assert "No renewal falls due" in answer() and "## Renewals due" in due_text(terms=True)


def test_the_note_states_the_rule():
    note = spend_text(SPEND)
    assert "without spend in more than 2 quarters in a row counts as gone" in note
    assert "from 2017-07-01 to 2018-01-01 only tell who came back" in note
    assert spend_text(None) == ""
