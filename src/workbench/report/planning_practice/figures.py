"""Figures of the report on how accounts are planned."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workbench.impact.practice_groups import BOOK, TEAM
from workbench.report.labels import labels_of
from workbench.report.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    RED,
    as_percent,
    label_axes,
    new_figure,
)

_TEAMS = (BLUE, GREEN, ORANGE, RED, GREY)  # the largest ones; the table has them all


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
    figure, (ax,) = new_figure(height=1.4 + 0.25 * len(shown))
    place = np.arange(len(shown))
    ax.barh(place, shown["accounts"].fillna(0), height=0.55, color=LIGHT, label="of accounts")
    for name, colour, mark, label in (
        ("revenue", BLUE, "o", "of revenue"),
        ("potential", GREEN, "D", "of growth potential"),
        ("before", ORANGE, "|", "of accounts, half a year ago"),
    ):
        ax.plot(shown[name], place, mark, color=colour, ms=6, mew=2, label=label, ls="none")
    ax.set_yticks(place, labels_of(shown["question"], 34), parse_math=False)
    ax.set_xlim(0, 1.06)
    as_percent(ax.xaxis)
    living = practice.set_index("question").loc["has a living plan", "accounts"]
    label_axes(ax, f"{living:.0%} of accounts have a living plan", "share of which it is so")
    ax.axvline(0, color=GREY, lw=0.8)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure


def trend_figure(trend: pd.DataFrame) -> Figure:
    """Draw how the share of accounts with a living plan moved, of the book and of each team.

    Parameters
    ----------
    trend : DataFrame
        From `workbench.impact.practice_groups.practice_trend`.

    Returns
    -------
    Figure
    """
    figure, (ax,) = new_figure(height=3.2)
    teams = trend[trend["level"] == TEAM]
    for place, (name, own) in enumerate(teams.groupby("name", sort=False)):
        if place < len(_TEAMS):
            label = labels_of([str(name)], 24)[0]
            ax.plot(own["day"], own["living"], color=_TEAMS[place], marker="o", ms=3, label=label)
    book = trend[trend["level"] == BOOK]
    ax.plot(book["day"], book["living"], color=INK, lw=2.5, marker="o", ms=5, label="everybody")
    days = pd.DatetimeIndex(book["day"])
    ax.set_xticks(days, [f"{day:%b %Y}" for day in days])
    most = float(pd.concat([teams, book])["living"].max())
    ax.set_ylim(0, min(1.02, max(0.1, 1.2 * most)))
    as_percent(ax.yaxis)
    first, last = (float(share) for share in book["living"].iloc[[0, -1]])
    finding = f"Accounts with a living plan: {first:.0%} a year ago, {last:.0%} now"
    if len(days) < 2:
        finding = f"{last:.0%} of accounts have a living plan"
    elif days[-1] - days[0] < pd.Timedelta(days=360):
        finding = f"Accounts with a living plan: {first:.0%} in {days[0]:%B %Y}, {last:.0%} now"
    label_axes(ax, finding, "day", "share of accounts")
    ax.grid(axis="y", color=LIGHT, lw=0.6)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return figure
