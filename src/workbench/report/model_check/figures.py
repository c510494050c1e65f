"""Figures of the model check; each draws a table that was computed before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from workbench.report.labels import labels_of
from workbench.report.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    RED,
    as_percent,
    label_axes,
    new_figure,
    whiskers,
)


def prior_figure(
    prior: pd.DataFrame, posterior: pd.DataFrame, shares: pd.DataFrame, prob: float
) -> Figure:
    """Draw what was believed before the book was read beside what is believed now.

    Parameters
    ----------
    prior, posterior : DataFrame
        Tables of `forecast.leaving.survival_check.survival_check`; the first curve is drawn.
    shares : DataFrame
        From `workbench.forecast.posterior.quantities.share_table`.
    prob : float
        Probability inside bands and intervals.

    Returns
    -------
    Figure
    """
    figure, (left, right) = new_figure(columns=2)
    for table, colour, label in ((prior, LIGHT, "prior"), (posterior, BLUE, "posterior")):
        first = table[table["curve"] == table["curve"].iloc[0]]
        alpha = 0.8 if label == "prior" else 0.35
        left.fill_between(
            first["tenure_months"], first["low"], first["high"],
            color=colour, alpha=alpha, lw=0, label=label, step="post",
        )  # fmt: skip
    left.step(first["tenure_months"], first["observed"], color=RED, where="post", label="observed")
    finding = f"Curves of the whole book, {prob:.0%} of replicates inside"
    label_axes(left, finding, "months since the subscription began", "still running")
    _share_axis(left)
    left.legend(loc="lower left", frameon=False, fontsize=8)
    position = np.arange(len(shares))[::-1]
    for name, colour, lift in (("prior", GREY, 0.14), ("posterior", BLUE, -0.14)):
        ends = shares[f"{name}_low"], shares[f"{name}_high"]
        whiskers(right, position + lift, *ends, color=colour)
        right.plot(shares[name], position + lift, "o", ms=4, color=colour, label=name)
    right.plot(shares["observed"], position, "D", color=RED, ms=4, ls="", label="observed")
    right.set_yticks(position, shares["quantity"])
    right.set_ylim(-0.6, len(shares) - 0.4)
    right.set_xlim(0, 1.02)
    as_percent(right.xaxis)
    label_axes(right, "What the data added", f"share, mean and {prob:.0%} interval")
    return figure


def survival_figure(check: pd.DataFrame, probability: float, prob: float) -> Figure:
    """Draw observed survival curves over those that the model replicates.

    Parameters
    ----------
    check : DataFrame
        The table of `workbench.forecast.leaving.survival_check.survival_check`.
    probability : float
        Its posterior-predictive probability.
    prob : float
        Probability of the band.

    Returns
    -------
    Figure
        A panel per curve, of the first four.
    """
    curves = list(dict.fromkeys(check["curve"]))[:4]
    figure, axes = new_figure(height=2.9, columns=len(curves))
    for ax, name in zip(axes, curves, strict=True):
        part = check[check["curve"] == name]
        month = part["tenure_months"]
        ax.fill_between(
            month, part["low"], part["high"], color=BLUE, alpha=0.22, lw=0, step="post",
            label=f"model: {prob:.0%} of replicated books lie inside everywhere",
        )  # fmt: skip
        ax.step(month, part["expected"], color=BLUE, lw=1.2, where="post", label="model, mean")
        ax.step(
            month, part["observed"], color=RED, lw=1.5, where="post",
            label="observed (Kaplan-Meier)",
        )  # fmt: skip
        up = "still running" if ax is axes[0] else ""
        label_axes(ax, f"{name[:1].upper()}{name[1:]}", "months since start", up)
        _share_axis(ax)
    figure.suptitle(
        f"{probability:.0%} of the model's own books stray farther than the real one",
        x=0.01, ha="left", fontsize=9.5, fontweight="bold", color=INK,
    )  # fmt: skip
    handles = axes[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return figure


def sampler_figure(diagnostics: pd.DataFrame, max_rhat: float, min_ess: float) -> Figure:
    """Draw the ten parameters that mixed worst, against the gates.

    Parameters
    ----------
    diagnostics : DataFrame
        From `workbench.inference.diagnostics.parameter_diagnostics`.
    max_rhat, min_ess : float
        Limits of the gates.

    Returns
    -------
    Figure
    """
    figure, axes = new_figure(height=2.7, columns=2)
    worst = diagnostics.head(10).iloc[::-1]
    least = diagnostics.assign(ess=diagnostics[["bulk_ess", "tail_ess"]].min(axis=1))
    least = least.nsmallest(10, "ess").iloc[::-1]
    sides = (
        (worst, "rhat", max_rhat, f"Largest R-hat of {len(diagnostics)} parameters", "R-hat"),
        (least, "ess", min_ess, "Fewest effective draws", "effective draws, bulk or tail"),
    )
    for ax, (table, column, limit, finding, across) in zip(axes, sides, strict=True):
        ax.plot(table[column], np.arange(len(table)), "o", color=BLUE, ms=4)
        ax.axvline(limit, color=ORANGE, lw=1.2, label="gate")
        ax.set_yticks(np.arange(len(table)), labels_of(table["parameter"], 34), parse_math=False)
        ax.tick_params(axis="y", labelsize=6.5)
        label_axes(ax, finding, across)
    axes[1].set_xlim(0, None)
    axes[0].xaxis.set_major_locator(MaxNLocator(2))  # of numbers as long as 1.005
    axes[0].legend(loc="lower right", frameon=False, fontsize=8)
    return figure


def left_out_figure(pareto_k: np.ndarray, elpd: float, elpd_se: float, p_loo: float) -> Figure:
    """Draw how much single subscriptions weigh (Pareto k-hat), and what leaving out says.

    Parameters
    ----------
    pareto_k : ndarray, shape (subscription,)
    elpd, elpd_se, p_loo : float
        See `workbench.forecast.leaving.check.LeftOut`.

    Returns
    -------
    Figure
    """
    figure, (ax,) = new_figure(height=2.4)
    order = np.sort(pareto_k)[::-1]
    colour = np.where(order > 0.7, RED, BLUE)
    ax.scatter(np.arange(1, len(order) + 1), order, s=6, c=colour, lw=0)
    for limit, label in ((0.7, "above: weights cannot be trusted"),):
        ax.axhline(limit, color=ORANGE, lw=1.2)
        ax.annotate(
            label, (len(order), limit), xytext=(0, 3), textcoords="offset points",
            ha="right", color=GREY, fontsize=8,
        )  # fmt: skip
    bad = int(np.sum(~(pareto_k <= 0.7)))
    label_axes(
        ax,
        f"{bad} of {len(order)} subscriptions weigh too much; elpd {elpd:,.0f} ± {elpd_se:.0f}, "
        f"some {p_loo:.0f} effective parameters",
        "subscriptions, heaviest first",
        "Pareto k-hat",
    )
    ax.set_ylim(min(0.0, float(order.min())), max(0.8, float(order.max()) * 1.05))
    return figure


def sensitivity_figure(sensitivity: pd.DataFrame, threshold: float, most: int = 14) -> Figure:
    """Draw how fast answers and parameters move with the priors and with the data.

    Parameters
    ----------
    sensitivity : DataFrame
        From `workbench.inference.sensitivity.prior_sensitivity`.
    threshold : float
        From which on a quantity is said to lean.
    most : int
        Quantities shown: all answers, then the most sensitive parameters.

    Returns
    -------
    Figure
    """
    shown = sensitivity.head(most).iloc[::-1]
    position = np.arange(len(shown))
    figure, (ax,) = new_figure(height=1.2 + 0.22 * len(shown))
    ax.hlines(position, 0, shown[["prior", "likelihood"]].max(axis=1), color=LIGHT, lw=1)
    ax.plot(shown["likelihood"], position, "o", color=GREY, ms=4, ls="", label="to the data")
    ax.plot(shown["prior"], position, "D", color=RED, ms=4, ls="", label="to the priors")
    ax.axvline(threshold, color=ORANGE, lw=1.2)
    bold = shown["kind"].eq("answer")
    ax.set_yticks(position, labels_of(shown["quantity"], 44), parse_math=False)
    for label, strong in zip(ax.get_yticklabels(), bold, strict=True):
        label.set_fontweight("bold" if strong else "normal")
    answers = sensitivity[sensitivity["kind"] == "answer"]
    leaning = int((answers["prior"] >= threshold).sum())
    label_axes(
        ax,
        f"{leaning} of {len(answers)} answers (bold) lean on the priors",
        "sensitivity: distance moved per doubling of the power",
    )
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure


def _share_axis(ax: Axes) -> None:
    ax.set_ylim(0, 1.02)
    as_percent(ax.yaxis)
    ax.grid(axis="y", color=LIGHT, lw=0.6)
