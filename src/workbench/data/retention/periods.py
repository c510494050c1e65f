"""The column of periods of a retention table: ages from 0 or 1, or years, quarters, months, weeks.

By age, every cohort's start stands in the first row. By calendar, each cohort starts in a row of
its own, and its age counts from there: the classic triangle. Ages and weeks are read here alone,
and 3 is an age: the reader of single texts, `workbench.data.source.cells.periods`, takes neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

PERIOD_WORDS = ("period", "year", "quarter", "month", "week", "renewal")

_CALENDAR = {"year": "Y", "quarter": "Q", "month": "M", "week": "W"}
_FIRST_YEAR = 1900
_COUNTED = re.compile(rf"(?:(?:{'|'.join(PERIOD_WORDS)}|fy|[a-z])\s*)?(\d+)(?:\.0)?", re.IGNORECASE)
_QUARTER_FIRST = re.compile(r"(?:Q([1-4])|([1-4])Q)[ \-/]?(\d{4})", re.IGNORECASE)
# 01/02/2003 is a day in January or in February: not guessed.
_DAY_FIRST = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]")


@dataclass(frozen=True)
class Periods:
    """Periods as whole numbers that grow by one.

    Parameters
    ----------
    number : Series of int
        Aligned with the column that was read.
    calendar : bool
        Years, quarters, months or weeks of the calendar; otherwise ages.
    """

    number: pd.Series
    calendar: bool

    @property
    def first(self) -> int:
        """The number of the first row of a table by age: 0 or 1; anything else is a gap."""
        return int(self.number.min() == 1)


def period_word(name: str) -> str | None:
    """Return what a column counts, None where its name says no period.

    Parameters
    ----------
    name : str
        The column's, in any capitals, singular or plural.

    Examples
    --------
    >>> period_word("Years"), period_word("customers")
    ('year', None)
    """
    word = name.strip().lower().removesuffix("s")
    return word if word in PERIOD_WORDS else None


def is_counted(label: object) -> bool:
    """Tell whether a label is a number with or without a word before it, such as 3 or Month 3.

    Parameters
    ----------
    label : object
        As it stands in the table.
    """
    return _COUNTED.fullmatch(str(label).strip()) is not None


def read_periods(column: pd.Series, word: str) -> Periods | None:
    """Read a column of periods.

    Parameters
    ----------
    column : Series
        Texts, numbers or dates, none of them missing.
    word : str
        One of `PERIOD_WORDS`; dates are read as that part of the calendar.

    Returns
    -------
    Periods or None
        None where a label is neither a number nor a date of such a part.

    Examples
    --------
    >>> read_periods(pd.Series(["2003-12", "2004-01"]), "month").number.diff().tolist()[1:]
    [1.0]
    >>> read_periods(pd.Series(["Year 0", "Year 1"]), "year").calendar
    False
    """
    texts = column.astype(str).str.strip()
    counted = [_COUNTED.fullmatch(text) for text in texts]
    if all(counted):
        numbers = pd.Series([int(found[1]) for found in counted if found], column.index)
        if not _is_calendar(numbers, word):
            return Periods(numbers, calendar=False)
        texts = numbers.astype(str).str.replace(r"^(\d{4})(\d\d)$", r"\1-\2", regex=True)
    if word not in _CALENDAR or texts.str.match(_DAY_FIRST).any():
        return None
    texts = texts.str.replace(_QUARTER_FIRST, r"\3Q\1\2", regex=True)
    try:
        index = pd.PeriodIndex(texts, freq=_CALENDAR[word])
    except ValueError:
        return None
    if index.hasnans:
        return None
    return Periods(pd.Series(np.asarray(index.asi8, dtype=int), column.index), calendar=True)


def calendar_word(column: pd.Series) -> str | None:
    """Return of which part of the calendar a column's labels are consecutive, if of any.

    Parameters
    ----------
    column : Series
        Labels in the order of the table.

    Examples
    --------
    >>> calendar_word(pd.Series(["2003", "2004"])), calendar_word(pd.Series(["0", "1"]))
    ('year', None)
    """
    for word in ("year", "quarter", "month"):
        periods = read_periods(column, word)
        if periods is not None and periods.calendar:
            number = sorted(set(periods.number))
            apart = len(number) == column.nunique()
            if apart and number[-1] - number[0] == len(number) - 1:
                return word
    return None


def _is_calendar(numbers: pd.Series, word: str) -> bool:
    """Tell years, and months written as 200301, from ages."""
    least = numbers.min()
    return least >= {"year": _FIRST_YEAR, "month": _FIRST_YEAR * 100}.get(word, np.inf)
