"""What the report says and draws of revenue, usage and scores before and after a first action."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.core.plain_text import plain
from workbench.impact.differences import OutcomeChange
from workbench.report.labels import spoken
from workbench.report.style import BLUE, GREY, LIGHT, label_axes, new_figure

_SPOKEN = {
    "revenue": "Revenue", "usage": "Usage", "nps": "NPS", "csat": "Satisfaction (CSAT)",
    "tech": "Technical score",
}  # fmt: skip
_MOST = 3  # outcomes that are drawn


def changes_text(table: pd.DataFrame, months: int, prob: float) -> str:
    """Say of every outcome how it changed after a first action, and what that may be called.

    Parameters
    ----------
    table : DataFrame
        From `workbench.impact.differences.change_table`.
    months : int
        After the action.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    str
        In Markdown.
    """
    lines = [_line(row, months) for _, row in table.iterrows()]
    compared = table["change"].notna().any()
    if compared:
        lines.append(
            f"\nIntervals hold {prob:.0%}. Changes are those of accounts that stayed: who has left "
            "has nothing to compare any more."
        )
    return "\n".join(lines)


def changes_figure(found: tuple[OutcomeChange, ...], prob: float) -> Figure | None:
    """Draw how each outcome went before and after a first action.

    Parameters
    ----------
    found : tuple of OutcomeChange
    prob : float
        Probability inside the intervals.

    Returns
    -------
    Figure or None
        None where no outcome could be compared.
    """
    drawn = [one for one in found if not one.quarters.empty][:_MOST]
    if not drawn:
        return None
    figure, axes = new_figure(height=2.5 * len(drawn), rows=len(drawn))
    for ax, one in zip(axes, drawn, strict=True):
        _draw(ax, one, prob)
    return figure


def _line(row: pd.Series, months: int) -> str:
    name = f"- **{plain(_name(row['outcome']))}**"
    if np.isnan(row["change"]):
        return f"{name} could not be compared. {row['why']}"
    unit = "%" if row["relative"] else " points"
    value, low, high, robust_low, robust_high = (
        _amount(row[key], row["relative"])
        for key in ("change", "change_low", "change_high", "robust_low", "robust_high")
    )
    word = "measured" if row["passed"] else "association"
    text = (
        f"{name}: {value:+z.1f}{unit} ({low:+z.1f} to {high:+z.1f}) within {months} months of the "
        f"first action, against accounts not yet acted upon ({row['accounts']:,} accounts); "
        f"{robust_low:+z.1f} to {robust_high:+z.1f} were both to part as far as they ever did from "
        f"one quarter to the next before it. **{word}**."
    )
    return f"{text} {row['why']}".rstrip()


def _draw(ax: Axes, one: OutcomeChange, prob: float) -> None:
    shown = one.quarters
    value, low, high = (_amount(shown[key], one.relative) for key in ("change", "low", "high"))
    ax.axvspan(-1.5, -0.5, color=LIGHT, alpha=0.6, lw=0)
    ax.fill_between(shown["quarter"], low, high, color=BLUE, alpha=0.2, lw=0)
    ax.plot(shown["quarter"], value, color=BLUE, marker="o", ms=4)
    ax.axhline(0, color=GREY, lw=0.8)
    ax.set_xticks(shown["quarter"])
    ax.grid(axis="y", color=LIGHT, lw=0.6)
    unit = "%" if one.relative else "points"
    after = _amount(one.change[0], one.relative)
    finding = f"{_name(one.outcome)} after a first action: {after:+z.1f} {unit}"
    label_axes(ax, finding, "quarters since the first action", f"{unit}, {prob:.0%} interval")


def _amount(value: pd.Series | float, relative: bool) -> pd.Series | float:
    return 100 * np.expm1(value) if relative else value


def _name(outcome: str) -> str:
    return _SPOKEN.get(outcome, spoken(outcome))
