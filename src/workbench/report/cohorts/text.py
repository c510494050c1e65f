"""Tables and sentences of the cohorts report, made from computed tables and nothing else."""

from __future__ import annotations

import pandas as pd
from great_tables import GT

from workbench.core.cohort_names import BDW, COHORT
from workbench.report.output.tables import report_table


def data_text(customers: pd.DataFrame, period_word: str, assumed_size: int | None) -> str:
    """Say what the retention table holds, in Markdown.

    Parameters
    ----------
    customers : DataFrame
        cohort, period and customers of all periods.
    period_word : str
        What a period is.
    assumed_size : int or None
        Customers per cohort that a table in percent was taken to stand for.
    """
    lines = [
        f"- `{_plain(cohort)}`: {rows['customers'].iloc[0]:,.0f} customers at the start, "
        f"{rows['customers'].iloc[-1]:,.0f} after {len(rows) - 1} {period_word}s"
        for cohort, rows in customers.groupby(COHORT, sort=False)
    ]
    if assumed_size is not None:
        lines += [
            "",
            f"The table is in percent; each cohort is taken to be {assumed_size:,} customers. "
            "Intervals are as wide as that number says: set `cohort_size` to the real one.",
        ]
    return "\n".join(lines)


def hidden_text(scores: pd.DataFrame, period_word: str) -> str:
    """Return in a sentence how often the intervals held what was hidden from the fit.

    Parameters
    ----------
    scores : DataFrame
        See `workbench.forecast.cohort.score_hidden`, with a column law.
    period_word : str
        What a period is.
    """
    if scores.empty:
        return f"No {period_word} was hidden"
    best = scores[scores["law"] == BDW]
    inside, hidden = best["inside"].sum(), best["hidden"].sum()
    return f"{inside} of {hidden} hidden {period_word}s lie inside the {BDW}'s intervals"


def hidden_table(scores: pd.DataFrame, period_word: str) -> GT:
    """Show how each law forecast what was hidden from it; takes what `hidden_text` does.

    Parameters
    ----------
    scores : DataFrame
        See `workbench.forecast.cohort.score_hidden`, with a column law.
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
        off_by=scores["error"],
    )
    shown = shown.rename(columns={"held": "inside the interval"})
    table = report_table(shown, f"Forecast of the {period_word}s that were hidden")
    return table.fmt_percent(["observed", "forecast"], decimals=1).fmt_percent(
        "off_by", decimals=1, force_sign=True
    )


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


def shape_text(chance: float) -> str:
    """Say in words what the probability that the shape is above 1 means for the customers.

    Parameters
    ----------
    chance : float, 0 to 1
        From `workbench.forecast.cohort.rising_chance`; between 0.05 and 0.95 the data do not tell.
    """
    if chance > 0.95:
        how = "each customer's own chance of leaving rises with time"
    elif chance < 0.05:
        how = "each customer's own chance of leaving falls with time"
    else:
        return (
            "The data do not tell whether each customer's own chance of leaving moves with time "
            f"(probability that it rises: {chance:.0%})."
        )
    return f"Beyond the mix of customers, {how} (probability that it rises: {chance:.0%})."


def _plain(text: object) -> str:
    return " ".join(str(text).replace("`", "'").split())


def _ranges(answers: pd.DataFrame, name: str, form: str) -> list[str]:
    columns = [answers[name], answers[f"{name}_low"], answers[f"{name}_high"]]
    return [
        f"{form.format(mean)} ({form.format(low)} to {form.format(high)})"
        for mean, low, high in zip(*columns, strict=True)
    ]
