"""What a plan changes: its levers as an intervention on its accounts' lines.

An `association` adds b x to every predictor of the model, for each process with its own coefficient
b, where x is the change of the signal in coded units. It acts from the first day of its month, with
its full weight for as long as it is kept up, then fades: f ** k after k months. Nothing else of an
account changes: it keeps its history, its frailty and its luck.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from workbench.forecast.simulation.intervention import NO_INTERVENTION, Intervention
from workbench.forecast.simulation.lines import Lines, term_groups
from workbench.forecast.simulation.months import PROCESSES
from workbench.plans import effects
from workbench.plans.levers import (
    PriceLever,
    ProductLever,
    RateLever,
    SeatsLever,
    SignalLever,
    TermLever,
)
from workbench.plans.planbook import Planbook, coded_change
from workbench.plans.pulls import Pull
from workbench.plans.stage import LEAVE, Stage, kept_up, log_rate_shift, together, weight


def apply(stage: Stage, pulls: Iterable[Pull]) -> tuple[Lines, Intervention]:
    """Apply levers to lines.

    Returns
    -------
    Lines, Change
        The lines under the plan's terms, and the change. With no pulls, or a strength of 0: the
        very lines, and `NO_INTERVENTION`.
    """
    pulls = tuple(pulls) if stage.strength != 0 else ()
    signed = np.full(len(stage.lines), -1)
    change = NO_INTERVENTION
    # Terms first: they say when the renewals are that a price meets.
    for pull in pulls:
        if not isinstance(pull.lever, TermLever):
            continue
        lines, month = _with_term(stage, pull, pull.lever)
        signed = np.maximum(signed, month)
        stage = replace(stage, lines=lines)
        change = together(change, kept_up(stage, pull, "sustained", stage.factor(pull)))
    for pull in pulls:
        if isinstance(pull.lever, PriceLever):
            change = together(change, _price(stage, pull, pull.lever, signed))
        else:
            change = together(change, _moved(stage, pull))
    return stage.lines, change


def next_renewal(lines: Lines, month_idx: int, months: int) -> np.ndarray:
    """Return the month of each line's first renewal in a month or later; that month if monthly.

    Returns
    -------
    ndarray of int, shape (line,)
        `months` where none falls into the horizon.
    """
    lines = lines.at_risk  # a renewal that is signed is no lever's any more
    late = np.maximum(month_idx - lines.months_to_end, 0)
    due = lines.months_to_end + -(-late // lines.term_months) * lines.term_months
    return np.minimum(np.where(lines.term_group == 0, month_idx, due), months)


def _moved(stage: Stage, pull: Pull) -> Intervention:
    lever = pull.lever
    match lever:
        case SignalLever():
            factor = stage.factor(pull)
            if factor is not None:
                return kept_up(stage, pull, lever.lasts, factor)
            return _associated(stage, pull, lever)
        case RateLever():
            process = PROCESSES.index(lever.process)
            factor = stage.factor(pull)
            return kept_up(stage, pull, lever.lasts, factor, process=process, stops=True)
        case ProductLever():
            return _sold(stage, pull, lever)
        case SeatsLever():
            return _resized(stage, pull, lever)
    return NO_INTERVENTION  # a term has been signed before


def coded_move(stage: Stage, pull: Pull, lever: SignalLever) -> tuple[np.ndarray, np.ndarray]:
    """Return by how much a lever moves each line's coded signal.

    Returns
    -------
    columns : ndarray of int, shape (column,)
        Among the model's coded signals; none where the model has no such signal.
    moved : ndarray of float32, shape (line, column)
    """
    book = stage.book
    if lever.signal not in book.signal_names:
        return np.empty(0, int), np.empty((len(stage.lines), 0), "float32")
    at = book.account_index.get_indexer(stage.lines.account_id)
    now = book.signals[lever.signal].to_numpy(float)[at]
    goal = now + lever.shift if lever.shift is not None else np.full(len(now), lever.set)
    start = now
    if lever.set is not None and stage.strength != 1:
        start = np.where(np.isnan(now), book_mean(book, lever.signal), now)
    after = goal if stage.strength == 1 else start + stage.strength * (goal - start)
    columns, moved = coded_change(book, lever.signal, now, after)
    return columns, (moved * stage.own(pull)[:, None]).astype("float32")


def _associated(stage: Stage, pull: Pull, lever: SignalLever) -> Intervention:
    """Return b x for every process, x being the change of the coded signal."""
    inputs = stage.book.inputs
    columns, moved = coded_move(stage, pull, lever)
    if not len(columns):
        return NO_INTERVENTION  # the model has no such signal, and the result says so
    revenue = inputs.revenue
    parts = (inputs.hazard, revenue.contract, revenue.expand, revenue.amend, revenue.cross_sell)
    log_rate_shift = np.empty((len(parts), len(inputs), len(moved), stage.months), "float32")
    for process, part in enumerate(parts):
        effect = part.signal[:, columns].astype("float32") @ moved.T
        over = weight(inputs.world.fade[process], pull.month_idx, lever.lasts).astype("float32")
        np.multiply(effect[:, :, None], over[:, None, :], out=log_rate_shift[process])
    return Intervention(log_rate_shift=log_rate_shift)


def book_mean(book: Planbook, signal: str) -> float:
    """Return the mean of a signal in the model's rows: what stands in for a missing value."""
    columns = book.inputs.coding.signals.columns
    return next((c.mean for c in columns if c.source == signal and c.kind == "number"), 0.0)


def _with_term(stage: Stage, pull: Pull, lever: TermLever) -> tuple[Lines, np.ndarray]:
    """Return the lines under a new term, and the month in which each signed it, -1 for none.

    A line that comes up for renewal before the lever's month renews first and keeps its date.
    """
    lines, months, begins = stage.lines, lever.term_months, pull.month_idx
    own = np.broadcast_to(stage.own(pull), len(lines))
    signs = own & ((lines.term_group == 0) | (lines.months_to_end >= begins))
    signs &= lines.sure_until < begins  # what is signed for later stands
    term = np.where(own, months, lines.term_months)
    monthly = (lines.term_group == 0) & ~own
    changed = replace(
        lines,
        months_to_end=np.where(signs, begins + months, lines.months_to_end),
        term_months=term,
        term_group=term_groups(term, monthly),
    )
    return changed, np.where(signs, begins, -1)


def price_factor(stage: Stage, pull: Pull, lever: PriceLever) -> tuple[float, np.ndarray]:
    """Return the log of the price change, and draws of the log factor on leaving at its renewal."""
    change = float(np.log1p(np.maximum(lever.change_percent * stage.strength, -99.0) / 100))
    factor = stage.factor(pull)
    if factor is None:
        z = effects.belief(stage.book.inputs, pull.name)
        factor = effects.log_price_factor(change, z)
    return change, factor


def _price(stage: Stage, pull: Pull, lever: PriceLever, signed: np.ndarray) -> Intervention:
    """Return what a price change does to money and to the renewal that it meets.

    Where the term is signed in the very month, the price holds from then on, and no renewal is at
    stake: that the customer signs is the plan's assumption.
    """
    lines, months = stage.lines, stage.months
    change, factor = price_factor(stage, pull, lever)
    own = np.broadcast_to(stage.own(pull), len(lines))
    now = own & (signed == pull.month_idx)
    due = next_renewal(lines, pull.month_idx, months)
    meets = (np.arange(months) == due[:, None]) & (own & ~now)[:, None]
    at_once = (np.arange(months) == pull.month_idx) & now[:, None]
    moved = log_rate_shift(stage, LEAVE, factor[:, None, None] * meets)
    return replace(
        moved,
        renewal_price=change * meets,
        amend=(change * at_once)[None] if now.any() else None,
    )


def _sold(stage: Stage, pull: Pull, lever: ProductLever) -> Intervention:
    """Return the sales of a further product: in a draw it is sold or not."""
    inputs, lines = stage.book.inputs, stage.lines
    chance = np.array([lever.win_probability])
    if lever.source is not None:
        stated = effects.range_of(lever.source, stage.measured)
        chance = effects.chance(stated, effects.belief(inputs, pull.name))
    chance = np.minimum(chance * stage.strength, 1.0)
    names = np.array([f"{account}/{pull.name}" for account in lines.accounts], dtype=object)
    first = lines.begin[:-1]
    won = (effects.sale_luck(inputs, names) < chance[:, None]) & np.broadcast_to(
        stage.own(pull), len(lines)
    )[first]
    sale = np.zeros((len(inputs), len(lines), stage.months), "int64")
    sale[:, first, pull.month_idx] = np.where(won, round(100 * lever.arr), 0)
    return Intervention(sale_cents=sale)


def _resized(stage: Stage, pull: Pull, lever: SeatsLever) -> Intervention:
    factor = stage.factor(pull)
    if factor is None:
        percent = np.maximum(lever.change_percent * stage.strength, -99.0)
        factor = np.array([np.log1p(percent / 100)])
    own = np.broadcast_to(stage.own(pull), len(stage.lines))
    now = (np.arange(stage.months) == pull.month_idx) & own[:, None]
    return Intervention(amend=factor[:, None, None] * now)
