"""Leaving by reason as tables: month by month, what each reason costs, by group and account."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label
from workbench.core.intervals import interval
from workbench.core.names import MISSING
from workbench.forecast.leaving.renewals import Outlook
from workbench.forecast.reasons.departures import Departures
from workbench.forecast.reasons.simulated_exits import SimulatedExits

ALL_REASONS = "(all)"


def incidence_table(
    outlook: Outlook, found: Departures, exits: SimulatedExits, prob: float
) -> pd.DataFrame:
    """Tell how much is lost to each reason up to each month to come.

    Parameters
    ----------
    outlook : Outlook
    found : Departures
    exits : SimulatedExits
    prob : float
        Probability inside each equal-tailed interval.

    Returns
    -------
    DataFrame
        month (YYYY-MM), horizon_months, reason (`ALL_REASONS` is their sum), then accounts and arr
        (expected to be lost so far), each with low and high: predictive intervals, which hold the
        chance of each account too.
    """
    arr = outlook.book["arr"].to_numpy(float)
    counted = {"accounts": exits.last.astype(float), "arr": np.broadcast_to(arr, exits.month.shape)}
    reasons = [*found.reasons, ALL_REASONS]
    months = len(outlook.months)
    table = pd.DataFrame(
        {
            "month": np.repeat([month_label(m) for m in outlook.months], len(reasons)),
            "horizon_months": np.repeat(np.arange(1, months + 1), len(reasons)),
            "reason": np.tile(np.asarray(reasons, dtype=object), months),
        }
    )
    draw = np.arange(len(exits.month))[:, None]
    for name, weight in counted.items():
        lost = np.zeros((len(weight), months + 1, len(found.reasons)))
        np.add.at(lost, (draw, exits.month, exits.reason), weight)
        low, high = interval(_with_sum(np.cumsum(lost[:, :-1], axis=1)), prob)
        table[name] = _with_sum(getattr(found, name)).mean(axis=0).ravel()
        table[f"{name}_low"], table[f"{name}_high"] = low.ravel(), high.ravel()
    return table


def bound_table(
    outlook: Outlook, found: Departures, exits: SimulatedExits, prob: float
) -> pd.DataFrame:
    """Tell what each reason costs within the horizon, and what would be kept were it gone.

    Parameters
    ----------
    outlook : Outlook
    found : Departures
        From this outlook.
    exits : SimulatedExits
        From this outlook; the intervals come from them.
    prob : float, between 0 and 1
        Inside the intervals, equal tails.

    Returns
    -------
    DataFrame
        reason, share (of the revenue that is lost), accounts (expected to be lost for it), arr
        with low and high (yearly revenue that leaves for it: nobody can save more against it),
        kept with low and high (what would still be there at the horizon were the reason gone and
        the others not; never more than `arr`, in any draw). Most revenue first.
    """
    arr = outlook.book["arr"].to_numpy(float)
    gain = np.maximum(found.without - outlook.subscription[:, :, -1:], 0.0)
    lost, saved = (
        _by_reason(exits, arr * which, len(found.reasons))
        for which in (_gone(exits, outlook), exits.saved)
    )
    low, high = interval(lost, prob)
    kept_low, kept_high = interval(saved, prob)
    expected = found.arr[:, -1].mean(axis=0)
    table = pd.DataFrame(
        {
            "reason": np.asarray(found.reasons, dtype=object),
            "share": expected / expected.sum(),
            "accounts": found.accounts[:, -1].mean(axis=0),
            "arr": expected,
            "arr_low": low,
            "arr_high": high,
            "kept": np.einsum("dsk,s->k", gain, arr, optimize=True) / len(gain),
            "kept_low": kept_low,
            "kept_high": kept_high,
        }
    )
    return table.sort_values("arr", ascending=False, ignore_index=True)


def group_table(
    outlook: Outlook,
    found: Departures,
    accounts: pd.DataFrame,
    groups: tuple[str, ...],
    prob: float,
) -> pd.DataFrame:
    """Tell for each level of the groups which share of its revenue leaves for which reason.

    Parameters
    ----------
    outlook : Outlook
    found : Departures
        From this outlook.
    accounts : DataFrame
        With account_id and the groups as columns.
    groups : tuple of str
        Account columns; none gives an empty table.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    DataFrame
        grouping, level, revenue (yearly, today), reason, share (of today's revenue, expected to
        be lost for the reason within the horizon), low, high (interval of that expectation).
    """
    arr = outlook.book["arr"].to_numpy(float)
    facts = accounts.set_index("account_id")
    parts = []
    for grouping in groups:
        label = facts[grouping].reindex(outlook.book["account_id"]).astype("str")
        codes, levels = pd.factorize(label.where(label.notna(), MISSING).to_numpy(), sort=True)
        worth = np.bincount(codes, weights=arr)
        lost = np.stack(
            [found.subscription[:, codes == level].transpose(0, 2, 1) @ arr[codes == level]
             for level in range(len(levels))], axis=1,
        )  # fmt: skip
        share = lost / worth[None, :, None]
        low, high = interval(share, prob)
        parts.append(
            pd.DataFrame(
                {
                    "grouping": grouping,
                    "level": np.repeat(levels, len(found.reasons)),
                    "revenue": np.repeat(worth, len(found.reasons)),
                    "reason": np.tile(np.asarray(found.reasons, dtype=object), len(levels)),
                    "share": share.mean(axis=0).ravel(),
                    "low": low.ravel(),
                    "high": high.ravel(),
                }
            )
        )
    columns = ["grouping", "level", "revenue", "reason", "share", "low", "high"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def account_table(
    outlook: Outlook, found: Departures, names: Mapping[str, str], prob: float
) -> pd.DataFrame:
    """Tell for each account how likely it leaves within the horizon, and for which reason.

    Parameters
    ----------
    outlook : Outlook
    found : Departures
        From this outlook.
    names : mapping
        From account_id to name; missing names are replaced by the id.
    prob : float, between 0 and 1
        Inside the interval ``low`` to ``high``, equal tails.

    Returns
    -------
    DataFrame
        account_id, name, arr, reason, probability (of leaving altogether for it), low, high; over
        reasons the probabilities sum to that of leaving.
    """
    low, high = interval(found.account, prob)
    k, n = len(found.reasons), len(outlook.accounts)
    arr = np.bincount(outlook.account_idx, weights=outlook.book["arr"].to_numpy(float))
    table = pd.DataFrame(
        {
            "account_id": np.repeat(outlook.accounts, k),
            "arr": np.repeat(arr, k),
            "reason": np.tile(np.asarray(found.reasons, dtype=object), n),
            "probability": found.account.mean(axis=0).ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
        }
    )
    table.insert(1, "name", [names.get(account, account) for account in table["account_id"]])
    return table


def likeliest_reasons(accounts: pd.DataFrame) -> pd.DataFrame:
    """Tell in one row per account why it would leave, most revenue at stake first.

    Parameters
    ----------
    accounts : DataFrame
        From `account_table`.

    Returns
    -------
    DataFrame
        name, arr, leaving (probability within the horizon), reason (the likeliest), given (its
        share among the reasons, given leaving).
    """
    leaving = accounts.groupby("account_id")["probability"].sum()
    first = accounts.loc[accounts.groupby("account_id")["probability"].idxmax()]
    first = first.assign(leaving=first["account_id"].map(leaving))
    first = first.assign(given=first["probability"] / first["leaving"])
    order = np.argsort(-first["arr"].to_numpy() * first["leaving"].to_numpy(), kind="stable")
    columns = ["name", "arr", "leaving", "reason", "given"]
    return first.iloc[order][columns].reset_index(drop=True)


def _with_sum(values: np.ndarray) -> np.ndarray:
    return np.concatenate([values, values.sum(axis=-1, keepdims=True)], axis=-1)


def _gone(exits: SimulatedExits, outlook: Outlook) -> np.ndarray:
    return exits.month < len(outlook.months)


def _by_reason(exits: SimulatedExits, weight: np.ndarray, reasons: int) -> np.ndarray:
    found = np.zeros((len(weight), reasons))
    np.add.at(found, (np.arange(len(weight))[:, None], exits.reason), weight)
    return found
