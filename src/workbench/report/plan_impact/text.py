"""Sentences on what actions did, and on what the numbers may be called."""

from __future__ import annotations

import pandas as pd

from workbench.core.plain_text import plain
from workbench.report.amounts import money
from workbench.report.labels import spoken

ALL_KINDS, MEASURED = "all actions", "measured"
_STATED = 1.25  # an interval within this factor of 1 shows that there is no effect to speak of
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
            f"months {_points(row)}, its hazard {row['ratio']:.2f} times that without "
            f"({row['ratio_low']:.2f} to {row['ratio_high']:.2f}), {row['trials']:.0f} times done, "
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
        With probability_helps, word, ratio_low and ratio_high.

    Examples
    --------
    >>> effect_words(pd.Series({"probability_helps": 0.01, "word": "measured"}))
    'does harm'
    >>> effect_words(pd.Series({"probability_helps": 0.6, "word": "measured",
    ...                         "ratio_low": 0.9, "ratio_high": 1.1}))
    'shows no effect'
    """
    measured = row["word"] == MEASURED
    if row["probability_helps"] >= _HARM:
        return "helps" if measured else "goes with less leaving"
    if row["probability_helps"] <= 1 - _HARM:
        return "does harm" if measured else "goes with more leaving"
    stated = row["ratio_low"] > 1 / _STATED and row["ratio_high"] < _STATED
    return "shows no effect" if stated else "cannot be told from none"


def _points(row: pd.Series) -> str:
    ends = sorted((-row["points_low"], -row["points_high"]))
    return f"{-100 * row['points']:+z.1f} points ({100 * ends[0]:+z.1f} to {100 * ends[1]:+z.1f})"


def checks_text(checks: pd.DataFrame) -> str:
    """Say how many checks passed, and of the whole book's which did not.

    Parameters
    ----------
    checks : DataFrame
        From `workbench.impact.checks.check_table`.
    """
    passed = int(checks["passed"].sum())
    book = checks[(checks["action"] == ALL_KINDS) & ~checks["passed"].astype(bool)]
    text = f"**{passed} of {len(checks)} checks of the comparison passed.**"
    if len(book):
        text += " What fails for the whole book keeps every effect an association: "
        text += " ".join(book["why"])
    return text


def flow_text(flow: pd.DataFrame, washout_months: int) -> str:
    """Say who was compared, and how following them ended.

    Parameters
    ----------
    flow : DataFrame
        From `workbench.impact.flow.trial_flow`.
    washout_months : int
        Months without an action before a comparison begins.
    """
    lines = [
        f"Of {flow['assessed'].iloc[0]:,} months at risk, {flow['trials'].sum():,} began a "
        f"comparison: no action in the {washout_months} months before, and still running when the "
        "month ended."
    ]
    for _, row in flow.iterrows():
        lines.append(
            f"- *{row['arm']}*: {row['trials']:,}, of {row['accounts']:,} accounts, followed for "
            f"{row['months_followed']:.1f} months on average: {row['leaving']:.0%} left, "
            f"{row['next_action']:.0%} were acted upon, {row['record_end']:.0%} are known no "
            f"further, {row['reached']:.0%} were followed to the end."
        )
    return "\n".join([lines[0], "", *lines[1:]])


def hidden_text(effects: pd.DataFrame, strength: float) -> str:
    """Say how far a hidden cause could move the ratio of all actions.

    Parameters
    ----------
    effects : DataFrame
        From `workbench.impact.measure.effect_table`.
    strength : float
        From `workbench.impact.checks.hidden_factor`.
    """
    ratio = effects.set_index("action").loc[ALL_KINDS, "ratio"]
    return (
        f"Were a cause hidden that is as strong as the strongest on record, the ratio of "
        f"{ratio:.2f} could stand for anything from {ratio / strength:.2f} to "
        f"{ratio * strength:.2f}. Where actions go to those at risk, what is hidden of that makes "
        "them look less helpful than they are."
    )


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
    """Say for whom an action lowers leaving most: by band of risk, and by segment.

    Parameters
    ----------
    by : DataFrame
        From `workbench.impact.measure.by_label`.
    """
    parts = (
        _most_moved(by, "risk_band", "of **{} risk**", "The bands'"),
        _most_moved(by, "segment", "of segment **{}**", "The segments'"),
    )
    return "\n\n".join(filter(None, parts))


def _most_moved(by: pd.DataFrame, name: str, called: str, whose: str) -> str:
    """Say which label's accounts an action moved most, with all labels; empty for less than two."""
    own = by[by["by"] == name].dropna(subset=["points"]).sort_values("points", ascending=False)
    if len(own) < 2:
        return ""
    best, rest = own.iloc[0], own.iloc[1:]
    text = f"An action moved accounts {called.format(plain(best['label']))} most: "
    if best["points"] <= 0:
        text = f"An action moved no accounts to stay; least harmed were those {called}: ".format(
            plain(best["label"])
        )
    text += f"leaving {_points(best)}; " + ", ".join(
        f"{plain(row['label'])} {_points(row)}" for _, row in rest.iterrows()
    )
    if best["points_low"] > rest["points_high"].max():
        return text + "."
    return text + f". {whose} intervals overlap: whom to choose by it is not certain."
