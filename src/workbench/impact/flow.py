"""Who was compared: how many months could begin a trial, and how follow-up ended, by arm."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.impact.trials import Trials

ACTED, IDLE = "with an action", "without an action"


def trial_flow(trials: Trials, months: Trials, last_month: int) -> pd.DataFrame:
    """Count trials and how they ended (items 8, 10 and 12 of TARGET, Cashin et al. 2025).

    Parameters
    ----------
    trials : Trials
        Those that began.
    months : Trials
        Every month at risk that had a next one.
    last_month : int
        Month number of the last month on record.

    Returns
    -------
    DataFrame
        One row per arm: arm, assessed (months at risk of all), trials, accounts, months_followed
        (on average), and the shares of trials that ended by leaving, next_action or record_end,
        or reached the horizon.
    """
    acted = trials.any_treated
    rows = [
        {"arm": arm, "assessed": len(months.table), **_arm(trials.take(own), last_month)}
        for arm, own in ((ACTED, acted), (IDLE, ~acted))
    ]
    return pd.DataFrame(rows)


def _arm(trials: Trials, last_month: int) -> dict[str, float]:
    followed = trials.seen.sum(axis=1)
    left = trials.event.any(axis=1)
    reached = trials.seen.all(axis=1) & ~left
    open_end = ~left & ~reached
    at_the_end = trials.table["month"].to_numpy() + followed >= last_month
    return {
        "trials": len(trials.table),
        "accounts": trials.table["account_id"].nunique(),
        "months_followed": float(followed.mean()),
        "leaving": float(left.mean()),
        "next_action": float(np.mean(open_end & ~at_the_end)),
        "record_end": float(np.mean(open_end & at_the_end)),
        "reached": float(reached.mean()),
    }
