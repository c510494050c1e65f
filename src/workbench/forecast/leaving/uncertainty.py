"""What makes the book's interval as wide as it is: shocks to come, parameters, or luck.

By the law of total variance, of what is left of the book after a month,

    variance = luck (mean over the draws of the variance given shocks and parameters)
             + shocks (what the spread of the mean loses when no shock to come is drawn)
             + parameters (what is left: effects, and the shocks so far).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.features.design import Design
from workbench.forecast.leaving.renewals import Outlook
from workbench.forecast.posterior.survival import Draws, survival

PARTS = ("shocks", "parameters", "luck")
_MOST_DRAWS = 250


def uncertainty_table(
    outlook: Outlook,
    draws: Draws,
    designs: tuple[Design, Design],
    known: tuple[np.ndarray | None, np.ndarray | None] = (None, None),
) -> pd.DataFrame:
    """Split the variance of accounts and revenue that are left, month by month.

    Parameters
    ----------
    outlook : Outlook
        Of these draws.
    draws : Draws
    designs : tuple of Design
        At-risk rows so far and months to come, as `workbench.forecast.leaving.renewals.look_ahead`
        took them.
    known : tuple of ndarray of bool or None
        Rows of the months to come that are sure to be survived, and those that are sure not to be.

    Returns
    -------
    DataFrame
        kept (``accounts`` or ``arr``), horizon_months, sd (of what is left), and the shares of its
        variance that are due to `PARTS`, which sum to 1; missing where nothing varies.
    """
    every = slice(None, None, -(-len(draws) // _MOST_DRAWS))
    months = len(outlook.months)
    # Of shocks to come, every draw now has what is left of those so far.
    calm = survival(draws.take(every), *designs, None, *known)[:, :, :months]
    varied, held = outlook.subscription[every], outlook.of_subscriptions(calm)
    worth = outlook.book["arr"].to_numpy("float64")
    parts = {
        "accounts": (outlook.of_subscriptions(varied).account(), held.account(), 1.0),
        "arr": (varied, calm, worth[:, None]),
    }
    tables = []
    for kept, (chance, without, weight) in parts.items():
        by_chance = (weight**2 * chance * (1 - chance)).sum(axis=1).mean(axis=0)
        mean = (weight * chance).sum(axis=1).var(axis=0)
        fixed = np.minimum((weight * without).sum(axis=1).var(axis=0), mean)
        total = by_chance + mean
        share = np.stack([mean - fixed, fixed, by_chance]) / np.where(total > 0, total, np.nan)
        shares = dict(zip(PARTS, share, strict=True))
        horizon = np.arange(1, months + 1)
        tables.append(
            pd.DataFrame({"kept": kept, "horizon_months": horizon, "sd": np.sqrt(total)} | shares)
        )
    return pd.concat(tables, ignore_index=True)


def uncertainty_text(table: pd.DataFrame, months: int = 12) -> str:
    """Say what makes the interval of the revenue that is left.

    Parameters
    ----------
    table : DataFrame
        From `uncertainty_table`.
    months : int
        The month to speak of; the last one where the table does not reach it.

    Returns
    -------
    str
        One sentence; empty where nothing varies.
    """
    of_revenue = table[(table["kept"] == "arr") & (table["horizon_months"] <= months)].iloc[-1]
    if not np.isfinite(of_revenue[list(PARTS)].astype(float)).all():
        return ""
    shocks, parameters, by_chance = (of_revenue[part] for part in PARTS)
    return (
        f"What makes the revenue left after {of_revenue['horizon_months']:.0f} months uncertain "
        f"(shares of its variance): times that turn good or bad for many at once {shocks:.0%}, "
        f"what the history does not tell of the rates {parameters:.0%}, and who happens to leave "
        f"{by_chance:.0%}."
    )
