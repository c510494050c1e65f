"""What can be read in two ways of which the likelier one is not what is stated.

Refused before anything is counted, each with the key of a mapping that settles it.
"""

from __future__ import annotations

import re

import ibis
import pandas as pd

from workbench.core.errors import Problem
from workbench.data.source.cells.cast import as_text
from workbench.data.source.cells.number_format import PLAIN
from workbench.data.source.mapping.spec import ChainTerms
from workbench.data.source.shape.arrange import RawTable
from workbench.data.source.shape.lengths import MONTHS_PER
from workbench.data.source.shape.snapshot import tenure_months

MONEY = ("arr", "amount", "cost")
"""Columns of amounts: hardly any currency has a thousandth."""

# Half of all customers for longer than this is no book of subscriptions, but another unit.
_LONGEST_USUAL_TENURE_MONTHS = 240
_UNIT_WORDS = re.compile(r"(?<![a-z])(day|week|month|year)s?(?![a-z])")
_LIKE_GROUPS = "^[+-]?[1-9][0-9]{0,2}[.][0-9]{3}$"


def tenure_problems(table: ibis.Table, spec: ChainTerms) -> list[Problem]:
    """Say where tenures are hardly in the unit that is stated.

    Parameters
    ----------
    table : ibis.Table
        Snapshot rows.
    spec : ChainTerms

    Returns
    -------
    list of Problem
    """
    column, unit = spec.tenure_column, spec.unit or "months"
    where = f"chain_terms, column {column}"
    hint = f"State tenure: {column}, and as unit what it is in: {', '.join(MONTHS_PER)}."
    named = _UNIT_WORDS.findall(column.lower())
    if named and f"{named[0]}s" != unit and not spec.tenure:
        return [Problem("the column's name says another unit", where, unit, f"{named[0]}s", hint)]
    if spec.tenure:
        return []
    middle = tenure_months(table, spec).median().execute()
    if pd.isna(middle) or middle <= _LONGEST_USUAL_TENURE_MONTHS:
        return []
    found = f"{middle:,.0f} in the middle, which would be {middle / 12:.0f} years"
    return [Problem("tenures are hardly months", where, "months", found, hint)]


def amount_problems(raw: RawTable) -> list[Problem]:
    """Say where the points in amounts look like marks of thousands.

    Parameters
    ----------
    raw : RawTable

    Returns
    -------
    list of Problem
        One per column of money in which every number with a point has three digits behind it and
        one to three before it, and in which no mark is stated. Cells that are no numbers as they
        stand, `1.234,50`, do not make the others plain.
    """
    problems = []
    for column in raw.columns:
        reading, value = column.reading, column.value
        stated = reading.decimal or reading.thousands
        if column.column.name not in MONEY or stated or not value.type().is_string():
            continue
        cells = raw.table.select(text=as_text(value))
        cells = cells.filter(cells.text.contains(".") & cells.text.re_search(PLAIN))
        counts = cells.agg(
            points=cells.count(),
            groups=cells.text.re_search(_LIKE_GROUPS).sum(),
            example=cells.text.max(),
        ).execute()
        points, groups, example = counts.fillna({"groups": 0}).iloc[0]
        if points and points == groups:
            name = column.column.name
            problems.append(
                Problem(
                    "every amount with a point has three digits behind it",
                    f"{raw.name}, column {name}",
                    found=repr(example),
                    hint='State thousands: "." in a mapping if the point groups digits, or '
                    'decimal: "." if it begins the fraction.',
                )
            )
    return problems
