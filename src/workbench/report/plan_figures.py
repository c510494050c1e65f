"""Figures of account plans; each draws a table that was computed before."""

from __future__ import annotations

from textwrap import shorten

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.forecast.explain import CONTRACT
from workbench.report.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    RED,
    as_money,
    as_percent,
    money,
    new_figure,
    say,
)

DRIVER_INCHES = 4.8
PANEL_INCHES = 3.9  # two of them beside each other on a wide page, one on a telephone
MOST_DRIVERS = 7
_FACTORS = ((3.0, 10.0), (2.0, 5.0), (1.5, 3.0), (1.5, 2.0), (1.5,), (1.25,), (1.1,))
AT_BASELINE, OF_PLAN = "as things stand", "with the plan"


def revenue_figure(monthly: pd.DataFrame, opening: float, prob: float, currency: str) -> Figure:
    """Draw yearly revenue month by month as fans: as things stand against the plan.

    Parameters
    ----------
    monthly : DataFrame
        `workbench.plans.compare.Comparison.monthly`: the baseline's rows, then the plan's; or the
        baseline's alone.
    opening : float
        Yearly revenue on the as-of date.
    prob : float
        Probability inside the bands.
    currency : str
    """
    figure, (ax,) = new_figure(height=2.6, width=PANEL_INCHES)
    parts = _parts(monthly, "arr", opening)
    _draw_fans(ax, parts, steps=False)
    ends = [part["arr"].iloc[-1] for _, part in parts]
    months = int(monthly["horizon_months"].max())
    finding = f"{money(ends[0], currency)} expected in {months} months"
    if len(ends) > 1:
        finding = f"{_signed(ends[1] - ends[0], currency)} expected in {months} months"
    _finish(ax, finding, months, f"yearly revenue, {prob:.0%} interval")
    ax.set_ylim(0, 1.08 * max(monthly["arr_high"].max(), opening, 1.0))
    as_money(ax.yaxis, currency)
    return figure


def renewal_figure(monthly: pd.DataFrame, due_month: int | None, prob: float) -> Figure:
    """Draw the probability of still being a customer: as things stand against the plan.

    Parameters
    ----------
    monthly : DataFrame
        As for `revenue_figure`.
    due_month : int or None
        In how many months the next renewal falls due, from 1; None: not within the forecast, or
        from month to month.
    prob : float
    """
    figure, (ax,) = new_figure(height=2.6, width=PANEL_INCHES)
    parts = _parts(monthly, "stays", 1.0)
    _draw_fans(ax, parts, steps=True)
    months = int(monthly["horizon_months"].max())
    at = due_month or months
    there = [part["stays"].to_numpy()[at] for _, part in parts]
    when = "after the renewal" if due_month else f"in {months} months"
    finding = f"Customer {when}: " + " → ".join(f"{share:.0%}" for share in there)
    _finish(ax, finding, months, f"still a customer, {prob:.0%} interval")
    if due_month:
        ax.axvline(due_month, color=INK, lw=0.9, ls=":")
        left = due_month > months / 2
        ax.annotate(
            "renewal", (due_month, 0.25), xytext=(-3 if left else 3, 0),
            textcoords="offset points", ha="right" if left else "left", fontsize=8, color=INK,
        )  # fmt: skip
    ax.set_ylim(0, 1.02)
    as_percent(ax.yaxis)
    return figure


def driver_figure(drivers: pd.DataFrame, prob: float) -> Figure:
    """Draw what raises and what lowers the hazard of leaving, against the book's average.

    Parameters
    ----------
    drivers : DataFrame
        Rows of `workbench.plans.planbook.Planbook.drivers` of one subscription. The contract is
        left out: a renewal that falls due would dwarf all else, and is no news.
    prob : float
        Probability inside the intervals.
    """
    own = drivers[drivers["group"] != CONTRACT]
    strongest = np.argsort(-own["contribution"].abs(), kind="stable")[:MOST_DRIVERS]
    shown = own.iloc[strongest].sort_values("contribution", ascending=False, kind="stable")
    figure, (ax,) = new_figure(height=1.1 + 0.24 * max(len(shown), 1), width=DRIVER_INCHES)
    place = -np.arange(len(shown))
    middle, low, high = np.exp(shown[["contribution", "low", "high"]].to_numpy(float).T)
    ax.barh(place, middle - 1, left=1, color=np.where(middle > 1, RED, BLUE), height=0.6)
    ax.hlines(place, low, high, color=INK, lw=1.1)
    ax.axvline(1, color=GREY, lw=0.8)
    _as_factors(ax, 1.05 * np.abs(np.log([low, high])).max(initial=0.1))
    # A column's name comes from somebody's table: no markup.
    labels = [shorten(str(name), 30, placeholder=" …") for name in shown["driver"]]
    ax.set_yticks(place, labels, parse_math=False)
    clear = int((low > 1).sum())
    verb = "driver clearly raises" if clear == 1 else "drivers clearly raise"
    finding = f"{clear or 'No'} {verb} the risk"
    say(ax, "", f"hazard of leaving, times the average; {prob:.0%} interval")
    # Long names push the axes to the right, so the title begins at the figure's own edge.
    figure.suptitle(finding, x=0.01, ha="left", fontsize=9.5, fontweight="bold", color=INK)
    return figure


def _as_factors(ax: Axes, reach: float) -> None:
    ax.set_xscale("log")
    ax.set_xlim(np.exp(-reach), np.exp(reach))
    marks = next(step for step in _FACTORS if np.log(step[-1]) <= reach or step is _FACTORS[-1])
    ticks = [*(1 / mark for mark in reversed(marks)), 1, *marks]
    ax.set_xticks(ticks, [f"×{tick:.2g}" for tick in ticks])
    ax.minorticks_off()


def _parts(monthly: pd.DataFrame, name: str, start: float) -> list[tuple[str, pd.DataFrame]]:
    """Split the table into baseline and plan, each beginning at today's value."""
    columns = [name, f"{name}_low", f"{name}_high"]
    told = []
    for label, plan in zip((AT_BASELINE, OF_PLAN), monthly["plan"].unique(), strict=False):
        own = monthly.loc[monthly["plan"] == plan, columns].to_numpy()
        told.append((label, pd.DataFrame(np.vstack([[start] * 3, own]), columns=columns)))
    return told


def _draw_fans(ax: Axes, parts: list[tuple[str, pd.DataFrame]], *, steps: bool) -> None:
    for label, part in parts:
        at, (middle, low, high) = np.arange(len(part)), part.to_numpy().T
        colour, style = (GREY, "--") if label == AT_BASELINE else (BLUE, "-")
        where = "steps-post" if steps else "default"
        if label == AT_BASELINE and len(parts) > 1:
            # Two filled bands on top of each other would tell neither apart.
            for edge in (low, high):
                ax.plot(at, edge, color=GREY, lw=0.9, ls=":", drawstyle=where)
        else:
            step = "post" if steps else None
            ax.fill_between(at, low, high, color=colour, alpha=0.2, lw=0, step=step)
        ax.plot(at, middle, color=colour, lw=2, ls=style, label=label, drawstyle=where)


def _finish(ax: Axes, finding: str, months: int, up: str) -> None:
    say(ax, finding, "months from the as-of date", up)
    ax.set_xlim(0, months)
    ax.set_xticks(np.arange(0, months + 1, 6 if months > 12 else 3))
    ax.grid(axis="y", color=LIGHT, lw=0.6)
    ax.legend(loc="lower right", frameon=False, fontsize=8)


def _signed(value: float, currency: str) -> str:
    return ("+" if value >= 0 else "−") + money(abs(value), currency)
