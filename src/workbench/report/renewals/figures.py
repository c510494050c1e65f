"""Figures of the renewals report; each draws a table that was computed before."""

from __future__ import annotations

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workbench.forecast.leaving.drivers import drivers_finding
from workbench.report.labels import driver_labels, labels_of
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
    new_figure,
    whiskers,
)

_LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (RED, ":"), (GREY, "-"), (INK, "--"))


def book_figure(book: pd.DataFrame, start: dict[str, float], prob: float, currency: str) -> Figure:
    """Draw how many accounts and how much revenue of today's book are left.

    Parameters
    ----------
    book : DataFrame
        From `workbench.forecast.leaving.renewals.book_table`.
    start : dict
        `accounts` and `arr` at the as-of date.
    prob : float
        Probability inside the band.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure
    """
    figure, axes = new_figure(columns=2)
    units = (
        ("accounts", "customers", "customers"),
        ("arr", "revenue", "annual recurring revenue"),
    )
    for ax, (name, unit, up) in zip(axes, units, strict=True):
        horizon = np.concatenate([[0], book["horizon_months"]])
        middle, low, high = (
            np.concatenate([[start[name]], book[f"{name}{end}"]]) for end in ("", "_low", "_high")
        )
        ax.fill_between(
            horizon, low, high, color=BLUE, alpha=0.22, lw=0, label=f"{prob:.0%} interval"
        )
        ax.plot(horizon, middle, color=BLUE, lw=2, label="expected")
        share = middle[-1] / start[name]
        label_axes(ax, f"{share:.0%} of {unit} still there after {horizon[-1]} months", "", up)
        ax.set_ylim(0, start[name] * 1.05)
        ax.set_xlim(0, horizon[-1])
        as_months(ax, str(book["month"].iloc[0]))
        ax.grid(axis="y", color=LIGHT, lw=0.6)
    as_money(axes[1].yaxis, currency)
    axes[0].legend(loc="lower left", frameon=False, fontsize=8)
    return figure


def segment_figure(groups: pd.DataFrame, prob: float) -> Figure:
    """Draw the share of customers left, level by level of a grouping.

    Parameters
    ----------
    groups : DataFrame
        From `workbench.forecast.leaving.renewals.group_table`; at least one level.
    prob : float
        Probability inside the bands.

    Returns
    -------
    Figure
        At most as many levels as there are colours, the largest.
    """
    figure, (ax,) = new_figure(height=3.0)
    levels = list(dict.fromkeys(groups["level"]))[: len(_LINES)]
    last = groups[groups["level"].isin(levels)].groupby("level")["probability"].last()
    order = last.sort_values(ascending=False).index
    names = dict(zip(order, labels_of(order, 24), strict=True))
    for level, (colour, dash) in zip(order, _LINES, strict=False):
        own = groups[groups["level"] == level]
        horizon = np.concatenate([[0], own["horizon_months"]])
        low, high, middle = (
            np.concatenate([[1.0], own[name]]) for name in ("low", "high", "probability")
        )
        ax.fill_between(horizon, low, high, color=colour, alpha=0.12, lw=0)
        count = int(own["accounts"].iloc[0])
        name = names[level].replace("$", r"\$")
        ax.plot(horizon, middle, dash, color=colour, lw=2, label=f"{name} ({count})")
    ax.set_xlim(0, groups["horizon_months"].max())
    as_months(ax, str(groups["month"].iloc[0]))
    as_percent(ax.yaxis)
    ax.grid(axis="y", color=LIGHT, lw=0.6)
    best, worst = order[0], order[-1]
    label_axes(
        ax,
        f"{names[best]} keeps {last[best]:.0%} of its customers for "
        f"{int(groups['horizon_months'].max())} months, {names[worst]} {last[worst]:.0%}",
        "",
        f"customers still there ({prob:.0%} interval)",
    )
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8.5)
    return figure


def driver_figure(drivers: pd.DataFrame, prob: float, most: int = 14) -> Figure:
    """Draw the strongest drivers as hazard ratios with intervals.

    Parameters
    ----------
    drivers : DataFrame
        From `workbench.forecast.leaving.drivers.driver_table`.
    prob : float
        Probability inside the intervals.
    most : int
        Drivers shown.

    Returns
    -------
    Figure
    """
    shown = drivers.head(most).iloc[::-1]
    figure, (ax,) = new_figure(height=1.0 + 0.24 * max(len(shown), 1))
    position = np.arange(len(shown))
    for clear, colour in ((True, BLUE), (False, GREY)):
        part = (shown["clear"] == clear).to_numpy()
        middle = shown["hazard_ratio"].to_numpy()[part]
        reach = np.abs(shown[["low", "high"]].to_numpy()[part].T - middle)
        label = "interval excludes no effect" if clear else "interval includes no effect"
        ax.errorbar(middle, position[part], xerr=reach, fmt="o", ms=4, color=colour, label=label)
    ax.axvline(1, color=ORANGE, lw=1)
    ax.set_xscale("log")
    low, high = shown["low"].min(), shown["high"].max()
    marks = (0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4)
    ticks = [tick for tick in marks if low * 0.9 <= tick <= high * 1.1]
    ax.set_xticks(ticks, [f"×{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.set_yticks(position, driver_labels(shown["driver"]), parse_math=False)
    label_axes(
        ax,
        drivers_finding(drivers, prob),
        f"leaving, times as fast: median and {prob:.0%} interval; right of ×1 faster",
    )
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure


def curve_figure(curves: pd.DataFrame, prob: float) -> Figure:
    """Draw the survival of single accounts with intervals.

    Parameters
    ----------
    curves : DataFrame
        Rows of `workbench.forecast.leaving.renewals.account_table` for at most four accounts.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    Figure
        A panel per account.
    """
    accounts = list(dict.fromkeys(curves["account_id"]))
    called = curves.drop_duplicates("account_id").set_index("account_id")["name"]
    labels = [fill(label, 19) for label in labels_of(called[accounts], 38)]
    names = dict(zip(accounts, labels, strict=True))
    figure, axes = new_figure(height=2.4, columns=len(accounts))
    for ax, account in zip(axes, accounts, strict=True):
        part = curves[curves["account_id"] == account]
        ax.fill_between(
            part["horizon_months"], part["low"], part["high"],
            color=BLUE, alpha=0.22, lw=0, step="mid",
        )  # fmt: skip
        ax.step(part["horizon_months"], part["probability"], where="mid", color=BLUE, lw=2)
        ax.set_ylim(0, 1.02)
        up = f"still a customer ({prob:.0%} interval)" if ax is axes[0] else ""
        label_axes(ax, names[account], "", up)
        ax.set_xlim(0, part["horizon_months"].max())
        as_months(ax, str(part["month"].iloc[0]), most=4)
        as_percent(ax.yaxis)
        ax.grid(axis="y", color=LIGHT, lw=0.6)
    return figure


def check_figure(check: pd.DataFrame, prob: float) -> Figure:
    """Draw observed endings against replicated ones, in groups of rising risk.

    Parameters
    ----------
    check : DataFrame
        From `workbench.forecast.leaving.check.endings_check`.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    Figure
    """
    figure, (ax,) = new_figure(height=2.6)
    position = check["group"].to_numpy()
    style = {"lw": 6, "alpha": 0.35, "label": f"model, {prob:.0%} interval"}
    whiskers(ax, position, check["low"], check["high"], upright=True, ecolor=BLUE, **style)
    ax.plot(position, check["expected"], "_", ms=12, color=BLUE, alpha=0.35)
    ax.plot(position, check["observed"], "o", color=RED, ms=5, label="observed")
    ax.set_xticks(position, [f"{risk:.1%}" for risk in check["risk"]])
    label_axes(
        ax,
        f"{int(check['inside'].sum())} of 10 counts lie inside the interval predicted without them",
        "predicted monthly probability of ending, mean of the group (safest left)",
        "subscriptions that ended",
    )
    ax.set_ylim(0, None)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure
