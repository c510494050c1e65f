"""Figures and tables of the cohorts report; what they show is computed in `forecast.cohort`."""

from __future__ import annotations

import math

import matplotlib.pyplot as plt
import pandas as pd
from great_tables import GT
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.core.cohort_names import BDW, COHORT, PERIOD, SBG
from workbench.report.tables import report_table

# Okabe & Ito's blue and orange: told apart by colour-blind readers and in print.
COLOURS = {BDW: "#0072B2", SBG: "#D55E00"}
MOST_PANELS = 6


def draw_retention(
    bands: dict[str, pd.DataFrame], observed: pd.DataFrame, period_word: str, title: str
) -> Figure:
    """Draw each cohort's observed retention with the curve and fan of each law.

    Parameters
    ----------
    bands : dict of str to DataFrame
        By law; see `workbench.forecast.cohort.retention_band`.
    observed : DataFrame
        cohort, period, kept_pct of all periods; those past the start of the fan are drawn open,
        for they were hidden from the fit.
    period_word : str
        What a period is.
    title : str
        Says what the figure finds.

    Returns
    -------
    Figure
        At most six cohorts, the first ones; the table has them all.
    """
    cohorts = list(dict.fromkeys(observed[COHORT]))[:MOST_PANELS]
    columns = min(len(cohorts), 3 if len(cohorts) > 4 else 2)
    rows = math.ceil(len(cohorts) / columns)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(8.2, 0.9 + 3.1 * rows),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for cohort, axis in zip(cohorts, axes.flat, strict=False):
        own = {law: band[band[COHORT] == cohort] for law, band in bands.items()}
        _draw_cohort(axis, own, observed[observed[COHORT] == cohort])
        # A cohort's name comes from the customer's table: no markup.
        axis.set_title(str(cohort), loc="left", fontsize=10, parse_math=False)
    for axis in axes.flat[len(cohorts) :]:
        axis.set_visible(False)
    for axis in axes[-1]:
        axis.set_xlabel(f"{period_word}s since the start")
    for axis in axes[:, 0]:
        axis.set_ylabel("still there, % of the cohort")
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold", parse_math=False)
    plt.close(figure)
    return figure


def _draw_cohort(axis: Axes, bands: dict[str, pd.DataFrame], observed: pd.DataFrame) -> None:
    start = 0
    for law, band in bands.items():
        fan = band[band["forecast"]]
        start = int(fan[PERIOD].min()) - 1
        axis.fill_between(
            band[PERIOD], band["low_pct"], band["high_pct"], color=COLOURS[law], alpha=0.2, lw=0
        )
        axis.plot(band[PERIOD], band["kept_pct"], color=COLOURS[law], lw=1.6, label=law)
    seen, hidden = observed[observed[PERIOD] <= start], observed[observed[PERIOD] > start]
    axis.plot(seen[PERIOD], seen["kept_pct"], "o", color="#222222", ms=4, label="observed")
    if len(hidden):
        axis.plot(
            hidden[PERIOD],
            hidden["kept_pct"],
            "o",
            mfc="white",
            color="#222222",
            ms=4.5,
            label="hidden from the fit",
        )
    axis.axvline(start, color="#888888", lw=0.8, ls=":")
    axis.set_ylim(0, 102)
    axis.grid(axis="y", color="#e4e4e4", lw=0.6)
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)


def hidden_table(scores: pd.DataFrame, period_word: str) -> GT:
    """Show how each law forecast what was hidden from it.

    Parameters
    ----------
    scores : DataFrame
        See `workbench.forecast.cohort.score_hidden`, with a column law.
    period_word : str
        What a period is.
    """
    shown = pd.DataFrame(
        {
            "cohort": scores[COHORT],
            "law": scores["law"],
            f"{period_word}s in the interval": [
                f"{inside} of {hidden}"
                for inside, hidden in zip(scores["inside"], scores["hidden"], strict=True)
            ],
            f"last {period_word}": scores[PERIOD],
            "observed, %": scores["observed_pct"],
            "forecast, %": scores["forecast_pct"],
            "off by, %": scores["error_pct"],
        }
    )
    table = report_table(shown, f"Forecast of the {period_word}s that were hidden")
    return table.fmt_number(["observed, %", "forecast, %"], decimals=1).fmt_number(
        "off by, %", decimals=1, force_sign=True
    )


def answers_table(answers: pd.DataFrame, period_word: str, horizon: int, prob: float) -> GT:
    """Show what becomes of each cohort's customers of today.

    Parameters
    ----------
    answers : DataFrame
        See `workbench.forecast.cohort.cohort_answers`.
    period_word : str
        What a period is.
    horizon : int
        Periods ahead.
    prob : float
        Probability inside the intervals.
    """
    shown = pd.DataFrame(
        {
            "cohort": answers[COHORT],
            "customers today": answers["customers"].map("{:,.0f}".format),
            f"there next {period_word}, %": _ranges(answers, "renew_pct", "{:.1f}"),
            f"there after {horizon} {period_word}s": _ranges(answers, "kept", "{:,.0f}"),
            f"{period_word}s still to come": _ranges(answers, "periods_ahead", "{:.1f}"),
        }
    )
    subtitle = (
        f"Mean and {100 * prob:g} % interval, for customers still there today; "
        f"{period_word}s still to come count within the next {horizon}"
    )
    return report_table(shown, "What becomes of the customers of today", subtitle)


def answer_sentences(answers: pd.DataFrame, period_word: str, horizon: int, prob: float) -> str:
    """Return the answer in Markdown, a line per cohort; takes what `answers_table` does."""
    lines = [
        f"- `{_plain(row.cohort)}`: of {row.customers:,.0f} customers today, "
        f"**{row.kept:,.0f}** ({row.kept_low:,.0f} to {row.kept_high:,.0f}) will be there "
        f"after {horizon} {period_word}s; the next {period_word} keeps {row.renew_pct:.1f} %, and "
        f"each stays {row.periods_ahead:.1f} of those {period_word}s on average."
        for row in answers.itertuples()
    ]
    return "\n".join([f"Intervals hold {100 * prob:g} %.", "", *lines])


def _plain(text: object) -> str:
    return " ".join(str(text).replace("`", "'").split())


def _ranges(answers: pd.DataFrame, name: str, form: str) -> list[str]:
    columns = [answers[name], answers[f"{name}_low"], answers[f"{name}_high"]]
    return [
        f"{form.format(mean)} ({form.format(low)} to {form.format(high)})"
        for mean, low, high in zip(*columns, strict=True)
    ]
