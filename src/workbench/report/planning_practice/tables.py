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
    who = [PageColumn(level, level), PageColumn("customers", "customers", "number")]
    revenue = PageColumn("arr", "yearly revenue", "money")
    counts = [
        PageColumn(name, label, "number")
        for name, label in _COUNTS.items()
        if groups[name].notna().any()
    ]
    title = f"Everybody, then each {level}"
    shares = "Shares are of the accounts of which it can be asked"
    worth = f"; of revenue{f' ({currency} a year)' if currency else ''} and of potential it is the "
    shown = groups.assign(**{name: groups[name].round(1) for name in _COUNTS})
    how_many = RowTable(
        f"{level}s",
        f"{title}: who has a plan",
        [*who, revenue, *_asked(groups, _HOW_MANY)],
        shown,
        f"{shares}{worth}share with a living plan.{_left_out(groups, _HOW_MANY)}",
    )
    how_well = RowTable(
        f"{level}_plans",
        f"{title}: what the plans are like",
        [*who, *_asked(groups, _HOW_WELL), *counts],
        shown,
        f"{shares}. The files hold all quarters.{_left_out(groups, _HOW_WELL)}",
        files=f"{level}s",
    )
    return how_many, how_well


def _asked(groups: pd.DataFrame, labels: dict[str, str]) -> list[PageColumn]:
    """Return the columns of what is so of some account."""
    some = {name: label for name, label in labels.items() if (groups[name] > 0).any()}
    return [PageColumn(name, label, "share") for name, label in some.items()]


def _left_out(groups: pd.DataFrame, labels: dict[str, str]) -> str:
    """Say which questions the page leaves out, and why."""
    unasked = [label for name, label in labels.items() if groups[name].isna().all()]
    said = groups[list(labels)].notna().any() & ~(groups[list(labels)] > 0).any()
    never = [label for name, label in labels.items() if said[name]]
    text = f" So of no account: {'; '.join(never)}." if never else ""
    return text + (f" None was due, or nobody keeps it: {'; '.join(unasked)}." if unasked else "")


def _everybody_named(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose rows of the whole book say so."""
    return table.assign(by=table["by"].where(table["by"] != BOOK, "all"))


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
    shown = _everybody_named(calls)
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
    shown = _everybody_named(deadlines)
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
