"""Tables of the net growth report, for its page."""

from __future__ import annotations

import pandas as pd
from great_tables import GT

from workbench.report.net_growth import text
from workbench.report.output.tables import report_table


def rules_report(rules: pd.DataFrame, months: int) -> GT:
    """Return what each rule of a definition of retention changes as a table for the page.

    Parameters
    ----------
    rules : DataFrame
        From `workbench.forecast.growth.definitions.reconciliation`, in the currency's units.
    months : int
        Until today, over which they are compared.
    """
    table = report_table(rules, f"What each rule changes, {months} months until today")
    return table.fmt_number(["opening", "net", "gross"], decimals=0)


def retention_report(kept: pd.DataFrame, months: int, prob: float) -> GT:
    """Return retention under every definition as a table for the page.

    Parameters
    ----------
    kept : DataFrame
        From `workbench.forecast.growth.bridge.retention_table`, of the whole book.
    months : int
        After so many months.
    prob : float
        Probability inside the intervals.
    """
    title = f"Retention in {months} months, by definition"
    return report_table(text.retention_table(kept, months), title, f"{prob:.0%} intervals")


def scenario_report(usual: pd.DataFrame, other: pd.DataFrame, months: int) -> GT:
    """Return the bridge without and with a scenario as a table for the page.

    Parameters
    ----------
    usual, other : DataFrame
        From `forecast.growth.bridge.total_bridge`, over the same months.
    months : int
        So many.
    """
    table = report_table(text.scenario_table(usual, other), f"{months} months, both ways")
    return table.fmt_number(["as it is", "assumed", "difference"], decimals=0)
