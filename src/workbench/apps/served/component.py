"""The page as Solara shows it: one per visitor, on a book that all share."""

from __future__ import annotations

import html
from urllib.parse import parse_qs, quote

import ipywidgets as widgets

from workbench.apps.planner.visitor import Visitor
from workbench.apps.served.access import Access
from workbench.apps.served.framework import kernel_context, lab, solara
from workbench.apps.served.front import TITLE
from workbench.apps.served.gate import VISITOR_HEADER, visitor_of
from workbench.apps.served.visits import Visit, Visits

served: list[tuple[Visits, Access]] = []  # one, once `run.serve` has begun


@solara.component
def Page() -> None:
    """Show the planner's page of whoever is there."""
    who, visit = solara.use_memo(_parts, [])
    router = solara.use_router()
    wanted = parse_qs(router.search or "").get("view", [""])[0]
    # The address says which view is shown: Back, a reload and a link lead where one expects.
    solara.use_effect(
        lambda: visit.follow(wanted, lambda key: router.push(f"/?view={quote(key)}")), [wanted]
    )
    solara.Title(TITLE)
    solara.Div(children=[*who, visit.box], classes=["wb-served"])


def _parts() -> tuple[list[widgets.Widget], Visit]:
    """Return who is there, where they can log out, and their page."""
    [told] = (lab.headers.value or {})[VISITOR_HEADER]
    context = kernel_context.get_current_context()
    # Browsers show the widgets that are made here, and may not make others.
    context.kernel.comm_manager.targets.pop("jupyter.widget", None)
    (visits, access), visitor = served[0], visitor_of(told)
    who = [widgets.HTML(_who_html(visitor))] if access.can_log_out else []
    return who, visits.open(visitor, context)


def _who_html(visitor: Visitor) -> str:
    name = html.escape(visitor.name)
    return (
        f"<p style='text-align: right'>{name}, {visitor.role} · <a href='/logout'>Log out</a></p>"
    )
