"""Tables of the renewals report, for its page."""

from __future__ import annotations

import pandas as pd
from great_tables import GT

from workbench.report.output.tables import report_table

MOST_ROWS = 15


def due_report(due: pd.DataFrame) -> GT:
    """Return the renewals with most revenue at stake as a table for the page.

    Parameters
    ----------
    due : DataFrame
        From `workbench.forecast.leaving.renewals.renewals_due`, most at risk first.
    """
    shown = due.head(MOST_ROWS).drop(columns=["subscription_id", "account_id"])
    below = f"the first {len(shown)} of {len(due)} due"
    table = report_table(shown, "Most revenue at stake", below)
    table = table.fmt_number(["arr", "at_risk"], decimals=0)
    return table.fmt_percent(["probability", "low", "high"], decimals=0)
