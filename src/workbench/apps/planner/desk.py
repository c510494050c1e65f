"""The desk: the plan that is being worked on, and who wants to know when it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from workbench.plans.catalogue import Catalogue
from workbench.plans.compare import Comparison, compare
from workbench.plans.dials import Board, boards
from workbench.plans.outcome import Outcome, Planner
from workbench.plans.plan import Plan
from workbench.plans.plan_file import read_measured
from workbench.plans.plan_folder import Stored, load_plan, save_plan
from workbench.plans.planbook import Planbook
from workbench.plans.pulls import pulls_of


class Desk:
    """One plan on the desk: put another one there, and everybody who watches is told.

    Parameters
    ----------
    book : Planbook
    catalogue : Catalogue
    folder : Path
        Of plans as files.
    prob : float
        Probability inside the intervals.
    """

    def __init__(self, book: Planbook, catalogue: Catalogue, folder: Path, prob: float) -> None:
        self.planner = Planner(book, catalogue, {})
        self.folder = folder
        self.prob = prob
        self.plan = Plan(version=1, name="New plan", accounts=(str(book.worth().index[0]),))
        self.stored: Stored | None = None
        self.openings = 0  # another plan that was opened asks for other controls
        self.before = self.planner.baseline(self.plan)
        self._boards: tuple[tuple[Planner, Plan], tuple[Board, ...]] | None = None
        self._watchers: list[Callable[[], None]] = []

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call a function now, and whenever another plan lies on the desk."""
        self._watchers.append(watcher)
        watcher()

    def put(self, plan: Plan) -> None:
        """Put a plan on the desk; the same one again is no news."""
        if plan == self.plan:
            return
        pulls_of(
            plan, self.planner.book, self.planner.catalogue
        )  # a plan that does not fit stays off
        # As things stand does not depend on what is planned.
        if (plan.accounts, plan.where) != (self.plan.accounts, self.plan.where):
            self.before = self.planner.baseline(plan)
        self.plan = plan
        for watcher in self._watchers:
            watcher()

    def pick(self, account_id: str) -> None:
        """Begin a new plan for an account."""
        name = self.planner.book.accounts.set_index("account_id")["name"].get(account_id)
        self.stored = None
        self.put(Plan(version=1, name=f"Plan for {name}", accounts=(account_id,)))

    def boards(self) -> tuple[Board, ...]:
        """Return the levers of the plan with their dials."""
        key = (self.planner, self.plan)
        if self._boards is None or any(
            a is not b for a, b in zip(self._boards[0], key, strict=True)
        ):
            self._boards = (key, boards(*key))
        return self._boards[1]

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

    def told(self, plans: tuple[Plan, ...] = ()) -> Comparison:
        """Compare with things as they stand: some plans, or the one on the desk."""
        wanted = plans or (self.plan,)
        outcomes = [self.evaluated(plan) for plan in wanted]
        return compare(self.before, outcomes, self.planner.book.months, self.prob)

    def evaluated(self, plan: Plan) -> Outcome:
        """Follow a plan, with the measured effects of its folder where it names any."""
        if plan == self.plan:
            return self.planner.evaluate(plan)
        measured = read_measured(plan, self.planner.catalogue, self.folder)
        return replace(self.planner, measured=measured).evaluate(plan)

    def save(self) -> Stored:
        """Write the plan to its file; see `workbench.plans.plan_folder.save_plan`."""
        self.stored = save_plan(self.plan, self.folder, self.stored)
        return self.stored

    def open(self, path: Path) -> None:
        """Put a plan from a file on the desk."""
        stored = load_plan(path, self.planner.catalogue, self.planner.book)
        measured = read_measured(stored.plan, self.planner.catalogue, path.parent)
        self.planner = replace(self.planner, measured=measured)
        self.stored = stored
        self.openings += stored.plan != self.plan
        self.put(stored.plan)
