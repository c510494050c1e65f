"""What is known of the plan at hand: its levers, what applies, what it is expected to change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from workbench.plans.evaluate.cards import LeverCard, lever_cards
from workbench.plans.evaluate.compare import (
    ComparedBaseline,
    Comparison,
    compare_with,
    compared_baseline,
)
from workbench.plans.evaluate.outcome import Outcome
from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.document import Plan
from workbench.plans.plan.measured import read_measured


class PlanAtHand:
    """A plan, and the planner that evaluates it; see `workbench.apps.planner.session`."""

    planner: Planner
    plan: Plan
    before: Outcome
    folder: Path
    prob: float
    _known: ComparedBaseline | None = None
    _cards: tuple[tuple[Planner, Plan], tuple[LeverCard, ...]] | None = None

    def lever_cards(self) -> tuple[LeverCard, ...]:
        """Return the levers of the plan with their controls."""
        key = (self.planner, self.plan)
        if self._cards is None or any(a is not b for a, b in zip(self._cards[0], key, strict=True)):
            self._cards = (key, lever_cards(*key))
        return self._cards[1]

    @property
    def money_unit(self) -> str:
        """The book's currency, or that there is none."""
        return self.planner.book.currency or "money"

    def suggested(self) -> list[str]:
        """Return the kinds of action that apply to the account; all where there are several."""
        if len(self.before.accounts) > 1:
            return list(self.planner.catalogue.entries)
        facts = self.planner.book.facts(str(self.before.accounts[0]))
        renews = {"probability": float(self.before.renews.mean())}
        return list(self.planner.catalogue.suggested(facts | renews))

    def comparison(self, plans: tuple[Plan, ...] = ()) -> Comparison:
        """Compare with things as they stand: some plans, or the session's.

        Parameters
        ----------
        plans : tuple of Plan
            For the accounts of the session's plan; none: the session's plan.

        Returns
        -------
        Comparison
        """
        outcomes = [self.evaluate(plan) for plan in plans or (self.plan,)]
        if self._known is None or self._known.baseline is not self.before:
            self._known = compared_baseline(self.before, self.prob)
        return compare_with(self._known, outcomes, self.planner.book.months)

    def evaluate(self, plan: Plan) -> Outcome:
        """Evaluate a plan, with the measured effects of its folder where it names any.

        Parameters
        ----------
        plan : Plan
            The session's own has its measured effects already.

        Returns
        -------
        Outcome
        """
        if plan == self.plan:
            return self.planner.evaluate(plan)
        measured = read_measured(plan, self.planner.catalogue, self.folder)
        return replace(self.planner, measured=measured).evaluate(plan)
