"""A bare retention table: how many of each cohort were there after 0, 1, 2 ... periods.

Wide form, one column per cohort; a name that ends in ``_pct``, ``_percent`` or ``%`` is in percent
of the cohort, any other in customers. A younger cohort simply ends earlier::

    year,regular_pct,high_end_pct        month,january,february
    0,100,100                            0,412,380
    1,63.1,86.9                          1,377,351
    2,46.8,74.3                          2,349,

The same by calendar, each cohort starting in its own row::

    year,2003,2004,2005
    2003,10000,,
    2004,8000,9500,
    2005,6480,7700,9800

Long form, one row per cohort and period, `alive` in customers or `alive_pct` in percent; or one row
per cohort and one column per period::

    cohort,period,alive                  cohort,0,1,2
    january,0,412                        january,412,377,349
    january,1,377                        february,380,351,

Periods counted from 1, shares of 1, blank rows, capitals and tiny rises of rounded percentages are
read too, and the table's notes say how.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core.cohort_names import COHORT, PERIOD
from workbench.core.errors import DataError, Problem
from workbench.core.plain_text import plain
from workbench.core.settings import SIMULATED, SourceSettings
from workbench.data.retention.layout import read_layout
from workbench.data.retention.values import CohortCells, Unit, customers_of, unit_of, value_problems
from workbench.data.single_table import read_single_table

# alpha and beta of the two invented cohorts, and for how many periods less the second is known.
_INVENTED = {"small firms": (0.8, 4.5, 0), "large firms": (0.6, 9.0, 3)}


@dataclass(frozen=True)
class Retention:
    """A checked retention table.

    Parameters
    ----------
    alive : DataArray, dimensions cohort and period
        Customers there after 0, 1, ... periods; NaN past a cohort's last observed period.
    period_word : str
        What a period is: the table's own word, such as year.
    name : str
        Where it comes from, without a password.
    assumed_size : int or None
        Customers per cohort that a table in percent is taken to stand for; None for counts.
    notes : tuple of str
        How the table was read where it could be doubted, in Markdown.
    """

    alive: xr.DataArray
    period_word: str
    name: str
    assumed_size: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Digest of the content; the same counts give the same on any machine."""
        labels = "\0".join([self.period_word, *map(str, self.alive[COHORT].values)])
        content = np.ascontiguousarray(self.alive.values, dtype="<f8").tobytes()
        return hashlib.sha256(labels.encode() + b"\0" + content).hexdigest()

    @property
    def observed(self) -> np.ndarray:
        """Periods observed of each cohort, the start not counted."""
        return self.alive.notnull().sum(PERIOD).values - 1

    def frame(self) -> pd.DataFrame:
        """Return a row per cohort and observed period: cohort, period, customers, kept, a share."""
        long = self.alive.to_series().dropna().rename("customers").reset_index()
        start = long.groupby(COHORT)["customers"].transform("first")
        return long.assign(kept=long["customers"] / start)


def hide_last(retention: Retention, periods: int) -> Retention:
    """Return the table as it stood some periods ago; each cohort keeps its start and one period.

    So many are hidden that the longest keeps two periods, if it has three: the first loss alone
    cannot tell one distribution from another.

    Parameters
    ----------
    retention : Retention
        With at least one cohort.
    periods : int
        How many to hide, at least 0.

    Examples
    --------
    >>> hide_last(simulate_retention(100, 4, seed=1), 3).observed.tolist()
    [2, 1]
    """
    hidden = min(periods, max(retention.observed.max() - 2, 1))
    keep = np.maximum(retention.observed - hidden, np.minimum(retention.observed, 1))
    mask = retention.alive[PERIOD] <= xr.DataArray(keep, dims=COHORT)
    seen = retention.alive.where(mask).isel({PERIOD: slice(int(keep.max()) + 1)})
    return replace(retention, alive=seen)


def simulate_retention(customers: int, periods: int, seed: int) -> Retention:
    """Return two invented cohorts that follow the shifted-beta-geometric distribution, by quarter.

    Each customer draws a chance of leaving of its own, and then leaves or stays at every renewal.

    Parameters
    ----------
    customers : int
        Of each cohort.
    periods : int
        Quarters observed of the older cohort, at least 2; the younger has up to three less.
    seed : int
        Of the customers' chances and of whether they leave.
    """
    rng = np.random.default_rng(seed)
    alive = np.full((len(_INVENTED), periods + 1), np.nan)
    for row, (alpha, beta, younger) in zip(alive, _INVENTED.values(), strict=True):
        stayed = rng.geometric(rng.beta(alpha, beta, size=customers))
        seen = np.arange(max(periods - younger, 1) + 1)
        row[seen] = (stayed[:, None] > seen).sum(axis=0)
    return Retention(_labelled(alive, list(_INVENTED)), "quarter", "simulated")


def open_retention(settings: SourceSettings, cohort_size: int) -> Retention:
    """Return the retention table that a report asks for; see `load_retention`.

    The simulated one has `simulated_accounts` customers per cohort and a quarter for every three
    of `simulated_months`.

    Parameters
    ----------
    settings : SourceSettings
        Of the report.
    cohort_size : int
        Customers of each cohort whose table is in percent.
    """
    if settings.source != SIMULATED:
        return load_retention(settings.source, cohort_size)
    quarters = settings.simulated_months // 3
    return simulate_retention(settings.simulated_accounts, quarters, settings.data_seed)


def load_retention(source: str | Path, cohort_size: int) -> Retention:
    """Read a retention table.

    Parameters
    ----------
    source : str or Path
        A CSV or Parquet file, or another source with a single table.
    cohort_size : int
        Customers of each cohort whose table is in percent.

    Returns
    -------
    Retention
        Customers there by cohort and period.

    Raises
    ------
    DataError
        Naming everything that is wrong: no period column, text, gaps, a start that is not 100 %,
        counts that are not whole, negative or rising.
    """
    headline = "The retention table cannot be used."
    frame, problems, name = read_single_table(source, headline, "retention table")
    cells, word, notes, more = read_layout(frame, name)
    problems += more
    if not cells and not problems:
        problems.append(Problem("no cohort", name, "a column per cohort beside the periods"))
    customers: dict[str, np.ndarray] = {}
    size = None
    for named in (True, False):
        alike = [cohort for cohort in cells if cohort.percent == named]
        unit = unit_of(alike, named) if alike else "customers"
        notes += _unit_texts(alike, unit, named)
        size = size if unit == "customers" else cohort_size
        for cohort in alike:
            problems += value_problems(cohort, unit)
            customers[cohort.cohort], levelled = customers_of(cohort, unit, cohort_size)
            notes += levelled
    problems += _table_problems([cohort.cohort for cohort in cells], customers)
    if problems:
        raise DataError(headline, problems)
    notes += _cohort_texts(customers)
    order = [cohort.cohort for cohort in cells]
    table = np.full((len(order), max(map(len, customers.values()))), np.nan)
    for row, cohort in zip(table, order, strict=True):
        row[: len(customers[cohort])] = customers[cohort]
    return Retention(_labelled(table, order), word, name, size, tuple(notes))


def _table_problems(cohorts: list[str], customers: dict[str, np.ndarray]) -> list[Problem]:
    twice = sorted({cohort for cohort in cohorts if cohorts.count(cohort) > 1})
    problems = [Problem("two cohorts of one name", f"cohort {cohort}") for cohort in twice]
    if customers and max(map(len, customers.values())) < 2:
        expected = "a period after its start for at least one cohort"
        problems.append(Problem("nobody could leave yet", "", expected, "starts only"))
    return problems


def _unit_texts(cohorts: list[CohortCells], unit: Unit, named: bool) -> list[str]:
    if unit == "share":
        return ["Numbers from 1 down are read as shares of the cohort: 0.63 is 63 percent."]
    if unit == "percent" and not named:
        return ["Numbers from 100 down with fractions are read as percent of the cohort."]
    if cohorts and unit == "customers" and all(cohort.value[0] == 100 for cohort in cohorts):
        return [
            "Every cohort begins with exactly 100, read as 100 customers. If these are percent, "
            "let the columns' names end in _pct."
        ]
    return []


def _cohort_texts(customers: dict[str, np.ndarray]) -> list[str]:
    young = [plain(cohort) for cohort, kept in customers.items() if len(kept) == 1]
    notes = []
    if young:
        notes.append(
            f"Of {', '.join(young)} the start alone is known: what is forecast of them rests on "
            "what the cohorts share."
        )
    folded = [cohort.casefold() for cohort in customers]
    alike = [plain(name) for name in customers if folded.count(name.casefold()) > 1]
    if alike:
        notes.append(f"{', '.join(alike)} differ in capitals only, and are different cohorts.")
    return notes


def _labelled(alive: np.ndarray, cohorts: list[str]) -> xr.DataArray:
    coords = {COHORT: np.array(cohorts, dtype=object), PERIOD: np.arange(alive.shape[1])}
    return xr.DataArray(alive, dims=(COHORT, PERIOD), coords=coords)
