"""Tables of the backtest, for its page."""

from __future__ import annotations

import pandas as pd
from great_tables import GT

from workbench.report.output.tables import report_table


def scores_report(subject: str, scores: pd.DataFrame) -> GT:
    """Return scores as a table for the page.

    Parameters
    ----------
    subject : str
        ``renewals``, ``money`` or ``leaving``.
    scores : DataFrame
        Of that subject, see `workbench.analysis.backtest.tables.BacktestTables.sheets`.
    """
    if subject == "renewals":
        below = "gain: the rival's Brier score less ours"
        table = report_table(scores, "Probabilities of renewal", below)
        table = table.fmt_number(["brier", "gain", "low", "high", "c"], decimals=3)
        return table.fmt_percent(["skill"], decimals=0)
    if subject == "money":
        table = report_table(scores, "What was forecast, and by how much it was missed")
        table = table.fmt_number(["crps"], decimals=0)
        table = table.fmt_percent(["skill", "covered"], decimals=0)
        return table.fmt_percent(["error", "absolute_error"], decimals=1)
    below = "C: share of pairs in the right order"
    return report_table(scores, "Who leaves first", below).fmt_number(["c"], decimals=3)
