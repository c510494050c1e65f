"""The retention triangle: what is left of the customers of each start, as they grow older."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label
from workbench.forecast.growth.movements import OPEN


def retention_triangle(
    line_table: pd.DataFrame, observed_from: int, last_month: int, step_months: int = 6
) -> pd.DataFrame:
    """Follow accounts by the period in which they first became customers.

    Free months, such as a trial's, count nothing: who has not paid yet is no customer.

    Parameters
    ----------
    line_table : DataFrame
        From `forecast.growth.movements.lines`.
    observed_from : int
        Endings before this month are not on record, so cohorts begin with it: older ones hold
        survivors only, and would look loyal.
    last_month : int
        The last complete month.
    step_months : int
        Length of a cohort's period, and of the steps in age.

    Returns
    -------
    DataFrame
        cohort (its first month, YYYY-MM), accounts, age_months (0, one step, two ...),
        logo_retention, revenue_retention: shares of the first month's accounts and revenue, each
        account at that age. Only ages that the whole cohort has reached.
    """
    line_table = line_table[line_table["cents"] > 0]
    first = line_table.groupby("account_id")["from_month"].min()
    first = first[(first >= observed_from) & (first <= last_month)]
    line = line_table[line_table["account_id"].isin(first.index)]
    start = line["account_id"].map(first).to_numpy()
    cohort = (start - observed_from) // step_months
    until = np.minimum(line["until_month"].to_numpy(), OPEN)
    rows = []
    for number in np.unique(cohort):
        begins = observed_from + int(number) * step_months
        youngest = min(begins + step_months - 1, last_month)
        own = cohort == number
        there = line[own]
        for age in range(0, last_month - youngest + 1, step_months):
            month = start[own] + age
            runs = (there["from_month"].to_numpy() <= month) & (until[own] > month)
            rows.append(
                (
                    month_label(begins),
                    age,
                    there["account_id"][runs].nunique(),
                    there["cents"][runs].sum() / 100,
                )
            )
    table = pd.DataFrame(rows, columns=["cohort", "age_months", "left", "revenue"])
    opening = table.groupby("cohort")[["left", "revenue"]].transform("first")
    return pd.DataFrame(
        {
            "cohort": table["cohort"],
            "accounts": opening["left"].astype("int64"),
            "age_months": table["age_months"],
            "logo_retention": table["left"] / opening["left"],
            "revenue_retention": table["revenue"] / opening["revenue"],
        }
    )


def cohort_accounts(
    line_table: pd.DataFrame, observed_from: int, last_month: int, step_months: int = 6
) -> pd.DataFrame:
    """Tell who stands behind the cells of the triangle.

    Parameters
    ----------
    line_table, observed_from, last_month, step_months
        As `retention_triangle` takes them.

    Returns
    -------
    DataFrame
        cohort (its first month, YYYY-MM), account_id, began (YYYY-MM), first (yearly revenue in
        that month), now (in the last month; 0: gone), kept (now ÷ first); by cohort, most lost
        first.
    """
    paid = line_table[line_table["cents"] > 0]
    began = paid.groupby("account_id")["from_month"].min()
    began = began[(began >= observed_from) & (began <= last_month)]
    ends = {name: _worth(paid, month) for name, month in (("first", began), ("now", last_month))}
    first, now = (ends[name].reindex(began.index).fillna(0.0) for name in ("first", "now"))
    cohort = observed_from + (began - observed_from) // step_months * step_months
    table = pd.DataFrame(
        {
            "cohort": [month_label(int(month)) for month in cohort],
            "account_id": began.index,
            "began": [month_label(int(month)) for month in began],
            "first": first.to_numpy(),
            "now": now.to_numpy(),
            "kept": (now / first).to_numpy(),
        }
    )
    lost = (table["first"] - table["now"]).rename("lost")
    order = table.assign(lost=lost).sort_values(["cohort", "lost"], ascending=[True, False]).index
    return table.loc[order].reset_index(drop=True)


def _worth(lines: pd.DataFrame, month: pd.Series | int) -> pd.Series:
    """Return each account's yearly revenue in a month, or in a month of its own."""
    at = month if isinstance(month, int) else lines["account_id"].map(month)
    runs = (lines["from_month"] <= at) & (lines["until_month"].fillna(OPEN) > at)
    return lines[runs].groupby("account_id")["cents"].sum() / 100
