"""The accounts behind the net growth report's figures, for its page."""

from __future__ import annotations

import pandas as pd

from workbench.report.output.row_table import PageColumn, RowTable
from workbench.report.output.tables import FACTS, with_account_facts

BRIDGE_MONTHS = 12  # of the report's bridge; accounts are told at the horizon
_WHO = (PageColumn("name", "customer"), *(PageColumn(name, name) for name in FACTS))


def accounts_report(ahead: pd.DataFrame, accounts: pd.DataFrame, months: int) -> RowTable:
    """Return every account's revenue today and at the horizon, most expected loss first.

    Parameters
    ----------
    ahead : DataFrame
        `workbench.forecast.growth.forecast.Growth.accounts`.
    accounts : DataFrame
        With account_id and, where known, name, segment, owner and parent.
    months : int
        The horizon.
    """
    rows = ahead.assign(
        change=ahead["expected"] - ahead["opening"], loss=ahead["opening"] * (1 - ahead["stays"])
    ).sort_values("loss", ascending=False, ignore_index=True)
    columns = [
        *_WHO,
        PageColumn("opening", "today", "money"),
        PageColumn("expected", "expected then", "money", ("low", "high")),
        PageColumn("change", "change by then", "money"),
        PageColumn("stays", "stays until then", "share"),
        PageColumn("loss", "loss by then", "money"),
    ]
    note = (
        f"Yearly revenue today and in {months} months, growth counted; loss by then: today's "
        "revenue times the chance of leaving."
    )
    if months > BRIDGE_MONTHS:
        note += f" The bridge, whose bars lead here, ends after {BRIDGE_MONTHS} months."
    named = with_account_facts(rows, accounts)
    title = f"The accounts, {months} months ahead"
    return RowTable("accounts", title, columns, named, note)


def cohorts_report(members: pd.DataFrame, accounts: pd.DataFrame) -> RowTable:
    """Return who stands behind the cells of the retention triangles, youngest cohorts first.

    Parameters
    ----------
    members : DataFrame
        From `workbench.forecast.growth.triangle.cohort_accounts`.
    accounts : DataFrame
        With account_id and, where known, name, segment, owner and parent.
    """
    columns = [
        *_WHO,
        PageColumn("cohort", "cohort"),
        PageColumn("began", "began"),
        PageColumn("first", "first revenue", "money"),
        PageColumn("now", "today", "money"),
        PageColumn("kept", "kept", "share"),
    ]
    note = "Yearly revenue in the first month and today; nothing today: left."
    rows = with_account_facts(members.iloc[::-1].reset_index(drop=True), accounts)
    title = "The customers behind the cohorts"
    return RowTable("cohort_accounts", title, columns, rows, note)
