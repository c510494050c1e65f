"""Texts to ISO dates and times, in the engine: only real days, only in forms that are known."""

from __future__ import annotations

import ibis

from workbench.data.source.cells.date_format import (
    LAST_OF_THIS_CENTURY,
    MONTHS,
    format_pattern,
    has_words,
)

_DAY = "^([0-9]{4})-([0-9]{2})-([0-9]{2})"
_CLOCK = "[T ]([0-9]{2}):([0-9]{2})(:([0-9]{2})([.][0-9]{1,9})?)?"
_UTC = "([Zz]|[+-]00(:?00)?| ?UTC)"
_OFFSET = "([Zz]|[+-][0-9]{2}(:?[0-9]{2})?| ?UTC)"
_ZERO, _ONE = ibis.literal("0"), ibis.literal("1")
_MONTH = r"^([0-9]{4})-([0-9]{2})$"


def iso_text(text: ibis.Value, kind: str, date_format: str) -> ibis.Value:
    """Return a text in ISO form, missing where it is not in the stated one.

    Parameters
    ----------
    text : ibis column
        What the source's cells hold.
    kind : {"date", "month", "time"}
        Of the canonical column.
    date_format : str
        Empty means ISO.
    """
    if not date_format:
        iso = _plain_iso(text, kind)
    else:
        pattern, groups = format_pattern(date_format)
        stated = if_matches(text.lower() if has_words(date_format) else text, pattern)
        part = {name: stated.re_extract(pattern, group) for name, group in groups.items()}
        iso = _year(part) + "-" + _month(part) + "-" + _two(part.get("d", _ONE))
        iso = _with_clock(iso, part)
        # A sheet's own dates among texts come as ISO, which no other form can be taken for.
        if not date_format.startswith(("%Y", "%y")):
            iso = ibis.coalesce(iso, _plain_iso(text, kind))
    return iso if kind == "time" else iso.substr(0, 10)


def _plain_iso(text: ibis.Value, kind: str) -> ibis.Value:
    if kind == "month":
        text = ibis.ifelse(text.re_search(_MONTH), text + "-01", text)
    if kind != "time":
        # A day is the one that is written, wherever the clock beside it stands.
        return if_matches(text, f"{_DAY}({_CLOCK}{_OFFSET}?)?$")
    # The engines differ on offsets; only UTC's own is accepted, so it can go.
    return if_matches(text, f"{_DAY}({_CLOCK}{_UTC}?)?$").re_replace(f"{_UTC}$", "")


def _year(part: dict[str, ibis.Value]) -> ibis.Value:
    if "y" not in part:
        return part["Y"]
    this = part["y"] <= f"{LAST_OF_THIS_CENTURY}"
    return ibis.ifelse(this, "20" + part["y"], "19" + part["y"])


def _month(part: dict[str, ibis.Value]) -> ibis.Value:
    if "b" not in part:
        return _two(part["m"])
    name = part["b"].substr(0, 3)
    return ibis.cases(*((name == month, f"{n:02d}") for n, month in enumerate(MONTHS, 1)))


def _with_clock(iso: ibis.Value, part: dict[str, ibis.Value]) -> ibis.Value:
    if "I" in part:
        hour = part["I"].nullif("").cast("int32")
        noon = ibis.ifelse(part["p"].startswith("p"), 12, 0)
        # 13 PM is no time, and is left to be refused.
        hour = ibis.ifelse(hour.between(1, 12), hour % 12 + noon, 99).cast("string")
    elif "H" in part:
        hour = part["H"]
    else:
        return iso
    minute, second = part.get("M", _ZERO), part.get("S", _ZERO)
    return iso + " " + _two(hour) + ":" + _two(minute) + ":" + _two(second)


def _two(digits: ibis.Value) -> ibis.Value:
    return digits.lpad(2, "0")


def is_real(iso: ibis.Value) -> ibis.Value:
    """Tell whether a text of ISO form names a day and a time that exist.

    Parameters
    ----------
    iso : ibis expression
        A text that has the form of an ISO date or time.
    """

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


def _days_in_month(year: ibis.Value, month: ibis.Value) -> ibis.Value:
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    february = ibis.ifelse(leap, 29, 28)
    return ibis.cases((month == 2, february), (month.isin([4, 6, 9, 11]), 30), else_=31)


def if_matches(text: ibis.Value, pattern: str) -> ibis.Value:
    """Return a text where it matches a pattern, else missing.

    Parameters
    ----------
    text : ibis expression
        A text.
    pattern : str
        Regular expression; it may match anywhere.
    """
    return ibis.ifelse(text.re_search(pattern), text, ibis.null("string"))
