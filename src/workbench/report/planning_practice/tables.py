"""Tables of the report on how accounts are planned."""

from __future__ import annotations

import pandas as pd

from workbench.impact.practice_groups import BOOK
from workbench.report.output.row_table import PageColumn, RowTable

_SHARES = {
    "living": "living plan",
    "living_before": "half a year ago",
    "living_revenue": "of revenue",
    "living_potential": "of potential",
    "touched_30": "within 30 days",
    "names_goals": "names goals",
    "brings_demand": "demand or wins",
    "on_time": "all on time",
    "demand_on_time": "these on time",
}
_COUNTS = {"members": "people a plan", "contacts": "contacts"}


def groups_report(groups: pd.DataFrame, level: str, currency: str) -> RowTable:
    """Return how the accounts of each team, or of each owner, are planned, as a table for the page.

    Parameters
    ----------
    groups : DataFrame
        From `workbench.impact.practice_groups.groups_now`, everybody first. Of the questions the
        page shows those that say most; what is so of nobody's accounts is left out.
    level : str
        Team or owner: the column of the names.
    currency : str
        Code of the revenue; may be empty.

    Returns
    -------
    RowTable
    """
    asked = {name: label for name, label in _SHARES.items() if (groups[name] > 0).any()}
    unasked = [label for name, label in _SHARES.items() if groups[name].isna().all()]
    never = [label for name, label in _SHARES.items() if name not in asked]
    never = [label for label in never if label not in unasked]
    counts = {name: label for name, label in _COUNTS.items() if groups[name].notna().any()}
    note = (
        "Shares are of the accounts of which it can be asked; of revenue and of potential it is "
        "the share with a living plan. The files hold all questions and quarters."
    )
    note += f" Amounts in {currency} a year." if currency else ""
    if never:
        note += f" So of no account: {'; '.join(never)}."
    if unasked:
        note += f" Nothing was due, or nobody keeps it: {'; '.join(unasked)}."
    shown = groups.assign(**{name: groups[name].round(1) for name in counts})
    columns = [
        PageColumn(level, level),
        PageColumn("customers", "customers", "number"),
        PageColumn("arr", "yearly revenue", "money"),
        *(PageColumn(name, label, "share") for name, label in asked.items()),
        *(PageColumn(name, label, "number") for name, label in counts.items()),
    ]
    return RowTable(f"{level}s", f"Everybody, then each {level}", columns, shown, note)


def calls_report(calls: pd.DataFrame) -> RowTable:
    """Return people's forecasts against what came, as a table for the page.

    Parameters
    ----------
    calls : DataFrame
        From `workbench.impact.practice_groups.judged_calls`.

    Returns
    -------
    RowTable
    """
    note = (
        "Forecasts of renewals that can be judged. The miss is the squared distance between the "
        "chance that was said and what came, on average: 0 is perfect, and always saying 50 % "
        "gives 0.25. Who misses by less than one who always says the book's average knew something "
        "of the account."
    )
    shown = calls.assign(by=calls["by"].where(calls["by"] != BOOK, "all"))
    shown = shown.assign(brier=shown["brier"].round(3), base=shown["base"].round(3))
    columns = [
        PageColumn("by", "by"),
        PageColumn("name", "whose"),
        PageColumn("forecasts", "forecasts", "number"),
        PageColumn("said", "said on average", "share"),
        PageColumn("stayed", "stayed", "share"),
        PageColumn("brier", "miss", "number"),
        PageColumn("base", "miss of the average", "number"),
    ]
    return RowTable("forecasts", "People's forecasts, and what came", columns, shown, note)


def deadlines_report(deadlines: pd.DataFrame) -> RowTable:
    """Return what plans promised by a day and when it was done, as a table for the page.

    Parameters
    ----------
    deadlines : DataFrame
        From `workbench.impact.deadlines.kept_deadlines`.

    Returns
    -------
    RowTable
    """
    note = (
        "As plans stood when it fell due: what was moved or taken out before counts no more, what "
        "was moved afterwards was not kept. Whose: who promised it, and the team of the account."
    )
    shown = deadlines.assign(by=deadlines["by"].where(deadlines["by"] != BOOK, "all"))
    columns = [
        PageColumn("what", "what"),
        PageColumn("by", "by"),
        PageColumn("name", "whose"),
        PageColumn("due", "fell due", "number"),
        PageColumn("share", "on time", "share"),
        PageColumn("late", "late", "number"),
        PageColumn("open", "not done", "number"),
    ]
    if (deadlines["decided"] > 0).any():
        columns.append(PageColumn("won", "of decided won", "share"))
    return RowTable("deadlines", "What plans promised by a day", columns, shown, note)
