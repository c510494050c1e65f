"""Revenue, usage and scores of every account by quarter, for comparing before with after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number

REVENUE, USAGE = "revenue", "usage"
QUARTER_MONTHS = 3
_VALID_QUARTERS = 2  # for which an answer to a survey holds; most are asked every half year


@dataclass(frozen=True)
class OutcomePanel:
    """One outcome that actions may move.

    Parameters
    ----------
    name : str
        revenue, usage, or a kind of survey.
    panel : DataFrame
        One row per account and quarter in which it was a customer: account_id, quarter (month
        number of its first month, divided by three), value.
    relative : bool
        Values are logs, so that differences are shares.
    """

    name: str
    panel: pd.DataFrame
    relative: bool


def outcomes_on_record(
    rows: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> tuple[OutcomePanel, ...]:
    """Lay out what is on record of revenue, usage and scores.

    Parameters
    ----------
    rows : DataFrame
        Months at risk; see `workbench.impact.trials.at_risk_months`.
    tables : dict of str to DataFrame
        Canonical tables as known on the as-of date; `usage` and `surveys` where there are any.

    Returns
    -------
    tuple of OutcomePanel
        Revenue first; usage and scores where they are on record.
    """
    months = rows.groupby(["account_id", "month"], observed=True)["arr"].sum().reset_index()
    months["account_id"] = months["account_id"].astype("str")
    found = [OutcomePanel(REVENUE, _quarters(months, _log(months["arr"])), relative=True)]
    customer = _quarters(months, pd.Series(1.0, months.index))[["account_id", "quarter"]]
    usage = tables.get("usage")
    if usage is not None and not usage.empty:
        used = _by_month(usage, "month", "units", "sum")
        panel = _quarters(used, pd.Series(np.log1p(used["units"]), used.index))
        found.append(OutcomePanel(USAGE, panel.merge(customer), relative=True))
    surveys = tables.get("surveys")
    if surveys is not None and not surveys.empty:
        for kind, own in surveys.groupby(surveys["kind"].astype("str")):
            asked = _by_month(own, "taken_on", "score", "mean")
            panel = _carried(_quarters(asked, asked["score"])).merge(customer)
            found.append(OutcomePanel(str(kind), panel, relative=False))
    return tuple(found)


def first_acted(actions: pd.DataFrame, washout_months: int) -> pd.Series:
    """Return the quarter of each account's first action on record.

    Parameters
    ----------
    actions : DataFrame
        The canonical table.
    washout_months : int
        Months after the first action of all within which nobody knows whether an account had one
        before; its quarter is then -1.

    Returns
    -------
    Series of int
        By account_id.
    """
    month = month_number(actions["done_on"]).astype("int64")
    first = month.groupby(actions["account_id"].astype("str")).min()
    known = first >= first.min() + washout_months
    return (first // QUARTER_MONTHS).where(known, -1)


def _by_month(table: pd.DataFrame, day: str, value: str, how: str) -> pd.DataFrame:
    keyed = table.assign(
        account_id=table["account_id"].astype("str"),
        month=month_number(table[day]).astype("int64"),
    )
    return keyed.groupby(["account_id", "month"])[value].agg(how).reset_index()


def _quarters(months: pd.DataFrame, value: pd.Series) -> pd.DataFrame:
    """Return the mean of the months of each quarter, those without a value left out."""
    table = months[["account_id"]].assign(
        quarter=months["month"].astype("int64") // QUARTER_MONTHS, value=value
    )
    return table.groupby(["account_id", "quarter"])["value"].mean().dropna().reset_index()


def _carried(panel: pd.DataFrame) -> pd.DataFrame:
    """Let an answer hold until the next one, for `_VALID_QUARTERS` at most."""
    later = [panel.assign(quarter=panel["quarter"] + step) for step in range(_VALID_QUARTERS)]
    return pd.concat(later).drop_duplicates(["account_id", "quarter"], ignore_index=True)


def _log(values: pd.Series) -> pd.Series:
    return pd.Series(np.log(values.where(values > 0)), values.index)
