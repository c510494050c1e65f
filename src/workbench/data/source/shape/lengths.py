"""Numbers from two columns: a length added to a date, a price times a quantity."""

from __future__ import annotations

import ibis

from workbench.data.schema import Column
from workbench.data.source.cells.cast import Reading, as_text, cast, readable
from workbench.data.source.mapping.parts import Factor, Length

MONTHS_PER = {"days": 12 / 365.25, "weeks": 7 * 12 / 365.25, "months": 1.0, "years": 12.0}
"""Months in one of each unit."""

_INTERVALS = {"days": ("D", 1), "weeks": ("D", 7), "months": ("M", 1), "years": ("M", 12)}
_LONGEST = 100_000


def read_number(cell: ibis.Value) -> ibis.Value:
    """Return a cell as a number, missing where it is none.

    Parameters
    ----------
    cell : ibis expression
        A column of the source, of any type.
    """
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
        Of the source, with the columns of start and length.
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
        start_=readable(cell, day, plain), length_=read_number(length), text_=as_text(length)
    )
    unit, units = _INTERVALS[plus.unit]
    length = table.length_
    sound = (length == length.round()) & (length.abs() <= _LONGEST)
    steps = ibis.ifelse(sound, length, ibis.null("float64")).cast("int32") * units
    table = table.mutate(start_=cast(table.start_, day, plain), steps_=steps, shown_=as_text(start))
    moved = (table.start_ + table.steps_.as_interval(unit)).strftime("%Y-%m-%d")
    instead = table.shown_ + " plus " + table.text_ + f" {plus.unit}"
    return table.mutate(**{name: ibis.coalesce(moved, instead)}).drop(
        "start_", "length_", "text_", "steps_", "shown_"
    )


def scaled_by(
    table: ibis.Table, name: str, number: ibis.Value, reading: Reading, times: tuple[Factor, ...]
) -> ibis.Table:
    """Add a column of numbers: a number times what other columns say.

    Parameters
    ----------
    table : ibis.Table
    name : str
        Of the new column.
    number : ibis column
        As the source writes it.
    reading : Reading
        How it writes it, and its unit.
    times : tuple of Factor
        A blank number counts once, a blank word makes it unreadable.

    Returns
    -------
    ibis.Table
        Missing where the number is blank. Texts: where something cannot be read all of it as it
        stands, so that the checks find no number there.
    """
    money = Column("number", "number")
    cell = as_text(number) if number.type().is_string() else number
    table = table.mutate(shown_=as_text(number), form_=readable(cell, money, reading))
    table = table.mutate(product_=cast(table.form_, money, reading))
    for factor in times:
        text = as_text(table[factor.column])
        if factor.words:
            words = ((text.lower() == word.lower(), by) for word, by in factor.words.items())
            by = ibis.cases(*words, else_=ibis.null("float64"))
        else:
            by = ibis.ifelse(text.isnull(), 1.0, read_number(table[factor.column]))
        shown = table.shown_ + " times " + text.fill_null("(blank)")
        table = table.mutate(product_=table.product_ * by, shown_=shown)
    value = ibis.coalesce(table.product_.cast("string"), table.shown_)
    return table.mutate(**{name: value}).drop("shown_", "form_", "product_")
