"""The figure of the ledger; it draws a table that was computed before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from workbench.report.style import BLUE, GREY, INK, LIGHT, RED, label_axes, new_figure


def archive_figure(table: pd.DataFrame, quantity: str, prob: float) -> Figure:
    """Draw what happened as a share of what was forecast, forecast by forecast.

    Parameters
    ----------
    table : DataFrame
        `workbench.forecast.backtest.archive.ScoredArchive.scores`, with rows of the quantity.
    quantity : str
        Which one, see `workbench.forecast.backtest.forecast_record`.
    prob : float
        Probability inside the whiskers.

    Returns
    -------
    Figure
        The last three horizons, each with at most the last 24 forecasts.
    """
    own = table[table["quantity"] == quantity]
    horizons = sorted(own["horizon_months"].unique())[-3:]
    figure, axes = new_figure(height=2.7, columns=len(horizons))
    for ax, horizon in zip(axes, horizons, strict=True):
        rows = own[own["horizon_months"] == horizon].sort_values("as_of").tail(24)
        position = np.arange(len(rows))
        share = rows[["low", "high", "happened"]].div(rows["expected"], axis=0)
        ax.vlines(position, share["low"], share["high"], color=BLUE, alpha=0.35, lw=5)
        colour = np.where(rows["covered"].astype(bool), INK, RED)
        ax.scatter(position, share["happened"], c=colour, s=22, zorder=3)
        ax.axhline(1, color=GREY, lw=0.8)
        step = max(1, (len(rows) - 1) // 2)
        ax.set_xticks(position[::step], [day[:7] for day in rows["as_of"].iloc[::step]])
        ax.set_xlim(-0.6, len(rows) - 0.4)
        hit = int(rows["covered"].sum())
        ahead = f"{horizon} month{'s' if horizon > 1 else ''}"
        up = f"{quantity}: share of the expected" if ax is axes[0] else ""
        label_axes(ax, f"{ahead}: {hit} of {len(rows)} inside", "forecast as of", up)
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))  # as many decimals as it takes
        ax.grid(axis="y", color=LIGHT, lw=0.6)
    note = f"dots: what happened (red: outside); bars: {prob:.0%} intervals"
    figure.supxlabel(note, fontsize=8, color=INK)
    return figure
