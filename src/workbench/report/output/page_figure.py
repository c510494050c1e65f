"""Figures that say in words what they show, and come in a second cut for narrow screens.

A figure drawn for a page's width would shrink on a telephone until its text is four pixels high.
So each is laid out twice from one drawing: as drawn, and for a screen of 390 pixels with panels
below each other, lines broken, and no text smaller than the page's own smallest.
"""

from __future__ import annotations

import copy
import io
from dataclasses import dataclass
from itertools import pairwise
from textwrap import fill
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter
from matplotlib.transforms import Bbox

from workbench.report.output.kinds import NARROW, SVG

LEAST_POINTS = 8.5  # 11.3 pixels on the screen, where an inch has 96
NARROW_INCHES = 358 / 96  # a telephone's 390 pixels without the page's margins
_PIXELS = 96  # of the layout; what is drawn has no pixels
_WIDTH = NARROW_INCHES * _PIXELS
_ITEM_LETTERS = 22  # in a line of a label beside a narrow axis
_LEAST_SPOT = 12  # pixels, so that a point can be hit
_SHORT = 5  # letters of a label that is left out rather than turned
_LINE_INCHES = 0.165
_LETTER_PIXELS = 6.1  # mean width at the smallest size
_BOLD_PIXELS = 7.6  # of a letter in a title
NAME = "name"  # gid of a text that names a point, and may be left out
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
    wide = _with_readable_text(copy.deepcopy(figure))
    _break_wide_titles(wide)
    cut = narrow(wide)
    _lay_out(wide)
    if _break_long_titles(wide):
        _lay_out(wide)
    wide.set_layout_engine("none")
    for one in (wide, cut):
        _part_names(one)
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
    text = ". ".join(_one_line(part) for part in titles if part.strip())
    across = "; ".join(_one_line(part) for part in measured if part.strip())
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
        left, top, width, height, and the spot's label, table, search and order.
    """
    figure.dpi = _PIXELS
    figure.draw_without_rendering()
    wide, high = figure.get_size_inches() * _PIXELS
    placed = []
    for spot in getattr(figure, "spots", ()):
        ends = figure.axes[spot.ax].transData.transform([spot.box[:2], spot.box[2:]])
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


def narrow(figure: Figure) -> Figure:
    """Return a figure laid out for a narrow screen; the one given is left as it is.

    Parameters
    ----------
    figure : Figure
        With the layout `constrained`.

    Returns
    -------
    Figure
        As wide as `NARROW_INCHES`, higher where panels that stood side by side are stacked.
    """
    cut = _with_readable_text(copy.deepcopy(figure))
    cut.set_layout_engine("constrained")
    panels = [ax for ax in cut.axes if ax.get_subplotspec() is not None]
    columns = 2 if max(map(_columns, panels), default=1) > 2 else 1
    for ax in panels:
        _break_labels(ax, panels[0])
    _legends_below(cut)
    needs = _stack(cut, panels, columns)
    drawn = figure.get_size_inches()[1]
    cut.set_size_inches(NARROW_INCHES, max(drawn * 0.75, sum(needs)) + _around(cut))
    _break_lines(cut, panels, 44 if columns == 1 else 19)
    _fit_labels(cut, panels, columns)
    return cut


def _with_readable_text(figure: Figure) -> Figure:
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            sizes = [float(label.get_fontsize()) for label in axis.get_ticklabels()]
            if sizes and min(sizes) < LEAST_POINTS:
                axis.set_tick_params(labelsize=LEAST_POINTS)
    for text in figure.findobj(Text):
        if float(text.get_fontsize()) < LEAST_POINTS:
            text.set_fontsize(LEAST_POINTS)
    return figure


def _break_wide_titles(figure: Figure) -> None:
    """Break the titles of panels that stand side by side, which would run into each other."""
    panels = [ax for ax in figure.axes if ax.get_subplotspec() is not None]
    columns = max(map(_columns, panels), default=1)
    letters = int(figure.get_size_inches()[0] * _PIXELS / columns / _BOLD_PIXELS) - 4
    for ax in panels if columns > 1 else ():
        title = ax._left_title  # type: ignore[attr-defined]
        title.set_text(fill(" ".join(title.get_text().split()), letters))


def _break_long_titles(figure: Figure) -> bool:
    """Break the titles that run over the figure's right edge; return whether there were any."""
    edge, found = figure.bbox.width, False
    for ax in figure.axes:
        title = ax._left_title  # type: ignore[attr-defined]
        box = title.get_window_extent()
        if title.get_text() and box.x1 > edge:
            letters = len(title.get_text()) * (edge - box.x0) / box.width
            title.set_text(fill(" ".join(title.get_text().split()), max(int(letters) - 2, 14)))
            found = True
    return found


def _columns(ax: Axes) -> int:
    grid = ax.get_gridspec()
    return 1 if grid is None else grid.ncols


def _lay_out(figure: Figure) -> None:
    """Place axes and ticks without drawing, which takes as long again."""
    FigureCanvasAgg(figure)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)


def _svg(figure: Figure) -> str:
    text = io.StringIO()
    FigureCanvasSVG(figure)
    figure.savefig(text, format="svg", metadata=_BARE)
    return text.getvalue()


def _one_line(text: str) -> str:
    return " ".join(text.replace(r"\$", "$").split()).rstrip(".")


def _stack(figure: Figure, panels: list[Axes], columns: int) -> list[float]:
    """Put the panels below each other; return the inches that each row needs."""
    rows = [panels[at : at + columns] for at in range(0, len(panels), columns)]
    needs = [max(map(_needed_inches, row)) for row in rows]
    if len(panels) > 1:
        grid = GridSpec(len(rows), columns, figure=figure, height_ratios=needs)
        for at, ax in enumerate(panels):
            ax.set_subplotspec(grid[at // columns, at % columns])
    return needs


def _needed_inches(ax: Axes) -> float:
    labels = [label.get_text() for label in ax.get_yticklabels()]
    broken = any("\n" in label for label in labels) or len(labels) > 12
    lines = sum(label.count("\n") + 1.5 for label in labels) if broken else 0.0
    return max(lines * _LINE_INCHES + 0.8, 1.9)


def _around(figure: Figure) -> float:
    """Return the inches that the figure's own title and legends take."""
    lines = len(figure.get_suptitle()) / 40
    for one in figure.legends:
        own = sum(text.get_text().count("\n") + 1 for text in one.get_texts())
        lines += own / max(one._ncols, 1)  # type: ignore[attr-defined]
    return (lines + 1) * _LINE_INCHES


def _break_lines(figure: Figure, panels: list[Axes], letters: int) -> None:
    for ax in panels:
        title = ax._left_title  # type: ignore[attr-defined]
        title.set_text(fill(" ".join(title.get_text().split()), letters))
        ax.set_xlabel(fill(ax.get_xlabel(), letters + 8))
    for text in (figure._suptitle, figure._supxlabel):  # type: ignore[attr-defined]
        if text is not None:
            text.set_text(fill(" ".join(text.get_text().split()), 44))


def _legends_below(figure: Figure) -> None:
    """Move legends that would not fit to the foot of the figure, in as many columns as do."""
    found = [*figure.legends, *(legend for ax in figure.axes if (legend := ax.get_legend()))]
    figure.legends.clear()
    for ax in figure.axes:
        ax.legend_ = None  # a copied legend does not know from where to remove itself
    for legend in found:
        names = [fill(text.get_text(), 44) for text in legend.get_texts()]
        widest = max((len(name) for name in names), default=1) * _LETTER_PIXELS + 40
        columns = max(min(int(_WIDTH / widest), len(names)), 1)
        handles = [one for one in legend.legend_handles if one is not None]
        style = {"ncols": columns, "frameon": False, "fontsize": LEAST_POINTS}
        figure.legend(handles, names, loc="outside lower center", **style)


def _break_labels(ax: Axes, first: Axes) -> None:
    """Break long labels beside the axis; a panel that shared its neighbour's gets them back."""
    names = [label.get_text() for label in ax.get_yticklabels()]
    shared = [label.get_text() for label in first.get_yticklabels()]
    if names and not any(names) and len(shared) == len(names):
        names = shared
    if any(len(name) > _ITEM_LETTERS for name in names) or names is shared:
        broken = [fill(" ".join(name.split()), _ITEM_LETTERS) for name in names]
        ax.set_yticks(ax.get_yticks(), broken, parse_math=False)


def _fit_labels(figure: Figure, panels: list[Axes], columns: int) -> None:
    """Turn or leave out labels that run into each other, and begin titles at the figure's edge."""
    figure.dpi = _PIXELS
    _lay_out(figure)
    for ax in panels:
        _part_labels(ax)
        tall = ax.get_window_extent().height / _LETTER_PIXELS
        ax.set_ylabel(fill(ax.get_ylabel(), max(int(tall), 14)))
    _lay_out(figure)
    figure.set_layout_engine("none")
    for ax in panels if columns == 1 else ():
        # Beside long labels an axis is too narrow for its title.
        box = ax.get_window_extent()
        ax._left_title.set_x((0.02 * _WIDTH - box.x0) / box.width)  # type: ignore[attr-defined]
        ax.xaxis.label.set_x((_WIDTH / 2 - box.x0) / box.width)


def _part_names(figure: Figure) -> None:
    """Leave out names of points that run into one before them, or out of the figure."""
    for ax in figure.axes:
        kept: list[Bbox] = []
        for text in [one for one in ax.texts if one.get_gid() == NAME]:
            box = text.get_window_extent()
            text.set_visible(box.x1 <= figure.bbox.width and not box.count_overlaps(kept))
            kept += [box] if text.get_visible() else []


def _part_labels(ax: Axes) -> None:
    low, high = sorted(ax.get_xlim())
    labels = [one for one in ax.get_xticklabels() if one.get_text() and one.get_visible()]
    shown = [one for one in labels if low <= one.get_position()[0] <= high]
    boxes = [one.get_window_extent() for one in shown]
    if all(left.x1 + 3 < right.x0 for left, right in pairwise(boxes)):
        return
    fixed = isinstance(ax.xaxis.get_major_formatter(), FixedFormatter)
    if fixed and max(len(one.get_text()) for one in shown) > _SHORT:
        ax.tick_params(axis="x", rotation=50)
        for one in ax.get_xticklabels():
            one.set_horizontalalignment("right")
            one.set_rotation_mode("anchor")
        return
    kept = -1e9
    for one, box in zip(shown, boxes, strict=True):
        one.set_visible(box.x0 > kept + 3)
        kept = box.x1 if one.get_visible() else kept
