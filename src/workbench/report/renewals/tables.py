"""Tables of the renewals report, for its page."""

from __future__ import annotations

import pandas as pd

from workbench.report.output.row_table import PageColumn, RowTable
from workbench.report.output.tables import FACTS, with_account_facts

_FACTS = [PageColumn(name, name) for name in FACTS]


def due_report(due: pd.DataFrame, accounts: pd.DataFrame, currency: str = "") -> RowTable:
    """Return the renewals that fall due, most revenue at stake first, as a table for the page.

    Parameters
    ----------
    due : DataFrame
        From `workbench.forecast.leaving.due.renewals_due`, most at risk first.
    accounts : DataFrame
        With account_id and, where known, segment, owner and parent.
    currency : str
        Code shown with amounts; may be empty.
    """
    columns = [
        PageColumn("name", "customer"),
        *_FACTS,
        PageColumn("product", "product"),
        PageColumn("due", "due"),
        PageColumn("arr", "a year", "money"),
        PageColumn("probability", "stays", "share", ("low", "high")),
        PageColumn("at_risk", "expected loss", "money"),
    ]
    note = f"Amounts in {currency} a year." if currency else ""
    rows = with_account_facts(due, accounts)
    return RowTable(
        "renewals_due", "Renewals due, most revenue at stake first", columns, rows, note
    )


def accounts_report(
    curves: pd.DataFrame, worth: pd.DataFrame, accounts: pd.DataFrame, currency: str = ""
) -> RowTable:
    """Return every account with the curve of its chance to stay, as a table for the page.

    Parameters
    ----------
    curves : DataFrame
        From `workbench.forecast.leaving.renewals.account_table`.
    worth : DataFrame
        account_id, product and arr of what runs today.
    accounts : DataFrame
        With account_id and, where known, segment, owner and parent.
    currency : str
        Code shown with amounts; may be empty.
    """
    by = curves.groupby("account_id", sort=False)
    rows = by.agg(name=("name", "first"), curve=("probability", list))
    year = curves[curves["horizon_months"] == curves["horizon_months"].clip(upper=12).max()]
    rows = rows.join(year.set_index("account_id")[["probability", "low", "high"]])
    today = worth.groupby("account_id").agg(
        arr=("arr", "sum"), products=("product", lambda names: ", ".join(sorted(set(names))))
    )
    rows = rows.join(today).reset_index()
    rows["loss"] = rows["arr"] * (1 - rows["probability"])
    rows = rows.sort_values("loss", ascending=False, ignore_index=True)
    months = int(year["horizon_months"].iloc[0])
    columns = [
        PageColumn("name", "customer"),
        *_FACTS,
        PageColumn("products", "products"),
        PageColumn("arr", "a year", "money"),
        PageColumn("probability", f"stays {months} months", "share", ("low", "high")),
        PageColumn("loss", "expected loss", "money"),
        PageColumn("curve", "month by month", "curve"),
    ]
    note = f"Amounts in {currency} a year; expected loss within {months} months."
    rows = with_account_facts(rows, accounts)
    return RowTable("accounts", "Every customer, most revenue at stake first", columns, rows, note)
