"""Tables of the data audit, for its page."""

from __future__ import annotations

import pandas as pd
from great_tables import GT

from workbench.report.output.tables import report_table

_TITLES = {
    "rows": "Rows by table",
    "quarantine": "Quarantine, by reason",
    "signals": "Which tables are there",
    "chains": "Overlaps and gaps",
    "timing": "Out of order",
}
_MOST = 20
_COUNTS = {
    "rows": ["rows_in", "rows_kept", "rows_lost"],
    "signals": ["rows"],
    "timing": ["rows", "of"],
}
_SHARES = {"signals": ("account_share", 0), "chains": ("share", 1), "timing": ("share", 1)}


def audit_report(subject: str, found: pd.DataFrame, entries: int) -> GT:
    """Return what an audit found of a subject as a table for the page.

    Parameters
    ----------
    subject : str
        ``rows``, ``quarantine``, ``signals``, ``chains`` or ``timing``.
    found : DataFrame
        The table of that name of `workbench.data.audit.audit.Audit`.
    entries : int
        In the whole quarantine.
    """
    below = {"quarantine": f"{entries} entries in all", "signals": "share of accounts with a row"}
    if subject == "quarantine":
        found = found.sort_values("count", ascending=False).head(_MOST)
    table = report_table(found, _TITLES[subject], below.get(subject))
    if subject in _SHARES:
        column, decimals = _SHARES[subject]
        table = table.fmt_percent(column, decimals=decimals)
    return table.fmt_integer(_COUNTS[subject]) if subject in _COUNTS else table
