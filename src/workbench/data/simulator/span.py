"""The months that are simulated, counted in steps from the first one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.core.calendar import month_number, parse_date
from workbench.core.errors import ParameterError, Problem

PAST_MONTHS = 60
# Signals look back half a year, so that nobody can be at risk before.
LOOK_BACK_MONTHS = 6
FUTURE_MONTHS = 36


@dataclass(frozen=True)
class Span:
    """The months that are simulated: a past, the window that the tables show, a future.

    Parameters
    ----------
    first_month : int
        Month number of step 0.
    window, end, steps : int
        Step at which the window begins, at which it ends (exclusive), and their number.
    """

    first_month: int
    window: int
    end: int
    steps: int

    def day(self, step: np.ndarray | int, day: np.ndarray | int = 1) -> np.ndarray:
        """Return days since 1970-01-01 of a day (1-28) in each step's month.

        Parameters
        ----------
        step : ndarray or int
            Position of the month, from 0.
        day : ndarray or int, default 1
            Of the month, 1 to 28.
        """
        months = np.asarray(step) + (self.first_month - 1970 * 12)
        first = months.astype("datetime64[M]").astype("datetime64[D]").astype("int64")
        return first + (np.asarray(day) - 1)

    def quarter(self) -> np.ndarray:
        """Return the calendar quarter of each step, counted from the first one's."""
        quarters = (self.first_month + np.arange(self.steps)) // 3
        return quarters - quarters[0]


def span(months: int, end: str) -> Span:
    """Return the months to simulate for a window of `months` that ends before `end`.

    Parameters
    ----------
    months : int
        Of the window, at least 1.
    end : str
        ISO date: the first day after the window.

    Raises
    ------
    ParameterError
        When `end` is not the first day of a month.
    """
    last = parse_date(end, "end")
    if last.day != 1:
        problem = Problem(
            "not the first of a month", "end", "a date such as 2026-01-01", repr(str(end))
        )
        raise ParameterError("The company cannot be simulated.", [problem])
    window = LOOK_BACK_MONTHS + PAST_MONTHS
    stop = window + months
    return Span(month_number(last) - stop, window, stop, stop + FUTURE_MONTHS)
