"""Revenue at risk: one rule for every report and for plans.

A line counts at its own next renewal, a month-to-month line in the month to come: at risk is its
yearly revenue today times the probability that it no longer runs after that month. The lines of an
account are added up: of two products one may be lost and the other kept. What a customer has given
notice of is lost.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.forecast.revenue.contract_value import NextContract
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.lines import Lines

LINES_AT_ONCE = 100  # what is held beside each other: draws x lines x months until the last renewal


def at_risk(worth: np.ndarray, stays: np.ndarray) -> np.ndarray:
    """Return the revenue at risk of lines.

    Parameters
    ----------
    worth : ndarray, shape (line,)
        Yearly revenue today.
    stays : ndarray, shape (line,) or (draw, line)
        Probability that the line still runs after its next renewal.

    Returns
    -------
    ndarray, shape as ``stays``

    Examples
    --------
    >>> at_risk(np.array([100.0, 50.0]), np.array([0.75, 1.0])).tolist()
    [25.0, 0.0]
    """
    return worth * (1 - stays)


def stays_after_renewal(inputs: ForecastInputs, lines: Lines, survived: np.ndarray) -> np.ndarray:
    """Return the probability that each line still runs after its own next renewal, in closed form.

    A line whose notice is given will not be renewed.

    Parameters
    ----------
    inputs : ForecastInputs
        A renewal may lie beyond its months.
    lines : Lines
    survived : ndarray, shape (draw, line)
        See `workbench.forecast.growth.holdings.Past.of`.

    Returns
    -------
    ndarray, shape (draw, line)
    """
    stays = np.empty((len(inputs), len(lines)))
    for start in range(0, len(lines), LINES_AT_ONCE):
        where = slice(start, start + LINES_AT_ONCE)
        some = lines.take(where)
        ahead = replace(inputs, months=int(some.months_to_end.max()) + 1)
        group = ahead.group(some, survived[:, where], np.zeros((len(some), 1), "int64"))
        contract = NextContract(ahead, group)
        stays[:, where] = contract.renews(contract.standing)
    stays[:, lines.gone_from >= 0] = 0.0
    return stays


def account_risk(lines: Lines, stays: np.ndarray) -> pd.DataFrame:
    """Add up the lines of each account.

    Parameters
    ----------
    lines : Lines
        Whole accounts.
    stays : ndarray, shape (line,)
        Probability that each line still runs after its next renewal.

    Returns
    -------
    DataFrame
        account_id, worth (cents of yearly revenue today), at_risk (cents), renews (share of the
        revenue that is expected to renew; of the lines where they are worth nothing), in the
        lines' order.
    """
    begin = lines.begin[:-1]
    worth = np.add.reduceat(lines.cents.astype(float), begin)
    risk = np.add.reduceat(at_risk(lines.cents.astype(float), stays), begin)
    plain = np.add.reduceat(stays, begin) / np.diff(lines.begin)
    renews = np.divide(worth - risk, worth, out=plain, where=worth > 0)
    return pd.DataFrame(
        {"account_id": lines.accounts, "worth": worth, "at_risk": risk, "renews": renews}
    )
