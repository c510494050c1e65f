"""Screening: what sets of actions bring for many accounts, before any is simulated in full.

The full simulation of a whole book takes seconds; there may be 256 sets. So revenue with a set is
estimated draw by draw: the full simulation of the plan without it, and what the fast approximation
(`workbench.plans.evaluate.fast`) expects the set to add. That counts subscriptions at today's
worth; what it adds is scaled by how much more, or less, the full simulation makes of them by then.
An action whose levers need the full simulation is simulated once, alone, and its gain added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from workbench.plans.evaluate.fast import FastBook, all_fast, approximate, fast_book
from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.document import Action, Plan
from workbench.plans.plan.placed import accounts_of

MANY = 200  # subscriptions; fewer are simulated in full as fast


@dataclass(frozen=True)
class Screening:
    """Estimates for the sets of some actions.

    Parameters
    ----------
    fast : FastBook
        Of the plan's accounts alone.
    planner : Planner
        Of the same book.
    plan : Plan
        What is done in any case.
    actions : sequence of Action
        To choose from.
    month_idx : int
    simulate : callable
        Takes the positions of chosen actions, returns cents of yearly revenue in that month by the
        full simulation, shape (draw,).
    """

    fast: FastBook
    planner: Planner
    plan: Plan
    actions: Sequence[Action]
    month_idx: int
    simulate: Callable[[frozenset[int]], np.ndarray]
    _seen: dict[frozenset[int], np.ndarray] = field(default_factory=dict)

    def estimate(self, chosen: frozenset[int]) -> np.ndarray:
        """Return cents of yearly revenue with the chosen actions, shape (draw,)."""
        none: frozenset[int] = frozenset()
        filled = self.planner.catalogue.filled
        fast = frozenset(i for i in chosen if all_fast(filled(self.actions[i]).levers or ()))
        start, rest = self.simulate(none), chosen - fast
        begun = self._approximated(none)
        scale = start.mean() / max(begun.mean(), 1e-9)
        gain = scale * (self._approximated(fast) - begun)
        for one in rest:
            gain = gain + self.simulate(frozenset({one})) - start
        return start + gain

    def _approximated(self, chosen: frozenset[int]) -> np.ndarray:
        if chosen not in self._seen:
            plan = _fast_part(self.plan, self.planner, [self.actions[i] for i in sorted(chosen)])
            revenue = approximate(self.fast, self.planner, plan).revenue
            self._seen[chosen] = 100 * revenue[:, self.month_idx]
        return self._seen[chosen]


def screening_of(
    planner: Planner,
    plan: Plan,
    actions: Sequence[Action],
    month_idx: int,
    simulate: Callable[[frozenset[int]], np.ndarray],
    many: int = MANY,
) -> Screening | None:
    """Return a screening for a plan of many subscriptions; None where the simulation is as fast.

    Parameters
    ----------
    planner : Planner
    plan, actions, month_idx, simulate
        See `Screening`.
    many : int
        So many subscriptions are many.
    """
    own = planner.book.part(accounts_of(plan, planner.book))
    if len(own.lines) < many:
        return None
    alone = replace(planner, book=own)
    return Screening(fast_book(own), alone, plan, actions, month_idx, simulate)


def _fast_part(plan: Plan, planner: Planner, more: Iterable[Action]) -> Plan:
    """Return a plan with further actions, without levers that only the full simulation knows."""

    def kept(holder):
        return holder if fast(holder) else holder.model_copy(update={"levers": ()})

    def fast(holder) -> bool:
        filled = planner.catalogue.filled(holder) if isinstance(holder, Action) else holder
        return all_fast(filled.levers or ())

    given = {
        "actions": (*map(kept, plan.actions), *more),
        "win_plans": tuple(map(kept, plan.win_plans)),
        "levers": tuple(lever for lever in plan.levers if lever.is_fast),
    }
    return plan.model_copy(update=given)
