"""What a source's columns hold, told from their names and first cells."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import ibis
import pandas as pd

from workbench.data.source.cells.cast import as_word
from workbench.data.source.cells.date_format import formats_of
from workbench.data.source.cells.number_format import number_keys
from workbench.data.source.names import ROW, stated_name

_SAMPLE = 200
_MOSTLY = 0.9
_MOST_KEYS = 100_000


@dataclass(frozen=True)
class Content:
    """What a column holds, by its first cells.

    Parameters
    ----------
    name : str
        Of the column, as the source has it.
    words : str
        The name in small letters, words parted by a blank.
    kind : {"text", "number", "date"}
    date_format : str
        Of dates; empty where they are ISO.
    keys : tuple of str
        Keys of a mapping that read the numbers, such as ``thousands: ","``.
    cells : tuple of str
        The first ones that are not blank.
    """

    name: str
    words: str
    kind: str
    date_format: str = ""
    keys: tuple[str, ...] = ()
    cells: tuple[str, ...] = field(default=(), repr=False)


def contents(table: ibis.Table) -> list[Content]:
    """Return what each column of a source table holds.

    Parameters
    ----------
    table : ibis.Table
        Of an opened source.
    """
    names = [column for column in table.columns if column != ROW]
    sample = table.select(**{name: as_word(table[name]) for name in names}).limit(_SAMPLE).execute()
    return [_content(name, sample[name].dropna().astype("str")) for name in names]


def keys_of(table: ibis.Table, column: str) -> frozenset[str]:
    """Return the different words of a column, the first hundred thousand of them.

    Parameters
    ----------
    table : ibis.Table
        Of an opened source.
    column : str
        Its name there.
    """
    words = table.select(word=as_word(table[column])).distinct().limit(_MOST_KEYS).execute()
    return frozenset(words["word"].dropna())


def plain(name: str) -> str:
    """Return a name in small letters, words and numbers parted by a blank.

    Parameters
    ----------
    name : str
        Of a table or column.

    Examples
    --------
    >>> plain("accountName.ID_2")
    'account name id 2'
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.findall(r"[a-z]+|[0-9]+", spaced.casefold()))


def _content(name: str, cells: pd.Series) -> Content:
    words, shown = plain(stated_name(name)), tuple(cells)
    if cells.empty:
        return Content(name, words, "text")
    if cells.str.match(r"\d{4}-\d{2}-\d{2}").mean() >= _MOSTLY:
        return Content(name, words, "date", cells=shown)
    if pd.to_numeric(cells, errors="coerce").notna().mean() >= _MOSTLY:
        return Content(name, words, "number", cells=shown)
    if cells.map(formats_of).astype(bool).mean() >= _MOSTLY:
        return Content(name, words, "date", _day_format(cells), cells=shown)
    keys = number_keys(shown)
    marks_unclear = pd.to_numeric(cells.str.replace(",", ""), errors="coerce").notna()
    if keys is not None or marks_unclear.mean() >= _MOSTLY:
        return Content(name, words, "number", keys=keys or (), cells=shown)
    return Content(name, words, "text", cells=shown)


def _day_format(cells: pd.Series) -> str:
    """Return the form in which most cells can be read; a day above 12 tells which comes first."""
    counts = Counter(form for cell in cells for form in formats_of(cell))
    likely = [form for form, count in counts.items() if count == max(counts.values())]
    month_first = [form for form in likely if form.startswith("%m/")]
    return (month_first or likely)[0]
