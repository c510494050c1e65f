"""The revenue report in a sentence and its numbers, made from its tables and nothing else."""

from __future__ import annotations

import pandas as pd

from workbench.report.amounts import money
from workbench.report.output.answer import Answer, Headline


def revenue_answer(
    due: pd.DataFrame, together: tuple[float, float, float], became: pd.DataFrame, prob: float,
    currency: str,
) -> Answer:  # fmt: skip
    """Answer what the renewals that fall due are worth today and afterwards.

    Parameters
    ----------
    due : DataFrame
        From `workbench.forecast.growth.renewal_calendar.renewal_calendar`.
    together : tuple of float
        What all of these are expected to be worth after their renewal, low, high.
    became : DataFrame
        From `workbench.forecast.revenue.drivers.outcome_table`; empty where none was recorded.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Answer
    """
    months, total = len(due), float(due["arr"].sum())
    if not total:
        return Answer(
            "**No fixed term ends in the months listed**: no contract comes up for a decision. "
            "Below, what goes with growth and contraction; the report on net growth forecasts "
            "revenue."
        )
    kept, low, high = (value / total for value in together)
    sentence = (
        f"**{int(due['renewals'].sum()):,} renewals worth {money(total, currency)} a year fall due "
        f"in {months} months; {money(together[0], currency)} of revenue is expected after them**, "
        f"{kept:.0%} of what they bring today, leaving counted as nothing."
    )
    numbers = [
        Headline(f"due_{months}m", f"renewals due in {months} months", due["renewals"].sum()),
        Headline(f"due_arr_{months}m", "worth a year today", total, kind="money", unit=currency),
        Headline(f"after_{months}m", "worth a year afterwards", *together, "money", currency),
        Headline(f"after_share_{months}m", "left of today's revenue", kept, low, high, "share"),
    ]
    if len(became):
        share = became.set_index("outcome")["share"].get("expansion", 0.0)
        label = "of renewals won so far grew in quantity"
        numbers.append(Headline("grew", label, float(share), kind="share"))
    return Answer(sentence, tuple(numbers), prob)
