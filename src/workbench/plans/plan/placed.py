"""A plan taken apart: which lever is placed when, for which accounts, on whose behalf."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from workbench.plans.levers.context import Placement
from workbench.plans.levers.registry import Lever, require_known
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import ALL, LeverPath, Plan
from workbench.plans.plan.faults import require_fit
from workbench.plans.planbook.book import Planbook


@dataclass(frozen=True)
class PlacedLever:
    """One lever of a plan, placed.

    Parameters
    ----------
    lever : Lever
    action : str
        Kind of the action that it belongs to, or the opportunity; empty for a lever of its own.
    path : LeverPath
    at : Placement
    """

    lever: Lever
    action: str
    path: LeverPath
    at: Placement


def accounts_of(plan: Plan, book: Planbook) -> np.ndarray:
    """Return the accounts that a plan is for, in the book's order.

    Parameters
    ----------
    plan : Plan
        Accounts that the book does not have are passed over.
    book : Planbook
        Its accounts have the columns that the plan's conditions name.
    """
    table = book.accounts
    chosen = np.full(len(table), plan.accounts == (ALL,))
    if plan.accounts != (ALL,):
        chosen[book.positions(plan.accounts)] = True
    for condition in plan.where:
        chosen &= table[condition.column].isin(condition.values).to_numpy()
    return book.account_index[chosen].to_numpy(dtype=object)


def accounts_at(placed: PlacedLever, chosen: np.ndarray) -> np.ndarray:
    """Return the accounts that a lever is for.

    Parameters
    ----------
    placed : PlacedLever
    chosen : ndarray of str, shape (account,)
        Those of its plan, from `accounts_of`.
    """
    own = placed.at.accounts
    return chosen if own is None else np.array(sorted(own), dtype=object)


def placed_levers(plan: Plan, book: Planbook, catalogue: Catalogue) -> tuple[PlacedLever, ...]:
    """Place every lever of a plan: its own, then those of its actions and its win plans.

    Parameters
    ----------
    plan : Plan
    book : Planbook
    catalogue : Catalogue
        Its levers count where an action has none of its own.

    Returns
    -------
    tuple of PlacedLever
        The months and accounts of each filled in.

    Raises
    ------
    ParameterError
        When the plan does not fit the book, all faults together; or a lever is of no known kind.
    """
    require_fit(plan, book)
    return tuple(_placed(plan, book.months, catalogue))


def _placed(plan: Plan, months: list[str], catalogue: Catalogue) -> Iterator[PlacedLever]:
    for nth, lever in enumerate(plan.levers):
        month_idx = months.index(lever.month or "")
        yield _one("", lever, ("levers", nth), month_idx, None)
    for at, action in enumerate(plan.actions):
        own = frozenset(action.accounts) or None
        for nth, lever in enumerate(catalogue.filled(action).levers or ()):
            month_idx = months.index(lever.month or action.month)
            yield _one(action.kind, lever, ("actions", at, "levers", nth), month_idx, own)
    for at, win in enumerate(plan.win_plans):
        for nth, lever in enumerate(win.levers):
            month_idx = months.index(lever.month or f"{win.on:%Y-%m}")
            yield _one(win.opportunity_id, lever, ("win_plans", at, "levers", nth), month_idx, None)


def _one(
    action: str, lever: Lever, path: LeverPath, month_idx: int, accounts: frozenset[str] | None
) -> PlacedLever:
    require_known(lever)
    name = f"{action}/{lever.lever}/{lever.target}/{path[-1]}"
    return PlacedLever(lever, action, path, Placement(month_idx, accounts, name))
