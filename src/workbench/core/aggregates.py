"""Totals of a company by period, as loaders make them and models and forecasts read them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.aggregate_names import CLOSING, FLOWS

WORDS = {"Y": "year", "Q": "quarter", "M": "month"}
LEAST_ROWS = 3

_PER_YEAR = {"Y": 1, "Q": 4, "M": 12}


@dataclass(frozen=True)
class Aggregates:
    """A checked table of aggregates.

    Parameters
    ----------
    table : DataFrame
        By period: added, lost and closing in the table's own unit, and revenue_per_customer where
        it is known.
    opening : float
        Customers before the first row, whose age nobody tells.
    name : str
        Where it comes from, without a password.
    years_before : int
        Years within which those customers came.
    customers_per_unit : int
        Customers that one unit of the counts stands for; 1,000 where they are in thousands.
    revenue_months : int
        Months that revenue per customer stands for; 0 for those of a period.
    notes : tuple of str
        How the table was read where it could be doubted.
    """

    table: pd.DataFrame
    opening: float
    name: str
    years_before: int
    customers_per_unit: int
    revenue_months: int = 0
    notes: tuple[str, ...] = ()

    @property
    def per_year(self) -> int:
        """Periods in a year: 1, 4 or 12."""
        return _PER_YEAR[self._frequency]

    @property
    def revenues_per_period(self) -> float:
        """How often revenue per customer comes in a period."""
        return 12 / self.per_year / self.revenue_months if self.revenue_months else 1.0

    @property
    def period_word(self) -> str:
        """What a period is: year, quarter or month."""
        return WORDS[self._frequency]

    @property
    def _frequency(self) -> str:
        return self.table.index.freqstr[0]

    @property
    def fingerprint(self) -> str:
        """Digest of the content."""
        index = "\0".join(map(str, self.table.index))
        content = np.ascontiguousarray(self.table.values, dtype="<f8").tobytes()
        head = f"{','.join(self.table.columns)}\0{index}\0".encode()
        return hashlib.sha256(head + content).hexdigest()

    @property
    def seasons(self) -> np.ndarray:
        """Part of the year of each period, from 0."""
        return seasons_of(self.table.index)

    @property
    def seasonal(self) -> bool:
        """Whether seasons can be told: two years of parts of a year."""
        return self.per_year > 1 and len(self.table) >= 2 * self.per_year

    @property
    def rounding(self) -> float:
        """Unit of the last digit of the counts: 1, 0.1, ..."""
        counts = self.table[[*FLOWS, CLOSING]].to_numpy()
        digits = (d for d in range(6) if np.allclose(counts, np.round(counts, d), atol=1e-9))
        return 10.0 ** -next(digits, 6)

    @property
    def there_before(self) -> np.ndarray:
        """Customers there before each period."""
        return np.concatenate([[self.opening], self.table[CLOSING].to_numpy()[:-1]])


def seasons_of(index: pd.PeriodIndex) -> np.ndarray:
    """Return the part of the year of each period, from 0.

    Parameters
    ----------
    index : PeriodIndex
        Years, quarters or months.

    Returns
    -------
    ndarray of int
    """
    return np.asarray({"Y": index.year * 0 + 1, "Q": index.quarter, "M": index.month}[
        index.freqstr[0]
    ]) - 1  # fmt: skip


def hide_rows(given: Aggregates, periods: int) -> Aggregates:
    """Return the table as it stood some periods ago; at least `LEAST_ROWS` stay.

    Parameters
    ----------
    given : Aggregates
    periods : int
        To hide.

    Returns
    -------
    Aggregates
    """
    return replace(given, table=given.table.iloc[: max(len(given.table) - periods, LEAST_ROWS)])
