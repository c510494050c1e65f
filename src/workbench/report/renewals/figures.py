"""Figures of the renewals report; each draws a table that was computed before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workbench.report.labels import driver_labels, labels_of
from workbench.report.style import (
    BLUE,
    GREY,
    LIGHT,
    ORANGE,
    RED,
    as_money,
    as_months,
    as_percent,
    money,
    new_figure,
    say,
)


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
        say(ax, f"{share:.0%} of {unit} still there after {horizon[-1]} months", "", up)
        ax.set_ylim(0, start[name] * 1.05)
        ax.set_xlim(0, horizon[-1])
        as_months(ax, str(book["month"].iloc[0]))
        ax.grid(axis="y", color=LIGHT, lw=0.6)
    as_money(axes[1].yaxis, currency)
    axes[0].legend(loc="lower left", frameon=False, fontsize=8)
    return figure


def calendar_figure(due: pd.DataFrame, months: list[str], currency: str) -> Figure:
    """Draw the revenue that falls due each month and the part of it that is at risk.

    Parameters
    ----------
    due : DataFrame
        From `workbench.forecast.leaving.renewals.renewals_due`.
    months : list of str
        The months covered, YYYY-MM, those without renewals too.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure
    """
    figure, (ax,) = new_figure(height=2.8)
    sums = due.groupby("due")[["arr", "at_risk"]].sum().reindex(months, fill_value=0.0)
    counts = due.groupby("due").size().reindex(months, fill_value=0)
    place = np.arange(len(months))
    ax.bar(place, sums["arr"], color=LIGHT, width=0.7, label="falls due")
    ax.bar(place, sums["at_risk"], color=RED, width=0.7, label="expected loss")
    for x, total, count in zip(place, sums["arr"], counts, strict=True):
        ax.annotate(
            f"{count}",
            (x, total),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            color=GREY,
        )
    ax.set_xticks(place, months)
    share = sums["at_risk"].sum() / max(sums["arr"].sum(), 1e-9)
    total = money(sums["arr"].sum(), currency)
    say(
        ax,
        f"{total} falls due in {len(months)} months; {share:.0%} of it is expected to be lost",
        "month in which the term ends (number of renewals above the bar)",
        "annual recurring revenue",
    )
    as_money(ax.yaxis, currency)
    ax.margins(y=0.15)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=8)
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
    place = np.arange(len(shown))
    for clear, colour in ((True, BLUE), (False, GREY)):
        part = (shown["clear"] == clear).to_numpy()
        middle = shown["hazard_ratio"].to_numpy()[part]
        reach = np.abs(shown[["low", "high"]].to_numpy()[part].T - middle)
        label = "interval excludes no effect" if clear else "interval includes no effect"
        ax.errorbar(middle, place[part], xerr=reach, fmt="o", ms=4, color=colour, label=label)
    ax.axvline(1, color=ORANGE, lw=1)
    ax.set_xscale("log")
    low, high = shown["low"].min(), shown["high"].max()
    marks = (0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4)
    ticks = [tick for tick in marks if low * 0.9 <= tick <= high * 1.1]
    ax.set_xticks(ticks, [f"×{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.set_yticks(place, driver_labels(shown["driver"]), parse_math=False)
    count = int(drivers["clear"].sum())
    say(
        ax,
        f"{count} of {len(drivers)} drivers stand out (association, not cause)",
        f"churn hazard, median and {prob:.0%} interval; right of ×1 leaves faster",
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
    names = dict(zip(accounts, labels_of(called[accounts], 19, lines=2), strict=True))
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
        say(ax, names[account], "", up)
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
    place = check["group"].to_numpy()
    reach = np.abs(check[["low", "high"]].to_numpy().T - check["expected"].to_numpy())
    ax.errorbar(
        place, check["expected"], yerr=reach, fmt="_", ms=12, color=BLUE, lw=6, alpha=0.35,
        label=f"model, {prob:.0%} interval",
    )  # fmt: skip
    ax.plot(place, check["observed"], "o", color=RED, ms=5, label="observed")
    ax.set_xticks(place, [f"{risk:.1%}" for risk in check["risk"]])
    say(
        ax,
        f"{int(check['inside'].sum())} of 10 counts lie inside the interval predicted without them",
        "predicted monthly probability of ending, mean of the group (safest left)",
        "subscriptions that ended",
    )
    ax.set_ylim(0, None)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure
