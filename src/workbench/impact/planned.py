"""Do planned customers stay more often than others alike? Plans, and plans that moved.

What was so on a day is set against who was still a customer half a year on, so that nobody has to
stay for a plan to move. Compared are accounts alike in what else was known on the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from workbench.features.encode import encode, fit_encoder
from workbench.impact.alike import LEAST, jackknifed, standardised_chances
from workbench.impact.practice import PracticeFacts

COMPARISONS = {
    "a plan, against none": ("has_plan", "none"),
    "a plan that moved, against none": ("moved", "none"),
    "a plan of which nothing was done, against none": ("form", "none"),
    "a plan that moved, against one of which nothing was done": ("moved", "form"),
}
"""What is compared, by the flags of either side."""

PLANNED_COLUMNS = [
    "comparison", "accounts", "others", "stayed", "others_stayed", "plain", "gap", "gap_low",
    "gap_high",
]  # fmt: skip
_SHRINKS = 0.3  # prior standard deviation of what a standardised covariate does to the log-odds


def planned_table(
    days: Mapping[int, tuple[PracticeFacts, pd.Series]],
    rows: pd.DataFrame,
    known: Sequence[str],
    prob: float,
) -> pd.DataFrame:
    """Compare who stayed for half a year, with plans and without, alike in what was known.

    Parameters
    ----------
    days : mapping of int to (PracticeFacts, Series)
        By month number: how accounts were planned on its first day, and by account_id whether they
        were customers half a year on.
    rows : DataFrame
        Months at risk as they were known; see `workbench.impact.trials.at_risk_months`.
    known : sequence of str
        Columns of them that tell what was known of an account.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    DataFrame
        comparison, accounts, others (how many on either side; an account counts on each day),
        stayed, others_stayed (shares), plain (difference of these), gap (the same for accounts like
        those with the first, alike in what was known), gap_low, gap_high; missing with fewer than
        twenty on either side.
    """
    seen = pd.concat([_of_day(*day, rows, month) for month, day in days.items()], ignore_index=True)
    about = np.zeros((len(seen), 0))
    if len(seen):
        told = seen[list(known)]
        about = _SHRINKS * encode(fit_encoder(told), told)
    found = [_compared(name, *of, seen, about, prob) for name, of in COMPARISONS.items()]
    return pd.DataFrame(found, columns=PLANNED_COLUMNS)


def _of_day(
    facts: PracticeFacts, stayed: pd.Series, rows: pd.DataFrame, month: int
) -> pd.DataFrame:
    """Return the accounts of a day with what was known of their largest subscription."""
    then = rows[rows["month"] == month].sort_values("arr", ascending=False, kind="stable")
    then = then.drop_duplicates("account_id")
    has = facts.table["has_plan"].fillna(False).astype(bool)
    moved = facts.table["moved"].fillna(False).astype(bool)
    flags = pd.DataFrame(
        {
            "account_id": facts.table["account_id"],
            "has_plan": has, "moved": moved, "form": has & ~moved, "none": ~has,
            "stayed": facts.table["account_id"].map(stayed),
        }
    )  # fmt: skip
    joined = then.drop(columns=["stayed"], errors="ignore").merge(flags, on="account_id")
    return joined[joined["stayed"].notna()]


def _compared(
    name: str, first: str, second: str, seen: pd.DataFrame, known: np.ndarray, prob: float
) -> tuple[object, ...]:
    if seen.empty:
        return (name, 0, 0, *[np.nan] * 6)
    flag, others = seen[first].to_numpy(bool), seen[second].to_numpy(bool)
    sizes = int(flag.sum()), int(others.sum())
    if min(sizes) < LEAST:
        return (name, *sizes, *[np.nan] * 6)
    both = flag | others
    there = seen["stayed"].to_numpy(bool)[both]
    flag, about = flag[both], known[both]
    account = pd.factorize(seen["account_id"].astype("str"))[0][both]
    account = np.unique(account, return_inverse=True)[1]

    def gap(part: np.ndarray) -> float:
        mine = flag[part]
        with_plan, without = standardised_chances(there[part], mine, about[part], mine)
        return with_plan - without

    shares = float(there[flag].mean()), float(there[~flag].mean())
    return (name, *sizes, *shares, shares[0] - shares[1], *jackknifed(gap, account, prob))
