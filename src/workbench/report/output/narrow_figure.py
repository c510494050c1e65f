"""A figure set anew for a telephone: panels stacked, labels broken, text large enough."""

from __future__ import annotations

import copy
from itertools import pairwise
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from workbench.report.output.figure_layout import (
    LEAST_POINTS,
    PIXELS,
    lay_out,
    panel_columns,
    part_labels,
    with_readable_text,
)

NARROW_INCHES = 358 / 96  # a telephone's 390 pixels without the page's margins
_WIDTH = NARROW_INCHES * PIXELS
_ITEM_LETTERS = (22, 28, 34)  # in a line of a label beside a narrow axis; more where many stand
_HIGHEST_INCHES = 3.2  # of a panel, where longer lines of labels can make it so
_PANEL_INCHES = (1.9, 1.5)  # of one alone, and of one of several, with its title and ticks
_LINE_INCHES = 0.165
_LETTER_PIXELS = 6.1  # mean width at the smallest size


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
    cut = with_readable_text(copy.deepcopy(figure))
    cut.set_layout_engine("constrained")
    panels = [ax for ax in cut.axes if ax.get_subplotspec() is not None]
    columns = 2 if max(map(panel_columns, panels), default=1) > 2 else 1
    for ax in panels:
        _break_labels(ax, panels[0])
    _legends_below(cut)
    needs = _stack(cut, panels, columns)
    drawn = figure.get_size_inches()[1]
    cut.set_size_inches(NARROW_INCHES, max(drawn * 0.75, sum(needs)) + _around(cut))
    _break_lines(cut, panels, *((44, 52) if columns == 1 else (17, 20)))
    _fit_labels(cut, panels, columns)
    return cut


def _stack(figure: Figure, panels: list[Axes], columns: int) -> list[float]:
    """Put the panels below each other; return the inches that each row needs."""
    rows = [panels[at : at + columns] for at in range(0, len(panels), columns)]
    least = _PANEL_INCHES[len(rows) > 1]
    needs = [max(least, *map(_needed_inches, row)) for row in rows]
    if len(panels) > 1:
        grid = GridSpec(len(rows), columns, figure=figure, height_ratios=needs)
        for at, ax in enumerate(panels):
            ax.set_subplotspec(grid[at // columns, at % columns])
    return needs


def _needed_inches(ax: Axes) -> float:
    labels = [label.get_text() for label in ax.get_yticklabels()]
    broken = any("\n" in label for label in labels) or len(labels) > 12
    heights = [label.count("\n") + 1 for label in labels]
    # Labels stand at equal distances: the two neighbours that need most decide for all.
    apart = max((sum(pair) / 2 for pair in pairwise(heights)), default=1) + 0.3
    lines = apart * len(labels) if broken else 0.0
    return lines * _LINE_INCHES + 0.8


def _around(figure: Figure) -> float:
    """Return the inches that the figure's own title and legends take."""
    lines = len(figure.get_suptitle()) / 40
    for one in figure.legends:
        own = sum(text.get_text().count("\n") + 1 for text in one.get_texts())
        lines += own / max(one._ncols, 1)  # type: ignore[attr-defined]
    return (lines + 1) * _LINE_INCHES


def _break_lines(figure: Figure, panels: list[Axes], letters: int, below: int) -> None:
    for ax in panels:
        title = ax._left_title  # type: ignore[attr-defined]
        title.set_text(fill(" ".join(title.get_text().split()), letters))
        ax.set_xlabel(fill(ax.get_xlabel(), below))
    for text in (figure._suptitle, figure._supxlabel):  # type: ignore[attr-defined]
        if text is not None:
            text.set_text(fill(" ".join(text.get_text().split()), 44))


def _legends_below(figure: Figure) -> None:
    """Move legends that would not fit to the foot of the figure, in as many columns as do."""
    found = [*figure.legends, *(legend for ax in figure.axes if (legend := ax.get_legend()))]
    figure.legends.clear()
    for ax in figure.axes:
        ax.legend_ = None  # a copied legend does not know from where to remove itself
    # Several legends at one place would lie upon each other.
    items = {
        fill(text.get_text(), 44): handle
        for legend in found
        for text, handle in zip(legend.get_texts(), legend.legend_handles, strict=True)
        if handle is not None
    }
    if items:
        columns = max(n for n in range(1, len(items) + 1) if n == 1 or _fits([*items], n))
        style = {"ncols": columns, "frameon": False, "fontsize": LEAST_POINTS}
        figure.legend(list(items.values()), list(items), loc="outside lower center", **style)


def _fits(items: list[str], columns: int) -> bool:
    """Say whether a legend of so many columns is as narrow as the figure."""
    # matplotlib fills column by column, the first ones with one more.
    ends = np.cumsum([len(part) for part in np.array_split(np.arange(len(items)), columns)])
    widest = [max(map(len, items[a:b])) for a, b in pairwise([0, *ends])]
    return sum(letters * _LETTER_PIXELS + 40 for letters in widest) <= _WIDTH


def _break_labels(ax: Axes, first: Axes) -> None:
    """Break long labels beside the axis; a panel that shared its neighbour's gets them back."""
    names = [label.get_text() for label in ax.get_yticklabels()]
    shared = [label.get_text() for label in first.get_yticklabels()]
    if names and not any(names) and len(shared) == len(names):
        names = shared
    if not (any(len(name) > _ITEM_LETTERS[0] for name in names) or names is shared):
        return
    for letters in _ITEM_LETTERS:
        broken = [fill(" ".join(name.split()), letters) for name in names]
        ax.set_yticks(ax.get_yticks(), broken, parse_math=False)
        if _needed_inches(ax) <= _HIGHEST_INCHES:
            break


def _fit_labels(figure: Figure, panels: list[Axes], columns: int) -> None:
    """Turn or leave out labels that run into each other, and begin titles at the figure's edge."""
    figure.dpi = PIXELS
    lay_out(figure)
    for ax in panels:
        part_labels(ax)
        tall = ax.get_window_extent().height / _LETTER_PIXELS
        ax.set_ylabel(fill(ax.get_ylabel(), max(int(tall), 14)))
    lay_out(figure)
    figure.set_layout_engine("none")
    for ax in panels if columns == 1 else ():
        # Beside long labels an axis is too narrow for its title.
        box = ax.get_window_extent()
        ax._left_title.set_x((0.02 * _WIDTH - box.x0) / box.width)  # type: ignore[attr-defined]
        ax.xaxis.label.set_x((_WIDTH / 2 - box.x0) / box.width)
