"""Figures of the backtest; each draws a table that was computed before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workbench.core.calendar import month_label
from workbench.forecast.backtest.judge import DEFAULT, FORECASTS, HUMAN, MODEL, NAIVE
from workbench.report.backtest.text import NONE_DUE
from workbench.report.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    RED,
    as_money,
    as_percent,
    label_axes,
    new_figure,
    whiskers,
)

_LOOK = {MODEL: (BLUE, "o"), NAIVE: (ORANGE, "s"), DEFAULT: (GREY, "D"), HUMAN: (GREEN, "^")}


def fan_figure(
    fans: pd.DataFrame, past: pd.DataFrame, cases: pd.DataFrame, prob: float, currency: str
) -> Figure:
    """Draw the revenue forecast of each origin over what happened.

    Parameters
    ----------
    fans : DataFrame
        From `workbench.forecast.backtest.spread.fan_table`.
    past : DataFrame
        From `workbench.forecast.growth.movements.bridge`; its closings, in cents.
    cases : DataFrame
        From `workbench.forecast.backtest.judge.money_cases`, of revenue by the model.
    prob : float
        Probability inside the fans.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure
    """
    figure, (ax,) = new_figure(height=3.4)
    for number, (_, fan) in enumerate(fans.groupby("origin")):
        label = f"forecast, {prob:.0%} interval" if number == 0 else None
        ax.fill_between(
            fan["month"], fan["low"], fan["high"], color=BLUE, alpha=0.22, lw=0, label=label
        )
        ax.plot(fan["month"], fan["expected"], color=BLUE, lw=1.5)
        plain = "trailing rate carried on" if number == 0 else None
        ax.plot(fan["month"], fan["naive"], color=ORANGE, lw=1.2, ls="--", label=plain)
    shown = past[past["month"] >= fans["month"].min() - 6]
    ax.plot(shown["month"], shown["closing"] / 100, color=INK, lw=1.8, label="what happened")
    ticks = np.arange(shown["month"].min(), shown["month"].max() + 1)
    ticks = ticks[(ticks % 12) % 6 == 0]
    ax.set_xticks(ticks, [month_label(month) for month in ticks])
    hit = int(cases["covered"].astype(bool).sum())
    label_axes(
        ax,
        f"{hit} of {len(cases)} revenues lie inside their interval",
        "month",
        "annual recurring revenue",
    )
    as_money(ax.yaxis, currency)
    ax.grid(axis="y", color=LIGHT, lw=0.6)
    ax.annotate(
        "the axis does not begin at zero", (0.995, 0.02), xycoords="axes fraction", ha="right",
        fontsize=7.5, color=GREY,
    )  # fmt: skip
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return figure


def pit_figure(table: pd.DataFrame, prob: float) -> Figure:
    """Draw where in their forecasts the accounts' revenues lay, with the band of a right forecast.

    Parameters
    ----------
    table : DataFrame
        From `workbench.forecast.backtest.spread.pit_table`.
    prob : float
        Probability inside the band, bin by bin.

    Returns
    -------
    Figure
        A panel per horizon.
    """
    horizons = list(dict.fromkeys(table["horizon_months"]))
    figure, axes = new_figure(height=2.6, columns=len(horizons))
    top = max(table["share"].max(), table["high"].max()) * 1.15
    for ax, horizon in zip(axes, horizons, strict=True):
        own = table[table["horizon_months"] == horizon]
        width = 1 / len(own)
        middle = own["bin"] + width / 2
        outside = (own["share"] < own["low"]) | (own["share"] > own["high"])
        colour = np.where(outside, RED, BLUE)
        ax.bar(middle, own["share"], width=width * 0.92, color=colour, alpha=0.75)
        reach = [own["share"] * 0, own["high"] - own["low"]]
        ax.errorbar(middle, own["low"], yerr=reach, fmt="none", ecolor=INK, lw=1.2, capsize=2)
        ax.axhline(width, color=GREY, lw=0.8, ls=":")
        ax.set_ylim(0, top)
        ax.set_xticks([0, 0.5, 1])
        ax.set_yticks(np.arange(0, top, 0.05))
        label_axes(
            ax,
            f"{horizon} months: {len(own) - int(outside.sum())} of {len(own)} inside",
            "place in the forecast (PIT)",
            "share of accounts" if ax is axes[0] else "",
        )
        as_percent(ax.yaxis)
    figure.supxlabel(
        f"bars: accounts; whiskers: where {prob:.0%} of right forecasts would put each bar",
        fontsize=8,
        color=INK,
    )
    return figure


def _no_renewals(figure: Figure) -> Figure:
    (ax,) = figure.axes
    ax.set_axis_off()
    label_axes(ax, NONE_DUE, "")
    return figure


def calibration_figure(table: pd.DataFrame, prob: float) -> Figure:
    """Draw how often renewals came true that were forecast with a probability.

    Parameters
    ----------
    table : DataFrame
        From `workbench.forecast.backtest.spread.renewal_calibration`.
    prob : float
        Probability inside the whiskers.

    Returns
    -------
    Figure
        Says so where no renewal was due.
    """
    figure, (ax,) = new_figure(height=3.2)
    if table.empty:
        return _no_renewals(figure)
    ax.plot([0, 1], [0, 1], color=GREY, lw=0.8)
    label = f"forecast, {prob:.0%} of what it would bring"
    style = {"ecolor": BLUE, "alpha": 0.4, "lw": 5, "label": label}
    whiskers(ax, table["forecast"], table["low"], table["high"], upright=True, **style)
    inside = table["inside"].to_numpy(bool)
    for chosen, colour, label in ((inside, BLUE, "inside"), (~inside, RED, "outside")):
        if chosen.any():
            part = table[chosen]
            ax.plot(
                part["forecast"], part["happened"], "o", color=colour, ms=6,
                label=f"happened, {label}",
            )  # fmt: skip
    low = min(table[["forecast", "happened", "low"]].min())
    ax.set_xlim(max(0, low - 0.06), 1.01)
    ax.set_ylim(max(0, low - 0.06), 1.02)
    as_percent(ax.xaxis)
    as_percent(ax.yaxis)
    ax.grid(color=LIGHT, lw=0.6)
    label_axes(
        ax,
        f"{int(inside.sum())} of {len(table)} groups renewed as often as forecast",
        f"forecast probability of renewal, mean of a group of about {int(table['cases'].mean())}",
        "share that renewed",
    )
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return figure


def brier_figure(table: pd.DataFrame, horizons: Sequence[int]) -> Figure:
    """Draw the Brier score of each forecast of renewals.

    Parameters
    ----------
    table : DataFrame
        From `workbench.forecast.backtest.renewals.renewal_table`.
    horizons : sequence of int
        Months, rising.

    Returns
    -------
    Figure
        Says so where no renewal was due.
    """
    figure, (ax,) = new_figure(height=2.6)
    if table.empty:
        return _no_renewals(figure)
    present = [name for name in FORECASTS if name in set(table["forecast"])]
    for name in present:
        own = table[table["forecast"] == name].set_index("horizon_months")["brier"]
        colour, mark = _LOOK[name]
        position = [at for at, horizon in enumerate(horizons) if horizon in own.index]
        values = own.reindex([horizons[at] for at in position])
        ax.plot(values, position, mark, color=colour, ms=7, label=name, ls="none")
    ax.set_yticks(range(len(horizons)), [f"due within\n{horizon} months" for horizon in horizons])
    ax.set_ylim(len(horizons) - 0.5, -0.5)
    ax.set_xlim(0, 1.06 * table["brier"].max())
    ax.grid(axis="x", color=LIGHT, lw=0.6)
    last = table[table["horizon_months"] == horizons[-1]].set_index("forecast")
    best = str(last["brier"].idxmin())
    level = list(last.index[(last["low"] <= 0) & (last["high"] >= 0)])
    chance = f"; over the {level[0]} that may be chance" if best == MODEL and level else ""
    label_axes(
        ax,
        f"Within {horizons[-1]} months the {best} errs least{chance}",
        "Brier score: mean squared error of the probability (left is better)",
    )
    figure.legend(loc="outside lower center", ncols=len(present), frameon=False, fontsize=8)
    return figure
