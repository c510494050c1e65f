"""What people promised in their plans, and when it was done: by kind, period, team and owner."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.impact.practice_groups import BOOK, EVERYBODY, NO_TEAM, NOBODY, OWNER, TEAM

PERIOD = "period"
KEPT_COLUMNS = ["what", "by", "name", "due", "on_time", "late", "open", "share", "decided", "won"]


def kept_deadlines(deadlines: pd.DataFrame, team: pd.Series) -> pd.DataFrame:
    """Count what fell due and what was done in time.

    Parameters
    ----------
    deadlines : DataFrame
        One row per thing and account: plan, account_id, what (action, demand, win plan), name,
        owner (who promised it), due_on, done_on (missing where it is not on record), won.
    team : Series
        Team by account_id.

    Returns
    -------
    DataFrame
        what, by (book, period, team, owner), name, due, on_time (done by the day), late (done after
        it), open (not done), share (on time, of what was due), decided and won (win plans whose
        opportunity was decided, and the share of those that was won). Demand counts once, for
        the team of its plan's accounts where that is one.
    """
    if deadlines.empty:
        return pd.DataFrame(columns=KEPT_COLUMNS)
    table = _once(deadlines.assign(team=deadlines["account_id"].map(team)))
    due = table["due_on"]
    half = np.where(due.dt.month <= 6, ", first half", ", second half")
    done, in_time = table["done_on"].notna(), table["done_on"] <= due
    flags = pd.DataFrame(
        {
            "what": table["what"], "due": 1, "on_time": in_time, "late": done & ~in_time,
            "open": ~done, "decided": table["won"].notna(), "won": table["won"].fillna(False),
        }
    )  # fmt: skip
    keys = {
        BOOK: pd.Series(EVERYBODY, table.index, dtype=object),
        PERIOD: due.dt.year.astype("str") + half,
        TEAM: table["team"].fillna(NO_TEAM).astype("str"),
        OWNER: table["owner"].replace("", NOBODY).fillna(NOBODY).astype("str"),
    }
    parts = []
    for by, key in keys.items():
        found = flags.groupby(["what", key.rename("name")]).sum().reset_index()
        parts.append(found.assign(by=by))
    found = pd.concat(parts, ignore_index=True)
    won = found["won"].astype("float64") / found["decided"].where(found["decided"] > 0)
    found = found.assign(share=found["on_time"] / found["due"], won=won.astype("float64"))
    order = {by: place for place, by in enumerate(keys)}
    found = found.assign(place=found["by"].map(order)).sort_values(["what", "place", "name"])
    return found[KEPT_COLUMNS].reset_index(drop=True)


def _once(table: pd.DataFrame) -> pd.DataFrame:
    """Return each demand action once: it is for no account of its plan more than for another."""
    one = ["plan", "what", "name", "owner", "due_on"]
    demand = table[table["what"] == "demand"]
    alike = demand.groupby(one)["team"].transform("nunique") == 1
    demand = demand.assign(team=demand["team"].where(alike)).drop_duplicates(one)
    return pd.concat([table[table["what"] != "demand"], demand], ignore_index=True)
