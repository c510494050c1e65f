"""What sets of actions bring for many accounts, guessed at a glance before the full course is run.

The full course of a whole book takes seconds; there may be 256 sets. So revenue with a set is
guessed draw by draw: the full course of the plan without it, and what the swift pass
(`workbench.plans.swift`) expects the set to add. That pass counts subscriptions at today's worth;
what it adds is scaled by how much more, or less, the full course makes of them by then. An action
whose levers need the full course is run in full once, alone, and its gain added to the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from workbench.plans.outcome import Planner
from workbench.plans.plan import Action, Plan
from workbench.plans.pulls import accounts_of
from workbench.plans.swift import Passage, glance, is_swift, passage_of

MANY = 200  # subscriptions; fewer are followed in full as fast


@dataclass(frozen=True)
class Scout:
    """Guesses for the sets of some actions.

    Parameters
    ----------
    passage : Passage
        Of the plan's accounts alone.
    planner : Planner
        Of the same book.
    plan : Plan
        What is done in any case.
    actions : sequence of Action
        To choose from.
    month_idx : int
    follow : callable
        Takes the positions of chosen actions, returns cents of yearly revenue in that month by the
        full course, shape (draw,).
    """

    passage: Passage
    planner: Planner
    plan: Plan
    actions: Sequence[Action]
    month_idx: int
    follow: Callable[[frozenset[int]], np.ndarray]
    _seen: dict[frozenset[int], np.ndarray] = field(default_factory=dict)

    def guess(self, chosen: frozenset[int]) -> np.ndarray:
        """Return cents of yearly revenue with the chosen actions, shape (draw,)."""
        none: frozenset[int] = frozenset()
        filled = self.planner.catalogue.filled
        swift = frozenset(i for i in chosen if is_swift(filled(self.actions[i]).levers or ()))
        start, rest = self.follow(none), chosen - swift
        begun = self._glanced(none)
        scale = start.mean() / max(begun.mean(), 1e-9)
        gain = scale * (self._glanced(swift) - begun)
        for one in rest:
            gain = gain + self.follow(frozenset({one})) - start
        return start + gain

    def _glanced(self, chosen: frozenset[int]) -> np.ndarray:
        if chosen not in self._seen:
            plan = _swift_part(self.plan, self.planner, [self.actions[i] for i in sorted(chosen)])
            revenue = glance(self.passage, self.planner, plan).revenue
            self._seen[chosen] = 100 * revenue[:, self.month_idx]
        return self._seen[chosen]


def scout_of(
    planner: Planner,
    plan: Plan,
    actions: Sequence[Action],
    month_idx: int,
    follow: Callable[[frozenset[int]], np.ndarray],
    many: int = MANY,
) -> Scout | None:
    """Return a scout where a plan is for many subscriptions; None where the full course is as fast.

    Parameters
    ----------
    planner : Planner
    plan, actions, month_idx, follow
        See `Scout`.
    many : int
        So many subscriptions are many.
    """
    own = planner.book.part(accounts_of(plan, planner.book))
    if len(own.lines) < many:
        return None
    alone = replace(planner, book=own)
    return Scout(passage_of(own), alone, plan, actions, month_idx, follow)


def _swift_part(plan: Plan, planner: Planner, more: Iterable[Action]) -> Plan:
    """Return a plan without the levers that the swift pass does not know, and further actions."""

    def kept(holder):
        return holder if swift(holder) else holder.model_copy(update={"levers": ()})

    def swift(holder) -> bool:
        filled = planner.catalogue.filled(holder) if isinstance(holder, Action) else holder
        return is_swift(filled.levers or ())

    given = {
        "actions": (*map(kept, plan.actions), *more),
        "win_plans": tuple(map(kept, plan.win_plans)),
        "levers": tuple(lever for lever in plan.levers if is_swift([lever])),
    }
    return plan.model_copy(update=given)
