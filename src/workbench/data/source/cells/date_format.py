"""Stated date formats: as regular expressions, and guessed from a text for a hint."""

from __future__ import annotations

import re
from collections.abc import Mapping

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""The first letters of English months."""

LAST_OF_THIS_CENTURY = 68
"""A year of two digits up to this one is after 2000, as POSIX has it."""

_MONTH = f"(?:{'|'.join(MONTHS)})[a-z]*"
_PARTS = {
    "Y": "[0-9]{4}",
    "y": "[0-9]{2}",
    "m": "[0-9]{1,2}",
    "b": f"{_MONTH}[.]?",
    "d": "[0-9]{1,2}",
    "H": "[0-9]{1,2}",
    "I": "[0-9]{1,2}",
    "p": "[ap][.]?m[.]?",
    "M": "[0-9]{2}",
    "S": "[0-9]{2}",
}
_SAME = {"B": "b"}
_LARGEST = {"d": 31, "m": 12}
_LOOKS = {"%d": "DD", "%m": "MM", "%Y": "YYYY", "%y": "YY"}
_DIGITS_OF_A_YEAR = 4
_WORDS = {"b", "p"}
_CLOCK = re.compile(
    r"(?P<gap>,? +|T)[0-9]{1,2}:[0-9]{2}(?P<seconds>:[0-9]{2})?(?P<half> ?[ap]m)?$", re.IGNORECASE
)


def format_pattern(date_format: str) -> tuple[str, dict[str, int]]:
    """Return the regular expression of a date format, and which group holds which part.

    Parameters
    ----------
    date_format : str
        In parts such as ``%d``, ``%m`` or ``%b`` (the English name, short or long), ``%Y`` or
        ``%y``, ``%H`` or ``%I`` with ``%p``; each part once. With a name in it, the expression is
        for texts in lower case.

    Raises
    ------
    ValueError
        When the format has an unknown part, or no year and month.

    Examples
    --------
    >>> format_pattern("%d.%m.%Y")
    ('^([0-9]{1,2})[.]([0-9]{1,2})[.]([0-9]{4})$', {'d': 1, 'm': 2, 'Y': 3})
    """
    pattern, groups = "", {}
    tokens = re.findall(r"%.|[^%]", date_format)
    words = has_words(date_format)
    for token in tokens:
        if token[0] == "%":
            part = _SAME.get(token[1:], token[1:])
            if part not in _PARTS or part in groups:
                raise ValueError(f"{token} is unknown or stands twice")
            groups[part] = len(groups) + 1
            pattern += f"({_PARTS[part]})"
        else:
            plain = token.isalnum() or token in " -:/,"
            pattern += (token.lower() if words else token) if plain else f"[{token}]"
    for one, other in (("Y", "y"), ("m", "b"), ("H", "I")):
        if {one, other} <= set(groups):
            raise ValueError(f"%{one} and %{other} say the same")
    if not ({"Y", "y"} & set(groups) and {"m", "b"} & set(groups)):
        raise ValueError("a format needs %Y and %m")
    if ("I" in groups) != ("p" in groups):
        raise ValueError("%I and %p go together")
    return f"^{pattern}$", groups


def has_words(date_format: str) -> bool:
    """Tell whether a format has a month's name, am or pm in it, whose capitals do not matter.

    Parameters
    ----------
    date_format : str
        As stated.
    """
    return any(_SAME.get(part, part) in _WORDS for part in re.findall("%(.)", date_format))


def day_of(parts: Mapping[str, str]) -> tuple[int, int, int]:
    """Return year, month and day of the parts of a text, the first of the month where none is.

    Parameters
    ----------
    parts : mapping of str to str
        As the groups of `format_pattern` find them.

    Examples
    --------
    >>> day_of({"b": "sept.", "y": "24"})
    (2024, 9, 1)
    """
    if "y" in parts:
        year = int(parts["y"])
        year += 2000 if year <= LAST_OF_THIS_CENTURY else 1900
    else:
        year = int(parts["Y"])
    month = MONTHS.index(parts["b"][:3]) + 1 if "b" in parts else int(parts["m"])
    return year, month, int(parts.get("d", 1))


def formats_of(text: str) -> tuple[str, ...]:
    """Return the formats in which a text may be a day, with or without a time.

    Parameters
    ----------
    text : str
        What a cell holds.

    Returns
    -------
    tuple of str
        Two where day and month may be the other way round: the day first, then the month first.

    Examples
    --------
    >>> formats_of("3/4/2024 9:05 AM")
    ('%d/%m/%Y %I:%M %p', '%m/%d/%Y %I:%M %p')
    >>> formats_of("Jan 31, 2024"), formats_of("31.01.24"), formats_of("2024/1/31")
    (('%b %d, %Y',), ('%d.%m.%y',), ('%Y/%m/%d',))
    """
    clock = _CLOCK.search(text)
    behind = ""
    if clock:
        half = clock["half"] or ""
        hour = "%I" if half else "%H"
        gap = " " if half.startswith(" ") else ""
        seconds = ":%S" if clock["seconds"] else ""
        behind = f"{clock['gap']}{hour}:%M{seconds}{f'{gap}%p' if half else ''}"
        text = text[: clock.start()]
    tokens = re.findall(r"[0-9]+|[a-z]+[.]?|[^0-9a-z]+", text.strip().lower())
    if len(tokens) != 5 or any(mark.isalnum() for mark in tokens[1::2]):
        return ()
    one, two, three = tokens[::2]
    named = [re.fullmatch(_PARTS["b"], token) is not None for token in (one, two, three)]
    year_first = len(one) == _DIGITS_OF_A_YEAR
    if named[0]:
        orders = ["bdY"]
    elif named[1]:
        orders = ["Ybd" if year_first else "dbY"]
    else:
        orders = ["Ymd"] if year_first else ["dmY", "mdY"]
    found = [_written(order, (one, two, three), tokens[1::2]) for order in orders]
    return tuple(f"{each}{behind}" for each in found if each)


def _written(order: str, values: tuple[str, ...], marks: list[str]) -> str:
    """Return the format in an order of parts; empty where the values cannot be those."""
    short = {"Y": "y"}
    parts = [short.get(p, p) if len(v) == 2 else p for p, v in zip(order, values, strict=True)]
    pairs = list(zip(parts, values, strict=True))
    if not all(re.fullmatch(_PARTS[part], value) for part, value in pairs):
        return ""
    if any(int(value) > _LARGEST[part] for part, value in pairs if part in _LARGEST):
        return ""
    return f"%{parts[0]}{marks[0]}%{parts[1]}{marks[1]}%{parts[2]}"


def guess_format(text: str) -> str:
    """Say which date form a text looks like, or nothing.

    Parameters
    ----------
    text : str
        What a cell holds.

    Examples
    --------
    >>> guess_format("31-12-2024")
    'looks like DD-MM-YYYY: state date_format: "%d-%m-%Y" in a mapping'
    >>> guess_format("20241231")
    'looks like YYYYMMDD: state date_format: "%Y%m%d" in a mapping'
    >>> guess_format("3 Mar 24 10:15")
    'state date_format: "%d %b %y %H:%M" in a mapping'
    >>> guess_format("45292")
    "looks like a spreadsheet's count of days: format that column as a date there"
    """
    if re.fullmatch(r"[2-6]\d{4}([.]\d+)?", text):
        return "looks like a spreadsheet's count of days: format that column as a date there"
    if re.fullmatch(r"1\d{9}(\d{3})?", text):
        return "looks like seconds since 1970: export that column as dates"
    if re.fullmatch(r"(19|20|99)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", text):
        return 'looks like YYYYMMDD: state date_format: "%Y%m%d" in a mapping'
    if re.search(r":\d\d([.]\d+)?([+-]\d\d:?\d\d| ?[A-Z]{3,4})$", text):
        return "it has a time zone: export that column in UTC, or days alone"
    if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\b", text):
        return "no calendar has that day"
    found = formats_of(text)
    looks = re.sub("%.", lambda part: _LOOKS.get(part[0], part[0]), "".join(found))
    sure = len(found) == 1 and not re.search("[%a-z]", looks)
    quoted = " or ".join(f'"{each}"' for each in found)
    shown = f"looks like {looks}: " if sure else ""
    return f"{shown}state date_format: {quoted} in a mapping" if found else ""
