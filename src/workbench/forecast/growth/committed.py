"""Committed business in the forecast: what is signed and has not begun, as movements and lines.

A signed change is named as the movement that it will be, by the rules of
`forecast.growth.movements`, and is the same in every draw. Lines carry it, so whatever follows
them, a forecast or a plan, knows it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label, month_number, month_start
from workbench.core.names import LEAVING
from workbench.features.hazard_data import HazardData
from workbench.forecast.growth.movements import KINDS, lines, movements
from workbench.forecast.simulation import lines as columns
from workbench.forecast.simulation.lines import Lines, joined, lines_of, term_groups

_PRODUCT = ["account_id", "product"]
_TEXTS = ("kind", "detail", "line_id")


def committed(data: HazardData) -> pd.DataFrame:
    """Name what is signed and has not begun.

    Parameters
    ----------
    data : HazardData

    Returns
    -------
    DataFrame
        The rows of `workbench.features.committed.signed_steps`, with kind and detail (the movement,
        see `movements.movements`; empty where the price stays), line_id (the subscription whose
        line it belongs to: its own, or an earlier one of the same account and product that ends
        before it begins) and sure (nothing of that line can be lost before).
    """
    signed = data.signed
    if signed.empty:
        texts = {name: pd.Series(dtype="str") for name in _TEXTS}
        return signed.assign(**texts, sure=pd.Series(dtype="bool"))
    steps = data.subscriptions.steps
    own = steps[steps["account_id"].isin(signed["account_id"])]
    last = int(signed["month"].max())
    # By then all of it has begun: movements are named as of the day after.
    ahead = replace(data.subscriptions, steps=own, as_of=month_start(last + 1))
    moved = movements(lines(ahead, last))
    keys = [*_PRODUCT, "month"]
    named = signed.merge(
        moved[[*keys, "kind", "detail"]].drop_duplicates(keys), on=keys, how="left"
    )
    line_id = named["subscription_id"].map(_line_of(data))
    named.loc[named["change"] == LEAVING, ["kind", "detail"]] = ["churn", ""]
    first = ~named.duplicated("subscription_id")
    return named.assign(
        kind=named["kind"].astype("str").where(named["kind"].notna(), ""),
        detail=named["detail"].astype("str").where(named["detail"].notna(), ""),
        line_id=line_id,
        sure=~first | (line_id == named["subscription_id"]),
    )


def committed_table(data: HazardData) -> pd.DataFrame:
    """Tell what is signed and has not begun, in order of month and account.

    Parameters
    ----------
    data : HazardData
        Its contracts and accounts, as of its as-of date.

    Returns
    -------
    DataFrame
        account_id, name, product, contract_id, begins (YYYY-MM), kind (one of `movements.KINDS`, or
        ``renewal`` or ``amendment`` where the price stays, or ``leaving`` where notice was given),
        arr_before, arr (yearly revenue from then on) and change, in the currency's units.
    """
    table = committed(data).sort_values(["month", *_PRODUCT], ignore_index=True)
    names = data.accounts.set_index("account_id")["name"]
    named = (table["kind"] != "") & (table["change"] != LEAVING)
    return pd.DataFrame(
        {
            "account_id": table["account_id"],
            "name": table["account_id"].map(names).fillna(table["account_id"]),
            "product": table["product"],
            "contract_id": table["contract_id"],
            "begins": [month_label(month) for month in table["month"]],
            "kind": table["kind"].where(named, table["change"]),
            "arr_before": table["arr_before"],
            "arr": table["arr"],
            "change": table["arr"] - table["arr_before"],
        }
    )


def book_lines(data: HazardData) -> Lines:
    """Return the lines of a book: what runs on the as-of date, and what is signed by then.

    Parameters
    ----------
    data : HazardData
    """
    running = lines_of(data.future, data.future_design)
    if data.signed.empty:
        return running
    table = committed(data)
    parts = [running]
    own = data.coming["subscription_id"].isin(table["line_id"]).to_numpy()
    if data.coming_design is not None and own.any():
        coming = lines_of(data.coming, data.coming_design)
        own = np.isin(coming.subscription_id, table["line_id"].to_numpy(object))
        parts.append(replace(coming, cents=np.zeros_like(coming.cents)).take(own))
    whole = joined(parts)
    first_month = month_number(data.as_of)
    whole = replace(whole, signed=_steps(table, whole, first_month))
    return _due_as_signed(whole, table, first_month)


def _line_of(data: HazardData) -> pd.Series:
    """Return for each subscription the first one of its account and product that still counts."""
    keys = ["subscription_id", *_PRODUCT]
    running = data.future.drop_duplicates("subscription_id")[keys].assign(begins=0)
    coming = data.coming[keys].assign(begins=1 - data.coming["tenure_months"])
    known = pd.concat([running, coming]).sort_values("begins", kind="stable")
    first = known.groupby(_PRODUCT)["subscription_id"].transform("first")
    own = known["begins"] == 0
    line = known["subscription_id"].where(own, first)
    return line.set_axis(known["subscription_id"])


def _steps(table: pd.DataFrame, whole: Lines, first_month: int) -> np.ndarray:
    """Lay the signed steps out by line; see `forecast.simulation.lines` for the columns."""
    table = table.sort_values(["line_id", "month"], kind="stable", ignore_index=True)
    table = table[table["line_id"].isin(whole.subscription_id)]
    position = table.groupby("line_id").cumcount().to_numpy()
    line = pd.Index(whole.subscription_id).get_indexer(table["line_id"])
    monthly = table["month_to_month"].to_numpy(bool)
    to_end = (table["term_end_month"] - table["month"] - 1).fillna(0).to_numpy("int64")
    # A line that is worth nothing before can only come in; which way, the movement says.
    entry = pd.Index(KINDS).get_indexer(table["kind"])
    out = np.zeros((len(whole), position.max() + 1, columns.N_SIGNED), "int64")
    out[:, :, columns.BEGINS] = columns.NEVER
    values = {
        columns.BEGINS: table["month"] - first_month,
        columns.SURE: table["sure"],
        columns.WORTH: np.rint(table["arr"] * 100),
        columns.PRICED: table["kind"] == "price",
        columns.ENTRY: np.maximum(entry, 0),
        columns.TO_END: np.where(monthly, 0, np.maximum(to_end, 0)),
        columns.TERM: np.select(
            [table["change"] == LEAVING, monthly], [columns.LEAVES, 1], table["term_months"]
        ),
        columns.TERM_GROUP: term_groups(table["term_months"].to_numpy("int64"), monthly),
    }
    for column, value in values.items():
        out[line, position, column] = np.asarray(value).astype("int64")
    return out


def _due_as_signed(whole: Lines, table: pd.DataFrame, first_month: int) -> Lines:
    """Let a renewal that is signed fall due when it begins, and a first term when it ends."""
    renewals = table[table["sure"] & (table["change"] == "renewal") & table["runs"]]
    begins = renewals.groupby("line_id")["month"].min() - first_month
    due = begins.reindex(whole.subscription_id).to_numpy("float64")
    due = np.where(np.isnan(due), whole.months_to_end, due)
    first = whole.signed[:, 0]
    coming = whole.tenure_months <= 0
    due = np.where(coming, first[:, columns.BEGINS] + 1 + first[:, columns.TO_END], due)
    fixed = whole.term_group > 0
    return replace(whole, months_to_end=np.where(fixed, due, 0).astype("int64"))
