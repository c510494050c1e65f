"""The page of the pipeline says and draws what its tables hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.report.net_growth.pipeline_figures import pipeline_figure
from workbench.report.net_growth.pipeline_text import pipeline_text

STAGES = pd.DataFrame(
    {
        "kind": ["customer", "new_logo", "new_logo"],
        "stage": ["<b>first", "first", "$second$"],
        "won": [3, 0, 9],
        "lost": [1, 8, 0],
        "won_per_lost": [3.0, 0.0, np.nan],
        "open": [2, 4, 5],
        "amount": [10_000.0, 40_000.0, 90_000.0],
        "expected": [6_000.0, 8_000.0, 45_000.0],
    }
)
MONTHS = pd.DataFrame(
    {
        "month": [f"{2026 + m // 12}-{m % 12 + 1:02}" for m in range(18)],
        "counted": np.full(18, 2.0),
        "from_pipeline": np.linspace(2, 0, 18),
        "opened_later": np.linspace(0, 2, 18),
        "together": np.full(18, 2.0),
    }
)


def test_the_answer_holds_the_tables_numbers() -> None:
    text = pipeline_text(STAGES, MONTHS, "EUR")
    assert "**9 offers** to new customers, worth EUR 130 k" in text
    assert "**EUR 53 k** of it" in text and "would say 24" in text
    assert "A further 2 offers to customers" in text and "not added" in text
    assert "24 in the next 12 months" in pipeline_text(STAGES[:0], MONTHS, "EUR")


def test_the_figure_draws_its_tables() -> None:
    stages, months = pipeline_figure(STAGES, MONTHS, "EUR").axes
    widths = [bar.get_width() for bar in stages.patches]
    assert widths == [90_000.0, 40_000.0, 45_000.0, 8_000.0]
    heights = [bar.get_height() for bar in months.patches]
    assert sum(heights) == pytest.approx(24.0)
    assert len(pipeline_figure(STAGES[:0], MONTHS, "EUR").axes) == 1
