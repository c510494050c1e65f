"""A lever on a whole book while it is dragged: chances, and revenue at today's worth.

The full course (`plans.outcome`) draws every renewal, amendment and sale of every subscription;
for thousands of accounts that takes seconds. Chances of leaving need no dice, only hazards:

    S = (1 + theta A / (1 + theta P)) ** (-1 / theta),  A = sum of the moved monthly hazards

so they are the full course's own, in a hundredth of its time. Revenue counts every subscription at
today's worth and the plan's price while it runs: growth, amendments and further products are left
to the full course.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from workbench.core.errors import ParameterError, Problem
from workbench.forecast.simulation.months import PROCESSES
from workbench.plans.apply import coded_move, next_renewal, price_factor
from workbench.plans.levers import Lever, PriceLever, RateLever, SignalLever
from workbench.plans.outcome import Planner, account_due, interval
from workbench.plans.plan import ALL, Plan
from workbench.plans.planbook import Planbook
from workbench.plans.pulls import Pull, accounts_of, pulls_of
from workbench.plans.sources import lever_words
from workbench.plans.stage import LEAVE, Stage, weight
from workbench.plans.swift_kernel import Push, fill_hazard, pass_lines

LINES_AT_ONCE = 500
SHARDS, WORKERS = 16, 2


@dataclass(frozen=True)
class Passage:
    """A book, ready to be passed over again and again.

    Parameters
    ----------
    book : Planbook
    hazard : ndarray of float32, shape (line, month, draw)
        Monthly, as things stand: 240 MB for 5,000 lines, 12 months and 1,000 draws.
    scale : ndarray of float32, shape (line, draw)
    power : ndarray of float32, shape (draw,)
        See `workbench.plans.swift_kernel.pass_lines`.
    due : ndarray of int64, shape (account,)
        Position of the month of each account's next renewal.
    """

    book: Planbook
    hazard: np.ndarray
    scale: np.ndarray
    power: np.ndarray
    due: np.ndarray


@dataclass(frozen=True)
class Glance:
    """What a lever does to a book, or the book as things stand.

    Parameters
    ----------
    accounts : ndarray of str, shape (account,)
    stays : ndarray, shape (draw, month)
        Share of the accounts that are still customers; as `workbench.plans.outcome.Outcome.stays`.
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


def passage_of(book: Planbook) -> Passage:
    """Get a book ready: its hazards as things stand. Once per book; takes a second or two."""
    inputs, lines = book.inputs, book.lines
    months, draws = inputs.months, len(inputs)
    world = inputs.world
    shared = (world.exit.T, world.tenure.T, world.shock.T, world.fade[LEAVE].T)
    shared = tuple(np.ascontiguousarray(part, "float32") for part in shared)
    hazard = np.empty((len(lines), months, draws), "float32")
    level = np.zeros((len(lines), 1), "int64")
    for start in range(0, len(lines), LINES_AT_ONCE):
        where = slice(start, start + LINES_AT_ONCE)
        some = lines.take(where)
        group = inputs.group(some, book.survived[:, where], level[where])
        own, strength = (
            np.ascontiguousarray(part[LEAVE].T) for part in (group.own, group.strength)
        )
        later = some.at_risk
        terms = (some.tenure_months, later.months_to_end, later.term_months, later.term_group)
        fill_hazard(own, strength, shared, *terms, hazard[where])
        hazard[where][np.arange(months) <= some.sure_until[:, None]] = 0
    theta = np.maximum(world.frailty, 1e-4)  # below, single precision could not tell it from none
    scale = theta[:, None] / (1 + theta[:, None] * book.survived.astype("float64"))
    return Passage(
        book=book,
        hazard=hazard,
        scale=np.ascontiguousarray(scale.T, "float32"),
        power=(-1 / theta).astype("float32"),
        due=account_due(lines, months),
    )


def glance(passage: Passage, planner: Planner, plan: Plan, strength: float = 1.0) -> Glance:
    """Pull a plan's levers over the whole book.

    Parameters
    ----------
    passage : Passage
    planner : Planner
        Of the same book.
    plan : Plan
        For which accounts its levers are pulled; all others are counted as things stand.
    strength : float
        How much of every lever is pulled; 0 is the book as things stand.

    Raises
    ------
    ParameterError
        When the plan does not fit the book, or pulls a lever that needs the full course: a term,
        a product, seats, or a rate other than that of leaving.
    """
    book = passage.book
    stage = Stage(book, book.lines, planner.measured, strength)
    chosen = None if plan.accounts == (ALL,) and not plan.where else accounts_of(plan, book)
    pulls = pulls_of(plan, book, planner.catalogue) if strength else ()
    _require_swift(plan, pulls, book)
    moves = [move for pull in pulls for move in _moves(stage, pull)]
    worth = _worth(stage, pulls, chosen)
    push = _push(stage, moves, worth, chosen)
    begin, n = book.lines.begin, len(passage.due)
    each = np.empty((n, stage.months), "float32")
    cuts = np.linspace(0, n, min(SHARDS, n) + 1).astype(int)

    def work(first: int, last: int) -> tuple[np.ndarray, ...]:
        stays = np.zeros((stage.months, len(book.inputs)), "float32")
        revenue, renews = np.zeros_like(stays), np.zeros(len(book.inputs), "float32")
        pass_lines(
            passage.hazard, passage.scale, passage.power, begin, passage.due, push, first, last,
            stays, revenue, renews, each,
        )  # fmt: skip
        return stays, revenue, renews

    with ThreadPoolExecutor(WORKERS) as pool:
        parts = list(pool.map(work, cuts[:-1].tolist(), cuts[1:].tolist()))
    # In the order of the cuts, whoever came first: the same sums every time.
    stays, revenue, renews = (
        np.sum(part, axis=0, dtype="float64") for part in zip(*parts, strict=True)
    )
    return Glance(book.lines.accounts, stays.T / n, renews / n, revenue.T, each)


def numbers(before: Glance, after: Glance, prob: float = 0.9) -> dict[str, float]:
    """Return what a planner reads while dragging: means and intervals over the draws.

    Returns
    -------
    dict
        renews, revenue (at the horizon) and gain (in it), each with ``_low`` and ``_high``; better,
        the share of draws with a gain.
    """
    gain = after.revenue[:, -1] - before.revenue[:, -1]
    told = {"renews": after.renews, "revenue": after.revenue[:, -1], "gain": gain}
    found: dict[str, float] = {}
    for name, values in told.items():
        low, high = interval(values, prob)
        found |= {
            name: float(values.mean()),
            f"{name}_low": float(low),
            f"{name}_high": float(high),
        }
    return found | {"better": float((gain > 0).mean())}


Move = tuple[np.ndarray, np.ndarray, np.ndarray]  # size by line, the only month, effect by draw


def _moves(stage: Stage, pull: Pull) -> Iterator[Move]:
    """Yield what a lever adds to the log-hazard, as products of a line's and a draw's part."""
    lines, lever = stage.lines, pull.lever
    own = np.broadcast_to(stage.own(pull), len(lines)).astype("float32")
    always = np.full(len(lines), -1)
    factor = stage.factor(pull)
    if isinstance(lever, PriceLever):
        _, factor = price_factor(stage, pull, lever)
        due = next_renewal(lines, pull.month_idx, stage.months)
        # A renewal beyond the horizon is no month of it.
        yield own, due, np.repeat(factor[:, None], stage.months, axis=1)
        return
    assert isinstance(lever, SignalLever | RateLever)
    fade = stage.book.inputs.world.fade[LEAVE]
    stops = isinstance(lever, RateLever)
    over = weight(fade, pull.month_idx, lever.lasts, stops=stops)
    if factor is not None:
        yield own, always, factor[:, None] * over
    elif isinstance(lever, SignalLever):
        columns, moved = coded_move(stage, pull, lever)
        for at, column in enumerate(columns):
            if moved[:, at].any():
                effect = stage.book.inputs.hazard.signal[:, column]
                yield moved[:, at], always, effect[:, None] * over


def _worth(stage: Stage, pulls: tuple[Pull, ...], chosen: np.ndarray | None) -> np.ndarray:
    """Return each line's yearly revenue by month while it runs, in the currency's units."""
    lines = stage.lines
    cents = lines.cents_by_month(stage.months).astype(float)
    own = np.ones(len(lines), bool) if chosen is None else np.isin(lines.account_id, chosen)
    for pull in pulls:
        if isinstance(pull.lever, PriceLever):
            change, _ = price_factor(stage, pull, pull.lever)
            due = next_renewal(lines, pull.month_idx, stage.months)
            dear = (np.arange(stage.months) >= due[:, None]) & (own & stage.own(pull))[:, None]
            cents = np.where(dear, np.rint(cents * np.exp(change)), cents)
    return cents / 100


def _push(stage: Stage, moves: list[Move], worth: np.ndarray, chosen: np.ndarray | None) -> Push:
    n, months, draws = len(stage.lines), stage.months, len(stage.book.inputs)
    size = np.zeros((len(moves), n), "float32")
    only = np.full((len(moves), n), -1)
    effect = np.empty((len(moves), months, draws), "float32")
    own = np.ones(n, bool) if chosen is None else np.isin(stage.lines.account_id, chosen)
    for k, (by_line, month, by_draw) in enumerate(moves):
        size[k], only[k], effect[k] = by_line * own, month, by_draw.T
    return Push(size, only, effect, np.ascontiguousarray(worth, "float32"))


def is_swift(levers: Iterable[Lever]) -> bool:
    """Tell whether the swift pass knows all of some levers."""
    return all(
        isinstance(lever, SignalLever | PriceLever)
        or (isinstance(lever, RateLever) and PROCESSES.index(lever.process) == LEAVE)
        for lever in levers
    )


def _require_swift(plan: Plan, pulls: tuple[Pull, ...], book: Planbook) -> None:
    hint = "Evaluate the plan in full."
    problems = [
        Problem(f"{lever_words(pull.lever, book)} needs the full course", plan.name,
                "signals, prices and the rate of leaving", hint=hint)
        for pull in pulls
        if not is_swift([pull.lever])
    ]  # fmt: skip
    if problems:
        raise ParameterError("The plan cannot be taken in at a glance.", problems)
