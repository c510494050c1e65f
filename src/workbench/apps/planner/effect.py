"""What a plan is expected to change, beside its levers: numbers, curves, remarks."""

from __future__ import annotations

import ipywidgets as widgets

from workbench.apps.planner.controls import section
from workbench.apps.planner.session import PlanSession
from workbench.report.plan.layers import Layers, StillLayer, renewal_layers, revenue_layers
from workbench.report.plan.view import due_month, effect_view


def effect_panel(session: PlanSession, bar: widgets.HTML) -> widgets.VBox:
    """Return the part of the page that shows what a plan is expected to change.

    Parameters
    ----------
    session : PlanSession
        Watched for as long as the page lives.
    bar : HTML
        Says it in one line, for narrow screens.
    """
    numbers, remarks = widgets.HTML(), widgets.HTML()
    numbers.add_class("wb-numbers")
    revenue, renewal = _Panel(), _Panel()
    figures = widgets.Box([revenue.box, renewal.box], layout={"flex_flow": "row wrap"})
    figures.add_class("wb-figures")
    book, prob = session.planner.book, session.prob

    def follow() -> None:
        compared = session.comparison()
        shown = effect_view(session.planner, session.plan, compared, prob)
        numbers.value, bar.value, remarks.value = shown.numbers, shown.bar, shown.remarks
        months, opening = compared.monthly, session.before.opening / 100
        revenue.show(revenue_layers(months, opening, prob, book.currency, revenue.still))
        renewal.show(renewal_layers(months, due_month(book, session.before), prob, renewal.still))

    session.watch(follow)
    made = section("With the plan, against things as they stand", numbers, figures, remarks)
    made.add_class("wb-effect")
    return made


class _Panel:
    """A figure in two layers, one upon the other."""

    def __init__(self) -> None:
        self.still: StillLayer | None = None
        self._layers = (widgets.HTML(), widgets.HTML())
        self.box = widgets.Box(self._layers)
        self.box.add_class("wb-panel")

    def show(self, layers: Layers) -> None:
        """Show other layers; what stands still is not sent again."""
        self.still = layers[0]
        for shown, svg in zip(self._layers, (layers[0].svg, layers[1]), strict=True):
            shown.value = svg
