"""The plan store as commands open it: where it is, and who is at work."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.core.project import find_project_root
from workbench.plans.store.open import open_store
from workbench.plans.store.store import Store

DEFAULT_STORE = "outputs/plans/plans.db"
PATIENCE = 60.0  # a command waits for a database that is away; a page does not

STORE_VARIABLE = "WORKBENCH_STORE"
STORE_HELP = f"SQLite file or postgresql://... of the plan store; {DEFAULT_STORE} if not given."
AUTHOR_HELP = "Who changes it; the user of this machine if not given."


@contextmanager
def open_plan_store(place: str | None) -> Iterator[Store]:
    """Open the store that a command works on, and close it.

    Parameters
    ----------
    place : str or None
        As `workbench.plans.store.open.open_store`; None takes that of the project.

    Yields
    ------
    Store
    """
    opened = open_store(place or str(find_project_root(Path.cwd()) / DEFAULT_STORE), PATIENCE)
    try:
        yield opened
    finally:
        opened.close()


def user_name() -> str:
    """Return who is at work: the user of this machine."""
    return getpass.getuser()
