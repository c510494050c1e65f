"""Cast one source column to its canonical kind, in the engine, without ever failing on a cell.

Written as Ibis expressions so that one set of rules runs on DuckDB and on PostgreSQL. Neither
engine's own parser decides what a date is: a text must match the stated form and be a real
calendar day before the engine sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.datatypes as dt

from workbench.data.schema import Column
from workbench.data.source.cells.dates import if_matches, is_real, iso_text
from workbench.data.source.cells.number_format import PLAIN, PLAIN_MARKS, VARIANTS, number_pattern

ContentType = Literal["text", "number", "flag"]
AT_ONCE = 50  # columns in one query: an engine's planning grows with the square of them

LONGEST_TEXT = 1_000_000
"""Characters; a longer cell is an accident of export, not a text."""


KIND_NAMES = {
    "text": f"text of at most {LONGEST_TEXT:,} characters",
    "date": "a date",
    "month": "a month",
    "time": "a date and time",
    "number": "a number",
    "flag": "true or false",
}


@dataclass(frozen=True)
class Reading:
    """How the source writes this column.

    Parameters
    ----------
    date_format : str
        Like ``%d-%m-%Y`` with optional ``%H:%M:%S``; empty means ISO, the only form accepted
        unasked.
    decimal, thousands : str
        Marks inside numbers; groups of thousands have three digits. Without either, the decimal
        mark is a point that nobody has stated.
    strip : tuple of str
        Signs and words around a number that are not part of it, such as a currency sign.
    negative : tuple of {"brackets", "trailing"}
        How a negative number may be written, besides a minus in front.
    or_plain : bool
        Whether numbers may also stand there as engines write them: a sheet's own among texts.
    multiply_by : float
        Converts units.
    add_days : int
        Moves a date; 1 turns an inclusive end into an exclusive one.
    """

    date_format: str = ""
    decimal: str = ""
    thousands: str = ""
    strip: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    or_plain: bool = False
    multiply_by: float = 1.0
    add_days: int = 0


def as_text(value: ibis.Value) -> ibis.Value:
    """Return any source value as stripped text; empty becomes missing.

    Parameters
    ----------
    value : ibis expression
        A column of the source, of any type.
    """
    kind = value.type()
    if kind.is_string():
        return value.strip().nullif("")
    if kind.is_boolean():
        return ibis.ifelse(value, "true", "false")
    if kind.is_floating():
        # 17.0 is how a table with a gap writes the key 17; NaN and infinity sort above the bound.
        small = ibis.ifelse(value.abs() < 1e15, value, 0.5)
        whole = small == small.round()
        text = ibis.ifelse(whole, small.cast("int64").cast("string"), value.cast("string"))
        return ibis.ifelse(value.isnan(), ibis.null("string"), text)
    return value.cast("string")


def as_word(value: ibis.Value) -> ibis.Value:
    """Return a value as a mapping writes it: as text, and a day without its midnight.

    Parameters
    ----------
    value : ibis expression
        A column of the source, of any type.
    """
    text = as_text(value)
    return text.re_replace(" 00:00:00$", "") if value.type().is_timestamp() else text


def equals_word(value: ibis.Value, word: str, missing: Sequence[str] = ()) -> ibis.Value:
    """Tell whether a cell is a word; the empty word stands for blank or a word for missing.

    Parameters
    ----------
    value : ibis expression
        A column of the source, of any type.
    word : str
        As a mapping has it; empty for a blank cell.
    missing : sequence of str, optional
        Words that stand for a blank cell.
    """
    text = as_word(value)
    if word:
        return (text == word).fill_null(False)
    return text.isnull() | text.isin(missing).fill_null(False) if missing else text.isnull()


def readable(cell: ibis.Value, column: Column, reading: Reading) -> ibis.Value:
    """Return what `cast` reads: a native value as it is, or a text in the one form it knows.

    Parameters
    ----------
    cell : ibis column
        The source's cell; texts stripped, as `as_text` does.
    column : Column
    reading : Reading

    Notes
    -----
    Reading takes two steps because each refers to the one before many times: as one expression
    the SQL would double at every reference.
    """
    native = cell.type()
    text = cell if native.is_string() else as_text(cell)
    match column.kind:
        case "number":
            return cell if native.is_numeric() else _number_text(text, reading)
        case "flag":
            return cell if native.is_boolean() else text.lower()
        case "date" | "month" | "time":
            if native.is_timestamp() or native.is_date():
                return cell
            return iso_text(text, column.kind, reading.date_format)
    return text.lower() if column.choices else text


def cast(value: ibis.Value, column: Column, reading: Reading) -> ibis.Value:
    """Return a column, made `readable`, as its canonical kind; what is not that becomes missing.

    Parameters
    ----------
    value : ibis expression
        From `readable`.
    column : Column
        The canonical column, whose kind it is to have.
    reading : Reading
        How dates and numbers are written.
    """
    match column.kind:
        case "number":
            return _number(value, reading)
        case "flag":
            return _flag(value)
        case "date" | "month" | "time":
            return _moment(value, column.kind, reading)
    fits = value.isin(column.choices) if column.choices else value.length() <= LONGEST_TEXT
    return ibis.ifelse(fits, value, ibis.null("string"))


def _number_text(text: ibis.Value, reading: Reading) -> ibis.Value:
    """Return a number as engines write it, where the text is one as stated."""
    decimal = reading.decimal or "."
    if (decimal, reading.thousands, reading.strip, reading.negative) == (".", "", (), ()):
        return if_matches(text, PLAIN)
    stated = _stated_number(text, decimal, reading)
    if not reading.or_plain:
        return stated
    # Three digits behind the point could be a group in a text; a sheet's own number has none.
    plain = ibis.ifelse(text.re_search("[.][0-9]{3}$"), ibis.null("string"), text)
    return ibis.coalesce(stated, if_matches(plain, PLAIN))


def _stated_number(text: ibis.Value, decimal: str, reading: Reading) -> ibis.Value:
    text = text.translate(VARIANTS, PLAIN_MARKS)
    pattern = number_pattern(decimal, reading.thousands, reading.strip, reading.negative)
    text = if_matches(text, pattern)
    minus = text.re_search("^[^0-9]*[(-]|-[^0-9]*$")
    # The whole text is known to be a number: what is taken out stands where it may.
    for mark in (*sorted(reading.strip, key=len, reverse=True), reading.thousands, *" ()"):
        text = text.replace(mark, "") if mark else text
    text = text.re_replace("^[+-]|-$", "")
    if decimal != ".":
        text = text.replace(decimal, ".")
    return ibis.ifelse(minus, "-" + text, text)


def _number(value: ibis.Value, reading: Reading) -> ibis.Value:
    number = value.cast("float64")
    if value.type().is_floating():
        number = ibis.ifelse(number.isnan() | number.isinf(), ibis.null("float64"), number)
    return number * reading.multiply_by if reading.multiply_by != 1 else number


def _flag(value: ibis.Value) -> ibis.Value:
    if value.type().is_boolean():
        return value
    return ibis.cases(
        (value.isin(["true", "t", "1", "yes", "y"]), True),
        (value.isin(["false", "f", "0", "no", "n"]), False),
    )


def _moment(value: ibis.Value, kind: str, reading: Reading) -> ibis.Value:
    if value.type().is_string():
        value = ibis.ifelse(is_real(value), value, ibis.null("string"))
    moment = value.cast(dt.Timestamp(scale=6))
    if kind == "date":
        moment = moment.truncate("D")
    if kind == "month":
        moment = moment.truncate("M")
    if reading.add_days:
        moment = moment + ibis.interval(days=reading.add_days)
    return moment.cast(dt.Timestamp(scale=6))


def content_types(table: ibis.Table, names: Sequence[str]) -> dict[str, ContentType]:
    """Tell what columns without a stated type hold, by their type or, for texts, their content.

    The same content is told the same way whether it comes as text or typed. Texts are read by
    blocks: a query for each of 2,000 columns takes minutes, and so does one for all of them.

    Parameters
    ----------
    table : ibis.Table
        Of a source.
    names : sequence of str
        Columns of the table.
    """
    kinds: dict[str, ContentType | None] = {
        name: _native_type(table[name].type()) for name in names
    }
    unknown = [name for name, kind in kinds.items() if kind is None]
    for start in range(0, len(unknown), AT_ONCE):
        kinds |= _text_types(table, unknown[start : start + AT_ONCE])
    return {name: kind or "text" for name, kind in kinds.items()}


def _text_types(table: ibis.Table, names: Sequence[str]) -> dict[str, ContentType]:
    texts = table.select(**{name: as_text(table[name]) for name in names})
    counts = {}
    for at, name in enumerate(names):
        counts[f"filled{at}"] = texts[name].count()
        counts[f"number{at}"] = texts[name].re_search(PLAIN).sum()
        counts[f"flag{at}"] = texts[name].lower().isin(["true", "false"]).sum()
    found = texts.agg(**counts).execute().fillna(0).iloc[0]
    kinds: dict[str, ContentType] = {}
    for at, name in enumerate(names):
        filled, number, flag = (found[f"{what}{at}"] for what in ("filled", "number", "flag"))
        kinds[name] = "number" if number == filled else "flag" if flag == filled else "text"
        kinds[name] = kinds[name] if filled else "text"
    return kinds


def _native_type(kind: dt.DataType) -> ContentType | None:
    """Return what a column of a type holds; None for a text, which may hold anything."""
    if kind.is_boolean():
        return "flag"
    if kind.is_numeric():
        return "number"
    return None if kind.is_string() else "text"
