"""Who would have been warned of, at a stated number of alerts a month: the score and its rivals.

Every list warns of the same number of customers each month, so none looks good by warning of
everybody. Recall, false alarms and lead are counted as those of the signs
(`workbench.health.signs.record`). Rivals: last quarter's fall in use, a score of equal weights as
vendors ship it, and the account manager's own call where it is on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.core.calendar import month_start
from workbench.core.intervals import interval
from workbench.data.book import Book
from workbench.features.human_forecast import human_forecast
from workbench.health.signs.panel import Panel
from workbench.health.signs.record import warned
from workbench.health.track.origins import Origins

MODEL, USAGE, WEIGHTED, MANAGER = (
    "strength", "fall in use, last quarter", "equal weights", "account manager's call",
)  # fmt: skip
# Use, tickets, survey and payment, each with the direction that is healthy.
WEIGHTS = {
    "consumption_3m": 1, "severe_tickets_3m": -1, "nps_latest": 1, "mean_days_late_6m": -1,
}  # fmt: skip
COLUMNS = [
    "list", "alerts", "leavers", "warned", "recall", "warnings", "false_alarms", "lead_median",
    "lead_low", "lead_high", "ahead", "ahead_low", "ahead_high",
]  # fmt: skip
_RESAMPLES = 2000


def health_lists(origins: Origins, panel: Panel, book: Book) -> dict[str, np.ndarray]:
    """Return how healthy each list takes each customer to be, in every month that was scored.

    Parameters
    ----------
    origins : Origins
    panel : Panel
        Of the months that were scored, see `scored_part`, with the signals of `WEIGHTS` that the
        book has.
    book : Book
        Where the account managers' calls are on record.

    Returns
    -------
    dict of ndarray, shape (account, month)
        By list; lists without data are left out. Missing is neither good nor bad.
    """
    found = {MODEL: _laid_out(panel, origins.accounts, "strength")}
    use = panel.signals.get("consumption_3m")
    if use is not None:
        change = np.full(use.shape, np.nan)
        change[:, 3:] = use[:, 3:] - use[:, :-3]
        found[USAGE] = change
    there = [sign * panel.signals[name] for name, sign in WEIGHTS.items() if name in panel.signals]
    if there:
        ranked = [_ranks(np.where(panel.customer, values, np.nan)) for values in there]
        found[WEIGHTED] = np.mean([np.nan_to_num(rank, nan=0.5) for rank in ranked], axis=0)
    called = _manager_calls(book, panel)
    if not np.isnan(called).all():
        found[MANAGER] = called
    return found


def scored_part(panel: Panel, months: np.ndarray) -> Panel:
    """Return the panel of the months that were scored, without those before.

    Parameters
    ----------
    panel : Panel
    months : ndarray of int
        Month numbers without a hole, all in the panel.
    """
    part = slice(int(months[0] - panel.months[0]), int(months[-1] - panel.months[0]) + 1)
    signals = {name: values[:, part] for name, values in panel.signals.items()}
    return replace(
        panel, months=panel.months[part], customer=panel.customer[:, part], signals=signals
    )


def alert_table(
    lists: Mapping[str, np.ndarray], panel: Panel, per_month: int, final_month: int, prob: float
) -> pd.DataFrame:
    """Count what each list would have been worth.

    Parameters
    ----------
    lists : mapping of str to ndarray, shape (account, month)
        From `health_lists`; the score itself among them.
    panel : Panel
        Of the same months.
    per_month : int
        Customers that are warned of each month.
    final_month : int
        Number of the last month of which it is settled who left.
    prob : float
        Probability inside the interval of the lead over the score's recall.

    Returns
    -------
    DataFrame
        One row per list: list, alerts (a month), leavers, warned, recall, warnings, false_alarms
        (share), lead_median, lead_low, lead_high (quartiles, months), and ahead: by how much the
        score's recall exceeds the list's, with the interval over resampled leavers.
    """
    chosen = {name: _lowest(values, panel, per_month) for name, values in lists.items()}
    counts = {
        name: warned(panel, warning, panel.customer, final_month)
        for name, warning in chosen.items()
    }
    rows = []
    for name, count in counts.items():
        ahead = (np.nan,) * 3
        if name != MODEL:
            ahead = _ahead(counts[MODEL].hits, count.hits, prob)
        rows.append(
            (name, per_month, count.leavers, count.warned, count.recall, count.warnings,
             count.false_share, count.lead(0.5), count.lead(0.25), count.lead(0.75), *ahead)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _lowest(values: np.ndarray, panel: Panel, per_month: int) -> np.ndarray:
    """Return the customers of least health in every month; equal ones in the order of a key."""
    middle = np.nanmedian(np.where(panel.customer, values, np.nan))
    known = np.where(np.isnan(values), middle, values)
    key = np.random.default_rng(0).permutation(len(values))  # none by name or age
    out = np.zeros(values.shape, bool)
    for month in range(values.shape[1]):
        there = np.flatnonzero(panel.customer[:, month])
        order = np.lexsort((key[there], known[there, month]))
        out[there[order[:per_month]], month] = True
    return out


def _ahead(model: np.ndarray, rival: np.ndarray, prob: float) -> tuple[float, float, float]:
    if not len(model):
        return np.nan, np.nan, np.nan
    gain = model.astype(float) - rival
    rng = np.random.default_rng(0)
    means = gain[rng.integers(0, len(gain), (_RESAMPLES, len(gain)))].mean(axis=1)
    low, high = interval(means, prob)
    return float(gain.mean()), float(low), float(high)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return each value's place among those of its month, 0 to 1."""
    frame = pd.DataFrame(values)
    return ((frame.rank() - 0.5) / frame.notna().sum()).to_numpy()


def _laid_out(panel: Panel, table: pd.DataFrame, name: str) -> np.ndarray:
    out = np.full(panel.customer.shape, np.nan)
    row = pd.Index(panel.accounts).get_indexer(table["account_id"])
    own = row >= 0
    out[row[own], (table["month"].to_numpy() - panel.months[0])[own]] = table[name][own]
    return out


def _manager_calls(book: Book, panel: Panel) -> np.ndarray:
    calls = [human_forecast(book, month_start(month)) for month in panel.months]
    return np.column_stack([call.reindex(panel.accounts).to_numpy(float) for call in calls])
