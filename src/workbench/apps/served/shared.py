"""What all visitors of one server share; nobody changes it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from workbench.apps.planner.briefing import Briefing, open_briefing
from workbench.apps.planner.opened import folder_of, open_book, store_place
from workbench.apps.planner.page import PlannerPage, planner_page
from workbench.apps.planner.visitor import Visitor
from workbench.core.errors import ParameterError, Problem
from workbench.core.project import find_project_root
from workbench.plans.planbook.book import Planbook
from workbench.plans.store.open import for_reading, open_store
from workbench.plans.store.store import Store
from workbench.report.account_plan.settings import AccountPlanSettings

Owners = frozenset[str] | None  # whose accounts somebody sees; None: all


@dataclass(frozen=True)
class Shared:
    """A book that was read once, and the store of plans.

    Parameters
    ----------
    book : Planbook
    briefing : Briefing
    store : Store
    reading : Store
        The same for those who may only read: its database refuses to write.
    folder : Path
        Of plans as files, and of measured effects.
    prob : float
        Probability inside the intervals, 0 to 1.
    owners_seen : callable
        Takes a visitor, returns whose accounts they see; None for all.
    """

    book: Planbook
    briefing: Briefing
    store: Store
    reading: Store
    folder: Path
    prob: float
    owners_seen: Callable[[Visitor], Owners]
    _parts: dict[Owners, tuple[Planbook, Briefing]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def page_of(self, visitor: Visitor) -> PlannerPage:
        """Return a page of a visitor's own, on the accounts that they see.

        Parameters
        ----------
        visitor : Visitor

        Raises
        ------
        ParameterError
            When they see no account.
        """
        book, briefing = self._part(self.owners_seen(visitor))
        if not len(briefing.accounts):
            hint = "The list of users says as which owner of the book somebody is known."
            problem = Problem("no account is theirs", visitor.name, hint=hint)
            raise ParameterError("There is nothing to plan.", [problem])
        store = self.store if visitor.may_write else self.reading
        return planner_page(book, briefing, store, visitor, self.folder, self.prob)

    def _part(self, owners: Owners) -> tuple[Planbook, Briefing]:
        """Return what is known of some owners' accounts; made once for all who see the same."""
        if owners is None:
            return self.book, self.briefing
        with self._lock:
            if owners not in self._parts:
                briefing = self.briefing.part(owners)
                self._parts[owners] = briefing.book, briefing
            return self._parts[owners]


def open_shared(
    settings: AccountPlanSettings, start: Path, owners_seen: Callable[[Visitor], Owners]
) -> Shared:
    """Read the book and open the store that all visitors share.

    Parameters
    ----------
    settings : AccountPlanSettings
    start : Path
        Inside of the project.
    owners_seen : callable
        Takes a visitor, returns whose accounts they see; None for all.

    Returns
    -------
    Shared
        What no visitor changes.

    Raises
    ------
    ParameterError
        When there is no planbook, or one of another date than asked for.
    """
    book, _ = open_book(settings, start)
    folder = folder_of(settings, start)
    briefing = open_briefing(book, find_project_root(start))
    store = open_store(store_place(folder))
    prob = settings.interval_prob
    return Shared(book, briefing, store, for_reading(store), folder, prob, owners_seen)
