"""What the report on actions says first."""

from __future__ import annotations

import pandas as pd

from workbench.impact.checks import ASSOCIATION, MEASURED, TOO_FEW
from workbench.report.plan_impact.answer import impact_answer


def effects(why: str, word: str) -> pd.DataFrame:
    row = {"trials": 12, "endings": 1, "expected": 1.6, "probability_helps": 0.7, "word": word,
           "why": why}  # fmt: skip
    for name, value in (("ratio", 0.8), ("points", 0.02), ("revenue_per_hour", 90.0)):
        row |= {name: value, f"{name}_low": value - 0.5, f"{name}_high": value + 0.5}
    return pd.DataFrame([{"action": kind, **row} for kind in ("call", "review", "all actions")])


def test_with_too_few_endings_nothing_is_told() -> None:
    said = impact_answer(effects(f"{TOO_FEW}: 1 ending.", ASSOCIATION), 6, 0.9, "EUR").sentence
    assert said.startswith("**Nothing can be told yet of what actions do**: 12 actions")
    assert "0.80 times" not in said


def test_with_enough_the_ratio_is_told() -> None:
    said = impact_answer(effects("", MEASURED), 6, 0.9, "EUR").sentence
    assert "of 100 contracts acted upon, 2.0 fewer left (-48.0 to 52.0) within 6 months" in said
    assert "0.80 times" in said
    harm = effects("", MEASURED).assign(points=-0.02, points_low=-0.05, points_high=-0.01)
    assert "2.0 more left (1.0 to 5.0)" in impact_answer(harm, 6, 0.9, "EUR").sentence
    failed = impact_answer(effects("Only 20% resemble any.", ASSOCIATION), 6, 0.9, "EUR").sentence
    assert "No kind of action passed every check" in failed
