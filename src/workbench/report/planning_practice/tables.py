"""Tables of the report on how accounts are planned."""

from __future__ import annotations

import pandas as pd

from workbench.impact.practice_groups import BOOK
from workbench.report.output.row_table import PageColumn, RowTable

_HOW_MANY = {
    "living": "living plan",
    "living_before": "half a year ago",
    "living_revenue": "of revenue",
    "living_potential": "of potential",
    "touched_30": "touched in 30 days",
}
_HOW_WELL = {
    "names_goals": "names goals",
    "names_challenges": "names challenges",
    "serves": "actions serve one",
    "on_time": "all on time",
    "brings_demand": "demand or wins",
    "demand_on_time": "these on time",
}
_COUNTS = {"members": "people a plan", "contacts": "contacts"}


def groups_report(groups: pd.DataFrame, level: str, currency: str) -> tuple[RowTable, RowTable]:
    """Return how the accounts of each team, or of each owner, are planned, as tables for the page.

    Parameters
    ----------
    groups : DataFrame
        From `workbench.impact.practice_groups.groups_now`, everybody first.
    level : str
        Team or owner: the column of the names.
    currency : str
        Code of the revenue; may be empty.

    Returns
    -------
    how_many, how_well : RowTable
        How much has a living plan, and what the plans are like; what is so of nobody's accounts
        is left out and named below.
    """
    first = [PageColumn(level, level), PageColumn("customers", "customers", "number")]
    money = [*first, PageColumn("arr", "yearly revenue", "money")]
    title = f"Everybody, then each {level}"
    shares = "Shares are of the accounts of which it can be asked"
    worth = f"; of revenue{f' ({currency} a year)' if currency else ''} and of potential it is the "
    shown = groups.assign(**{name: groups[name].round(1) for name in _COUNTS})
    tables = []
    for more, labels, text, note in (
        (money, _HOW_MANY, "who has a plan", f"{shares}{worth}share with a living plan."),
        (first, _HOW_WELL, "what the plans are like", f"{shares}. The files hold all quarters."),
    ):
        asked = {name: label for name, label in labels.items() if (groups[name] > 0).any()}
        columns = [*more, *(PageColumn(name, label, "share") for name, label in asked.items())]
        if more is first:
            counts = {name: label for name, label in _COUNTS.items() if groups[name].notna().any()}
            columns += [PageColumn(name, label, "number") for name, label in counts.items()]
        said = note + _left_out(groups, labels, asked)
        name = f"{level}s" if more is money else f"{level}_plans"  # each once on a page
        tables.append(RowTable(name, f"{title}: {text}", columns, shown, said, files=f"{level}s"))
    return tables[0], tables[1]


def _left_out(groups: pd.DataFrame, labels: dict[str, str], asked: dict[str, str]) -> str:
    """Say which questions the page leaves out, and why."""
    unasked = [label for name, label in labels.items() if groups[name].isna().all()]
    never = [one for name, one in labels.items() if name not in asked and one not in unasked]
    text = f" So of no account: {'; '.join(never)}." if never else ""
    return text + (f" None was due, or nobody keeps it: {'; '.join(unasked)}." if unasked else "")


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
