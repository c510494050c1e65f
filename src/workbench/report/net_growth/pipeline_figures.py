"""The figure of the open pipeline; it draws tables that were computed before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.features.pipeline import NEW_LOGO
from workbench.report.style import (
    BLUE,
    GREEN,
    GREY,
    LIGHT,
    as_money,
    as_months,
    label_axes,
    money,
    new_figure,
)

SHOWN_MONTHS = 12


def pipeline_figure(stages: pd.DataFrame, months: pd.DataFrame, currency: str) -> Figure:
    """Draw the offers to new customers by stage, and the customers that are to come by month.

    Parameters
    ----------
    stages : DataFrame
        From `workbench.forecast.pipeline.tables.stage_table`.
    months : DataFrame
        From `workbench.forecast.pipeline.tables.new_customer_table`.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure
        The stages are left out where no opportunities to new customers are on record.
    """
    own = stages[stages["kind"] == NEW_LOGO].iloc[::-1]
    figure, axes = new_figure(height=3.2, columns=2 if len(own) else 1)
    if len(own):
        _draw_stages(axes[0], own, currency)
    _draw_months(axes[-1], months.head(SHOWN_MONTHS))
    return figure


def _draw_stages(ax: Axes, own: pd.DataFrame, currency: str) -> None:
    position = np.arange(len(own))
    ax.barh(position, own["amount"], color=LIGHT, height=0.6, label="open")
    ax.barh(
        position,
        own["expected"],
        color=BLUE,
        height=0.6,
        label="expected to be won within the forecast",
    )
    for y, row in zip(position, own.itertuples(), strict=True):
        decided = row.won + row.lost
        share = f"\n{row.won / decided:.0%} of decided ones won" if decided else ""
        ax.annotate(
            f"{row.open} offers{share}", (np.nan_to_num(row.amount), y), xytext=(3, 0),
            textcoords="offset points", va="center", fontsize=7.5, color=GREY,
        )  # fmt: skip
    ax.set_yticks(position, own["stage"], parse_math=False)
    won, held = own["expected"].sum(), own["amount"].sum()
    label_axes(
        ax, f"{money(won, currency)} of {money(held)} expected", "first yearly revenue of offers"
    )
    ax.margins(x=0.55)
    ax.set_xlim(0, None)
    ax.locator_params(axis="x", nbins=3)
    as_money(ax.xaxis, currency)
    ax.legend(frameon=False, fontsize=7.5, loc="upper center", bbox_to_anchor=(0.5, -0.2))


def _draw_months(ax: Axes, shown: pd.DataFrame) -> None:
    at = np.arange(1, len(shown) + 1)
    ax.bar(at, shown["from_pipeline"], color=BLUE, width=0.7, label="from offers open today")
    ax.bar(
        at, shown["opened_later"], bottom=shown["from_pipeline"], color=LIGHT, width=0.7,
        label="from offers still to be opened",
    )  # fmt: skip
    ax.plot(at, shown["counted"], color=GREEN, lw=1.8, label="by the count alone")
    both = round(shown["from_pipeline"].sum()) + round(shown["opened_later"].sum())
    label_axes(ax, f"{both} new customers in {len(shown)} months", "", "new customers")
    ax.set_xlim(0, len(shown) + 1)
    as_months(ax, str(shown["month"].iloc[0]))
    ax.legend(frameon=False, fontsize=7.5, loc="upper center", bbox_to_anchor=(0.5, -0.2))
