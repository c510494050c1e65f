"""How many past forecasts held: the sentence, and a gate only where their number allows one."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.errors import GateError
from workbench.core.gates import require
from workbench.forecast.backtest.hindsight import COLUMNS, Hindsight


def lived(customers: list[bool], revenue: list[bool]) -> Hindsight:
    rows = [
        (f"2025-{1 + 3 * at:02d}-01", 3, quantity, 100.0, 97.0, 95.0, 99.0, 96.0, held)
        for at, both in enumerate(zip(customers, revenue, strict=True))
        for quantity, held in zip(("customers", "revenue"), both, strict=True)
    ]
    return Hindsight(pd.DataFrame(rows, columns=list(COLUMNS)), 0.9)


def test_the_sentence_counts_what_held() -> None:
    found = lived([True, True, False], [True, True, True])
    assert found.text == (
        "Of the last 3 forecasts that this model would have made 3 months ahead, 2 for customers "
        "and 3 for revenue held (90% intervals)."
    )
    assert "cannot be judged" not in found.text
    assert "backtest" in Hindsight(found.table[:0], 0.9, trusted=False).text
    assert "takes a year" in Hindsight(found.table[:0], 0.9).text


def test_few_forecasts_allow_no_verdict() -> None:
    assert not lived([False] * 3, [False] * 3).gates
    assert not Hindsight(lived([], []).table, 0.9).gates


@pytest.mark.parametrize(("held", "passes"), [(4, True), (3, True), (2, True), (1, False)])
def test_a_gate_stops_a_model_whose_forecasts_hardly_ever_held(held, passes) -> None:
    """Of four at 90 %, one or none hold in 4 of a thousand such series, two in 5 of a hundred."""
    (gate,) = lived([at < held for at in range(4)], [True] * 4).gates
    assert gate.passed is passes
    if not passes:
        with pytest.raises(GateError, match="customers: 1 of 4"):
            require([gate])
