"""Tables for the page; Great Tables prints text as HTML, so it is escaped on the way there."""

from __future__ import annotations

import html
from typing import Any

import pandas as pd
from great_tables import GT


def escape_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the text in it, which may come from customers' systems, as plain HTML.

    Parameters
    ----------
    frame : DataFrame
        Numbers in it are left alone.

    Examples
    --------
    >>> escape_text(pd.DataFrame({"name": ["<b>Ann"]}))["name"].tolist()
    ['&lt;b&gt;Ann']
    """
    return frame.map(_escaped)


def _escaped(cell: Any) -> Any:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return html.escape(cell) if isinstance(cell, str) else cell


def report_table(frame: pd.DataFrame, title: str, subtitle: str | None = None) -> GT:
    """Return a table for the page, to be formatted further by Great Tables' own methods.

    Parameters
    ----------
    frame : DataFrame
        One row per line; its index is left out.
    title : str
        Says what the table finds.
    subtitle : str, optional
        Units, date, what is left out. Both are texts, not markup.
    """
    columns = {name: html.escape(str(name)) for name in frame.columns}
    labels: dict[str, Any] = {name: name.replace("_", " ") for name in columns.values()}
    table = GT(escape_text(frame.rename(columns=columns)))
    below = None if subtitle is None else html.escape(subtitle)
    return (
        table.tab_header(html.escape(title), below)
        .cols_label(cases=labels)
        .sub_missing(missing_text="–")
    )


def gate_report(gates: pd.DataFrame) -> GT:
    """Return gates and how they came out as a table for the page.

    Parameters
    ----------
    gates : DataFrame
        From `workbench.core.gates.gate_table`.
    """
    return report_table(gates, "Gates").fmt_number(["value", "limit"], n_sigfig=4)
