"""The figure of an account's review."""

from __future__ import annotations

from textwrap import shorten

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workbench.health.factors import FACTORS
from workbench.report.account_health.text import factors_text
from workbench.report.style import GREEN, GREY, INK, RED, label_axes, new_figure

_TITLE_LETTERS = 90


def factors_figure(health: pd.DataFrame, account_id: str, prob: float) -> Figure:
    """Draw what each group of factors adds to the strength of an account, or takes from it.

    Parameters
    ----------
    health : DataFrame
        From `workbench.health.overview.health_table`.
    account_id : str
        One of its accounts.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    Figure
        A bar per group, in points of the strength, against an average customer in its place.
    """
    row = health[health["account_id"] == account_id].to_dict("records")[0]
    ends = ("", "_low", "_high")
    points, low, high = (
        np.array([100 * row[f"part_{name}{end}"] for name in FACTORS]) for end in ends
    )
    figure, (ax,) = new_figure(height=2.3)
    place = -np.arange(len(FACTORS))
    ax.barh(place, points, color=np.where(points < 0, RED, GREEN), height=0.6, alpha=0.85)
    ax.hlines(place, low, high, color=INK, lw=1)
    ax.axvline(0, color=GREY, lw=0.8)
    ax.set_yticks(place, FACTORS)
    finding = shorten(factors_text(row).rstrip("."), _TITLE_LETTERS, placeholder=" …")
    label_axes(
        ax, finding, f"points of strength against an average customer; lines hold {prob:.0%}"
    )
    return figure
