"""The plan session: the plan that is being worked on, and who wants to know when it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from workbench.plans.evaluate.cards import LeverCard, lever_cards
from workbench.plans.evaluate.compare import Comparison, compare
from workbench.plans.evaluate.outcome import Outcome
from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Plan
from workbench.plans.plan.faults import require_fit
from workbench.plans.plan.measured import read_measured
from workbench.plans.plan.saved import SavedPlan, load_plan, save_plan
from workbench.plans.planbook.book import Planbook


class PlanSession:
    """One plan being worked on: set another one, and everybody who watches is told.

    Parameters
    ----------
    book : Planbook
    catalogue : Catalogue
    folder : Path
        Of saved plans.
    prob : float
        Probability inside the intervals.
    """

    def __init__(self, book: Planbook, catalogue: Catalogue, folder: Path, prob: float) -> None:
        self.planner = Planner(book, catalogue, {})
        self.folder = folder
        self.prob = prob
        self.plan = Plan(version=1, name="New plan", accounts=(str(book.worth().index[0]),))
        self.saved: SavedPlan | None = None
        self.openings = 0  # another plan that was opened asks for other controls
        self.before = self.planner.baseline(self.plan)
        self._cards: tuple[tuple[Planner, Plan], tuple[LeverCard, ...]] | None = None
        self._watchers: list[Callable[[], None]] = []

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call a function now, and whenever there is another plan."""
        self._watchers.append(watcher)
        watcher()

    def set_plan(self, plan: Plan) -> None:
        """Work on another plan; the same one again is no news.

        Raises
        ------
        ParameterError
            When it does not fit the book; then nothing changes.
        """
        if plan == self.plan:
            return
        require_fit(plan, self.planner.book)
        # As things stand does not depend on what is planned.
        if (plan.accounts, plan.where) != (self.plan.accounts, self.plan.where):
            self.before = self.planner.baseline(plan)
        self.plan = plan
        for watcher in self._watchers:
            watcher()

    def pick(self, account_id: str) -> None:
        """Begin a new plan for an account."""
        name = self.planner.book.accounts.set_index("account_id")["name"].get(account_id)
        self.saved = None
        self.set_plan(Plan(version=1, name=f"Plan for {name}", accounts=(account_id,)))

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
        """Compare with things as they stand: some plans, or the session's."""
        outcomes = [self.evaluate(plan) for plan in plans or (self.plan,)]
        return compare(self.before, outcomes, self.planner.book.months, self.prob)

    def evaluate(self, plan: Plan) -> Outcome:
        """Evaluate a plan, with the measured effects of its folder where it names any."""
        if plan == self.plan:
            return self.planner.evaluate(plan)
        measured = read_measured(plan, self.planner.catalogue, self.folder)
        return replace(self.planner, measured=measured).evaluate(plan)

    def save(self) -> SavedPlan:
        """Write the plan to its file; see `workbench.plans.plan.saved.save_plan`."""
        self.saved = save_plan(self.plan, self.folder, self.saved)
        return self.saved

    def open(self, path: Path) -> None:
        """Work on a plan from a file."""
        saved = load_plan(path, self.planner.catalogue, self.planner.book)
        measured = read_measured(saved.plan, self.planner.catalogue, path.parent)
        self.planner = replace(self.planner, measured=measured)
        self.saved = saved
        self.openings += saved.plan != self.plan
        self.set_plan(saved.plan)
