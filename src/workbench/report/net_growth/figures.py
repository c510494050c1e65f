"""Figures of the net growth report; each draws a table that was computed before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from workbench.report.labels import labels_of
from workbench.report.output.figure_layout import LEAST_POINTS
from workbench.report.output.page_figure import Spot
from workbench.report.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    RED,
    as_money,
    as_months,
    as_percent,
    label_axes,
    money,
    new_figure,
    whiskers,
)

# Where the accounts behind a bar of the bridge stand: the table's column, by which they are sorted.
_BEHIND = {
    "churn": "-loss by then",
    "contraction": "change by then",
    "expansion": "-change by then",
    "price": "-change by then",
    "closing": "-expected then",
    "opening": "-today",
}


def waterfall_figure(parts: pd.DataFrame, months: int, prob: float, currency: str) -> Figure:
    """Draw the bridge from opening to closing.

    Parameters
    ----------
    parts : DataFrame
        From `workbench.forecast.growth.bridge.total_bridge`.
    months : int
        How many months it spans.
    prob : float
        Probability inside the whiskers.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure
    """
    # Lying bars have room for their names and amounts on a telephone too.
    figure, (ax,) = new_figure(height=3.4)
    mean = parts["mean"].to_numpy()
    inner = mean[1:-1]
    foot = np.concatenate([[0], mean[0] + np.concatenate([[0], np.cumsum(inner)[:-1]]), [0]])
    colours = [GREY, *(GREEN if value >= 0 else RED for value in inner), GREY]
    row = np.arange(len(parts))
    ax.barh(row, mean, left=foot, color=colours, height=0.62, alpha=0.85)
    tops = foot + mean
    ax.vlines(tops[:-1], row[:-1] + 0.31, row[1:] - 0.31, color=GREY, lw=0.8)
    ends = foot + parts[["low", "high"]].to_numpy().T
    whiskers(ax, row[1:], *ends[:, 1:], ecolor=INK, lw=1, capsize=3)
    high = np.maximum(np.maximum(foot, tops), ends[1])
    for at, (value, end) in enumerate(zip(mean, high, strict=True)):
        sign = "+" if 0 < at < len(mean) - 1 and value > 0 else ""
        ax.annotate(
            sign + money(value), (end, at), xytext=(4, 0), textcoords="offset points",
            va="center", fontsize=LEAST_POINTS,
        )  # fmt: skip
    ax.set_yticks(row, [name.replace("_", " ") for name in parts["part"]])
    ax.set_ylim(len(parts) - 0.4, -0.6)
    figure.spots = tuple(
        Spot(0, (min(foot[at], top), at - 0.4, max(foot[at], top), at + 0.4),
             f"{name}: the accounts", "accounts", order=_BEHIND[name])
        for at, name, top in zip(row, parts["part"], tops, strict=True)
        if name in _BEHIND
    )  # fmt: skip
    change = mean[-1] / mean[0] - 1
    # What stays the same would dwarf what changes: the axis begins near the lowest step.
    low = min(foot[1:-1].min(), tops[1:].min(), ends[0, 1:].min(), mean[0])
    begin = max(0.0, low - 0.3 * (high.max() - low))
    ax.set_xlim(begin, high.max() + 0.25 * (high.max() - begin))
    cut = "; the axis does not begin at zero" if begin else ""
    label_axes(
        ax,
        f"Revenue is expected to {'grow' if change >= 0 else 'shrink'} by {abs(change):.1%} "
        f"in {months} months",
        f"annual recurring revenue: means over the posterior, whiskers hold {prob:.0%}{cut}",
    )
    ax.xaxis.set_major_locator(MaxNLocator(4))
    as_money(ax.xaxis, currency)
    return figure


def revenue_figure(
    book: pd.DataFrame, naive: pd.DataFrame, history: pd.DataFrame, prob: float, currency: str
) -> Figure:
    """Draw revenue at month ends: the past, the forecast with its interval, the naive forecast.

    Parameters
    ----------
    book : DataFrame
        From `workbench.forecast.growth.bridge.bridge_table`, of the whole book.
    naive : DataFrame
        From `workbench.forecast.growth.naive.naive_forecast`; empty where the past tells no rates.
    history : DataFrame
        From `workbench.forecast.growth.movements.bridge`; its closings, in cents.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure
    """
    figure, (ax,) = new_figure(height=3.0)
    past = history["closing"].to_numpy() / 100
    before = np.arange(1 - len(past), 1)
    ax.plot(before, past, color=INK, lw=1.8, label="from the contracts")
    today = past[-1]
    ahead = np.concatenate([[0], book["horizon_months"]])
    low, high, middle = (
        np.concatenate([[today], book[name]]) for name in ("closing_low", "closing_high", "closing")
    )
    ax.fill_between(ahead, low, high, color=BLUE, alpha=0.22, lw=0, label=f"{prob:.0%} interval")
    ax.plot(ahead, middle, color=BLUE, lw=2, label="expected")
    if len(naive):
        flat = np.concatenate([[today], naive["closing"]])
        ax.plot(ahead, flat, color=ORANGE, lw=1.5, ls="--", label="naive: rates of late go on")
    ax.axvline(0, color=GREY, lw=0.8)
    label_axes(
        ax,
        f"From {money(today, currency)} to {money(middle[-1], currency)} in {ahead[-1]} months "
        f"({money(low[-1])} to {money(high[-1])})",
        "",
        "annual recurring revenue",
    )
    ax.set_ylim(0, None)
    ax.set_xlim(before[0], ahead[-1])
    as_months(ax, str(book["month"].iloc[0]))
    as_money(ax.yaxis, currency)
    ax.grid(axis="y", color=LIGHT, lw=0.6)
    ax.legend(loc="lower left", frameon=False, fontsize=8)
    return figure


def retention_figure(table: pd.DataFrame, definition: str, prob: float) -> Figure:
    """Draw NRR and GRR since the as-of date as fans.

    Parameters
    ----------
    table : DataFrame
        From `workbench.forecast.growth.bridge.retention_table`, of the whole book.
    definition : str
        A value of `workbench.forecast.growth.definitions.Pack`.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    Figure
    """
    figure, axes = new_figure(columns=2, height=2.9)
    own = table[table["definition"] == definition]
    horizon = np.concatenate([[0], own["horizon_months"]])
    at = min(12, int(horizon[-1]))
    year = own[own["horizon_months"] == at].iloc[0]
    for ax, name, text in zip(axes, ("nrr", "grr"), ("net", "gross"), strict=True):
        middle, low, high = (
            np.concatenate([[1.0], own[f"{name}{end}"]]) for end in ("", "_low", "_high")
        )
        ax.fill_between(horizon, low, high, color=BLUE, alpha=0.22, lw=0, label=f"{prob:.0%}")
        ax.plot(horizon, middle, color=BLUE, lw=2)
        ax.axhline(1, color=GREY, lw=0.8)
        label_axes(
            ax,
            f"{name.upper()} of {year[name]:.0%} in {at} months "
            f"({year[f'{name}_low']:.0%} to {year[f'{name}_high']:.0%})",
            "",
            f"{text} revenue retention, {definition}",
        )
        as_percent(ax.yaxis)
        # Whole percents: a tick at 97.5 % would be told as 98 %.
        ax.yaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10]))
        ax.set_xlim(0, horizon[-1])
        as_months(ax, str(own["month"].iloc[0]))
        ax.grid(axis="y", color=LIGHT, lw=0.6)
    low = min(ax.get_ylim()[0] for ax in axes)
    high = max(ax.get_ylim()[1] for ax in axes)
    for ax in axes:
        ax.set_ylim(low, high)
    return figure


def concentration_figure(top: pd.DataFrame, prob: float, currency: str) -> Figure:
    """Draw the largest accounts' revenue at risk with its interval.

    Parameters
    ----------
    top : DataFrame
        From `workbench.forecast.growth.bridge.concentration`.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure
    """
    own, whole = top.iloc[:-1].iloc[::-1], top.iloc[-1]
    figure, (ax,) = new_figure(height=1.1 + 0.27 * len(own))
    position = np.arange(len(own))
    ax.barh(position, own["arr"], color=LIGHT, height=0.66, label="revenue today")
    ax.barh(
        position,
        own["at_risk"],
        color=RED,
        height=0.66,
        label="expected loss when next it may leave",
    )
    for y, arr, leaves in zip(position, own["arr"], own["leaves"], strict=True):
        ax.annotate(
            f"{leaves:.0%} leave", (arr, y), xytext=(3, 0), textcoords="offset points",
            va="center", fontsize=7.5, color=GREY,
        )  # fmt: skip
    ax.set_yticks(position, labels_of(own["name"], 28), parse_math=False)
    label_axes(
        ax,
        f"{len(own)} accounts hold {_share(whole['share'])} of revenue and may lose "
        f"{money(whole['low'])} to {money(whole['high'])}",
        f"annual recurring revenue; who leaves by the horizon; {prob:.0%} interval in the title",
    )
    ax.margins(x=0.12)
    as_money(ax.xaxis, currency)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure


def _share(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 else f"{share:.1%}"
