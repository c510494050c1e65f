"""How figures look: one place for colours, sizes and number formats."""

from __future__ import annotations

import calendar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Figure  # for floors above, which import no matplotlib
from matplotlib.ticker import FuncFormatter, PercentFormatter

from workbench.report.amounts import money
from workbench.report.output.figure_layout import LEAST_POINTS
from workbench.report.output.page_figure import PageFigure

# Okabe & Ito (2008): distinguishable for colour-blind readers, also in grey.
BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
RED = "#D55E00"
GREY = "#6B7280"
LIGHT = "#D7DCE2"
INK = "#1F2937"

WIDTH_INCHES = 7.2
TITLE = {"fontsize": 9.5, "fontweight": "bold", "color": INK}
TITLE_POINTS = 6  # between axes and title


def new_figure(
    height: float = 3.2, columns: int = 1, width: float = WIDTH_INCHES, rows: int = 1
) -> tuple[PageFigure, list[Axes]]:
    """Return an empty figure and its axes, without touching global state.

    Parameters
    ----------
    height : float
        Inches.
    columns : int
        Axes side by side.
    width : float
        Inches; the page's, unless a figure stands beside others.
    rows : int
        Of axes, one below the other.
    """
    figure = PageFigure(figsize=(width, height), layout="constrained")
    axes = [figure.add_subplot(rows, columns, i + 1) for i in range(rows * columns)]
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
        ax.spines[["left", "bottom"]].set_color(GREY)
        ax.tick_params(labelsize=LEAST_POINTS, colors=INK)
        ax.set_axisbelow(True)
    return figure, axes


def label_axes(ax: Axes, finding: str, across: str, up: str = "") -> None:
    """Title the axes with their finding and label them with quantities and units.

    What customers call things may stand in a title: no dollar begins a formula.

    Parameters
    ----------
    ax : Axes
    finding : str
        Title: what the figure shows, in a sentence.
    across : str
        Label of the horizontal axis: quantity and unit.
    up : str
        Label of the vertical axis; empty where the title tells it.
    """
    finding = finding.replace("$", r"\$")
    ax.set_title(finding, loc="left", pad=TITLE_POINTS, **TITLE)
    ax.set_xlabel(across, fontsize=8.5, color=INK)
    ax.set_ylabel(up, fontsize=8.5, color=INK)


def as_months(ax: Axes, first_month: str, most: int = 7) -> None:
    """Label an axis of months from the as-of date with the calendar.

    Parameters
    ----------
    ax : Axes
        Zero is the as-of date, one a month later; its limits are final.
    first_month : str
        YYYY-MM, the month that begins at zero.
    most : int
        Labels at most.
    """
    year, month = (int(part) for part in first_month.split("-"))
    first = 12 * year + month - 1
    low, high = (round(end) for end in sorted(ax.get_xlim()))
    every = next(n for n in (1, 2, 3, 6, 12, 24, 60, 120) if (high - low) / n <= most - 1)
    positions = [at for at in range(low, high + 1) if (first + at) % every == 0]
    ax.set_xticks(positions, [_month(first + at, at == positions[0]) for at in positions])
    ax.set_xlabel("")


def _month(number: int, first: bool) -> str:
    year, month = divmod(number, 12)
    name = calendar.month_abbr[month + 1]
    return f"{name}\n{year}" if first or month == 0 else name


def as_money(axis, currency: str = "") -> None:
    """Label an axis with money in thousands or millions.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        In the currency's units.
    currency : str
        Code shown with amounts; may be empty.
    """
    axis.set_major_formatter(FuncFormatter(lambda value, _: money(value, currency)))


def as_percent(axis) -> None:
    """Label an axis of shares as percentages.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        Of shares: 1 is 100 %.
    """
    axis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def whiskers(ax: Axes, at, low, high, upright: bool = False, **style) -> None:
    """Draw intervals from end to end, whether or not a mean lies inside its own.

    Parameters
    ----------
    ax : Axes
    at : array_like
        Where each stands on the other axis.
    low, high : array_like
        Ends of each.
    upright : bool
        Along the vertical axis; else along the horizontal.
    **style
        As `matplotlib.axes.Axes.errorbar` takes it.
    """
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    middle, half = (low + high) / 2, (high - low) / 2
    if upright:
        ax.errorbar(at, middle, yerr=half, fmt="none", **style)
    else:
        ax.errorbar(middle, at, xerr=half, fmt="none", **style)
