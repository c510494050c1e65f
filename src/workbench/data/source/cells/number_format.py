"""Stated number formats: as regular expressions, and guessed from a text for a hint."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable

DIGITS = r"([0-9]{1,30}([.][0-9]*)?|[.][0-9]{1,30})"
_EXPONENT = r"([eE][+-]?[0-9]{1,2})?"
PLAIN = rf"^[+-]?{DIGITS}{_EXPONENT}$"
"""What every engine reads as a number, and nothing else."""

_LONGEST_UNIT = 4
SCALES = frozenset(
    {"k", "m", "mm", "mn", "mio", "mia", "mrd", "b", "bn", "t", "tsd", "th", "lakh", "cr"}
)
"""Words that make another number of the one before them, in lower case."""
_AROUND = re.compile("^(?P<front>[^0-9.,]*)(?P<number>[0-9](?:[0-9.,' ]*[0-9])?)(?P<back>.*)$")

VARIANTS, PLAIN_MARKS = "\u00a0\u202f\u2009’\u2212", "   '-"
"""Blanks that do not break a line, a typographic apostrophe and minus; and what they stand for."""


def number_pattern(
    decimal: str, thousands: str, strip: tuple[str, ...], negative: tuple[str, ...]
) -> str:
    """Return the regular expression of numbers as they are stated to be written.

    Parameters
    ----------
    decimal, thousands : str
        Marks; groups between ``thousands`` have three digits.
    strip : tuple of str
        Signs and words before or behind a number.
    negative : tuple of {"brackets", "trailing"}
        How a negative number may be written, besides a minus in front.

    Examples
    --------
    >>> bool(re.match(number_pattern(",", ".", (), ()), "1.234,50"))
    True
    >>> bool(re.match(number_pattern(",", ".", (), ()), "1234.50"))
    False
    >>> bool(re.match(number_pattern(".", ",", ("$",), ("brackets",)), "$(1,200.00)"))
    True
    """
    point, signs = literal(decimal), "|".join(map(literal, strip))
    whole = "[0-9]{1,30}"
    if thousands:
        whole = f"([0-9]{{1,3}}({literal(thousands)}[0-9]{{3}})+|{whole})"
    number = f"({whole}({point}[0-9]*)?|{point}[0-9]{{1,30}}){_EXPONENT}"
    before, behind = (f"(({signs}) *)?", f"( *({signs}))?") if strip else ("", "")
    forms = [f"[+-]? *{before}{number}{behind}", f"{before}[+-] *{number}{behind}"]
    if "brackets" in negative:
        forms += [f"[(] *{before}{number}{behind} *[)]", f"{before}[(] *{number} *[)]{behind}"]
    if "trailing" in negative:
        forms += [f"{before}{number}{behind} *-", f"{before}{number} *-{behind}"]
    return f"^({'|'.join(forms)})$"


def literal(text: str) -> str:
    """Return a text as a regular expression that both engines read alike.

    Parameters
    ----------
    text : str
        To be matched as it stands.

    Examples
    --------
    >>> literal("US$ ")
    'US[$][ ]'
    """
    return "".join(
        mark if mark.isalnum() else f"[\\{mark}]" if mark in "^\\]" else f"[{mark}]"
        for mark in text
    )


def guess_number(text: str) -> str:
    r"""Say how a text that is no number yet could be read as one, or nothing.

    Parameters
    ----------
    text : str
        What a cell holds.

    Examples
    --------
    >>> guess_number("$1,200.00")
    'state strip: "$", thousands: "," in a mapping'
    >>> guess_number("1.234,50-")
    'state negative: trailing, decimal: ",", thousands: "." in a mapping'
    >>> guess_number("12,50")
    'state decimal: "," in a mapping'
    >>> guess_number("1.234")
    'state decimal: "." if it begins the fraction, thousands: "." if it groups digits, in a mapping'
    >>> guess_number("$1.2k")
    'a word in it scales the number: export whole amounts'
    >>> guess_number('="1200"')
    'state strip: ["=\\"", "\\""] in a mapping'
    >>> guess_number("1,23,456.00")
    'groups of digits must have three each'
    """
    parts = _parts(text)
    if parts is None:
        return ""
    front, number, back, words = parts
    if SCALES & {word.casefold().strip("$€£.") for word in words}:
        return "a word in it scales the number: export whole amounts"
    marks = _guess_marks(number)
    if marks is None:
        return "groups of digits must have three each"
    keys = [*_keys_around(front, back, words), *marks]
    share = "; with multiply_by: 0.01 if a share is meant, not percent" if "%" in words else ""
    return f"state {', '.join(keys)} in a mapping{share}" if keys else ""


def number_keys(cells: Iterable[str]) -> tuple[str, ...] | None:
    """Return the keys of a mapping under which a column's cells are numbers.

    Parameters
    ----------
    cells : iterable of str
        What stands in the column, none of it blank.

    Returns
    -------
    tuple of str or None
        None where a cell is none, where two cells contradict each other, and where what stands
        around the digits is more than a sign or a code of three capitals.

    Examples
    --------
    >>> number_keys(["$ 950.00", "$ 1,200.00", "$ 1,300"]), number_keys(["1200", "-3.5"])
    (('strip: "$"', 'thousands: ","'), ())
    >>> number_keys(["CON-17"]), number_keys(["K001"]), number_keys(["1.200,50", "1,200.50"])
    (None, None, None)
    """
    keys: dict[str, None] = {}
    unclear = False
    for text in cells:
        parts = _parts(text)
        marks = _guess_marks(parts[1]) if parts else None
        if parts is None or marks is None or not all(map(_is_sign, parts[3])):
            return None
        if re.search("[A-Za-z]-", parts[0]):
            return None
        several = len(marks) > 1 and " if " in marks[0]
        unclear |= several
        keys |= dict.fromkeys([*_keys_around(parts[0], parts[2], parts[3])])
        keys |= dict.fromkeys([] if several or marks == ['decimal: "."'] else marks)
    names = [key.partition(":")[0] for key in keys]
    stated = {"decimal", "thousands"} & set(names)
    return None if len(set(names)) < len(names) or (unclear and not stated) else tuple(keys)


def _is_sign(word: str) -> bool:
    return bool(re.fullmatch("|[A-Z]{0,3}[^A-Za-z0-9]|[A-Z]{3}", word))


def _parts(text: str) -> tuple[str, str, str, list[str]] | None:
    """Return what stands before, in and behind a number, and the words around it."""
    found = _AROUND.match(text.translate(str.maketrans(VARIANTS, PLAIN_MARKS)))
    if found is None:
        return None
    front, number, back = found["front"], found["number"], found["back"]
    words = re.sub(r"[()+-]", " ", f"{front} {back}").split()
    if any(len(word) > _LONGEST_UNIT or re.search("[0-9]", word) for word in words):
        return None
    return front, number, back, words


def _keys_around(front: str, back: str, words: list[str]) -> list[str]:
    shown = ", ".join(json.dumps(word, ensure_ascii=False) for word in dict.fromkeys(words))
    keys = [f"strip: [{shown}]" if ", " in shown else f"strip: {shown}"] if words else []
    if "(" in front and ")" in back:
        keys.append("negative: brackets")
    elif "-" in back:
        keys.append("negative: trailing")
    return keys


def _guess_marks(number: str) -> list[str] | None:
    """Return the keys that the marks inside a number ask for; None where no keys can help."""
    marks = re.sub("[0-9]", "", number)
    if not marks:
        return []
    last, before = marks[-1], set(marks[:-1])
    whole, _, tail = number.rpartition(last)
    if before - {last}:
        # Two kinds of mark: the last begins the fraction, the other groups.
        group = min(before)
        if len(before) > 1 or last in marks[:-1] or last not in ".," or not _grouped(whole, group):
            return None
        decimal = [] if last == "." else [f'decimal: "{last}"']
        return [*decimal, f'thousands: "{group}"']
    if before or last not in ".,":
        return [f'thousands: "{last}"'] if _grouped(number, last) else None
    if len(tail) == 3:
        decimal = f'decimal: "{last}" if it begins the fraction'
        return [decimal, f'thousands: "{last}" if it groups digits,']
    return [f'decimal: "{last}"']


def _grouped(number: str, mark: str) -> bool:
    return re.fullmatch(rf"[0-9]{{1,3}}({literal(mark)}[0-9]{{3}})+", number) is not None


def currency_signs(words: tuple[str, ...]) -> set[str]:
    """Return the currency signs in some words.

    Parameters
    ----------
    words : tuple of str
        Of which each may hold several signs.

    Examples
    --------
    >>> sorted(currency_signs(("US$", "€", "%")))
    ['$', '€']
    """
    return {mark for word in words for mark in word if unicodedata.category(mark) == "Sc"}
