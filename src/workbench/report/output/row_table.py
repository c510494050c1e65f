"""Tables of many rows for the page: searched and sorted there, with small curves and their files.

The page's own script does the searching; without it, and on paper, the table is a plain one.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from workbench.report.amounts import money

MIME = "application/vnd.workbench.rows+json"
MOST_ROWS = 500
_WIDE, _HIGH = 90, 22  # of a small curve, in pixels

Kind = Literal["text", "money", "share", "number", "curve"]


@dataclass(frozen=True)
class Column:
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
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: pd.DataFrame
    note: str = ""
    currency: str = ""

    def content(self) -> dict[str, Any]:
        """Return what the page shows: name, title, note, head and rows of cells, as JSON values."""
        shown = self.rows.head(MOST_ROWS)
        columns = [one for one in self.columns if one.name in shown]
        left = len(self.rows) - len(shown)
        note = self.note + (f" The first {len(shown):,} of {len(self.rows):,}." if left else "")
        cells = [[self._cell(one, row) for one in columns] for _, row in shown.iterrows()]
        head = [{"label": one.label, "kind": one.kind} for one in columns]
        told = {"name": self.name, "title": self.title, "note": note.strip()}
        return told | {"head": head, "rows": cells}

    def _cell(self, column: Column, row: pd.Series) -> dict[str, Any]:
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
        return {MIME: content, "text/html": rows_html(content), "text/plain": self.title}


def rows_html(content: dict[str, Any]) -> str:
    """Return a table as HTML; every text is escaped.

    Parameters
    ----------
    content : dict
        From `RowTable.content`.
    """
    kinds = [column["kind"] for column in content["head"]]
    head = "".join(
        f'<th scope="col" class="{_side(kind)}">{html.escape(column["label"])}</th>'
        for kind, column in zip(kinds, content["head"], strict=True)
    )
    body = "".join(
        "<tr>" + "".join(map(_cell_html, kinds, row)) + "</tr>\n" for row in content["rows"]
    )
    note = f'<span class="soft">{html.escape(content["note"])}</span>' if content["note"] else ""
    return (
        f'<div class="table rows" id="table-{html.escape(content["name"])}"><table>'
        f"<caption>{html.escape(content['title'])} {note}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _side(kind: str) -> str:
    return "left" if kind == "text" else "right"


def _cell_html(kind: str, cell: dict[str, Any]) -> str:
    inner = _curve_svg(cell["curve"]) if "curve" in cell else html.escape(cell["text"])
    number = cell.get("value")
    value = f' data-value="{number:.6f}"' if isinstance(number, float) else ""
    return f'<td class="{_side(kind)}"{value}>{inner}</td>'


def _curve_svg(shares: list[float]) -> str:
    step = _WIDE / max(len(shares) - 1, 1)
    points = " ".join(
        f"{at * step:.1f},{1 + (1 - share) * (_HIGH - 2):.1f}" for at, share in enumerate(shares)
    )
    told = f"from {shares[0]:.0%} to {shares[-1]:.0%}"
    return (
        f'<svg class="curve" role="img" aria-label="{told}" width="{_WIDE}" height="{_HIGH}" '
        f'viewBox="0 0 {_WIDE} {_HIGH}"><title>{told}</title>'
        f'<polyline points="{points}"/></svg> {shares[-1]:.0%}'
    )
