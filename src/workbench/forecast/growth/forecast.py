"""The joint forecast of the book: every movement in every draw, streamed over accounts.

Blocks of lines are simulated one after another and only sums are kept: memory does not grow with
the book times the draws. Sums are whole cents and chance goes by name, so the result is the same,
number for number, whatever the blocks and however many workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import reduce
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.intervals import interval
from workbench.features.design import Design, take_subscriptions
from workbench.forecast.growth.levels import Levels
from workbench.forecast.pipeline.new_logos import NEW_LOGOS_AT_ONCE, NewLogos, new_logo_arrivals
from workbench.forecast.posterior.survival import past_hazard
from workbench.forecast.simulation.coming import committed_change, is_coming, is_returning
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.intervention import NO_INTERVENTION, Intervention
from workbench.forecast.simulation.lines import Lines
from workbench.forecast.simulation.months import (
    N_KEPT,
    N_KINDS,
    Totals,
    simulate_arrivals,
    simulate_months,
)

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
        What retention needs, against the opening; measures as in `forecast.simulation.months`.
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


@dataclass(frozen=True)
class Past:
    """What the lines have survived: their at-risk rows so far."""

    design: Design

    def of(self, inputs: ForecastInputs, lines: Lines) -> np.ndarray:
        """Return the cumulative hazard so far, shape (draw, line); 0 for a line without rows."""
        at = pd.Index(self.design.subscription_id).get_indexer(lines.subscription_id)
        known = np.flatnonzero(at >= 0)
        out = np.zeros((len(inputs), len(lines)), dtype="float32")
        if len(known):
            out[:, known] = past_hazard(inputs.hazard, take_subscriptions(self.design, at[known]))
        return out

    def part(self, lines: Lines) -> Past:
        """Return what some lines need."""
        at = pd.Index(self.design.subscription_id).get_indexer(lines.subscription_id)
        return Past(take_subscriptions(self.design, at[at >= 0]))


@dataclass(frozen=True)
class LineSimulation:
    """Some accounts, line by line.

    Parameters
    ----------
    line : ndarray of int64, shape (draw, line, month)
        Cents of yearly revenue at each month's end.
    account : ndarray of int64, shape (draw, account, month)
        Further products included.
    alive : ndarray of float32, shape (draw, line, month)
        Probability that the line still runs, its own luck integrated out.
    flow : ndarray of int64, shape (draw, account, month, movement)
        Signed movements; of all accounts together, of length 1, where that was asked for.
    """

    line: np.ndarray
    account: np.ndarray
    alive: np.ndarray
    flow: np.ndarray


def simulate_lines(
    inputs: ForecastInputs,
    lines: Lines,
    survived: np.ndarray,
    change: Intervention = NO_INTERVENTION,
    *,
    flow_together: bool = False,
) -> LineSimulation:
    """Simulate some accounts in full, by account and line.

    Parameters
    ----------
    inputs : ForecastInputs
    lines : Lines
        Whole accounts.
    survived : ndarray, shape (draw, line)
        See `Past.of`.
    change : Intervention
        By these lines.
    flow_together : bool
        Movements of all accounts in one sum: far less memory to go through.

    Returns
    -------
    LineSimulation
    """
    n_levels = 1 if flow_together else len(lines.begin) - 1
    level = np.repeat(np.arange(len(lines.begin) - 1), np.diff(lines.begin))[:, None]
    level = np.minimum(level, n_levels - 1)
    totals = _empty(len(inputs), n_levels, inputs.months, lines, detail=True)
    push = change.push(len(inputs), len(lines), inputs.months)
    simulate_months(inputs.seed, inputs.world, inputs.group(lines, survived, level), push, totals)
    return LineSimulation(totals.line, totals.account, totals.alive, totals.flow)


@dataclass(frozen=True)
class Holdings:
    """What the company holds on the as-of date: its lines, their past, and where they count.

    Offers to new customers that are open may stand beside them: they are then followed one by one,
    and the count of new customers is left with those whose offer is opened later. Lines of
    customers who have signed and are none yet are among the lines; `signed_arrivals`, by source and
    month, tells how many they are, see `workbench.forecast.simulation.coming.signed_arrivals`.
    """

    lines: Lines
    past: Past
    levels: Levels
    new_logos: NewLogos | None = None
    signed_arrivals: np.ndarray | None = None


def forecast_book(
    inputs: ForecastInputs,
    holdings: Holdings,
    change: Intervention = NO_INTERVENTION,
    prob: float = 0.9,
    spread: Callable[..., list[Any]] | None = None,
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
        Takes a function, the scene, tasks and further arguments, and returns the results in any
        order; `forecast.growth.cluster.spread_over` makes one. Left out, two threads do the work.

    Returns
    -------
    Growth
    """
    whole = holdings
    holdings, own, coming = _held(whole, change)
    lines, levels = holdings.lines, holdings.levels
    top = _largest(lines)
    tasks = _shards(holdings, own, prob)
    inputs.world  # noqa: B018 -- shocks are drawn before threads share the scene
    parts = (spread or _in_threads)(_shard, inputs, tasks, top)
    parts.sort(key=lambda part: part.first_line)
    won, won_closing, returned = _newcomers(inputs, whole, change)
    signed = [[_shard(inputs, task, top[:0]) for task in _shards(*part, prob)] for part in coming]
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


@dataclass(frozen=True)
class _Part:
    first_line: int
    flow: np.ndarray
    kept: np.ndarray
    closing: np.ndarray
    accounts: pd.DataFrame
    top: np.ndarray
    top_accounts: np.ndarray


def _shards(holdings: Holdings, change: Intervention, prob: float) -> Iterator[_Task]:
    lines, levels = holdings.lines, holdings.levels
    for where in _cuts(lines, max(LINES_AT_ONCE, -(-len(lines) // SHARDS))):
        some = lines.take(where)
        part = change.of_lines(np.arange(where.start, where.stop))
        past = holdings.past.part(some)
        yield _Task(where.start, some, past, levels.line[where], len(levels), part, prob)


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
    for where in _cuts(task.lines, LINES_AT_ONCE):
        lines = task.lines.take(where)
        totals = _empty(draws, 0, months, lines, detail=False)._replace(flow=flow, kept=kept)
        group = inputs.group(lines, task.past.of(inputs, lines), task.level[where])
        change = task.change.of_lines(np.arange(where.start, where.stop))
        simulate_months(
            inputs.seed, inputs.world, group, change.push(draws, len(lines), months), totals
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


def _empty(draws: int, levels: int, months: int, lines: Lines, *, detail: bool) -> Totals:
    n, accounts = len(lines), len(lines.begin) - 1
    of_line = (draws if detail else 0, n, months)
    return Totals(
        flow=np.zeros((draws, levels, months, N_KINDS), "int64"),
        kept=np.zeros((draws, levels, months, N_KEPT), "int64"),
        account=np.zeros((draws, accounts, months), "int64"),
        line=np.zeros(of_line, "int64"),
        alive=np.zeros(of_line, "float32"),
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


def _newcomers(
    inputs: ForecastInputs, holdings: Holdings, change: Intervention
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the movements of those who come, their worth by draw and month, and who returned."""
    draws, months = len(inputs), inputs.months
    levels, new_logos = holdings.levels, holdings.new_logos
    flow = np.zeros((draws, len(levels), months, N_KINDS), "int64")
    arrivals = inputs.arrivals(_still_to_open(inputs, new_logos, change))
    if holdings.signed_arrivals is not None:
        # Whoever has signed comes by a line of its own.
        left = np.maximum(arrivals.count - holdings.signed_arrivals, 0)
        arrivals = arrivals._replace(count=left)
    group = inputs.newcomers(levels.source)
    push = change.of_newcomers().push(draws, len(group.key), months)
    back = inputs.revenue.new.returning[:, None]
    closing = np.zeros((draws, months), "int64")
    # Apart, since those who return count in some definitions of retention and the new in none.
    for own in (back, ~back):
        some = arrivals._replace(count=np.where(own, arrivals.count, 0))
        closing += simulate_arrivals(inputs.seed, inputs.world, group, push, some, flow)
        if own is back:
            returned = flow.sum(axis=3).cumsum(axis=2)
    if new_logos is not None:
        closing += _win(inputs, levels, new_logos, change.of_newcomers(), flow)
    return flow, closing, returned


def _held(
    holdings: Holdings, change: Intervention
) -> tuple[Holdings, Intervention, list[tuple[Holdings, Intervention]]]:
    """Set those who have signed and are no customers yet apart: who returns, and who is new."""
    lines = holdings.lines
    coming = is_coming(lines)
    if not coming.any():
        return holdings, change, []
    back = coming.copy()
    back[coming] = is_returning(lines.take(coming))
    held, *parts = (
        (_part_of(holdings, which), change.of_lines(which))
        for which in map(np.flatnonzero, (~coming, back, coming & ~back))
    )
    return *held, parts


def _part_of(holdings: Holdings, which: np.ndarray) -> Holdings:
    levels = replace(holdings.levels, line=holdings.levels.line[which])
    return replace(holdings, lines=holdings.lines.take(which), levels=levels)


def _win(
    inputs: ForecastInputs,
    levels: Levels,
    new_logos: NewLogos,
    change: Intervention,
    flow: np.ndarray,
) -> np.ndarray:
    """Let open offers be won; add their movements, return their worth by draw and month."""
    closing = np.zeros((len(inputs), inputs.months), "int64")
    for start in range(0, len(new_logos), NEW_LOGOS_AT_ONCE):
        place, coming = new_logo_arrivals(
            new_logos, inputs.revenue.new, slice(start, start + NEW_LOGOS_AT_ONCE)
        )
        source = tuple(inputs.revenue.new.source[at] for at in place)
        group = inputs.newcomers(levels.source[place], source)
        push = change.push(len(inputs), len(place), inputs.months)
        closing += simulate_arrivals(inputs.seed, inputs.world, group, push, coming, flow)
    return closing


def _still_to_open(
    inputs: ForecastInputs, new_logos: NewLogos | None, change: Intervention
) -> np.ndarray | None:
    """Return the factor on the count of new customers; those who return come by no offer."""
    if new_logos is None:
        return change.arrivals
    usual = np.ones(inputs.months) if change.arrivals is None else change.arrivals
    returning = inputs.revenue.new.returning[None, :, None]
    return np.where(returning, 1.0, new_logos.later[:, None]) * usual


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
