"""Precomputed outcomes: what a reader without a kernel can drag.

For each account its strongest levers, one at a time, at a few levels; the outcomes are those of the
full simulation. Between two levels a reader may interpolate; combinations of levers are not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.core.intervals import interval
from workbench.plans.evaluate.lever_levels import levels_of, strongest
from workbench.plans.evaluate.outcome import Outcome
from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.provenance import provenance
from workbench.plans.levers.price import PriceLever
from workbench.plans.levers.signal import SignalLever
from workbench.plans.plan.document import Plan
from workbench.plans.planbook.renewal_dates import renewal_month

PRICE_PERCENT = (-15.0, -10.0, -5.0, -2.0, 0.0, 2.0, 5.0, 10.0, 15.0)

MeanInterval = tuple[float, float, float]  # mean, low, high


@dataclass(frozen=True)
class LeverOutcomes:
    """One lever of one account.

    Parameters
    ----------
    lever, meaning, unit, source, warning : str
        Of the lever; see `workbench.plans.evaluate.provenance.provenance`.
    whole : bool
        Only whole levels mean something.
    now : int
        Position of the level as things stand.
    level : tuple of float
        Ascending, in the lever's unit.
    usual : tuple of bool
        The level lies where the middle nine tenths of the model's rows lie; always true for a
        lever that the data say nothing about.
    stays, arr : tuple of (mean, low, high)
        At each level: probability of still being a customer after the next renewal, or at the
        horizon where none falls into it; yearly revenue at the horizon.
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
    stays: tuple[MeanInterval, ...]
    arr: tuple[MeanInterval, ...]


@dataclass(frozen=True)
class AccountOutcomes:
    """The levers of one account, the strongest first."""

    account_id: str
    name: str
    renewal: str
    levers: tuple[LeverOutcomes, ...]


@dataclass(frozen=True)
class PrecomputedOutcomes:
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
    accounts : tuple of AccountOutcomes
    """

    as_of: str
    horizon: str
    currency: str
    prob: float
    note: str
    accounts: tuple[AccountOutcomes, ...]


def precomputed_outcomes(
    planner: Planner, accounts: Sequence[str], prob: float = 0.9, *, most: int = 3, note: str = ""
) -> PrecomputedOutcomes:
    """Compute outcomes of the strongest levers of some accounts.

    Parameters
    ----------
    planner : Planner
    accounts : sequence of str
        Account ids, each one of the book's.
    prob : float
        Probability inside the intervals, between 0 and 1.
    most : int
        Signals per account; the price comes on top.
    note : str
        What a reader must know besides.

    Returns
    -------
    PrecomputedOutcomes
        Some two kilobytes of JSON per account.
    """
    book = planner.book
    found = []
    for account in accounts:
        chosen = strongest(book, account)[:most]
        levers = [_of_signal(planner, account, name, prob) for name in chosen]
        renewal = renewal_month(book, account)
        found.append(
            AccountOutcomes(
                account_id=account,
                name=str(book.accounts.set_index("account_id")["name"][account]),
                renewal=renewal,
                levers=(*levers, _of_price(planner, account, prob)),
            )
        )
    return PrecomputedOutcomes(book.as_of, book.months[-1], book.currency, prob, note, tuple(found))


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


def _of_signal(planner: Planner, account: str, signal: str, prob: float) -> LeverOutcomes:
    book = planner.book
    seen = book.support.set_index("signal").loc[signal]
    now = float(book.signals.set_index("account_id").loc[account, signal])
    values = book.signals[signal].dropna().to_numpy(float)
    whole = bool((values == np.rint(values)).all())
    level = levels_of(seen, now, whole)
    usual = (level >= seen["q05"]) & (level <= seen["q95"])
    scale = _Scale(signal, book.signal_text(signal), str(seen["unit"]), whole, level, usual, now)
    levers = [
        SignalLever(signal=signal, set=value, month=book.months[0], lasts="sustained")
        for value in level.tolist()
    ]
    return _outcomes(planner, account, scale, levers, prob)


def _of_price(planner: Planner, account: str, prob: float) -> LeverOutcomes:
    level = np.array(PRICE_PERCENT)
    monthly = np.isnan(float(planner.book.facts(account)["months_to_renewal"]))
    meaning = f"change of the price {'from now on' if monthly else 'at the next renewal'}"
    scale = _Scale("price", meaning, "%", False, level, np.ones(len(level), bool), 0.0)
    month = planner.book.months[0]
    levers = [PriceLever(change_percent=percent, month=month) for percent in PRICE_PERCENT]
    return _outcomes(planner, account, scale, levers, prob)


def _outcomes(
    planner: Planner,
    account: str,
    scale: _Scale,
    levers: Sequence[SignalLever | PriceLever],
    prob: float,
) -> LeverOutcomes:
    plans = [Plan(version=1, name=account, accounts=(account,), levers=(one,)) for one in levers]
    outcomes = [
        planner.baseline(plan) if at == scale.at else planner.evaluate(plan)
        for at, plan in enumerate(plans)
    ]
    moved = provenance(planner, plans[0 if scale.at else -1]).iloc[0]
    renews = bool(renewal_month(planner.book, account))
    stays = [one.renews if renews else one.stays[:, -1] for one in outcomes]
    return LeverOutcomes(
        lever=scale.lever,
        meaning=scale.meaning,
        unit=scale.unit,
        source=str(moved["source"]),
        warning=str(moved["warning"]),
        whole=scale.whole,
        now=scale.at,
        level=tuple(float(f"{value:.6g}") for value in scale.level),
        usual=tuple(bool(flag) for flag in scale.usual),
        stays=tuple(_mean_interval(one, prob, 4) for one in stays),
        arr=tuple(_mean_interval(_at_end(one), prob, 0) for one in outcomes),
    )


def _at_end(outcome: Outcome) -> np.ndarray:
    return outcome.arr[:, -1] / 100


def _mean_interval(values: np.ndarray, prob: float, digits: int) -> MeanInterval:
    low, high = interval(values, prob)
    mean = float(values.mean())
    return round(mean, digits), round(float(low), digits), round(float(high), digits)
