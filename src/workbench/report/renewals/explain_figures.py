"""The figure that explains one subscription; it draws a table that was computed before."""

from __future__ import annotations

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.forecast.leaving.explain import CONTRACT, CUSTOMER, DRIVER, GROUP
from workbench.report.labels import cut, driver_labels
from workbench.report.style import BLUE, GREY, INK, LIGHT, RED, label_axes, new_figure

MOST_DRIVERS = 9
_MARKS = (0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10)


def contribution_figure(explained: pd.DataFrame, name: str, prob: float) -> Figure:
    """Draw what makes one subscription leave more or less readily.

    Parameters
    ----------
    explained : DataFrame
        Rows of `workbench.forecast.leaving.explain.contribution_table` for one subscription and
        month. The contract is left out, for that a renewal falls due is no news: the yardstick is
        an average customer at the same point of the same contract.
    name : str
        Of the account.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    Figure
    """
    level = explained["level"]
    total = explained[level == CUSTOMER].assign(label="all but the contract")
    groups = explained[level == GROUP]
    drivers = explained[(level == DRIVER) & (explained["group"] != CONTRACT)]
    strongest = np.argsort(-drivers["contribution"].abs(), kind="stable")[:MOST_DRIVERS]
    figure, axes = new_figure(height=3.6, columns=2)
    groups = groups[groups["group"] != CONTRACT]
    _draw_bars(axes[0], pd.concat([total, _sorted(groups.assign(label=groups["group"]))]))
    shown = drivers.iloc[strongest]
    _draw_bars(axes[1], _sorted(shown.assign(label=driver_labels(shown["driver"]))))
    titles = ("What kind of thing", "What it is")
    for ax, title in zip(axes, titles, strict=True):
        label_axes(ax, title, "left: leaves less, right: leaves more readily")
        _as_factors(ax)
    figure.suptitle(
        fill(contribution_text(explained, name, prob), 84),
        x=0.01, ha="left", fontsize=9.5, fontweight="bold", color=INK, parse_math=False,
    )  # fmt: skip
    return figure


def contribution_text(explained: pd.DataFrame, name: str, prob: float) -> str:
    """Say in one sentence how the subscription stands to an average customer's, and why.

    Parameters
    ----------
    explained : DataFrame
        As for `contribution_figure`.
    name : str
        Of the account; cut to 30 letters.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    str
        A group is named when its interval excludes zero; the contract is not, for that a renewal
        falls due is no news.
    """
    total = explained[explained["level"] == CUSTOMER].iloc[0]
    middle, low, high = (_times(total[end]) for end in ("contribution", "low", "high"))
    text = (
        f"{cut(name, 30)}, {total['month']}: {middle} times as likely to leave as an average "
        f"customer at the same point of the same contract ({prob:.0%}: {low} to {high}); "
    )
    groups = explained[explained["level"] == GROUP].set_index("group").drop(CONTRACT)
    up, down = groups[groups["low"] > 0], groups[groups["high"] < 0]
    reasons = []
    if len(up):
        reasons.append(f"raised most by {up['contribution'].idxmax()}")
    if len(down):
        reasons.append(f"lowered most by {down['contribution'].idxmin()}")
    return text + (" and ".join(reasons) or "no group clearly differs from the average")


def _times(log_ratio: float) -> str:
    ratio = float(np.exp(log_ratio))
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2g}"


def _as_factors(ax: Axes) -> None:
    low, high = ax.get_xlim()
    marks = [mark for mark in _MARKS if low <= np.log(mark) <= high]
    ax.set_xticks([float(np.log(mark)) for mark in marks], [f"×{mark:g}" for mark in marks])


def _sorted(part: pd.DataFrame) -> pd.DataFrame:
    return part.sort_values("contribution", ascending=False, kind="stable")


def _draw_bars(ax: Axes, part: pd.DataFrame) -> None:
    position = -np.arange(len(part))
    middle = part["contribution"].to_numpy()
    colour = np.where(part["level"] == CUSTOMER, GREY, np.where(middle > 0, RED, BLUE))
    ax.barh(position, middle, color=colour, height=0.62)
    ax.hlines(position, part["low"], part["high"], color=INK, lw=1.2)
    ax.axvline(0, color=GREY, lw=0.8)
    # A column's name comes from somebody's table: no markup.
    ax.set_yticks(position, part["label"], parse_math=False)
    ax.grid(axis="x", color=LIGHT, lw=0.6)
    # The only subscription of a book is its average: all parts are zero.
    edge = 1.05 * max(part[["low", "high"]].abs().to_numpy().max(initial=0.0), 0.1)
    ax.set_xlim(-edge, edge)
