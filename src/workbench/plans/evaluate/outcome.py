"""What becomes of a plan's accounts, month by month and draw by draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.intervals import interval


@dataclass(frozen=True)
class Outcome:
    """The future of some accounts under a plan, or as things stand.

    Parameters
    ----------
    name : str
        Of the plan.
    accounts : ndarray of str, shape (account,)
    opening : int
        Cents of yearly revenue on the as-of date.
    arr : ndarray of int64, shape (draw, month)
        Cents of yearly revenue of all these accounts at each month's end.
    flow : ndarray of int64, shape (draw, month, movement)
        Signed cents, in the order of `forecast.growth.movements.KINDS`.
    expected : ndarray, shape (account, month)
        Mean cents by account.
    stays : ndarray of float32, shape (draw, month)
        Share of the accounts that still have any of today's subscriptions: for one account, the
        probability that it is still a customer, its own random numbers integrated out.
    renews : ndarray of float32, shape (draw,)
        The same after the month of each account's next renewal (a month-to-month account's: after
        the first month). The baseline's dates are taken: a plan that moves the date is judged on
        the same day.
    account_stays : ndarray, shape (account, month)
        Mean over the draws.
    due : ndarray of int, shape (account,)
        Position of that month; the horizon's last month where no renewal falls into it.
    hours, cost : float
        What the plan takes.
    """

    name: str
    accounts: np.ndarray
    opening: int
    arr: np.ndarray
    flow: np.ndarray
    expected: np.ndarray
    stays: np.ndarray
    renews: np.ndarray
    account_stays: np.ndarray
    due: np.ndarray
    hours: float = 0.0
    cost: float = 0.0


def money_table(
    names: Sequence[str], rows: Sequence[dict[str, np.ndarray]], months: list[str]
) -> pd.DataFrame:
    """Return month by month what outcomes are worth.

    Parameters
    ----------
    names : sequence of str
        Of the outcomes.
    rows : sequence of dict
        What `by_month` says of each.
    months : list of str
        Months to come, as ``2026-03``.

    Returns
    -------
    DataFrame
        plan, month, horizon_months, arr, arr_low, arr_high (predictive), stays, stays_low,
        stays_high, nrr; one outcome after the other.
    """
    # One table from whole columns: tables put together one by one cost most of a slider's time.
    return pd.DataFrame(
        {
            "plan": np.repeat(names, len(months)),
            "month": months * len(names),
            "horizon_months": np.tile(np.arange(1, len(months) + 1), len(names)),
            **{name: np.concatenate([part[name] for part in rows]) for name in rows[0]},
        }
    )


def by_month(outcome: Outcome, prob: float) -> dict[str, np.ndarray]:
    """Return what an outcome is worth in each month to come.

    Parameters
    ----------
    outcome : Outcome
    prob : float
        Probability inside the intervals, between 0 and 1.

    Returns
    -------
    dict of str to ndarray
        Columns of `money_table`, of shape (month,).
    """
    found: dict[str, np.ndarray] = {}
    for name, values in (("arr", outcome.arr / 100), ("stays", outcome.stays)):
        low, high = interval(values, prob)
        found |= {name: values.mean(axis=0), f"{name}_low": low, f"{name}_high": high}
    return found | {"nrr": found["arr"] * 100 / (outcome.opening or np.nan)}
