"""The figures of a plan in two layers: what stands still while a lever is dragged, and what moves.

To lay out and draw axes takes matplotlib ten times as long as to draw a fan, and they stay as they
are until another account is picked. So they are drawn once, and the plan's fan alone at each move,
at the very place that the layout has found for the axes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox, BboxTransform

from workbench.report.output.svg import as_svg
from workbench.report.plan.fans import (
    OF_PLAN,
    PANEL_HEIGHT,
    PANEL_INCHES,
    Fan,
    PlanFrame,
    ceiling,
    draw_fan,
    draw_frame,
    fan_artists,
    fans,
    renewal_frame,
    renewal_text,
    revenue_frame,
    revenue_text,
)
from workbench.report.style import BLUE, TITLE, TITLE_POINTS, new_figure

ROOM = 1.25  # above what is drawn first: an axis that moves under the hand tells nothing


@dataclass(frozen=True)
class StillLayer:
    """What stands still: axes and baseline.

    Parameters
    ----------
    svg : str
    frame : PlanFrame
    baseline : Fan
    position : tuple of float
        Of the axes within the figure: left, bottom, width, height, as shares of it.
    """

    svg: str
    frame: PlanFrame
    baseline: Fan
    position: tuple[float, float, float, float]


Layers = tuple[StillLayer, str]  # what stands still, and the SVG of what moves


def revenue_layers(
    monthly: pd.DataFrame,
    opening: float,
    prob: float,
    currency: str,
    kept: StillLayer | None = None,
) -> Layers:
    """Draw what `workbench.report.plan.figures.revenue_figure` draws, in two layers.

    Parameters
    ----------
    monthly : DataFrame
        `workbench.plans.evaluate.compare.Comparison.monthly`: the baseline's rows, then the plan's.
    opening, prob, currency
        As there.
    kept : StillLayer, optional
        From an earlier call: it is returned where it still holds.

    Returns
    -------
    StillLayer, str
        What stands still, and the plan's fan as SVG to lay over it.
    """
    baseline, plan = parts = fans(monthly, "arr", opening)
    top = ceiling(parts, opening, ROOM)
    if kept and _same(kept.baseline, baseline) and kept.frame.top >= ceiling(parts, opening, 1.0):
        top = kept.frame.top
    frame = revenue_frame(str(monthly["month"].iloc[0]), opening, prob, currency, top)
    still = _still(frame, baseline, kept)
    return still, _moving_svg(still, plan, revenue_text(parts, currency))


def renewal_layers(
    monthly: pd.DataFrame, due_month: int | None, prob: float, kept: StillLayer | None = None
) -> Layers:
    """Draw what `workbench.report.plan.figures.renewal_figure` draws, in two layers.

    Parameters
    ----------
    monthly : DataFrame
        `workbench.plans.evaluate.compare.Comparison.monthly`: the baseline's rows, then the plan's.
    due_month, prob
        As there.
    kept : StillLayer, optional
        From an earlier call: it is returned where it still holds.

    Returns
    -------
    StillLayer, str
        What stands still, and the plan's fan as SVG to lay over it.
    """
    baseline, plan = parts = fans(monthly, "stays", 1.0)
    frame = renewal_frame(str(monthly["month"].iloc[0]), baseline, due_month, prob)
    still = _still(frame, baseline, kept)
    return still, _moving_svg(still, plan, renewal_text(parts, due_month))


def _same(one: Fan, other: Fan) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("middle", "low", "high")
    )


def _still(frame: PlanFrame, baseline: Fan, kept: StillLayer | None) -> StillLayer:
    if kept and kept.frame == frame and _same(kept.baseline, baseline):
        return kept
    figure, (ax,) = new_figure(height=PANEL_HEIGHT, width=PANEL_INCHES)
    draw_frame(ax, frame, len(baseline.middle) - 1, " ")  # keeps the room of the finding
    draw_fan(ax, baseline, steps=frame.steps, alone=False)
    ax.add_line(Line2D([], [], color=BLUE, lw=2, label=OF_PLAN))
    ax.legend(loc=frame.corner, frameon=False, fontsize=8)
    svg = as_svg(figure, frame.up)
    return StillLayer(svg, frame, baseline, ax.get_position().bounds)


def _moving_svg(still: StillLayer, plan: Fan, finding: str) -> str:
    """Draw the plan's fan where the axes are, without axes: those take most of the time."""
    figure = Figure(figsize=(PANEL_INCHES, PANEL_HEIGHT), facecolor="none")
    left, bottom, _, height = still.position
    shown = Bbox.from_extents(0, 0, len(plan.middle) - 1, still.frame.top)
    there = BboxTransform(shown, Bbox.from_bounds(*still.position)) + figure.transFigure
    for artist in fan_artists(plan, steps=still.frame.steps, alone=False):
        artist.set_transform(there)
        figure.add_artist(artist)
    pad = TITLE_POINTS / 72 / PANEL_HEIGHT
    figure.text(left, bottom + height + pad, finding, **TITLE)
    return as_svg(figure, finding)
