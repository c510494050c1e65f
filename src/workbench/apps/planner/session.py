"""The plan session: the plan that is being worked on, and who wants to know when it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from workbench.apps.planner.at_hand import PlanAtHand
from workbench.apps.planner.drafts import Drafts, new_key
from workbench.apps.planner.undo import Undo
from workbench.apps.planner.visitor import Visitor
from workbench.core.errors import Problem, WorkbenchError
from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Plan
from workbench.plans.plan.edit import added
from workbench.plans.plan.faults import require_fit
from workbench.plans.plan.file import require_whole
from workbench.plans.plan.measured import read_measured
from workbench.plans.planbook.book import Planbook
from workbench.plans.store.drafts import Draft
from workbench.plans.store.engine import StoreError
from workbench.plans.store.records import PLANS
from workbench.plans.store.rows import Stored
from workbench.plans.store.store import Store, key_of


class PlanSession(PlanAtHand):
    """One plan being worked on: set another one, and everybody who watches is told.

    Parameters
    ----------
    book : Planbook
    catalogue : Catalogue
    store : Store
        Of saved plans and drafts.
    visitor : Visitor
        Who works on it.
    folder : Path
        Where files of measured effects are looked for.
    prob : float
        Probability inside the intervals.
    """

    def __init__(
        self,
        book: Planbook,
        catalogue: Catalogue,
        store: Store,
        visitor: Visitor,
        folder: Path,
        prob: float,
    ) -> None:
        self.planner = Planner(book, catalogue, {})
        self.store, self.visitor, self.folder, self.prob = store, visitor, folder, prob
        self.plan = self._fresh(str(book.worth().index[0]))
        self.saved: Stored[Plan] | None = None
        self.openings = 0  # another plan that was opened asks for other controls
        self.before = self.planner.baseline(self.plan)
        self.fault = ""  # why the draft could not be kept
        self.on_kept: Callable[[], None] = lambda: None
        self._undo = Undo()
        self._drafts = Drafts(store, visitor.name, self._kept)
        self._watchers: list[Callable[[], None]] = []

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call a function now, and whenever there is another plan.

        Parameters
        ----------
        watcher : callable
            Takes nothing; called in the order in which they began to watch.
        """
        self._watchers.append(watcher)
        watcher()

    def set_plan(self, plan: Plan) -> None:
        """Work on a changed plan; the same one again is no news.

        Parameters
        ----------
        plan : Plan

        Raises
        ------
        ParameterError
            When it does not fit the book; then nothing changes.
        """
        if plan == self.plan:
            return
        require_fit(plan, self.planner.book)
        self._undo.remember(self.plan, plan)
        self._show(plan)
        self._keep()

    def pick(self, account_id: str) -> None:
        """Work on an account: go on with the draft for it, or begin a new plan.

        Parameters
        ----------
        account_id : str
            One of the book's.
        """
        if not self._resume((account_id,)):
            self._turn_to(self._fresh(account_id), None)

    def resume(self) -> bool:
        """Go on with what was left unsaved last, by reload, Back or a browser that was closed.

        Returns
        -------
        bool
            Whether there was anything.
        """
        return self._resume(())

    def undo(self) -> None:
        """Go back by one change; one control moved several times is one change."""
        if self._undo:
            self.openings += 1
            self._show(self._undo.back())
            self._keep()

    def end(self) -> None:
        """Keep what is on its way to the drafts: the visitor leaves."""
        self._drafts.flush()

    def discard(self) -> None:
        """Forget what is not saved: back to the saved plan, or to a new one."""
        self._drafts.drop(self._key)
        account = self.plan.accounts[0]
        if self.saved and self.saved.value:
            self._turn_to(self.saved.value, self.saved)
        else:
            self._turn_to(self._fresh(account), None)

    @property
    def is_unsaved(self) -> bool:
        """Whether the plan differs from the saved one, or from a new one."""
        known = self.saved.value if self.saved else self._fresh(self.plan.accounts[0])
        return self.plan != known

    @property
    def is_waiting(self) -> bool:
        """Whether the last change is still on its way to the drafts."""
        return self._drafts.is_waiting

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to go back by."""
        return bool(self._undo)

    def save(self) -> Stored[Plan]:
        """Save the plan; what others changed meanwhile in other fields is merged into it.

        Under another name than it was opened by, it is a plan of its own.

        Returns
        -------
        Stored
            As it now stands.

        Raises
        ------
        ParameterError
            When the visitor may only read.
        EditConflict
            When others changed the same fields; nothing is written.
        StoreError
            When there is another plan of that name.
        """
        known = self.saved
        if known and known.value and known.value.name == self.plan.name:
            return self.save_as(self.plan, known.key, known.version)
        return self.save_as(self.plan, key_of(self.plan.name), 0)

    def save_as(self, plan: Plan, key: str, began_from: int) -> Stored[Plan]:
        """Save a plan as made from a version; see `workbench.plans.store.store.Store.save`.

        Parameters
        ----------
        plan : Plan
        key : str
            Of the plan.
        began_from : int
            0 for a new one.

        Returns
        -------
        Stored
            As it now stands.
        """
        self.visitor.require_writer()
        stored = self.store.save(PLANS, key, plan, self.visitor.name, began_from)
        self._drafts.drop(self._key)
        self.saved = stored
        assert stored.value is not None
        if stored.value != self.plan:
            self._turn_to(stored.value, stored)
        else:
            self.on_kept()
        return stored

    def take_over(self, stored: Stored[Plan]) -> None:
        """Follow a version that grew by an action beside the session, as by accepting one.

        What the visitor has changed and not saved stays, and gets the action as well.

        Parameters
        ----------
        stored : Stored of Plan
            Of the account at hand, else nothing happens.
        """
        value = stored.value
        if value is None or value.accounts != self.plan.accounts:
            return
        if not self.is_unsaved:
            self._turn_to(value, stored)
            return
        if self.saved is None and stored.version == 1:  # it began as the visitor's plan did
            self._drafts.drop(self._key)
            self.saved = stored
        if value.actions[-1] not in self.plan.actions:
            self.set_plan(added(self.plan, "actions", value.actions[-1]))

    def open(self, key: str) -> None:
        """Work on a saved plan, or on the draft of it.

        Parameters
        ----------
        key : str
            Of the plan.

        Raises
        ------
        StoreError
            When there is none.
        DataError
            When it does not fit the catalogue or the book.
        """
        if self.visitor.may_write and self._go_on(self._drafts.of(key)):
            return
        stored = self.store.load(PLANS, key)
        if stored.value is None:
            problem = Problem(
                "taken away meanwhile", key, hint="An older version can be brought back."
            )
            raise StoreError("There is nothing to open.", [problem])
        require_whole(stored.value, self.planner.catalogue, self.planner.book)
        self._turn_to(stored.value, stored)

    def _resume(self, accounts: tuple[str, ...]) -> bool:
        return self.visitor.may_write and self._go_on(self._drafts.latest(accounts))

    def _go_on(self, draft: Draft | None) -> bool:
        if draft is None:
            return False
        try:
            require_whole(draft.plan, self.planner.catalogue, self.planner.book)
            saved = None
            if draft.began_from:
                saved = self.store.load(PLANS, draft.key, draft.began_from)
        except WorkbenchError:
            return False  # of another book: it waits in the store until that one is back
        self._turn_to(draft.plan, saved)
        return True

    def _turn_to(self, plan: Plan, saved: Stored[Plan] | None) -> None:
        """Work on another plan than before; there is nothing to undo in it yet."""
        self._drafts.flush()
        measured = read_measured(plan, self.planner.catalogue, self.folder)
        if measured != self.planner.measured:
            self.planner = replace(self.planner, measured=measured)
        self.saved, self.fault = saved, ""
        self._undo.clear()
        self.openings += 1
        self._show(plan)

    def _show(self, plan: Plan) -> None:
        # As things stand does not depend on what is planned.
        if (plan.accounts, plan.where) != (self.plan.accounts, self.plan.where):
            self.before = self.planner.baseline(plan)
        self.plan = plan
        for watcher in self._watchers:
            watcher()

    def _keep(self) -> None:
        if not self.visitor.may_write:
            return
        began = self.saved.version if self.saved else 0
        if self.is_unsaved:
            self._drafts.put(Draft(self._key, began, self.plan))
        else:
            self._drafts.drop(self._key)
        self.on_kept()

    def _kept(self, why: str) -> None:
        self.fault = why
        self.on_kept()

    @property
    def _key(self) -> str:
        return self.saved.key if self.saved else new_key(self.plan)

    def _fresh(self, account_id: str) -> Plan:
        name = self.planner.book.account_names.get(account_id)
        return Plan(version=1, name=f"Plan for {name}", accounts=(account_id,))
