"""The page as Solara shows it: one per visitor, on a book that all share."""

from __future__ import annotations

from workbench.apps.served.framework import kernel_context, lab, solara
from workbench.apps.served.front import TITLE
from workbench.apps.served.gate import VISITOR_HEADER, visitor_of
from workbench.apps.served.visits import Visit, Visits

served: list[Visits] = []  # one, once `run.serve` has begun


@solara.component
def Page() -> None:
    """Show the planner's page of whoever is there."""
    visit = solara.use_memo(_visit, [])
    solara.Title(TITLE)
    solara.Div(children=[visit.box], classes=["wb-served"])


def _visit() -> Visit:
    [told] = (lab.headers.value or {})[VISITOR_HEADER]
    return served[0].open(visitor_of(told), kernel_context.get_current_context())
