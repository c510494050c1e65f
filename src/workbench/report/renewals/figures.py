"""Figures of the renewals report; each draws a table that was computed before."""

from __future__ import annotations

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workbench.forecast.leaving.drivers import drivers_finding
from workbench.report.labels import cut, driver_labels, labels_of
from workbench.report.output.page_figure import NAME, Spot
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
)

MOST_OWNERS = 16
MOST_SPOTS = 250
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
    position = np.arange(len(months))
    ax.bar(position, sums["arr"], color=LIGHT, width=0.7, label="falls due")
    ax.bar(position, sums["at_risk"], color=RED, width=0.7, label="expected loss")
    for x, total, count in zip(position, sums["arr"], counts, strict=True):
        ax.annotate(
            f"{count}",
            (x, total),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            color=GREY,
        )
    ax.set_xticks(position, months)
    share = sums["at_risk"].sum() / max(sums["arr"].sum(), 1e-9)
    total = money(sums["arr"].sum(), currency)
    label_axes(
        ax,
        f"{total} falls due in {len(months)} months; {share:.0%} of it is expected to be lost",
        "month in which the term ends (number of renewals above the bar)",
        "annual recurring revenue",
    )
    as_money(ax.yaxis, currency)
    ax.margins(y=0.15)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=8)
    return figure


def owner_calendar_figure(due: pd.DataFrame, months: list[str], currency: str) -> Figure | None:
    """Draw when and with whom renewals fall due: a heat map of months by owner.

    Parameters
    ----------
    due : DataFrame
        From `workbench.forecast.leaving.renewals.renewals_due`, with owner.
    months : list of str
        The months covered, YYYY-MM.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure or None
        Each cell holds what falls due, in shades of its expected loss; owners by their whole
        expected loss, at most `MOST_OWNERS`. None where no owner is known.
    """
    if "owner" not in due or due["owner"].dropna().empty:
        return None
    risk = due.pivot_table(index="owner", columns="due", values="at_risk", aggfunc="sum")
    whole = risk.sum(axis=1).sort_values(ascending=False)
    owners = list(whole.index[:MOST_OWNERS])
    risk = risk.reindex(index=owners, columns=months).fillna(0.0)
    sums = due.pivot_table(index="owner", columns="due", values="arr", aggfunc="sum")
    sums = sums.reindex(index=owners, columns=months).fillna(0.0)
    figure, (ax,) = new_figure(height=1.1 + 0.3 * len(owners))
    top = max(float(risk.to_numpy().max()), 1e-9)
    ax.imshow(risk, cmap="Oranges", vmin=0, vmax=1.25 * top, aspect="auto")
    spots = []
    for row, column in np.ndindex(risk.shape):
        if sums.iat[row, column]:
            text = money(sums.iat[row, column])
            ax.annotate(text, (column, row), ha="center", va="center", color=INK, fontsize=8.5)
            label = (
                f"{owners[row]}, {months[column]}: {text} due, "
                f"{money(risk.iat[row, column])} expected loss"
            )
            box = (column - 0.5, row - 0.5, column + 0.5, row + 0.5)
            found = f"{owners[row]} {months[column]}"
            spots.append(Spot(0, box, label, "renewals_due", found))
    ax.set_xticks(range(len(months)), months)
    ax.set_yticks(range(len(owners)), labels_of(owners, 22), parse_math=False)
    ax.spines[:].set_visible(False)
    share = whole.iloc[0] / max(whole.sum(), 1e-9)
    label_axes(
        ax,
        f"{cut(str(owners[0]), 24)} has {share:.0%} of the expected loss",
        f"worth of renewals due{f', {currency} a year' if currency else ''}; "
        "darker: more expected loss",
    )
    figure.spots = tuple(spots)
    return figure


def risk_figure(due: pd.DataFrame, currency: str) -> Figure:
    """Draw each renewal by its probability and its worth; names come up when pointed at.

    Parameters
    ----------
    due : DataFrame
        From `workbench.forecast.leaving.renewals.renewals_due`, at least one row.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure
        The area of a point is its expected loss; the largest are named.
    """
    figure, (ax,) = new_figure(height=3.4)
    size = 12 + 260 * due["at_risk"] / max(due["at_risk"].max(), 1e-9)
    ax.scatter(due["probability"], due["arr"], s=size, color=BLUE, alpha=0.45, lw=0)
    for row in due.head(4).itertuples():
        ax.annotate(
            cut(row.name, 22), (row.probability, row.arr), xytext=(6, 3),
            textcoords="offset points", fontsize=8.5, color=INK, parse_math=False,
            gid=NAME,
        )  # fmt: skip
    ax.set_yscale("log")
    as_percent(ax.xaxis)
    as_money(ax.yaxis, currency)
    ax.minorticks_off()
    ax.grid(color=LIGHT, lw=0.6)
    half = (due["at_risk"].cumsum() < due["at_risk"].sum() / 2).sum() + 1
    label_axes(
        ax,
        f"{half} of {len(due)} renewals carry half of the expected loss",
        "probability that it renews; larger points: more expected loss",
        "worth a year",
    )
    figure.spots = tuple(
        Spot(
            0,
            (row.probability, row.arr) * 2,
            f"{row.name}, {row.due}: {row.probability:.0%} renews, {money(row.arr, currency)} a "
            f"year, {money(row.at_risk)} expected loss",
            "renewals_due",
            str(row.name),
        )
        for row in due.head(MOST_SPOTS).itertuples()
    )
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
    reach = np.abs(check[["low", "high"]].to_numpy().T - check["expected"].to_numpy())
    ax.errorbar(
        position, check["expected"], yerr=reach, fmt="_", ms=12, color=BLUE, lw=6, alpha=0.35,
        label=f"model, {prob:.0%} interval",
    )  # fmt: skip
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
