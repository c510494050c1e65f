"""Sentences on what actions did, and on what the numbers may be called."""

from __future__ import annotations

import pandas as pd

from workbench.core.plain_text import plain
from workbench.report.amounts import money
from workbench.report.labels import spoken

ALL_KINDS, MEASURED = "all actions", "measured"
_HARM = 0.95  # probability from which an action is said to help or to harm


def verdict_text(effects: pd.DataFrame, months: int, currency: str) -> str:
    """Say of every kind of action what it did, the surest first.

    Parameters
    ----------
    effects : DataFrame
        From `workbench.impact.measure.effect_table`, with word and why.
    months : int
        Of follow-up.
    currency : str
        Code shown with amounts; may be empty.
    """
    lines = []
    kinds = effects[effects["action"] != ALL_KINDS]
    order = (kinds["probability_helps"] - 0.5).abs().sort_values(ascending=False).index
    for _, row in kinds.loc[order].iterrows():
        text = (
            f"- **{plain(spoken(row['action']))}** {effect_words(row)}: leaving within {months} "
            f"months {_points(row)}, {row['trials']:.0f} times done, "
        )
        if row["points_low"] > 0:
            text += f"worth {money(row['revenue_per_hour'], currency)} a year per hour, "
        lines.append(text + f"**{row['word']}**." + (f" {row['why']}" if row["why"] else ""))
    return "\n".join(lines)


def effect_words(row: pd.Series) -> str:
    """Say whether an action helps, harms, or cannot be told.

    Parameters
    ----------
    row : Series
        With probability_helps, word.

    Examples
    --------
    >>> effect_words(pd.Series({"probability_helps": 0.01, "word": "measured"}))
    'does harm'
    >>> effect_words(pd.Series({"probability_helps": 0.6, "word": "measured"}))
    'shows no effect'
    """
    measured = row["word"] == MEASURED
    if row["probability_helps"] >= _HARM:
        return "helps" if measured else "goes with less leaving"
    if row["probability_helps"] <= 1 - _HARM:
        return "does harm" if measured else "goes with more leaving"
    return "shows no effect"


def _points(row: pd.Series) -> str:
    ends = sorted((-row["points_low"], -row["points_high"]))
    return f"{-100 * row['points']:+.1f} points ({100 * ends[0]:+.1f} to {100 * ends[1]:+.1f})"


def checks_text(checks: pd.DataFrame) -> str:
    """Say how many checks passed, and of the whole book's which did not.

    Parameters
    ----------
    checks : DataFrame
        From `workbench.impact.checks.check_table`.
    """
    passed = int(checks["passed"].sum())
    book = checks[(checks["action"] == ALL_KINDS) & ~checks["passed"].astype(bool)]
    text = f"**{passed} of {len(checks)} checks passed.**"
    if len(book):
        text += " What fails for the whole book keeps every effect an association: "
        text += " ".join(book["why"])
    return text


def naive_text(naive: pd.DataFrame, effects: pd.DataFrame) -> str:
    """Say what the comparisons that people make would have claimed.

    Parameters
    ----------
    naive : DataFrame
        From `workbench.impact.naive.naive_comparisons`.
    effects : DataFrame
        From `workbench.impact.measure.effect_table`.
    """
    ours = effects.set_index("action").loc[ALL_KINDS]
    lines = [
        f"- *{row['comparison']}*: {row['ratio']:.2f} times as many leave a month. {row['wrong']}"
        for _, row in naive.iterrows()
    ]
    lines.append(
        f"- *the trials*: {ours['ratio']:.2f} times ({ours['ratio_low']:.2f} to "
        f"{ours['ratio_high']:.2f})."
    )
    return "\n".join(lines)


def whom_text(by: pd.DataFrame) -> str:
    """Say for whom an action lowers leaving most.

    Parameters
    ----------
    by : DataFrame
        From `workbench.impact.measure.by_label`.
    """
    bands = by[by["by"] == "risk_band"].dropna(subset=["points"])
    if bands.empty:
        return ""
    best = bands.loc[bands["points"].idxmax()]
    apart = best["points_low"] > bands["points_high"].drop(best.name).max()
    text = (
        f"An action moved accounts of **{best['label']} risk** most: leaving falls by "
        f"{100 * best['points']:.1f} points ({100 * best['points_low']:.1f} to "
        f"{100 * best['points_high']:.1f})."
    )
    if not apart:
        text += " The bands' intervals overlap: whom to choose by it is not certain."
    return text
