"""Tables of many rows for the page: searched and sorted there, with small curves and their files.

The page's own script does the searching; without it, and on paper, the table is a plain one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from workbench.report.amounts import RARE, is_outside, money
from workbench.report.output.kinds import ROWS
from workbench.report.output.rows_html import rows_html

MOST_ROWS = 500

Kind = Literal["text", "money", "share", "number", "curve"]


@dataclass(frozen=True)
class PageColumn:
    """A column of a page's table.

    Parameters
    ----------
    name : str
        In the table.
    label : str
        For the reader.
    kind : str
        ``text``, ``money``, ``share``, ``number``, or ``curve``: a list of shares drawn small.
    ends : tuple of str, optional
        Columns that hold the ends of its interval; it is shown behind the value.
    """

    name: str
    label: str
    kind: Kind = "text"
    ends: tuple[str, str] | None = None


@dataclass(frozen=True)
class RowTable:
    """A table that a page shows.

    Parameters
    ----------
    name : str
        Of the published table that holds all of it; the page links to its files.
    title : str
        Says what the table finds.
    columns : sequence of Column
    rows : DataFrame
        At most `MOST_ROWS` are shown, the first ones; the files hold all.
    note : str
        Units, date, what is left out.
    currency : str
        Of money; may be empty.
    files : str
        Name of the published table, where two tables of a page show it; else ``name``.
    """

    name: str
    title: str
    columns: Sequence[PageColumn]
    rows: pd.DataFrame
    note: str = ""
    currency: str = ""
    files: str = ""

    def content(self) -> dict[str, Any]:
        """Return what the page shows: name, title, note, head and rows of cells, as JSON values."""
        shown = self.rows.head(MOST_ROWS)
        columns = [one for one in self.columns if one.name in shown]
        left = len(self.rows) - len(shown)
        note = self.note + (f" The first {len(shown):,} of {len(self.rows):,}." if left else "")
        ends = [(one.name, *one.ends) for one in columns if one.ends]
        if any(is_outside(*numbers) for names in ends for numbers in _numbers(shown, names)):
            note = f"{note} {RARE}"
        cells = [[self._cell(one, row) for one in columns] for _, row in shown.iterrows()]
        head = [{"label": one.label, "kind": one.kind} for one in columns]
        content = {"name": self.name, "title": self.title, "note": note.strip()}
        content["files"] = self.files or self.name
        return content | {"head": head, "rows": cells}

    def _cell(self, column: PageColumn, row: pd.Series) -> dict[str, Any]:
        value = row[column.name]
        if column.kind == "curve":
            return {"curve": [round(float(x), 4) for x in value], "value": float(value[-1])}
        if value is None or pd.isna(value) or value == "":
            return {"text": "–", "value": ""}
        if column.kind == "text":
            return {"text": str(value)}
        text = self._amount(column.kind, float(value))
        if column.ends:
            low, high = (self._amount(column.kind, float(row[end])) for end in column.ends)
            text += f" ({low} to {high})"
        return {"text": text, "value": float(value)}

    def _amount(self, kind: Kind, value: float) -> str:
        if kind == "money":
            return money(value)
        return f"{value:.0%}" if kind == "share" else f"{value:,.4g}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        content = self.content()
        return {ROWS: content, "text/html": rows_html(content), "text/plain": self.title}


def _numbers(rows: pd.DataFrame, names: Sequence[str]) -> Iterator[tuple[float, float, float]]:
    return rows[list(names)].astype(float).itertuples(index=False, name=None)
