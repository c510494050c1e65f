"""Controls with a label, a unit and room for a sentence beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any

import ipywidgets as widgets

from workbench.apps.planner.session import PlanSession
from workbench.core.errors import WorkbenchError
from workbench.plans.levers.control import RANGE, Control
from workbench.report.plan.markup import FAULT, note_html

_WIDE = {"width": "auto", "min_width": "0"}


def style_sheet() -> widgets.HTML:
    """Return the page's style sheet as a widget."""
    sheet = (files("workbench.apps.planner") / "page.css").read_text(encoding="utf-8")
    return widgets.HTML(f"<style>{sheet}</style>")


def control(kind: type, label: str, **given: Any) -> Any:
    """Return a control whose label stands whole above it.

    Parameters
    ----------
    kind : type
        Of the widget.
    label : str
        With the unit of what is asked for.
    given : Any
        The widget's own traits.

    Returns
    -------
    Widget
        Of the kind asked for.
    """
    made = kind(description=label, style={"description_width": "initial"}, layout=_WIDE, **given)
    made.add_class("wb-control")
    return made


class PatientButton(widgets.Button):
    """A button that acts on the page as it is seen, not on an older one.

    While the kernel is busy a browser holds the last value of a slider or a text back, and a click
    overtakes it. So a click on the page only disables the button; the page tells a hidden value
    that it did, after what it held back, and this is what the button acts on.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._seen = widgets.Checkbox(value=False)
        self._seen.observe(self._act, "value")
        self._link = widgets.jsdlink((self, "disabled"), (self._seen, "value"))

    def _handle_button_msg(self, _: Any, content: dict[str, Any], buffers: Any) -> None:
        if content.get("event") == "click":
            self.disabled = True

    def close(self) -> None:
        """Close it with all that belongs to it."""
        parts: tuple[Any, ...] = (self._link, self._seen)
        for part in parts:
            part.close()
        super().close()

    def _act(self, change: dict[str, Any]) -> None:
        if change["new"]:
            self._seen.value = False
            try:
                self.click()
            finally:
                self.disabled = False


def button(label: str, act: Callable[[], None], beside: widgets.HTML, kind: str = "") -> Any:
    """Return a button; what stops its action is said beside it.

    Parameters
    ----------
    label : str
        What it does; text, not markup.
    act : callable
        Takes nothing; called when the button is pressed.
    beside : HTML
        Where faults are said.
    kind : {"", "primary", "success", "info", "warning", "danger"}
        Its style.

    Returns
    -------
    PatientButton
        Which acts on what the page shows when it is pressed.
    """
    made = PatientButton(description=label, button_style=kind, layout={"width": "auto"})
    made.add_class("wb-button")
    made.on_click(lambda _: made.comm and with_faults_shown(act, beside))
    return made


def remove_button(label: str, act: Callable[[], None], beside: widgets.HTML) -> Any:
    """Return a button that takes something away; one that has just come takes no click.

    Of two quick clicks the second falls on what has moved up under the hand, and was not meant
    for it.

    Parameters
    ----------
    label : str
        What it does; text, not markup.
    act : callable
        Takes nothing.
    beside : HTML
        Where faults are said.

    Returns
    -------
    PatientButton
        See `button`.
    """
    made = button(label, act, beside)
    made.add_class("wb-remove")
    return made


def refill(box: widgets.Box, children: Sequence[widgets.Widget]) -> None:
    """Put other children into a box and close those that were in it, with all that they hold.

    A click or a value that was on its way to one of them then meets nobody, rather than whatever
    stands at its place now.

    Parameters
    ----------
    box : Box
    children : sequence of Widget
    """
    old, box.children = box.children, tuple(children)
    for child in old:
        _close(child)


def _close(widget: Any) -> None:
    for child in getattr(widget, "children", ()):
        _close(child)
    for name in ("style", "layout"):
        if part := getattr(widget, name, None):
            part.close()
    widget.close()


def fading_note(session: PlanSession) -> widgets.HTML:
    """Return room for a sentence that goes when the plan changes, since it was said of another.

    Parameters
    ----------
    session : PlanSession
        Watched for as long as the page lives.
    """
    made = widgets.HTML()
    session.watch(lambda: made.set_trait("value", ""))
    return made


def with_faults_shown(act: Callable[[], None], beside: widgets.HTML) -> None:
    """Act, and say beside the control what stood in the way.

    Parameters
    ----------
    act : callable
        Takes nothing.
    beside : HTML
        Where faults are said; one that was said before goes.

    Raises
    ------
    Exception
        What nobody foresaw is told as well, and goes on to the kernel's log.
    """
    if beside.value.startswith(FAULT):
        beside.value = ""
    try:
        act()
    except WorkbenchError as error:
        text = " ".join([error.headline, *map(str, error.problems)])
        beside.value = note_html(text, wrong=True)
    except Exception as error:
        text = f"Something unforeseen went wrong: {type(error).__name__}: {error}"
        beside.value = note_html(text, wrong=True)
        raise


def heard(made: Any, beside: widgets.HTML, act: Callable[[Any], None]) -> Any:
    """Return a control after binding it: its new value is acted on, faults are said beside it.

    Parameters
    ----------
    made : Widget
        A control with a value.
    beside : HTML
        Where faults are said.
    act : callable
        Takes the new value.

    Returns
    -------
    Widget
        The same control.
    """

    def take(change: dict[str, Any]) -> None:
        if made.comm:
            with_faults_shown(lambda: act(change["new"]), beside)

    made.observe(take, "value")
    return made


def slider(described: Control, beside: widgets.HTML, move: Callable[[Any], None]) -> Any:
    """Return the slider of a lever's control; it calls while it is dragged.

    The page sends one value at a time and waits until it is drawn, so values that are passed over
    are never computed.

    Parameters
    ----------
    described : Control
        A range has a slider with two ends, whole numbers one of whole steps.
    beside : HTML
        Where faults are said.
    move : callable
        Takes the new value, or the pair of ends.

    Returns
    -------
    FloatRangeSlider, IntSlider or FloatSlider
        At the value that `described` has.
    """
    label = f"{described.text} ({described.unit})" if described.unit else described.text
    ends = {"min": described.low, "max": described.high, "step": described.step,
            "value": described.value}  # fmt: skip
    if described.field == RANGE:
        kind, form = widgets.FloatRangeSlider, {"readout_format": ".2f"}
    elif isinstance(described.value, int):
        kind, form = widgets.IntSlider, {}
    else:
        kind, form = widgets.FloatSlider, {"readout_format": ".3g"}
    return heard(control(kind, label, continuous_update=True, **ends, **form), beside, move)


def section(title: str, *parts: widgets.Widget) -> widgets.VBox:
    """Return a part of the page under its heading.

    Parameters
    ----------
    title : str
        HTML: text from data must be escaped.
    *parts : Widget
        One below the other.
    """
    made = widgets.VBox([widgets.HTML(f"<h3>{title}</h3>"), *parts])
    made.add_class("wb-section")
    return made


def row(*parts: widgets.Widget) -> widgets.Box:
    """Return controls side by side, one below the other where they do not fit.

    Parameters
    ----------
    *parts : Widget
        In order of reading.
    """
    made = widgets.Box(list(parts), layout={"display": "flex", "flex_flow": "row wrap"})
    made.add_class("wb-row")
    return made
