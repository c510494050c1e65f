"""Figures of the report on how accounts are planned."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workbench.report.labels import labels_of
from workbench.report.style import (
    BLUE,
    GREEN,
    GREY,
    LIGHT,
    ORANGE,
    as_percent,
    label_axes,
    new_figure,
)


def practice_figure(practice: pd.DataFrame) -> Figure:
    """Draw of what share of accounts, revenue and growth potential each question is so.

    Parameters
    ----------
    practice : DataFrame
        From `workbench.impact.practice.practice_table`.

    Returns
    -------
    Figure
    """
    shown = practice.iloc[::-1].reset_index(drop=True)
    figure, (ax,) = new_figure(height=1.4 + 0.32 * len(shown))
    place = np.arange(len(shown))
    ax.barh(place, shown["accounts"].fillna(0), height=0.55, color=LIGHT, label="of accounts")
    for name, colour, mark, label in (
        ("revenue", BLUE, "o", "of revenue"),
        ("potential", GREEN, "D", "of growth potential"),
        ("before", ORANGE, "|", "of accounts, half a year ago"),
    ):
        ax.plot(shown[name], place, mark, color=colour, ms=6, mew=2, label=label, ls="none")
    ax.set_yticks(place, labels_of(shown["question"], 34), parse_math=False)
    ax.set_xlim(0, 1.02)
    as_percent(ax.xaxis)
    living = practice.set_index("question").loc["has a living plan", "accounts"]
    label_axes(ax, f"{living:.0%} of accounts have a living plan", "share of which it is so")
    ax.axvline(0, color=GREY, lw=0.8)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure
