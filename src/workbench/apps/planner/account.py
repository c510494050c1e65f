"""The account: health, what to do next, its people, and its plan in short."""

from __future__ import annotations

import ipywidgets as widgets

from workbench.apps.planner.accept_form import AcceptForm
from workbench.apps.planner.briefing import Briefing
from workbench.apps.planner.controls import section
from workbench.apps.planner.session import PlanSession
from workbench.apps.planner.timeline import Timeline
from workbench.report.plan.account_view import account_health_html, people_html, plan_summary_html
from workbench.report.plan.day_view import health_note
from workbench.report.plan.markup import note_html


def account_sections(session: PlanSession, briefing: Briefing, timeline: Timeline) -> widgets.VBox:
    """Return what is told of the account at hand beside where it stands.

    Parameters
    ----------
    session : PlanSession
        Watched for as long as the page lives.
    briefing : Briefing
    timeline : Timeline
        Of the account.
    """
    health, people, plan = widgets.HTML(), widgets.HTML(), widgets.HTML()
    published, titles = briefing.published, session.planner.catalogue.titles
    rows = published.health.set_index("account_id") if published is not None else None
    seen: list[tuple[str, ...]] = [()]

    def follow() -> None:
        plan.value = plan_summary_html(session.plan, titles)
        if seen[0] == session.plan.accounts:
            return
        seen[0] = session.plan.accounts
        account = session.plan.accounts[0]
        if published is None or rows is None:
            health.value, people.value = health_note(None, session.planner.book.as_of), ""
        elif len(session.plan.accounts) > 1 or account not in rows.index:
            health.value = note_html("The health report does not hold this one.")
            people.value = ""
        else:
            note = health_note(published, session.planner.book.as_of)
            row = rows.loc[account].to_dict()
            terms = session.planner.book.has_terms
            health.value = note + account_health_html(row, published, account, terms=terms)
            people.value = people_html(published, account)

    session.watch(follow)
    return widgets.VBox(
        [
            section("Health", health),
            AcceptForm(session, briefing, timeline.refresh).box,
            section("People", people),
            section("The plan in short", plan),
            timeline,
        ]
    )
