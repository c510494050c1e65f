"""Which column of a retention table is what: periods, cohorts, customers, in each known layout."""

from __future__ import annotations

import re

import pandas as pd

from workbench.core.cohort_names import COHORT, PERIOD
from workbench.core.errors import DataError, Problem, nearest
from workbench.data.retention.periods import (
    PERIOD_WORDS,
    Periods,
    calendar_word,
    is_counted,
    period_word,
    read_periods,
)
from workbench.data.retention.values import CohortCells, read_cells
from workbench.data.source.names import stated_name

LONG_VALUES = ("alive", "alive_pct")
_PERCENT = re.compile(r"(?:[_ ]?(?:pct|percent)|\s*%)$", re.IGNORECASE)

Layout = tuple[list[CohortCells], str, list[str], list[Problem]]


def read_layout(frame: pd.DataFrame, where: str) -> Layout:
    """Read a table's cells by cohort, in whichever layout it has.

    Parameters
    ----------
    frame : DataFrame
        As in the source, without blank rows.
    where : str
        The source's name.

    Returns
    -------
    cells : list of CohortCells
        Those that are sound.
    word : str
        What a period is.
    notes : list of str
        How periods were read where that could be doubted.
    problems : list of Problem

    Raises
    ------
    DataError
        When there is no single column of periods.
    """
    cohort = next((name for name in frame.columns if name.lower() == COHORT), None)
    column = _period_column(frame, cohort, where)
    if column is None:
        frame, column = _turned(frame, str(cohort))
    word = period_word(column) or PERIOD
    if blank := [f"row {row + 1}" for row in frame.index[frame[column].isna()]]:
        return [], word, [], [Problem("no period", at) for at in blank]
    if word == PERIOD:
        word = calendar_word(frame[column]) or word
    periods = read_periods(frame[column], word)
    if periods is None:
        return [], word, [], [_out_of_sequence(frame[column], f"column {column}")]
    if cohort is None:
        cells, problems = _wide_cells(frame, column, periods)
    else:
        cells, problems = _long_cells(frame, cohort, column, periods)
    notes = []
    if periods.calendar:
        notes.append(f"By calendar {word}: each cohort starts in the first one with customers.")
    elif periods.first:
        notes.append(f"Periods are counted from 1: the first {word} is each cohort's start.")
    return cells, word, notes, problems


def _period_column(frame: pd.DataFrame, cohort: str | None, where: str) -> str | None:
    """Return the column of periods; None where periods are the columns beside the cohort's."""
    known = [name for name in frame.columns if period_word(name)]
    beside = [name for name in frame.columns if name != cohort]
    if cohort is not None and len(beside) > 1 and all(map(is_counted, beside)):
        return None
    if len(known) != 1:
        expected = f"one column named {', '.join(PERIOD_WORDS[:-1])} or {PERIOD_WORDS[-1]}"
        hint = "" if known else nearest(str(frame.columns[0]).lower(), PERIOD_WORDS)
        found = ", ".join(known or frame.columns)
        problem = Problem("no single column of periods", where, expected, found, hint)
        raise DataError("The retention table cannot be used.", [problem])
    return known[0]


def _turned(frame: pd.DataFrame, cohort: str) -> tuple[pd.DataFrame, str]:
    """Return a table of one row per cohort as one of a row per cohort and period."""
    first = next(name for name in frame.columns if name != cohort)
    column = period_word(first.rstrip("0123456789 ")) or PERIOD
    long = frame.melt(cohort, var_name=column, value_name=LONG_VALUES[0])
    return long.dropna(subset=[LONG_VALUES[0]]).reset_index(drop=True), column


def _wide_cells(
    frame: pd.DataFrame, column: str, periods: Periods
) -> tuple[list[CohortCells], list[Problem]]:
    if not _in_sequence(periods, periods.number):
        return [], [_out_of_sequence(frame[column], f"column {column}")]
    index = _index(periods, periods.number, frame[column])
    cells, problems = [], []
    for name in frame.columns.drop(column):
        plain_name = stated_name(name) or name
        percent = bool(_PERCENT.search(plain_name))
        names = (_PERCENT.sub("", plain_name) if percent else plain_name, plain_name)
        values = frame[name].set_axis(index)
        read, found = read_cells(names, values, percent, periods.calendar)
        cells += [] if found else [read]
        problems += found
    return cells, problems


def _long_cells(
    frame: pd.DataFrame, cohort: str, column: str, periods: Periods
) -> tuple[list[CohortCells], list[Problem]]:
    value = [name for name in frame.columns if name.lower() in LONG_VALUES]
    if len(value) != 1:
        expected = " or ".join(LONG_VALUES)
        return [], [Problem("no single column of customers", "", expected, ", ".join(frame))]
    percent = value[0].lower() != LONG_VALUES[0]
    problems = [Problem("no cohort", f"row {row + 1}") for row in frame.index[frame[cohort].isna()]]
    cells = []
    for name, rows in frame.groupby(cohort, sort=False):
        number = periods.number[rows.index]
        if not _in_sequence(periods, number):
            problems.append(_out_of_sequence(rows[column], f"cohort {name}"))
            continue
        values = rows[value[0]].set_axis(_index(periods, number, rows[column]))
        read, found = read_cells((str(name), str(name)), values, percent, periods.calendar)
        cells += [] if found else [read]
        problems += found
    return cells, problems


def _in_sequence(periods: Periods, number: pd.Series) -> bool:
    first = number.min() if periods.calendar else periods.first
    return sorted(number) == list(range(first, first + len(number)))


def _index(periods: Periods, number: pd.Series, label: pd.Series) -> pd.MultiIndex:
    age = number if periods.calendar else number - periods.first
    return pd.MultiIndex.from_arrays([age, label.astype(str)])


def _out_of_sequence(column: pd.Series, where: str) -> Problem:
    found = ", ".join(map(str, column.tolist()[:12]))
    expected = (
        "0, 1, 2 ... or 1, 2, 3 ... or consecutive years, quarters, months or weeks (2003, 2003Q1, "
        "2003-01), without gaps or repeats"
    )
    return Problem("periods are not in sequence", where, expected, found)
