"""The health of a book as one table, most money at stake first: what pages, alerts and plans read.

``health.parquet`` among a run's tables is this table; docs/health.md tells its columns.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.health.factors import FACTORS
from workbench.health.kept import earlier
from workbench.health.signs.panel import Panel

# What else is shown of an account, by signal.
READ = {
    "consumption": "consumption_to_date",
    "days_since_contact": "days_since_inbound",
    "csat": "csat_latest",
    "csat_change": "csat_change",
    "offers_open": "growth_offers_open",
}
TREND_MONTHS = {"month": 1, "quarter": 3}


def health_table(
    scores: pd.DataFrame, signs: pd.DataFrame, panel: Panel, past: pd.DataFrame, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Put everything that is told of each account into one row.

    Parameters
    ----------
    scores : DataFrame
        From `workbench.health.scores.score_table`.
    signs : DataFrame
        From `workbench.health.signs.shown.sign_table`.
    panel : Panel
        Of the same day, with the signals of `READ` that the book has.
    past : DataFrame
        Earlier scores from `workbench.health.kept.read_scores`, or scores of earlier days by
        today's fit; may be empty. A column ``by`` says which.
    as_of : Timestamp
        Today.

    Returns
    -------
    DataFrame
        The scores, and for each account strength_month, strength_quarter, stays_month and
        stays_quarter (what they were a month and a quarter ago; missing where nothing was kept or
        the account was no customer), past_by (how those were made), weakest (the factor that takes
        most, empty where none takes any), signs (names, comma between), since (of the first of
        them), and consumption, days_since_contact, csat,
        csat_change and offers_open as of today.
    """
    table = scores.copy()
    by = []
    for label, months in TREND_MONTHS.items():
        then = earlier(past, as_of, months).set_index("account_id")
        for number in ("strength", "stays"):
            table[f"{number}_{label}"] = table["account_id"].map(then[number]).astype("float64")
        by += then["by"].unique().tolist()
    table["past_by"] = ", ".join(dict.fromkeys(by))
    table["weakest"] = _weakest(table)
    shown = signs.groupby("account_id")
    for name, said in (("signs", shown["sign"].agg(", ".join)), ("since", shown["since"].min())):
        # Where no sign shows at all, nothing is mapped to no text but to missing numbers.
        table[name] = table["account_id"].map(said).astype("object").fillna("")
    at = pd.Index(panel.accounts).get_indexer(table["account_id"])
    for name, signal in READ.items():
        values = panel.signals.get(signal)
        table[name] = np.nan if values is None else values[at, -1]
    order = ["at_risk", "account_id"]
    return table.sort_values(order, ascending=[False, True], ignore_index=True)


def _weakest(table: pd.DataFrame) -> np.ndarray:
    parts = table[[f"part_{factor}" for factor in FACTORS]].to_numpy(float)
    names = np.array(FACTORS, dtype=object)[parts.argmin(axis=1)]
    return np.where(parts.min(axis=1) < 0, names, "")
