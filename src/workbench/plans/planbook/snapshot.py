"""Take from a forecast what planners need; a planbook that is read again needs none of this."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from workbench.features.hazard_data import HazardData
from workbench.features.signals.catalogue import SIGNALS, meaning_of
from workbench.forecast.growth.committed import book_lines
from workbench.forecast.growth.holdings import Past
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.plans.planbook.book import Planbook

SUPPORT_COLUMNS = ("signal", "meaning", "group", "unit", "low", "q05", "median", "q95", "high")
_ACCOUNT_COLUMNS = ("name", "industry", "segment", "region", "owner", "parent")
_OPPORTUNITY_COLUMNS = (
    "opportunity_id", "account_id", "kind", "product", "stage", "amount", "opened_on",
)  # fmt: skip


def planbook_of(
    data: HazardData,
    inputs: ForecastInputs,
    *,
    currency: str = "",
    drivers: pd.DataFrame | None = None,
    opportunities: pd.DataFrame | None = None,
    accounts: Sequence[str] | None = None,
) -> Planbook:
    """Take from a forecast what planners need.

    Parameters
    ----------
    data : HazardData
        What the hazard model was fitted to.
    inputs : ForecastInputs
    currency : str
        Code shown with amounts; empty where the book has none, or several.
    drivers : DataFrame, optional
        From `workbench.forecast.leaving.explain.contribution_table`: the rows of its first month
        and of level ``driver`` are kept.
    opportunities : DataFrame, optional
        The canonical table; those that were open on the as-of date are kept.
    accounts : sequence of str, optional
        Only these; left out, the whole book.

    Returns
    -------
    Planbook
    """
    lines = book_lines(data)
    if accounts is not None:
        lines = lines.take(lines.of_accounts(list(accounts)))
    facts = data.accounts.set_index("account_id").reindex(lines.accounts)
    known = [name for name in _ACCOUNT_COLUMNS if name in facts]
    accounts_table = facts[known].reset_index()
    accounts_table["name"] = accounts_table["name"].fillna(accounts_table["account_id"])
    sources = list(dict.fromkeys(column.source for column in data.coding.signals.columns))
    rows = pd.concat([data.future, data.coming]) if len(data.coming) else data.future
    now = rows.drop_duplicates("account_id").set_index("account_id")[sources]
    return Planbook(
        as_of=data.as_of.date().isoformat(),
        currency=currency,
        inputs=inputs,
        lines=lines,
        survived=Past(data.design).of(inputs, lines),
        accounts=accounts_table,
        signals=now.reindex(lines.accounts).astype("float64").reset_index(),
        support=support_of(data.rows, sources),
        drivers=_first_drivers(drivers),
        opportunities=_open(opportunities, data.as_of, lines.accounts),
    )


def support_of(rows: pd.DataFrame, signals: list[str]) -> pd.DataFrame:
    """Tell for each signal which values the model has seen.

    Parameters
    ----------
    rows : DataFrame
        At-risk rows, with `observed`.
    signals : list of str
        Columns of the rows.

    Returns
    -------
    DataFrame
        `SUPPORT_COLUMNS`, one row per signal that was ever seen.
    """
    by_name = {signal.name: signal for signal in SIGNALS}
    seen = rows[rows["observed"].astype(bool)]
    lines = []
    for name in signals:
        values = seen[name].astype("float64").dropna().to_numpy()
        if not len(values):
            continue
        signal = by_name.get(name)
        group, unit = (signal.group, signal.unit) if signal else ("product", "")
        lines.append(
            (name, meaning_of(name), group, unit, *np.quantile(values, [0, 0.05, 0.5, 0.95, 1]))
        )
    return pd.DataFrame(lines, columns=list(SUPPORT_COLUMNS))


def movable(rows: pd.DataFrame, signals: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Return between which values the model has mostly seen the signals that a plan can move.

    Parameters
    ----------
    rows : DataFrame
        At-risk rows, with `observed`.
    signals : iterable of str
        Those that the rows do not have are passed over.

    Returns
    -------
    dict of str to (float, float)
        The 5 % and 95 % quantiles; of a signal that hardly varies, the lowest and the highest.
    """
    support = support_of(rows, [name for name in signals if name in rows])
    narrow = support["q05"] == support["q95"]
    low = support["q05"].where(~narrow, support["low"])
    high = support["q95"].where(~narrow, support["high"])
    return dict(zip(support["signal"], zip(low, high, strict=True), strict=True))


def _first_drivers(drivers: pd.DataFrame | None) -> pd.DataFrame:
    columns = [
        "account_id", "subscription_id", "driver", "group", "contribution", "low", "high",
    ]  # fmt: skip
    if drivers is None or drivers.empty:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    kept = drivers[(drivers["level"] == "driver") & (drivers["month"] == drivers["month"].min())]
    return kept[columns].reset_index(drop=True)


def _open(
    opportunities: pd.DataFrame | None, as_of: pd.Timestamp, accounts: np.ndarray
) -> pd.DataFrame:
    columns = list(_OPPORTUNITY_COLUMNS)
    if opportunities is None or opportunities.empty:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    closed = opportunities["closed_on"].notna() & (opportunities["closed_on"] < as_of)
    begun = opportunities["opened_on"] < as_of
    own = opportunities["account_id"].isin(accounts)
    return opportunities.loc[begun & ~closed & own, columns].reset_index(drop=True)
