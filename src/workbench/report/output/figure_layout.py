"""Text in a figure that can be read, and titles and labels that fit beside each other."""

from __future__ import annotations

from itertools import pairwise
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter
from matplotlib.transforms import Bbox

LEAST_POINTS = 8.5  # 11.3 pixels on the screen, where an inch has 96
PIXELS = 96  # of the layout; what is drawn has no pixels
SHORT_LABEL = 5  # letters of a label that is left out rather than turned
NAME = "name"  # gid of a text that names a point, and may be left out
_BOLD_PIXELS = 7.6  # of a letter in a title


def with_readable_text(figure: Figure) -> Figure:
    """Enlarge every text below `LEAST_POINTS`, in place.

    Parameters
    ----------
    figure : Figure

    Returns
    -------
    Figure
        The one given.
    """
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            sizes = [float(label.get_fontsize()) for label in axis.get_ticklabels()]
            if sizes and min(sizes) < LEAST_POINTS:
                axis.set_tick_params(labelsize=LEAST_POINTS)
    for text in figure.findobj(Text):
        if float(text.get_fontsize()) < LEAST_POINTS:
            text.set_fontsize(LEAST_POINTS)
    return figure


def panel_columns(ax: Axes) -> int:
    """Return how many panels stand side by side in an axis' grid.

    Parameters
    ----------
    ax : Axes

    Returns
    -------
    int
    """
    grid = ax.get_gridspec()
    return 1 if grid is None else grid.ncols


def break_wide_titles(figure: Figure) -> None:
    """Break the titles of panels that stand side by side, which would run into each other.

    Parameters
    ----------
    figure : Figure
    """
    panels = [ax for ax in figure.axes if ax.get_subplotspec() is not None]
    columns = max(map(panel_columns, panels), default=1)
    letters = int(figure.get_size_inches()[0] * PIXELS / columns / _BOLD_PIXELS) - 4
    for ax in panels if columns > 1 else ():
        title = ax._left_title  # type: ignore[attr-defined]
        title.set_text(fill(" ".join(title.get_text().split()), letters))


def break_long_titles(figure: Figure) -> bool:
    """Break the titles that run over the figure's right edge.

    Parameters
    ----------
    figure : Figure
        Laid out.

    Returns
    -------
    bool
        Whether there were any.
    """
    edge, found = figure.bbox.width, False
    for ax in figure.axes:
        title = ax._left_title  # type: ignore[attr-defined]
        box = title.get_window_extent()
        if title.get_text() and box.x1 > edge:
            letters = len(title.get_text()) * (edge - box.x0) / box.width
            title.set_text(fill(" ".join(title.get_text().split()), max(int(letters) - 2, 14)))
            found = True
    return found


def lay_out(figure: Figure) -> None:
    """Place axes and ticks without drawing, which takes as long again.

    Parameters
    ----------
    figure : Figure
    """
    FigureCanvasAgg(figure)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)


def one_line(text: str) -> str:
    """Return a title as one line of plain text, without its last full stop.

    Parameters
    ----------
    text : str
        As matplotlib sets it: lines broken, dollar signs escaped.

    Returns
    -------
    str
    """
    return " ".join(text.replace(r"\$", "$").split()).rstrip(".")


def part_names(figure: Figure) -> None:
    """Leave out names of points that run into one before them, or out of the figure.

    Parameters
    ----------
    figure : Figure
        Laid out.
    """
    for ax in figure.axes:
        kept: list[Bbox] = []
        for text in [one for one in ax.texts if one.get_gid() == NAME]:
            box = text.get_window_extent()
            text.set_visible(box.x1 <= figure.bbox.width and not box.count_overlaps(kept))
            kept += [box] if text.get_visible() else []


def part_labels(ax: Axes) -> None:
    """Turn labels below an axis that run into each other, or leave some of them out.

    Parameters
    ----------
    ax : Axes
        Of a figure that is laid out.
    """
    low, high = sorted(ax.get_xlim())
    labels = [one for one in ax.get_xticklabels() if one.get_text() and one.get_visible()]
    shown = [one for one in labels if low <= one.get_position()[0] <= high]
    boxes = [one.get_window_extent() for one in shown]
    if all(left.x1 + 3 < right.x0 for left, right in pairwise(boxes)):
        return
    fixed = isinstance(ax.xaxis.get_major_formatter(), FixedFormatter)
    if fixed and max(len(one.get_text()) for one in shown) > SHORT_LABEL:
        ax.tick_params(axis="x", rotation=50)
        for one in ax.get_xticklabels():
            one.set_horizontalalignment("right")
            one.set_rotation_mode("anchor")
        return
    kept = -1e9
    for one, box in zip(shown, boxes, strict=True):
        one.set_visible(box.x0 > kept + 3)
        kept = box.x1 if one.get_visible() else kept
