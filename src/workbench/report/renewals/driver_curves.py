"""Effects that are no lines, drawn along the values of what they belong to."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter

from workbench.features.signals.catalogue import SIGNALS
from workbench.report.labels import driver_labels
from workbench.report.style import BLUE, GREY, LIGHT, ORANGE, label_axes, new_figure

MOST = 3
_UNIT = {signal.name: signal.unit for signal in SIGNALS}
_OWN = "as the book tells it"  # an attribute or a metric of the team's own
_MARKS = np.array([0.1, 0.2, 0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 10])


def bends_figure(curves: pd.DataFrame, prob: float) -> Figure | None:
    """Draw the numbers that do not act along a line, a panel each.

    Parameters
    ----------
    curves : DataFrame
        From `workbench.forecast.leaving.curves.curve_table`.
    prob : float
        Probability inside the bands.

    Returns
    -------
    Figure or None
        The three clearest; None where none bends.
    """
    bent = curves[curves["bends"]]
    drivers = list(dict.fromkeys(bent["driver"]))[:MOST]
    if not drivers:
        return None
    figure, axes = new_figure(height=2.8, columns=len(drivers))
    labels = driver_labels(drivers, 60 // len(drivers))
    for ax, driver, label in zip(axes, drivers, labels, strict=True):
        own = bent[bent["driver"] == driver]
        ax.fill_between(own["value"], own["low"], own["high"], color=BLUE, alpha=0.22, lw=0,
                        label=f"{prob:.0%} interval")  # fmt: skip
        ax.plot(own["value"], own["hazard_ratio"], color=BLUE, lw=2, label="curve")
        ax.plot(own["value"], own["line"], "--", color=GREY, lw=1.2, label="its line alone")
        ax.axhline(1, color=ORANGE, lw=1)
        ax.set_yscale("log")
        inside = (own["low"].min() * 0.9 <= _MARKS) & (own["high"].max() * 1.1 >= _MARKS)
        ax.yaxis.set_major_locator(FixedLocator(_MARKS[inside].tolist()))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda tick, _: f"×{tick:g}"))
        ax.minorticks_off()
        ax.grid(axis="y", color=LIGHT, lw=0.6)
        up = "leaving, against the mean" if ax is axes[0] else ""
        label_axes(ax, label, _UNIT.get(driver, _OWN), up)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return figure
