"""Retention of past years by segment and by cohort: one figure, drawn from two tables."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.report.style import (
    BLUE,
    GREEN,
    GREY,
    LIGHT,
    ORANGE,
    as_percent,
    label_axes,
    new_figure,
)

_MEASURES = {"nrr": ("NRR", BLUE, "o"), "grr": ("GRR", ORANGE, "s"),
             "logo_retention": ("logo retention", GREEN, "D")}  # fmt: skip


def last_year(table: pd.DataFrame, definition: str) -> pd.DataFrame:
    """Return the latest year under one definition, one row per level.

    Parameters
    ----------
    table : DataFrame
        From `workbench.forecast.growth.past_retention`; may be empty.
    definition : str
        A value of `workbench.forecast.growth.definitions.Pack`.
    """
    own = table[table["definition"] == definition]
    return own[own["until_month"] == own["until_month"].max()].reset_index(drop=True)


def past_retention_figure(
    segments: pd.DataFrame, cohorts: pd.DataFrame, definition: str
) -> Figure | None:
    """Draw NRR, GRR and logo retention of the last year, by segment and by cohort.

    Parameters
    ----------
    segments, cohorts : DataFrame
        From `workbench.forecast.growth.past_retention`.
    definition : str
        A value of `workbench.forecast.growth.definitions.Pack`.

    Returns
    -------
    Figure or None
        None where no whole year is on record.
    """
    left, right = (last_year(table, definition) for table in (segments, cohorts))
    if left.empty:
        return None
    figure, axes = new_figure(columns=2, height=1.5 + 0.26 * max(len(left), len(right)))
    whole = left.iloc[0]
    _dots(axes[0], left)
    label_axes(
        axes[0],
        f"In the year to {whole['until_month']} NRR was {whole['nrr']:.0%}, GRR {whole['grr']:.0%}",
        f"by segment (accounts), {definition}",
    )
    _dots(axes[1], right)
    kept = f"{right['nrr'].min():.0%} to {right['nrr'].max():.0%}"
    label_axes(
        axes[1], f"Cohorts kept {kept} (NRR)", f"by year of arrival (accounts), {definition}"
    )
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return figure


def _dots(ax: Axes, table: pd.DataFrame) -> None:
    table = table.iloc[::-1]
    position = range(len(table))
    ax.axvline(1, color=GREY, lw=0.8)
    for name, (label, colour, marker) in _MEASURES.items():
        ax.scatter(table[name], position, color=colour, marker=marker, s=26, label=label, zorder=3)
    names = [
        f"{level} ({count})" for level, count in zip(table["level"], table["accounts"], strict=True)
    ]
    ax.set_yticks(list(position), names, parse_math=False)
    ax.set_ylim(-0.7, len(table) - 0.3)
    as_percent(ax.xaxis)
    ax.grid(axis="y", color=LIGHT, lw=0.6)
    ax.margins(x=0.12)
