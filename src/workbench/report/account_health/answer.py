"""The account health report in a sentence and four numbers, made from its table alone."""

from __future__ import annotations

import pandas as pd

from workbench.report.account_health.text import answer_text, held_by_term
from workbench.report.output.answer import Answer, Headline


def health_answer(health: pd.DataFrame, prob: float, currency: str) -> Answer:
    """Answer how many customers are weak, and what is at stake.

    Parameters
    ----------
    health : DataFrame
        From `workbench.health.overview.health_table`.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Answer
    """
    weak = health[health["band"] == "weak"]
    held = len(held_by_term(health))
    return Answer(
        answer_text(health, currency),
        (
            Headline("at_stake_12m", "at stake within 12 months", health["at_risk"].sum(),
                     kind="money", unit=currency),
            Headline("weak", "would hardly renew now", len(weak), unit="customers"),
            Headline("weak_arr", "they are worth a year", weak["arr"].sum(), kind="money",
                     unit=currency),
            Headline("held", "of them held by a term", held, unit="customers"),
        ),
        prob,
    )  # fmt: skip
