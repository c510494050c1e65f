"""Days since 1970, moved by whole months."""

from __future__ import annotations

import numpy as np


def add_months(
    day: np.ndarray, months: np.ndarray, of_month: np.ndarray | None = None
) -> np.ndarray:
    """Move days by whole months; the 31st becomes the last day of a shorter month.

    Parameters
    ----------
    day, months : ndarray of int
        Days since 1970, and how many months to add to each.
    of_month : ndarray of int, 1 to 31, optional
        The day of the month to arrive at, where ``day`` itself is the last of a shorter month.

    Returns
    -------
    ndarray of int
        Days since 1970.

    Examples
    --------
    >>> int(add_months(np.array([np.datetime64("2024-01-31").astype(int)]), np.array([1]))[0])
    19782
    """
    month = _month(day)
    moved = month + months
    length = _first_day(moved + 1) - _first_day(moved)
    wanted = day_of_month(day) if of_month is None else of_month
    return _first_day(moved) + np.minimum(wanted, length) - 1


def periods_until(
    base: np.ndarray, months: np.ndarray, day: np.ndarray, of_month: np.ndarray | None = None
) -> np.ndarray:
    """Return the smallest k ≥ 0 with ``base`` plus k times ``months`` on or after ``day``.

    Parameters
    ----------
    base : ndarray of int
        Days since 1970.
    months : ndarray of int
        Length of a period, at least 1.
    day : ndarray of int
        Days since 1970.
    of_month : ndarray of int, 1 to 31, optional
        See `add_months`.
    """
    apart = _month(day) - _month(base)
    count = np.maximum(apart // months, 0)
    return count + (add_months(base, count * months, of_month) < day)


def day_of_month(day: np.ndarray) -> np.ndarray:
    """Return 1 to 31.

    Parameters
    ----------
    day : ndarray of int
        Days since 1970.
    """
    return day - _first_day(_month(day)) + 1


def _month(day: np.ndarray) -> np.ndarray:
    return day.astype("datetime64[D]").astype("datetime64[M]").astype("int64")


def _first_day(month: np.ndarray) -> np.ndarray:
    return month.astype("datetime64[M]").astype("datetime64[D]").astype("int64")
