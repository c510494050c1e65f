"""Where each effect of a plan comes from, and what speaks against it, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from workbench.plans import effects
from workbench.plans.apply import next_renewal
from workbench.plans.levers import (
    Assumed,
    Lever,
    Measured,
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
from workbench.plans.pulls import Pull, accounts_of, pulls_of

ASSOCIATION, ASSUMED, MEASURED = "association", "assumed", "measured"
_CAUTION = (
    "Association, not cause: accounts that differ in “{signal}” fared differently; that does not "
    "show that moving it moves them."
)
_PROCESS = {
    "leave": "leaving",
    "contract": "smaller renewals",
    "expand": "larger renewals",
    "amend": "changes within a term",
    "cross_sell": "further products",
}


def sources(planner: Planner, plan: Plan) -> pd.DataFrame:
    """List a plan's levers, each with where its effect comes from.

    Parameters
    ----------
    planner : Planner
    plan : Plan

    Returns
    -------
    DataFrame
        action (empty for a lever of its own), lever (in words), month, source (association,
        assumed or measured), effect (in words), warning (sentences; may be empty).
    """
    chosen = accounts_of(plan, planner.book)
    rows = []
    for pull in pulls_of(plan, planner.book, planner.catalogue):
        own = chosen if pull.accounts is None else np.array(sorted(pull.accounts), dtype=object)
        rows.append(
            {
                "action": pull.action,
                "lever": lever_words(pull.lever, planner.book),
                "month": planner.book.months[pull.month_idx],
                "source": source_of(pull.lever),
                "effect": _effect(pull.lever, planner.measured),
                "warning": " ".join(_warnings(planner, pull, own)),
            }
        )
    columns = ["action", "lever", "month", "source", "effect", "warning"]
    return pd.DataFrame(rows, columns=columns)


def source_of(lever: Lever) -> str:
    """Return association, assumed or measured.

    >>> source_of(PriceLever(change_percent=5))
    'assumed'
    """
    return ASSUMED if lever.source is None else lever.source.kind


def lever_words(lever: Lever, book: Planbook) -> str:
    """Say what a lever does, with a signal by what it means.

    Parameters
    ----------
    lever : Lever
    book : Planbook
        Knows what its signals mean, and the currency.
    """
    match lever:
        case SignalLever():
            moved = f"{lever.shift:+g}" if lever.shift is not None else f"set to {lever.set:g}"
            return f"{book.called(lever.signal)}: {moved}, {_kept(lever.lasts)}"
        case RateLever():
            return f"{_PROCESS[lever.process]}, {_kept(lever.lasts)}"
        case PriceLever():
            return f"price {lever.change_percent:+g} % at the next renewal"
        case TermLever():
            return f"a term of {lever.term_months} months, signed now"
        case ProductLever():
            return f"{lever.product} for {lever.arr:,.0f} {book.currency}".rstrip() + " a year"
    return f"seats {lever.change_percent:+g} %"


def _kept(lasts: str | int) -> str:
    if lasts in ("once", 1):
        return "once"
    return lasts if isinstance(lasts, str) else f"kept up for {lasts} months"


def _effect(lever: Lever, measured: effects.Measurements) -> str:
    if source_of(lever) == ASSOCIATION:
        return "the model's coefficient"
    if isinstance(lever.source, Assumed | Measured):
        low, high, prob = effects.range_of(lever.source, measured)
        unit = "chance" if isinstance(lever, ProductLever) else "factor"
        if low == high:
            return f"{unit} {low:g}, taken as certain"
        return f"{unit} {low:g} to {high:g}, with probability {prob:.0%}"
    if isinstance(lever, PriceLever):
        low, high, prob = effects.PRICE_ELASTICITY
        return (
            f"leaving × (new price ÷ old) to the power of {low:g} to {high:g}, with probability "
            f"{prob:.0%}"
        )
    if isinstance(lever, ProductLever):
        return f"chance {lever.win_probability:g}, taken as certain"
    return "as stated, taken as certain"


def _warnings(planner: Planner, pull: Pull, accounts: np.ndarray) -> Iterator[str]:
    lever = pull.lever
    if isinstance(lever, SignalLever):
        yield from _signal_warnings(planner, lever, accounts)
    if isinstance(lever, TermLever):
        yield "That the customer signs is assumed."
    if isinstance(lever, PriceLever) and lever.source is None:
        yield "What it does to the renewal is the workbench's wide guess: the plan states none."
    if isinstance(lever, ProductLever | SeatsLever) and lever.source is None:
        yield "Taken as certain: the plan states no range."
    if isinstance(lever, PriceLever | TermLever):
        yield from _date_warnings(planner, pull, accounts)


def _signal_warnings(planner: Planner, lever: SignalLever, accounts: np.ndarray) -> Iterator[str]:
    book = planner.book
    if lever.signal not in book.signal_names:
        called = book.called(lever.signal)
        yield f"The model does not know “{called}”: nothing is counted."
        return
    if source_of(lever) == ASSOCIATION:
        yield _CAUTION.format(signal=book.called(lever.signal))
    seen = book.support.set_index("signal").loc[lever.signal]
    now = book.signals[lever.signal].to_numpy(float)[book.account_index.get_indexer(accounts)]
    unknown = int(np.isnan(now).sum())
    if unknown and lever.shift is not None:
        yield f"Not known of {unknown} of {len(now)} accounts: nothing is counted there."
    goal = now + lever.shift if lever.shift is not None else np.array([lever.set], float)
    outside = int(((goal < seen["low"]) | (goal > seen["high"])).sum())
    if outside:
        of = f"{outside} of {len(goal)} accounts" if len(goal) > 1 else "this"
        yield (
            f"Outside of what the data hold ({seen['low']:.3g} to {seen['high']:.3g}) for {of}: "
            "an extrapolation."
        )


def _date_warnings(planner: Planner, pull: Pull, accounts: np.ndarray) -> Iterator[str]:
    book = planner.book
    lines = book.lines.take(book.lines_of(accounts))
    if isinstance(pull.lever, TermLever):
        early = int(((lines.term_group > 0) & (lines.months_to_end < pull.month_idx)).sum())
        if early:
            yield (
                f"{early} of {len(lines)} subscriptions renew before: they keep that date, and "
                "take the new term from there."
            )
        return
    late = int(
        (next_renewal(lines, pull.month_idx, book.inputs.months) >= book.inputs.months).sum()
    )
    if late:
        yield f"{late} of {len(lines)} subscriptions do not renew within the forecast."
