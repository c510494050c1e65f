"""What was not taken, as problems that say what to do about it."""

from __future__ import annotations

import json

import pandas as pd

from workbench.core.errors import Problem
from workbench.data.schema import FIRST_YEAR
from workbench.data.source.cells.date_format import guess_format
from workbench.data.source.cells.number_format import guess_number


def problems_of(quarantine: pd.DataFrame) -> list[Problem]:
    """Return one problem per table, column and reason, with the first place and the count.

    Parameters
    ----------
    quarantine : DataFrame
        Rows and cells not taken; see `Book`.
    """
    problems = []
    for (table, column, reason), rows in quarantine.groupby(
        ["table", "column", "reason"], sort=False
    ):
        first = rows.iloc[0]
        more = f" and {len(rows) - 1:,} more rows" if len(rows) > 1 else ""
        where = f"{table} row {first['row']:,}{f', column {column}' if column else ''}{more}"
        value = first["value"]
        found = "" if pd.isna(value) else repr(value)
        expected = "an ISO date such as 2024-12-31" if "a date" in reason else ""
        problems.append(Problem(reason, where, expected, found, hint_for(reason, str(value))))
    return problems


def hint_for(reason: str, value: str) -> str:
    """Return what can be done about a cell, as a sentence, or nothing.

    Parameters
    ----------
    reason : str
        As the quarantine states it.
    value : str
        What the cell holds.
    """
    hint = ""
    # Without digits, or with zeros alone, it is a word for nothing.
    nothing = value.startswith("0000") or not any(map(str.isdigit, value.replace("0", "")))
    missing = f"state missing: [{json.dumps(value, ensure_ascii=False)}] in a mapping"
    if f"before {FIRST_YEAR}" in reason or (nothing and "a date" in reason):
        hint = f"if it stands for no date, {missing}"
    elif "a date" in reason:
        hint = guess_format(value)
    elif "not a number" in reason:
        hint = f"if it stands for no number, {missing}" if nothing else guess_number(value)
    elif reason == "duplicate key":
        hint = "if several rows describe one, state repeated: first (or last) in a mapping"
    return f"{hint[:1].upper()}{hint[1:]}." if hint else ""
