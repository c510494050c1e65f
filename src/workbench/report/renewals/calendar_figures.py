"""Figures of what is due: by month, by month and owner, by probability and money."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workbench.report.labels import cut, labels_of
from workbench.report.output.figure_layout import NAME
from workbench.report.output.page_figure import Spot
from workbench.report.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    RED,
    as_money,
    as_percent,
    label_axes,
    money,
    new_figure,
)

MOST_OWNERS = 16
MOST_SPOTS = 250


def calendar_figure(due: pd.DataFrame, months: list[str], currency: str) -> Figure:
    """Draw the revenue that falls due each month and the part of it that is at risk.

    Parameters
    ----------
    due : DataFrame
        From `workbench.forecast.leaving.due.renewals_due`.
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
        From `workbench.forecast.leaving.due.renewals_due`, with owner.
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
            ink = "white" if risk.iat[row, column] > 0.6 * top else INK
            ax.annotate(text, (column, row), ha="center", va="center", color=ink, fontsize=8.5)
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
        From `workbench.forecast.leaving.due.renewals_due`, at least one row.
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
