"""What reading adds to a source's own names: a row's number, a place where a name is none."""

from __future__ import annotations

import re

ROW = "row_"
"""Name of the source's 1-based row number, carried until the checks are done."""

_PLACE = re.compile(r" ?\(column [0-9]+\)$")


def stated_name(column: str) -> str:
    """Return a column's name as the source has it, without the place that was added.

    Parameters
    ----------
    column : str
        As `workbench.data.source.files.csv_header.column_names` gives it.

    Examples
    --------
    >>> stated_name("arr (column 3)"), stated_name("(column 4)")
    ('arr', '')
    """
    return _PLACE.sub("", column)


def in_plain_words(name: str) -> str:
    """Return a name in lower case, its words parted by an underscore each.

    Parameters
    ----------
    name : str
        Of a table or column, as a source or a mapping has it.

    Examples
    --------
    >>> in_plain_words(" Start On"), in_plain_words("START-ON"), in_plain_words("startOn")
    ('start_on', 'start_on', 'starton')
    """
    return re.sub(r"[\s_-]+", "_", name.strip()).casefold()
