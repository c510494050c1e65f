"""What the report on actions says first."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.impact.checks import ASSOCIATION, MEASURED, TOO_FEW
from workbench.report.plan_impact.answer import impact_answer
from workbench.report.plan_impact.figures import effect_figure
from workbench.report.plan_impact.text import whom_text


def effects(why: str, word: str) -> pd.DataFrame:
    row = {"trials": 12, "endings": 1, "expected": 1.6, "probability_helps": 0.7, "word": word,
           "why": why}  # fmt: skip
    for name, value in (("ratio", 0.8), ("points", 0.02), ("revenue_per_hour", 90.0)):
        row |= {name: value, f"{name}_low": value - 0.5, f"{name}_high": value + 0.5}
    return pd.DataFrame([{"action": kind, **row} for kind in ("call", "review", "all actions")])


def test_with_too_few_endings_nothing_is_told() -> None:
    answer = impact_answer(effects(f"{TOO_FEW}: 1 ending.", ASSOCIATION), 6, 0.9, "EUR")
    said = answer.sentence
    assert [one.name for one in answer.numbers] == ["left_less"]
    assert said.startswith("**Nothing can be told yet of what actions do**: 12 actions")
    assert "0.80 times" not in said


def test_with_enough_the_ratio_is_told() -> None:
    said = impact_answer(effects("", MEASURED), 6, 0.9, "EUR").sentence
    assert "of 100 contracts acted upon, 2.0 fewer left (-48.0 to 52.0) within 6 months" in said
    assert "0.80 times" in said
    assert said.endswith("2 of 2 kinds of action passed every check: call, review cannot be told "
                         "from none.")  # fmt: skip
    harm = effects("", MEASURED).assign(points=-0.02, points_low=-0.05, points_high=-0.01)
    assert "2.0 more left (1.0 to 5.0)" in impact_answer(harm, 6, 0.9, "EUR").sentence
    failed = impact_answer(effects("Only 20% resemble any.", ASSOCIATION), 6, 0.9, "EUR").sentence
    assert "No kind of action passed every check" in failed


def test_the_figure_draws_contracts_kept_and_the_naive_claim_at_the_same_risk() -> None:
    naive = pd.DataFrame({"ratio": [2.0], "low": [1.0], "high": [3.0]})
    (ax,) = effect_figure(effects("", MEASURED), naive, 0.1, 6, 0.9).axes
    assert ax.get_title("left") == "Of 100 acted upon, 2.0 fewer left in 6 months"
    kinds, plain, _ = ax.lines
    assert kinds.get_xdata().tolist() == [2.0, 2.0, 2.0]
    assert plain.get_xdata()[0] == pytest.approx(-9.0)  # 0.9 squared stay in place of 0.9
    harm = effects("", MEASURED).assign(points=-0.031)
    (ax,) = effect_figure(harm, naive, 0.1, 6, 0.9).axes
    assert "3.1 more left" in ax.get_title("left")


def test_whom_actions_move_is_told_by_band_and_by_segment() -> None:
    labels = [("risk_band", "low", 0.5), ("risk_band", "high", 4.0), ("segment", "SMB", -1.0),
              ("segment", "Enterprise", -2.0)]  # fmt: skip
    by = pd.DataFrame(
        {"by": name, "label": label, "points": value / 100, "points_low": value / 100 - 0.01,
         "points_high": value / 100 + 0.01} for name, label, value in labels
    )  # fmt: skip
    bands, segments = whom_text(by).split("\n\n")
    assert bands.startswith("An action moved accounts of **high risk** most: leaving -4.0 points")
    assert bands.endswith("low -0.5 points (-1.5 to +0.5).")
    assert segments.startswith("An action moved no accounts to stay; least harmed were those of")
    assert "segment **SMB**" in segments and "is not certain" in segments
    assert whom_text(by.iloc[:1]) == ""
