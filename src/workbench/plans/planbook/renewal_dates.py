"""When subscriptions and accounts renew next."""

from __future__ import annotations

import numpy as np

from workbench.forecast.simulation.lines import Lines
from workbench.plans.planbook.book import Planbook


def next_renewal(lines: Lines, month_idx: int, months: int) -> np.ndarray:
    """Return the month of each line's first renewal in a month or later; that month if monthly.

    Parameters
    ----------
    lines : Lines
    month_idx : int
        Position among the months to come, from 0.
    months : int
        How many there are.

    Returns
    -------
    ndarray of int, shape (line,)
        `months` where none falls into the horizon.
    """
    lines = lines.at_risk  # a renewal that is signed is no lever's any more
    late = np.maximum(month_idx - lines.months_to_end, 0)
    due = lines.months_to_end + -(-late // lines.term_months) * lines.term_months
    return np.minimum(np.where(lines.term_group == 0, month_idx, due), months)


def account_due(lines: Lines, months: int) -> np.ndarray:
    """Return the position of the month of each account's next renewal, the last where none is."""
    due = np.minimum.reduceat(next_renewal(lines, 0, months), lines.begin[:-1])
    return np.minimum(due, months - 1)


def renewal_month(book: Planbook, account_id: str) -> str:
    """Return the month of an account's next renewal; empty where the forecast holds none."""
    own = book.lines.take(book.lines_of([account_id])).at_risk
    ends = own.months_to_end[own.term_group > 0]
    return book.months[ends.min()] if len(ends) and ends.min() < book.inputs.months else ""
