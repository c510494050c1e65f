"""Figures of the next contracts; each draws a table that was computed before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.report.labels import cut, driver_labels, labels_of
from workbench.report.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    RED,
    as_money,
    label_axes,
    money,
    new_figure,
)

MOST_ACCOUNTS = 14
MOST_DRIVERS = 7


def extension_figure(contracts: pd.DataFrame, prob: float, currency: str) -> Figure:
    """Draw the next contracts of the largest accounts beside their revenue today.

    Parameters
    ----------
    contracts : DataFrame
        From `workbench.report.revenue.next_contract_text.contract_table`.
    prob : float
        Probability inside the intervals, which are of the contract if it is renewed.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure
    """
    shown = contracts[contracts["due"] != ""].head(MOST_ACCOUNTS).iloc[::-1]
    figure, (ax,) = new_figure(height=1.3 + 0.25 * max(len(shown), 2))
    position = np.arange(len(shown))
    ax.barh(position, shown["arr"], color=LIGHT, height=0.62, label="today")
    ax.hlines(position, shown["if_renewed_low"], shown["if_renewed_high"], color=BLUE, lw=1.6)
    ax.plot(shown["if_renewed"], position, "o", color=BLUE, ms=5, label="if renewed")
    ax.plot(
        shown["expected"], position, "D", color=ORANGE, ms=5, label="leaving counted as nothing"
    )
    edge = shown[["arr", "if_renewed_high"]].max(axis=1)
    for y, x, due, renews in zip(position, edge, shown["due"], shown["renews"], strict=True):
        ax.annotate(
            f"{due}, {renews:.0%} renew", (x, y), xytext=(5, 0), textcoords="offset points",
            va="center", fontsize=7.5, color=GREY,
        )  # fmt: skip
    ax.set_yticks(position, labels_of(shown["name"], 28), parse_math=False)
    today, then = shown["arr"].sum(), shown["expected"].sum()
    label_axes(
        ax,
        f"The {len(shown)} largest: {money(today, currency)} today, "
        f"{money(then, currency)} expected in their next contracts",
        f"annual recurring revenue; lines hold {prob:.0%} of what a renewed contract may be worth",
    )
    ax.margins(x=0.22)
    ax.set_xlim(0, None)
    as_money(ax.xaxis, currency)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return figure


def why_figure(
    one: pd.Series, factors: pd.DataFrame, levers: pd.DataFrame, prob: float, currency: str
) -> Figure:
    """Draw why one account's next contract is worth what it is, and what would raise it.

    Parameters
    ----------
    one : Series
        Its row of `workbench.report.revenue.next_contract_text.contract_table`.
    factors, levers : DataFrame
        Its rows of `workbench.forecast.revenue.next_contracts.NextContracts`.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure
    """
    figure, axes = new_figure(height=3.7, columns=2)
    _draw_factors(axes[0], one, factors, currency)
    _draw_levers(axes[1], levers.head(MOST_DRIVERS), currency)
    figure.suptitle(
        f"{cut(str(one['name']), 30)}, due {one['due']}: "
        f"{money(one['expected'], currency)} expected, {money(one['average'])} "
        f"of an average customer with this contract ({prob:.0%} intervals)",
        x=0.01, ha="left", fontsize=9.5, fontweight="bold", color=INK, parse_math=False, wrap=True,
    )  # fmt: skip
    return figure


def _draw_factors(ax: Axes, one: pd.Series, factors: pd.DataFrame, currency: str) -> None:
    ordered = factors.loc[factors["contribution"].abs().sort_values(ascending=False).index]
    shown, rest = ordered.head(MOST_DRIVERS), ordered.iloc[MOST_DRIVERS:]["contribution"].sum()
    names = ["average customer", *shown["driver"], "all else", "this account"]
    steps = np.array([*shown["contribution"], rest])
    foot = one["average"] + np.concatenate([[0.0], np.cumsum(steps)[:-1]])
    position = -np.arange(len(names))
    colours = [GREEN if step >= 0 else RED for step in steps]
    ax.barh(position[1:-1], steps, left=foot, color=colours, height=0.6, alpha=0.85)
    ends = [one["average"], one["expected"]]
    ax.plot(ends, position[[0, -1]], "D", color=INK, ms=5)
    for y, left, step, low, high in zip(
        position[1:-1], foot, steps, [*shown["low"], np.nan], [*shown["high"], np.nan], strict=True
    ):
        ax.hlines(y, left + low, left + high, color=INK, lw=1)
        edge = np.nanmax([left, left + step, left + high])
        ax.annotate(
            f"{'+' if step > 0 else '−'}{money(abs(step))}", (edge, y), xytext=(4, 0),
            textcoords="offset points", va="center", fontsize=7, color=GREY,
        )  # fmt: skip
    ax.set_yticks(position, driver_labels(names, 28), parse_math=False, fontsize=7.5)
    label_axes(ax, "What makes it more or less", "expected yearly revenue")
    ax.margins(x=0.14)
    ax.locator_params(axis="x", nbins=3)
    as_money(ax.xaxis, currency)


def _draw_levers(ax: Axes, levers: pd.DataFrame, currency: str) -> None:
    shown = levers.iloc[::-1]
    if shown.empty:
        ax.axis("off")
        ax.set_title("No lever of the catalogue raises it", loc="left", fontsize=9.5, color=INK)
        return
    position = np.arange(len(shown))
    ax.barh(position, shown["gain"], color=BLUE, height=0.6, alpha=0.8)
    ax.hlines(position, shown["low"], shown["high"], color=INK, lw=1)
    ax.axvline(0, color=GREY, lw=0.8)
    labels = [
        f"{name}\n{round(now, 9):.3g} → {round(then, 9):.3g}"
        for name, now, then in zip(
            driver_labels(shown["signal"], 26), shown["now"], shown["then"], strict=True
        )
    ]
    ax.set_yticks(position, labels, parse_math=False, fontsize=7.5)
    ax.set_ylim(len(shown) - 4.5 if len(shown) < 4 else -0.6, len(shown) - 0.4)
    label_axes(ax, "What would raise it: an association", "yearly revenue gained by one step")
    ax.locator_params(axis="x", nbins=3)
    as_money(ax.xaxis, currency)
