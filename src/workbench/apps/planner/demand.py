"""What brings new customers: who does what, when."""

from __future__ import annotations

from functools import partial

import ipywidgets as widgets

from workbench.apps.planner.parts import Field, Listed, folded, part_form, part_list
from workbench.apps.planner.session import PlanSession
from workbench.plans.plan.document import Demand
from workbench.plans.plan.edit import made
from workbench.report.plan.markup import demand_html


def demand_panel(session: PlanSession) -> widgets.VBox:
    """Return the part of the page for actions that bring new customers.

    Parameters
    ----------
    session : PlanSession
        Watched for as long as the page lives.
    """
    fields = (
        Field("what", "New customers by (what is done)", widgets.Text),
        Field("owner", "By whom (name)", widgets.Text),
        Field("on", "When (day)", widgets.DatePicker),
        Field("done_on", "Done on (day, once it is)", widgets.DatePicker),
        Field("segment", "For which segment (empty for any)", widgets.Text),
        Field("hours", "Effort for it (hours)", widgets.FloatText, 0.0),
        Field("cost", f"Cost of it ({session.money_unit})", widgets.FloatText, 0.0),
    )
    listed = Listed("demand", fields, demand_html, lambda demand: demand.what)
    form = part_form(session, listed, partial(made, Demand), "Add this for new customers")
    return folded(session, "demand", "New customers", part_list(session, listed), form)
