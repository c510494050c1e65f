"""Tables of the report on account health."""

from __future__ import annotations

import pandas as pd

from workbench.report.output.row_table import PageColumn, RowTable


def due_report(due: pd.DataFrame, currency: str) -> RowTable:
    """Return renewals to decide as a table for the page.

    Parameters
    ----------
    due : DataFrame
        From `workbench.health.renewals_due.renewals_due`.
    currency : str
        Code of amounts; may be empty.
    """
    days = {
        name: pd.to_datetime(due[name]).dt.strftime("%Y-%m-%d").fillna("")
        for name in ("ends_on", "notice_by")
    }
    columns = [
        PageColumn("name", "customer"),
        PageColumn("owner", "owner"),
        PageColumn("product", "product"),
        PageColumn("notice_by", "notice by"),
        PageColumn("ends_on", "term ends"),
        PageColumn("arr", "worth a year", "money"),
        PageColumn("probability", "runs on", "share"),
        PageColumn("expected", "expected", "money"),
        PageColumn("csat", "satisfaction", "number"),
        PageColumn("days_since_contact", "days since contact", "number"),
    ]
    over = int(due["overdue"].sum())
    note = "By the last day for a notice, if there is one."
    note += f" {over} have run out, and nothing is signed." if over else ""
    note += f" Amounts in {currency}." if currency else ""
    shown = due.assign(**days, csat=due["csat"].round(), expected=due["expected"].round())
    title = f"{len(due)} renewals to decide"
    return RowTable("renewals_to_decide", title, columns, shown, note)


def record_report(record: pd.DataFrame, prob: float) -> RowTable:
    """Return how the signs did as a table for the page.

    Parameters
    ----------
    record : DataFrame
        From `workbench.health.signs.record.record_table`.
    prob : float
        Probability inside the intervals of the ratio.
    """
    columns = [
        PageColumn("title", "sign"),
        PageColumn("showing", "show it today", "number"),
        PageColumn("recall", "recall", "share"),
        PageColumn("warnings", "warnings", "number"),
        PageColumn("false_alarms", "false alarms", "share"),
        PageColumn("lead_median", "lead, months", "number", ("lead_low", "lead_high")),
        PageColumn("verdict", "what it tells"),
    ]
    note = f"Intervals of how often contracts end hold {prob:.0%}; of the lead, a half."
    return RowTable("sign_record", "How the signs did", columns, record, note)
