"""Dials: the numbers of a plan's levers that a planner may turn, and the plan with one turned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from workbench.plans.levers import (
    Assumed,
    Lever,
    PriceLever,
    ProductLever,
    RateLever,
    SeatsLever,
    SignalLever,
    TermLever,
)
from workbench.plans.outcome import Planner
from workbench.plans.plan import Plan
from workbench.plans.planbook import Planbook
from workbench.plans.sources import lever_words, sources

Way = tuple[str | int, ...]
RANGE = "source"
BEYOND = 0.25  # of a signal's span: as far as a dial goes outside of what the data hold
STEPS = 100  # on a dial, about
_PROCESS = {
    "leave": "Leaving",
    "contract": "Smaller renewals",
    "expand": "Larger renewals",
    "amend": "Changes within the term",
    "cross_sell": "Further products sold",
}


@dataclass(frozen=True)
class Dial:
    """One number of a lever, or the two ends of an assumed effect.

    Parameters
    ----------
    way : tuple
        To the lever within the plan, such as ``("actions", 0, "levers", 1)``.
    field : str
        Which of the lever's fields it turns; `RANGE` for the ends of its assumed effect.
    words, unit : str
    low, high, step : float
        Ends of the dial; values beyond are flagged or refused.
    value : float or tuple of float
    """

    way: Way
    field: str
    words: str
    unit: str
    low: float
    high: float
    step: float
    value: float | tuple[float, float]


@dataclass(frozen=True)
class Board:
    """One lever as a planner sees it.

    Parameters
    ----------
    way : tuple
    words : str
        What it does.
    source, effect, warning : str
        Where its effect comes from; see `workbench.plans.sources.sources`.
    dials : tuple of Dial
    """

    way: Way
    words: str
    source: str
    effect: str
    warning: str
    dials: tuple[Dial, ...]


def boards(planner: Planner, plan: Plan) -> tuple[Board, ...]:
    """Return a plan's levers with their dials, in the order of `workbench.plans.sources.sources`.

    Parameters
    ----------
    planner : Planner
    plan : Plan
        It fits the book.
    """
    told = sources(planner, plan).to_dict("records")
    return tuple(
        Board(way, lever_words(lever, planner.book), row["source"], row["effect"],
              row["warning"], tuple(_dials(planner.book, way, lever)))
        for (way, lever), row in zip(_levers(planner, plan), told, strict=True)
    )  # fmt: skip


def turned(planner: Planner, plan: Plan, dial: Dial, value: float | tuple[float, float]) -> Plan:
    """Return a plan with one dial turned.

    Parameters
    ----------
    planner : Planner
        Its catalogue's levers become the plan's own where they are turned.
    plan : Plan
    dial : Dial
    value : float or tuple of float
    """
    lever = dict(_levers(planner, plan))[dial.way]
    if dial.field == RANGE and isinstance(value, tuple) and isinstance(lever.source, Assumed):
        change = {"source": lever.source.model_copy(update={"low": value[0], "high": value[1]})}
    else:
        change = {dial.field: value}
    return _replaced(planner, plan, dial.way, lever.model_copy(update=change))


def fresh_levers(book: Planbook) -> dict[str, Lever]:
    """Return levers that change nothing yet, by what they move: dials turn them from there."""
    found: dict[str, Lever] = {
        "Price at the next renewal": PriceLever(change_percent=0.0),
        "Length of the term": TermLever(term_months=12),
        "Seats": SeatsLever(change_percent=0.0),
    }
    sure = Assumed(low=1.0, high=1.0)
    for process, words in _PROCESS.items():
        found[words] = RateLever.model_validate({"process": process, "source": sure})
    for signal in book.signal_names:
        lever = SignalLever(signal=signal, shift=0.0, lasts="sustained")
        found[_begun(book.called(signal))] = lever
    return found


def _levers(planner: Planner, plan: Plan) -> Iterator[tuple[Way, Lever]]:
    yield from ((("levers", at), lever) for at, lever in enumerate(plan.levers))
    for at, action in enumerate(plan.actions):
        for nth, lever in enumerate(planner.catalogue.filled(action).levers or ()):
            yield ("actions", at, "levers", nth), lever
    for at, win in enumerate(plan.win_plans):
        for nth, lever in enumerate(win.levers):
            yield ("win_plans", at, "levers", nth), lever


def _replaced(planner: Planner, plan: Plan, way: Way, lever: Lever) -> Plan:
    part, at = str(way[0]), int(way[1])
    holders = list(getattr(plan, part))
    if len(way) == 2:
        holders[at] = lever
    else:
        filled = planner.catalogue.filled(holders[at]) if part == "actions" else holders[at]
        levers = list(filled.levers or ())
        levers[int(way[3])] = lever
        # A signal that the model lacks counts for nothing, and in a plan of one's own is a fault.
        known = planner.book.signal_names
        kept = (one for one in levers if not isinstance(one, SignalLever) or one.signal in known)
        holders[at] = holders[at].model_copy(update={"levers": tuple(kept)})
    return plan.model_copy(update={part: tuple(holders)})


def _dials(book: Planbook, way: Way, lever: Lever) -> Iterator[Dial]:
    match lever:
        case SignalLever() if lever.signal in book.signal_names:
            yield _signal(book, way, lever)
        case PriceLever() | SeatsLever():
            what = "New price at the next renewal" if lever.lever == "price" else "Seats"
            value = lever.change_percent
            yield Dial(way, "change_percent", what, "% more or less", *_ends(-30, 30, value), 0.5,
                       value)  # fmt: skip
        case TermLever():
            value = lever.term_months
            yield Dial(way, "term_months", "New term", "months", *_ends(1, 60, value), 1, value)
        case ProductLever() if lever.source is None:
            yield Dial(way, "win_probability", f"Chance to sell {lever.product}",
                       "probability, 0 to 1", 0.0, 1.0, 0.01, lever.win_probability)  # fmt: skip
    if isinstance(lever.source, Assumed):
        yield _range(way, lever, lever.source)


def _range(way: Way, lever: Lever, source: Assumed) -> Dial:
    ends = (source.low, source.high)
    if isinstance(lever, ProductLever):
        words, unit, low, high = f"Chance to sell {lever.product}", "probability", 0.01, 0.99
    else:
        words, unit, low, high = _PROCESS["leave"], "times as often", 0.05, 3.0
        if isinstance(lever, RateLever):
            words = _PROCESS[lever.process]
        if isinstance(lever, SeatsLever):
            words, unit = "Seats really bought, against that", "times as many"
    words = f"{words}: your {source.probability:.0%} range"
    return Dial(way, RANGE, words, unit, min(low, ends[0]), max(high, ends[1]), 0.01, ends)


def _signal(book: Planbook, way: Way, lever: SignalLever) -> Dial:
    seen = book.support.set_index("signal").loc[lever.signal]
    span = float(seen["high"] - seen["low"]) or 1.0
    step = _round_step(span / STEPS)
    meaning, unit = book.called(lever.signal), str(seen["unit"])
    if lever.shift is not None:
        low, high = _ends(-span, span, lever.shift)
        words, field, value = f"{_begun(meaning)} – changed by", "shift", lever.shift
    else:
        value = lever.set or 0.0
        low, high = _ends(seen["low"] - BEYOND * span, seen["high"] + BEYOND * span, value)
        words, field = f"{_begun(meaning)} – set to", "set"
    low, high = float(np.floor(low / step) * step), float(np.ceil(high / step) * step)
    return Dial(way, field, words, unit, low, high, step, value)


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _ends(low: float, high: float, value: float) -> tuple[float, float]:
    return min(low, value), max(high, value)


def _round_step(step: float) -> float:
    size = 10.0 ** np.floor(np.log10(step))
    return float(next(size * digit for digit in (1, 2, 5, 10) if size * digit >= step * (1 - 1e-9)))
