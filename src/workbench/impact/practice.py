"""How accounts are planned: what is so, of how much revenue, and whether it goes with staying.

No score and no weights: each question stands for itself, with what good looks like in this book:
of the accounts that were customers half a year ago, the share that stayed where it was so, against
the others, with an interval. That is what goes with staying, not what causes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binomtest

QUESTIONS = {
    "has_plan": "has a plan",
    "living": "has a living plan",
    "touched_30": "plan touched within 30 days",
    "names_goals": "plan names goals of the customer",
    "names_challenges": "plan names their challenges",
    "serves": "every action serves one of them",
    "brings_demand": "demand actions or win plans",
    "on_time": "all that was due done on time",
    "demand_on_time": "demand and wins due done on time",
    "moved": "plan moved (of those with one)",
    "several": "two people or more on the plan",
    "contacts_3": "three contacts or more",
}
"""By column of the facts: what is asked of each account."""

LIVING_DAYS = 90


@dataclass(frozen=True)
class PracticeFacts:
    """What is known of the planning of each account on a day.

    Parameters
    ----------
    table : DataFrame
        One row per customer: account_id, owner, team, arr, potential (money in open offers to sell
        more), members (people on its plan), contacts, and a flag for each of `QUESTIONS`; missing
        where the question does not arise, such as actions done on time where none was due.
    """

    table: pd.DataFrame


def practice_facts(
    customers: pd.DataFrame,
    plans: pd.DataFrame,
    as_of: pd.Timestamp,
    living_days: int = LIVING_DAYS,
) -> PracticeFacts:
    """Lay out the questions by account.

    Parameters
    ----------
    customers : DataFrame
        One row per customer of the day: account_id, owner, team, arr, potential, contacts (missing
        where nobody keeps them).
    plans : DataFrame
        One row per plan and account, as of the day: account_id, touched_on, members, goals,
        challenges, actions, serving, demand, due, on_time, demand_due, demand_on_time.
    as_of : Timestamp
        The day.
    living_days : int
        Since the last change, up to which a plan lives; at least 1.

    Returns
    -------
    PracticeFacts
    """
    numbers = ["members", "goals", "challenges", "actions", "serving", "demand", "due", "on_time",
               "demand_due", "demand_on_time"]  # fmt: skip
    by_account = plans.astype(dict.fromkeys(numbers, "float64")).groupby("account_id")
    summed = by_account[numbers].sum()
    summed["members"] = by_account["members"].max()
    touched = plans.groupby("account_id")["touched_on"].max()
    found = customers.join(summed, on="account_id").join(touched, on="account_id")
    has = found["touched_on"].notna()
    age = (pd.Timestamp(as_of) - found["touched_on"]).dt.days
    flags = {
        "has_plan": has,
        "living": age <= living_days,
        "touched_30": age <= 30,
        "names_goals": found["goals"] > 0,
        "names_challenges": found["challenges"] > 0,
        "serves": _where(found["serving"] >= found["actions"], found["actions"] > 0),
        "brings_demand": found["demand"] > 0,
        "on_time": _where(found["on_time"] >= found["due"], found["due"] > 0),
        "demand_on_time": _where(
            found["demand_on_time"] >= found["demand_due"], found["demand_due"] > 0
        ),
        # A plan of which nothing was ever done on time is a form that was filled in.
        "moved": _where(found["on_time"] > 0, has),
        "several": found["members"] > 1,
        "contacts_3": _where(found["contacts"] >= 3, found["contacts"].notna()),
    }
    kept = ["account_id", "owner", "team", "arr", "potential", "members", "contacts"]
    base = found[kept].copy()
    return PracticeFacts(base.assign(**{k: v.astype("boolean") for k, v in flags.items()}))


def _where(flag: pd.Series, arises: pd.Series) -> pd.Series:
    return flag.astype("boolean").where(arises)


def practice_table(
    now: PracticeFacts, before: PracticeFacts, stayed: pd.Series, prob: float
) -> pd.DataFrame:
    """Answer every question for the book, with its trend and what it goes with.

    Parameters
    ----------
    now, before : PracticeFacts
        Today's, and of half a year ago.
    stayed : Series of bool
        By account_id: which customers of half a year ago are customers today.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    DataFrame
        question, accounts, revenue, potential (shares of which it is so), before (share of accounts
        half a year ago), asked_with, asked_without (customers of half a year ago of whom it was so,
        and was not), stayed_with, stayed_without, gap, gap_low, gap_high (in shares of accounts
        that stayed; missing with fewer than five on either side).
    """
    return pd.DataFrame(
        [
            {
                "question": text,
                **_shares(now.table, name),
                "before": _shares(before.table, name)["accounts"],
                **_goes_with(before.table, name, stayed, prob),
            }
            for name, text in QUESTIONS.items()
        ]
    )


def _shares(table: pd.DataFrame, name: str) -> dict[str, float]:
    asked = table[table[name].notna()]
    flag = asked[name].astype(bool).to_numpy()
    found = {"accounts": float(flag.mean()) if len(flag) else np.nan}
    for column, key in (("arr", "revenue"), ("potential", "potential")):
        worth = asked[column].fillna(0).to_numpy("float64")
        found[key] = float(worth[flag].sum() / worth.sum()) if worth.sum() > 0 else np.nan
    return found


def _goes_with(table: pd.DataFrame, name: str, stayed: pd.Series, prob: float) -> dict[str, float]:
    asked = table[table[name].notna()]
    there = asked["account_id"].map(stayed)
    asked, there = asked[there.notna()], there[there.notna()].astype(bool)
    flag = asked[name].astype(bool)
    yes, no = there[flag], there[~flag]
    asked_of = {"asked_with": len(yes), "asked_without": len(no)}
    if min(len(yes), len(no)) < 5:
        nothing = ("stayed_with", "stayed_without", "gap", "gap_low", "gap_high")
        return asked_of | dict.fromkeys(nothing, np.nan)
    low, high = gap_interval((int(yes.sum()), len(yes)), (int(no.sum()), len(no)), prob)
    gap = yes.mean() - no.mean()
    return asked_of | {
        "stayed_with": float(yes.mean()), "stayed_without": float(no.mean()), "gap": float(gap),
        "gap_low": low, "gap_high": high,
    }  # fmt: skip


def gap_interval(
    first: tuple[int, int], second: tuple[int, int], prob: float
) -> tuple[float, float]:
    """Return the interval of a difference of shares (Newcombe 1998, Stat. Med. 17, 873-890).

    Parameters
    ----------
    first, second : tuple of int
        How many of how many.
    prob : float
        Probability inside, between 0 and 1.

    Returns
    -------
    low, high : float

    Examples
    --------
    >>> [round(end, 4) for end in gap_interval((56, 70), (48, 80), 0.95)]
    [0.0524, 0.3339]
    """
    share = first[0] / first[1], second[0] / second[1]
    ends = [binomtest(*of).proportion_ci(prob, "wilson") for of in (first, second)]
    low = np.hypot(share[0] - ends[0].low, ends[1].high - share[1])
    high = np.hypot(ends[0].high - share[0], share[1] - ends[1].low)
    gap = share[0] - share[1]
    return float(gap - low), float(gap + high)
