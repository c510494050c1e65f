"""The figure of the aggregates report; what it shows is computed in `forecast.aggregates`."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workbench.report.style import BLUE, GREY, INK, LIGHT, label_axes, new_figure

PANELS = {"lost": "customers lost", "added": "customers added", "closing": "customers at the end"}
_MOST_LABELS = 5


def flows_figure(
    band: pd.DataFrame, table: pd.DataFrame, period_word: str, finding: str, later: str
) -> Figure:
    """Draw what was observed of losses, additions and customers, and the fan after it.

    Parameters
    ----------
    band : DataFrame
        See `workbench.forecast.aggregates_tables.forecast_table`.
    table : DataFrame
        Observed, by period; rows within the fan are drawn open.
    period_word : str
        What a period is.
    finding : str
        Title of the figure.
    later : str
        What those drawn open are.

    Returns
    -------
    Figure
    """
    figure, axes = new_figure(height=3.4, columns=len(PANELS))
    order = list(dict.fromkeys([*map(str, table.index), *band["period"]]))
    position = {period: at for at, period in enumerate(order)}
    seen = np.array([position[str(period)] for period in table.index])
    for ax, (name, label) in zip(axes, PANELS.items(), strict=True):
        fan = band[band["quantity"] == name]
        at = fan["period"].map(position).to_numpy()
        open_ = seen >= at.min()
        ax.plot(seen[~open_], table[name][~open_], "o", color=INK, ms=3, label="observed")
        if open_.any():
            style = {"mfc": "white", "color": INK, "ms": 3.5, "label": later}
            ax.plot(seen[open_], table[name][open_], "o", **style)
        ax.fill_between(at, fan["low"], fan["high"], color=BLUE, alpha=0.2, lw=0)
        ax.plot(at, fan["mean"], color=BLUE, lw=1.8, label="forecast")
        ax.axvline(at.min() - 0.5, color=GREY, lw=0.8, ls=":")
        label_axes(ax, "", "", "")
        ax.set_title(f"{label}, by {period_word}", loc="left", fontsize=9, color=INK)
        shown = range(0, len(order), max(1, -(-len(order) // _MOST_LABELS)))
        ax.set_xticks(list(shown), [order[at] for at in shown], rotation=30)
        ax.set_ylim(bottom=None if name == "closing" else 0)
        ax.grid(axis="y", color=LIGHT, lw=0.6)
    handles, labels = axes[0].get_legend_handles_labels()
    style = {"loc": "outside lower center", "ncols": 3, "frameon": False, "fontsize": 8}
    figure.legend(handles, labels, **style)
    figure.suptitle(finding, x=0.01, ha="left", fontsize=9.5, fontweight="bold", color=INK)
    return figure
