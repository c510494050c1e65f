"""What was known of an account on the first day of a month, as numbers to adjust for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.names import EXIT_KINDS, exit_kind
from workbench.features.encode import encode, fit_encoder
from workbench.features.hazard_data import HazardData

LATE_MONTHS = 12  # further from the end of a term, the months to it say no more


def known_then(
    rows: pd.DataFrame, data: HazardData, quiet: np.ndarray, washout_months: int
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return what is adjusted for: signals, attributes, groups, tenure, how near the term's end.

    Parameters
    ----------
    rows : DataFrame
        Months at risk; see `workbench.impact.trials.at_risk_months`.
    data : HazardData
        Says which columns are signals, attributes and groups.
    quiet : ndarray of int, shape (row,)
        Months since the last action.
    washout_months : int
        Up to which an action is recent, at least 1.

    Returns
    -------
    values : ndarray, shape (row, covariate)
    names : tuple of str
    """
    to_end = rows["months_to_term_end"].to_numpy("float64")
    # Follow-up begins when the month is over: a term that ended in it has just begun anew.
    to_end = np.where(to_end == 0, rows["term_months"].to_numpy("float64"), to_end)
    to_end = np.where(rows["month_to_month"].to_numpy(bool), LATE_MONTHS, to_end)
    predictors = rows[[*data.signals, *data.attributes, *data.groups]].assign(
        **{
            "tenure (log)": np.log(rows["tenure_months"].to_numpy("float64")),
            "renewal within three months": (to_end <= 3).astype("float64"),
            "renewal within six months": (to_end <= 6).astype("float64"),
            "recently acted upon": (quiet <= washout_months).astype("float64"),
        }
    )
    encoder = fit_encoder(predictors)
    return encode(encoder, predictors), encoder.names


def foretold_exits(rows: pd.DataFrame, ahead: np.ndarray) -> np.ndarray:
    """Return the kind of exit in each month of follow-up, as the running term foretells it.

    Parameters
    ----------
    rows : DataFrame
        Months at risk, with their terms.
    ahead : ndarray of int, shape (month,)
        Months after the row's own, at least 1.

    Returns
    -------
    ndarray of int, shape (row, month)
        Positions among `workbench.core.names.EXIT_KINDS`: an action may move a renewal, and must
        not choose by it what it is compared with.
    """
    length = np.maximum(rows["term_months"].to_numpy("int64"), 1)[:, None]
    monthly = rows["month_to_month"].to_numpy(bool)[:, None]
    left = rows["months_to_term_end"].to_numpy("int64")[:, None] - ahead
    left = np.where(left < 0, left % length, left)
    renews = monthly | (left == 0)
    longest = int(length.max())
    table = np.array(
        [
            [[EXIT_KINDS.index(exit_kind(term, at, free)) for free in (False, True)]
             for at in (False, True)]
            for term in range(longest + 1)
        ]
    )  # fmt: skip
    return table[length, renews.astype(int), monthly.astype(int)]
