"""Two people changed the same field: both stand side by side, and the second one decides."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as widgets

from workbench.apps.planner.controls import button, control, refill, row
from workbench.apps.planner.session import PlanSession
from workbench.plans.plan.document import Plan
from workbench.plans.store.conflict import EditConflict, path_text, value_text
from workbench.plans.store.records import PLANS
from workbench.plans.store.rows import Stored
from workbench.report.plan.markup import note_html


class ClashPanel:
    """The part of the page that asks which of two changes counts.

    Parameters
    ----------
    session : PlanSession
        What is decided is saved through it.
    """

    def __init__(self, session: PlanSession) -> None:
        self._session = session
        self.box = widgets.VBox()
        self.box.add_class("wb-clash")

    def close(self) -> None:
        """Ask nothing."""
        if self.box.children:
            refill(self.box, [])

    def show(self, conflict: EditConflict, done: Callable[[Stored[Plan]], None]) -> None:
        """Ask which change counts, for each field that both changed.

        Parameters
        ----------
        conflict : EditConflict
        done : callable
            Takes the plan as it was then saved.
        """
        beside = widgets.HTML(note_html(conflict.headline, wrong=True))
        asked = {}
        for clash in conflict.clashes:
            options = [(f"yours: {value_text(clash.mine)}", True),
                       (f"{conflict.their_author}: {value_text(clash.theirs)}", False)]  # fmt: skip
            label = path_text(clash.path) or "The plan as a whole"
            asked[clash.path] = control(
                widgets.Dropdown, f"{label} – which counts", options=options
            )

        def decide() -> None:
            mine = frozenset(path for path, one in asked.items() if one.value)
            decided = conflict.resolved(PLANS, mine)
            key = self._session.saved.key if self._session.saved else ""
            try:
                stored = self._session.save_as(decided, key, conflict.their_version)
            except EditConflict as again:  # a third person was quicker
                self.show(again, done)
                return
            self.close()
            done(stored)

        save = button("Save it like this", decide, beside, "primary")
        refill(self.box, [beside, *asked.values(), row(save)])
