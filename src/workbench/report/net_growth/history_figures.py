"""Figures of the past: movements quarter by quarter, and cohorts as a triangle."""

from __future__ import annotations

import calendar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.report.output.page_figure import Spot
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

_TRIANGLES = {"revenue_retention": "their first revenue", "logo_retention": "their customers"}
MOVES = {
    "expansion": GREEN,
    "price": "#56B4E9",
    "reactivation": BLUE,
    "contraction": ORANGE,
    "churn": RED,
}


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
    mean = [f"{net[chosen].mean():+z.1%}" for chosen in (~coming, coming) if chosen.any()]
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
