"""Figures that say in words what they show, and come in a second cut for narrow screens.

A figure drawn for a page's width would shrink on a telephone until its text is four pixels high.
So each is laid out twice from one drawing: as drawn, and for a screen of 390 pixels with panels
below each other, lines broken, and no text smaller than the page's own smallest.
"""

from __future__ import annotations

import copy
import io
from dataclasses import dataclass
from typing import Any

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from workbench.report.output.figure_layout import (
    PIXELS,
    break_long_titles,
    break_wide_titles,
    lay_out,
    one_line,
    part_names,
    with_readable_text,
)
from workbench.report.output.kinds import NARROW, SVG
from workbench.report.output.narrow_figure import narrow

_LEAST_SPOT = 12  # pixels, so that a point can be hit
_BARE = {"Date": None, "Creator": None, "Format": None, "Type": None}


@dataclass(frozen=True)
class Spot:
    """A part of a figure that says more when it is pointed at, and leads to a table of the page.

    Parameters
    ----------
    ax : int
        Which of the figure's axes.
    box : tuple of float
        Left, low, right and high end, in the axes' own units; a point's ends are equal.
    label : str
        What it says; plain text.
    table : str
        Name of the `workbench.report.output.row_table.RowTable` it leads to; empty leads nowhere.
    search : str
        What that table is searched for.
    order : str
        Label of the column by which it is sorted, with a minus for the largest first.
    """

    ax: int
    box: tuple[float, float, float, float]
    label: str
    table: str = ""
    search: str = ""
    order: str = ""


class PageFigure(Figure):
    """A figure that shows itself in both cuts, with its findings as text for who cannot see it.

    Its ``spots`` are parts that lead to the rows behind them.
    """

    spots: tuple[Spot, ...] = ()

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        return draw(self)._repr_mimebundle_()


@dataclass(frozen=True)
class DrawnFigure:
    """A figure as the page shows it.

    Parameters
    ----------
    figure : Figure
        The wide cut, with its layout settled.
    svg, narrow : str
        Both cuts as SVG.
    alt : str
        What it finds, for who cannot see it.
    spots : dict
        By cut, see `placed_spots`.
    """

    figure: Figure
    svg: str
    narrow: str
    alt: str
    spots: dict[str, Any]

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        data = {SVG: self.svg, NARROW: self.narrow, "text/plain": self.alt}
        return data, {SVG: {"alt": self.alt, "spots": self.spots}}


def draw(figure: Figure) -> DrawnFigure:
    """Draw a figure in both cuts.

    Parameters
    ----------
    figure : Figure
        With the layout `constrained`; left as it is.

    Returns
    -------
    DrawnFigure
        What is changed in the figure later is not in it.
    """
    wide = with_readable_text(copy.deepcopy(figure))
    break_wide_titles(wide)
    cut = narrow(wide)
    lay_out(wide)
    if break_long_titles(wide):
        lay_out(wide)
    wide.set_layout_engine("none")
    for one in (wide, cut):
        part_names(one)
    marked = bool(getattr(figure, "spots", ()))
    spots = {"wide": placed_spots(wide), "narrow": placed_spots(cut)} if marked else {}
    return DrawnFigure(wide, _svg(wide), _svg(cut), alt_text(figure), spots)


def alt_text(figure: Figure) -> str:
    """Return what a figure finds: its titles, and what its axes measure.

    Parameters
    ----------
    figure : Figure

    Returns
    -------
    str
    """
    axes = [ax for ax in figure.axes if ax.get_visible()]
    titles = [figure.get_suptitle(), *(ax.get_title(loc="left") for ax in axes)]
    measured = dict.fromkeys(name for ax in axes for name in (ax.get_xlabel(), ax.get_ylabel()))
    text = ". ".join(one_line(part) for part in titles if part.strip())
    across = "; ".join(one_line(part) for part in measured if part.strip())
    return f"{text}. Shown: {across}." if across else f"{text}."


def placed_spots(figure: Figure) -> list[dict[str, Any]]:
    """Return where a figure's spots lie, in percent of its width and height from its upper left.

    Parameters
    ----------
    figure : Figure
        Its ``spots`` are read.

    Returns
    -------
    list of dict
        left, top, width, height of what is seen of it, and the spot's label, table, search and
        order.
    """
    figure.dpi = PIXELS
    figure.draw_without_rendering()
    wide, high = figure.get_size_inches() * PIXELS
    placed = []
    for spot in getattr(figure, "spots", ()):
        ax = figure.axes[spot.ax]
        # Of what begins beyond an axis, only what is seen can be pointed at.
        seen = ax.get_window_extent()
        ends = ax.transData.transform([spot.box[:2], spot.box[2:]]).clip(seen.min, seen.max)
        left, low = ends.min(axis=0)
        right, top = ends.max(axis=0)
        aside, above = (max(_LEAST_SPOT - size, 0) / 2 for size in (right - left, top - low))
        where = {
            "left": 100 * (left - aside) / wide,
            "top": 100 * (1 - (top + above) / high),
            "width": 100 * (right - left + 2 * aside) / wide,
            "height": 100 * (top - low + 2 * above) / high,
        }
        labels = {"label": spot.label, "table": spot.table} | {
            "search": spot.search,
            "order": spot.order,
        }
        placed.append({name: round(float(x), 2) for name, x in where.items()} | labels)
    return placed


def _svg(figure: Figure) -> str:
    text = io.StringIO()
    FigureCanvasSVG(figure)
    figure.savefig(text, format="svg", metadata=_BARE)
    return text.getvalue()
