"""The figures of a plan in two layers: what stands still while a lever is dragged, and what moves.

To lay out and draw axes takes matplotlib long, and they stay as they are until another account is
picked. So they are drawn once, and the plan's fan alone is written at each move, at the very place
that the layout has found for the axes: the processor is what people who drag at once share.
"""

from __future__ import annotations

import html
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib import rcParamsDefault
from matplotlib.lines import Line2D

from workbench.report.output.svg import AS_SHEET, as_svg
from workbench.report.plan.fans import (
    OF_PLAN,
    PANEL_HEIGHT,
    PANEL_INCHES,
    Fan,
    PlanFrame,
    ceiling,
    draw_fan,
    draw_frame,
    fans,
    renewal_frame,
    renewal_text,
    revenue_frame,
    revenue_text,
)
from workbench.report.style import BLUE, TITLE, TITLE_POINTS, new_figure

_FONT = ", ".join([*map(repr, rcParamsDefault["font.sans-serif"]), "sans-serif"])
_TITLE = (
    f"font-family: {_FONT}; font-size: {TITLE['fontsize']}px; "
    f"font-weight: 700; fill: {TITLE['color']}"
)
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
    """Write the plan's fan where the axes are; matplotlib takes twenty times as long for it."""
    left, bottom, width, height = still.position
    wide, high = 72 * PANEL_INCHES, 72 * PANEL_HEIGHT
    across = wide * (left + width * np.linspace(0, 1, len(plan.middle)))

    def line(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        up = high * (1 - bottom - height * values / still.frame.top)
        if still.frame.steps:  # a value holds until the next month
            return np.repeat(across, 2)[1:], np.repeat(up, 2)[:-1]
        return across, up

    (x, low), (_, upper) = line(plan.low), line(plan.high)
    band = _path(np.concatenate([x, x[::-1]]), np.concatenate([low, upper[::-1]]))
    x, y = wide * left, high * (1 - bottom - height) - TITLE_POINTS
    return (
        f'<svg role="img" aria-label="{html.escape(finding, quote=True)}" class="wb-figure" '
        f'{AS_SHEET} viewBox="0 0 {wide:g} {high:g}" xmlns="http://www.w3.org/2000/svg">'
        f'<path d="{band} z" style="fill: {BLUE}; fill-opacity: 0.2"/>'
        f'<path d="{_path(*line(plan.middle))}" '
        f'style="fill: none; stroke: {BLUE}; stroke-width: 2; stroke-linecap: square"/>'
        f'<text x="{x:.4f}" y="{y:.4f}" style="{_TITLE}">{html.escape(finding)}</text></svg>'
    )


def _path(x: np.ndarray, y: np.ndarray) -> str:
    points = " L ".join(f"{a:.4f} {b:.4f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
    return f"M {points}"
