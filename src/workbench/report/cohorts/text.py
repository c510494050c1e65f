"""Tables and sentences of the cohorts report, made from computed tables and nothing else."""

from __future__ import annotations

import pandas as pd
from great_tables import GT

from workbench.core.cohort_names import BDW, COHORT, SBG
from workbench.report.output.tables import report_table


def data_text(
    customers: pd.DataFrame,
    period_word: str,
    assumed_size: int | None,
    notes: tuple[str, ...] = (),
) -> str:
    """Say what the retention table holds, in Markdown.

    Parameters
    ----------
    customers : DataFrame
        cohort, period and customers of all periods.
    period_word : str
        What a period is.
    assumed_size : int or None
        Customers per cohort that a table in percent was taken to stand for.
    notes : tuple of str
        How the table was read where it could be doubted, in Markdown.
    """
    lines = [
        f"- `{_plain(cohort)}`: {rows['customers'].iloc[0]:,.0f} customers at the start"
        + _since(rows["customers"], period_word)
        for cohort, rows in customers.groupby(COHORT, sort=False)
    ]
    if assumed_size is not None:
        lines += [
            "",
            f"The table is in percent; each cohort is taken to be {assumed_size:,} customers. "
            "Intervals are as wide as that number says: set `cohort_size` to the real one.",
        ]
    if notes:
        lines += ["", "How the table was read:", "", *(f"- {note}" for note in notes)]
    return "\n".join(lines)


def _since(kept: pd.Series, period_word: str) -> str:
    periods = len(kept) - 1
    if not periods:
        return ", just begun"
    return f", {kept.iloc[-1]:,.0f} after {periods} {period_word}{'s' if periods > 1 else ''}"


def hidden_text(scores: pd.DataFrame, distributions: pd.DataFrame, period_word: str) -> str:
    """Return in a sentence how often the intervals held what was hidden from the fit.

    Parameters
    ----------
    scores : DataFrame
        See `workbench.forecast.cohort_holdout.score_distributions`.
    distributions : DataFrame
        See `workbench.forecast.cohort_holdout.compare_distributions`.
    period_word : str
        What a period is.
    """
    distribution = distributions.loc[distributions["chosen"], "law"].item()
    best = scores[scores["law"] == distribution]
    inside, hidden = best["inside"].sum(), best["hidden"].sum()
    return f"{inside} of {hidden} hidden {period_word}s lie inside the {distribution}'s intervals"


def distribution_text(distributions: pd.DataFrame, period_word: str) -> str:
    """Say in Markdown from which distribution the answer comes, and why.

    Parameters
    ----------
    distributions : DataFrame
        See `workbench.forecast.cohort_holdout.compare_distributions`.
    period_word : str
        What a period is, such as year.
    """
    [(distribution, other), (mine, others)] = (
        distributions["law"].tolist(),
        (100 * distributions["crps"]).tolist(),
    )
    passed_over = not distributions["possible"].iloc[1] and distributions["possible"].iloc[0]
    if distributions["crps"].isna().any():
        why = f"No {period_word} was hidden, so no forecast was tested"
        why += f"; the {BDW} contains the {SBG}" if distribution == BDW else ""
    else:
        compared = "less than" if mine < others else "where"
        why = (
            f"Its forecasts of the hidden {period_word}s were off by {mine:.1f} points on average, "
            f"{compared} the {other}'s were by {others:.1f} (CRPS: the interval counts too)"
        )
    if passed_over and not mine < others:
        why += f". The {other} was passed over: it cannot produce such data"
    return f"The answer comes from the **{distribution}**. {why}."


def hidden_table(scores: pd.DataFrame, period_word: str) -> GT:
    """Show how each distribution forecast what was hidden from it; takes what `hidden_text` does.

    Parameters
    ----------
    scores : DataFrame
        See `workbench.forecast.cohort_holdout.score_hidden`, with a column law.
    period_word : str
        What a period is.

    Returns
    -------
    GT
    """
    shown = scores[[COHORT, "law"]].assign(
        held=[f"{n} of {all_}" for n, all_ in zip(scores["inside"], scores["hidden"], strict=True)],
        **{f"last {period_word}": scores["period"]},
        observed=scores["observed"],
        forecast=scores["forecast"],
        off=100 * (scores["forecast"] - scores["observed"]),
        crps=100 * scores["crps"],
    )
    points = {"law": "distribution", "off": "off by, points", "crps": "CRPS, points"}
    shown = shown.rename(columns={"held": "inside the interval"} | points)
    title = f"Forecast of the {period_word}s that were hidden"
    subtitle = (
        f"observed, forecast and off by: in the last {period_word}; CRPS: mean over all that were "
        "hidden, smaller is better"
    )
    table = report_table(shown, title, subtitle).fmt_percent(["observed", "forecast"], decimals=1)
    return table.fmt_number(points["off"], decimals=1, force_sign=True).fmt_number(
        points["crps"], decimals=1
    )


def parameters_table(
    parameters: pd.DataFrame, likeliest: pd.DataFrame, prob: float, distribution: str
) -> GT:
    """Show the parameters of each cohort, what cohorts share, and one curve for all.

    Parameters
    ----------
    parameters : DataFrame
        See `workbench.forecast.cohort.parameter_table`.
    likeliest : DataFrame
        alpha, beta and shape by distribution, all cohorts taken to follow one curve; see
        `workbench.inference.fit_cohort.most_likely`.
    prob : float
        Probability inside the intervals.
    distribution : str
        That of the parameters.

    Returns
    -------
    GT
    """
    curves = likeliest[["alpha", "beta", "shape"]].map("{:,.2f}".format)
    rows = [[f"one curve for all, {row[0]}", *row[1:]] for row in curves.itertuples()]
    each = [_ranges(parameters, name, "{:,.3g}") for name in ("alpha", "beta", "shape")]
    each[2] = ["1"] * len(parameters) if distribution == SBG else each[2]
    labels = parameters[COHORT].replace("", f"what cohorts share, {distribution}")
    rows += [list(row) for row in zip(labels, *each, strict=True)]
    shown = pd.DataFrame(rows, columns=["cohort", "α", "β", "shape"])
    subtitle = (
        f"one curve: maximum likelihood; else median and {prob:.0%} interval. Published check of "
        "the former: five cohorts of 10,000, a year apart, of which 8,000, 6,480, 5,307 and 4,391 "
        f"stay, give 3.80 and 15.19 ({SBG})"
    )
    return report_table(shown, f"Parameters of the {distribution}", subtitle)


def quantities_table(answers: pd.DataFrame, period_word: str, horizon: int, prob: float) -> GT:
    """Show what becomes of each cohort's customers of today.

    Parameters
    ----------
    answers : DataFrame
        See `workbench.forecast.cohort.cohort_quantities`.
    period_word : str
        What a period is.
    horizon : int
        Periods ahead.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    GT
    """
    shown = pd.DataFrame(
        {
            "cohort": answers[COHORT],
            "customers today": answers["customers"].map("{:,.0f}".format),
            f"there next {period_word}": _ranges(answers, "renew", "{:.1%}"),
            f"there after {horizon} {period_word}s": _ranges(answers, "kept", "{:,.0f}"),
            f"{period_word}s still to come": _ranges(answers, "periods_ahead", "{:.1f}"),
        }
    )
    subtitle = f"mean and {prob:.0%} interval; {period_word}s still to come within {horizon}"
    return report_table(shown, "What becomes of the customers of today", subtitle)


def quantities_text(answers: pd.DataFrame, period_word: str, horizon: int, prob: float) -> str:
    """Return the answer in Markdown, a line per cohort; takes what `quantities_table` does.

    Parameters
    ----------
    answers : DataFrame
        See `workbench.forecast.cohort.cohort_quantities`.
    period_word : str
        What a period is.
    horizon : int
        Periods ahead.
    prob : float
        Probability inside the intervals.
    """
    lines = [
        f"- `{_plain(row.cohort)}`: of {row.customers:,.0f} customers today, **{row.kept:,.0f}** "
        f"({row.kept_low:,.0f} to {row.kept_high:,.0f}) will be there after {horizon} "
        f"{period_word}s. The next {period_word} keeps {row.renew:.1%} of them, and each stays for "
        f"{row.periods_ahead:.1f} of the {horizon} on average."
        for row in answers.itertuples()
    ]
    return "\n".join([*lines, "", f"Intervals hold {prob:.0%}."])


def shape_text(chance: float, distribution: str) -> str:
    """Say in words how each customer's own chance of leaving moves.

    Parameters
    ----------
    chance : float, 0 to 1
        Probability that the shape is above 1.
    distribution : str
        The one that the answer comes from.
    """
    if distribution == SBG:
        return (
            f"The {SBG} holds each customer's own chance of leaving constant: retention rises "
            "because the fickle leave first."
        )
    way, prob = ("rises", chance) if chance >= 0.5 else ("falls", 1 - chance)
    if prob > 0.95:
        return (
            f"Beyond the mix of customers, each customer's own chance of leaving {way} with time "
            f"(probability {prob:.0%})."
        )
    if prob > 0.8:
        return (
            f"Each customer's own chance of leaving probably {way} with time (probability "
            f"{prob:.0%}), which is short of certain."
        )
    return (
        "The data do not tell whether each customer's own chance of leaving moves with time "
        f"(probability that it {way}: {prob:.0%})."
    )


def _plain(text: object) -> str:
    return " ".join(str(text).replace("`", "'").split())


def _ranges(answers: pd.DataFrame, name: str, form: str) -> list[str]:
    columns = [answers[name], answers[f"{name}_low"], answers[f"{name}_high"]]
    return [
        f"{form.format(mean)} ({form.format(low)} to {form.format(high)})"
        for mean, low, high in zip(*columns, strict=True)
    ]
