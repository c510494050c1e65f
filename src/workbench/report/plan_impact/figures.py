"""Figures of the report on what actions do."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from workbench.report.labels import driver_labels, labels_of, spoken
from workbench.report.plan_impact.text import ALL_KINDS, MEASURED
from workbench.report.style import BLUE, GREY, LIGHT, ORANGE, label_axes, new_figure

_LETTERS = 24


def effect_figure(
    effects: pd.DataFrame, naive: pd.DataFrame, risk: float, months: int, prob: float
) -> Figure:
    """Draw how many contracts each kind of action kept, and what people would have said.

    Parameters
    ----------
    effects : DataFrame
        From `workbench.impact.measure.effect_table`, with word.
    naive : DataFrame
        From `workbench.impact.naive.naive_comparisons`; its first ratio is drawn at the same risk.
    risk : float
        Probability of leaving within the months without an action, 0 to 1.
    months : int
        Of follow-up.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    Figure
    """
    shown = effects.iloc[::-1].reset_index(drop=True)
    figure, (ax,) = new_figure(height=1.6 + 0.3 * len(shown))
    place = np.arange(len(shown)) + 1.0
    for word, colour in ((MEASURED, BLUE), ("association", ORANGE)):
        own = (shown["word"] == word).to_numpy()
        some = 100 * shown.loc[own, ["points", "points_low", "points_high"]]
        if some.empty:
            continue
        label = f"{word}: {'every check passed' if word == MEASURED else 'a check failed'}"
        ends = some["points_low"], some["points_high"]
        ax.hlines(place[own], *ends, color=colour, lw=3, alpha=0.5)
        ax.plot(some["points"], place[own], "o", color=colour, ms=6, label=label)
    plain, low, high = (_kept(naive.iloc[0][name], risk) for name in ("ratio", "high", "low"))
    ax.hlines(0, low, high, color=GREY, lw=3, alpha=0.5)
    ax.plot(plain, 0, "s", color=GREY, ms=5, label="no care taken")
    ax.axvline(0, color=GREY, lw=0.8)
    names = ["naive comparison", *labels_of(map(spoken, shown["action"]), _LETTERS)]
    ax.set_yticks([0, *place], names, parse_math=False)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+g}" if value else "0"))
    whole = effects.set_index("action").loc[ALL_KINDS]
    kept = 100 * whole["points"]
    word = "fewer" if kept >= 0 else "more"
    finding = f"Of 100 acted upon, {abs(kept):.1f} {word} left in {months} months"
    label_axes(ax, finding, f"contracts kept of 100 acted upon, {prob:.0%} interval")
    ax.grid(axis="x", color=LIGHT, lw=0.6)
    figure.legend(loc="outside lower center", ncols=1, frameon=False, fontsize=8)
    return figure


def _kept(ratio: float, risk: float) -> float:
    """Return how many of a hundred stay for a ratio of hazards, who would have left at a risk."""
    return 100 * ((1 - risk) ** ratio - (1 - risk))


def month_figure(by: pd.DataFrame, prob: float) -> Figure:
    """Draw how the effect of an average action goes with the months since it.

    Parameters
    ----------
    by : DataFrame
        From `workbench.impact.measure.by_label`.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    Figure
    """
    shown = by[by["by"] == "months_since"]
    figure, (ax,) = new_figure(height=2.8)
    month = shown["label"].astype(int)
    ax.fill_between(month, shown["ratio_low"], shown["ratio_high"], color=BLUE, alpha=0.2, lw=0)
    ax.plot(month, shown["ratio"], color=BLUE, marker="o", ms=4)
    ax.axhline(1, color=GREY, lw=0.8)
    ax.set_xticks(month)
    ax.set_ylim(0, max(1.2, shown["ratio_high"].max() * 1.05))
    first, last = shown["ratio"].iloc[0], shown["ratio"].iloc[-1]
    finding = f"Leaving: {first:.2f} times as frequent in the first month, {last:.2f} in the last"
    label_axes(ax, finding, "months since the action", f"times as frequent, {prob:.0%} interval")
    ax.grid(axis="y", color=LIGHT, lw=0.6)
    return figure


def balance_figure(balance: pd.DataFrame, limit: float) -> Figure:
    """Draw how alike both arms are before and after weighting.

    Parameters
    ----------
    balance : DataFrame
        From `workbench.impact.weights.balance`.
    limit : float
        Of the standardised mean difference.

    Returns
    -------
    Figure
        Of the covariates that differed most.
    """
    order = balance["before"].abs().sort_values(ascending=False).index[:12]
    shown = balance.loc[order].iloc[::-1]
    figure, (ax,) = new_figure(height=1.4 + 0.34 * len(shown))
    place = np.arange(len(shown))
    ax.axvspan(-limit, limit, color=LIGHT, alpha=0.6, lw=0)
    ax.plot(shown["before"], place, "o", color=ORANGE, label="as they are")
    ax.plot(shown["after"], place, "o", color=BLUE, label="after weighting")
    names = [spoken(label) for label in driver_labels(shown["covariate"], 30)]
    ax.set_yticks(place, names, parse_math=False)
    ax.set_ylim(-0.7, len(shown) - 0.3)
    worst = balance["before"].abs().max()
    after = balance["after"].abs().max()
    finding = f"Who is acted upon differs by up to {worst:.2f}; after weighting by {after:.2f}"
    label_axes(ax, finding, "difference of means, in standard deviations")
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure
