"""Values over the months before a month: the last, the highest, the sum so far."""

from __future__ import annotations

from typing import Any

import ibis


def last(value: Any, months: int) -> Any:
    """Sum over the last so many months; missing where no bucket has a value.

    Parameters
    ----------
    value : ibis expression
        A whole number of each month.
    months : int
        How many months, the month of reading included.

    Returns
    -------
    ibis expression
        A whole number.
    """
    return value.sum().over(_window(months)).cast("int64")


def highest(value: Any, months: int | None = None) -> Any:
    """Return the maximum over the last so many months, or over all that is known.

    Parameters
    ----------
    value : ibis expression
        A number of each month.
    months : int, optional
        How many months, the month of reading included; left out, all so far.

    Returns
    -------
    ibis expression
        Of the type of `value`; missing where no month has one.
    """
    return value.max().over(_window(months))


def so_far(value: Any) -> Any:
    """Sum over all that is known.

    Parameters
    ----------
    value : ibis expression
        A whole number of each month.

    Returns
    -------
    ibis expression
        A whole number, from the first month of the grid to that of reading.
    """
    return value.sum().over(_window(None)).cast("int64")


def before(value: Any, months: int) -> Any:
    """Return the value so many months earlier.

    Parameters
    ----------
    value : ibis expression
        Of each month.
    months : int
        How many rows of the account back; the grid has one per month.

    Returns
    -------
    ibis expression
        Missing in the first months of the grid.
    """
    return value.lag(months).over(ibis.window(group_by="account_id", order_by="read_month"))


def _window(months: int | None) -> Any:
    preceding = None if months is None else months - 1
    return ibis.window(
        group_by="account_id", order_by="read_month", preceding=preceding, following=0
    )
