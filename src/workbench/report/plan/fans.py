"""What the figures of a plan consist of: a frame that stands still, and fans that move with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.lines import Line2D

from workbench.report.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    as_money,
    as_months,
    as_percent,
    label_axes,
    money,
)

PANEL_INCHES, PANEL_HEIGHT = 3.7, 2.6  # two beside each other on a wide page, one on a telephone
AT_BASELINE, OF_PLAN = "as things stand", "with the plan"
HEADROOM = 1.08
UNLIKELY = 0.4  # a curve that ends below leaves the upper corner free, not the lower one


Corner = Literal["lower left", "lower right", "upper right"]
LOWER_LEFT: Corner = "lower left"
LOWER_RIGHT: Corner = "lower right"
UPPER_RIGHT: Corner = "upper right"


@dataclass(frozen=True)
class PlanFrame:
    """Axes without what is drawn in them.

    Parameters
    ----------
    first_month : str
        YYYY-MM, the month that begins on the as-of date.
    up : str
        What is measured.
    top : float
        Where the axis ends; it begins at 0.
    currency : str or None
        None for shares.
    steps : bool
        What is drawn holds from month to month.
    due_month : int or None
        Where the renewal is marked.
    corner : str
        Where the legend stands: where no fan passes.
    """

    first_month: str
    up: str
    top: float
    currency: str | None
    steps: bool
    due_month: int | None
    corner: Corner


@dataclass(frozen=True)
class Fan:
    """A mean with its interval, from today on: each of shape (month + 1,)."""

    label: str
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray


def revenue_frame(
    first_month: str, opening: float, prob: float, currency: str, top: float
) -> PlanFrame:
    """Return the frame of yearly revenue; see `ceiling` for its top.

    Parameters
    ----------
    first_month : str
        YYYY-MM, the month that begins on the as-of date.
    opening : float
        Yearly revenue on the as-of date, in the currency's units.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.
    top : float
        Where the axis ends, in the currency's units; it ends no lower than the opening.
    """
    # All fans begin at today's revenue, so the lower corner beside it is free.
    up = f"yearly revenue, {prob:.0%} interval"
    return PlanFrame(first_month, up, max(top, opening), currency, False, None, LOWER_LEFT)


def renewal_frame(first_month: str, baseline: Fan, due_month: int | None, prob: float) -> PlanFrame:
    """Return the frame of the probability of still being a customer.

    Parameters
    ----------
    first_month : str
        YYYY-MM, the month that begins on the as-of date.
    baseline : Fan
        Says where the legend has room.
    due_month : int or None
        In how many months the next renewal falls due, from 1.
    prob : float
        Probability inside the intervals.
    """
    months, corner = len(baseline.middle) - 1, LOWER_LEFT
    if due_month and due_month <= months // 2:
        corner = LOWER_RIGHT if baseline.middle[-1] > UNLIKELY else UPPER_RIGHT
    up = f"still a customer, {prob:.0%} interval"
    return PlanFrame(first_month, up, 1.02, None, True, due_month, corner)


def ceiling(parts: Sequence[Fan], opening: float, room: float = HEADROOM) -> float:
    """Return where an axis of revenue should end.

    Parameters
    ----------
    parts : sequence of Fan
        At least one, in the currency's units.
    opening : float
        Yearly revenue on the as-of date, in the currency's units.
    room : float, 1 or more
        Factor on the largest value.
    """
    return room * max(*(float(fan.high.max()) for fan in parts), opening, 1.0)


def fans(monthly: pd.DataFrame, name: str, start: float) -> list[Fan]:
    """Split a comparison by month into baseline and plan, each beginning at today's value.

    Parameters
    ----------
    monthly : DataFrame
        From `workbench.plans.evaluate.compare.compare`.
    name : {"arr", "stays"}
    start : float
        Today's value: revenue in the currency's units, or 1.

    Returns
    -------
    list of Fan
        The baseline, and the plan where the comparison has it.
    """
    columns = [name, f"{name}_low", f"{name}_high"]
    starts = np.flatnonzero(monthly["horizon_months"] == 1)
    values = np.column_stack([monthly[column].to_numpy(float) for column in columns])
    values = np.insert(values, starts, start, axis=0)
    parts = np.split(values, len(starts))
    return [Fan(label, *part.T) for label, part in zip((AT_BASELINE, OF_PLAN), parts, strict=False)]


def revenue_text(parts: Sequence[Fan], currency: str) -> str:
    """Say what is expected at the end, or how much more the plan is expected to bring.

    Parameters
    ----------
    parts : sequence of Fan
        The baseline, and the plan where there is one.
    currency : str
        Code shown with amounts; may be empty.
    """
    ends = [float(fan.middle[-1]) for fan in parts]
    months = len(parts[0].middle) - 1
    if len(ends) == 1:
        return f"{money(ends[0], currency)} expected in {months} months"
    gain = ends[1] - ends[0]
    sign = "+" if gain >= 0 else "−"
    return f"{sign}{money(abs(gain), currency)} expected in {months} months"


def renewal_text(parts: Sequence[Fan], due_month: int | None) -> str:
    """Say how probably the customer stays: after the renewal, or with a plan at the end.

    A plan may move the renewal: only at the end are both judged on the same risk.

    Parameters
    ----------
    parts : sequence of Fan
        The baseline, and the plan where there is one.
    due_month : int or None
        In how many months the next renewal falls due, from 1; None: the last month is told.

    Returns
    -------
    str
        A clause.
    """
    months = len(parts[0].middle) - 1
    at_renewal = due_month if len(parts) == 1 else None
    there = [fan.middle[at_renewal or months] for fan in parts]
    when = "after the renewal" if at_renewal else f"in {months} months"
    return f"Customer {when}: " + " → ".join(f"{share:.0%}" for share in there)


def draw_frame(ax: Axes, frame: PlanFrame, months: int, finding: str) -> None:
    """Draw the frame, and over it what was found.

    Parameters
    ----------
    ax : Axes
    frame : PlanFrame
    months : int
        Horizon: where the axis of months ends.
    finding : str
        Title.
    """
    label_axes(ax, finding, "", frame.up)
    ax.set_xlim(0, months)
    ax.set_ylim(0, frame.top)
    as_months(ax, frame.first_month, most=5)
    ax.grid(axis="y", color=LIGHT, lw=0.6)
    if frame.currency is None:
        as_percent(ax.yaxis)
    else:
        as_money(ax.yaxis, frame.currency)
    if frame.due_month:
        # Zero is the day on which the first month begins: the month that is due ends at its number.
        at = frame.due_month - 0.5
        ax.axvline(at, color=INK, lw=0.9, ls=":")
        left = frame.due_month > months / 2
        ax.annotate(
            "renewal", (at, 0.25), xytext=(-3 if left else 3, 0),
            textcoords="offset points", ha="right" if left else "left", fontsize=8, color=INK,
        )  # fmt: skip


def fan_artists(fan: Fan, *, steps: bool, alone: bool) -> list[Line2D | FillBetweenPolyCollection]:
    """Return a fan as artists; beside another one, the baseline has edges instead of a band.

    Parameters
    ----------
    fan : Fan
    steps : bool
        Whether a value holds until the next month.
    alone : bool
        Whether no other fan is drawn with it.
    """
    at = np.arange(len(fan.middle))
    colour, style = (GREY, "--") if fan.label == AT_BASELINE else (BLUE, "-")
    where = "steps-post" if steps else "default"
    middle = Line2D(at, fan.middle, color=colour, lw=2, ls=style, drawstyle=where)
    middle.set_label(fan.label)
    if fan.label == AT_BASELINE and not alone:
        # Two filled bands on top of each other would tell neither apart.
        edges = [Line2D(at, edge, color=GREY, lw=0.9, ls=":", drawstyle=where)
                 for edge in (fan.low, fan.high)]  # fmt: skip
        return [*edges, middle]
    step = "post" if steps else None
    band = FillBetweenPolyCollection(
        "x", at, fan.low, fan.high, step=step, color=colour, alpha=0.2, lw=0
    )
    return [band, middle]


def draw_fan(ax: Axes, fan: Fan, *, steps: bool, alone: bool) -> None:
    """Draw a fan into axes whose limits are set.

    Parameters
    ----------
    ax : Axes
    fan : Fan
    steps : bool
        Whether a value holds until the next month.
    alone : bool
        Whether no other fan is drawn with it.
    """
    for artist in fan_artists(fan, steps=steps, alone=alone):
        if isinstance(artist, Line2D):
            ax.add_line(artist)
        else:
            ax.add_collection(artist)
