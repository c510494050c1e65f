"""What can be undone: plans as they were, one per change."""

from __future__ import annotations

from workbench.plans.plan.document import Plan
from workbench.plans.plan.file import bare
from workbench.plans.store.merge import changes

_MOST = 100
_LEVERS = "levers"


class Undo:
    """The plans that were, the last one on top; one control moved several times is one change."""

    def __init__(self) -> None:
        self._plans: list[Plan] = []
        self._touched: object = None

    def __bool__(self) -> bool:
        """Return whether there is a change to go back by."""
        return bool(self._plans)

    def remember(self, old: Plan, new: Plan) -> None:
        """Keep a plan that is about to change.

        Parameters
        ----------
        old, new : Plan
        """
        paths = [change.path for change in changes(bare(old), bare(new))]
        # The first move of a lever writes all of its action down; the moves after it are the same.
        touched = {path[: path.index(_LEVERS) + 1] if _LEVERS in path else path for path in paths}
        if touched != self._touched or not self._plans:
            self._plans = [*self._plans[-_MOST:], old]
        self._touched = touched

    def back(self) -> Plan:
        """Return the plan as it was before the last change; there must be one."""
        self._touched = None
        return self._plans.pop()

    def clear(self) -> None:
        """Forget everything: another plan is worked on."""
        self._plans.clear()
        self._touched = None
