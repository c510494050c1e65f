"""What the backtest says: the findings of its tables, and that a book may have no renewals."""

from __future__ import annotations

import pandas as pd

from workbench.forecast.backtest.judge import DEFAULT, MODEL, NAIVE
from workbench.report.backtest.figures import brier_figure, calibration_figure, pit_figure
from workbench.report.backtest.text import backtest_text, gates_text

RENEWALS = pd.DataFrame(
    {
        "horizon_months": 12,
        "forecast": [MODEL, NAIVE, DEFAULT],
        "renewals": 200,
        "brier": [0.11, 0.10, 0.14],
        "skill": [0.2, 0.3, 0.0],
        "gain": [None, -0.01, 0.03],
        "low": [None, -0.02, 0.01],
        "high": [None, -0.002, 0.05],
        "c": [0.7, 0.5, 0.5],
    }
)
MONEY = pd.DataFrame(
    {
        "quantity": "revenue",
        "horizon_months": 12,
        "forecast": [MODEL, NAIVE],
        "origins": 4,
        "crps": [80.0, 100.0],
        "skill": [0.2, 0.0],
        "error": [-0.02, 0.01],
        "absolute_error": [0.03, 0.05],
        "covered": [0.75, None],
    }
)
CALIBRATION = pd.DataFrame(
    {
        "group": [1, 2], "cases": 100, "forecast": [0.6, 0.9], "happened": [0.3, 0.91],
        "low": [0.5, 0.85], "high": [0.7, 0.95], "inside": [False, True],
    }
)  # fmt: skip


def test_the_answer_names_who_is_better_and_whether_chance_explains_it() -> None:
    text = backtest_text(RENEWALS, MONEY, CALIBRATION, 0.9)
    assert "Against the trailing rate (0.100) **the model is worse**" in text
    assert "Against the 70 % default (0.140) the model is better" in text
    assert "1 of 2 groups renewed as often" in text
    assert "75% of what happened lies inside" in text
    assert "2.0% too low on balance" in text and "the model errs 20% less" in text
    figure = brier_figure(RENEWALS, [12])
    assert "trailing rate errs least" in figure.axes[0].get_title(loc="left")
    ahead = RENEWALS.assign(
        brier=[0.10, 0.101, 0.14], low=[None, -0.01, 0.01], high=[None, 0.01, 0.05]
    )
    title = brier_figure(ahead, [12]).axes[0].get_title(loc="left")
    assert (
        title == "Within 12 months the model errs least; over the trailing rate that may be chance"
    )


def test_checks_are_counted() -> None:
    table = pd.DataFrame({"gate": ["a", "b", "c"], "passed": [True, False, True]})
    assert gates_text(table, 2).startswith("**2 of 3 checks** of 2 pairs of fits")


def test_a_book_of_open_contracts_has_no_renewals_to_score() -> None:
    text = backtest_text(RENEWALS.iloc[:0], MONEY, CALIBRATION.iloc[:0], 0.9)
    assert text.startswith("No term fell due")
    for figure in (calibration_figure(CALIBRATION.iloc[:0], 0.9), brier_figure(RENEWALS[:0], [3])):
        assert "No term fell due" in figure.axes[0].get_title(loc="left")


def test_bars_outside_the_band_are_counted() -> None:
    table = pd.DataFrame(
        {
            "horizon_months": 3, "bin": [0.0, 0.5], "accounts": 50, "share": [0.8, 0.2],
            "low": 0.4, "high": 0.6,
        }
    )  # fmt: skip
    figure = pit_figure(table, 0.9)
    assert figure.axes[0].get_title(loc="left") == "3 months: 0 of 2 inside"
