"""The comparisons that people make, shown beside the trials for what they get wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.impact.trials import Trials

AS_THEY_ARE, EVER = "acted upon against not, as they are", "ever acted upon against never"


def naive_comparisons(trials: Trials, rows: pd.DataFrame, actions: pd.DataFrame) -> pd.DataFrame:
    """Compare leaving without any care.

    Parameters
    ----------
    trials : Trials
    rows : DataFrame
        Months at risk, from `workbench.impact.trials.at_risk_months`.
    actions : DataFrame
        The canonical table, as known on the as-of date.

    Returns
    -------
    DataFrame
        comparison, endings_acted, endings_not, ratio (of endings a month at risk), low, high (90 %,
        by the counts alone), wrong (what is wrong with it).
    """
    acted = trials.any_treated
    first = _ratio(trials.event[acted].sum(), trials.seen[acted].sum(),
                   trials.event[~acted].sum(), trials.seen[~acted].sum())  # fmt: skip
    ever = rows["account_id"].isin(actions["account_id"]).to_numpy()
    ends = rows["event"].to_numpy(bool)
    second = _ratio(ends[ever].sum(), ever.sum(), ends[~ever].sum(), (~ever).sum())
    table = pd.DataFrame([first, second])
    table.insert(0, "comparison", [AS_THEY_ARE, EVER])
    return table.assign(
        wrong=[
            "Actions go to those at risk, and are blamed for it.",
            "Who stays longer has more time to be acted upon: staying looks like an effect.",
        ]
    )


def _ratio(events: float, months: float, others: float, other_months: float) -> dict[str, float]:
    ratio = (events + 0.5) / max(months, 1) / ((others + 0.5) / max(other_months, 1))
    reach = 1.645 * np.sqrt(1 / (events + 0.5) + 1 / (others + 0.5))
    return {
        "endings_acted": int(events), "endings_not": int(others), "ratio": float(ratio),
        "low": float(ratio * np.exp(-reach)), "high": float(ratio * np.exp(reach)),
    }  # fmt: skip
