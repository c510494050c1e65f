"""Where a line stands: the log of its yearly revenue less what is usual in its segment.

Small contracts grow and large ones shrink where sizes return to what is usual, so what happens next
hangs on it. It is 0 where nothing is known of the revenue.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.features.design import Coding

SEGMENT = "segment"
_LEAN = 20.0  # subscriptions' worth of months by which a segment leans on the whole book


def usual_position(coding: Coding, group_idx: np.ndarray) -> np.ndarray:
    """Return whose usual revenue counts for each row: the position among the flat levels.

    Parameters
    ----------
    coding : Coding
    group_idx : ndarray of int, shape (row, grouping)
        Positions among the flat levels; see `workbench.features.design.Design`.

    Returns
    -------
    ndarray of int, shape (row,)
        Of the segment; their number for a row without one, and where the book has none.
    """
    if SEGMENT in coding.groupings:
        return group_idx[:, coding.groupings.index(SEGMENT)]
    return np.full(len(group_idx), len(coding.flat_levels))


def usual_revenue(log_worth: np.ndarray, position: np.ndarray, levels: int) -> np.ndarray:
    """Return the mean of the logs of yearly revenue by level, of the whole book in the last place.

    Parameters
    ----------
    log_worth : ndarray, shape (row,)
        Of lines in months at risk; missing where nothing is paid.
    position : ndarray of int, shape (row,)
        From `usual_position`.
    levels : int
        How many flat levels there are.

    Returns
    -------
    ndarray, shape (level + 1,)
        A level of few rows leans on the whole book.
    """
    known = np.isfinite(log_worth)
    whole = float(log_worth[known].mean()) if known.any() else 0.0
    count = np.bincount(position[known], minlength=levels + 1) / 12
    total = np.bincount(position[known], log_worth[known] - whole, minlength=levels + 1) / 12
    usual = whole + total / (count + _LEAN)
    usual[levels] = whole
    return usual


def worth_before(rows: pd.DataFrame, moved: pd.DataFrame) -> np.ndarray:
    """Return what each line pays a year at the beginning of the month, in cents.

    Parameters
    ----------
    rows : DataFrame
        line_id and month.
    moved : DataFrame
        All movements, in order of months: line_id or, where it differs, of_line; month, cents.

    Returns
    -------
    ndarray, shape (row,)
        0 where nothing is on record.
    """
    by_month = moved.groupby(["of_line", "month"], as_index=False)["cents"].sum()
    by_month["held"] = by_month.groupby("of_line")["cents"].cumsum()
    asked = rows[["line_id", "month"]].astype({"month": "int64"})
    asked = asked.assign(place=np.arange(len(asked))).sort_values("month", kind="stable")
    known = by_month.rename(columns={"of_line": "line_id"}).astype({"month": "int64"})
    found = pd.merge_asof(
        asked,
        known[["line_id", "month", "held"]].sort_values("month", kind="stable"),
        on="month",
        by="line_id",
        allow_exact_matches=False,
    )
    held = np.zeros(len(asked))
    held[found["place"].to_numpy()] = found["held"].fillna(0.0).to_numpy()
    return held
