"""Cast one source column to its canonical kind, in the engine, without ever failing on a cell.

Written as Ibis expressions so that one set of rules runs on DuckDB and on PostgreSQL. Neither
engine's own parser decides what a date is: a text must match the stated form and be a real
calendar day before the engine sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.datatypes as dt

from workbench.data.schema import Column
from workbench.data.source.date_format import format_pattern

ContentType = Literal["text", "number", "flag"]

LONGEST_TEXT = 1_000_000
"""Characters; a longer cell is an accident of export, not a text."""

_NUMBER = r"^[+-]?([0-9]{1,30}([.][0-9]*)?|[.][0-9]{1,30})([eE][+-]?[0-9]{1,2})?$"
_ISO = (
    r"^([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"([T ]([0-9]{2}):([0-9]{2})(:([0-9]{2})([.][0-9]{1,9})?)?([Zz]|[+-]00(:?00)?)?)?$"
)
_ZERO, _ONE = ibis.literal("0"), ibis.literal("1")
_UTC = r"([Zz]|[+-]00(:?00)?)$"
_MONTH = r"^([0-9]{4})-([0-9]{2})$"

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
        Marks inside numbers.
    multiply_by : float
        Converts units.
    add_days : int
        Moves a date; 1 turns an inclusive end into an exclusive one.
    """

    date_format: str = ""
    decimal: str = "."
    thousands: str = ""
    multiply_by: float = 1.0
    add_days: int = 0


def as_text(value: ibis.Value) -> ibis.Value:
    """Return any source value as stripped text; empty becomes missing."""
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
            return _iso_text(text, column.kind, reading)
    return text.lower() if column.choices else text


def cast(value: ibis.Value, column: Column, reading: Reading) -> ibis.Value:
    """Return a column, made `readable`, as its canonical kind; what is not that becomes missing."""
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
    if reading.thousands:
        text = text.replace(reading.thousands, "")
    if reading.decimal != ".":
        text = text.replace(reading.decimal, ".")
    return _if_matches(text, _NUMBER)


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
        value = ibis.ifelse(_is_real(value), value, ibis.null("string"))
    moment = value.cast(dt.Timestamp(scale=6))
    if kind == "date":
        moment = moment.truncate("D")
    if kind == "month":
        moment = moment.truncate("M")
    if reading.add_days:
        moment = moment + ibis.interval(days=reading.add_days)
    return moment.cast(dt.Timestamp(scale=6))


def _iso_text(text: ibis.Value, kind: str, reading: Reading) -> ibis.Value:
    if reading.date_format:
        pattern, groups = format_pattern(reading.date_format)
        text = _if_matches(text, pattern)
        part = {name: text.re_extract(pattern, group) for name, group in groups.items()}
        iso = _two(part["Y"], 4) + "-" + _two(part["m"]) + "-" + _two(part.get("d", _ONE))
        iso = _with_clock(iso, part)
    else:
        if kind == "month":
            text = ibis.ifelse(text.re_search(_MONTH), text + "-01", text)
        iso = _if_matches(text, _ISO)
        # The engines differ on offsets; only UTC's own is accepted, so it can go.
        iso = iso.re_replace(_UTC, "") if kind == "time" else iso
    return iso if kind == "time" else iso.substr(0, 10)


def _with_clock(iso: ibis.Value, part: dict[str, ibis.Value]) -> ibis.Value:
    if "H" not in part:
        return iso
    return (
        iso
        + " "
        + _two(part["H"])
        + ":"
        + _two(part.get("M", _ZERO))
        + ":"
        + _two(part.get("S", _ZERO))
    )


def _two(digits: ibis.Value, width: int = 2) -> ibis.Value:
    return digits.lpad(width, "0")


def _is_real(iso: ibis.Value) -> ibis.Value:
    """Tell whether a text of ISO form names a day and a time that exist."""

    def number(start: int, width: int) -> ibis.Value:
        return iso.substr(start, width).nullif("").cast("int32")

    year, month, day = number(0, 4), number(5, 2), number(8, 2)
    hour, minute = number(11, 2).fill_null(0), number(14, 2).fill_null(0)
    # Position 17 holds seconds only behind a second colon; a bare offset stands there otherwise.
    second = ibis.ifelse(iso.substr(16, 1) == ":", number(17, 2), 0)
    return (
        (year >= 1)
        & month.between(1, 12)
        & (day >= 1)
        & (day <= _days_in_month(year, month))
        & (hour < 24)
        & (minute < 60)
        & (second < 60)
    )


def _if_matches(text: ibis.Value, pattern: str) -> ibis.Value:
    return ibis.ifelse(text.re_search(pattern), text, ibis.null("string"))


def _days_in_month(year: ibis.Value, month: ibis.Value) -> ibis.Value:
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    february = ibis.ifelse(leap, 29, 28)
    return ibis.cases((month == 2, february), (month.isin([4, 6, 9, 11]), 30), else_=31)


def content_type(column: ibis.Value) -> ContentType:
    """Tell what a column without a stated type holds, by its type or, for texts, its content.

    The same content is told the same way whether it comes as text or typed.
    """
    kind = column.type()
    if kind.is_boolean():
        return "flag"
    if kind.is_numeric():
        return "number"
    if not kind.is_string():
        return "text"
    text = as_text(column)
    counts = text.as_table().agg(
        filled=text.count(),
        number=text.re_search(_NUMBER).sum(),
        flag=text.lower().isin(["true", "false"]).sum(),
    )
    filled, number, flag = counts.execute().fillna(0).iloc[0]
    if not filled:
        return "text"
    return "number" if number == filled else "flag" if flag == filled else "text"
