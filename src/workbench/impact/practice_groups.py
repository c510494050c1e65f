"""How teams and owners plan, and how that moved: the questions of the practice by group and day."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.impact.practice import QUESTIONS, PracticeFacts

EVERYBODY, NOBODY, NO_TEAM = "(everybody)", "(nobody)", "(no team)"
BOOK, TEAM, OWNER = "book", "team", "owner"
_LEVELS = {TEAM: NO_TEAM, OWNER: NOBODY}


def practice_trend(days: Mapping[pd.Timestamp, PracticeFacts]) -> pd.DataFrame:
    """Answer every question for the book, each team and each owner, day by day.

    Parameters
    ----------
    days : mapping of Timestamp to PracticeFacts
        What was known on each day, oldest first. A customer's team and owner are today's.

    Returns
    -------
    DataFrame
        level (book, team, owner), name, day, customers, arr, living_revenue, living_potential
        (shares of the group's revenue, and of its money in open offers, with a living plan; missing
        where there is none), members (people on each plan, of accounts with one), contacts (of each
        account), then the share of accounts of which each question of `QUESTIONS` is so. The book
        first, then teams and owners by revenue on the last day.
    """
    parts = [_on_day(facts.table).assign(day=day) for day, facts in days.items()]
    found = pd.concat(parts, ignore_index=True)
    last = found[found["day"] == max(days)].set_index(["level", "name"])["arr"]
    size = pd.MultiIndex.from_frame(found[["level", "name"]]).map(last)
    rank = found["level"].map({BOOK: 0, TEAM: 1, OWNER: 2})
    order = pd.DataFrame({"rank": rank, "size": -np.nan_to_num(size.astype("float64")),
                          "name": found["name"], "day": found["day"]})  # fmt: skip
    found = found.loc[order.sort_values(list(order), kind="stable").index]
    first = ["level", "name", "day"]
    return found[first + [one for one in found if one not in first]].reset_index(drop=True)


def groups_now(trend: pd.DataFrame, level: str, before: pd.Timestamp) -> pd.DataFrame:
    """Return the groups of a level on the last day, the book first, with an earlier day beside.

    Parameters
    ----------
    trend : DataFrame
        From `practice_trend`.
    level : str
        `TEAM` or `OWNER`.
    before : Timestamp
        The earlier day.

    Returns
    -------
    DataFrame
        The level's name in place of ``name``, customers, arr, living_before, touched_before (shares
        with a living plan, and touched within 30 days, of the accounts that were the group's
        customers on the earlier day), then as `practice_trend`.
    """
    some = trend[trend["level"].isin([BOOK, level])].set_index(["level", "name"])
    now = some[some["day"] == some["day"].max()].drop(columns="day")
    then = some[some["day"] == before]
    now.insert(2, "living_before", then["living"].reindex(now.index))
    now.insert(3, "touched_before", then["touched_30"].reindex(now.index))
    return now.reset_index().drop(columns="level").rename(columns={"name": level})


def judged_calls(calls: pd.DataFrame) -> pd.DataFrame:
    """Set people's forecasts of renewals against what came, by period, team and owner.

    Parameters
    ----------
    calls : DataFrame
        One row per forecast that can be judged: called_on, renews (0 to 1), stayed (0 or 1), team,
        owner (of the account).

    Returns
    -------
    DataFrame
        by (book, period, team, owner), name, forecasts, said (mean of renews), stayed (share),
        brier (mean squared distance of both), base (Brier score of always naming the book's share
        that stayed): a brier below base knew more than the average.
    """
    base = float(calls["stayed"].mean()) if len(calls) else np.nan
    half = calls["called_on"].dt.year.astype("str") + np.where(
        calls["called_on"].dt.month <= 6, ", first half", ", second half"
    )
    keyed = {
        BOOK: pd.Series(EVERYBODY, calls.index, dtype=object),
        "period": half,
        **{level: calls[level].fillna(none) for level, none in _LEVELS.items()},
    }
    squares = calls.assign(
        brier=(calls["renews"] - calls["stayed"]) ** 2, base=(base - calls["stayed"]) ** 2
    )
    parts = []
    for by, key in keyed.items():
        found = squares.groupby(key.rename("name")).agg(
            forecasts=("renews", "size"), said=("renews", "mean"), stayed=("stayed", "mean"),
            brier=("brier", "mean"), base=("base", "mean"),
        )  # fmt: skip
        found = found.reset_index()
        found.insert(0, "by", by)
        parts.append(found)
    return pd.concat(parts, ignore_index=True)


def _on_day(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per group."""
    everybody = _by(table, pd.Series(EVERYBODY, table.index), BOOK)
    rest = [_by(table, table[level].fillna(none), level) for level, none in _LEVELS.items()]
    return pd.concat([everybody, *rest], ignore_index=True)


def _by(table: pd.DataFrame, name: pd.Series, level: str) -> pd.DataFrame:
    worth = table[["arr", "potential"]].fillna(0)
    living = worth.where(table["living"].fillna(False).astype(bool), 0.0).add_prefix("living_")
    groups = name.astype("str").rename("name")
    total = worth.join(living).groupby(groups).sum()
    own = table.groupby(groups)
    flags = table[list(QUESTIONS)].astype("Float64").astype("float64").groupby(groups).mean()
    found = pd.DataFrame(
        {
            "customers": own.size(),
            "arr": own["arr"].sum(),
            "living_revenue": _share(total["living_arr"], total["arr"]),
            "living_potential": _share(total["living_potential"], total["potential"]),
            "members": own["members"].mean(),
            "contacts": own["contacts"].mean(),
        }
    )
    found = found.join(flags).reset_index()
    found.insert(0, "level", level)
    return found


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part / whole.where(whole > 0)
