"""The cells of a retention table: their unit, and what is wrong with them.

Customers are whole numbers. Percent run from 100 down, shares from 1; their column's name says so,
or a sign in a cell, or fractions, which customers have none of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from workbench.core.errors import Problem
from workbench.core.plain_text import plain

Unit = Literal["customers", "percent", "share"]
TINY_RISE = 0.1
"""Percentage points: shares read off a chart, or rounded, rise by so little though nobody came."""

_OF_A_SHARE = {"percent": 100.0, "share": 1.0}


@dataclass(frozen=True)
class CohortCells:
    """What a table says of one cohort.

    Parameters
    ----------
    cohort : str
        Its name, as told to the reader.
    column : str
        Its name in the table.
    value : ndarray, shape (period,)
        From the start to the last observed period.
    label : tuple of str
        The table's own names of these periods.
    percent : bool
        The column's name or a sign in a cell says so.
    """

    cohort: str
    column: str
    value: np.ndarray
    label: tuple[str, ...]
    percent: bool

    def at(self, position: int) -> str:
        """Return where a cell stands, for messages.

        Parameters
        ----------
        position : int
            Position among the cohort's periods, from 0.
        """
        return f"cohort {self.column}, period {self.label[position]}"


def read_cells(
    names: tuple[str, str], cells: pd.Series, percent: bool, calendar: bool
) -> tuple[CohortCells, list[Problem]]:
    """Read one cohort's cells.

    Parameters
    ----------
    names : tuple of str
        The cohort's name as told, and in the table.
    cells : Series
        Indexed by number of the period (from 0, or by calendar) and label.
    percent : bool
        The name says so.
    calendar : bool
        The cohort starts at its first customers, wherever they stand.

    Returns
    -------
    cells : CohortCells
    problems : list of Problem
        Of cells that are no numbers.
    """
    text = cells.astype(object).where(cells.notna(), "").map(lambda cell: str(cell).strip())
    text = text.sort_index()
    text = text[text != ""]
    signed = text.str.endswith("%")
    bare = text.str.removesuffix("%").str.strip()
    numbers = pd.to_numeric(bare, errors="coerce").astype(float)
    if calendar and (numbers > 0).any():
        kept = slice(int((numbers > 0).to_numpy().argmax()), None)
        numbers, text = numbers[kept], text[kept]
    age = numbers.index.get_level_values(0).to_numpy()
    age = age - age[:1] if calendar else age
    label = tuple(map(str, numbers.index.get_level_values(1)))
    percent = percent or bool(signed.any())
    read = CohortCells(*names, numbers.to_numpy(), label, percent)
    wrong = np.flatnonzero(~np.isfinite(read.value)).tolist()
    if wrong:
        return read, [
            Problem("not a number", read.at(at), found=repr(text.iloc[at])) for at in wrong
        ]
    if list(age) != list(range(len(age))) or not len(age):
        where, expected = f"cohort {read.column}", "periods 0, 1, ... up to its last"
        expected = "every period from its first to its last" if calendar else expected
        return read, [Problem("gaps", where, expected, f"periods {', '.join(label) or 'none'}")]
    return read, []


def unit_of(cohorts: Sequence[CohortCells], named: bool) -> Unit:
    """Return the unit of those cohorts of a table whose names say percent, or of the others.

    Parameters
    ----------
    cohorts : sequence of CohortCells
        At least one.
    named : bool
        Whether their names say percent.

    Examples
    --------
    >>> one = CohortCells("a", "a", np.array([1.0, 0.63]), ("0", "1"), False)
    >>> unit_of([one], named=False)
    'share'
    """
    start = np.array([cohort.value[0] for cohort in cohorts])
    every = np.concatenate([cohort.value for cohort in cohorts])
    broken = bool((every != np.round(every)).any())
    if (start == 1).all() and every.max() <= 1 and (broken or named):
        return "share"
    if named or ((start == 100).all() and every.max() <= 100 and broken):
        return "percent"
    return "customers"


def value_problems(cells: CohortCells, unit: Unit) -> list[Problem]:
    """Return everything that is wrong with the numbers of one cohort.

    Parameters
    ----------
    cells : CohortCells
    unit : {"customers", "percent", "share"}
        What the numbers are.
    """
    value, found = cells.value, []
    if unit != "customers" and value[0] != _OF_A_SHARE[unit]:
        hint = (
            "Percent run from 100 down, shares from 1; is the row of the start missing? Customers "
            "rather than percent? Then leave _pct out of the name."
        )
        what = f"does not start at 100 %{'' if unit == 'percent' else ', a share of 1'}"
        expected = f"{_OF_A_SHARE[unit]:g}"
        found.append(Problem(what, cells.at(0), expected, f"{value[0]:g}", hint))
    if unit == "customers" and value[0] <= 0:
        found.append(Problem("nobody at the start", cells.at(0), found=f"{value[0]:g}"))
    for at in np.flatnonzero(value < 0).tolist():
        found.append(Problem("negative", cells.at(at), found=f"{value[at]:g}"))
    for at in np.flatnonzero(_rises(value) > _allowed_rise(unit)).tolist():
        rise = f"{value[:at].min():g}, then {value[at]:g}"
        hint = "Who came back starts a cohort of their own."
        found.append(Problem("rises", cells.at(at), "no more than before", rise, hint))
    broken = np.flatnonzero(value != np.round(value)).tolist() if unit == "customers" else []
    if broken:
        hint = (
            "Percent? They run from 100 down; let the column's name end in _pct. "
            "Shares run from 1 down."
        )
        what = "not a whole number of customers"
        found.append(Problem(what, cells.at(broken[0]), found=f"{value[broken[0]]:g}", hint=hint))
    return found


def customers_of(cells: CohortCells, unit: Unit, cohort_size: int) -> tuple[np.ndarray, list[str]]:
    """Return the customers of a sound cohort, tiny rises levelled, and what was levelled.

    Parameters
    ----------
    cells : CohortCells
        Without `value_problems`.
    unit : {"customers", "percent", "share"}
        What the numbers are.
    cohort_size : int
        Customers at the start of a cohort that is told in percent or shares.

    Returns
    -------
    customers : ndarray, shape (period,)
    notes : list of str
        A sentence in Markdown for every rise that was levelled.
    """
    value = cells.value
    if unit == "customers":
        return value, []
    points = _rises(value) * 100 / _OF_A_SHARE[unit]
    notes = [
        f"{plain(cells.cohort)} rises by {points[at]:.1g} points in period "
        f"{plain(cells.label[at])}: read as no change."
        for at in np.flatnonzero(points > 0)
    ]
    level = np.minimum.accumulate(value)
    return np.round(level * cohort_size / _OF_A_SHARE[unit], 6), notes


def _rises(value: np.ndarray) -> np.ndarray:
    """Return by how much each number lies above the least before it."""
    least = np.minimum.accumulate(value)
    return np.concatenate([[0.0], np.maximum(value[1:] - least[:-1], 0.0)])


def _allowed_rise(unit: Unit) -> float:
    slack = 1 + 1e-9  # 0.3 - 0.2 is more than 0.1
    return 0.0 if unit == "customers" else TINY_RISE / 100 * _OF_A_SHARE[unit] * slack
