"""The figure of the cohorts report; what it shows is computed in `forecast.cohort`."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from workbench.core.cohort_names import BDW, COHORT, PERIOD, SBG
from workbench.report.labels import labels_of
from workbench.report.style import BLUE, GREY, INK, LIGHT, RED, as_percent, label_axes, new_figure

MOST_COHORTS = 12
_COLUMNS = 3
_COLOURS = {BDW: BLUE, SBG: RED}
_LINES = {BDW: "-", SBG: "--"}


def retention_figure(
    bands: dict[str, pd.DataFrame],
    observed: pd.DataFrame,
    period_word: str,
    finding: str,
    later: str = "hidden from the fit",
) -> Figure:
    """Draw the observed retention of the cohorts with the curve and fan of each distribution.

    Of more than `MOST_COHORTS` the first are drawn, and the figure says so.

    Parameters
    ----------
    bands : dict of str to DataFrame
        By distribution; see `workbench.forecast.cohort.retention_band`.
    observed : DataFrame
        cohort, period and kept (share) of all periods; those past the start of the fan are drawn
        open.
    period_word : str
        What a period is.
    finding : str
        Title of the figure.
    later : str
        What those drawn open are.

    Returns
    -------
    Figure
        A panel per cohort.
    """
    every = list(dict.fromkeys(observed[COHORT]))
    cohorts = every[:MOST_COHORTS]
    figure, axes = _panels(len(cohorts))
    for ax, cohort, label in zip(axes, cohorts, labels_of(cohorts, 30), strict=True):
        part = observed[observed[COHORT] == cohort].set_index(PERIOD)["kept"]
        own = {distribution: band[band[COHORT] == cohort] for distribution, band in bands.items()}
        _draw_cohort(ax, own, part, later)
        up = "still there, share" if axes.index(ax) % _COLUMNS == 0 else ""
        label_axes(ax, "", f"{period_word}s since the start", up)
        # A cohort's name comes from somebody's table: no markup.
        ax.set_title(label, loc="left", fontsize=9, color=INK, parse_math=False)
    # Of all panels: the youngest cohort may have nothing that was hidden, or the oldest.
    named = {
        label: handle
        for ax in axes
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)
    }
    style = {"loc": "outside lower center", "ncols": 4, "frameon": False, "fontsize": 8}
    figure.legend(list(named.values()), list(named), **style)
    if len(every) > len(cohorts):
        finding += f"\nThe first {len(cohorts)} of {len(every)} cohorts; the tables have all."
    figure.suptitle(finding, x=0.01, ha="left", fontsize=9.5, fontweight="bold", color=INK)
    return figure


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    """Return axes in rows of three."""
    rows = -(-count // _COLUMNS)
    height = 3.6 if rows == 1 else 1.1 + 2.1 * rows
    figure, axes = new_figure(height, min(count, _COLUMNS), rows=rows)
    for ax in axes[count:]:
        ax.remove()
    return figure, axes[:count]


def _draw_cohort(ax: Axes, bands: dict[str, pd.DataFrame], observed: pd.Series, later: str) -> None:
    today = 0
    for distribution, band in bands.items():
        fitted, fan = band[~band["forecast"]], band[band["forecast"]]
        today, colour = int(fitted[PERIOD].max()), _COLOURS[distribution]
        # The fan starts from who was really there, which is known.
        known = dict.fromkeys(("kept", "low", "high"), observed[today]) | {PERIOD: today}
        fan = pd.concat([pd.DataFrame([known]), fan], ignore_index=True)
        ax.plot(fitted[PERIOD], fitted["kept"], _LINES[distribution], color=colour, lw=1, alpha=0.7)
        ax.fill_between(fan[PERIOD], fan["low"], fan["high"], color=colour, alpha=0.2, lw=0)
        ax.plot(
            fan[PERIOD], fan["kept"], _LINES[distribution], color=colour, lw=1.8, label=distribution
        )
    seen, unseen = observed[observed.index <= today], observed[observed.index > today]
    ax.plot(seen.index, seen, "o", color=INK, ms=3.5, label="observed")
    if len(unseen):
        style = {"mfc": "white", "color": INK, "ms": 4, "label": later}
        ax.plot(unseen.index, unseen, "o", **style)
    ax.axvline(today, color=GREY, lw=0.8, ls=":")
    ax.set_ylim(0, 1.03)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    as_percent(ax.yaxis)
    ax.grid(axis="y", color=LIGHT, lw=0.6)
