"""What all visitors of one server share; nobody changes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.apps.planner.briefing import Briefing, open_briefing
from workbench.apps.planner.opened import folder_of, open_book, store_place
from workbench.apps.planner.page import PlannerPage, planner_page
from workbench.apps.planner.visitor import Visitor
from workbench.core.project import find_project_root
from workbench.plans.planbook.book import Planbook
from workbench.plans.store.open import open_store
from workbench.plans.store.store import Store
from workbench.report.account_plan.settings import AccountPlanSettings


@dataclass(frozen=True)
class Shared:
    """A book that was read once, and the store of plans.

    Parameters
    ----------
    book : Planbook
    briefing : Briefing
    store : Store
    folder : Path
        Of plans as files, and of measured effects.
    prob : float
        Probability inside the intervals, 0 to 1.
    """

    book: Planbook
    briefing: Briefing
    store: Store
    folder: Path
    prob: float

    def page_of(self, visitor: Visitor) -> PlannerPage:
        """Return a page of a visitor's own.

        Parameters
        ----------
        visitor : Visitor
        """
        return planner_page(self.book, self.briefing, self.store, visitor, self.folder, self.prob)


def open_shared(settings: AccountPlanSettings, start: Path) -> Shared:
    """Read the book and open the store that all visitors share.

    Parameters
    ----------
    settings : AccountPlanSettings
    start : Path
        Inside of the project.

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
    return Shared(book, briefing, open_store(store_place(folder)), folder, settings.interval_prob)
