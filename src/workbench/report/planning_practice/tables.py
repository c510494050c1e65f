"""Tables of the report on how accounts are planned."""

from __future__ import annotations

import pandas as pd

from workbench.report.output.row_table import PageColumn, RowTable

_QUESTIONS = {
    "living_before": "a living plan, half a year ago",
    "living": "a living plan",
    "touched_30": "touched within 30 days",
    "names_goals": "names the customer's goals",
    "on_time": "all done on time",
    "team": "two people or more",
    "contacts_3": "three contacts or more",
}


def owners_report(owners: pd.DataFrame, currency: str) -> RowTable:
    """Return each owner's accounts and how they are planned, as a table for the page.

    Parameters
    ----------
    owners : DataFrame
        From `workbench.impact.practice.practice_by_owner`, everybody first. Of the questions the
        page shows the seven that say most; what is so of nobody's accounts is left out.
    currency : str
        Code of the revenue; may be empty.

    Returns
    -------
    RowTable
    """
    asked = {name: label for name, label in _QUESTIONS.items() if (owners[name] > 0).any()}
    never = [label for name, label in _QUESTIONS.items() if name not in asked]
    note = "Shares are of the accounts of which it can be asked; the files hold all questions."
    note += f" Amounts in {currency} a year." if currency else ""
    if never:
        note += f" So of no account: {'; '.join(never)}."
    columns = [
        PageColumn("owner", "owner"),
        PageColumn("customers", "customers", "number"),
        PageColumn("arr", "yearly revenue", "money"),
        *(PageColumn(name, label, "share") for name, label in asked.items()),
    ]
    return RowTable("owners", "Everybody, then each owner", columns, owners, note)
