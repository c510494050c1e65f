"""The steps of an action or a win plan: what, who, by when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import ipywidgets as widgets

from workbench.apps.planner.controls import button, control, heard, refill, remove_button, row
from workbench.plans.plan.document import Step
from workbench.plans.plan.edit import made
from workbench.report.plan.markup import steps_html

Steps = tuple[Step, ...]


def step_panel(steps: Sequence[Step], put: Callable[[Steps], None]) -> widgets.VBox:
    """Return steps as a list that can be opened to change it.

    Parameters
    ----------
    steps : sequence of Step
        As they stand; may be none.
    put : callable
        Takes the steps after each change.
    """
    now = list(steps)
    beside, shown, rows = widgets.HTML(), widgets.HTML(steps_html(now)), widgets.VBox()
    new = control(widgets.Text, "A further step (what)")

    def show_status() -> None:
        put(tuple(now))
        shown.value, beside.value = steps_html(now), ""

    def change(at: int, **given: str | date | None) -> None:
        now[at] = made(Step, **now[at].model_dump() | given)
        show_status()

    def remove(at: int) -> None:
        del now[at]
        show_status()
        fill()

    def add() -> None:
        now.append(made(Step, what=new.value.strip()))
        new.value = ""
        show_status()
        fill()

    def fill() -> None:
        refill(rows, [_row(at, one, change, remove, beside) for at, one in enumerate(now)])

    fill()
    inside = widgets.VBox([rows, row(new, button("Add this step", add, beside)), beside])
    inside.add_class("wb-inside")
    inside.layout.display = "none"

    def toggle() -> None:
        closed = inside.layout.display == "none"
        inside.layout.display, shown.layout.display = ("", "none") if closed else ("none", "")
        opener.description = "Steps are right" if closed else "Change the steps"

    opener = button("Change the steps", toggle, beside)
    return widgets.VBox([shown, inside, row(opener)])


def _row(
    at: int,
    step: Step,
    change: Callable[..., None],
    remove: Callable[[int], None],
    beside: widgets.HTML,
) -> widgets.Box:
    nth = at + 1
    what = control(widgets.Text, f"Step {nth} (what)", value=step.what, continuous_update=False)
    owner = control(widgets.Text, f"Step {nth}: who (name)", value=step.owner,
                    continuous_update=False)  # fmt: skip
    by = control(widgets.DatePicker, f"Step {nth}: by (day)", value=step.by)
    heard(what, beside, lambda new: change(at, what=new.strip()))
    heard(owner, beside, lambda new: change(at, owner=new.strip()))
    heard(by, beside, lambda new: change(at, by=new))
    return row(what, owner, by, remove_button(f"Remove step {nth}", lambda: remove(at), beside))
