"""Months as whole numbers, so that time is plain integer arithmetic.

A month number is ``year * 12 + month - 1``: January 2026 is 24312. A contract belongs to the book
of a month when it is active on the month's last day; ends are exclusive. A contract that stops on
1 or 15 April is therefore gone from the book of April, and April is the month of its event.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.errors import ParameterError, Problem


def parse_date(text: str | date, where: str = "date") -> pd.Timestamp:
    """Read one ISO date (``2026-01-31``).

    Parameters
    ----------
    text : str or date
        In ISO form; whatever follows the tenth character, as a time of day, is left out.
    where : str, default 'date'
        What to call the date in the message.

    Returns
    -------
    Timestamp
        Midnight at the start of the day, without time zone.

    Raises
    ------
    ParameterError
        When it is not a date in ISO form.
    """
    try:
        return pd.Timestamp(date.fromisoformat(str(text).strip()[:10]))
    except ValueError:
        problem = Problem("not a date", where, "an ISO date such as 2026-01-31", repr(str(text)))
        raise ParameterError("A date could not be read.", [problem]) from None


def month_number(dates: Any) -> Any:
    """Return the month number of a date, or of each in a series.

    Parameters
    ----------
    dates : Timestamp or Series of datetime64
        Missing dates are allowed in a series.

    Returns
    -------
    int or Series of Int64
        Missing where the date is missing.

    Examples
    --------
    >>> month_number(pd.Timestamp("2026-01-31"))
    24312
    """
    if isinstance(dates, pd.Series):
        return (dates.dt.year * 12 + dates.dt.month - 1).astype("Int64")
    return dates.year * 12 + dates.month - 1


def month_start(number: int) -> pd.Timestamp:
    """Return the first day of a month number.

    Parameters
    ----------
    number : int
        Year * 12 + month - 1.

    Examples
    --------
    >>> month_start(24312)
    Timestamp('2026-01-01 00:00:00')
    """
    return pd.Timestamp(year=int(number) // 12, month=int(number) % 12 + 1, day=1)


def month_starts(numbers: Any) -> pd.Series:
    """Return the first day of each month number, as a datetime series without an index.

    Parameters
    ----------
    numbers : array_like of int
        Month numbers, none of them missing.
    """
    months = np.asarray(numbers, dtype="int64") - 1970 * 12
    return pd.Series(months.astype("datetime64[M]").astype("datetime64[us]"))


def month_label(number: int) -> str:
    """Return ``YYYY-MM`` for a month number.

    Parameters
    ----------
    number : int
        Year * 12 + month - 1.

    Examples
    --------
    >>> month_label(24312)
    '2026-01'
    """
    return f"{int(number) // 12:04d}-{int(number) % 12 + 1:02d}"


def quarter_number(months: Any) -> Any:
    """Return the calendar quarter (``year * 4 + quarter - 1``) of month numbers.

    Parameters
    ----------
    months : array_like of int
        Month numbers.

    Returns
    -------
    int or ndarray of int
        Of the same shape.
    """
    return np.asarray(months) // 3
