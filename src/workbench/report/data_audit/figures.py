"""Figures of the data audit; each draws a table of `workbench.data.audit.audit.audit`."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workbench.report.style import BLUE, RED, as_months, label_axes, new_figure


def coverage_figure(coverage: pd.DataFrame) -> Figure:
    """Draw rows per month for every table, each in shades of its own busiest month.

    Parameters
    ----------
    coverage : DataFrame
        table, month (YYYY-MM), rows.

    Returns
    -------
    Figure
    """
    wide = coverage.pivot_table(index="table", columns="month", values="rows", aggfunc="sum")
    tables = list(dict.fromkeys(coverage["table"]))
    every = pd.period_range(coverage["month"].min(), coverage["month"].max(), freq="M")
    months = every.strftime("%Y-%m")
    wide = wide.reindex(index=tables, columns=months).fillna(0.0)
    share = wide.div(wide.max(axis=1).clip(lower=1), axis=0)
    figure, (ax,) = new_figure(height=0.8 + 0.24 * len(tables))
    ax.pcolormesh(
        np.arange(len(months) + 1), np.arange(len(tables) + 1), np.sqrt(share), cmap="Blues",
        vmin=0, vmax=1, edgecolors="white", linewidth=0.3,
    )  # fmt: skip
    ax.set_yticks(np.arange(len(tables)) + 0.5, tables)
    ax.invert_yaxis()
    label_axes(ax, f"{_coverage_finding(wide)} (darker: more rows)", "")
    as_months(ax, months[0])
    return figure


def _coverage_finding(wide: pd.DataFrame) -> str:
    """Say how many tables begin later than the first, and how many stop in between."""
    there = wide.to_numpy() > 0
    first = there.argmax(axis=1)
    last = there.shape[1] - 1 - there[:, ::-1].argmax(axis=1)
    late = int((first > first.min() + 1).sum())
    gaps = [
        int((~row[start:end]).sum()) for row, start, end in zip(there, first, last, strict=True)
    ]
    broken = sum(gap > 0 for gap in gaps)
    stops = (
        f"{broken} of them {'has' if broken == 1 else 'have'} months without a row in between"
        if broken
        else "none has a month without a row in between"
    )
    return f"{late} of {len(wide)} tables begin later than the first; {stops}"


def endings_figure(endings: pd.DataFrame) -> Figure:
    """Draw contracts that began and that really stopped, by month.

    Parameters
    ----------
    endings : DataFrame
        month (its first day), starts, endings.

    Returns
    -------
    Figure
    """
    figure, (ax,) = new_figure(height=2.6)
    position = np.arange(len(endings)) + 0.5
    ax.bar(position, endings["starts"], color=BLUE, width=0.8, label="starts")
    ax.bar(position, -endings["endings"], color=RED, width=0.8, label="endings")
    ax.axhline(0, color="black", lw=0.6)
    busy = int((endings["endings"] > 0).sum())
    total = int(endings["endings"].sum())
    months = "month" if busy == 1 else "months"
    label_axes(ax, f"{total:,} endings, on record in {busy} {months}", "", "contracts")
    ax.set_xlim(0, max(len(endings), 1))
    if len(endings):
        as_months(ax, f"{pd.Timestamp(endings['month'].iloc[0]):%Y-%m}")
    ax.yaxis.set_major_formatter(lambda value, _: f"{abs(value):,.0f}")
    ax.legend(loc="upper left", ncols=2, frameon=False, fontsize=8)
    return figure
