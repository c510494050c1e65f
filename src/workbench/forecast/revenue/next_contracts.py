"""The next contract of each account: what it is worth, what makes it so, and what would raise it.

Each line counts at its own next renewal, leaving as nothing; a month-to-month line in the month to
come. Further products are no part of it. Means are in closed form
(`forecast.revenue.contract_value`), intervals from the simulation itself, chance included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label
from workbench.core.intervals import interval
from workbench.core.processes import LEAVE_IDX, PROCESSES
from workbench.forecast.growth.forecast import CENTS
from workbench.forecast.growth.holdings import Holdings
from workbench.forecast.growth.line_simulation import simulate_lines
from workbench.forecast.leaving.explain import FIRMOGRAPHIC, group_of, sources
from workbench.forecast.leaving.risk import at_risk
from workbench.forecast.revenue.contract_value import NextContract
from workbench.forecast.revenue.predictor_position import (
    N_PREDICTORS,
    SIZED,
    PredictorPosition,
    average_position,
    moved,
)
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.intervention import NO_INTERVENTION, Intervention
from workbench.forecast.simulation.lines import Lines

LINES_AT_ONCE = 100
_NEVER = -60.0  # on the log-hazard


@dataclass(frozen=True)
class NextContracts:
    """The next contracts of all accounts; money is yearly revenue in the currency's units.

    Parameters
    ----------
    accounts : DataFrame
        One row per account, the most revenue first: account_id; due (YYYY-MM of its first
        renewal, empty where all is month to month); lines; arr (today); renews (probability,
        weighted by revenue); at_risk (of today's revenue, see `forecast.leaving.risk`); average
        (expected of an average customer with the same contracts); expected, low, high (leaving
        counted as nothing); signed (what of it is signed by now); if_renewed, if_renewed_low,
        if_renewed_high (given that every line renews).
    factors : DataFrame
        account_id, driver, group, contribution, low, high: what each driver adds to `expected`
        beside `average`. The contributions of an account sum to the difference in every draw.
    levers : DataFrame
        account_id, signal, now, then, gain, low, high: what `expected` gains when a signal moves,
        today and once, by one standard deviation (a count by one at least) within what was seen;
        the better direction, the largest gain first. A gain is what goes with the signal, not what
        causes it.
    """

    accounts: pd.DataFrame
    factors: pd.DataFrame
    levers: pd.DataFrame


def next_contracts(
    inputs: ForecastInputs,
    holdings: Holdings,
    support: Mapping[str, tuple[float, float]],
    prob: float,
    lines_at_once: int = LINES_AT_ONCE,
) -> NextContracts:
    """Predict the next contract of each account.

    Parameters
    ----------
    inputs : ForecastInputs
    holdings : Holdings
    support : mapping of str to (float, float)
        Signals that a plan can move, and between which values, in their own units, they were
        mostly seen. Signals that the model does not have are passed over.
    prob : float
        Probability inside each interval.
    lines_at_once : int
        Lines worked on beside each other, 1 or more; it decides memory, never a number.

    Returns
    -------
    NextContracts
    """
    # A subscription that has not begun has no contract yet that another could follow.
    lines = holdings.lines.take(holdings.lines.tenure_months > 0)
    average = average_position(inputs, lines)
    book = _Book(lines, average, support, prob)
    parts = []
    for where in _whole_accounts(lines, lines_at_once):
        some = lines.take(where)
        ahead = replace(inputs, months=int(some.months_to_end.max()) + 1)
        survived = holdings.past.of(inputs, some)
        group = ahead.group(some, survived, np.zeros((len(some), 1), "int64"))
        seen = _Some(some, survived, NextContract(ahead, group))
        parts.append((_account_table(book, seen), *_reasons(book, seen)))
    accounts, factors, levers = (
        pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True)
    )
    order = accounts.sort_values("arr", ascending=False, ignore_index=True, kind="stable")
    return NextContracts(order, factors, levers)


@dataclass(frozen=True)
class _Book:
    lines: Lines
    average: PredictorPosition
    support: Mapping[str, tuple[float, float]]
    prob: float


@dataclass(frozen=True)
class _Some:
    """Whole accounts."""

    lines: Lines
    survived: np.ndarray
    contract: NextContract

    def by_account(self, of_line: np.ndarray) -> np.ndarray:
        """Turn values per unit of a line's revenue into money by account; lines last."""
        money = of_line * (self.lines.cents / CENTS)
        return np.add.reduceat(money, self.lines.begin[:-1], axis=-1)


def _whole_accounts(lines: Lines, lines_at_once: int) -> Iterator[slice]:
    begin, start = lines.begin, 0
    while start < len(lines):
        stop = int(begin[np.searchsorted(begin, min(start + lines_at_once, len(lines)))])
        yield slice(start, stop)
        start = stop


def _account_table(book: _Book, seen: _Some) -> pd.DataFrame:
    lines, contract, inputs = seen.lines, seen.contract, seen.contract.inputs
    usual = contract.worth(contract.standing)
    typical = contract.worth(book.average)
    stay = np.zeros((len(PROCESSES), 1, 1, 1), "float32")
    stay[LEAVE_IDX] = _NEVER
    drawn, kept = (
        _drawn(seen, change) for change in (NO_INTERVENTION, Intervention(log_rate_shift=stay))
    )
    arr = seen.by_account(np.ones(len(lines)))
    renews = seen.by_account(usual.renews).mean(axis=0) / arr
    fixed = np.where(lines.term_group > 0, lines.months_to_end, 10**6)
    due = np.minimum.reduceat(fixed, lines.begin[:-1])
    low, high = interval(drawn, book.prob)
    low_renewed, high_renewed = interval(kept, book.prob)
    known = lines.sure_until >= lines.months_to_end
    return pd.DataFrame(
        {
            "account_id": lines.accounts,
            "due": [month_label(inputs.first_month + m) if m < 10**6 else "" for m in due],
            "lines": np.diff(lines.begin),
            "arr": arr,
            "renews": renews,
            "at_risk": at_risk(arr, renews),
            "average": seen.by_account(typical.value).mean(axis=0),
            "expected": seen.by_account(usual.value).mean(axis=0),
            "low": low,
            "high": high,
            "signed": seen.by_account(usual.value * known).mean(axis=0),
            "if_renewed": seen.by_account(usual.value / usual.renews).mean(axis=0),
            "if_renewed_low": low_renewed,
            "if_renewed_high": high_renewed,
        }
    )


def _drawn(seen: _Some, change: Intervention) -> np.ndarray:
    """Draw what each account's lines are worth after their next renewals, shape (draw, account)."""
    simulated = simulate_lines(seen.contract.inputs, seen.lines, seen.survived, change)
    at = seen.lines.months_to_end[None, :, None]
    worth = np.take_along_axis(simulated.line, at, axis=2)[:, :, 0] / CENTS
    return np.add.reduceat(worth, seen.lines.begin[:-1], axis=1)


def _reasons(book: _Book, seen: _Some) -> tuple[pd.DataFrame, pd.DataFrame]:
    contract, lines = seen.contract, seen.lines
    here = contract.standing
    slopes = contract.slopes(book.average, here)
    factors = []
    for driver, group, adds in _contributions(book, seen, slopes):
        factors.append(_summarised(book, seen.by_account(adds), lines, driver=driver, group=group))
    value = contract.worth(here).value
    levers = [_lever(book, seen, column, value) for column in _movable(book, contract.inputs)]
    empty = pd.DataFrame(columns=["account_id", "signal", "now", "then", "gain", "low", "high"])
    table = pd.concat(levers, ignore_index=True) if levers else empty
    table = table[table["gain"] > 0]
    return pd.concat(factors, ignore_index=True), table.sort_values(
        ["account_id", "gain"], ascending=[True, False], ignore_index=True
    )


def _contributions(
    book: _Book, seen: _Some, slopes: PredictorPosition
) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield each driver, its group, and what it adds to the value, shape (draw, line)."""
    inputs, lines = seen.contract.inputs, seen.lines
    parts, coding = inputs.predictors[:N_PREDICTORS], inputs.coding
    for source, own in sources(coding.attributes).items():
        value = (lines.attribute_value - book.lines.attribute_value.mean(axis=0))[:, own]
        pairs = zip(slopes.own, parts, strict=True)
        adds = (s * (p.attribute[:, own] @ value.T) for s, p in pairs)
        yield source, FIRMOGRAPHIC, np.sum(list(adds), axis=0)
    for at, name in enumerate(coding.groupings):
        whole, some = book.lines.group_idx[:, at], lines.group_idx[:, at]
        share = np.bincount(whole, minlength=len(coding.flat_levels) + 1) / len(whole)
        effects = [part.group for part in parts] + list(inputs.revenue.size_group[list(SIZED)])
        weights = [*slopes.own, *slopes.size]
        adds = (
            s * (e[:, some] - (e @ share)[:, None]) for s, e in zip(weights, effects, strict=True)
        )
        yield name, FIRMOGRAPHIC, np.sum(list(adds), axis=0)
    for source, own in sources(coding.signals).items():
        value = (lines.signal_value - book.lines.signal_value.mean(axis=0))[:, own]
        pairs = zip(slopes.strength, parts, strict=True)
        adds = (s * (p.signal[:, own] @ value.T) for s, p in pairs)
        yield source, group_of(source), np.sum(list(adds), axis=0)


def _movable(book: _Book, inputs: ForecastInputs) -> list[int]:
    columns = inputs.coding.signals.columns
    return [i for i, c in enumerate(columns) if c.kind == "number" and c.source in book.support]


def _lever(book: _Book, seen: _Some, at: int, value: np.ndarray) -> pd.DataFrame:
    """Move one signal up and down, as far as it was seen; keep the better way."""
    contract, column = seen.contract, seen.contract.inputs.coding.signals.columns[at]
    coded = seen.lines.signal_value[:, at]
    lowest, highest = ((end - column.mean) / column.sd for end in book.support[column.source])
    curves = contract.inputs.coding.signals.curves_of(column)
    own = [at, *curves]
    effect = np.stack([part.signal[:, own] for part in contract.inputs.predictors[:N_PREDICTORS]])
    first, gains, ends = seen.lines.begin[:-1], [], []
    # What is counted moves by one at least: nobody settles a third of a dispute.
    counted = all(float(end).is_integer() for end in book.support[column.source])
    size = max(1.0, 1 / column.sd) if counted else 1.0
    for step in (-size, size):
        then = np.clip(coded + step, lowest, highest)
        # Whoever stands beyond what was mostly seen is not pushed further out, nor back in.
        then = np.where((then - coded) * step > 0, then, coded)
        bent = [bow.coded(then) - bow.coded(coded) for bow in curves.values()]
        change = effect @ np.stack([then - coded, *bent])
        other = contract.worth(moved(contract.standing, change))
        gains.append(seen.by_account(other.value - value))
        ends.append(then[first])
    better = (gains[1].mean(axis=0) > gains[0].mean(axis=0)).astype(int)
    gain = np.where(better, gains[1], gains[0])
    table = _summarised(book, gain, seen.lines, signal=column.source)
    raw = [column.mean + column.sd * z for z in (coded[first], np.choose(better, ends))]
    table.insert(2, "now", raw[0])
    table.insert(3, "then", raw[1])
    table = table.rename(columns={"contribution": "gain"})
    # A missing value is coded as the mean, exactly: there is nothing to move.
    return table[coded[first] != 0]


def _summarised(book: _Book, drawn: np.ndarray, lines: Lines, **names: str) -> pd.DataFrame:
    low, high = interval(drawn, book.prob)
    table = pd.DataFrame({"account_id": lines.accounts} | names, index=range(len(low)))
    return table.assign(contribution=drawn.mean(axis=0), low=low, high=high)
