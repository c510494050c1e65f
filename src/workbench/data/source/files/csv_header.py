"""Where the header of a text table stands, what separates its cells, and what its columns are.

Exports come with titles above the header, Excel's ``sep=``, a comma too many, and names that
differ in capitals only. What can be read in one way alone is read so; for the rest a mapping
states ``delimiter`` and ``header_line``.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.data.source.files.text_file import refused
from workbench.data.source.names import ROW

DELIMITERS = ",;\t|"
_RARE_DELIMITERS = "^~¦§:\x01\x1f"  # tried where none of the usual ones separates anything

_SAMPLE = 1 << 18
_SAMPLE_RECORDS = 200
_NEARLY_ALL = 0.9
_SEPARATOR_LINE = re.compile(r'^"?sep=([^"\r\n]+)"?[;,]*\s*$', re.IGNORECASE)
_NO_NAME = re.compile(r"^[+-]?[0-9][0-9.,:/-]*$")

_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"))
"""Characters without width: a name that is copied from a page may have some, and nobody sees."""

Record = Sequence[str]


@dataclass(frozen=True)
class Header:
    """The header of a text table.

    Parameters
    ----------
    names : tuple of str
        One per column, each different from the others also in lower case.
    delimiter : str
    lines, records : int
        Of the file, down to the header's last: a quoted cell may run over several lines.
    """

    names: tuple[str, ...]
    delimiter: str
    lines: int
    records: int


def find_header(text: Path, shown: str, delimiter: str = "", header_line: int = 0) -> Header:
    """Find the header of a UTF-8 file.

    Parameters
    ----------
    text : Path
        Of the file, unpacked.
    shown : str
        The file's name in messages.
    delimiter : str
        As stated; told from the content where empty.
    header_line : int
        1-based line of the file, as stated; told from the content where 0.

    Returns
    -------
    Header
        Where it stands, the names in it, and the delimiter.

    Raises
    ------
    DataError
        When there is no header.
    """
    with text.open(encoding="utf-8-sig", newline="") as handle:
        sample = handle.read(_SAMPLE)
    skipped = header_line - 1 if header_line else 0
    if separator := _SEPARATOR_LINE.match(sample.partition("\n")[0]):
        skipped = max(skipped, 1)
        delimiter = delimiter or separator[1].replace("\\t", "\t")[:1]
    sample = sample.split("\n", skipped)[skipped] if sample.count("\n") >= skipped else ""
    found = [_read(sample, mark, bool(header_line)) for mark in delimiter or DELIMITERS]
    best = max(found, key=lambda read: read.score)
    if len(best.header) < 2 and not delimiter:
        rare = [_read(sample, mark, bool(header_line)) for mark in _RARE_DELIMITERS]
        best = max([best, *(read for read in rare if read.is_table)], key=lambda read: read.score)
    if not best.records or not any(_filled(record) for record in best.records):
        where = f"names of columns in line {header_line}" if header_line else "names of columns"
        raise refused("has no header line", shown, expected=where)
    names = column_names(best.records, best.at)
    lines = skipped + best.lines[best.at]
    return Header(names, best.delimiter, lines, skipped + best.at + 1)


@dataclass(frozen=True)
class _Read:
    """A sample as one delimiter reads it, and how well that fits."""

    delimiter: str
    records: list[Record]
    lines: list[int]
    at: int
    score: tuple[bool, float, int]

    @property
    def header(self) -> Record:
        """The cells of the header."""
        return self.records[self.at] if self.records else ()

    @property
    def is_table(self) -> bool:
        """Whether the header and nearly all lines below it have the same cells, several of them."""
        _, fits, _ = self.score
        return len(self.header) > 1 and fits > _NEARLY_ALL and _names_only(self.header)


def _read(sample: str, delimiter: str, at_top: bool) -> _Read:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    records: list[Record] = []
    lines: list[int] = []
    try:
        for record in reader:
            records.append(record)
            lines.append(reader.line_num)
            if len(records) == _SAMPLE_RECORDS:
                break
    except csv.Error:
        pass  # a cell beyond the reader's limit: what stands above it is sample enough
    if len(sample) >= _SAMPLE and len(records) > 1 and len(records) < _SAMPLE_RECORDS:
        del records[-1], lines[-1]  # cut off in the middle
    if not records:
        # The header's own line is beyond that limit, or nothing is there.
        return _Read(delimiter, [], [], 0, (False, 0.0, 0))
    at = 0 if at_top else header_index(records)
    width = len(column_names(records, at))
    below = [record for record in records[at + 1 :] if _filled(record)]
    fits = sum(_fits(record, width) for record in below) / len(below) if below else 1.0
    return _Read(delimiter, records, lines, at, (width > 1, round(fits, 1), width))


def _fits(record: Record, width: int) -> bool:
    return len(record) == width or (len(record) > width and not _filled(record[width:]))


def _filled(record: Record) -> int:
    return sum(1 for cell in record if cell.strip())


def header_index(records: Sequence[Record]) -> int:
    """Return which record is the header: the first, unless titles stand above it.

    A title fills one cell, is narrower than the table by more than one, or has a blank line below
    it and holds numbers or dates. The header is the first record below them that fills as many
    cells as the table is wide, and holds neither.

    Parameters
    ----------
    records : sequence of Record
        The first records of the file, blank ones included.

    Examples
    --------
    >>> header_index([["Contracts"], [], ["id", "arr"], ["c1", "100"]])
    2
    """
    counts = [_filled(record) for record in records]
    first = next((i for i, count in enumerate(counts) if count), 0)
    full = [record for record, count in zip(records, counts, strict=True) if count > 1]
    if not full:
        return first
    width = _usual_width(full)
    most = max(counts)
    for index in range(first, len(records)):
        record, count = records[index], counts[index]
        names, at_top = _names_only(record), index == first
        closes_titles = index + 1 < len(records) and not counts[index + 1]
        wide = count > 1 and len(record) >= width and 2 * count > most
        if wide and (names or (at_top and not closes_titles)):
            return index
        narrow = len(record) < width - 1 or 2 * count <= most
        if count > 1 and not narrow and not closes_titles:
            return first
    return first


def _usual_width(records: Sequence[Record]) -> int:
    """Return the number of cells that most records have, without a last one that none fills."""
    width = Counter(map(len, records)).most_common(1)[0][0]
    while width > 1 and not any(_filled(record[width - 1 : width]) for record in records):
        width -= 1
    return width


def _names_only(record: Record) -> bool:
    names = [cell.strip() for cell in record if cell.strip()]
    return len(set(names)) == len(names) and not any(map(_NO_NAME.match, names))


def column_names(records: Sequence[Record], at: int) -> tuple[str, ...]:
    """Return one name per column of a table whose header is a given record.

    A column without a name is called by its place, and the place is added where names are alike
    but for capitals. Cells without a name at the header's end go where no row fills them.

    Parameters
    ----------
    records : sequence of Record
        The first records of the file.
    at : int
        Position of the header among them.

    Examples
    --------
    >>> column_names([["id", "ARR", "arr", ""], ["c1", "1", "2"]], 0)
    ('id', 'ARR (column 2)', 'arr (column 3)')
    """
    names = [" ".join(cell.translate(_UNSEEN).split()) for cell in records[at]]
    below = [record for record in records[at + 1 :] if _filled(record)]
    while names and not names[-1]:
        names.pop()
    usual = Counter(map(len, below)).most_common(1)[0][0] if below else 0
    surplus = [record[len(names) : usual] for record in below]
    # Unnamed columns of the header, or a delimiter at the end of every line, or both.
    if usual > len(names) and (usual <= len(records[at]) or not any(map(_filled, surplus))):
        names += [""] * (usual - len(names))
    alike = Counter(name.casefold() for name in names)
    return tuple(
        f"{name} (column {position})".strip()
        if not name or alike[name.casefold()] > 1 or name.casefold() == ROW
        else name
        for position, name in enumerate(names, start=1)
    )
