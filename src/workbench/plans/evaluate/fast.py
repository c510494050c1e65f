"""The fast approximation: a lever on a whole book while it is dragged.

The full simulation (`plans.evaluate.planner`) draws every renewal, amendment and sale of every
subscription; for thousands of accounts that takes seconds. Chances of leaving need no random
numbers, only hazards:

    S = (1 + theta A / (1 + theta P)) ** (-1 / theta),  A = sum of the moved monthly hazards

so they are the full simulation's own, in a hundredth of its time. Revenue counts every subscription
at today's worth and the plan's price while it runs: growth, amendments and further products are
left to the full simulation.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from workbench.core.errors import ParameterError, Problem
from workbench.core.intervals import interval
from workbench.core.processes import LEAVE_IDX
from workbench.plans.evaluate.fast_kernel import FastShifts, fill_hazard, pass_lines
from workbench.plans.evaluate.planner import Planner
from workbench.plans.levers.context import LeverContext
from workbench.plans.levers.kind import FastMove, LeverKind
from workbench.plans.plan.document import ALL, Plan
from workbench.plans.plan.placed import PlacedLever, accounts_of, placed_levers
from workbench.plans.planbook.book import Planbook
from workbench.plans.planbook.renewal_dates import account_due

LINES_AT_ONCE = 500
_GONE = 1e30  # a hazard that nobody survives
SHARDS, WORKERS = 16, 2


@dataclass(frozen=True)
class FastBook:
    """A book, ready to be approximated again and again.

    Parameters
    ----------
    book : Planbook
    hazard : ndarray of float32, shape (line, month, draw)
        Monthly, as things stand: 240 MB for 5,000 lines, 12 months and 1,000 draws.
    scale : ndarray of float32, shape (line, draw)
    power : ndarray of float32, shape (draw,)
        See `workbench.plans.evaluate.fast_kernel.pass_lines`.
    due : ndarray of int64, shape (account,)
        Position of the month of each account's next renewal.
    """

    book: Planbook
    hazard: np.ndarray
    scale: np.ndarray
    power: np.ndarray
    due: np.ndarray


@dataclass(frozen=True)
class FastOutcome:
    """What a lever does to a book, or the book as things stand.

    Parameters
    ----------
    accounts : ndarray of str, shape (account,)
    stays : ndarray, shape (draw, month)
        Share of the accounts that are still customers; as
        `workbench.plans.evaluate.outcome.Outcome.stays`.
    renews : ndarray, shape (draw,)
        The same after each account's next renewal.
    revenue : ndarray, shape (draw, month)
        Expected yearly revenue at today's worth and the plan's price, in the currency's units.
    account_stays : ndarray, shape (account, month)
        Mean over the draws.
    """

    accounts: np.ndarray
    stays: np.ndarray
    renews: np.ndarray
    revenue: np.ndarray
    account_stays: np.ndarray


def fast_book(book: Planbook) -> FastBook:
    """Get a book ready: its hazards as things stand. Once per book; takes a second or two.

    Parameters
    ----------
    book : Planbook
        For one of some accounts alone, see `Planbook.part`.

    Returns
    -------
    FastBook
        Needs 4 bytes per line, month and draw.
    """
    inputs, lines = book.inputs, book.lines
    months, draws = inputs.months, len(inputs)
    shared = inputs.shared
    whole = (
        shared.exit.T,
        shared.tenure.T,
        shared.shock[LEAVE_IDX].transpose(1, 2, 0),
        shared.fade[LEAVE_IDX].T,
    )
    single = tuple(np.ascontiguousarray(part, "float32") for part in whole)
    hazard = np.empty((len(lines), months, draws), "float32")
    level = np.zeros((len(lines), 1), "int64")
    for start in range(0, len(lines), LINES_AT_ONCE):
        where = slice(start, start + LINES_AT_ONCE)
        some = lines.take(where)
        group = inputs.group(some, book.survived[:, where], level[where])
        own, strength = (
            np.ascontiguousarray(part[LEAVE_IDX].T) for part in (group.own, group.strength)
        )
        later = some.at_risk
        terms = (some.tenure_months, later.months_to_end, later.term_months, later.term_group)
        fill_hazard(own, strength, single, group.shaken, *terms, hazard[where])
        hazard[where][np.arange(months) <= some.sure_until[:, None]] = 0
        gone = some.gone_from[:, None]
        hazard[where][(np.arange(months) >= gone) & (gone >= 0)] = _GONE
    theta = np.maximum(shared.frailty, 1e-4)  # below, single precision could not tell it from none
    scale = theta[:, None] / (1 + theta[:, None] * book.survived.astype("float64"))
    return FastBook(
        book=book,
        hazard=hazard,
        scale=np.ascontiguousarray(scale.T, "float32"),
        power=(-1 / theta).astype("float32"),
        due=account_due(lines, months),
    )


def approximate(
    fast: FastBook, planner: Planner, plan: Plan, strength: float = 1.0, *, workers: int = WORKERS
) -> FastOutcome:
    """Approximate what a plan does to the whole book.

    Parameters
    ----------
    fast : FastBook
    planner : Planner
        Of the same book.
    plan : Plan
        Its levers act on its accounts; all others are counted as things stand.
    strength : float
        How much of every lever there is; 0 is the book as things stand.
    workers : int
        Threads; the outcome does not depend on them.

    Returns
    -------
    FastOutcome

    Raises
    ------
    ParameterError
        When the plan does not fit the book, or has a lever that needs the full simulation: a term,
        a product, seats, or a rate other than that of leaving.
    """
    book = fast.book
    context = LeverContext(book, book.lines, planner.measured, strength)
    placed = placed_levers(plan, book, planner.catalogue) if strength else ()
    _require_fast(plan, placed, book)
    shifts = _shifts(context, placed, _chosen(plan, book))
    begin, n = book.lines.begin, len(fast.due)
    each = np.empty((n, context.months), "float32")
    cuts = np.linspace(0, n, min(SHARDS, n) + 1).astype(int)

    def work(first: int, last: int) -> tuple[np.ndarray, ...]:
        stays = np.zeros((context.months, len(book.inputs)), "float32")
        revenue, renews = np.zeros_like(stays), np.zeros(len(book.inputs), "float32")
        pass_lines(
            fast.hazard, fast.scale, fast.power, begin, fast.due, shifts, first, last,
            stays, revenue, renews, each,
        )  # fmt: skip
        return stays, revenue, renews

    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(work, cuts[:-1].tolist(), cuts[1:].tolist()))
    # In the order of the cuts, whoever came first: the same sums every time.
    stays, revenue, renews = (
        np.sum(part, axis=0, dtype="float64") for part in zip(*parts, strict=True)
    )
    return FastOutcome(book.lines.accounts, stays.T / n, renews / n, revenue.T, each)


def fast_summary(before: FastOutcome, after: FastOutcome, prob: float = 0.9) -> dict[str, float]:
    """Return what a planner reads while dragging: means and intervals over the draws.

    Parameters
    ----------
    before : FastOutcome
        The book as things stand.
    after : FastOutcome
        The same book under levers.
    prob : float, between 0 and 1
        Inside the intervals, equal tails.

    Returns
    -------
    dict
        renews, revenue (at the horizon) and gain (in it), each with ``_low`` and ``_high``; better,
        the share of draws with a gain.
    """
    gain = after.revenue[:, -1] - before.revenue[:, -1]
    shown = {"renews": after.renews, "revenue": after.revenue[:, -1], "gain": gain}
    found: dict[str, float] = {}
    for name, values in shown.items():
        low, high = interval(values, prob)
        found |= {
            name: float(values.mean()),
            f"{name}_low": float(low),
            f"{name}_high": float(high),
        }
    return found | {"better": float((gain > 0).mean())}


def all_fast(levers: Iterable[LeverKind]) -> bool:
    """Tell whether the fast approximation knows all of some levers.

    Parameters
    ----------
    levers : iterable of LeverKind
        Of none of them it knows all.
    """
    return all(lever.is_fast for lever in levers)


def _chosen(plan: Plan, book: Planbook) -> np.ndarray:
    """Tell of each line whether the plan is for its account."""
    if plan.accounts == (ALL,) and not plan.where:
        return np.ones(len(book.lines), bool)
    return np.isin(book.lines.account_id, accounts_of(plan, book))


def _shifts(
    context: LeverContext, placed: tuple[PlacedLever, ...], chosen: np.ndarray
) -> FastShifts:
    """Lay out what levers add to log-hazards, and each line's yearly revenue while it runs."""
    moves = [move for one in placed for move in one.lever.fast_moves(context, one.at)]
    n, months, draws = len(context.lines), context.months, len(context.book.inputs)
    size = np.zeros((len(moves), n), "float32")
    only = np.full((len(moves), n), -1)
    effect = np.empty((len(moves), months, draws), "float32")
    cents = context.lines.cents_by_month(months).astype(float)
    for k, move in enumerate(moves):
        size[k], only[k], effect[k] = move.size * chosen, move.month_idx, move.effect.T
        cents = _repriced(cents, move, size[k])
    return FastShifts(size, only, effect, np.ascontiguousarray(cents / 100, "float32"))


def _repriced(cents: np.ndarray, move: FastMove, size: np.ndarray) -> np.ndarray:
    """Return yearly revenue by line and month under a move's price."""
    if move.log_price == 0.0:
        return cents
    since = np.arange(cents.shape[1]) >= np.reshape(move.month_idx, (-1, 1))
    return np.where(since & (size != 0)[:, None], np.rint(cents * np.exp(move.log_price)), cents)


def _require_fast(plan: Plan, placed: tuple[PlacedLever, ...], book: Planbook) -> None:
    hint = "Evaluate the plan in full."
    problems = [
        Problem(f"{one.lever.lever_text(book)} needs the full course", plan.name,
                "signals, prices and the rate of leaving", hint=hint)
        for one in placed
        if not one.lever.is_fast
    ]  # fmt: skip
    if problems:
        raise ParameterError("The plan has no fast approximation.", problems)
