"""Figures of the revenue report; each draws a table that was computed before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workbench.report.labels import driver_labels
from workbench.report.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    as_money,
    label_axes,
    money,
    new_figure,
    whiskers,
)


def calendar_figure(due: pd.DataFrame, currency: str) -> Figure:
    """Draw each month's renewals: what falls due, and what is expected to be worth afterwards.

    Parameters
    ----------
    due : DataFrame
        month, renewals, arr (falls due), expected, low, high: revenue after the renewals.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure
    """
    figure, (ax,) = new_figure(height=3.0)
    position = np.arange(len(due))
    ax.bar(position - 0.2, due["arr"], width=0.38, color=LIGHT, label="falls due")
    style = {"width": 0.38, "color": BLUE, "alpha": 0.8, "label": "expected after the renewal"}
    ax.bar(position + 0.2, due["expected"], **style)
    style = {"ecolor": INK, "lw": 1, "capsize": 2}
    whiskers(ax, position + 0.2, due["low"], due["high"], upright=True, **style)
    for x, count, top in zip(position, due["renewals"], due["arr"], strict=True):
        ax.annotate(
            str(count), (x - 0.2, top), xytext=(0, 2), textcoords="offset points", ha="center",
            fontsize=7.5, color=GREY,
        )  # fmt: skip
    ax.set_xticks(
        position,
        due["month"],
        rotation=45 if len(due) > 8 else 0,
        ha="right" if len(due) > 8 else "center",
    )
    total, after = due["arr"].sum(), due["expected"].sum()
    label_axes(
        ax,
        f"{money(total, currency)} falls due; {after / max(total, 1e-9):.0%} is expected back",
        "month in which the term ends (number of renewals above the bar)",
        "annual recurring revenue",
    )
    ax.margins(y=0.14)
    as_money(ax.yaxis, currency)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure


def revenue_driver_figure(drivers: pd.DataFrame, prob: float, most: int = 6) -> Figure:
    """Draw the strongest drivers of each process of revenue, side by side.

    Parameters
    ----------
    drivers : DataFrame
        From `workbench.forecast.revenue.drivers.revenue_drivers`.
    prob : float
        Probability inside the intervals.
    most : int
        Drivers shown of each process.

    Returns
    -------
    Figure
        A panel per process.
    """
    processes = list(dict.fromkeys(drivers["process"]))
    figure = new_figure(height=(0.75 + 0.27 * most) * len(processes))[0]
    figure.clear()
    axes = figure.subplots(len(processes), 1, sharex=True)
    for ax, process in zip(np.atleast_1d(axes), processes, strict=True):
        own = drivers[drivers["process"] == process]
        shown = own.head(most).iloc[::-1]
        position = np.arange(len(shown))
        middle = shown["ratio"].to_numpy()
        reach = np.abs(shown[["low", "high"]].to_numpy().T - middle)
        for clear, colour in ((True, BLUE), (False, GREY)):
            part = (shown["clear"] == clear).to_numpy()
            ax.errorbar(
                middle[part], position[part], xerr=reach[:, part], fmt="o", ms=4, color=colour
            )
        ax.axvline(1, color=ORANGE, lw=1)
        ax.set_xscale("log")
        ax.set_yticks(position, driver_labels(shown["driver"], 40), parse_math=False)
        ax.tick_params(labelsize=7.5, colors=INK)
        ax.spines[["top", "right"]].set_visible(False)
        clear_count = int(own["clear"].sum())
        title = f"{own['effect'].iloc[0]}: {clear_count} of {len(own)} stand out"
        last = ax is np.atleast_1d(axes)[-1]
        label_axes(
            ax, title, f"ratio, median and {prob:.0%} interval; blue excludes ×1" if last else ""
        )
    low, high = drivers["low"].min(), drivers["high"].max()
    marks = (0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4)
    ticks = [tick for tick in marks if low * 0.9 <= tick <= high * 1.1]
    np.atleast_1d(axes)[-1].set_xticks(ticks, [f"×{tick:g}" for tick in ticks])
    np.atleast_1d(axes)[-1].minorticks_off()
    return figure
