"""Tables for the page; Great Tables prints cells as HTML, so they are escaped on the way there."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import pandas as pd
from great_tables import GT

FACTS = ("segment", "owner", "parent")  # of an account, that tables of accounts show
_LEAST = 0.0001  # of a gate's value, that is written out


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
    # Great Tables escapes what stands above the cells, and not the cells.
    labels: dict[str, Any] = {str(name): str(name).replace("_", " ") for name in frame.columns}
    table = GT(escape_text(frame.rename(columns=str)))
    return table.tab_header(title, subtitle).cols_label(cases=labels).sub_missing(missing_text="–")


def with_account_facts(table: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return a table of accounts with their name, segment, owner and parent, where known.

    Parameters
    ----------
    table : DataFrame
        With account_id; a column that it has already stays.
    accounts : DataFrame
        With account_id and some of name, segment, owner, parent_id.

    Returns
    -------
    DataFrame
        The parent by its name where it is an account itself. Facts that no account has are left
        out.
    """
    known = accounts.drop_duplicates("account_id").set_index("account_id")
    facts = known.reindex(columns=["name", "segment", "owner"])
    if "parent_id" in known:
        facts["parent"] = known["parent_id"].map(known.get("name", pd.Series(dtype=object)))
        facts["parent"] = facts["parent"].fillna(known["parent_id"])
    facts = facts.dropna(axis=1, how="all")
    new = [name for name in facts if name not in table]
    joined = table.join(facts[new], on="account_id")
    if "name" in new:
        joined.insert(1, "name", joined.pop("name").fillna(joined["account_id"]))
    return joined


def with_names(table: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return a table of accounts with their names beside the ids.

    Parameters
    ----------
    table : DataFrame
        With account_id; one that tells names already stays.
    accounts : DataFrame
        With account_id and name; one without names changes nothing.

    Returns
    -------
    DataFrame
        An account without a name is called by its id; a row of no account has none.
    """
    if "name" in table or "name" not in accounts:
        return table
    names = accounts.drop_duplicates("account_id").set_index("account_id")["name"]
    named = table.copy()
    ids = table["account_id"].astype(object)
    named.insert(list(table).index("account_id") + 1, "name", ids.map(names).fillna(ids))
    return named


def gate_report(gates: pd.DataFrame) -> GT:
    """Return gates and how they came out as a table for the page.

    Parameters
    ----------
    gates : DataFrame
        From `workbench.core.gates.gate_table`.
    """
    return report_table(gates, "Gates").fmt(_four_digits, ["value", "limit"])


def _four_digits(value: float) -> str:
    """Write four digits at most, and no more than four behind the point."""
    if 0 < value < _LEAST:
        return f"below {_LEAST}"
    value = round(value, 4) + 0.0  # no minus before nothing
    return np.format_float_positional(value, precision=4, fractional=False, trim="-")
