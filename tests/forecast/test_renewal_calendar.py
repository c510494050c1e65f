"""The renewal calendar counts each line once, and its money is that of the whole forecast."""

from __future__ import annotations

import numpy as np
import pytest
from hand_made import forecast_inputs, holdings_of, lines_for

from workbench.forecast.growth.line_simulation import simulate_lines
from workbench.forecast.growth.renewal_calendar import renewal_calendar


def test_each_renewal_is_counted_in_its_month() -> None:
    inputs, lines = forecast_inputs(80), lines_for(60)
    table = renewal_calendar(inputs, holdings_of(lines), 6, 0.9)
    due = (lines.term_group > 0) & (lines.months_to_end < 6)
    assert table["renewals"].sum() == due.sum()
    assert table["arr"].sum() == pytest.approx(lines.cents[due].sum() / 100)
    assert table["month"].tolist() == [f"2026-{m:02d}" for m in range(1, 7)]
    whole = simulate_lines(inputs, lines, np.zeros((80, len(lines)))).line
    third = np.flatnonzero((lines.term_group > 0) & (lines.months_to_end == 2))
    assert table["expected"].iloc[2] == pytest.approx(whole[:, third, 2].sum(axis=1).mean() / 100)
    assert (table["low"] <= table["expected"]).all() and (table["expected"] <= table["high"]).all()
