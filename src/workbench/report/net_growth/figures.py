"""Figures of the net growth report; each draws a table that was computed before."""

from __future__ import annotations

import calendar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from workbench.report.labels import labels_of
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
)

_TRIANGLES = {"revenue_retention": "their first revenue", "logo_retention": "their customers"}
MOVES = {
    "expansion": GREEN,
    "price": "#56B4E9",
    "reactivation": BLUE,
    "contraction": ORANGE,
    "churn": RED,
}
# Where the accounts behind a bar of the bridge stand: the table's column, by which they are sorted.
_BEHIND = {
    "churn": "-expected loss",
    "contraction": "expected change",
    "expansion": "-expected change",
    "price": "-expected change",
    "closing": "-expected",
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
    figure, (ax,) = new_figure(height=3.4)
    mean = parts["mean"].to_numpy()
    inner = mean[1:-1]
    foot = np.concatenate([[0], mean[0] + np.concatenate([[0], np.cumsum(inner)[:-1]]), [0]])
    colours = [GREY, *(GREEN if value >= 0 else RED for value in inner), GREY]
    position = np.arange(len(parts))
    ax.bar(position, mean, bottom=foot, color=colours, width=0.62, alpha=0.85)
    tops = foot + mean
    ax.hlines(tops[:-1], position[:-1] + 0.31, position[1:] - 0.31, color=GREY, lw=0.8)
    reach = np.abs(parts[["low", "high"]].to_numpy().T - mean)
    ax.errorbar(position[1:], tops[1:], yerr=reach[:, 1:], fmt="none", ecolor=INK, lw=1, capsize=3)
    high = np.maximum(np.maximum(foot, tops), tops + reach[1])
    for at, (x, value, top) in enumerate(zip(position, mean, high, strict=True)):
        sign = "+" if 0 < at < len(mean) - 1 and value > 0 else ""
        text = sign + money(value)
        ax.annotate(
            text, (x, top), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=8
        )
    ax.set_xticks(position, [name.replace("_", " ") for name in parts["part"]])
    figure.spots = tuple(
        Spot(0, (x - 0.4, min(foot[x], top), x + 0.4, max(foot[x], top)), f"{name}: the accounts",
             "accounts", order=_BEHIND[name])
        for x, name, top in zip(range(len(parts)), parts["part"], tops, strict=True)
        if name in _BEHIND
    )  # fmt: skip
    change = mean[-1] / mean[0] - 1
    label_axes(
        ax,
        f"Revenue is expected to {'grow' if change >= 0 else 'shrink'} by {abs(change):.1%} "
        f"in {months} months",
        f"movements of {months} months, means over the posterior; whiskers hold {prob:.0%}",
        "annual recurring revenue",
    )
    # What stays the same would dwarf what changes: the axis begins near the lowest step.
    low = min(foot[1:-1].min(), tops[1:].min(), (tops - reach[0])[1:].min(), mean[0])
    ax.set_ylim(max(0.0, low - 0.6 * (high.max() - low)), None)
    ax.margins(y=0.12)
    as_money(ax.yaxis, currency)
    if ax.get_ylim()[0] > 0:
        ax.annotate(
            "the axis does not begin at zero",
            (0.995, 0.97),
            xycoords="axes fraction",
            ha="right",
            va="top",
            fontsize=7.5,
            color=GREY,
        )
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


def triangle_figure(triangle: pd.DataFrame) -> Figure:
    """Draw the retention triangles: revenue and customers left of each cohort, by age.

    Parameters
    ----------
    triangle : DataFrame
        From `workbench.forecast.growth.triangle.retention_triangle`.

    Returns
    -------
    Figure
        A panel each; a cell leads to the cohort's accounts.
    """
    size = triangle.groupby("cohort")["accounts"].first()
    figure, axes = new_figure(height=2 * (1.1 + 0.36 * len(size)), rows=2)
    spots = []
    for at, (ax, (name, what)) in enumerate(zip(axes, _TRIANGLES.items(), strict=True)):
        wide = triangle.pivot(index="cohort", columns="age_months", values=name)
        ax.imshow(
            np.ma.masked_invalid(wide.to_numpy()), cmap="Blues", vmin=0.2, vmax=1.6, aspect="auto"
        )
        for row, column in zip(*np.nonzero(~np.isnan(wide.to_numpy())), strict=True):
            value = wide.iloc[row, column]
            ax.annotate(
                f"{value:.0%}", (column, row), ha="center", va="center", fontsize=8.5,
                color="white" if value > 1.1 else INK,
            )  # fmt: skip
            label = f"{wide.index[row]}: {value:.0%} of {what} after {wide.columns[column]} months"
            box = (column - 0.5, row - 0.5, column + 0.5, row + 0.5)
            spots.append(Spot(at, box, label, "cohort_accounts", str(wide.index[row])))
        ax.set_yticks(range(len(wide)), [f"{c}\n{size[c]} customers" for c in wide.index])
        ax.set_xticks(range(wide.shape[1]), [str(age) for age in wide.columns])
        ax.spines[:].set_visible(False)
        year = triangle.loc[triangle["age_months"] == 12, name]
        spread = f"{year.min():.0%} to {year.max():.0%}" if len(year) else "an unknown share"
        under = "months since the start; each row: who began in the half-year from then on"
        label_axes(ax, f"After a year, cohorts keep {spread} of {what}", under if at else "")
    figure.spots = tuple(spots)
    return figure


def decomposition_figure(history: pd.DataFrame, book: pd.DataFrame) -> Figure | None:
    """Draw what moved revenue quarter by quarter, past and forecast in one.

    Parameters
    ----------
    history : DataFrame
        From `workbench.forecast.growth.movements.bridge`, in cents.
    book : DataFrame
        From `workbench.forecast.growth.bridge.bridge_table`, of the whole book.

    Returns
    -------
    Figure or None
        Movements of today's and earlier customers as shares of each quarter's opening; the sum is
        net revenue retention less one. None where less than a quarter is on record.
    """
    past = history.assign(forecast=False)
    past[[*MOVES, "opening"]] = past[[*MOVES, "opening"]] / 100
    first = int(past["month"].iloc[-1]) + 1
    ahead = book.assign(forecast=True, month=first + np.arange(len(book)))
    columns = ["month", "opening", "forecast", *MOVES]
    every = pd.concat([past[columns], ahead[columns]], ignore_index=True)
    every["quarter"] = (every["month"] - first) // 3
    whole = every.groupby("quarter").filter(lambda part: len(part) == 3)
    if whole.empty:
        return None
    by = whole.groupby("quarter")
    parts = by[list(MOVES)].sum().div(by["opening"].first(), axis=0)
    coming = by["forecast"].first().to_numpy(bool)
    figure, (ax,) = new_figure(height=3.4)
    position = np.arange(len(parts))
    _stack_moves(ax, position, parts, coming)
    net = parts.sum(axis=1)
    ax.plot(position, net, "o-", color=INK, ms=4, lw=1.2, label="together: NRR less 100%")
    starts = by["month"].first()
    ax.set_xticks(position, [_quarter(month) for month in starts])
    ax.axhline(0, color=GREY, lw=0.8)
    as_percent(ax.yaxis)
    ax.grid(axis="y", color=LIGHT, lw=0.6)
    mean = [f"{net[chosen].mean():+.1%}" for chosen in (~coming, coming) if chosen.any()]
    change_text = f"{mean[0]} so far" + (f", {mean[1]} expected" if len(mean) > 1 else "")
    across = "quarter that begins then; hatched: forecast, means"
    label_axes(
        ax, f"Customers' revenue changes by {change_text} a quarter", across, "share of the opening"
    )
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8.5)
    return figure


def _stack_moves(ax: Axes, position: np.ndarray, parts: pd.DataFrame, coming: np.ndarray) -> None:
    above, below = np.zeros(len(position)), np.zeros(len(position))
    for name, colour in MOVES.items():
        value = parts[name].to_numpy()
        foot = np.where(value >= 0, above, below)
        bars = ax.bar(position, value, bottom=foot, color=colour, width=0.72, label=name)
        for bar, ahead in zip(bars, coming, strict=True):
            if ahead:
                bar.set(hatch="///", edgecolor="white", linewidth=0)
        above, below = above + np.maximum(value, 0), below + np.minimum(value, 0)


def _quarter(month: int) -> str:
    year, number = divmod(int(month), 12)
    return (
        f"{calendar.month_abbr[number + 1]}\n{year}"
        if number < 3
        else (calendar.month_abbr[number + 1])
    )


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
