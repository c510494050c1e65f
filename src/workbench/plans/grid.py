"""A small grid of outcomes, computed before: what a reader without a kernel can drag.

For each account its strongest levers, one at a time, at a few levels; the outcomes are the
engine's. Between two levels a reader may interpolate; combinations of levers are not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.plans.levers import PriceLever, SignalLever
from workbench.plans.outcome import Outcome, Planner, interval
from workbench.plans.plan import Plan
from workbench.plans.planbook import Planbook, coded_change
from workbench.plans.sources import sources

LEVELS = 8  # and the level as things stand
REACH = 0.25  # of the usual width, beyond it
PRICE_PERCENT = (-15.0, -10.0, -5.0, -2.0, 0.0, 2.0, 5.0, 10.0, 15.0)
NEGLIGIBLE = 0.01  # of the log-hazard: no lever worth a slider

# Nobody moves these: what happens to the customer, calendars, and what has been decided before.
UNMOVED_GROUP = "firmographic"
UNMOVED = {
    "arr_change_12m", "days_since_survey", "days_to_term_end", "past_renewals",
    "price_change_last_renewal", "products_owned", "renewal_opportunity_open",
    "renewals_lost_12m", "white_space",
}  # fmt: skip

Told = tuple[float, float, float]


@dataclass(frozen=True)
class Track:
    """One lever of one account.

    Parameters
    ----------
    lever, meaning, unit, source, warning : str
        Of the lever; see `workbench.plans.sources.sources`.
    whole : bool
        Only whole levels mean something.
    now : int
        Position of the level as things stand.
    level : tuple of float
        Ascending, in the lever's unit.
    usual : tuple of bool
        The level lies where the middle nine tenths of the model's rows lie; always true for a
        lever that the data say nothing about.
    renews, arr : tuple of (mean, low, high)
        At each level: probability of still being a customer after the next renewal; yearly revenue
        at the horizon.
    """

    lever: str
    meaning: str
    unit: str
    source: str
    warning: str
    whole: bool
    now: int
    level: tuple[float, ...]
    usual: tuple[bool, ...]
    renews: tuple[Told, ...]
    arr: tuple[Told, ...]


@dataclass(frozen=True)
class Board:
    """The levers of one account, the strongest first."""

    account_id: str
    name: str
    renewal: str
    tracks: tuple[Track, ...]


@dataclass(frozen=True)
class Grid:
    """What a page carries.

    Parameters
    ----------
    as_of, horizon : str
        ISO date, and the last month of the forecast.
    currency : str
    prob : float
        Probability inside the intervals.
    note : str
        What a reader must know besides.
    boards : tuple of Board
    """

    as_of: str
    horizon: str
    currency: str
    prob: float
    note: str
    boards: tuple[Board, ...]


def lever_grid(
    planner: Planner, accounts: Sequence[str], prob: float = 0.9, *, most: int = 3, note: str = ""
) -> Grid:
    """Compute the grid of some accounts.

    Parameters
    ----------
    planner : Planner
    accounts : sequence of str
    prob : float
        Probability inside the intervals, between 0 and 1.
    most : int
        Signals per account; the price comes on top.
    note : str
        What a reader must know besides.

    Returns
    -------
    Grid
        Some two kilobytes of JSON per account.
    """
    book = planner.book
    boards = []
    for account in accounts:
        chosen = strongest(book, account)[:most]
        levers = [_signal_track(planner, account, name, prob) for name in chosen]
        due = book.facts(account)["months_to_renewal"]
        boards.append(
            Board(
                account_id=account,
                name=str(book.accounts.set_index("account_id")["name"][account]),
                renewal=book.months[int(due) - 1] if due <= book.inputs.months else "",
                tracks=(*levers, _price_track(planner, account, prob)),
            )
        )
    return Grid(book.as_of, book.months[-1], book.currency, prob, note, tuple(boards))


def strongest(book: Planbook, account: str) -> list[str]:
    """Return the signals that would help an account most, the strongest first.

    A signal is judged by how far the log-hazard would fall, on average over the draws, if it went
    to the better end of where the middle nine tenths of the model's rows lie.
    """
    row = book.signals.set_index("account_id").loc[account]
    reach = {}
    for seen in book.support.itertuples():
        name, now = str(seen.signal), float(row[str(seen.signal)])
        if name in UNMOVED or seen.group == UNMOVED_GROUP or np.isnan(now):
            continue
        ends = np.array([seen.q05, seen.q95], float)
        columns, change = coded_change(book, name, np.full(2, now), ends)
        moved = change @ book.inputs.hazard.signal[:, columns].mean(axis=0)
        reach[name] = -float(moved.min())
    ranked = sorted(reach, key=lambda name: -reach[name])
    return [name for name in ranked if reach[name] > NEGLIGIBLE]


def levels_of(seen: pd.Series, now: float, whole: bool) -> np.ndarray:
    """Return the levels of a signal: where it usually lies, a little beyond, and where it stands.

    Parameters
    ----------
    seen : Series
        Row of `Planbook.support`.
    now : float
    whole : bool
        Only whole numbers mean something.

    Returns
    -------
    ndarray, shape (level,)
        Ascending; beyond what the data hold there is none but `now`.

    >>> seen = pd.Series({"low": 0, "q05": 0, "q95": 4, "high": 9})
    >>> levels_of(seen, 2.0, True).tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    """
    beyond = REACH * (seen["q95"] - seen["q05"])
    low, high = max(seen["low"], seen["q05"] - beyond), min(seen["high"], seen["q95"] + beyond)
    found = np.linspace(low, high, LEVELS)
    if whole:
        found = np.unique(np.rint(found))
    near = np.abs(found - now) < 0.02 * max(high - low, 1e-12)
    return np.unique(np.append(found[~near], now))


@dataclass(frozen=True)
class _Scale:
    """What a lever is, and the levels that are tried."""

    lever: str
    meaning: str
    unit: str
    whole: bool
    level: np.ndarray
    usual: np.ndarray
    now: float

    @property
    def at(self) -> int:
        """Position of the level as things stand."""
        return int(np.flatnonzero(self.level == self.now)[0])


def _signal_track(planner: Planner, account: str, signal: str, prob: float) -> Track:
    book = planner.book
    seen = book.support.set_index("signal").loc[signal]
    now = float(book.signals.set_index("account_id").loc[account, signal])
    values = book.signals[signal].dropna().to_numpy(float)
    whole = bool((values == np.rint(values)).all())
    level = levels_of(seen, now, whole)
    usual = (level >= seen["q05"]) & (level <= seen["q95"])
    scale = _Scale(signal, book.called(signal), str(seen["unit"]), whole, level, usual, now)
    levers = [
        SignalLever(signal=signal, set=value, month=book.months[0], lasts="sustained")
        for value in level.tolist()
    ]
    return _track(planner, account, scale, levers, prob)


def _price_track(planner: Planner, account: str, prob: float) -> Track:
    level = np.array(PRICE_PERCENT)
    meaning = "change of the price at the next renewal"
    scale = _Scale("price", meaning, "%", False, level, np.ones(len(level), bool), 0.0)
    month = planner.book.months[0]
    levers = [PriceLever(change_percent=percent, month=month) for percent in PRICE_PERCENT]
    return _track(planner, account, scale, levers, prob)


def _track(
    planner: Planner,
    account: str,
    scale: _Scale,
    levers: Sequence[SignalLever | PriceLever],
    prob: float,
) -> Track:
    plans = [Plan(version=1, name=account, accounts=(account,), levers=(one,)) for one in levers]
    outcomes = [
        planner.baseline(plan) if at == scale.at else planner.evaluate(plan)
        for at, plan in enumerate(plans)
    ]
    moved = sources(planner, plans[0 if scale.at else -1]).iloc[0]
    return Track(
        lever=scale.lever,
        meaning=scale.meaning,
        unit=scale.unit,
        source=str(moved["source"]),
        warning=str(moved["warning"]),
        whole=scale.whole,
        now=scale.at,
        level=tuple(float(f"{value:.6g}") for value in scale.level),
        usual=tuple(bool(flag) for flag in scale.usual),
        renews=tuple(_told(one.renews, prob, 4) for one in outcomes),
        arr=tuple(_told(_at_end(one), prob, 0) for one in outcomes),
    )


def _at_end(outcome: Outcome) -> np.ndarray:
    return outcome.arr[:, -1] / 100


def _told(values: np.ndarray, prob: float, digits: int) -> Told:
    low, high = interval(values, prob)
    mean = float(values.mean())
    return round(mean, digits), round(float(low), digits), round(float(high), digits)
