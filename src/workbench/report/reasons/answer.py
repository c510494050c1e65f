"""The reasons report in a sentence and four numbers, made from its tables and nothing else."""

from __future__ import annotations

import pandas as pd

from workbench.core.plain_text import plain
from workbench.core.reason_names import OTHER
from workbench.forecast.reasons.tables import ALL_REASONS
from workbench.report.amounts import money
from workbench.report.labels import spoken
from workbench.report.output.answer import Answer, Headline, with_ends


def reasons_answer(
    incidence: pd.DataFrame, bounds: pd.DataFrame, worth: float, prob: float, currency: str
) -> Answer:
    """Answer why customers leave and what each reason costs.

    Parameters
    ----------
    incidence : DataFrame
        From `workbench.forecast.reasons.tables.incidence_table`.
    bounds : DataFrame
        From `workbench.forecast.reasons.tables.bound_table`: most revenue first.
    worth : float
        Yearly revenue at the as-of date.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Answer
    """
    total = incidence[incidence["reason"] == ALL_REASONS].iloc[-1]
    months = int(total["horizon_months"])
    named = bounds[bounds["reason"] != OTHER].head(3)
    sentence = (
        f"**Of {money(worth, currency)} a year, {money(total['arr'], currency)} are expected to "
        f"leave within {months} months**, most of it for these reasons: "
        + ", ".join(f"{plain(spoken(row.reason))} ({row.share:.0%})" for row in named.itertuples())
        + "."
    )
    numbers = [
        Headline(
            f"leaving_{months}m",
            f"of today's revenue leaves within {months} months",
            *with_ends(total, "arr"),
            "money",
            currency,
        )
    ]
    numbers += [
        Headline(
            f"leaving_{months}m_for_{row['reason']}",
            f"for the reason: {spoken(row['reason'])}",
            *with_ends(row, "arr"),
            "money",
            currency,
        )
        for _, row in named.iterrows()
    ]
    return Answer(sentence, tuple(numbers), prob)
