"""The column of periods of a table of aggregates: years, quarters or months, as people write them.

01/04/2024 is a day in January or in April; that periods follow each other without gaps says which.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from workbench.core.errors import Problem

_FORMATS = (
    "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%m/%d/%y",
    "%d/%m/%y", "%d.%m.%y", "%Y-%m", "%Y/%m", "%m/%Y", "%m.%Y", "%b %Y", "%B %Y", "%b-%y", "%b-%Y",
    "%b %y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y",
)  # fmt: skip
_QUARTERS = (
    re.compile(r"(?P<year>\d{4})[ \-/]?Q(?P<part>[1-4])", re.IGNORECASE),
    re.compile(
        r"(?:Q(?P<part>[1-4])|(?P<first>[1-4])Q)[ \-/']*(?P<year>\d{4}|\d{2})", re.IGNORECASE
    ),
)
_YEAR = re.compile(r"(?:FY ?)?(\d{4})(?:\.0)?", re.IGNORECASE)


def read_period_index(column: pd.Series) -> tuple[pd.PeriodIndex | None, list[Problem]]:
    """Read consecutive periods, in any order.

    Parameters
    ----------
    column : Series
        Texts, numbers or dates; its name stands in the problem.

    Returns
    -------
    index : PeriodIndex or None
        Years, quarters or months, whichever are consecutive.
    problems : list of Problem
        One where none is.

    Examples
    --------
    >>> read_period_index(pd.Series(["30/06/2024", "30/09/2024"]))[0].tolist()
    [Period('2024Q2', 'Q-DEC'), Period('2024Q3', 'Q-DEC')]
    """
    texts = column.astype(str).str.strip().str.replace(r"[T ]00:00:00.*$", "", regex=True)
    found = [index for index in _readings(texts) if _consecutive(index)]
    distinct = {(index.freqstr[0], *index.asi8): index for index in found}
    if len(distinct) == 1:
        return found[0], []
    expected = "consecutive years, quarters or months, such as 2024-03-31, 2024Q1 or 2024-03"
    what = "periods can be read in two ways" if distinct else "periods are not consecutive"
    first_texts = ", ".join(map(str, column.tolist()[:12]))
    return None, [Problem(what, f"column {column.name}", expected, first_texts)]


def _readings(texts: pd.Series) -> list[pd.PeriodIndex]:
    years = [_YEAR.fullmatch(text) for text in texts]
    if all(years):
        return [pd.PeriodIndex([match[1] for match in years if match], freq="Y")]
    for pattern in _QUARTERS:
        quarters = [pattern.fullmatch(text) for text in texts]
        if all(quarters):
            return [pd.PeriodIndex([_quarter(match) for match in quarters if match], freq="Q")]
    readings = []
    for date_format in _FORMATS:
        days = pd.to_datetime(texts, format=date_format, errors="coerce")
        if days.notna().all():
            readings += [pd.PeriodIndex(days, freq=frequency) for frequency in "YQM"]
    return readings


def _quarter(match: re.Match[str]) -> str:
    parts = match.groupdict()
    year = parts["year"] if len(parts["year"]) == 4 else f"20{parts['year']}"
    return f"{year}Q{parts['part'] or parts['first']}"


def _consecutive(index: pd.PeriodIndex) -> bool:
    return sorted(np.diff(np.sort(index.asi8))) == [1] * (len(index) - 1)
