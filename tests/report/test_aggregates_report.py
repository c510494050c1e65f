"""What the aggregates report says and draws, from hand-made tables."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from workbench.core.aggregates import Aggregates
from workbench.report.aggregates.figures import flows_figure
from workbench.report.aggregates.text import (
    age_text,
    answer_text,
    choice_text,
    data_text,
    forecast_shown,
    hidden_table,
    hidden_text,
)

TABLE = pd.DataFrame(
    {"added": [660.0, 650, 640], "lost": [600.0, 610, 620], "closing": [14060.0, 14100, 14120]},
    pd.period_range("2024Q1", periods=3, freq="Q"),
)
GIVEN = Aggregates(TABLE, 14000.0, "made", 10, 1000, notes=("Odd.",))
SCORES = pd.DataFrame(
    {
        "distribution": "Weibull",
        "quantity": ["added", "lost"], "hidden": [4, 4], "inside": [4, 3],
        "observed": [2600.0, 2400.0], "forecast": [2650.0, 2500.0], "crps": [10.0, 12.5],
        "crps_year_ago": [9.0, 20.0],
    }
)  # fmt: skip
KEPT = pd.DataFrame(
    {"years": [1, 2], "mean": [0.82, 0.7], "low": [0.8, 0.66], "high": [0.84, 0.73]}
)


def band(*periods: str) -> pd.DataFrame:
    fan = {"mean": 620.0, "low": 600.0, "high": 640.0}
    names = ("added", "lost", "closing")
    return pd.concat(pd.DataFrame({"period": periods, "quantity": name} | fan) for name in names)


def test_what_is_unknown_is_said():
    text = data_text(GIVEN)
    assert (
        "14,000 customers were there before the first row; the table does not tell their ages"
        in text
    )
    assert "within 10 years" in text and "1,000 customers" in text and "- Odd." in text
    assert "no revenue is forecast" in text
    priced = Aggregates(TABLE.assign(revenue_per_customer=9.0), 14000.0, "made", 10, 1)
    assert "taken to be that of one quarter (`revenue_months`). Is it per month" in data_text(
        priced
    )
    monthly = replace(priced, revenue_months=1)
    assert "that of a month (`revenue_months`). Revenue is it" in data_text(monthly)


def test_answer_is_a_sentence_with_intervals():
    rows = [("added", 5000, 4800, 5200), ("lost", 4900, 4700, 5100), ("closing", 14200, 14000, 1e5)]
    totals = pd.DataFrame(rows, columns=["quantity", "mean", "low", "high"])
    text = answer_text(totals, GIVEN, 8, 0.9)
    assert "**4,900 (4,700 to 5,100)** will be lost in 8 quarters" in text
    assert "Revenue" not in text and "Intervals hold 90%" in text


def test_hidden_rows_are_told_beside_a_year_ago():
    assert hidden_text(SCORES, "quarter") == (
        "Losses of 3 of 4 hidden quarters are inside, better than as a year ago"
    )
    worse = SCORES.assign(crps=30.0)
    assert "no better than as a year ago" in hidden_text(worse, "quarter")
    shown = hidden_table(SCORES, "quarter").as_raw_html()
    assert "+4.2%" in shown and "3 of 4" in shown and "12.5" in shown
    assert "620 (600 to 640)" in forecast_shown(band("2024Q4"), 0.9, "quarter").as_raw_html()


@pytest.mark.parametrize(
    ("chance", "expected"),
    [
        (0.99, "falls with a customer's age (probability 99%)"),
        (0.3, "rises with a customer's age (probability 70%: the table does not settle it)"),
    ],
)
def test_age_is_put_into_words(chance, expected):
    text = age_text(KEPT, chance, "Weibull")
    assert expected in text
    assert "82% (80% to 84%) after 1 year, 70% (66% to 73%) after 2 years" in text
    assert "the same at any age" in age_text(KEPT, chance, "exponential")


def test_the_choice_is_told_with_its_reason():
    other = SCORES.assign(distribution="exponential", crps=20.0)
    text = choice_text(pd.concat([SCORES, other]), "Weibull", "quarter")
    assert "moves with age (Weibull)" in text and "12.5, the other's 20; smaller" in text
    text = choice_text(pd.concat([SCORES, other]), "exponential", "quarter")
    assert "age does not move (exponential)" in text
    assert "No quarter was hidden" in choice_text(SCORES[:0], "Weibull", "quarter")


def test_figure_draws_hidden_rows_open(tmp_path):
    figure = flows_figure(band("2024Q3", "2024Q4"), TABLE, "quarter", "Finding", "hidden")
    lines = {line.get_label(): line for line in figure.axes[0].get_lines()}
    assert lines["hidden"].get_ydata().tolist() == [620]
    assert lines["observed"].get_ydata().tolist() == [600, 610]
    later = flows_figure(band("2024Q4"), TABLE, "quarter", "Finding", "hidden")
    assert "hidden" not in {line.get_label() for line in later.axes[0].get_lines()}
    figure.savefig(tmp_path / "figure.svg")
