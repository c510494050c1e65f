"""The joint forecast as tables: bridge, retention under each definition, concentration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label, month_start
from workbench.core.intervals import interval
from workbench.forecast.growth.definitions import Pack
from workbench.forecast.growth.forecast import CENTS, Growth
from workbench.forecast.growth.holdings import Holdings
from workbench.forecast.growth.levels import BOOK
from workbench.forecast.growth.line_simulation import simulate_lines
from workbench.forecast.growth.movements import KINDS
from workbench.forecast.leaving.risk import account_risk, stays_after_renewal
from workbench.forecast.simulation import measures
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.lines import Lines

# As a bridge is read: what comes, what grows, what shrinks, what goes.
ORDER = ("new", "reactivation", "expansion", "price", "contraction", "churn")


def bridge_table(ahead: Growth, prob: float, grouping: str = BOOK) -> pd.DataFrame:
    """Tell opening, movements and closing of every month.

    Parameters
    ----------
    ahead : Growth
    prob : float
        Probability inside each interval.
    grouping : str
        One of the forecast's groupings; its levels are told one by one.

    Returns
    -------
    DataFrame
        level, month, horizon_months, then opening, each of `movements.KINDS`, closing: means over
        the draws, with ``_low`` and ``_high``. Means add up as every single draw does. Last,
        committed: what of the movements is signed, the same in every draw.
    """
    tables = [
        _one_bridge(ahead, int(at), prob)
        for at in np.flatnonzero(ahead.levels["grouping"] == grouping)
    ]
    return pd.concat(tables, ignore_index=True)


def history_table(history: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Tell the bridge of the past as that of the forecast is told.

    Parameters
    ----------
    history : DataFrame
        From `workbench.forecast.growth.movements.bridge`, in cents.
    as_of : Timestamp
        The first day that is no longer part of the past.

    Returns
    -------
    DataFrame
        month (YYYY-MM), until (its last day that is known: the forecast begins after it), opening,
        each of `movements.KINDS`, closing, in the currency's units.
    """
    parts = ["opening", *KINDS, "closing"]
    months = [month_label(int(month)) for month in history["month"]]
    day = pd.Timedelta(days=1)
    until = [min(month_start(month + 1), as_of) - day for month in history["month"]]
    table = (history[parts] / CENTS).assign(
        month=months, until=[f"{end:%Y-%m-%d}" for end in until]
    )
    return table[["month", "until", *parts]]


def total_bridge(ahead: Growth, prob: float, months: int | None = None) -> pd.DataFrame:
    """Tell what the whole horizon, or its first months, brings: one row per part of the bridge.

    Parameters
    ----------
    ahead : Growth
    prob : float, between 0 and 1
        Inside the interval ``low`` to ``high``, equal tails.
    months : int, optional
        How many of the first months to come; the whole horizon unless given.

    Returns
    -------
    DataFrame
        part (opening, the movements in the order of the bridge, closing), mean, low, high.
    """
    moved = _moved(ahead, 0)[:, :months].sum(axis=1) / CENTS
    opening = np.full(len(moved), ahead.opening[0] / CENTS)
    parts = {"opening": opening, **{name: moved[:, KINDS.index(name)] for name in ORDER}}
    parts["closing"] = opening + moved.sum(axis=1)
    rows = [(name, values.mean(), *interval(values, prob)) for name, values in parts.items()]
    return pd.DataFrame(rows, columns=["part", "mean", "low", "high"])


def closing_draws(ahead: Growth, level: int = 0) -> np.ndarray:
    """Return the revenue at each month's end in every draw, shape (draw, month).

    Parameters
    ----------
    ahead : Growth
    level : int
        Position among `Growth.levels`; 0 is the whole book.
    """
    moved = _moved(ahead, level).sum(axis=2).cumsum(axis=1)
    return (ahead.opening[level] + moved) / CENTS


def retention_draws(ahead: Growth, pack: Pack | str, level: int = 0) -> dict[str, np.ndarray]:
    """Return NRR, GRR and logo retention since the as-of date in every draw.

    Parameters
    ----------
    ahead : Growth
    pack : Pack
        Which definition; see `forecast.growth.definitions`.
    level : int
        Position among the forecast's levels.

    Returns
    -------
    dict of ndarray, shape (draw, month)
        nrr, grr, logo_retention; missing where nothing was there at the opening.
    """
    pack = Pack(pack)
    kept = ahead.kept[:, level]
    opening: np.ndarray = np.full(kept.shape[1], ahead.opening[level])
    if pack in (Pack.ACCOUNT_LEVEL, Pack.WITH_RETURNING):
        net = ahead.flow[:, level].sum(axis=2).cumsum(axis=1)
        if pack is Pack.WITH_RETURNING:
            net = net + ahead.returned[:, level]
        gross, lost = kept[..., measures.ACCOUNT_GROSS], kept[..., measures.ACCOUNTS_LOST]
        counted = np.full(kept.shape[1], ahead.opening_accounts[level])
    elif pack is Pack.LINE_LEVEL:
        net, gross = kept[..., measures.LINE_NET], kept[..., measures.LINE_GROSS]
        lost = kept[..., measures.LINES_LOST]
        counted = np.full(kept.shape[1], ahead.opening_lines[level])
    else:
        opening, counted = ahead.eligible[level], ahead.eligible_lines[level]
        net, gross = kept[..., measures.ELIGIBLE_NET], kept[..., measures.ELIGIBLE_GROSS]
        lost = kept[..., measures.ELIGIBLE_LOST]
    whole = np.where(opening > 0, opening, np.nan)
    return {
        "nrr": 1 + net / whole,
        "grr": 1 + gross / whole,
        "logo_retention": 1 - lost / np.where(counted > 0, counted, np.nan),
    }


def retention_table(ahead: Growth, prob: float, grouping: str = BOOK) -> pd.DataFrame:
    """Tell retention since the as-of date, month by month, under every definition.

    Parameters
    ----------
    ahead : Growth
    prob : float, between 0 and 1
        Inside the intervals, equal tails.
    grouping : str
        One of those in `Growth.levels`; the whole book unless given.

    Returns
    -------
    DataFrame
        level, definition, month, horizon_months, then nrr, grr and logo_retention, each with
        ``_low`` and ``_high``. By product an account counts where its first line does, so there
        the account-level definition is left out. Of whoever returns the forecast knows neither
        segment nor owner, so that definition is told of the whole book alone.
    """
    tables = []
    for at in np.flatnonzero(ahead.levels["grouping"] == grouping):
        for pack in _packs(grouping):
            table = _months(ahead, ahead.levels["level"].iloc[at])
            table.insert(1, "definition", pack.value)
            for name, values in retention_draws(ahead, pack, int(at)).items():
                table[name] = values.mean(axis=0)
                table[f"{name}_low"], table[f"{name}_high"] = interval(values, prob)
            tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _packs(grouping: str) -> list[Pack]:
    left_out = {Pack.WITH_RETURNING} if grouping != BOOK else set()
    if grouping == "product":
        left_out |= {Pack.ACCOUNT_LEVEL}
    return [pack for pack in Pack if pack not in left_out]


def concentration(
    ahead: Growth, inputs: ForecastInputs, holdings: Holdings, accounts: pd.DataFrame, prob: float
) -> pd.DataFrame:
    """Tell how much hangs on the largest accounts.

    Parameters
    ----------
    ahead : Growth
    inputs : ForecastInputs
    holdings : Holdings
        What was forecast.
    accounts : DataFrame
        With account_id and name.
    prob : float
        Probability inside each interval.

    Returns
    -------
    DataFrame
        account_id, name, arr, share of the book, leaves (probability of being gone at the
        horizon), at_risk (of today's revenue, each line at its own next renewal; see
        `forecast.leaving.risk`), low, high: of what is then lost, over draws. The last row, "all
        of these", adds up draws, not intervals.
    """
    top = accounts.set_index("account_id")["name"].reindex(ahead.top_accounts)
    lines = holdings.lines.take(holdings.lines.of_accounts(ahead.top_accounts))
    survived = holdings.past.of(inputs, lines)
    stays = stays_after_renewal(inputs, lines, survived)
    risk = account_risk(lines, stays.mean(axis=0)).set_index("account_id").loc[ahead.top_accounts]
    order = pd.Index(lines.accounts).get_indexer(pd.Index(ahead.top_accounts))
    lost = _lost(inputs, lines, survived)[:, order] / CENTS
    low, high = interval(np.column_stack([lost, lost.sum(axis=1)]), prob)
    gone = np.append((ahead.top[:, :, -1] == 0).mean(axis=0), np.nan)
    worth, expected = (risk[name].to_numpy() / CENTS for name in ("worth", "at_risk"))
    arr = np.append(worth, worth.sum())
    return pd.DataFrame(
        {
            "account_id": [*ahead.top_accounts, ""],
            "name": [*top.fillna(pd.Series(risk.index, risk.index)), "all of these"],
            "arr": arr,
            "share": arr / (ahead.opening[0] / CENTS),
            "leaves": gone,
            "at_risk": np.append(expected, expected.sum()),
            "low": low,
            "high": high,
        }
    )


def _lost(inputs: ForecastInputs, lines: Lines, survived: np.ndarray) -> np.ndarray:
    """Draw what each account loses at its lines' next renewals: cents, shape (draw, account)."""
    ahead = replace(inputs, months=int(lines.months_to_end.max()) + 1)
    after = simulate_lines(ahead, lines, survived).line
    at_renewal = np.take_along_axis(after, lines.months_to_end[None, :, None], axis=2)[:, :, 0]
    return np.add.reduceat((at_renewal == 0) * lines.cents, lines.begin[:-1], axis=1)


def _moved(ahead: Growth, level: int) -> np.ndarray:
    # Those of one level are added up: of all levels at once takes a second for each of them.
    return ahead.flow[:, level] + ahead.won[:, level]


def _one_bridge(ahead: Growth, level: int, prob: float) -> pd.DataFrame:
    moved = _moved(ahead, level) / CENTS
    closing = closing_draws(ahead, level)
    values = {"opening": closing - moved.sum(axis=2)}
    values |= {kind: moved[:, :, at] for at, kind in enumerate(KINDS)}
    values["closing"] = closing
    table = _months(ahead, ahead.levels["level"].iloc[level])
    for name, draws in values.items():
        table[name] = draws.mean(axis=0)
        table[f"{name}_low"], table[f"{name}_high"] = interval(draws, prob)
    return table.assign(committed=ahead.committed[level] / CENTS)


def _months(ahead: Growth, level: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "level": level,
            "month": [month_label(month) for month in ahead.months],
            "horizon_months": np.arange(1, len(ahead.months) + 1),
        }
    )
