"""Figures of account plans; each draws a table that was computed before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.forecast.leaving.explain import CONTRACT
from workbench.report.labels import driver_labels
from workbench.report.plan.fans import (
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
from workbench.report.style import BLUE, GREY, INK, RED, label_axes, new_figure

DRIVER_INCHES = 4.8
MOST_DRIVERS = 7
_FACTORS = ((3.0, 10.0), (2.0, 5.0), (1.5, 3.0), (1.5, 2.0), (1.5,), (1.25,), (1.1,))


def revenue_figure(monthly: pd.DataFrame, opening: float, prob: float, currency: str) -> Figure:
    """Draw yearly revenue month by month as fans: as things stand against the plan.

    Parameters
    ----------
    monthly : DataFrame
        `workbench.plans.evaluate.compare.Comparison.monthly`: the baseline's rows, then the
        plan's; or the baseline's alone.
    opening : float
        Yearly revenue on the as-of date.
    prob : float
        Probability inside the bands.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure
    """
    parts = fans(monthly, "arr", opening)
    first, top = str(monthly["month"].iloc[0]), ceiling(parts, opening)
    frame = revenue_frame(first, opening, prob, currency, top)
    return _drawn(frame, parts, revenue_text(parts, currency))


def renewal_figure(monthly: pd.DataFrame, due_month: int | None, prob: float) -> Figure:
    """Draw the probability of still being a customer: as things stand against the plan.

    Parameters
    ----------
    monthly : DataFrame
        As for `revenue_figure`.
    due_month : int or None
        In how many months the next renewal falls due, from 1; None: not within the forecast, or
        from month to month.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    Figure
    """
    parts = fans(monthly, "stays", 1.0)
    frame = renewal_frame(str(monthly["month"].iloc[0]), parts[0], due_month, prob)
    return _drawn(frame, parts, renewal_text(parts, due_month))


def driver_figure(drivers: pd.DataFrame, prob: float) -> Figure:
    """Draw what raises and what lowers the risk of leaving, against the book's average.

    Parameters
    ----------
    drivers : DataFrame
        Rows of `workbench.plans.planbook.book.Planbook.drivers` of one subscription. The contract
        is left out: a renewal that falls due would dwarf all else, and is no news.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    Figure
    """
    own = drivers[drivers["group"] != CONTRACT]
    strongest = np.argsort(-own["contribution"].abs(), kind="stable")[:MOST_DRIVERS]
    shown = own.iloc[strongest].sort_values("contribution", ascending=False, kind="stable")
    figure, (ax,) = new_figure(height=1.1 + 0.24 * max(len(shown), 1), width=DRIVER_INCHES)
    position = -np.arange(len(shown))
    middle, low, high = np.exp(shown[["contribution", "low", "high"]].to_numpy(float).T)
    ax.barh(position, middle - 1, left=1, color=np.where(middle > 1, RED, BLUE), height=0.6)
    ax.hlines(position, low, high, color=INK, lw=1.1)
    ax.axvline(1, color=GREY, lw=0.8)
    _as_factors(ax, 1.05 * np.abs(np.log([low, high])).max(initial=0.1))
    # A column's name comes from somebody's table: no markup.
    labels = driver_labels(shown["driver"], 32)
    ax.set_yticks(position, labels, parse_math=False)
    clear = int((low > 1).sum())
    verb = "driver clearly raises" if clear == 1 else "drivers clearly raise"
    finding = f"{clear or 'No'} {verb} the risk"
    label_axes(ax, "", f"leaves so many times as often as an average customer; {prob:.0%} interval")
    # Long names leave the axes less room than their label takes: it ends where they do.
    ax.xaxis.label.set(x=1.0, ha="right")
    # Long names push the axes to the right, so the title begins at the figure's own edge.
    figure.suptitle(finding, x=0.01, ha="left", fontsize=9.5, fontweight="bold", color=INK)
    return figure


def _as_factors(ax: Axes, reach: float) -> None:
    ax.set_xscale("log")
    ax.set_xlim(np.exp(-reach), np.exp(reach))
    marks = next(step for step in _FACTORS if np.log(step[-1]) <= reach or step is _FACTORS[-1])
    ticks = [*(1 / mark for mark in reversed(marks)), 1, *marks]
    ax.set_xticks(ticks, [f"×{tick:.2g}" for tick in ticks])
    ax.minorticks_off()


def _drawn(frame: PlanFrame, parts: Sequence[Fan], finding: str) -> Figure:
    figure, (ax,) = new_figure(height=PANEL_HEIGHT, width=PANEL_INCHES)
    draw_frame(ax, frame, len(parts[0].middle) - 1, finding)
    for fan in parts:
        draw_fan(ax, fan, steps=frame.steps, alone=len(parts) == 1)
    ax.legend(loc=frame.corner, frameon=False, fontsize=8)
    return figure
