"""What the planner's notebook opens: the book, the folder of plans, and a plan if one is named."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import ipywidgets as widgets

from workbench.apps.plan_store import DEFAULT_STORE, STORE_VARIABLE, user_name
from workbench.apps.planner.briefing import open_briefing
from workbench.apps.planner.page import planner_page
from workbench.apps.planner.visitor import Visitor
from workbench.core.errors import ParameterError, Problem
from workbench.core.project import find_project_root
from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Plan
from workbench.plans.plan.file import read_plan
from workbench.plans.plan.measured import read_measured
from workbench.plans.planbook.book import Planbook
from workbench.plans.planbook.file import newest_planbook, read_planbook
from workbench.plans.store.open import open_store
from workbench.report.account_plan.settings import AccountPlanSettings


def open_book(settings: AccountPlanSettings, start: Path) -> tuple[Planbook, dict[str, str]]:
    """Return the book to plan on, and its facts: as-of date, fingerprint and file.

    Parameters
    ----------
    settings : AccountPlanSettings
    start : Path
        Inside of the project, whose newest planbook is taken where none is named.

    Raises
    ------
    ParameterError
        When there is none, or one of another date than asked for, or a report has no plan.
    """
    if settings.run_dir:
        settings.require_for_report()
    root = find_project_root(start)
    path = Path(settings.planbook) if settings.planbook else newest_planbook(root)
    book = read_planbook(path)
    if settings.as_of and settings.as_of != book.as_of:
        problem = Problem("another as-of date", str(path), settings.as_of, book.as_of)
        raise ParameterError("The planbook is not the one asked for.", [problem])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return book, {"as_of": book.as_of, "fingerprint": digest, "planbook": str(path)}


def open_page(settings: AccountPlanSettings, book: Planbook, start: Path) -> widgets.VBox:
    """Return the planner's page of whoever runs this, on the project's plan store.

    Parameters
    ----------
    settings : AccountPlanSettings
    book : Planbook
    start : Path
        Inside of the project.
    """
    folder, visitor = folder_of(settings, start), Visitor(user_name(), "lead")
    store = open_store(store_place(folder))
    briefing = open_briefing(book, find_project_root(start))
    return planner_page(book, briefing, store, visitor, folder, settings.interval_prob)


def store_place(folder: Path) -> str:
    """Return where the plan store is: as the environment says, or in the folder of plans.

    Parameters
    ----------
    folder : Path
        Of plans.
    """
    return os.environ.get(STORE_VARIABLE) or str(folder / Path(DEFAULT_STORE).name)


def folder_of(settings: AccountPlanSettings, start: Path) -> Path:
    """Return the folder of plans; a relative one lies in the project.

    Parameters
    ----------
    settings : AccountPlanSettings
    start : Path
        Where to look for the project from, upwards.
    """
    return find_project_root(start) / settings.plans_dir


def open_plan(
    settings: AccountPlanSettings, book: Planbook, catalogue: Catalogue
) -> tuple[Planner, Plan | None]:
    """Return the plan that the parameters name, and what evaluates it; no plan: the page is wanted.

    Parameters
    ----------
    settings : AccountPlanSettings
        ``plan`` is empty where the page is wanted.
    book : Planbook
        The plan must fit it.
    catalogue : Catalogue
        Its actions may be named.

    Raises
    ------
    ParameterError
        When a report is to be made of no plan.
    """
    if not settings.plan:
        if settings.run_dir:
            settings.require_for_report()
        return Planner(book, catalogue, {}), None
    path = Path(settings.plan)
    plan = read_plan(path, catalogue, book)
    return Planner(book, catalogue, read_measured(plan, catalogue, path.parent)), plan
