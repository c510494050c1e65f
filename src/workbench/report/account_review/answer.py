"""The review of an account in a sentence and three numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.core.plain_text import plain
from workbench.report.account_health.text import ask_text, why_text
from workbench.report.account_review.next_sections import action_text
from workbench.report.output.answer import Answer, Headline, with_ends


def review_answer(
    row: Mapping[str, Any], signs: pd.DataFrame, actions: pd.DataFrame, prob: float, currency: str
) -> Answer:
    """Answer where an account stands and what comes next.

    Parameters
    ----------
    row : mapping
        Of the account, from `workbench.health.overview.health_table`.
    signs, actions : DataFrame
        Those of the account.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Answer
    """
    sentence = (
        f"**{plain(row['name'])}.** {plain(why_text(row, signs))} *Ask:* "
        f"{plain(ask_text(row, signs))} *Next:* {plain(action_text(actions, currency))}"
    )
    now = f"would {'renew' if row['term_ends'] else 'stay'} now"
    numbers = (
        Headline("strength", now, *with_ends(row, "strength"), "share"),
        Headline("stays_12m", "still a customer in 12 months", *with_ends(row, "stays"), "share"),
        Headline("at_stake_12m", "at stake: a year's revenue expected to be gone in 12 months",
                 *with_ends(row, "at_risk"), "money", currency),
    )  # fmt: skip
    return Answer(sentence, numbers, prob)
