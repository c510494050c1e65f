"""How figures look: one place for colours, sizes and number formats."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from workbench.report.amounts import money

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
) -> tuple[Figure, list[Axes]]:
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
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = [figure.add_subplot(rows, columns, i + 1) for i in range(rows * columns)]
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
        ax.spines[["left", "bottom"]].set_color(GREY)
        ax.tick_params(labelsize=8, colors=INK)
        ax.set_axisbelow(True)
    return figure, axes


def say(ax: Axes, finding: str, across: str, up: str = "") -> None:
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
