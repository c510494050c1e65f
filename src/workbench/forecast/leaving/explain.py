"""Why this subscription: what each driver adds to its log-hazard, against the book's average.

The log-hazard of the model is a sum, so it comes apart without remainder. In a draw, driver k adds

    c_ik = sum_j b_j f^lead (x_ij - mean over the book of x_j)

to subscription i, over the columns j that stem from k, with f the fade for signals and 1 for all
else. The c_ik sum to its log-hazard less the book's mean log-hazard. A quarter's shock is the same
for all and drops out; the frailty, which stands for what is not measured, is not part of it. For
a linear predictor with columns taken as independent these are the Shapley values (Štrumbelj &
Kononenko 2014, Knowledge and Information Systems 41, 647-665).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label
from workbench.core.intervals import interval
from workbench.features.design import Design
from workbench.features.encode import Encoder
from workbench.features.signals.catalogue import SIGNALS
from workbench.forecast.leaving.renewals import Outlook
from workbench.forecast.posterior.survival import Draws

TERM = "term and renewal date"
TENURE = "tenure"
CONTRACT = "contract"
FIRMOGRAPHIC = "firmographic"
METRICS = "product"  # where `features.signals.metrics` files whatever else a team tracks
DRIVER, GROUP, TOTAL, CUSTOMER = "driver", "group", "total", "customer"
SUBSCRIPTIONS_AT_ONCE = 50  # some 10 MB at a time

_GROUP_OF = {signal.name: signal.group for signal in SIGNALS}


@dataclass(frozen=True)
class Driver:
    """One signal, attribute or property of the contract, with all columns that stem from it.

    Parameters
    ----------
    name, group : str
        The group is sales, service, operations, product, finance, people, firmographic or contract.
    effect : ndarray, shape (draw, column)
        On the log-hazard, faded to the month that is explained.
    value : ndarray, shape (subscription, column)
        Less the book's mean.
    """

    name: str
    group: str
    effect: np.ndarray
    value: np.ndarray

    def contribution(self, which: slice = slice(None)) -> np.ndarray:
        """Return what it adds to the log-hazard, shape (draw, subscription); zero on average.

        Parameters
        ----------
        which : slice
            Of the subscriptions; all unless given.
        """
        return (self.value[which] @ self.effect.T).T


def drivers_at(draws: Draws, future: Design, horizon: int = 1) -> tuple[Driver, ...]:
    """Take the log-hazard of one month to come apart.

    Parameters
    ----------
    draws : Draws
    future : Design
        The same number of months for every subscription, in order.
    horizon : int
        Which of those months, from 1.

    Returns
    -------
    tuple of Driver
        Contract first, then attributes and groupings, then signals. Texts count as one driver over
        all their levels, an indicator of missing values as part of what is missing.
    """
    row = _rows_at(future, horizon)
    cell = future.cell_idx[row]
    coding = future.coding
    # All subscriptions are this many months away from the signals' reading.
    faded = draws.signal * draws.fade[:, None] ** future.lead_months[row[0]]
    parts = [
        (TERM, CONTRACT, *_levels(draws.exit, future.cell_exit_idx[cell])),
        (TENURE, CONTRACT, *_levels(draws.tenure, future.cell_tenure[cell])),
        *(
            (name, FIRMOGRAPHIC, draws.attribute[:, own], future.attribute_value[:, own])
            for name, own in sources(coding.attributes).items()
        ),
        *(
            (name, FIRMOGRAPHIC, *_levels(draws.group, positions))
            for name, positions in zip(coding.groupings, future.group_idx.T, strict=True)
        ),
        *(
            (name, group_of(name), faded[:, own], future.signal_value[row][:, own])
            for name, own in sources(coding.signals).items()
        ),
    ]
    found: dict[tuple[str, str], list[tuple[np.ndarray, np.ndarray]]] = {}
    for name, group, effect, value in parts:
        found.setdefault((name, group), []).append((effect, value - value.mean(axis=0)))
    return tuple(
        Driver(*key, *(np.concatenate(arrays, axis=1) for arrays in zip(*pairs, strict=True)))
        for key, pairs in found.items()
    )


def contribution_table(
    draws: Draws, future: Design, rows: pd.DataFrame, horizons: Sequence[int], prob: float
) -> pd.DataFrame:
    """Tell for each subscription what each driver and group adds to its log-hazard.

    Parameters
    ----------
    draws : Draws
    future : Design
    rows : DataFrame
        The future rows that `future` was built from.
    horizons : sequence of int
        Months to explain, from 1; each against the book's average in the same month.
    prob : float
        Probability inside each equal-tailed interval.

    Returns
    -------
    DataFrame
        account_id, subscription_id, month (YYYY-MM), level (driver, group, total, or customer: the
        total without the contract, which compares with an average customer at the same point of
        the same contract), driver (empty for a group), group (empty for both sums), contribution
        (mean over the draws; its exponential is the factor on the hazard), low, high. Drivers sum
        to their groups and groups to the total in every draw, hence in the means, though not in
        the ends of the intervals. It says what goes with leaving, not what causes it.
    """
    parts = []
    for horizon in horizons:
        drivers = drivers_at(draws, future, horizon)
        lines = _lines(drivers)
        ids = rows.iloc[_rows_at(future, horizon)][["account_id", "subscription_id", "month"]]
        for which, values in _values(drivers, lines, len(ids)):
            parts.append(_summarised(ids[which], lines, values, prob))
    return pd.concat(parts, ignore_index=True)


def most_at_stake(outlook: Outlook, due: pd.DataFrame) -> tuple[str, int]:
    """Choose the subscription with most revenue at stake, and the month in which to explain it.

    Parameters
    ----------
    outlook : Outlook
    due : DataFrame
        From `workbench.forecast.leaving.due.renewals_due`, most at risk first.

    Returns
    -------
    str, int
        subscription_id and horizon: the first renewal due, in the month in which it falls due;
        where none is due, the largest loss expected by the horizon, in the first month.
    """
    if len(due):
        labels = [month_label(month) for month in outlook.months]
        return str(due["subscription_id"].iloc[0]), labels.index(due["due"].iloc[0]) + 1
    loss = outlook.book["arr"] * (1 - outlook.subscription[:, :, -1].mean(axis=0))
    return str(outlook.book["subscription_id"].iloc[int(loss.argmax())]), 1


def _rows_at(future: Design, horizon: int) -> np.ndarray:
    return future.row_start + horizon - 1


def _levels(effect: np.ndarray, position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return effects by position as effects and indicators of the positions that occur."""
    used, position = np.unique(position, return_inverse=True)
    return effect[:, used], np.eye(len(used))[position]


def group_of(signal: str) -> str:
    """Return which side of the house a signal belongs to.

    Parameters
    ----------
    signal : str
        Name; one that is none of the known signals counts as a metric.

    Examples
    --------
    >>> group_of("nps_latest")
    'service'
    """
    return _GROUP_OF.get(signal, METRICS)


def sources(encoder: Encoder) -> dict[str, list[int]]:
    """Return the positions of the columns that stem from each source.

    Parameters
    ----------
    encoder : Encoder
        Of the signals or of the attributes.
    """
    found: dict[str, list[int]] = {}
    for position, column in enumerate(encoder.columns):
        found.setdefault(column.source, []).append(position)
    return found


def _lines(drivers: Sequence[Driver]) -> pd.DataFrame:
    """Return the lines of one subscription: its total, its groups, its drivers."""
    groups = dict.fromkeys(driver.group for driver in drivers)
    lines = [(TOTAL, "", ""), (CUSTOMER, "", ""), *((GROUP, "", group) for group in groups)]
    lines += [(DRIVER, driver.name, driver.group) for driver in drivers]
    return pd.DataFrame(lines, columns=["level", "driver", "group"])


def _values(
    drivers: Sequence[Driver], lines: pd.DataFrame, subscriptions: int
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield what every line adds, shape (line, subscription, draw), some subscriptions at once."""
    groups = list(lines.loc[lines["level"] == GROUP, "group"])
    members = [[i for i, d in enumerate(drivers) if d.group == group] for group in groups]
    for start in range(0, subscriptions, SUBSCRIPTIONS_AT_ONCE):
        which = slice(start, start + SUBSCRIPTIONS_AT_ONCE)
        single = np.stack([driver.contribution(which).T for driver in drivers])
        grouped = np.stack([single[own].sum(axis=0) for own in members])
        total = grouped.sum(axis=0)
        customer = total - grouped[groups.index(CONTRACT)]
        yield which, np.concatenate([total[None], customer[None], grouped, single])


def _summarised(
    ids: pd.DataFrame, lines: pd.DataFrame, values: np.ndarray, prob: float
) -> pd.DataFrame:
    # Draws last and sorted: quantiles are then found in half the time.
    ordered = np.sort(values, axis=2)
    low, high = interval(ordered, prob, axis=2)
    of, line = np.divmod(np.arange(len(ids) * len(lines)), len(lines))
    table = ids.iloc[of].reset_index(drop=True)
    table["month"] = [month_label(month) for month in table["month"]]
    table = pd.concat([table, lines.iloc[line].reset_index(drop=True)], axis=1)
    numbers = {"contribution": values.mean(axis=2), "low": low, "high": high}
    return table.assign(**{name: number.T.ravel() for name, number in numbers.items()})
