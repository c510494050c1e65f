"""Stated date formats: as regular expressions, and guessed from a text for a hint."""

from __future__ import annotations

import re

_DIGITS = {"Y": "{4}", "m": "{1,2}", "d": "{1,2}", "H": "{1,2}", "M": "{2}", "S": "{2}"}


def format_pattern(date_format: str) -> tuple[str, dict[str, int]]:
    """Return the regular expression of a date format, and which group holds which part.

    Parameters
    ----------
    date_format : str
        In parts such as ``%d``, ``%m``, ``%Y``; each part once.

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
    for token in re.findall(r"%.|[^%]", date_format):
        if token[0] == "%":
            if token[1:] not in _DIGITS or token[1:] in groups:
                raise ValueError(f"{token} is unknown or stands twice")
            groups[token[1:]] = len(groups) + 1
            pattern += f"([0-9]{_DIGITS[token[1:]]})"
        else:
            pattern += token if token.isalnum() or token in " -:/," else f"[{token}]"
    if not {"Y", "m"} <= set(groups):
        raise ValueError("a format needs %Y and %m")
    return f"^{pattern}$", groups


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
    >>> guess_format("45292")
    "looks like a spreadsheet's count of days: format that column as a date there"
    """
    if re.fullmatch(r"[2-6]\d{4}([.]\d+)?", text):
        return "looks like a spreadsheet's count of days: format that column as a date there"
    if re.fullmatch(r"(19|20|99)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", text):
        return 'looks like YYYYMMDD: state date_format: "%Y%m%d" in a mapping'
    found = re.match(r"^(\d{1,2})([-./])(\d{1,2})\2(\d{4})\b", text)
    if found is None:
        return ""
    first, mark, second = int(found[1]), found[2], int(found[3])
    day_first, month_first = f"%d{mark}%m{mark}%Y", f"%m{mark}%d{mark}%Y"
    if first > 12:
        return f'looks like DD{mark}MM{mark}YYYY: state date_format: "{day_first}" in a mapping'
    if second > 12:
        return f'looks like MM{mark}DD{mark}YYYY: state date_format: "{month_first}" in a mapping'
    return f'state date_format: "{day_first}" or "{month_first}" in a mapping'
