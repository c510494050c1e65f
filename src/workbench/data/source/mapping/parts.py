"""The small parts of a mapping: conditions, lookups, lengths, and how files are written."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pydantic

Unit = Literal["days", "weeks", "months", "years"]


def several(words: Any) -> Any:
    """Take one word for a list of one.

    Parameters
    ----------
    words : Any
        As the mapping's file has them.

    Returns
    -------
    Any
        A tuple for one word, else what was given.
    """
    return (words,) if isinstance(words, str) else words


OneOrMore = Annotated[tuple[str, ...], pydantic.BeforeValidator(several)]


class Strict(pydantic.BaseModel):
    """A part of a mapping: unknown keys are refused."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class FileSpec(Strict):
    """How a file is written, where its content does not tell.

    ``encoding`` of texts that are not UTF-8, such as windows-1252; ``delimiter`` between cells;
    ``header_line``, the 1-based line (in a sheet: row) with the names of columns, 0 to find it.
    """

    encoding: str = ""
    delimiter: str = pydantic.Field(default="", max_length=1)
    header_line: int = pydantic.Field(default=0, ge=0)

    @pydantic.field_validator("encoding")
    @classmethod
    def _encoding(cls, text: str) -> str:
        return known_encoding(text)


class CellCondition(Strict):
    """A source cell equal to a text, both without surrounding blanks.

    The empty text stands for a cell that is blank or holds one of the mapping's ``missing`` words.
    """

    column: str
    equals: str


class Length(Strict):
    """A stretch of time from a source column, in whole units."""

    column: str
    unit: Unit


class Factor(Strict):
    """A factor in each row: a column of numbers, or what the words of a column stand for.

    A blank number counts once; a word that is not listed, or none, makes the product unreadable.
    """

    column: str
    words: dict[str, Annotated[float, pydantic.Field(allow_inf_nan=False)]] = pydantic.Field(
        default_factory=dict
    )


class Lookup(Strict):
    """Fetch a value from another source table: the row whose ``key`` equals this column.

    Of several columns in ``value`` the first that is filled.
    """

    table: str
    key: str
    value: OneOrMore


class Unpivot(Strict):
    """Turn columns into rows: one row for each of their cells that is filled.

    Parameters
    ----------
    columns : str or list of str
        Names of columns; ``*`` stands for any characters, ``?`` for one, ``[0-9]`` for a digit.
    name, value : str
        What the two new columns are called: the one with the names, the one with the cells.
    """

    columns: OneOrMore = pydantic.Field(min_length=1)
    name: str = pydantic.Field(default="name", min_length=1)
    value: str = pydantic.Field(default="value", min_length=1)


def known_encoding(text: str) -> str:
    """Return the name of an encoding, or refuse it.

    Parameters
    ----------
    text : str
        Python's name for it, or empty.

    Raises
    ------
    ValueError
        When Python knows no encoding of texts by that name.
    """
    try:
        "x".encode(text or "utf-8")
    except LookupError:
        raise ValueError(f"no such encoding: {text}; windows-1252 and utf-16 are two") from None
    return text
