"""Sentences on how accounts are planned."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.impact.alike import LEAST
from workbench.impact.chosen import DIFFERENCE
from workbench.impact.practice_groups import BOOK
from workbench.impact.promoters import Promoters

_PROMISED = {
    "action": "Actions",
    "demand": "What was to bring new customers",
    "win plan": "Plans to win an opportunity",
}


def goes_with_text(practice: pd.DataFrame, prob: float) -> str:
    """Say what goes with staying in this book, and what does not.

    Parameters
    ----------
    practice : DataFrame
        From `workbench.impact.practice.practice_table`.
    prob : float
        Probability inside the intervals.
    """
    known = practice.dropna(subset=["gap"])
    if known.empty:
        return (
            "Half a year ago too few accounts differed in how they were planned: what good looks "
            "like in this book cannot be told yet."
        )
    lines = []
    for _, row in known.sort_values("gap", ascending=False).iterrows():
        clear = row["gap_low"] > 0 or row["gap_high"] < 0
        word = "goes with" if clear else "cannot be told to go with"
        way = "more" if row["gap"] > 0 else "fewer"
        lines.append(
            f"- **{row['question']}** {word} {way} accounts staying: {row['stayed_with']:.0%} of "
            f"{row['asked_with']} against {row['stayed_without']:.0%} of {row['asked_without']} "
            f"({100 * row['gap_low']:+z.0f} to "
            f"{100 * row['gap_high']:+z.0f} points, {prob:.0%} interval)."
        )
    lines.append(
        f"\nOne such interval in {1 / (1 - prob):.0f} misses by chance: what stands alone among "
        "them is to be seen again half a year on."
    )
    return "\n".join(lines)


def planned_text(planned: pd.DataFrame, prob: float) -> str:
    """Say whether planned customers stayed more often than others alike, and plans that moved.

    Parameters
    ----------
    planned : DataFrame
        From `workbench.impact.planned.planned_table`.
    prob : float
        Probability inside the intervals.
    """
    if planned["gap"].isna().all():
        return (
            "Whether planned customers stay more often than others alike cannot be told: fewer "
            f"than {LEAST} had a plan half a year ago and a year ago, or fewer had none."
        )
    lines = ["Against accounts alike in what else was known on the day, half a year on:", ""]
    for _, row in planned.iterrows():
        if np.isnan(row["gap"]):
            lines.append(
                f"- *{row['comparison']}*: cannot be told of {row['accounts']} and "
                f"{row['others']} accounts."
            )
            continue
        low, high = 100 * row["gap_low"], 100 * row["gap_high"]
        word = (
            "stay more often"
            if low > 0
            else "stay less often"
            if high < 0
            else "cannot be told apart"
        )
        lines.append(
            f"- *{row['comparison']}* ({row['accounts']} and {row['others']}): {word}, "
            f"{100 * row['gap']:+z.1f} points ({low:+z.1f} to {high:+z.1f}, {prob:.0%} interval); "
            f"{100 * row['plain']:+z.1f} as they are."
        )
    return "\n".join(lines)


def choice_text(choices: pd.DataFrame, prob: float) -> str:
    """Say whether plans paid more where potential was high than where much had been bought.

    Parameters
    ----------
    choices : DataFrame
        From `workbench.impact.chosen.choice_table`.
    prob : float
        Probability inside the intervals.
    """
    known = choices.dropna(subset=["gap"])
    if known.empty:
        return (
            "Whether it pays to plan accounts for their potential rather than for what they bought "
            "cannot be told: half a year ago fewer than five of either kind had a plan, or fewer "
            "than five had none."
        )
    lines = ["For whom plans paid:", ""]
    for _, row in known[known["chosen_by"] != DIFFERENCE].iterrows():
        lines.append(
            f"- Among customers first by **{row['chosen_by']}**, revenue changed by "
            f"{row['change_with']:+z.0%} in half a year with a plan ({row['planned']} accounts) "
            f"and by {row['change_without']:+z.0%} without ({row['unplanned']}): "
            f"{_points(row)} between them ({prob:.0%} interval)."
        )
    apart = known[known["chosen_by"] == DIFFERENCE]
    if len(apart):
        row = apart.iloc[0]
        word = "cannot be told to pay more or less than"
        if row["gap_low"] > 0 or row["gap_high"] < 0:
            word = "went with more than" if row["gap"] > 0 else "went with less than"
        lines.append(
            f"- Planning for potential {word} planning for purchase history: {_points(row)}. It "
            "need not be the plan's doing: nobody tossed a coin for who got one."
        )
    return "\n".join(lines)


def _points(row: pd.Series) -> str:
    ends = f"{100 * row['gap_low']:+z.0f} to {100 * row['gap_high']:+z.0f}"
    return f"{100 * row['gap']:+z.0f} points ({ends})"


def forecast_text(calls: pd.DataFrame) -> str:
    """Say how people's forecasts of renewals came out.

    Parameters
    ----------
    calls : DataFrame
        renews (0 to 1) and stayed, one row per forecast that can be judged.
    """
    if calls.empty:
        return "No forecast by people can be judged yet."
    text, was = calls["renews"].mean(), calls["stayed"].mean()
    error = ((calls["renews"] - calls["stayed"]) ** 2).mean()
    base = was * (1 - was)
    better = "more than" if error < base else "no more than"
    return (
        f"**{len(calls)} forecasts by people** said {text:.0%} on average; {was:.0%} stayed: "
        f"they knew {better} the book's average. The mean squared error of what they said is "
        f"{error:.3f}, of the average {base:.3f}."
    )


def deadline_text(deadlines: pd.DataFrame) -> str:
    """Say what plans promised by a day and kept, and what is not on record.

    Parameters
    ----------
    deadlines : DataFrame
        From `workbench.impact.deadlines.kept_deadlines`.
    """
    whole = deadlines[deadlines["by"] == BOOK].set_index("what")
    lines = []
    for what, plural in _PROMISED.items():
        if what not in whole.index:
            lines.append(f"- **{plural}**: none has fallen due.")
            continue
        row = whole.loc[what]
        if what == "demand" and row["open"] == row["due"]:
            lines.append(
                f"- **{plural}**: {row['due']} fell due. Whether they were done nobody wrote down: "
                "a plan's demand has the field done_on for it."
            )
            continue
        line = (
            f"- **{plural}**: {row['due']} fell due, {row['on_time']} were done on time "
            f"({row['share']:.0%}), {row['late']} late, {row['open']} not at all."
        )
        if row["decided"] > 0:
            line += f" Of {row['decided']} that were decided, {row['won']:.0%} were won."
        lines.append(line)
    return "\n".join(lines)


def promoter_text(found: Promoters, prob: float) -> str:
    """Say whether promoters renew more often and grow faster here.

    Parameters
    ----------
    found : Promoters
    prob : float
        Probability inside the intervals.
    """
    if found.why_not:
        return f"Whether promoters do better here cannot be tested. {found.why_not}"
    lines = []
    for _, row in found.table.iterrows():
        renewal = row["claim"] == "renewal"
        shown = [row[name] - renewal for name in ("estimate", "low", "high", "said", "plain")]
        value, low, high, text, plain = (100 * number for number in shown)
        if low <= text <= high:
            word = "The book does not contradict the claim"
            word += ", nor does it show one at all" if low <= 0 <= high else ""
        else:
            word = "The book shows less than the claim" if high < text else "The book shows more"
        claim = f"to renew {text:.0f}% more often"
        unit = "%"
        if not renewal:
            claim, unit = f"to grow by {text:.0f} points more at a renewal", " points"
        lines.append(
            f"- Promoters are said {claim}. Here: {value:+z.1f}{unit} ({low:+z.1f} to "
            f"{high:+z.1f}, {prob:.0%} interval), against others alike in what else was known; "
            f"{plain:+z.1f}{unit} as they are. {word} ({row['promoters']} renewals of promoters, "
            f"{row['others']} of others)."
        )
    return "\n".join(lines)


def shares_sentence(practice: pd.DataFrame) -> str:
    """Say how much of the book lives in plans.

    Parameters
    ----------
    practice : DataFrame
        From `workbench.impact.practice.practice_table`.
    """
    row = practice.set_index("question").loc["has a living plan"]
    if not row["accounts"] > 0:
        return "**No account has a living plan.** What follows is what there is to build on."
    potential = (
        "" if np.isnan(row["potential"]) else f" and {row['potential']:.0%} of what may grow"
    )
    return (
        f"**{row['accounts']:.0%} of accounts have a living plan**; they hold {row['revenue']:.0%} "
        f"of revenue{potential}. Half a year ago it was {row['before']:.0%} of accounts."
    )
