"""The joint forecast of the book: every movement in every draw, streamed over accounts.

Blocks of lines are simulated one after another and only sums are kept: memory does not grow with
the book times the draws. Sums are whole cents and chance goes by name, so the result is the same,
number for number, whatever the blocks and however many workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.intervals import interval
from workbench.forecast.growth.holdings import Holdings, Past, held_and_coming
from workbench.forecast.growth.levels import Levels
from workbench.forecast.growth.line_simulation import empty_totals
from workbench.forecast.growth.newcomers import newcomers
from workbench.forecast.simulation.coming import committed_change
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.intervention import NO_INTERVENTION, Intervention
from workbench.forecast.simulation.lines import Lines
from workbench.forecast.simulation.measures import N_KEPT, N_KINDS
from workbench.forecast.simulation.months import simulate_months

CENTS = 100.0
LINES_AT_ONCE = 2000
SHARDS = 8
WORKERS = 2
TOP = 10


@dataclass(frozen=True)
class Growth:
    """The book's forecast; money is whole cents of yearly revenue.

    Parameters
    ----------
    months : ndarray of int, shape (month,)
        Month numbers.
    levels : DataFrame
        ``grouping`` and ``level``.
    opening, opening_lines, opening_accounts : ndarray of int64, shape (level,)
        Revenue, subscriptions and customers on the as-of date, those that pay nothing left out. An
        account counts where its first line does.
    eligible, eligible_lines : ndarray of int64, shape (level, month)
        Revenue and number of the lines whose term ends by then, at the opening.
    flow, won : ndarray of int64, shape (draw, level, month, movement)
        Movements with their sign, in the order of `movements.KINDS`, of today's customers and of
        those who come within the horizon, committed ones included.
    returned : ndarray of int64, shape (draw, level, month)
        What those who come back are worth at each month's end: a part of ``won``.
    committed : ndarray of int64, shape (level, month)
        By how much the revenue changes by what is signed: a part of ``flow`` and ``won`` that is
        the same in every draw.
    kept : ndarray of int64, shape (draw, level, month, measure)
        What retention needs, against the opening; measures as in `forecast.simulation.measures`.
    closing, won_closing : ndarray of int64, shape (draw, month)
        Revenue of the whole book at each month's end, added up from the accounts themselves.
    accounts : DataFrame
        ``account_id``, those who are to come last; ``opening``, ``expected`` at the horizon,
        ``low`` and ``high`` in the currency's units; ``stays`` (share of draws with any revenue
        left).
    top : ndarray of int64, shape (draw, account, month)
        Revenue of the largest accounts, ``top_accounts``, at each month's end.
    top_accounts : ndarray of str, shape (account,)
    """

    months: np.ndarray
    levels: pd.DataFrame
    opening: np.ndarray
    opening_lines: np.ndarray
    opening_accounts: np.ndarray
    eligible: np.ndarray
    eligible_lines: np.ndarray
    flow: np.ndarray
    won: np.ndarray
    returned: np.ndarray
    committed: np.ndarray
    kept: np.ndarray
    closing: np.ndarray
    won_closing: np.ndarray
    accounts: pd.DataFrame
    top: np.ndarray
    top_accounts: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """Movements of today's customers and of those to come."""
        return self.flow + self.won


def forecast_book(
    inputs: ForecastInputs,
    holdings: Holdings,
    change: Intervention = NO_INTERVENTION,
    prob: float = 0.9,
    spread: Callable[..., list[Any]] | None = None,
    lines_at_once: int = LINES_AT_ONCE,
) -> Growth:
    """Forecast the whole book.

    Parameters
    ----------
    inputs : ForecastInputs
    holdings : Holdings
    change : Intervention
    prob : float
        Probability inside the intervals of the table of accounts.
    spread : callable, optional
        Takes a function, the inputs, tasks and further arguments, and returns the results in any
        order; `forecast.growth.cluster.spread_over` makes one. Left out, two threads do the work.
    lines_at_once : int
        Lines simulated beside each other, 1 or more; it decides memory, never a number.

    Returns
    -------
    Growth
    """
    whole = holdings
    holdings, own, coming = held_and_coming(whole, change)
    lines, levels = holdings.lines, holdings.levels
    top = _largest(lines)
    tasks = _shards(holdings, own, prob, lines_at_once)
    inputs.shared  # noqa: B018 -- shocks are drawn before threads share the inputs
    parts = (spread or _in_threads)(_shard, inputs, tasks, top)
    parts.sort(key=lambda part: part.first_line)
    won, won_closing, returned = newcomers(inputs, whole, change)
    signed = [
        [_shard(inputs, task, top[:0]) for task in _shards(*part, prob, lines_at_once)]
        for part in coming
    ]
    for part in (part for parts in signed for part in parts):
        won += part.flow
        won_closing += part.closing
    for part in signed[0] if signed else []:
        returned += part.flow.sum(axis=3).cumsum(axis=2)
    tables = [part.accounts for part in (*parts, *(part for own in signed for part in own))]
    held = np.concatenate([part.top for part in parts], axis=1)
    held_accounts = np.concatenate([part.top_accounts for part in parts])
    order = [int(np.flatnonzero(held_accounts == account)[0]) for account in top]
    return Growth(
        months=np.arange(inputs.first_month, inputs.first_month + inputs.months),
        levels=levels.table,
        **_openings(lines, levels, inputs.months),
        flow=reduce(np.add, [part.flow for part in parts]),
        won=won,
        returned=returned,
        committed=committed_change(whole.lines, whole.levels, inputs.months),
        kept=reduce(np.add, [part.kept for part in parts]).cumsum(axis=2),
        closing=reduce(np.add, [part.closing for part in parts]),
        won_closing=won_closing,
        accounts=pd.concat(tables, ignore_index=True),
        top=held[:, order],
        top_accounts=top,
    )


def _in_threads(
    work: Callable[..., Any], inputs: ForecastInputs, tasks: Iterable[Any], *rest: Any
) -> list[Any]:
    """Work on one task per thread at a time; the next one is cut when it is asked for."""
    waiting, turn = iter(tasks), Lock()

    def pull() -> list[Any]:
        done = []
        while True:
            with turn:
                task = next(waiting, None)
            if task is None:
                return done
            done.append(work(inputs, task, *rest))

    with ThreadPoolExecutor(WORKERS) as pool:
        threads = [pool.submit(pull) for _ in range(WORKERS)]
        return [part for thread in threads for part in thread.result()]


@dataclass(frozen=True)
class _Task:
    first_line: int
    lines: Lines
    past: Past
    level: np.ndarray
    n_levels: int
    change: Intervention
    prob: float
    lines_at_once: int


@dataclass(frozen=True)
class _Part:
    first_line: int
    flow: np.ndarray
    kept: np.ndarray
    closing: np.ndarray
    accounts: pd.DataFrame
    top: np.ndarray
    top_accounts: np.ndarray


def _shards(
    holdings: Holdings, change: Intervention, prob: float, lines_at_once: int
) -> Iterator[_Task]:
    lines, levels = holdings.lines, holdings.levels
    for where in _cuts(lines, max(lines_at_once, -(-len(lines) // SHARDS))):
        some = lines.take(where)
        part = change.of_lines(np.arange(where.start, where.stop))
        past = holdings.past.part(some)
        level = levels.line[where]
        yield _Task(where.start, some, past, level, len(levels), part, prob, lines_at_once)


def _cuts(lines: Lines, size: int) -> Iterator[slice]:
    """Cut lines into stretches of about a size, never inside an account."""
    begin = lines.begin
    start = 0
    while start < len(lines):
        stop = int(begin[np.searchsorted(begin, min(start + size, len(lines)))])
        yield slice(start, stop)
        start = stop


def _shard(inputs: ForecastInputs, task: _Task, top: np.ndarray) -> _Part:
    draws, months = len(inputs), inputs.months
    flow = np.zeros((draws, task.n_levels, months, N_KINDS), "int64")
    kept = np.zeros((draws, task.n_levels, months, N_KEPT), "int64")
    closing = np.zeros((draws, months), "int64")
    tables, held, names = [], [], []
    for where in _cuts(task.lines, task.lines_at_once):
        lines = task.lines.take(where)
        totals = empty_totals(draws, 0, months, lines, detail=False)._replace(flow=flow, kept=kept)
        group = inputs.group(lines, task.past.of(inputs, lines), task.level[where])
        change = task.change.of_lines(np.arange(where.start, where.stop))
        simulate_months(
            inputs.seed, inputs.shared, group, change.arrays(draws, len(lines), months), totals
        )
        closing += totals.account.sum(axis=1)
        tables.append(_account_table(lines, totals.account[:, :, -1], task.prob))
        chosen = np.flatnonzero(np.isin(lines.accounts, top))
        held.append(totals.account[:, chosen])
        names.append(lines.accounts[chosen])
    return _Part(
        task.first_line,
        flow,
        kept,
        closing,
        pd.concat(tables, ignore_index=True),
        np.concatenate(held, axis=1),
        np.concatenate(names),
    )


def _account_table(lines: Lines, at_horizon: np.ndarray, prob: float) -> pd.DataFrame:
    low, high = interval(at_horizon, prob)
    return pd.DataFrame(
        {
            "account_id": lines.accounts,
            "opening": np.add.reduceat(lines.cents, lines.begin[:-1]) / CENTS,
            "expected": at_horizon.mean(axis=0) / CENTS,
            "low": low / CENTS,
            "high": high / CENTS,
            "stays": (at_horizon > 0).mean(axis=0),
        }
    )


def _largest(lines: Lines) -> np.ndarray:
    worth = np.add.reduceat(lines.cents, lines.begin[:-1])
    order = np.lexsort((np.arange(len(worth)), -worth))
    return lines.accounts[order[:TOP]]


def _openings(lines: Lines, levels: Levels, months: int) -> dict[str, np.ndarray]:
    shape, n = (len(levels), months), len(levels)
    first = lines.begin[:-1]
    paid, paying = lines.cents > 0, np.add.reduceat(lines.cents, first) > 0
    opening, count = np.zeros(n, "int64"), np.zeros(n, "int64")
    accounts = np.zeros(n, "int64")
    eligible, eligible_lines = np.zeros(shape, "int64"), np.zeros(shape, "int64")
    due = np.where(lines.term_group == 0, 0, lines.months_to_end)
    inside = due < months
    for column in levels.line.T:
        np.add.at(opening, column, lines.cents)
        np.add.at(count, column, paid)
        np.add.at(accounts, column[first], paying)
        np.add.at(eligible, (column[inside], due[inside]), lines.cents[inside])
        np.add.at(eligible_lines, (column[inside], due[inside]), paid[inside])
    return {
        "opening": opening,
        "opening_lines": count,
        "opening_accounts": accounts,
        "eligible": eligible.cumsum(axis=1),
        "eligible_lines": eligible_lines.cumsum(axis=1),
    }
