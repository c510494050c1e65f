"""Lengths of time that a source states in days, weeks, months or years."""

from __future__ import annotations

import ibis

from workbench.data.schema import Column
from workbench.data.source.cells import Reading, as_text, cast, readable
from workbench.data.source.mapping_parts import Length

MONTHS_PER = {"days": 12 / 365.25, "weeks": 7 * 12 / 365.25, "months": 1.0, "years": 12.0}
"""Months in one of each unit."""

_INTERVALS = {"days": ("D", 1), "weeks": ("D", 7), "months": ("M", 1), "years": ("M", 12)}
_LONGEST = 100_000


def read_number(cell: ibis.Value) -> ibis.Value:
    """Return a cell as a number, missing where it is none."""
    cell = as_text(cell) if cell.type().is_string() else cell
    column, plain = Column("length", "number"), Reading()
    return cast(readable(cell, column, plain), column, plain)


def with_length(
    table: ibis.Table, name: str, start: ibis.Value, reading: Reading, plus: Length
) -> ibis.Table:
    """Add a column of days: a start plus a length from another column.

    Parameters
    ----------
    table : ibis.Table
    name : str
        Of the new column.
    start : ibis column
        Dates as the source writes them.
    reading : Reading
        How it writes them.
    plus : Length

    Returns
    -------
    ibis.Table
        ISO texts. Missing where start or length is blank. Where one of them cannot be read or
        the length is not whole, both as they stand, so that the checks find no date there.
    """
    day = Column("start", "date")
    plain = Reading(reading.date_format)
    cell = as_text(start) if start.type().is_string() else start
    length = table[plus.column]
    table = table.mutate(
        start_=readable(cell, day, plain), length_=read_number(length), said_=as_text(length)
    )
    unit, units = _INTERVALS[plus.unit]
    length = table.length_
    sound = (length == length.round()) & (length.abs() <= _LONGEST)
    steps = ibis.ifelse(sound, length, ibis.null("float64")).cast("int32") * units
    table = table.mutate(start_=cast(table.start_, day, plain), steps_=steps, shown_=as_text(start))
    moved = (table.start_ + table.steps_.as_interval(unit)).strftime("%Y-%m-%d")
    instead = table.shown_ + " plus " + table.said_ + f" {plus.unit}"
    return table.mutate(**{name: ibis.coalesce(moved, instead)}).drop(
        "start_", "length_", "said_", "steps_", "shown_"
    )
