"""How each sign did in this book: who showed it before leaving, and who showed it and stayed.

The hazard ratio compares the months at risk with the sign and without it, within kinds of exit (a
term's end by its length, or any other month), so that a sign which shows near renewals earns
nothing by that: the ratio of rates after Mantel and Haenszel, its interval after Greenland and
Robins (1985, Biometrics 41, 55-68, eq. 9).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from workbench.features.hazard_data import HazardData
from workbench.health.signs.panel import Panel
from workbench.health.signs.shown import ShownSign

REACH_MONTHS = 6  # before leaving: a warning that comes earlier is counted as no warning
LOOK_BACK_MONTHS = 12  # the longest lead that is told
RECORD_COLUMNS = [
    "sign", "title", "showing", "known", "leavers", "warned", "recall", "warnings", "false_alarms",
    "lead_median", "lead_low", "lead_high", "hazard_ratio", "ratio_low", "ratio_high", "verdict",
]  # fmt: skip


@dataclass(frozen=True)
class Warned:
    """Counts of warnings, by sign or by any other list of accounts to call.

    Parameters
    ----------
    hits : ndarray of bool, shape (leaver,)
        Of each account that left, whether it was warned of in the months before.
    warnings, false_alarms : int
        Times that a warning began, and those after which the account stayed; only those of which
        it is known.
    leads : ndarray of int
        Months from the first warning, at most `LOOK_BACK_MONTHS` back, to leaving.
    """

    hits: np.ndarray
    warnings: int
    false_alarms: int
    leads: np.ndarray

    @property
    def leavers(self) -> int:
        """Accounts that left."""
        return len(self.hits)

    @property
    def warned(self) -> int:
        """Those of them that were warned of."""
        return int(self.hits.sum())

    @property
    def recall(self) -> float:
        """Share of the leavers that were warned of; missing without leavers."""
        return self.warned / self.leavers if self.leavers else np.nan

    @property
    def false_share(self) -> float:
        """Share of the warnings that were false; missing without warnings."""
        return self.false_alarms / self.warnings if self.warnings else np.nan

    def lead(self, share: float) -> float:
        """Return a quantile of the leads; missing where nobody was warned of.

        Parameters
        ----------
        share : float, 0 to 1
        """
        return float(np.quantile(self.leads, share)) if len(self.leads) else np.nan


def warned(panel: Panel, warning: np.ndarray, known: np.ndarray, last_month: int) -> Warned:
    """Count what warnings were worth.

    Parameters
    ----------
    panel : Panel
    warning : ndarray of bool, shape (account, month)
        Standing at the beginning of each month.
    known : ndarray of bool, shape (account, month)
        Where a warning could have been; who was never known in the months before is not counted.
    last_month : int
        Month number of the last month of which it is known who left.

    Returns
    -------
    Warned
        A warning counts from the month before the one in which the account left, at the latest.
    """
    first = int(panel.months[0])
    hits, leads = [], []
    for account in np.flatnonzero((panel.left >= first) & (panel.left <= last_month)):
        at = int(panel.left[account]) - first  # position of the month of leaving
        near = slice(max(at - REACH_MONTHS, 0), at)
        if not known[account, near].any():
            continue
        hits.append(bool(warning[account, near].any()))
        if hits[-1]:
            back = max(at - LOOK_BACK_MONTHS, 0)
            leads.append(at - back - int(np.argmax(warning[account, back:at])))
    begins = warning.copy()
    begins[:, 1:] &= ~warning[:, :-1]
    account, month = np.nonzero(begins)
    month = month + first
    gone = panel.left[account]
    left_soon = (gone > month) & (gone <= np.minimum(month + REACH_MONTHS, last_month))
    decided = left_soon | (month + REACH_MONTHS <= last_month)
    decided &= (gone < 0) | (gone > month)
    false = int((decided & ~left_soon).sum())
    return Warned(np.array(hits, bool), int(decided.sum()), false, np.array(leads, dtype="int64"))


def rate_ratio(
    exposed: np.ndarray, event: np.ndarray, stratum: np.ndarray, prob: float
) -> tuple[float, float, float]:
    """Return how much more often an event comes with something than without it.

    Parameters
    ----------
    exposed, event : ndarray of bool, shape (row,)
        One row per month at risk.
    stratum : ndarray of int, shape (row,)
        Rates are compared within each.
    prob : float
        Probability inside the interval.

    Returns
    -------
    ratio, low, high : float
        Missing where one side has no event.
    """
    n = int(stratum.max(initial=-1)) + 1
    with_it, without = (np.bincount(stratum[own], minlength=n) for own in (exposed, ~exposed))
    hit, missed = (np.bincount(stratum[own & event], minlength=n) for own in (exposed, ~exposed))
    total = np.maximum(with_it + without, 1)
    up, down = (hit * without / total).sum(), (missed * with_it / total).sum()
    if not up or not down:
        return np.nan, np.nan, np.nan
    spread = ((hit + missed) * with_it * without / total**2).sum() / (up * down)
    reach = norm.ppf(0.5 + prob / 2) * np.sqrt(spread)
    ratio = up / down
    return float(ratio), float(ratio * np.exp(-reach)), float(ratio * np.exp(reach))


def record_table(
    panel: Panel, shown: Sequence[ShownSign], data: HazardData, prob: float
) -> pd.DataFrame:
    """Tell how each sign did in this book.

    Parameters
    ----------
    panel : Panel
    shown : sequence of ShownSign
    data : HazardData
        That the panel was read from.
    prob : float
        Probability inside the interval of the hazard ratio.

    Returns
    -------
    DataFrame
        One row per sign: sign, title, showing and known (accounts, today), leavers and warned
        (accounts, in all months on record), recall (share), warnings (times it began), false_alarms
        (share of them after which the account was still there `REACH_MONTHS` later), lead_median,
        lead_low and lead_high (quartiles, months), hazard_ratio, ratio_low, ratio_high, verdict.
    """
    rows = [_row(panel, one, data, prob) for one in shown]
    return pd.DataFrame(rows, columns=RECORD_COLUMNS)


def _row(panel: Panel, one: ShownSign, data: HazardData, prob: float) -> tuple[object, ...]:
    count = warned(panel, one.shown, one.known, data.window.last_month)
    ratio = _hazard_ratio(panel, one, data.rows, prob)
    return (
        one.name, one.sign.title, int(one.shown[:, -1].sum()), int(one.known[:, -1].sum()),
        count.leavers, count.warned, count.recall, count.warnings, count.false_share,
        count.lead(0.5), count.lead(0.25), count.lead(0.75), *ratio, _verdict(one, count, ratio),
    )  # fmt: skip


def _hazard_ratio(
    panel: Panel, one: ShownSign, rows: pd.DataFrame, prob: float
) -> tuple[float, float, float]:
    seen = rows[rows["observed"]]
    at = pd.Index(panel.accounts).get_indexer(seen["account_id"])
    month = seen["month"].to_numpy() - panel.months[0]
    own = one.known[at, month]
    stratum, _ = pd.factorize(seen["exit_kind"])
    event = seen["event"].to_numpy(bool)
    return rate_ratio(one.shown[at, month][own], event[own], stratum[own], prob)


def _verdict(one: ShownSign, count: Warned, ratio: tuple[float, float, float]) -> str:
    if one.off:
        return one.off
    if not one.shown.any():
        return "Nobody has shown it yet."
    if np.isnan(ratio[0]):
        return "Too few endings to tell."
    ratio_text = f"{ratio[0]:.2g} times as often ({ratio[1]:.2g} to {ratio[2]:.2g})"
    if ratio[1] > 1:
        return f"Tells here: with it contracts end {ratio_text}."
    if ratio[2] < 1:
        return f"Points the other way here: with it contracts end {ratio_text}."
    return f"Tells nothing here: with it contracts end {ratio_text}."
