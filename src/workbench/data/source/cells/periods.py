"""Periods as people write them: a day, 2016-Q1, Y2016Q1, Jan 2016, 2016-05, FY2016.

One text at a time, such as a column's name, so words around it do not matter and no neighbour can
help. A table's own column of periods is read as a whole, by stricter rules: its labels may be ages
(`workbench.data.retention.periods`), and their order tells days that could be read in two ways
(`workbench.data.aggregates.periods`).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from workbench.data.source.cells.date_format import MONTHS, day_of, format_pattern, has_words

Every = Literal["month", "quarter", "year"]

MONTHS_IN: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
"""Months in a period."""

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$")
_YEAR = re.compile(r"(?<!\d)(19\d\d|20\d\d)(?!\d)")
_PACKED = re.compile(r"(?<!\d)(19\d\d|20\d\d)(0[1-9]|1[0-2])(?!\d)")
_QUARTER = re.compile(r"q(?:uarter|tr)?[ ._-]*([1-4])(?!\d)|(?<!\d)([1-4])[ ._-]*q(?![a-z])")
_MONTH = re.compile(
    r"(?<![a-z0-9])m(?:onth)?[ ._-]*(0?[1-9]|1[0-2])(?!\d)|(?<=\d)m(0?[1-9]|1[0-2])(?!\d)"
)
_NUMBER = re.compile(
    r"^[^0-9]*(?:19|20)\d\d[-_./ ](0?[1-9]|1[0-2])$|^(0?[1-9]|1[0-2])[-_./ ](?:19|20)\d\d$"
)
_DIGITS_OF_A_YEAR = 4
_NAMED = re.compile(rf"(?<![a-z])({'|'.join(MONTHS)})[a-z]*")


def period_day(text: str, every: Every, date_format: str = "") -> date | None:
    """Return the day that a text means, or the first one of the period that it names.

    Parameters
    ----------
    text : str
        As the source writes it; blanks around it and upper or lower case do not matter.
    every : {"month", "quarter", "year"}
        The text must say at least this much: a year names no quarter.
    date_format : str
        Of days, as in a mapping; empty means ISO.

    Returns
    -------
    date or None
        None where the text names no such period.

    Examples
    --------
    >>> period_day("Y2016Q2", "quarter")
    datetime.date(2016, 4, 1)
    >>> period_day("31.12.2016", "month", "%d.%m.%Y")
    datetime.date(2016, 12, 31)
    >>> period_day("2016", "month") is None
    True
    """
    text = text.strip()
    day = _stated_day(text, date_format)
    if day is not None:
        return day
    plain = text.casefold()
    packed = _PACKED.search(plain)
    if packed:
        return date(int(packed[1]), int(packed[2]), 1)
    years = set(_YEAR.findall(plain))
    if len(years) != 1:
        return None
    year = int(years.pop())
    if quarter := _QUARTER.search(plain):
        number = int(quarter[1] or quarter[2])
        return date(year, 3 * number - 2, 1) if every != "month" else None
    if month := _month(plain):
        return date(year, month, 1)
    digits = sum(letter.isdigit() for letter in plain)
    return date(year, 1, 1) if every == "year" and digits == _DIGITS_OF_A_YEAR else None


def _month(plain: str) -> int | None:
    for pattern in (_NUMBER, _MONTH):
        if found := pattern.search(plain):
            return int(next(group for group in found.groups() if group))
    named = _NAMED.search(plain)
    return MONTHS.index(named[1]) + 1 if named else None


def _stated_day(text: str, date_format: str) -> date | None:
    if date_format:
        pattern, groups = format_pattern(date_format)
        found = re.match(pattern, text.lower() if has_words(date_format) else text)
        parts = {part: found[at] for part, at in groups.items()} if found else {}
    else:
        found = _ISO.match(text)
        parts = dict(zip("Ymd", found.groups(), strict=True)) if found else {}
    try:
        return date(*day_of(parts)) if parts else None
    except ValueError:
        return None
