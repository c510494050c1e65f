"""Which signals would help an account most, and at which levels they are worth a look."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.plans.planbook.book import Planbook, coded_change

LEVELS = 8  # and the level as things stand
REACH = 0.25  # of the usual width, beyond it
NEGLIGIBLE = 0.01  # of the log-hazard: no lever worth a slider

# Nobody moves these: what happens to the customer, calendars, and what has been decided before.
UNMOVED_GROUP = "firmographic"
UNMOVED = {
    "arr_change_12m", "days_since_survey", "days_to_term_end", "past_renewals",
    "price_change_last_renewal", "products_owned", "renewal_opportunity_open",
    "renewals_lost_12m", "white_space",
}  # fmt: skip


def strongest(book: Planbook, account: str) -> list[str]:
    """Return the signals that would help an account most, the strongest first.

    A signal is judged by how far the log-hazard would fall, on average over the draws, if it went
    to the better end of where the middle nine tenths of the model's rows lie.
    """
    row = book.signals.set_index("account_id").loc[account]
    reach = {}
    for seen in book.support.itertuples():
        name, now = str(seen.signal), float(row[str(seen.signal)])
        if name in UNMOVED or seen.group == UNMOVED_GROUP or np.isnan(now):
            continue
        ends = np.array([seen.q05, seen.q95], float)
        columns, change = coded_change(book, name, np.full(2, now), ends)
        moved = change @ book.inputs.hazard.signal[:, columns].mean(axis=0)
        reach[name] = -float(moved.min())
    ranked = sorted(reach, key=lambda name: -reach[name])
    return [name for name in ranked if reach[name] > NEGLIGIBLE]


def levels_of(seen: pd.Series, now: float, whole: bool) -> np.ndarray:
    """Return the levels of a signal: where it usually lies, a little beyond, and where it stands.

    Parameters
    ----------
    seen : Series
        Row of `Planbook.support`.
    now : float
    whole : bool
        Only whole numbers mean something.

    Returns
    -------
    ndarray, shape (level,)
        Ascending; beyond what the data hold there is none but `now`.

    >>> seen = pd.Series({"low": 0, "q05": 0, "q95": 4, "high": 9})
    >>> levels_of(seen, 2.0, True).tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    """
    beyond = REACH * (seen["q95"] - seen["q05"])
    low, high = max(seen["low"], seen["q05"] - beyond), min(seen["high"], seen["q95"] + beyond)
    found = np.linspace(low, high, LEVELS)
    if whole:
        found = np.unique(np.rint(found))
    near = np.abs(found - now) < 0.02 * max(high - low, 1e-12)
    return np.unique(np.append(found[~near], now))
