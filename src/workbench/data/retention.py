"""A bare retention table: how many of each cohort were there after 0, 1, 2 ... periods.

Wide form, one column per cohort; a name that ends in ``_pct``, ``_percent`` or ``%`` is in percent
of the cohort, any other in customers. A younger cohort simply ends earlier::

    year,regular_pct,high_end_pct        month,january,february
    0,100,100                            0,412,380
    1,63.1,86.9                          1,377,351
    2,46.8,74.3                          2,349,

Long form, one row per cohort and period, `alive` in customers or `alive_pct` in percent::

    cohort,period,alive
    january,0,412
    january,1,377
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core.cohort_names import COHORT, PERIOD
from workbench.core.errors import DataError, Problem, nearest
from workbench.core.settings import SIMULATED, SourceSettings
from workbench.data.source.open import ROW, Source, open_source

PERIOD_WORDS = ("period", "year", "quarter", "month", "week", "renewal")
LONG_VALUES = ("alive", "alive_pct")
# alpha and beta of the two invented cohorts, and for how many periods less the second is known.
_INVENTED = {"small firms": (0.8, 4.5, 0), "large firms": (0.6, 9.0, 3)}
_PERCENT = re.compile(r"(?:[_ ]?(?:pct|percent)|\s*%)$", re.IGNORECASE)


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
    """

    alive: xr.DataArray
    period_word: str
    name: str
    assumed_size: int | None = None

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

    Parameters
    ----------
    retention : Retention
        With at least one cohort.
    periods : int
        How many to hide, at least 0.

    Examples
    --------
    >>> hide_last(simulate_retention(100, 4, seed=1), 2).observed.tolist()
    [2, 1]
    """
    keep = np.maximum(retention.observed - periods, np.minimum(retention.observed, 1))
    mask = retention.alive[PERIOD] <= xr.DataArray(keep, dims=COHORT)
    seen = retention.alive.where(mask).isel({PERIOD: slice(int(keep.max()) + 1)})
    return replace(retention, alive=seen)


def simulate_retention(customers: int, periods: int, seed: int) -> Retention:
    """Return two invented cohorts that follow the shifted-beta-geometric law, by quarter.

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
    opened = open_source(source)
    frame = _only_table(opened)
    problems = [
        Problem(row.reason, f"row {row.row}", found=repr(row.value))
        for row in opened.rejects.itertuples()
    ]
    word = _period_column(frame, opened.name)
    cells, more = _long_cells(frame, word) if COHORT in frame else _wide_cells(frame, word)
    alive: dict[str, np.ndarray] = {}
    for name, values, percent in cells:
        column, found = _checked(name, values, percent, cohort_size)
        more += found
        label = _PERCENT.sub("", name) if percent else name
        if label in alive:
            more.append(Problem("two cohorts of one name", f"cohort {label}"))
        alive[label] = column
    if not alive and not (problems or more):
        more.append(Problem("no cohort", opened.name, "a column per cohort beside the periods"))
    if problems or more:
        raise DataError("The retention table cannot be used.", [*problems, *more])
    longest = max(map(len, alive.values()))
    table = np.full((len(alive), longest), np.nan)
    for row, column in zip(table, alive.values(), strict=True):
        row[: len(column)] = column
    size = cohort_size if any(percent for *_, percent in cells) else None
    return Retention(_labelled(table, list(alive)), word.lower(), opened.name, size)


def _labelled(alive: np.ndarray, cohorts: list[str]) -> xr.DataArray:
    coords = {COHORT: np.array(cohorts, dtype=object), PERIOD: np.arange(alive.shape[1])}
    return xr.DataArray(alive, dims=(COHORT, PERIOD), coords=coords)


def _only_table(source: Source) -> pd.DataFrame:
    if len(source.tables) != 1:
        found = ", ".join(sorted(source.tables)) or "none"
        problem = Problem("not one table", source.name, "a single retention table", found)
        raise DataError("The retention table cannot be used.", [problem])
    [table] = source.tables.values()
    frame = table.order_by(ROW).drop(ROW).execute()
    return frame.rename(columns=lambda name: str(name).strip())


def _period_column(frame: pd.DataFrame, where: str) -> str:
    known = [name for name in frame.columns if name.lower() in PERIOD_WORDS]
    if len(known) != 1:
        expected = f"one column named {', '.join(PERIOD_WORDS[:-1])} or {PERIOD_WORDS[-1]}"
        hint = "" if known else nearest(str(frame.columns[0]).lower(), PERIOD_WORDS)
        found = ", ".join(known or frame.columns)
        problem = Problem("no single column of periods", where, expected, found, hint)
        raise DataError("The retention table cannot be used.", [problem])
    return known[0]


Cells = list[tuple[str, pd.Series, bool]]


def _wide_cells(frame: pd.DataFrame, word: str) -> tuple[Cells, list[Problem]]:
    periods, problems = _periods(frame[word], f"column {word}")
    if problems:
        return [], problems
    indexed = frame.drop(columns=word).set_axis(periods)
    return [(name, indexed[name], bool(_PERCENT.search(name))) for name in indexed], []


def _long_cells(frame: pd.DataFrame, word: str) -> tuple[Cells, list[Problem]]:
    value = [name for name in LONG_VALUES if name in frame]
    if len(value) != 1:
        expected = " or ".join(LONG_VALUES)
        return [], [Problem("no single column of customers", "", expected, ", ".join(frame))]
    unnamed = np.flatnonzero(frame[COHORT].isna()) + 1
    cells: Cells = []
    problems = [Problem("no cohort", f"row {row}") for row in unnamed]
    for cohort, rows in frame.groupby(COHORT, sort=False):
        periods, found = _periods(rows[word], f"cohort {cohort}")
        problems += found
        if not found:
            cells.append((str(cohort), rows[value[0]].set_axis(periods), value[0] == "alive_pct"))
    return cells, problems


def _periods(column: pd.Series, where: str) -> tuple[pd.Index, list[Problem]]:
    numbers = pd.to_numeric(column, errors="coerce")
    if sorted(numbers.tolist()) == list(range(len(numbers))):
        return pd.Index(numbers.astype(int)), []
    found = ", ".join(map(str, column.tolist()[:12]))
    expected = "0, 1, 2 ... without gaps or repeats"
    return pd.Index([]), [Problem("periods are not in sequence", where, expected, found)]


def _checked(
    name: str, cells: pd.Series, percent: bool, cohort_size: int
) -> tuple[np.ndarray, list[Problem]]:
    where = f"cohort {name}"
    cells = cells.sort_index()
    text = cells.astype(object).where(cells.notna(), "").map(lambda cell: str(cell).strip())
    text = text.str.removesuffix("%").str.strip() if percent else text
    known = text[text != ""]
    numbers = pd.to_numeric(known, errors="coerce").astype(float)
    wrong = numbers[~np.isfinite(numbers)].index
    if len(wrong):
        return np.empty(0), [
            Problem("not a number", f"{where}, period {at}", found=repr(text[at])) for at in wrong
        ]
    if list(known.index) != list(range(len(known))) or len(known) < 2:
        found = f"periods {', '.join(map(str, known.index)) or 'none'}"
        return np.empty(0), [Problem("gaps", where, "periods 0, 1, ... up to its last", found)]
    values = numbers.to_numpy()
    problems = _value_problems(values, where, percent)
    return np.round(values * cohort_size / 100, 6) if percent else values, problems


def _value_problems(values: np.ndarray, where: str, percent: bool) -> list[Problem]:
    problems = []
    if percent and values[0] != 100:
        hint = "Customers rather than percent? Then leave _pct out of the name."
        problems.append(
            Problem("does not start at 100 %", f"{where}, period 0", "100", f"{values[0]:g}", hint)
        )
    if not percent and values[0] <= 0:
        found = f"{values[0]:g}"
        problems.append(Problem("nobody at the start", f"{where}, period 0", found=found))
    for at in np.flatnonzero(values < 0):
        problems.append(Problem("negative", f"{where}, period {at}", found=f"{values[at]:g}"))
    for at in np.flatnonzero(np.diff(values) > 0) + 1:
        found = f"{values[at - 1]:g}, then {values[at]:g}"
        problems.append(Problem("rises", f"{where}, period {at}", "no more than before", found))
    broken = [] if percent else np.flatnonzero(values != np.round(values))
    if len(broken):
        hint = "Percent? Then let the column's name end in _pct."
        found = f"{values[broken[0]]:g}"
        at = f"{where}, period {broken[0]}"
        problems.append(Problem("not a whole number of customers", at, found=found, hint=hint))
    return problems
