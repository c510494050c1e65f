"""What brings new customers: who does what, when."""

from __future__ import annotations

from functools import partial

import ipywidgets as widgets

from workbench.apps.planner.desk import Desk
from workbench.apps.planner.parts import Field, Listed, folded, part_form, part_list
from workbench.plans.edit import made
from workbench.plans.plan import Demand
from workbench.report.plan_markup import demand_head


def demand_panel(desk: Desk) -> widgets.VBox:
    """Return the part of the page for actions that bring new customers."""
    fields = (
        Field("what", "New customers by (what is done)", widgets.Text),
        Field("owner", "By whom (name)", widgets.Text),
        Field("on", "When (day)", widgets.DatePicker),
        Field("segment", "For which segment (empty for any)", widgets.Text),
        Field("hours", "Effort for it (hours)", widgets.FloatText, 0.0),
        Field("cost", f"Cost of it ({desk.money_unit})", widgets.FloatText, 0.0),
    )
    listed = Listed("demand", fields, demand_head, lambda demand: demand.what)
    form = part_form(desk, listed, partial(made, Demand), "Add this for new customers")
    return folded(desk, "demand", "New customers", part_list(desk, listed), form)
