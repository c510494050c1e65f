"""A plan taken apart: which lever is pulled when, for which accounts, on whose behalf."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from workbench.core.errors import ParameterError, Problem, nearest
from workbench.plans.catalogue import Catalogue
from workbench.plans.levers import Lever, SignalLever
from workbench.plans.plan import ALL, Plan
from workbench.plans.planbook import Planbook

Fault = tuple[tuple[str | int, ...], str, str]  # the way to the place, what is wrong, a hint


@dataclass(frozen=True)
class Pull:
    """One lever, placed.

    Parameters
    ----------
    lever : Lever
    action : str
        Kind of the action that it belongs to, or the opportunity; empty for a lever of its own.
    month_idx : int
        Position among the months to come.
    accounts : frozenset of str or None
        None for all accounts of the plan.
    name : str
        By which its luck goes: the same in every plan that pulls it for the same reason.
    from_catalogue : bool
        The plan leaves the levers of its action to the catalogue.
    """

    lever: Lever
    action: str
    month_idx: int
    accounts: frozenset[str] | None
    name: str
    from_catalogue: bool


def accounts_of(plan: Plan, book: Planbook) -> np.ndarray:
    """Return the accounts that a plan is for, in the book's order."""
    table = book.accounts
    chosen = np.full(len(table), plan.accounts == (ALL,))
    if plan.accounts != (ALL,):
        at = book.account_index.get_indexer(list(plan.accounts))
        chosen[at[at >= 0]] = True
    for condition in plan.where:
        chosen &= table[condition.column].isin(condition.values).to_numpy()
    return book.account_index[chosen].to_numpy(dtype=object)


def pulls_of(plan: Plan, book: Planbook, catalogue: Catalogue) -> tuple[Pull, ...]:
    """Place every lever of a plan.

    Raises
    ------
    ParameterError
        When the plan does not fit the book; all faults together, see `faults_against`.
    """
    faults = list(faults_against(plan, book))
    if faults:
        problems = [
            Problem(what, f"{plan.name}, {'.'.join(map(str, steps))}", hint=hint)
            for steps, what, hint in faults
        ]
        raise ParameterError("The plan does not fit the book.", problems)
    return tuple(_placed(plan, book.months, catalogue))


def _placed(plan: Plan, months: list[str], catalogue: Catalogue) -> Iterator[Pull]:
    for at, lever in enumerate(plan.levers):
        yield Pull(lever, "", months.index(lever.month or ""), None, _name("", lever, at), False)
    for action in plan.actions:
        own = frozenset(action.accounts) or None
        for at, lever in enumerate(catalogue.filled(action).levers or ()):
            month_idx = months.index(lever.month or action.month)
            name, shipped = _name(action.kind, lever, at), action.levers is None
            yield Pull(lever, action.kind, month_idx, own, name, shipped)
    for win in plan.win_plans:
        for at, lever in enumerate(win.levers):
            month_idx = months.index(lever.month or f"{win.on:%Y-%m}")
            name = _name(win.opportunity_id, lever, at)
            yield Pull(lever, win.opportunity_id, month_idx, None, name, False)


def _name(action: str, lever: Lever, at: int) -> str:
    target = {"signal": "signal", "rate": "process", "product": "product"}.get(lever.lever)
    return f"{action}/{lever.lever}/{getattr(lever, target) if target else ''}/{at}"


def faults_against(plan: Plan, book: Planbook) -> Iterator[Fault]:
    """Yield what a plan names that the book does not have: way to the place, fault, hint."""
    known = book.account_keys
    for at, account in enumerate(plan.accounts):
        if plan.accounts != (ALL,) and account not in known:
            yield ("accounts", at), f"no customer {account}", nearest(account, known)
    columns = [name for name in book.accounts if name not in ("account_id", "name")]
    for at, condition in enumerate(plan.where):
        if condition.column not in columns:
            hint = nearest(condition.column, columns)
            yield ("where", at, "column"), f"accounts have no {condition.column}", hint
            continue
        levels = set(book.accounts[condition.column].dropna())
        for nth, value in enumerate(condition.values):
            if value not in levels:
                hint = nearest(value, levels)
                yield ("where", at, "values", nth), f"no {condition.column} {value}", hint
    yield from _opportunity_faults(plan, book)
    yield from _month_faults(plan, book)
    yield from _signal_faults(plan, book)


def _opportunity_faults(plan: Plan, book: Planbook) -> Iterator[Fault]:
    known = list(book.opportunities["opportunity_id"])
    for at, win in enumerate(plan.win_plans):
        if win.opportunity_id not in known:
            hint = nearest(win.opportunity_id, known) if known else "The book has none."
            yield ("win_plans", at), f"no open opportunity {win.opportunity_id}", hint


def levers_of(plan: Plan) -> Iterator[tuple[tuple[str | int, ...], Lever]]:
    """Yield the levers that a plan states itself, each with the way to it."""
    for part in ("actions", "win_plans"):
        for at, holder in enumerate(getattr(plan, part)):
            for nth, lever in enumerate(holder.levers or ()):
                yield (part, at, "levers", nth), lever
    yield from ((("levers", at), lever) for at, lever in enumerate(plan.levers))


def _month_faults(plan: Plan, book: Planbook) -> Iterator[Fault]:
    months = book.months
    hint = f"The forecast reaches from {months[0]} to {months[-1]}."
    dated = [(("actions", at, "month"), action.month) for at, action in enumerate(plan.actions)]
    dated += [(("win_plans", at, "on"), f"{win.on:%Y-%m}") for at, win in enumerate(plan.win_plans)]
    dated += [((*steps, "month"), lever.month) for steps, lever in levers_of(plan) if lever.month]
    for steps, month in dated:
        if month not in months:
            yield steps, f"{month} lies outside of the forecast", hint


def _signal_faults(plan: Plan, book: Planbook) -> Iterator[Fault]:
    for steps, lever in levers_of(plan):
        if isinstance(lever, SignalLever) and lever.signal not in book.signal_names:
            hint = nearest(lever.signal, book.signal_names)
            yield (*steps, "signal"), f"the model has no signal {lever.signal}", hint
