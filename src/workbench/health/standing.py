"""Where do we stand: the standing questions of an account, each with its source and date."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

COLUMNS = ["question", "answer", "source", "date"]


def standing_table(
    row: dict[str, Any], opportunities: pd.DataFrame, invoices: pd.DataFrame | None,
    as_of: pd.Timestamp,
) -> pd.DataFrame:  # fmt: skip
    """Answer the standing questions of an account from data.

    Parameters
    ----------
    row : dict
        Of the account, from `workbench.health.overview.health_table`, with its class, potential
        and disagree from `workbench.health.potential.potential_table`.
    opportunities : DataFrame
        From `workbench.health.opportunities.opportunity_table`.
    invoices : DataFrame, optional
        The canonical table; without it the contracts say what the account brings.
    as_of : Timestamp
        Today.

    Returns
    -------
    DataFrame
        question, answer, source, date.
    """
    day = str(as_of.date())
    own = opportunities[opportunities["account_id"] == row["account_id"]]
    grows = own[own["kind"] != "at risk"]
    more = "; ".join(grows["why"]) or "nothing in its use or products says so"
    if row["potential"] > 0:
        more = f"{row['potential']:,.0f} a year may be expected: {more}"
    if row["disagree"]:
        more += f"; {row['disagree']}"
    kind = row["class"] or "none"
    larger = "; ".join(kind.replace("_", "-") for kind in grows["kind"]) or "not as things stand"
    return pd.DataFrame(
        [
            ("Does it have growth potential?", more, "usage, contracts", day),
            ("What did it bring last year?", *_brought(row, invoices, as_of)),
            ("Can it be enlarged?", larger, "usage, contracts, opportunities", day),
            ("Is it satisfied?", _satisfied(row), "surveys", day),
            ("Which class of account is it?", kind, "a team's criteria", day),
        ],
        columns=COLUMNS,
    )


def _brought(
    row: dict[str, Any], invoices: pd.DataFrame | None, as_of: pd.Timestamp
) -> tuple[str, str, str]:
    day = str(as_of.date())
    if invoices is None:
        return f"{row['arr']:,.0f} a year by its contracts of today", "contracts", day
    year = as_of - pd.DateOffset(years=1)
    dated = (invoices["issued_on"] >= year) & (invoices["issued_on"] < as_of)
    own = invoices[dated & (invoices["account_id"] == row["account_id"])]
    return f"{own['amount'].sum():,.0f} invoiced", "invoices", f"{year.date()} to {day}"


def _satisfied(row: dict[str, Any]) -> str:
    if np.isnan(row["csat"]):
        return "no answer within a year"
    change = row["csat_change"]
    moved = "" if np.isnan(change) else f", {change:+z.0f} since the answer before"
    return f"{row['csat']:.0f} of 100{moved}"
