"""The account health report in a sentence and its numbers, made from its table alone."""

from __future__ import annotations

import pandas as pd

from workbench.report.account_health.term_text import has_terms
from workbench.report.account_health.text import answer_text, held_by_term
from workbench.report.output.answer import Answer, Headline, with_ends


def health_answer(health: pd.DataFrame, gone: pd.Series, prob: float, currency: str) -> Answer:
    """Answer how many customers are weak, and what is at stake.

    Parameters
    ----------
    health : DataFrame
        From `workbench.health.overview.health_table`.
    gone : Series
        From `workbench.health.scores.Scored.gone`.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Answer
    """
    weak = health[health["band"] == "weak"]
    terms = has_terms(health)
    leave, least, most = (round(count) for count in with_ends(gone, "accounts"))
    hardly = f"would hardly {'renew' if terms else 'stay'} now"
    numbers = [
        Headline(
            "at_stake_12m", "at stake within 12 months", *with_ends(gone, "arr"), "money", currency
        ),
        Headline("leaving_12m", "customers expected to leave by then", leave, least, most),
        Headline("weak", hardly, len(weak), unit="customers"),
        Headline(
            "weak_arr", "they are worth a year", weak["arr"].sum(), kind="money", unit=currency
        ),
    ]
    if terms:
        held = len(held_by_term(health))
        numbers.append(Headline("held", "of them held by a term", held, unit="customers"))
    return Answer(answer_text(health, currency), tuple(numbers), prob)
