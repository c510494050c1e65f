"""Whether a plan fits a book: what it names that the book does not have."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.core.errors import ParameterError, Problem, nearest
from workbench.plans.levers.kind import Fault
from workbench.plans.plan.document import ALL, Plan, stated_levers
from workbench.plans.planbook.book import Planbook


def require_fit(plan: Plan, book: Planbook) -> None:
    """Refuse a plan that does not fit the book.

    Raises
    ------
    ParameterError
        With all faults together, see `faults_against`.
    """
    faults = list(faults_against(plan, book))
    if faults:
        problems = [
            Problem(what, f"{plan.name}, {'.'.join(map(str, steps))}", hint=hint)
            for steps, what, hint in faults
        ]
        raise ParameterError("The plan does not fit the book.", problems)


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
    for path, lever in stated_levers(plan):
        yield from (((*path, *way), what, hint) for way, what, hint in lever.faults(book))


def _opportunity_faults(plan: Plan, book: Planbook) -> Iterator[Fault]:
    known = list(book.opportunities["opportunity_id"])
    for at, win in enumerate(plan.win_plans):
        if win.opportunity_id not in known:
            hint = nearest(win.opportunity_id, known) if known else "The book has none."
            yield ("win_plans", at), f"no open opportunity {win.opportunity_id}", hint


def _month_faults(plan: Plan, book: Planbook) -> Iterator[Fault]:
    months = book.months
    hint = f"The forecast reaches from {months[0]} to {months[-1]}."
    dated = [(("actions", at, "month"), action.month) for at, action in enumerate(plan.actions)]
    dated += [(("win_plans", at, "on"), f"{win.on:%Y-%m}") for at, win in enumerate(plan.win_plans)]
    levers = [(path, lever) for path, lever in stated_levers(plan) if lever.month]
    dated += [((*path, "month"), str(lever.month)) for path, lever in levers]
    for steps, month in dated:
        if month not in months:
            yield steps, f"{month} lies outside of the forecast", hint
