"""Remarks below a table, as reporting tools write them: who made it and when, whose it is."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import dropwhile
from pathlib import Path

_TAIL_BYTES = 1 << 14
_NARROWEST_TABLE = 3
_FEWEST_WORDS = 2

Record = Sequence[str]


def remarks_below(records: Sequence[Record], width: int) -> list[Record]:
    """Return the remarks at the end of a table.

    Parameters
    ----------
    records : sequence of sequence of str
        The last records of a table, blank ones included.
    width : int
        Columns of the table; one of fewer than three has no remarks.

    Returns
    -------
    list of sequence of str
        What stands behind the last blank records, where each fills one cell alone and one at least
        has several words: a line that was cut off follows its neighbour, and a key is one word.

    Examples
    --------
    >>> rows = [["c1", "a", "9"], ["", "", ""], ["Made by Ann Lee", "", ""], ["Acme"]]
    >>> remarks_below(rows, 3)
    [['Made by Ann Lee', '', ''], ['Acme']]
    """
    if width < _NARROWEST_TABLE:
        return []
    run: list[Record] = []
    for record in reversed(records):
        if len(_texts(record)) > 1:
            break
        run.insert(0, record)
    else:
        return []
    remarks = [record for record in dropwhile(_texts, run) if _texts(record)]
    several = any(len(text.split()) >= _FEWEST_WORDS for row in remarks for text in _texts(row))
    return remarks if several else []


def remarks_in(text: Path, delimiter: str, width: int) -> list[Record]:
    """Return the remarks at the end of a text file.

    Parameters
    ----------
    text : Path
        UTF-8.
    delimiter : str
        One character.
    width : int
        Columns of the table.
    """
    with text.open("rb") as handle:
        size = handle.seek(0, 2)
        handle.seek(max(size - _TAIL_BYTES, 0))
        tail = handle.read().decode("utf-8", "replace")
    lines = tail.split("\n")[1:] if size > _TAIL_BYTES else tail.split("\n")
    try:
        return remarks_below(list(csv.reader(lines, delimiter=delimiter)), width)
    except csv.Error:
        return []


def _texts(record: Record) -> list[str]:
    return [cell for cell in record if cell.strip(" \t\r\x1a\f")]
