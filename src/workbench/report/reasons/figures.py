"""Figures of the reasons report; each draws a table that was computed before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workbench.forecast.reasons.tables import ALL_REASONS
from workbench.report.labels import cut, labels_of, spoken
from workbench.report.reasons.text import first_named
from workbench.report.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    RED,
    as_money,
    as_months,
    label_axes,
    money,
    new_figure,
)

# Okabe & Ito's other three, and greys for what is left over.
COLOURS = (BLUE, ORANGE, GREEN, RED, "#56B4E9", "#CC79A7", "#F0E442", GREY, LIGHT)
MOST_KINDS = 3
_LETTERS = 22


def incidence_figure(incidence: pd.DataFrame, prob: float, currency: str) -> Figure:
    """Draw the revenue lost so far, month by month, stacked by reason.

    Parameters
    ----------
    incidence : DataFrame
        From `workbench.forecast.reasons.tables.incidence_table`.
    prob : float
        Probability inside the interval of the total.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure
    """
    figure, (ax,) = new_figure(height=3.4)
    lost = incidence.pivot(index="horizon_months", columns="reason", values="arr")
    total = incidence[incidence["reason"] == ALL_REASONS]
    order = list(lost.iloc[-1].drop(ALL_REASONS).sort_values(ascending=False).index)
    months = np.concatenate([[0], lost.index])
    layers = [np.concatenate([[0.0], lost[reason]]) for reason in order]
    stacked = ax.stackplot(months, layers, colors=COLOURS[: len(order)], lw=0.4, edgecolor="white")
    low, high = (np.concatenate([[0.0], total[f"arr_{end}"]]) for end in ("low", "high"))
    ax.plot(months, np.concatenate([[0.0], total["arr"]]), color=INK, lw=1.6)
    for end in (low, high):
        (line,) = ax.plot(months, end, color=INK, lw=1, ls=(0, (4, 2)))
    last = lost.iloc[-1]
    leading = labels_of(map(spoken, order[:2]), _LETTERS)
    share = sum(last[reason] for reason in order[:2]) / last[ALL_REASONS]
    label_axes(
        ax,
        f"{_sentence(leading[0])} and {leading[1]} take {share:.0%} of "
        f"{money(last[ALL_REASONS], currency)} lost in {months[-1]} months",
        "",
        "annual recurring revenue lost so far",
    )
    ax.set_xlim(0, months[-1])
    as_months(ax, str(incidence["month"].iloc[0]))
    ax.set_ylim(0, None)
    as_money(ax.yaxis, currency)
    handles = [line, *stacked[::-1]]
    # A dollar would begin a formula, and a legend cannot be told otherwise.
    reasons = [label.replace("$", r"\$") for label in labels_of(map(spoken, order[::-1]), _LETTERS)]
    labels = [f"{prob:.0%} interval of the total", *reasons]
    ax.legend(
        handles, labels, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=8
    )
    return figure


def bound_figure(bounds: pd.DataFrame, months: int, prob: float, currency: str) -> Figure:
    """Draw what leaves for each reason, and the part that would be kept were the reason gone.

    Parameters
    ----------
    bounds : DataFrame
        From `workbench.forecast.reasons.tables.bound_table`.
    months : int
        The horizon.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure
    """
    shown = bounds.iloc[::-1]
    figure, (ax,) = new_figure(height=1.3 + 0.36 * len(shown))
    position = np.arange(len(shown))
    for name, offset, colour, label in (
        ("arr", 0.19, BLUE, "leaves for it: all that a lever against it could save"),
        ("kept", -0.19, GREEN, "would still be there, were the reason gone and the others not"),
    ):
        middle = shown[name].to_numpy()
        ends = shown[[f"{name}_low", f"{name}_high"]].to_numpy().T
        ax.barh(position + offset, middle, height=0.36, color=colour, label=label)
        ax.hlines(position + offset, *ends, color=INK, lw=1)
    ax.set_yticks(position, labels_of(map(spoken, shown["reason"]), _LETTERS), parse_math=False)
    first = first_named(bounds)
    label_axes(
        ax,
        f"{cut(spoken(first['reason']), _LETTERS)}: {money(first['arr'], currency)} expected to "
        f"leave for it in {months} months",
        f"annual recurring revenue: expected (bar) and {prob:.0%} interval (line)",
    )
    ax.set_xlim(0, 1.05 * shown["arr_high"].max())
    as_money(ax.xaxis, currency)
    ax.grid(axis="x", color=LIGHT, lw=0.6)
    figure.legend(loc="outside lower center", ncols=1, frameon=False, fontsize=8)
    return figure


def reasons_check_figure(check: pd.DataFrame, prob: float) -> Figure:
    """Draw reasons on record against replicated ones, for the most frequent kinds of exit.

    Parameters
    ----------
    check : DataFrame
        From `workbench.forecast.reasons.check.reasons_check`.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    Figure
    """
    counts = check.groupby("exit_kind", sort=False)["observed"].sum()
    kinds = list(counts.sort_values(ascending=False, kind="stable").index[:MOST_KINDS])
    reasons = list(dict.fromkeys(check["reason"]))
    figure, axes = new_figure(height=1.5 + 0.22 * len(reasons), columns=len(kinds))
    position = np.arange(len(reasons))[::-1]
    for ax, kind in zip(axes, kinds, strict=True):
        part = check[check["exit_kind"] == kind]
        ax.hlines(
            position, part["low"], part["high"], color=BLUE, lw=6, alpha=0.35,
            label=f"model, {prob:.0%} interval",
        )  # fmt: skip
        ax.plot(part["observed"], position, "o", color=RED, ms=5, label="on record")
        label_axes(ax, f"{kind}: {counts[kind]:.0f}", "endings")
        names = labels_of(map(spoken, reasons), _LETTERS) if ax is axes[0] else [""] * len(reasons)
        ax.set_yticks(position, names, parse_math=False)
        ax.set_xlim(left=0)
        ax.set_ylim(-0.5, len(reasons) - 0.5)
        ax.grid(axis="x", color=LIGHT, lw=0.6)
    handles, labels = axes[0].get_legend_handles_labels()
    inside = f"{int(check['inside'].sum())} of {len(check)} counts inside, over all kinds of exit"
    figure.suptitle(inside, x=0.01, ha="left", fontsize=9.5, fontweight="bold", color=INK)
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
