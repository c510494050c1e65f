"""The cohorts report in a sentence and its numbers, made from its tables and nothing else."""

from __future__ import annotations

import pandas as pd

from workbench.core.cohort_names import COHORT
from workbench.core.plain_text import plain
from workbench.report.output.answer import Answer, Headline, with_ends

MOST_COHORTS = 2  # of which the headline numbers speak: two numbers each, the largest cohorts


def cohorts_answer(answers: pd.DataFrame, period_word: str, horizon: int, prob: float) -> Answer:
    """Answer how many customers of each cohort will stay.

    Parameters
    ----------
    answers : DataFrame
        From `workbench.forecast.cohort.cohort_quantities`.
    period_word : str
        What a period is.
    horizon : int
        Periods ahead.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    Answer
    """
    today, kept = answers["customers"].sum(), answers["kept"].sum()
    most = answers.loc[answers["renew"].idxmax()]
    whom = "" if len(answers) == 1 else f" in {len(answers)} cohorts"
    sentence = (
        f"**Of {today:,.0f} customers today{whom}, {kept:,.0f} are expected to be there after "
        f"{horizon} {period_word}s.**"
    )
    if len(answers) > 1:
        sentence += (
            f" The next {period_word} keeps between {answers['renew'].min():.1%} and "
            f"{most['renew']:.1%} of a cohort, most of {plain(str(most[COHORT]))}."
        )
    numbers = [Headline("customers", "customers today", today)]
    for _, row in answers.nlargest(MOST_COHORTS, "customers").iterrows():
        name = str(row[COHORT])
        share, low, high = (count / max(row["customers"], 1e-9) for count in with_ends(row, "kept"))
        numbers += [
            Headline(f"kept_{horizon}_{name}", f"{name}: there after {horizon} {period_word}s",
                     share, low, high, "share"),
            Headline(f"renew_{name}", f"{name}: there next {period_word}",
                     *with_ends(row, "renew"), "share"),
        ]  # fmt: skip
    return Answer(sentence, tuple(numbers), prob)
